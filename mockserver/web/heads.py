"""Heads of requests that came before, byte for byte: what they mean is known, so that they need not be parsed again.

A client sends the same request line and headers again and again, and parsing them costs as much as answering a read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

END = b"\r\n\r\n"
LONGEST = 4_096  # bytes of a head that is remembered
REMEMBERED = 512  # heads
SAID = ("type", "asgi", "http_version", "root_path", "method", "path", "raw_path", "query_string", "headers")
FRAMING = frozenset({b"transfer-encoding", b"expect", b"upgrade", b"trailer"})  # of what isn't told by its length alone


class Head(NamedTuple):
    """What a head means: its part of an ASGI scope, and how many bytes of body follow it."""

    scope: dict[str, Any]
    length: int


def learn(heads: dict[bytes, Head], head: bytes, body: bytes, scope: Mapping[str, Any]) -> None:
    """Remembers the head (its end included) of a request that came whole, with nothing behind it, on a connection that
    stays open."""
    names = [name for name, _ in scope["headers"]]
    lengths = [value for name, value in scope["headers"] if name == b"content-length"]
    if not head.endswith(END) or len(head) > LONGEST or scope["http_version"] != "1.1":
        return
    if not FRAMING.isdisjoint(names) or len(lengths) > 1:
        return
    if int(lengths[0] if lengths else 0) != len(body):
        return  # the body of one that is refused before it is read, or another request behind this one
    if len(heads) >= REMEMBERED:
        heads.clear()
    heads[head] = Head({name: scope[name] for name in SAID}, len(body))
