"""The events of a document as its webhooks carry them: which event a delivery is of, and which record it names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from mockserver.check.answers import MISSING, Way, at, places
from mockserver.check.contract import Contract, Planned
from mockserver.check.ledger import parsed
from mockserver.check.listener import Delivery
from mockserver.spec.model import Json
from mockserver.spec.schema import Schemas
from mockserver.steps import events


@dataclass(frozen=True, slots=True)
class Event:
    """One event of one resource. `pointer` is that of the payload's schema."""

    name: str
    pointer: str | None
    named: Way | None  # where a payload tells the event's name
    data: Way
    key: Way | None  # within the data: where it names its record
    schemas: Schemas = field(repr=False)

    @property
    def is_told_apart(self) -> bool:
        """Whether a payload says which event it is of."""
        return self.named is not None

    def is_in(self, delivery: Delivery) -> bool:
        """Whether a delivery is of this event: its body says so, else a header, else the body is as the schema says."""
        body = parsed(delivery.body)
        if self.named is not None:
            return bool(at(body, self.named) == self.name)
        return self.name in delivery.headers.values() or (self.pointer is not None and self.is_valid(body))

    def is_valid(self, body: Any) -> bool:
        """Whether a payload is as the webhook's schema says."""
        return self.pointer is None or self.schemas.at(self.pointer, "response").is_valid(body)

    def is_about(self, delivery: Delivery, key: Json) -> bool:
        """Whether a delivery names a record; so does one where nothing is known of keys."""
        if self.key is None or key is None:
            return True
        found = at(parsed(delivery.body), (*self.data, *self.key))
        return found is not MISSING and str(found) == str(key)

    def shown(self, delivery: Delivery) -> Any:
        """What a delivery says of its record."""
        return at(parsed(delivery.body), self.data)


def event(contract: Contract, name: str, planned: Planned) -> Event | None:
    """An event that an operation sends; None when the document doesn't declare it."""
    webhooks = contract.schemas.content.get("webhooks") or {}
    if name not in webhooks:
        return None
    schemas, words = contract.schemas, contract.given.get("events") or {}
    pointer = events.payload_schema(name, webhooks)
    node = schemas.look_up(pointer) if pointer else {}
    envelope = events.envelope_of(words, node, schemas)
    around = places(envelope)
    data = around.get("$event.data", ())
    own = (words.get("data") or {}).get(name)
    return Event(
        name, pointer, around.get("$event.name"), data,
        _key(own, events.data_schema(node, envelope, schemas), planned, schemas), schemas,
    )  # fmt: skip


def _key(own: Json, node: Json, planned: Planned, schemas: Schemas) -> Way | None:
    """Where an event's data holds the key of the operation's record: as x-mock words it, else by the schema."""
    if planned.resource is None:
        return None
    key = planned.resource.key
    if own:
        ways = places(own)
        whole = ways.get("$record")
        return ways.get(f"$record.{key}") or ((*whole, *key.split(".")) if whole is not None else None)
    way = tuple(key.split("."))
    return way if way[0] in schemas.properties(node) else None


def sent(planned: Planned) -> Iterable[tuple[str, Json]]:
    """The events that an operation sends at once, each with its condition or None."""
    for said in planned.plan.emits:
        yield (said, None) if isinstance(said, str) else (str(said["event"]), said["when"])


def happens(condition: Json, before: Any, after: Any) -> bool | None:
    """Whether a condition of an event holds for a record before and after; None where that can't be told."""
    if condition is None:
        return True
    if not isinstance(condition, dict) or len(condition) != 1:
        return None
    ((name, operands),) = condition.items()
    if name not in ("$equal", "$not-equal") or not isinstance(operands, list) or len(operands) != 2:
        return None
    one, two = (_value(operand, before, after) for operand in operands)
    if one is MISSING or two is MISSING:
        return None
    return bool((one == two) is (name == "$equal"))


def _value(operand: Json, before: Any, after: Any) -> Any:
    if isinstance(operand, str) and operand[:1] == "$":
        root, *way = operand.split(".")
        return at({"$before": before, "$record": after}.get(root, MISSING), way) if way else MISSING
    return MISSING if isinstance(operand, dict | list) else operand


def without_repeats(deliveries: Iterable[Delivery]) -> list[Delivery]:
    """Deliveries without those that come again under the same `webhook-id` (Standard Webhooks): a server that isn't
    sure that one arrived may send it again."""
    seen, found = set[str](), []
    for one in deliveries:
        label = one.headers.get("webhook-id")
        if label is None or label not in seen:
            found.append(one)
        if label is not None:
            seen.add(label)
    return found
