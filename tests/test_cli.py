"""The command line: what it serves and says, and how it ends."""

import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import httpx
import pytest
from serving import COMMAND, run, start

from mockserver import Control

DOCUMENT = """
openapi: 3.1.0
info: {title: Tiny, version: '1'}
paths:
  /things:
    get:
      responses:
        '200': {description: Things., content: {application/json: {schema: {type: array, items: {type: object}}}}}
"""


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A document of one's own."""
    path = tmp_path / "tiny.yaml"
    path.write_text(DOCUMENT)
    return path


def complaint(*arguments: str) -> str:
    """The one line that a command complains with, ending with code 2."""
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("mockserver: ")
    return done.stderr.strip()


class TestGreeting:
    def test_a_line_for_each_api_and_then_ready(self) -> None:
        with start() as served:
            *apis, ready = served.lines
            names = [line.split()[0] for line in apis]
            assert names == sorted(names)
            assert names == run("list").stdout.split()
            assert ready.startswith("ready in ")
            assert ready.endswith(f"control API at {served.url}/_mock")

    def test_what_was_understood_and_a_request_that_works(self) -> None:
        with start("pulse") as served:
            line = served.lines[0]
            assert "7 operations, " in line
            assert "guessed and " in line
            assert f"at {served.url}/v2;" in line
            assert "key test-key;" in line
            curl = line.partition("try: ")[2]
            assert curl == f"curl -H 'Authorization: Bearer test-key' {served.url}/v2/users"
            done = subprocess.run(f"{curl} -sf", shell=True, capture_output=True, text=True, check=True)
            assert json.loads(done.stdout)["data"]

    def test_every_curl_line_works(self) -> None:
        with start() as served:
            for line in served.lines[:-1]:
                curl = line.partition("try: ")[2]
                done = subprocess.run(f"{curl} -s -w '%{{http_code}}'", shell=True, capture_output=True, text=True)
                assert done.stdout[-3:] in ("200", "404"), line

    def test_a_document_of_ones_own_is_called_after_its_file(self, tiny: Path) -> None:
        with start(str(tiny)) as served:
            assert served.lines[0].startswith("tiny  1 operation,")
            assert served.client.get(f"{served.url}/things").status_code == 200


class TestHosts:
    def test_ipv6(self) -> None:
        with start("pulse", "--host", "::1") as served:
            assert served.url.startswith("http://[::1]:")
            assert served.control("clock")["frozen"] is False

    def test_a_name_with_several_addresses_has_one_port(self) -> None:
        with start("pulse", "--host", "localhost") as served:
            for info in socket.getaddrinfo("localhost", served.port, type=socket.SOCK_STREAM):
                with socket.create_connection(info[4][:2]):
                    pass

    def test_everywhere(self) -> None:
        with start("pulse", "--host", "0.0.0.0", "--control-token", "t0ken") as served:
            assert served.url.startswith("http://127.0.0.1:")
            assert Control(served.url, token="t0ken").show_clock()["frozen"] is False

    @pytest.mark.parametrize("host", ["0.0.0.0", "::", "[::]"])
    def test_other_machines_need_a_token(self, host: str) -> None:
        told = complaint("serve", "pulse", "--host", host, "--port", "0")
        assert f"--host {host} lets other machines in" in told
        assert "--control-token TOKEN" in told

    def test_no_address_of_this_machine(self) -> None:
        assert "192.0.2.1" in complaint("serve", "pulse", "--host", "192.0.2.1", "--port", "0")

    def test_no_such_name(self) -> None:
        assert "'no such host'" in complaint("serve", "pulse", "--host", "no such host", "--port", "0")


