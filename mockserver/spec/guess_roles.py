"""What each operation does with which resource, and what in the document says so; or why that can't be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mockserver.spec.behaviour import Words
from mockserver.spec.guess_actions import action
from mockserver.spec.guess_attaching import attached, link
from mockserver.spec.guess_batches import batch, is_batch, of_many
from mockserver.spec.guess_kinds import LIKE, LISTS, Found, Look, found_by, is_whole, names_existing
from mockserver.spec.guess_mine import of_mine
from mockserver.spec.guess_named import by_property, fields_named, last_parameter
from mockserver.spec.guess_names import kind, plain, singular
from mockserver.spec.guess_places import (
    ITEM_WORDS,
    ON_ITEM,
    PARAMETER,
    WHOLE,
    Operations,
    Place,
    Route,
    below,
    shape_of,
)
from mockserver.spec.guess_puts import put_of
from mockserver.spec.guess_receipts import is_receipt
from mockserver.spec.guess_relations import Relation, relation
from mockserver.spec.guess_role import Role, plural, unknown
from mockserver.spec.guess_shapes import Shape, body_media, item_shape, json_media, likeness, list_shape, success
from mockserver.spec.guess_upserting import upserted
from mockserver.spec.guess_upserts import is_upsert
from mockserver.spec.model import Operation
from mockserver.spec.schema import Schemas


def roles(
    operations: Operations, places: Mapping[str, Place], looks: Mapping[str, Look], found: Sequence[Found],
    schemas: Schemas,
) -> tuple[dict[Route, Role], dict[str, Relation]]:  # fmt: skip
    """The role of each operation, and what the records of each resource belong to, by its name."""
    by_route = {(one.path, one.method): route for route, one in operations.items()}
    by_shape = {place.shape: one for one in found for place in one.places}
    result: dict[Route, Role] = {}
    owners: dict[str, Relation] = {}
    ties: dict[str, tuple[Place, Found, Relation | None, Found | None]] = {}
    for one in found:
        for place in one.places:
            above = by_shape.get(place.above or "")
            tied = relation(place, one, above, found, schemas) if place.above is not None or place.typed else None
            if tied and tied.way == "field" and (place is one.home or _makes_them(place, one)):
                owners.setdefault(one.name, tied)
            ties[place.shape] = (place, one, tied, above)
            for does, operation in place.operations.items():
                role = attached(operation, place, one, tied, above, schemas) or _role(
                    does, operation, place, looks[place.shape], one, tied, schemas
                )
                result[by_route[operation.path, operation.method]] = role
    homes = {one.home.shape: one for one in found}
    for route, operation in operations.items():
        if mine := of_mine(operation, by_shape, found, schemas):
            result[route] = mine
        elif route not in result:
            known = ties.get(shape_of(operation.path))
            near = known and (attached(operation, *known, schemas) or _whole_list(operation, *known[:3], schemas))
            result[route] = near or _beside(operation, homes, by_shape, places, schemas)
        elif result[route].resource is None:
            result[route] = _many(operation, homes, schemas) or _by_property(operation, homes, schemas) or result[route]
    return result, owners


def _makes_them(place: Place, one: Found) -> bool:
    """Whether records are made at a place below an item, and nowhere else: they go when it goes."""
    return "create" in place.operations and "create" not in one.home.operations


def _role(
    does: str, operation: Operation, place: Place, look: Look, one: Found, tied: Relation | None, schemas: Schemas
) -> Role:
    """The role of an operation at a place that shows records of `one`."""
    if does == "list" and "find" in look.shapes:
        does = "find"
    shape = look.shapes.get(does)
    near = place.above is None or tied is not None
    if near and (upsert := upserted(does, operation, place, one, tied, shape, schemas)):
        return upsert
    if near and (many := _whole_list(operation, place, one, tied, schemas)):
        return many
    if doubt := _doubt(does, operation, place, look, one, tied, schemas):
        return unknown(operation, doubt)
    if tied and tied.way == "linked" and does in ("create", "delete", "list"):
        return link(does, operation, place, one, tied, shape)
    named = _named(does, operation, place, one, schemas)
    if named is None:
        return unknown(operation, f"which of the {plural(one)} its path names isn't told")
    where = _section(place, one, schemas) if _is_section(place, one) else None
    if does == "read" and place is not one.home and len(named) == 1:
        where, named = {named[0]: f"$request.path.{last_parameter(operation, place)}"}, ()
    finds = found_by(operation, shape, schemas) if shape and does == "find" else {}
    does = {"search": "list", "find": "read", "change": "update"}.get(does, does)
    put = put_of(operation, place, schemas) if does == "replace" else None
    reason, confidence = _evidence(does, operation, place, look, one, tied)
    if put:
        does, why = put
        reason += f"; {why}"
    pointer = shape.schema if shape else operation.pointer
    return Role(does, reason, pointer, confidence, one, place, tied, shape, where or {}, named=named, finds=finds)


def _doubt(
    does: str, operation: Operation, place: Place, look: Look, one: Found, tied: Relation | None, schemas: Schemas
) -> str | None:  # fmt: skip
    """Why it can't be told what an operation does with the records at its place."""
    many, shape = plural(one), look.shapes.get(does)
    if place.above is not None and tied is None:
        owner = singular((place.above or "").rpartition("/")[2])
        return f"which {many} belong to this {owner} isn't told by any property"
    if does == "change" and not _changes_here(operation, place, one, schemas):
        return f"which of the {many} it changes isn't told"
    if not (shape or does in ("create", "delete") or _silent(does, operation, place, look, schemas)):
        return f"its answer is not known to show {many if does in LISTS else f'one of the {many}'}"
    if _is_section(place, one) and _section(place, one, schemas) is None:
        return f"which {many} are meant by /{place.name} isn't told by any property"
    if does == "create" and (doubt := _unsure(operation, place, one, shape, schemas)):
        return doubt
    if tied and tied.way in ("listed", "joined") and does != "list":
        return f"it changes which {many} the record above lists, in a way that isn't told"
    return None


