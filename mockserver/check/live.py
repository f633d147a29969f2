"""What a person sees while a check runs: one line that changes on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO

from mockserver.check.findings import Observer, Progress

EVERY = 10.0  # seconds between plain lines
FRAMES = 0.1  # seconds between two pictures of the live line


@contextmanager
def watching(stream: IO[str], quiet: bool = False) -> Iterator[Observer]:
    """An observer that shows progress on a stream."""
    if quiet:
        yield lambda progress: None
    elif stream.isatty() and os.environ.get("TERM", "dumb") != "dumb":
        with _on_terminal(stream) as observer:
            yield observer
    else:
        yield _Lines(lambda line: print(line, file=stream, flush=True)).see


@contextmanager
def _on_terminal(stream: IO[str]) -> Iterator[Observer]:
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, highlight=False)
    started, shown = time.monotonic(), [0.0]
    with console.status("", spinner="dots") as status:

        def see(progress: Progress) -> None:
            now = time.monotonic()
            if now - shown[0] >= FRAMES:
                shown[0] = now
                status.update(Text(line(progress, now - started), overflow="ellipsis", no_wrap=True))

        yield see


def line(progress: Progress, seconds: float) -> str:
    """`laws · pages-once · listUsers · 120 calls · 1 finding · 0.8 s`."""
    count = progress.findings
    parts = [progress.part, progress.doing, progress.operation, f"{progress.calls} calls"]
    parts += [f"{count} finding{'' if count == 1 else 's'}", f"{seconds:.1f} s"]
    return " · ".join(part for part in parts if part)


@dataclass(slots=True)
class _Lines:
    """A line for each new part and each finding, and one every few seconds between."""

    write: Callable[[str], None]
    started: float = field(default_factory=time.monotonic)
    last: float = 0.0
    part: str = ""
    findings: int = 0

    def see(self, progress: Progress) -> None:
        """Writes a line where there is something to say."""
        now = time.monotonic()
        if progress.part != self.part or progress.findings != self.findings or now - self.last > EVERY:
            self.last, self.part, self.findings = now, progress.part, progress.findings
            self.write(line(progress, now - self.started))
