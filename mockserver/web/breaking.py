"""Carries out what is to go wrong with an answer on its way: late, slowly, in part, or never."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

from mockserver.steps.call import Answer, Wire
from mockserver.web.wire import Message, Receive, Send, sent

AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER of no time: closing throws away what is unsent, and sends RST
ARRIVAL = 0.05  # seconds in which what was sent reaches the client before the connection breaks
PIECES = 20  # of a slow body, per second at most


async def broken(answer: Answer, method: str, cross_origin: bool, receive: Receive, send: Send) -> None:
    """Sends an answer as its `wire` says."""
    wire = answer.wire or Wire()
    if wire.delay and not await _waited(wire.delay / 1_000, receive):
        return
    if wire.end == "timeout":
        _silence(send)
        await _gone(receive)
    elif wire.end in ("reset", "empty"):
        _cut(send, reset=wire.end == "reset")
    else:
        await _in_part(wire, await _messages(answer, method, cross_origin), receive, send)


async def _messages(answer: Answer, method: str, cross_origin: bool) -> list[Message]:
    """The messages of the answer as it would go out otherwise: its head, and its body."""
    found: list[Message] = []

    async def keep(message: Message) -> None:
        found.append(message)

    await sent(answer, method, cross_origin, keep)
    return found


async def _in_part(wire: Wire, messages: list[Message], receive: Receive, send: Send) -> None:
    """The head and as much of the body as is to arrive, as fast as it is to."""
    head, body = messages[0], messages[1]["body"]
    await send(head)
    arriving = body[: len(body) // 2] if wire.end else body
    size = max(1, wire.rate // PIECES) if wire.rate else len(arriving) or 1
    for at in range(0, len(arriving), size):
        piece = arriving[at : at + size]
        if wire.rate and not await _waited(len(piece) / wire.rate, receive):
            return
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    if not wire.end:
        await send({"type": "http.response.body", "body": b""})
        return
    await asyncio.sleep(ARRIVAL)
    _cut(send, reset=wire.end == "reset-in-body")


async def _waited(seconds: float, receive: Receive) -> bool:
    """Waits; False when the client went away meanwhile."""
    try:
        await asyncio.wait_for(_gone(receive), seconds)
    except TimeoutError:
        return True
    return False


async def _gone(receive: Receive) -> None:
    """Returns when the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _silence(send: Send) -> None:
    """Tells the connection that no answer will come."""
    cycle: Any = getattr(send, "__self__", None)
    protocol = _transport(cycle).get_protocol() if cycle is not None else None
    if protocol is not None:
        protocol.silent = True


def _cut(send: Send, *, reset: bool) -> None:
    """Ends the connection: with RST, or with FIN after what was written."""
    cycle: Any = getattr(send, "__self__", None)
    if cycle is None:
        return  # another server than ours, which reports an application that doesn't answer
    transport = _transport(cycle)
    cycle.disconnected = True
    if not reset:
        transport.close()
        return
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    transport.abort()


def _transport(cycle: Any) -> Any:
    """The connection's own transport, also behind that of its last answer."""
    last = getattr(cycle.transport, "protocol", None)
    return last.transport if last is not None else cycle.transport
