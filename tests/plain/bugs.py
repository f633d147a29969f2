"""The planted bugs: each a small change of a plain server's source, such as a real team might ship."""

from __future__ import annotations

from typing import NamedTuple


class Bug(NamedTuple):
    """`changes` are replacements of source text, each of which is there exactly once."""

    name: str
    says: str
    operations: str  # which may be blamed, separated by spaces
    changes: list[tuple[str, str]]


PLANTED: dict[str, list[Bug]] = {"pulse": [], "leads": []}
