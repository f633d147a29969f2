"""Processes that run a module as `python -m MODULE` does, forked from one that has imported what hundreds of them need.

Each has a pid, signals, environment, folder, files and exit code of its own. What Python itself fixes when it starts,
such as the hash seed, it shares with the process it was forked from; of these there are two, which take turns, and
others for those that are given such variables.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import itertools
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, NoReturn, cast

ROOT = Path(__file__).resolve().parents[1]
PRELOADED = {  # by how the names of the modules that are run begin
    "schemathesis": ("schemathesis.cli.commands.run.executor", "schemathesis.specs.openapi.schemas"),
    "": (
        "click", "urllib3", "mockserver.service", "mockserver.states.files", "mockserver.web.app",
        "mockserver.web.control", "mockserver.web.server", "mockserver.web.delivery", "mockserver.check.running",
        "mockserver.check.reports.writing", "tests.plain.start", "tests.plain.texts", "sqlite3",
    ),
}  # fmt: skip
AT_START = ("PYTHON", "LC_", "LANG")  # variables that Python reads when it starts, and never again
LENGTH = 8  # bytes that say how long a request is, and of a pid
TURN = threading.Lock()  # one request after the other


class Forked:
    """A process, as `subprocess.Popen` shows one."""

    def __init__(self, pid: int, status: int) -> None:
        self.pid, self.returncode = pid, cast(int | None, None)
        self._status = status  # a pipe: the code stands in it when the process has ended

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, negative when a signal has ended it. Raises subprocess.TimeoutExpired."""
        if self.returncode is None:
            if not select.select([self._status], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired([str(self.pid)], timeout or 0)
            self.returncode = int(os.read(self._status, 100))
            os.close(self._status)
        return self.returncode

    def poll(self) -> int | None:
        """Its exit code, None while it runs."""
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def send_signal(self, number: int) -> None:
        """Sends it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Ends it at once."""
        self.send_signal(signal.SIGKILL)

    def __enter__(self) -> Forked:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.wait()


class Request(NamedTuple):
    """What a process is to be."""

    module: str
    arguments: Sequence[str]
    folder: str
    environment: Mapping[str, str]


def forked(
    module: str, *arguments: str, stdout: int, stderr: int, stdin: int | None = None, cwd: str | Path | None = None,
    env: Mapping[str, str] | None = None,
) -> Forked:  # fmt: skip
    """Starts a module with these arguments; `stdout`, `stderr` and `stdin` are files, the last nothing by default."""
    request = Request(module, arguments, os.path.abspath(cwd or "."), dict(os.environ if env is None else env))
    fixed = {name: value for name, value in request.environment.items() if name.startswith(AT_START)}
    kind = next(kind for kind in PRELOADED if module.startswith(kind))
    data = json.dumps(request).encode()
    told, tells = os.pipe()
    with open(os.devnull) as nothing, TURN:
        control = next(_sources(os.getpid(), kind, tuple(sorted(fixed.items()))))
        files = [nothing.fileno() if stdin is None else stdin, stdout, stderr, tells]
        socket.send_fds(control, [len(data).to_bytes(LENGTH)], files)
        control.sendall(data)
    os.close(tells)
    return Forked(int(os.read(told, LENGTH)), told)


@cache
def _sources(pid: int, kind: str, fixed: tuple[tuple[str, str], ...]) -> Iterator[socket.socket]:
    """The processes that this one, `pid`, forks from, in turn; they end with it."""
    count = 1 if "PYTHONHASHSEED" in dict(fixed) else 2
    return itertools.cycle([_source(kind, dict(fixed)) for _ in range(count)])


def _source(kind: str, fixed: Mapping[str, str]) -> socket.socket:
    ours, theirs = socket.socketpair()
    others = {name: value for name, value in os.environ.items() if not name.startswith(AT_START)}
    command = [sys.executable, "-m", "tests.forking", *PRELOADED[kind]]
    with theirs:
        process = subprocess.Popen(command, stdin=theirs, cwd=ROOT, env={**others, **fixed})

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours


# In the process that is forked from --------------------------------------------------------------------------------


def _serving() -> Request | None:
    """Forks for each request; returns in the new process with it, and with None when nobody asks any more."""
    control, status = socket.socket(fileno=os.dup(0)), dict[int, int]()
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # at Ctrl-C what started us ends us
    while True:
        ready = select.select([control, reading], [], [])[0]
        if reading in ready:
            os.read(reading, 1000)
            _tell_of_ended(status)
        if control in ready:
            length, files, _, _ = socket.recv_fds(control, LENGTH, 4)
            if not length:
                return None
            data = b""
            while len(data) < int.from_bytes(length):
                data += control.recv(int.from_bytes(length) - len(data))
            if not (pid := os.fork()):
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                signal.signal(signal.SIGINT, signal.default_int_handler)  # also where what we run in ignores it
                for number, file in enumerate(files[:3]):
                    os.dup2(file, number)
                control.detach()
                os.closerange(3, max(files[-1], writing, *status.values(), 3) + 1)
                return Request(*json.loads(data))
            status[pid] = files[3]
            os.write(files[3], f"{pid:{LENGTH}}".encode())
            for file in files[:3]:
                os.close(file)


def _tell_of_ended(status: dict[int, int]) -> None:
    while status:
        pid, code = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        with open(status.pop(pid), "w") as told:
            told.write(str(os.waitstatus_to_exitcode(code)))


def _become(request: Request) -> None:
    """What the rest of this process is."""
    os.chdir(request.folder)
    os.environ.clear()
    os.environ.update(request.environment)
    time.tzset()
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream: Any = getattr(sys, name)
        number, encoding, errors = ("stdin", "stdout", "stderr").index(name), stream.encoding, stream.errors
        lines = 1 if name == "stderr" or (mode == "w" and os.isatty(number)) else -1
        setattr(sys, name, os.fdopen(number, mode, lines, encoding, errors, closefd=False))
    sys.path[0] = request.folder
    sys.argv[1:] = request.arguments
    try:
        runpy.run_module(request.module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            _end(end.code or 0)
        raise
    _end(0)


def _end(code: int) -> NoReturn:
    """Ends as Python does, but leaves out what takes longest: to take apart what was forked."""
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        if not stream.closed:
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    for preloaded in sys.argv[1:]:
        importlib.import_module(preloaded)
    gc.collect()
    gc.freeze()
    if asked := _serving():
        _become(asked)
