"""Operations that attach records which exist to an item, and detach them: one, or many."""

from __future__ import annotations

from mockserver.spec.guess_kinds import Found
from mockserver.spec.guess_links import linked, names_many
from mockserver.spec.guess_places import PARAMETER, Place, shape_of
from mockserver.spec.guess_relations import Relation
from mockserver.spec.guess_role import Role, plural
from mockserver.spec.guess_shapes import Shape, body_media
from mockserver.spec.model import Operation
from mockserver.spec.schema import Schemas


def link(does: str, operation: Operation, place: Place, one: Found, tied: Relation, shape: Shape | None) -> Role:
    """Attaching, detaching and listing records that exist without the item above."""
    owner = f"$request.path.{place.owner(operation)}"
    if does == "list":
        return Role("list", "lists what was attached here", operation.pointer, "medium", one, place, tied, shape)
    sets = linked(tied.field, owner, does == "create")
    reason = "its body names a record that exists" if does == "create" else "takes away what was attached here"
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
    return Role("act", reason, operation.pointer, "medium", above, above.home, sets=sets)
