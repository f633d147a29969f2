"""Answers that are files, or several parts: what a browser or a form parser makes of them."""

# ruff: noqa: E501  a document is read more easily in one line

from __future__ import annotations

import base64
import email
import gzip
import io
import struct
import wave
import zipfile
import zlib
from email.message import Message
from typing import Any
from xml.etree import ElementTree

import orjson
import pytest
from inline import ask, header, served

from mockserver.steps.call import Answer

BINARY = "{type: string, format: binary}"


def answer(content: str, more: str = "") -> Answer:
    """What an operation answers whose success has this `content`."""
    return ask(served(f"paths: {{/x: {{get: {{responses: {{'200': {{description: ok, content: {content}}}}}}}}}}}\n{more}"), "GET /x")


def file(media_type: str, schema: str = BINARY) -> bytes:
    found = answer(f"{{{media_type}: {{schema: {schema}}}}}")
    assert (found.status, header(found, "content-type")) == (200, media_type)
    return found.body


def parts(found: Answer) -> list[Message]:
    """The parts of a body, as the standard library's parser has them."""
    whole = email.message_from_bytes(b"Content-Type: " + (header(found, "content-type") or "").encode() + b"\r\n\r\n" + found.body)
    assert whole.is_multipart()
    assert not whole.defects
    listed = whole.get_payload()
    assert isinstance(listed, list)
    return [one for one in listed if isinstance(one, Message)]


def said(part: Message) -> tuple[Any, str, bytes]:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return part.get_param("name", header="content-disposition"), part.get_content_type(), content


def test_a_png_has_whole_chunks_and_a_pixel() -> None:
    octets, at, chunks = file("image/png"), 8, {}
    while at < len(octets):
        size, kind = struct.unpack_from(">I4s", octets, at)
        data = octets[at + 8 : at + 8 + size]
        assert zlib.crc32(kind + data) == struct.unpack_from(">I", octets, at + 8 + size)[0]
        chunks[kind], at = data, at + 12 + size
    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]
    assert chunks[b"IHDR"][:8] == struct.pack(">II", 1, 1)
    assert len(zlib.decompress(chunks[b"IDAT"])) == 2


@pytest.mark.parametrize("schema", [BINARY, "{type: string}", "{}", "{type: string, contentMediaType: image/jpeg}"])
def test_a_file_is_one_however_its_schema_says_so(schema: str) -> None:
    octets = file("image/jpeg", schema)
    assert (octets[:3], octets[-2:]) == (b"\xff\xd8\xff", b"\xff\xd9")


def test_files_without_a_schema_and_ranges() -> None:
    assert answer("{image/gif: {}}").body.startswith(b"GIF8")
    found = answer(f"{{'image/*': {{schema: {BINARY}}}}}")
    assert header(found, "content-type") == "image/png"
    assert found.body.startswith(b"\x89PNG")


