"""Laws of changes: what is sent changes, the rest stays, what merges merges, and the time of the change moves."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.check.answers import MISSING, asked, at, same, told
from mockserver.check.contract import Planned
from mockserver.check.findings import Exchange
from mockserver.check.laws.bench import Bench, Made
from mockserver.check.laws.law import Breach, Kept, Law, Unfit
from mockserver.check.laws.records import answered, current, listing_of, property_pointer, server_set, shown_wrongly
from mockserver.spec.model import Json
from mockserver.world import times

SCRIPTS = "Zoë O'Brien <日本語> 🙂"
MOST_UPDATES = 3  # operations that change the same records
APART = 1.05  # seconds between two changes, so that times to the second differ

MERGES: tuple[tuple[Json, Json], ...] = (  # what is sent, one after the other, and what is there then
    ({"check_a": "1", "check_b": "2"}, {"check_a": "1", "check_b": "2"}),
    ({"check_b": "3", "check_c": "4"}, {"check_a": "1", "check_b": "3", "check_c": "4"}),
    ({}, {"check_a": "1", "check_b": "3", "check_c": "4"}),
    ({"check_a": None}, {"check_b": "3", "check_c": "4"}),
    ({"check_a": None, "check_d": ""}, {"check_b": "3", "check_c": "4", "check_d": ""}),
    ({"check_D": "6"}, {"check_b": "3", "check_c": "4", "check_d": "", "check_D": "6"}),
)


def changes(bench: Bench, kind: Kept, planned: Planned) -> dict[str, Json]:
    """Fields for a change: those of a new record that an update takes, but for what no two records share."""
    made = bench.fields(planned)
    taken = {words["field"] for words in kind.resource.unique} | {*kind.resource.between}
    changed = {
        name: value for name, value in made.items() if name not in taken and name not in server_set(kind, planned)
    }
    if not changed:
        raise Unfit("it takes nothing that can be changed freely")
    return changed


def _one_by_one(bench: Bench, planned: Planned, fields: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
    """Each field with a value, and with null where it may be."""
    schemas, writable = bench.checking.contract.schemas, bench.bodies.writable(planned)
    for name, value in fields.items():
        yield name, value
        free = isinstance(value, str) and not (planned.resource and name in planned.resource.references)
        if free and schemas.is_valid(writable.get(name, {}), SCRIPTS, "request"):
            yield name, SCRIPTS
        kinds = schemas.kinds(writable.get(name, {}))
        if "null" in kinds and len(kinds) < 7 and value is not None:
            yield name, None


def update_keeps(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """An update changes what is sent, for good, and leaves the rest as it is."""
    if not kind.updates:
        raise Unfit("nothing updates its records")
    for planned in kind.updates:
        made = bench.mine(kind)
        for name, value in _one_by_one(bench, planned, changes(bench, kind, planned)):
            before, _ = current(bench, kind, made)
            value = _elsewhere(bench, kind, planned, name, before, value)
            exchange = bench.ask(planned, key=made.key, above=bench.beside(planned, made), fields={name: value})
            bench.walked.clear()
            pointer = property_pointer(bench, planned, name)
            if not 200 <= exchange.status < 300:
                if len(bench.checking.contract.schemas.required(bench.bodies.input_schema(planned))) > 0:
                    break
                yield Breach(planned, f"{planned.plan.status} for {name} {told(value)}", answered(exchange),
                             (made.exchange, exchange), pointer)  # fmt: skip
                continue
            breach = _after_update(bench, kind, planned, made, name, value, before, exchange)
            if breach is not None:
                yield breach._replace(pointer=pointer)
                break


def _elsewhere(bench: Bench, kind: Kept, planned: Planned, name: str, before: Any, value: Json) -> Json:
    """The value for a change, of a reference another than the record has already, where there is one."""
    other = bench.kinds.get(str(kind.resource.references.get(name, {}).get("resource")))
    if other is None or other.list is None or not isinstance(value, str | int) or at(before, (name,)) != value:
        return value
    schemas, schema = bench.checking.contract.schemas, bench.bodies.writable(planned).get(name, {})
    try:
        known = map(bench.key_of(other), bench.walk(other.list, most=5).records)
    except Unfit:
        return value
    is_text = isinstance(value, str)  # documents call one id a number here and a text there
    written = (str(key) if is_text else int(key) for key in known if key is not None and (is_text or _is_number(key)))
    return next((key for key in written if key != value and schemas.is_valid(schema, key, "request")), value)


def _is_number(key: Json) -> bool:
    return str(key).isdecimal()


def _after_update(
    bench: Bench, kind: Kept, planned: Planned, made: Made, name: str, value: Json, before: Any, exchange: Exchange
) -> Breach | None:  # fmt: skip
    evidence = (made.exchange, exchange)
    sent = {name: value}
    if extra := _beyond_changed(bench, kind, planned, name, bench.shown(planned, exchange)):
        return Breach(planned, f"of what wasn't sent nothing, as only {name} was", extra, evidence)
    if wrong := shown_wrongly(bench, kind, planned, sent, bench.shown(planned, exchange)):
        return Breach(planned, f"{wrong[0]} {wrong[1]}, as sent", f"{wrong[0]} {wrong[2]}", evidence)
    after, more = current(bench, kind, made)
    if after is MISSING or before is MISSING:
        return None
    if wrong := shown_wrongly(bench, kind, planned, sent, after, kind.read or kind.list):
        seen = f"{wrong[0]} {wrong[2]} when read again"
        return Breach(planned, f"{wrong[0]} {wrong[1]}", seen, (*evidence, *more))
    own = {name, *server_set(kind, planned), *kind.resource.on_update, *kind.resource.computed, *planned.plan.split}
    for other, old in before.items():
        if other not in own and not (other in after and same(old, after[other])) and old is not None:
            seen = f"{other} {told(after.get(other, MISSING))}"
            return Breach(planned, f"{other} {told(old)}, as it wasn't sent", seen, (*evidence, *more))
    return None


def listed_as_changed(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """A list that has shown a record shows it as it was changed since."""
    planned = next(iter(kind.updates), None)
    if kind.list is None or planned is None:
        raise Unfit("its records can't be changed and listed")
    made, key = bench.mine(kind), bench.key_of(kind)

    def listed() -> tuple[Any, tuple[Exchange, ...]]:
        bench.walked.clear()
        records, exchanges, _ = listing_of(bench, kind, made)
        return next((record for record in records if key(record) == made.key), MISSING), exchanges[:2]

    before, first = listed()
    sent = {
        name: _elsewhere(bench, kind, planned, name, before, value)
        for name, value in changes(bench, kind, planned).items()
        if not same(value, at(before, (name,)))
    }
    exchange = bench.ask(planned, key=made.key, above=bench.beside(planned, made), fields=sent)
    if before is MISSING or exchange.status >= 300:
        raise Unfit("it isn't listed, or can't be changed so")
    after, more = listed()
    if wrong := shown_wrongly(bench, kind, planned, sent, after, kind.list):
        seen = f"{wrong[0]} {wrong[2]} in the list"
        yield Breach(kind.list, f"{wrong[0]} {wrong[1]}", seen, (made.exchange, *first, exchange, *more))


def update_is_dated(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """An update moves the time of the last change, and leaves that of creation."""
    if "$now" not in kind.resource.on_update.values() or not kind.updates:
        raise Unfit("no time tells of changes")
    ones = bench.made.get(kind.resource.name) or [bench.mine(kind)]
    for number, planned in enumerate(kind.updates[:MOST_UPDATES]):
        yield from _dated(bench, kind, planned, ones[number % len(ones)])


def _dated(bench: Bench, kind: Kept, planned: Planned, made: Made) -> Iterator[Breach]:
    moved = [name for name, value in kind.resource.on_update.items() if value == "$now"]
    before, _ = current(bench, kind, made)
    wanted = changes(bench, kind, planned)
    fields = {name: _elsewhere(bench, kind, planned, name, before, one) for name, one in wanted.items()}
    if all(same(one, at(before, (name,))) for name, one in fields.items()):
        return  # what changes nothing need not be dated
    time.sleep(max(0.0, APART - (time.monotonic() - made.since)))
    exchange = bench.ask(planned, key=made.key, above=bench.beside(planned, made), fields=fields)
    bench.walked.clear()
    if not 200 <= exchange.status < 300:
        raise Unfit(f"it answered {exchange.status}")
    after, more = current(bench, kind, made)
    answered = bench.shown(planned, exchange)
    for name in (one for one, value in kind.resource.on_create.items() if value == "$now" and one not in moved):
        one, two = _moments(name, before), _moments(name, after)
        if one and two and one != two:
            seen = f"{name} {times.text(two[0])}"
            yield Breach(kind.read or kind.list or planned, f"{name} {times.text(one[0])}, as before", seen,
                         (made.exchange, exchange, *more))  # fmt: skip
    for name in moved:
        created = _moments(name, made.shown, before)
        changed = _moments(name, answered, after)
        start = max(created, default=_made_at(kind, made))
        if start is not None and changed and min(changed) <= start:
            yield Breach(planned, f"a later {name} than {times.text(start)}", times.text(min(changed)),
                         (made.exchange, exchange, *more))  # fmt: skip


def _beyond_changed(bench: Bench, kind: Kept, planned: Planned, name: str, shown: Any) -> str | None:
    """What an answer shows that shows only what was sent, beside that and what it always has."""
    if planned.plan.show != "changed" or not isinstance(shown, Mapping):
        return None
    always = bench.checking.contract.schemas.required(bench.shown_schema(planned))
    extra = [one for one in shown if one not in {name, kind.resource.key, *always}]
    return f"{extra[0]} {told(shown[extra[0]])}" if extra else None


def _moments(name: str, *shown: Any) -> list[int]:
    found = [times.moment(at(one, (name,))) for one in shown]
    return [one for one in found if one is not None]


def _made_at(kind: Kept, made: Made) -> int | None:
    """When a record was created, by any of its own times."""
    names = [name for name, value in kind.resource.on_create.items() if value == "$now"]
    return max((one for name in names for one in _moments(name, made.shown)), default=None)


def merges(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """What merges keeps the keys that aren't sent; null removes one."""
    planned = next((one for one in kind.updates if asked(one.plan.input)[0] == "body"), None)
    if not kind.resource.merge or planned is None:
        raise Unfit("none of its fields merges")
    schemas, node = bench.checking.contract.schemas, bench.bodies.input_schema(planned)
    for name in kind.resource.merge:
        schema = schemas.property_schema(node, name)
        if schema is None or not all(schemas.is_valid(schema, step, "request") for step, _ in MERGES[:2]):
            continue
        yield from _overfilled(bench, kind, planned, name)
        made, exchanges = bench.mine(kind), list[Exchange]()
        for step, expected in MERGES:
            if not schemas.is_valid(schema, step, "request"):
                break
            exchange = bench.ask(planned, key=made.key, above=bench.beside(planned, made), fields={name: step})
            exchanges.append(exchange)
            if step is MERGES[0][0]:
                exchanges += _beside(bench, kind, planned, made, name)
            shown = at(bench.shown(planned, exchange), (name,))
            if exchange.status >= 300:
                yield Breach(
                    planned, f"{planned.plan.status} for {name} {told(step)}", answered(exchange), (*exchanges,)
                )
                break
            if shown is MISSING:
                shown = at(current(bench, kind, made)[0], (name,))
            mine = (
                {one: value for one, value in shown.items() if one.startswith("check_")}
                if isinstance(shown, dict)
                else shown
            )
            if shown is not MISSING and mine != expected:
                pointer = property_pointer(bench, planned, name)
                yield Breach(planned, f"{name} {told(expected)} after {told(step)}", told(mine), (*exchanges,), pointer)
                break


