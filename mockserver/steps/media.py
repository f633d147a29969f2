"""Request bodies: from bytes to a value, by media type (OpenAPI 3.1, sections 4.8.13 to 4.8.15)."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mockserver.spec.model import Body, Json, Media
from mockserver.spec.pointers import join
from mockserver.spec.schema import Schema, Schemas
from mockserver.steps.call import Fault, Problem, Request
from mockserver.steps.casts import WHOLE, whole
from mockserver.steps.faults import MAX_FAULTS, faults_of, listed
from mockserver.steps.forms import form_reader, multipart_reader
from mockserver.steps.texts import Unreadable, decoded, parsed, without_mark
from mockserver.steps.xml import xml_reader

MAX_BODY = 10 * 1024 * 1024  # bytes, also after decompression
LINES = frozenset({"application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines",
                   "application/jsonlines", "application/stream+json", "application/x-jsonl"})  # fmt: skip

Read = Callable[[bytes, Mapping[str, str]], Json]
"""From a body and the parameters of its Content-Type to its value. Raises Unreadable."""

ReadBody = Callable[[Request], tuple[Json, Problem | None]]


@dataclass(frozen=True, slots=True)
class Reader:
    """One declared media type, ready to be read."""

    media: Media
    schema: Schema | None
    schemas: Schemas
    cache: dict[str, Read]  # by the type that was sent: a range such as `text/*` takes many


def body_reader(body: Body, schemas: Schemas, max_body: int = MAX_BODY) -> ReadBody:
    """Compiles how an operation's body is decoded and validated; an absent optional body is None."""
    if not body.media:
        return lambda request: (None, None)  # the document says nothing of it
    every = [Reader(one, schema_of(one, schemas), schemas, {}) for one in body.media]
    readers: dict[str, Reader] = {}
    for one in every:
        readers.setdefault(one.media.type, one)  # several may differ in parameters only: see `version_of`
    plain = next((one for one in readers.values() if is_json(one.media.type)), None)

    def read(request: Request) -> tuple[Json, Problem | None]:
        octets, headers = request.body, request.headers
        content_type = headers.get("content-type", "")
        if len(octets) > max_body:
            return None, too_large(max_body)
        if not octets and not is_form(content_type):
            return None, absent() if body.required else None
        if "content-encoding" in headers:
            try:
                octets = inflate(octets, headers["content-encoding"], max_body)
            except Unreadable as wrong:
                return None, Problem("malformed-body", f"the request body {wrong.detail}")
            except Refused as refused:
                return None, refused.problem
        if plain is not None and content_type == plain.media.type:
            return checked(plain, read_json, octets, {})
        name, parameters = parse_type(content_type)
        reader = matching(readers, name)
        if reader is None:
            if not octets:
                return None, absent() if body.required else None
            return None, unsupported(name, readers)
        if len(readers) < len(every):
            reader = version_of(reader, parameters, every)
        if name not in reader.cache and len(reader.cache) < 100:
            reader.cache[name] = reading(name, reader)
        return checked(reader, reader.cache.get(name) or reading(name, reader), octets, parameters)

    return quicker(plain, plain.schema, read, max_body) if plain and plain.schema else read


def quicker(plain: Reader, schema: Schema, read: ReadBody, max_body: int) -> ReadBody:
    """The same, with a shorter way for a body of the document's own JSON type, as most are."""
    usual = plain.media.type

    def read_plain(request: Request) -> tuple[Json, Problem | None]:
        octets, headers = request.body, request.headers
        if headers.get("content-type") != usual or "content-encoding" in headers or not 0 < len(octets) <= max_body:
            return read(request)
        try:
            value = parsed(octets)
        except Unreadable:
            return read(request)  # which tolerates a byte order mark, and says what is wrong with anything else
        if not schema.is_valid(value):
            return value, told(plain, schema, value)
        return whole(value, schema.node, plain.schemas) if WHOLE.search(octets) else value, None

    return read_plain


