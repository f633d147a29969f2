"""Laws of single records: what is created is shown, kept, listed; what is changed changes, and nothing else; what is
deleted is gone."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.check.answers import MISSING, asked, at, same, told
from mockserver.check.contract import Planned
from mockserver.check.findings import Exchange
from mockserver.check.laws.bench import Bench, Made
from mockserver.check.laws.law import Breach, Kept, Law, Unfit
from mockserver.check.laws.walks import pages_of
from mockserver.spec.model import Json
from mockserver.world import times

APART = 1.05  # seconds between two changes, so that times to the second differ


def server_set(kind: Kept, planned: Planned) -> set[str]:
    """The fields that the server sets, so that what is sent of them doesn't count."""
    resource, plan = kind.resource, planned.plan
    parts = {part for parts in plan.split.values() for part in parts} | {*plan.split}
    own = {resource.key, *resource.computed, *plan.set, *parts, *plan.aliases}
    return own | {*(resource.on_create if plan.does == "create" else resource.on_update)}


def shown_wrongly(kind: Kept, planned: Planned, sent: Mapping[str, Json], shown: Any) -> tuple[str, str, str] | None:
    """The first field that is sent and shown otherwise: its name, what was expected and what was seen."""
    if not isinstance(shown, Mapping):
        return None
    for name, value in sent.items():
        if name in server_set(kind, planned) or name not in shown:
            continue
        if value is None and shown[name] in (None, {}, []):
            continue
        if not same(value, shown[name]):
            return name, told(value), told(shown[name])
    return None


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
                yield Breach(kind.create, f"{kind.create.plan.status} for a valid body", _status(exchange), (exchange,))
                return
            continue
        made = bench.noted(kind, above, fields, exchange)
        if exchange.status != kind.create.plan.status and not kind.resource.unique:
            yield Breach(kind.create, str(kind.create.plan.status), str(exchange.status), (exchange,))
        if made is None:
            continue
        if wrong := shown_wrongly(kind, kind.create, fields, made.shown):
            name, expected, seen = wrong
            pointer = property_pointer(bench, kind.create, name)
            yield Breach(kind.create, f"{name} {expected}, as sent", f"{name} {seen}", (exchange,), pointer)
        yield from _server_fields(kind, made)


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


def _status(exchange: Exchange) -> str:
    return f"{exchange.status}" if exchange.status else exchange.error


