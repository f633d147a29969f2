"""Request bodies by media type: what each becomes, what is refused, and how."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any

import pytest
from wire import Api, body_of

ANY: dict[str, Any] = {}
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=B"
PERSON = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "age": {"type": "integer"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "sizes": {"type": "array", "items": {"type": "integer"}},
        "metadata": {"type": "object", "additionalProperties": {"type": "string"}},
        "address": {"type": "object", "properties": {"zip": {"type": "integer"}}, "additionalProperties": False},
        "archived": {"type": "boolean"},
    },
}


@pytest.mark.parametrize(
    ("type", "body", "value"),
    [
        ("application/json", b'{"a": 1}', {"a": 1}),
        ("Application/JSON", b"[1]", [1]),
        ("application/json; charset=utf-8", b"1", 1),
        ("application/json;charset=UTF-16", '{"a": "é"}'.encode("utf-16"), {"a": "é"}),
        ('application/json; charset="iso-8859-1"', '"é"'.encode("latin-1"), "é"),
        ("application/json", b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        ("application/json", b"null", None),
        ("application/vnd.api+json", b"{}", {}),
        ("application/merge-patch+json", b"{}", {}),
        ("text/json", b"{}", {}),
        ("application/x-ndjson", b'{"a":1}\n\n{"a":2}\r\n', [{"a": 1}, {"a": 2}]),
        ("application/jsonl", b'{"a":1}', [{"a": 1}]),
        ("text/plain", "grüß".encode(), "grüß"),
        ("text/plain; charset=iso-8859-1", "grüß".encode("latin-1"), "grüß"),
        ("text/csv", b"a,b\n1,2\n", "a,b\n1,2\n"),
        ("application/octet-stream", b"\x00\xff\x80", "\x00\xff\x80"),
        ("image/png", b"\x89PNG", "\x89PNG"),
        ("application/xml", b"<a>1</a>", "<a>1</a>"),
        (FORM, b"a=1&b=2", {"a": "1", "b": "2"}),
        (FORM, b"", {}),
        (MULTIPART, b'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--B--\r\n', {"a": "1"}),
    ],
)
def test_what_a_body_becomes(type: str, body: bytes, value: Any) -> None:
    got = body_of(ANY, body, type)
    assert (got.body, got.problem) == (value, None)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "unexpected end of data (line 1, column 2)"),
        (b'{\n  "a": tru\n}', "(line 2, column"),
        (b'{"a": NaN}', "expected a JSON value"),
        (b'{"a": Infinity}', "expected a JSON value"),
        (b'{"a": 1e999}', "holds a number that is larger"),
        (b"9" * 5000, "holds a number that is larger"),
        (b'"\\ud800"', "no low surrogate"),
        (b'"\xff"', "not valid UTF-8"),
        (b'"\xed\xa0\x80"', "not valid UTF-8"),
        (b'"\x00"', "control character"),
        (b"{'a': 1}", "(line 1, column 2)"),
        (b'{"a": 1,}', "trailing comma"),
        (b"[" * 10_000, "nested more than 100 levels deep"),
        (b"[" * 101 + b"]" * 101, "nested more than 100 levels deep"),
        (b'{"a":1} x', "unexpected content"),
        (b" ", "is not valid JSON"),
        (b"\xef\xbb\xbf", "is not valid JSON"),
    ],
)
def test_malformed_json(body: bytes, words: str) -> None:
    problem = body_of(ANY, body).problem
    assert problem.kind == "malformed-body"
    assert problem.detail.startswith("the request body ")
    assert words in problem.detail


def test_deep_and_wide_bodies_within_the_limit() -> None:
    assert body_of(ANY, b"[" * 100 + b"]" * 100).problem is None
    assert body_of(ANY, json.dumps([[1]] * 500).encode()).problem is None


@pytest.mark.parametrize(
    ("type", "body", "words"),
    [
        ("application/json; charset=utf-16", b"{}x", "is not valid UTF-16"),
        ("application/json; charset=klingon", b"{}", "is not valid KLINGON"),
        ("application/json; charset=base64", b"{}", "is not valid BASE64"),
        ("text/plain", b"\xff", "is not valid UTF-8"),
        ("text/plain; charset=unicode_escape", b"\\ud800", "is not valid UNICODE_ESCAPE"),
        ("application/x-ndjson", b'{"a":1}\n{', "has a line 2 that is not valid JSON"),
        (FORM, b"a=%FF", "is not valid UTF-8"),
        (FORM, b"a=\xff", "is not valid UTF-8"),
        ("application/xml", b"<a>", "is not valid XML"),
        ("application/xml", b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "document type"),
        ("application/xml", b'<?xml version="1.0" encoding="klingon"?><a/>', "is not valid XML"),
    ],
)
def test_malformed_bodies(type: str, body: bytes, words: str) -> None:
    problem = body_of(ANY, body, type).problem
    assert (problem.kind, words in problem.detail) == ("malformed-body", True), problem.detail


@pytest.mark.parametrize(
    ("declared", "sent", "taken"),
    [
        ("application/json", "application/json", True),
        ("application/json", "APPLICATION/Json ; charset=utf-8", True),
        ("application/json", "text/plain", False),
        ("application/json", "application/jsonx", False),
        ("application/json", "application/vnd.api+json", False),
        ("application/*", "application/json", True),
        ("application/*", "text/plain", False),
        ("text/*", "text/csv", True),
        ("*/*", "image/png", True),
        ("*/*", "application/json", True),
        ("application/json", "", False),
        ("application/json", ";", False),
        ("application/json", "json", False),
        ("*/*", "", False),
    ],
)
def test_matching_media_types(declared: str, sent: str, taken: bool) -> None:
    problem = Api(body={declared: None}).send(body=b"{}", type=sent).problem
    assert problem is None if taken else problem.kind == "unsupported-media-type"


def test_the_most_exact_media_type_decides() -> None:
    api = Api(body={"*/*": {"const": "any"}, "text/*": {"const": "text"}, "text/csv": {"const": "csv"}})
    assert api.send(body=b"csv", type="text/csv").problem is None
    assert api.send(body=b"text", type="text/plain").problem is None
    assert api.send(body=b"any", type="image/png").problem is None


def test_what_is_said_about_a_wrong_media_type() -> None:
    api = Api(body={"application/json": ANY, FORM: ANY})
    assert api.send(body=b"{}", type="text/plain").problem.detail == (
        "the media type text/plain is not supported; send application/json or application/x-www-form-urlencoded"
    )
    assert api.send(body=b"{}").problem.detail.startswith("the request has a body but no Content-Type; send ")


def test_no_body() -> None:
    required, optional = Api(body={"application/json": PERSON}), Api(body={"application/json": PERSON}, required=False)
    for type in (None, "application/json", "text/plain"):
        problem = required.send(type=type).problem
        assert (problem.kind, problem.detail) == ("invalid-body", "a request body is required")
        assert optional.send(type=type).problem is None


def test_a_body_that_nobody_asked_for_is_ignored() -> None:
    assert Api().send(body=b"\xff{", type="application/json").problem is None


def test_an_empty_form_is_an_empty_object() -> None:
    assert Api(body={FORM: {"type": "object"}}).send(type=FORM).body == {}
    assert Api(body={FORM: PERSON}).send(type=FORM).said == ["name is required"]


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("name=Ada", {"name": "Ada"}),
        ("name=Ada+Lovelace%21", {"name": "Ada Lovelace!"}),
        ("name=J%C3%BCrgen", {"name": "Jürgen"}),
        ("name=Ada&age=36", {"name": "Ada", "age": 36}),
        ("name=7", {"name": "7"}),
        ("name=Ada&archived=False", {"name": "Ada", "archived": False}),
        ("name=Ada&metadata[tier]=gold", {"name": "Ada", "metadata": {"tier": "gold"}}),
        ("name=Ada&metadata%5B0%5D=gold", {"name": "Ada", "metadata": {"0": "gold"}}),
        ("name=Ada&tags=a&tags=b", {"name": "Ada", "tags": ["a", "b"]}),
        ("name=Ada&tags=a", {"name": "Ada", "tags": ["a"]}),
        ("name=Ada&tags=", {"name": "Ada", "tags": []}),
        ("name=Ada&tags[]=a", {"name": "Ada", "tags": ["a"]}),
        ("name=Ada&tags%5B0%5D=a&tags%5B1%5D=b", {"name": "Ada", "tags": ["a", "b"]}),
        ("name=Ada&sizes[0]=1&sizes[1]=2", {"name": "Ada", "sizes": [1, 2]}),
        ("name=Ada&address[zip]=1000", {"name": "Ada", "address": {"zip": 1000}}),
        ('name=Ada&address={"zip":1}', {"name": "Ada", "address": {"zip": 1}}),
        ("name=Ada&x=1&x=2", {"name": "Ada", "x": ["1", "2"]}),
        ("&name=Ada&&x", {"name": "Ada", "x": ""}),
    ],
)
def test_forms(body: str, value: Any) -> None:
    got = body_of(PERSON, body.encode(), FORM)
    assert (got.body, got.said) == (value, [])


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("age=36", ["name is required"]),
        ("name=", ["name must not be empty"]),
        ("name=Ada&age=x", ["age must be an integer"]),
        ("name=Ada&name=Bob", ["name must be given once"]),
        ("name=Ada&address[zip]=x", ["address.zip must be an integer"]),
        ("name=Ada&address[zap]=1", ["address.zap is not a known field (did you mean 'zip'?)"]),
        ("name=Ada&sizes[0]=1&sizes[1]=x", ["sizes.1 must be an integer"]),
        ("name=Ada&metadata=1&metadata[a]=1", ["metadata is given both as a value and as an object"]),
    ],
)
def test_wrong_forms(body: str, said: list[str]) -> None:
    got = body_of(PERSON, body.encode(), FORM)
    assert (got.said, got.problem.kind) == (said, "invalid-body")


@pytest.mark.parametrize(
    ("how", "body"),
    [
        ({"style": "form", "explode": False}, "tags=a,b"),
        ({"style": "form", "explode": False}, "tags=a%2Cb"),
        ({"style": "form", "explode": True}, "tags=a&tags=b"),
        ({"style": "spaceDelimited", "explode": False}, "tags=a%20b"),
        ({"style": "pipeDelimited", "explode": False}, "tags=a|b"),
        ({"contentType": "application/json"}, 'tags=["a","b"]'),
    ],
)
def test_encodings_of_a_form(how: Any, body: str) -> None:
    schema = {"type": "object", "properties": {"tags": {"type": "array", "items": {"type": "string"}}}}
    assert body_of(schema, body.encode(), FORM, encoding={"tags": how}).body == {"tags": ["a", "b"]}


def part(name: str, content: bytes, more: str = "", type: str = "") -> bytes:
    head = f'--B\r\nContent-Disposition: form-data; name="{name}"{more}\r\n'
    return head.encode() + (f"Content-Type: {type}\r\n".encode() if type else b"") + b"\r\n" + content + b"\r\n"


END = b"--B--\r\n"


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (part("name", b"Ada") + part("age", b"36") + END, {"name": "Ada", "age": 36}),
        (part("name", "Jürgen".encode()) + END, {"name": "Jürgen"}),
        (part("name", b"Ada", type="text/plain; charset=utf-8") + END, {"name": "Ada"}),
        (part("name", b"\x00\xff\r\n--A", '; filename="a.png"', "image/png") + END, {"name": "\x00\xff\r\n--A"}),
        (part("name", b"Ada", '; filename="a.txt"', "text/plain") + END, {"name": "Ada"}),
        (part("name", b"Ada") + part("tags", b"[]", '; filename="a.json"') + END, {"name": "Ada", "tags": ["[]"]}),
        (part("name", b"Ada") + part("address", b'{"zip":1}', type="application/json") + END,
         {"name": "Ada", "address": {"zip": 1}}),
        (part("name", b"Ada") + part("address", b'{"zip":1}') + END, {"name": "Ada", "address": {"zip": 1}}),
        (part("name", b"Ada") + part("tags", b"a") + part("tags", b"b") + END, {"name": "Ada", "tags": ["a", "b"]}),
        (part("name", b"Ada") + part("tags[]", b"a") + END, {"name": "Ada", "tags": ["a"]}),
        (part("name", b"Ada") + part("metadata[tier]", b"gold") + END, {"name": "Ada", "metadata": {"tier": "gold"}}),
        (b"preamble\r\n" + part("name", b"Ada") + END + b"epilogue", {"name": "Ada"}),
    ],
)  # fmt: skip
def test_multipart(body: bytes, value: Any) -> None:
    got = body_of(PERSON, body, MULTIPART)
    assert (got.body, got.problem) == (value, None)


@pytest.mark.parametrize(
    ("type", "body"),
    [
        ("multipart/form-data", part("name", b"Ada") + END),
        ("multipart/form-data; boundary=", part("name", b"Ada") + END),
        ("multipart/form-data; boundary=" + 300 * "x", part("name", b"Ada") + END),
        (MULTIPART, b"garbage"),
        (MULTIPART, part("name", b"Ada")),
        (MULTIPART, part("name", b"Ada") + b"--B"),
        (MULTIPART, b"--B\r\nno colon\r\n\r\nAda\r\n--B--\r\n"),
        (MULTIPART, b"--B\r\nContent-Type: text/plain\r\n\r\nAda\r\n--B--\r\n"),
        (MULTIPART, part("name", b"\xff") + END),
        (MULTIPART, part("address", b"{", type="application/json") + END),
        (MULTIPART, b"--B\r\nX: " + 100_000 * b"x" + b"\r\n\r\n\r\n--B--\r\n"),
        (MULTIPART, 1001 * part("x", b"") + END),
    ],
)
def test_malformed_multipart(type: str, body: bytes) -> None:
    assert body_of(PERSON, body, type).problem.kind == "malformed-body"


def test_wrong_multipart() -> None:
    assert body_of(PERSON, part("age", b"x") + END, MULTIPART).said == ["name is required", "age must be an integer"]
    small = {"type": "object", "properties": {"file": {"type": "string", "format": "binary", "maxLength": 3}}}
    file = part("file", "üü".encode(), '; filename="f"') + END  # four bytes
    assert body_of(small, file, MULTIPART).said == ["file must be at most 3 characters"]


def test_a_part_is_of_a_declared_type() -> None:
    """`encoding.contentType`: a list of types, ranges among them (OpenAPI 3.1, 4.8.15.1)."""
    photo = {"type": "object", "properties": {"photo": {"type": "string"}, "tags": {"type": "array"}}}
    encoding = {"photo": {"contentType": "image/png, IMAGE/jpeg;q=1, audio/*"}, "tags": {"contentType": "*/*"}}

    def sent(content: bytes) -> Any:
        return body_of(photo, content + END, MULTIPART, encoding=encoding)

    refused = sent(part("photo", b"x", '; filename="a.txt"', "text/plain"))
    assert refused.problem.kind == "invalid-body"
    assert refused.said == ["photo must be of the media type image/png, image/jpeg or audio/*, not text/plain"]
    assert refused.problem.faults[0].at == "/photo"
    for type in ("image/png", "Image/JPEG; x=y", "audio/mpeg", ""):
        assert sent(part("photo", b"x", '; filename="a"', type)).body == {"photo": "x"}
    assert sent(part("tags", b"a", type="text/csv")).problem is None


def test_a_json_part_is_an_item_of_a_list_or_the_list() -> None:
    lists = {"type": "object", "properties": {"a": {"type": "array", "items": {"type": "object"}}}}
    one, both = (part("a", octets, type="application/json") for octets in (b'{"n":1}', b'[{"n":1},{"n":2}]'))
    assert body_of(lists, one + END, MULTIPART).body == {"a": [{"n": 1}]}
    assert body_of(lists, one + one + END, MULTIPART).body == {"a": [{"n": 1}, {"n": 1}]}
    assert body_of(lists, both + END, MULTIPART).body == {"a": [{"n": 1}, {"n": 2}]}


def test_lines_are_validated_each_or_all() -> None:
    row = {"type": "object", "properties": {"n": {"type": "integer"}}}
    body = b'{"n":1}\n{"n":"x"}\n'
    for schema in (row, {"type": "array", "items": row}):
        got = body_of(schema, body, "application/x-ndjson")
        assert (got.said, got.problem.faults[0].at) == (["1.n must be an integer"], "/1/n")
        assert body_of(schema, b'{"n":1}', "application/x-ndjson").body == [{"n": 1}]


PET = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "id": {"type": "integer", "xml": {"attribute": True}},
        "name": {"type": "string"},
        "tags": {"type": "array", "xml": {"wrapped": True}, "items": {"type": "string", "xml": {"name": "tag"}}},
        "photoUrls": {"type": "array", "items": {"type": "string"}, "xml": {"name": "photo"}},
    },
}


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("<pet id='7'><name>Rex</name></pet>", {"id": 7, "name": "Rex"}),
        ("<pet><name>Rex</name><tags><tag>a</tag><tag>b</tag></tags></pet>", {"name": "Rex", "tags": ["a", "b"]}),
        ("<pet><name>Rex</name><tags><tag>a</tag></tags></pet>", {"name": "Rex", "tags": ["a"]}),
        ("<pet><name>Rex</name><photo>u</photo></pet>", {"name": "Rex", "photoUrls": ["u"]}),
        ("<pet><name>Rex</name><photo>u</photo><photo>v</photo></pet>", {"name": "Rex", "photoUrls": ["u", "v"]}),
        ("<?xml version='1.0'?><x:pet xmlns:x='urn:x'><x:name> Rex </x:name></x:pet>", {"name": "Rex"}),
    ],
)
def test_simple_xml_is_an_object(body: str, value: Any) -> None:
    got = body_of(PET, body.encode(), "application/xml")
    assert ({name: one for name, one in got.body.items() if "xmlns" not in name}, got.said) == (value, [])


def test_xml_is_validated() -> None:
    assert body_of(PET, b"<pet id='x'/>", "application/xml").said == ["name is required", "id must be an integer"]


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("GZIP", gzip.compress),
        ("x-gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda octets: zlib.compress(octets)[2:-4]),  # without its header, as many clients send it
        ("identity", bytes),
        ("deflate, gzip", lambda octets: gzip.compress(zlib.compress(octets), mtime=0)),
    ],
)
def test_content_encodings(encoding: str, pack: Any) -> None:
    got = Api(body={"application/json": PERSON}).send(
        body=pack(b'{"name":"Ada"}'), type="application/json", content_encoding=encoding
    )
    assert (got.body, got.problem) == ({"name": "Ada"}, None)


@pytest.mark.parametrize(
    ("encoding", "body", "kind"),
    [
        ("gzip", b'{"name":"Ada"}', "malformed-body"),
        ("gzip", gzip.compress(b'{"name":"Ada"}', mtime=0)[:-9], "malformed-body"),
        ("deflate", b"\xff\xff", "malformed-body"),
        ("br", b"x", "unsupported-media-type"),
        ("gzip", gzip.compress(b"[" + b"1," * 600_000 + b"1]", mtime=0), "body-too-large"),
        ("gzip, gzip", gzip.compress(gzip.compress(b" " * 2_000_000, mtime=0), mtime=0), "body-too-large"),
    ],
)
def test_wrong_content_encodings(encoding: str, body: bytes, kind: str) -> None:
    api = Api(body={"application/json": PERSON}, max_body=1_000_000)
    assert api.send(body=body, type="application/json", content_encoding=encoding).problem.kind == kind


def test_a_body_over_the_limit() -> None:
    api = Api(body={"application/json": ANY}, max_body=10)
    assert api.send(body=b'"12345678"', type="application/json").problem is None
    problem = api.send(body=b'"123456789"', type="application/json").problem
    assert (problem.kind, problem.detail) == ("body-too-large", "the request body is larger than 10 bytes")


def test_a_body_of_which_the_document_says_nothing() -> None:
    got = Api(body={}).send(body=b"x", type="image/png")
    assert (got.body, got.problem) == (None, None)


def test_a_type_that_is_not_decoded_is_not_held_against_an_object_schema() -> None:
    assert body_of(PERSON, b"\x01", "application/pdf").problem is None


def test_an_integer_is_kept_as_one_however_it_is_written() -> None:
    schema = {
        "properties": {"n": {"type": "integer"}, "f": {"type": "number"}, "l": {"items": {"type": ["integer", "null"]}}}
    }
    api = Api(body={"application/json": schema})

    for kind in ("application/json", "application/json; charset=utf-8"):
        value = api.send(body=b'{"n": 5.0, "f": 5.0, "l": [1e3, null, 7], "any": 2.0}', type=kind).body
        assert [type(one) for one in (value["n"], value["f"], *value["l"], value["any"])] == [
            int, float, int, type(None), int, float,
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "sent", "taken"),
    [
        ({"format": "int32"}, b"2147483647", True),
        ({"format": "int32"}, b"2147483648", False),
        ({"format": "int32", "maximum": 10}, b"11", False),
        ({"format": "int64"}, b"-9223372036854775808", True),
        ({"format": "int64"}, b"9223372036854775808", False),
        ({"format": "uint8"}, b"-1", False),
        ({}, b"18446744073709551615", True),
        ({}, b"123456789012345678901234567890", False),
        ({}, b"-8e33", False),
        ({"type": ["integer", "number"]}, b"-8e33", True),
        ({"type": "string", "format": "int64"}, b'"99999999999999999999"', True),
    ],
)
def test_integers_are_as_large_as_their_format_says(words: Any, sent: bytes, taken: bool) -> None:
    api = Api(body={"application/json": {"type": "integer", **words}})

    assert (api.send(body=sent, type="application/json").problem is None) == taken
