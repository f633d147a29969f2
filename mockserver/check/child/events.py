"""What schemathesis reports while it runs, line by line: calls that it made, and failures of its checks."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import orjson

from mockserver.check.findings import NO_ANSWER, Exchange
from mockserver.world.journal import MASK

FILTERED = "[Filtered]"  # what schemathesis writes in place of a secret


class Failure(NamedTuple):
    """A failure of a check."""

    check: str  # 'response_schema_conformance'
    kind: str  # 'RejectedPositiveData'
    operation: str  # 'GET /users'
    severity: str  # 'critical', 'high', 'medium' or 'low'
    title: str
    message: str


class Call(NamedTuple):
    """One call, with the failures that it showed. The exchange has no number and no operation yet."""

    exchange: Exchange
    failures: tuple[Failure, ...]
    before: tuple[str, ...]  # the ids of the cases that led to it, the first one first
    id: str


class Doing(NamedTuple):
    """What is being done: a phase, and an operation."""

    phase: str
    operation: str


class Trouble(NamedTuple):
    """An operation, or everything, couldn't be tested."""

    operation: str
    message: str
    network: bool


Event = Call | Doing | Trouble


def read(line: bytes) -> Iterator[Event]:
    """The events of a line of NDJSON; those that tell nothing new are none."""
    try:
        told = orjson.loads(line)
    except orjson.JSONDecodeError:
        return
    ((name, value),) = told.items() if isinstance(told, dict) and len(told) == 1 else (("", {}),)
    if name == "ScenarioFinished":
        recorder = value.get("recorder") or {}
        yield Doing(str(value.get("phase")), str(recorder.get("label") or ""))
        yield from _calls(recorder)
    elif name == "PhaseStarted":
        yield Doing(str((value.get("phase") or {}).get("name")), "")
    elif name == "NonFatalError":
        yield _trouble(str(value.get("label") or ""), value.get("value"))
    elif name == "FatalError":
        yield _trouble("", value.get("exception"))


def _trouble(operation: str, error: Any) -> Trouble:
    text = error if isinstance(error, str) else orjson.dumps(error).decode()
    if isinstance(error, Mapping):
        text = str(error.get("message") or error.get("title") or text)
    kinds = ("ConnectionError", "Timeout", "Connection refused", "Max retries", "Network", "ChunkedEncoding")
    return Trouble(operation, " ".join(text.split()), any(kind in orjson.dumps(error).decode() for kind in kinds))


def _calls(recorder: Mapping[str, Any]) -> Iterator[Call]:
    cases, interactions = recorder.get("cases") or {}, recorder.get("interactions") or {}
    for case, told in sorted(interactions.items(), key=lambda one: one[1].get("timestamp") or 0):
        failures = tuple(_failures((recorder.get("checks") or {}).get(case) or (), str(recorder.get("label") or "")))
        led: list[str] = []
        parent = (cases.get(case) or {}).get("parent_id")
        while parent and parent in interactions and parent not in led:
            led.insert(0, parent)
            parent = (cases.get(parent) or {}).get("parent_id")
        yield Call(_exchange(told, failures), failures, tuple(led), case)


def _failures(checks: Any, label: str) -> Iterator[Failure]:
    for one in checks:
        if one.get("status") == "failure":
            said = (one.get("failure_info") or {}).get("failure") or {}
            yield Failure(
                str(one.get("name")), str(said.get("type")), str(said.get("operation") or label),
                str(said.get("severity")), str(said.get("title") or ""), str(said.get("message") or ""),
            )  # fmt: skip


def _exchange(told: Mapping[str, Any], failures: tuple[Failure, ...]) -> Exchange:
    sent, got = told.get("request") or {}, told.get("response")
    parts = urlsplit(str(sent.get("uri") or sent.get("url") or ""))
    path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}".replace("%5BFiltered%5D", MASK)
    headers = _pairs(sent.get("headers"))
    wrong = any(one.check == "ignored_auth" for one in failures)
    carried = any(value.endswith(MASK) for _, value in headers) or MASK in path
    return Exchange(
        0, str(sent.get("method") or "GET"), path.replace(FILTERED, MASK), headers, _body(sent.get("body")),
        int(got["status_code"]) if got else NO_ANSWER, _pairs(got.get("headers")) if got else (),
        _body(got.get("content")) if got else b"", int(float(told.get("timestamp") or time.time()) * 1000),
        float(got.get("elapsed") or 0.0) if got else 0.0, "", ("wrong" if wrong else "key") if carried else "",
        "" if got else "there was no answer",
    )  # fmt: skip


def _pairs(headers: Any) -> tuple[tuple[str, str], ...]:
    """Headers, each value on its own; what was filtered stands masked, an Authorization with its scheme unknown."""
    found = []
    for name, values in (headers or {}).items():
        for value in values if isinstance(values, list) else [values]:
            found.append((str(name), str(value).replace(FILTERED, MASK)))
    return tuple(found)


def _body(told: Any) -> bytes:
    if isinstance(told, Mapping) and "$base64" in told:
        return base64.b64decode(told["$base64"])
    return told.encode() if isinstance(told, str) else b""
