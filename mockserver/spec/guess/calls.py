"""Paths that are calls: `/contacts.list`, `/contacts.info`, `/crm.deal.add`. Body or query say which record it is."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mockserver.spec.guess.names import plain
from mockserver.spec.guess.shapes import body_media
from mockserver.spec.model import Operation
from mockserver.spec.schema import Schemas

CALL = re.compile(r"(.*/)([\w.-]+)\.(\w+)")
VERBS = {
    "list": "list", "search": "list", "find": "list", "get": "read", "info": "read", "read": "read", "show": "read",
    "retrieve": "read", "details": "read", "add": "create", "create": "create", "new": "create", "insert": "create",
    "update": "update", "edit": "update", "modify": "update", "set": "update", "delete": "delete", "remove": "delete",
    "destroy": "delete",
}  # fmt: skip
ENOUGH = frozenset({"list", "read", "create"})  # of these a group of calls has two, or it is none


def call_of(path: str) -> tuple[str, str] | None:
    """The collection and the verb of a path that is a call: `/contacts.list` -> ('/contacts', 'list')."""
    match = CALL.fullmatch(path) if "{" not in path else None
    return (match[1] + match[2], match[3]) if match else None


def calls(methods: Mapping[str, Mapping[str, Operation]]) -> dict[str, dict[str, Operation]]:
    """The operations of paths that are calls, by collection and what they do. `methods` are all operations by path."""
    found: dict[str, dict[str, Operation]] = {}
    for path, by_method in methods.items():
        named = call_of(path)
        does = VERBS.get(plain(named[1])) if named else None
        operation = by_method.get("post") or by_method.get("get")
        if named and does and operation and named[0] not in methods:
            does = "search" if does == "list" and operation.method == "post" else does
            found.setdefault(named[0], {}).setdefault(does, operation)
    return {home: one for home, one in found.items() if len(ENOUGH & _plainly(one)) > 1 or "search" in one}


def _plainly(operations: Mapping[str, Operation]) -> set[str]:
    return {"list" if does == "search" else does for does in operations}


def key_sent(operation: Operation, key: str, kind: str, schemas: Schemas) -> str | None:
    """Where a call says which record it is about: `$request.body.id`; None where it doesn't."""
    wanted = (plain(key), "id", f"{kind}id", kind + plain(key))
    media = body_media(operation)
    sent = schemas.properties(schemas.look_up(media)) if media else {}
    asked = [one.name for one in operation.parameters if one.location == "query"]
    for part, names in (("body", list(sent)), ("query", asked)):
        found = next((name for each in wanted for name in names if plain(name) == each), None)
        if found:
            return f"$request.{part}.{found}"
    return None
