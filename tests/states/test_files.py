"""State files over real processes: worlds kept from one start to the next, and requests asked again elsewhere."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from serving import COMMAND, Served, run, start

from mockserver.cli.main import mockserver

KEY = {"Authorization": "Bearer test-key"}
TINY = """
openapi: 3.1.0
info: {title: Tiny, version: '1'}
paths:
  /things:
    get:
      responses:
        '200': {description: Things., content: {application/json: {schema: {type: array, items: {type: object}}}}}
"""


def invite(served: Served, name: str, world: str = "default", **headers: str) -> httpx.Response:
    body = {"email": f"{name}@example.com", "name": name.title(), "role": "viewer"}
    named = KEY | {"X-Mock-World": world} | headers
    return served.client.post(f"{served.url}/v2/users", json=body, headers=named)


def emails(served: Served, world: str = "default") -> set[str]:
    records = served.mock.world(world).state(resource="users")["pulse"]["users"]["records"]
    return {one["email"] for one in records}


class TestKeeping:
    def test_worlds_are_there_again_at_the_next_start(self, tmp_path: Path) -> None:
        file = str(tmp_path / "worlds.json")
        with start("pulse", "--seed", "5", "--state", file, "--save-state", file) as served:
            invite(served, "ada")
            invite(served, "bob", "other")
            served.mock.save_snapshot("one")
            served.mock.world("other").freeze("2031-01-01T00:00:00Z")
        with start("--state", file, "--save-state", file) as served:  # APIs and seed are the file's
            assert "ada@example.com" in emails(served)
            assert "bob@example.com" in emails(served, "other")
            assert served.mock.world("other").show_clock()["frozen"]
            assert [one["name"] for one in served.mock.snapshots()] == ["one"]
            assert invite(served, "cleo").headers["x-mock-request"] == "default-2"
            served.mock.rewind(1)
            assert "cleo@example.com" not in emails(served)
            served.reset()  # what was there at the very first start
            assert "ada@example.com" not in emails(served)
            assert "ada@example.com" not in emails(served, "new")
        assert sorted(path.name for path in tmp_path.iterdir()) == ["worlds.json"]

    def test_an_exported_world_is_what_every_world_begins_with(self, tmp_path: Path) -> None:
        file = tmp_path / "prepared.json"
        with start("pulse") as served:
            invite(served, "ada", "mine")
            file.write_text(json.dumps(served.mock.world("mine").export_state()))
        with start("pulse", "--state", str(file)) as served:
            for world in ("default", "mine", "new"):
                assert "ada@example.com" in emails(served, world)
            served.mock.world("new").reset()
            assert "ada@example.com" in emails(served, "new")

    @pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
    def test_a_signal_ends_it_only_after_the_file_is_whole(self, tmp_path: Path, by: int) -> None:
        file = tmp_path / "worlds.json"
        with start("pulse", "--save-state", str(file)) as served:
            invite(served, "ada")
            served.process.send_signal(by)
            assert served.process.wait(30) == 0
            assert json.loads(file.read_text())["worlds"]["default"]["state"]["calls"] == 1
        assert file.stat().st_mode & 0o077 == 0

    def test_a_server_that_does_not_start_leaves_the_file_as_it_is(self, tmp_path: Path) -> None:
        file = tmp_path / "worlds.json"
        file.write_text("mine")
        done = run("serve", "nowhere.yaml", "--save-state", str(file), "--port", "0")
        assert (done.returncode, file.read_text()) == (2, "mine")

    def test_webhooks_of_the_command_line_are_told_too(self, tmp_path: Path) -> None:
        file = str(tmp_path / "worlds.json")
        with start("salespulse", "--save-state", file, "--webhook", "http://127.0.0.1:9/a"):
            pass
        hooks = ["--webhook", "http://127.0.0.1:9/a", "--webhook", "http://127.0.0.1:9/b"]
        with start("salespulse", "--state", file, *hooks) as served:
            assert [one["url"] for one in served.mock.webhooks()] == ["http://127.0.0.1:9/a", "http://127.0.0.1:9/b"]
            assert len(served.mock.world("new").webhooks()) == 2


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    with start("pulse", "--seed", "5", "--no-rate-limits") as served:
        invite(served, "ada")
        state: dict[str, Any] = served.mock.export_state()
        return state


    def test_rules_and_how_often_they_acted_are_kept(self, tmp_path: Path) -> None:
        file = str(tmp_path / "worlds.json")
        with start("pulse", "--save-state", file) as served:
            rule = {"match": {"method": "POST"}, "when": {"times": 2}, "then": {"status": 503}}
            served.mock.add_rule(rule)
            assert invite(served, "ada").status_code == 503
            told = served.mock.show_rules()
        with start("--state", file) as served:
            assert served.mock.show_rules() == told
            assert [invite(served, "ada").status_code for _ in range(2)] == [503, 201]
            served.mock.rewind(1)
            assert served.mock.show_rules() == told


class TestComplaints:
    def told(self, tmp_path: Path, state: Any, *arguments: str) -> str:
        file = tmp_path / "state.json"
        file.write_text(state if isinstance(state, str) else json.dumps(state))
        done = run("serve", *arguments, "--state", str(file), "--port", "0")
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
        return done.stderr

    def test_no_such_file(self) -> None:
        done = run("serve", "pulse", "--state", "nowhere.json", "--port", "0")
        assert (done.returncode, "no such file" in done.stderr) == (2, True)

    def test_no_such_folder(self) -> None:
        done = run("serve", "pulse", "--save-state", "nowhere/state.json", "--port", "0")
        assert (done.returncode, "no folder" in done.stderr) == (2, True)

    @pytest.mark.parametrize("text", ["{", "[]", '{"format": "mockserver-state", "version": 99}'])
    def test_no_state_file(self, tmp_path: Path, text: str) -> None:
        assert "--state" in (told := self.told(tmp_path, text, "pulse")) or "no state file" in told

    def test_another_seed(self, tmp_path: Path, exported: dict[str, Any]) -> None:
        assert "made with seed 5; leave --seed out" in self.told(tmp_path, exported, "pulse", "--seed", "6")

    def test_another_api(self, tmp_path: Path, exported: dict[str, Any]) -> None:
        assert "made with the APIs pulse; here: myra" in self.told(tmp_path, exported, "myra")

    def test_another_document(self, tmp_path: Path, exported: dict[str, Any]) -> None:
        server = exported["server"] | {"documents": {"pulse": "sha256:0"}}
        assert "another document of pulse" in self.told(tmp_path, exported | {"server": server}, "pulse")

    def test_a_damaged_one_is_told_where(self, tmp_path: Path, exported: dict[str, Any]) -> None:
        worlds = {"default": exported["worlds"]["default"] | {"state": {"calls": "one"}}}
        told = self.told(tmp_path, exported | {"worlds": worlds}, "pulse")
        assert "/worlds/default/state/calls: should be a whole number" in told

    def test_a_log_that_is_answered_otherwise_costs_the_journal_only(
        self, tmp_path: Path, exported: dict[str, Any]
    ) -> None:
        changed = json.loads(json.dumps(exported))
        changed["worlds"]["default"]["log"][0]["answer"] = "sha256:0"
        (tmp_path / "state.json").write_text(json.dumps(changed))
        with start("--state", str(tmp_path / "state.json")) as served:
            assert "answered otherwise than it was" in served.complaints()
            assert "ada@example.com" in emails(served)
            assert served.mock.requests()["total"] == 0


def on_the_wire(served: Served, *lines: str, body: str = "") -> bytes:
    """An answer as it came, but for Date and Connection, which no API has a say in."""
    head = [*lines, f"Host: {served.url[7:]}", "Authorization: Bearer test-key", "Connection: close"]
    if body:
        head += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    answer = served.send(("\r\n".join(head) + "\r\n\r\n" + body).encode())
    start_line, _, rest = answer.partition(b"\r\n\r\n")
    kept = [line for line in start_line.split(b"\r\n") if not line.lower().startswith((b"date:", b"connection:"))]
    return b"\r\n".join(kept) + b"\r\n\r\n" + rest


def replayed(*arguments: str) -> bytes:
    """What `mockserver replay` prints, or complains of."""
    done = CliRunner().invoke(mockserver, ["replay", *arguments])
    return done.stdout_bytes or done.stderr_bytes


class TestReplay:
    def test_the_same_bytes_on_another_machine(self, tmp_path: Path) -> None:
        """After everything that can happen in between: clock moves, a rewind, a restore, an import."""
        file = str(tmp_path / "state.json")
        ada = '{"email": "ada@example.com", "role": "viewer", "name": "Ada"}'
        with start("pulse", "--save-state", file) as served:
            asked = {"default-1": on_the_wire(served, "POST /v2/users HTTP/1.1", body=ada)}
            served.advance("PT72H")
            asked["default-2"] = on_the_wire(served, "GET /v2/users?limit=3 HTTP/1.1")
            served.mock.save_snapshot("two")
            on_the_wire(served, "POST /v2/users HTTP/1.1", body=ada.replace("ada", "bob"))
            served.mock.rewind(2)
            on_the_wire(served, "GET /v2/users HTTP/1.1")
            served.mock.restore_snapshot("two")
            bob = ada.replace("ada", "robert")
            asked["default-3"] = on_the_wire(served, "POST /v2/users HTTP/1.1", "Origin: http://a.example", body=bob)
            served.mock.import_state(served.mock.export_state())
            asked["default-4"] = on_the_wire(served, "HEAD /v2/users?q=robert HTTP/1.1")
            asked["default-5"] = on_the_wire(served, "GET /v2/nowhere HTTP/1.1")
        assert {name: replayed(name, "--state", file) for name in asked} == asked
        command = [*COMMAND, "replay", "default-5", "--state", file]
        done = subprocess.run(command, capture_output=True, timeout=60, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, asked["default-5"], b"")

    def test_a_document_of_ones_own_has_to_be_named(self, tmp_path: Path) -> None:
        document, file = tmp_path / "tiny.yaml", str(tmp_path / "state.json")
        document.write_text(TINY)
        with start(str(document), "--save-state", file) as served:
            answer = on_the_wire(served, "GET /things HTTP/1.1")
        assert replayed("default-1", str(document), "--state", file) == answer
        assert b"name the document of 'tiny'" in replayed("default-1", "--state", file)

    def test_of_a_running_server(self, pulse: Served) -> None:
        answer = on_the_wire(pulse, "GET /v2/users?limit=2 HTTP/1.1")
        assert replayed("default-1", "--state", f"{pulse.url}/_mock/state/export") == answer
        assert replayed("default-1", "--state", pulse.url) == answer

    def test_of_one_that_asks_for_its_token(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with start("pulse", "--control-token", "t0ken") as served:
            answer = on_the_wire(served, "GET /v2/users?limit=2 HTTP/1.1")
            assert b"asks for its token" in replayed("default-1", "--state", served.url)
            monkeypatch.setenv("MOCKSERVER_CONTROL_TOKEN", "t0ken")
            assert replayed("default-1", "--state", served.url) == answer

    @pytest.mark.parametrize(
        ("name", "told"),
        [("one", "named like default-12"), ("default-9", "has no call 9"), ("defalt-1", "did you mean 'default'?")],
    )
    def test_a_request_that_is_not_there(self, tmp_path: Path, exported: dict[str, Any], name: str, told: str) -> None:
        (tmp_path / "state.json").write_text(json.dumps(exported))
        assert told in replayed(name, "--state", str(tmp_path / "state.json")).decode()

    def test_one_that_is_answered_otherwise(self, tmp_path: Path, exported: dict[str, Any]) -> None:
        text = json.dumps(exported).replace('"status": 201, "answer": "sha256:', '"status": 201, "answer": "sha256:0')
        (tmp_path / "state.json").write_text(text)
        done = CliRunner().invoke(mockserver, ["replay", "default-1", "--state", str(tmp_path / "state.json")])
        assert (done.exit_code, done.stdout) == (1, "")
        assert "answered otherwise" in done.stderr
