"""Puts what a real server lists into a world of our own mock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mockserver.check.contract import Contract
from mockserver.spec.model import Json
from mockserver.world.world import World

Record = Mapping[str, Json]


def table(contract: Contract, resource: str) -> str:
    """The name of a resource's table."""
    return f"{contract.name}/{resource}"


def stored(contract: Contract, resource: str, shown: Record) -> dict[str, Json]:
    """What is kept of a record that the server shows."""
    known = contract.served.around.stored[resource]
    return {name: value for name, value in shown.items() if name not in known.computed}


def fill(contract: Contract, world: World, resource: str, records: Iterable[Record]) -> None:
    """The records of a resource as the server lists them, the oldest first, in place of all there were."""
    name, key = table(contract, resource), contract.resources[resource].key
    world.put(name, world.tables[name].emptied())
    for record in records:
        if world.get(name, record[key]) is None:
            world.insert(name, stored(contract, resource, record))
