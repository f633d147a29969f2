"""Which properties of a record name other records: by their own names, by what they hold, or within objects."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mockserver.spec.behaviour import Words
from mockserver.spec.guess.names import KEYS, kind, plain, stem
from mockserver.spec.guess.relations import Relation
from mockserver.spec.guess.shapes import body_media, item_shape, names_records
from mockserver.spec.model import Json, Operation
from mockserver.spec.schema import Schemas

NAMED_BY = re.compile(r"(.+?)(?:_?[Ii][Dd]s?|_?[Gg][Ii][Dd]s?|_?[Uu][Uu][Ii][Dd]s?)")
WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
ELSEWHERE = frozenset({"external", "remote", "client", "legacy", "foreign", "third"})  # ids that others give
PEOPLE = ("user", "teammate", "agent", "member", "owner", "admin", "employee")
# what a person is to a record, where the document has people under another name
ROLES = frozenset(
    {"owner", "assignee", "creator", "author", "requester", "submitter", "reporter", "manager"}
)
IDS = ("id", "gid", "uuid", "guid")
ID_LIKE = re.compile(
    r"\d{1,20}|[a-z]{2,6}_\w{3,}|[0-9a-f]{24}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE
)
SAID_ID = re.compile(r"\b(ID|Id|id|identifier|UUID|GUID)\b")


def references(
    own: str, properties: Mapping[str, Json], kinds: Mapping[str, str], owner: Relation | None, schemas: Schemas
) -> Words:
    """Properties that name other records: `contact_id`, `stageIds`, `assignee: {id, …}`; a guess refuses no value.

    `kinds` are the names of all resources by what they are records of.
    """
    found: dict[str, str] = {}
    for name, node in properties.items():
        has = schemas.kinds(node)
        if target := _target(name, node, has, kinds, schemas):
            found[name] = target
        elif "object" in has and len(has) < 3:
            found |= _within(name, node, kinds, schemas)
    if owner and owner.resource:
        head, _, rest = owner.field.partition(".")
        inside = rest and rest not in KEYS and head in properties and "array" not in schemas.kinds(properties[head])
        found.setdefault(owner.field if inside or owner.hidden else head, owner.resource)
    return {name: {"resource": target, "must-exist": False} for name, target in found.items() if target != own}


def _target(
    name: str, node: Json, has: frozenset[str], kinds: Mapping[str, str], schemas: Schemas
) -> str | None:  # fmt: skip
    """The resource that a property names, by its own name or by the component that it holds; `has` are its types."""
    match = NAMED_BY.fullmatch(name)
    if match and has & {"string", "integer", "array"} and len(has) < 6:
        target = _named(match[1], kinds)
        if target:
            return target
    inner = schemas.items(node) if "array" in has else node
    if not isinstance(inner, dict):
        return None
    if has & {"string", "integer"}:
        target = kinds.get(kind(name)) if "array" not in has and len(has) < 6 else None
        return target if target and _is_id(name, node, kinds, schemas) else None
    if "object" not in schemas.kinds(inner) or not any(one in KEYS for one in schemas.properties(inner)):
        return None
    targets = {kinds[one] for one in _stems(inner) if one in kinds}
    if not targets and any(plain(one) in IDS for one in schemas.properties(inner)):
        own = kinds.get(kind(name))  # `party: {id, name}` of a component of its own, or of none
        return own or (_named(name, kinds) if name.lower() in ROLES else None)
    return targets.pop() if len(targets) == 1 else None


def sent_as(
    operation: Operation, name: str, words: Words, properties: Mapping[str, Json], schemas: Schemas
) -> Words:  # fmt: skip
    """Records that a body names by their keys, and answers show: `{account_id: 7}` makes `{account: {id: 7}}`."""
    media = body_media(operation)
    shape = item_shape(media, name, schemas) if media else None
    body = schemas.properties(schemas.look_up(shape.schema if shape and "input" in words else media)) if media else {}
    shown = {kind(one): one for one, node in properties.items() if (names_records(one, node, schemas) or one) != one}
    found: Words = {}
    for sent, node in body.items():
        match = NAMED_BY.fullmatch(sent)
        target = shown.get(kind(match[1])) if match and sent not in properties else None
        if target and target not in body and "object" not in schemas.kinds(node):
            found[target] = f"{words.get('input', '$request.body')}.{sent}"
    return found


def _stems(node: Json, depth: int = 0) -> set[str]:
    """The kinds of record whose components a schema is, or may be."""
    if not isinstance(node, dict) or depth > 2:
        return set()
    found = {own} if isinstance(node.get("$ref"), str) and (own := stem(node["$ref"][1:])) else set[str]()
    inner = (one for word in ("allOf", "anyOf", "oneOf") for one in node.get(word) or ())
    return found.union(*(_stems(one, depth + 1) for one in inner))


def _named(name: str, kinds: Mapping[str, str]) -> str | None:
    """The resource that the name before an `_id` means: `primary_contact`, `org` for an organization, `owner`."""
    found = kinds.get(kind(name)) or kinds.get(plain(name))
    words = [one.lower() for one in WORD.findall(name)]
    if found or not words or ELSEWHERE & set(words):
        return found
    if len(words) > 1 and (last := kinds.get(kind(words[-1]))):
        return last
    if words[-1] in ROLES or (words[-1] in ("by", "to") and words[-2:-1] and words[-2].endswith("ed")):
        return next((kinds[one] for one in (*words[:-1], *PEOPLE) if one in kinds), None)
    if len(words) > 1 or len(name) < 3:
        return None
    alike = {target for one, target in kinds.items() if one.startswith(plain(name))}
    short = {target for target in alike if len(WORD.findall(target)) == 1}  # a person isn't a person field
    return short.pop() if len(short) == 1 else None


def _is_id(name: str, node: Json, kinds: Mapping[str, str], schemas: Schemas) -> bool:
    """Whether a property named like a resource holds the key of a record, rather than a name: `customer: cus_7`."""
    inner = schemas.follow(node)
    if not isinstance(inner, dict):
        return False
    if "object" in schemas.kinds(node):
        return kind(name) in _stems(inner)  # the key or, when it is asked for, the record
    shown = [inner.get("example"), *(inner.get("examples") or ())]
    if any(isinstance(one, str) and ID_LIKE.fullmatch(one) for one in shown) or inner.get("format") == "uuid":
        return True
    return SAID_ID.search(str(inner.get("description", ""))) is not None


def _within(name: str, node: Json, kinds: Mapping[str, str], schemas: Schemas) -> dict[str, str]:
    """Names of records in an object: `parent.database_id`; `relationships.company.data.id` (JSON:API 1.1, 7.2.2)."""
    found: dict[str, str] = {}
    for inner, one in schemas.properties(node).items():
        if name == "relationships":
            data = schemas.properties(one).get("data")
            way = names_records(f"{name}.{inner}.data", data, schemas) if data is not None else None
            target = kinds.get(kind(inner))
            found |= {way: target} if way and target else {}
        elif (match := NAMED_BY.fullmatch(inner)) and schemas.kinds(one) <= {"string", "integer", "null"}:
            target = kinds.get(kind(match[1]))
            found |= {f"{name}.{inner}": target} if target else {}
    return found
