"""Laws of what an operation does beside its own record: others that it makes, what falls due, batches, retries."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

from mockserver.check.answers import at, same, told
from mockserver.check.contract import Planned
from mockserver.check.findings import Exchange
from mockserver.check.laws.bench import Bench
from mockserver.check.laws.law import Breach, Kept, Law, Unfit
from mockserver.check.laws.records import current, shown_wrongly
from mockserver.check.ledger import keys_in, parsed
from mockserver.spec.model import Json
from mockserver.world import times

SOON = 5_000  # milliseconds: what falls due within is waited for
IDEMPOTENCY = re.compile(r"(x-)?(idempotency|request)-?(key|token)", re.IGNORECASE)


def makes_others(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """Where creating a record makes one of another resource, that one's list has it, and once."""
    effects = [one for one in kind.create.plan.then if "create" in one] if kind.create else []
    if kind.create is None or not effects:
        raise Unfit("creating it makes nothing else")
    for effect in effects:
        other = bench.kinds.get(str(effect["create"]))
        if other is None or other.list is None:
            continue
        before = bench.walk(other.list)
        sent = _marked(bench, kind.create, _least(bench, kind.create, effect), effect)
        made = bench.create(kind, sent)
        bench.walked.clear()
        after = bench.walk(other.list)
        if made is None or not (before.whole and after.whole):
            continue
        key = bench.key_of(other)
        known = {key(record) for record in before.records}
        new = [record for record in after.records if key(record) not in known]
        evidence = (*before.exchanges[:2], made.exchange, *after.exchanges[:2])
        if len(new) != 1:
            yield Breach(other.list, f"one new record of {other.resource.name}", f"{len(new)} new ones", evidence)
            continue
        wanted = {name: sent.get(str(value).rpartition(".")[2]) for name, value in effect.get("fields", {}).items()
                  if str(value).startswith(("$request.body.", "$record."))}  # fmt: skip
        for name, value in wanted.items():
            if value is not None and name in new[0] and not same(value, new[0][name]):
                yield Breach(other.list, f"{name} {told(value)}", f"{name} {told(new[0][name])}", evidence)


def _least(bench: Bench, planned: Planned, effect: Any) -> dict[str, Json]:
    """Fields without those that keep an effect from happening, as far as `when` tells: `$if: [x, false, true]`."""
    condition = effect.get("when")
    negated = isinstance(condition, dict) and "$if" in condition and condition["$if"][1] is False
    absent = condition["$if"][0] if negated else ""
    fields = bench.bodies.fields(planned, bench.number(), full=False) or bench.fields(planned)
    return {name: value for name, value in fields.items() if name != str(absent).rpartition(".")[2]}


def _marked(bench: Bench, planned: Planned, sent: dict[str, Json], effect: Any) -> dict[str, Json]:
    """The same with odd texts in what the other record takes over."""
    taken = {str(value).rpartition(".")[2] for value in (effect.get("fields") or {}).values() if isinstance(value, str)}
    schemas, node = bench.checking.contract.schemas, bench.bodies.input_schema(planned)
    for name in taken & {name for name, value in sent.items() if isinstance(value, str)} - _special(planned):
        odd = {**sent, name: f"  {sent[name]} é 🙂 & more  "}
        sent = odd if schemas.is_valid(node, odd, "request") else sent
    return sent


def _special(planned: Planned) -> set[str]:
    """Fields whose values aren't free."""
    resource = planned.resource
    return {*resource.references, *resource.between, *(one["field"] for one in resource.unique)} if resource else set()


