"""Swagger 2.0 in the words of OpenAPI 3.1.

`root` moves what stands at the top; then each object is changed when the walk comes to it, by the function of its kind
in `UPGRADES`. A document of a later version that uses these words all the same (a parameter with `in: body`, or with
`type` beside `in`) is read as it was meant, with a note.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockserver.spec.model import METHODS, Json
from mockserver.spec.pointers import Trail, escape, look_up, of_reference
from mockserver.spec.references import File
from mockserver.spec.survey import Defaults, Survey
from mockserver.spec.upgrade_30 import FILE

JSON = "application/json"
FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
IN_BODY = ("body", "formData")
SCHEMA_WORDS = (
    "type", "format", "items", "default", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength",
    "minLength", "pattern", "maxItems", "minItems", "uniqueItems", "enum", "multipleOf", "x-nullable",
)  # fmt: skip
STYLES: dict[str, dict[str, Json]] = {  # collectionFormat (2.0, Parameter Object) as style and explode (3.1, 4.8.12.2)
    "csv": {"explode": False},
    "multi": {"explode": True},
    "ssv": {"style": "spaceDelimited", "explode": False},
    "pipes": {"style": "pipeDelimited", "explode": False},
    "tsv": {"style": "tabDelimited", "explode": False},  # which 3.1 has no word for; steps/styles does
}
FLOWS = {
    "implicit": "implicit",
    "password": "password",
    "application": "clientCredentials",
    "accessCode": "authorizationCode",
}


def _errors_as_produced(content: dict[str, Json], produces: tuple[str, ...]) -> None:
    """What the root `produces` holds for errors as well that no operation describes: problem details go out as that."""
    plain = next((one for one in produces if one.endswith("json")), None)
    said = content.setdefault("x-mock", {})
    if plain is not None and PROBLEM not in produces and isinstance(said, dict):
        problems = said.setdefault("problems", {})
        if isinstance(problems, dict):
            problems.setdefault("media-type", plain)
    if said == {}:
        del content["x-mock"]


PROBLEM = "application/problem+json"  # RFC 9457


def root(content: dict[str, Json]) -> Defaults:
    """Moves host, basePath, definitions, … to where 3.1 has them. Gives what the root said for all operations."""
    parameters = _mapping(content.pop("parameters", None))
    defaults = Defaults(_texts(content.pop("consumes", None)), _texts(content.pop("produces", None)), parameters)
    _errors_as_produced(content, defaults.produces)
    moved = {
        "schemas": content.pop("definitions", None),
        "parameters": {name: one for name, one in parameters.items() if _place(one) not in IN_BODY},
        "requestBodies": {
            name: _body(one, defaults.consumes or (JSON,)) for name, one in parameters.items() if _place(one) == "body"
        },
        "responses": content.pop("responses", None),
        "securitySchemes": content.pop("securityDefinitions", None),
    }
    components = content.setdefault("components", {})
    for name, objects in moved.items():
        if objects:
            components.setdefault(name, objects)
    base, host = str(content.pop("basePath", "") or ""), content.pop("host", None)
    schemes = _texts(content.pop("schemes", None)) or ("https",)
    if host:
        content["servers"] = [{"url": f"{scheme}://{host}{base}"} for scheme in schemes]
    elif base:
        content["servers"] = [{"url": base}]
    content.pop("swagger", None)
    for resource in _mapping(_mapping(content.get("x-mock")).get("resources")).values():
        if isinstance(resource, dict) and str(resource.get("schema")).startswith("#/definitions/"):
            resource["schema"] = "#/components/schemas/" + resource["schema"].removeprefix("#/definitions/")
    return defaults


def upgrade(survey: Survey, node: dict[str, Json], kind: str, trail: Trail, file: File) -> None:
    """Upgrades one object of a Swagger 2.0 document, or of one that was written as if it were."""
    change = UPGRADES.get(kind)
    if change and (file.version == "2.0" or SIGNS[kind](node)):
        change(survey, node, trail, file)
        if file.version != "2.0":
            survey.note(trail, f"this {kind} is written as in Swagger 2.0; read as such")


def _path_item(survey: Survey, node: dict[str, Json], trail: Trail, file: File) -> None:
    """A body that all operations of a path share becomes a body of each."""
    shared = [one for one in _list(node.get("parameters")) if _place(_target(survey, one, file)) in IN_BODY]
    if not shared:
        return
    node["parameters"] = [one for one in node["parameters"] if one not in shared]
    for method in METHODS:
        operation = node.get(method)
        if isinstance(operation, dict):
            operation["parameters"] = [*_list(operation.get("parameters")), *shared]


def _operation(survey: Survey, node: dict[str, Json], trail: Trail, file: File) -> None:
    """`body` and `formData` parameters become the request body, `consumes` and `produces` its and the answers' media
    types."""
    consumes = _texts(node.pop("consumes", None))
    produces = _texts(node.pop("produces", None)) or survey.defaults.produces or (JSON,)
    kept, form = [], []
    for parameter in _list(node.get("parameters")):
        target = _target(survey, parameter, file)
        if _place(target) == "body":
            node["requestBody"] = _referred_body(survey, parameter, target, consumes)
        elif _place(target) == "formData":
            form.append(target)
        else:
            kept.append(parameter)
    if form:
        node["requestBody"] = _form(form, consumes or survey.defaults.consumes)
    if "parameters" in node:
        node["parameters"] = kept
    for response in _mapping(node.get("responses")).values():
        if isinstance(response, dict) and "$ref" not in response:
            _content(response, produces)
    node.pop("schemes", None)


def _referred_body(survey: Survey, parameter: Json, target: Json, consumes: tuple[str, ...]) -> Json:
    reference = parameter.get("$ref")
    if not isinstance(reference, str):
        return _body(target, consumes or survey.defaults.consumes or (JSON,))
    name = reference.removeprefix("#/parameters/")
    if name == reference:  # in another file
        return _body(
            {**target, "schema": {"$ref": f"{reference}/schema"}}, consumes or survey.defaults.consumes or (JSON,)
        )
    place = f"#/components/requestBodies/{name}"
    if not consumes:
        return {"$ref": place}
    first = escape((survey.defaults.consumes or (JSON,))[0])
    return _body({**target, "schema": {"$ref": f"{place}/content/{first}/schema"}}, consumes)


def _body(parameter: dict[str, Json], types: tuple[str, ...]) -> dict[str, Json]:
    """A body parameter as a request body; its media types share one schema."""
    media: dict[str, Json] = {"schema": parameter.get("schema", {})}
    if "x-example" in parameter:
        media["example"] = parameter["x-example"]
    body: dict[str, Json] = {"content": {one: dict(media) for one in types}}
    return body | {word: parameter[word] for word in ("description", "required") if word in parameter}


def _form(parameters: list[dict[str, Json]], consumes: tuple[str, ...]) -> dict[str, Json]:
    """Form parameters as a request body: properties of an object, with an encoding where they are lists."""
    has_file = any(one.get("type") == "file" for one in parameters)
    types = [one for one in consumes if one in (MULTIPART,) or (one == FORM and not has_file)]
    properties, encoding = {}, {}
    for one in parameters:
        name = str(one.get("name"))
        properties[name] = _schema(one) | {word: one[word] for word in ("description",) if word in one}
        if one.get("type") == "array":
            encoding[name] = {"style": "form"} | STYLES.get(str(one.get("collectionFormat", "csv")), {})
    required = [str(one.get("name")) for one in parameters if one.get("required") is True]
    schema: dict[str, Json] = {"type": "object", "properties": properties}
    if required:
        schema["required"] = list(dict.fromkeys(required))
    media: dict[str, Json] = {"schema": schema}
    if encoding:
        media["encoding"] = encoding
    return {
        "required": bool(required),
        "content": {one: dict(media) for one in types or [MULTIPART if has_file else FORM]},
    }


def _schema(node: dict[str, Json]) -> dict[str, Json]:
    """The words of a parameter, header or `items` that 3.1 puts into a schema."""
    schema = _file({word: node[word] for word in SCHEMA_WORDS if word in node})
    for word in ("example", "x-example"):
        if word in node:
            schema["example"] = node[word]
    _without_collection_format(schema.get("items"))
    return schema


def _file(schema: dict[str, Json]) -> dict[str, Json]:
    """`type: file` is binary text (3.1, 4.8.14.2)."""
    return schema | FILE if schema.get("type") == "file" else schema


def _without_collection_format(items: Json) -> None:
    while isinstance(items, dict):
        items.pop("collectionFormat", None)
        items = items.get("items")


def _parameter(survey: Survey, node: dict[str, Json], trail: Trail, file: File) -> None:
    if "schema" in node or "content" in node:
        return
    said = node.pop("collectionFormat", "csv")
    node["schema"] = _schema(node)
    for word in (*SCHEMA_WORDS, "example", "x-example"):
        node.pop(word, None)
    if node["schema"].get("type") == "array":
        node.update(STYLES.get(str(said), {}))


def _response(survey: Survey, node: dict[str, Json], trail: Trail, file: File) -> None:
    _content(node, survey.defaults.produces or (JSON,))


def _content(response: dict[str, Json], produces: tuple[str, ...]) -> None:
    """`schema` and `examples` of a response as its content, once for each media type that the operation produces."""
    examples, schema = response.pop("examples", None), response.pop("schema", None)
    examples = examples if isinstance(examples, dict) else {}
    if isinstance(schema, dict):
        types = list(dict.fromkeys([*produces, *(one for one in examples if "/" in one)]))
        if schema.get("type") == "file":
            types = [one for one in types if one != JSON] or ["application/octet-stream"]
        content = {one: {"schema": _file(schema)} for one in types}
        for name, example in examples.items():
            if name in content:
                content[name]["example"] = example
        response["content"] = content


def _header(survey: Survey, node: dict[str, Json], trail: Trail, file: File) -> None:
    _parameter(survey, node, trail, file)


def _security_scheme(survey: Survey, node: dict[str, Json], trail: Trail, file: File) -> None:
    if node.get("type") == "basic":
        node.update(type="http", scheme="basic")
    elif node.get("type") == "oauth2" and "flow" in node:
        flow = {word: node.pop(word) for word in ("authorizationUrl", "tokenUrl") if word in node}
        node["flows"] = {
            FLOWS.get(str(node.pop("flow")), "implicit"): flow | {"scopes": node.pop("scopes", None) or {}}
        }


def _target(survey: Survey, parameter: Json, file: File) -> Json:
    """A parameter behind its `$ref`, as written; itself when it has none or when that leads nowhere."""
    if not isinstance(parameter, dict) or not isinstance(parameter.get("$ref"), str):
        return parameter
    reference = parameter["$ref"]
    if reference.startswith("#/parameters/") and not file.prefix:
        return survey.defaults.parameters.get(reference.removeprefix("#/parameters/"), parameter)
    try:
        inside, _ = survey.inside(reference, file)
        return look_up(survey.files.root.content, of_reference(inside))
    except Exception:
        return parameter


def _place(parameter: Json) -> Json:
    return parameter.get("in") if isinstance(parameter, dict) else None


def _mapping(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _texts(value: Json) -> tuple[str, ...]:
    return tuple(one for one in _list(value) if isinstance(one, str))


Upgrade = Callable[[Survey, dict[str, Json], Trail, File], None]
UPGRADES: dict[str, Upgrade] = {
    "path item": _path_item,
    "operation": _operation,
    "parameter": _parameter,
    "response": _response,
    "header": _header,
    "security scheme": _security_scheme,
}
SIGNS: dict[str, Callable[[dict[str, Any]], bool]] = {  # of such an object in a document of a later version
    "path item": lambda node: False,
    "operation": lambda node: any(_place(one) in IN_BODY for one in _list(node.get("parameters"))),
    "parameter": lambda node: "type" in node and "schema" not in node and "content" not in node,
    "response": lambda node: "schema" in node and "content" not in node,
    "header": lambda node: "type" in node and "schema" not in node and "content" not in node,
    "security scheme": lambda node: node.get("type") == "basic" or "flow" in node,
}
