"""What an answer never shows: properties that are writeOnly (OpenAPI 3.1, section 4.8.24.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mockserver.spec.model import Json
from mockserver.spec.schema import Schemas

Hide = Callable[[Json], Json]
DEEPEST = 40


def compile_hide(pointer: str | None, schemas: Schemas) -> Hide | None:
    """A function that leaves out what a response may not show of a value; None where there is nothing to hide."""
    if pointer is None or not schemas.hides(pointer, "response"):
        return None
    node = schemas.look_up(pointer)
    known: dict[int, Mapping[str, Json]] = {}

    def hide(value: Any, node: Json, depth: int) -> Any:
        if depth > DEEPEST or not isinstance(value, dict | list):
            return value
        if isinstance(value, list):
            items = schemas.items(node)
            return value if items is None else [hide(one, items, depth + 1) for one in value]
        properties = known.get(id(node))
        if properties is None:
            properties = known[id(node)] = schemas.properties(node)
        return {
            name: hide(one, properties[name], depth + 1) if name in properties else one
            for name, one in value.items()
            if name not in properties or not _is_hidden(properties[name], schemas)
        }

    return lambda value: hide(value, node, 0)


def _is_hidden(node: Json, schemas: Schemas) -> bool:
    return any(part.get("writeOnly") is True for part in schemas.parts(node))
