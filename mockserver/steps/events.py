"""What else happens when an operation succeeds: other records change, things fall due later, events are sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.spec.errors import SpecError, nearest
from mockserver.spec.model import Json
from mockserver.spec.schema import Schemas
from mockserver.steps.call import Call, Problem
from mockserver.steps.values import ABSENT, Names, Value, compile_fields, compile_value, holds
from mockserver.steps.views import Stored, compile_answer, compile_view
from mockserver.steps.writes import Store
from mockserver.world import times

Effect = Callable[[Call], Problem | None]
EVENT_TIMES = frozenset({"timestamp", "created_at", "createdAt", "occurred_at", "time", "sent_at"})


@dataclass(frozen=True, slots=True)
class Emitter:
    """Makes the payload of one event of one resource and puts it into the outbox."""

    api: str
    event: str
    payload: Callable[[Call], Any]
    is_valid: Callable[[Any], bool] | None
    when: Value | None = None

    def __call__(self, call: Call) -> Problem | None:
        if self.when and not holds(self.when(call)):
            return None
        payload = self.payload(call)
        if self.is_valid and not self.is_valid(payload):
            return Problem(
                "server-error", f"the event {self.event} would not be as its webhook's schema says", step="events"
            )
        call.world.emit(call.now, self.api, self.event, payload)
        return None


def compile_emitter(
    api: str, said: str | Mapping[str, Json], words: Mapping[str, Json], stored: Stored, schemas: Schemas, names: Names
) -> Emitter:
    """An event (`emits` in x-mock.yaml). Raises SpecError when the document's `webhooks` don't declare it."""
    event = said if isinstance(said, str) else said["event"]
    when = None if isinstance(said, str) else compile_value(said["when"], names)
    webhooks = schemas.content.get("webhooks") or {}
    if event not in webhooks:
        raise SpecError(f"there is no webhook {event!r}{nearest(event, webhooks)}")
    pointer = payload_schema(event, webhooks)
    node = schemas.look_up(pointer) if pointer else {}
    envelope = envelope_of(words, node, schemas)
    own, data_node = (words.get("data") or {}).get(event), data_schema(node, envelope, schemas)
    data_of = compile_data(own, data_node, stored, schemas, names)
    body = compile_value(envelope, names)

    def payload(call: Call) -> Any:
        record = call.values.get("record", ABSENT)
        call.values["event"] = {"name": event, "data": data_of(call)}
        call.values["record"] = record
        return body(call)

    return Emitter(api, event, payload, schemas.at(pointer, "response").is_valid if pointer else None, when)


def compile_data(own: Json, node: Json, stored: Stored, schemas: Schemas, names: Names) -> Callable[[Call], Any]:
    """What an event says of the call's record: as x-mock words it, else as the schema of the event's data shows it."""
    if own:
        return compile_answer(own, node, stored, schemas, names)
    view = compile_view(node, stored, schemas)

    def data(call: Call) -> Any:
        record = call.values.get("record", ABSENT)
        return view(call, record) if isinstance(record, Mapping) else {}

    return data


def data_schema(node: Json, envelope: Json, schemas: Schemas) -> Json:
    """The schema of what stands at `$event.data` in an event's payload."""
    if envelope == "$event.data":
        return node
    name = next((name for name, value in envelope.items() if value == "$event.data"), "data")
    return schemas.property_schema(node, name) or {}


def envelope_of(words: Mapping[str, Json], node: Json, schemas: Schemas) -> Json:
    """The payload around an event's data: as x-mock says, else by the names of the payload's properties."""
    return words.get("envelope") or _guessed_envelope(node, schemas)


def payload_schema(event: str, webhooks: Mapping[str, Json]) -> str | None:
    """The pointer of the schema of a webhook's body; None when the document doesn't give one."""
    name = event.replace("~", "~0").replace("/", "~1")
    for method, operation in webhooks[event].items():
        media = ((operation or {}).get("requestBody") or {}).get("content") or {} if isinstance(operation, dict) else {}
        for kind in media:
            return f"/webhooks/{name}/{method}/requestBody/content/{kind.replace('/', '~1')}/schema"
    return None


