"""What one operation does with the records of a resource, and what says so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from mockserver.spec.behaviour import Words
from mockserver.spec.guess.kinds import Found
from mockserver.spec.guess.places import Place
from mockserver.spec.guess.relations import Relation
from mockserver.spec.guess.shapes import Shape
from mockserver.spec.model import Operation


@dataclass(frozen=True, slots=True)
class Role:
    """What one operation does. Without a resource it is a sample, and `reason` says why."""

    does: str
    reason: str  # the evidence, in words
    pointer: str  # where in the document it stands
    confidence: str = ""  # high, medium or low; empty for samples
    resource: Found | None = None
    place: Place | None = None
    relation: Relation | None = None
    shape: Shape | None = None  # where the records stand in its answer
    where: Words = field(default_factory=dict)
    sets: Words = field(default_factory=dict)
    named: tuple[str, ...] = ()  # the fields by which its path names the record, where that isn't its key
    match: Words = field(default_factory=dict)  # values that are sent, by the fields that find an existing record
    needs: Words = field(default_factory=dict)  # another item that must be there, as `parent` has it
    key: str = ""  # the way in the item above to the key of the record
    search: Words = field(default_factory=dict)  # what its path looks for
    trash: bool = False  # whether it is about deleted records
    mine: bool = False  # whether it is about the caller's own record
    makes: bool = False  # whether it makes what isn't there
    finds: Mapping[str, str] = field(default_factory=dict)  # query parameters and properties that say which record


def unknown(operation: Operation, reason: str) -> Role:
    """The role of an operation that nothing tells enough of."""
    return Role("sample", reason, operation.pointer)


def plural(one: Found) -> str:
    """What people call the records of a resource."""
    return re.sub(r"[_-]+", " ", one.name)
