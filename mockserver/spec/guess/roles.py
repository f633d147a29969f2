"""What each operation does with which resource, and what in the document says so; or why that can't be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mockserver.spec.behaviour import Words
from mockserver.spec.guess.attaching import attached, link
from mockserver.spec.guess.batches import is_batch, of_many
from mockserver.spec.guess.calls import key_sent
from mockserver.spec.guess.elsewhere import beside, of_path
from mockserver.spec.guess.kinds import LIKE, LISTS, Found, Look, found_by, is_whole, names_existing
from mockserver.spec.guess.links import attaches_here
from mockserver.spec.guess.mine import of_mine
from mockserver.spec.guess.named import fields_named, last_parameter
from mockserver.spec.guess.names import kind, plain, singular
from mockserver.spec.guess.places import (
    ITEM_WORDS,
    WHOLE,
    Operations,
    Place,
    Route,
    shape_of,
)
from mockserver.spec.guess.puts import put_creates, put_of
from mockserver.spec.guess.receipts import is_receipt
from mockserver.spec.guess.relations import Relation, relation
from mockserver.spec.guess.role import Role, plural, unknown
from mockserver.spec.guess.shapes import Shape, body_media, item_shape, json_media, likeness, list_shape, success
from mockserver.spec.guess.trash import of_trash
from mockserver.spec.guess.upsert_roles import made_below, made_by_name, upserted
from mockserver.spec.guess.upserts import match_of
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
    ties, owners = _ties(found, by_shape, schemas)
    for place, one, tied, above in ties.values():
        for does, operation in place.operations.items():
            role = attached(operation, place, one, tied, above, schemas) or _role(
                does, operation, place, looks[place.shape], one, tied, schemas
            )
            result[by_route[operation.path, operation.method]] = role
    homes = {one.home.shape: one for one in found}
    lists = {(place.above, one.look.schema): (place, one, tied) for place, one, tied, _ in ties.values()}
    for route, operation in operations.items():
        if own := of_mine(operation, by_shape, found, schemas) or of_trash(operation, by_shape, schemas):
            result[route] = own
        elif route not in result:
            known = ties.get(shape_of(operation.path))
            near = known and (attached(operation, *known, schemas) or _whole_list(operation, *known[:3], schemas))
            at_item = ties.get(shape_of(operation.path)[:-3]) if operation.method == "post" else None
            near = near or (made_by_name(operation, *at_item[:3], schemas) if at_item else None)
            near = near or made_below(operation, lists, schemas)
            near = near or of_path(operation, homes, by_shape, found, schemas)
            result[route] = near or beside(operation, homes, by_shape, places, schemas)
        elif result[route].resource is None:
            result[route] = of_path(operation, homes, by_shape, found, schemas) or result[route]
    return result, owners


Tie = tuple[Place, Found, Relation | None, Found | None]
"""A place, the resource whose records it shows, how they belong to the item above, and that item's resource."""


def _ties(
    found: Sequence[Found], by_shape: Mapping[str, Found], schemas: Schemas
) -> tuple[dict[str, Tie], dict[str, Relation]]:  # fmt: skip
    """The ties of all places, by shape; and what the records of each resource belong to, by its name."""
    owners: dict[str, Relation] = {}
    ties: dict[str, Tie] = {}
    for one in found:
        for place in one.places:
            above = by_shape.get(place.above or "")
            tied = relation(place, one, above, found, schemas) if place.above is not None or place.typed else None
            if tied and tied.way == "field" and (place is one.home or _makes_them(place, one)):
                owners.setdefault(one.name, tied)
            ties[place.shape] = (place, one, tied, above)
    both = {(one.name, above.name): tied for _, one, tied, above in ties.values() if tied and above}
    for shape, (place, one, tied, above) in ties.items():
        other = both.get((above.name, one.name)) if above and tied is None else None
        if above and other and other.way == "linked":  # the same from the other end: `/contacts/{id}/lists`
            ties[shape] = (place, one, Relation("listed", other.field, above.name), above)
    return ties, owners


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
    if does == "change" and shape and put_creates(operation, place, schemas):
        does = "create"
    if doubt := _doubt(does, operation, place, look, one, tied, schemas):
        return unknown(operation, doubt)
    if tied and tied.way == "linked" and (does in ("create", "delete", "list") or attaches_here(does, operation)):
        by_key = does != "create" or names_existing(place, one.look, schemas)
        match = {} if by_key else match_of(operation, one, schemas)
        if not by_key and not match:
            return unknown(operation, f"what it makes is not known to be one of the {plural(one)}")
        return replace(link(does, operation, place, one, tied, shape), match=match)
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
    if place.called and does in ITEM_WORDS and not key_sent(operation, one.look.key or "id", one.kind, schemas):
        return f"which of the {many} it is about isn't told"
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
    if does not in ITEM_WORDS or place.called:
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
    if kind(place.name) == one.kind and place.name != one.home.name:
        return {}  # `/contacts` lists what `/contact/{id}` shows
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
