"""The records of one resource: generated ones that cost nothing until they are looked at, and those that calls changed.

A table is never changed: every change gives a new table that shares nearly everything with the old one. So a snapshot,
a fork or a way back to any earlier request is one pointer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from immutables import Map

from mockserver.world import times
from mockserver.world.generated import Emptied, Generated, Item, Some
from mockserver.world.ordered import Ordered
from mockserver.world.selections import Wanted
from mockserver.world.source import Key, Record, Source

KEPT = 8  # selections of a table
PAGES = 64  # pages that a table keeps at hand


@dataclass(frozen=True, slots=True)
class Layout:
    """What a table needs to know of its resource."""

    name: str
    key: str
    order: str | None = None  # the field of the default order; by age when None
    descending: bool = False
    order_is_time: bool = False
    unique: tuple[tuple[str, bool], ...] = ()  # fields without twins, and whether case makes no difference

    def turns(self, order: str) -> bool:
        """Whether `createdAt`, or `-createdAt`, is the default order turned round."""
        return order.lstrip("-") == self.order and order.startswith("-") != self.descending


_ABSENT: Any = object()


@dataclass(slots=True, eq=False)  # never changed, but not `frozen`: that makes making one thrice as dear
class Table:
    """All records of one resource at one moment."""

    layout: Layout
    generated: Generated | Some
    # records that calls made or changed, each with its serial number; None: a generated record that was deleted
    changed: Map[Key, tuple[Record, int] | None] = field(default_factory=Map)
    order: Ordered = field(default_factory=Ordered)  # items of the changed records
    gone: Ordered = field(default_factory=Ordered)  # ordinals of generated records that `changed` overrides
    holders: Map[tuple[str, Any], Key] = field(default_factory=Map)  # unique values of the changed records
    serial: int = 0  # of the last record made
    made: int = 0  # how many new keys were handed out
    pages: dict[Any, list[tuple[Item, Record]]] | None = None  # pages that were cut, by place and size
    selections: dict[Any, tuple[Wanted, Table]] | None = None  # of these records, by label

    def __len__(self) -> int:
        return self.generated.count - len(self.gone) + len(self.order)

    def get(self, key: Key) -> Record | None:
        """The record with this key; None when there is none."""
        found = self.changed.get(key, _ABSENT)
        if found is not _ABSENT:
            return found[0] if found else None
        ordinal = self._ordinal(key)
        return None if ordinal is None else self.generated.entry(ordinal)[1]

    def place(self, key: Key) -> Item | None:
        """The place of the record with this key in the default order; None when there is no such record."""
        found = self.changed.get(key, _ABSENT)
        if found is None:
            return None
        if found is not _ABSENT:
            return self._order_value(found[0]), found[1], key
        ordinal = self._ordinal(key)
        return None if ordinal is None else self.generated.entry(ordinal)[0]

    def holder(self, name: str, value: Any) -> Key | None:
        """The key of the record whose unique field `name` holds `value`; None when there is none."""
        folded = self._fold(name, value)
        key = self.holders.get((name, folded))
        if key is not None or self.generated.source is None or not isinstance(value, str):
            return key
        ordinal = self.generated.source.holder(name, value)
        if ordinal is None:
            return None
        item, record = self.generated.entry(ordinal)
        same = self._fold(name, record.get(name)) == folded
        return item[2] if same and item[2] not in self.changed else None

    def new_key(self) -> tuple[Key, int]:
        """A key that no record has, and how many were handed out with it: `insert` wants to know."""
        made = self.made
        assert self.generated.source is not None
        while (key := self.generated.source.new_key(made)) in self.changed:
            made += 1
        return key, made + 1

    def insert(self, record: Record, made: int | None = None) -> Table:
        """With one more record, whose key must be new; with `made`, one that `new_key` gave."""
        serial, key = self.serial + 1, record[self.layout.key]
        made = self.made if made is None else made
        grown = self._put(key, record, serial, self.order, self.gone, self.holders, made)
        return grown if self.selections is None else self._selected_anew(grown, key, None, record)

    def replace(self, key: Key, record: Record, moved: bool = False) -> Table:
        """With another record in place of the one with this key; when `moved`, behind all that have its order value."""
        before = self.changed.get(key)
        if before is not None and not moved and self._same_place(before[0], record):
            made = Table(
                self.layout, self.generated, self.changed.set(key, (record, before[1])), self.order, self.gone,
                self.holders, self.serial, self.made,
            )  # fmt: skip
        else:
            order, gone, holders, serial = self._taken(key)
            made = self._put(key, record, self.serial + 1 if moved else serial, order, gone, holders, self.made)
        return made if self.selections is None else self._selected_anew(made, key, self.changed.get(key), record)

    def _same_place(self, before: Record, record: Record) -> bool:
        """Whether a record stays where it was: the same order value, the same unique values."""
        order = self.layout.order
        if order is not None and before.get(order) != record.get(order):
            return False
        same = True
        for name, _ in self.layout.unique:
            same = same and before.get(name) == record.get(name)
        return same

    def remove(self, key: Key) -> Table:
        """Without the record with this key."""
        order, gone, holders, _ = self._taken(key)
        generated = self._ordinal(key) is not None
        changed = self.changed.set(key, None) if generated else self.changed.delete(key)
        left = Table(self.layout, self.generated, changed, order, gone, holders, self.serial, self.made)
        return left if self.selections is None else self._selected_anew(left, key, self.changed.get(key), None)

    def emptied(self) -> Table:
        """Without any records, none of which is made for that; keys are handed out as before."""
        source = self.generated.source
        return Table(self.layout, Generated(Emptied(source) if source else None), serial=self.serial, made=self.made)

    def selected(self, wanted: Wanted) -> Table | None:
        """The records that a selection wants, as a table to be listed; None where only looking at each would tell."""
        if self.selections is None:
            self.selections = {}
        known = self.selections.get(wanted.label)
        if known is None:
            assert isinstance(self.generated, Generated)
            some = self.generated.some(wanted)
            if some is None:
                return None
            if len(self.selections) >= KEPT:
                self.selections.pop(next(iter(self.selections)))
            items = [item for item in self.order.upward() if wanted.has(self.changed[item[2]][0])]  # type: ignore[index]
            gone = [index for one in self.gone.upward() if (index := some.chosen.index(one)) is not None]
            table = Table(self.layout, some, self.changed, Ordered.of(items), Ordered.of(gone))
            known = self.selections[wanted.label] = wanted, table
        return known[1]

    def turned(self) -> Table:
        """The same records in the opposite order."""
        layout = replace(self.layout, descending=not self.layout.descending)
        return Table(layout, self.generated, self.changed, self.order, self.gone, self.holders)

    def _selected_anew(
        self, after: Table, key: Key, before: tuple[Record, int] | None, record: Record | None
    ) -> Table:
        """The table after a change of one record, the selections changed alike."""
        assert self.selections is not None
        # a generated record that was deleted, and whose key comes back, is counted as gone already
        ordinal = self._ordinal(key) if key not in self.changed else None
        old = (self._order_value(before[0]), before[1], key) if before else None
        new = (after._order_value(record), after.changed[key][1], key) if record is not None else None  # type: ignore[index]
        after.selections = {}
        for label, (wanted, table) in self.selections.items():
            order, gone, some = table.order, table.gone, table.generated
            if old is not None and before is not None and wanted.has(before[0]):
                order = order.remove(old)
            if ordinal is not None and isinstance(some, Some) and (index := some.chosen.index(ordinal)) is not None:
                gone = gone.add(index)
            if new is not None and record is not None and wanted.has(record):
                order = order.add(new)
            after.selections[label] = wanted, Table(self.layout, some, after.changed, order, gone)
        return after

    def placed(self, key: Key, record: Record, serial: int) -> Table:
        """With a record under a key, there already or not, that has this serial number."""
        if key not in self.changed and self._ordinal(key) is None:
            return self._put(key, record, serial, self.order, self.gone, self.holders, self.made)
        order, gone, holders, _ = self._taken(key)
        return self._put(key, record, serial, order, gone, holders, self.made)

    def numbered(self, serial: int, made: int) -> Table:
        """With other numbers for the next record and the next key."""
        return Table(
            self.layout, self.generated, self.changed, self.order, self.gone, self.holders, serial, made, self.pages
        )  # fmt: skip

    def page(self, after: Item | None, count: int) -> list[tuple[Item, Record]]:
        """At most `count` records with their places, in the default order, behind the place `after`."""
        if self.pages is None:
            self.pages = {}
        found = self.pages.get((after, count))
        if found is None:
            if len(self.pages) >= PAGES:
                self.pages.clear()
            found = self.pages[after, count] = list(islice(self.entries(after), count))
        return found

    def _ordinal(self, key: Key) -> int | None:
        return None if self.generated.source is None else self.generated.source.ordinal(key)

    def _put(
        self, key: Key, record: Record, serial: int, order: Ordered, gone: Ordered, holders: Map[tuple[str, Any], Key],
        made: int,
    ) -> Table:  # fmt: skip
        for name, _ in self.layout.unique:
            if record.get(name) is not None:
                holders = holders.set((name, self._fold(name, record[name])), key)
        item = (self._order_value(record), serial, key)
        return Table(
            self.layout, self.generated, self.changed.set(key, (record, serial)), order.add(item), gone, holders,
            max(serial, self.serial), made,
        )  # fmt: skip

    def _taken(self, key: Key) -> tuple[Ordered, Ordered, Map[tuple[str, Any], Key], int]:
        """Order, overridden ordinals and unique values without the record with this key, and its serial number."""
        found, holders = self.changed.get(key), self.holders
        if found is None:
            ordinal = self._ordinal(key)
            assert ordinal is not None
            return self.order, self.gone.add(ordinal), holders, -ordinal - 1
        record, serial = found
        for name, _ in self.layout.unique:
            value = (name, self._fold(name, record.get(name)))
            if holders.get(value) == key:
                holders = holders.delete(value)
        return self.order.remove((self._order_value(record), serial, key)), self.gone, holders, serial

    def _fold(self, name: str, value: Any) -> Any:
        return value.casefold() if isinstance(value, str) and (name, True) in self.layout.unique else value

    def _order_value(self, record: Record) -> Any:
        if self.layout.order is None:
            return 0
        value = record.get(self.layout.order)
        if self.layout.order_is_time:
            return times.moment(value) or 0
        return comparable(value)

    def entries(self, after: Item | None = None) -> Iterator[tuple[Item, Record]]:
        """Records with their places, in the default order, from the one behind the place `after` on."""
        down = self.layout.descending
        changed = self.order.downward(after) if down else self.order.upward(after)
        if not self.generated.count:
            yield from ((item, self.changed[item[2]][0]) for item in changed)  # type: ignore[index]
            return
        generated = self._generated_entries(after, down)
        mine = next(generated, None)
        for item in changed:
            while mine is not None and (mine[0] > item if down else mine[0] < item):
                yield mine
                mine = next(generated, None)
            yield item, self.changed[item[2]][0]  # type: ignore[index]
        if mine is not None:
            yield mine
            yield from generated

    def _generated_entries(self, after: Item | None, down: bool) -> Iterator[tuple[Item, Record]]:
        entry, count = self.generated.entry, self.generated.count
        start = 0 if after is None else self._first_ordinal(after, down)
        ordinals = range(start, count) if down else range(count - 1 - start, -1, -1)
        for ordinal in ordinals:
            if not self.gone or ordinal not in self.gone:
                yield entry(ordinal)

    def _first_ordinal(self, after: Item, down: bool) -> int:
        """How many generated records come before, or at, a place: found by halving, since times fall with ordinals."""
        low, high, count = 0, self.generated.count, self.generated.count
        while low < high:
            middle = (low + high) // 2
            item = self.generated.item(middle if down else count - 1 - middle)
            passed = item[:2] >= after[:2] if down else item[:2] <= after[:2]
            low, high = (middle + 1, high) if passed else (low, middle)
        return low

    def records(self) -> Iterator[Record]:
        """All records in the default order."""
        return (record for _, record in self.entries())

    def eldest(self) -> Record | None:
        """The record that was there first, whatever the order of lists; None when there is none."""
        for ordinal in range(self.generated.count):
            found = self.get(self.generated.item(ordinal)[2])
            if found is not None:
                return found
        made = [one for one in self.changed.values() if one is not None]
        return min(made, key=lambda one: one[1])[0] if made else None

    def window(self, offset: int, limit: int) -> list[Record]:
        """Records `offset` to `offset + limit` of the default order; generated records ahead of them aren't made."""
        low, high, down = 0, self.generated.count, self.layout.descending
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self._covered(middle, down) <= offset else (low, middle - 1)
        after = self._generated_item(low - 1, down) if low else None
        ahead = self._covered(low, down) if low else 0
        return [record for _, record in islice(self.entries(after), offset - ahead, offset - ahead + limit)]

    def _generated_item(self, index: int, down: bool) -> Item:
        return self.generated.item(index if down else self.generated.count - 1 - index)

    def _covered(self, passed: int, down: bool) -> int:
        """How many records come before, or are, the first `passed` generated ones."""
        item, count = self._generated_item(passed - 1, down), self.generated.count
        # a generated record that was changed stands among the changed ones, at the place that it had
        changed = len(self.order) - self.order.rank(item) if down else self.order.rank(item) + (item in self.order)
        gone = self.gone.rank(passed) if down else len(self.gone) - self.gone.rank(count - passed)
        return passed - gone + changed


def comparable(value: Any) -> tuple[int, Any]:
    """A value that sorts among values of any type: nothing, then booleans and numbers, texts, the rest."""
    if value is None:
        return (0, 0)
    if isinstance(value, bool | int | float):
        return (1, value)
    if isinstance(value, str):
        return (2, value.casefold())
    return (3, repr(value))


def table(layout: Layout, source: Source | None, named: list[Mapping[str, Any]]) -> Table:
    """A table of generated and named records. An order that isn't by age makes all records at once."""
    if source is not None and source.count and layout.order is not None and not layout.order_is_time:
        made = [source.record(ordinal) for ordinal in range(source.count - 1, -1, -1)]
        result = Table(layout, Generated(Emptied(source)))
        named = [*named, *made]
    else:
        result = Table(layout, Generated(source))
    for record in named:
        result = result.insert(record)
    return result
