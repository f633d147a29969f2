"""Bad input over a real socket: each API answers with its own error body and a message that helps, and goes on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from asking import APIS, Asked, Json, base_path, json_bytes, operations
from refusals import breaches
from serving import Served, start

KEY = {"Authorization": "Bearer test-key", "x-api-key": "test-key"}
JSON = {**KEY, "Content-Type": "application/json"}
BAD = {400, 422}  # which of the two depends on the API
BODY_LIMIT, URI_LIMIT, HEADER_LIMIT = 1_048_576, 8_192, 32_768


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with start("--no-rate-limits") as served:
        yield served


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


def ask(server: Served, method: str, target: str, headers: dict[str, str], body: bytes = b"") -> Reply:
    """Sends a request as it stands, byte for byte, on a connection of its own."""
    lines = [f"{method} {target} HTTP/1.1", "Host: mock", "Connection: close"]
    if body or method in ("POST", "PATCH", "PUT"):
        lines.append(f"Content-Length: {len(body)}")
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return reply(server.send("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body))


def reply(data: bytes) -> Reply:
    head, _, body = data.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
    return Reply(int(first.split()[1]), headers, body)


def creating(api: str) -> Asked:
    """The API's first operation that takes JSON and names nothing in its path."""
    return next(one for one in operations(api) if one.method == "POST" and one.media_type and "{" not in one.path)


def listing(api: str) -> Asked:
    """The API's first operation with a query."""
    return next(one for one in operations(api) if one.method == "GET" and queried(one))


def queried(asked: Asked) -> dict[str, dict[str, Json]]:
    """The query parameters of an operation, by name."""
    return {one["name"]: one for one in asked.parameters if one["in"] == "query"}


def target(asked: Asked) -> str:
    return f"/{asked.api}{asked.path}"


def example(api: str) -> dict[str, Json]:
    (value, *_) = creating(api).bodies
    return value


def assert_refused(api: str, got: Reply, statuses: set[int], words: str) -> None:
    assert got.status in statuses, got
    assert breaches(api, got.headers["content-type"], got.body) == []
    assert re.search(words, got.body.decode(), re.IGNORECASE), got.body


@pytest.fixture(autouse=True)
def _goes_on(server: Served) -> Iterator[None]:
    """After each test the server still answers, and has complained of nothing."""
    yield
    assert server.client.get(f"{server.url}/_mock/health").status_code == 200
    assert server.complaints() == ""


each_api = pytest.mark.parametrize("api", APIS)
TEXTS = {  # bodies that are no JSON, or none that can be kept; and what the message says of them
    "cut short": (b'{"a": ', "not valid JSON"),
    "no JSON": (b"email=a@b.example", "not valid JSON"),
    "two documents": (b"{}{}", "not valid JSON"),
    "trailing comma": (b'{"a": 1,}', "not valid JSON"),
    "invalid UTF-8": (b'{"a": "\xff\xfe"}', "UTF-8"),
    "overlong UTF-8": (b'{"a": "\xc0\xaf"}', "UTF-8"),
    "a lone surrogate": (b'{"a": "\\ud800"}', "surrogate"),
    "a lone surrogate as a name": (b'{"\\udfff": 1}', "surrogate"),
    "a raw NUL": (b'{"a": "\x00"}', "not valid JSON|control character"),
    "NaN": (b'{"a": NaN}', "not valid JSON"),
    "Infinity": (b'{"a": -Infinity}', "not valid JSON"),
    "1e999": (b'{"a": 1e999}', "holds a number that is larger"),
    "an integer of 5,000 digits": (b'{"a": ' + b"7" * 5_000 + b"}", "holds a number that is larger"),
    "nested 10,000 deep": (b'{"a": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", "nested more than 100 levels"),
    "nested 10,000 objects deep": (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "nested more than 100 levels"),
    "nested 101 deep": (b'{"a": ' + b"[" * 101 + b"]" * 101 + b"}", "nested more than 100 levels"),
    "opened 100,000 times": (b"[" * 100_000, "nested more than 100 levels"),
}


@each_api
@pytest.mark.parametrize("kind", TEXTS)
def test_a_body_that_is_no_json_is_400(server: Served, api: str, kind: str) -> None:
    body, words = TEXTS[kind]
    assert_refused(api, ask(server, "POST", target(creating(api)), JSON, body), {400}, words)


@each_api
@pytest.mark.parametrize("value", [None, [], "text", 1, True, [{}]], ids=repr)
def test_a_body_of_another_kind_says_which_it_should_be(server: Served, api: str, value: Json) -> None:
    assert_refused(api, ask(server, "POST", target(creating(api)), JSON, json_bytes(value)), BAD, "must be an object")


@each_api
def test_an_integer_of_300_digits_where_nobody_looks_does_no_harm(server: Served, api: str) -> None:
    body = json_bytes(example(api))[:-1] + b', "nonsense": ' + b"7" * 300 + b"}"
    got = ask(server, "POST", target(creating(api)), JSON, body)
    assert got.status < 300 or got.status in BAD


@each_api
def test_nul_and_odd_characters_in_a_text_are_kept_or_refused(server: Served, api: str) -> None:
    name = next(name for name in example(api) if "name" in name.lower())
    body = {**example(api), name: "\u0000\u202e\ufffe\U0010ffff"}
    got = ask(server, "POST", target(creating(api)), JSON, json_bytes(body))
    assert got.status < 500
    assert got.status < 300 or breaches(api, got.headers["content-type"], got.body) == []


@each_api
@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "multipart/form-data", "nonsense", "a/b/c"])
def test_another_media_type_is_415_and_told_which_is_taken(server: Served, api: str, media_type: str) -> None:
    headers = {**KEY, "Content-Type": media_type}
    got = ask(server, "POST", target(creating(api)), headers, json_bytes(example(api)))
    assert_refused(api, got, {415}, "application/json")


