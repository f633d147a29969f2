"""HTTP/1.1 on a connection: uvicorn's own, with the bounds and the patience that it lacks."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import orjson
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

LINGER = 2  # seconds that a refused client may go on sending before the connection is cut
TITLES = {400: "Bad Request", 408: "Request Timeout", 431: "Request Header Fields Too Large"}
UPGRADE = re.compile(rb"(?<=\r\n)(?=upgrade:)", re.IGNORECASE)


class Protocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1, with a bound on the head of a request and without its traps for honest clients."""

    limit = 131_072  # bytes that a head may have
    head = 0  # bytes of a head that is still incomplete

    def data_received(self, data: bytes) -> None:
        if b"pgrade:" in data and (self.cycle is None or not self.cycle.more_body):
            data = without_upgrade(data)
        super().data_received(data)
        if self.scope is None or "method" in self.scope:
            self.head = 0
            return
        self.head += len(data)
        if self.head > self.limit:
            self.refuse(431, f"The request line and headers together may have {self.limit} bytes.")

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        if self.cycle is not None and not self.cycle.keep_alive:
            self.cycle.transport = LastAnswer(self)  # type: ignore[assignment]

    def eof_received(self) -> bool:  # type: ignore[override]
        """A client that has said all may still wait for answers (RFC 9112, 9.6): true keeps the connection open.

        Over TLS asyncio can't do that.
        """
        if not self.transport.can_write_eof():
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
        self.refuse(400, "This is no HTTP/1.1 request: its request line, a header or its framing is broken.")


def finished(send: Any, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> bool:
    """Sends a whole answer in one write, where `send` is uvicorn's; its own takes two, one for the head.

    False where it can't be: then it goes out by ASGI messages, and waits there for a client that reads slowly.
    """
    cycle = getattr(send, "__self__", None)
    if type(cycle) is not RequestResponseCycle or cycle.response_started or cycle.flow.write_paused:
        return False
    if cycle.disconnected:
        return True
    cycle.response_started = cycle.response_complete = True
    cycle.waiting_for_100_continue = False
    lines = [b"%s: %s\r\n" % header for header in (*cycle.default_headers, *headers)]
    if not cycle.keep_alive:
        lines.append(b"connection: close\r\n")
    cycle.transport.write(b"".join([STATUS_LINE[status], *lines, b"\r\n", body]))
    cycle.message_event.set()
    if not cycle.keep_alive:
        cycle.transport.close()
    cycle.on_response()
    return True


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
    return type("Bounded", (Protocol,), {"limit": limit})


def hang_up(connections: Any, stalled: dict[Any, Any]) -> None:
    """Answers 408 where a request was incomplete at the last look and still is; `stalled` is what the last look saw."""
    unfinished = {each: each.scope for each in connections if each.waits()}
    for each, scope in unfinished.items():
        if stalled.get(each) is scope:
            each.refuse(408, "The request did not arrive in time.")
    stalled.clear()
    stalled.update(unfinished)


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
