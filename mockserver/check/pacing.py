"""How fast a check may ask: below the documented rate limit, and never before a Retry-After has passed."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

from mockserver.spec.model import Json
from mockserver.world import times

Window = tuple[int, float]  # so many requests in so many seconds
LONGEST = 120.0  # seconds that one Retry-After is waited for
SHARE = 0.9  # of a documented limit: somebody else may use the key too


@dataclass(slots=True)
class Pace:
    """Waits before a request where the windows ask for it."""

    windows: tuple[Window, ...] = ()
    sent: deque[float] = field(default_factory=deque)
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def wait(self) -> None:
        """Returns when another request may be sent."""
        if not self.windows:
            return
        now = self.clock()
        widest = max(per for _, per in self.windows)
        while self.sent and self.sent[0] <= now - widest:
            self.sent.popleft()
        waits = [self._wait(window, now) for window in self.windows]
        if max(waits) > 0:
            self.sleep(max(waits))
        self.sent.append(self.clock())

    def _wait(self, window: Window, now: float) -> float:
        """Spreads requests evenly, after a first tenth that may come at once."""
        requests, per = window
        recent = sum(1 for one in self.sent if one > now - per)
        if recent < max(1, requests // 10) or not self.sent:
            return 0.0
        even = self.sent[-1] + per / requests - now
        full = self.sent[-requests] + per - now if recent >= requests else 0.0
        return max(even, full, 0.0)


def documented(given: Mapping[str, Json]) -> tuple[Window, ...]:
    """The windows of a root x-mock, of several tiers the narrowest, with something left for others."""
    limits = given.get("limits") or {}
    tiers: list[Json] = [windows for windows in (limits.get("tiers") or {}).values() if windows]
    choices = [_windows(one) for one in ([limits["windows"]] if limits.get("windows") else tiers)]
    slowest = min(choices, key=lambda windows: min(requests / per for requests, per in windows), default=())
    return tuple((max(1, int(requests * SHARE)), per) for requests, per in slowest)


def _windows(words: Json) -> tuple[Window, ...]:
    return tuple((int(one["requests"]), times.duration(one["per"]) / times.SECOND) for one in words if "per" in one)


def retry_after(value: str | None, now: float) -> float | None:
    """The seconds that a Retry-After asks to wait (RFC 9110, 10.2.3); None when it says nothing that can be read."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, TypeError):
        return None


def rate(text: str) -> Window:
    """`300/m` as 300 requests in 60 seconds. Raises ValueError for what is no rate."""
    number, slash, unit = text.partition("/")
    units = {"s": 1.0, "m": 60.0, "h": 3600.0}
    if not (slash and number.isascii() and number.isdigit() and int(number) and unit in units):
        raise ValueError(f"{text!r} is no rate, such as 300/m, 10/s or off")
    return int(number), units[unit]


def local(host: str) -> bool:
    """Whether a host is this machine."""
    return host in ("localhost", "::1", "[::1]") or host.startswith("127.")
