"""Laws of webhooks: what happens is told once, as documented, and what is refused isn't told."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.check import events
from mockserver.check.answers import MISSING, at, same, told
from mockserver.check.contract import Planned
from mockserver.check.events import Event
from mockserver.check.findings import Exchange
from mockserver.check.laws.bench import Bench, Made
from mockserver.check.laws.changing import changes
from mockserver.check.laws.law import Breach, Kept, Law, Unfit
from mockserver.check.ledger import TAG, keys_in, parsed
from mockserver.check.listener import Delivery, Listener
from mockserver.spec.errors import SpecError
from mockserver.spec.model import Json
from mockserver.world.merging import Unsatisfiable

PATIENCE = 5.0  # seconds that a delivery may take
SILENT = "laws/events-sent"  # under which it is told that nothing at all has come
SETTLED = 0.3  # seconds after the last one that was waited for, in which one too many would come


class Done(NamedTuple):
    """An operation that was carried out on a record."""

    planned: Planned
    key: Json
    before: Any
    after: Any
    exchanges: tuple[Exchange, ...]


class Expected(NamedTuple):
    """What should be told of it."""

    done: Done
    event: Event
    times: int  # 1, or 0 where its condition doesn't hold
    since: int  # deliveries that had come before

    def among(self, deliveries: Iterable[Delivery]) -> list[Delivery]:
        """The deliveries that tell it."""
        fitting = [one for one in deliveries if one.number >= self.since and self.event.is_in(one)]
        return events.without_repeats(one for one in fitting if self.event.is_about(one, self.done.key))


def emitting(bench: Bench) -> list[Planned]:
    """The operations that were asked for and send events. Raises Unfit when there are none."""
    wants = bench.checking.options.wants_operation
    found = [one for one in bench.checking.contract.operations.values() if one.plan.emits and wants(one.operation)]
    if not found:
        raise Unfit("no operation sends an event")
    return found


def listening(bench: Bench) -> Listener:
    """What receives the webhooks. Raises Unfit without one."""
    if bench.checking.listener is None:
        raise Unfit("nothing receives webhooks")
    return bench.checking.listener


def patience(bench: Bench) -> float:
    """Seconds that a delivery may take; less where an answer may."""
    return min(PATIENCE, bench.checking.options.timeout)


def await_webhooks(bench: Bench, listener: Listener, enough: Callable[[], bool]) -> None:
    """Waits until enough has come, and then a little longer for what is too much; not beyond the user's time.

    Raises Unfit, and says so, when nothing at all has come since the check began.
    """
    deadline, left = bench.checking.target.deadline, patience(bench)
    if deadline is not None:
        left = min(left, deadline - time.monotonic())
    if any(one.what == SILENT for one in bench.checking.tally.skipped) and not listener.received:
        left = 0.0  # that was waited for before
    if listener.wait(enough, left):
        listener.wait(lambda: False, min(SETTLED, left))
    if not listener.received:
        reason = f"no webhook arrived; is {listener.url} subscribed at the server, for all events?"
        bench.checking.tally.skip(SILENT, reason)
        raise Unfit(reason)


def events_sent(bench: Bench, subject: None) -> Iterator[Breach]:
    """Each operation that sends an event brings one delivery of it, which names the record."""
    listener, expected = listening(bench), list[Expected]()
    for planned in emitting(bench):
        try:
            expected += _tried(bench, planned, len(listener.received))
        except (Unfit, SpecError, Unsatisfiable):
            continue
    if not expected:
        raise Unfit("no operation that sends an event could be carried out")
    await_webhooks(bench, listener, lambda: all(one.among(listener.received) for one in expected if one.times))
    blamed = set[tuple[str, str]]()
    for one in expected:
        label = one.done.planned.operation.id, one.event.name
        breach = _missed(one, listener.received, patience(bench))
        if breach is None:
            bench.checking.tally.holds("laws", "events-sent", label[0])
        elif label not in blamed:
            blamed.add(label)
            yield breach


def _missed(one: Expected, received: list[Delivery], seconds: float) -> Breach | None:
    """What is wrong with how an operation was told."""
    found, planned, name = one.among(received), one.done.planned, one.event.name
    if len(found) == one.times or (len(found) > one.times > 0 and not one.event.is_told_apart):
        return None
    about = f" that names {told(one.done.key)}" if one.event.key is not None and one.done.key is not None else ""
    expected = f"one webhook {name}{about}" if one.times else f"no webhook {name}, as its condition doesn't hold"
    others = [each for each in received if each.number >= one.since and one.event.is_in(each)]
    seen = f"{len(found)} of them" if found else f"none within {seconds:g} s"
    if not found and others and one.event.key is not None:
        seen += f", but {len(others)} {name} that name others"
    return Breach(planned, expected, seen, one.done.exchanges, one.event.pointer or "")


def _tried(bench: Bench, planned: Planned, since: int) -> list[Expected]:
    """Carries out an operation, and what should be told of it."""
    kind = bench.kinds.get(str(planned.plan.resource))
    if kind is None:
        raise Unfit("it is about no resource")
    found = []
    for done in _done(bench, kind, planned):
        for name, condition in events.sent(planned):
            event = events.event(bench.checking.contract, name, planned)
            holds = events.happens(condition, done.before, done.after)
            if event is not None and holds is not None:
                found.append(Expected(done, event, int(holds), since))
    return found


def _done(bench: Bench, kind: Kept, planned: Planned) -> list[Done]:
    """Carries out an operation on a record of its own. Raises Unfit when that can't be, or when nothing changed."""
    does = planned.plan.does
    if does in ("create", "batch-create"):
        many = [bench.fields(planned) for _ in range(2)] if does == "batch-create" else bench.fields(planned)
        exchange = _succeeded(bench.ask(planned, body=bench.bodies.body(planned, many)))
        bench.walked.clear()
        if does == "create":
            shown = bench.shown(planned, exchange)
            return [Done(planned, bench.key_of(kind)(shown), MISSING, shown, (exchange,))]
        keys = list(dict.fromkeys(keys_in(parsed(exchange.answer), kind.resource.key)))
        return [Done(planned, key, MISSING, MISSING, (exchange,)) for key in keys]
    if does not in ("update", "replace", "act", "delete") or planned.plan.key is None:
        raise Unfit("it changes no record")
    made = bench.mine(kind)
    fields = _fields(bench, kind, planned)
    exchange = _succeeded(bench.ask(planned, key=made.key, above=bench.beside(planned, made), fields=fields))
    bench.walked.clear()
    after = MISSING if does == "delete" else bench.shown(planned, exchange)
    if does == "delete":
        bench.forget(kind, made.key)
    elif does in ("update", "replace") and not _differs(fields or {}, made):
        raise Unfit("it changed nothing")
    return [Done(planned, made.key, made.shown, after, (made.exchange, exchange))]


