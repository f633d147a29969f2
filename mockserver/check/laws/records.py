"""Laws of single records: what is created is shown, kept, listed; what is changed changes, and nothing else; what is
deleted is gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.check.answers import MISSING, at, same, told
from mockserver.check.contract import Planned
from mockserver.check.findings import Exchange
from mockserver.check.laws.bench import Bench, Made
from mockserver.check.laws.law import Breach, Kept, Law, Unfit
from mockserver.check.laws.walks import pages_of
from mockserver.spec.model import Json
from mockserver.spec.schema import Schemas


def server_set(kind: Kept, planned: Planned) -> set[str]:
    """The fields that the server sets, so that what is sent of them doesn't count."""
    resource, plan = kind.resource, planned.plan
    parts = {part for parts in plan.split.values() for part in parts} | {*plan.split}
    own = {resource.key, *resource.computed, *plan.set, *parts, *plan.aliases}
    return own | {*(resource.on_create if plan.does == "create" else resource.on_update)}


def shown_wrongly(
    bench: Bench, kind: Kept, planned: Planned, sent: Mapping[str, Json], shown: Any, by: Planned | None = None,
    without: set[str] | None = None,
) -> tuple[str, str, str] | None:  # fmt: skip
    """The first field that is sent and shown otherwise: its name, what was expected and what was seen.

    `planned` is the operation that it was sent to, `by` the one that shows it. What the answer's schema doesn't allow
    as it was sent, such as a key in whose place the whole record stands, is left out; so is what the server sets, or
    what `without` names in its place.
    """
    if not isinstance(shown, Mapping):
        return None
    schemas, node = bench.checking.contract.schemas, bench.shown_schema(by or planned)
    for name, value in sent.items():
        if name in (without or server_set(kind, planned)):
            continue
        if name not in shown:
            if _is_due(bench, node, name, value):
                return name, told(value), "nothing"
            continue
        if value is None and shown[name] in (None, {}, []):
            continue
        schema = schemas.property_schema(node, name)
        if same(visible(value, schema, schemas), shown[name]):
            continue
        if schema is None or schemas.is_valid(schema, value, "response"):
            return name, told(value), told(shown[name])
    return None


def _is_due(bench: Bench, node: Json, name: str, value: Json) -> bool:
    """Whether a value must be shown: where the document itself says what its records are, not our guesses, and the
    answer has a place for it. What is empty may be left out."""
    schemas = bench.checking.contract.schemas
    if value in (None, "", [], {}) or not bench.checking.contract.given.get("resources"):
        return False
    schema = schemas.properties(node).get(name)
    hidden = schema is None or any(part.get("writeOnly") is True for part in schemas.parts(schema))
    return not hidden and schemas.is_valid(schema, value, "response")


def visible(value: Json, schema: Json, schemas: Schemas, depth: int = 0) -> Json:
    """A value that was sent without what no answer shows: properties within it that are writeOnly."""
    if schema is None or depth > 6:
        return value
    if isinstance(value, list):
        items = schemas.items(schema)
        return [visible(one, items, schemas, depth + 1) for one in value] if items else value
    if not isinstance(value, dict):
        return value
    kept = {}
    for name, inside in value.items():
        inner = schemas.property_schema(schema, name)
        if not any(part.get("writeOnly") is True for part in schemas.parts(inner)) if inner is not None else True:
            kept[name] = visible(inside, inner, schemas, depth + 1)
    return kept


def property_pointer(bench: Bench, planned: Planned, name: str) -> str:
    """Where the document describes a field of a body."""
    schemas = bench.checking.contract.schemas
    pointer = bench.bodies.schema_of(planned)
    for step in (*bench.bodies.input_way(planned), name):
        pointer = schemas.member(pointer, step) if pointer else None
    return pointer or ""


