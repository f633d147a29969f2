"""Rate limits: how many requests pass (429 for the others), and the headers that tell of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockserver.spec.model import Json
from mockserver.steps.call import Call, Guard, Problem
from mockserver.steps.values import Names, compile_fields
from mockserver.steps.windows import KINDS, PLAIN, Window, policy, read, service, told, whole
from mockserver.world import times

Headers = Callable[[Call], tuple[tuple[str, str], ...]]
Scope = Callable[[Call], Any]
WAIT = 60_000  # milliseconds that a refused caller is told to wait where nothing says how long


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of an API, ready to count and to tell."""

    guard: Guard  # of what no operation says more of
    headers: Headers
    exhausted: Callable[[Call], Problem | None]  # the refusal of a call as if the limit were used up
    guard_of: Callable[[int, Sequence[Window]], Guard]  # of an operation: its cost, and its own windows
    names: frozenset[str] = frozenset()  # of the headers, in lower case


def compile_limits(
    words: Mapping[str, Json], api: str, names: Names, enforced: bool = True
) -> Limits:  # fmt: skip
    """The limits of an API. Unless `enforced`, they count and tell, but never refuse."""
    default = windows(words.get("windows") or ())
    tiers = {tier: windows(given) for tier, given in (words.get("tiers") or {}).items()}
    headers = compile_fields(words["headers"], names) if words.get("headers") else None
    plain = all(value in _PLAIN for value in (words.get("headers") or {}).values() if str(value).startswith("$limit"))
    enforced = enforced and words.get("mode") != "warn"
    write = _date if words.get("retry-after") == "date" else _seconds

    def windows_of(call: Call) -> Sequence[Window]:
        return tiers.get(str(call.key.get("tier")), default) if tiers else default

    def guard_of(cost: int, own: Sequence[Window]) -> Guard:
        def guard(call: Call) -> Problem | None:
            found = windows_of(call)
            problem = _counted(call, found, api, cost, enforced, write) if found else None
            if own and problem is None:
                return _counted(call, own, f"{api} {call.request.method} {call.template}", cost, enforced, write)
            return problem

        return guard

    def tell(call: Call) -> tuple[tuple[str, str], ...]:
        if headers is None:
            return ()
        found, name = call.values.get("windows") or (windows_of(call), api)
        if not found:
            return ()
        call.values["limit"] = _plain(call, found[0], name, 0) if plain else _whole(call, found, name)
        return tuple((name, str(value)) for name, value in headers(call).items())

    def exhausted(call: Call) -> Problem | None:
        found = windows_of(call)
        return _used_up(call, found, api, write) if found and call.key else None

    shown = frozenset(name.lower() for name in words.get("headers") or {})
    return Limits(guard_of(1, ()), tell, exhausted, guard_of, shown)


def besides(call: Call, others: Sequence[Window], name: str) -> Problem | None:
    """Counts a call in windows that hold besides the API's own; it is these that headers then tell of."""
    call.values["windows"] = others, name
    return _counted(call, others, name, 1, True, _seconds)


def windows(words: Any) -> tuple[Window, ...]:
    """Windows from their words."""
    return tuple(read(one, at) for at, one in enumerate(words))


def _counted(
    call: Call, found: Sequence[Window], name: str, cost: int, enforced: bool, write: Callable[[Call, int], str]
) -> Problem | None:  # fmt: skip
    """Counts a call in each window that applies to it; refuses it, uncounted, where one is full."""
    counters, now, key = call.world.counters, call.now, call.key
    states, worst, longest = [], None, 0
    for at, window in enumerate(found):
        if window.by == KEY:
            if not key:
                continue
            label = ("limit", name, key["secret"], at)
        elif (scope := _scope(window, call)) is None:
            continue
        else:
            label = ("limit", name, scope, at)
        kind = KINDS[window.kind]
        state = kind.at(window, counters.get(label), now)
        wait = kind.wait(window, state, now, cost)
        if wait > longest:
            longest, worst = wait, window
        states.append((label, window, kind, state))
    if worst is not None:
        if enforced:
            return _problem(call, worst, longest, write)
        over = ("over", call.request.api, str(key.get("secret", "")))
        counters = counters.set(over, counters.get(over, 0) + 1)
    for label, window, kind, state in states:
        takes = call.values.get("takes", window.hold) if window.kind == "concurrent" else 0
        counters = counters.set(label, kind.counted(window, state, now, cost, takes))
    call.world.counters = counters
    return None


KEY = ("key",)
_PLAIN = frozenset(f"$limit.{name}" for name in PLAIN)
SCOPES: Mapping[str, Scope] = {
    "key": lambda call: call.key.get("secret"),
    "tier": lambda call: call.key.get("tier", "") if call.key else None,
    "operation": lambda call: f"{call.request.method} {call.template}",
    "world": lambda call: "",
}


def _scope(window: Window, call: Call) -> Any:
    """What a window counts a call with; None when it isn't about this call."""
    parts = tuple(SCOPES[one](call) for one in window.by)
    return None if None in parts else parts


def _problem(call: Call, worst: Window, wait: int, write: Callable[[Call, int], str]) -> Problem:
    seconds = max(1, -(-wait // times.SECOND))
    much = f"{worst.requests} requests"
    detail = f"more than {much} at the same time" if worst.kind == "concurrent" else (
        f"more than {much} in {-(-worst.per // times.SECOND)} s")  # fmt: skip
    retry = (("Retry-After", write(call, seconds)),)
    return Problem("rate-limited", f"{detail}; retry after {seconds} s", headers=retry, step="limits")


def _seconds(call: Call, seconds: int) -> str:
    return str(seconds)


def _date(call: Call, seconds: int) -> str:
    """An HTTP date (RFC 9110, section 5.6.7)."""
    return times.http_date(call.now + seconds * times.SECOND)


def _label(call: Call, window: Window, name: str, at: int) -> Any:
    return "limit", name, call.key.get("secret") if window.by == KEY else _scope(window, call), at


def _plain(call: Call, window: Window, name: str, at: int) -> dict[str, Any]:
    """The numbers of one window; those of a full one where the limit is said to be used up."""
    state = call.world.counters.get(_label(call, window, name, at))
    known = told(window, state, call.now)
    if at == 0 and (wait := call.values.get("used up")):
        known |= {"remaining": 0, "reset": -(-call.now // times.SECOND) + wait, "retry-after": wait}
    return known


def _whole(call: Call, found: Sequence[Window], name: str) -> dict[str, Any]:
    """The numbers of the first window, those of each by its name, and the fields of the IETF's draft."""
    known = {window.name: whole(_plain(call, window, name, at), call.now) for at, window in enumerate(found)}
    return {
        **known, **known[found[0].name], "policies": ", ".join(map(policy, found)),
        "services": ", ".join(service(window, known[window.name]) for window in found),
    }  # fmt: skip


def _used_up(call: Call, found: Sequence[Window], name: str, write: Callable[[Call, int], str]) -> Problem:
    """The refusal that the first window would give, were it full since now."""
    window = found[0]
    kind = KINDS[window.kind]
    state = kind.at(window, call.world.counters.get(_label(call, window, name, 0)), call.now)
    wait = max(kind.ends(window, state, call.now) - call.now, 1) if window.kind == "fixed" else min(window.per, WAIT)
    call.values["used up"] = -(-wait // times.SECOND)
    return _problem(call, window, wait, write)
