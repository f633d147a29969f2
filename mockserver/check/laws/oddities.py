"""Laws of odd input that is no matter of a schema: odd keys, other time zones, fields not to be sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mockserver.check.answers import asked, at, told
from mockserver.check.contract import Planned
from mockserver.check.laws.bench import Bench
from mockserver.check.laws.law import Breach, Kept, Law, Unfit
from mockserver.check.laws.records import current, property_pointer, server_set, shown_wrongly
from mockserver.spec.model import Json
from mockserver.spec.schema import Schemas
from mockserver.world import times

KEYS: tuple[Json, ...] = (
    "x",
    "0",
    "-1",
    "9223372036854775808",
    "9" * 31,
    "é",
    "a" * 300,
    "%00",
    "..%2f",
    "1.5",
    "null",
)
LONG, FRACTION = "long " * 120 + "end", 1234.56
ZONES = ("2024-05-06T11:00:00+02:00", "2024-05-06T04:30:00-05:30", "2024-02-29T23:59:59Z")


def odd_keys(bench: Bench, planned: Planned) -> Iterator[Breach]:
    """A key of whatever form that names nothing is answered as documented."""
    part, _ = asked(planned.plan.key)
    if part != "path" or planned.operation.method != "get":
        raise Unfit("it reads no record by a key in its path")
    for key in KEYS:
        request = bench.request(planned, key=key)
        refusal = bench.oracle.refusal(planned, request)
        exchange = bench.checking.target.send(request)
        if exchange.status < 300:
            continue  # somebody may be called so
        if refusal is None or not refusal.statuses:
            if exchange.status >= 500:
                yield Breach(planned, "a refusal (4xx)", f"{exchange.status} for {told(key, 40)}", (exchange,))
                return
            continue
        if mistake := bench.oracle.mistake(refusal, exchange):
            yield Breach(planned, mistake[0], f"{mistake[1]} for the key {told(key, 40)}", (exchange,))
            return


def zones_kept(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """A time in another zone is the same moment when it is shown."""
    if kind.create is None:
        raise Unfit("nothing creates its records")
    schemas = bench.checking.contract.schemas
    names = [
        name
        for name, schema in bench.bodies.writable(kind.create).items()
        if any(part.get("format") == "date-time" for part in schemas.parts(schema))
        and name not in server_set(kind, kind.create) | {*kind.resource.between}
    ]
    if not names:
        raise Unfit("it takes no times")
    for number, text in enumerate(ZONES):
        name = names[number % len(names)]
        fields = {**bench.fields(kind.create), name: text}
        if not schemas.is_valid(bench.bodies.input_schema(kind.create), fields, "request"):
            continue
        if breach := _shown_otherwise(bench, kind, kind.create, fields, name, f"{name} {text}, that moment"):
            yield breach
            return


def _shown_otherwise(
    bench: Bench, kind: Kept, create: Planned, fields: Mapping[str, Json], name: str, expected: str
) -> Breach | None:  # fmt: skip
    """Makes a record of these fields; a breach when the answer, or the record read again, shows another `name`."""
    made = bench.create(kind, fields)
    if made is None:
        return None
    shown, more = current(bench, kind, made)
    for one, by in ((made.shown, create), (shown, kind.read or kind.list)):
        if wrong := shown_wrongly(bench, kind, create, {name: fields[name]}, one, by):
            pointer = property_pointer(bench, create, name)
            return Breach(create, expected, wrong[2], (made.exchange, *more), pointer)
    return None


def kept_whole(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """A long text to which the document sets no bound may be refused, but isn't cut off; nor is a fraction."""
    if kind.create is None:
        raise Unfit("nothing creates its records")
    schemas = bench.checking.contract.schemas
    email = f"mockserver-check.{bench.bodies.seed}-{bench.number()}+more@example.com"
    for value, words in ((LONG, f"the {len(LONG)} characters"), (FRACTION, f"all of {FRACTION}"), (email, email)):
        for name, schema in bench.bodies.writable(kind.create).items():
            if name in server_set(kind, kind.create) | {*kind.resource.references, *kind.resource.between}:
                continue
            if not _fits(value, schema, schemas) or not schemas.is_valid(schema, value, "request"):
                continue
            fields = {**bench.fields(kind.create), name: value}
            expected = f"{words} of {name}, or a refusal"
            if breach := _shown_otherwise(bench, kind, kind.create, fields, name, expected):
                yield breach
                break
            if kind.delete is None:
                break


def _fits(value: Json, schema: Json, schemas: Schemas) -> bool:
    """Whether a value is meant for a field: an email for one of emails, a fraction for one of numbers."""
    if isinstance(value, str) and "@" in value:
        return any(part.get("format") == "email" for part in schemas.parts(schema))
    return ("string" if isinstance(value, str) else "number") in schemas.kinds(schema)


def create_ignores(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """What only the server sets is ignored, or refused, when a client sends it on creation."""
    if kind.create is None or not bench.checking.contract.given.get("resources"):
        raise Unfit("nothing says what a client may not set")
    schemas, node = bench.checking.contract.schemas, bench.bodies.input_schema(kind.create)
    made = bench.mine(kind)
    if schemas.closed(node) or not isinstance(made.shown, Mapping):
        raise Unfit("it refuses what it doesn't take")
    writable = bench.bodies.writable(kind.create)
    for name, value in made.shown.items():
        other = _another(bench, kind, name, value)
        if name in writable or other is None or name in kind.create.plan.split:
            continue
        fields = {**bench.fields(kind.create), name: other}
        above = bench.above(kind.create)
        exchange = bench.ask(kind.create, above=above, fields=fields)
        if exchange.status >= 300:
            continue
        shown = bench.shown(kind.create, exchange)
        bench.noted(kind, above, fields, exchange)
        if at(shown, (name,)) == other:
            expected = f"{name} set by the server, whatever is sent"
            yield Breach(kind.create, expected, f"{name} {told(other)}, as sent", (exchange,))
            return


def _another(bench: Bench, kind: Kept, name: str, value: Json) -> Json:
    """Another value that the field might have."""
    schemas = bench.checking.contract.schemas
    assert kind.create is not None
    schema = schemas.property_schema(bench.shown_schema(kind.create), name) or {}
    flat = schemas.follow(schema)
    enum = flat.get("enum") if isinstance(flat, dict) else None
    if enum:
        return next((one for one in enum if one != value), None)
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 7_000_000 + bench.number()
    if isinstance(value, str) and times.parse(value) is not None:
        return "2001-02-03T04:05:06Z"
    if isinstance(value, str) and name == kind.resource.key and len(value) > 3:
        return f"{value[:-3]}zz{bench.number() % 10}"
    return None


LAWS = (
    Law("odd-keys", "operation", "A key that names nothing is answered as documented, whatever its form.", odd_keys),
    Law("zones-kept", "resource", "A time in another zone is the same moment.", zones_kept, writes=True),
    Law("kept-whole", "resource", "What is taken is kept whole.", kept_whole, writes=True),
    Law("create-ignores", "resource", "A client can't set what only the server sets.", create_ignores, writes=True),
)
