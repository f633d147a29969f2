"""Fields whose values come again every so many generated records: what lists filter by needs no look at each record."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

Json = Any
PERIOD = 256  # records; of fewer, each has values of its own
_PLAIN = {"value", "one-of", "weights", "between", "step", "maybe", "by", "cases"}


def recurring(wanted: Collection[str], fake: Mapping[str, Mapping[str, Json]]) -> frozenset[str]:
    """Which fields recur: those that are wanted, with those that decide about them.

    A field that follows from a time, a text or another record stays each record's own.
    """
    found = set[str]()
    for name in wanted:
        fields = set(_with_deciding(name, fake, 0))
        found |= fields if "" not in fields else set()
    return frozenset(found)


def _with_deciding(name: str, fake: Mapping[str, Mapping[str, Json]], depth: int) -> Iterator[str]:
    """A field and those that its fixture's words look at; an empty name for what can't recur."""
    yield name
    for words in _all(fake.get(name) or {}):
        decider = words.get("by", "")
        if words.keys() - _PLAIN or "." in decider or depth > 8:
            yield ""
        elif decider:
            yield from _with_deciding(decider, fake, depth + 1)


def _all(words: Mapping[str, Json]) -> Iterator[Mapping[str, Json]]:
    yield words
    for case in (words.get("cases") or {}).values():
        yield from _all(case)
