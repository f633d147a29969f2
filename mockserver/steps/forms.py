"""Form bodies: form-urlencoded and multipart, with brackets in names, typed by schema (OpenAPI 3.1, section 4.8.15)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from logging import getLogger

from mockserver.spec.model import Json
from mockserver.spec.schema import Schemas
from mockserver.steps.casts import Octets, Tree, cast_of, keys_of, nest
from mockserver.steps.styles import ENCODED, split_query
from mockserver.steps.texts import Unreadable, decoded, parsed, unescape

MAX_PARTS = 1000  # of a form
MAX_HEADER = 4096  # bytes of a part's header
MARKS = {"form": ",", "spaceDelimited": " ", "pipeDelimited": "|", "tabDelimited": "\t"}

Read = Callable[[bytes, Mapping[str, str]], Json]


def form_reader(node: Json, schemas: Schemas, encoding: Mapping[str, Json]) -> Read:
    """Reads `name=Ada&metadata[tier]=gold&to[]=a&to[]=b` as an object of the schema `node`."""
    cast = cast_of(node, schemas)
    styles = {name: how for name, how in encoding.items() if isinstance(how, dict)}

    def read(octets: bytes, parameters: Mapping[str, str]) -> Json:
        charset = parameters.get("charset", "utf-8")
        fields: list[tuple[tuple[str, ...], Tree]] = []
        for number, (name, text) in enumerate(split_query(octets.decode("latin-1"))):
            if number >= MAX_PARTS:
                raise Unreadable(f"has more than {MAX_PARTS} fields")
            key = unescape(name.replace("+", " "), charset)
            fields.extend((keys, one) for keys, one in styled(key, text, styles.get(key), charset))
        return cast(nest(fields))

    return read


def styled(
    name: str, text: str, how: Mapping[str, Json] | None, charset: str
) -> Iterable[tuple[tuple[str, ...], Tree]]:
    """One field by its Encoding Object: a delimited list is cut, JSON is parsed when it is typed."""
    mark = MARKS.get(how.get("style", "")) if how else None
    if how is None or mark is None or how.get("explode", how.get("style") == "form"):
        return [(keys_of(name), unescape(text.replace("+", " "), charset))]
    parts = text.split(",") if mark == "," and "," in text else ENCODED[mark].split(text)
    return [((name, ""), unescape(part.replace("+", " "), charset)) for part in parts]


@dataclass(slots=True)
class Part:
    """One part of a multipart body."""

    name: str | None = None
    file: bool = False
    type: str = ""
    octets: bytearray = field(default_factory=bytearray)


def multipart_reader(node: Json, schemas: Schemas, encoding: Mapping[str, Json]) -> Read:
    """Reads multipart/form-data (RFC 7578) as an object of the schema `node`.

    A file becomes a text with one character, U+0000 to U+00FF, for each byte, so that `maxLength` counts bytes; a part
    whose type is JSON becomes its value; any other part is a UTF-8 text, typed by the schema.
    """
    cast = cast_of(node, schemas)

    def read(octets: bytes, parameters: Mapping[str, str]) -> Json:
        fields: list[tuple[tuple[str, ...], Tree]] = []
        for part in split_parts(octets, parameters.get("boundary", "")):
            if part.name is None:
                raise Unreadable("has a part without a name in its Content-Disposition")
            fields.append((keys_of(part.name), content_of(part)))
        return cast(nest(fields))

    return read


def content_of(part: Part) -> Tree:
    """A part's content."""
    kind = part.type
    if part.file or (kind and not kind.startswith("text/") and "json" not in kind):
        return Octets(part.octets.decode("latin-1"))
    try:
        return parsed(part.octets) if "json" in kind else decoded(bytes(part.octets), "utf-8")
    except Unreadable as wrong:
        raise Unreadable(f"has a part that {wrong.detail}") from None


@dataclass(slots=True)
class Parts:
    """Gathers the parts of a multipart body from the parser's callbacks."""

    found: list[Part] = field(default_factory=list)
    name: bytearray = field(default_factory=bytearray)  # of the header that is being read
    value: bytearray = field(default_factory=bytearray)
    ended: bool = False

    def begin(self) -> None:
        """A part begins."""
        if len(self.found) >= MAX_PARTS:
            raise Unreadable(f"has more than {MAX_PARTS} parts")
        self.found.append(Part())

    def more(self, text: bytearray, octets: bytes) -> None:
        """More of a header's name or value."""
        if len(text) + len(octets) > MAX_HEADER:
            raise Unreadable(f"has a part with a header of more than {MAX_HEADER} bytes")
        text.extend(octets)

    def header(self, options_of: Callable[[bytes], tuple[bytes, Mapping[bytes, bytes]]]) -> None:
        """A header of the part is complete."""
        name, (value, options) = self.name.lower(), options_of(bytes(self.value))
        part = self.found[-1]
        if name == b"content-type":
            part.type = value.decode("latin-1").strip()
        elif name == b"content-disposition" and b"name" in options:
            part.name, part.file = options[b"name"].decode("utf-8", "replace"), b"filename" in options
        self.name.clear()
        self.value.clear()

    def end(self) -> None:
        """The last boundary was there."""
        self.ended = True


def split_parts(octets: bytes, boundary: str) -> list[Part]:
    """The parts of a multipart body (RFC 2046, section 5.1). Raises Unreadable."""
    # imported here: it takes 20 ms, and few APIs have such a body
    from python_multipart.exceptions import FormParserError
    from python_multipart.multipart import MultipartParser, parse_options_header

    getLogger(MultipartParser.__module__).disabled = True  # it logs what we tell the client
    if not 0 < len(boundary) <= 200:
        raise Unreadable("has no boundary in its Content-Type")
    parts, mark = Parts(), boundary.encode("utf-8", "replace")
    parser = MultipartParser(mark, {
        "on_part_begin": parts.begin,
        "on_part_data": lambda data, start, end: parts.found[-1].octets.extend(data[start:end]),
        "on_header_field": lambda data, start, end: parts.more(parts.name, data[start:end]),
        "on_header_value": lambda data, start, end: parts.more(parts.value, data[start:end]),
        "on_header_end": lambda: parts.header(parse_options_header),
        "on_end": parts.end,
    })  # fmt: skip
    try:
        parser.write(octets[max(octets.find(b"--" + mark), 0) :])  # what stands before is a preamble
        parser.finalize()
    except FormParserError as wrong:
        raise Unreadable(f"is not valid multipart/form-data: {wrong}") from None
    if not parts.ended:
        raise Unreadable("is not valid multipart/form-data: its last boundary is missing")
    return parts.found
