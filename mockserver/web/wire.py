"""How a request comes in and an answer goes out over ASGI: headers decoded, bodies bounded, CORS for any origin."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from mockserver.steps.call import Answer

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]
Headers = dict[str, str]
Added = Iterable[tuple[bytes, bytes]]  # headers, beside those of an answer

METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE, QUERY"
PREFLIGHT_SECONDS = "600"  # how long a browser may remember a preflight


class Disconnected(Exception):
    """The client went away before its request was complete."""


def decoded(raw: list[tuple[bytes, bytes]]) -> Headers:
    """Headers by their lower-case name, repeated ones joined by ', ' (RFC 9110, section 5.2), cookies by '; '."""
    label = tuple(raw)
    found = _DECODED.get(label)
    if found is None:
        found = _decoded(raw)
        if len(_DECODED) >= REMEMBERED:
            _DECODED.clear()
        if sum(len(value) for _, value in raw) < 4_096:
            _DECODED[label] = found
    return found


# A client sends the same headers again and again; so the journal's entries share them, too. Nobody changes them.
_DECODED: dict[tuple[tuple[bytes, bytes], ...], Headers] = {}
REMEMBERED = 256  # sets of headers


def _decoded(raw: list[tuple[bytes, bytes]]) -> Headers:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in raw}
    if len(headers) == len(raw):
        return headers
    lists: dict[str, list[str]] = {}
    for name, value in raw:
        lists.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))
    return {name: ("; " if name == "cookie" else ", ").join(values) for name, values in lists.items()}


async def read(headers: Headers, receive: Receive, limit: int) -> bytes:
    """The request's body, cut off at one byte above the limit, which tells the reader that it is too long.

    What follows is left unread: the protocol throws it away once the answer is out, and the connection goes on.
    """
    length = headers.get("content-length")
    if length is None:
        if "transfer-encoding" not in headers:
            return b""  # no body (RFC 9112, section 6.3)
    elif len(length) > 18 or int(length) > limit:
        # Not even begun: a client that asks first (Expect, RFC 9110, 10.1.1) need not send it.
        return f"({length[:30]} bytes that were not read)".encode().ljust(limit + 1)
    parts: list[bytes] = []
    size, more = 0, True
    while more and size <= limit:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        parts.append(message["body"])
        size += len(parts[-1])
        more = message["more_body"]
    body = parts[0] if len(parts) == 1 else b"".join(parts)
    return body if size <= limit else body[: limit + 1]


async def sent(answer: Answer, method: str, cross_origin: bool, send: Send) -> None:
    """Sends an answer: with the Content-Length of its body even where HEAD leaves the body out (RFC 9110, 9.3.2)."""
    headers = [(_NAMES.get(name) or _name(name), encoded(value)) for name, value in answer.headers]
    body = answer.body
    if answer.status >= 200 and answer.status not in BODILESS:
        headers.append((b"content-length", b"%d" % len(body)))
    else:
        body = b""
    if cross_origin:
        headers += cors(answer)
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})


def written(answer: Answer, method: str, cross_origin: bool, added: Added, keep_alive: bool) -> bytes:
    """The same as the bytes of an HTTP/1.1 message, with the headers that the server adds."""
    status, headers, body, _ = answer
    parts = [STATUS_LINE[status], _added(added), _lines(headers)]
    if status >= 200 and status not in BODILESS:
        parts.append(b"content-length: %d\r\n" % len(body))
    else:
        body = b""
    if cross_origin:
        parts += [b"%s: %s\r\n" % one for one in cors(answer)]
    parts.append(b"\r\n" if keep_alive else b"connection: close\r\n\r\n")
    if method != "HEAD":
        parts.append(body)
    return b"".join(parts)


def _added(headers: Added) -> bytes:
    """The server's own headers as they go out: the same for a second, since Date is among them."""
    label = tuple(headers)
    found = _ADDED.get(label)
    if found is None:
        _ADDED.clear()
        found = _ADDED[label] = b"".join([b"%s: %s\r\n" % one for one in headers])
    return found


_ADDED: dict[tuple[tuple[bytes, bytes], ...], bytes] = {}  # of one moment

BODILESS = frozenset({204, 304})  # RFC 9110, section 6.4.1


def _lines(headers: tuple[tuple[str, str], ...]) -> bytes:
    """Headers as they go out. All but the last, which names the call, are often the same."""
    if len(headers) > FEW:
        return b"".join([_line(pair) for pair in headers])
    first = headers[:-1]
    lines = _LINES.get(first)
    if lines is None:
        if len(_LINES) >= REMEMBERED:
            _LINES.clear()
        lines = _LINES[first] = b"".join([_line(pair) for pair in first])
    return lines + _line(headers[-1]) if headers else lines


FEW = 3  # headers, that may be the same every time: where there are more, they tell of a limit
_LINES: dict[tuple[tuple[str, str], ...], bytes] = {}


def _line(pair: tuple[str, str]) -> bytes:
    name, value = pair
    if value.isascii() and value.isprintable() and name.isascii() and name.isprintable():
        return f"{name}: {value}\r\n".encode("ascii")
    return b"%s: %s\r\n" % (encoded(name), encoded(value))


_NAMES: dict[str, bytes] = {}  # the same few names go out with every answer


def _name(name: str) -> bytes:
    if len(_NAMES) >= 1_000:
        _NAMES.clear()
    return _NAMES.setdefault(name, encoded(name))


def encoded(text: str) -> bytes:
    """A header's name or value as it goes out; what can't stand in a header becomes '?'."""
    if text.isascii() and text.isprintable():
        return text.encode("ascii")
    return "".join(char if char.isprintable() or char == "\xa0" else "?" for char in text).encode("latin-1", "replace")


def cors(answer: Answer) -> list[tuple[bytes, bytes]]:
    """What lets a page of any origin read an answer and its headers (Fetch Standard, section 3.3)."""
    if any(name.lower() == "access-control-allow-origin" for name, _ in answer.headers):
        return []  # the document says itself how it answers
    names = dict.fromkeys(name.lower() for name, _ in answer.headers)
    exposed = encoded(", ".join([*names, "date", "content-length"]))
    return [(b"access-control-allow-origin", b"*"), (b"access-control-expose-headers", exposed)]


def preflight(headers: Headers) -> Answer:
    """The answer to a browser that asks whether it may send something: always yes (Fetch Standard, section 3.3.2)."""
    wanted = headers["access-control-request-method"]
    methods = METHODS if wanted in METHODS.split(", ") else f"{METHODS}, {wanted}"
    allowed = [("access-control-allow-origin", "*"), ("access-control-allow-methods", methods)]
    if asked := headers.get("access-control-request-headers"):
        # Named one by one: `*` would leave out Authorization.
        allowed.append(("access-control-allow-headers", asked))
    return Answer(204, (*allowed, ("access-control-max-age", PREFLIGHT_SECONDS)))
