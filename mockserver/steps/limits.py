"""Rate limits: windows counted for each key (429), and the headers that tell of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.spec.model import Json
from mockserver.steps.call import Call, Guard, Problem
from mockserver.steps.values import Names, compile_fields
from mockserver.world import times

Headers = Callable[[Call], tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Window:
    """At most `requests` in `per` milliseconds. A fixed window starts with its first request; a sliding one never."""

    requests: int
    per: int
    sliding: bool


@dataclass(frozen=True, slots=True)
class Limits:
    """The guard that counts and refuses, and the headers that every answer gets."""

    guard: Guard
    headers: Headers
    exhausted: Callable[[Call], Problem | None]  # the refusal of a call as if the limit were used up
    names: frozenset[str] = frozenset()  # of the headers, in lower case


def compile_limits(words: Mapping[str, Json], api: str, names: Names, enforced: bool = True) -> Limits | None:
    """The limits of an API; None when it has none. Unless `enforced`, they count and tell, but never refuse."""
    default = _windows(words.get("windows") or ())
    tiers = {tier: _windows(windows) for tier, windows in (words.get("tiers") or {}).items()}
    if not default and not tiers:
        return None
    headers = compile_fields(words["headers"], names) if words.get("headers") else None

    def windows_of(call: Call) -> tuple[Window, ...]:
        return tiers.get(str(call.key.get("tier")), default)

    def guard(call: Call) -> Problem | None:
        windows = windows_of(call)
        if not windows or not call.key:
            return None
        counters, now, who = call.world.counters, call.now, call.key["secret"]
        states = [
            (("limit", api, who, at), _state(window, counters.get(("limit", api, who, at)), now))
            for at, window in enumerate(windows)
        ]
        waits = [_wait(window, state, now) for window, (_, state) in zip(windows, states, strict=True)]
        if enforced and (wait := max(waits)) > 0:
            seconds = str(-(-wait // times.SECOND))
            worst = windows[waits.index(wait)]
            detail = f"more than {worst.requests} requests in {worst.per // times.SECOND} s; retry after {seconds} s"
            return Problem("rate-limited", detail, headers=(("Retry-After", seconds),), step="limits")
        for window, (name, state) in zip(windows, states, strict=True):
            counters = counters.set(name, _counted(window, state, now))
        call.world.counters = counters
        return None

    def tell(call: Call) -> tuple[tuple[str, str], ...]:
        windows = windows_of(call)
        if headers is None or not windows:
            return ()
        counter = call.world.counters.get(("limit", api, call.key["secret"], 0)) if call.key else None
        call.values["limit"] = _told(windows[0], _state(windows[0], counter, call.now), call.now)
        return tuple((name, str(value)) for name, value in headers(call).items())

    return Limits(guard, tell, lambda call: None, frozenset(name.lower() for name in words.get("headers") or {}))


def _windows(words: Any) -> tuple[Window, ...]:
    return tuple(Window(one["requests"], times.duration(one["per"]), one.get("kind") == "sliding") for one in words)


def _state(window: Window, counter: Any, now: int) -> Any:
    """A counter as it stands now: (start, count) of a fixed window, the times of the requests in a sliding one."""
    if window.sliding:
        return tuple(time for time in counter or () if now - window.per < time <= now)
    if counter is None or not counter[0] <= now < counter[0] + window.per:
        return (now, 0)
    return counter


def _wait(window: Window, state: Any, now: int) -> int:
    """Milliseconds until one more request would pass; 0 when it passes now."""
    if window.sliding:
        over = len(state) - window.requests
        return 0 if over < 0 else int(state[over] + window.per - now)
    return 0 if state[1] < window.requests else int(state[0] + window.per - now)


def _counted(window: Window, state: Any, now: int) -> Any:
    if window.sliding:
        return (*state, now)[-window.requests - 1 :]
    return (state[0], state[1] + 1)


def _told(window: Window, state: Any, now: int) -> dict[str, int]:
    used = len(state) if window.sliding else state[1]
    end = (state[0] if state else now) + window.per if window.sliding else state[0] + window.per
    wait = _wait(window, state, now)
    return {
        "limit": window.requests,
        "remaining": max(0, window.requests - used),
        "reset": -(-end // times.SECOND),  # Unix seconds, rounded up, so that the promise is true
        "retry-after": -(-wait // times.SECOND),
    }
