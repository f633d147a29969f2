"""Texts made from the patterns that real documents use."""

import re

import pytest

from mockserver.world.dice import Dice
from mockserver.world.patterns import class_of, literal_prefix, text_matching, translate

PATTERNS = [
    (r"^usr_[0-9A-Z]{8}$", 0, None),
    (r"^\+[1-9]\d{1,14}$", 0, None),
    (r"^[^\s@]+@[^\s@]+\.[^\s@]+$", 0, 254),
    (r"^(?=.*[A-Z])(?=.*\d).{8,32}$", 0, None),
    (r"^(?!invalid).+$", 5, 40),
    (r"^[\w.-]+$", 20, 24),
    (r"\d{4}-\d{2}", 0, None),
    (r"abc", 10, 12),
    (r"^(?<year>\d{4})-(?<month>0[1-9]|1[0-2])$", 0, None),
    (r"^\p{L}[\p{L}\p{N} ]*$", 3, 9),
    (r"^[\u0020-\u007e]{1,200}$", 0, 50),
    (r"^https:\/\/[a-z]+\.example(\/.*)?$", 0, None),
    (r"^#?([a-f0-9]{6}|[a-f0-9]{3})$", 0, None),
    (r"^P(?:\d+Y)?(?:\d+M)?(?:\d+D)?$", 2, None),
    (r"^[^]{3,5}$", 0, None),
    (r"^(a|b)\1$", 0, None),
    (r"^.*$", 100, 100),
    (r"^\S+$", 1, 3),
    (r"^$", 0, None),
    (r"^[A-Z]{2}([A-Z0-9]){9}[0-9]$", 12, 12),
]


@pytest.mark.parametrize(("pattern", "low", "high"), PATTERNS)
def test_a_text_matches_its_pattern_and_length(pattern: str, low: int, high: int | None) -> None:
    texts = [
        text for seed in range(20) if (text := next(text_matching(pattern, Dice(seed), low, high), None)) is not None
    ]
    assert len(texts) == 20
    for text in texts:
        assert re.search(translate(pattern), text)
        assert low <= len(text) <= (high or 1000)


def test_the_same_dice_give_the_same_text() -> None:
    assert next(text_matching("[a-z]{20}", Dice(7))) == next(text_matching("[a-z]{20}", Dice(7)))


def test_an_impossible_length_ends_without_a_text() -> None:
    assert list(text_matching("^abc$", Dice(1), 5, 9)) == []


def test_a_pattern_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="can't be read"):
        next(text_matching("([a-z", Dice(1)))


def test_a_prefix_and_a_class_are_seen() -> None:
    assert literal_prefix(r"^usr_[0-9A-Z]{8}$") == ("usr_", "[0-9A-Z]{8}")
    found = class_of("[0-9a-f]{24}")
    assert found == (frozenset("0123456789abcdef"), 24, 24)
