"""What schemathesis complains of, and the document, as a check reads it, doesn't."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mockserver import sources
from mockserver.check.checking import Checking, Tally
from mockserver.check.child.events import Failure
from mockserver.check.child.judging import judge
from mockserver.check.contract import contract
from mockserver.check.findings import Exchange
from mockserver.check.laws.oracle import oracle
from mockserver.check.options import Options
from mockserver.check.target import target
from mockserver.service import ApiSource

ID = [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}]


def answers(*statuses: str) -> dict[str, Any]:
    return {"responses": {status: {"description": status} for status in statuses}}


DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Things", "version": "1"},
    "paths": {
        "/things/{id}": {"parameters": ID, "get": answers("200", "401"), "put": answers("200", "400", "404")},
        "/things/{name}": {"parameters": [{**ID[0], "name": "name"}], "delete": answers("204")},
        "/pings": {"get": {"responses": {}}},
        "/notes/{id}": {"parameters": ID, "delete": answers("204", "404"), "put": {
            **answers("200", "404"),
            "requestBody": {"content": {"application/json": {"schema": {"type": "object", "required": ["text"]}}}},
        }},
    },
}


@pytest.mark.parametrize(
    ("check", "method", "path", "status", "allow", "excused"),
    [
        ("status_code_conformance", "GET", "/things/1", 409, "", True),  # it names no refusal of what is sent
        ("status_code_conformance", "GET", "/things/1", 403, "", False),  # but how access is refused
        ("status_code_conformance", "PUT", "/things/1", 409, "", False),
        ("status_code_conformance", "PUT", "/things/1", 202, "", False),
        ("status_code_conformance", "GET", "/things/1", 500, "", False),
        ("status_code_conformance", "DELETE", "/notes/1", 401, "", True),  # it names no refusal of access
        ("status_code_conformance", "DELETE", "/notes/1", 409, "", False),
        ("status_code_conformance", "PUT", "/notes/1", 400, "", True),  # nor of input, which this is: it has no text
        ("status_code_conformance", "PUT", "/notes/1", 422, "", True),
        ("status_code_conformance", "PUT", "/notes/1", 409, "", False),
        ("response_schema_conformance", "DELETE", "/notes/1", 404, "", False),
        ("status_code_conformance", "GET", "/pings", 200, "", True),  # it names nothing at all
        ("allow_header_conformance", "OPTIONS", "/things/1", 204, "GET, HEAD, PUT, DELETE", True),  # of one shape
        ("allow_header_conformance", "OPTIONS", "/things/1", 204, "GET, PATCH, PUT, DELETE", False),
        ("allow_header_conformance", "OPTIONS", "/pings", 204, "GET, DELETE", False),
    ],
)
def test_what_counts(
    tmp_path: Path, check: str, method: str, path: str, status: int, allow: str, excused: bool
) -> None:
    (tmp_path / "things.json").write_text(json.dumps(DOCUMENT))
    held = contract(ApiSource("things", sources.document(str(tmp_path / "things.json"))))
    options = Options("http://127.0.0.1:9")
    checking = Checking(held, target(held, options), options, Tally())
    sent, given = (("Content-Type", "application/json"),), (("Allow", allow),)
    exchange = Exchange(1, method, path, sent, b"{}", status, given, b"", 0, 0.0)

    label = f"{'GET' if method == 'OPTIONS' else method} {path.replace('/1', '/{id}')}"
    reason = judge(checking, oracle(held)).excused(Failure(check, "", label, "medium", "", ""), exchange)

    assert bool(reason) == excused, reason
