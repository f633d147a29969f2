"""How a check reaches a server: certificates and proxies, the same for our own calls and for those of schemathesis."""

from __future__ import annotations

import os
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.check.proxy import PASSWORD, proxy
from tests.serving import Served, run, start

BOTH = ("--only", "needs-a-key", "--only", "schemathesis", "--operation", "listUsers", "--examples", "1")
AGENTS = {"mockserver-check", "schemathesis"}
CLEAN = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}


def checked(url: str, *arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    return run("check", url, "--api", "pulse", "--key", "test-key", *BOTH, *arguments, **{"env": CLEAN, **options})


def callers(served: Served) -> set[str]:
    """Who has called the API with success."""
    asked = served.mock.requests(limit=1000)["requests"]
    good = [one["request"]["headers"] for one in asked if one["response"]["status"] == 200]
    return {headers.get("user-agent", "").partition("/")[0] for headers in good} & AGENTS


@pytest.fixture(scope="module")
def secured() -> Iterator[Served]:
    """A server with a certificate that nobody knows."""
    with start("pulse", "--no-rate-limits", "--tls") as served:
        yield served


@pytest.fixture(scope="module")
def plain() -> Iterator[Served]:
    with start("pulse", "--no-rate-limits") as served:
        yield served


def test_a_certificate_that_nobody_trusts_is_2_and_says_what_helps(secured: Served) -> None:
    done = checked(secured.url)

    assert done.returncode == 2
    assert "certificate verify failed" in done.stderr
    assert "--ca-file" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("way", ["--insecure", "--ca-file"])
def test_both_take_the_certificate_that_is_trusted(secured: Served, way: str, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text(ssl.get_server_certificate(("127.0.0.1", secured.port)))
    secured.reset()

    done = checked(secured.url, *((way, "ca.pem") if way == "--ca-file" else (way,)), cwd=tmp_path)

    assert (done.returncode, done.stderr.count("Traceback")) == (0, 0), done.stdout + done.stderr
    assert "Not checked:\n  schemathesis" not in done.stdout
    assert callers(secured) == AGENTS
    assert f"{way}" in done.stdout.partition("Repeat it with: ")[2]


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("--ca-file", "none.pem"), "'none.pem' does not exist"),
        (("--ca-file", "not.pem"), "not.pem has no certificates in PEM"),
        (("--client-cert", "not.pem"), "the client certificate not.pem can't be used"),
        (("--client-key", "not.pem"), "--client-key goes with --client-cert"),
        (("--proxy", "socks5://127.0.0.1:1"), "'socks5://127.0.0.1:1' is no proxy, such as http://"),
        (("--proxy", "http://ci:secret-word@"), "is no proxy, such as http://"),
    ],
)
def test_what_cannot_be_used_is_told(tmp_path: Path, arguments: tuple[str, ...], hint: str) -> None:
    (tmp_path / "not.pem").write_text("no certificate")

    done = checked("https://127.0.0.1:9", *arguments, cwd=tmp_path)

    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert hint in " ".join(done.stderr.split())
    assert "secret-word" not in done.stderr


def test_both_go_through_the_proxy(plain: Served) -> None:
    plain.reset()
    with proxy(plain.port) as through:
        done = checked("http://crm.example.com", "--proxy", through.url)

    assert done.returncode == 0, done.stdout + done.stderr
    assert through.agents == callers(plain) == AGENTS
    assert [target for _, target, _ in through.seen if not target.startswith("http://crm.example.com/")] == []
    assert PASSWORD not in done.stdout + done.stderr
    assert f"--proxy http://{through.address}" in done.stdout


def test_both_go_through_the_proxy_with_tls(secured: Served) -> None:
    secured.reset()
    with proxy(secured.port) as through:
        done = checked("https://crm.example.com", "--proxy", through.url, "--insecure")

    assert done.returncode == 0, done.stdout + done.stderr
    assert {method for method, _, _ in through.seen} == {"CONNECT"}
    assert callers(secured) == AGENTS


def test_the_proxy_of_the_environment_is_taken_but_not_to_this_machine(plain: Served) -> None:
    plain.reset()
    with proxy(plain.port) as through:
        environment = {**CLEAN, "HTTP_PROXY": through.url, "http_proxy": through.url}
        here = checked(plain.url, env=environment)
        own = (callers(plain), len(through.seen))
        plain.reset()
        there = checked("http://crm.example.com", env=environment)
        beyond = callers(plain)

    assert (here.returncode, there.returncode) == (0, 0), here.stdout + there.stdout + there.stderr
    assert own == (AGENTS, 0)
    assert beyond == AGENTS


def test_a_proxy_that_refuses_us_or_is_not_there_is_2(plain: Served) -> None:
    with proxy(plain.port) as through:
        refused = checked("http://crm.example.com", "--proxy", f"http://ci:wrong-word@{through.address}")
        tunnel = checked("https://crm.example.com", "--proxy", f"http://ci:wrong-word@{through.address}")
    gone = checked("http://crm.example.com", "--proxy", through.url)

    assert [done.returncode for done in (refused, tunnel, gone)] == [2, 2, 2]
    assert f"the proxy http://{through.address} doesn't let us through" in refused.stderr
    assert "407" in tunnel.stderr
    assert f"through the proxy http://{through.address}" in gone.stderr
    for done in (refused, tunnel, gone):
        assert "Traceback" not in done.stderr
        assert "wrong-word" not in done.stderr
