"""Laws of what the document computes from a request: values that are set, records that move, what is due in time."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.check.answers import MISSING, at, same, told
from mockserver.check.contract import Planned
from mockserver.check.findings import Exchange
from mockserver.check.laws.bench import Bench, Made
from mockserver.check.laws.changing import APART
from mockserver.check.laws.law import Breach, Kept, Law, Unfit
from mockserver.check.laws.records import current
from mockserver.spec.model import Json
from mockserver.steps.call import Call, Request
from mockserver.steps.values import compile_value
from mockserver.world import times

SOON = 5_000  # milliseconds: what is due by then is waited for
PATIENCE = 8.0  # seconds that it may be late
MARGIN = 0.4  # seconds after which what happens at once has happened
BODY = "$request.body"


def sets_as_told(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """What a creation sets is computed from its body as the document says, whatever of the body is there."""
    create = kind.create
    words = {name: value for name, value in create.plan.set.items() if _of_body(value)} if create else {}
    if create is None or not words:
        raise Unfit("nothing is computed from its body")
    names = bench.checking.contract.served.around.names
    moving = {name for one in create.plan.later for name in one.get("set") or ()}
    for fields in _bodies(bench, create):
        made = bench.create(kind, fields)
        if made is None:
            continue
        body = bench.bodies.body(create, fields)
        call = Call(bench.oracle.world, Request("POST", "", body=json.dumps(body).encode()), bench.bodies.now(), 0)
        call.body = body
        shown, more = current(bench, kind, made)
        for name, word in words.items():
            wanted: Json = compile_value(word, names)(call)
            for one, by, evidence in ((made.shown, create, ()), (shown, kind.read or kind.list, more)):
                value = at(one, (name,))
                if isinstance(value, dict) and name in kind.resource.references:
                    continue  # what it refers to is shown
                if value is not MISSING and not same(wanted, value) and not (name in moving and evidence):
                    expected, seen = f"{name} {told(wanted)}", f"{name} {told(value)}"
                    yield Breach(by or create, expected, seen, (made.exchange, *evidence))
                    return


def _of_body(word: Json) -> bool:
    """Whether a word speaks of the request's body, and of nothing that only the server knows."""
    text = json.dumps(word)
    return BODY in text and text.count('"$') == text.count(f'"{BODY}') + sum(
        text.count(f'"{one}"') for one in ("$if", "$count", "$first", "$unique", "$append", "$add", "$not-equal")
    )


def _bodies(bench: Bench, create: Planned) -> Iterator[dict[str, Json]]:
    """Bodies with all fields, with the required ones, and with a list that says the same twice."""
    yield bench.fields(create)
    least = bench.fields(create, full=False)
    yield least
    schemas, node = bench.checking.contract.schemas, bench.bodies.input_schema(create)
    for base in (least, bench.fields(create)):
        for name, value in base.items():
            twice = {**base, name: [*value, *value]} if isinstance(value, list) and value else None
            if twice is not None and schemas.is_valid(node, twice, "request"):
                yield twice