def reads_back(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """A created record can be read, as it was sent."""
    if kind.create is None or kind.read is None:
        raise Unfit("its records can't be created and read")
    made = bench.mine(kind)
    exchange = bench.ask(kind.read, key=made.key, above=bench.beside(kind.read, made))
    if exchange.status != kind.read.plan.status:
        yield Breach(kind.read, f"{kind.read.plan.status}, as it was just created", _status(exchange),
                     (made.exchange, exchange))  # fmt: skip
        return
    shown = bench.shown(kind.read, exchange)
    for source in (made.sent, made.shown if isinstance(made.shown, Mapping) else {}):
        if wrong := shown_wrongly(kind, kind.create, source, shown):
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
    elif mine and (wrong := shown_wrongly(kind, kind.create, made.sent, mine[0])):
        name, expected, seen = wrong
        yield Breach(kind.list, f"{name} {expected}, as created", f"{name} {seen}", evidence)


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


def update_keeps(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """An update changes what is sent, for good, and leaves the rest as it is."""
    if not kind.updates:
        raise Unfit("nothing updates its records")
    for planned in kind.updates:
        made = bench.mine(kind)
        for name, value in changes(bench, kind, planned).items():
            before, _ = current(bench, kind, made)
            exchange = bench.ask(planned, key=made.key, above=bench.beside(planned, made), fields={name: value})
            bench.walked.clear()
            pointer = property_pointer(bench, planned, name)
            if not 200 <= exchange.status < 300:
                if len(bench.checking.contract.schemas.required(bench.bodies.input_schema(planned))) > 0:
                    break
                yield Breach(planned, f"{planned.plan.status} for {name} {told(value)}", _status(exchange),
                             (made.exchange, exchange), pointer)  # fmt: skip
                continue
            breach = _after_update(bench, kind, planned, made, name, value, before, exchange)
            if breach is not None:
                yield breach._replace(pointer=pointer)
                break


def _after_update(
    bench: Bench, kind: Kept, planned: Planned, made: Made, name: str, value: Json, before: Any, exchange: Exchange
) -> Breach | None:  # fmt: skip
    evidence = (made.exchange, exchange)
    sent = {name: value}
    if wrong := _unmerged(kind, planned, sent, bench.shown(planned, exchange)):
        return Breach(planned, f"{wrong[0]} {wrong[1]}, as sent", f"{wrong[0]} {wrong[2]}", evidence)
    after, more = current(bench, kind, made)
    if after is MISSING or before is MISSING:
        return None
    if wrong := _unmerged(kind, planned, sent, after):
        seen = f"{wrong[0]} {wrong[2]} when read again"
        return Breach(planned, f"{wrong[0]} {wrong[1]}", seen, (*evidence, *more))
    own = {name, *server_set(kind, planned), *kind.resource.on_update, *kind.resource.computed, *planned.plan.split}
    for other, old in before.items():
        if other not in own and not (other in after and same(old, after[other])) and old is not None:
            seen = f"{other} {told(after.get(other, MISSING))}"
            return Breach(planned, f"{other} {told(old)}, as it wasn't sent", seen, (*evidence, *more))
    return None


def _unmerged(kind: Kept, planned: Planned, sent: Mapping[str, Json], shown: Any) -> tuple[str, str, str] | None:
    """What is shown otherwise than sent."""
    return shown_wrongly(kind, planned, sent, shown)


def update_is_dated(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """An update moves the time of the last change, and leaves that of creation."""
    moved = [name for name, value in kind.resource.on_update.items() if value == "$now"]
    planned = next(iter(kind.updates), None)
    if not moved or planned is None:
        raise Unfit("no time tells of changes")
    made = (bench.made.get(kind.resource.name) or [bench.mine(kind)])[0]
    fields = changes(bench, kind, planned)
    before, _ = current(bench, kind, made)
    time.sleep(max(0.0, APART - (time.monotonic() - made.since)))
    exchange = bench.ask(planned, key=made.key, above=bench.beside(planned, made), fields=fields)
    bench.walked.clear()
    if not 200 <= exchange.status < 300:
        raise Unfit(f"it answered {exchange.status}")
    after, more = current(bench, kind, made)
    answered = bench.shown(planned, exchange)
    for name in moved:
        created = _moments(name, made.shown, before)
        changed = _moments(name, answered, after)
        start = max(created, default=_made_at(kind, made))
        if start is not None and changed and min(changed) <= start:
            yield Breach(planned, f"a later {name} than {times.text(start)}", times.text(min(changed)),
                         (made.exchange, exchange, *more))  # fmt: skip


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
        steps: list[Json] = [{"check_a": "1", "check_b": "2"}, {"check_b": "3", "check_c": "4"}, {"check_a": None}]
        if schema is None or not all(schemas.is_valid(schema, step, "request") for step in steps[:2]):
            continue
        wanted: list[Json] = [
            steps[0],
            {"check_a": "1", "check_b": "3", "check_c": "4"},
            {"check_b": "3", "check_c": "4"},
        ]
        made, exchanges = bench.mine(kind), list[Exchange]()
        for step, expected in zip(steps, wanted, strict=True):
            if not schemas.is_valid(schema, step, "request"):
                break
            exchange = bench.ask(planned, key=made.key, above=bench.beside(planned, made), fields={name: step})
            exchanges.append(exchange)
            shown = at(bench.shown(planned, exchange), (name,))
            if exchange.status >= 300:
                yield Breach(
                    planned, f"{planned.plan.status} for {name} {told(step)}", _status(exchange), (*exchanges,)
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


LAWS = (
    Law("create-shows", "resource", "A valid record is created and shown as it was sent.", creates, writes=True),
    Law("reads-back", "resource", "A created record can be read as it was sent.", reads_back, "critical", writes=True),
    Law("listed-once", "resource", "A created record is listed once.", is_listed_once, "critical", writes=True),
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
    Law("update-is-dated", "resource", "An update is dated.", update_is_dated, writes=True),
)