def _fields(bench: Bench, kind: Kept, planned: Planned) -> dict[str, Json] | None:
    if planned.plan.does == "update":
        return changes(bench, kind, planned)
    return bench.fields(planned) if planned.operation.body is not None else None


def _succeeded(exchange: Exchange) -> Exchange:
    if not 200 <= exchange.status < 300:
        raise Unfit(f"it answered {exchange.status}")  # other laws tell of that
    return exchange


def _differs(sent: Mapping[str, Json], made: Made) -> bool:
    return any(not same(value, at(made.shown, (name,))) for name, value in sent.items())


def declared(bench: Bench) -> list[tuple[Planned, Event]]:
    """The events whose body the document gives, each with an operation that sends it."""
    found: dict[str, tuple[Planned, Event]] = {}
    for planned in emitting(bench):
        for name, _ in events.sent(planned):
            event = events.event(bench.checking.contract, name, planned)
            if event is not None and event.pointer:
                found.setdefault(event.name, (planned, event))
    return [*found.values()]


def events_as_documented(bench: Bench, subject: None) -> Iterator[Breach]:
    """Every delivery of an event has the body that the document gives it."""
    listener, known = listening(bench), declared(bench)
    await_webhooks(bench, listener, lambda: bool(listener.received))
    tried = False
    for planned, event in known:
        bodies = [parsed(one.body) for one in list(listener.received) if event.is_in(one)]
        tried = tried or bool(bodies)
        wrong = next((one for one in bodies if not event.is_valid(one)), None)
        if wrong is not None:
            yield Breach(planned, _as_documented(event, wrong), told(wrong, 300), (), event.pointer or "")
    if not tried:
        raise Unfit("none of its events came")


