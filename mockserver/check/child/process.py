"""A process of schemathesis, and what it tells: lines that pass from it to us without lying on a disk."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

LOOK = 0.02  # seconds between two looks at what it has told
GRACE = 10.0  # seconds in which it must end when it is interrupted
ROOM = 1024 * 1024  # bytes that a pipe may hold, where that can be asked for
CHUNK = 64 * 1024  # bytes that are read at once
SHOWN = 64 * 1024  # bytes of what it printed that are kept, the last ones


@dataclass(slots=True)
class Channel:
    """What another process writes to a path. A pipe, so that nothing is stored; a file where the system has none."""

    path: Path
    file: io.FileIO = field(repr=False)
    rest: bytes = b""  # of a line that hasn't come whole

    def read(self) -> bytes:
        """All that has come since, without waiting."""
        found = b""
        while part := self.file.read(CHUNK):
            found += part
        return found

    def lines(self) -> list[bytes]:
        """The whole lines that have come since."""
        *found, self.rest = (self.rest + self.read()).split(b"\n")
        return found


def channel(path: Path) -> Channel:
    """A channel at a path where nothing is yet, that nobody else may read."""
    if hasattr(os, "mkfifo"):
        os.mkfifo(path, 0o600)
        reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        _widen(reading)
    else:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
        reading = os.open(path, os.O_RDONLY)
    return Channel(path, io.FileIO(reading))


def _widen(pipe: int) -> None:
    """Room for more than a pipe has by itself, so that who writes seldom waits; Linux only."""
    try:
        from fcntl import F_SETPIPE_SZ, fcntl

        fcntl(pipe, F_SETPIPE_SZ, ROOM)
    except (ImportError, OSError):
        pass


@dataclass(slots=True)
class Child:
    """The process with its channels: what it reports, what it made, what it prints."""

    process: subprocess.Popen[bytes]
    report: Channel
    made: Channel
    prints: Channel
    printed: bytes = b""

    def told(self) -> tuple[list[bytes], list[bytes]]:
        """The lines that have come since: what was made, and what is reported, none of which is newer."""
        reported = self.report.lines()
        self.printed = (self.printed + self.prints.read())[-SHOWN:]
        return self.made.lines(), reported

    def end(self, hear: Callable[[], None]) -> None:
        """Ends it, politely first, and hears what it has to tell meanwhile; at once when that is interrupted."""
        try:
            for signum in (signal.SIGINT, signal.SIGKILL):
                if self.process.poll() is None:
                    self.process.send_signal(signum)
                until = time.monotonic() + GRACE
                while self.process.poll() is None and time.monotonic() < until:
                    hear()
                    time.sleep(LOOK)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            hear()
            for one in (self.report, self.made, self.prints):
                one.file.close()


def started(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], report: Channel, made: Channel
) -> Child:  # fmt: skip
    """Starts it in a folder, in a session of its own: Ctrl-C is ours to pass on."""
    prints = channel(folder / "printed")
    with prints.path.open("wb") as printed:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=printed, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
    return Child(process, report, made, prints)
