"""Our own mock with the people of a real server, to make the same things and look at them as one or the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mockserver.check.answers import MISSING, asked, at, places
from mockserver.check.contract import Contract, Planned
from mockserver.check.credentials import carried, schemes_of
from mockserver.check.laws.law import Kept
from mockserver.check.ledger import parsed
from mockserver.check.mirroring import fill
from mockserver.service import Service, load
from mockserver.spec.model import Json
from mockserver.steps.call import Request
from mockserver.world.world import World

ONE, OTHER = "mockserver-check-one", "mockserver-check-other"  # keys of two people
Record = Mapping[str, Json]
View = list[Any]  # for each thing that was made the record that is listed of it, or MISSING


@dataclass(slots=True)
class Mirror:
    """A world in which ONE makes things."""

    contract: Contract
    service: Service = field(repr=False)
    world: World = field(repr=False)
    schemes: Mapping[str, object] = field(repr=False)
    made: list[Json] = field(default_factory=list)  # the keys of what is listed

    def make(self, create: Planned, shown: Kept, request: Request, now: int) -> bool:
        """Makes the same; whether that lists a single new record."""
        before = self._listed(shown, ONE, now)
        answer = self._ask(create, request, ONE, now)
        after = self._listed(shown, ONE, now)
        new = [key for key in after if key not in before]
        if answer.status >= 300 or len(new) != 1:
            return False
        self.made.append(new[0])
        return True

    def add(self, create: Planned, request: Request, now: int) -> None:
        """Makes something that lists nothing new."""
        self._ask(create, request, ONE, now)

    def views(self, shown: Kept, now: int) -> dict[str, View]:
        """What each sees of what was made, by secret."""
        listed = {user: self._listed(shown, user, now) for user in (ONE, OTHER)}
        return {user: [records.get(key, MISSING) for key in self.made] for user, records in listed.items()}

    def _listed(self, shown: Kept, user: str, now: int) -> dict[Json, Any]:
        assert shown.list is not None
        (part, way), query = asked(shown.list.plan.page.get("size")), ""
        if part == "query":
            most = self._bound(shown.list, way[0])
            query = f"{way[0]}={most}" if isinstance(most, int) else ""
        answer = self._ask(shown.list, Request("GET", shown.list.operation.path, query), user, now)
        records = at(parsed(answer.body), places(shown.list.plan.answer)["$page.records"])
        return {at(one, shown.resource.key.split(".")): one for one in records} if isinstance(records, list) else {}

    def _bound(self, planned: Planned, name: str) -> Json:
        schemas = self.contract.schemas
        found = next((one for one in planned.operation.parameters if one.name == name), None)
        node = schemas.follow(schemas.look_up(found.schema)) if found else {}
        return node.get("maximum") if isinstance(node, dict) else None

    def _ask(self, planned: Planned, request: Request, user: str, now: int) -> Any:
        secrets = carried(planned.operation, self.schemes, user)
        headers = {**request.headers, **dict(secrets.headers)}
        query = "&".join(part for part in (request.query, *(f"{n}={v}" for n, v in secrets.query)) if part)
        return self.service.answer(self.world, request._replace(headers=headers, query=query), now)


def mirror(contract: Contract, users: str, people: Sequence[Record]) -> Mirror:
    """A world with the people whom the server lists, of whom two have a key that may do all."""
    key = contract.resources[users].key
    owners = {ONE: people[0][key], OTHER: people[1][key]}
    scopes = sorted({scope for one in contract.operations.values() for need in one.operation.security
                     for scopes in need.values() for scope in scopes})  # fmt: skip
    keys = {secret: {"name": secret, "user": owner, "scopes": scopes} for secret, owner in owners.items()}
    named = {users: {"named": [{key: owner} for owner in owners.values()]}}
    service = load([replace(contract.source, fixtures={"keys": keys, "records": named})], rate_limits=False)
    world = service.new_world()
    fill(contract, world, users, people)
    return Mirror(contract, service, world, schemes_of(contract.served.api))
