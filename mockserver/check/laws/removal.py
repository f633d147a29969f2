"""Laws of deletion and of actions: what is deleted is gone from everywhere, what is archived moves between lists."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.check.answers import MISSING, asked, at, same, told
from mockserver.check.contract import Planned
from mockserver.check.findings import Exchange
from mockserver.check.laws.bench import Bench, Made
from mockserver.check.laws.changing import APART, changes
from mockserver.check.laws.law import Breach, Kept, Law, Unfit
from mockserver.check.laws.records import current, listing_of
from mockserver.check.laws.words import says_again_is_nothing
from mockserver.spec.model import Json

MOST_ACTS = 3
SHORTLY = 0.02  # seconds between two calls whose times are told more exactly than by the second


def delete_removes(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """A deleted record is gone: it can't be read, changed or deleted again, and no list shows it."""
    if kind.delete is None or kind.create is None:
        raise Unfit("its records can't be created and deleted")
    made, other = bench.mine(kind), bench.mine(kind)
    if made.key == other.key:
        raise Unfit("what is made twice is one record")
    gone = bench.remove(kind, made)
    assert gone is not None
    if gone.status != kind.delete.plan.status and not (200 <= gone.status < 300 and _either(kind.delete)):
        yield Breach(kind.delete, str(kind.delete.plan.status), _status(gone), (made.exchange, gone))
        return
    bench.forget(kind, made.key)
    for planned in (kind.read, *kind.updates[:1], *kind.acts[:1], kind.delete):
        if planned is not None:
            yield from _is_missing(bench, planned, made, (made.exchange, gone))
    try:
        records, exchanges, whole = listing_of(bench, kind, made)
    except Unfit:
        return
    keys = [bench.key_of(kind)(record) for record in records]
    assert kind.list is not None
    if made.key in keys:
        yield Breach(kind.list, f"no {told(made.key)}, as it was deleted", "it is listed", (gone, *exchanges[:3]))
    if whole and other.key not in keys:
        seen = f"{told(other.key)} is gone too"
        yield Breach(kind.delete, f"{told(made.key)} deleted alone", seen, (made.exchange, gone, *exchanges[:3]))


def _either(planned: Planned) -> bool:
    """Whether the document names several statuses of success."""
    return sum(1 for one in planned.operation.responses if one.startswith("2")) > 1


def _status(exchange: Exchange) -> str:
    return f"{exchange.status}" if exchange.status else exchange.error


def _is_missing(bench: Bench, planned: Planned, made: Made, before: tuple[Exchange, ...]) -> Iterator[Breach]:
    fields = bench.bodies.fields(planned, bench.number()) if planned.operation.body else None
    above = bench.beside(planned, made)
    request = bench.request(planned, key=made.key, above=above, fields=fields)
    exchange = bench.checking.target.send(request)
    refusal = bench.oracle.refusal(planned, request)
    if refusal is None or refusal.status != 404:
        if not 400 <= exchange.status < 500:
            yield Breach(planned, "a refusal (4xx), as it was deleted", _status(exchange), (*before, exchange))
        return
    if mistake := bench.oracle.mistake(refusal, exchange):
        yield Breach(planned, mistake[0], mistake[1], (*before, exchange))


def unknown_is_missing(bench: Bench, planned: Planned) -> Iterator[Breach]:
    """A key that no record has gives the documented 404."""
    kind = bench.kinds.get(str(planned.plan.resource))
    if planned.plan.key is None or kind is None or planned.plan.does in ("list", "create", "sample"):
        raise Unfit("it names no record")
    if not planned.safe and not bench.checking.options.write:
        raise Unfit("it needs --write")
    key = _nobody(bench, planned)
    if key is None:
        raise Unfit("no key is free for certain")
    fields = bench.bodies.fields(planned, bench.number()) if planned.operation.body and not planned.safe else None
    if planned.operation.body and planned.operation.body.required and fields is None:
        raise Unfit("no valid body was found")
    request = bench.request(planned, key=key, fields=fields)
    refusal = bench.oracle.refusal(planned, request)
    exchange = bench.checking.target.send(request)
    if refusal is not None and refusal.status == 404 and (mistake := bench.oracle.mistake(refusal, exchange)):
        yield Breach(planned, mistake[0], mistake[1], (exchange,))


