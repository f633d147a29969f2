"""A value for any JSON Schema (2020-12, as in OpenAPI 3.1): believable first, plain if need be, valid in any case."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from mockserver.world.attempts import Attempt, examples_of
from mockserver.world.dice import Dice, number
from mockserver.world.merging import CHOICES, Follow, Unsatisfiable
from mockserver.world.rules import (
    MINIMAL,
    PLAIN,
    REALISTIC,
    IsValid,
    Rules,
)
from mockserver.world.scenes import EPOCH, Backdrop, Scene

Json = Any
Generate = Callable[..., Json]  # (schema node, *labels, name="")
_LADDER = ((REALISTIC, 3), (PLAIN, 4), (MINIMAL, 6), (PLAIN, 20))  # how to try, and how often


def generator(
    follow: Follow, is_valid: IsValid, seed: int, *, mode: str = "response", locale: str = "en_US", time: int = EPOCH,
    examples: bool = True,
) -> Generate:  # fmt: skip
    """A maker of valid values for one document; `is_valid` must be of the same `mode`. It remembers schemas.

    The maker takes a schema node and labels, and gives the same value for the same of both. It raises Unsatisfiable.
    """
    rules, backdrop = Rules(follow, is_valid, mode, examples), Backdrop(seed, locale)

    def make(node: Json, *labels: str | int, name: str = "") -> Json:
        dice = Dice(number(seed, "value", *labels))
        return value(node, rules, Scene(backdrop, name, dice.below(5000), dice, time), name)

    return make


def generate(
    node: Json, follow: Follow, is_valid: IsValid, seed: int, *labels: str | int, name: str = "", **more: Any
) -> Json:
    """A single value: see `generator`."""
    return generator(follow, is_valid, seed, **more)(node, *labels, name=name)


def value(node: Json, rules: Rules, scene: Scene, name: str = "") -> Json:
    """A valid value for a schema in a scene, by the ladder of attempts. Raises Unsatisfiable when none was found."""
    reason = Unsatisfiable("every value that was tried is invalid")
    for example in examples_of(rules.flat(node)) if rules.examples else ():
        if rules.is_valid(node, example):
            return example
    for level, tries in _LADDER:
        for attempt in range(tries):
            try:
                found = Attempt(rules).make(node, name, scene.rolled(attempt) if attempt or level else scene, level, 0)
            except Unsatisfiable as error:
                reason = error
                continue
            if rules.is_valid(node, found):
                return found
    raise reason


def decided(node: Json, rules: Rules, scene: Scene) -> dict[str, Json]:
    """The flat form of a record's schema, its choices made by the scene's dice. Raises Unsatisfiable when none can."""
    found = rules.flat(node)
    if CHOICES not in found:
        return found
    ways = Attempt(rules).decisions(found, scene.dice, REALISTIC)
    first = next(ways, None)
    if first is None:
        raise Unsatisfiable("no branch of the schema can be met")
    return first


def members(
    node: dict[str, Json], rules: Rules, scene: Scene, fixed: Mapping[str, Json], skipped: Collection[str]
) -> dict[str, Json]:
    """The properties of an object by name and schema, `fixed` among them, those to skip left out."""
    attempt = Attempt(rules)
    attempt.within.append(id(node))
    made = dict(fixed)
    for name in attempt.wanted(node, REALISTIC):
        if name not in made and name not in skipped:
            attempt.property(node, name, scene, made, REALISTIC, 0)
    return made