def checked(reader: Reader, read: Read, octets: bytes, parameters: Mapping[str, str]) -> tuple[Json, Problem | None]:
    """The value of a body, or what is wrong with it."""
    try:
        value = read(octets, parameters)
    except Unreadable as wrong:
        if wrong.path:
            field = ".".join(wrong.path)
            fault = Fault("body", join("", *wrong.path), field, wrong.detail)
            return None, Problem.of_faults("invalid-body", (fault,))
        return None, Problem("malformed-body", f"the request body {wrong.detail}")
    if reader.schema is None:
        return value, None
    if reader.schema.is_valid(value):
        return whole(value, reader.schema.node, reader.schemas) if WHOLE.search(octets) else value, None
    return value, told(reader, reader.schema, value)


def told(reader: Reader, schema: Schema, value: Json) -> Problem | None:
    """The problem of a value that isn't as its schema says."""
    if isinstance(value, list) and is_lines(reader.media.type) and "array" not in schema.kinds:
        return wrong_lines(value, schema, reader.schemas)
    if isinstance(value, str) and "string" not in schema.kinds and not is_json(reader.media.type):
        return None  # a form that isn't decoded here, described as if it were
    return Problem.of_faults("invalid-body", faults_of(schema, value, "body", reader.schemas))


def wrong_lines(values: list[Json], schema: Schema, schemas: Schemas) -> Problem | None:
    """What is wrong with the lines of a body whose schema describes one line."""
    faults = [
        Fault("body", f"/{i}{fault.at}", f"{i}.{fault.field}" if fault.field else str(i), fault.detail)
        for i, value in enumerate(values)
        if not schema.is_valid(value)
        for fault in faults_of(schema, value, "body", schemas)
    ]
    return Problem.of_faults("invalid-body", tuple(faults[:MAX_FAULTS])) if faults else None


def reading(name: str, reader: Reader) -> Read:
    """How a body of the media type `name` is read."""
    pointer = reader.media.schema
    node = {} if pointer is None else {"$ref": "#" + pointer}
    if is_lines(name):
        return read_lines
    if is_json(name):
        return read_json
    if name == "application/x-www-form-urlencoded":
        return form_reader(node, reader.schemas, reader.media.encoding)
    if name == "multipart/form-data":
        return multipart_reader(node, reader.schemas, reader.media.encoding)
    if is_xml(name):
        return xml_reader(node, reader.schemas)
    return read_text if name.startswith("text/") else read_binary


def read_json(octets: bytes, parameters: Mapping[str, str]) -> Json:
    """JSON (RFC 8259); a byte order mark and other Unicode encodings, when the charset names them, are tolerated."""
    charset = parameters.get("charset") if parameters else None
    if charset and charset.lower() not in ("utf-8", "utf8"):
        return parsed(decoded(octets, charset))
    return parsed(without_mark(octets))


def read_lines(octets: bytes, parameters: Mapping[str, str]) -> Json:
    """Newline-delimited JSON as a list; empty lines are skipped."""
    values = []
    for number, line in enumerate(octets.split(b"\n"), 1):
        if line.strip():
            try:
                values.append(read_json(line.strip(), {}))
            except Unreadable as wrong:
                raise Unreadable(f"has a line {number} that {wrong.detail}") from None
    return values


def read_text(octets: bytes, parameters: Mapping[str, str]) -> Json:
    """A text in the charset that is named, UTF-8 when none is."""
    return decoded(octets, parameters.get("charset", "utf-8"))


def read_binary(octets: bytes, parameters: Mapping[str, str]) -> Json:
    """Bytes as a text with one character, U+0000 to U+00FF, for each: JSON has no bytes; `maxLength` counts them."""
    return octets.decode("latin-1")