def _guessed_envelope(node: Json, schemas: Schemas) -> Json:
    """`{event, timestamp, data}` by the names of the payload's properties; else the record alone."""
    envelope: dict[str, Json] = {}
    for name in schemas.properties(node):
        if name in ("event", "type", "event_type", "name"):
            envelope[name] = "$event.name"
        elif name in EVENT_TIMES:
            envelope[name] = "$now"
        elif name in ("data", "payload", "object"):
            envelope[name] = "$event.data"
    return envelope if "$event.data" in envelope.values() else "$event.data"


@dataclass(frozen=True, slots=True)
class Then:
    """One `then`: another record made or changed, and what of it the operation's own record takes over."""

    when: Value | None
    target: Store | None
    makes: bool
    key: Value
    fields: Callable[[Call], dict[str, Any]]
    sets: Callable[[Call], dict[str, Any]]

    def __call__(self, call: Call) -> Problem | None:
        if self.when and not holds(self.when(call)):
            return None
        record = call.values.get("record")
        if self.target:
            problem = self._make(call, self.target) if self.makes else self._change(call, self.target)
            if problem:
                return problem
        call.values["record"] = record
        self._set_own(call, self.sets(call))
        return None

    def _make(self, call: Call, store: Store) -> Problem | None:
        made = store.make(call, self.fields(call))
        if isinstance(made, Problem):
            return made
        call.values["created"] = made
        return None

    def _change(self, call: Call, store: Store) -> Problem | None:
        before = store.find(call, self.key(call))
        if isinstance(before, Problem):
            return None  # it is gone: there is nothing left to change
        own, own_before = call.values.get("record"), call.values.get("before", ABSENT)
        call.values["before"] = before  # the record that this effect changes, for its own fields
        changed = store.change(call, before, self.fields(call))
        call.values |= {"record": own, "before": own_before}
        return changed if isinstance(changed, Problem) else None

    def _set_own(self, call: Call, changes: dict[str, Any]) -> None:
        own = call.values.get("store")
        if changes and own is not None:
            changed = {**call.values["record"], **changes}
            call.world.replace(own.table, changed[own.key], changed)
            call.values["record"] = changed


def compile_effect(words: Mapping[str, Json], stores: Mapping[str, Store], names: Names) -> Effect:
    """One `then`. Raises SpecError for a resource or value that doesn't exist."""
    return Then(
        compile_value(words["when"], names) if "when" in words else None,
        _store(words.get("create") or words.get("update"), stores),
        "create" in words,
        compile_value(words.get("key"), names),
        compile_fields(words.get("fields") or {}, names),
        compile_fields(words.get("set") or {}, names),
    )


def run_all(call: Call, effects: Iterable[Effect], emitters: Iterable[Emitter]) -> Problem | None:
    """Effects, then events; the first problem ends it."""
    for effect in effects:
        if problem := effect(call):
            return problem
    for emit in emitters:
        if problem := emit(call):
            return problem
    return None


def _store(name: str | None, stores: Mapping[str, Store]) -> Store | None:
    if name is None:
        return None
    if name not in stores:
        raise SpecError(f"there is no resource {name!r}{nearest(name, stores)}")
    return stores[name]


@dataclass(frozen=True, slots=True)
class Later:
    """What falls due: `due` says when, from the call that causes it; `run` does it then."""

    name: str
    due: Callable[[Call], int]
    run: Effect


def compile_later(
    words: Mapping[str, Json], store: Store, stores: Mapping[str, Store], emitters: list[Emitter], names: Names
) -> Later:
    """One `later`. When its record is gone by then, nothing happens."""
    after = times.duration(words["after"])
    start = compile_value(words["from"], names) if "from" in words else None
    sets = compile_fields(words.get("set") or {}, names)
    effects = [compile_effect(one, stores, names) for one in words.get("then") or ()]

    def due(call: Call) -> int:
        time = times.parse(start(call)) if start else None
        return (call.now if time is None else time) + after

    def run(call: Call) -> Problem | None:
        before = call.values["record"]
        changed = {**before, **sets(call)}
        call.values |= {"before": before, "record": changed, "store": store}
        call.values["record"] = changed = {**changed, **store.on_update(call)}
        call.world.replace(store.table, changed[store.key], changed)
        return run_all(call, effects, emitters)

    return Later(words.get("name") or "later", due, run)
