"""HTTP/1.1 on a connection: uvicorn's own, with the bounds and the patience that it lacks."""

from __future__ import annotations

import asyncio
import re
import sys
from collections import deque
from functools import cached_property, lru_cache
from typing import Any, ClassVar
from urllib.parse import unquote

import orjson
from httptools import HttpParserError, HttpParserInvalidMethodError, HttpParserUpgrade, parse_url
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from mockserver.web.heads import END, Head, learn

SHORT = 4  # digits of the length of a body that is waited for: less than what makes uvicorn stop reading
LINGER = 2  # seconds that a refused client may go on sending before the connection is cut
TITLES = {400: "Bad Request", 408: "Request Timeout", 431: "Request Header Fields Too Large"}
UPGRADE = re.compile(rb"(?<=\r\n)(?=upgrade:)", re.IGNORECASE)


class Protocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1, with a bound on the head of a request and without its traps for honest clients."""

    limit = 131_072  # bytes that a head may have
    head = 0  # bytes of a head that is still incomplete
    heads: ClassVar[dict[bytes, Head]] = {}  # that came before
    queue: ClassVar[deque[tuple[Any, ...]]] = deque()  # requests to begin with: protocol, cycle, application
    held: tuple[RequestResponseCycle, Any] | None = None  # a request that may soon be complete
    silent = False  # whether nobody will answer: a client that stops sending then ends the connection

    def data_received(self, data: bytes) -> None:
        whole = self.cycle is None or (self.cycle.response_complete and not self.cycle.more_body)
        begins = whole and self.head == 0 and self.held is None
        if begins:
            end = data.find(END) + len(END)
            head, body = data[:end], data[end:]
            known = self.heads.get(head)
            if known is not None and known.length == len(body):
                self.take(known, body)
                return
        if b"pgrade:" in data and (self.cycle is None or not self.cycle.more_body):
            data = without_upgrade(data)
        try:
            self.parser.feed_data(data)
        except HttpParserError:
            self.logger.warning("Invalid HTTP request received.")
            self.send_400_response("")
            return
        except HttpParserUpgrade:
            self.logger.debug("CONNECT, or an offer to upgrade that comes late: answered as any other request.")
        if begins and self.held is not None and not self.cycle.more_body and self.cycle.keep_alive:
            learn(self.heads, head, body, self.scope)
        if self.held is not None:
            self._proceed()
        if self.scope is None or "method" in self.scope:
            self.head = 0
            return
        self.head += len(data)
        if self.head > self.limit:
            self.refuse(431, f"The request line and headers together may have {self.limit} bytes.")

    def take(self, known: Head, body: bytes) -> None:
        """A request whose head came before: what the parser's callbacks do, at once."""
        scope: Any = known.scope.copy()
        scope["server"], scope["client"], scope["scheme"], scope["state"] = self.server, self.client, self.scheme, {}
        self.headers = scope["headers"] = scope["headers"].copy()
        self.scope, self.expect_100_continue = scope, False
        cycle = self.cycle = Exchange(self, keep_alive=True, body=body)
        self._start_asgi_task(cycle, self.app)
        if self.held is not None:
            self._proceed()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Holds a request back until it is complete, for then it needs no task to wait in."""
        if hasattr(app, "at_once"):
            self.held = cycle, app
        else:
            super()._start_asgi_task(cycle, app)

    def _proceed(self) -> None:
        """Begins with a request unless its short body is on its way, and soon: those that came in together are answered
        one right after the other, while the code for it is in the processor's cache."""
        assert self.held is not None
        cycle, app = self.held
        if cycle.more_body and not cycle.waiting_for_100_continue:
            lengths = [value for name, value in cycle.scope["headers"] if name == b"content-length"]
            if lengths and len(lengths[0]) <= SHORT:
                return
        self.held = None
        self.queue.append((self, cycle, app))
        if len(self.queue) == 1:
            self.loop.call_soon(begin_all, self.queue, self.loop)

    def on_response_complete(self) -> None:
        """Goes on to the next request. Unlike uvicorn's own it sets no timer for each: see `Looks`."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        if self.flow.read_paused:
            self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
            if self.held is not None:
                self._proceed()

    def begin(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Answers a complete request in one write; leaves to ASGI what has to wait, for its body or a slow reader."""
        if not cycle.more_body and not self.flow.write_paused and not cycle.disconnected:
            answer = app.at_once(cycle.scope, bytes(cycle.body), self.server_state.default_headers, cycle.keep_alive)
            if answer is not None:
                cycle.response_started = cycle.response_complete = True
                cycle.on_response = _nothing  # or both would hold each other when the connection is gone
                cycle.transport.write(answer)
                if not cycle.keep_alive:
                    cycle.transport.close()
                self.on_response_complete()
                return
        if cycle.body or not cycle.more_body:
            cycle.message_event.set()  # what came while it was held
        super()._start_asgi_task(cycle, app)

    def on_headers_complete(self) -> None:
        """As uvicorn's own, but for what can't be here: an upgrade, a root path, a limit of concurrency."""
        version, scope = self.parser.get_http_version(), self.scope
        scope["method"] = self.parser.get_method().decode("ascii")
        if version != "1.1":
            scope["http_version"] = version
        scope["path"], scope["raw_path"], scope["query_string"] = target(self.url)
        waits = self.cycle is not None and not self.cycle.response_complete
        self.cycle = Exchange(self, version != "1.0" and self.parser.should_keep_alive())
        if waits:
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, self.app))
        else:
            self._start_asgi_task(self.cycle, self.app)
        if not self.cycle.keep_alive:
            self.cycle.transport = LastAnswer(self)  # type: ignore[assignment]

    def on_body(self, body: bytes) -> None:
        cycle = self.cycle
        if cycle.response_complete:
            return
        cycle.body += body
        if len(cycle.body) > HIGH_WATER_LIMIT:
            self.flow.pause_reading()
        if self.held is None:
            cycle.message_event.set()

    def on_message_complete(self) -> None:
        cycle = self.cycle
        if cycle.response_complete:
            return
        cycle.more_body = False
        if self.held is None:
            cycle.message_event.set()

    def eof_received(self) -> bool:  # type: ignore[override]
        """A client that has said all may still wait for answers (RFC 9112, 9.6): true keeps the connection open.

        Over TLS asyncio can't do that.
        """
        if self.silent or not self.transport.can_write_eof():
            return False
        if self.cycle is None or "method" not in self.scope or self.cycle.more_body or self.cycle.response_complete:
            return False
        self.cycle.keep_alive = False
        return True

    def waits(self) -> bool:
        """Whether a request has begun and is incomplete."""
        if self.scope is None or self.transport.is_closing():
            return False
        if "method" not in self.scope:
            return True
        return self.cycle is not None and self.cycle.more_body and not self.cycle.response_complete

    def rests(self) -> bool:
        """Whether all that was asked is answered."""
        return self.cycle is not None and self.cycle.response_complete and "method" in self.scope

    def refuse(self, status: int, detail: str) -> None:
        """Answers without the application, and ends the connection."""
        if self.transport.is_closing() or self not in self.connections:
            return
        body = orjson.dumps({"title": TITLES[status], "status": status, "detail": detail})
        head = [STATUS_LINE[status], b"content-type: application/problem+json\r\nconnection: close\r\n"]
        dates = [b"%s: %s\r\n" % header for header in self.server_state.default_headers]
        self.transport.write(b"".join([*head, *dates, b"content-length: %d\r\n\r\n" % len(body), body]))
        transport = self.transport
        self._unset_keepalive_if_required()
        self.connection_lost(ConnectionAbortedError())  # which ends what waits for the rest
        part(transport, self.loop)

    def send_400_response(self, msg: str) -> None:
        if isinstance(sys.exception(), HttpParserInvalidMethodError):
            self.refuse(400, "There is no such method; methods are written in capitals (RFC 9110, 9.1).")
            return
        self.refuse(400, "This is no HTTP/1.1 request: its request line, a header or its framing is broken.")


