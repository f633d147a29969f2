"""The roles of operations that are at no resource's place: what their paths alone tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mockserver.spec.behaviour import Words
from mockserver.spec.guess.actions import action
from mockserver.spec.guess.attaching import to_one
from mockserver.spec.guess.batches import batch, is_batch
from mockserver.spec.guess.calls import call_of
from mockserver.spec.guess.kinds import LIKE, Found
from mockserver.spec.guess.named import by_property
from mockserver.spec.guess.names import plain
from mockserver.spec.guess.places import ON_ITEM, PARAMETER, Place, below, flat, names_item, shape_of
from mockserver.spec.guess.receipts import is_receipt
from mockserver.spec.guess.role import Role, plural, unknown
from mockserver.spec.guess.sections import section_list
from mockserver.spec.guess.shapes import item_shape, json_media, likeness, success
from mockserver.spec.guess.upserts import is_upsert
from mockserver.spec.model import Operation
from mockserver.spec.schema import Schemas


def of_path(
    operation: Operation, homes: Mapping[str, Found], by_shape: Mapping[str, Found], found: Sequence[Found],
    schemas: Schemas,
) -> Role | None:  # fmt: skip
    """The role of an operation whose path says what it is about: many records, one that it names by a property, a view
    of a collection, the one that an item names."""
    return (
        _many(operation, homes, schemas)
        or _by_property(operation, homes, schemas)
        or section_list(operation, homes, found, schemas)
        or to_one(operation, by_shape, found, schemas)
    )


def _many(operation: Operation, homes: Mapping[str, Found], schemas: Schemas) -> Role | None:
    """The role of an operation on many records."""
    found = batch(operation, homes, schemas)
    if found is None:
        return None
    one, does, where, reason = found
    return Role(does, reason, operation.pointer, "high", one, one.home, where={"input": where})


def _by_property(operation: Operation, homes: Mapping[str, Found], schemas: Schemas) -> Role | None:
    """The role of an operation whose path says by which property it names a record."""
    found = by_property(operation.path, homes, schemas)
    if found is None:
        return None
    one, field_name, parameter = found
    does = {"put": "update", "post": "sample"}.get(operation.method, ON_ITEM.get(operation.method, "sample"))
    media = json_media(success(operation, does)[1])
    shape = item_shape(media, one.home.name, schemas) if media else None
    if shape and likeness(schemas.look_up(shape.schema), schemas.look_up(one.look.schema or ""), schemas) < LIKE:
        shape = None
    told = shape or media is None or is_receipt(media, one.home.name, one.look.key, schemas)
    if does == "sample" or not told:
        return None
    makes = does == "update" and (is_upsert(operation, schemas) or "201" in operation.responses)
    match = {field_name: f"$request.path.{parameter}"}
    reason = f"names one of the {plural(one)} by its `{field_name}`"
    return Role(does, reason, operation.pointer, "medium", one, one.home, None, shape, match=match, makes=makes)


def beside(
    operation: Operation, homes: Mapping[str, Found], by_shape: Mapping[str, Found], places: Mapping[str, Place],
    schemas: Schemas,
) -> Role:  # fmt: skip
    """The role of an action on an item; or that nothing is known of an operation."""
    about = below(operation.path)
    if (named := call_of(operation.path)) and (one := homes.get(named[0])) and one.home.called:
        about = (named[0], "", named[1])
    one = by_shape.get(about[0]) if about else None
    if about and one and about[0] == one.home.shape:
        sets = action(about[2], operation.method, one.look.schema, schemas) or _told(about[2], operation, schemas)
        if sets:
            (name,) = sets
            reason = f"`{about[2]}` sets `{name}`"
            return Role("act", reason, operation.pointer, "medium", one, one.home, sets=sets)
    return unknown(operation, _reason(operation, one, places))


def item_above(path: str, homes: Mapping[str, Found]) -> Words | None:
    """The item of a resource that a path is about, or below: what answers a sample there needs it, too.

    `homes` are the resources by the shapes of their collections.
    """
    parts = flat(path).rstrip("/").split("/")
    for count in range(len(parts), 1, -1):
        match = PARAMETER.fullmatch(parts[count - 1])
        one = homes.get(shape_of("/".join(parts[: count - 1]))) if match else None
        if match and one and one.look.key and not one.home.typed:
            names = {"id", one.kind, f"{one.kind}id", plain(one.look.key), *map(plain, one.home.keys())}
            return {"resource": one.name, "key": f"$request.path.{match[1]}"} if plain(match[1]) in names else None
    return None


def _told(word: str, operation: Operation, schemas: Schemas) -> Words | None:
    """What an action sets that its own answer shows, and the record doesn't: it is kept unseen."""
    media = json_media(success(operation, "act")[1])
    sets = action(word, operation.method, media, schemas) if media else None
    return {f"~{name}": value for name, value in sets.items()} if sets else None


def _says_bodies(operation: Operation) -> bool:
    """Whether a body is described at all; a response without a schema has none (OpenAPI 2.0, Response Object)."""
    return bool(operation.body and operation.body.media) or any(one.media for one in operation.responses.values())


def _reason(operation: Operation, one: Found | None, places: Mapping[str, Place]) -> str:
    place = places.get(shape_of(operation.path)) or places.get(shape_of(operation.path)[:-3])
    last = operation.path.rstrip("/").rpartition("/")[2]
    if one and operation.method == "get":
        return f"what it shows of one of the {plural(one)} is no list of records with a key"
    if one:
        return f"nothing tells what `{last}` does to one of the {plural(one)}"
    if is_batch(operation.path):
        return f"which records `{last}` is about isn't told by its body"
    if place is None:
        return "its path is neither a collection nor an item of one"
    if operation.method != "delete" and not _says_bodies(operation):
        return "no body is described, so nothing tells what a record would be"
    if not names_item(operation.path):
        what = "it shows no list of records with a key" if operation.method == "get" else "what it makes is never read"
        return f"{what}, and `{last}` names no action" if operation.method != "get" else what
    return f"no {plain(place.name)} are listed or made, so nothing can be there"
