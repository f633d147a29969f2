"""Form bodies: form-urlencoded and multipart, with brackets in names, typed by schema (OpenAPI 3.1, section 4.8.15)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from logging import getLogger

from mockserver.spec.model import Json
from mockserver.spec.schema import Schemas
from mockserver.steps.casts import Octets, Tree, cast_of, keys_of, nest
from mockserver.steps.faults import listed, shown
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
    taken = {name: types for name, how in encoding.items() if (types := part_types(how))}
    lists = {name for name, one in schemas.properties(node).items() if schemas.kinds(one) - {"null"} == {"array"}}

    def read(octets: bytes, parameters: Mapping[str, str]) -> Json:
        fields: list[tuple[tuple[str, ...], Tree]] = []
        for part in split_parts(octets, parameters.get("boundary", "")):
            if part.name is None:
                raise Unreadable("has a part without a name in its Content-Disposition")
            keys, content = keys_of(part.name), content_of(part)
            if keys[0] in taken and part.type:
                check_type(keys[0], part.type, taken[keys[0]])
            if keys[0] in lists and len(keys) == 1 and not isinstance(content, str | list | None):
                keys = (keys[0], "")  # an item of its own (OpenAPI 3.1, 4.8.15.1)
            fields.append((keys, content))
        return cast(nest(fields))

    return read


def part_types(how: Json) -> tuple[str, ...]:
    """The types that an Encoding Object lets a part have: `image/png`, `image/*`; none where it lets it have any."""
    said = how.get("contentType") if isinstance(how, dict) else None
    types = [one.partition(";")[0].strip().lower() for one in said.split(",")] if isinstance(said, str) else []
    return () if "*/*" in types else tuple(one for one in types if "/" in one)


def check_type(name: str, media_type: str, taken: Sequence[str]) -> None:
    """Refuses a part of another type than those taken. One that says no type is not refused: browsers' forms and
    most clients say none for a text. Raises Unreadable.
    """
    plain = media_type.partition(";")[0].strip().lower()
    if plain not in taken and f"{plain.partition('/')[0]}/*" not in taken:
        raise Unreadable(f"must be of the media type {listed(taken)}, not {shown(plain)}", (name,))


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
