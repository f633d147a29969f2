"""A real server for tests: `mockserver serve …` in a process of its own, asked over real sockets."""

from __future__ import annotations

import os
import re
import signal
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import httpx

from mockserver import Control
from tests.forking import Forked, forked

COMMAND = [sys.executable, "-m", "mockserver"]
READY = re.compile(r"control API at (?P<origin>https?://\S+)/_mock")
SECONDS = 60  # after which a server that isn't ready is a failure; far above what it takes


@dataclass(frozen=True, slots=True)
class Served:
    """A server that is ready. `url` is its origin, without a path; `lines` is what it printed until then."""

    url: str
    lines: list[str]
    process: Forked
    log: TextIO
    client: httpx.Client = field(repr=False)

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    @property
    def mock(self) -> Control:
        """The server's control API; `mock.world("mine")` is that of another world."""
        return Control(self.url, verify=False)

    def control(self, path: str, body: Any = None, **params: Any) -> Any:
        """What the control API answers: `control("clock", {"advance": "PT2S"})` posts, without a body it gets."""
        return self.mock.ask("GET" if body is None else "POST", path, body, **params)

    def reset(self) -> None:
        """Every record, the clock and the journal as they were at first."""
        self.control("reset", {})

    def advance(self, duration: str) -> None:
        """The world's clock forward: `advance("PT72H")`."""
        self.control("clock", {"advance": duration})

    def complaints(self) -> str:
        """What the server has written to stderr."""
        self.log.seek(0)
        return self.log.read()

    def send(self, data: bytes, seconds: float = 10) -> bytes:
        """What comes back for bytes on a connection of their own, until the server closes it or falls silent."""
        host = self.url.split("/")[2].rpartition(":")[0].strip("[]")
        with socket.create_connection((host, self.port)) as connection:
            connection.settimeout(seconds)
            received = []
            try:
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
                while part := connection.recv(65_536):
                    received.append(part)
            except (TimeoutError, ConnectionResetError, BrokenPipeError):
                pass
            return b"".join(received)


@contextmanager
def start(*arguments: str) -> Iterator[Served]:
    """`mockserver serve` with these arguments on a free port; it is ended politely, and must then end with 0."""
    verify = "--tls" not in arguments  # which makes a certificate of its own
    with tempfile.TemporaryFile("w+") as log, httpx.Client(timeout=30, trust_env=False, verify=verify) as client:
        reading, writing = os.pipe()
        process = forked("mockserver", "serve", *arguments, "--port", "0", stdout=writing, stderr=log.fileno())
        os.close(writing)
        printed = os.fdopen(reading)
        try:
            lines = _until_ready(process, printed, log)
            found = READY.search(lines[-1])
            assert found
            yield Served(found["origin"], lines, process, log, client)
        finally:
            client.close()
            process.send_signal(signal.SIGTERM)
            code = process.wait(SECONDS)
            printed.close()
        assert code == 0, f"the server ended with {code}"


def _until_ready(process: Forked, printed: TextIO, log: TextIO) -> list[str]:
    started, lines = time.monotonic(), []
    while not lines or not lines[-1].startswith("ready"):
        line = printed.readline()
        if not line or time.monotonic() - started > SECONDS:
            process.kill()
            process.wait()
            log.seek(0)
            raise AssertionError(f"the server did not get ready: {lines} {log.read()}")
        lines.append(line.rstrip("\n"))
    return lines


def run(
    *arguments: str, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:  # fmt: skip
    """`mockserver` with these arguments, until it ends."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as log:
        process = forked("mockserver", *arguments, stdout=out.fileno(), stderr=log.fileno(), cwd=cwd, env=env)
        try:
            process.wait(SECONDS)
        finally:
            process.kill()
        out.seek(0)
        log.seek(0)
        return subprocess.CompletedProcess([*COMMAND, *arguments], process.wait(), out.read(), log.read())


@contextmanager
def listening(server: socketserver.TCPServer) -> Iterator[str]:
    """The URL of a server of a test's own, which answers in a thread until the test is done with it."""
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
