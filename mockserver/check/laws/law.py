"""What a law is: a name, what it ranges over, what it needs, and a function that yields each breach of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.check.answers import asked
from mockserver.check.contract import Planned
from mockserver.check.findings import Exchange
from mockserver.spec.behaviour import Resource


class Kept(NamedTuple):
    """A resource with the operations that this check can use on it."""

    resource: Resource
    create: Planned | None
    read: Planned | None
    list: Planned | None
    updates: tuple[Planned, ...]
    replace: Planned | None
    delete: Planned | None
    acts: tuple[Planned, ...]

    @property
    def operations(self) -> tuple[Planned, ...]:
        """All of them."""
        ones = (self.create, self.read, self.list, *self.updates, self.replace, self.delete, *self.acts)
        return tuple(one for one in ones if one is not None)


class Breach(NamedTuple):
    """One way in which a law was broken."""

    operation: Planned | str
    expected: str
    seen: str
    exchanges: tuple[Exchange, ...]
    pointer: str = ""  # where the document says so; the operation itself when empty
    says: str = ""  # in place of the law's own sentence


class Law(NamedTuple):
    """One law. `says` is a sentence in which `{resource}` is filled in."""

    name: str
    over: str  # 'operation', 'resource' or 'api'
    says: str
    run: Callable[[Any, Any], Iterator[Breach]]  # of the Bench and a Planned, a Kept, or None for the whole API
    severity: str = "major"
    writes: bool = False  # whether it changes anything on the server
    destructive: bool = False  # whether it may change what others have made
    once: bool = False  # whether it can't be repeated to confirm what it found
    timed: bool = False  # whether it is about time that goes by on the server
    listens: bool = False  # whether it is about webhooks, so that something must receive them


class Unfit(Exception):
    """A law can't be tried here; its text says why."""


def kept(resource: Resource, operations: Mapping[Any, Planned]) -> Kept:
    """The operations of a resource: of several that do the same, the one nearest to the root.

    What works on a record must be told in the request on which: not on the caller's own, whoever that is.
    """
    mine = [one for one in operations.values() if one.resource is not None and one.resource.name == resource.name]
    mine.sort(key=lambda one: (one.operation.path.count("{"), len(one.operation.path)))

    def is_told(one: Planned) -> bool:
        return asked(one.plan.key)[0] != ""

    def first(does: str, keyed: bool = True) -> Planned | None:
        return next((one for one in mine if one.plan.does == does and (is_told(one) or not keyed)), None)

    updates = tuple(one for one in mine if one.plan.does == "update" and is_told(one))
    acts = tuple(one for one in mine if one.plan.does == "act" and is_told(one))
    return Kept(
        resource, first("create", False), first("read"), first("list", False), updates, first("replace"),
        first("delete"), acts,
    )  # fmt: skip
