"""The result as JSON, for programs; docs/check.md describes it, and `format` tells when it changes."""

from __future__ import annotations

import base64
import json
from typing import Any

from mockserver.check.findings import Coverage, Created, Exchange, Finding, Result
from mockserver.check.reports.verdicts import exact, shown, verdict

FORMAT = "mockserver-check/1"


def text(result: Result) -> str:
    """The report."""
    return json.dumps(as_json(result), ensure_ascii=False, indent=1) + "\n"


def as_json(result: Result) -> dict[str, Any]:
    """The result as plain values."""
    return {
        "format": FORMAT,
        "verdict": verdict(result), "code": result.code, "trouble": result.trouble or None,
        "api": result.api, "title": result.title, "version": result.version, "document": result.document,
        "url": result.url, "seed": result.seed, "command": result.command,
        "started": exact(result.started), "seconds": round(result.seconds, 3), "calls": result.calls,
        "parts": {part: round(seconds, 3) for part, seconds in result.parts.items()},
        "findings": [_finding(one, result) for one in result.findings],
        "accepted": [{**_finding(one, result), "reason": reason} for one, reason in result.accepted],
        "baseline": list(result.baseline),
        "coverage": [_coverage(one) for one in result.coverage],
        "skipped": [{"what": what, "reason": reason} for what, reason in result.skipped],
        "left_over": [_left(one) for one in result.left_over],
    }  # fmt: skip


def _finding(finding: Finding, result: Result) -> dict[str, Any]:
    return {
        "fingerprint": finding.fingerprint, "part": finding.part, "law": finding.law, "operation": finding.operation,
        "severity": finding.severity, "says": finding.says, "expected": finding.expected, "seen": finding.seen,
        "document": {
            "pointer": finding.place.pointer, "position": finding.place.position, "source": dict(finding.place.source),
        },
        "script": shown(finding, result),
        "exchanges": [_exchange(one) for one in finding.exchanges],
    }  # fmt: skip


def _exchange(one: Exchange) -> dict[str, Any]:
    return {
        "at": exact(one.at), "seconds": round(one.seconds, 6), "operation": one.operation or None,
        "key": one.key or None,
        "request": {"method": one.method, "path": one.path, "headers": _pairs(one.headers), **_body(one.body)},
        "response": {"status": one.status, "headers": _pairs(one.answer_headers), **_body(one.answer)}
        if one.status else None,
        "error": one.error or None,
    }  # fmt: skip


def _pairs(headers: tuple[tuple[str, str], ...]) -> list[list[str]]:
    return [[name, value] for name, value in headers]


def _body(body: bytes) -> dict[str, str]:
    try:
        return {"body": body.decode()}
    except UnicodeDecodeError:
        return {"body_base64": base64.b64encode(body).decode()}


def _coverage(one: Coverage) -> dict[str, Any]:
    return {
        "operation": one.operation, "method": one.method, "path": one.path, "statuses": dict(one.statuses),
        "documented": list(one.documented),
        "laws": {law: {"held": held, "broken": broken} for law, (held, broken) in one.laws.items()},
    }  # fmt: skip


def _left(one: Created) -> dict[str, str]:
    return {"resource": one.resource, "key": one.key, "operation": one.operation, "undo": one.undo, "why": one.why}
