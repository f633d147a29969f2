"""What a world sends: events, who is told of them, and each delivery with its attempts. Nothing here ever changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import orjson
from immutables import Map

from mockserver.world import dice, times
from mockserver.world.ordered import Ordered

MAX_EVENTS = 1_000
MAX_WEBHOOKS = 100
MAX_WAITING = 1_000  # deliveries that still have to go out; beyond it, new ones are dead letters at once
MAX_KEPT = 1_000  # deliveries that are done, dead letters included
EVERY = "*"  # instead of an event's name: all of them


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, as the API tells it: `payload` is the whole webhook body."""

    number: int
    at: int  # the world's time, milliseconds since 1970 UTC
    api: str
    name: str
    payload: Any


@dataclass(frozen=True, slots=True)
class Retry:
    """When a delivery is tried again: after `first` milliseconds, then `factor` times as long each time, at most
    `longest`, each wait made up to `jitter` (0 to 1) shorter or longer; `attempts` in all."""

    attempts: int = 8
    first: int = 5 * times.SECOND
    factor: float = 4
    longest: int = times.DAY
    jitter: float = 0.2


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where events are sent."""

    id: str
    url: str
    events: tuple[str, ...] = (EVERY,)
    api: str = ""  # only this one's; of all when empty
    secret: str = ""  # not signed when empty
    ordered: bool = False  # whether a delivery waits for those before it
    duplicates: float = 0  # how often a delivered one is sent once more: a fault for receivers to bear
    retry: Retry = Retry()
    active: bool = True

    def wants(self, event: Event) -> bool:
        """Whether an event goes to it."""
        named = EVERY in self.events or event.name in self.events
        return self.active and named and self.api in ("", event.api)


class Attempt(NamedTuple):
    """One try to deliver: what was sent, and what came back."""

    at: int  # the world's time
    headers: dict[str, str]  # as sent
    status: int = 0  # 0 when no answer came
    answer: str = ""  # the beginning of its body
    error: str = ""  # why there was no answer


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one URL."""

    number: int
    message: str  # the id that stays the same when it is sent again
    webhook: str  # its id; empty for a callback
    url: str
    event: Event
    body: bytes
    method: str = "POST"
    attempts: tuple[Attempt, ...] = ()
    due: int | None = None  # the world's time of the next attempt; None when there will be none
    state: str = "waiting"  # waiting, delivered, or dead
    reason: str = ""  # of its death
    left: int = 0  # attempts that may still be made


