"""A sorted sequence that is never changed: adding and removing give a new one that shares nearly everything."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from typing import Any

CHUNK = 512  # items at most: a removal copies one chunk and the list of chunks
TAIL = 32  # items at most: what was added lately stands apart, so that adding copies no more than this


@dataclass(slots=True, eq=False)  # never changed, but not `frozen`: that makes making one thrice as dear
class Ordered:
    """Sorted, distinct items: chunks, and a short tail of those added lately, which may belong anywhere among them.

    `add` costs about 1 µs, whatever the size; now and then the tail is worked into the chunks.
    """

    chunks: tuple[tuple[Any, ...], ...] = ()
    lasts: tuple[Any, ...] = ()  # the last item of each chunk
    tail: tuple[Any, ...] = ()
    size: int = 0

    @classmethod
    def of(cls, items: list[Any]) -> Ordered:
        """From items that are sorted already."""
        chunks = tuple(tuple(items[start : start + CHUNK]) for start in range(0, len(items), CHUNK))
        return cls(chunks, tuple(chunk[-1] for chunk in chunks), (), len(items))

    def __len__(self) -> int:
        return self.size

    def __contains__(self, item: Any) -> bool:
        at = bisect_left(self.lasts, item)
        return _has(self.tail, item) or (at < len(self.chunks) and _has(self.chunks[at], item))

    def add(self, item: Any) -> Ordered:
        """With one more item, which must not be there yet."""
        tail = self.tail
        if not tail or tail[-1] < item:
            grown = (*tail, item)
        else:
            at = bisect_left(tail, item)
            grown = (*tail[:at], item, *tail[at:])
        if len(grown) <= TAIL:
            return Ordered(self.chunks, self.lasts, grown, self.size + 1)
        return self._worked_in(grown)

    def _worked_in(self, tail: tuple[Any, ...]) -> Ordered:
        """The tail among the chunks: behind the last one, or each item in the chunk where it belongs."""
        if not self.chunks or self.lasts[-1] < tail[0]:
            last = self.chunks[-1] if self.chunks and len(self.chunks[-1]) + len(tail) <= CHUNK else ()
            chunks = self.chunks[:-1] if last else self.chunks
            joined = (*chunks, (*last, *tail))
            return Ordered(joined, (*self.lasts[: len(chunks)], tail[-1]), (), self.size + 1)
        start = 0
        parts: list[tuple[Any, ...]] = []
        for at, chunk in enumerate(self.chunks):
            end = bisect_left(tail, self.lasts[at], start) if at < len(self.chunks) - 1 else len(tail)
            mine = tuple(merge(chunk, tail[start:end])) if end > start else chunk
            parts += [mine] if len(mine) <= CHUNK else [mine[: CHUNK // 2], mine[CHUNK // 2 :]]
            start = end
        return Ordered(tuple(parts), tuple(part[-1] for part in parts), (), self.size + 1)

    def remove(self, item: Any) -> Ordered:
        """Without an item, which must be there."""
        if _has(self.tail, item):
            at = bisect_left(self.tail, item)
            return Ordered(self.chunks, self.lasts, (*self.tail[:at], *self.tail[at + 1 :]), self.size - 1)
        at = bisect_left(self.lasts, item)
        chunk = self.chunks[at]
        inner = bisect_left(chunk, item)
        rest = (*chunk[:inner], *chunk[inner + 1 :])
        parts = (rest,) if rest else ()
        lasts = (*self.lasts[:at], *(part[-1] for part in parts), *self.lasts[at + 1 :])
        return Ordered((*self.chunks[:at], *parts, *self.chunks[at + 1 :]), lasts, self.tail, self.size - 1)

    def rank(self, item: Any) -> int:
        """How many items come before this one."""
        at = bisect_left(self.lasts, item)
        before = sum(map(len, self.chunks[:at])) + bisect_left(self.tail, item)
        return before + (bisect_left(self.chunks[at], item) if at < len(self.chunks) else 0)

    def upward(self, after: Any = None) -> Iterator[Any]:
        """The items in order, from the one behind `after` on."""
        tail = self.tail if after is None else self.tail[bisect_right(self.tail, after) :]
        return merge(self._upward(after), tail) if tail else self._upward(after)

    def _upward(self, after: Any) -> Iterator[Any]:
        start, inner = 0, 0
        if after is not None:
            start = bisect_left(self.lasts, after)
            inner = bisect_right(self.chunks[start], after) if start < len(self.chunks) else 0
        for at in range(start, len(self.chunks)):
            chunk = self.chunks[at]
            yield from chunk[inner:] if inner else chunk
            inner = 0

    def downward(self, before: Any = None) -> Iterator[Any]:
        """The items in reverse order, from the one ahead of `before` on."""
        tail = self.tail if before is None else self.tail[: bisect_left(self.tail, before)]
        return merge(reversed(tail), self._downward(before), reverse=True) if tail else self._downward(before)

    def _downward(self, before: Any) -> Iterator[Any]:
        start = len(self.chunks) - 1
        if before is not None:
            start = min(bisect_left(self.lasts, before), start)
        for at in range(start, -1, -1):
            chunk = self.chunks[at]
            if before is not None and at == start:
                chunk = chunk[: bisect_left(chunk, before)]
            yield from reversed(chunk)


def _has(items: tuple[Any, ...], item: Any) -> bool:
    at = bisect_left(items, item)
    return at < len(items) and bool(items[at] == item)