def _is_section(place: Place, one: Found) -> bool:
    """Whether a path is but a literal segment more than a collection: `/deals/archived`."""
    return place.above is None and not place.typed and place is not one.home and not place.handles_items


def _named(does: str, operation: Operation, place: Place, one: Found, schemas: Schemas) -> tuple[str, ...] | None:
    """The properties by which a path names a record, none where that is its key; None where it can't be told."""
    if does not in ITEM_WORDS:
        return ()
    fields = fields_named(last_parameter(operation, place), place, one, schemas)
    if place is one.home:
        return (one.look.named,) if one.look.named else fields if fields and len(fields) > 1 else ()
    if fields is None:
        return () if place.above is not None and kind(place.name) == one.kind else None
    return () if fields == (one.look.key or "id",) and not one.look.named else fields


def _unsure(operation: Operation, place: Place, one: Found, shape: Shape | None, schemas: Schemas) -> str | None:
    """Why what is made at a place may be none of the records, or not just one."""
    if shape is None and _sends_many(operation, place, schemas):
        return f"it is sent a list of {plural(one)}, and what its answer tells of them is not known"
    if place is not one.home and not _makes_one(operation, place, one, shape, schemas):
        return f"what it makes is not known to be one of the {plural(one)}"
    return None


def _sends_many(operation: Operation, place: Place, schemas: Schemas) -> bool:
    """Whether a body is but a list of records, bare or in an envelope: `{"data": [{…}]}`."""
    media = body_media(operation)
    names = schemas.properties(schemas.look_up(media)) if media else {}
    return bool(media and len(names) < 2 and list_shape(media, place.name, schemas))


def _makes_one(operation: Operation, place: Place, one: Found, shape: Shape | None, schemas: Schemas) -> bool:
    """Whether records are made at a place below an item: its answer shows one, or its body looks like one."""
    if place.above is None or shape is not None:
        return place.above is not None
    media = body_media(operation)
    shape = item_shape(media, place.name, schemas, one.look.schema) if media else None
    if shape is None or one.look.schema is None or names_existing(place, one.look, schemas):
        return True
    return likeness(schemas.look_up(shape.schema), schemas.look_up(one.look.schema), schemas) >= LIKE


def _changes_here(operation: Operation, place: Place, one: Found, schemas: Schemas) -> bool:
    """Whether a PUT or PATCH to a collection changes one record, which its body names by its key."""
    media = body_media(operation)
    known = schemas.properties(schemas.look_up(media)) if media else {}
    return (one.look.key or "id") in known and not place.operations.keys() & {"update", "replace"}


def _silent(does: str, operation: Operation, place: Place, look: Look, schemas: Schemas) -> bool:
    """Whether an answer says no more than that it was done, so that what was follows from the path."""
    if does in look.blank:
        return is_whole(place, look)
    media = json_media(success(operation, does)[1])
    return does in ("update", "replace") and (media is None or is_receipt(media, place.name, look.key, schemas))


