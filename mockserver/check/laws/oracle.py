"""What our own mock says to a request that should be refused whatever records there are: the documented refusal."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from mockserver.check.answers import Way, at, places
from mockserver.check.contract import Contract, Planned
from mockserver.check.credentials import carried, schemes_of
from mockserver.check.findings import Exchange
from mockserver.check.ledger import parsed
from mockserver.service import ApiSource, Service, load
from mockserver.spec.model import Json
from mockserver.steps.call import Answer, Request
from mockserver.world.world import World

SECRET = "mockserver-check-oracle"
NOW = 1_768_467_600_000  # any moment
# refusals that documents tell apart differently: one class, unless the document names a single one of them
CLASSES: tuple[frozenset[int], ...] = (frozenset({400, 422}), frozenset({400, 406, 415}), frozenset({404, 410}),
                                       frozenset({409, 422, 400, 403}))  # fmt: skip


OF_ITEM = re.compile(r"\.\d+$")  # `to.3`: an item of a list, for which the list may stand
INPUT = (400, 413, 415, 422)  # statuses by which our mock refuses input
RFC_9457 = (("pointer",), ("parameter",))  # where problem details name what is at fault, as our mock writes them
# the steps of our mock that look at records
STATEFUL = frozenset({"resource", "references", "unique", "rules", "partition", "records"})


class Refusal(NamedTuple):
    """What the document says of a refused request."""

    status: int
    statuses: frozenset[int]  # all that are as good; empty: any 4xx
    code: str | None  # the machine-readable code, where the document gives one
    fields: frozenset[str]  # the fields at fault, where the error body names them
    detail: str
    listed: frozenset[str] = frozenset()  # the fields of a list of all faults
    by: str = ""  # which step refuses: 'input', 'references', …

    @property
    def of_input(self) -> bool:
        """Whether it is the request alone that is wrong, whatever records there are."""
        return self.status in INPUT and self.by not in STATEFUL


@dataclass(slots=True)
class Oracle:
    """Our own mock of the same document, with a key that may do everything and no rate limits."""

    contract: Contract
    service: Service
    world: World
    code_way: Way | None  # where an error body has its code
    field_way: Way | None
    list_way: Way | None  # where it lists the faults
    item_field: Way | None  # the field within one of them
    schemes: Mapping[str, Json] = field(repr=False, default_factory=dict)
    now: Callable[[], int] = lambda: NOW  # the server's time, milliseconds: some bounds count from it

    def refusal(self, planned: Planned, request: Request, *, anonymous: bool = False) -> Refusal | None:
        """The refusal of a request; None when the mock doesn't refuse it (or can't serve it)."""
        headers = dict(request.headers)
        query = request.query
        if not anonymous:
            secrets = carried(planned.operation, self.schemes, SECRET)
            headers |= dict(secrets.headers)
            query = "&".join(part for part in (query, *(f"{n}={v}" for n, v in secrets.query)) if part)
        answer = self.service.answer(self.world, request._replace(headers=headers, query=query), self.now())
        if not 400 <= answer.status < 500:
            return None
        return self.read(planned, answer, getattr(self.world.journal[-1], "refused_by", ""))

    def read(self, planned: Planned, answer: Answer, by: str = "") -> Refusal:
        """What a refusing answer of our mock says; `by` is the step that refused."""
        body = parsed(answer.body)
        return Refusal(
            answer.status,
            self._statuses(planned, answer.status),
            self.code(body),
            self.fields(body),
            _detail(body),
            self.listed(body),
            by,
        )

    def _statuses(self, planned: Planned, status: int) -> frozenset[int]:
        """The statuses that are as good as one: what the operation declares of its class."""
        declared = {int(one) for one in planned.operation.responses if one.isdigit()}
        if status in declared:
            like = next((one for one in CLASSES if status in one), frozenset({status}))
            given = bool((self.contract.given.get("problems") or {}).get("body"))
            return frozenset({status}) if given else frozenset(like & declared)
        return frozenset()

    def status_of(self, planned: Planned, kind: str) -> int | None:
        """The status that the document gives a kind of refusal, by its x-mock; None where it says nothing of it."""
        root = (self.contract.given.get("problems") or {}).get("kinds") or {}
        words = {**(root.get(kind) or {}), **(planned.plan.problems.get(kind) or {})}
        status = words.get("status")
        return status if isinstance(status, int) else None

    def code(self, body: Json) -> str | None:
        """The machine-readable code of an error body."""
        found = at(body, self.code_way) if self.code_way is not None else None
        return found if isinstance(found, str) else None

    def fields(self, body: Json) -> frozenset[str]:
        """The fields that an error body names."""
        name = at(body, self.field_way) if self.field_way is not None else None
        return self.listed(body) | ({name} if isinstance(name, str) else frozenset())

    def listed(self, body: Json) -> frozenset[str]:
        """The fields of an error body's list of all faults."""
        found = set()
        if self.list_way is not None and isinstance(items := at(body, self.list_way), list):
            for way in (self.item_field,) if self.item_field else RFC_9457:
                found |= {str(name) for item in items if isinstance(name := at(item, way), str)}
        return frozenset(found)

    def mistake(self, refusal: Refusal, exchange: Exchange) -> tuple[str, str] | None:
        """What was expected and what was seen, where a server's refusal isn't the documented one."""
        status = exchange.status
        if not 400 <= status < 500 or (refusal.statuses and status not in refusal.statuses):
            wanted = " or ".join(map(str, sorted(refusal.statuses))) or "a refusal (4xx)"
            return f"{wanted}: {refusal.detail}", f"{status or exchange.error}"
        if status != refusal.status:
            return None
        body = parsed(exchange.answer)
        if refusal.code is not None and self.code(body) != refusal.code:
            return f"the code {refusal.code!r}: {refusal.detail}", f"the code {self.code(body)!r}"
        named = self.fields(body)
        due, seen = {*map(_plain, refusal.fields)}, {*map(_plain, named)}
        if due and not seen & (due | {OF_ITEM.sub("", one) for one in due}):
            fields = ", ".join(sorted(refusal.fields))
            return f"the error names {fields}: {refusal.detail}", f"it names {', '.join(sorted(named)) or 'no field'}"
        if refusal.fields and (untold := refusal.listed - named):
            missing, told = ", ".join(sorted(untold)), ", ".join(sorted(named))
            return f"each thing that is wrong is told, {missing} too", f"only {told}"
        return None