def _beside(bench: Bench, kind: Kept, planned: Planned, made: Made, name: str) -> list[Exchange]:
    """A change of everything but one field, which therefore stays as it is."""
    try:
        rest = {one: value for one, value in changes(bench, kind, planned).items() if one != name}
    except Unfit:
        return []
    return [bench.ask(planned, key=made.key, above=bench.beside(planned, made), fields=rest)] if rest else []


def _overfilled(bench: Bench, kind: Kept, planned: Planned, name: str) -> Iterator[Breach]:
    """What merges holds as many keys as its schema allows, counted after merging."""
    schemas = bench.checking.contract.schemas
    stored = schemas.look_up((kind.resource.schema or "#").removeprefix("#")) if kind.resource.schema else {}
    node = schemas.follow(schemas.property_schema(stored, name) or {})
    most = node.get("maxProperties") if isinstance(node, dict) else None
    if not isinstance(most, int) or not 1 < most <= 200:
        return
    made = bench.mine(kind)
    halves = [{f"check_{n}": "1" for n in range(start, start + most)} for start in (0, most)]
    exchanges = [
        bench.ask(planned, key=made.key, above=bench.beside(planned, made), fields={name: half}) for half in halves
    ]
    if exchanges[1].status < 300:
        seen = f"{exchanges[1].status} for {2 * most} in two steps"
        yield Breach(planned, f"a refusal of more than {most} keys in {name}", seen, (made.exchange, *exchanges))


