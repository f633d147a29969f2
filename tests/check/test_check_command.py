"""`mockserver check`: what it says, its exit codes, and how kind it is to a server."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.serving import Served, run, start


@pytest.fixture(scope="module")
def pulse() -> Iterator[Served]:
    with start("pulse") as served:
        yield served


def test_a_conforming_server_is_0_and_is_left_as_it_was(pulse: Served) -> None:
    before = pulse.client.get(
        f"{pulse.url}/v2/users", params={"limit": 100}, headers={"Authorization": "Bearer test-key"}
    )

    done = run("check", pulse.url, "--api", "pulse", "--key", "test-key", "--write", "--only", "laws")

    assert done.returncode == 0, done.stdout
    assert "conforms" in done.stdout
    after = pulse.client.get(
        f"{pulse.url}/v2/users", params={"limit": 100}, headers={"Authorization": "Bearer test-key"}
    )
    assert after.json() == before.json()


def test_it_only_reads_unless_told_otherwise(pulse: Served) -> None:
    pulse.reset()

    done = run("check", pulse.url, "--api", "pulse", "--key", "test-key", "--only", "laws")

    assert done.returncode == 0
    asked = pulse.control("requests", None, limit=500)
    methods = {
        (one["request"]["method"], one["response"]["status"])
        for one in asked["data" if "data" in asked else "requests"]
    }
    assert {method for method, status in methods if status < 400} <= {"GET"}


def test_the_key_is_never_shown(pulse: Served) -> None:
    done = run("check", pulse.url, "--api", "pulse", "--key", "wrong-but-secret-key")

    assert done.returncode == 2
    assert "doesn't accept the key" in done.stderr
    assert "wrong-but-secret-key" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("--only", "laws", "--exclude", "laws"), "--only and --exclude leave of the check is nothing"),
        (("--only", "unique"), "can't be tried: it changes records: --write allows that"),
        (("--only", "something-remains", "--only", "events-sent", "--write"), "--webhook-listen; it deletes what"),
    ],
)
def test_a_check_of_nothing_is_no_check(asked: tuple[str, ...], told: str) -> None:
    done = run("check", "http://127.0.0.1:9", "--api", "salespulse", "--key", "test-key", *asked)

    assert done.returncode == 2
    assert told in done.stderr


def test_without_a_key_it_asks_for_one(pulse: Served) -> None:
    done = run("check", pulse.url, "--api", "pulse")

    assert (done.returncode, "--key" in done.stderr) == (2, True)


def test_a_server_that_is_not_there_is_2() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"

        done = run("check", url, "--api", "pulse", "--key", "k")

    assert done.returncode == 2
    assert "can't be reached: Connection refused" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_base_path_of_the_document_is_found(pulse: Served) -> None:
    for url in (pulse.url, f"{pulse.url}/v2", f"{pulse.url}/v2/"):
        done = run("check", url, "--api", "pulse", "--key", "test-key", "--only", "needs-a-key")

        assert done.returncode == 0, done.stderr


def test_another_api_than_the_document_is_2(pulse: Served) -> None:
    done = run("check", pulse.url, "--api", "salespulse", "--key", "test-key")

    assert done.returncode == 2
    assert "none of the document's paths" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("--only", "pages-onse"), "did you mean 'pages-once'"),
        (("--operation", "listUser"), "did you mean 'listUsers'"),
        (("--max-rate", "fast"), "300/m"),
        (("--header", "no colon"), "X-Account-Id"),
        (("--key-env", "MOCKSERVER_NO_SUCH_VARIABLE"), "isn't set"),
        (("--operation", "GET /user"), "did you mean 'GET /users'"),
        (("--only", "schemathesis/ignored-aut"), "did you mean 'schemathesis/ignored-auth'"),
        (("--key", "one", "--key-env", "PATH"), "give --key or --key-env, not both"),
        (("--report", "html=/dev/null/page.html"), "/dev/null is no folder"),
    ],
)
def test_bad_options_say_what_would_be_right(arguments: tuple[str, ...], hint: str) -> None:
    done = run("check", "http://127.0.0.1:9", "--api", "pulse", *arguments)

    assert done.returncode == 2
    assert hint in done.stderr
    assert "Traceback" not in done.stderr


def test_a_dry_run_shows_what_would_be_called() -> None:
    done = run("check", "--against-mock", "--api", "pulse", "--write", "--only", "laws")

    assert done.returncode == 0, done.stdout
    assert "POST   /users" in done.stdout
    assert "Left over on the server" in done.stdout, "messages can't be deleted, and a user should know before"
