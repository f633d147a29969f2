"""HTTP for the plain servers, with the standard library alone: a `Request` comes in, an `Answer` goes out."""

from __future__ import annotations

import json
import math
import re
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

LONGEST_BODY = 1_048_576  # bytes
LONGEST_TARGET = 8_192  # characters of path and query
DEEPEST = 100  # levels of a JSON body


class Request(NamedTuple):
    method: str
    path: str  # as it was sent, percent-encoded
    query: str  # as it was sent, without the question mark
    headers: Any  # an email.message.Message: names have no case
    body: bytes


class Answer(NamedTuple):
    status: int
    body: bytes = b""
    headers: dict[str, str] = {}  # noqa: RUF012 - nobody changes it


class Malformed(ValueError):
    """What was sent can't be read; the text says why."""


def segments(path: str) -> list[str]:
    """`/v2/users/a%2Fb` -> `["v2", "users", "a/b"]`; what is no UTF-8 becomes U+FFFD, which is in no id."""
    return [unquote_to_bytes(part).decode(errors="replace") for part in path.split("/")[1:]]


def pairs(query: str) -> list[tuple[str, str | None]]:
    """The parameters of a query in their order; a value that is no UTF-8 is None."""
    found: list[tuple[str, str | None]] = []
    for part in query.split("&"):
        if part:
            name, _, value = part.replace("+", " ").partition("=")
            try:
                known = unquote_to_bytes(name).decode()
            except UnicodeDecodeError:
                known = "?"
            try:
                found.append((known, unquote_to_bytes(value).decode()))
            except UnicodeDecodeError:
                found.append((known, None))
    return found


def media_type(request: Request) -> str:
    """`application/json` for `Application/JSON; charset=utf-8`."""
    return str(request.headers.get("Content-Type", "")).partition(";")[0].strip().lower()


def read_json(body: bytes) -> Any:
    """The value of a JSON text by RFC 8259, in UTF-8. Raises Malformed."""
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_no_json, parse_float=_finite)
    except UnicodeDecodeError:
        raise Malformed("the body is not UTF-8") from None
    except (ValueError, RecursionError):
        raise Malformed("the body is not valid JSON") from None
    _look_through(value, DEEPEST)
    return value


def _no_json(name: str) -> Any:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(text)
    return number


def _look_through(value: Any, levels: int) -> None:
    if isinstance(value, str):
        if not value.isascii() and re.search("[\ud800-\udfff]", value):
            raise Malformed("the body holds half of a surrogate pair")
    elif isinstance(value, list | dict):
        if levels == 0:
            raise Malformed("the body is nested too deeply")
        for one in [*value, *value.values()] if isinstance(value, dict) else value:
            _look_through(one, levels - 1)


def serve(answer: Callable[[Request], Answer], port: int, base: str) -> None:
    """Serves forever on loopback, one call at a time; prints its URL when it is ready. `base` is the API's path."""
    turn = threading.Lock()

    class Connection(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version = "plain"
        disable_nagle_algorithm = True

        def __getattr__(self, name: str) -> Any:
            if name.startswith("do_"):  # of whatever method
                return self.handle_call
            raise AttributeError(name)

        def handle_call(self) -> None:
            body = self.read_body()
            path, _, query = self.path.partition("?")
            if body is None:
                self.close_connection = True
                got = answer(Request("TOO-LARGE", path, query, self.headers, b""))
            else:
                with turn:
                    got = answer(Request(self.command, path, query, self.headers, body))
            self.send(got)

        def read_body(self) -> bytes | None:
            """The whole body; None when it is longer than it may be."""
            if "chunked" not in self.headers.get("Transfer-Encoding", "").lower():
                length = int(self.headers.get("Content-Length") or 0)
                return self.rfile.read(length) if length <= LONGEST_BODY else None
            body = b""
            while size := int(self.rfile.readline().partition(b";")[0], 16):
                body += self.rfile.read(size)
                self.rfile.readline()
                if len(body) > LONGEST_BODY:
                    return None
            while self.rfile.readline().strip():
                pass
            return body

        def send(self, got: Answer) -> None:
            self.send_response_only(got.status)
            self.send_header("Date", self.date_time_string())
            for name, value in got.headers.items():
                self.send_header(name, value)
            if got.status != 204:
                self.send_header("Content-Length", str(len(got.body)))
            self._headers_buffer.append(b"\r\n" + (b"" if self.command == "HEAD" else got.body))
            self.wfile.write(b"".join(self._headers_buffer))
            self._headers_buffer = []

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        address_family = socket.AF_INET
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, *_: Any) -> None:
            """A client that went away is nobody's concern."""

    with Server(("127.0.0.1", port), Connection) as server:
        print(f"http://127.0.0.1:{server.server_address[1]}{base}", flush=True)
        server.serve_forever()
