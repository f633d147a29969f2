"""Whether an answer is what the twins say: equal where they agree, free where they differ, times by a margin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from mockserver.check.answers import MISSING
from mockserver.spec.model import Json
from mockserver.world import times

MARGIN = 10_000  # milliseconds by which clocks, and answers that took their time, may differ
NEVER_COMPARED = frozenset({"etag", "request_id", "requestId"})


class Difference(NamedTuple):
    """Where an answer isn't what the model says."""

    where: str  # 'data.0.email'; empty for the whole
    expected: Any
    seen: Any


def difference(
    seen: Any, first: Any, second: Any, free: frozenset[str] = frozenset(), where: str = ""
) -> Difference | None:
    """The first place at which a server's value isn't that of the twins; properties named in `free` may be anything."""
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        return _of_objects(seen, first, second, free, where)
    if isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        if not isinstance(seen, list) or len(seen) != len(first):
            return Difference(where, first, seen)
        pairs = enumerate(zip(seen, first, second, strict=True))
        found = (difference(one, a, b, free, _below(where, at)) for at, (one, a, b) in pairs)
        return next((one for one in found if one is not None), None)
    if not equal(first, second):
        return None  # the document leaves it open
    return None if equal(seen, first) else Difference(where, first, seen)


def _of_objects(seen: Any, first: Json, second: Json, free: frozenset[str], where: str) -> Difference | None:
    if not isinstance(seen, Mapping):
        return Difference(where, first, seen)
    for name in first:
        if name in free or name in NEVER_COMPARED or name not in second:
            continue
        value = seen.get(name, MISSING)
        if value is MISSING:
            if first[name] is None or not equal(first[name], second[name]):
                continue
            return Difference(_below(where, name), first[name], MISSING)
        if found := difference(value, first[name], second[name], free, _below(where, name)):
            return found
    return None


def equal(one: Any, other: Any) -> bool:
    """Whether two values mean the same: numbers by value, times by their moment, give or take the margin."""
    if isinstance(one, str) and isinstance(other, str):
        if one == other:
            return True
        a, b = times.parse(one), times.parse(other)
        return a is not None and b is not None and "T" in one.upper() and "T" in other.upper() and abs(a - b) <= MARGIN
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(equal(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    return bool(one == other)


def _below(where: str, name: object) -> str:
    return f"{where}.{name}" if where else str(name)


def narrowed(found: Difference) -> Difference:
    """Of two lists that begin alike, what comes after that: the rest is what there is to see."""
    if not (isinstance(found.expected, list) and isinstance(found.seen, list)):
        return found
    pairs = enumerate(zip(found.expected, found.seen, strict=False))
    first = next((n for n, (one, other) in pairs if one != other), min(len(found.expected), len(found.seen)))
    where = f"{found.where} from number {first + 1} on" if first else found.where
    return Difference(where, found.expected[first:], found.seen[first:])