def _nothing() -> None: ...


@lru_cache(256)  # most clients ask the same few again and again
def target(url: bytes) -> tuple[str, bytes, bytes]:
    """A request's target in ASGI's parts: path, raw path, query. Raises HttpParserInvalidURLError."""
    parsed = parse_url(url)
    path = parsed.path.decode("ascii")
    return unquote(path) if "%" in path else path, parsed.path, parsed.query or b""


def begin_all(queue: deque[tuple[Any, ...]], loop: asyncio.AbstractEventLoop) -> None:
    """Begins with each request in a queue."""
    try:
        while queue:
            protocol, cycle, app = queue[0]
            protocol.begin(cycle, app)
            queue.popleft()
    except Exception:
        queue.popleft()
        if queue:
            loop.call_soon(begin_all, queue, loop)
        raise


class Exchange(RequestResponseCycle):
    """A request and its answer, as uvicorn's own, but without an event until somebody waits for the body."""

    def __init__(self, protocol: Protocol, keep_alive: bool, body: bytes | None = None) -> None:
        """With a body it is complete; without one, the body is still to come."""
        self.scope, self.transport, self.flow = protocol.scope, protocol.transport, protocol.flow
        self.logger, self.access_logger, self.access_log = protocol.logger, protocol.access_logger, False
        self.default_headers = protocol.server_state.default_headers
        self.on_response = protocol.on_response_complete
        self.disconnected, self.keep_alive = False, keep_alive
        self.waiting_for_100_continue = protocol.expect_100_continue
        self.body, self.more_body = body or b"", body is None  # type: ignore[assignment]
        self.response_started = self.response_complete = False
        self.chunked_encoding: bool | None = None
        self.expected_content_length = 0

    @cached_property
    def message_event(self) -> asyncio.Event:  # type: ignore[override]
        """Set when there is something to read."""
        return asyncio.Event()