@each_api
def test_no_media_type_is_415_and_told_which_is_taken(server: Served, api: str) -> None:
    got = ask(server, "POST", target(creating(api)), KEY, json_bytes(example(api)))
    assert_refused(api, got, {415}, "application/json")


@each_api
def test_no_body_at_all_is_refused(server: Served, api: str) -> None:
    assert_refused(api, ask(server, "POST", target(creating(api)), KEY), {400, 415, 422}, "body|application/json")


@each_api
def test_a_body_over_the_limit_is_413(server: Served, api: str) -> None:
    body = b'{"a": "' + b"x" * BODY_LIMIT + b'"}'
    assert_refused(api, ask(server, "POST", target(creating(api)), JSON, body), {413}, str(BODY_LIMIT))


@each_api
def test_a_body_over_the_limit_in_chunks_is_413(server: Served, api: str) -> None:
    head = f"POST {target(creating(api))} HTTP/1.1\r\nHost: mock\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in JSON.items())
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    data = head.encode() + b"\r\n" + chunk * 17 + b"0\r\n\r\n"
    assert_refused(api, reply(server.send(data)), {413}, str(BODY_LIMIT))


@each_api
def test_a_body_just_within_the_limit_is_read(server: Served, api: str) -> None:
    body = json_bytes(example(api))
    got = ask(server, "POST", target(creating(api)), JSON, body + b" " * (BODY_LIMIT - len(body)))
    assert got.status != 413
    assert got.status < 500


@each_api
def test_a_uri_over_the_limit_is_414(server: Served, api: str) -> None:
    got = ask(server, "GET", f"{target(listing(api))}?q={'x' * URI_LIMIT}", KEY)
    assert_refused(api, got, {414}, str(URI_LIMIT))


@each_api
def test_headers_over_the_limit_are_431(server: Served, api: str) -> None:
    got = ask(server, "GET", target(listing(api)), {**KEY, "X-Long": "x" * HEADER_LIMIT})
    assert_refused(api, got, {431}, str(HEADER_LIMIT))


@each_api
def test_a_repeated_parameter_is_refused_by_name(server: Served, api: str) -> None:
    """Which of the two counts isn't documented anywhere, so that neither does."""
    name = next(name for name in ("limit", "page", "search") if name in queried(listing(api)))
    got = ask(server, "GET", f"{target(listing(api))}?{name}=1&{name}=2", KEY)
    assert_refused(api, got, BAD, name)


