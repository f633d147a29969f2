"""What operations and resources do, as frozen values: guessed x-mock with the given x-mock laid over it.

The words are defined in x-mock.yaml; here each is a field of the same name, `_` for `-`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from mockserver.spec.model import Json

T = TypeVar("T")
Words = dict[str, Json]
NESTED = frozenset(
    {"filters", "on-create", "on-update", "defaults", "computed", "references", "page", "aliases", "problems", "set"}
)


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind of record (`$defs/resource`)."""

    name: str = ""
    schema: str | None = None
    key: str = "id"
    ids: str | None = None
    unique: tuple[Mapping[str, Json], ...] = ()
    order: tuple[str, ...] = ()
    on_create: Mapping[str, Json] = field(default_factory=dict)
    on_update: Mapping[str, Json] = field(default_factory=dict)
    defaults: Mapping[str, Json] = field(default_factory=dict)
    merge: tuple[str, ...] = ()
    computed: Mapping[str, Json] = field(default_factory=dict)
    references: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    between: Mapping[str, list[str]] = field(default_factory=dict)
    rules: tuple[Mapping[str, Json], ...] = ()
    partition: Mapping[str, Json] | None = None
    parent: Mapping[str, Json] | None = None
    trash: bool = False
    problems: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What one operation does (`$defs/operation`)."""

    does: str = "sample"
    resource: str | None = None
    key: Json = None
    missing: str = "refuse"
    trash: bool = False
    parent: Json = None
    input: Json = "$request.body"
    aliases: Mapping[str, str] = field(default_factory=dict)
    split: Mapping[str, list[str]] = field(default_factory=dict)
    set: Mapping[str, Json] = field(default_factory=dict)
    page: Mapping[str, Json] = field(default_factory=dict)
    filters: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    search: Mapping[str, Json] = field(default_factory=dict)
    sort: str | Mapping[str, Json] | None = None
    order: tuple[str, ...] = ()
    where: Mapping[str, Json] = field(default_factory=dict)
    status: int = 200
    headers: Mapping[str, Json] = field(default_factory=dict)
    answer: Json = None
    show: str = "all"
    then: tuple[Mapping[str, Json], ...] = ()
    later: tuple[Mapping[str, Json], ...] = ()
    emits: tuple[str | Mapping[str, Json], ...] = ()
    problems: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    unknown_parameters: str = "ignore"
    body_as_query: bool = False
    cost: int = 1
    limits: tuple[Mapping[str, Json], ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """x-mock as it holds, and which of its words were given; the others were guessed."""

    words: Words
    given: frozenset[str]  # `page`, or `filters.status` for one of several

    def explained(self) -> dict[str, dict[str, Json]]:
        """Each word with its value and whether it was guessed or given."""
        return {
            word: {"value": value, "from": self._origin(word, value)} for word, value in self.words.items()
        }  # fmt: skip

    def _origin(self, word: str, value: Json) -> str:
        if word in self.given:
            return "given"
        parts = [name for name in value if f"{word}.{name}" in self.given] if isinstance(value, dict) else []
        return f"guessed, but {', '.join(parts)} given" if parts else "guessed"


def laid_over(guessed: Words, given: Mapping[str, Json]) -> Said:
    """Given words in place of guessed ones, key by key; a given null takes a guess away."""
    words, marks = dict(guessed), set[str]()
    for word, value in given.items():
        if word in NESTED and isinstance(value, dict) and isinstance(words.get(word), dict):
            marks |= {f"{word}.{name}" for name in value}
            both = {**words[word], **value}
            words[word] = {name: one for name, one in both.items() if one is not None}
        elif value is None:
            words.pop(word, None)
        else:
            marks.add(word)
            words[word] = value
    return Said(words, frozenset(marks))


def read(kind: type[T], words: Mapping[str, Json], **more: Any) -> T:
    """A Resource or Plan from its words; lists become tuples."""
    known = {one.name: one.name.replace("_", "-") for one in fields(kind)}  # type: ignore[arg-type]
    values = {name: words[word] for name, word in known.items() if words.get(word) is not None}
    return kind(**{name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}, **more)
