"""How a body is written in the media type of an answer."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape, quoteattr

import orjson

from mockserver.spec.model import Json
from mockserver.spec.schema import Schemas
from mockserver.steps.multipart_out import parts_writer, with_boundary
from mockserver.steps.tiny_files import file_writer

Encode = Callable[[Any], bytes]
LINES = frozenset({"application/x-ndjson", "application/jsonl", "application/x-jsonlines", "application/ndjson",
                   "application/jsonlines", "application/stream+json", "application/x-jsonl"})  # fmt: skip
RANGES = {"*": "application/json", "application": "application/json", "text": "text/plain", "image": "image/png",
          "audio": "audio/mpeg", "video": "video/mp4", "multipart": "multipart/form-data"}  # fmt: skip
NOTHING: Mapping[str, Json] = {}


def concrete(media_type: str, is_bytes: bool) -> str:
    """A type for a range: `*/*` is JSON, unless its schema is of bytes or says nothing."""
    main = media_type.partition("/")[0]
    if "*" not in media_type:
        return media_type
    return "application/octet-stream" if is_bytes and main in ("*", "application") else RANGES.get(main, "text/plain")


def root_of(pointer: str | None) -> str:
    """What an XML document is called whose schema doesn't say: a component by its name."""
    return pointer.rpartition("/")[2] if pointer and pointer.startswith("/components/schemas/") else "root"


def labelled(media_type: str) -> str:
    """A type as Content-Type tells it: a text's with its charset, that of several parts with their boundary."""
    if media_type.startswith("multipart/"):
        return with_boundary(media_type)
    bare = media_type.startswith("text/") and "charset" not in media_type
    return f"{media_type}; charset=utf-8" if bare else media_type


def encoder(
    media_type: str,
    node: Json = None,
    schemas: Schemas | None = None,
    root: str = "root",
    encoding: Mapping[str, Json] = NOTHING,
) -> Encode:
    """A function that writes a JSON-like value in a media type; what the type can't say is written as JSON.

    XML takes its names from the schema `node`, and is called `root` where that doesn't say; `encoding` says of which
    types the parts of a multipart body are. A text that is to be an image, or the like, is written as such a file.
    """
    if media_type.lower().startswith("multipart/"):
        return parts_writer(media_type, node, schemas, encoding, encoder)
    return file_writer(media_type, _encoder(media_type, node, schemas, root), node, schemas)


def _encoder(media_type: str, node: Json, schemas: Schemas | None, root: str) -> Encode:
    name = media_type.partition(";")[0].strip().lower()
    if name in LINES:
        return lambda value: b"".join(orjson.dumps(one) + b"\n" for one in _list(value))
    if name == "application/json-seq":  # RFC 7464
        return lambda value: b"".join(b"\x1e" + orjson.dumps(one) + b"\n" for one in _list(value))
    if name.endswith("json"):
        return orjson.dumps
    if name.endswith("xml"):
        return lambda value: value.encode() if isinstance(value, str) else _document(value, node, schemas, root)
    if name == "application/x-www-form-urlencoded":
        return lambda value: urlencode(_pairs(value)).encode() if isinstance(value, Mapping) else _plain(value)
    if name == "text/event-stream":
        return lambda value: b"".join(b"data: " + _plain(one) + b"\n\n" for one in _list(value))
    if name == "text/csv":
        return lambda value: _table(value) if isinstance(value, list) else _plain(value)
    charset = re.search(r";\s*charset=\"?([\w.:-]+)", media_type, re.IGNORECASE)
    if charset and charset[1].lower() not in ("utf-8", "utf8") and _is_charset(charset[1]):
        return lambda value: _plain(value).decode("utf-8", "replace").encode(charset[1], "replace")
    return _plain


def _is_charset(name: str) -> bool:
    try:
        return codecs.lookup(name).name != ""
    except LookupError:
        return False


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _plain(value: Any) -> bytes:
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else orjson.dumps(value)


