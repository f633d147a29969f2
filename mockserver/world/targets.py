"""Records that others refer to: which of them a new record names, and what they hold."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from mockserver.world import times
from mockserver.world.scenes import Scene
from mockserver.world.source import Key, Record, Source


@dataclass(frozen=True, slots=True)
class Target:
    """Records that others may refer to: those named in fixtures, and the generated ones."""

    source: Source | None
    named: Sequence[Record] = ()
    key: str = "id"
    born: str | None = None  # the field with the time that a record was made at


def chosen(target: Target, scene: Scene, wanted: int) -> list[Key]:
    """Different keys of records that were there before the scene's own one, as far as there are."""
    named = [one for one in target.named if (times.parse(one.get(target.born or "")) or 0) <= scene.time]
    source = target.source
    others = range(source.count if source else 0)
    if source:  # times fall with ordinals: from here on, all were there
        there = bisect_left(others, -scene.time, key=lambda ordinal: -source.time(ordinal))
        others = others[there:] if named or there < len(others) else others[-wanted:]
    named = named if named or others else list(target.named)
    size, found = len(named) + len(others), list[Key]()
    for _ in range(wanted * 4 + 4 if size else 0):
        n = scene.dice.below(size)
        key = named[n][target.key] if n < len(named) or not source else source.key(others[n - len(named)])
        if key not in found:
            found.append(key)
        if len(found) >= min(wanted, size):
            break
    return found


def looked_up(target: Target, key: Key) -> Record | None:
    """The record with this key; None when there is none."""
    named = next((one for one in target.named if one.get(target.key) == key), None)
    if named is not None or target.source is None:
        return named
    ordinal = target.source.ordinal(key)
    return None if ordinal is None else target.source.record(ordinal)


def glimpsed(target: Target, key: Key) -> Record:
    """The plain fields of a record, as others show it; empty when there is none."""
    named = next((one for one in target.named if one.get(target.key) == key), None)
    if named is not None or target.source is None:
        return named or {}
    ordinal = target.source.ordinal(key)
    return {} if ordinal is None else target.source.plain(ordinal)