def _nobody(bench: Bench, planned: Planned) -> Json:
    """A key of the right form that no record has."""
    part, way = asked(planned.plan.key)
    parameter = next((one for one in planned.operation.parameters if part == "path" and one.name == way[0]), None)
    schemas = bench.checking.contract.schemas
    node: Json = {"$ref": f"#{parameter.schema}"} if parameter else {}
    known = bench.refer(str(planned.plan.resource))
    shapes: list[Json] = []
    if isinstance(known, str):
        tail = "".join("0" if c.isdigit() else "Z" if c.isupper() else "z" for c in known[-6:] if c.isalnum())
        shapes.append(f"{known[: max(0, len(known) - 6)]}{tail}" if len(known) > 6 else f"{known}zz")
    shapes += [987_654_321, "987654321", "00000000-0000-4000-8000-00000000dead", "zzzzzzzz"]
    for one in shapes:
        text = isinstance(known, str) == isinstance(one, str) or known is None
        if text and one != known and (parameter is None or schemas.is_valid(node, one, "request")):
            return one
    return None


def acts_set(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """An action sets what it sets, and nothing else; done twice, it changes nothing more."""
    fitting = [one for one in kind.acts if one.plan.set and all(_plain(value) for value in one.plan.set.values())]
    if not fitting or kind.create is None:
        raise Unfit("it has no actions that set plain values")
    made = bench.mine(kind)
    for planned in fitting:
        evidence = [made.exchange]
        before, _ = current(bench, kind, made)
        for _ in range(2):
            fields = bench.bodies.fields(planned, bench.number()) if planned.operation.body else None
            exchange = bench.ask(planned, key=made.key, above=bench.beside(planned, made), fields=fields)
            bench.walked.clear()
            evidence.append(exchange)
            if not 200 <= exchange.status < 300:
                seen = _status(exchange)
                yield Breach(planned, str(planned.plan.status), seen, (*evidence,))
                break
        else:
            after, more = current(bench, kind, made)
            if after is MISSING and kind.read is not None and more:
                yield Breach(kind.read, f"{kind.read.plan.status} after it", _status(more[-1]), (*evidence, *more))
                return
            for shown in (bench.shown(planned, evidence[-1]), after):
                if wrong := _unset(kind, planned.plan.set, before, shown):
                    yield Breach(planned, wrong[0], wrong[1], (*evidence, *more))
                    break


def _plain(value: Json) -> bool:
    return not isinstance(value, dict | list) and not (isinstance(value, str) and value.startswith("$"))


def _unset(kind: Kept, sets: Mapping[str, Json], before: Any, shown: Any) -> tuple[str, str] | None:
    """What an action should have set, or should have left."""
    for name, value in sets.items():
        found = at(shown, (name,))
        if found is not MISSING and found != value:
            return f"{name} {told(value)}", f"{name} {told(found)}"
    own = {*sets, *kind.resource.on_update, *kind.resource.computed}
    for name, value in before.items() if isinstance(before, Mapping) and isinstance(shown, Mapping) else ():
        if name not in own and name in shown and not same(value, shown[name]):
            return f"{name} {told(value)}, as before", f"{name} {told(shown[name])}"
    return None


def acts_again(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """Where the document says that doing it again changes nothing, the time of the last change stays too."""
    fitting = [one for one in kind.acts if one.plan.set and says_again_is_nothing(bench, one)]
    if not fitting or kind.create is None:
        raise Unfit("nothing says that doing it again changes nothing")
    made = bench.mine(kind)
    for planned in fitting:
        above = bench.beside(planned, made)
        first = bench.ask(planned, key=made.key, above=above)
        before, _ = current(bench, kind, made)
        precise = isinstance(before, Mapping) and any("." in str(before.get(name)) for name in kind.resource.on_update)
        time.sleep(SHORTLY if precise else APART)
        second = bench.ask(planned, key=made.key, above=above)
        after, more = current(bench, kind, made)
        bench.walked.clear()
        if not isinstance(before, Mapping) or not isinstance(after, Mapping) or second.status >= 300:
            continue
        for name, value in before.items():
            if name in after and name not in kind.resource.computed and not same(value, after[name]):
                expected = f"{name} {told(value)}, as doing it again changes nothing"
                yield Breach(planned, expected, f"{name} {told(after[name])}", (made.exchange, first, second, *more))
                break


def acts_leave(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """What an action was done to can still be changed and deleted, as long as it can be read."""
    fitting = [one for one in kind.acts if one.plan.set and all(_plain(value) for value in one.plan.set.values())]
    if not fitting or kind.create is None or kind.read is None or kind.resource.rules:
        raise Unfit("it has no actions that set plain values alone")
    for planned in fitting[:MOST_ACTS]:
        made = bench.mine(kind)
        acted = bench.ask(planned, key=made.key, above=bench.beside(planned, made))
        before, read = current(bench, kind, made)
        bench.walked.clear()
        if acted.status >= 300 or before is MISSING:
            continue
        evidence = (made.exchange, acted, *read)
        for one in (*kind.updates[:1], kind.delete):
            if one is None:
                continue
            fields = changes(bench, kind, one) if one.operation.body else None
            exchange = bench.ask(one, key=made.key, above=bench.beside(one, made), fields=fields)
            if exchange.status in (404, 409, 410, 423) and str(exchange.status) not in _beside_missing(one):
                seen = f"{exchange.status} after {planned.operation.id}"
                yield Breach(one, f"{one.plan.status}, as it can be read", seen, (*evidence, exchange))
            elif one is kind.delete and exchange.status < 300:
                after, more = current(bench, kind, made)
                if after is not MISSING:
                    yield Breach(one, f"no {told(made.key)}, as it was deleted", "it can still be read",
                                 (*evidence, exchange, *more))  # fmt: skip


def _beside_missing(planned: Planned) -> set[str]:
    """The statuses that a document gives an operation, but for that of what doesn't exist."""
    return {*planned.operation.responses} - {"404", "410"}


def acts_move(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """Where a list leaves out what an action sets, the record moves to the list that asks for it, and back."""
    filters = _defaulted(bench, kind)
    moving = [one for one in kind.acts if {*one.plan.set} & {*filters}]
    if not moving or kind.create is None or kind.list is None:
        raise Unfit("no list leaves out what an action sets")
    made, key = bench.mine(kind), bench.key_of(kind)
    for planned in moving:
        ((name, value),) = [(n, v) for n, v in planned.plan.set.items() if n in filters][:1]
        exchange = bench.ask(planned, key=made.key, above=bench.beside(planned, made))
        bench.walked.clear()
        if not 200 <= exchange.status < 300:
            return
        for asked_value in (True, False):
            parameter, default = filters[name]
            walk = bench.walk(kind.list, query={} if asked_value == default else {parameter: asked_value})
            if walk.trouble is not None:
                seen = f"{walk.trouble.status} for {parameter}={told(asked_value)}"
                yield Breach(kind.list, str(kind.list.plan.status), seen, (walk.trouble,))
                return
            there = made.key in [key(record) for record in walk.records]
            if walk.whole and there != (asked_value == value):
                expected = (
                    f"{told(made.key)} {'' if not there else 'not '}in the list of {parameter}={told(asked_value)}"
                )
                yield Breach(kind.list, expected, f"it is {'' if there else 'not '}there",
                             (made.exchange, exchange, *walk.exchanges[:3]))  # fmt: skip


def _defaulted(bench: Bench, kind: Kept) -> dict[str, tuple[str, bool]]:
    """By field, the boolean filters of a list that hold without being asked for, with their defaults."""
    found = {}
    schemas = bench.checking.contract.schemas
    for one in kind.list.operation.parameters if kind.list else ():
        words = kind.list.plan.filters.get(one.name) if kind.list else None
        node = schemas.follow(schemas.look_up(one.schema)) if words else None
        default = node.get("default") if isinstance(node, dict) else None
        if words and isinstance(default, bool) and words.get("compare", "eq") == "eq" and not words.get("sent-only"):
            for name in words.get("fields") or ():
                found[name] = one.name, default
    return found


LAWS = (
    Law("delete-removes", "resource", "A deleted record is gone.", delete_removes, "critical", writes=True),
    Law(
        "unknown-is-missing", "operation", "What doesn't exist is answered with the documented 404.", unknown_is_missing
    ),
    Law("action-sets", "resource", "An action sets what the document says, and nothing else.", acts_set, writes=True),
    Law("action-again", "resource", "An action done again changes nothing, as the document says.", acts_again,
        writes=True),
    Law("action-leaves", "resource", "What an action was done to can still be changed and deleted.", acts_leave,
        writes=True),
    Law("action-moves", "resource", "An action moves a record from list to list.", acts_move, writes=True),
)
