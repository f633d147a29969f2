"""How a path names a record: by its key, or by another of its properties, such as `/companies/{domain}`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mockserver.spec.behaviour import Words
from mockserver.spec.guess.kinds import Found
from mockserver.spec.guess.names import kind, plain
from mockserver.spec.guess.places import PARAMETER, Place
from mockserver.spec.model import Json, Operation
from mockserver.spec.schema import Schemas

EITHER = re.compile(r"_or_|-or-|Or(?=[A-Z])")
BY = re.compile(r"^(find|get|lookup|search)?by", re.IGNORECASE)


def fields_named(parameter: str, place: Place, one: Found, schemas: Schemas) -> tuple[str, ...] | None:
    """The properties by which a path's parameter names a record: its key, or others; None where that isn't told.

    `id_or_email` names it by either.
    """
    key = one.look.key or "id"
    own = {plain(key), "id", *map(plain, one.home.keys()), one.kind + plain(key), f"{one.kind}id"}
    own = (own | {kind(place.name) + plain(key)}) - {plain(one.look.named)}
    properties = schemas.properties(schemas.look_up(one.look.schema)) if one.look.schema else {}
    parts = [plain(one) for one in EITHER.split(parameter)]
    if len(parts) == 1 and parts[0] in own:
        return (key,)
    found: list[str] = []
    for part in parts:
        named = next((name for name in properties if plain(name) in (part, part.removeprefix(one.kind))), None)
        if part in own or named:
            found.append(key if part in own else str(named))
        else:
            return None
    return tuple(found)


def by_property(path: str, homes: Mapping[str, Found], schemas: Schemas) -> tuple[Found, str, str] | None:
    """The resource, the property and the parameter of a path that says by what it names a record.

    `/contacts/by-email/{email}`, `/accounts/External_Id/{value}`.
    """
    match = re.fullmatch(r"(.+)/([^/{}]+)/\{([^{}/]+)\}", path.rstrip("/"))
    one = homes.get(PARAMETER.sub("{}", match[1])) if match else None
    if match is None or one is None or one.look.schema is None:
        return None
    wanted = {plain(match[2]), BY.sub("", plain(match[2]))}
    for name, node in schemas.properties(schemas.look_up(one.look.schema)).items():
        if plain(name) in wanted and schemas.is_scalar(node):
            return one, name, match[3]
    return None


def key_words(name: str, parameter: str, fields: tuple[str, ...]) -> Json:
    """The key of the record that a path names by one of some fields."""
    return {"$find": [name, f"$request.path.{parameter}", *fields]}


def keys_of(name: str, match: Mapping[str, Json]) -> Json:
    """The key of the record that has one of the values that are sent for some fields, the first of them first."""
    ways: list[Words] = [{"$find": [name, value, field]} for field, value in match.items()]
    return ways[0] if len(ways) == 1 else {"$first": ways}


def last_parameter(operation: Operation, place: Place) -> str:
    """The parameter that names a record of a place."""
    names: list[str] = [match[1] for match in PARAMETER.finditer(operation.path)]
    return names[min(place.shape.count("{}"), len(names) - 1)]
