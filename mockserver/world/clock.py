"""The world's clock: real time, shifted, sped up or stopped."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mockserver.world import times


@dataclass(frozen=True, slots=True)
class Clock:
    """Shows `shown` when real time is `real`, and from there goes on `speed` times as fast, unless it is `frozen`."""

    real: int = 0
    shown: int = 0
    speed: float = 1
    frozen: bool = False

    def read(self, now: int) -> int:
        """The world's time when real time is `now`; both in milliseconds since 1970 UTC."""
        if self.frozen:
            return self.shown
        passed = now - self.real
        return self.shown + (passed if self.speed == 1 else int(passed * self.speed))

    def when(self, at: int) -> int | None:
        """The real time at which this clock will show `at`, the inverse of `read`; None when it never will."""
        return None if self.frozen else self.real + -int(-(at - self.shown) // self.speed)

    def advanced(self, by: int) -> Clock:
        """This clock put forward; a clock that stands still stands later."""
        return replace(self, shown=self.shown + by)

    def stopped(self, at: int) -> Clock:
        """This clock standing still at `at`."""
        return replace(self, shown=at, frozen=True)

    def resumed(self, now: int) -> Clock:
        """This clock going on from where it stands."""
        return replace(self, real=now, shown=self.read(now), frozen=False)

    def at_speed(self, speed: float, now: int) -> Clock:
        """This clock going on from where it stands, so many times as fast as real time."""
        return Clock(now, self.read(now), speed)

    def showing(self, at: int, now: int) -> Clock:
        """This clock set to `at`, standing still or going on from there as before."""
        return replace(self, real=now, shown=at)

    def can_show(self, time: int) -> bool:
        """Whether a time can be written: the years 1 to 9999."""
        return times.EARLIEST <= time <= times.LATEST
