"""One HTTP/1.1 request to a receiver, on a connection of its own, within bounds of time and size."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Collection, Mapping
from typing import NamedTuple

import h11

from mockserver.web.targets import pinned

SECONDS = 10  # for the whole exchange
MAX_ANSWER = 65_536  # bytes of an answer that are read
KEPT = 2_048  # characters of it that are kept


class Came(NamedTuple):
    """What came back."""

    status: int
    headers: Mapping[str, str]  # by lower-case name
    text: str


async def sent(method: str, url: str, headers: Mapping[str, str], body: bytes, allowed: Collection[str]) -> Came:
    """Sends a request and reads its answer; redirects aren't followed.

    Raises targets.Forbidden, OSError, TimeoutError and h11.ProtocolError.
    """
    async with asyncio.timeout(SECONDS):
        parts, address, port = await pinned(url, allowed)
        secured = _context(address) if parts.scheme == "https" else None
        name = parts.hostname if secured else None
        reader, writer = await asyncio.open_connection(address, port, ssl=secured, server_hostname=name)
        try:
            connection = h11.Connection(h11.CLIENT)
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            fields = {"Host": parts.netloc, **headers, "Content-Length": str(len(body)), "Connection": "close"}
            request = h11.Request(method=method, target=target, headers=list(fields.items()))
            out = connection.send(request), connection.send(h11.Data(data=body)), connection.send(h11.EndOfMessage())
            writer.write(b"".join(part for part in out if part))
            await writer.drain()
            return await _answer(connection, reader)
        finally:
            writer.transport.abort()  # nothing more is wanted, and no receiver can keep us by not hanging up


async def _answer(connection: h11.Connection, reader: asyncio.StreamReader) -> Came:
    status, headers, text = 0, dict[str, str](), b""
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(16_384))
        elif isinstance(event, h11.Response):
            status = event.status_code
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in event.headers}
        elif isinstance(event, h11.Data):
            text += event.data
            if len(text) > MAX_ANSWER:
                break
        elif isinstance(event, h11.EndOfMessage | h11.ConnectionClosed):
            break
    return Came(status, headers, text.decode("utf-8", "replace")[:KEPT])


def _context(address: str) -> ssl.SSLContext:
    """TLS as usual; a receiver on this machine may have a certificate of its own."""
    context = ssl.create_default_context()
    if address.startswith("127.") or address == "::1":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
