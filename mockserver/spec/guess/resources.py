"""What the records of a resource are: their schema, key, order, times, defaults, references and links to themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from mockserver.spec.behaviour import Words
from mockserver.spec.guess.calls import call_of, key_sent
from mockserver.spec.guess.kinds import ORDER, Found, Look
from mockserver.spec.guess.names import is_created, is_updated, key_of, kind, plain, stem
from mockserver.spec.guess.places import item_path, names_item
from mockserver.spec.guess.references import references
from mockserver.spec.guess.relations import HIDDEN, Relation
from mockserver.spec.guess.shapes import body_media, item_shape, json_media, likeness, list_shape, success
from mockserver.spec.model import Json, Operation
from mockserver.spec.schema import Schemas

IdsOf = Callable[[Sequence[Json], str | None, Mapping[str, Json]], str | None]
MERGED = frozenset(
    {"properties", "attributes", "custom_attributes", "metadata", "custom_fields", "custom", "relationships"}
)
TAKEN = re.compile(r"already (exists?|taken|in use|used|registered)|must be unique|unique (across|within|per|for each)"
                   r"|duplicate")  # fmt: skip
TAKEN_WORDS = ("already", "unique", "duplicate")  # one of which TAKEN always has
OWN_LINK = re.compile(r"self|href|url|link|uri|resource_?ur[il]|api_?url|self_?(link|url)|_self", re.IGNORECASE)
TYPES = ("type", "object", "resource_type", "kind", "_type", "objectType")
COUNT = re.compile(r"(^|_)(count|num|total)(_|$)|Count$", re.IGNORECASE)


def resource_words(
    name: str, operations: Sequence[Operation], given: Words, found: Found | None, kinds: Mapping[str, str],
    owner: Relation | None, schemas: Schemas, ids_of: IdsOf,
) -> Words:  # fmt: skip
    """The words of `$defs/resource` for one resource, from the operations on it; `kinds` are all resources' names."""
    pointer = given.get("schema", "").removeprefix("#") or _stored(name, operations, found, schemas)
    if pointer is None:
        return {"key": "id"}
    properties = schemas.properties(schemas.look_up(pointer))
    look = found.look if found else None
    key = given.get("key") or _key(name, properties, operations, look, schemas)
    named = look.named if look and look.named in properties else ""
    key = f"{HIDDEN}id" if named and named == key else key
    member = _member(name, properties, operations, schemas) if key == "id" else None
    fields = {**properties, **_held(properties, schemas)}
    created = [field for field in fields if is_created(field.rpartition(".")[2])]
    touched = [field for field in fields if is_updated(field.rpartition(".")[2])]
    order = next((one for one in created if one in properties and _is_moment(properties[one], schemas)), None)
    words: Words = {
        "schema": f"#{pointer}",
        "key": f"{HIDDEN}id" if member else key,
        "ids": _ids(member or key, {**properties, **_of_key(properties, member, schemas)}, operations, schemas, ids_of),
        "order": [f"-{order}"] if order else [],
        "on-create": {field: _now(fields[field], schemas) for field in (*created, *touched)},
        "on-update": {field: _now(fields[field], schemas) for field in touched},
        "defaults": {**_owned(name, properties, schemas), **_defaults(operations, properties, schemas)},
        "merge": [field for field in properties if field in MERGED and _is_map(properties[field], schemas)],
        "computed": {**_links(name, found, key, properties, schemas), **_computed_key(properties, member, schemas)},
        "references": references(name, properties, kinds, owner, schemas),
        "unique": _unique(operations, properties, key, "" if owner and key[0] != HIDDEN else named, schemas),
        "parent": {"resource": owner.resource, "field": owner.field} if owner and owner.resource else None,
    }
    return {word: value for word, value in words.items() if value not in ({}, [], None)}


def _key(
    name: str, properties: Mapping[str, Json], operations: Sequence[Operation], look: Look | None, schemas: Schemas
) -> str:  # fmt: skip
    if look and look.key and look.key in properties:
        return look.key
    wanted = [last for one in operations if (last := names_item(one.path))]
    return key_of(name, properties, wanted, schemas.is_scalar) or "id"


