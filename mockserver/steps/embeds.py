"""References that an answer shows as records: `projects: ["7"]` becomes `projects: [{id: "7", name: "Launch"}]`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.spec.behaviour import Resource
from mockserver.spec.model import Json
from mockserver.spec.schema import Schemas
from mockserver.steps.call import Call
from mockserver.steps.values import Names

Fields = dict[str, Any]
Embed = Callable[[Call, Fields], Fields]
PLAIN = (str, int, float, bool)


@dataclass(frozen=True, slots=True)
class Shown:
    """A property that shows records of another resource, and which of their fields."""

    name: str
    table: str
    fields: tuple[str, ...]
    node: Json  # of one of them


def compile_embeds(resource: Resource, schemas: Schemas, names: Names) -> Embed | None:
    """A function that puts records in place of the keys that a client sends for them; None where no property shows any.

    A key that names no record stays as it is, and so does an object whose other members the client has sent.
    """
    node = schemas.look_up(resource.schema.removeprefix("#")) if resource.schema else {}
    parts = [_shown(name, words, node, schemas, names) for name, words in resource.references.items()]
    found = [one for one in parts if one is not None]
    if not found:
        return None

    def embed(call: Call, fields: Fields) -> Fields:
        changed = {one.name: _with_records(call, fields[one.name], one, schemas) for one in found if one.name in fields}
        return {**fields, **changed} if changed else fields

    return embed


def _shown(name: str, words: Mapping[str, Json], node: Json, schemas: Schemas, names: Names) -> Shown | None:
    inner = schemas.property_schema(node, name)
    inner = schemas.items(inner) if inner is not None and "array" in schemas.kinds(inner) else inner
    if inner is None or schemas.kinds(inner) & {"string", "integer"} or not schemas.properties(inner):
        return None
    return Shown(name, names.table(words["resource"]), tuple(schemas.properties(inner)), inner)


def _with_records(call: Call, value: Json, shown: Shown, schemas: Schemas) -> Json:
    if isinstance(value, list):
        return [_with_records(call, one, shown, schemas) for one in value]
    table = call.world.tables[shown.table]
    own = table.layout.key
    key = value.get(own) if isinstance(value, Mapping) and value.keys() == {own} else value
    record = table.get(key) if isinstance(key, str | int) and not isinstance(key, bool) else None
    if record is None:
        return value
    part = {name: record[name] for name in shown.fields if isinstance(record.get(name), PLAIN)}
    return part if schemas.is_valid(shown.node, part, "response") else {**part, own: key}
