"""Servers that are no API, or hardly one: exit code 2 with a plain sentence, or findings; never a traceback."""

from __future__ import annotations

import gzip
import json
import os
import pty
import subprocess
import tempfile
import time
from abc import abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.forking import forked
from tests.serving import SECONDS, listening, run, start

JSON, HTML = "application/json", "text/html; charset=utf-8"
PAGE = b"<!doctype html><title>Sign in</title>"
USERS = json.dumps({"data": [], "has_more": False}).encode()


class Odd(BaseHTTPRequestHandler):
    """What all of them are made of."""

    protocol_version = "HTTP/1.1"

    def _any(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.answer()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = do_TRACE = _any

    @abstractmethod
    def answer(self) -> None:
        """What it says to whatever it is asked."""

    def out(self, status: int, body: bytes, kind: str = JSON, length: int | None = None, **more: str) -> None:
        self.send_response(status)
        for name, value in {"content-type": kind, **more}.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("content-length", str(len(body) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


@contextmanager
def odd(answer: Callable[[Odd], None]) -> Iterator[str]:
    """The URL of a server that answers each request so."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """A client that went away."""

    server = Server(("127.0.0.1", 0), type("Answering", (Odd,), {"answer": answer}))
    with listening(server) as url:
        yield url


def checked(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ("check", url, "--api", "pulse", "--key", "some-key", "--only", "laws", "--timeout", "1", "--quiet")
    done = run(*command, *arguments)
    assert "Traceback" not in done.stdout + done.stderr
    return done


def drips(server: Odd) -> None:
    server.out(200, b" ", length=1000)
    while True:
        time.sleep(0.2)
        server.wfile.write(b" ")
        server.wfile.flush()


def behind(server: Odd) -> None:
    """An application in front, whose API begins below /v2."""
    server.out(200, PAGE, HTML) if not server.path.startswith("/v2") else server.out(401, b"{}")


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda server: server.out(200, PAGE, HTML), "gave an HTML page; the URL should be the one at which"),
        (lambda server: server.out(301, b"", location="https://crm.example.com/v3"), "to https://crm.example.com/v3;"),
        (lambda server: server.out(403, b"{}"), "the server doesn't accept the key: GET /users gave 403"),
        (lambda server: server.out(200, b"no gzip", content_encoding="gzip"), "can't be unpacked as its"),
        (lambda server: server.out(200, b"{", length=100), "the connection was closed before an answer came"),
        (lambda server: server.wfile.write(b"\0\1 nonsense\r\n\r\n"), "can't be reached"),
        (lambda server: server.connection.close(), "can't be reached"),
        (lambda server: time.sleep(5), "there was no answer within 1 s"),
        (drips, "an answer began and didn't end within 1 s"),
        (behind, "the server doesn't accept the key: GET /v2/users gave 401"),
    ],
)  # fmt: skip
def test_what_is_no_api_could_not_be_checked(answer: Callable[[Odd], None], told: str) -> None:
    def close_after(server: Odd) -> None:
        server.close_connection = True
        answer(server)

    with odd(close_after) as url:
        done = checked(url)

    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr


@pytest.mark.parametrize(
    "answer",
    [
        lambda server: server.out(200, USERS),  # to whoever asks for whatever
        lambda server: server.out(200, b"[" * 100_000),
        lambda server: server.out(200, b""),
        lambda server: server.out(200, "{\"a\": \"é\"}".encode("latin-1")),
        lambda server: server.out(500, b"oops", "text/plain"),
        lambda server: server.out(204, b""),
    ],
)  # fmt: skip
def test_what_answers_nonsense_has_findings(answer: Callable[[Odd], None]) -> None:
    with odd(answer) as url:
        done = checked(url)

    assert done.returncode == 1, done.stderr
    assert "listUsers breaks laws/" in done.stdout


def test_more_than_can_be_read_is_cut_and_the_next_answer_is_another() -> None:
    huge = b'{"data": ["' + b"x" * 40_000_000 + b'"]}'
    with odd(lambda server: server.out(200, huge if server.path.startswith("/users") else USERS)) as url:
        done = checked(url, "--only", "can-be-listed", "--exclude", "needs-a-key", "--operation", "listUsers")

    assert done.returncode == 1
    assert "listUsers breaks" in done.stdout


def test_packed_answers_are_read() -> None:
    wrong = b'{"data": "packed", "has_more": false}'
    with odd(lambda server: server.out(200, gzip.compress(wrong), content_encoding="gzip")) as url:
        done = checked(url, "--operation", "listUsers")

    assert done.returncode == 1
    assert f"seen      {wrong.decode()}" in done.stdout


def test_a_time_that_is_too_short_is_kept_and_says_what_was_left_out() -> None:
    with start("pulse", "--no-rate-limits") as served:
        done = run("check", served.url, "--api", "pulse", "--key", "test-key", "--write", "--time", "0.5")
        headers = {"Authorization": "Bearer test-key"}
        users = served.client.get(f"{served.url}/v2/users?limit=100", headers=headers).json()

    assert done.returncode == 0, done.stdout
    assert "no finding so far; " in done.stdout.splitlines()[0]
    assert "laws: the time was over before it was done" in done.stdout
    assert not [one for one in users["data"] if "mockserver-check" in json.dumps(one)]


def test_on_a_terminal_progress_is_one_line_that_changes() -> None:
    with start("pulse", "--no-rate-limits") as served:
        ours, theirs = pty.openpty()
        command = ("check", served.url, "--api", "pulse", "--key", "test-key", "--only", "laws")
        environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "NO_COLOR": "1"}
        with tempfile.TemporaryFile("w+") as out:
            process = forked("mockserver", *command, stdout=out.fileno(), stderr=theirs, env=environment)
            os.close(theirs)
            shown = b""
            while True:
                try:
                    part = os.read(ours, 65_536)
                except OSError:  # nobody writes there any more
                    break
                if not part:
                    break
                shown += part
            process.wait(SECONDS)
            out.seek(0)
            told = out.read()
        os.close(ours)
        plain = run(*command)

    assert b"laws \xc2\xb7 " in shown
    assert b" calls \xc2\xb7 0 findings \xc2\xb7 " in shown
    assert b"\x1b[2K" in shown, "the line is written over"
    assert shown.count(b"\n") < 5
    assert "\x1b" not in told
    assert "conforms" in told
    assert "\x1b" not in plain.stderr
    assert [line for line in plain.stderr.splitlines() if line.startswith("laws · ")]
