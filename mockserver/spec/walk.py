"""One pass over a document, in place: each object is upgraded and mended by its kind, its `$ref`s made internal.

`KINDS` is the shape of OpenAPI 3.1 (and of what 3.2 adds): which fields of an object hold which others. So a schema is
told from a property's name or an example's data, and a part of another file is read as what it is used for. A document
of 3 MB takes less than 0.1 s, so nothing of it is put off; compiling is (spec/operations, spec/schema).
"""

from __future__ import annotations

import re

from mockserver.spec.model import METHODS, Json
from mockserver.spec.pointers import Trail
from mockserver.spec.references import File
from mockserver.spec.survey import Survey, Task
from mockserver.spec.text import spelt
from mockserver.spec.upgrade_swagger import upgrade
from mockserver.spec.walk_schema import walk_schema

ONE, MAP, LIST = "one", "map", "list"
VALUE = {"schema": (ONE, "schema"), "content": (MAP, "media type"), "examples": (MAP, "example")}
KINDS: dict[str, dict[str, tuple[str, str]]] = {
    "document": {"paths": (MAP, "path item"), "webhooks": (MAP, "path item"), "components": (ONE, "components")},
    "components": {
        "schemas": (MAP, "schema"), "responses": (MAP, "response"), "parameters": (MAP, "parameter"),
        "examples": (MAP, "example"), "requestBodies": (MAP, "request body"), "headers": (MAP, "header"),
        "securitySchemes": (MAP, "security scheme"), "links": (MAP, "link"), "callbacks": (MAP, "callback"),
        "pathItems": (MAP, "path item"), "mediaTypes": (MAP, "media type"),
    },
    "path item": {
        **dict.fromkeys(METHODS, (ONE, "operation")),
        "parameters": (LIST, "parameter"),
        "additionalOperations": (MAP, "operation"),
    },
    "operation": {
        "parameters": (LIST, "parameter"), "requestBody": (ONE, "request body"), "responses": (MAP, "response"),
        "callbacks": (MAP, "callback"),
    },
    "response": {"headers": (MAP, "header"), "content": (MAP, "media type"), "links": (MAP, "link")},
    "parameter": VALUE,
    "header": VALUE,
    "request body": {"content": (MAP, "media type")},
    "media type": {
        "schema": (ONE, "schema"), "itemSchema": (ONE, "schema"), "encoding": (MAP, "encoding"),
        "examples": (MAP, "example"),
    },
    "encoding": {"headers": (MAP, "header")},
    "callback": {}, "link": {}, "example": {}, "security scheme": {},
}  # fmt: skip
EXTENSIBLE = frozenset({"paths", "responses", "callbacks"})  # maps in which `x-…` is an extension, not a name
STATUS = re.compile(r"[1-5][0-9][0-9]|[1-5]XX|default")


def walk(survey: Survey) -> None:
    """Walks a document and whatever its `$ref`s lead to; what it finds stands in the survey."""
    root = survey.files.root
    tasks: list[Task] = [(root.content, "document", None, root)]
    seen: set[tuple[int, str]] = set()  # objects of other files: several `$ref`s may lead to one
    while tasks:
        node, kind, trail, file = tasks.pop()
        if file.prefix:
            if (id(node), kind) in seen:
                continue
            seen.add((id(node), kind))
        if kind == "schema":
            tasks += walk_schema(survey, node, trail, file)
        elif isinstance(node, dict):
            _object(survey, node, kind, trail, file, tasks)


def _object(survey: Survey, node: dict[str, Json], kind: str, trail: Trail, file: File, tasks: list[Task]) -> None:
    if "$ref" in node and kind not in ("document", "components"):
        task = survey.refer(node, kind, trail, file)
        if task:
            tasks.append(task)
        if kind != "path item":  # beside whose `$ref` more may stand (3.1, 4.8.9)
            return
    if kind == "path item":
        _methods(survey, node, trail)
    upgrade(survey, node, kind, trail, file)
    if kind == "operation":
        _statuses(survey, node, trail)
    elif kind == "parameter":
        _parameter(survey, node, trail)
    elif kind == "callback":
        _map(survey, node, "path item", trail, file, tasks, True)
    elif kind == "media type" and "itemSchema" in node:
        node.setdefault("schema", {"type": "array", "items": node["itemSchema"]})  # 3.2: each item of a stream
    elif kind == "example" and "dataValue" in node:
        node.setdefault("value", node["dataValue"])  # 3.2
    for name, (shape, below) in KINDS[kind].items():
        if name in node:
            _field(survey, node, name, shape, below, (trail, name), file, tasks)