@each_api
@pytest.mark.parametrize("text", ["%ff", "%00%ff", "%ed%a0%80"])
def test_a_parameter_that_is_no_utf8_is_refused_by_name(server: Served, api: str, text: str) -> None:
    name = next(name for name, one in queried(listing(api)).items() if _is_text(one))
    got = ask(server, "GET", f"{target(listing(api))}?{name}={text}", KEY)
    assert_refused(api, got, BAD, name)
    assert_refused(api, got, BAD, "UTF-8")


def _is_text(parameter: dict[str, Json]) -> bool:
    return parameter["schema"].get("type") == "string" and "format" not in parameter["schema"]


@each_api
@pytest.mark.parametrize("text", ["abc", "1.5", "1e3", "%d9%a3", "0x1", "%205", "9" * 5_000, "-1", "true", "null"])
def test_a_size_that_is_no_number_in_its_range_is_refused_by_name(server: Served, api: str, text: str) -> None:
    sizes = [name for name in queried(listing(api)) if name in ("limit", "pageSize")]
    if not sizes:
        pytest.skip("this API has no pages")
    got = ask(server, "GET", f"{target(listing(api))}?{sizes[0]}={text}", KEY)
    assert_refused(api, got, BAD, sizes[0])


@each_api
def test_an_unknown_parameter_is_ignored_or_refused_by_name(server: Served, api: str) -> None:
    """Ignored, as most servers do, unless the document's reading refuses it."""
    required = "".join(f"&{name}=email" for name, one in queried(listing(api)).items() if one.get("required"))
    got = ask(server, "GET", f"{target(listing(api))}?nonsense=1{required}", KEY)
    if api == "pulse-leads":
        assert_refused(api, got, {400}, "nonsense")
    else:
        assert got.status in (200, 404)
        assert b"nonsense" not in got.body


@each_api
@pytest.mark.parametrize("method", ["PUT", "TRACE", "LINK"])
def test_another_method_is_405_with_those_that_there_are(server: Served, api: str, method: str) -> None:
    got = ask(server, method, target(listing(api)), KEY)
    assert_refused(api, got, {405}, "")
    known = {one.method for one in operations(api) if one.path == listing(api).path}
    assert set(got.headers["allow"].split(", ")) == known | {"HEAD"}


@each_api
@pytest.mark.parametrize("path", ["/nonsense", "/", "/a/b/c/d/e/f", "/%00", "/%ff", "/..%2f..%2fetc", "//", "/%"])
def test_an_unknown_path_is_404(server: Served, api: str, path: str) -> None:
    assert_refused(api, ask(server, "GET", f"/{api}{base_path(api)}{path}", KEY), {404}, "path|found")


@each_api
@pytest.mark.parametrize("text", ["nobody", "%00", "%ff", "%", "..", "%2e%2e", "a%2fb", "9" * 4_000, "%d9%a3"])
def test_an_unknown_key_is_404(server: Served, api: str, text: str) -> None:
    found = [one for one in operations(api) if one.path.endswith("}") and one.method in ("GET", "DELETE")]
    if not found:
        pytest.skip("this API names nothing in its paths")
    got = ask(server, found[0].method, re.sub(r"\{.*?\}", lambda _: text, target(found[0])), KEY)
    assert_refused(api, got, {404}, "")


@each_api
@pytest.mark.parametrize("key", [None, "", "nobody", "test-key test-key", "\xff", "x" * 8_000])
def test_without_a_known_key_nothing_is_answered(server: Served, api: str, key: str | None) -> None:
    if api == "pulse-leads":
        pytest.skip("this API asks for no key")
    headers = {} if key is None else {"Authorization": f"Bearer {key}", "x-api-key": key}
    got = ask(server, "GET", target(listing(api)), headers)
    assert_refused(api, got, {401}, "")
    assert "www-authenticate" in got.headers


def test_what_is_wrong_with_a_body_as_a_whole_is_told_of_the_body(server: Served) -> None:
    path = target(creating("pulse"))
    assert_refused("pulse", ask(server, "POST", path, JSON, b"[]"), BAD, "the request body must be an object")
    assert_refused("pulse", ask(server, "POST", path, JSON, b'{"a": "\xff"}'), BAD, r"is not valid UTF-8 \(byte 8\)")


def test_a_path_that_is_near_one_of_an_api_among_several_is_told_with_its_prefix(server: Served) -> None:
    answer = ask(server, "GET", "/pulse/v2/userz", {}, b"")
    assert b"did you mean '/pulse/v2/users'?" in answer.body
