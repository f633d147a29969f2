"""The pytest plugin in real runs of pytest: worlds that never meet, a clear word when something is wrong, the check."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from serving import start

from mockserver.cli.checking import check
from tests.plain.proving import started

pytest_plugins = "pytester"

MODULE = "mockserver.pytest_plugin"
# Installed, pytest loads the plugin by itself; a working tree that isn't installed names it.
# Other plugins, which are slow to import.
FEWER = [word for name in ("schemathesis", "hypothesispytest", "faker", "anyio") for word in ("-p", f"no:{name}")]
NAMED = [] if any(one.value == MODULE for one in entry_points(group="pytest11")) else ["-p", MODULE]
ROOT = Path(__file__).resolve().parents[1]
ASKING = '''
import json
from urllib.request import Request, urlopen

def ask(mock, path, body=None):
    headers = {"Authorization": f"Bearer {mock.key}", "Content-Type": "application/json"}
    data = json.dumps(body).encode() if body is not None else None
    with urlopen(Request(mock.url + path, data, headers)) as answer:
        return json.load(answer)

def invite(mock, email="ada@example.com"):
    return ask(mock, "/users", {"email": email, "role": "viewer", "name": "Ada"})
'''
PULSE = """
import pytest

@pytest.fixture(scope="session")
def mock_apis():
    return ["pulse"]
"""


def run(pytester: pytest.Pytester, *arguments: str, apart: bool = False) -> pytest.RunResult:
    """A run of pytest, warnings as errors; in a process of its own where it doesn't come back."""
    how = pytester.runpytest_subprocess if apart else pytester.runpytest_inprocess
    return how(*NAMED, *FEWER, "-W", "error", *arguments)


@pytest.fixture
def with_pulse(pytester: pytest.Pytester) -> pytest.Pytester:
    """A folder whose tests have one API, and `invite(mock_api)`."""
    pytester.makeconftest(PULSE)
    pytester.makepyfile(books_client=ASKING)
    return pytester


def test_each_test_has_a_world_with_clock_journal_and_records(with_pulse: pytest.Pytester) -> None:
    with_pulse.makepyfile(
        """
        import pytest
        from books_client import ask, invite

        names = set()

        @pytest.mark.parametrize("n", range(3))
        def test_alone(mock_api, n):
            assert mock_api.requests == []
            assert invite(mock_api)["email"] == "ada@example.com"  # is unique: elsewhere nobody has heard of her
            (asked,) = mock_api.requests
            assert (asked["request"]["method"], asked["response"]["status"]) == ("POST", 201)
            assert "ada@example.com" in [user["email"] for user in mock_api.state["users"]]
            names.add(mock_api.url)

        def test_time(mock_api):
            mock_api.clock.freeze("2026-06-01T12:00:00Z")
            assert invite(mock_api)["invited_at"] == "2026-06-01T12:00:00Z"
            mock_api.clock.advance("PT72H")
            assert mock_api.clock.now.startswith("2026-06-04T12:00:00")

        def test_its_own_time(mock_api):
            assert not mock_api.clock.now.startswith("2026-06-0")
            mock_api.clock.freeze("2026-06-01T12:00:00Z")
            assert mock_api.clock.resume()["frozen"] is False
            assert mock_api.clock.speed(60)["speed"] == 60

        def test_order_of_requests(mock_api):
            for email in ("a@example.com", "b@example.com"):
                invite(mock_api, email)
            ask(mock_api, "/users?limit=5")
            assert [one["request"]["method"] for one in mock_api.requests] == ["POST", "POST", "GET"]
            assert mock_api.key not in str(mock_api.requests)

        def test_reset(mock_api):
            invite(mock_api)
            mock_api.reset()
            assert mock_api.requests == []
            invite(mock_api)

        def test_trouble(mock_api):
            mock_api.add_rule({"match": {"method": "POST"}, "when": {"times": 1}, "then": {"status": 503}})
            with pytest.raises(OSError, match="503"):
                invite(mock_api)
            mock_api.enter_scenario("outage")
            with pytest.raises(OSError):
                ask(mock_api, "/users")

        def test_nothing_is_left(mock_server):
            assert len(names) == 3
            assert [world["name"] for world in mock_server.control.worlds()["worlds"]] == ["default"]
        """
    )
    run(with_pulse).assert_outcomes(passed=9)


