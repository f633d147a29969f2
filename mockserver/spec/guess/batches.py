"""Operations on many records at once: `/contacts/batch/read`, `/contacts/bulk_create`, `/tickets/destroy_many`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mockserver.spec.guess.kinds import LIKE, Found
from mockserver.spec.guess.names import plain, singular
from mockserver.spec.guess.places import shape_of
from mockserver.spec.guess.receipts import receipt
from mockserver.spec.guess.shapes import body_media, json_media, likeness, list_shape, sends_many, success
from mockserver.spec.model import Json, Operation
from mockserver.spec.schema import Schemas

MANY = frozenset({"batch", "bulk", "many", "multiple", "multi", "mass"})
VERBS = {
    "create": "create", "add": "create", "insert": "create", "import": "create", "read": "read", "get": "read",
    "fetch": "read", "show": "read", "update": "update", "edit": "update", "patch": "update", "archive": "delete",
    "delete": "delete", "remove": "delete", "destroy": "delete",
}  # fmt: skip
BY_METHOD = {"post": "create", "put": "update", "patch": "update", "delete": "delete"}
LISTS = ("inputs", "items", "records", "data", "objects", "entries", "ids", "keys")  # of a body, the likeliest first
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def is_batch(path: str) -> bool:
    """Whether a path's last segments speak of many records."""
    before, last = path.rstrip("/").split("/")[-2:]
    words = [{one.lower() for one in WORD.findall(part)} for part in (before, last)]
    return bool(words[0] and words[0] <= MANY) or bool(words[1] & MANY)


def batch(
    operation: Operation, homes: Mapping[str, Found], schemas: Schemas
) -> tuple[Found, str, str, str] | None:  # fmt: skip
    """The resource, what is done, where its list stands, and what says so; None where that can't be told."""
    asked = _asked(operation.path, operation.method)
    one = homes.get(shape_of(asked[0])) if asked else None
    if asked is None or one is None:
        return None
    _, verb, name = asked
    media, own = body_media(operation), one.look.key or "id"
    if media is None:
        query = _names_keys(operation, one)
        if query is None or verb not in ("read", "delete") or operation.method == "get":
            return None
        return one, f"batch-{verb}", f"$request.query.{query}", f"`{name}` of the records that `{query}` names"
    node = schemas.look_up(media)
    if "array" in (kinds := schemas.kinds(node)) and len(kinds) < 3:
        fits = _fits(node, verb, own, schemas)
        return (one, f"batch-{verb}", "$request.body", f"`{name}`, its body a list") if fits else None
    arrays = {each: inner for each, inner in schemas.properties(node).items() if _fits(inner, verb, own, schemas)}
    wanted = (one.home.name, singular(one.home.name), *LISTS)
    array = next((each for each in wanted if each in arrays), next(iter(arrays)) if len(arrays) == 1 else None)
    if array is None:
        return None
    return one, f"batch-{verb}", f"$request.body.{array}", f"`{name}` with the records in `{array}`"


def of_many(operation: Operation, one: Found, schemas: Schemas) -> tuple[str, str, str] | None:
    """What a collection does that is sent a list of records, where that stands, and what says so; None for others.

    `POST /leads` with `[{…}, {…}]`, `PATCH` with the keys in them, `DELETE /leads?ids=7,8`.
    """
    if operation.method == "get":
        return None
    name, own = one.home.name, one.look.key or "id"
    if operation.method == "delete":
        media = body_media(operation)
        sent = schemas.properties(schemas.look_up(media)) if media else {}
        named_so = [each for each in sent if plain(each) in _keys_of(one)]
        lists = [each for each in named_so if _fits(sent[each], "delete", own, schemas)]
        query = _names_keys(operation, one)
        named, part = (lists[0], "body") if len(lists) == 1 else (query, "query")
        return ("batch-delete", f"$request.{part}.{named}", f"deletes those that `{named}` names") if named else None
    shape = sends_many(operation, name, schemas)
    if shape is None or one.look.schema is None or not _tells_many(operation, name, one, schemas):
        return None
    if likeness(schemas.look_up(shape.schema), schemas.look_up(one.look.schema), schemas) < LIKE:
        return None
    where = ".".join(("$request.body", *shape.way))
    if operation.method == "post":
        return "batch-create", where, f"its body is a list of {name}"
    has_key = {own, "id"} & schemas.properties(schemas.look_up(shape.schema)).keys()
    return ("batch-update", where, f"its body is a list of {name} with their keys") if has_key else None


def _tells_many(operation: Operation, name: str, one: Found, schemas: Schemas) -> bool:
    """Whether an answer shows the records that a list made or changed, or has a receipt for each."""
    media = json_media(success(operation)[1])
    shape = list_shape(media, name, schemas) if media else None
    if shape is None:
        return False
    shown, own = schemas.look_up(shape.schema), one.look.key or "id"
    record = schemas.look_up(one.look.schema) if one.look.schema else {}
    keys = {"id", plain(own), f"{one.kind}id"}
    return likeness(shown, record, schemas) >= 0.5 or receipt(shown, keys, own, schemas) is not None


def _names_keys(operation: Operation, one: Found) -> str | None:
    """The query parameter that holds the keys of several records."""
    return next((each.name for each in operation.parameters if plain(each.name) in _keys_of(one)), None)


def _keys_of(one: Found) -> set[str]:
    """What lists of the keys of records are called."""
    return {"ids", f"{plain(one.look.key or 'id')}s", f"{one.kind}ids"}


def _asked(path: str, method: str) -> tuple[str, str, str] | None:
    """The collection, the verb and the words of a path that speaks of many records."""
    head, _, last = path.rstrip("/").rpartition("/")
    home, _, middle = head.rpartition("/")
    own, before = ({one.lower() for one in WORD.findall(part)} for part in (last, middle))
    verb = next((VERBS[one] for one in sorted(own) if one in VERBS), None)
    if before and before <= MANY and verb and len(own) == 1:
        return home, verb, f"{middle}/{last}"
    if own & MANY and own <= MANY | VERBS.keys():
        return head, verb or BY_METHOD.get(method, "read"), last
    return None


def _fits(node: Json, verb: str, key: str, schemas: Schemas) -> bool:
    """Whether a list may hold what a batch is about: records to make, or keys of those that there are."""
    items = schemas.items(node)
    if items is None:
        return False
    kinds = schemas.kinds(items)
    if "object" in kinds:
        known = schemas.properties(items)
        return verb == "create" or not known or bool({key, "id"} & known.keys())
    return verb in ("read", "delete") and bool(kinds & {"string", "integer"})
