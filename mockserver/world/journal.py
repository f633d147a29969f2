"""What was asked of a world and what it answered, with secrets masked when it is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from mockserver.world import times

MASK = "•••"
SECRET_HEADERS = frozenset(
    {"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "x-mock-token"}
)
MAX_BODY = 4_096  # bytes of a body that the journal keeps


class Entry(NamedTuple):
    """One call: the request and the answer, long bodies cut, and which step refused, if one did."""

    number: int
    at: int  # milliseconds since 1970 UTC, the world's time
    operation: str  # empty when no operation matched
    request: Any  # steps.call.Request, its body cut to MAX_BODY
    size: int  # of the whole body, bytes
    answer: Any  # steps.call.Answer, cut likewise
    answer_size: int
    key: Mapping[str, Any]  # the caller's
    refused_by: str
    reason: str

    @property
    def api(self) -> str:
        """Which API was meant."""
        return str(self.request.api)


def shown(entry: Entry, secrets: Iterable[str] = ()) -> dict[str, Any]:
    """An entry as the control API shows it: secrets masked, long bodies cut."""
    hidden = SECRET_HEADERS | {name.lower() for name in secrets}
    return {
        "id": entry.number,
        "at": times.text(entry.at, "milliseconds"),
        "api": entry.api,
        "operation": entry.operation or None,
        "key": entry.key.get("name"),
        "request": {
            "method": entry.request.method,
            "path": entry.request.path,
            "query": _masked_query(entry.request.query, hidden),
            "headers": {name: MASK if name in hidden else value for name, value in entry.request.headers.items()},
            "body": _text(entry.request.body, entry.size),
        },
        "response": {
            "status": entry.answer.status,
            "headers": {name: MASK if name.lower() in hidden else value for name, value in entry.answer.headers},
            "body": _text(entry.answer.body, entry.answer_size),
        },
        "refused_by": entry.refused_by or None,
        "reason": entry.reason or None,
    }


def _masked_query(query: str, hidden: frozenset[str]) -> str:
    parts = (part.partition("=") for part in query.split("&")) if query else ()
    return "&".join(f"{name}={MASK}" if name.lower() in hidden else f"{name}{eq}{value}" for name, eq, value in parts)


def _text(body: bytes, size: int) -> str:
    text = body.decode("utf-8", "replace")
    return f"{text}… ({size} bytes)" if size > len(body) else text