def _held(properties: Mapping[str, Json], schemas: Schemas) -> dict[str, Json]:
    """The fields of a record whose fields stand in `attributes`, as in JSON:API."""
    inner = schemas.properties(properties["attributes"]) if "attributes" in properties else {}
    return {f"attributes.{name}": node for name, node in inner.items()}


def _of_key(properties: Mapping[str, Json], member: str | None, schemas: Schemas) -> Mapping[str, Json]:
    """The members of an `id` that is an object."""
    return schemas.properties(properties["id"]) if member else {}


def _member(
    name: str, properties: Mapping[str, Json], operations: Sequence[Operation], schemas: Schemas
) -> str | None:  # fmt: skip
    """The member of an `id` that is an object, such as `{workspace_id, note_id}`, that tells records apart."""
    node = properties.get("id")
    if node is None or schemas.kinds(node) - {"object", "null"}:
        return None
    members = [one for one, inner in schemas.properties(node).items() if schemas.kinds(inner) & {"string", "integer"}]
    asked = [last for one in operations if (last := names_item(one.path))]
    wanted = [*map(plain, asked), *(f"{plain(one)}id" for one in asked), f"{kind(name)}id"]
    return next((one for each in wanted for one in members if plain(one) == each), next(reversed(members), None))


def _computed_key(properties: Mapping[str, Json], member: str | None, schemas: Schemas) -> Words:
    """An `id` that is an object: one member tells records apart, the others are as they were made."""
    names = _of_key(properties, member, schemas)
    value = {one: f"$record.{HIDDEN}id" if one == member else f"$record.id.{one}" for one in names}
    return {"id": value} if names else {}


def _stored(name: str, operations: Sequence[Operation], found: Found | None, schemas: Schemas) -> str | None:
    """The schema of a stored record: what an answer shows of one, or the component of its name that holds all that."""
    shown = found.look.schema if found else _shown(name, operations, schemas)
    wanted = kind(name)
    for component in schemas.components_by(plain).get(wanted, ()):
        pointer = schemas.resolve(f"/components/schemas/{component}")
        if shown is None or likeness(schemas.look_up(pointer), schemas.look_up(shown), schemas) > 0.5:
            return pointer if shown is None or stem(shown) is None or _more(pointer, shown, schemas) else shown
    return shown


def _more(pointer: str, shown: str, schemas: Schemas) -> bool:
    one, other = (schemas.properties(schemas.look_up(at)) for at in (pointer, shown))
    return len(one) >= len(other)


def _shown(name: str, operations: Sequence[Operation], schemas: Schemas) -> str | None:
    """The record's schema where a document names the resource and its place wasn't found."""
    for does, operation in sorted(_roles(operations), key=lambda one: ORDER.index(one[0])):
        media = json_media(success(operation, does)[1])
        shape = None
        if media:
            shape = list_shape(media, name, schemas) if does == "list" else item_shape(media, name, schemas)
        if shape and schemas.properties(schemas.look_up(shape.schema)):
            return shape.schema
    return None


def _roles(operations: Sequence[Operation]) -> list[tuple[str, Operation]]:
    roles = []
    for one in operations:
        item = names_item(one.path) is not None
        does = {"get": "read" if item else "list", "post": "update" if item else "create", "put": "replace",
                "patch": "update"}  # fmt: skip
        if one.method in does:
            roles.append((does[one.method], one))
    return roles


def _ids(
    key: str, properties: Mapping[str, Json], operations: Sequence[Operation], schemas: Schemas, ids_of: IdsOf
) -> str | None:
    """The form of keys: by the key's schema and its examples, else by those of the item's path parameter."""
    asked = _in_path(operations, schemas)
    node = schemas.follow(properties.get(key) or asked)
    if not isinstance(node, dict):
        return None
    known = _examples(node)
    for one in () if known else operations:
        for parameter in one.parameters:
            if parameter.location == "path" and names_item(one.path) == parameter.name:
                known += _examples(schemas.follow(schemas.look_up(parameter.schema)))
                known += _examples(schemas.look_up(parameter.pointer))
    found = ids_of(known, node.get("pattern"), node)
    if found is None and known and isinstance(known[0], str) and known[0].isdigit():
        return "{digits:8}"
    return found or _asked(asked, schemas, ids_of)


