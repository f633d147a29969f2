"""HTTP Archive 1.2 of every exchange, as browsers and proxies read it (http://www.softwareishard.com/blog/har-12-spec/)."""

from __future__ import annotations

import base64
import json
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from mockserver.check.findings import Exchange, Result
from mockserver.check.reports.verdicts import exact, origin

UNKNOWN = -1  # what HAR writes for sizes and times that nobody measured


def text(result: Result) -> str:
    """The report."""
    entries = [_entry(one, origin(result)) for one in result.exchanges]
    comment = f"{result.title} {result.version}: seed {result.seed}; {result.calls} calls, {len(entries)} kept"
    creator = {"name": "mockserver check", "version": "1"}
    log = {"version": "1.2", "creator": creator, "pages": [], "entries": entries, "comment": comment}
    return json.dumps({"log": log}, ensure_ascii=False) + "\n"


def _entry(one: Exchange, server: str) -> dict[str, Any]:
    milliseconds = round(one.seconds * 1000, 3)
    entry = {
        "startedDateTime": exact(one.at), "time": milliseconds, "request": _request(one, server),
        "response": _response(one), "cache": {}, "timings": {"send": 0, "wait": milliseconds, "receive": 0},
    }  # fmt: skip
    return {**entry, "comment": one.operation} if one.operation else entry


def _request(one: Exchange, server: str) -> dict[str, Any]:
    query = one.path.partition("?")[2]
    found: dict[str, Any] = {
        "method": one.method, "url": f"{server}{one.path}", "httpVersion": "HTTP/1.1", "cookies": [],
        "headers": _pairs(one.headers),
        "queryString": [
            {"name": name, "value": value}
            for name, value in parse_qsl(query, keep_blank_values=True, errors="replace")
        ],
        "headersSize": UNKNOWN, "bodySize": len(one.body),
    }  # fmt: skip
    if one.body:
        kind = next((value for name, value in one.headers if name.lower() == "content-type"), "")
        found["postData"] = {"mimeType": kind, "params": [], "text": one.body.decode("utf-8", "replace")}
    return found


def _response(one: Exchange) -> dict[str, Any]:
    content: dict[str, Any] = {"size": len(one.answer), "mimeType": one.header("content-type") or ""}
    try:
        content["text"] = one.answer.decode()
    except UnicodeDecodeError:
        content |= {"text": base64.b64encode(one.answer).decode(), "encoding": "base64"}
    found = {
        "status": one.status, "statusText": _phrase(one.status), "httpVersion": "HTTP/1.1", "cookies": [],
        "headers": _pairs(one.answer_headers), "content": content, "redirectURL": one.header("location") or "",
        "headersSize": UNKNOWN, "bodySize": UNKNOWN if one.error else len(one.answer),
    }  # fmt: skip
    return {**found, "_error": one.error} if one.error else found


def _pairs(headers: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
