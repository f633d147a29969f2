"""The roles of operations that change a record or make it."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.spec.guess.kinds import LIKE, Found
from mockserver.spec.guess.named import fields_named, last_parameter
from mockserver.spec.guess.names import stem
from mockserver.spec.guess.places import ITEM_WORDS, Place, below, shape_of
from mockserver.spec.guess.relations import Relation
from mockserver.spec.guess.role import Role, plural
from mockserver.spec.guess.shapes import Shape, body_media, item_shape, json_media, likeness, sends_many, success
from mockserver.spec.guess.upserts import is_upsert, match_of
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


def made_by_name(
    operation: Operation, place: Place, one: Found, tied: Relation | None, schemas: Schemas
) -> Role | None:  # fmt: skip
    """The role of a POST to the path of an item that clients name: it makes what isn't there.

    `POST /campaigns/{id}/leads/{email}`.
    """
    media = json_media(success(operation, "create")[1])
    shape = item_shape(media, place.name, schemas) if media and one.look.named and one.look.schema else None
    if shape is None or shape_of(operation.path) != f"{place.shape}/{{}}" or (tied and tied.way != "field"):
        return None
    if likeness(schemas.look_up(shape.schema), schemas.look_up(one.look.schema or ""), schemas) < LIKE:
        return None
    reason = f"makes the one of the {plural(one)} that its path names"
    match = {one.look.named: f"$request.path.{last_parameter(operation, place)}"}
    return Role("create", reason, operation.pointer, "medium", one, place, tied, shape, match=match, makes=True)


def made_below(
    operation: Operation, lists: Mapping[tuple[str | None, str | None], tuple[Place, Found, Relation | None]],
    schemas: Schemas,
) -> Role | None:  # fmt: skip
    """The role of a POST below an item that makes one of the records listed there, under a name of its own.

    `POST /tickets/{id}/reply` answers 201 with one of the conversations of `GET /tickets/{id}/conversations`. `lists`
    are the places by the collection whose item they lie below, and the schema of their records.
    """
    about = below(operation.path)
    response = operation.responses.get("201") if operation.method == "post" and operation.body else None
    media = json_media(response) if about else None
    if about is None or media is None:
        return None
    shape = item_shape(media, about[2], schemas)
    place, one, tied = lists.get((about[0], shape.schema if shape else ""), (None, None, None))
    if shape is None or place is None or one is None or tied is None or tied.way != "field":
        return None
    if not stem(shape.schema):
        return None
    reason = f"makes one of the {plural(one)}, as its answer shows"
    return Role("create", reason, operation.pointer, "medium", one, place, tied, shape)