def falls_due(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """What falls due soon after a creation hasn't happened before, and what falls due later doesn't happen at once."""
    create = kind.create
    later = [one for one in create.plan.later if one.get("set")] if create else []
    if create is None or kind.read is None or not later:
        raise Unfit("nothing falls due")
    for words in later:
        source = str(words.get("from", ""))
        field = source.rpartition(".")[2] if source.startswith(("$record.", "$request.body.")) else ""
        fields = {**bench.fields(create)}
        bounds = kind.resource.between.get(field)
        if field and not bounds:
            continue
        if field:
            far = bench.bodies.now() + times.duration(bounds[1]) // 2 if bounds else 0
            fields[field] = times.text(far)
        elif times.duration(words["after"]) <= SOON:
            continue  # how soon is left to each server
        made = bench.create(kind, fields)
        if made is None:
            continue
        time.sleep(0.05)
        shown, more = current(bench, kind, made)
        plain = {name: value for name, value in words["set"].items() if isinstance(value, str) and value[:1] != "$"}
        for name, value in plain.items():
            if at(shown, (name,)) == value and (not isinstance(made.shown, dict) or made.shown.get(name) != value):
                yield Breach(
                    kind.read, f"{name} not yet {told(value)}", f"{name} {told(value)}", (made.exchange, *more)
                )


def batch_makes_all(bench: Bench, planned: Planned) -> Iterator[Breach]:
    """A batch makes every record that is sent, in order; with one that isn't valid, none."""
    kind = bench.kinds.get(str(planned.plan.resource))
    if planned.plan.does != "batch-create" or kind is None:
        raise Unfit("no batch")
    many = [bench.fields(planned) for _ in range(3)]
    exchange = bench.ask(planned, body=bench.bodies.body(planned, many))
    bench.walked.clear()
    if exchange.status != planned.plan.status:
        yield Breach(
            planned, f"{planned.plan.status} for a valid batch", f"{exchange.status or exchange.error}", (exchange,)
        )
        return
    keys = [*keys_in(parsed(exchange.answer), kind.resource.key)]
    if len(set(keys)) != len(many):
        yield Breach(planned, f"{len(many)} records", f"{len(set(keys))}", (exchange,))
        return
    for key, sent in zip(keys, many, strict=True):
        if kind.read is None:
            break
        read = bench.ask(kind.read, key=key)
        if read.status != kind.read.plan.status:
            yield Breach(planned, f"{told(key)} can be read", str(read.status), (exchange, read))
            return
        if wrong := shown_wrongly(bench, kind, planned, sent, bench.shown(kind.read, read), kind.read):
            yield Breach(planned, f"{wrong[0]} {wrong[1]}", f"{wrong[0]} {wrong[2]}", (exchange, read))
            return
    yield from _all_or_none(bench, kind, planned)


def _all_or_none(bench: Bench, kind: Kept, planned: Planned) -> Iterator[Breach]:
    required = sorted(bench.checking.contract.schemas.required(bench.bodies.input_schema(planned)))
    if not required or kind.list is None:
        return
    before = bench.walk(kind.list)
    bad = {name: value for name, value in bench.fields(planned).items() if name != required[0]}
    exchange = bench.ask(planned, body=bench.bodies.body(planned, [bench.fields(planned), bad]))
    bench.walked.clear()
    after = bench.walk(kind.list)
    if exchange.status < 400:
        seen = str(exchange.status)
        yield Breach(planned, f"a refusal of a batch with a record without {required[0]}", seen, (exchange,))
    elif before.whole and after.whole and len(after.records) != len(before.records):
        seen = f"{len(after.records) - len(before.records)} were made"
        yield Breach(planned, "no record of a refused batch", seen, (exchange, *after.exchanges[:2]))


def retried(bench: Bench, planned: Planned) -> Iterator[Breach]:
    """A retry with the same idempotency key does nothing again, and gets the first answer."""
    names = [
        one.name for one in planned.operation.parameters if one.location == "header" and IDEMPOTENCY.fullmatch(one.name)
    ]
    kind = bench.kinds.get(str(planned.plan.resource))
    if not names or planned.plan.does != "create" or kind is None or "idempot" not in names[0].lower():
        raise Unfit("it takes no idempotency key")
    sent, above = bench.fields(planned), bench.above(planned)
    headers = {names[0]: f"mockserver-check-{bench.checking.options.seed}-{bench.number()}-{bench.bodies.salt}"}
    first: Exchange = bench.ask(planned, above=above, fields=sent, headers=headers)
    again = bench.ask(planned, above=above, fields=sent, headers=headers)
    if first.status >= 300:
        raise Unfit(f"it answered {first.status}")
    bench.noted(kind, above, sent, first)
    one, two = (bench.key_of(kind)(bench.shown(planned, exchange)) for exchange in (first, again))
    if again.status >= 300 or one != two:
        yield Breach(
            planned, f"the first answer again, with {told(one)}", f"{again.status} with {told(two)}", (first, again)
        )


def whole_is_replaced(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """Replacing a record leaves nothing of what isn't sent."""
    planned = kind.replace
    if planned is None or kind.create is None:
        raise Unfit("nothing replaces its records")
    made = bench.mine(kind)
    fields = bench.fields(planned)
    exchange = bench.ask(planned, key=made.key, above=bench.beside(planned, made), fields=fields)
    bench.walked.clear()
    if not 200 <= exchange.status < 300:
        yield Breach(
            planned, str(planned.plan.status), f"{exchange.status or exchange.error}", (made.exchange, exchange)
        )
        return
    shown, more = current(bench, kind, made)
    if wrong := shown_wrongly(bench, kind, planned, fields, shown, kind.read or kind.list):
        seen = f"{wrong[0]} {wrong[2]}"
        yield Breach(planned, f"{wrong[0]} {wrong[1]}, as sent", seen, (made.exchange, exchange, *more))


LAWS = (
    Law(
        "makes-others", "resource", "What an operation makes beside its own record is there.", makes_others, writes=True
    ),
    Law("falls-due", "resource", "What falls due later doesn't happen before.", falls_due, writes=True),
    Law("batch-makes-all", "operation", "A batch makes all of its records or none.", batch_makes_all, writes=True),
    Law("retried", "operation", "A retry with the same idempotency key does nothing again.", retried, writes=True),
    Law("whole-is-replaced", "resource", "A replaced record is as it was sent.", whole_is_replaced, writes=True),
)
