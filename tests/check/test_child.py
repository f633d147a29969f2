"""schemathesis as a part of a check: nothing against our own mock, kind to what others made, secrets kept."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from mockserver import sources
from mockserver.check.checking import Checking, Tally
from mockserver.check.child.running import EXAMPLES, labels, prepared
from mockserver.check.contract import contract
from mockserver.check.findings import Result
from mockserver.check.options import Options
from mockserver.check.running import check
from mockserver.check.tables import VARIABLE, storage
from mockserver.check.target import target
from mockserver.service import ApiSource
from tests.check.hostile import DOCUMENT, HEADER, SECRET, hostile
from tests.serving import run, start

ONLY = ("schemathesis",)
AUTH = {"Authorization": "Bearer test-key"}


def bundled(name: str) -> ApiSource:
    return ApiSource(name, sources.document(str(sources.bundled()[name])), sources.fixtures_of(name))


@pytest.fixture
def widgets(tmp_path: Path) -> ApiSource:
    path = tmp_path / "widgets.json"
    path.write_text(json.dumps(DOCUMENT))
    return ApiSource("widgets", sources.document(str(path)))


@pytest.mark.slow
@pytest.mark.parametrize("examples", [3, pytest.param(EXAMPLES, marks=pytest.mark.soak)])
@pytest.mark.parametrize("name", sorted(sources.bundled()))
def test_our_own_mock_is_found_faultless_and_left_as_it_was(name: str, examples: int) -> None:
    with start(name, "--no-rate-limits") as served:
        before = served.control("state", None)
        options = Options(served.url, keys={"key": "test-key"}, write=True, only=ONLY, examples=examples, seconds=100)
        result = check(bundled(name), options)
        after = served.control("state", None)

    assert [f"{one.law} {one.operation}: {one.expected} | {one.seen}" for one in result.findings] == []
    assert (result.code, result.trouble) == (0, "")
    assert [one for one in result.skipped if one.what.startswith("schemathesis")] == []
    assert [one.operation for one in result.coverage if not one.statuses] == [], "each operation is called"
    assert lost(before, after) == []


def lost(before: Any, after: Any) -> list[str]:
    """Collections that hold fewer records than before."""
    (kinds,), (now,) = before["apis"].values(), after["apis"].values()
    assert kinds
    return [name for name, kind in kinds.items() if now[name]["total"] < kind["total"]]


NOTE = {
    "type": "object", "required": ["id", "text"],
    "properties": {"id": {"type": "integer", "readOnly": True}, "text": {"type": "string", "maxLength": 9}},
}  # fmt: skip
SOME = {"application/json": {"schema": NOTE}}
ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1, "maximum": 5}}
GONE = {"404": {"description": "gone"}, "400": {"description": "bad"}, "415": {"description": "bad"}}
NOTES: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Notes", "version": "1"},
    "paths": {
        "/notes": {"get": {"operationId": "listNotes", "responses": {"200": {"description": "ok", "content": {
            "application/json": {"schema": {"type": "array", "items": NOTE}},
        }}}}},
        "/notes/{id}": {
            "parameters": [ID],
            "get": {"operationId": "getNote", "responses": {"200": {"description": "ok", "content": SOME}, **GONE}},
            "patch": {
                "operationId": "updateNote", "requestBody": {"content": SOME},
                "responses": {"200": {"description": "ok", "content": SOME}, **GONE},
            },
            "delete": {"operationId": "deleteNote", "responses": {"204": {"description": "gone"}, **GONE}},
        },
    },
}  # fmt: skip


@pytest.mark.parametrize("destructive", [False, True])
def test_what_others_made_is_neither_changed_nor_deleted_unless_allowed(tmp_path: Path, destructive: bool) -> None:
    path = tmp_path / "notes.json"
    path.write_text(json.dumps(NOTES))
    with start(str(path), "--records", "notes=5") as served:
        before = served.client.get(f"{served.url}/notes").json()
        options = Options(served.url, write=True, destructive=destructive, only=ONLY, examples=5, seconds=30)
        result = check(ApiSource("notes", sources.document(str(path))), options)
        after = served.client.get(f"{served.url}/notes").json()

    assert len(before) == 5
    assert {"deleteNote", "updateNote"} <= {one.operation for one in result.exchanges}
    assert (after == before) != destructive, "with ids from 1 to 5, each call hits a record that was there"


def test_without_write_it_only_reads() -> None:
    with start("pulse", "--no-rate-limits") as served:
        options = Options(served.url, keys={"key": "test-key"}, only=ONLY, examples=1, seconds=30)
        result = check(bundled("pulse"), options)

    assert result.code == 0
    assert {one.method for one in result.exchanges} <= {"GET", "HEAD", "OPTIONS", "TRACE"}
    assert {one.operation for one in result.exchanges} >= {"listUsers", "listThreads"}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Result]:
    path = tmp_path_factory.mktemp("document") / "widgets.json"
    path.write_text(json.dumps(DOCUMENT))
    with hostile() as url:
        options = Options(
            url, keys={"key": SECRET}, headers=(("X-Tenant", HEADER),), write=True, only=ONLY, examples=3, seconds=30
        )
        yield check(ApiSource("widgets", sources.document(str(path))), options)


def test_failures_become_findings_with_their_operation_and_a_script(found: Result) -> None:
    laws = {(one.law, one.operation) for one in found.findings}

    assert found.code == 1
    assert ("response-schema-conformance", "listWidgets") in laws
    assert ("status-code-conformance", "createWidget") in laws
    assert ("ignored-auth", "listWidgets") in laws
    one = next(each for each in found.findings if each.law == "response-schema-conformance")
    assert one.place.position.endswith(".json:1") or re.search(r":\d+$", one.place.position)
    assert one.exchanges[0].path.startswith("/widgets")
    assert one.exchanges[0].answer.startswith(b"{")


def test_findings_hold_no_secret(found: Result) -> None:
    shown = repr(found)

    assert SECRET not in shown
    assert HEADER not in shown


def test_secrets_are_in_no_command_and_no_file(widgets: ApiSource, tmp_path: Path) -> None:
    options = Options("http://127.0.0.1:9", keys={"key": SECRET}, headers=(("X-Tenant", HEADER),), write=True)
    held = contract(widgets)
    checking = Checking(held, target(held, options), options, Tally())
    folder = tmp_path / "run"
    folder.mkdir()

    command, environment = prepared(checking, folder, folder / "events.ndjson", labels(checking))

    assert not any(SECRET in word or HEADER in word for word in command)
    assert HEADER in environment.values()
    for file in folder.iterdir():
        assert SECRET not in file.read_text()
        assert HEADER not in file.read_text()
        assert file.stat().st_mode & 0o077 == 0


def test_tables_of_characters_are_kept_for_the_next_check_but_not_here(tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    environment |= {"XDG_CACHE_HOME": str(tmp_path / "caches"), "LOCALAPPDATA": str(tmp_path / "caches")}
    (tmp_path / "widgets.json").write_text(json.dumps(DOCUMENT))
    with hostile() as url:
        asked = ("check", url, "--api", str(tmp_path / "widgets.json"), "--key", "key", "--examples", "1")
        done = run(*asked, "--only", "schemathesis", cwd=here, env=environment)

    assert done.returncode == 1, done.stderr
    assert list(here.iterdir()) == []
    assert [*(tmp_path / "caches" / "mockserver" / "hypothesis").rglob("charmap*")]


def test_who_says_where_hypothesis_keeps_things_is_heard() -> None:
    assert storage({"XDG_CACHE_HOME": "/caches", VARIABLE: "/mine"}) == {}
    assert storage({"XDG_CACHE_HOME": "not/whole"}) == {}


@contextmanager
def dying(after: int) -> Iterator[str]:
    """A server that answers so many requests and is then gone."""
    done = threading.Event()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"[]")

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answers)

    def serve() -> None:
        for _ in range(after):
            server.handle_request()
        server.server_close()
        done.set()

    server.timeout = 20
    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    thread.join(25)


def test_a_server_that_goes_away_could_not_be_checked(widgets: ApiSource) -> None:
    with dying(after=1) as url:
        result = check(widgets, Options(url, keys={"key": SECRET}, only=ONLY, examples=2, seconds=30))

    assert result.code == 2
    assert "stopped answering" in result.trouble


def test_it_ends_when_the_time_is_over() -> None:
    with start("pulse", "--no-rate-limits") as served:
        done = run(
            "check", served.url, "--api", "pulse", "--key", "test-key", "--write", "--only", "schemathesis",
            "--examples", "5000", "--time", "4",
        )  # fmt: skip
        listed = served.client.get(f"{served.url}/v2/users", params={"limit": 100}, headers=AUTH).json()

    assert "schemathesis: the time was over before it was done" in done.stdout
    assert done.returncode in (0, 1)
    assert not [one for one in listed["data"] if re.search(r"-1x\d+x\d+@", one["email"])], "it deletes what it made"


def test_without_schemathesis_it_says_how_to_get_it() -> None:
    with start("pulse") as served:
        script = (
            "import sys; sys.modules['schemathesis'] = None; from mockserver.cli.main import main; "
            f"main(['check', '{served.url}', '--api', 'pulse', '--key', 'test-key', '--only', 'schemathesis'])"
        )
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 0, done.stderr
    assert 'pip install "crm-mockserver[check]"' in done.stdout


def test_a_dry_run_says_that_it_cannot() -> None:
    done = run("check", "--against-mock", "--api", "pulse", "--only", "schemathesis")

    assert done.returncode == 0
    assert "schemathesis: a dry run has no server" in done.stdout
