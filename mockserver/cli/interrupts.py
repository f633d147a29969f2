"""What asks a command to end, from a terminal or from a runner of jobs, alike: as Ctrl-C does."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def interruptible() -> Iterator[None]:
    """SIGTERM, and SIGHUP of a terminal that is closed, raise KeyboardInterrupt within."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    is_main = threading.current_thread() is threading.main_thread()  # others can't be told of signals
    names = [one for one in ("SIGTERM", "SIGHUP") if is_main and hasattr(signal, one)]
    before = {one: signal.getsignal(getattr(signal, one)) for one in names}
    for one in names:
        if before[one] != signal.SIG_IGN:  # as nohup asks
            signal.signal(getattr(signal, one), interrupt)
    try:
        yield
    finally:
        for one in names:
            signal.signal(getattr(signal, one), before[one])
