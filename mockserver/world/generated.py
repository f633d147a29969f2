"""The generated records of a resource as a table sees them: those that were looked at are remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from mockserver.world.selections import Chosen, Wanted, chosen
from mockserver.world.source import Key, Record, Source

Item = tuple[Any, int, Key]
"""A record's place in the default order: its order value, a serial number (negative for generated records), its key."""

MEMO = 20_000  # records kept at hand
KEPT = 64  # selections kept at hand


@dataclass(slots=True)
class Generated:
    """The generated records of a resource, with a memory of those that were looked at. All worlds share it."""

    source: Source | None
    seen: dict[int, tuple[Item, Record]] = field(default_factory=dict)
    items: dict[int, Item] = field(default_factory=dict)
    chosen: dict[Any, Some | None] = field(default_factory=dict)  # those that pass some tests, by the tests' label

    def some(self, wanted: Wanted) -> Some | None:
        """Those that a selection wants; None where only looking at each of them would tell."""
        if wanted.label not in self.chosen:
            if len(self.chosen) >= KEPT:
                self.chosen.clear()
            found = chosen(self.source, wanted)
            self.chosen[wanted.label] = Some(self, found) if found else None
        return self.chosen[wanted.label]

    @property
    def count(self) -> int:
        return self.source.count if self.source else 0

    def item(self, ordinal: int) -> Item:
        """A record's place in the default order, for which the record isn't made."""
        found = self.items.get(ordinal)
        if found is None:
            assert self.source is not None
            if len(self.items) >= MEMO:
                self.items.clear()
            found = self.items[ordinal] = self.source.time(ordinal), -ordinal - 1, self.source.key(ordinal)
        return found

    def entry(self, ordinal: int) -> tuple[Item, Record]:
        """A record and its place in the default order."""
        found = self.seen.get(ordinal)
        if found is None:
            assert self.source is not None
            record = self.source.record(ordinal)
            item = self.item(ordinal)
            if len(self.seen) >= MEMO:
                self.seen.clear()
            found = self.seen[ordinal] = item, record
        return found


@dataclass(frozen=True, slots=True)
class Some:
    """Those of the generated records that pass some tests."""

    whole: Generated
    chosen: Chosen
    source: None = None  # what is looked up by key or unique value is looked up among all

    @property
    def count(self) -> int:
        return self.chosen.count

    def item(self, index: int) -> Item:
        """A record's place in the default order, which is the same among all."""
        return self.whole.item(self.chosen.ordinal(index))

    def entry(self, index: int) -> tuple[Item, Record]:
        """A record and its place in the default order."""
        return self.whole.entry(self.chosen.ordinal(index))


class Emptied:
    """A source whose records were all made, and stand among the changed ones."""

    count = 0

    def __init__(self, source: Source) -> None:
        self.new_key = source.new_key

    def key(self, ordinal: int) -> Key:
        raise IndexError(ordinal)

    def ordinal(self, key: Key) -> int | None:
        return None

    def record(self, ordinal: int) -> Record:
        raise IndexError(ordinal)

    def plain(self, ordinal: int) -> Record:
        raise IndexError(ordinal)

    def holder(self, field: str, value: str) -> int | None:
        return None

    def period(self, fields: Sequence[str]) -> int:
        return 0

    def time(self, ordinal: int) -> int:
        raise IndexError(ordinal)
