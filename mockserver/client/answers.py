"""What the control API answers, as types: see control.yaml for what each member means."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

Json = Any


class Clock(TypedDict):
    """A world's time."""

    now: str
    frozen: bool
    speed: float


class Position(TypedDict):
    """Where a world stands after a rewind or a restore."""

    after: str
    clock: Clock


class World(TypedDict):
    """A world at a glance."""

    name: str
    changed: int
    calls: int
    journal: int
    snapshots: int
    clock: Clock


class Worlds(TypedDict):
    """The worlds that there are."""

    total: int
    limit: int
    worlds: list[World]


class Difference(TypedDict):
    """What the world `b` has otherwise than `a`."""

    a: str
    b: str
    apis: dict[str, dict[str, Changes]]
    other: dict[str, dict[str, Json]]


class Changes(TypedDict):
    """What differs in one resource."""

    added: list[dict[str, Json]]
    removed: list[dict[str, Json]]
    changed: list[Changed]


class Changed(TypedDict):
    """A record that differs, and its fields that do: `{"name": {"a": …, "b": …}}`."""

    key: str | int
    fields: dict[str, dict[str, Json]]


class Snapshot(TypedDict):
    """A moment that has a name."""

    name: str
    after: str
    at: str


class Imported(TypedDict):
    """What came of a state file."""

    world: str
    doubts: list[str]


class Requests(TypedDict):
    """Entries of the journal, the newest first."""

    total: int
    requests: list[dict[str, Json]]


class Event(TypedDict):
    """Something that an API told."""

    id: int
    at: str
    api: str
    event: str
    payload: Json


class Events(TypedDict):
    """Events of the outbox, the newest first."""

    total: int
    events: list[Event]


class Webhook(TypedDict):
    """Where events are sent."""

    id: str
    url: str
    events: list[str]
    api: str | None
    signed: bool
    ordered: bool
    duplicates: float
    retry: dict[str, Json]
    active: bool


class Subscribed(TypedDict):
    """A new webhook, with its secret, which is shown only once."""

    id: str
    url: str
    secret: str


class Rule(TypedDict):
    """What is to go wrong, as it was said, and how often it matched and acted."""

    id: str
    description: NotRequired[str]
    match: NotRequired[dict[str, Json]]
    when: NotRequired[dict[str, Json]]
    then: NotRequired[dict[str, Json]]
    scenario: str | None
    matched: int
    acted: int


class Scenario(TypedDict):
    """Rules, clock and data under a name."""

    name: str
    title: str
    description: str
    apis: list[str]
    rules_in_force: bool


class Entered(TypedDict):
    """What a scenario brought, or took away."""

    name: str
    rules: list[Rule]
    resources: list[str]


class Deliveries(TypedDict):
    """Deliveries, the newest first."""

    total: int
    deliveries: list[dict[str, Json]]


class Kept(TypedDict):
    """The records of one resource."""

    total: int
    records: list[dict[str, Json]]
