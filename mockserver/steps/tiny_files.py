"""Tiny but whole files of the types that no text can stand for, so that what shows or opens them does so."""

from __future__ import annotations

import base64
import binascii
import struct
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from mockserver.spec.model import Json
from mockserver.spec.schema import Schemas

MARKS: Mapping[str, bytes] = {  # what files of a type begin with
    "image/png": b"\x89PNG",
    "image/jpeg": b"\xff\xd8\xff",
    "image/gif": b"GIF8",
    "image/bmp": b"BM",
    "image/svg+xml": b"<",
    "application/pdf": b"%PDF-",
    "application/zip": b"PK",
    "application/gzip": b"\x1f\x8b",
    "audio/wav": b"RIFF",
    "audio/mpeg": b"\xff\xfb",
}
SAME = {
    "image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "image/apng": "image/png", "image/x-ms-bmp": "image/bmp",
    "application/x-pdf": "application/pdf", "application/x-zip-compressed": "application/zip",
    "application/x-zip": "application/zip", "application/x-gzip": "application/gzip", "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav", "audio/vnd.wave": "audio/wav", "audio/mp3": "audio/mpeg",
}  # fmt: skip
OFFICE = "application/vnd.openxmlformats-officedocument."
SHEET, WORDS = f"{OFFICE}spreadsheetml.sheet", f"{OFFICE}wordprocessingml.document"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def file_writer(
    media_type: str, encode: Callable[[Any], bytes], node: Json, schemas: Schemas | None
) -> Callable[[Any], bytes]:
    """`encode`, but that a text which is no file of the type gives way to one that is, where the schema takes it.

    A text that is a file, or one in base64, as examples are, is what is written.
    """
    octets = tiny_file(media_type)
    if octets is None:
        return encode
    if schemas is not None and node is not None:
        if any(part.get("contentEncoding") == "base64" for part in schemas.parts(node)):
            octets = base64.b64encode(octets)
        if not schemas.is_valid(node, octets.decode("latin-1"), "response"):
            return encode
    file = octets

    def write(value: Any) -> bytes:
        own = encode(value)
        if not isinstance(value, str) or is_file(media_type, own):
            return own
        inner = from_base64(value)
        if not is_file(media_type, inner):
            return file
        return inner if is_file(media_type, file) else own  # or it is to be in base64

    return write


def tiny_file(media_type: str) -> bytes | None:
    """A file of a media type, the same always; None for a type whose files are not known here."""
    name = _plain(media_type)
    return FILES[name]() if name in FILES else None


def is_file(media_type: str, octets: bytes) -> bool:
    """Whether something begins as files of a known type do."""
    return octets.lstrip(b"\xef\xbb\xbf \r\n").startswith(MARKS.get(_plain(media_type), b"PK"))