def creates(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """A valid record is created, with the documented status, and shown as it was sent."""
    if kind.create is None:
        raise Unfit("nothing creates its records")
    for full in (True, False):
        fields = bench.fields(kind.create, full)
        above = bench.above(kind.create)
        exchange = bench.ask(kind.create, above=above, fields=fields)
        if not 200 <= exchange.status < 300:
            if bench.create(kind, full=full) is None:
                yield Breach(
                    kind.create, f"{kind.create.plan.status} for a valid body", answered(exchange), (exchange,)
                )
                return
            continue
        made = bench.noted(kind, above, fields, exchange)
        if exchange.status != kind.create.plan.status and not kind.resource.unique:
            yield Breach(kind.create, str(kind.create.plan.status), str(exchange.status), (exchange,))
        if made is None:
            continue
        if wrong := shown_wrongly(bench, kind, kind.create, fields, made.shown):
            name, expected, seen = wrong
            pointer = property_pointer(bench, kind.create, name)
            yield Breach(kind.create, f"{name} {expected}, as sent", f"{name} {seen}", (exchange,), pointer)
        yield from _server_fields(kind, made)
    yield from _with_charset(bench, kind)


def _with_charset(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """A parameter of the media type that says what JSON is anyway changes nothing (RFC 8259, section 11)."""
    create = kind.create
    media = create.operation.body.media if create and create.operation.body else ()
    if create is None or not any(one.type == "application/json" for one in media):
        return
    said = {"content-type": "application/json; charset=utf-8"}
    fields, above = bench.fields(create), bench.above(create)
    exchange = bench.ask(create, above=above, fields=fields, headers=said)
    if 200 <= exchange.status < 300:
        bench.noted(kind, above, fields, exchange)
    elif exchange.status in (400, 406, 415, 422) and (made := bench.create(kind)) is not None:
        expected = f"{create.plan.status} for {said['content-type']}, as for application/json"
        yield Breach(create, expected, answered(exchange), (made.exchange, exchange))


def _server_fields(kind: Kept, made: Made) -> Iterator[Breach]:
    """What the server sets on creation where the document gives a plain value, and defaults of what wasn't sent."""
    set_by_server = {**kind.resource.on_create, **made.planned.plan.set}
    unsent = {name: value for name, value in kind.resource.defaults.items() if name not in made.sent}
    for name, value in {**unsent, **set_by_server}.items():
        if not _is_plain(value) or name == kind.resource.key:
            continue
        found = at(made.shown, (name,))
        if found is not MISSING and not same(value, found):
            yield Breach(made.planned, f"{name} {told(value)}", f"{name} {told(found)}", (made.exchange,))


def _is_plain(value: Json) -> bool:
    if isinstance(value, str):
        return not value.startswith("$")
    if isinstance(value, dict):
        return not any(name.startswith("$") for name in value)
    return not isinstance(value, list) or not value


def answered(exchange: Exchange) -> str:
    """The status of an answer, or what happened instead."""
    return f"{exchange.status}" if exchange.status else exchange.error


def reads_back(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """A created record can be read, as it was sent."""
    if kind.create is None or kind.read is None:
        raise Unfit("its records can't be created and read")
    made = bench.mine(kind)
    exchange = bench.ask(kind.read, key=made.key, above=bench.beside(kind.read, made))
    if exchange.status != kind.read.plan.status:
        yield Breach(kind.read, f"{kind.read.plan.status}, as it was just created", answered(exchange),
                     (made.exchange, exchange))  # fmt: skip
        return
    shown = bench.shown(kind.read, exchange)
    moving = {*kind.resource.computed, *(name for one in kind.create.plan.later for name in one.get("set") or ())}
    first = made.shown if isinstance(made.shown, Mapping) else {}
    for source, without in ((made.sent, None), (first, {"", *moving})):
        if wrong := shown_wrongly(bench, kind, kind.create, source, shown, kind.read, without):
            name, expected, seen = wrong
            yield Breach(kind.read, f"{name} {expected}", f"{name} {seen}", (made.exchange, exchange))
            return
    found = bench.key_of(kind)(shown)
    if found is not None and found != made.key:
        yield Breach(kind.read, f"the record {told(made.key)}", told(found), (made.exchange, exchange))


def listing_of(bench: Bench, kind: Kept, made: Made) -> tuple[Any, tuple[Exchange, ...], bool]:
    """The records of the list that a record should be in, how they were seen, and whether these are all.

    Raises Unfit where a list can't be expected to show it.
    """
    if kind.list is None or kind.list.plan.where or pages_of(kind.list, bench.checking.contract.schemas) is None:
        raise Unfit("no list shows each of its records")
    needed = [one for one in kind.list.operation.parameters if one.required and one.location in ("path", "query")]
    if any(one.location == "query" or one.name not in made.above for one in needed):
        raise Unfit("which list shows it isn't told")
    walk = bench.walk(kind.list, above=bench.beside(kind.list, made))
    if walk.trouble is not None:
        raise Unfit(f"its list answered {walk.trouble.status}")
    return walk.records, walk.exchanges, walk.whole


def is_listed_once(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """A created record is in its list, once, as it was sent."""
    if kind.create is None or kind.list is None:
        raise Unfit("its records can't be created and listed")
    made = bench.mine(kind)
    records, exchanges, whole = listing_of(bench, kind, made)
    key = bench.key_of(kind)
    mine = [record for record in records if key(record) == made.key]
    evidence = (made.exchange, *exchanges[:3])
    if len(mine) > 1 or (not mine and whole):
        yield Breach(kind.list, f"{told(made.key)} once", f"{len(mine)} times", evidence)
    elif mine and (wrong := shown_wrongly(bench, kind, kind.create, made.sent, mine[0], kind.list)):
        name, expected, seen = wrong
        yield Breach(kind.list, f"{name} {expected}, as created", f"{name} {seen}", evidence)


def current(bench: Bench, kind: Kept, made: Made) -> tuple[Any, tuple[Exchange, ...]]:
    """A record as the server shows it now: by reading it, else from its list; MISSING where neither is possible."""
    if kind.read is not None:
        exchange = bench.ask(kind.read, key=made.key, above=bench.beside(kind.read, made))
        shown = bench.shown(kind.read, exchange)
        return (shown, (exchange,)) if exchange.status < 300 else (MISSING, (exchange,))
    try:
        bench.walked.clear()
        records, exchanges, _ = listing_of(bench, kind, made)
    except Unfit:
        return MISSING, ()
    key = bench.key_of(kind)
    return next((record for record in records if key(record) == made.key), MISSING), exchanges[:2]


LAWS = (
    Law("create-shows", "resource", "A valid record is created and shown as it was sent.", creates, writes=True),
    Law("reads-back", "resource", "A created record can be read as it was sent.", reads_back, "critical", writes=True),
    Law("listed-once", "resource", "A created record is listed once.", is_listed_once, "critical", writes=True),
)
