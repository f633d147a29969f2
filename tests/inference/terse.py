"""OpenAPI documents in a few lines: what operations take and answer, in a notation for schemas of one line.

    GET /contacts?page:int&name -> {data: [Contact], total: int}
    POST /contacts <Contact> -> 201 Contact          what it takes stands in angle brackets
    DELETE /contacts/{id:int} -> 204

    Contact = {-id!: int, name: str, email: email, stage: new|won}

A `-` before a property's name marks it readOnly, a `!` behind it required. Choices are parted by `|`, `X?` may be null,
`(…)` behind a type is its description, a name with a capital letter is a component, and a text behind `#` is a summary.
"""

from __future__ import annotations

import json
import re
from typing import Any

Json = Any
TYPES: dict[str, dict[str, Json]] = {
    "str": {"type": "string"}, "int": {"type": "integer"}, "num": {"type": "number"}, "bool": {"type": "boolean"},
    "any": {}, "obj": {"type": "object"}, "email": {"type": "string", "format": "email"},
    "dt": {"type": "string", "format": "date-time"}, "date": {"type": "string", "format": "date"},
    "uuid": {"type": "string", "format": "uuid"}, "uri": {"type": "string", "format": "uri"},
}  # fmt: skip
TOKEN = re.compile(r"\s*(\(([^()]*)\)|[\w@.$~*|<>-]+|[{}\[\],:!?])")
LINE = re.compile(
    r"(?P<method>[A-Z]+) (?P<path>[^ ?]+)(?:\?(?P<query>\S+))?(?: <(?P<body>.+?)>)? -> "
    r"(?P<status>\d{3})?\s*(?P<shown>[^#]*?)\s*(?:# (?P<said>.*))?$"
)


def document(text: str) -> str:
    """The OpenAPI document (without `openapi` and `info`), as YAML."""
    paths: dict[str, Json] = {}
    schemas: dict[str, Json] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        if re.match(r"[A-Z]\w* = ", line):
            name, _, said = line.partition(" = ")
            schemas[name] = _schema(said)
            continue
        match = LINE.fullmatch(line)
        assert match, f"not understood: {line}"
        path = re.sub(r"\{([^{}:]+):\w+\}", r"{\1}", match["path"])
        paths.setdefault(path, {})[match["method"].lower()] = _operation(match)
    return f"paths: {json.dumps(paths)}\ncomponents: {json.dumps({'schemas': schemas})}\n"


def _operation(match: re.Match[str]) -> Json:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": TYPES[kind or "str"]}
        for name, kind in re.findall(r"\{([^{}:]+)(?::(\w+))?\}", match["path"])
    ]
    for part in filter(None, (match["query"] or "").split("&")):
        name, _, kind = part.partition(":")
        required, name = name.endswith("!"), name.rstrip("!")
        parameters.append({"name": name, "in": "query", "required": required, "schema": _schema(kind or "str")})
    shown = {"description": "It", **({"content": _content(match["shown"])} if match["shown"] else {})}
    made: dict[str, Json] = {"responses": {match["status"] or "200": shown, "404": {"description": "No"}}}
    if match["body"]:
        made["requestBody"] = {"required": True, "content": _content(match["body"])}
    if match["said"]:
        made["summary"] = match["said"]
    return {**made, "parameters": parameters}


def _content(said: str) -> Json:
    return {"application/json": {"schema": _schema(said)}}


def _schema(said: str) -> Json:
    tokens = [match[1] for match in TOKEN.finditer(said)]
    node, rest = _read(tokens)
    assert not rest, f"not understood: {said!r} from {rest}"
    return node


def _read(tokens: list[str]) -> tuple[Json, list[str]]:
    head, *rest = tokens
    if head == "[":
        items, rest = _read(rest)
        return _described({"type": "array", "items": items}, rest[1:])
    if head == "{":
        properties, required = dict[str, Json](), list[str]()
        while rest[0] != "}":
            name, *rest = rest
            if rest[0] == "!":
                required.append(name.removeprefix("-"))
                rest = rest[1:]
            inner, rest = _read(rest[1:])
            own = {"allOf": [inner]} if name[0] == "-" and "$ref" in inner else inner
            properties[name.removeprefix("-")] = {**own, "readOnly": True} if name[0] == "-" else inner
            rest = rest[1:] if rest[0] == "," else rest
        whole = {"type": "object", "properties": properties, **({"required": required} if required else {})}
        return _described(whole, rest[1:])
    if "|" in head:
        return _described({"type": "string", "enum": head.split("|")}, rest)
    return _described(dict(TYPES[head]) if head in TYPES else {"$ref": f"#/components/schemas/{head}"}, rest)


def _described(node: Json, rest: list[str]) -> tuple[Json, list[str]]:
    while rest and (rest[0] == "?" or rest[0][0] == "("):
        if rest[0] == "?":
            node = {**node, "type": [node["type"], "null"]} if "type" in node else {"anyOf": [node, {"type": "null"}]}
        else:
            node = {**node, "description": rest[0][1:-1]}
        rest = rest[1:]
    return node, rest
