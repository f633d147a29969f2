"""How a request comes in and an answer goes out."""

import asyncio
from typing import Any

import pytest

from mockserver.steps.call import Answer
from mockserver.web.wire import Disconnected, cors, decoded, encoded, preflight, read, sent


def reading(limit: int, *parts: bytes, length: str | None = None) -> tuple[bytes, int]:
    """What `read` makes of a body that arrives in parts, and how many parts it took."""
    taken = 0

    async def receive() -> dict[str, Any]:
        nonlocal taken
        taken += 1
        return {"type": "http.request", "body": parts[taken - 1], "more_body": taken < len(parts)}

    headers = {"transfer-encoding": "chunked"} if length is None else {"content-length": length}
    return asyncio.run(read(headers, receive, limit)), taken


def sending(answer: Answer, method: str = "GET", cross_origin: bool = False) -> tuple[dict[bytes, bytes], bytes]:
    """The headers and the body that go out."""
    messages: list[Any] = []

    async def send(message: Any) -> None:
        messages.append(message)

    asyncio.run(sent(answer, method, cross_origin, send))
    return dict(messages[0]["headers"]), messages[1]["body"]


def test_repeated_headers_are_joined() -> None:
    raw = [(b"accept", b"a"), (b"cookie", b"x=1"), (b"accept", b"b"), (b"cookie", b"y=\xe9")]
    assert decoded(raw) == {"accept": "a, b", "cookie": "x=1; y=é"}


def test_a_body_is_read_to_its_end() -> None:
    assert reading(10, b"ab", b"", b"cd") == (b"abcd", 3)


def test_a_body_of_the_limit_passes_whole() -> None:
    assert reading(4, b"ab", b"cd")[0] == b"abcd"


def test_a_body_over_the_limit_is_cut_one_byte_above_and_read_no_further() -> None:
    assert reading(4, b"abc", b"defgh", b"ijk") == (b"abcde", 2)


def test_a_request_without_a_body_is_not_waited_for() -> None:
    async def never() -> Any:
        raise AssertionError

    assert asyncio.run(read({}, never, 10)) == b""


def test_a_client_that_goes_away_while_it_sends() -> None:
    async def gone() -> Any:
        return {"type": "http.disconnect"}

    with pytest.raises(Disconnected):
        asyncio.run(read({"content-length": "5"}, gone, 10))


def test_an_answer_has_a_length() -> None:
    assert sending(Answer(200, (("Content-Type", "text/plain"),), b"hello")) == (
        {b"Content-Type": b"text/plain", b"content-length": b"5"},
        b"hello",
    )


def test_head_has_the_length_and_not_the_body() -> None:
    assert sending(Answer(200, (), b"hello"), "HEAD") == ({b"content-length": b"5"}, b"")


@pytest.mark.parametrize("status", [204, 304])
def test_no_length_where_there_can_be_no_body(status: int) -> None:
    assert sending(Answer(status)) == ({}, b"")


@pytest.mark.parametrize(
    ("text", "bytes_"),
    [("plain", b"plain"), ("é", b"\xe9"), ("a\r\nSet-Cookie: x", b"a??Set-Cookie: x"), ("\x00", b"?"), ("日", b"?")],
)
def test_no_header_can_break_the_message(text: str, bytes_: bytes) -> None:
    assert encoded(text) == bytes_


def test_cors_only_where_a_browser_asks() -> None:
    answer = Answer(404, (("X-Request-Id", "1"),), b"{}")
    assert b"access-control-allow-origin" not in sending(answer)[0]
    headers, _ = sending(answer, cross_origin=True)
    assert headers[b"access-control-allow-origin"] == b"*"
    assert headers[b"access-control-expose-headers"] == b"x-request-id, date, content-length"


def test_what_the_document_says_of_cors_stands() -> None:
    assert cors(Answer(200, (("Access-Control-Allow-Origin", "https://a.example"),))) == []


def test_a_preflight_allows_what_was_asked() -> None:
    asked = {"access-control-request-method": "MERGE", "access-control-request-headers": "authorization, x-a"}
    headers = dict(preflight(asked).headers)
    assert headers["access-control-allow-methods"].endswith(", MERGE")
    assert headers["access-control-allow-headers"] == "authorization, x-a"