class TestComplaints:
    def test_a_port_in_use(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            assert complaint("serve", "--port", str(port)).startswith(f"mockserver: port {port} is in use;")

    def test_a_port_that_is_bound_and_not_yet_listened_on(self) -> None:
        with socket.socket() as taken:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            assert "is in use" in complaint("serve", "pulse", "--port", str(taken.getsockname()[1]))

    def test_an_unknown_api_names_the_nearest(self) -> None:
        assert "no bundled API 'puls' (did you mean 'pulse'?)" in complaint("serve", "puls")

    def test_no_such_document(self, tmp_path: Path) -> None:
        assert "there is no such file" in complaint("serve", str(tmp_path / "none.yaml"), "--port", "0")

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("", "empty"),
            ("openapi: [", ":2 at /: not YAML"),
            ("swagger: '1.2'", "1.2"),
            ("- a", "mapping"),
            (DOCUMENT.replace("info:", "x-mock: {resorces: {}}\ninfo:"), "did you mean 'resources'?"),
        ],
    )
    def test_a_broken_document(self, tmp_path: Path, text: str, words: str) -> None:
        path = tmp_path / "broken.yaml"
        path.write_text(text)
        said = complaint("serve", str(path), "--port", "0")
        assert str(path) in said
        assert words in said

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            (["--port", "65536"], "65536"),
            (["--port", "http"], "'http'"),
            (["--seed", "x"], "'x'"),
            (["--records", "users"], "RESOURCE=NUMBER"),
            (["--records", "users=-1"], "RESOURCE=NUMBER"),
            (["--records", "users=99999999"], "10,000,000"),
            (["--records", "user=3"], "did you mean 'users'?"),
            (["--locale", "en_UX"], "did you mean"),
            (["--log-level", "loud"], "loud"),
            (["--control-token", "a b"], "without spaces"),
            (["--overlay", "nowhere.yaml"], "nowhere.yaml"),
            (["--fixtures", "nowhere.yaml"], "nowhere.yaml"),
            (["--prot", "1"], "--port"),
        ],
    )
    def test_options(self, options: list[str], words: str) -> None:
        assert words in complaint("serve", "pulse", *(["--port", "0"] if "--port" not in options else []), *options)

    def test_two_apis_of_one_name(self, tiny: Path) -> None:
        assert "'tiny'" in complaint("serve", str(tiny), str(tiny), "--port", "0")

    def test_an_unknown_command(self) -> None:
        assert "'serv'" in complaint("serv")


class TestEnding:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_a_signal_ends_it_with_0_and_without_a_word(self, number: signal.Signals) -> None:
        process = subprocess.Popen(
            [*COMMAND, "serve", "pulse", "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert process.stdout
        while not process.stdout.readline().startswith("ready"):
            assert process.poll() is None
        process.send_signal(number)
        _, errors = process.communicate(timeout=30)
        assert (process.returncode, errors) == (0, "")

    def test_with_a_client_in_the_middle_of_a_request(self) -> None:
        with start("pulse") as served, socket.create_connection(("127.0.0.1", served.port)) as connection:
            connection.sendall(b"POST /v2/users HTTP/1.1\r\nContent-Length: 100\r\n\r\nabc")
            time.sleep(0.1)
            served.process.send_signal(signal.SIGTERM)
            assert served.process.wait(15) == 0

    def test_the_port_is_free_again_at_once(self) -> None:
        with start("pulse") as served:
            port = served.port
            served.client.get(f"{served.url}/v2/users")
        with socket.socket() as again:
            again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            again.bind(("127.0.0.1", port))


class TestOptions:
    def test_the_same_seed_gives_the_same_world(self) -> None:
        def world(*options: str) -> object:
            with start("pulse", *options) as served:
                return served.control("state")

        assert world("--seed", "7") == world("--seed", "7")

    def test_more_records(self) -> None:
        with start("pulse", "--records", "users=200") as served:
            assert served.control("state", limit=1)["apis"]["pulse"]["users"]["total"] == 200

    def test_no_rate_limits(self) -> None:
        headers = {"Authorization": "Bearer limited-key"}
        with start("pulse", "--no-rate-limits") as served:
            asked = {served.client.get(f"{served.url}/v2/users", headers=headers).status_code for _ in range(70)}
            assert asked == {200}
        with start("pulse") as served:
            asked = {served.client.get(f"{served.url}/v2/users", headers=headers).status_code for _ in range(70)}
            assert asked == {200, 429}

    def test_the_control_token_from_the_environment(self) -> None:
        os.environ["MOCKSERVER_CONTROL_TOKEN"] = "s3cret"
        try:
            with start("pulse") as served:
                assert httpx.get(f"{served.url}/_mock/clock", trust_env=False).status_code == 401
        finally:
            del os.environ["MOCKSERVER_CONTROL_TOKEN"]

    def test_fixtures_of_ones_own(self, tiny: Path, tmp_path: Path) -> None:
        fixtures = tmp_path / "seed.yaml"
        fixtures.write_text("keys: {my-key: {name: me}}")
        with start(str(tiny), "--fixtures", str(fixtures)) as served:
            assert "key my-key;" in served.lines[0]


class TestExplain:
    def test_json(self) -> None:
        explained = json.loads(run("explain", "pulse", "--format", "json").stdout)
        assert explained["api"] == "pulse"
        said = [word for plan in explained["operations"].values() for word in plan["x-mock"].values()]
        assert {word["from"] for word in said} == {"given", "guessed"}

    def test_one_operation_as_a_table(self) -> None:
        done = run("explain", "pulse", "GET /users")
        assert (done.returncode, done.stderr) == (0, "")
        assert "GET /users" in done.stdout
        assert "guessed" in done.stdout

    def test_an_unknown_operation_names_the_nearest(self) -> None:
        assert "did you mean" in complaint("explain", "pulse", "listUser")


def test_help_and_version() -> None:
    assert "serve" in run("--help").stdout
    assert "--control-token" in run("serve", "--help").stdout
    assert run("--version").stdout.strip()
    assert run().returncode == 2
