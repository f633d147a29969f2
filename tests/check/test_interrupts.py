"""A check that is interrupted: it ends with 130, its child is gone, and what it made is deleted or told of."""

from __future__ import annotations

import os
import re
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TextIO

import pytest

from tests.forking import Forked, forked
from tests.serving import SECONDS, Served, start

MAKING = ("--only", "schemathesis", "--operation", "createUser", "--operation", "sendMessage", "--examples", "5000")
AUTH = {"Authorization": "Bearer test-key"}


@pytest.fixture(scope="module")
def pulse() -> Iterator[Served]:
    with start("pulse", "--no-rate-limits") as served:
        yield served


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


needs_proc = pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="whose child a process is stands in /proc, which only Linux has"
)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def made(pulse: Served, agent: str) -> list[str]:
    """The users and messages that a client has made."""
    asked = pulse.mock.requests(limit=1000)["requests"]
    return [
        one["request"]["path"] for one in asked
        if one["request"]["method"] == "POST" and one["response"]["status"] in (201, 202)
        and one["request"]["headers"].get("user-agent", "").startswith(agent)
    ]  # fmt: skip


@contextmanager
def checking(pulse: Served, *arguments: str) -> Iterator[Running]:
    """`mockserver check` under way, writing."""
    pulse.reset()
    command = ("check", pulse.url, "--api", "pulse", "--key", "test-key", "--write", "--time", "120", *arguments)
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as log:
        process = forked("mockserver", *command, stdout=out.fileno(), stderr=log.fileno())
        try:
            yield Running(process, out, log)
        finally:
            process.kill()
            process.wait()


class Running(NamedTuple):
    """A check under way."""

    process: Forked
    out: TextIO
    log: TextIO

    def ended(self) -> tuple[int, str, str]:
        """Its exit code and what it has printed, when it ends."""
        code = self.process.wait(SECONDS)
        self.out.seek(0)
        self.log.seek(0)
        return code, self.out.read(), self.log.read()


def users(pulse: Served) -> set[str]:
    listed = pulse.client.get(f"{pulse.url}/v2/users", params={"limit": 100}, headers=AUTH).json()
    return {one["id"] for one in listed["data"]}


@needs_proc
@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_while_schemathesis_runs(pulse: Served, signum: int) -> None:
    pulse.reset()
    before = users(pulse)
    with checking(pulse, *MAKING) as check:
        until(lambda: len(made(pulse, "schemathesis")) > 8)
        (child,) = children(check.process.pid)
        check.process.send_signal(signum)
        code, told, complaints = check.ended()

    assert code == 130, complaints
    assert "; interrupted" in told
    assert not is_running(child)
    assert "Traceback" not in told + complaints
    assert users(pulse) == before
    messages = sum("/messages" in path for path in made(pulse, "schemathesis"))
    left = re.search(r"Left over on the server, (\d+) of", told)
    assert int(left[1] if left else 0) == messages, "the document has no way to delete a message"


def test_while_the_laws_run(pulse: Served) -> None:
    pulse.reset()
    before = users(pulse)
    with checking(pulse, "--only", "laws") as check:
        until(lambda: len(made(pulse, "mockserver-check")) > 8)
        check.process.send_signal(signal.SIGINT)
        code, told, complaints = check.ended()

    assert (code, "; interrupted" in told) == (130, True), complaints
    assert users(pulse) == before


@needs_proc
def test_twice_ends_the_child_at_once_and_tells_what_is_left(pulse: Served) -> None:
    with checking(pulse, *MAKING) as check:
        until(lambda: len(made(pulse, "schemathesis")) > 8)
        (child,) = children(check.process.pid)
        check.process.send_signal(signal.SIGINT)
        time.sleep(0.01)
        check.process.send_signal(signal.SIGINT)
        code, told, complaints = check.ended()

    assert code == 130, complaints
    assert not is_running(child)
    assert "Traceback" not in told + complaints


@needs_proc
def test_killed_it_leaves_no_child_that_goes_on_asking(pulse: Served) -> None:
    with checking(pulse, *MAKING) as check:
        until(lambda: len(made(pulse, "schemathesis")) > 2)
        (child,) = children(check.process.pid)
        check.process.kill()

    until(lambda: not is_running(child))
