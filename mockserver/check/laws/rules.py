"""Laws between records: what is unique, what must exist, what must lie between two times, what must remain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.check.answers import MISSING, at, told
from mockserver.check.contract import Planned
from mockserver.check.findings import Exchange
from mockserver.check.laws.bench import Bench, Made
from mockserver.check.laws.law import Breach, Kept, Law, Unfit
from mockserver.check.laws.oracle import INPUT
from mockserver.check.laws.records import current, property_pointer, shown_wrongly
from mockserver.spec.model import Json
from mockserver.steps.call import Request
from mockserver.world import times

EASTWARD = (330, -300, 330, -300)  # minutes: in these zones what lies within looks as if it didn't, and the reverse


def is_unique(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """No two records share what is unique: neither by creation nor by an update, in any case where that is said."""
    if kind.create is None or not kind.resource.unique:
        raise Unfit("nothing of it is unique")
    for words in kind.resource.unique:
        name, first = str(words["field"]), bench.mine(kind)
        value = first.sent.get(name)
        if value is None:
            continue
        pointer = property_pointer(bench, kind.create, name)
        spellings = [value] + ([value.swapcase()] if words.get("ignore-case") and isinstance(value, str) else [])
        for spelling in spellings:
            others = {one["field"] for one in kind.resource.unique if one["field"] != name}
            fields = {**{n: v for n, v in bench.fields(kind.create).items() if n not in others}, name: spelling}
            if not bench.checking.contract.schemas.is_valid(bench.bodies.input_schema(kind.create), fields, "request"):
                fields = {**bench.fields(kind.create), name: spelling}
            exchange = bench.ask(kind.create, above=first.above, fields=fields)
            if words.get("existing"):
                yield from _same_record(bench, kind, first, exchange, words, pointer)
                continue
            refusal = _conflict(bench, kind.create, first, {**fields})
            yield from refused(bench, kind.create, refusal, exchange, (first.exchange, exchange),
                                f"a refusal, as {name} {told(value)} is taken", pointer)  # fmt: skip
            if exchange.status < 300:
                bench.noted(kind, first.above, fields, exchange)
        if not words.get("existing"):
            yield from _unique_by_update(bench, kind, name, value, first)


def free_again(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """What was a deleted record's is free again."""
    if kind.create is None or kind.delete is None or not kind.resource.unique or kind.resource.trash:
        raise Unfit("nothing of it is unique, or deleted for good")
    first = bench.mine(kind)
    gone = bench.remove(kind, first)
    if gone is None or gone.status >= 300:
        raise Unfit("it can't be deleted")
    bench.forget(kind, first.key)
    exchange = bench.ask(kind.create, above=first.above, fields=dict(first.sent))
    if exchange.status in (400, 409, 422):
        names = ", ".join(str(words["field"]) for words in kind.resource.unique)
        expected = f"{kind.create.plan.status}, as the record with that {names} was deleted"
        yield Breach(kind.create, expected, str(exchange.status), (first.exchange, gone, exchange))
    elif exchange.status < 300:
        bench.noted(kind, first.above, first.sent, exchange)


def _same_record(
    bench: Bench, kind: Kept, first: Made, exchange: Exchange, words: Mapping[str, Json], pointer: str
) -> Iterator[Breach]:  # fmt: skip
    """Instead of a refusal, the record that exists."""
    assert kind.create is not None
    found = bench.key_of(kind)(bench.shown(kind.create, exchange))
    if exchange.status != words["existing"] or found != first.key:
        if found is not None and found != first.key:
            bench.noted(kind, first.above, first.sent, exchange)
        yield Breach(kind.create, f"{words['existing']} with the record that exists, {told(first.key)}",
                     f"{exchange.status} with {told(found)}", (first.exchange, exchange), pointer)  # fmt: skip


def _conflict(bench: Bench, planned: Planned, first: Made, fields: Mapping[str, Json]) -> Any:
    """What our own mock says when the same is created twice; None when it can't tell."""
    oracle = bench.oracle
    try:
        one: Request = bench.request(planned, above=first.above, fields=dict(first.sent))
        two: Request = bench.request(planned, above=first.above, fields=dict(fields))
    except Unfit:
        return None
    before = oracle.world.tables, oracle.world.agenda, oracle.world.due, oracle.world.tasks
    oracle.refusal(planned, one)
    refusal = oracle.refusal(planned, two)
    oracle.world.tables, oracle.world.agenda, oracle.world.due, oracle.world.tasks = before
    return refusal


def refused(
    bench: Bench, planned: Planned, refusal: Any, exchange: Exchange, evidence: tuple[Exchange, ...], expected: str,
    pointer: str,
) -> Iterator[Breach]:  # fmt: skip
    """What is wrong with an answer that should be a refusal, the one that our own mock gives where that is known."""
    if not 400 <= exchange.status < 500:
        yield Breach(planned, expected, f"{exchange.status or exchange.error}", evidence, pointer)
    elif refusal is not None and (mistake := bench.oracle.mistake(refusal, exchange)):
        yield Breach(planned, mistake[0], mistake[1], evidence, pointer)


