"""The roles of operations that change a record or make it."""

from __future__ import annotations

from mockserver.spec.guess_kinds import Found
from mockserver.spec.guess_named import fields_named, last_parameter
from mockserver.spec.guess_places import ITEM_WORDS, Place
from mockserver.spec.guess_relations import Relation
from mockserver.spec.guess_role import Role, plural
from mockserver.spec.guess_shapes import Shape, body_media, sends_many
from mockserver.spec.guess_upserts import is_upsert, match_of
from mockserver.spec.model import Operation
from mockserver.spec.schema import Schemas

WRITES = ("create", "change", "replace", "update")


def upserted(
    does: str, operation: Operation, place: Place, one: Found, tied: Relation | None, shape: Shape | None,
    schemas: Schemas,
) -> Role | None:  # fmt: skip
    """The role of an operation that makes what isn't there; None for others, and where nothing tells records apart."""
    if does not in WRITES or body_media(operation) is None or (tied and tied.way != "field"):
        return None
    if not is_upsert(operation, schemas):
        return None
    match = match_of(operation, one, schemas)
    reason = f"makes one of the {plural(one)}, or changes the one that there is"
    if does in ITEM_WORDS:
        named = fields_named(last_parameter(operation, place), place, one, schemas) or ()
        by_key = named == (one.look.key or "id",) or not named
        if by_key and not match:
            return None
        match = {**{field: f"$request.path.{last_parameter(operation, place)}" for field in named}, **match}
    if not match:
        return None
    many = sends_many(operation, one.home.name, schemas) if does not in ITEM_WORDS else None
    if many is None and shape is None:
        return None
    where = {"input": ".".join(("$request.body", *many.way))} if many else {}
    made = "update" if does in ITEM_WORDS else "create"
    return Role(
        "batch-update" if many else made, reason, operation.pointer, "medium", one, place, tied,
        None if many else shape, where, match=match, makes=True,
    )  # fmt: skip
