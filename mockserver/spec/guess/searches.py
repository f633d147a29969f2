"""What a search over POST takes from its body: conditions, a text, an order, pages."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mockserver.spec.behaviour import Words
from mockserver.spec.guess.lists import PLACES, SIZE
from mockserver.spec.guess.shapes import body_media
from mockserver.spec.model import Json, Operation
from mockserver.spec.schema import Schemas

TREE = re.compile(r"query|filters?|where|conditions?|criteria|filter_?groups?", re.IGNORECASE)
TEXT = re.compile(r"query|q|text|search|term|keywords?|search_?(term|text|query)", re.IGNORECASE)
ORDER = re.compile(r"sorts?|sort_?by|order(_?by)?|sorting", re.IGNORECASE)
PAGES = re.compile(r"pagination|paging|page", re.IGNORECASE)


def search_words(operation: Operation, properties: Mapping[str, Json], schemas: Schemas) -> Words:
    """`search` and `page` of a list whose conditions come in the body."""
    media = body_media(operation)
    known = schemas.properties(schemas.look_up(media)) if media else {}
    search: Words = {}
    page: Words = {}
    for name, node in known.items():
        value, kinds = f"$request.body.{name}", schemas.kinds(node)
        if TREE.fullmatch(name) and kinds & {"object", "array"} and "string" not in kinds:
            search["where"] = value
        elif TEXT.fullmatch(name) and "string" in kinds:
            search["text"] = value
        elif ORDER.fullmatch(name):
            search["sort"] = value
        elif PAGES.fullmatch(name) and kinds <= {"object", "null"}:
            page |= _page(schemas.properties(node), f"{value}.", schemas)
        elif name in properties and kinds.isdisjoint({"object", "array"}):
            search.setdefault("equal", []).append(name)
    page = {**_page(known, "$request.body.", schemas), **page}
    words: Words = {"search": search} if search else {}
    return {**words, "page": page} if page else words


def _page(known: Mapping[str, Json], start: str, schemas: Schemas) -> Words:
    kinds = {name: schemas.kinds(node) for name, node in known.items()}

    called = (lambda name: (name, f"page_{name}")) if start.count(".") > 2 else (lambda name: (name,))

    def first(pattern: re.Pattern[str], kind: str) -> str | None:
        fits = (name for name, has in kinds.items() if kind in has and any(map(pattern.fullmatch, called(name))))
        return next(fits, None)

    size = first(SIZE, "integer") or first(SIZE, "number")
    found: Words = {"size": f"{start}{size}"} if size else {}
    for style, pattern, kind in PLACES:
        if position := first(pattern, kind):
            return {"style": style, **found, "position": f"{start}{position}"}
    return {"style": "page", **found} if found else {}
