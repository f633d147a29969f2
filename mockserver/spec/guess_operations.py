"""What one operation does, in words: its status, key, input, pages, filters and the body that it answers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mockserver.spec.behaviour import Words
from mockserver.spec.guess_lists import list_answer, list_words
from mockserver.spec.guess_names import plain, singular
from mockserver.spec.guess_places import PARAMETER
from mockserver.spec.guess_references import sent_as
from mockserver.spec.guess_roles import Role
from mockserver.spec.guess_searches import search_words
from mockserver.spec.guess_shapes import (
    body_media,
    is_blank,
    item_shape,
    json_media,
    likeness,
    list_shape,
    success,
    wrapped,
)
from mockserver.spec.model import Json, Operation
from mockserver.spec.schema import Schemas

SAMPLE = "$sample"
DONE = re.compile(r"(is_?)?(deleted|success|successful|ok|archived|removed|done|acknowledged)", re.IGNORECASE)
COUNTED = {  # how the answers of batches call the number of records that something was done to
    does: re.compile(rf"(num(ber)?_?(of_?)?)?({done})(_?count)?|count|total(_?(count|{done}))?", re.IGNORECASE)
    for does, done in (
        ("batch-create", "created|inserted|imported|added"), ("batch-read", "found|returned"),
        ("batch-update", "updated|changed|modified"), ("batch-delete", "deleted|archived|removed"),
    )
}  # fmt: skip
HAPPENED = {
    "create": "created", "batch-create": "created", "update": "updated", "replace": "updated", "act": "updated",
    "delete": "deleted",
}  # fmt: skip
ATTACHING = ("act", "batch-update")
ON_ONE = ("read", "update", "replace", "delete", "act")


@dataclass(frozen=True, slots=True)
class Custom:
    """How a document wraps its lists and records as a rule: for answers that it leaves open."""

    listed: Json = None
    way: tuple[str, ...] = ()


def custom_of(roles: Iterable[Role], operations: Mapping[int, Operation], schemas: Schemas) -> Custom:
    """The commonest list envelope and record envelope of a document."""
    listed: Counter[str] = Counter()
    ways: Counter[tuple[str, ...]] = Counter()
    answers: dict[str, Json] = {}
    for role in roles:
        operation = operations[id(role)]
        media = json_media(success(operation, role.does)[1])
        if role.shape is None or media is None:
            continue
        if role.does == "list":
            answer = list_answer(media, role.shape, schemas)
            listed[repr(answer)] += 1
            answers[repr(answer)] = answer
        elif role.does in ("read", "create"):
            ways[role.shape.way] += 1
    top = listed.most_common(1)
    return Custom(answers[top[0][0]] if top else None, ways.most_common(1)[0][0] if ways else ())


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
    item = PARAMETER.findall(operation.path)
    if role and role.finds:
        compare = {name: "has" if "." in field else "eq" for name, field in role.finds.items()}
        words["filters"] = {name: {"fields": [role.finds[name]], "compare": compare[name]} for name in role.finds}
    elif does == "update" and role and role.place and role.place.operations.get("change") is operation:
        words["key"] = _named_in(operation, resource, properties, schemas)
    elif role and role.does == "read" and role.where:
        pass  # found by another property than its key
    elif does in ON_ONE and item:
        words["key"] = f"$request.path.{_key_parameter(operation, role)}"
    if role:
        words |= _ties(operation, role)
    if role and role.relation and role.relation.way == "linked" and role.does == "act" and operation.method == "post":
        words["key"] = _named_in(operation, resource, properties, schemas)
    if does in ("create", "update", "replace") and (way := _input(operation, name, resource, schemas)):
        words["input"] = way
    if does in ("create", "update", "replace") and (sent := sent_as(operation, name, words, properties, schemas)):
        words.setdefault("set", sent)
    if does.startswith("batch-"):
        words |= _batch(operation, does, name, role, resource, schemas)
        event = _event(does, name, schemas)
        return {**words, **({"emits": [event]} if event else {})}, None
    words |= _answer(operation, does, name, resource, properties, schemas, custom, role.sets if role else {})
    if event := _event(does, name, schemas):
        words["emits"] = [event]
    return words, None


def _key_parameter(operation: Operation, role: Role | None) -> str:
    """The parameter that names the record itself."""
    names: list[str] = [match[1] for match in PARAMETER.finditer(operation.path)]
    at = role.place.shape.count("{}") if role and role.place else len(names) - 1
    return names[min(at, len(names) - 1)]


def _ties(operation: Operation, role: Role) -> Words:
    """`parent` and `where`: the item that the path lies below, and the records that are its own."""
    tied, place = role.relation, role.place
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


def _named_in(operation: Operation, resource: Words, properties: Mapping[str, Json], schemas: Schemas) -> str:
    """Where a body names the record that is attached: `$request.body.id`."""
    media = body_media(operation)
    shape = item_shape(media, "", schemas, resource.get("schema", "").removeprefix("#") or None) if media else None
    if shape is None:
        return "$request.body.id"
    names = list(schemas.properties(schemas.look_up(shape.schema)))
    key = str(resource.get("key", "id"))
    found = next((one for one in names if one == key), None) or next((one for one in names if "id" in one), names[0])
    return ".".join(("$request.body", *shape.way, found))


def _properties(resource: Words, schemas: Schemas) -> dict[str, Json]:
    pointer = resource.get("schema")
    return schemas.properties(schemas.look_up(pointer.removeprefix("#"))) if pointer else {}


def _input(operation: Operation, name: str, resource: Words, schemas: Schemas) -> str | None:
    """Where the record's fields stand in the body, when they stand in an envelope: `$request.body.data`."""
    media = body_media(operation)
    record = resource.get("schema", "").removeprefix("#") or None
    shape = item_shape(media, name, schemas, record) if media else None
    if not media or not shape or not shape.way:
        return None
    inner = schemas.properties(schemas.look_up(shape.schema))
    own = _properties(resource, schemas)
    enveloped = shape.way[0] in ("data", "attributes", singular(name)) or inner.keys() & own.keys() - {"id", "type"}
    return ".".join(("$request.body", *shape.way)) if enveloped else None


