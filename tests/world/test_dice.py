"""Dice: the same labels give the same numbers, in every process."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from mockserver.world.dice import Dice, Shuffle, number


def test_a_number_follows_from_its_seed_and_labels_alone() -> None:
    assert number(1, "users", 7) == number(1, "users", 7) == 0x15C8CD6DEF9A60F4
    assert len({number(1, "users", 7), number(2, "users", 7), number(1, "deals", 7), number(1, "users", 8)}) == 4


def test_a_child_does_not_depend_on_what_was_drawn_before() -> None:
    first, second = Dice(5), Dice(5)
    second.draw()
    assert first.child("email").draw() == second.child("email").draw()


def test_weights_are_kept() -> None:
    dice = Dice(1)
    drawn = Counter(dice.weighted({"a": 3, "b": 1, "never": 0}) for _ in range(4000))
    assert 2800 < drawn["a"] < 3200
    assert "never" not in drawn


def test_some_are_different_ones() -> None:
    assert sorted(Dice(3).some("abcd", 9)) == list("abcd")


@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 2**64))
def test_a_shuffle_is_a_permutation_and_its_inverse(rows: int, columns: int, seed: int) -> None:
    shuffle = Shuffle(rows, columns, seed)
    images = [shuffle.forth(n) for n in range(shuffle.size)]
    assert sorted(images) == list(range(shuffle.size))
    assert [shuffle.back(image) for image in images] == list(range(shuffle.size))