class Refused(Exception):
    """A body that is refused before it is read."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


def inflate(octets: bytes, encodings: str, max_body: int) -> bytes:
    """Undoes Content-Encoding (RFC 9110, section 8.4), never into more than `max_body` bytes.

    Raises Unreadable or Refused.
    """
    names = [one.strip().lower() for one in encodings.split(",") if one.strip()]
    for name in reversed(names[:5]):
        if name in ("identity", ""):
            continue
        if name not in ("gzip", "x-gzip", "deflate"):
            detail = f"the content encoding {name[:40]} is not supported; send gzip, deflate or none"
            raise Refused(Problem("unsupported-media-type", detail, headers=(("Accept-Encoding", "gzip, deflate"),)))
        octets = unzip(octets, name, max_body)
    return octets


def unzip(octets: bytes, name: str, max_body: int) -> bytes:
    """Undoes gzip or deflate; many clients send deflate without its zlib header."""
    raw = name == "deflate" and (len(octets) < 2 or octets[0] & 15 != 8 or (octets[0] << 8 | octets[1]) % 31)
    stream = zlib.decompressobj(-zlib.MAX_WBITS if raw else zlib.MAX_WBITS | 32)
    try:
        result = stream.decompress(octets, max_body + 1)
    except zlib.error:
        raise Unreadable(f"is not valid {name}") from None
    if len(result) > max_body:
        raise Refused(too_large(max_body))
    if not stream.eof:
        raise Unreadable(f"is not valid {name}: it ends too early")
    return result


def parse_type(content_type: str) -> tuple[str, dict[str, str]]:
    """`Text/CSV; Charset="utf-8"` -> `('text/csv', {'charset': 'utf-8'})` (RFC 9110, section 8.3.1)."""
    name, *rest = content_type.split(";") if '"' not in content_type else split_quoted(content_type)
    parameters = {}
    for part in rest:
        key, mark, value = part.partition("=")
        if mark:
            value = value.strip()
            quoted = len(value) > 1 and value[0] == value[-1] == '"'
            parameters[key.strip().lower()] = value[1:-1].replace('\\"', '"') if quoted else value
    return name.strip().lower(), parameters


def split_quoted(text: str) -> list[str]:
    """Splits at semicolons outside quotes."""
    parts, quoted = [""], False
    for character in text:
        quoted ^= character == '"'
        if character == ";" and not quoted:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def matching(readers: Mapping[str, Reader], name: str) -> Reader | None:
    """The declared media type that a sent one falls under: exact, then `type/*`, then `*/*`."""
    if not name:
        return None
    return readers.get(name) or readers.get(name.partition("/")[0] + "/*") or readers.get("*/*")


def version_of(reader: Reader, sent: Mapping[str, str], every: Sequence[Reader]) -> Reader:
    """Of readers of one type that differ in parameters (`;version=2`), the one whose parameters were sent."""
    alike = [(parse_type(one.media.full)[1], one) for one in every if one.media.type == reader.media.type]
    fitting = [(len(own), one) for own, one in alike if own.items() <= sent.items()]
    return max(fitting, key=lambda found: found[0])[1] if fitting else reader


def schema_of(media: Media, schemas: Schemas) -> Schema | None:
    """The compiled schema of a media type."""
    return None if media.schema is None else schemas.at(media.schema, "request")


def is_json(name: str) -> bool:
    """`application/json`, `text/json` and anything `+json`."""
    return name.endswith(("/json", "+json")) and not is_lines(name)


def is_lines(name: str) -> bool:
    """Newline-delimited JSON."""
    return name in LINES


def is_form(content_type: str) -> bool:
    """Forms may be empty."""
    return content_type[:33].lower() == "application/x-www-form-urlencoded"


def is_xml(name: str) -> bool:
    """`application/xml`, `text/xml` and anything `+xml`."""
    return name.endswith(("/xml", "+xml"))


def absent() -> Problem:
    """A required body is missing."""
    return Problem.of_faults("invalid-body", (Fault("body", "", "", "a request body is required"),))


def too_large(max_body: int) -> Problem:
    """More bytes than are taken, before or after decompression."""
    return Problem("body-too-large", f"the request body is larger than {max_body} bytes")


def unsupported(name: str, readers: Mapping[str, Reader]) -> Problem:
    """A missing or undeclared media type."""
    known = listed(sorted(readers)) or "no body"
    wrong = f"the media type {name[:80]} is not supported" if name else "the request has a body but no Content-Type"
    return Problem("unsupported-media-type", f"{wrong}; send {known}")