def update_ignores(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """An update changes nothing that only the server sets, or that it doesn't take."""
    planned = next(iter(kind.updates), None)
    if planned is None or kind.create is None or not bench.checking.contract.given.get("resources"):
        raise Unfit("nothing says what an update may not change")
    schemas, node = bench.checking.contract.schemas, bench.bodies.input_schema(planned)
    made = bench.mine(kind)
    before, _ = current(bench, kind, made)
    writable = bench.bodies.writable(planned)
    if schemas.closed(node) or not isinstance(before, Mapping):
        raise Unfit("it refuses what it doesn't take")
    for name, value in before.items():
        other = _another(value)
        if name in writable or other is None or name in {*kind.resource.on_update, *planned.plan.split}:
            continue
        exchange = bench.ask(planned, key=made.key, above=bench.beside(planned, made), fields={name: other})
        bench.walked.clear()
        after, more = current(bench, kind, made)
        if exchange.status < 300 and isinstance(after, Mapping) and after.get(name) == other:
            expected = f"{name} {told(value)}, as an update doesn't take it"
            yield Breach(planned, expected, f"{name} {told(other)}", (made.exchange, exchange, *more))
            return
        if after is MISSING:
            yield Breach(planned, "the record as it was", "it is gone", (made.exchange, exchange, *more))
            return


def _another(value: Json) -> Json:
    """Another value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str) and "@" in value:
        return f"other-{value}"
    if isinstance(value, str) and times.parse(value) is not None:
        return "2001-02-03T04:05:06Z"
    return None


LAWS = (
    Law(
        "update-keeps",
        "resource",
        "An update changes what is sent and leaves the rest.",
        update_keeps,
        "critical",
        True,
    ),
    Law(
        "merge-keeps", "resource", "A field that merges keeps what isn't sent; null removes.", merges, "critical", True
    ),
    Law("update-ignores", "resource", "An update leaves what it doesn't take.", update_ignores, writes=True),
    Law("listed-as-changed", "resource", "A list shows a record as it was changed.", listed_as_changed, writes=True),
    Law("update-is-dated", "resource", "An update is dated.", update_is_dated, writes=True, timed=True),
)