def _unique_by_update(bench: Bench, kind: Kept, name: str, value: Json, first: Made) -> Iterator[Breach]:
    for planned in kind.updates:
        if name not in bench.checking.contract.schemas.properties(bench.bodies.input_schema(planned)):
            continue
        second = bench.mine(kind)
        exchange = bench.ask(planned, key=second.key, above=bench.beside(planned, second), fields={name: value})
        evidence = (first.exchange, second.exchange, exchange)
        expected = f"a refusal, as {name} {told(value)} is another record's"
        pointer = property_pointer(bench, planned, name)
        yield from refused(bench, planned, None, exchange, evidence, expected, pointer)
        own = second.sent.get(name)
        needed = bench.checking.contract.schemas.required(bench.bodies.input_schema(planned))
        if own is not None and exchange.status >= 400 and not needed:
            again = bench.ask(planned, key=second.key, above=bench.beside(planned, second), fields={name: own})
            if again.status >= 400:
                yield Breach(planned, f"{planned.plan.status}, as {name} is its own already", str(again.status),
                             (second.exchange, again), pointer)  # fmt: skip


def lies_between(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """A time that must lie between two moments is refused before and after them, and taken within, in any time zone."""
    if kind.create is None or not kind.resource.between:
        raise Unfit("none of its times is bounded")
    now = bench.bodies.now()
    for name, (low, high) in kind.resource.between.items():
        edge = times.MINUTE * 10
        start, end = now + times.duration(low), now + times.duration(high)
        tries = [(start - edge, False), (start + edge, True), (end - edge, True), (end + edge, False)]
        texts = [(times.text(moment), fits) for moment, fits in tries]
        texts += [(zoned(moment, east), fits) for (moment, fits), east in zip(tries, EASTWARD, strict=True)]
        for text, fits in texts:
            yield from _within(bench, kind, name, text, fits)


def zoned(moment: int, minutes: int) -> str:
    """A moment as the clocks show it so many minutes east of Greenwich: 2024-03-01T14:00:00.000+02:00."""
    sign, apart = "-" if minutes < 0 else "+", abs(minutes)
    local = times.text(moment + minutes * times.MINUTE, "milliseconds")[:-1]
    return f"{local}{sign}{apart // 60:02d}:{apart % 60:02d}"


def _within(bench: Bench, kind: Kept, name: str, text: str, fits: bool) -> Iterator[Breach]:
    assert kind.create is not None
    fields = {**bench.fields(kind.create), name: text}
    if not bench.checking.contract.schemas.is_valid(bench.bodies.input_schema(kind.create), fields, "request"):
        return  # times may have to end with Z
    above = bench.above(kind.create)
    request = bench.request(kind.create, above=above, fields=fields)
    exchange = bench.checking.target.send(request)
    words, pointer = f"{name} {text}", property_pointer(bench, kind.create, name)
    if exchange.status < 300:
        bench.noted(kind, above, fields, exchange)
    if fits and not 200 <= exchange.status < 300:
        expected = f"{kind.create.plan.status} for {words}"
        yield Breach(kind.create, expected, str(exchange.status), (exchange,), pointer)
    elif not fits:
        refusal = bench.oracle.refusal(kind.create, request)
        if refusal is not None:  # our own mock knows nobody whom it refers to: what it refuses may be that
            named = frozenset({name}) if refusal.fields else refusal.fields
            refusal = refusal._replace(fields=named, listed=frozenset()) if refusal.status in INPUT else None
        yield from refused(bench, kind.create, refusal, exchange, (exchange,), f"a refusal of {words}", pointer)


def something_remains(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """A rule over all records holds: the last one that fulfils it can neither be deleted nor changed.

    All others are taken away first, as far as they are listed; nothing brings those back.
    """
    for rule in kind.resource.rules:
        schema = rule["schema"] if isinstance(rule["schema"], dict) else {}
        wanted = _constants(schema.get("contains"))
        if not wanted or kind.list is None or kind.delete is None:
            continue
        walk = bench.walk(kind.list, most=500)
        fitting = [one for one in walk.records if all(at(one, (n,)) == v for n, v in wanted.items())]
        if not walk.whole or any(at(one, (n,)) is MISSING for one in walk.records for n in wanted):
            continue
        yield from _emptied(bench, kind, rule, wanted, [bench.key_of(kind)(one) for one in fitting])


def _emptied(
    bench: Bench, kind: Kept, rule: Mapping[str, Json], wanted: Mapping[str, Json], keys: list[Any]
) -> Iterator[Breach]:  # fmt: skip
    """Takes the records away one by one; the last must stay.

    The oldest stays to the end: where keys belong to records, it is the likeliest to be the one that we call with.
    """
    assert kind.delete is not None
    keys = keys if kind.resource.order[:1] and kind.resource.order[0].startswith("-") else keys[::-1]
    least = max(1, int((rule["schema"] or {}).get("minContains", 1)))
    exchanges: list[Exchange] = []
    own = rule.get("problem") or {}
    status = own.get("status") or bench.oracle.status_of(kind.delete, str(own.get("kind", "rule-broken")))
    for left, key in enumerate(keys[: len(keys) - least]):
        exchanges.append(bench.ask(kind.delete, key=key))
        if exchanges[-1].status == status:
            expected = f"{kind.delete.plan.status}, as {rule['name']} holds without it: {len(keys) - left} fulfil it"
            yield Breach(kind.delete, expected, str(status), (*exchanges[-3:],))
            return
        if exchanges[-1].status >= 300:
            raise Unfit(f"a record before the last was refused with {exchanges[-1].status}")
    last = keys[-1] if keys else None
    others = _other_values(bench, kind, wanted)
    for planned, fields in ((kind.delete, None), *((one, others) for one in kind.updates[:1] if others)):
        exchange = bench.ask(planned, key=last, fields=fields)
        bench.walked.clear()
        status = own.get("status") or bench.oracle.status_of(planned, str(own.get("kind", "rule-broken")))
        says = f"{status or 'a refusal'}, as {rule['name']} must hold"
        if not 400 <= exchange.status < 500 or (status and exchange.status != status):
            yield Breach(planned, says, f"{exchange.status or exchange.error}", (*exchanges[-3:], exchange))
            return
    yield from _still_fits(bench, kind, wanted, last)


def _still_fits(bench: Bench, kind: Kept, wanted: Mapping[str, Json], last: Json) -> Iterator[Breach]:
    """A change by which the last record still fulfils the rule is no breach of it."""
    for planned in kind.updates[:1]:
        taken = bench.checking.contract.schemas.properties(bench.bodies.input_schema(planned))
        if last is None or not wanted.keys() <= taken.keys():
            continue
        exchange = bench.ask(planned, key=last, fields=dict(wanted))
        if exchange.status in (400, 403, 409, 422):
            words = ", ".join(f"{name} {told(value)}" for name, value in wanted.items())
            yield Breach(
                planned, f"{planned.plan.status} for {words}, as it is already", str(exchange.status), (exchange,)
            )


def _constants(schema: Any) -> dict[str, Json]:
    """The members that a schema fixes: {'role': 'admin'}."""
    properties = schema.get("properties") if isinstance(schema, dict) else None
    return {name: one["const"] for name, one in (properties or {}).items() if isinstance(one, dict) and "const" in one}


def _other_values(bench: Bench, kind: Kept, wanted: Mapping[str, Json]) -> dict[str, Json]:
    """A change by which a record no longer fulfils a rule."""
    schemas = bench.checking.contract.schemas
    for planned in kind.updates[:1]:
        for name, value in wanted.items():
            node = schemas.follow(schemas.property_schema(bench.bodies.input_schema(planned), name) or {})
            other = (
                next((one for one in node.get("enum") or () if one != value), None) if isinstance(node, dict) else None
            )
            if other is not None:
                return {name: other}
    return {}


def refused_changes_nothing(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """An update that is refused changes nothing, also of what was valid in it."""
    planned = next(iter(kind.updates), None)
    if planned is None or kind.create is None:
        raise Unfit("nothing updates its records")
    made = bench.mine(kind)
    schemas, node = bench.checking.contract.schemas, bench.bodies.input_schema(planned)
    valid = {n: v for n, v in bench.fields(planned).items() if isinstance(v, str)}
    for name in schemas.properties(node):
        schema = schemas.property_schema(node, name) or {}
        bad: Json = [{"check": 1}]
        rest = {n: v for n, v in valid.items() if n != name}
        if schemas.is_valid(schema, bad, "request") or not rest:
            continue
        before, _ = current(bench, kind, made)
        exchange = bench.ask(planned, key=made.key, above=bench.beside(planned, made), fields={**rest, name: bad})
        after, more = current(bench, kind, made)
        if (
            exchange.status >= 400
            and isinstance(before, Mapping)
            and (wrong := shown_wrongly(bench, kind, planned, before, after, kind.read or kind.list))
        ):
            seen = f"{wrong[0]} {wrong[2]}"
            yield Breach(planned, f"{wrong[0]} {wrong[1]}, as it was refused", seen, (made.exchange, exchange, *more))
        return


LAWS = (
    Law("unique", "resource", "What is unique can't be had twice.", is_unique, "critical", writes=True),
    Law("free-again", "resource", "What was a deleted record's is free again.", free_again, writes=True),
    Law("lies-between", "resource", "A time lies within its documented bounds.", lies_between, writes=True),
    Law(
        "refused-changes-nothing",
        "resource",
        "A refused request changes nothing.",
        refused_changes_nothing,
        writes=True,
    ),
    Law(
        "something-remains",
        "resource",
        "The rules over all records hold.",
        something_remains,
        "critical",
        True,
        True,
        True,
    ),
)
