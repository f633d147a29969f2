"""Answers that tell what was done instead of showing the record: `{"code": "SUCCESS", "details": {"id": 7}}`."""

from __future__ import annotations

import re
from collections.abc import Collection

from mockserver.spec.behaviour import Words
from mockserver.spec.guess.names import kind, plain
from mockserver.spec.guess.shapes import ONLY, list_shape, wrapped
from mockserver.spec.model import Json
from mockserver.spec.schema import Schemas

DONE = re.compile(r"(is_?)?(deleted|success|successful|ok|archived|removed|done|acknowledged)", re.IGNORECASE)
STATES = frozenset({"status", "code", "result", "state", "outcome"})
AROUND = frozenset({"details", "detail", "result", "data", "record", "item"})
BESIDE = frozenset(  # what a receipt may tell as well, and needn't
    {"message", "msg", "messages", "error", "errors", "warnings", "warning", "info", "infos", "action", "time", "took",
     "timestamp", "requestid", "reason", "href", "url", "link", "links", "type", "object", "created", "new", "isnew",
     "duplicatefield", "createdtime", "modifiedtime", "createdby", "modifiedby", "updatedat", "createdat"}
)  # fmt: skip
WELL = re.compile(r"success(ful(ly)?)?|ok|created|updated|deleted|done|completed?|accepted", re.IGNORECASE)


def receipt(node: Json, keys: Collection[str], key: str, schemas: Schemas, depth: int = 0) -> Words | None:
    """The template of a receipt, which names the record by its key or says that all went well; None for anything else.

    `keys` are the plain names under which the record's `key` may be told.
    """
    answer: Words = {}
    properties = schemas.properties(node)
    for name, inner in properties.items():
        kinds = schemas.kinds(inner)
        if plain(name) in keys and kinds & {"string", "integer"}:
            answer[name] = f"$record.{key}"
        elif (DONE.fullmatch(name) and "boolean" in kinds) or (plain(name) in AROUND and kinds <= {"boolean", "null"}):
            answer[name] = True
        elif plain(name) in ("result", "data") and kinds <= {"integer", "number", "null"}:
            answer[name] = f"$record.{key}"
        elif plain(name) in AROUND and depth < 2 and schemas.properties(inner):
            within = receipt(inner, keys, key, schemas, depth + 1)
            if within is None:
                return None
            answer[name] = within
        elif plain(name) in STATES and "string" in kinds and (said := _well(name, schemas.follow(inner))):
            answer[name] = said
        elif plain(name) not in BESIDE | STATES:
            return None
    told = any(plain(name) not in STATES or one is True or one == f"$record.{key}" for name, one in answer.items())
    return answer if told else None


def receipt_of(media: str, name: str, key: str, schemas: Schemas) -> Json:
    """The template of an answer that is a receipt for one record of a collection, bare or as the only one of a list;
    None where it is none."""
    keys = {"id", plain(key), f"{kind(name)}id"}
    if found := receipt(schemas.look_up(media), keys, key, schemas):
        return found
    shape = list_shape(media, name, schemas)
    found = receipt(schemas.look_up(shape.schema), keys, key, schemas) if shape else None
    return wrapped((*shape.way, ONLY), found) if shape and found else None


def is_receipt(media: str, name: str, key: str | None, schemas: Schemas) -> bool:
    """Whether an answer tells that something was done to a record, and doesn't show it."""
    return receipt_of(media, name, key or "id", schemas) is not None


def _well(name: str, node: Json) -> str | None:
    """How a text says that all went well: by its choices or example, else as such; None where no choice does."""
    if not isinstance(node, dict):
        return None
    choices = [one for one in (node.get("enum") or ()) if isinstance(one, str)]
    shown = [one for one in (node.get("example"), *(node.get("examples") or ())) if isinstance(one, str)]
    found = next((one for one in (*choices, *shown) if WELL.fullmatch(one)), None)
    return found or (None if choices or shown else "SUCCESS" if plain(name) == "code" else "success")


def as_items(template: Json) -> Json:
    """A template about `$record` as one about each `$item` of a list."""
    if isinstance(template, dict):
        return {name: as_items(one) for name, one in template.items()}
    return f"$item{template[7:]}" if isinstance(template, str) and template.startswith("$record") else template
