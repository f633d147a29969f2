"""Multipart bodies as answers: a part for each property, or item, of a value (RFC 2046, 5.1; RFC 7578)."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from mockserver.spec.model import Json
from mockserver.spec.schema import Schemas

Encode = Callable[[Any], bytes]
BOUNDARY = "mock-7d5f0c2e9b41"
DECLARED = re.compile(r";\s*boundary=\"?([0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-])\"?", re.IGNORECASE)
WRITTEN = re.compile(r"\s*--([^\s-][^\r\n]{0,68}[^\s-])\r?\n")  # an example that is a multipart body already
NO_WORDS: Mapping[str, Json] = {}


def boundary_of(media_type: str) -> str:
    """The boundary that a media type names; the mock's own where it names none."""
    declared = DECLARED.search(media_type)
    return declared[1] if declared else BOUNDARY


def with_boundary(media_type: str) -> str:
    """A multipart type with the boundary that its bodies are written with."""
    return media_type if DECLARED.search(media_type) else f'{media_type}; boundary="{BOUNDARY}"'


def parts_writer(
    media_type: str,
    node: Json,
    schemas: Schemas | None,
    encoding: Mapping[str, Json],
    encoder: Callable[..., Encode],
) -> Encode:
    """A function that writes a value as the parts of a body; `encoder` gives the function for each part's own type.

    The properties of an object are parts by their names, and so are the items of a list among them; the items of a
    list are parts without a name. What else there is makes one part.
    """
    boundary, form = boundary_of(media_type), media_type.lower().startswith("multipart/form-data")
    made: dict[tuple[str | None, str], Encode] = {}
    whole = {  # as clients send a list whose part is to be JSON
        name for name, how in encoding.items() if isinstance(how, dict) and "json" in str(how.get("contentType"))
    }

    def part(name: str | None, inner: Json, value: Any) -> bytes:
        how = encoding.get(name) if name is not None else None
        own = _type_of(how if isinstance(how, dict) else NO_WORDS, inner, value, schemas)
        if (name, own) not in made and len(made) < 100:
            made[name, own] = encoder(own, inner, schemas, root=name or "root")
        octets = (made.get((name, own)) or encoder(own, inner, schemas, root=name or "root"))(value)
        head = _head(name, own, form, encoded := boundary.encode() in octets)
        return head.encode() + b"\r\n" + (base64.encodebytes(octets) if encoded else octets)

    def write(value: Any) -> bytes:
        if isinstance(value, str) and (mark := WRITTEN.match(value)):
            lines = value.strip().replace("--" + mark[1], "--" + boundary).splitlines()
            return "".join(f"{line}\r\n" for line in lines).encode()
        parts = [part(*one) for one in _parts(value, node, schemas, form, whole)]
        empty = [] if form else [b"\r\n"]  # one part at least (RFC 2046, 5.1.1); of forms, browsers send none too
        mark_of = f"--{boundary}".encode()
        return b"".join(mark_of + b"\r\n" + one + b"\r\n" for one in parts or empty) + mark_of + b"--\r\n"

    return write


def _parts(
    value: Any, node: Json, schemas: Schemas | None, form: bool, whole: Collection[str]
) -> Iterator[tuple[str | None, Json, Any]]:
    """The parts of a value: name, schema, value. The lists called as one of `whole` are one part each."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            inner = _inner(node, name, schemas)
            if isinstance(one, list) and name not in whole:
                items = _inner(inner, 0, schemas)
                yield from ((name, items, each) for each in one)
            elif one is not None:
                yield name, inner, one
    elif isinstance(value, list) and not form:
        items = _inner(node, 0, schemas)
        yield from ((None, items, each) for each in value)
    else:
        yield "value" if form else None, node, value


def _inner(node: Json, key: str | int, schemas: Schemas | None) -> Json:
    if schemas is None or node is None:
        return None
    return schemas.property_schema(node, key) if isinstance(key, str) else schemas.items(node)


def _type_of(how: Mapping[str, Json], node: Json, value: Any, schemas: Schemas | None) -> str:
    """A part's media type: as its Encoding Object says, else the usual one for its value (OpenAPI 3.1, 4.8.15.1)."""
    said = str(how.get("contentType") or "").split(",")[0].strip()
    if said and "*" not in said:
        return said
    if said.startswith("image/"):
        return "image/png"
    if isinstance(value, Mapping | list):
        return "application/json"
    for one in schemas.parts(node) if schemas is not None and node is not None else ():
        if isinstance(one.get("contentMediaType"), str):
            return str(one["contentMediaType"])
        if one.get("format") == "binary" or "contentEncoding" in one:
            return "application/octet-stream"
    return "text/plain"


def _head(name: str | None, media_type: str, form: bool, encoded: bool) -> str:
    """The header of a part. A file, which is what is no text and no JSON, has a name as such."""
    file = not media_type.startswith("text/") and not media_type.endswith("json")
    label = re.sub(r'[\r\n"]', lambda found: f"%{ord(found[0]):02X}", name or "")  # as browsers do (RFC 7578, 4.2)
    words = [*([f'name="{label}"'] if name is not None else ()), *([f'filename="{label or "file"}"'] if file else ())]
    kind = "form-data" if form else "attachment" if file else "inline"
    lines = [f"Content-Disposition: {'; '.join([kind, *words])}"] if words or form else []
    lines.append(f"Content-Type: {media_type}{'; charset=utf-8' if media_type == 'text/plain' else ''}")
    lines += ["Content-Transfer-Encoding: base64"] if encoded else []
    return "".join(f"{line}\r\n" for line in lines)
