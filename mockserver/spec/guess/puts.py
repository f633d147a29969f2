"""Whether a PUT to an item replaces it, or changes just what is sent."""

from __future__ import annotations

import re

from mockserver.spec.guess.places import Place
from mockserver.spec.guess.shapes import body_media
from mockserver.spec.model import Operation
from mockserver.spec.schema import Schemas

KEEPS = re.compile(r"partial|only the (fields|properties|values)|(omitted|other|missing)\W+(\w+\W+)?(fields|properties)"
                   r"|remain(s)? unchanged|left unchanged", re.IGNORECASE)  # fmt: skip
UPDATES = re.compile(r"\b(update|modif|edit|change|alter)", re.IGNORECASE)
CREATES = re.compile(r"^\W*(create|add|make|new)", re.IGNORECASE)
REPLACES = re.compile(r"\breplace|overwr(ite|itten)|full update|entire", re.IGNORECASE)


def put_of(operation: Operation, place: Place, schemas: Schemas) -> tuple[str, str] | None:
    """Whether a PUT changes just what is sent, as it does with many vendors, though RFC 9110 (9.3.4) has it replace."""
    said = schemas.look_up(operation.pointer)
    words = f"{said.get('summary', '')} {said.get('description', '')}" if isinstance(said, dict) else ""
    if KEEPS.search(words):
        return "update", "its description keeps what isn't sent"
    if REPLACES.search(words) or "update" in place.operations:
        return None
    if UPDATES.search(words):
        return "update", "it is said to update, so it changes what is sent"
    if _required(operation, schemas):
        return None
    return "update", "it asks for no property, so it changes what is sent"


def put_creates(operation: Operation, place: Place, schemas: Schemas) -> bool:
    """Whether a PUT to a collection makes a record, as its summary says and no POST there does."""
    said = schemas.look_up(operation.pointer)
    words = str(said.get("summary", "")) if isinstance(said, dict) else ""
    makes = CREATES.search(words) and not UPDATES.search(words)
    return operation.method == "put" and "create" not in place.operations and bool(makes)


def _required(operation: Operation, schemas: Schemas) -> set[str]:
    media = body_media(operation)
    if media is None:
        return set()
    node = schemas.look_up(media)
    names = schemas.required(node)
    if len(schemas.properties(node)) == 1:
        (inner,) = schemas.properties(node).values()
        inner = schemas.items(inner) or inner
        return schemas.required(inner) if schemas.properties(inner) else names
    return names
