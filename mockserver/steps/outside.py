"""Events that come from outside the API, such as a call that nobody took: made believable around what a user says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice

from mockserver.spec.compiling import Violation
from mockserver.spec.guess.names import kind, plain
from mockserver.spec.model import Json
from mockserver.spec.schema import Schemas
from mockserver.steps.call import Call
from mockserver.steps.events import compile_data, data_schema, envelope_of, payload_schema
from mockserver.steps.samples import Sampler
from mockserver.steps.values import Names, compile_value
from mockserver.steps.views import Stored
from mockserver.steps.writes import Store

LOOKED_AT = 100  # records that an event may be about


@dataclass(frozen=True, slots=True)
class Outside:
    """One webhook of a document: `payload` is its body around some data, `violations` what is wrong with a body."""

    payload: Callable[[Call, Json], Json]
    violations: Callable[[Json], list[Violation]]


def compile_outside(
    event: str,
    words: Mapping[str, Json],
    about: tuple[Store, Stored] | None,
    stores: Mapping[str, Store],
    schemas: Schemas,
    names: Names,
    sampler: Sampler,
) -> Outside:
    """An event of the document's `webhooks`, and the resource that it is about, when one is known.

    What the user doesn't say is that of an existing record, and else generated. Raises SpecError when the schema can't
    be met.
    """
    pointer = payload_schema(event, schemas.content.get("webhooks") or {})
    node = schemas.look_up(pointer) if pointer else {}
    envelope = envelope_of(words, node, schemas)
    data_node = data_schema(node, envelope, schemas)
    sample = sampler(data_node, event, "event") if data_node else {}
    own = (words.get("data") or {}).get(event)
    shown = compile_data(own, data_node, about[1], schemas, names) if about else None
    referring = _references(data_node, stores, schemas)
    body = compile_value(envelope, names)

    def fits(name: str, value: Json) -> bool:
        return schemas.is_valid(schemas.property_schema(data_node, name) or {}, value, "response")

    def payload(call: Call, data: Json) -> Json:
        full = data if data is not None else sample
        if isinstance(sample, Mapping) and isinstance(full, Mapping):
            view = _fitting(call, about[0], shown, fits) if about and shown else {}
            keys = {name: first[store.key] for name, store in referring.items() if (first := _first(call, store))}
            full = {**sample, **keys, **view, **(data or {})}
        call.values["event"] = {"name": event, "data": full}
        return body(call)

    return Outside(payload, schemas.at(pointer, "response").violations if pointer else lambda value: [])


def _fitting(
    call: Call, store: Store, shown: Callable[[Call], Json], fits: Callable[[str, Json], bool]
) -> dict[str, Json]:
    """What the event shows of the first record that it can be about (a call that came in, say), or of the first record
    whatever of it can be shown."""
    first = None
    for record in islice(call.world.tables[store.table].records(), LOOKED_AT):
        call.values["record"] = record
        view = shown(call)
        view = view if isinstance(view, dict) else {}
        if all(fits(name, value) for name, value in view.items()):
            return view
        first = view if first is None else first
    return {name: value for name, value in (first or {}).items() if fits(name, value)}


def _references(node: Json, stores: Mapping[str, Store], schemas: Schemas) -> dict[str, Store]:
    """The properties that name a record by its key, such as `contact_id`."""
    by_name = {f"{kind(name)}id": store for name, store in stores.items()}
    return {name: by_name[plain(name)] for name in schemas.properties(node) if plain(name) in by_name}


def _first(call: Call, store: Store) -> Mapping[str, Json] | None:
    """The first record of a resource's default order, which is the newest in most APIs."""
    return next(iter(call.world.tables[store.table].records()), None)
