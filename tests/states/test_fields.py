"""How a world's state is written: every field, whatever it holds, comes back as it was."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from mockserver.states.fields import FIELDS
from mockserver.states.shapes import ANYTHING, Misfit, shape
from mockserver.world.ordered import Ordered
from mockserver.world.world import Snapshot, World


def test_each_field_of_a_snapshot_has_its_way_into_a_file() -> None:
    """Who gives a world more state, says here how it is written: see the head of states/fields.py."""
    assert set(FIELDS) == set(Snapshot._fields)


def test_what_a_snapshot_holds_is_what_a_world_holds() -> None:
    world = World(1, {})
    restored = World(2, {})
    restored.restore(world.snapshot())
    assert restored.snapshot() == world.snapshot()


PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
NAMES = st.text(max_size=4) | st.sampled_from(["$tuple", "$map", "$object", "$bytes"])
VALUES = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(NAMES, inner, max_size=4)
        | st.dictionaries(NAMES | st.tuples(NAMES, st.integers()), inner, max_size=4).map(Map)
    ),
    max_leaves=20,
)


@given(VALUES)
def test_any_value_comes_back(value: Any) -> None:
    assert ANYTHING.read(json.loads(json.dumps(ANYTHING.write(value)))) == value


class Rule(NamedTuple):
    name: str
    spans: tuple[tuple[int, float], ...] = ()
    chosen: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sent:
    rule: Rule
    body: bytes = b""
    headers: Map[str, str] = Map()  # noqa: RUF009 (a Map never changes)
    before: Rule | None = None
    either: Rule | str = ""
    rest: Any = None


RULES = st.builds(
    Rule,
    st.text(),
    st.lists(st.tuples(st.integers(), st.floats(allow_nan=False)), max_size=3).map(tuple),
    st.frozensets(st.text(max_size=3), max_size=3),
)
SENT = st.builds(
    Sent, RULES, st.binary(), st.dictionaries(st.text(max_size=3), st.text(), max_size=3).map(Map), st.none() | RULES,
    RULES | st.text(), VALUES,
)  # fmt: skip


@given(st.lists(SENT, max_size=3).map(tuple))
def test_records_come_back_as_their_types_say(value: tuple[Sent, ...]) -> None:
    way = shape(tuple[Sent, ...])
    told = json.loads(json.dumps(way.write(value)))
    assert way.read(told) == value
    assert way.write(way.read(told)) == told


def test_a_sorted_sequence_comes_back() -> None:
    way = shape(Ordered)
    items = Ordered.of(sorted((number % 7, number) for number in range(300))).add((3, 1_000))
    assert list(way.read(json.loads(json.dumps(way.write(items)))).upward()) == list(items.upward())


@pytest.mark.parametrize(
    ("told", "where"),
    [
        ({}, ""),
        ([], ""),
        ({"name": 7}, "/name"),
        ({"name": "x", "span": []}, "/span"),
        ({"name": "x", "spans": [[1, 1], [1]]}, "/spans/1"),
        ({"name": "x", "spans": [["1", 1]]}, "/spans/0/0"),
        ({"name": "x", "spans": [[True, 1]]}, "/spans/0/0"),
    ],
)
def test_what_does_not_fit_is_told_where(told: Any, where: str) -> None:
    with pytest.raises(Misfit) as caught:
        shape(Rule).read(told)
    assert caught.value.where == where


def test_a_type_without_a_shape_is_told_at_once() -> None:
    with pytest.raises(TypeError, match=r"states/fields.py"):
        shape(object.__class__)