def _text(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else orjson.dumps(value).decode()


def _pairs(value: Any, name: str = "") -> list[tuple[str, str]]:
    """Names and values, nested ones in brackets: `metadata[tier]`, `tags[0]`."""
    inner = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else None
    if inner is None:
        return [(name, _text(value))]
    return [pair for key, one in inner for pair in _pairs(one, f"{name}[{key}]" if name else str(key))]


def _table(rows: list[Any]) -> bytes:
    """CSV (RFC 4180): the properties of objects are the columns."""
    columns = list(dict.fromkeys(name for row in rows if isinstance(row, Mapping) for name in row))
    head = [columns] if columns else []
    lines = [[row.get(name) for name in columns] if isinstance(row, Mapping) else _list(row) for row in rows]
    return "".join(",".join(map(_cell, line)) + "\r\n" for line in [*head, *lines]).encode()


def _cell(value: Any) -> str:
    text = _text(value)
    return '"' + text.replace('"', '""') + '"' if re.search(r'[",\r\n]', text) else text


def _document(value: Any, node: Json, schemas: Schemas | None, root: str) -> bytes:
    said = _xml_of(node, schemas)
    name = str(said.get("name") or root)
    if isinstance(value, list):
        items = schemas.items(node) if schemas and node is not None else None
        inner = "".join(_element(_item_name(items, "item", schemas), one, items, schemas) for one in value)
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<{_tag(name)}>{inner}</{_tag(name)}>'.encode()
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + _element(name, value, node, schemas).encode()


def _element(name: str, value: Any, node: Json, schemas: Schemas | None) -> str:
    """An element as its schema's XML Object has it: attributes, names, wrapped lists (OpenAPI 3.1, 4.8.26)."""
    said = _xml_of(node, schemas)
    tag = _tag(f"{said['prefix']}:{name}" if said.get("prefix") else name)
    space = f" xmlns{':' + said['prefix'] if said.get('prefix') else ''}" if said.get("namespace") else ""
    label = f"{space}={quoteattr(str(said['namespace']))}" if space else ""
    if not isinstance(value, Mapping):
        return f"<{tag}{label}>{escape(_printable(_text(value)))}</{tag}>"
    inner = []
    for key, one in value.items():
        known = schemas.property_schema(node, key) if schemas and node is not None else None
        words = _xml_of(known, schemas)
        own = str(words.get("name") or key)
        if words.get("attribute") and not isinstance(one, Mapping | list):
            label += f" {_tag(own)}={quoteattr(_printable(_text(one)))}"
        elif isinstance(one, list):
            inner.append(_listed(own, one, known, words, schemas))
        else:
            inner.append(_element(own, one, known, schemas))
    return f"<{tag}{label}>{''.join(inner)}</{tag}>"


def _listed(name: str, values: list[Any], node: Json, said: Mapping[str, Json], schemas: Schemas | None) -> str:
    """The items of an array, one element each; in one more that is the array's where it is `wrapped`."""
    items = schemas.items(node) if schemas and node is not None else None
    each = _item_name(items, name, schemas)
    inner = "".join(_element(each, one, items, schemas) for one in values)
    return f"<{_tag(name)}>{inner}</{_tag(name)}>" if said.get("wrapped") else inner


def _item_name(items: Json, name: str, schemas: Schemas | None) -> str:
    return str(_xml_of(items, schemas).get("name") or name)


def _xml_of(node: Json, schemas: Schemas | None) -> Mapping[str, Json]:
    if schemas is None or node is None:
        return NOTHING
    return next((part["xml"] for part in schemas.parts(node) if isinstance(part.get("xml"), dict)), NOTHING)


def _tag(name: str) -> str:
    """A name that XML takes."""
    plain = re.sub(r"[^\w.:-]", "_", name, flags=re.ASCII)
    return plain if re.match(r"[A-Za-z_]", plain) else f"_{plain}"


def _printable(text: str) -> str:
    """Without the characters that XML 1.0 has no way to write."""
    return re.sub("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)