def joining_moves(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """A creation that changes a record it refers to: that one comes first where it should, otherwise as it was."""
    for effect, other, field in _joined(bench, kind):
        create = kind.create
        assert create is not None
        assert other.list is not None
        walk, key = bench.walk(other.list, most=30), bench.key_of(other)
        if len(walk.records) < 3 or not isinstance(walk.records[-1], Mapping):
            continue
        before = walk.records[-1]
        if _moves(effect, other) and _as_high(other, before, walk.records[0]):
            time.sleep(APART)
        made = bench.create(kind, {**bench.fields(create, full=False), field: key(before)})
        if made is None:
            continue
        bench.walked.clear()
        after = bench.walk(other.list, most=30)
        evidence = (*walk.exchanges[:1], made.exchange, *after.exchanges[:1])
        now: Any = next((one for one in after.records if key(one) == key(before)), {})
        if _moves(effect, other) and after.records and not _as_high(other, now, after.records[0]):
            yield Breach(other.list, f"{told(key(before))} first", f"{told(key(after.records[0]))} first", evidence)
            return
        for name in (one for one, value in effect.get("fields", {}).items() if "$now" in str(value)):
            old, new = times.moment(at(before, (name,))), times.moment(at(now, (name,)))
            if old is not None and new is not None and new <= old:
                yield Breach(other.list, f"a later {name} than {times.text(old)}", times.text(new), evidence)
                return
        for name in before.keys() - effect.get("fields", {}).keys() - other.resource.computed.keys():
            if not same(before[name], at(now, (name,))):
                seen = f"{name} {told(at(now, (name,)))}" if name in now else f"no {name}"
                yield Breach(other.list, f"{name} {told(before[name])}, as before", seen, evidence)
                return


def _joined(bench: Bench, kind: Kept) -> Iterator[tuple[Mapping[str, Any], Kept, str]]:
    """The effects of a creation on a record that its body names: the effect, that record's kind, the naming field."""
    found = False
    for effect in kind.create.plan.then if kind.create else ():
        other = bench.kinds.get(str(effect.get("update")))
        key = str(effect.get("key", ""))
        if other is not None and other.list is not None and key.startswith(f"{BODY}."):
            found = True
            yield effect, other, key.removeprefix(f"{BODY}.")
    if not found:
        raise Unfit("creating it changes nothing else that is listed")


def _as_high(other: Kept, one: Any, first: Any) -> bool:
    """Whether a record may come first in a list in whose place another does: it is that one, or sorts the same."""
    assert other.list is not None
    field = (other.list.plan.order or other.resource.order)[0].lstrip("-")
    return one == first or (at(one, (field,)) is not MISSING and same(at(one, (field,)), at(first, (field,))))


def _moves(effect: Mapping[str, Any], other: Kept) -> bool:
    """Whether an effect puts its record first in the list."""
    assert other.list is not None
    order = (other.list.plan.order or other.resource.order or ("",))[0]
    return order[:1] == "-" and "$now" in str(effect.get("fields", {}).get(order[1:]))


def comes_to_be(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """What falls due within seconds of a creation has happened some seconds later."""
    create = kind.create
    later = [one for one in create.plan.later if one.get("set")] if create else []
    if create is None or kind.read is None or not later:
        raise Unfit("nothing falls due")
    for words in later:
        after = times.duration(words["after"])
        if after > SOON:
            continue
        field = str(words.get("from", "")).rpartition(".")[2]
        mine = bench.made.get(kind.resource.name, [])
        made = next((one for one in mine if field not in one.sent), None)  # an earlier one, to wait less
        if made is None:
            least = bench.fields(create, full=False)
            made = bench.create(kind, {name: value for name, value in least.items() if name != field})
        wanted = {name: value for name, value in words["set"].items() if str(value)[:1] != "$"}
        if made is None or not wanted:
            continue
        shown, exchanges = _awaited(bench, kind, made, wanted, made.since + after / 1000)
        for name, value in wanted.items():
            seen = at(shown, (name,))
            if seen is not MISSING and not same(value, seen):
                expected = f"{name} {told(value)} {words['after']} later, or soon after that"
                yield Breach(kind.read, expected, f"{name} {told(seen)}", (made.exchange, *exchanges))
                return
        yield from _put_off(bench, kind, field, wanted, after / 1000)


def _put_off(bench: Bench, kind: Kept, field: str, wanted: Mapping[str, Json], after: float) -> Iterator[Breach]:
    """What was put off to a time that is far ahead hasn't happened, although it would have without that."""
    assert kind.read is not None
    far = bench.bodies.now() + times.HOUR
    ones = [one for one in bench.made.get(kind.resource.name, []) if (times.moment(one.sent.get(field)) or 0) > far]
    made = min(ones, key=lambda one: one.since, default=None)
    if made is None:
        return
    time.sleep(max(0.0, made.since + after + MARGIN - time.monotonic()))
    shown, exchanges = current(bench, kind, made)
    if isinstance(shown, Mapping) and all(same(value, shown.get(name)) for name, value in wanted.items()):
        words = ", ".join(f"{name} {told(value)}" for name, value in wanted.items())
        expected = f"not {words} before {field} {told(made.sent[field])}"
        yield Breach(kind.read, expected, words, (made.exchange, *exchanges))


def _awaited(
    bench: Bench, kind: Kept, made: Made, wanted: Mapping[str, Json], due: float
) -> tuple[Any, tuple[Exchange, ...]]:
    """The record as soon as it is as it should become, or as it is when patience ends."""
    until = max(due, time.monotonic()) + PATIENCE
    while True:
        shown, exchanges = current(bench, kind, made)
        done = all(at(shown, (name,)) in (value, MISSING) for name, value in wanted.items())
        if done or time.monotonic() > until:
            return shown, exchanges
        time.sleep(0.25)


LAWS = (
    Law("sets-as-told", "resource", "What is computed from a request is as told.", sets_as_told, writes=True),
    Law("joining-moves", "resource", "A change of what a request refers to is as told.", joining_moves, writes=True),
    Law(
        "comes-to-be",
        "resource",
        "What falls due soon happens, and nothing before its time.",
        comes_to_be,
        writes=True,
        once=True,
        timed=True,
    ),
)