def test_archives_and_packages_open() -> None:
    for media_type in ("application/zip", "application/x-zip-compressed"):
        assert zipfile.ZipFile(io.BytesIO(file(media_type))).testzip() is None
    assert gzip.decompress(file("application/gzip"))
    sheet = zipfile.ZipFile(io.BytesIO(file("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))
    assert {"[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/worksheets/sheet1.xml"} <= set(sheet.namelist())
    for name in sheet.namelist():
        ElementTree.fromstring(sheet.read(name))


def test_the_table_of_a_pdf_is_right() -> None:
    octets = file("application/pdf")
    start = int(octets.rpartition(b"startxref\n")[2].split()[0])
    assert octets[start:].startswith(b"xref\n0 4\n")
    for number, line in enumerate(octets[start:].splitlines()[3:6], 1):
        assert octets[int(line.split()[0]) :].startswith(b"%d 0 obj" % number)


def test_recordings_play() -> None:
    with wave.open(io.BytesIO(file("audio/wav"))) as sound:
        assert (sound.getnframes(), sound.getframerate()) == (80, 8000)
    assert [file("audio/mpeg")[at : at + 2] for at in (0, 417)] == [b"\xff\xfb"] * 2


def test_an_example_that_is_a_file_is_the_answer() -> None:
    own = b"GIF89a\x01\0\x01\0\0\0\0;"
    shown = base64.b64encode(own).decode()
    assert answer(f"{{image/gif: {{schema: {BINARY}, example: '{shown}'}}}}").body == own
    assert answer(f"{{image/gif: {{schema: {BINARY}, example: <binary data>}}}}").body.startswith(b"GIF8")
    assert answer(f"{{application/pdf: {{schema: {BINARY}, example: '%PDF-1.7 …'}}}}").body == "%PDF-1.7 …".encode()


def test_a_file_that_its_schema_forbids_is_not_sent() -> None:
    assert len(file("image/png", "{type: string, maxLength: 10}")) <= 10
    encoded = file("image/png", "{type: string, contentEncoding: base64}")
    assert base64.b64decode(encoded, validate=True).startswith(b"\x89PNG")


FORM = """{multipart/form-data: {schema: {type: object, required: [name, about, tags, photo, report, sizes], properties: {
  name: {type: string, const: 'Zoë'}, about: {type: object, required: [n], properties: {n: {const: 1}}, additionalProperties: false},
  tags: {type: array, items: {type: string}, const: [a, b]}, photo: {type: string, format: binary},
  report: {type: string, format: binary}, sizes: {type: array, const: [1]}, gone: {type: 'null'}}},
  encoding: {photo: {contentType: 'image/jpeg, image/png'}, sizes: {contentType: application/json}}}}"""


def test_a_form_has_a_part_for_each_property() -> None:
    found = answer(FORM)
    named = [said(one) for one in parts(found)]

    assert [one for one in named if one[0] in ("name", "tags")] == [
        ("name", "text/plain", "Zoë".encode()), ("tags", "text/plain", b"a"), ("tags", "text/plain", b"b"),
    ]  # fmt: skip
    by_name = {name: (kind, octets) for name, kind, octets in named}
    assert (by_name["about"][0], orjson.loads(by_name["about"][1])) == ("application/json", {"n": 1})
    assert (by_name["photo"][0], by_name["photo"][1][:3]) == ("image/jpeg", b"\xff\xd8\xff")
    assert by_name["report"][0] == "application/octet-stream"
    assert by_name["sizes"] == ("application/json", b"[1]")
    files = {said(one)[0] for one in parts(found) if one.get_filename()}
    assert files == {"photo", "report"}


def test_a_form_is_taken_back_as_it_was_given() -> None:
    api = served(f"""paths: {{/x: {{
      get: {{responses: {{'200': {{description: ok, content: {FORM}}}}}}},
      post: {{requestBody: {{required: true, content: {FORM}}}, responses: {{'204': {{description: ok}}}}}}}}}}""")
    given = ask(api, "GET /x")
    assert ask(api, "POST /x", given.body, content_type=header(given, "content-type")).status == 204


def test_a_list_is_parts_in_a_row() -> None:
    found = answer("{multipart/mixed: {schema: {type: array, const: [one, {n: 2}]}}}")
    assert [said(one)[1:] for one in parts(found)] == [("text/plain", b"one"), ("application/json", b'{"n":2}')]


def test_a_declared_boundary_is_kept() -> None:
    found = answer("{multipart/mixed; boundary=frontier: {schema: {type: array, const: [one]}}}")
    assert header(found, "content-type") == "multipart/mixed; boundary=frontier"
    assert [said(one)[2] for one in parts(found)] == [b"one"]


def test_a_part_that_holds_the_boundary_does_not_end_the_body() -> None:
    boundary = "multipart/mixed; boundary=frontier"
    found = answer(f'{{{boundary}: {{schema: {{type: array, const: ["a\\r\\n--frontier--\\r\\nb", c]}}}}}}')
    assert [said(one)[2] for one in parts(found)] == [b"a\r\n--frontier--\r\nb", b"c"]


def test_an_example_that_is_written_as_parts_is_sent_as_such() -> None:
    example = '"--abc\\nContent-Type: text/plain\\n\\nhello\\n--abc--\\n"'
    found = answer(f"{{multipart/mixed: {{schema: {{type: string}}, example: {example}}}}}")
    assert [said(one)[1:] for one in parts(found)] == [("text/plain", b"hello")]


def test_nothing_is_a_body_without_parts() -> None:
    found = answer("{multipart/form-data: {schema: {type: object, maxProperties: 0}}}")
    assert found.body.endswith(b"--\r\n")
    assert found.body.count(b"--mock") == 1
