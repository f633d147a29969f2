"""What is wrong with a document, an overlay or a fixture, and where."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a file: `pointer` is a JSON pointer (RFC 6901), `line` counts from 1."""

    file: str
    pointer: str
    line: int | None = None

    def __str__(self) -> str:
        line = f":{self.line}" if self.line else ""
        return f"{self.file}{line} at {self.pointer or '/'}"


class SpecError(Exception):
    """A mistake in what the user wrote. Its text is one line: what, where, and what would be right."""

    def __init__(self, message: str, position: Position | None = None) -> None:
        super().__init__(f"{position}: {message}" if position else message)
        self.message = message
        self.position = position


def nearest(word: str, known: object) -> str:
    """` (did you mean 'order'?)` for a misspelt word, else an empty string or the list of what is known."""
    words = sorted(map(str, known))  # type: ignore[call-overload]
    close = get_close_matches(word, words, n=1)
    if close:
        return f" (did you mean {close[0]!r}?)"
    return f" (known: {', '.join(words)})" if 0 < len(words) <= 30 else ""
