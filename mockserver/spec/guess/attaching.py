"""Operations that attach records which exist to an item, detach them, or show the one that it names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mockserver.spec.guess.kinds import LIKE, Found
from mockserver.spec.guess.links import linked, names_many
from mockserver.spec.guess.names import kind, plain
from mockserver.spec.guess.places import PARAMETER, Place, below, shape_of
from mockserver.spec.guess.relations import Relation
from mockserver.spec.guess.role import Role, plural
from mockserver.spec.guess.shapes import (
    Shape,
    body_media,
    item_shape,
    json_media,
    likeness,
    list_shape,
    names_records,
    success,
)
from mockserver.spec.model import Json, Operation
from mockserver.spec.schema import Schemas


def link(does: str, operation: Operation, place: Place, one: Found, tied: Relation, shape: Shape | None) -> Role:
    """Attaching, detaching and listing records that exist without the item above."""
    owner = f"$request.path.{place.owner(operation)}"
    if does == "list":
        return Role("list", "lists what was attached here", operation.pointer, "medium", one, place, tied, shape)
    sets = linked(tied.field, owner, does != "delete")
    named = "body" if does == "create" else "path"
    reason = f"its {named} names a record that exists" if does != "delete" else "takes away what was attached here"
    return Role("act", reason, operation.pointer, "medium", one, place, tied, shape, sets=sets)


def attached(
    operation: Operation, place: Place, one: Found, tied: Relation | None, above: Found | None, schemas: Schemas
) -> Role | None:  # fmt: skip
    """Attaching and detaching many records that a body names, or one that the path does."""
    adds, owner = operation.method != "delete", f"$request.path.{place.owner(operation)}"
    if tied and tied.way == "linked":
        keys = names_many(operation, place.name, one.look.stem, schemas)
        if keys and shape_of(operation.path) == place.shape and operation.method != "get":
            reason = f"its body names {plural(one)} that exist"
            sets = linked(tied.field, owner, adds)
            return Role(
                "batch-update", reason, operation.pointer, "medium", one, place, tied, None, {"input": keys}, sets
            )
    if tied is None or above is None or tied.way != "listed" or "." in tied.field:
        return None
    is_item = shape_of(operation.path) == f"{place.shape}/{{}}"
    if not is_item or body_media(operation) or operation.method in ("get", "patch"):
        return None
    key = PARAMETER.findall(operation.path)[place.shape.count("{}")][0]
    reason = f"{'adds to' if adds else 'takes out of'} `{tied.field}` above"
    sets = linked(tied.field, f"$request.path.{key}", adds)
    needs = {"resource": one.name, "key": f"$request.path.{key}"}
    return Role("act", reason, operation.pointer, "medium", above, above.home, sets=sets, needs=needs)


def to_one(
    operation: Operation, by_shape: Mapping[str, Found], found: Iterable[Found], schemas: Schemas
) -> Role | None:  # fmt: skip
    """The role of a read of the one record that an item names: `/deals/{id}/company` by its `company_id`."""
    about = below(operation.path.replace("/relationships/", "/")) if operation.method == "get" else None
    above = by_shape.get(about[0]) if about else None
    media = json_media(success(operation, "read")[1])
    if about is None or above is None or above.look.schema is None or media is None:
        return None
    properties = schemas.properties(schemas.look_up(above.look.schema))
    way = next(_ways(about[2], properties, schemas), None)
    shape = item_shape(media, about[2], schemas) if way else None
    if way is None or shape is None or list_shape(media, about[2], schemas):
        return None
    for one in found:
        named = one.kind == kind(about[2]) or one.look.schema == shape.schema
        shown = schemas.properties(schemas.look_up(shape.schema)).keys()
        alike = one.look.schema and likeness(schemas.look_up(shape.schema), schemas.look_up(one.look.schema), schemas)
        if one.home.above is None and named and "id" in shown and alike and alike >= LIKE:
            needs = {"resource": above.name, "key": f"$request.path.{about[1]}"}
            reason = f"shows the one that `{way}` above names"
            return Role("read", reason, operation.pointer, "medium", one, one.home, None, shape, needs=needs, key=way)
    return None


def _ways(name: str, properties: Mapping[str, Json], schemas: Schemas) -> Iterator[str]:
    """The ways from a record to the key of another one: `company_id`, `company.id`, `relationships.company.data.id`."""
    linked = schemas.properties(properties["relationships"]).get(name) if "relationships" in properties else None
    data = schemas.properties(linked).get("data") if linked is not None else None
    if data is not None and (way := names_records(f"relationships.{name}.data", data, schemas)):
        yield way
    for field, node in properties.items():
        if plain(field) in (plain(name), f"{plain(name)}id") and "array" not in schemas.kinds(node):
            way = names_records(field, node, schemas)
            if way and (way != field or plain(field) != plain(name)):
                yield way
