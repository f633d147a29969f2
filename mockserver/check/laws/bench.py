"""What laws work with: calls in the document's terms, records made for the purpose, walks over lists."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from mockserver.check.answers import MISSING, Way, asked, at, operands, places, within
from mockserver.check.checking import Checking
from mockserver.check.contract import Planned
from mockserver.check.findings import Exchange
from mockserver.check.laws.bodies import Bodies
from mockserver.check.laws.law import Kept, Unfit, kept
from mockserver.check.laws.oracle import Oracle
from mockserver.check.laws.walks import Page, Pages, Walk, pages_of
from mockserver.check.ledger import parsed
from mockserver.check.options import KEY
from mockserver.check.wire import request_of
from mockserver.spec.model import Json, Parameter
from mockserver.steps.call import NOTHING, Request

MOST_RECORDS = 250  # of a list that are walked over
MOST_PAGES = 120
POPULATION = 6  # records that are made of a resource before its lists are looked at
FEW = 2  # of what can't be deleted again
Values = Mapping[str, Json]


class Made(NamedTuple):
    """A record that this check has made."""

    planned: Planned
    key: Json
    above: Values  # the path parameters that it lies below
    sent: Mapping[str, Json]
    shown: Any  # the record as the answer showed it
    exchange: Exchange
    since: float  # monotonic seconds


class Seen(NamedTuple):
    """What a list showed, and when."""

    records: Mapping[Json, Any]  # by key
    exchanges: tuple[Exchange, ...]
    since: float  # monotonic seconds


@dataclass(slots=True)
class Bench:
    """One server, one document, and what is known of the server's records so far."""

    checking: Checking
    oracle: Oracle
    bodies: Bodies
    kinds: Mapping[str, Kept]
    numbers: int = 0  # of bodies that were made
    made: dict[str, list[Made]] = field(default_factory=dict)
    walked: dict[tuple[str, str], Walk] = field(default_factory=dict)
    keys: dict[str, Json] = field(default_factory=dict)  # of a record of each resource, where one is known
    seen: dict[str, Seen] = field(default_factory=dict)  # of each resource, at first
    tried: set[str] = field(default_factory=set)
    begun: dict[str, Any] = field(default_factory=dict)  # what was made to be looked at later, by resource

    def ask(
        self, planned: Planned, *, key: Json = None, above: Values | None = None, query: Values = NOTHING,
        fields: Json = None, body: Json | bytes = None, headers: Mapping[str, str] = NOTHING, role: str = KEY,
    ) -> Exchange:  # fmt: skip
        """Calls an operation. `key` names its record, `above` the items that its path lies below, `fields` are those of
        the record in the body; `body` is sent as it is. What is required beside them is filled in."""
        request = self.request(planned, key=key, above=above, query=query, fields=fields, body=body, headers=headers)
        return self.checking.target.send(request, role)

    def request(
        self, planned: Planned, *, key: Json = None, above: Values | None = None, query: Values = NOTHING,
        fields: Json = None, body: Json | bytes = None, headers: Mapping[str, str] = NOTHING,
    ) -> Request:  # fmt: skip
        """The request of `ask`. Raises Unfit where nothing is known to fill in."""
        part, way = asked(planned.plan.key)
        paths = {**(self.above(planned) if above is None else above)}
        queries, texts = {**self.required(planned, "query"), **query}, {**self.required(planned, "header"), **headers}
        if body is None and fields is not None:
            body = self.bodies.body(planned, fields)
        if key is not None and part == "path":
            paths[way[0]] = key
        elif key is not None and part == "query":
            queries[way[0]] = key
        elif key is not None and part == "body" and not isinstance(body, bytes):
            body = within(body, way, key)
        texts = {name: str(value) for name, value in texts.items()}
        return request_of(planned.operation, paths, queries, body, texts)

    def required(self, planned: Planned, location: str) -> dict[str, Json]:
        """The parameters of a location that a call can't leave out, with a valid value each."""
        return {
            one.name: self.sample(planned, one)
            for one in planned.operation.parameters
            if one.required and one.location == location and one.name.lower() not in ("authorization", "accept")
        }

    def sample(self, planned: Planned, parameter: Parameter) -> Json:
        """A valid value for a parameter: its example, or one that is made."""
        schemas = self.checking.contract.schemas
        said = schemas.look_up(parameter.pointer)
        named = said.get("examples") if isinstance(said.get("examples"), dict) else {}
        examples = [one.get("value") for one in (named or {}).values() if isinstance(one, dict)]
        node = schemas.follow(schemas.look_up(parameter.schema))
        own = [*(node.get("examples") or ()), node.get("example")] if isinstance(node, dict) else []
        for one in (said.get("example"), *examples, *own):
            if one is not None and schemas.is_valid({"$ref": f"#{parameter.schema}"}, one, "request"):
                return one
        return self.bodies.generate({"$ref": f"#{parameter.schema}"}, "parameter", parameter.name, name=parameter.name)

    def above(self, planned: Planned) -> dict[str, Json]:
        """Values for the path parameters of an operation, but for its own key. Raises Unfit when none are known."""
        own = asked(planned.plan.key)[1]
        found: dict[str, Json] = {}
        for one in planned.operation.parameters:
            if one.location != "path" or (own and one.name == own[0]):
                continue
            resource = self._owner(planned, one.name)
            key = self.refer(resource) if resource else None
            hidden = resource is None or (self.kinds[resource].list is None and self.kinds[resource].create is None)
            key = self.sample(planned, one) if key is None and hidden else key
            if key is None:
                raise Unfit(f"no record of {resource} is known to stand for {{{one.name}}}")
            found[one.name] = key
        return found

    def _owner(self, planned: Planned, parameter: str) -> str | None:
        """The resource whose keys a path parameter takes."""
        parent = planned.plan.parent
        words = parent if isinstance(parent, dict) and "key" in parent else {"key": parent}
        if asked(words["key"])[1] != (parameter,):
            return None
        own = planned.resource.parent if planned.resource else None
        name = words.get("resource") or (own or {}).get("resource")
        return str(name) if name in self.kinds else None

    def refer(self, resource: str) -> Any:
        """The key of some record of a resource: one of ours, one that is listed, one that is made for this."""
        if mine := self.made.get(resource):
            return mine[0].key
        if resource not in self.keys and resource in self.kinds and resource not in self.tried:
            self.tried.add(resource)
            key = self._listed_key(self.kinds[resource])
            if key is None and self.checking.options.write:
                made = self.create(self.kinds[resource])
                key = made.key if made else None
            if key is not None:
                self.keys[resource] = key
            self.tried.discard(resource)
        return self.keys.get(resource)

    def _listed_key(self, kind: Kept) -> Json:
        """The key of a record that a list shows, its own or one that shows it within other records."""
        key, name = self.key_of(kind), kind.resource.name
        shown: list[Any] = list(self._first(kind))
        for other in self.kinds.values():
            for computed, value in other.resource.computed.items():
                if any(isinstance(one, list) and one[:1] == [name] for one in operands(value)):
                    inner = [at(record, (computed,)) for record in self._first(other)]
                    shown += [each for one in inner for each in (one if isinstance(one, list) else [one])]
        return next((found for found in map(key, shown) if found is not None), None)

    def _first(self, kind: Kept) -> list[Any]:
        try:
            return self.walk(kind.list, most=1).records if kind.list else []
        except Unfit:
            return []

    @staticmethod
    def key_of(kind: Kept) -> Any:
        """A function that gives a shown record's key, or None."""
        way = kind.resource.key.split(".")

        def key(record: Any) -> Any:
            found = at(record, way)
            return found if isinstance(found, str | int) and not isinstance(found, bool) else None

        return key

    # records of our own -----------------------------------------------------------------------------------------------

    def number(self) -> int:
        """The next number of a body."""
        self.numbers += 1
        return self.numbers

    def fields(self, planned: Planned, full: bool = True) -> dict[str, Json]:
        """Valid fields for a new record. Raises Unfit when none were found."""
        made = self.bodies.fields(planned, self.number(), full)
        if made is None:
            raise Unfit(f"no valid body was found for {planned.operation.id}")
        if self.bodies.unsure:
            raise Unfit(f"{planned.operation.id} refers to records of which none is known")
        return made

    def create(self, kind: Kept, fields: Mapping[str, Json] | None = None, full: bool = True) -> Made | None:
        """Makes a record; None when the server doesn't. A body that is in the way of another is made anew."""
        if kind.create is None:
            return None
        for attempt in range(3):
            sent = dict(fields) if fields is not None else self.fields(kind.create, full and attempt < 2)
            above = self.above(kind.create)
            exchange = self.ask(kind.create, above=above, fields=sent)
            if 200 <= exchange.status < 300:
                return self.noted(kind, above, sent, exchange)
            if fields is not None or exchange.status not in (400, 409, 422):
                return None
            self.bodies.salt += 1
        return None

    def noted(self, kind: Kept, above: Values, sent: Mapping[str, Json], exchange: Exchange) -> Made | None:
        """A created record as it is kept in mind; None when the answer shows no key."""
        assert kind.create is not None
        shown = self.shown(kind.create, exchange)
        key = self.key_of(kind)(shown)
        if key is None:
            return None
        made = Made(kind.create, key, above, sent, shown, exchange, time.monotonic())
        self.made.setdefault(kind.resource.name, []).append(made)
        self.walked.clear()
        return made

    def mine(self, kind: Kept) -> Made:
        """A record made for one law alone. Raises Unfit when none can be made."""
        made = self.create(kind)
        if made is None:
            raise Unfit(f"no record of {kind.resource.name} could be made")
        return made

    def forget(self, kind: Kept, key: Json) -> None:
        """Takes a record that was deleted out of mind."""
        name = kind.resource.name
        self.made[name] = [one for one in self.made.get(name, ()) if one.key != key]
        self.walked.clear()

    def shown(self, planned: Planned, exchange: Exchange) -> Any:
        """The record that an answer shows; MISSING where it shows none."""
        way: Way | None = places(planned.plan.answer).get("$record")
        body = parsed(exchange.answer)
        return at(body, way) if way is not None else MISSING

    def shown_schema(self, planned: Planned) -> Json:
        """The schema of the record that an operation shows, of a list that of one of its records."""
        response = planned.operation.response(planned.plan.status)
        pointer = next((one.schema for one in response.media if one.schema), None) if response else None
        schemas, ways = self.checking.contract.schemas, places(planned.plan.answer)
        node: Json = {"$ref": f"#{pointer}"} if pointer else {}
        is_list = "$page.records" in ways or "$records" in ways
        for name in ways.get("$record") or ways.get("$page.records") or ways.get("$records") or ():
            node = schemas.property_schema(node, name) or {}
        return schemas.items(node) or {} if is_list else node

    def remove(self, kind: Kept, made: Made) -> Exchange | None:
        """Deletes a record; None where the document has no delete."""
        if kind.delete is None:
            return None
        self.walked.clear()
        return self.ask(kind.delete, key=made.key, above=self.beside(kind.delete, made))

    def beside(self, planned: Planned, made: Made) -> Values:
        """The path parameters by which an operation reaches a record that was made."""
        names = {one.name for one in planned.operation.parameters if one.location == "path"}
        if names <= made.above.keys() | {*asked(planned.plan.key)[1]}:
            return {name: value for name, value in made.above.items() if name in names}
        return {**self.above(planned), **{name: value for name, value in made.above.items() if name in names}}

    # lists ------------------------------------------------------------------------------------------------------------

    def pages(self, planned: Planned) -> Pages:
        """How a list's pages are. Raises Unfit when its records can't be found in its answer."""
        found = pages_of(planned, self.checking.contract.schemas)
        if found is None:
            raise Unfit("its answer has no list of records")
        pointer = self.bodies.schema_of(planned) if "body" in (found.size[0], found.position[0]) else None
        schemas = self.checking.contract.schemas
        if pointer is not None and schemas.required(schemas.look_up(pointer)):
            raise Unfit("its pages are asked for in a body that must say more")
        return found

    def walk(
        self, planned: Planned, size: int | None = None, query: Values = NOTHING, most: int = MOST_RECORDS,
        above: Values | None = None,
    ) -> Walk:  # fmt: skip
        """Goes over the pages of a list until it ends, or so many records were seen; remembered until a write."""
        label = planned.operation.id, repr((size, sorted(query.items()), most, above and sorted(above.items())))
        if label not in self.walked:
            self.walked[label] = self._walked(planned, size, query, most, above)
        return self.walked[label]

    def _walked(self, planned: Planned, size: int | None, query: Values, most: int, above: Values | None) -> Walk:
        pages, found, position, seen = self.pages(planned), list[Page](), None, 0
        if size is None and pages.sized and pages.most is not None and most > 1:
            size = min(pages.most, 100)
        for number in range(1, MOST_PAGES + 1):
            exchange = self.page(pages, size, position, query, above)
            page = pages.read(exchange)
            if page is None:
                return Walk(tuple(found), size, False, exchange)
            found.append(page)
            seen += len(page.records)
            position = pages.following(page, number, seen)
            if position is None:
                return Walk(tuple(found), size, pages.ends(page, size))
            if seen >= most:
                break
        return Walk(tuple(found), size, False)

    def page(
        self, pages: Pages, size: Any, position: Any, query: Values = NOTHING, above: Values | None = None
    ) -> Exchange:  # fmt: skip
        """Asks for one page."""
        return self.checking.target.send(self.page_request(pages, size, position, query, above))

    def page_request(
        self, pages: Pages, size: Any, position: Any, query: Values = NOTHING, above: Values | None = None
    ) -> Request:  # fmt: skip
        """The request for one page."""
        queries, body = dict(query), None
        for (part, way), value in ((pages.size, size), (pages.position, position)):
            if value is not None and part == "query":
                queries[way[0]] = value
            elif value is not None and part == "body":
                body = within(body, way, value)
        needs_body = pages.planned.operation.body is not None and pages.planned.operation.body.required
        return self.request(pages.planned, query=queries, above=above, body=body if body or not needs_body else {})


def bench(checking: Checking, oracle: Oracle) -> Bench:
    """The bench of one check."""
    contract = checking.contract
    bodies = Bodies(contract, checking.options.seed, lambda resource: None, checking.clock.now)
    kinds = {name: kept(resource, contract.operations) for name, resource in contract.resources.items()}
    oracle.now = checking.clock.now
    made = Bench(checking, oracle, bodies, kinds)
    bodies.refer = made.refer
    return made
