"""Which filters of a list need no scan: those by a field that has few values, as states and flags have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mockserver.spec.behaviour import Resource
from mockserver.spec.model import Json
from mockserver.spec.schema import Schemas

FEW = 24  # values of a field, at most
WORDS = frozenset({"fields", "compare", "all", "sent-only"})  # of filters that say all there is to say
COMPARES = ("eq", "ne")


def narrow_fields(
    resources: Mapping[str, Resource], plans: Iterable[Mapping[str, Json]], schemas: Schemas
) -> dict[str, frozenset[str]]:
    """The fields with few values by which some list of each resource filters, and that of its tenant.

    `plans` are the words of all operations.
    """
    asked: dict[str, set[str]] = {name: set() for name in resources}
    for words in plans:
        if words.get("does") in ("list", "read") and words.get("resource") in asked:
            filters = (words.get("filters") or {}).values()
            asked[words["resource"]] |= {name for one in filters if narrows(one) for name in one["fields"]}
            asked[words["resource"]] |= (words.get("where") or {}).keys()
    return {name: _narrow(resource, asked[name], schemas) for name, resource in resources.items()}


def _narrow(resource: Resource, asked: set[str], schemas: Schemas) -> frozenset[str]:
    own = frozenset([resource.partition["field"]] if resource.partition else [])
    pointer = (resource.schema or "").removeprefix("#")
    if not asked or not pointer:
        return own
    properties = schemas.properties(schemas.look_up(pointer))
    return own | {name for name in asked & properties.keys() if _has_few(properties[name], schemas)}


def narrows(words: Mapping[str, Json]) -> bool:
    """Whether a filter compares plain fields with what its parameter says, and nothing else."""
    return words.keys() <= WORDS and words.get("compare", "eq") in COMPARES


def _has_few(node: Json, schemas: Schemas) -> bool:
    parts = list(schemas.parts(node))
    kinds = frozenset(schemas.kinds(node)) - {"null"}
    if kinds == {"boolean"}:
        return True
    return not kinds & {"array", "object"} and any(0 < len(part.get("enum") or ()) <= FEW for part in parts)