def from_base64(text: str) -> bytes:
    """What a text in base64 holds; nothing where it is none."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _plain(media_type: str) -> str:
    name = media_type.partition(";")[0].strip().lower()
    return SAME.get(name, name)


def _png() -> bytes:
    """One grey pixel (RFC 2083)."""
    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0\x80")), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def _jpeg() -> bytes:
    """One grey pixel: baseline, one component, codes of one bit (ITU-T T.81)."""
    segments = (
        (0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
        (0xDB, b"\0" + b"\x01" * 64),
        (0xC0, struct.pack(">BHHBBBB", 8, 1, 1, 1, 1, 0x11, 0)),
        (0xC4, b"\0\x01" + b"\0" * 15 + b"\0"),
        (0xC4, b"\x10\x01" + b"\0" * 15 + b"\0"),
        (0xDA, b"\x01\x01\0\0\x3f\0"),
    )
    parts = (struct.pack(">BBH", 0xFF, mark, len(data) + 2) + data for mark, data in segments)
    return b"\xff\xd8" + b"".join(parts) + b"\x3f\xff\xd9"


def _gif() -> bytes:
    """One pixel, black (GIF87a)."""
    return b"GIF87a\x01\0\x01\0\x80\0\0" + b"\0\0\0\xff\xff\xff" + b",\0\0\0\0\x01\0\x01\0\0" + b"\x02\x02D\x01\0;"


def _bmp() -> bytes:
    head = struct.pack("<IiiHHIIiiII", 40, 1, 1, 1, 24, 0, 4, 2835, 2835, 0, 0)
    return struct.pack("<2sIHHI", b"BM", 58, 0, 0, 54) + head + b"\x80\x80\x80\0"


def _svg() -> bytes:
    pixel = b'<rect width="1" height="1" fill="#808080"/>'
    return b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1">' + pixel + b"</svg>"


def _pdf() -> bytes:
    """One empty page, with a table of where its objects stand (ISO 32000-1, 7.5)."""
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>",
    )
    body, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"xref\n0 4\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return body + table + b"trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body)


def _zip(entries: Mapping[str, bytes]) -> bytes:
    """An archive of stored entries, all of 1980-01-01 (APPNOTE.TXT, 4.3)."""
    body, index = b"", b""
    for name, data in entries.items():
        about = struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 33, zlib.crc32(data), len(data), len(data), len(name), 0)
        index += b"PK\x01\x02\x14\0" + about + struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + name.encode()
        body += b"PK\x03\x04" + about + name.encode() + data
    count = len(entries)
    return body + index + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(index), len(body), 0)


def _office(part: str, media_type: str, body: str, more: Mapping[str, tuple[str, str]]) -> bytes:
    """An Office Open XML package: its main part, and the parts that this one names, each a type and a body."""
    types = {part: f"{media_type}.main+xml", **{name: kind for name, (kind, _) in more.items()}}
    overrides = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in types.items())
    kinds = (
        f'{XML}<Types xmlns="{PACKAGE}content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{overrides}</Types>'
    )
    folder, _, file = part.partition("/")
    links = {f"{folder}/_rels/{file}.rels": _links(name.partition("/")[2], "worksheet") for name in more}
    parts = {"[Content_Types].xml": kinds, "_rels/.rels": _links(part, "officeDocument"), part: XML + body, **links}
    parts |= {name: XML + said for name, (_, said) in more.items()}
    return _zip({name: text.encode() for name, text in parts.items()})


def _links(target: str, kind: str) -> str:
    link = f'<Relationship Id="rId1" Type="{RELATED}/{kind}" Target="{target}"/>'
    return f'{XML}<Relationships xmlns="{PACKAGE}relationships">{link}</Relationships>'


def _sheet() -> bytes:
    """A workbook of one empty sheet."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheets = '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets>'
    sheet = (f"{OFFICE}spreadsheetml.worksheet+xml", f'<worksheet xmlns="{space}"><sheetData/></worksheet>')
    book = f'<workbook xmlns="{space}" xmlns:r="{RELATED}">{sheets}</workbook>'
    return _office("xl/workbook.xml", SHEET, book, {"xl/worksheets/sheet1.xml": sheet})


def _words() -> bytes:
    """A document of one empty paragraph."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = f'<w:document xmlns:w="{space}"><w:body><w:p/></w:body></w:document>'
    return _office("word/document.xml", WORDS, body, {})


def _wav() -> bytes:
    """A hundredth of a second of silence at 8 kHz."""
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 8000, 1, 8)
    data = struct.pack("<4sI", b"data", 80) + b"\x80" * 80
    return struct.pack("<4sI4s", b"RIFF", 4 + len(form) + len(data), b"WAVE") + form + data


def _mp3() -> bytes:
    """Two silent frames of layer III, 128 kbit/s at 44.1 kHz: 417 bytes each."""
    return (b"\xff\xfb\x90\xc4" + b"\0" * 413) * 2


FILES: Mapping[str, Callable[[], bytes]] = {
    "image/png": _png,
    "image/jpeg": _jpeg,
    "image/gif": _gif,
    "image/bmp": _bmp,
    "image/svg+xml": _svg,
    "application/pdf": _pdf,
    "application/zip": lambda: _zip({"readme.txt": b"A file of the mock server.\n"}),
    "application/gzip": lambda: zlib.compress(b"A file of the mock server.\n", wbits=31),
    SHEET: _sheet,
    WORDS: _words,
    "audio/wav": _wav,
    "audio/mpeg": _mp3,
}
