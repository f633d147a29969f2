"""YAML and JSON text as plain values."""

import json

import orjson
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mockserver.spec.errors import SpecError
from mockserver.spec.text import values


def read(text: str | bytes, file: str = "a.yaml") -> object:
    value, _ = values(text.encode() if isinstance(text, str) else text, file)
    return value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("y", "y"),
        ("2024-01-31", "2024-01-31"),
        ("2024-01-31T10:00:00Z", "2024-01-31T10:00:00Z"),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("null", None),
        ("", None),
        ("17", 17),
        ("-5", -5),
        ("0o17", 15),
        ("0xff", 255),
        ("1.0", 1.0),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("1.2.3", "1.2.3"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("'17'", "17"),
        ('"true"', "true"),
        ("!!str 17", "17"),
        ("!odd 17", "17"),
        ("18446744073709551616", 18446744073709551616.0),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_a_plain_scalar_means_what_yaml_1_2_says(text: str, value: object) -> None:
    found = read(f"a: {text}\n")
    assert found == {"a": value}
    assert type(found["a"]) is type(value)  # type: ignore[index]


def test_keys_are_text_as_written() -> None:
    assert read("200: ok\nno: 1\n2024-01-31: 2\n1.0: 3\n~: 4\n") == {
        "200": "ok", "no": 1, "2024-01-31": 2, "1.0": 3, "~": 4,
    }  # fmt: skip


def test_blocks_and_flows() -> None:
    text = "a: [1, {b: c}]\nd: |\n  two\n  lines\ne: >-\n  folded\n  text\nf: []\ng: {}\n"
    assert read(text) == {"a": [1, {"b": "c"}], "d": "two\nlines\n", "e": "folded text", "f": [], "g": {}}


def test_aliases_are_copies() -> None:
    found = read("a: &x {n: [1]}\nb: *x\n")
    assert found == {"a": {"n": [1]}, "b": {"n": [1]}}
    assert found["a"]["n"] is not found["b"]["n"]  # type: ignore[index]


def test_merge_keys_yield_to_own_keys() -> None:
    text = "base: &b {x: 1, y: 2}\nmore: &m {y: 3, z: 4}\none: {<<: *b, y: 9}\nmany: {<<: [*b, *m], q: 0}\n"
    found = read(text)
    assert found["one"] == {"x": 1, "y": 9}  # type: ignore[index]
    assert found["many"] == {"x": 1, "y": 2, "z": 4, "q": 0}  # type: ignore[index]


def test_aliases_of_aliases_are_bounded() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10))
    with pytest.raises(SpecError, match=r"a.yaml:\d+ .*aliases add more than 1,000,000 values"):
        read(bomb)


def test_an_alias_within_itself_is_refused() -> None:
    with pytest.raises(SpecError, match=r"a.yaml:1 .*&x"):
        read("a: &x [*x]\n")


def test_a_key_that_stands_twice_is_noted() -> None:
    value, notes = values(b"paths:\n  /a:\n    get: 1\n    get: 2\nlist:\n- {x: 1}\n- {y: 1, y: 2}\n", "a.yaml")
    assert value == {"paths": {"/a": {"get": 2}}, "list": [{"x": 1}, {"y": 2}]}
    assert [note.pointer for note in notes] == ["/paths/~1a/get", "/list/1/y"]
    assert "line 4" in notes[0].message


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (b"a: 1\nb: [1, 2\n", 3, "not YAML"),
        (b"a: 1\n\tb: 2\n", 2, "not YAML"),
        (b"a: 1\nb: \xff\n", 2, "not UTF-8"),
        (b"a: 1\n{x: 1}: 2\n", 2, "a key must be text"),
        (b"? {x: 1}\n: 2\n", 1, "a key must be text"),
        (b"a: {{x}}\n", 1, "a key must be text"),
        (b"a: *nothing\n", 1, "&nothing"),
        (b"[" * 100_000, 1, "nested more than"),
    ],
)
def test_text_that_is_no_yaml_names_the_line(text: bytes, line: int, words: str) -> None:
    with pytest.raises(SpecError) as error:
        read(text)
    assert error.value.position is not None
    assert (error.value.position.line, words in str(error.value)) == (line, True)


def test_text_that_is_no_json_names_the_line() -> None:
    with pytest.raises(SpecError, match=r"^a.json:2 .*not JSON"):
        read('{\n"a": }', "a.json")


def test_json_is_known_by_its_first_character() -> None:
    assert read(b'\xef\xbb\xbf {"a": 1e3, "b": "\\u00e9"}') == {"a": 1000.0, "b": "é"}
    assert read("{a: 1}") == {"a": 1}  # a YAML flow


def test_only_the_first_document_of_a_stream_counts() -> None:
    assert read("a: 1\n---\nb: 2\n") == {"a": 1}


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "---\n"])
def test_nothing_is_null(text: str) -> None:
    assert read(text) is None


TEXT = st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"]))
KEYS = st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"]), max_size=100)  # YAML ends at 1,024
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
)


@given(TEXT)
def test_quoted_text_is_read_back(value: str) -> None:
    assert read(yaml.safe_dump({value: value}, default_style='"')) == {value: value}


@given(VALUES)
def test_json_means_the_same_read_as_yaml(value: object) -> None:
    text = json.dumps({"a": value}, ensure_ascii=True).replace("\x7f", "\\u007f")
    assert read("# not JSON\n" + text) == orjson.loads(text)
