"""What webhooks are sent to: a small HTTP server in a thread, which takes everything and remembers it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from threading import Condition, Thread
from typing import NamedTuple
from urllib.parse import urlsplit

from mockserver.check.options import Options

MOST = 1024 * 1024  # bytes of a body; more isn't taken
KEPT = 10_000  # deliveries that are kept
IDLE = 10.0  # seconds after which a connection that says nothing is closed


class Delivery(NamedTuple):
    """One request that came in. The names of its headers are in lower case."""

    number: int  # counts from 0
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float  # monotonic seconds


@dataclass(slots=True)
class Listener:
    """A server that receives webhooks. `url` is what a user subscribes."""

    url: str
    server: ThreadingHTTPServer = field(repr=False)
    received: list[Delivery] = field(default_factory=list, repr=False)
    news: Condition = field(default_factory=Condition, repr=False)

    def take(self, method: str, path: str, headers: Iterable[tuple[str, str]], body: bytes) -> None:
        """Remembers a delivery, and tells who waits for one."""
        with self.news:
            if len(self.received) < KEPT:
                lower = {name.lower(): value for name, value in headers}
                self.received.append(Delivery(len(self.received), method, path, lower, body, time.monotonic()))
            self.news.notify_all()

    def wait(self, enough: Callable[[], bool], seconds: float) -> bool:
        """Waits until it is enough, asked again after each delivery; False when it isn't by then."""
        with self.news:
            return self.news.wait_for(enough, max(0.0, seconds))

    def close(self) -> None:
        """Ends the server."""
        self.server.shutdown()
        self.server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True  # a sender that keeps its connection open doesn't keep the check from ending

    def handle_error(self, request: object, client_address: object) -> None:
        """A sender that hangs up early is nothing to tell of."""


def opened(options: Options) -> Listener | None:
    """The listener that was asked for, if any. Raises ValueError for an address that can't be listened on."""
    if options.listen is None or options.rehearse:
        return None
    host, port = address(options.listen)
    try:
        server = _Server((host, port), BaseHTTPRequestHandler)
    except OSError as error:
        raise ValueError(f"webhooks can't be received at {options.listen}: {error.strerror or error}") from None
    listener = Listener(options.listen_url or f"http://{host}:{server.server_address[1]}/", server)
    server.RequestHandlerClass = _taking(listener)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True, name="webhooks").start()
    return listener


def address(text: str) -> tuple[str, int]:
    """`127.0.0.1:4011` as host and port, 0 for a free one. Raises ValueError."""
    host, colon, port = text.rpartition(":")
    if not (colon and host and "/" not in host and port.isascii() and port.isdigit() and int(port) < 65_536):
        raise ValueError(f"{text!r} is no host and port, such as 127.0.0.1:4011")
    return host, int(port)


def reachable(text: str) -> str:
    """The URL by which a server reaches the listener, as it is. Raises ValueError."""
    try:
        parts = urlsplit(text)
        is_url = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_url = False
    if not is_url:
        raise ValueError(f"{text!r} is no URL, such as https://hooks.example.com/in")
    return text


def _taking(listener: Listener) -> type[BaseHTTPRequestHandler]:
    """What answers the requests of a listener."""

    class Taking(BaseHTTPRequestHandler):
        protocol_version, timeout = "HTTP/1.1", IDLE

        def _take(self) -> None:
            body = _body(self.rfile, self.headers.get("transfer-encoding"), self.headers.get("content-length"))
            self.close_connection = body is None or self.close_connection
            if body is not None and self.command not in ("GET", "HEAD"):
                listener.take(self.command, self.path, self.headers.items(), body)
            self.send_response(200 if body is not None else 413)
            self.send_header("content-length", "0")
            self.end_headers()

        do_POST = do_PUT = do_PATCH = do_GET = do_HEAD = _take

        def log_message(self, format: str, *parts: object) -> None:
            """Nothing is logged: what came is in the listener."""

    return Taking


def _body(stream: BufferedIOBase, coding: str | None, length: str | None) -> bytes | None:
    """A request's body, by its length or in chunks (RFC 9112, 7.1); None for one that is too large or unreadable."""
    if coding is None:
        size = int(length) if length and length.isdigit() else 0
        return stream.read(size) if size <= MOST else None
    found = b""
    while len(found) <= MOST:
        try:
            size = int(stream.readline(1000).partition(b";")[0], 16)
        except ValueError:
            return None
        if not 0 <= size <= MOST:
            return None
        found += stream.read(size)
        line = stream.readline(1000)
        if size == 0:
            while line.strip():  # trailers
                line = stream.readline(1000)
            return found
    return None
