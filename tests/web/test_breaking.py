"""What goes wrong on the wire, seen on a socket: resets, orderly ends, silence, slowness."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from serving import Served

REQUEST = b"GET /v2/users HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer test-key\r\n\r\n"


@contextmanager
def asked(served: Served, request: bytes = REQUEST) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", served.port), timeout=20) as connection:
        connection.sendall(request)
        yield connection


def everything(connection: socket.socket) -> tuple[bytes, bool]:
    """What arrives until the connection ends, and whether it ended with a reset."""
    found = b""
    try:
        while part := connection.recv(65_536):
            found += part
    except ConnectionResetError:
        return found, True
    return found, False


def rule(served: Served, **said: Any) -> None:
    served.control("rules", said)


@pytest.fixture
def whole(pulse: Served) -> int:
    """How many bytes the whole body has."""
    return len(httpx.get(f"{pulse.url}/v2/users", headers={"Authorization": "Bearer test-key"}).content)


@pytest.mark.parametrize(("end", "reset"), [("reset", True), ("empty", False)])
def test_before_the_answer(pulse: Served, end: str, reset: bool) -> None:
    rule(pulse, then={"connection": end})
    with asked(pulse) as connection:
        assert everything(connection) == (b"", reset)
    assert pulse.control("requests")["requests"][0]["trouble"] == [{"rule": "rule-1", "did": f"connection {end}"}]


@pytest.mark.parametrize(("end", "reset"), [("reset-in-body", True), ("truncated", False)])
def test_amid_the_body(pulse: Served, whole: int, end: str, reset: bool) -> None:
    rule(pulse, then={"connection": end})
    with asked(pulse) as connection:
        found, was_reset = everything(connection)
    head, _, body = found.partition(b"\r\n\r\n")
    assert was_reset is reset
    assert b"content-length: %d" % whole in head
    assert len(body) == whole // 2


def test_a_timeout_is_silence_until_the_client_gives_up(pulse: Served) -> None:
    rule(pulse, when={"times": 1}, then={"connection": "timeout"})
    with asked(pulse) as connection:
        while not pulse.control("requests")["total"]:
            pass
        connection.settimeout(0.2)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        connection.shutdown(socket.SHUT_WR)  # it gives up: nothing keeps the connection open
        connection.settimeout(20)
        assert connection.recv(1) == b""


def test_others_are_answered_meanwhile(pulse: Served) -> None:
    rule(pulse, match={"key": "readonly-key"}, then={"connection": "timeout"})
    with asked(pulse, REQUEST.replace(b"test-key", b"readonly-key")):
        answer = httpx.get(f"{pulse.url}/v2/users", headers={"Authorization": "Bearer test-key"})
        assert answer.status_code == 200


def test_a_slow_body_comes_in_pieces_and_whole(pulse: Served, whole: int) -> None:
    rule(pulse, then={"slow": whole * 4})
    with asked(pulse, REQUEST.replace(b"Host: a", b"Host: a\r\nConnection: close")) as connection:
        parts = []
        while part := connection.recv(65_536):
            parts.append(part)
    assert len(parts) >= 3
    assert len(b"".join(parts).partition(b"\r\n\r\n")[2]) == whole


def test_a_late_answer_on_a_connection_that_goes_on(pulse: Served) -> None:
    rule(pulse, when={"times": 1}, then={"latency": "50ms", "status": 503})
    with httpx.Client(headers={"Authorization": "Bearer test-key"}) as client:
        assert [client.get(f"{pulse.url}/v2/users").status_code for _ in range(3)] == [503, 200, 200]


def test_nothing_is_logged_as_a_fault_of_ours(pulse: Served) -> None:
    for end in ("reset", "empty", "reset-in-body", "truncated"):
        rule(pulse, when={"times": 1}, then={"connection": end})
        with asked(pulse) as connection:
            everything(connection)
        pulse.client.delete(f"{pulse.url}/_mock/rules")
    assert "Traceback" not in pulse.complaints()
    assert "ASGI" not in pulse.complaints()
