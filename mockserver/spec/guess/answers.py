"""What the answer of an operation shows: the record, a list, the records of a batch, a receipt, or a sample."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mockserver.spec.behaviour import Words
from mockserver.spec.guess.lists import list_answer, list_words
from mockserver.spec.guess.names import plain, singular
from mockserver.spec.guess.receipts import DONE, as_items, receipt_of
from mockserver.spec.guess.role import Role
from mockserver.spec.guess.searches import search_words
from mockserver.spec.guess.shapes import (
    ONLY,
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
COUNTED = {  # how the answers of batches call the number of records that something was done to
    does: re.compile(rf"(num(ber)?_?(of_?)?)?({done})(_?count)?|count|total(_?(count|{done}))?", re.IGNORECASE)
    for does, done in (
        ("batch-create", "created|inserted|imported|added"), ("batch-read", "found|returned"),
        ("batch-update", "updated|changed|modified"), ("batch-delete", "deleted|archived|removed"),
    )
}  # fmt: skip


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


def answer_words(
    operation: Operation, does: str, name: str, resource: Words, properties: Mapping[str, Json], schemas: Schemas,
    custom: Custom, role: Role | None,
) -> Words:  # fmt: skip
    """`answer`, and what a list says of its pages, filters and order. `custom` is for answers that are left open."""
    sets = role.sets if role else {}
    media = json_media(success(operation, does)[1])
    if does == "list":
        sought = search_words(operation, properties, schemas) if operation.method == "post" else {}
        sought |= {"search": role.search} if role and role.search else {}
        words = {**list_words(operation, media, name, resource, properties, schemas, sought.get("page")), **sought}
        return {**words, "answer": custom.listed} if "answer" not in words and custom.listed is not None else words
    if media is None:
        return {}
    if is_blank(media, schemas):
        return {"answer": SAMPLE} if does == "delete" else {"answer": wrapped(custom.way, "$record")}
    record = resource.get("schema", "").removeprefix("#") or None
    only = role.shape if role and role.shape and ONLY in role.shape.way else None
    shape = only or item_shape(media, name, schemas)
    key = str(resource.get("key", "id"))
    if shape is None:
        open_ended = does in ("delete", "act", "restore", "update", "replace")
        return {"answer": receipt_of(media, name, key, schemas) or (SAMPLE if open_ended else "$record")}
    node = schemas.look_up(shape.schema)
    own = schemas.look_up(record) if record else {}
    if does == "delete" and _is_receipt(node, properties, schemas):
        return {"answer": _deleted(node, key, schemas) or SAMPLE}
    told = {name[1:]: value for name, value in sets.items() if name[:1] == "~" and name[1:] in schemas.properties(node)}
    if not properties or (_shows(node, own, schemas) and not told):
        return {"answer": wrapped(shape.way, "$record", _around(media, shape.way, schemas))}
    found = _of_another_kind(node, name, key, properties, schemas)
    if told:
        return {"answer": wrapped(shape.way, {**(found or {}), **told})}
    if found:
        return {"answer": wrapped(shape.way, found, _around(media, shape.way, schemas))}
    return {"answer": receipt_of(media, name, key, schemas) or SAMPLE}


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


def batch_words(
    operation: Operation, does: str, name: str, role: Role | None, resource: Words, schemas: Schemas
) -> Words:  # fmt: skip
    """The words of a batch: where its list stands in the body, and the list that it answers."""
    words: Words = {"input": str(role.where["input"]) if role and "input" in role.where else "$request.body.inputs"}
    media = json_media(success(operation, does)[1])
    shape = list_shape(media, name, schemas) if media else None
    if media and shape and _shows(schemas.look_up(shape.schema), _record(resource, schemas), schemas):
        answer = _listed(list_answer(media, shape, schemas))
        words["answer"] = {**_counted(media, does, schemas), **answer} if isinstance(answer, dict) else answer
    elif media and shape and (told := receipt_of(media, name, str(resource.get("key", "id")), schemas)):
        words["answer"] = _of_each(told)
    elif media:
        words["answer"] = SAMPLE  # of a job, or of what came of it
    return words


def _of_each(template: Json) -> Json:
    """A list of one receipt as the list of those of all records of a batch."""
    if isinstance(template, list):
        return {"$each": ["$records", as_items(template[0])]}
    return {name: _of_each(one) for name, one in template.items()} if isinstance(template, dict) else template


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
        return {name: one for name, one in inner.items() if one != {} and not str(one).startswith("$page")}
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