def _plain(name: str) -> str:
    """A field's name, whichever way the steps to it are written: `to.3` for `to[3]` and `/to/3`."""
    return re.sub(r"[./\[\]]+", ".", name).strip(".")


def oracle(contract: Contract) -> Oracle:
    """The oracle of a contract."""
    source = contract.source
    fixtures = {"keys": {SECRET: {"name": "oracle"}}, **_tenants(contract)}
    service = load([ApiSource(source.name, source.document, fixtures)], rate_limits=False)
    body = (contract.given.get("problems") or {}).get("body")
    found = places(body)
    list_way = item_field = None
    for way, item in _each(body, ()):
        inner = places(item)
        if "$item.field" in inner:
            list_way, item_field = way, inner["$item.field"]
    if body is None and _tells_errors(contract):
        list_way = ("errors",)
    return Oracle(
        contract, service, service.new_world(), found.get("$problem.code"), found.get("$problem.field"), list_way,
        item_field, schemes_of(contract.served.api),
    )  # fmt: skip


def _tells_errors(contract: Contract) -> bool:
    """Whether the document itself describes problem details with `errors`, each with `pointer` and `parameter`."""
    schemas = contract.schemas
    for planned in contract.operations.values():
        for status, response in planned.operation.responses.items():
            for media in response.media if status[:1] == "4" else ():
                if media.type == "application/problem+json" and media.schema:
                    listed = schemas.property_schema(schemas.look_up(media.schema), "errors")
                    items = schemas.items(listed) if listed is not None else None
                    return items is not None and {"pointer", "parameter"} <= schemas.properties(items).keys()
    return False


def _tenants(contract: Contract) -> dict[str, Json]:
    """The tenants for whom a call is when it names none: without them everything would be refused."""
    records: dict[str, Json] = {}
    for resource in contract.resources.values():
        name, key = str((resource.partition or {}).get("resource")), (resource.partition or {}).get("default")
        if name in contract.resources and key is not None:
            records[name] = {"named": [{contract.resources[name].key: key}]}
    return {"records": records} if records else {}


def _each(template: Json, way: Way) -> list[tuple[Way, Json]]:
    """The lists of faults in an error body's template, each with what stands for one fault."""
    if not isinstance(template, dict):
        return []
    each = template.get("$each")
    if isinstance(each, list) and len(each) == 2:
        return [(way, each[1])] if each[0] == "$errors" else []
    return [found for name, value in template.items() for found in _each(value, (*way, name))]


def _detail(body: Json) -> str:
    """The words of a refusal: the longest text in it that is a sentence."""
    texts: list[str] = []

    def collect(value: Json) -> None:
        if isinstance(value, str) and " " in value:
            texts.append(value)
        for inside in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            collect(inside)

    collect(body)
    return max(texts, key=len, default="")
