"""A request for an operation from plain values: parameters written by their style, a body by its media type."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import quote, urlencode

import orjson

from mockserver.spec.model import Json, Operation, Parameter
from mockserver.steps.call import NOTHING, Request

JSON_TYPE = "application/json"
JOINTS = {"form": ",", "simple": ",", "spaceDelimited": "%20", "pipeDelimited": "%7C", "label": ".", "matrix": ","}


def request_of(
    operation: Operation,
    path: Mapping[str, Json] = NOTHING,
    query: Mapping[str, Json] = NOTHING,
    body: Json | bytes | None = None,
    headers: Mapping[str, str] = NOTHING,
) -> Request:
    """A request; a body of bytes goes as it is. Parameters that the document doesn't know are written plainly."""
    known = {(one.location, one.name): one for one in operation.parameters}
    template = operation.path
    for name, value in path.items():
        template = template.replace(f"{{{name}}}", _in_path(known.get(("path", name)), name, value))
    pairs = [_in_query(known.get(("query", name)), name, value) for name, value in query.items() if value is not None]
    sent = {name.lower(): value for name, value in headers.items()}
    data = b""
    if body is not None:
        media = next((one.type for one in operation.body.media), JSON_TYPE) if operation.body else JSON_TYPE
        data, kind = encoded(body, media)
        sent.setdefault("content-type", kind)
    return Request(operation.method.upper(), template, "&".join(part for part in pairs if part), sent, data)


def encoded(body: Json | bytes, media: str) -> tuple[bytes, str]:
    """A body and its media type: JSON, a form where only that is taken, bytes as they are."""
    kind = JSON_TYPE if "*" in media else media
    if isinstance(body, bytes):
        return body, kind
    if kind == "application/x-www-form-urlencoded" and isinstance(body, dict):
        return urlencode({name: text(value) for name, value in body.items()}).encode(), kind
    return written(body), kind


def written(value: Json) -> bytes:
    """JSON, with numbers of any size and halves of surrogates as well."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, separators=(",", ":")).encode()


def text(value: Json) -> str:
    """A scalar as parameters have it."""
    if isinstance(value, str):
        return value
    return written(value).decode() if value is not None else ""


def escaped(value: Json) -> str:
    """A scalar, percent-encoded whole."""
    return quote(text(value), safe="-._~", errors="surrogatepass")


def _in_path(parameter: Parameter | None, name: str, value: Json) -> str:
    style = parameter.style if parameter else "simple"
    explode = bool(parameter and parameter.explode)
    start = {"label": ".", "matrix": f";{name}="}.get(style, "")
    if isinstance(value, dict):
        pairs = [(escaped(one), escaped(inside)) for one, inside in value.items()]
        return start + ",".join(f"{a}={b}" if explode else f"{a},{b}" for a, b in pairs)
    if isinstance(value, list):
        joint = start if explode and style in ("label", "matrix") else JOINTS.get(style, ",")
        return start + joint.join(map(escaped, value))
    return start + escaped(value)


def _in_query(parameter: Parameter | None, name: str, value: Json) -> str:
    """A parameter of the query (OpenAPI 3.1, 4.8.12.6)."""
    style = parameter.style if parameter else "form"
    explode = parameter.explode if parameter else True
    key = quote(name, safe="-._~[]")
    if parameter is not None and parameter.media_type is not None:
        return f"{key}={quote(written(value), safe='')}"
    if isinstance(value, dict):
        if style == "deepObject":
            return "&".join(f"{key}[{escaped(one)}]={escaped(inside)}" for one, inside in value.items())
        if explode:
            return "&".join(f"{escaped(one)}={escaped(inside)}" for one, inside in value.items())
        return f"{key}=" + ",".join(f"{escaped(one)},{escaped(inside)}" for one, inside in value.items())
    if isinstance(value, list):
        if explode and style == "form":
            return "&".join(f"{key}={escaped(one)}" for one in value)
        return f"{key}=" + JOINTS.get(style, ",").join(map(escaped, value))
    return f"{key}={escaped(value)}"
