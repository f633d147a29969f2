"""Whether a value is valid against any schema of a document, said by jsonschema-rs."""

from collections.abc import Callable
from typing import Any

import jsonschema_rs

Json = Any


def plain(node: Json) -> Callable[[Json, Json], bool]:
    """For a schema whose `$ref`s lead into its own `$defs`."""
    definitions = node.get("$defs", {}) if isinstance(node, dict) else {}
    seen: dict[int, tuple[Json, Any]] = {}

    def is_valid(part: Json, value: Json) -> bool:
        found = seen.get(id(part))
        if found is None:
            whole = {"allOf": [part], "$defs": definitions}
            found = seen[id(part)] = part, jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
        return bool(found[1].is_valid(value))

    return is_valid


def follow(node: Json) -> Callable[[Json], Json]:
    """Follows lone `$ref`s into the `$defs` of a schema."""

    def step(part: Json) -> Json:
        for _ in range(20):
            if not isinstance(part, dict) or set(part) != {"$ref"}:
                break
            part = node["$defs"][part["$ref"].rsplit("/", 1)[-1]]
        return part

    return step