def _answer(
    operation: Operation, does: str, name: str, resource: Words, properties: Mapping[str, Json], schemas: Schemas,
    custom: Custom, sets: Words,
) -> Words:  # fmt: skip
    media = json_media(success(operation, does)[1])
    if does == "list":
        sought = search_words(operation, properties, schemas) if operation.method == "post" else {}
        words = {**list_words(operation, media, name, resource, properties, schemas, sought.get("page")), **sought}
        return {**words, "answer": custom.listed} if "answer" not in words and custom.listed is not None else words
    if media is None:
        return {}
    if is_blank(media, schemas):
        return {"answer": SAMPLE} if does == "delete" else {"answer": wrapped(custom.way, "$record")}
    record = resource.get("schema", "").removeprefix("#") or None
    shape = item_shape(media, name, schemas)
    if shape is None:
        return {"answer": SAMPLE} if does in ("delete", "act", "update", "replace") else {"answer": "$record"}
    node = schemas.look_up(shape.schema)
    own = schemas.look_up(record) if record else {}
    if does == "delete" and _is_receipt(node, properties, schemas):
        return {"answer": _deleted(node, str(resource.get("key")), schemas) or SAMPLE}
    told = {name[1:]: value for name, value in sets.items() if name[:1] == "~" and name[1:] in schemas.properties(node)}
    if not properties or (_shows(node, own, schemas) and not told):
        return {"answer": wrapped(shape.way, "$record", _around(media, shape.way, schemas))}
    found = _of_another_kind(node, name, str(resource.get("key", "id")), properties, schemas)
    if told:
        return {"answer": wrapped(shape.way, {**(found or {}), **told})}
    return {"answer": wrapped(shape.way, found, _around(media, shape.way, schemas)) if found else SAMPLE}


def _shows(node: Json, own: Json, schemas: Schemas) -> bool:
    return likeness(node, own, schemas) >= 0.5