def test_with_nothing_configured_all_bundled_apis_are_there(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(books_client=ASKING)
    pytester.makepyfile(
        """
        import pytest
        from books_client import ask, invite

        def test_all(mock_api):
            assert mock_api.url + "/pulse/v2" == mock_api["pulse"].url
            invite(mock_api["pulse"])
            assert ask(mock_api["myra"], "/contacts")["data"]
            assert len(mock_api["pulse"].requests) == 1
            assert len(mock_api.requests) == 2
            assert "users" in mock_api.state["pulse"]
            assert mock_api["pulse-leads"].key

        def test_one_that_is_not(mock_api):
            with pytest.raises(KeyError, match="did you mean 'pulse'"):
                mock_api["puls"]
        """
    )
    run(pytester).assert_outcomes(passed=2)


def test_settings_are_fixtures(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(books_client=ASKING)
    (pytester.path / "books.yaml").write_text(
        """
openapi: 3.1.0
info: {title: Books, version: '1'}
paths:
  /books:
    get: {responses: {'200': {description: Books., content: {application/json: {schema: {type: array, items:
        {type: object, required: [id, title], properties: {id: {type: integer}, title: {type: string}}}}}}}}}
"""
    )
    pytester.makepyfile(
        """
        import pytest
        from books_client import ask

        @pytest.fixture(scope="session")
        def mock_apis(): return ["books.yaml"]

        @pytest.fixture(scope="session")
        def mock_seed(): return 7

        @pytest.fixture(scope="session")
        def mock_options(): return ["--records", "books=3"]

        @pytest.fixture(scope="session")
        def mock_start(mock_server):
            prepared = mock_server.world("prepared")
            prepared.clock.freeze("2026-01-01T00:00:00Z")
            return "prepared"

        @pytest.mark.parametrize("n", range(2))
        def test_books(mock_api, n):
            assert len(ask(mock_api, "/books")) == 3
            assert mock_api.clock.now.startswith("2026-01-01T00:00:00")
            mock_api.clock.advance("P1D")
        """
    )
    run(pytester).assert_outcomes(passed=2)


def test_parallel_tests_never_meet(with_pulse: pytest.Pytester) -> None:
    with_pulse.makepyfile(
        """
        import pytest
        from books_client import invite

        @pytest.mark.parametrize("n", range(20))
        def test_alone(mock_api, n):
            assert mock_api.requests == []
            invite(mock_api)
            assert len(mock_api.requests) == 1
        """
    )
    run(with_pulse, "-n", "2").assert_outcomes(passed=20)


def test_a_failure_shows_what_was_asked(with_pulse: pytest.Pytester) -> None:
    with_pulse.makepyfile(
        """
        from books_client import invite

        def test_wrong(mock_api):
            invite(mock_api)
            assert False
        """
    )
    result = run(with_pulse)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*Requests to the mock*", "201 POST /v2/users"])


@pytest.mark.parametrize(
    ("apis", "told"),
    [
        ('["puls"]', "*the mock server didn't start (mockserver serve puls):*"),
        ('"pulse"', "*mock_apis gives a list of texts*"),
    ],
)
def test_a_server_that_does_not_start_says_why(pytester: pytest.Pytester, apis: str, told: str) -> None:
    pytester.makeconftest(PULSE.replace('["pulse"]', apis))
    pytester.makepyfile("def test_one(mock_api): pass\ndef test_other(mock_api): pass")
    result = run(pytester)
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines([told])
    assert "Traceback" not in result.stdout.str()


def test_the_server_ends_with_the_session(with_pulse: pytest.Pytester) -> None:
    with_pulse.makepyfile("def test_url(mock_api):\n    __import__('pathlib').Path('url').write_text(mock_api.url)")
    run(with_pulse).assert_outcomes(passed=1)
    url = (with_pulse.path / "url").read_text()
    asked = subprocess.run(["curl", "-s", url], capture_output=True, check=False)
    assert asked.returncode == 7, "nobody listens there any more"


def test_the_server_ends_with_a_session_that_is_killed(with_pulse: pytest.Pytester) -> None:
    with_pulse.makepyfile(
        """
        import os, signal
        from pathlib import Path

        def test_killed(mock_api):
            Path("url").write_text(mock_api.url)
            os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    run(with_pulse, apart=True)
    url, deadline = (with_pulse.path / "url").read_text(), time.monotonic() + 20
    while subprocess.run(["curl", "-s", url], capture_output=True, check=False).returncode != 7:
        assert time.monotonic() < deadline, "it still listens"
        time.sleep(0.05)


def test_unused_it_imports_nothing_of_the_server() -> None:
    script = f"import sys, {MODULE}; print(sorted(name for name in sys.modules if name.startswith('mockserver')))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"['mockserver', 'mockserver.cli', 'mockserver.cli.check_options', '{MODULE}']"


def test_without_the_option_there_are_no_items(pytester: pytest.Pytester) -> None:
    assert run(pytester).ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_the_check_as_items(pytester: pytest.Pytester) -> None:
    with start("pulse", "--no-rate-limits") as served:
        check = ["--contract-url", served.url, "--contract-api", "pulse", "--contract-key", "test-key"]
        read = run(pytester, *check, "--contract-only", "laws", "-v")
        methods = {one["request"]["method"] for one in served.mock.requests(limit=1000)["requests"]
                   if one["response"]["status"] < 300}  # fmt: skip
        one = run(pytester, *check, "--contract-only", "can-be-listed", "-k", "listUsers")
        parallel = run(pytester, *check, "--contract-only", "needs-a-key", "-n", "2", "-v")

    read.assert_outcomes(passed=8)
    read.stdout.fnmatch_lines([f"contract: {served.url} is held to pulse", "contract-pulse::listUsers PASSED*"])
    assert methods <= {"GET", "HEAD", "OPTIONS"}
    one.assert_outcomes(passed=1, deselected=7)
    one.stdout.fnmatch_lines(["collected 8 items / 7 deselected / 1 selected"])
    parallel.assert_outcomes(passed=7, skipped=1)  # getMessage: without writing there is no message to ask for
    assert len(set(re.findall(r"^\[(gw\d)\] .*PASSED contract-pulse", parallel.stdout.str(), re.MULTILINE))) == 1


def test_a_breach_fails_its_operation_and_no_other(pytester: pytest.Pytester) -> None:
    with started("pulse", "--bug", "page-one-too-many") as url:
        result = run(pytester, "--contract-url", url, "--contract-api", "pulse", "--contract-key", "test-key",
                     "--contract-only", "laws")  # fmt: skip
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*listUsers breaks laws/*", "*expected *", "*seen *", "*curl -s*"])
    assert "FAILED contract-pulse::listUsers" in result.stdout.str()
    assert "FAILED contract-pulse::getMessage" not in result.stdout.str()


def test_every_option_of_the_command_that_makes_sense_is_one_of_pytest(pytester: pytest.Pytester) -> None:
    asked = {name for parameter in check.params for name in parameter.opts if name.startswith("--")}

    shown = set(re.findall(r"--contract-([a-z-]+)", run(pytester, "--help").stdout.str()))

    assert shown == {name.removeprefix("--") for name in asked} - {"against-mock", "quiet"} | {"url"}


def test_reports_known_findings_and_secrets_from_the_environment(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAGING_KEY", "test-key")
    with started("pulse", "--bug", "page-one-too-many") as url:
        check = ["--contract-url", url, "--contract-api", "pulse", "--contract-key-env", "STAGING_KEY",
                 "--contract-only", "laws"]  # fmt: skip
        reports = ["--contract-report", "junit=out/contract.xml", "--contract-report", "html=out/contract.html"]
        found = run(pytester, *check, *reports, "--contract-write-baseline", "known.yaml")
        known = run(pytester, *check, "--contract-baseline", "known.yaml")

    assert (found.ret, known.ret) == (pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.OK)
    junit = (pytester.path / "out" / "contract.xml").read_text()
    assert "listUsers" in junit
    assert "<failure" in junit
    html = (pytester.path / "out" / "contract.html").read_text()
    assert "mockserver check" in html
    assert "--key-env STAGING_KEY" in html
    assert "test-key" not in junit + html


def test_it_receives_webhooks_and_verifies_them(pytester: pytest.Pytester) -> None:
    with socket.socket() as kept, start("salespulse", "--no-rate-limits") as served:
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # bound, it is given to nobody who asks for any port
        kept.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{kept.getsockname()[1]}"
        served.control("webhooks", {"url": f"http://{address}/", "secret": "s3cret-of-ours"})
        check = ["--contract-url", served.url, "--contract-api", "salespulse", "--contract-key", "test-key",
                 "--contract-write", "--contract-only", "events-*", "--contract-webhook-listen", address]  # fmt: skip
        good = run(pytester, *check, "--contract-webhook-secret", "s3cret-of-ours")
        wrong = run(pytester, *check, "--contract-webhook-secret", "another-secret")

    assert (good.ret, wrong.ret) == (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
    good.stdout.fnmatch_lines([f"contract: *; webhooks are received at http://{address}/: subscribe*"])
    wrong.stdout.fnmatch_lines(["*createContact breaks laws/events-signed*"])
    assert "another-secret" not in wrong.stdout.str()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "*--contract-url needs --contract-api*"),
        (["--contract-api", "pulse", "--contract-only", "lawz"], "*did you mean 'laws'*"),
        (["--contract-api", "puls"], "*puls*"),
        (["--contract-api", "pulse", "--contract-key-env", "NOT_SET"], "*--contract-key-env*'NOT_SET' isn't set*"),
        (["--contract-api", "pulse", "--contract-report", "html=."], "*. can't be written: it is a folder*"),
        (["--contract-api", "pulse", "--contract-report", "pdf"], "*there is no report 'pdf'*"),
        (["--contract-api", "pulse", "--contract-ca-file", "no.pem"], "*--contract-ca-file*'no.pem'*"),
        (["--contract-api", "pulse", "--contract-webhook-listen", "127.0.0.1:0"], "*needs a port*"),
    ],
)
def test_a_mistake_ends_the_run_before_it_begins(pytester: pytest.Pytester, arguments: list[str], told: str) -> None:
    result = run(pytester, "--contract-url", "http://127.0.0.1:9", *arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([told])


def test_a_server_that_is_not_there_is_no_pass(pytester: pytest.Pytester) -> None:
    result = run(pytester, "--contract-url", "http://127.0.0.1:9", "--contract-api", "pulse", "--contract-key", "k")
    result.assert_outcomes(failed=8)
    result.stdout.fnmatch_lines(["*could not be checked*"])
