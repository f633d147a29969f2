"""A head that came before isn't parsed again, and nobody can tell: whatever comes in whatever pieces, the answers are
those of each request alone."""

from __future__ import annotations

import json
import re
import socket
import time
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from serving import Served

from mockserver.web.heads import LONGEST, REMEMBERED, Head, learn

KEY = "Host: x\r\nAuthorization: Bearer test-key\r\nContent-Type: application/json\r\n"


def get(limit: int, *lines: str) -> bytes:
    more = "".join(f"{line}\r\n" for line in lines)
    return f"GET /v2/users?limit={limit} HTTP/1.1\r\n{KEY}{more}\r\n".encode()


def patch(body: bytes, *lines: str) -> bytes:
    more = "".join(f"{line}\r\n" for line in lines)
    return f"PATCH /v2/users/usr_01HX9ABC HTTP/1.1\r\n{KEY}{more}Content-Length: {len(body)}\r\n\r\n".encode() + body


def named(name: str) -> bytes:
    """A body whose answer has this name in it."""
    return json.dumps({"name": name}).encode()


CHUNKED = f"PATCH /v2/users/usr_01HX9ABC HTTP/1.1\r\n{KEY}Transfer-Encoding: chunked\r\n\r\n".encode()
REQUESTS = {  # each with what its answer has in it
    get(1): b'"has_more":true',
    get(0): b"limit must be",
    patch(named("apple")): b"apple",
    patch(named("peach")): b"peach",  # of the same length, so its head is the same
    patch(named("fig")): b"fig",
    patch(b"\r\n\r\n{\r\n\r\n}"): b'"id":',  # in which a head seems to end
    CHUNKED + b"%x\r\n%s\r\n0\r\n\r\n" % (len(named("plum")), named("plum")): b"plum",
    patch(named("grape"), "Expect: 100-continue"): b"grape",
    get(2, "Connection: keep-alive"): b'"has_more":true',
    b"DELETE /v2/users/usr_nobody HTTP/1.1\r\n" + KEY.encode() + b"\r\n": b"not_found",
}


def answers(pulse_server: Served, pieces: list[bytes], count: int) -> list[bytes]:
    """The bodies of so many answers to what is sent on one connection in these pieces."""
    with socket.create_connection(("127.0.0.1", pulse_server.port), timeout=10) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(0.001)  # so that it comes alone
        stream, found = connection.makefile("rb"), list[bytes]()
        while len(found) < count:
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                line = stream.readline()
                assert line, f"the server hung up after {found}"
                head += line
            if not head.startswith(b"HTTP/1.1 100"):
                length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
                assert length, head
                found.append(stream.read(int(length[1])))
        return found


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(list(REQUESTS)), min_size=1, max_size=8), st.lists(st.integers(1, 700), max_size=6))
def test_any_requests_in_any_pieces(pulse_server: Served, requests: list[bytes], cuts: list[int]) -> None:
    data = b"".join(requests)
    places = sorted({0, *(cut for cut in cuts if cut < len(data)), len(data)})
    pieces = [data[start:end] for start, end in pairwise(places)]
    found = answers(pulse_server, pieces, len(requests))
    assert all(REQUESTS[request] in answer for request, answer in zip(requests, found, strict=True))


def test_each_alone_one_after_the_other(pulse_server: Served) -> None:
    again = [*REQUESTS, *REQUESTS, *reversed(REQUESTS)]
    found = answers(pulse_server, again, len(again))
    assert all(REQUESTS[request] in answer for request, answer in zip(again, found, strict=True))


def test_a_head_that_is_known_waits_for_its_end(pulse_server: Served) -> None:
    known = get(1)
    more = [known[:-4], b"\r\nX-More: 1\r\n\r\n"]  # no end of it, but another header
    found = answers(pulse_server, [known, known[:-4], known[-4:], *more, known[:-2], known[-2:], known], 5)
    assert all(REQUESTS[known] in answer for answer in found)


def test_the_last_request_ends_the_connection(pulse_server: Served) -> None:
    last = get(1, "Connection: close")
    for _ in range(3):
        assert len(answers(pulse_server, [get(1), last], 2)) == 2


def known(head: bytes, body: bytes = b"", headers: tuple[tuple[bytes, bytes], ...] = (), version: str = "1.1") -> bool:
    """Whether a head is remembered."""
    scope = dict.fromkeys(("type", "asgi", "root_path", "method", "path", "raw_path", "query_string"), "")
    heads: dict[bytes, Head] = {}
    learn(heads, head, body, {**scope, "http_version": version, "headers": headers})
    return head in heads


def test_only_what_a_length_alone_frames_is_remembered() -> None:
    head = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
    assert known(head)
    assert known(head, b"{}", ((b"content-length", b"2"),))
    assert not known(head, b"{}", ((b"content-length", b"1"),))
    assert not known(head, b"{}")
    assert not known(head, b"", ((b"transfer-encoding", b"chunked"),))
    assert not known(head, b"", ((b"expect", b"100-continue"),))
    assert not known(head, version="1.0")
    assert not known(head[:-4])
    assert not known(b"GET / HTTP/1.1\r\nx: " + b"y" * LONGEST + b"\r\n\r\n")


def test_so_many_are_remembered_and_no_more() -> None:
    heads: dict[bytes, Head] = {}
    scope = dict.fromkeys(("type", "asgi", "root_path", "method", "path", "raw_path", "query_string"), "")
    for number in range(3 * REMEMBERED):
        learn(heads, b"GET /%d HTTP/1.1\r\n\r\n" % number, b"", {**scope, "http_version": "1.1", "headers": []})
        assert 1 <= len(heads) <= REMEMBERED
