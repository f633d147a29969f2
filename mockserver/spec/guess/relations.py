"""How the records at a nested path belong to the item above: by which of their properties, or the item's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from mockserver.spec.guess.kinds import Found, names_existing
from mockserver.spec.guess.links import attaches_many, attaches_one
from mockserver.spec.guess.names import kind, plain, singular, stem
from mockserver.spec.guess.places import WHOLE, Place
from mockserver.spec.guess.shapes import body_media, item_shape, names_records
from mockserver.spec.model import Json
from mockserver.spec.schema import Schemas

HIDDEN = "~"  # begins the name of a field that no schema has and no answer shows


@dataclass(frozen=True, slots=True)
class Relation:
    """What ties records to the item that their path lies below."""

    way: str
    """'field': a field of theirs names it. 'listed': a field of its names them. 'linked': both exist alone, and are
    attached. 'joined': records of a third resource name both."""
    field: str  # `contact_id`, `parent.gid`, `projects.gid`, `~contact`
    resource: str | None  # of the item above; None where that isn't kept
    through: tuple[str, str] = ("", "")  # of 'joined': the third resource, and its field that names the item above

    @property
    def hidden(self) -> bool:
        """Whether it is kept in a field that the document doesn't have."""
        return self.field.startswith(HIDDEN)


def relation(
    place: Place, child: Found, parent: Found | None, found: Iterable[Found], schemas: Schemas
) -> Relation | None:  # fmt: skip
    """How the records at a place belong to the item above it; None when nothing tells. `found` are all resources."""
    if place is not child.home and place.shape.rpartition("/")[0] == child.home.shape and plain(place.name) in WHOLE:
        return relation(child.home, child, parent, found, schemas)  # `/objects/{}/records/query`
    name = parent.name if parent else None
    if place.typed and place.above is None:
        return Relation("field", f"{HIDDEN}{singular(place.name)}", None)
    own = kind(next((one for one in reversed((place.above or "").split("/")) if one not in ("{}", "")), ""))
    kinds = {own, parent.kind} if parent else {own}
    listed = _listed(place, child, parent, schemas) if parent else None
    if listed and (parent is child or "create" not in place.operations):
        return Relation("listed", listed, name)
    if parent is child:
        if plain(place.name).startswith(("sub", "child", "repl")) and (field := _named(child, {"parent"}, schemas)):
            return Relation("field", field, name)
    else:
        ways = (_named, _of_kind, _sent, _inside)
        field = next((field for way in ways if (field := way(child, kinds, schemas))), None)
        if field:
            return Relation("field", field, name)
        if parent and (joined := _through(child, parent, found, schemas)):
            return joined
    near = [one for one in (place, *child.places) if one.above == place.above and one is not child.home]
    if place is not child.home and (
        names_existing(place, child.look, schemas)
        or (kind(place.name) in (child.kind, child.look.stem) and any(attaches_one(one) for one in near))
        or (
            any("list" in one.operations for one in near)
            and any(attaches_many(one, child.look.stem, schemas) for one in near)
        )
    ):
        return Relation("linked", f"{HIDDEN}{own}s", name)
    if place is child.home or "create" in place.operations:
        return Relation("field", f"{HIDDEN}{own}", name)
    return None


def _properties(found: Found, schemas: Schemas) -> Mapping[str, Json]:
    return schemas.properties(schemas.look_up(found.look.schema)) if found.look.schema else {}


def _named(child: Found, kinds: set[str], schemas: Schemas) -> str | None:
    """A property named after the item above: `contact`, `contact_id`, `projects`."""
    endings = ("", "id", "gid", "uuid", "guid", "key", "ids", "gids")
    for name, node in _properties(child, schemas).items():
        if plain(name) in {one + ending for one in kinds for ending in endings} or kind(name) in kinds:
            field = names_records(name, node, schemas)
            if field:
                return field
    short = [  # `org_id` for an organization
        name for name, node in _properties(child, schemas).items()
        if (match := re.fullmatch(r"(\w{3,}?)_?[Ii]d", name)) and names_records(name, node, schemas) == name
        and any(one.startswith(plain(match[1])) for one in kinds)
    ]  # fmt: skip
    return short[0] if len(short) == 1 else None


