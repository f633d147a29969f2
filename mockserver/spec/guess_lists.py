"""What a list operation's parameters and response tell: its page style, filters, order and envelope."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mockserver.spec.behaviour import Words
from mockserver.spec.guess_names import is_created, is_updated, kind
from mockserver.spec.guess_shapes import list_shape, names_records
from mockserver.spec.model import Json, Operation, Parameter
from mockserver.spec.schema import Schemas

SIZE = re.compile(r"limit|(page|per)[_-]?(size|page|limit)|per_?page|count|max_?results|top|size|_limit", re.IGNORECASE)
CURSOR = re.compile(
    r"(start(ing)?_?)?(cursor|after|marker)|next|(next_?)?(page_?)?(token|cursor)|offset|start_?key", re.IGNORECASE
)
NUMBER = re.compile(r"page|page_?(number|no|index)|p", re.IGNORECASE)
OFFSET = re.compile(r"offset|skip|start|start_?(at|index)|_skip|from", re.IGNORECASE)
PLACES = (("page", NUMBER, "integer"), ("offset", OFFSET, "integer"), ("cursor", CURSOR, "string"))
SEARCH = re.compile(r"q|search|query|text|keywords?|term|search_?(term|text|query)", re.IGNORECASE)
SORT = re.compile(r"sort|sort_?by|order_?by", re.IGNORECASE)
RANGE = re.compile(
    r"(created?|updated?|modified)_?(?:at_?|on_?|date_?)?(after|since|from|gte|min|start|before|until|to|lte|max|end)",
    re.IGNORECASE,
)
DONE = re.compile(r"success|successful|ok", re.IGNORECASE)
AROUND = re.compile(
    r"meta(_?data)?|pag(es|ing|ination|e)(_?(info|data|meta))?|cursors?|additional_?data|result_?info|_?links",
    re.IGNORECASE,
)

# response property -> what it holds, tried in this order
PARTS: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (re.compile(r"next_?(cursor|(page_?)?token|marker|start|offset|page)|cursor|next|(starting_?)?after|offset", re.I),
     "$page.next", "string"),
    (re.compile(r"next_?(start|offset|page)", re.I), "$page.next", "integer"),
    (re.compile(r"has_?(more|next)(_?(page|items|results))?|more(_items_in_collection)?|is_?truncated", re.I),
     "$page.more", "boolean"),
    (re.compile(r"(is_?)?last(_?page)?", re.I), "$page.last", "boolean"),
    (re.compile(r"total_?pages|page_?count|pages|last_?page", re.I), "$page.pages", "integer"),
    (re.compile(r"total(_?(count|results|items|records|entries))?|count|num_?results", re.I), "$page.total", "integer"),
    (re.compile(r"(current_?)?page(_?(number|index))?", re.I), "$page.number", "integer"),
    (re.compile(r"limit|page_?size|per_?page|size|max_?results", re.I), "$page.size", "integer"),
    (re.compile(r"offset|start|skip|start_?at", re.I), "$page.offset", "integer"),
)  # fmt: skip
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
    operation: Operation, media: str | None, resource: str, properties: Mapping[str, Json], schemas: Schemas,
    page: Words | None = None,
) -> Words:  # fmt: skip
    """`page`, `filters`, `sort` and `answer` of a list, from its parameters, its response's schema and the record's."""
    shape = list_shape(media, resource, schemas) if media else None
    words: Words = {"page": page or _page(operation, schemas)}
    if words["page"] == {"style": "all"} and media and shape and (told := _told(media, shape.way, schemas)):
        words["page"] = told
    style = words["page"]["style"]
    if media and shape:
        words["answer"] = list_answer(media, shape.way, schemas, style)
    filters: Words = {}
    taken = set(words["page"].values())
    for parameter in operation.parameters:
        if parameter.location != "query" or parameter.name in taken:
            continue
        if SORT.fullmatch(parameter.name) and parameter.name not in properties:
            if _names_fields(parameter, properties, schemas):
                words["sort"] = parameter.name
        elif found := _filter(parameter, properties, schemas):
            filters[parameter.name] = found
    return {**words, **({"filters": filters} if filters else {})}


def _filter(parameter: Parameter, properties: Mapping[str, Json], schemas: Schemas) -> Words | None:
    name = parameter.name
    if parameter.style == "deepObject":
        return {"each": True} if _of_fields(parameter, properties, schemas) else None
    if embedded := _names(name, properties, schemas):
        return {"fields": [embedded], "compare": "has"}
    if name in properties:
        kinds = schemas.kinds(properties[name])
        if _is_of_another_form(parameter, properties[name], schemas):
            return None
        if kinds <= {"array", "null"}:
            return {"fields": [name], "compare": "has"}
        return None if kinds <= {"object", "null"} else {
            "fields": [name], "compare": "eq", **_limits(parameter, properties[name], schemas),
        }  # fmt: skip
    if SEARCH.fullmatch(name) and (texts := _texts(properties, schemas)):
        return {"fields": texts, "compare": "contains"}
    return _range(name, properties)


def _limits(parameter: Parameter, node: Json, schemas: Schemas) -> Words:
    """When a parameter filters nothing: with a value such as `all`, or by a default that isn't a yes or no."""
    asked, own = (schemas.follow(one) for one in (schemas.look_up(parameter.schema), node))
    words: Words = {}
    choices = asked.get("enum") if isinstance(asked, dict) else None
    known = own.get("enum") if isinstance(own, dict) else None
    every = [one for one in choices or () if str(one).lower() in ("all", "any", "*") and one not in (known or ())]
    if every:
        words["all"] = every
    if isinstance(asked, dict) and isinstance(asked.get("default"), str):
        words["sent-only"] = True
    return words


