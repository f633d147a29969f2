"""What bodies look like: where the record or the list of records stands in them, and what stands around it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from mockserver.spec.behaviour import Words
from mockserver.spec.guess.names import KEYS as NAMES
from mockserver.spec.guess.names import plain, singular
from mockserver.spec.model import Json, Operation, Response
from mockserver.spec.schema import Schemas

ENVELOPES = ("data", "result", "response", "item", "record", "object", "payload", "attributes", "content", "body")
LISTS = ("data", "items", "results", "records", "entries", "values", "list", "rows", "content", "elements", "objects")
RANGES = ("*/*", "application/*")
ONLY = "0"  # in a way: the only member of a list
IDS = frozenset({"id", "gid", "uuid", "guid"})
KEYS = frozenset({"id", "gid", "uuid", "guid", "key", "name", "slug", "code", "email"})


@dataclass(frozen=True, slots=True)
class Shape:
    """Where a record, or the array of records, stands in a body: the way of property names to it, and its schema."""

    way: tuple[str, ...]  # `0` for the only member of a list
    schema: str  # pointer of the record's schema; of one item, in a list
    each: tuple[str, ...] = ()  # the way within an item of a list whose records are wrapped: `[{"data": {…}}]`


def success(operation: Operation, does: str | None = None) -> tuple[int | None, Response | None]:
    """The status and response of success: 201 for what makes a record, else the lowest 2XX declared, else a
    redirection, else `default`; what is declared, where no success is."""
    makes = does in ("create", "batch-create")
    if makes and "201" in operation.responses:
        return 201, operation.responses["201"]
    for status in sorted(operation.responses):
        if len(status) == 3 and status[0] == "2" and status.isdecimal():
            return int(status), operation.responses[status]
    if "2XX" in operation.responses:
        return 200, operation.responses["2XX"]
    away = sorted(status for status in operation.responses if re.fullmatch(r"3\d\d", status))
    if not away and "default" in operation.responses:
        return 200, operation.responses["default"]
    said = sorted(status for status in operation.responses if status[0] != "1")  # an interim response is none
    for status in away or said:  # no success is declared: then what is
        return int(status.replace("XX", "00")), operation.responses[status]
    return None, None


def json_media(response: Response | None) -> str | None:
    """The pointer of a response's JSON schema; a range of types, `*/*`, is JSON where no other type is."""
    if response is None:
        return None
    types = [(one.type.partition(";")[0], one.schema) for one in response.media if one.schema]
    ranges = (schema for name, schema in types if name in RANGES)
    return next((schema for name, schema in types if name.endswith("json")), next(ranges, None))


def body_media(operation: Operation) -> str | None:
    """The pointer of a request body's schema: JSON first, then forms and ranges of types."""
    media = operation.body.media if operation.body else ()
    wanted = [one.schema for one in media if one.schema and one.type.partition(";")[0].endswith("json")]
    others = [one.schema for one in media if one.schema and ("form" in one.type or one.type in RANGES)]
    return next(iter((*wanted, *others)), None)


def item_shape(pointer: str, resource: str, schemas: Schemas, record: str | None = None) -> Shape | None:
    """Where one record stands in a body; None when the body is no object.

    What is known as a property of the record (whose schema `record` points at) is no envelope around it.
    """
    node = schemas.look_up(pointer)
    properties = schemas.properties(node)
    if not properties:
        return None
    known = schemas.properties(schemas.look_up(record)) if record else {}
    bare = {plain(name) for name in properties} & (KEYS - {"name", "code", "key"})
    if not bare:
        for name in _inner(properties, resource):
            within = schemas.member(pointer, name)
            if name not in known and within and schemas.properties(schemas.look_up(within)):
                return _deeper(Shape((name,), within), schemas)
    return Shape((), schemas.resolve(pointer))


def _deeper(shape: Shape, schemas: Schemas) -> Shape:
    """`{"data": {"createPerson": {…}}}`: an envelope whose only member is an object with a key holds another."""
    members = schemas.properties(schemas.look_up(shape.schema))
    within = schemas.member(shape.schema, next(iter(members))) if len(members) == 1 else None
    inner = schemas.properties(schemas.look_up(within)) if within else {}
    return Shape((*shape.way, *members), within) if within and inner.keys() & IDS else shape


def _inner(properties: Mapping[str, Json], resource: str) -> Iterator[str]:
    """The properties that may hold the record, the likeliest first."""
    own = plain(singular(resource))
    ranked = [name for name in properties if plain(name) in (own, plain(resource))]
    yield from ranked
    yield from (name for name in ENVELOPES if name in properties and name not in ranked)
    if len(properties) == 1:
        yield from (name for name in properties if name not in ranked and name not in ENVELOPES)