def _is_receipt(node: Json, properties: Mapping[str, Json], schemas: Schemas) -> bool:
    """Whether an answer says that something was deleted, and not what it was like."""
    names = schemas.properties(node)
    told = [name for name in names if DONE.fullmatch(name)]
    return bool(told) and (len(names) <= 4 or not set(told) <= properties.keys())


def _of_another_kind(
    node: Json, name: str, key: str, properties: Mapping[str, Json], schemas: Schemas
) -> Words | None:  # fmt: skip
    """What an answer that isn't the record tells of it: its key, as `id` or `<name>_id`, and equally named fields."""
    own = plain(singular(name))
    answer: Words = {}
    for field, inner in schemas.properties(node).items():
        kinds = schemas.kinds(inner)
        if plain(field) in (f"{own}id", f"{own}{plain(key)}") and kinds & {"string", "integer"}:
            answer[field] = f"$record.{key}"
    if answer:
        return answer
    shared = [field for field in schemas.properties(node) if field in properties]
    return {field: f"$record.{field}" for field in shared} if key in shared and len(shared) > 1 else None


def _batch(operation: Operation, does: str, name: str, role: Role | None, resource: Words, schemas: Schemas) -> Words:
    """The words of a batch: where its list stands in the body, and the list that it answers."""
    words: Words = {"input": str(role.where["input"]) if role and "input" in role.where else "$request.body.inputs"}
    media = json_media(success(operation, does)[1])
    shape = list_shape(media, name, schemas) if media else None
    if media and shape and _shows(schemas.look_up(shape.schema), _record(resource, schemas), schemas):
        answer = _listed(list_answer(media, shape, schemas))
        words["answer"] = {**_counted(media, does, schemas), **answer} if isinstance(answer, dict) else answer
    elif media:
        words["answer"] = SAMPLE  # of a job, or of what came of it
    return words


def _counted(media: str, does: str, schemas: Schemas) -> Words:
    """What a batch's answer tells of the number of its records: `{"created": 3}`."""
    properties = schemas.properties(schemas.look_up(media))
    names = (name for name in properties if COUNTED[does].fullmatch(name))
    return {name: "$count" for name in names if schemas.kinds(properties[name]) <= {"integer", "number", "null"}}


def _record(resource: Words, schemas: Schemas) -> Json:
    pointer = resource.get("schema", "").removeprefix("#")
    return schemas.look_up(pointer) if pointer else {}


def _listed(answer: Json) -> Json:
    """A list's envelope with the records of a batch in it."""
    if answer == "$page.records":
        return "$records"
    if isinstance(answer, dict) and "$each" in answer:
        return {"$each": [_listed(answer["$each"][0]), answer["$each"][1]]}
    if isinstance(answer, dict):
        inner = {name: _listed(one) for name, one in answer.items()}
        return {name: one for name, one in inner.items() if not (isinstance(one, str) and one.startswith("$page"))}
    return answer


def _around(media: str, way: tuple[str, ...], schemas: Schemas) -> Words:
    """What stands beside the record in its envelope and says that all went well: `success: true`."""
    if not way:
        return {}
    properties = schemas.properties(schemas.look_up(media))
    return {
        name: True for name, node in properties.items() if DONE.fullmatch(name) and "boolean" in schemas.kinds(node)
    }


def _deleted(node: Json, key: str, schemas: Schemas) -> Words | None:
    """`{id, deleted: true}`; None when it tells something else."""
    answer: Words = {}
    for name, inner in schemas.properties(node).items():
        if DONE.fullmatch(name) and "boolean" in schemas.kinds(inner):
            answer[name] = True
        elif name in (key, "id"):
            answer[name] = f"$record.{key}"
    return answer or None


def _event(does: str, resource: str, schemas: Schemas) -> str | None:
    """The webhook that is named after what an operation does: `contact.created` for the one that creates contacts."""
    if does not in HAPPENED:
        return None
    wanted = plain(singular(resource)) + HAPPENED[does]
    webhooks = schemas.content.get("webhooks") or {}
    return next((name for name in webhooks if plain(name) == wanted), None)