def _asked(node: Json, schemas: Schemas, ids_of: IdsOf) -> str | None:
    """The form of keys that the paths ask for, where the records tell nothing: a key that no path takes is none."""
    node = schemas.follow(node)
    found = ids_of([], node.get("pattern"), node) if isinstance(node, dict) else None
    return "1{digits:7}" if found == "{integer}" else found  # as text, and no zero ahead, which a number would lose


def referrers(words: Mapping[str, Words], schemas: Schemas) -> dict[str, list[Json]]:
    """The fields of records that name other records, in the document's order, by the resource that they name."""
    found: dict[str, list[Json]] = {}
    for one in words.values():
        references = one.get("references") or {}
        has = schemas.properties(schemas.look_up(one["schema"].removeprefix("#"))) if references else {}
        for field, reference in references.items():
            found.setdefault(reference["resource"], []).append(schemas.follow(has.get(field) or {}))
    return found


def _in_path(operations: Sequence[Operation], schemas: Schemas) -> Json:
    """The schema of the parameter that names a record, where no property does."""
    ends = ((one, last) for one in operations if (last := names_item(one.path)))
    named = (
        each.schema for one, name in ends for each in one.parameters if (each.location, each.name) == ("path", name)
    )
    found = next((schemas.look_up(one) for one in named), None)
    return _in_call(operations, schemas) if found is None else found


def _in_call(operations: Sequence[Operation], schemas: Schemas) -> Json:
    """The schema of what a call says in its body or query of which record it is about."""
    for one in operations:
        where = key_sent(one, "id", "", schemas) if call_of(one.path) else None
        name = where.rpartition(".")[2] if where else ""
        if where and where.startswith("$request.body."):
            return schemas.properties(schemas.look_up(body_media(one) or ""))[name]
        if where:
            return next(schemas.look_up(each.schema) for each in one.parameters if each.name == name)
    return {}


def ids_of_referrers(own: str | None, fields: Iterable[Json], schemas: Schemas, ids_of: IdsOf) -> str | None:
    """The form of keys that nothing shows but the fields of other records that name them."""
    for node in fields:
        if not isinstance(node, dict):
            continue
        kinds = schemas.kinds(node)
        if "integer" in kinds and "string" not in kinds:
            return "1{digits:7}"  # no zero ahead, which a number would lose
        if own:
            continue
        found = ids_of(_examples(node), None, node) if "string" in kinds and len(kinds) < 6 else None
        if found:
            return found
    return None


def _examples(node: Json) -> list[Json]:
    if not isinstance(node, dict):
        return []
    named = node.get("examples")
    found = [one.get("value") for one in named.values() if isinstance(one, dict)] if isinstance(named, dict) else named
    return [*(found or ()), *([node["example"]] if "example" in node else [])]


def _is_moment(node: Json, schemas: Schemas) -> bool:
    """Whether a property holds a time by which records can be put in order."""
    kinds = schemas.kinds(node)
    return bool(kinds & {"string", "integer", "number"}) and len(kinds) < 6


def _now(node: Json, schemas: Schemas) -> str:
    """The present as a property's type and format have it."""
    node = schemas.follow(node)
    kinds = schemas.kinds(node)
    if "string" not in kinds and kinds & {"integer", "number"}:
        example = next(iter(_examples(node)), 0)
        return "$now.unix-ms" if isinstance(example, int) and example > 10**11 else "$now.unix"
    return "$now.date" if isinstance(node, dict) and node.get("format") == "date" else "$now"


def _is_map(node: Json, schemas: Schemas) -> bool:
    return "object" in schemas.kinds(node) and "array" not in schemas.kinds(node)


def _making(operations: Iterable[Operation]) -> list[Operation]:
    return [one for one in operations if one.method == "post" and not names_item(one.path)]