def _evidence(
    does: str, operation: Operation, place: Place, look: Look, one: Found, tied: Relation | None
) -> tuple[str, str]:
    """What says so, and how surely: a component named like the path is sure, likeness of schemas less so."""
    shape = look.shapes.get(does)
    own = look.schema.rpartition("/")[2] if look.schema and look.stem else ""
    where = f" in `{'.'.join(shape.way)}`" if shape and shape.way else ""
    if shape and does in LISTS:
        parts = [f"lists {own or 'objects with a key'}{where}"]
    elif shape:
        parts = [f"shows {own or 'the record'}{where}"]
    else:
        parts = [f"{operation.method.upper()} of {'an item' if does in ITEM_WORDS else 'a collection'}"]
        parts += ["its answer is left open"] if does in look.blank else []
    if tied:
        ties = {
            "field": f"tied by `{tied.field}`", "listed": f"named by `{tied.field}` above", "linked": "attached",
            "joined": f"tied by {tied.through[0]}",
        }  # fmt: skip
        parts.append(ties[tied.way] if not tied.hidden else "kept apart by the item above")
    named = look.stem is not None and look.stem in (one.kind, kind(place.name))
    sure = "high" if named and place is one.home else "medium" if look.shapes else "low"
    if look.shapes and place is one.home and is_whole(place, look):
        sure = "high"
    return ", ".join(parts), sure


def _section(place: Place, one: Found, schemas: Schemas) -> Words | None:
    """Which records a literal segment behind a collection means: all, or those with the property of its name."""
    if plain(place.name) in WHOLE or (is_batch(place.shape) and _by_key(place, one)):
        return {}
    if plain(place.shape.split("/")[-2]) in WHOLE and kind(place.name) == one.kind:
        return {}  # `/search/contacts`
    properties = schemas.properties(schemas.look_up(one.look.schema)) if one.look.schema else {}
    wanted = plain(place.name)
    for name, node in properties.items():
        if plain(name) in (wanted, f"is{wanted}", f"{wanted}flag") and "boolean" in schemas.kinds(node):
            return {name: True}
    return None


def _by_key(place: Place, one: Found) -> bool:
    """Whether a list takes the keys of the records that it shows: `/tickets/show_many?ids=1,2`."""
    wanted = {"ids", f"{plain(one.look.key or 'id')}s", f"{one.kind}ids"}
    listing = place.operations.get("list")
    return listing is not None and any(plain(each.name) in wanted for each in listing.parameters)


def _beside(
    operation: Operation, homes: Mapping[str, Found], by_shape: Mapping[str, Found], places: Mapping[str, Place],
    schemas: Schemas,
) -> Role:  # fmt: skip
    """The role of an operation that is at no resource's place: a batch, an action on an item, or nothing known."""
    if many := _many(operation, homes, schemas):
        return many
    if by := _by_property(operation, homes, schemas):
        return by
    about = below(operation.path)
    one = by_shape.get(about[0]) if about else None
    if about and one and about[0] == one.home.shape:
        sets = action(about[2], operation.method, one.look.schema, schemas) or _told(about[2], operation, schemas)
        if sets:
            (name,) = sets
            reason = f"`{about[2]}` sets `{name}`"
            return Role("act", reason, operation.pointer, "medium", one, one.home, sets=sets)
    return unknown(operation, _reason(operation, one, places))


def _whole_list(
    operation: Operation, place: Place, one: Found, tied: Relation | None, schemas: Schemas
) -> Role | None:  # fmt: skip
    """The role of an operation on a collection that is sent a list of records, or keys."""
    belongs = tied is None or tied.way == "field"
    if not belongs or shape_of(operation.path) != place.shape or (place is not one.home and tied is None):
        return None
    found = of_many(operation, one, schemas)
    if found is None:
        return None
    does, where, reason = found
    return Role(does, reason, operation.pointer, "high", one, place, tied, None, {"input": where})


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


def _many(operation: Operation, homes: Mapping[str, Found], schemas: Schemas) -> Role | None:
    """The role of an operation on many records."""
    found = batch(operation, homes, schemas)
    if found is None:
        return None
    one, does, where, reason = found
    return Role(does, reason, operation.pointer, "high", one, one.home, where={"input": where})


def item_above(path: str, homes: Mapping[str, Found]) -> Words | None:
    """The item of a resource that a path is about, or below: what answers a sample there needs it, too.

    `homes` are the resources by the shapes of their collections.
    """
    parts = path.rstrip("/").split("/")
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
    if not operation.path.rstrip("/").endswith("}"):
        what = "it shows no list of records with a key" if operation.method == "get" else "what it makes is never read"
        return f"{what}, and `{last}` names no action" if operation.method != "get" else what
    return f"no {plain(place.name)} are listed or made, so nothing can be there"