def _is_of_another_form(parameter: Parameter, node: Json, schemas: Schemas) -> bool:
    """Whether a parameter takes ids where the property of its name holds something else, or the other way round."""
    forms = [schemas.follow(one) for one in (schemas.look_up(parameter.schema), node)]
    found = {one.get("format") == "uuid" for one in forms if isinstance(one, dict)}
    return len(found) > 1


def _names(name: str, properties: Mapping[str, Json], schemas: Schemas) -> str | None:
    """The way to the keys of records that a record shows, where a parameter is named after them.

    `project=7` looks at `projects.gid`, `assignee=9` at `assignee.gid`.
    """
    for field, node in properties.items():
        if field == name or (kind(field) == kind(name) and "array" in schemas.kinds(node)):
            way = names_records(field, node, schemas)
            if way and "." in way:
                return way
    for field, node in properties.items():  # `section=5` looks at `memberships.section.gid`
        inner = schemas.items(node) if "array" in schemas.kinds(node) else None
        member = schemas.properties(inner).get(name) if inner else None
        way = names_records(f"{field}.{name}", member, schemas) if member else None
        if way and way.count(".") > 1:
            return way
    return None


def _range(name: str, properties: Mapping[str, Json]) -> Words | None:
    """`created_after`, `updated_since`, `created_before`: a bound of a time that the record has."""
    match = RANGE.fullmatch(name)
    if not match:
        return None
    known = is_created if match[1].lower().startswith("creat") else is_updated
    field = next((one for one in properties if known(one)), None)
    compare = "gte" if match[2].lower() in ("after", "since", "from", "gte", "min", "start") else "lte"
    return {"fields": [field], "compare": compare} if field else None


def _names_fields(parameter: Parameter, properties: Mapping[str, Json], schemas: Schemas) -> bool:
    """Whether a sort parameter's values are the record's properties, as its `enum` says."""
    node = schemas.follow(schemas.look_up(parameter.schema))
    items = schemas.follow(schemas.items(node)) if schemas.items(node) else node
    choices = items.get("enum") if isinstance(items, dict) else None
    return bool(choices) and all(isinstance(one, str) and one.lstrip("-") in properties for one in choices or ())


def _page(operation: Operation, schemas: Schemas) -> Words:
    """The page style by the names and types of parameters: numbers are pages or offsets, texts are cursors."""
    known = {
        one.name: schemas.kinds(schemas.look_up(one.schema)) for one in operation.parameters if one.location == "query"
    }

    def first(pattern: re.Pattern[str], wanted: str) -> str | None:
        return next((name for name, kinds in known.items() if pattern.fullmatch(name) and wanted in kinds), None)

    size = {"size": found} if (found := first(SIZE, "integer")) else {}
    for style, pattern, type_of in PLACES:
        if position := first(pattern, type_of):
            return {"style": style, **size, "position": position}
    if position := first(CURSOR, "integer"):
        return {"style": "offset", **size, "position": position}
    return {"style": "page" if size else "all", **size}


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


def list_answer(pointer: str, way: tuple[str, ...], schemas: Schemas, style: str = "cursor") -> Json:
    """The envelope of a list: `{data: $page.records, next_cursor: $page.next, …}` or just `$page.records`."""
    if not way:
        return "$page.records"
    answer = _envelope(schemas.look_up(pointer), way, schemas, set())
    return answer if style == "cursor" else _numbered(answer, schemas.look_up(pointer), style, schemas)


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
        elif link := _link(name, inner, kinds, within, schemas):
            answer[name] = link
        elif found := _part(name, kinds, told):
            told.add(found)
            answer[name] = found
        elif DONE.fullmatch(name) and "boolean" in kinds:
            answer[name] = True
        elif kinds <= {"object", "null"} and depth < 3 and (AROUND.fullmatch(name) or _is_link_name(name, within)):
            nested = _envelope(inner, (), schemas, told, depth + 1, name)
            answer |= {name: nested} if nested else {}
    return answer


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


def _part(name: str, kinds: frozenset[str], told: set[str]) -> str | None:
    for pattern, value, wanted in PARTS:
        if pattern.fullmatch(name) and wanted in kinds and len(kinds) < 6 and value not in told:
            return value
    return None


def _of_fields(parameter: Parameter, properties: Mapping[str, Json], schemas: Schemas) -> bool:
    """Whether a deepObject's keys are the record's properties, plain or with a comparison behind them."""
    names = schemas.properties(schemas.look_up(parameter.schema))
    plain = [re.sub(r"_(gt|gte|lt|lte)$", "", name) for name in names]
    return bool(plain) and all(name in properties for name in plain)


def _texts(properties: Mapping[str, Json], schemas: Schemas) -> list[str]:
    """The properties that a text search looks at: free texts, not ids, times or choices."""
    found = []
    for name, node in properties.items():
        node = schemas.follow(node)
        free = isinstance(node, dict) and "string" in schemas.kinds(node) and not (node.keys() & {"enum", "const"})
        if free and node.get("format") in (None, "email", "phone") and not re.search(r"(^|_)id$|Id$", name):
            found.append(name)
    return found
