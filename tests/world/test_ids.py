"""Keys from templates, and templates from keys."""

import re

import pytest

from mockserver.spec.errors import SpecError
from mockserver.world.ids import codec, template_of, token

TEMPLATES = {
    "usr_{base32:8}": r"usr_[0-9A-HJKMNP-TV-Z]{8}",
    "call_{base36:6}": r"call_[0-9a-z]{6}",
    "{digits:20}": r"\d{20}",
    "{hex:24}": r"[0-9a-f]{24}",
    "{hex:64}": r"[0-9a-f]{64}",
    "{uuid}": r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
    "stage_{integer}": r"stage_\d+",
    "a{hex:4}-{base36:3}.z": r"a[0-9a-f]{4}-[0-9a-z]{3}\.z",
}


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_key_is_the_image_of_its_number(template: str) -> None:
    keys = codec(template, 1, "users", count=500)
    made = [keys.encode(n) for n in range(500)]
    assert len(set(made)) == 500
    assert all(re.fullmatch(TEMPLATES[template], str(key)) for key in made)
    assert [keys.decode(key) for key in made] == list(range(500))


@pytest.mark.parametrize("template", [*TEMPLATES, "{integer}"])
def test_a_new_key_is_never_a_seeded_one(template: str) -> None:
    keys = codec(template, 1, "users", count=500)
    new = [keys.new_key(sequence) for sequence in range(500)]
    assert len(set(new)) == 500
    assert not set(new) & {keys.encode(n) for n in range(500)}
    assert all(keys.decode(key) is None for key in new)


def test_integers_rise_towards_the_newest_and_go_on_above() -> None:
    keys = codec("{integer}", 1, "leads", count=142)
    assert [keys.encode(0), keys.encode(141), keys.new_key(0)] == [142, 1, 143]


def test_a_full_space_grows_longer_rather_than_repeating() -> None:
    keys = codec("{digits:1}", 1, "x", count=5)
    new = [keys.new_key(sequence) for sequence in range(20)]
    assert len({*new, *(keys.encode(n) for n in range(5))}) == 25


@pytest.mark.parametrize("key", ["", "usr_", "usr_1", "usr_OOOOOOOO", "usr_00000000x", 7, True, "USR_00000000"])
def test_what_is_no_key_has_no_number(key: str | int) -> None:
    assert codec("usr_{base32:8}", 1, "users").decode(key) is None


@pytest.mark.parametrize(
    "key", ["007", "\u0667", "1" * 30, "x", 0.5, "stage_007", "stage_", "stage_\u0667", "stage_" + "1" * 5000]
)
def test_an_integer_key_has_one_spelling(key: str) -> None:
    assert codec("{integer}", 1, "x", count=9).decode(key) is None
    assert codec("stage_{integer}", 1, "x", count=9).decode(key) is None


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("usr_{bas32:8}", "did you mean 'base32'"),
        ("usr_", "needs a field"),
        ("{base32}", "needs a length"),
        ("{integer}{hex:2}", "stands without"),
    ],
)
def test_a_template_that_is_none_is_refused(template: str, words: str) -> None:
    with pytest.raises(SpecError, match=words):
        codec(template, 1, "users")


def test_a_template_without_room_is_refused() -> None:
    with pytest.raises(SpecError, match="room for 500 records only"):
        codec("{digits:3}", 1, "users", count=501)


def test_a_token_follows_from_its_labels() -> None:
    assert token("req_{base32:8}", 1, "request", 7) == token("req_{base32:8}", 1, "request", 7)
    assert token("req_{base32:8}", 1, "request", 7) != token("req_{base32:8}", 1, "request", 8)
    assert isinstance(token("{integer}", 1, "x"), int)


@pytest.mark.parametrize(
    ("example", "template"),
    [
        ("usr_01HX9ABC", "usr_{base32:8}"),
        ("req_01HX9...", "req_{base32:8}"),
        ("call_abc123", "call_{base36:6}"),
        ("stage_123", "stage_{integer}"),
        ("12345678901234567890", "{digits:20}"),
        ("507f1f77bcf86cd799439011", "{hex:24}"),
        ("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "{uuid}"),
        (17, "{integer}"),
        ("Acme Inc", None),
        ("open", None),
    ],
)
def test_a_template_is_seen_in_an_example(example: str | int, template: str | None) -> None:
    assert template_of([example], None, {}) == template


@pytest.mark.parametrize(
    ("pattern", "template"),
    [
        (r"^usr_[0-9A-Z]+$", "usr_{base32:8}"),
        (r"^[0-9a-f]{24}$", "{hex:24}"),
        (r"^\d{20}$", "{digits:20}"),
        (r"^usr_", "usr_{base32:8}"),
        (r"^(a|b)$", None),
    ],
)
def test_a_template_is_seen_in_a_pattern(pattern: str, template: str | None) -> None:
    assert template_of([], pattern, {"type": "string"}) == template


def test_the_schema_may_tell() -> None:
    assert template_of([], None, {"type": "integer"}) == "{integer}"
    assert template_of([], None, {"type": "string", "format": "uuid"}) == "{uuid}"