def _field(
    survey: Survey, node: dict[str, Json], name: str, shape: str, kind: str, trail: Trail, file: File, tasks: list[Task]
) -> None:
    value = node[name]
    if shape == MAP and isinstance(value, dict):
        _map(survey, value, kind, trail, file, tasks, name in EXTENSIBLE)
    elif shape == LIST and isinstance(value, list):
        _list(survey, value, kind, trail, file, tasks)
    elif shape == ONE and (isinstance(value, dict) or (kind == "schema" and isinstance(value, bool))):
        tasks.append((value, kind, trail, file))
    elif kind == "operation":
        survey.note(trail, f"an operation is an object, not {spelt(value)}", "operation")
    else:
        del node[name]
        wanted = {MAP: f"{kind}s by name", LIST: f"a list of {kind}s", ONE: f"a {kind}"}[shape]
        survey.note(trail, f"{name} should be {wanted}, not {spelt(value)}; it is left out")


def _map(
    survey: Survey, named: dict[str, Json], kind: str, trail: Trail, file: File, tasks: list[Task], extensible: bool
) -> None:
    for name, value in named.items():
        if extensible and name.startswith("x-"):
            continue
        if not isinstance(value, dict) and not (kind == "schema" and isinstance(value, bool)):
            if kind == "operation":
                survey.note((trail, name), f"an operation is an object, not {spelt(value)}", "operation")
                continue
            named[name] = {}
            if value is not None:
                survey.note((trail, name), f"a {kind} is an object, not {spelt(value)}; read as an empty one")
        tasks.append((named[name], kind, (trail, name), file))


def _list(survey: Survey, listed: list[Json], kind: str, trail: Trail, file: File, tasks: list[Task]) -> None:
    for index, value in enumerate(listed):
        if not isinstance(value, dict):
            listed[index] = {}
            survey.note((trail, index), f"a {kind} is an object, not {spelt(value)}; it is left out")
        tasks.append((listed[index], kind, (trail, index), file))


def _methods(survey: Survey, item: dict[str, Json], trail: Trail) -> None:
    """Methods are keys in lower case (3.1, 4.8.9); nothing else in a path item is written like one."""
    for said in [one for one in item if one not in METHODS and one.lower() in METHODS]:
        if said.lower() not in item:
            item[said.lower()] = item.pop(said)
            survey.note((trail, said.lower()), f"the method {said} is read as {said.lower()}")


def _parameter(survey: Survey, parameter: dict[str, Json], trail: Trail) -> None:
    """Sees that a parameter has a name, a place and a schema; it is emptied, and so left out, without the first two."""
    name, place = parameter.get("name"), parameter.get("in")
    if isinstance(name, int | float):
        parameter["name"] = name = spelt(name)
    if parameter and (not isinstance(name, str) or not isinstance(place, str)):
        parameter.clear()
        survey.note(trail, "a parameter needs a name, and a place (`in`); it is left out")
        return
    content = parameter.get("content")
    if isinstance(content, dict) and content:
        for media in content.values():
            if isinstance(media, dict):
                media.setdefault("schema", {})
    elif not isinstance(parameter.get("schema"), dict | bool) and parameter:
        parameter["schema"] = {}
        survey.note(trail, f"the parameter {name!r} has no schema; any value is taken")


def _statuses(survey: Survey, operation: dict[str, Json], trail: Trail) -> None:
    """The keys of `responses` as 3.1 has them (4.8.16): '200', '2XX' or 'default'."""
    responses = operation.get("responses")
    if not isinstance(responses, dict):
        return
    for said in [one for one in responses if not STATUS.fullmatch(one) and not one.startswith("x-")]:
        match = STATUS.search(said.upper().replace("DEFAULT", "default"))
        here = ((trail, "responses"), said)
        response = responses.pop(said)
        if match and match[0] not in responses:
            responses[match[0]] = response
            survey.note(here, f"{said!r} is no status; read as {match[0]}")
        else:
            survey.note(here, f"{said!r} is no status; this response is left out")
