"""Paths that mean the caller: `/me`, `/users/me`, `/current_user` show one record of the resource of people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from mockserver.spec.guess.kinds import CLOSE, LIKE, Found
from mockserver.spec.guess.names import plain, stem
from mockserver.spec.guess.places import shape_of
from mockserver.spec.guess.references import PEOPLE
from mockserver.spec.guess.role import Role
from mockserver.spec.guess.shapes import ONLY, Shape, item_shape, json_media, likeness, list_shape, success
from mockserver.spec.model import Operation
from mockserver.spec.schema import Schemas

MINE = frozenset({"me", "myself", "self", "current", "currentuser", "whoami", "myprofile"})
ANYONES = frozenset({"self", "current"})  # what else than people has: `/versions/current`
DOES = {"get": "read", "put": "update", "patch": "update"}


def of_mine(
    operation: Operation, by_shape: Mapping[str, Found], found: Iterable[Found], schemas: Schemas
) -> Role | None:  # fmt: skip
    """The role of an operation on the caller's own record; None where a path doesn't mean the caller."""
    head, _, last = operation.path.rstrip("/").rpartition("/")
    before, _, word = last.rpartition(".")
    if plain(word) not in MINE | set(PEOPLE) or "{" in operation.path or operation.method not in DOES:
        return None
    media = json_media(success(operation)[1])
    near = by_shape.get(shape_of(f"{head}/{before}" if before else head))
    if near and near.kind not in PEOPLE and plain(word) in ANYONES:
        return None
    people = [near] if near else [one for one in found if one.home.above is None and one.kind in PEOPLE]
    for one in people if media else ():
        shape = _shows(media or "", one, schemas)
        if shape and (plain(word) in MINE or one.kind == plain(word)):
            does = DOES[operation.method]
            reason = f"`{last}` means the caller, one of the {re.sub('[_-]+', ' ', one.name)}"
            return Role(does, reason, operation.pointer, "medium", one, one.home, None, shape, mine=True)
    return None


def _shows(media: str, one: Found, schemas: Schemas) -> Shape | None:
    """Where an answer shows a record of a resource, bare, in an envelope or as the only one of a list."""
    if one.look.schema is None:
        return None
    own = schemas.look_up(one.look.schema)
    listed = list_shape(media, one.home.name, schemas)
    shapes = [item_shape(media, one.home.name, schemas)]
    shapes += [Shape((*listed.way, ONLY), listed.schema)] if listed and not listed.each else []
    for shape in shapes:
        if shape is None:
            continue
        named = shape.schema == one.look.schema or stem(shape.schema) == one.look.stem is not None
        if likeness(schemas.look_up(shape.schema), own, schemas) >= (LIKE if named else CLOSE):
            return shape
    return None
