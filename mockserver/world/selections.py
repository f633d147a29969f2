"""The records of a table that pass some tests, kept in order while records come and go: what lists usually hold.

A selection is made when it is first asked for, and then changes with its table, at the cost of its tests for each
record that changes. So a list with a filter that is always on counts its records, and finds a page, without a scan.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mockserver.world.source import Record, Source

Test = Callable[[Record], bool]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a selection holds: the records that pass the tests, which look at the fields alone."""

    label: tuple[Any, ...]  # the same for the same tests
    fields: tuple[str, ...]
    tests: tuple[Test, ...]

    def has(self, record: Record) -> bool:
        """Whether a record belongs to it."""
        return all(test(record) for test in self.tests)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Of a resource's generated records those that pass: their places in each period."""

    period: int
    places: Sequence[int]  # rising, each below `period`
    count: int

    def ordinal(self, index: int) -> int:
        """Which generated record is the `index`-th that passes."""
        turn, place = divmod(index, len(self.places))
        return turn * self.period + self.places[place]

    def index(self, ordinal: int) -> int | None:
        """The other way round; None for a record that doesn't pass."""
        turn, place = divmod(ordinal, self.period)
        at = bisect_left(self.places, place)
        found = at < len(self.places) and self.places[at] == place
        return turn * len(self.places) + at if found else None


def chosen(source: Source | None, wanted: Wanted) -> Chosen | None:
    """The generated records that pass; None where only looking at each of them would tell."""
    count = source.count if source else 0
    if source is None or not count:
        return Chosen(1, (), 0)
    period = source.period(wanted.fields)
    if not period:
        return None
    first = [source.record(ordinal) for ordinal in range(period)]
    if period < count and any(
        record.get(name) != source.plain(ordinal).get(name)
        for ordinal, record in enumerate(first) for name in wanted.fields
    ):  # fmt: skip
        return None  # a schema that is hard to meet made a record otherwise than it was planned
    places = [ordinal for ordinal, record in enumerate(first) if wanted.has(record)]
    turns, rest = divmod(count, period)
    return Chosen(period, places, turns * len(places) + bisect_left(places, rest))
