"""Deterministic numbers: everything follows from a seed and the labels of what the number is for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")
MASK = (1 << 64) - 1


def number(seed: int, *labels: str | int, bits: int = 64) -> int:
    """A number of so many bits (at most 512) for a purpose; the same on every machine and in every process."""
    text = "\x1f".join(map(str, (seed, *labels))).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=(bits + 7) // 8).digest(), "big") >> -bits % 8


def mixed(value: int) -> int:
    """64 well-mixed bits from a number (the finalizer of splitmix64; Steele, Lea, Flood 2014). About 0.3 µs."""
    value = (value + 0x9E3779B97F4A7C15) & MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & MASK
    return value ^ (value >> 31)


class Dice:
    """A stream of numbers from a state of 64 bits; its children are streams of their own, whatever was drawn before."""

    __slots__ = ("_drawn", "state")

    def __init__(self, state: int) -> None:
        self.state = state & MASK
        self._drawn = 0

    def child(self, label: str | int) -> Dice:
        """The stream for a part, such as a field of a record. Depends on the label alone, not on the order of calls."""
        return Dice(mixed(self.state ^ label) if isinstance(label, int) else number(self.state, label))

    def draw(self) -> int:
        """The next 64 bits."""
        self._drawn += 1
        return mixed(self.state + self._drawn * 0xD1342543DE82EF95)

    def below(self, limit: int) -> int:
        """A whole number from 0 to `limit` - 1."""
        return self.draw() % limit if limit <= MASK else number(self.draw(), bits=512) % limit

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def fraction(self) -> float:
        """A number from 0 up to but not including 1."""
        return (self.draw() >> 11) / (1 << 53)

    def chance(self, probability: float) -> bool:
        """True as often as `probability` (0 to 1) says."""
        return self.fraction() < probability

    def pick(self, choices: Sequence[T]) -> T:
        """One of the choices, each as often as the others."""
        return choices[self.draw() % len(choices)]

    def weighted(self, choices: Mapping[T, float]) -> T:
        """One of the choices, as often as its weight says."""
        mark = self.fraction() * sum(choices.values())
        for choice, weight in choices.items():
            mark -= weight
            if mark < 0:
                return choice
        return next(choice for choice in reversed(list(choices)) if choices[choice] > 0)

    def some(self, choices: Sequence[T], count: int) -> list[T]:
        """So many different ones of the choices, in no particular order."""
        left = list(choices)
        return [left.pop(self.below(len(left))) for _ in range(min(count, len(left)))]


class Shuffle:
    """A keyed permutation of 0 … size-1 without a table: an alternating Feistel network over rows and columns.

    `size` is `rows * columns`; four rounds, about 2 µs each way for halves of up to 64 bits.
    """

    __slots__ = ("_keys", "_wide", "columns", "rows", "size")

    def __init__(self, rows: int, columns: int, seed: int, *labels: str | int) -> None:
        self.rows, self.columns, self.size = rows, columns, rows * columns
        self._keys = tuple(number(seed, *labels, turn) for turn in range(4))
        self._wide = max(rows, columns) > MASK

    def forth(self, value: int) -> int:
        """Where a number goes."""
        row, column = divmod(value, self.columns)
        a, b, c, d = self._keys
        if not self._wide:  # the same as below, in fewer calls
            row = (row + mixed(column ^ a)) % self.rows
            column = (column + mixed(row ^ b)) % self.columns
            row = (row + mixed(column ^ c)) % self.rows
            return row * self.columns + (column + mixed(row ^ d)) % self.columns
        row = (row + self._round(column, a)) % self.rows
        column = (column + self._round(row, b)) % self.columns
        row = (row + self._round(column, c)) % self.rows
        column = (column + self._round(row, d)) % self.columns
        return row * self.columns + column

    def back(self, value: int) -> int:
        """Where a number came from."""
        row, column = divmod(value, self.columns)
        a, b, c, d = self._keys
        column = (column - self._round(row, d)) % self.columns
        row = (row - self._round(column, c)) % self.rows
        column = (column - self._round(row, b)) % self.columns
        row = (row - self._round(column, a)) % self.rows
        return row * self.columns + column

    def _round(self, half: int, key: int) -> int:
        return number(key, half, bits=512) if self._wide else mixed(half ^ key)