def _defaults(operations: Sequence[Operation], properties: Mapping[str, Json], schemas: Schemas) -> Words:
    """The `default`s of the record's properties, of the body that makes one, and of the filters of a list: what is
    made is listed."""
    sent = [schemas.properties(schemas.look_up(media)) for one in _making(operations) if (media := body_media(one))]
    found: Words = {}
    for group in (properties, *sent):
        for name, node in group.items():
            node = schemas.follow(node)
            if isinstance(node, dict) and "default" in node and name in properties:
                found.setdefault(name, node["default"])
    for one in operations:
        for parameter in one.parameters if one.method == "get" else ():
            node = schemas.follow(schemas.look_up(parameter.schema)) if parameter.name in properties else {}
            if isinstance(node, dict) and node.get("default") is True:
                found.setdefault(parameter.name, True)
    return found


def _owned(name: str, properties: Mapping[str, Json], schemas: Schemas) -> Words:
    """What the server fills in: the type of the record, and for what only it can set nothing, no and none."""
    found: Words = {}
    for field, node in properties.items():
        inner = schemas.follow(node)
        if not isinstance(inner, dict):
            continue
        choices = [inner["const"]] if "const" in inner else inner.get("enum") or []
        shown = [one for one in _examples(inner) if isinstance(one, str)]
        if len(choices) == 1 and choices[0] is not None:
            found[field] = choices[0]
        elif field in TYPES and shown and kind(shown[0]) == kind(name) and (not choices or shown[0] in choices):
            found[field] = shown[0]
        elif (isinstance(node, dict) and node.get("readOnly")) or inner.get("readOnly"):
            kinds = schemas.kinds(node)
            if COUNT.search(field) and "integer" in kinds and len(kinds) < 6:
                found[field] = 0
            elif kinds <= {"boolean", "null"}:
                found[field] = False
            elif kinds <= {"array", "null"} and not inner.get("minItems"):
                found[field] = []
    return found


def _links(name: str, found: Found | None, key: str, properties: Mapping[str, Json], schemas: Schemas) -> Words:
    """Properties that hold the record's own address: they point back at the mock."""
    read = found.home.operations.get("read") if found and found.home.above is None else None
    if read is None:
        return {}
    head = read.path.partition("{")[0]
    value = {"$text": f"{{request.base}}{item_path(read.path, key)}"}
    made: Words = {}
    for field, node in properties.items():
        if field in ("links", "_links") and "object" in schemas.kinds(node):
            own = schemas.properties(node).get("self")
            made |= {field: {"self": value}} if own is not None and _is_link(own, schemas) else {}
        elif OWN_LINK.fullmatch(field) and _is_link(node, schemas) and _is_own(field, node, head, schemas):
            made[field] = value
    return made


def _is_link(node: Json, schemas: Schemas) -> bool:
    return "string" in schemas.kinds(node) and len(schemas.kinds(node)) < 6


def _is_own(field: str, node: Json, head: str, schemas: Schemas) -> bool:
    """Whether a link leads to the record: it is called `self`, or its example contains the collection's path."""
    node = schemas.follow(node)
    shown = [str(one) for one in _examples(node)]
    return "self" in field.lower() or any(head.rstrip("/") + "/" in one for one in shown)


def _unique(
    operations: Sequence[Operation], properties: Mapping[str, Json], key: str, named: str, schemas: Schemas
) -> list[Words]:
    """Values that may be taken: a property says so, or names records in paths (`named`), or a 409 names it."""
    texts = {
        name for name, node in properties.items()
        if name != key and "string" in schemas.kinds(node) and _says_taken(schemas.follow(node))
    }  # fmt: skip
    texts |= {named} if named else set()
    for one in _making(operations):
        conflict = one.responses.get("409")
        if conflict is None:
            continue
        said = schemas.look_up(conflict.pointer)
        words = set(re.findall(r"\w+", str(said.get("description", "") if isinstance(said, dict) else "").lower()))
        told = {name for name in properties if plain(name) in map(plain, words) and name != key}
        texts |= {name for name in told if "string" in schemas.kinds(properties[name])} or (
            {"email"} & properties.keys()
        )
    return [{"field": name, **({"ignore-case": True} if "email" in name.lower() else {})} for name in sorted(texts)]


def _says_taken(node: Json) -> bool:
    said = str(node.get("description", "")).lower() if isinstance(node, dict) else ""
    # the words first: looking for them costs a hundredth of the pattern, which megabytes of descriptions would feel
    return any(word in said for word in TAKEN_WORDS) and bool(TAKEN.search(said))