def _inside(child: Found, kinds: set[str], schemas: Schemas) -> str | None:
    """A name of the item above in an object: `parent.database_id`, `relationships.company.data.id` (JSON:API)."""
    properties = _properties(child, schemas)
    for name, node in properties.items():
        members = schemas.properties(node) if "array" not in schemas.kinds(node) else {}
        for inner in members:
            if plain(inner) in {one + ending for one in kinds for ending in ("id", "gid", "uuid")}:
                return f"{name}.{inner}"
    linked = schemas.properties(properties["relationships"]) if "relationships" in properties else {}
    for name, node in linked.items():
        data = schemas.properties(node).get("data")
        if data is not None and kind(name) in kinds:
            return names_records(f"relationships.{name}.data", data, schemas)
    return None


def _of_kind(child: Found, kinds: set[str], schemas: Schemas) -> str | None:
    """The only property, at most two levels deep, whose schema is that of the item above, or may be of its type."""
    found = list(_schemas_of_kind(_properties(child, schemas), kinds, schemas, 0))
    exact = [one for one in found if kind(one.split(".")[-2] if "." in one else one) in kinds]
    only = exact if len(exact) == 1 else found
    return only[0] if len(only) == 1 else None


def _sent(child: Found, kinds: set[str], schemas: Schemas) -> str | None:
    """A property that a client sends and no answer shows, or whose type only the body tells: `workspace`, `item`."""
    operation = child.home.operations.get("create")
    media = body_media(operation) if operation else None
    shape = item_shape(media, child.home.name, schemas, child.look.schema) if media else None
    sent = schemas.properties(schemas.look_up(shape.schema)) if shape else {}
    shown = _properties(child, schemas)
    for name, node in sent.items():
        inner = schemas.properties(node)
        if name in shown and _types(inner, schemas) & kinds:
            return names_records(name, shown[name], schemas)
        if name not in shown and any(plain(name) in (one, f"{one}id", f"{one}gid") for one in kinds):
            return names_records(name, node, schemas)
    return None


def _through(child: Found, parent: Found, found: Iterable[Found], schemas: Schemas) -> Relation | None:
    """A third resource whose records name both: a team's users by `team_memberships` that name a user and a team."""
    ways = []
    for one in found:
        if one is child or one is parent or "member" not in one.kind:
            continue
        mine, its = _named(one, {child.kind}, schemas), _named(one, {parent.kind}, schemas)
        if mine and its and (parent.kind in one.kind or child.kind in one.kind):
            ways.append(Relation("joined", mine, parent.name, (one.name, its)))
    return ways[0] if len(ways) == 1 else None


def _schemas_of_kind(properties: Mapping[str, Json], kinds: set[str], schemas: Schemas, depth: int) -> Iterator[str]:
    for name, node in properties.items():
        inner = schemas.items(node) if "array" in schemas.kinds(node) else node
        if inner is None or "object" not in schemas.kinds(inner):
            continue
        members = schemas.properties(inner)
        if members and (_stems(inner, schemas) & kinds or _types(members, schemas) & kinds):
            if field := names_records(name, node, schemas):
                yield field
        elif depth == 0 and len(members) <= 4:
            yield from (f"{name}.{deeper}" for deeper in _schemas_of_kind(members, kinds, schemas, 1))


def _stems(node: Json, schemas: Schemas) -> set[str]:
    """The kinds of record that the components joined in a schema describe."""
    if not isinstance(node, dict):
        return set()
    named = [node, *(one for word in ("allOf", "oneOf", "anyOf") for one in node.get(word) or ())]
    found = {stem(one["$ref"][1:]) for one in named if isinstance(one, dict) and isinstance(one.get("$ref"), str)}
    return {one for one in found if one}


def _types(members: Mapping[str, Json], schemas: Schemas) -> set[str]:
    """What the `type` beside an id may be: `{id, type: file | folder}`."""
    node = schemas.follow(members.get("type") or {})
    if "id" not in members or not isinstance(node, dict):
        return set()
    return {plain(one) for one in node.get("enum") or () if isinstance(one, str)}


def _listed(place: Place, child: Found, parent: Found, schemas: Schemas) -> str | None:
    """The property of the item above that names the records below it: `tags` of a task for `/tasks/{}/tags`."""
    for name, node in _properties(parent, schemas).items():
        if plain(name) in (plain(place.name), f"{child.kind}ids") and "array" in schemas.kinds(node):
            return names_records(name, node, schemas)
    return None
