"""Connections that stall are hung up on; sockets are bound for certain."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from mockserver.web.protocol import without_upgrade
from mockserver.web.server import bind

SERVER = """
from mockserver.web.server import bind, run
from mockserver.web.settings import Settings
from mockserver.web.wire import decoded, read

async def app(scope, receive, send):
    try:
        await read(decoded(scope["headers"]), receive, 1000)
    finally:
        print("left", flush=True)
    await send({"type": "http.response.start", "status": 204})
    await send({"type": "http.response.body"})

sockets = bind("127.0.0.1", 0)
run(app, sockets, Settings(request_timeout=1, keep_alive=4), lambda: print(sockets[0].getsockname()[1], flush=True))
"""


@pytest.fixture(scope="module")
def impatient() -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """The port of a server that gives a request a second or two."""
    command = [sys.executable, "-c", SERVER]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout
    yield int(process.stdout.readline()), process
    process.kill()
    process.wait()
    process.stdout.close()


@pytest.mark.parametrize(
    "part",
    [
        b"GET / HT",
        b"GET / HTTP/1.1\r\nHost: x\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: 9\r\n\r\na",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\na",
    ],
)
def test_a_request_that_stops_half_way_is_hung_up_on(impatient: tuple[int, subprocess.Popen[str]], part: bytes) -> None:
    port, process = impatient
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(part)
        answer = b""
        while more := connection.recv(1_000):
            answer += more
    assert answer.startswith(b"HTTP/1.1 408 ")
    if b"Length" in part or b"chunked" in part:
        assert process.stdout
        assert process.stdout.readline() == "left\n"  # the application was told, and waits no longer


def test_an_idle_connection_may_stay(impatient: tuple[int, subprocess.Popen[str]]) -> None:
    with socket.create_connection(("127.0.0.1", impatient[0]), timeout=3) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(1_000).startswith(b"HTTP/1.1 204 ")
        with pytest.raises(TimeoutError):
            connection.recv(1_000)
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(1_000).startswith(b"HTTP/1.1 204 ")


def test_a_connection_that_is_idle_for_long_is_closed(impatient: tuple[int, subprocess.Popen[str]]) -> None:
    with socket.create_connection(("127.0.0.1", impatient[0]), timeout=20) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(1_000).startswith(b"HTTP/1.1 204 ")
        assert connection.recv(1_000) == b""


def test_a_free_port_is_the_same_for_each_address() -> None:
    sockets = bind("localhost", 0)
    assert len({sock.getsockname()[1] for sock in sockets}) == 1
    for sock in sockets:
        sock.close()


def test_two_never_share_a_port() -> None:
    (first,) = bind("127.0.0.1", 0)
    with pytest.raises(OSError, match="in use"):
        bind("127.0.0.1", first.getsockname()[1])
    first.close()


@pytest.mark.parametrize("name", ["Upgrade", "upgrade", "UPGRADE"])
def test_only_a_heads_upgrade_is_renamed(name: str) -> None:
    data = f"POST /upgrade: HTTP/1.1\r\n{name}: h2c\r\nX-Upgrade: 1\r\n\r\n\r\nUpgrade: in the body".encode()
    renamed = without_upgrade(data)
    assert re.sub(rb"x-(?=upgrade: h2c)", b"", renamed, flags=re.IGNORECASE) == data
    assert len(renamed) == len(data) + 2