class LastAnswer:
    """A connection's transport for its last answer, which must reach a client that is still sending its request."""

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        self.write, self.is_closing = protocol.transport.write, protocol.transport.is_closing

    def close(self) -> None:
        """Ends the connection; while a body is still coming in (413), only after the client had time to listen."""
        protocol = self.protocol
        if not protocol.cycle.more_body:
            protocol.transport.close()
            return
        protocol.cycle.on_response = lambda: None
        protocol.connection_lost(ConnectionAbortedError())
        part(protocol.transport, protocol.loop)


def bounded(limit: int) -> type[Protocol]:
    """The protocol with a bound on the head, in bytes."""
    return type("Bounded", (Protocol,), {"limit": limit, "queue": deque(), "heads": {}})


class Looks:
    """What the server does about connections on which nothing comes, in looks at all of them, one every so often."""

    def __init__(self, idle: int) -> None:
        self.idle = idle  # looks that an idle connection survives
        self.stalled: dict[Protocol, Any] = {}  # with the scope of their request
        self.resting: dict[Protocol, tuple[Any, int]] = {}  # and how many looks saw it so

    def look(self, connections: Any) -> None:
        """Answers 408 where a request was incomplete at the last look and still is; closes what is idle for long."""
        stalled = {each: each.scope for each in connections if each.waits()}
        for each, scope in stalled.items():
            if self.stalled.get(each) is scope:
                each.refuse(408, "The request did not arrive in time.")
        self.stalled = stalled
        resting = {}
        for each in connections:
            if each.rests():
                scope, looks = self.resting.get(each, (None, 0))
                resting[each] = each.scope, looks + 1 if scope is each.scope else 1
        self.resting = resting
        for each, (_, looks) in resting.items():
            if looks > self.idle:
                each.transport.close()


def without_upgrade(data: bytes) -> bytes:
    """Data with the Upgrade header of a request that it begins with renamed, so that it stays HTTP/1.1 (RFC 9110, 7.8).

    httptools takes such a request for one without a body; Java's HttpClient sends the header with each first request.
    """
    head, end, rest = data.partition(b"\r\n\r\n")
    return UPGRADE.sub(b"x-", head) + end + rest


class Parting(asyncio.Protocol):
    """Reads what a client still sends after the last answer, which a reset would take from it (RFC 9112, 9.6)."""


def part(transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
    """Ends a connection after what was written to it: at once for a client that listens, in a while for any other."""
    transport.set_protocol(Parting())
    transport.resume_reading()
    if transport.can_write_eof():
        transport.write_eof()
    loop.call_later(LINGER, transport.abort)
