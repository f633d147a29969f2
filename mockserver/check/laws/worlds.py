"""Our own mock with the people of a real server: the same calls, once for each who may have made them."""

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

ONE, OTHER = "mockserver-check-one", "mockserver-check-other"  # keys of people who are known
STRANGER, FURTHER = "mockserver-check-stranger", "mockserver-check-further"  # of people whom no list shows
USERS = (ONE, OTHER, STRANGER, FURTHER)
MAKERS = (ONE, STRANGER)
View = list[Any]  # for each thing that was made the record that is listed of it, or MISSING
Case = tuple[str, str]  # who made it, and who looks


@dataclass(slots=True)
class Worlds:
    """A world for each maker. `early` and `late` are what each then sees, by (maker, user)."""

    contract: Contract
    service: Service = field(repr=False)
    of: Mapping[str, World] = field(repr=False)
    schemes: Mapping[str, object] = field(repr=False)
    made: dict[str, list[Json]] = field(default_factory=dict)  # by maker: the keys of what is listed
    early: dict[Case, View] = field(default_factory=dict, repr=False)
    late: dict[Case, View] = field(default_factory=dict, repr=False)

    def make(self, create: Planned, shown: Kept, request: Request, now: int) -> bool:
        """Makes the same in each world; whether that listed one new record in each."""
        new = {}
        for maker in MAKERS:
            before = self._listed(shown, maker, maker, now)
            answer = self._ask(create, request, maker, maker, now)
            found = [key for key in self._listed(shown, maker, maker, now) if key not in before]
            if answer.status >= 300 or len(found) != 1:
                return False
            new[maker] = found[0]
        for maker, key in new.items():
            self.made.setdefault(maker, []).append(key)
        return True

    def views(self, shown: Kept, now: int) -> dict[Case, View]:
        """What each sees of what was made."""
        found = {}
        for maker in MAKERS:
            for user in USERS:
                listed = self._listed(shown, maker, user, now)
                found[maker, user] = [listed.get(key, MISSING) for key in self.made.get(maker, ())]
        return found

    def _listed(self, shown: Kept, maker: str, user: str, now: int) -> dict[Json, Any]:
        assert shown.list is not None
        size, query = asked(shown.list.plan.page.get("size")), ""
        if size[0] == "query":
            node = self._size_schema(shown.list, size[1][0])
            query = f"{size[1][0]}={node['maximum']}" if isinstance(node.get("maximum"), int) else ""
        answer = self._ask(shown.list, Request("GET", shown.list.operation.path, query), maker, user, now)
        records = at(parsed(answer.body), places(shown.list.plan.answer)["$page.records"])
        return {at(one, shown.resource.key.split(".")): one for one in records} if isinstance(records, list) else {}

    def _size_schema(self, planned: Planned, name: str) -> Mapping[str, Json]:
        schemas = self.contract.schemas
        found = next((one for one in planned.operation.parameters if one.name == name), None)
        node = schemas.follow(schemas.look_up(found.schema)) if found else {}
        return node if isinstance(node, dict) else {}

    def _ask(self, planned: Planned, request: Request, maker: str, user: str, now: int) -> Any:
        secrets = carried(planned.operation, self.schemes, user)
        headers = {**request.headers, **dict(secrets.headers)}
        query = "&".join(part for part in (request.query, *(f"{n}={v}" for n, v in secrets.query)) if part)
        return self.service.answer(self.of[maker], request._replace(headers=headers, query=query), now)


def worlds(contract: Contract, users: str, people: Sequence[Mapping[str, Json]]) -> Worlds:
    """Worlds with the people whom the server lists, and with two whom it doesn't, each with a key that may do all."""
    name = contract.resources[users].key
    known = [people[0][name], people[1][name]]
    strangers = [{**people[0], name: f"{people[0][name]}{end}"} for end in ("-s", "-f")]
    owners = [*known, *(one[name] for one in strangers)]
    scopes = sorted({scope for one in contract.operations.values() for need in one.operation.security
                     for scopes in need.values() for scope in scopes})  # fmt: skip
    keys = {
        secret: {"name": secret, "user": owner, "scopes": scopes} for secret, owner in zip(USERS, owners, strict=True)
    }
    named = {users: {"named": [{name: owner} for owner in owners]}}
    source = replace(contract.source, fixtures={"keys": keys, "records": named})
    service = load([source], rate_limits=False)
    of = {maker: service.new_world() for maker in MAKERS}
    for world in of.values():
        fill(contract, world, users, [*strangers, *people])
    return Worlds(contract, service, of, schemes_of(contract.served.api))
