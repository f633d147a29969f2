"""The item that a nested path lies below: it must exist, and the records there are those that belong to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.spec.behaviour import Plan, Resource
from mockserver.spec.model import Json
from mockserver.spec.schema import Schemas
from mockserver.steps.call import Call, Problem
from mockserver.steps.lookups import holds
from mockserver.steps.values import Names, Value, compile_value
from mockserver.world.source import HIDDEN

Fields = dict[str, Any]
Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Parent:
    """What ties an operation's records to the item above: its resource, if that is kept, its key, and their field."""

    resource: str | None
    key: Value
    field: str | None  # dots go deeper, through lists too: `memberships.section.gid`
    fields: Callable[[Any], Fields]  # what a record that belongs to the item with this key holds
    unseen: bool = False  # whether first records don't have the field: it isn't the schema's, or names nothing kept

    def owns(self, call: Call, record: Record) -> bool:
        """Whether a record belongs to the item that a call names."""
        return self.field is None or self.test(self.key(call))(record)

    def test(self, key: Any) -> Callable[[Record], bool]:
        """A test for the records that belong to the item with a key.

        Where nothing says which items there are, the first records belong to every one of them.
        """
        path = (self.field or "").split(".")
        if self.unseen:
            return lambda record: path[0] not in record or holds(record, path, key)
        return lambda record: holds(record, path, key)


def compile_parent(said: Plan, resource: Resource | None, schemas: Schemas, names: Names) -> Parent | None:
    """The words of an operation's `parent`; a plain value means its resource's own parent. None when there is none."""
    if said.parent is None or resource is None:
        return None
    words: Mapping[str, Json]
    if isinstance(said.parent, Mapping) and "key" in said.parent:
        words = said.parent
    elif resource.parent:
        words = {**resource.parent, "key": said.parent}
    else:
        return None
    field = words.get("field")
    node = schemas.look_up(resource.schema.removeprefix("#")) if resource.schema else {}
    make = _made(field.split("."), node, schemas) if field else lambda key: {}
    head = field.partition(".")[0] if field else ""
    is_kept = words.get("resource") is not None if head[:1] == HIDDEN else head in schemas.properties(node)
    return Parent(words.get("resource"), compile_value(words["key"], names), field, make, not is_kept)


def _made(path: list[str], node: Json, schemas: Schemas) -> Callable[[Any], Fields]:
    """A function that puts a key where a path leads: `projects.gid` -> {projects: [{gid: key}]}."""
    head, *rest = path
    inner = schemas.property_schema(node, head) or {}
    is_list = "array" in schemas.kinds(inner) and len(schemas.kinds(inner)) < 6
    inner = schemas.items(inner) or {} if is_list else inner
    deeper = _made(rest, inner, schemas) if rest else None
    is_number = "integer" in schemas.kinds(inner) and "string" not in schemas.kinds(inner)

    def make(key: Any) -> Fields:
        plain = int(key) if is_number and isinstance(key, str) and key.isdecimal() and len(key) < 19 else key
        value = deeper(key) if deeper else plain
        return {head: [value] if is_list else value}

    return make


def belongs(parent: Parent, find: Callable[[Call], Record | Problem], noun: str) -> Callable[[Call], Record | Problem]:
    """A way to find records that doesn't see those of other items."""

    def owned(call: Call) -> Record | Problem:
        record = find(call)
        if isinstance(record, Problem) or parent.owns(call, record):
            return record
        return Problem("not-found", f"there is no such {noun} here", step="resource")

    return owned
