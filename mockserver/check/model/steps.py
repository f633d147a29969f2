"""One call of a sequence, in words that survive leaving out others: records of earlier steps are named by number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from mockserver.check.contract import Route
from mockserver.spec.model import Json


class Ref(NamedTuple):
    """A value of the record that a step has made: its key, or one of its fields; `swapped` in the other case."""

    step: int
    field: str = ""
    swapped: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One call. Values in `key`, `query` and `fields` may be Refs. A step whose Ref is gone is left out."""

    number: int
    route: Route
    key: Any = None
    query: Mapping[str, Any] = field(default_factory=dict)
    fields: Any = None
    body: Json | bytes = None  # sent as it is, instead of fields
    follow: bool = False  # ask for the page after the one that the step before this got


class Gone(Exception):
    """The record that a Ref names was never made."""


class Made(NamedTuple):
    """What a step has made: where, and the record as the server showed it."""

    resource: str
    key: Json
    shown: Mapping[str, Json]


def resolved(value: Any, made: Mapping[int, Made]) -> Any:
    """A value with its Refs replaced. Raises Gone."""
    if isinstance(value, Ref):
        if value.step not in made:
            raise Gone
        one = made[value.step]
        found = one.shown.get(value.field) if value.field else one.key
        if value.field and found is None:
            raise Gone
        return found.swapcase() if value.swapped and isinstance(found, str) else found
    if isinstance(value, dict):
        return {name: resolved(one, made) for name, one in value.items()}
    if isinstance(value, list):
        return [resolved(one, made) for one in value]
    return value


def refs(value: Any) -> Iterator[Ref]:
    """The Refs within a value."""
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from refs(one)
    elif isinstance(value, list):
        for one in value:
            yield from refs(one)


def needs(step: Step) -> set[int]:
    """The steps without which a step means nothing."""
    return {one.step for value in (step.key, step.query, step.fields) for one in refs(value)}
