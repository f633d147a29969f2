"""The error atlas: what it lists happens, by itself and when it is forced, on a real server."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from asking import APIS, START, load
from asking_for import inline
from serving import Served, run, start

from mockserver.atlas.atlas import atlas, shown
from mockserver.service import Service


@cache
def service() -> Service:
    return load(rate_limits=True)


def entries(api: str) -> list[dict[str, Any]]:
    return [shown(one, f"/{one.api}") for one in atlas(service(), START, [api])]


@pytest.fixture(scope="module")
def served() -> Any:
    with start() as found:
        yield found


@pytest.fixture
def metered() -> Any:
    with start("pulse") as found:
        yield found


def send(connection: http.client.HTTPConnection, ask: dict[str, Any], **headers: str) -> int:
    body = json.dumps(ask["json"]) if "json" in ask else ask.get("text")
    status = 0
    for _ in range(ask["times"]):
        connection.request(ask["method"], ask["path"], body, {**ask["headers"], **headers})
        answer = connection.getresponse()
        answer.read()
        status = answer.status
    return status


@pytest.mark.parametrize("api", APIS)
def test_each_error_happens_both_ways(served: Served, api: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", served.port)
    failed = []
    for at, case in enumerate(entries(api)):
        world = {"X-Mock-World": f"{api}-{at}"}
        natural = [send(connection, ask, **world) for ask in case["requests"]][-1]
        forced = send(connection, case["force"]["request"], **case["force"]["headers"])
        if (natural, forced) != (case["status"], case["status"]):
            failed.append((case["line"], case["status"], case["by"], natural, forced))
    connection.close()
    assert failed == []


@pytest.mark.parametrize("api", APIS)
def test_every_documented_error_is_there(api: str) -> None:
    found = {(one["line"], one["status"]) for one in entries(api)}
    document = service().apis[api].api
    for route in document.routes:
        operation = document.operation(*route)
        for status in operation.responses:
            if status.isdigit() and int(status) >= 400:
                assert (f"{operation.method.upper()} {operation.path}", int(status)) in found


def test_the_ways_are_the_apis_own() -> None:
    told = {(one["line"], one["status"], one["cause"], one["by"]) for one in entries("pulse")}
    assert ("DELETE /users/{id}", 403, "rules", "the rule last-admin") in told
    assert ("POST /users", 403, "scopes", "the key readonly-key") in told
    assert ("POST /users", 400, "unique", "the same again") in told
    assert ("POST /users", 400, "input", "a body that is no JSON") in told
    assert ("GET /users", 429, "limits", "request 61 of the key limited-key at once") in told
    assert ("DELETE /users/{id}", 404, "resource", "an unknown id") in told
    assert any(by == "a wrong email" for _, _, _, by in told)


def test_rules_are_the_last_resort() -> None:
    """Only what a server of ours never does of itself, and what every test key may do, takes a rule."""
    by_rule = Counter(one["status"] for api in APIS for one in entries(api) if one["by"] == "a rule")
    assert set(by_rule) <= {500, 403, 401}
    assert by_rule[403] + by_rule[401] <= 12


def test_a_document_of_ones_own() -> None:
    problem = {"application/problem+json": {"schema": {"type": "object"}}}
    thing = {"type": "object", "required": ["name"], "properties": {
        "id": {"type": "string", "readOnly": True}, "name": {"type": "string", "minLength": 2}}}  # fmt: skip
    media = {"application/json": {"schema": thing}}
    answers = {"201": {"description": "made", "content": media}, "400": {"description": "no", "content": problem},
               "503": {"description": "later", "content": problem}, "default": {"description": "?", "content": problem}}
    ask = inline({
        "openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "security": [{"key": []}],
        "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "query", "name": "token"}}},
        "paths": {"/things": {"post": {"requestBody": {"required": True, "content": media}, "responses": answers}}},
    })  # fmt: skip
    found = {(one.status, one.by) for one in atlas(ask.service, START)}
    assert {(401, "no credentials"), (400, "a wrong name"), (400, "without name"), (503, "a rule")} <= found


def test_what_cannot_be_written_is_not_tried() -> None:
    """Beyond bounds that are those of 64 bits, there is no number to send."""
    size = {"type": "integer", "minimum": -(2**63), "maximum": 2**64 - 1}
    media = {"application/json": {"schema": {"type": "object", "required": ["size"], "properties": {"size": size}}}}
    answers = {"201": {"description": "made", "content": media}, "400": {"description": "no"}}
    ask = inline({
        "openapi": "3.1.0", "info": {"title": "T", "version": "1"},
        "paths": {"/things": {"post": {"requestBody": {"required": True, "content": media}, "responses": answers}}},
    })  # fmt: skip
    told = json.dumps([shown(one, "") for one in atlas(ask.service, START)])
    assert "a wrong size" in told
    assert "without size" in told


def test_as_pytest_cases_that_pass(tmp_path: Path) -> None:
    with start("pulse") as served:
        written = run("errors", "pulse", "--operation", "createUser", "--format", "pytest")
        assert written.returncode == 0, written.stderr
        (tmp_path / "test_errors.py").write_text(written.stdout)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
        environment = {"MOCKSERVER_URL": served.url, "PATH": ""}
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=tmp_path, env=environment, timeout=60, check=False
        )
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout


def test_from_the_command_line_and_the_control_api(metered: Served) -> None:
    told = json.loads(run("errors", "pulse", "--operation", "DELETE /users/{id}", "--format", "json").stdout)
    asked = metered.control("errors", operation="deleteUser")["errors"]
    drop = ("requests", "force", "by")
    wanted = [{name: value for name, value in one.items() if name not in drop} for one in told]
    assert [{name: value for name, value in one.items() if name not in drop} for one in asked] == wanted
    table = run("errors", "pulse", "--operation", "createUser").stdout
    assert "POST /v2/users (after 1 other)" in table
    unknown = run("errors", "pulse", "--operation", "createUsr")
    assert unknown.returncode == 2
    assert "did you mean 'createUser'?" in unknown.stderr
