"""What a list operation's parameters and response tell: its page style, filters, order and envelope."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mockserver.spec.behaviour import Words
from mockserver.spec.guess.filters import asked, filter_words
from mockserver.spec.guess.names import plain
from mockserver.spec.guess.shapes import Shape, list_shape, success, wrapped
from mockserver.spec.model import Json, Operation, Response
from mockserver.spec.schema import Schemas

SIZE = re.compile(r"limit|(page|per)[_-]?(size|page|limit)|per_?page|count|max_?results|top|size|_limit", re.IGNORECASE)
CURSOR = re.compile(
    r"(start(ing)?_?)?(cursor|after|marker)|next|(next_?)?(page_?|skip_?)?(token|cursor)|offset|start_?key",
    re.IGNORECASE,
)
NUMBER = re.compile(r"page|page_?(number|no|index)|p", re.IGNORECASE)
OFFSET = re.compile(r"offset|skip|start|start_?(at|index)|_skip|from", re.IGNORECASE)
PLACES = (("page", NUMBER, "integer"), ("offset", OFFSET, "integer"), ("cursor", CURSOR, "string"))
LAST_SEEN = re.compile(r"(starting_?)?after(_?id)?|since_?id|last_?(seen_?)?id|marker", re.IGNORECASE)
FIRST_SEEN = re.compile(r"(ending_?)?before(_?id)?|until_?id", re.IGNORECASE)
HEADERS = (
    (re.compile(r"x?(pagination|\w{2})?total(count|results|items|records)?|x?count"), "$page.total"),
    (re.compile(r"x?(pagination)?(total)?page(s|count)"), "$page.pages"),
    (re.compile(r"x?(pagination)?(current)?page(number)?"), "$page.number"),
    (re.compile(r"x?(pagination)?(perpage|pagesize|limit)"), "$page.size"),
    (re.compile(r"x?(pagination)?next(page|cursor)"), "$page.next"),
)
OF_PAGE = re.compile(r"(?:page|paging|pagination)\[(\w+)\]", re.IGNORECASE)
DONE = re.compile(r"success|successful|ok", re.IGNORECASE)
AROUND = re.compile(
    r"meta(_?data)?|pag(es|ing|ination|e)(_?(info|data|meta))?|cursors?|additional_?data|result_?info|_?links",
    re.IGNORECASE,
)

NEXT = re.compile(
    r"(next|end)_?cursor|next_?((page_?)?token|marker|start|offset|page)|cursor|next|(starting_?)?after|offset", re.I
)
# response property -> what it holds, tried in this order
PARTS: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (NEXT, "$page.next", "string"),
    (re.compile(r"next(_?(start|offset|page))?", re.I), "$page.next", "integer"),
    (re.compile(r"has_?(more|next)(_?(page|items|results))?|more(_items_in_collection)?|is_?truncated", re.I),
     "$page.more", "boolean"),
    (re.compile(r"(is_?)?last(_?page)?", re.I), "$page.last", "boolean"),
    (re.compile(r"total_?pages|page_?count|pages|last_?page", re.I), "$page.pages", "integer"),
    (re.compile(r"total(_?(count|results|items|records|entries))?|count|num_?results", re.I), "$page.total", "integer"),
    (re.compile(r"(current_?)?page(_?(number|index))?|number", re.I), "$page.number", "integer"),
    (re.compile(r"limit|page_?size|per_?page|size|max_?results", re.I), "$page.size", "integer"),
    (re.compile(r"offset|start|skip|start_?at", re.I), "$page.offset", "integer"),
)  # fmt: skip
COUNTED = ("$page.total", "$page.pages")  # may be texts
# properties that are addresses: of this page, the one behind it, and so on
LINKS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"next(_?(page|url|uri|link|href|page_?(url|uri|link)))?", re.I), "$page.next-url"),
    (re.compile(r"prev(ious)?(_?(page|url|uri|link|href|page_?(url|uri|link)))?", re.I), "$page.previous-url"),
    (re.compile(r"first(_?(page|url|uri|link|href|page_?(url|uri|link)))?", re.I), "$page.first-url"),
    (re.compile(r"last(_?(page|url|uri|link|href|page_?(url|uri|link)))?", re.I), "$page.last-url"),
    (re.compile(r"self(_?(url|uri|link|href))?", re.I), "$page.url"),
)
OBJECT_OF_NEXT = re.compile(r"next(_?page)?", re.IGNORECASE)
OPAQUE = re.compile(r"cursor|marker|token", re.IGNORECASE)
ADDRESS = re.compile(r"(ur[il]|link|href)s?", re.IGNORECASE)


def list_words(
    operation: Operation, media: str | None, resource: str, record: Words, properties: Mapping[str, Json],
    schemas: Schemas, page: Words | None = None,
) -> Words:  # fmt: skip
    """`page`, `filters`, `sort` and `answer` of a list, from its parameters, its response's schema and the record's."""
    shape = list_shape(media, resource, schemas) if media else None
    words: Words = {"page": page or _page(operation, schemas)}
    if words["page"] == {"style": "all"} and media and shape and (told := _told(media, shape.way, schemas)):
        words["page"] = told
    style = words["page"]["style"]
    if media and shape:
        words["answer"] = list_answer(media, shape, schemas, style)
    if headers := header_words(success(operation, "list")[1]):
        words["headers"] = headers
    if words["page"]["style"] == "cursor" and "$page.next" not in str(words.get("answer")) and not words.get("headers"):
        words["page"] = _by_key(words["page"], operation)
    return {**words, **filter_words(operation, record, set(words["page"].values()), properties, schemas)}


def _page(operation: Operation, schemas: Schemas) -> Words:
    """The page style by the names and types of parameters: numbers are pages or offsets, texts are cursors."""
    known = {one.name: schemas.kinds(schemas.look_up(one.schema)) for one in asked(operation, schemas)}

    def first(pattern: re.Pattern[str], wanted: str) -> str | None:
        return next(
            (name for name, kinds in known.items() if wanted in kinds and any(map(pattern.fullmatch, _called(name)))),
            None,
        )

    size = {"size": found} if (found := first(SIZE, "integer")) else {}
    for style, pattern, type_of in PLACES:
        if position := first(pattern, type_of):
            return {"style": style, **size, "position": position}
    if position := first(CURSOR, "integer"):
        return {"style": "offset", **size, "position": position}
    if position := first(NUMBER, "string"):
        style = "page" if _is_numeric(position, operation, schemas) else "cursor"
        return {"style": style, **size, "position": position}
    return {"style": "page" if size else "all", **size}


def _by_key(page: Words, operation: Operation) -> Words:
    """A cursor that no answer tells is the key of the last record: `starting_after=cus_7`, `since_id=7`."""
    if not LAST_SEEN.fullmatch(str(page.get("position"))):
        return page
    before = next((one.name for one in operation.parameters if FIRST_SEEN.fullmatch(one.name)), None)
    return {**page, "style": "key", **({"before": before} if before else {})}


def header_words(response: Response | None) -> Words:
    """The headers of a list that tell of its pages: `X-Total-Count`, `Link`."""
    found: Words = {}
    for one in response.headers if response else ():
        if one.name.lower() == "link":
            found[one.name] = "$page.links"
        elif value := next((value for pattern, value in HEADERS if pattern.fullmatch(plain(one.name))), None):
            found[one.name] = value
    return found


def _called(name: str) -> tuple[str, ...]:
    """The names that a parameter counts as: `page[size]` is `size` and `page_size`."""
    match = OF_PAGE.fullmatch(name)
    name = name.lstrip("$")  # as in OData
    return (match[1], f"page_{match[1]}") if match else (name,)


def _is_numeric(name: str, operation: Operation, schemas: Schemas) -> bool:
    """Whether a text is a number by what the document shows of it."""
    one = next((one for one in operation.parameters if one.name == name), None)
    node = schemas.follow(schemas.look_up(one.schema)) if one else {}
    said = [node.get("default"), node.get("example")] if isinstance(node, dict) else []
    return any(str(value).isdigit() for value in said)


def _told(pointer: str, way: tuple[str, ...], schemas: Schemas) -> Words | None:
    """Parameters that a document forgot, but its answers name: `pages: {next: {starting_after, per_page}}`."""
    stack = [schemas.look_up(pointer)]
    for node in stack[:1]:
        stack += [one for name, one in schemas.properties(node).items() if AROUND.fullmatch(name) and name not in way]
    for node in stack:
        for name in schemas.properties(node):
            inner = schemas.property_schema(node, name) or {}
            if not OBJECT_OF_NEXT.fullmatch(name) or "object" not in schemas.kinds(inner):
                continue
            members = schemas.properties(inner)
            position = next((one for one in members if re.fullmatch(r"(starting_?)?after|cursor|marker", one)), None)
            size = next((one for one in members if SIZE.fullmatch(one)), None)
            if position:
                sized = {"size": f"$request.sent.{size}"} if size else {}
                return {"style": "cursor", **sized, "position": f"$request.sent.{position}"}
    return None


def list_answer(pointer: str, shape: Shape, schemas: Schemas, style: str = "cursor") -> Json:
    """The envelope of a list: `{data: $page.records, next_cursor: $page.next, …}` or just `$page.records`."""
    if not shape.way:
        return _each("$page.records", shape.each)
    answer = _envelope(schemas.look_up(pointer), shape.way, schemas, set())
    answer = answer if style == "cursor" else _numbered(answer, schemas.look_up(pointer), style, schemas)
    return _each(answer, shape.each) if shape.each else answer


def _each(answer: Json, way: tuple[str, ...]) -> Json:
    """An answer whose records stand each in an envelope of its own."""
    if answer == "$page.records":
        return {"$each": [answer, wrapped(way, "$item")]} if way else answer
    return {name: _each(one, way) for name, one in answer.items()} if isinstance(answer, dict) else answer


def _numbered(answer: Words, node: Json, style: str, schemas: Schemas) -> Words:
    """An envelope whose pages have numbers: a text that says which comes next is that number, never a cursor."""
    found: Words = {}
    for name, value in answer.items():
        inner = schemas.property_schema(node, name) or {}
        if value == "$page.next" and "string" in schemas.kinds(inner):
            if style != "all" and not OPAQUE.search(name):
                found[name] = {"$if": ["$page.more", {"$text": "{page.next}"}, None]}
        elif isinstance(value, dict) and "$if" in value and isinstance(value["$if"][1], dict):
            nested = _numbered(value["$if"][1], inner, style, schemas)
            found |= {name: {"$if": ["$page.more", nested, None]}} if nested else {}
        elif isinstance(value, dict) and "$if" not in value:
            found[name] = _numbered(value, inner, style, schemas)
        else:
            found[name] = value
    return found


def _envelope(
    node: Json, way: tuple[str, ...], schemas: Schemas, told: set[str], depth: int = 0, within: str = ""
) -> Words:
    answer: Words = {}
    for name in schemas.properties(node):
        inner = schemas.property_schema(node, name)
        kinds = schemas.kinds(inner)
        if way and name == way[0]:
            answer[name] = _envelope(inner, way[1:], schemas, told, depth + 1) if way[1:] else "$page.records"
        elif "object" in kinds and OBJECT_OF_NEXT.fullmatch(name) and schemas.properties(inner) and depth < 3:
            following = _envelope(inner, (), schemas, set(), depth + 1, "next")
            answer |= {name: {"$if": ["$page.more", following, None]}} if following else {}
        elif link := _link(_plainly(name), inner, kinds, within, schemas):
            answer[name] = link
        elif found := _part(_plainly(name), kinds, told):
            told.add(str(found))
            answer[name] = found
        elif DONE.fullmatch(name) and "boolean" in kinds:
            answer[name] = True
        elif kinds <= {"object", "null"} and depth < 3 and (AROUND.fullmatch(name) or _is_link_name(name, within)):
            nested = _envelope(inner, (), schemas, told, depth + 1, name)
            answer |= {name: nested} if nested else {}
    return answer


def _plainly(name: str) -> str:
    """An annotation by its last name: `@odata.nextLink` (OData JSON Format 4.01, 4.5) is `nextLink`."""
    return name.rpartition(".")[2] if name[:1] == "@" else name


def _is_link_name(name: str, within: str) -> bool:
    return "links" in within.lower() and any(pattern.fullmatch(name) for pattern, _ in LINKS)


def _link(name: str, node: Json, kinds: frozenset[str], within: str, schemas: Schemas) -> str | None:
    """An address of a page, where a text is one: among `links`, by its format, name, description or example."""
    if "string" not in kinds or len(kinds) > 5:
        return None
    if within == "next":
        return "$page.next-url" if ADDRESS.fullmatch(name) else "$page.next-path" if name == "path" else None
    if ADDRESS.fullmatch(name) and any(pattern.fullmatch(within) for pattern, _ in LINKS):
        name = within  # {"next": {"href": …}}
    elif not ("link" in within.lower() or _is_address(name, schemas.follow(node))):
        return None
    return next((value for pattern, value in LINKS if pattern.fullmatch(name)), None)


def _is_address(name: str, node: Json) -> bool:
    if not isinstance(node, dict):
        return False
    shown = [str(one) for one in (node.get("example"), *(node.get("examples") or ()))]
    said = str(node.get("description", ""))
    return (
        node.get("format") in ("uri", "url", "uri-reference")
        or re.search(r"(ur[il]|link|href)$", name, re.IGNORECASE) is not None
        or any(one.startswith(("http", "/")) for one in shown)
        or re.search(r"\b(URL|URI|link)\b", said) is not None
    )


def _part(name: str, kinds: frozenset[str], told: set[str]) -> Json | None:
    for pattern, value, wanted in PARTS:
        if not pattern.fullmatch(name) or len(kinds) > 5 or value in told:
            continue
        if wanted in kinds:
            return value
        if wanted == "integer" and value in COUNTED and "string" in kinds:
            return {"$text": f"{{{value[1:]}}}"}
    return None
