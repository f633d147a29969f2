"""What becomes of deleted records: `/contacts/{id}/restore` brings one back, `/deleted_contacts` lists them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from mockserver.spec.guess.actions import action
from mockserver.spec.guess.kinds import Found, Look
from mockserver.spec.guess.names import plain
from mockserver.spec.guess.places import Place, below, flat, names_item, shape_of
from mockserver.spec.guess.role import Role, plural
from mockserver.spec.guess.shapes import item_shape, json_media, list_shape, success
from mockserver.spec.model import Operation
from mockserver.spec.schema import Schemas

RESTORE = frozenset({"restore", "undelete", "recover", "untrash"})
DELETED = re.compile(r"(deleted|trashed)[_-]?(?=[A-Za-z])", re.IGNORECASE)
TRASH = frozenset({"deleted", "trash", "trashed"})


def home_of(shape: str, homes: Mapping[str, Place]) -> Place | None:
    """The collection whose deleted records a path of this shape is about: `/deleted_contacts`, `/contacts/trash`,
    `/trash/contacts`; None for others. `homes` are all places whose records can be deleted, by shape."""
    head, _, last = shape.rpartition("/")
    before, _, middle = head.rpartition("/")
    if plain(last) in TRASH:
        return homes.get(head)
    if plain(middle) in TRASH:
        return homes.get(f"{before}/{last}")
    return homes.get(f"{head}/{DELETED.sub('', last, count=1)}") if DELETED.match(last) else None


def deletable(places: Iterable[Place]) -> dict[str, Place]:
    """The places whose records can be deleted, by shape."""
    return {one.shape: one for one in places if "delete" in one.operations}


def without_trash(places: Mapping[str, Place], looks: Mapping[str, Look]) -> dict[str, Place]:
    """The places but for those that show deleted records of others."""
    homes = deletable(places.values())
    return {shape: one for shape, one in places.items() if not (home_of(shape, homes) and looks[shape].shapes)}


def of_trash(operation: Operation, by_shape: Mapping[str, Found], schemas: Schemas) -> Role | None:
    """The role of an operation on deleted records; None for others."""
    about = below(operation.path)
    if about and plain(about[2]) in RESTORE and operation.method in ("post", "put", "patch"):
        one = by_shape.get(about[0]) or _home(about[0], by_shape)
        return _restoring(operation, one, schemas) if one and "delete" in one.home.operations else None
    shape = shape_of(operation.path)
    item = names_item(operation.path) is not None
    one = _home(shape[:-3] if item else shape, by_shape)
    if one is None:
        return None
    many = plural(one)
    if not item and operation.method == "get":
        media = json_media(success(operation, "list")[1])
        shown = list_shape(media, one.home.name, schemas) if media else None
        told = shown and (one.look.key or "id") in schemas.properties(schemas.look_up(shown.schema))
        reason = f"lists {many} that were deleted"
        if not told:
            return None
        return Role("list", reason, operation.pointer, "medium", one, one.home, None, shown, trash=True)
    if item and operation.method in ("get", "delete"):
        does = "read" if operation.method == "get" else "delete"
        media = json_media(success(operation, does)[1])
        shown = item_shape(media, one.home.name, schemas) if media else None
        reason = f"one of the {many} that were deleted"
        return Role(does, reason, operation.pointer, "medium", one, one.home, None, shown, trash=True)
    return None


def _home(shape: str, by_shape: Mapping[str, Found]) -> Found | None:
    if not DELETED.search(shape) and TRASH.isdisjoint(map(plain, shape.split("/"))):
        return None  # as most: what is gathered below would take as long as all other guesses
    found = home_of(shape, deletable(one.home for one in by_shape.values()))
    return by_shape[found.shape] if found else None


def _restoring(operation: Operation, one: Found, schemas: Schemas) -> Role:
    word = flat(operation.path).rstrip("/").rpartition("/")[2]
    sets = action(word, operation.method, one.look.schema, schemas) or {}
    reason = f"`{word}` brings back what was deleted"
    return Role("restore", reason, operation.pointer, "medium", one, one.home, sets=sets)
