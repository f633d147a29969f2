"""The guard over a whole request: every place at once, what real clients send, and anything at all."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wire import Api, parameter

from mockserver.steps.call import Fault

INTEGER, STRING = {"type": "integer"}, {"type": "string"}
LIMIT = parameter("limit", "query", {"type": "integer", "minimum": 1, "maximum": 100, "default": 20})
USER = {
    "type": "object",
    "required": ["email"],
    "properties": {"email": {"type": "string", "format": "email"}, "name": STRING},
    "additionalProperties": False,
}
JSON = "application/json"


def test_values_by_location() -> None:
    api = Api(
        parameter("id", "path", INTEGER), LIMIT, parameter("X-Account-Id", "header", STRING),
        parameter("session", "cookie", STRING), path="/users/{id}", body={JSON: USER},
    )  # fmt: skip
    got = api.send("limit=5", b'{"email": "a@b.de"}', JSON, {"id": "7"}, X_Account_Id="acme", Cookie="a=b; session=s1")
    assert got.problem is None
    assert (got.path, got.query, got.header, got.cookie) == (
        {"id": 7}, {"limit": 5}, {"X-Account-Id": "acme"}, {"session": "s1"},
    )  # fmt: skip
    assert got.body == {"email": "a@b.de"}


def test_all_faults_of_all_places_at_once() -> None:
    api = Api(
        parameter("id", "path", INTEGER), LIMIT, parameter("status", "query", {"enum": ["on", "off"]}),
        parameter("X-Account-Id", "header", INTEGER), parameter("session", "cookie", STRING, required=True),
        path="/users/{id}", body={JSON: USER},
    )  # fmt: skip
    got = api.send("limit=0&status=x", b'{"email": "x", "nam": 1}', JSON, {"id": "x"}, X_Account_Id="x")
    assert got.problem.kind == "invalid-parameter"
    assert [one.where for one in got.problem.faults] == ["path", "query", "query", "header", "cookie", "body", "body"]
    assert got.said == [
        "id must be an integer",
        "limit must be between 1 and 100",
        "status must be one of on or off",
        "X-Account-Id must be an integer",
        "session is required",
        "email must be a valid email address",
        "nam is not a known field (did you mean 'name'?)",
    ]


def test_bad_parameters_come_before_a_body_that_cannot_be_read() -> None:
    api = Api(LIMIT, body={JSON: USER})
    assert api.send("limit=0", b"{", JSON).problem.kind == "invalid-parameter"
    assert api.send("limit=1", b"{", JSON).problem.kind == "malformed-body"
    assert api.send("limit=0", b"{}", "text/plain").said == ["limit must be between 1 and 100"]


def test_a_fault_names_a_parameter() -> None:
    fault = Api(LIMIT).send("limit=0").problem.faults[0]
    assert fault == Fault("query", "limit", "limit", "must be between 1 and 100")


def test_defaults() -> None:
    api = Api(
        LIMIT,
        parameter("sort", "query", STRING | {"default": "-id"}),
        parameter("wrong", "query", INTEGER | {"default": "x"}),  # documents do that; it is no value
        parameter("must", "query", INTEGER | {"default": 1}, required=True),
        parameter("X-Mode", "header", STRING | {"default": "fast"}),
    )
    got = api.send("must=2")
    assert (got.query, got.header) == ({"limit": 20, "sort": "-id", "must": 2}, {"X-Mode": "fast"})
    assert api.send("must=2&sort=&limit=3").query == {"limit": 3, "sort": "-id", "must": 2}
    assert api.send("").said == ["must is required"]


def test_required_parameters() -> None:
    schema = {"type": "object", "properties": {"a": INTEGER}}
    api = Api(
        parameter("q", "query", STRING, required=True),
        parameter("f", "query", schema, style="deepObject", required=True),
        parameter("X-Key", "header", STRING, required=True),
    )
    assert api.send().said == ["q is required", "f is required", "X-Key is required"]
    assert api.send("q=a&f[a]=1", X_Key="k").problem is None
    assert api.send("q=a&q=b&f[a]=x", X_Key="k").said == ["q must be given once", "f[a] must be an integer"]


def test_what_is_nested_too_deeply_within_a_text() -> None:
    deep = 101 * "[" + 101 * "]"
    c = parameter("c", "query", {}, media_type=JSON)
    api = Api(c, body={"multipart/form-data": {"type": "object"}}, required=False)
    assert api.send(f"c={deep}").said == ["c is nested more than 100 levels deep"]
    part = f'--B\r\nContent-Disposition: form-data; name="a"\r\nContent-Type: {JSON}\r\n\r\n{deep}\r\n--B--\r\n'
    problem = api.send(body=part.encode(), type="multipart/form-data; boundary=B").problem
    assert problem.detail == "the request body has a part that is nested more than 100 levels deep"


def test_unknown_query_parameters() -> None:
    assert Api(LIMIT).send("utm_source=x&%FF=%FF&limt=5").query == {"limit": 20}
    strict = Api(LIMIT, refuse_unknown=True)
    assert strict.send("limt=5&x=1").said == [
        "limt is not a known parameter (did you mean 'limit'?)",
        "x is not a known parameter (known: limit)",
    ]
    assert Api(refuse_unknown=True).send("x=1").said == ["x is not a known parameter"]
    assert len(strict.send("&".join(f"a{i}=1" for i in range(1000))).said) == 50


def test_header_names_have_no_case_and_some_are_not_parameters() -> None:
    api = Api(
        parameter("x-TOKEN", "header", STRING), parameter("Accept", "header", INTEGER, required=True),
        parameter("Content-Type", "header", INTEGER), parameter("Authorization", "header", INTEGER),
    )  # fmt: skip
    got = api.send(X_Token=" t ", Accept="text/html", Authorization="Bearer x")
    assert (got.header, got.problem) == ({"x-TOKEN": "t"}, None)


def test_an_id_of_the_wrong_form_is_not_found_where_404_is_declared() -> None:
    user = parameter("id", "path", {"type": "string", "pattern": "^usr_"})
    found = Api(user, LIMIT, path="/users/{id}", responses=("200", "404"))
    problem = found.send("limit=0", segments={"id": "x"}).problem
    assert (problem.kind, problem.faults) == ("not-found", ())
    assert found.send("limit=0", segments={"id": "usr_1"}).problem.kind == "invalid-parameter"
    other = Api(user, path="/users/{id}").send(segments={"id": "x"}).problem
    assert (other.kind, other.detail) == ("invalid-parameter", "id must begin with usr_")


def test_an_undeclared_path_parameter_is_a_text() -> None:
    api = Api(path="/users/{id}/{name}.{type}")
    got = api.send(segments={"id": "a%20b", "name": "x", "type": "json"})
    assert got.path == {"id": "a b", "name": "x", "type": "json"}
    assert api.send(segments={"id": "%FF", "name": "x", "type": "json"}).said == ["id is not valid UTF-8"]


def test_real_clients() -> None:
    listing = Api(
        parameter("archived", "query", {"type": "boolean"}), parameter("after", "query", STRING), LIMIT,
        parameter("expand", "query", {"type": "array", "items": STRING}),
    )  # fmt: skip
    assert listing.send("archived=False").query["archived"] is False
    assert listing.send("archived=false&after=").query == {"limit": 20, "archived": False}
    assert listing.send("expand%5B0%5D=a&expand%5B1%5D=b").query["expand"] == ["a", "b"]
    assert listing.send("expand[]=a").query["expand"] == ["a"]
    assert listing.send(type=JSON).problem is None  # on GET and DELETE, without a body

    update = Api(body={"application/x-www-form-urlencoded": {
        "type": "object",
        "properties": {
            "metadata": {"anyOf": [{"type": "object", "additionalProperties": STRING}, {"enum": [""]}]},
            "expand": {"type": "array", "items": STRING},
            "amount": INTEGER,
        },
        "additionalProperties": False,
    }}, required=False)  # fmt: skip
    form = "application/x-www-form-urlencoded"
    got = update.send(body=b"metadata[tier]=gold&expand%5B0%5D=customer&amount=100", type=form)
    assert got.body == {"metadata": {"tier": "gold"}, "expand": ["customer"], "amount": 100}
    assert update.send(body=b"metadata=", type=form).body == {"metadata": ""}
    assert update.send(type=form).body == {}
    assert update.send().problem is None


def test_the_defaults_that_calls_share_are_not_changed_by_them() -> None:
    api = Api(LIMIT, parameter("f", "query", {"type": "object"}, style="deepObject"))
    for query in ("limit=5", "f[a]=1", "limit=0", "f[a]=1&f[a][b]=1"):
        api.send(query)
    assert api.send().query == {"limit": 20}
    assert api.send().problem is None


LATIN = st.binary(max_size=60).map(lambda octets: octets.decode("latin-1"))
NAMES = st.sampled_from(["i", "n", "f", "f[", "f[a]", "l[]", "l", "u", "%66", "o", "c"])
QUERY = st.lists(st.tuples(NAMES, LATIN), max_size=4)
TYPES = [
    "application/json", "application/json; charset=utf-16", "application/x-www-form-urlencoded", "application/xml",
    "multipart/form-data; boundary=B", "application/x-ndjson", "text/plain", "application/octet-stream", "",
]  # fmt: skip
RECURSIVE = {
    "type": "object",
    "properties": {"a": {"$ref": "#/components/schemas/Tree"}, "l": {"type": "array", "items": INTEGER}, "n": INTEGER},
    "additionalProperties": {"anyOf": [STRING, INTEGER, {"$ref": "#/components/schemas/Tree"}]},
}
ANYTHING = Api(
    parameter("id", "path", INTEGER),
    parameter("i", "query", INTEGER | {"minimum": 1}),
    parameter("n", "query", {"type": ["number", "null"]}),
    parameter("u", "query", {"anyOf": [{"type": "boolean"}, {"type": "string", "maxLength": 3}]}),
    parameter("l", "query", {"type": "array", "items": INTEGER, "maxItems": 3}, explode=False),
    parameter("f", "query", {"$ref": "#/components/schemas/Tree"}, style="deepObject"),
    parameter("o", "query", {"type": "object", "properties": {"x": INTEGER}}),
    parameter("c", "query", {"type": "object"}, media_type="application/json"),
    parameter("X-List", "header", {"type": "array", "items": INTEGER}),
    parameter("session", "cookie", {"type": "object", "properties": {"x": INTEGER}}),
    path="/{id}/{other}",
    components={"Tree": RECURSIVE},
    body={name.partition(";")[0]: {"$ref": "#/components/schemas/Tree"} for name in TYPES if name},
    required=False,
    refuse_unknown=True,
    max_body=10_000,
)


def answered(**sent: Any) -> None:
    """A call ends with values or with a problem that says something, and never with an exception."""
    problem = ANYTHING.send(**{"segments": {"id": "1", "other": "x"}, **sent}).problem
    assert problem is None or problem.detail


@given(query=LATIN, segment=LATIN, header=LATIN, cookie=LATIN)
@settings(max_examples=200, deadline=None)
def test_arbitrary_texts_never_raise(query: str, segment: str, header: str, cookie: str) -> None:
    answered(query=query, segments={"id": segment, "other": segment}, X_List=header, Cookie=cookie)


@given(pairs=QUERY)
@settings(max_examples=200, deadline=None)
def test_arbitrary_values_of_known_parameters_never_raise(pairs: list[tuple[str, str]]) -> None:
    answered(query="&".join(f"{name}={text}" for name, text in pairs))


@given(body=st.binary(max_size=200), type=st.sampled_from(TYPES) | LATIN, encoding=st.none() | LATIN | st.just("gzip"))
@settings(max_examples=300, deadline=None)
def test_arbitrary_bodies_never_raise(body: bytes, type: str, encoding: str | None) -> None:
    answered(body=body, type=type, **({} if encoding is None else {"Content_Encoding": encoding}))


@given(
    names=st.lists(st.text("an[]0", max_size=12), max_size=6),
    value=st.sampled_from(["1", "", "%FF", "x", "{}", "[1]", '{"n":"x"}']),
)
@settings(max_examples=200, deadline=None)
def test_arbitrary_brackets_never_raise(names: list[str], value: str) -> None:
    form = "&".join(f"{name}={value}" for name in names)
    answered(query="&".join(f"f{name}={value}" for name in names), body=form.encode(), type=TYPES[2])


NAMED = b'Content-Disposition: form-data; name="n"'
MIME = st.sampled_from([b"--B", b"--B--", b"\r\n", b"\n", b":", NAMED, b"1", b"\xff", b"\x00"])


@given(pieces=st.lists(MIME, max_size=20))
@settings(max_examples=200, deadline=None)
def test_arbitrary_multipart_never_raises(pieces: list[bytes]) -> None:
    answered(body=b"".join(pieces), type="multipart/form-data; boundary=B")


@pytest.mark.parametrize("text", ["\ud800", "€", "\U0001f600"])
def test_texts_that_no_server_hands_over_never_raise(text: str) -> None:
    segments = {"id": text, "other": text}
    answered(query=f"i={text}&f[a]={text}&{text}=1", X_List=text, Cookie=f"x={text}", segments=segments)


@given(pairs=st.lists(st.tuples(NAMES, st.text("0123456789ab.tru", max_size=5)), max_size=3))
@settings(max_examples=200, deadline=None)
def test_the_short_way_through_a_plain_query_leads_to_the_same_place(pairs: list[tuple[str, str]]) -> None:
    query = "&".join(f"{name}={text}" for name, text in pairs)
    short, long = (ANYTHING.send(each, segments={"id": "1", "other": "x"}) for each in (query, f"{query}&"))
    assert (short.query, short.said) == (long.query, long.said)
