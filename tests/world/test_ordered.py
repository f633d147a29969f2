"""Sorted sequences that share what they can: like a sorted list, whatever is added and removed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mockserver.world.ordered import CHUNK, TAIL, Ordered

NUMBERS = st.lists(st.integers(0, 3_000), max_size=700)


@given(NUMBERS, NUMBERS)
def test_it_is_a_sorted_list(added: list[int], removed: list[int]) -> None:
    items, model = Ordered(), set[int]()
    for number in added:
        if number not in model:
            items, model = items.add(number), model | {number}
    for number in removed:
        if number in model:
            items, model = items.remove(number), model - {number}
    expected = sorted(model)
    assert list(items.upward()) == expected
    assert list(items.downward()) == expected[::-1]
    assert len(items) == len(expected)
    for place in (*removed[:5], *added[:5]):
        assert list(items.upward(place)) == [one for one in expected if one > place]
        assert list(items.downward(place)) == [one for one in expected if one < place][::-1]
        assert items.rank(place) == sum(one < place for one in expected)
        assert (place in items) == (place in model)


def test_the_old_sequence_stays_as_it_was() -> None:
    before = Ordered.of(list(range(0, 2 * CHUNK, 2)))
    after = before
    for number in range(1, 4 * TAIL, 2):
        after = after.add(number)
    after = after.remove(0)
    assert list(before.upward()) == list(range(0, 2 * CHUNK, 2))
    assert list(after.upward()) == sorted({*range(2, 2 * CHUNK, 2), *range(1, 4 * TAIL, 2)})


def test_most_of_it_is_shared() -> None:
    before = Ordered.of(list(range(100 * CHUNK)))
    after = before.add(100 * CHUNK)
    assert after.chunks is before.chunks
    removed = before.remove(5)
    assert sum(one is not other for one, other in zip(removed.chunks, before.chunks, strict=True)) == 1
