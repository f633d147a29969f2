"""When a rule acts: its `when`, compiled. Counters and dice are the world's, so that the same calls fail alike."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from mockserver.spec.model import Json
from mockserver.trouble.effects import MAX_DELAY
from mockserver.world import times
from mockserver.world.dice import Dice, number
from mockserver.world.world import World

P95 = 1.6448536269514722  # standard deviations above the median, below which 95 % lie


class Count(NamedTuple):
    """How often a rule was asked about calls that it matches, and how often it acted."""

    seen: int = 0
    acted: int = 0


@dataclass(frozen=True, slots=True)
class When:
    """The words of `when`; times are milliseconds, absolute or since the rule began."""

    probability: float = 1.0
    times: int | None = None
    after: int = 0
    every: int = 1
    begins: Moment | None = None
    ends: Moment | None = None
    sequence: tuple[int | str, ...] = ()
    repeat: bool = False
    per: str = ""


class Moment(NamedTuple):
    """A time, or a span since the rule began."""

    at: int
    is_span: bool


def compile_when(words: Mapping[str, Json]) -> When:
    """Raises ValueError for a moment that is none."""
    found = When(
        probability=float(words.get("probability", 1.0)), times=words.get("times"), after=words.get("after", 0),
        every=words.get("every", 1), begins=_moment(words.get("from")), ends=_moment(words.get("until")),
        sequence=tuple(words.get("sequence") or ()), repeat=bool(words.get("repeat")), per=words.get("per", ""),
    )  # fmt: skip
    if found.begins and found.ends and found.begins.is_span == found.ends.is_span and found.ends.at <= found.begins.at:
        raise ValueError("`until` is not after `from`")
    return found


def _moment(text: str | None) -> Moment | None:
    if text is None:
        return None
    if (at := times.parse(text)) is not None:
        return Moment(at, is_span=False)
    return Moment(times.span(text), is_span=True)


def turn(rule: str, when: When, world: World, now: int, label: str) -> tuple[int | str, Dice] | None:
    """What a rule does to a call that it matches: a status, or `then`; and dice for the rest. None when it lets the
    call pass. The call is counted."""
    began = world.counters.get(("began", rule))
    if began is None:
        began = now
        world.counters = world.counters.set(("began", rule), now)
    if not _reached(when.begins, began, now, sooner=True) or not _reached(when.ends, began, now, sooner=False):
        return None
    count = world.counters.get(("rule", rule, label)) or Count()
    seen = count.seen + 1
    dice = Dice(number(world.seed, "rule", rule, label, seen))
    does = _does(when, seen, count.acted, dice)
    world.counters = world.counters.set(("rule", rule, label), Count(seen, count.acted + (does is not None)))
    return (does, dice) if does is not None else None


def _reached(moment: Moment | None, began: int, now: int, *, sooner: bool) -> bool:
    """Whether `from` has come, or with `sooner` false, whether `until` has not."""
    if moment is None:
        return True
    at = moment.at + began if moment.is_span else moment.at
    return now >= at if sooner else now < at


def _does(when: When, seen: int, acted: int, dice: Dice) -> int | str | None:
    if when.times is not None and acted >= when.times:
        return None
    turn = seen - when.after
    if turn <= 0 or turn % when.every:
        return None
    if when.probability < 1 and not dice.chance(when.probability):
        return None
    if not when.sequence:
        return "then"
    place = turn // when.every - 1
    if place >= len(when.sequence) and not when.repeat:
        return None
    step = when.sequence[place % len(when.sequence)]
    return None if step == "pass" else step


Latency = Callable[[Dice], int]
"""Milliseconds, by dice."""


def compile_latency(words: Json) -> Latency:
    """Raises ValueError for a span that is none."""
    if isinstance(words, str):
        fixed = _bounded(times.span(words))
        return lambda dice: fixed
    if "uniform" in words:
        low, high = (_bounded(times.span(one)) for one in words["uniform"])
        if high < low:
            raise ValueError("of `uniform`, the second span is the longer one")
        return lambda dice: dice.between(low, high)
    median, p95 = (times.span(words["lognormal"][name]) for name in ("median", "p95"))
    if not 0 < median <= p95:
        raise ValueError("of `lognormal`, p95 is longer than the median, which is more than nothing")
    sigma = math.log(p95 / median) / P95
    return lambda dice: _bounded(round(median * math.exp(sigma * _normal(dice))))


def _bounded(span: int) -> int:
    return min(span, MAX_DELAY)


def _normal(dice: Dice) -> float:
    """A number of the standard normal distribution (Box and Muller 1958)."""
    return math.sqrt(-2 * math.log(1 - dice.fraction())) * math.cos(2 * math.pi * dice.fraction())
