"""Servers under measurement: each a process of its own on the same core, all with the same uvicorn settings."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import ask

SERVER_CORE = 0
DEADLINE = 60  # seconds until a server has to answer
UVICORN = ("--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning")


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; `ready` is the seconds from its command to its first answer."""

    port: int
    pid: int
    ready: float


def by_uvicorn(module: str) -> tuple[str, ...]:
    """The command for an app of ours here."""
    return ("-m", "uvicorn", f"{module}:app", *UVICORN)


def by_mock(*arguments: str) -> tuple[str, ...]:
    """The command for the mock."""
    return ("-m", "mockserver", "serve", *arguments, "--seed", "1", "--log-level", "warning")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def first_answer(process: subprocess.Popen[bytes], port: int, path: str) -> float:
    """Waits for a 200 on `path`; the moment it came. Raises RuntimeError when the server ends or takes too long."""
    deadline = time.perf_counter() + DEADLINE
    while time.perf_counter() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}: {' '.join(map(str, process.args))}")  # type: ignore[arg-type]
        try:
            if ask(port, "GET", path)[0] == 200:
                return time.perf_counter()
        except OSError:
            time.sleep(0.002)
    raise RuntimeError(f"no answer within {DEADLINE} s")


@contextmanager
def running(command: tuple[str, ...], path: str, pinned: bool = True) -> Iterator[Server]:
    """A server from its command to its end; it has answered `path` with 200 when the block begins."""
    port = free_port()
    pin = ("taskset", "-c", str(SERVER_CORE)) if pinned else ()
    started = time.perf_counter()
    process = subprocess.Popen([*pin, sys.executable, *command, "--port", str(port)], stdout=subprocess.DEVNULL)
    try:
        yield Server(port, process.pid, first_answer(process, port, path) - started)
    finally:
        process.terminate()
        process.wait(timeout=20)


def resident(pid: int) -> float:
    """MiB of memory that a process holds now (VmRSS)."""
    status = Path(f"/proc/{pid}/status").read_text()
    kib = next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]
    return int(kib) / 1024
