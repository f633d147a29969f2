"""Our own mock as the model of a server: two of it, which differ in all that a document leaves open.

Both get every call that the server gets. What they agree on follows from the document and the calls; where they differ
(keys, cursors, tokens, whatever is made up) the server is free. What the server made is adopted by both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from mockserver.check.contract import Contract
from mockserver.check.credentials import carried, schemes_of
from mockserver.check.mirroring import Record, fill, stored, table
from mockserver.service import Service, load
from mockserver.spec.model import Json, Operation
from mockserver.steps.call import Answer, Request
from mockserver.world.source import Key
from mockserver.world.world import World

SECRET = "mockserver-check-model"
SEEDS = (7_919, 104_729)  # any two that differ
OTHERS = ((611_953, 15_485_863), (32_452_843, 49_979_687), (67_867_967, 86_028_121), (122_949_823, 141_650_939))
HOSTS = ("one.invalid", "two.invalid")  # under which they are asked: a server's addresses of its own are its to choose


@dataclass(slots=True)
class Twins:
    """Two services of one document, each with its world."""

    contract: Contract
    services: tuple[Service, Service]
    worlds: tuple[World, World]
    schemes: Mapping[str, Json]

    def ask(self, operation: Operation, requests: tuple[Request, Request], now: int) -> tuple[Answer, Answer]:
        """What each answers to its request; `now` is the server's time, milliseconds since 1970 UTC."""
        secrets = carried(operation, self.schemes, SECRET)
        answers = []
        for service, world, request, host in zip(self.services, self.worlds, requests, HOSTS, strict=True):
            query = "&".join(part for part in (request.query, *(f"{n}={v}" for n, v in secrets.query)) if part)
            headers = {"host": host, **request.headers, **dict(secrets.headers)}
            answers.append(service.answer(world, request._replace(headers=headers, query=query), now))
        return answers[0], answers[1]

    def table(self, resource: str) -> str:
        """The name of a resource's table."""
        return table(self.contract, resource)

    def fill(self, resource: str, records: Iterable[Record]) -> None:
        """The records of a resource as the server lists them, the oldest first, in place of all there were."""
        kept = list(records)
        for world in self.worlds:
            fill(self.contract, world, resource, kept)

    def know(self, resource: str, key: Key) -> None:
        """Lets a record exist of which no more is known than its key."""
        name, own = self.table(resource), self.contract.resources[resource].key
        for world in self.worlds:
            if world.get(name, key) is None:
                like: Record = next(iter(world.tables[name].records()), {})
                world.insert(name, {**like, own: key})

    def stored(self, resource: str, shown: Record) -> dict[str, Json]:
        """What is kept of a record that the server shows."""
        return stored(self.contract, resource, shown)

    def adopt(self, resource: str, shown: Record, made: Iterable[Key | None]) -> None:
        """A record that the server has made, in place of those that the twins have just made (`made`, their keys)."""
        name, key = self.table(resource), self.contract.resources[resource].key
        for world, own in zip(self.worlds, made, strict=True):
            before = world.get(name, own) if own is not None else None
            if before is not None and own is not None:
                world.remove(name, own)
            record = {**(before or {}), **self.stored(resource, shown)}
            if world.get(name, record[key]) is not None:
                world.remove(name, record[key])
            world.insert(name, record)

    def correct(self, resource: str, shown: Record) -> None:
        """A record as the server shows it after a change, such as its time of change."""
        name, key = self.table(resource), shown.get(self.contract.resources[resource].key)
        for world in self.worlds:
            before = world.get(name, key) if isinstance(key, str | int) else None
            if before is not None and isinstance(key, str | int):
                world.replace(name, key, {**before, **self.stored(resource, shown)})


def twins(contract: Contract, seeds: tuple[int, int] = SEEDS) -> Twins:
    """The twins of a contract, with a key that may do everything and no rate limits."""
    source = contract.source
    access = contract.given.get("access") or {}
    roles = access.get("roles") or {}
    scopes = sorted({scope for held in roles.values() for scope in held} | _scopes(contract))
    strongest = max(roles, key=lambda role: len(roles[role]), default=None)
    key = {"name": "model", "scopes": scopes, **({"role": strongest} if strongest else {})}
    keyed = replace(source, fixtures={**source.fixtures, "keys": {SECRET: key}})
    first, second = (load([keyed], seed=seed, rate_limits=False) for seed in seeds)
    return Twins(contract, (first, second), (first.new_world(), second.new_world()), schemes_of(contract.served.api))


def _scopes(contract: Contract) -> set[str]:
    """Every scope that some operation asks for."""
    needs = [need for one in contract.operations.values() for need in one.operation.security]
    return {scope for need in needs for scopes in need.values() for scope in scopes}
