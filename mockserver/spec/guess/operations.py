"""What one operation does, in words: its status, key, input, pages, filters and the body that it answers."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.spec.behaviour import Words
from mockserver.spec.guess.answers import Custom, answer_words, batch_words
from mockserver.spec.guess.calls import key_sent
from mockserver.spec.guess.kinds import CLOSE, LIKE
from mockserver.spec.guess.named import key_words, keys_of, last_parameter
from mockserver.spec.guess.names import plain, singular
from mockserver.spec.guess.places import PARAMETER, item_path
from mockserver.spec.guess.references import sent_as
from mockserver.spec.guess.role import Role
from mockserver.spec.guess.shapes import ONLY, body_media, item_shape, likeness, sends_many, success
from mockserver.spec.model import Json, Operation
from mockserver.spec.schema import Schemas

HAPPENED = {
    "create": "created", "batch-create": "created", "update": "updated", "replace": "updated", "act": "updated",
    "delete": "deleted",
}  # fmt: skip
FIELDS = "fields"  # holds in bodies what others send bare, beside a key: `{id, fields: {…}}`
ATTACHING = ("act", "batch-update")
ON_ONE = ("read", "update", "replace", "delete", "act", "restore")


def operation_words(
    operation: Operation, does: str | None, name: str | None, resource: Words, role: Role | None, schemas: Schemas,
    custom: Custom,
) -> tuple[Words, str | None]:  # fmt: skip
    """The words of `$defs/operation` for one operation; and why it is a sample, when it is one."""
    status, _ = success(operation, does)
    base: Words = {"status": status} if status is not None else {}
    if name is None or not does or does == "sample":
        return {"does": "sample", **base}, role.reason if role else "nothing is known of it"
    words: Words = {"does": does, **base, "resource": name}
    properties = _properties(resource, schemas)
    if role and role.sets and "set" not in operation.given:
        words["set"] = role.sets
    words |= _which(operation, does, name, resource, role, schemas)
    if role:
        words |= _ties(operation, role)
    if does in ("create", "update", "replace") and (way := _input(operation, name, resource, schemas)):
        words["input"] = way
    if does in ("create", "update", "replace") and (sent := sent_as(operation, name, words, properties, schemas)):
        words.setdefault("set", sent)
    if does.startswith("batch-"):
        words |= batch_words(operation, does, name, role, resource, schemas)
        event = _event(does, name, schemas)
        return {**words, **({"emits": [event]} if event else {})}, None
    if role and role.makes:
        sets = _filled(role.match, words, str(resource.get("key", "id"))) | words.get("set", {})
        words |= {"set": sets} if sets else {}
    if role and role.trash:
        words["trash"] = True
    if does == "create" and role and (told := _told_in_headers(operation, role, str(resource.get("key", "id")))):
        words["headers"] = told
    words |= answer_words(operation, does, name, resource, properties, schemas, custom, role)
    if event := _event(does, name, schemas):
        words["emits"] = [event]
    return words, None


def _told_in_headers(operation: Operation, role: Role, key: str) -> Words:
    """The headers that name what was made: by its key (`Resource-ID`), or by its address (`OData-EntityId`)."""
    _, response = success(operation, "create")
    read = role.resource.home.operations.get("read") if role.resource else None
    found: Words = {}
    for one in response.headers if response else ():
        if plain(one.name) in ("resourceid", "xresourceid", "xentityid", "xcreatedid"):
            found[one.name] = f"$record.{key}"
        elif plain(one.name) == "odataentityid" and read is not None and read.path.count("{") == 1:
            found[one.name] = {"$text": f"{{request.base}}{item_path(read.path, key)}"}
    return found


def _which(
    operation: Operation, does: str, name: str, resource: Words, role: Role | None, schemas: Schemas
) -> Words:  # fmt: skip
    """Which record an operation is about: `key`, or `filters` for one that is found; and what happens without it."""
    if role and role.finds:
        compare = {name: "has" if "." in field else "eq" for name, field in role.finds.items()}
        return {"filters": {name: {"fields": [role.finds[name]], "compare": compare[name]} for name in role.finds}}
    if role and (key := _key_of_role(operation, role, name, schemas)) is not None:
        return {"key": key, **({"missing": "create"} if role.makes and does != "create" else {})}
    home = role.place if role else None
    linked = role.relation if role and role.does == "act" and operation.method == "post" and operation.body else None
    changes = does == "update" and home and home.operations.get("change") is operation
    if changes or (linked and linked.way == "linked"):
        return {"key": _named_in(operation, resource, schemas)}
    found_otherwise = role and role.does == "read" and role.where
    if does in ON_ONE and not found_otherwise and PARAMETER.search(operation.path):
        return {"key": f"$request.path.{_key_parameter(operation, role)}"}
    return {}


def _key_of_role(operation: Operation, role: Role, name: str, schemas: Schemas) -> Json | None:
    """Which record an operation is about, where its path doesn't name it by its key."""
    if role.mine:
        return {"$first": ["$key.user", {"$eldest": name}]}
    one = role.resource
    if role.place and role.place.called and one and role.does in ON_ONE:
        return key_sent(operation, one.look.key or "id", one.kind, schemas)
    if role.key:
        return f"$parent.{role.key}"
    if role.match:
        return keys_of(name, role.match)
    if role.named and role.place:
        return key_words(name, last_parameter(operation, role.place), role.named)
    return None


