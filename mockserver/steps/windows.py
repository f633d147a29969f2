"""How rate limits count: fixed and sliding windows, token buckets, requests at the same time; pure functions.

Times are milliseconds; `cost` is how many requests one call counts as.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from mockserver.spec.model import Json
from mockserver.world import times


@dataclass(frozen=True, slots=True)
class Window:
    """At most `requests` in `per`, counted for each caller, or for what else `by` says."""

    requests: int
    per: int
    kind: str = "fixed"
    by: tuple[str, ...] = ("key",)
    name: str = ""
    aligned: bool = False  # whether it begins at whole multiples of `per` since midnight in UTC
    burst: int = 0  # of a bucket: the most that it holds
    hold: int = 0  # of `concurrent`: how long a call takes that nothing delays


class Kind(NamedTuple):
    """One way to count. A state is any value that never changes; None before the first call."""

    at: Callable[[Window, Any, int], Any]  # (window, state, now): the state as it stands now
    wait: Callable[[Window, Any, int, int], int]  # (…, cost): until one more call would pass; 0 when it passes now
    counted: Callable[[Window, Any, int, int, int], Any]  # (…, cost, milliseconds that the call takes)
    used: Callable[[Window, Any], int]
    ends: Callable[[Window, Any, int], int]  # when everything, or the whole window, is there again


def read(words: Mapping[str, Json], at: int = 0) -> Window:
    """A window from its words (`window` in spec/x-mock.yaml), the number `at` in its list."""
    kind, requests = words.get("kind", "fixed"), words["requests"]
    by = words.get("by", "key")
    return Window(
        requests, times.duration(words["per"]) if "per" in words else times.SECOND, kind,
        (by,) if isinstance(by, str) else tuple(by), words.get("name") or ("default" if at == 0 else f"window{at + 1}"),
        bool(words.get("aligned")), words.get("burst", requests), times.duration(words.get("hold", "PT0S")),
    )  # fmt: skip


def told(window: Window, state: Any, now: int) -> dict[str, Any]:
    """What a window has to say of itself: the plain part of `$limit` in spec/x-mock.yaml."""
    kind = KINDS[window.kind]
    state = kind.at(window, state, now)
    limit = window.burst if window.kind == "bucket" else window.requests
    used, end = kind.used(window, state), kind.ends(window, state, now)
    return {
        "limit": limit, "remaining": max(0, limit - used),
        "reset": -(-end // times.SECOND),  # Unix seconds, rounded up, so that the promise is true
        "retry-after": -(-kind.wait(window, state, now, 1) // times.SECOND),
    }  # fmt: skip


PLAIN = frozenset({"limit", "remaining", "reset", "retry-after"})


def whole(plain: Mapping[str, Any], now: int) -> dict[str, Any]:
    """What a window has to say of itself, all of it."""
    return {
        **plain, "used": plain["limit"] - plain["remaining"],
        "reset-after": max(0, plain["reset"] - now // times.SECOND), "reset-date": times.text(plain["reset"] * 1_000),
    }  # fmt: skip


def policy(window: Window) -> str:
    """An item of RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers-10, section 3)."""
    unit = ';qu="concurrent-requests"' if window.kind == "concurrent" else f";w={max(1, window.per // times.SECOND)}"
    return f'"{window.name}";q={window.burst if window.kind == "bucket" else window.requests}{unit}'


def service(window: Window, known: Mapping[str, Any]) -> str:
    """An item of RateLimit (the same, section 4)."""
    return f'"{window.name}";r={known["remaining"]};t={known["reset-after"]}'


def _fixed_at(window: Window, state: Any, now: int) -> Any:
    if state is None or not state[0] <= now < state[0] + window.per:
        return (now - now % window.per if window.aligned else now, 0)
    return state


def _fixed_wait(window: Window, state: Any, now: int, cost: int) -> int:
    return 0 if state[1] + cost <= window.requests else int(state[0] + window.per - now)


def _sliding_at(window: Window, state: Any, now: int) -> Any:
    return tuple(time for time in state or () if now - window.per < time <= now)


def _sliding_wait(window: Window, state: Any, now: int, cost: int) -> int:
    over = len(state) + cost - window.requests - 1
    return 0 if over < 0 else int(state[min(over, len(state) - 1)] + window.per - now) if state else window.per


def _sliding_end(window: Window, state: Any, now: int) -> int:
    return int((state[0] if state else now) + window.per)


def _bucket_at(window: Window, state: Any, now: int) -> Any:
    """A bucket as (level, time), its level in tokens times `per`, so that it fills by whole numbers."""
    full = window.burst * window.per
    if state is None or state[1] > now:
        return full, now
    return min(full, state[0] + (now - state[1]) * window.requests), now


def _bucket_wait(window: Window, state: Any, now: int, cost: int) -> int:
    missing = min(cost, window.burst) * window.per - state[0]
    return max(0, int(-(-missing // window.requests)))


def _bucket_end(window: Window, state: Any, now: int) -> int:
    return int(now + -(-(window.burst * window.per - state[0]) // window.requests))


def _concurrent_at(window: Window, state: Any, now: int) -> Any:
    return tuple(end for end in state or () if end > now)


KINDS: Mapping[str, Kind] = {
    "fixed": Kind(
        _fixed_at, _fixed_wait, lambda window, state, now, cost, takes: (state[0], state[1] + cost),
        lambda window, state: int(state[1]), lambda window, state, now: int(state[0] + window.per),
    ),
    "sliding": Kind(
        _sliding_at, _sliding_wait,
        lambda window, state, now, cost, takes: (*state, *(now for _ in range(cost)))[-window.requests - 1 :],
        lambda window, state: len(state), _sliding_end,
    ),
    "bucket": Kind(
        _bucket_at, _bucket_wait,
        lambda window, state, now, cost, takes: (max(0, state[0] - cost * window.per), now),
        lambda window, state: window.burst - state[0] // window.per, _bucket_end,
    ),
    "concurrent": Kind(
        _concurrent_at,
        lambda window, state, now, cost: 0 if len(state) < window.requests else int(min(state) - now),
        lambda window, state, now, cost, takes: (*state, now + takes)[-window.requests - 1 :] if takes else state,
        lambda window, state: len(state), lambda window, state, now: int(max(state, default=now)),
    ),
}  # fmt: skip
