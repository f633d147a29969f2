"""Where a resource's first records come from: made when they are looked at, never stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

Key = str | int
Record = Mapping[str, Any]
HIDDEN = "~"  # begins the names of fields that no schema has and no answer shows


class Source(Protocol):
    """A numbered supply of records that cost nothing until one is looked at.

    Everything follows from (seed, resource, ordinal) alone. Ordinal 0 is the newest record: `time` falls strictly with
    the ordinal, and the record's order field (`created_at`, say) holds exactly that time.
    """

    count: int

    def key(self, ordinal: int) -> Key:
        """The key of record `ordinal`."""
        ...

    def ordinal(self, key: Key) -> int | None:
        """The ordinal of the record with this key; None when there is none."""
        ...

    def record(self, ordinal: int) -> Record:
        """The record itself, its key among its fields."""
        ...

    def plain(self, ordinal: int) -> Record:
        """The record's plain fields, without other records that it shows."""
        ...

    def holder(self, field: str, value: str) -> int | None:
        """The ordinal of the record whose unique `field` holds `value`, in any case; None when there is none."""
        ...

    def period(self, fields: Sequence[str]) -> int:
        """After how many records the values of these fields come again; 0 where they don't. Never more than `count`."""
        ...

    def time(self, ordinal: int) -> int:
        """When record `ordinal` was made: milliseconds since 1970 UTC, strictly falling as the ordinal rises."""
        ...

    def new_key(self, sequence: int) -> Key:
        """The key for the `sequence`-th (from 0) record that is made at run time; never that of a generated record."""
        ...