def _filled(match: Words, words: Words, key: str) -> Words:
    """What a record that is made has of what says which one it is, where that doesn't stand in its own fields."""
    start = f"{words.get('input', '$request.body')}."
    inside = {field: f"{start}{field}" for field in match if "." not in field and field != key}
    return {
        field: {"$first": [inside[field], match[field]]}
        for field in inside if not str(match[field]).startswith(start)
    }  # fmt: skip


def _key_parameter(operation: Operation, role: Role | None) -> str:
    """The parameter that names the record itself."""
    names: list[str] = [match[1] for match in PARAMETER.finditer(operation.path)]
    at = role.place.shape.count("{}") if role and role.place else len(names) - 1
    return names[min(at, len(names) - 1)]


def _ties(operation: Operation, role: Role) -> Words:
    """`parent` and `where`: the item that the path lies below, and the records that are its own."""
    tied, place = role.relation, role.place
    if role.needs:
        return {"parent": role.needs}
    if tied is None or place is None:
        return {"where": role.where} if role.where and not role.does.startswith("batch-") else {}
    if role.does == "read" and role.where:
        return {"where": role.where}
    owner = place.owner(operation)
    key = f"$request.path.{owner}"
    above: Words = {"resource": tied.resource} if tied.resource else {}
    if tied.way == "field" or (tied.way == "linked" and role.does not in ATTACHING):
        return {"parent": {**above, "key": key, "field": tied.field}}
    if tied.way == "linked":
        return {"parent": {**above, "key": key}} if tied.resource else {}
    if tied.way == "joined":
        name, field = tied.through
        chosen: Json = {"$each": [{"$select": [name, {field: key}]}, f"$item.{tied.field}"]}
        own = role.resource.look.key if role.resource and role.resource.look.key else "id"
        return {"parent": {**above, "key": key}, "where": {own: chosen}}
    head, _, inner = tied.field.partition(".")
    own = role.resource.look.key if role.resource and role.resource.look.key else "id"
    named: Json = {"$each": [f"$parent.{head}", f"$item.{inner}"]} if inner else f"$parent.{head}"
    return {"parent": {**above, "key": key}, "where": {own: {"$first": [named, []]}}}


def _named_in(operation: Operation, resource: Words, schemas: Schemas) -> str:
    """Where a body names the record that is attached: `$request.body.id`."""
    media = body_media(operation)
    shape = item_shape(media, "", schemas, resource.get("schema", "").removeprefix("#") or None) if media else None
    if shape is None:
        return "$request.body.id"
    names = list(schemas.properties(schemas.look_up(shape.schema)))
    key = str(resource.get("key", "id"))
    found = next((one for one in names if one == key), None) or next((one for one in names if "id" in one), names[0])
    return ".".join(("$request.body", *shape.way, found))


def _properties(resource: Words, schemas: Schemas) -> Mapping[str, Json]:
    pointer = resource.get("schema")
    return schemas.properties(schemas.look_up(pointer.removeprefix("#"))) if pointer else {}


def _input(operation: Operation, name: str, resource: Words, schemas: Schemas) -> str | None:
    """Where the record's fields stand in the body, when they stand in an envelope: `$request.body.data`."""
    media = body_media(operation)
    record = resource.get("schema", "").removeprefix("#") or None
    if media and (many := sends_many(operation, name, schemas)):
        sent = schemas.look_up(many.schema)
        if record and likeness(sent, schemas.look_up(record), schemas) >= CLOSE:
            return ".".join(("$request.body", *many.way, ONLY))
    held = schemas.member(media, FIELDS) if media else None
    own = schemas.look_up(record) if record else {}
    if held and FIELDS not in schemas.properties(own) and likeness(schemas.look_up(held), own, schemas) >= LIKE:
        return f"$request.body.{FIELDS}"
    shape = item_shape(media, name, schemas, record) if media else None
    if not media or not shape or not shape.way:
        return None
    inner = schemas.properties(schemas.look_up(shape.schema))
    own = _properties(resource, schemas)
    enveloped = shape.way[0] in ("data", "attributes", singular(name)) or inner.keys() & own.keys() - {"id", "type"}
    return ".".join(("$request.body", *shape.way)) if enveloped else None


def _event(does: str, resource: str, schemas: Schemas) -> str | None:
    """The webhook that is named after what an operation does: `contact.created` for the one that creates contacts."""
    if does not in HAPPENED:
        return None
    wanted = plain(singular(resource)) + HAPPENED[does]
    webhooks = schemas.content.get("webhooks") or {}
    return next((name for name in webhooks if plain(name) == wanted), None)
