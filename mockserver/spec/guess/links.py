"""Records that exist and are attached to an item: named by a body, one or many, or by the path."""

from __future__ import annotations

from mockserver.spec.behaviour import Words
from mockserver.spec.guess.names import kind, plain
from mockserver.spec.guess.places import Place
from mockserver.spec.guess.shapes import body_media
from mockserver.spec.model import Json, Operation
from mockserver.spec.schema import Schemas


def names_many(operation: Operation, name: str, stem: str | None, schemas: Schemas) -> str | None:
    """Where a body that holds little else has the keys of records: `$request.body.contact_ids`; None where it has none.

    `{contact_ids: [7, 8]}`, `{data: [{type, id}]}` (JSON:API 1.1, 9.2.3).
    """
    media = body_media(operation)
    known = schemas.properties(schemas.look_up(media)) if media else {}
    wanted = {"ids", *(f"{one}{end}" for one in (kind(name), stem) if one for end in ("ids", "uuids", "gids"))}
    found = [field for field, node in known.items() if _holds_keys(field, node, wanted, schemas)]
    return f"$request.body.{found[0]}" if len(found) == 1 and len(known) <= 3 else None


def _holds_keys(field: str, node: Json, wanted: set[str], schemas: Schemas) -> bool:
    items = schemas.items(node)
    if items is None or plain(field) not in wanted | {"data"}:
        return False
    members = schemas.properties(items).keys()
    if field == "data":
        return "id" in members and members <= {"id", "type"}
    return schemas.kinds(items) <= {"string", "integer"}


def attaches_many(place: Place, stem: str | None, schemas: Schemas) -> bool:
    """Whether what is posted at a place below an item names records that exist."""
    operation = place.operations.get("create")
    return operation is not None and names_many(operation, place.name, stem, schemas) is not None


def attaches_here(does: str, operation: Operation) -> bool:
    """Whether a path that names both items attaches one to the other: a PUT or POST that is sent nothing."""
    return does in ("replace", "update") and operation.method in ("put", "post") and body_media(operation) is None


def attaches_one(place: Place) -> bool:
    """Whether single records are attached at a place below an item, or detached, by paths that name both."""
    return any(attaches_here(does, one) for does, one in place.operations.items())


def linked(field: str, key: str, adds: bool) -> Words:
    """What a field of keys becomes when one is added to it, or taken away."""
    now = {"$first": [f"$record.{field}", []]}
    return {field: {"$unique": {"$append": [now, [key]]}} if adds else {"$without": [now, key]}}
