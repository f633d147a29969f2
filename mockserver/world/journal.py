"""What was asked of a world and what it answered, with secrets masked when it is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from mockserver.world import times

MASK = "•••"
SECRET_HEADERS = frozenset(
    {"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "x-mock-token"}
)
MAX_BODY = 4_096  # bytes of a body that are shown, and of an answer's that are kept
BACK = "back"  # the name of what `World.resume` writes down


class Entry(NamedTuple):
    """One call: the request whole, so that it can be asked again, the answer, and which step refused, if one did."""

    number: int  # of the call in its world
    now: int  # real time, milliseconds since 1970 UTC
    at: int  # the world's time
    operation: str  # empty when no operation matched
    request: Any  # steps.call.Request
    answer: Any  # steps.call.Answer, its body cut to MAX_BODY
    answer_size: int  # of the whole body, bytes
    key: Mapping[str, Any]  # the caller's
    refused_by: str
    reason: str
    after: Any  # world.Snapshot: the state when the answer was out
    size: int  # bytes of its request, about: the rest of it is bounded by itself
    done: tuple[Any, ...] = ()  # trouble.effects.Did: what was done to it on purpose

    @property
    def api(self) -> str:
        """Which API was meant."""
        return str(self.request.api)


class Done(NamedTuple):
    """A command of the control API that changed the world: see `mockserver.commands`."""

    now: int  # real time, milliseconds since 1970 UTC
    at: int  # the world's time after it
    name: str
    body: Any  # JSON
    after: Any  # world.Snapshot
    size: int  # bytes that it holds, about
    number: int = -1  # commands have none


def size_of(body: Any) -> int:
    """How many bytes a command's body takes, about."""
    return len(repr(body))


def label(world: str, number: int) -> str:
    """How a call is named outside its world, as in X-Mock-Request: `default-12`."""
    return f"{world}-{number}"


def shown(entry: Entry, world: str, secrets: Iterable[str] = ()) -> dict[str, Any]:
    """An entry as the control API shows it: secrets masked, long bodies cut."""
    hidden = SECRET_HEADERS | {name.lower() for name in secrets}
    return {
        "id": label(world, entry.number),
        "at": times.text(entry.at, "milliseconds"),
        "api": entry.api,
        "operation": entry.operation or None,
        "key": entry.key.get("name"),
        "request": {
            "method": entry.request.method,
            "path": entry.request.path,
            "query": _masked_query(entry.request.query, hidden),
            "headers": {name: MASK if name in hidden else value for name, value in entry.request.headers.items()},
            "body": _text(entry.request.body, len(entry.request.body)),
        },
        "response": {
            "status": entry.answer.status,
            "headers": {name: MASK if name.lower() in hidden else value for name, value in entry.answer.headers},
            "body": _text(entry.answer.body, entry.answer_size),
        },
        "refused_by": entry.refused_by or None,
        "reason": entry.reason or None,
        "trouble": [{"rule": did.rule or None, "did": did.what} for did in entry.done],
    }


def _masked_query(query: str, hidden: frozenset[str]) -> str:
    parts = (part.partition("=") for part in query.split("&")) if query else ()
    return "&".join(f"{name}={MASK}" if name.lower() in hidden else f"{name}{eq}{value}" for name, eq, value in parts)


def _text(body: bytes, size: int) -> str:
    text = body[:MAX_BODY].decode("utf-8", "replace")
    return f"{text}… ({size} bytes)" if size > MAX_BODY else text
