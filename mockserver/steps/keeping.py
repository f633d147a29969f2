"""What a change leaves as it was: members of fields that are merged into, and what only the server sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.spec.behaviour import Resource
from mockserver.spec.schema import Schema, Schemas

Record = Mapping[str, Any]


def merged(before: Record, changes: Record, merge: Mapping[str, frozenset[str]]) -> dict[str, Any]:
    """Changes, those of `merge` fields merged in: null removes a member (RFC 7396) unless that may be null."""
    result = dict(changes)
    for name, nullable in merge.items():
        if isinstance(result.get(name), dict):
            both = {**(before.get(name) or {}), **result[name]}
            result[name] = {key: value for key, value in both.items() if value is not None or key in nullable}
    return result


def members_of(resource: Resource, schema: Schema | None, schemas: Schemas) -> dict[str, frozenset[str]]:
    """The fields that an update merges into, and which of their members the schema says may be null."""
    found: dict[str, frozenset[str]] = {}
    for name in resource.merge:
        node = schemas.property_schema(schema.node, name) if schema else None
        members = schemas.properties(node).items() if node is not None else ()
        kinds = {one: schemas.kinds(inner) for one, inner in members}
        found[name] = frozenset(one for one, has in kinds.items() if "null" in has and len(has) < 6)
    return found


def owned(resource: Resource, schema: Schema | None, schemas: Schemas) -> frozenset[str]:
    """Properties that a replacement doesn't take away: readOnly ones, an `id` of several parts, the item above."""
    above = str((resource.parent or {}).get("field", "")).partition(".")[0]
    parts = {name for name, value in resource.computed.items() if isinstance(value, dict)}
    properties = schemas.properties(schema.node) if schema else {}
    fixed = {name for name, node in properties.items() if any(one.get("readOnly") for one in schemas.parts(node))}
    return frozenset(({above} | fixed) - resource.computed.keys() | parts)
