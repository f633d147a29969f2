"""A mock server of one's own: `mockserver serve` in another process, on a free port, for as long as it is needed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from mockserver.client.control import Control
from mockserver.client.mocks import Api, Mock, apis

READY = re.compile(r"^ready in .*; control API at (?P<origin>https?://\S+)/_mock$", re.MULTILINE)
READY_WITHIN = 60.0  # seconds; far above what it takes
ENDS_WITHIN = 10.0
LOOKS_EVERY = 0.01
# `python -m mockserver`, that ends as well when whoever started it has gone without a word: its stdin closes then.
RUN = """
import os, runpy, signal, sys, threading
def watch():
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)
threading.Thread(target=watch, daemon=True).start()
runpy.run_module("mockserver", run_name="__main__", alter_sys=True)
"""
MOST = 4_000  # characters that are shown of what a server complained about


class NotStarted(Exception):
    """The server didn't start; the text says why, in the server's own words."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that is ready."""

    control: Control
    apis: tuple[Api, ...]
    _process: subprocess.Popen[bytes] = field(repr=False)
    _log: Path = field(repr=False)

    @property
    def url(self) -> str:
        """Its origin, without a path."""
        return self.control.url

    def world(self, name: str) -> Mock:
        """A world of it, which begins when it is first asked something."""
        return Mock(self.control.world(name), self.apis, len(self.apis) > 1)

    def is_running(self) -> bool:
        """Whether its process is there still."""
        return self._process.poll() is None

    def complaints(self) -> str:
        """What it has written to stderr, the end of it."""
        return _text(self._log)[-MOST:]


@contextmanager
def started(arguments: Sequence[str], folder: Path | None = None) -> Iterator[Server]:
    """`mockserver serve ARGUMENTS` on a free port of this machine, ended at last. Raises NotStarted."""
    # -P: a user's yaml.py in the folder is none of ours. Files instead of pipes, which somebody would have to empty.
    command = [sys.executable, "-P", "-c", RUN, "serve", *arguments, "--host", "127.0.0.1", "--port", "0"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MOCKSERVER_")}
    with tempfile.TemporaryDirectory(prefix="mockserver-", ignore_cleanup_errors=True) as kept:
        said, log = Path(kept, "stdout"), Path(kept, "stderr")
        with said.open("wb") as stdout, log.open("wb") as stderr:
            process = subprocess.Popen(
                command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=stdout, stderr=stderr,
                start_new_session=True,  # Ctrl-C ends the tests first, which still ask it when they clear up
            )  # fmt: skip
        try:
            control = Control(_origin(process, said, log), verify=False)
            yield Server(control, apis(control), process, log)
        finally:
            _end(process)


def _origin(process: subprocess.Popen[bytes], said: Path, log: Path) -> str:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        if found := READY.search(_text(said)):
            return found["origin"]
        if process.poll() is not None:
            raise NotStarted(_text(log).strip()[-MOST:] or f"it ended with {process.returncode}")
        time.sleep(LOOKS_EVERY)
    raise NotStarted(f"it wasn't ready within {READY_WITHIN:.0f} s: {_text(log).strip()[-MOST:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdin:
        process.stdin.close()


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")