class Outbox(NamedTuple):
    """Everything that is sent, at one moment. `waiting` are (due, number) of deliveries to come, the earliest first."""

    events: tuple[Event, ...] = ()
    webhooks: tuple[Webhook, ...] = ()
    deliveries: Map[int, Delivery] = Map()
    waiting: Ordered = Ordered()
    made: int = 0  # deliveries so far
    named: int = 0  # webhooks so far

    def emitted(self, seed: int, at: int, api: str, name: str, payload: Any) -> Outbox:
        """With one more event, on its way to each webhook that wants it."""
        event = self._next_event(at, api, name, payload)
        after = self._replace(events=(*self.events[-MAX_EVENTS + 1 :], event))
        for webhook in self.webhooks:
            if webhook.wants(event):
                after = after._queued(seed, event, webhook.id, webhook.url, webhook.retry.attempts)
        return after

    def called_back(self, seed: int, at: int, api: str, name: str, payload: Any, method: str, url: str) -> Outbox:
        """With one more event that goes to one URL alone (a callback, OpenAPI 3.1 section 4.8.18)."""
        event = self._next_event(at, api, name, payload)
        after = self._replace(events=(*self.events[-MAX_EVENTS + 1 :], event))
        return after._queued(seed, event, "", url, Retry().attempts, method)

    def _next_event(self, at: int, api: str, name: str, payload: Any) -> Event:
        return Event(self.events[-1].number + 1 if self.events else 1, at, api, name, payload)

    def _queued(
        self, seed: int, event: Event, webhook: str, url: str, attempts: int, method: str = "POST"
    ) -> Outbox:
        number = self.made + 1
        message = f"msg_{dice.number(seed, 'message', number):016x}"
        body = orjson.dumps(event.payload)
        delivery = Delivery(number, message, webhook, url, event, body, method, due=event.at, left=attempts)
        if len(self.waiting) >= MAX_WAITING:
            full = f"{MAX_WAITING} deliveries are waiting already"
            return self._put(replace(delivery, due=None, state="dead", reason=full))._replace(made=number)
        return self._put(delivery)._replace(made=number)

    def _put(self, delivery: Delivery) -> Outbox:
        """With a delivery as it is now; the oldest that is done goes when too many are kept."""
        before = self.deliveries.get(delivery.number)
        waiting, deliveries = self.waiting, self.deliveries.set(delivery.number, delivery)
        if before is not None and before.due is not None:
            waiting = waiting.remove((before.due, before.number))
        if delivery.due is not None:
            waiting = waiting.add((delivery.due, delivery.number))
        if len(deliveries) - len(waiting) > MAX_KEPT:
            deliveries = deliveries.delete(min(each.number for each in deliveries.values() if each.due is None))
        return self._replace(deliveries=deliveries, waiting=waiting)

    def subscribed(self, webhook: Webhook) -> Outbox:
        """With one more webhook."""
        return self._replace(webhooks=(*self.webhooks, webhook), named=self.named + 1)

    def webhook(self, name: str) -> Webhook | None:
        """The webhook of that id; None when there is none."""
        return next((one for one in self.webhooks if one.id == name), None)

    def unsubscribed(self, name: str) -> Outbox:
        """Without a webhook; what was on its way to it is dead."""
        after = self._replace(webhooks=tuple(one for one in self.webhooks if one.id != name))
        for _, number in self.waiting.upward():
            if self.deliveries[number].webhook == name:
                gone = replace(self.deliveries[number], due=None, state="dead", reason="the webhook was deleted")
                after = after._put(gone)
        return after

    def due(self, now: int) -> Iterator[Delivery]:
        """The deliveries whose time has come, in their order; of a webhook that keeps the order, the first alone."""
        ordered = {one.id for one in self.webhooks if one.ordered}
        first: dict[str, int] = {}
        if ordered:
            for _, number in self.waiting.upward():
                name = self.deliveries[number].webhook
                first[name] = min(number, first.get(name, number))
        for at, number in self.waiting.upward():
            if at > now:
                return
            delivery = self.deliveries[number]
            if delivery.webhook not in ordered or first[delivery.webhook] == number:
                yield delivery

    def attempted(self, seed: int, number: int, attempt: Attempt, wait: int = 0) -> Outbox:
        """With what came of an attempt: delivered, to be tried again (after at least `wait` milliseconds, which the
        receiver asked for), or dead."""
        before = self.deliveries[number]
        tried = replace(before, attempts=(*before.attempts, attempt), left=before.left - 1)
        webhook = self.webhook(before.webhook) or Webhook("", before.url)
        rolled = dice.Dice(dice.number(seed, "delivery", number, len(tried.attempts)))
        if 200 <= attempt.status < 300:
            again = rolled.chance(webhook.duplicates) if webhook.duplicates else False
            if again and before.state == "waiting" and not any(200 <= one.status < 300 for one in before.attempts):
                return self._put(replace(tried, due=attempt.at, left=1))
            return self._put(replace(tried, due=None, state="delivered"))
        if attempt.status == 410:
            after = self._put(replace(tried, due=None, state="dead", reason="410: the receiver wants no more"))
            off = tuple(replace(one, active=one.active and one.id != webhook.id) for one in self.webhooks)
            return after._replace(webhooks=off)
        if tried.left <= 0:
            why = f"given up after {len(tried.attempts)} attempts"
            return self._put(replace(tried, due=None, state="dead", reason=why))
        return self._put(replace(tried, due=attempt.at + max(_pause(webhook.retry, len(tried.attempts), rolled), wait)))

    def refused(self, number: int, reason: str) -> Outbox:
        """With a delivery that must not go out."""
        return self._put(replace(self.deliveries[number], due=None, state="dead", reason=reason))

    def again(self, number: int, now: int) -> Outbox:
        """With a delivery on its way once more, by hand."""
        before = self.deliveries[number]
        return self._put(replace(before, due=now, state="waiting", reason="", left=max(before.left, 1)))


def _pause(retry: Retry, tries: int, rolled: dice.Dice) -> int:
    """Milliseconds between the attempt number `tries` and the next."""
    whole = min(retry.first * retry.factor ** (tries - 1), retry.longest)
    return round(whole * (1 + retry.jitter * (2 * rolled.fraction() - 1)))
