"""How a client writes values into requests: parameters by style, bodies by media type (OpenAPI 3.1, 4.8.12, 4.8.14)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from mockserver.spec.model import Parameter
from mockserver.spec.schema import Schemas
from mockserver.steps.wire_out import encoder

BOUNDARY = "a-boundary-that-nothing-contains"


class Unwritable(Exception):
    """A value that the style or media type has no form for."""


def text(value: Any) -> str:
    """One scalar."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, dict | list):
        raise Unwritable(f"{value!r} is no scalar")
    return value if isinstance(value, str) else json.dumps(value)


def escaped(value: Any) -> str:
    return quote(text(value), safe="")


def in_path(parameter: Parameter, value: Any) -> str:
    """What stands in a path for a value: styles simple, label and matrix."""
    if parameter.media_type:
        return quote(json.dumps(value), safe="")
    name, explode = parameter.name, parameter.explode
    begin, between = {"label": (".", "."), "matrix": (";", ";")}.get(parameter.style, ("", ","))
    if isinstance(value, dict) and value:
        pairs = [(quote(key, safe=""), escaped(one)) for key, one in value.items()]
        if explode:
            return begin + between.join("=".join(pair) for pair in pairs)
        joined = ",".join(part for pair in pairs for part in pair)
    elif isinstance(value, list) and value:
        parts = [escaped(one) for one in value]
        if explode:
            own = f"{name}=" if parameter.style == "matrix" else ""
            return begin + between.join(own + part for part in parts)
        joined = ",".join(parts)
    else:
        joined = escaped(value)
    if not joined or joined in (".", ".."):
        raise Unwritable("a path segment can't be empty")
    return begin + (f"{name}=" if parameter.style == "matrix" else "") + joined


def in_query(parameter: Parameter, value: Any) -> list[tuple[str, str]]:
    """The escaped names and values that stand in a query, or in a Cookie header, for a value."""
    name, explode = quote(parameter.name, safe="[]"), parameter.explode
    if parameter.media_type:
        return [(name, quote(json.dumps(value), safe=""))]
    if isinstance(value, dict):
        if not value:
            raise Unwritable("an empty object has no form")
        if parameter.style == "deepObject":
            return bracketed(name, value)
        pairs = [(quote(key, safe=""), escaped(one)) for key, one in value.items()]
        return pairs if explode else [(name, ",".join(part for pair in pairs for part in pair))]
    if isinstance(value, list):
        if not value:
            raise Unwritable("an empty list has no form")
        if parameter.style == "deepObject":
            return bracketed(name, value)
        parts = [escaped(one) for one in value]
        if explode and parameter.style in ("form", "cookie"):
            return [(name, part) for part in parts]
        between = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}.get(parameter.style, ",")
        return [(name, between.join(parts))]
    return [(name, escaped(value))]


def in_header(parameter: Parameter, value: Any) -> str:
    """A header's value: style simple, not escaped."""
    if parameter.media_type:
        return json.dumps(value)
    if isinstance(value, dict) and value:
        pairs = [(key, text(one)) for key, one in value.items()]
        parts = ["=".join(pair) for pair in pairs] if parameter.explode else [part for pair in pairs for part in pair]
    else:
        parts = [text(one) for one in value] if isinstance(value, list) else [text(value)]
    joined = ",".join(parts)
    if not (joined.isascii() and joined.isprintable()) or joined != joined.strip():
        raise Unwritable("a header is printable ASCII")
    return joined


def bracketed(name: str, value: Any) -> list[tuple[str, str]]:
    """Vendors' nesting: `a[b][c]=1`, `a[0]=1`."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if inner is None:
        return [(name, escaped(value))]
    if not value:
        raise Unwritable("an empty object or list has no form")
    return [pair for key, one in inner for pair in bracketed(f"{name}[{quote(str(key), safe='')}]", one)]


def body(media_type: str, value: Any, node: Any = None, schemas: Schemas | None = None) -> tuple[str, bytes]:
    """The Content-Type and the bytes of a body. XML takes its names from the schema `node`."""
    if media_type.endswith(("/json", "+json")):
        return media_type, json.dumps(value).encode()
    if media_type == "application/x-www-form-urlencoded":
        return media_type, form(value).encode()
    if media_type == "multipart/form-data":
        return f"{media_type}; boundary={BOUNDARY}", multipart(value)
    if media_type in ("application/x-ndjson", "application/jsonl", "application/ndjson"):
        lines = value if isinstance(value, list) else [value]
        return media_type, b"".join(json.dumps(one).encode() + b"\n" for one in lines)
    if media_type.endswith("xml"):
        return media_type, encoder(media_type, node, schemas)(value)
    own = media_type.replace("*/*", "application/octet-stream").replace("/*", "/plain")
    return own, (value if isinstance(value, str) else json.dumps(value)).encode()


def form(value: Any) -> str:
    if not isinstance(value, dict):
        raise Unwritable("a form is an object")
    pairs = [pair for key, one in value.items() for pair in bracketed(quote(key, safe=""), one)]
    return "&".join("=".join(pair) for pair in pairs)


def multipart(value: Any) -> bytes:
    """Scalars and lists of scalars as parts, objects as parts of JSON (4.8.14.1)."""
    if not isinstance(value, dict):
        raise Unwritable("multipart/form-data is an object")
    parts = []
    for name, one in value.items():
        if '"' in name or not name.isprintable():
            raise Unwritable("a name with quotes")
        for each in one if isinstance(one, list) and one else [one]:
            label = f'Content-Disposition: form-data; name="{name}"'
            if isinstance(each, dict | list):
                label += "\r\nContent-Type: application/json"
            content = json.dumps(each) if isinstance(each, dict | list) else text(each)
            parts.append(f"--{BOUNDARY}\r\n{label}\r\n\r\n{content}\r\n")
    return ("".join(parts) + f"--{BOUNDARY}--\r\n").encode()
