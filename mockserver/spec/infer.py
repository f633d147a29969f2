"""Guesses x-mock from what an OpenAPI document says anyway: methods, paths, parameter and property names, schemas.

`understand` yields the same words that an annotation yields, with the annotation laid over them. What is doubtful stays
a `sample`, with the reason beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mockserver.spec.behaviour import Said, laid_over
from mockserver.spec.errors import SpecError, nearest
from mockserver.spec.guess.answers import Custom, custom_of
from mockserver.spec.guess.elsewhere import item_above
from mockserver.spec.guess.kinds import Found, lists, look_at, resources
from mockserver.spec.guess.limits import limits_of
from mockserver.spec.guess.names import plain, singular
from mockserver.spec.guess.operations import operation_words
from mockserver.spec.guess.places import ON_COLLECTION, ON_ITEM, Operations, Route, names_item, places
from mockserver.spec.guess.relations import Relation
from mockserver.spec.guess.resources import IdsOf, ids_of_referrers, referrers, resource_words
from mockserver.spec.guess.role import Role
from mockserver.spec.guess.roles import roles
from mockserver.spec.guess.trash import without_trash
from mockserver.spec.model import Api, Operation
from mockserver.spec.schema import Schemas


@dataclass(frozen=True, slots=True)
class Understanding:
    """The x-mock of a whole document: by resource, and by (path, method); and what the guesses rest on."""

    resources: Mapping[str, Said]
    operations: Mapping[Route, Said]
    doubts: Mapping[Route, str]  # why operations are samples
    roles: Mapping[Route, Role] = field(default_factory=dict)
    limits: Said = field(default_factory=lambda: Said({}, frozenset()))  # the root's `limits`


def understand(api: Api, schemas: Schemas, ids_of: IdsOf) -> Understanding:
    """Everything that can be guessed, and over it what the document gives; `ids_of` reads the form of ids off examples.

    Raises SpecError for contradictions.
    """
    operations = {route: api.operation(*route) for route in api.routes if route not in api.broken}
    known = places(operations, lambda one: lists(one, schemas))
    looks = {shape: look_at(place, schemas) for shape, place in known.items()}
    found = resources(without_trash(known, looks), looks, schemas)
    guesses, owners = roles(operations, known, looks, found, schemas)
    by_role = {id(role): operations[route] for route, role in guesses.items()}
    custom = custom_of(guesses.values(), by_role, schemas)
    said = _resources(api, operations, guesses, found, owners, schemas, ids_of)
    homes = {one.home.shape: one for one in found if one.name in said}
    result, doubts = {}, {}
    for route, operation in operations.items():
        result[route], doubt = _operation(api, operation, guesses[route], said, schemas, custom, homes)
        if doubt and result[route].words.get("does") == "sample":
            doubts[route] = doubt
    return Understanding(said, result, doubts, guesses, limits_of(api, operations, schemas))


def _operation(
    api: Api, operation: Operation, role: Role, resources: Mapping[str, Said], schemas: Schemas, custom: Custom,
    homes: Mapping[str, Found],
) -> tuple[Said, str | None]:  # fmt: skip
    """The words of one operation, and why it is a sample, if it is one. Raises SpecError for an unknown resource."""
    given = operation.given
    name = given.get("resource") or (role.resource.name if role.resource else None)
    if name is not None and name not in resources:
        where = api.document.position(operation.pointer + "/x-mock")
        raise SpecError(f"there is no resource {name!r}{nearest(name, resources)}", where)
    does = given.get("does") or (_by_method(operation, schemas) if name and not role.resource else role.does)
    words, doubt = operation_words(
        operation, does, name, resources[name].words if name else {}, role if role.does == does else None, schemas,
        custom,
    )  # fmt: skip
    if words["does"] == "sample" and (above := item_above(operation.path, homes)):
        words["parent"] = above
    return laid_over(words, given), doubt or (role.reason if does == "sample" else None)


def _by_method(operation: Operation, schemas: Schemas) -> str:
    """What an operation does with the resource that its document gives it, by its method and path alone."""
    is_item = names_item(operation.path) is not None
    if operation.method == "get" and not is_item:
        return "list" if lists(operation, schemas) else "read"
    return (ON_ITEM if is_item else ON_COLLECTION).get(operation.method, "sample")


def _resources(
    api: Api, operations: Operations, guesses: Mapping[Route, Role], found: list[Found],
    owners: Mapping[str, Relation], schemas: Schemas, ids_of: IdsOf,
) -> dict[str, Said]:  # fmt: skip
    """The words of every resource: those that were found, and those that the document names itself."""
    given = api.given.get("resources") or {}
    by_name: dict[str, list[Operation]] = {name: [] for name in given}
    for route, operation in operations.items():
        role = guesses[route]
        guessed = role.resource.name if role.resource and role.does != "act" else None
        name = operation.given.get("resource", guessed)
        if name is not None and (name in by_name or name == guessed or any(one.name == name for one in found)):
            by_name.setdefault(name, []).append(operation)
    homes = {one.name: one for one in found if one.name in by_name}
    kinds = {plain(singular(name)): name for name in by_name}
    for one in homes.values():
        kinds.setdefault(one.look.stem or one.kind, one.name)
    words = {
        name: resource_words(
            name, own, given.get(name) or {}, homes.get(name), kinds, _owner(owners.get(name), by_name), schemas, ids_of
        )
        for name, own in by_name.items()
    }
    for role in guesses.values():
        tied, name = role.relation, role.resource.name if role.resource else None
        if (role.trash or role.does == "restore") and name in words:
            words[name]["trash"] = True
        if tied and tied.way == "linked" and tied.resource in words and name in words:
            linked = {tied.field: {"resource": tied.resource, "must-exist": False, "many": True}}
            words[name]["references"] = {**words[name].get("references", {}), **linked}
    naming = referrers(words, schemas)
    for name, own_words in words.items():
        ids = ids_of_referrers(own_words.get("ids"), naming.get(name, ()), schemas, ids_of)
        if ids and own_words.get("ids", "{digits:8}") == "{digits:8}":
            own_words["ids"] = ids
    return {name: laid_over(own_words, given.get(name) or {}) for name, own_words in words.items()}


def _owner(owner: Relation | None, known: Mapping[str, object]) -> Relation | None:
    return owner if owner and (owner.resource is None or owner.resource in known) else None