def list_shape(pointer: str, resource: str, schemas: Schemas, depth: int = 0) -> Shape | None:
    """Where a list of records stands in a body; None when there is none, or the body is itself a record."""
    items = schemas.items_pointer(pointer)
    if items is not None:
        return _of_items((), items, resource, schemas)
    if depth > 2:
        return None
    properties = schemas.properties(schemas.look_up(pointer))
    if properties.keys() & IDS:
        return None
    arrays, objects = [], []
    for name, node in properties.items():
        kinds = schemas.kinds(node)
        if "array" in kinds and len(kinds) < 6:
            arrays.append(name)
        elif kinds <= {"object", "null"}:
            objects.append(name)
    for name in sorted(arrays, key=lambda one: _rank(one, resource)):
        within = schemas.member(pointer, name)
        found = schemas.items_pointer(within) if within else None
        named = _rank(name, resource) < len(LISTS) + 1
        if found and (named or len(arrays) == 1) and "object" in schemas.kinds(schemas.look_up(found)):
            return _of_items((name,), found, resource, schemas)
    for name in objects:
        if (plain(name) in map(plain, (*ENVELOPES, "_embedded", "embedded", resource))) and (
            within := schemas.member(pointer, name)
        ):
            found_shape = list_shape(within, resource, schemas, depth + 1)
            if found_shape:
                return replace(found_shape, way=(name, *found_shape.way))
    return None


def sends_many(operation: Operation, name: str, schemas: Schemas) -> Shape | None:
    """Where a body has a list of records, bare or with hardly anything beside it: `[{…}]`, `{"data": [{…}]}`."""
    media = body_media(operation)
    if media is None or _says_much(schemas.look_up(media), schemas):
        return None
    shape = list_shape(media, name, schemas)
    if shape is None or shape.each or "object" not in schemas.kinds(schemas.look_up(shape.schema)):
        return None
    pointer, beside = media, list[Json]()
    for part in shape.way:
        beside += [one for field, one in schemas.properties(schemas.look_up(pointer)).items() if field != part]
        pointer = schemas.member(pointer, part) or pointer
    if not beside:
        return shape
    named = _rank(shape.way[-1], name) <= len(LISTS) and len(beside) < 3
    return shape if named and not any(_holds_objects(one, schemas) for one in beside) else None


def _says_much(node: Json, schemas: Schemas) -> bool:
    """Whether a body, or what its only member holds, has too many properties to be but a list: most are told so."""
    for _ in range(2):
        known = schemas.properties(node)
        if len(known) > 3:
            return True
        if len(known) != 1:
            return False
        (node,) = known.values()
    return False


def _holds_objects(node: Json, schemas: Schemas) -> bool:
    items = schemas.items(node)
    return "object" in schemas.kinds(node if items is None else items)


def _of_items(way: tuple[str, ...], items: str, resource: str, schemas: Schemas) -> Shape:
    """Where records stand in a list: bare, or each in an envelope of its own, `{"data": {…}, "meta": {…}}`."""
    members = schemas.properties(schemas.look_up(items))
    if members.keys() & IDS or not all("object" in schemas.kinds(one) for one in members.values()):
        return Shape(way, items)
    for name in _inner(members, resource):
        within = schemas.member(items, name)
        if within and schemas.properties(schemas.look_up(within)).keys() & IDS:
            return Shape(way, within, (name,))
    return Shape(way, items)


def is_blank(pointer: str, schemas: Schemas) -> bool:
    """Whether a schema says nothing but that there is a value, or an object: `{}`, `{type: object, properties: {}}`."""
    node = schemas.look_up(pointer)
    if schemas.properties(node) or schemas.items_pointer(pointer) is not None or schemas.closed(node):
        return False
    values = any(isinstance(part.get("additionalProperties"), dict) for part in schemas.parts(node))
    return not values and "object" in schemas.kinds(node)


def branches(pointer: str, schemas: Schemas) -> list[str]:
    """The components that a schema is one of: more than one where records are of several sorts."""
    node = schemas.follow(schemas.look_up(pointer))
    found = [one for word in ("oneOf", "anyOf") for one in (node.get(word) or ())] if isinstance(node, dict) else []
    named = [one.get("$ref") for one in found if isinstance(one, dict)]
    return list(dict.fromkeys(one.rpartition("/")[2] for one in named if isinstance(one, str)))


def _rank(name: str, resource: str) -> int:
    if plain(name) in (plain(resource), plain(singular(resource))):
        return 0
    return LISTS.index(name) + 1 if name in LISTS else len(LISTS) + 1


def likeness(one: Json, other: Json, schemas: Schemas) -> float:
    """How much two object schemas name the same properties: 0 to 1, of the smaller one's."""
    names, others = set(schemas.properties(one)), set(schemas.properties(other))
    return len(names & others) / min(len(names), len(others)) if names and others else 0.0


def wrapped(way: tuple[str, ...], inner: Json, around: Words | None = None) -> Json:
    """A template with `inner` at the end of a way: (`data`,), `$record` -> {data: $record}; `0` is a list of one."""
    for name in reversed(way):
        inner = [inner] if name == ONLY else {name: inner}
    return {**around, **inner} if around and isinstance(inner, dict) else inner


def names_records(name: str, node: Json, schemas: Schemas) -> str | None:
    """The way from a property to the key of the record, or keys of the records, that it holds; None if it holds none.

    `contact_id`, `contact.id`, `projects.gid`.
    """
    node = schemas.items(node) if "array" in schemas.kinds(node) and schemas.items(node) else node
    kinds = schemas.kinds(node)
    if kinds & {"string", "integer"} and len(kinds) < 6:
        return None if _is_text(schemas.follow(node)) else name
    properties = schemas.properties(node)
    key = next((one for one in NAMES if one in properties), None)
    return f"{name}.{key}" if key else None


def _is_text(node: Json) -> bool:
    return isinstance(node, dict) and (node.get("format") in ("date-time", "date", "uri", "email") or "enum" in node)
