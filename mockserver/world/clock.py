"""The world's clock: real time, shifted or stopped."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mockserver.world import times


@dataclass(frozen=True, slots=True)
class Clock:
    """`offset` milliseconds are added to real time, unless the clock stands still at `frozen`."""

    offset: int = 0
    frozen: int | None = None

    def read(self, now: int) -> int:
        """The world's time when real time is `now`; both in milliseconds since 1970 UTC."""
        return now + self.offset if self.frozen is None else self.frozen

    def advanced(self, by: int) -> Clock:
        """This clock put forward; a clock that stands still stands later."""
        if self.frozen is None:
            return replace(self, offset=self.offset + by)
        return replace(self, frozen=self.frozen + by)

    def stopped(self, at: int) -> Clock:
        """This clock standing still at `at`."""
        return replace(self, frozen=at)

    def resumed(self, now: int) -> Clock:
        """This clock going on from where it stands."""
        return self if self.frozen is None else Clock(offset=self.frozen - now)

    def can_show(self, time: int) -> bool:
        """Whether a time can be written: the years 1 to 9999."""
        return times.EARLIEST <= time <= times.LATEST