def _as_documented(event: Event, body: Any) -> str:
    """What the schema of an event would have, of a body that isn't as it says."""
    first = next(iter(event.schemas.at(event.pointer or "", "response").violations(body)), None)
    where = f"; {'/'.join(map(str, first.path))}" if first and first.path else ""
    return f"a webhook {event.name} as its schema says{where}{f': {first.message}' if first else ''}"


def refused_sends_none(bench: Bench, subject: None) -> Iterator[Breach]:
    """What is refused isn't told. One that succeeds comes after it, so that what was sent has had its time."""
    listener, refused = listening(bench), list[tuple[Expected, Mapping[str, Json]]]()
    for planned in emitting(bench):
        try:
            refused += _refused(bench, planned, len(listener.received))
        except (Unfit, SpecError, Unsatisfiable):
            continue
    if not refused:
        raise Unfit("no operation that sends an event could be refused")
    after = list[Expected]()
    for planned in {one.done.planned.operation.id: one.done.planned for one, _ in refused}.values():
        try:
            after += _tried(bench, planned, len(listener.received))
        except (Unfit, SpecError, Unsatisfiable):
            continue
    await_webhooks(bench, listener, lambda: all(one.among(listener.received) for one in after if one.times))
    ours = {str(key) for _, key in bench.checking.target.ledger.entries} | {str(one.done.key) for one in after}
    for one, fields in refused:
        tells = [each for each in one.among(listener.received) if _is_of(one, each, fields, ours)]
        if tells:
            expected = f"no webhook {one.event.name}, as it was refused"
            yield Breach(one.done.planned, expected, told(parsed(tells[0].body), 300), one.done.exchanges)


def _is_of(one: Expected, delivery: Delivery, fields: Mapping[str, Json], known: set[str]) -> bool:
    """Whether a delivery tells of a refused request: of its own record, or of one that isn't known, with all that was
    sent."""
    if one.done.key is not None and one.event.key is not None:
        return True
    shown = one.event.shown(delivery)
    if one.event.key is not None and str(at(shown, one.event.key)) in known:
        return False
    both = {name: value for name, value in fields.items() if at(shown, (name,)) is not MISSING}
    is_tagged = any(isinstance(value, str) and TAG in value for value in both.values())
    return is_tagged and all(same(value, shown[name]) for name, value in both.items())


def _refused(bench: Bench, planned: Planned, since: int) -> list[tuple[Expected, Mapping[str, Json]]]:
    """Sends what must be refused: valid fields but for one. Raises Unfit where nothing is refused."""
    kind, does = bench.kinds.get(str(planned.plan.resource)), planned.plan.does
    if kind is None or does not in ("create", "update", "replace"):
        raise Unfit("it takes no record")
    made = bench.mine(kind) if does != "create" else None
    schemas, node = bench.checking.contract.schemas, bench.bodies.input_schema(planned)
    fields = bench.fields(planned) if does != "update" else changes(bench, kind, planned)
    bad: Json = [{"check": 1}]
    wrong = [name for name in schemas.properties(node)
             if not schemas.is_valid(schemas.property_schema(node, name) or {}, bad, "request")]  # fmt: skip
    wrong.sort(key=lambda name: isinstance(fields.get(name), str) and TAG in str(fields[name]))
    if not wrong:
        raise Unfit("it takes anything")
    rest = {name: value for name, value in fields.items() if name != wrong[0]}
    above = bench.beside(planned, made) if made else None
    exchange = bench.ask(planned, key=made.key if made else None, above=above, fields={**rest, wrong[0]: bad})
    if not 400 <= exchange.status < 500:
        raise Unfit(f"it answered {exchange.status}")
    evidence = (made.exchange, exchange) if made else (exchange,)
    done = Done(planned, made.key if made else None, MISSING, MISSING, evidence)
    ones = [events.event(bench.checking.contract, name, planned) for name, _ in events.sent(planned)]
    return [(Expected(done, one, 0, since), rest) for one in ones if one is not None and one.is_told_apart]


LAWS = (
    Law("events-sent", "api", "What an operation does is told by one webhook.", events_sent,
        writes=True, listens=True),
    Law("refused-sends-none", "api", "A refused request is told by no webhook.", refused_sends_none,
        writes=True, listens=True),
    Law("events-as-documented", "api", "A webhook's body is as its schema says.", events_as_documented,
        writes=True, listens=True),
)  # fmt: skip
