"""One API as it is served: its document understood, its tables made, its operations compiled when they are called."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mockserver import planning, seeds
from mockserver.planning import Compiled
from mockserver.spec.behaviour import Plan, Resource, read
from mockserver.spec.document import Document
from mockserver.spec.errors import Position, SpecError
from mockserver.spec.guess.names import kind, plain
from mockserver.spec.guess.tokens import with_tokens
from mockserver.spec.infer import Understanding, understand
from mockserver.spec.model import Api, Json
from mockserver.spec.operations import read as read_api
from mockserver.spec.schema import Schemas
from mockserver.steps import problems
from mockserver.steps.access import Access
from mockserver.steps.limits import Limits, compile_limits
from mockserver.steps.narrowing import narrow_fields
from mockserver.steps.outside import Outside
from mockserver.steps.routing import Router
from mockserver.steps.samples import compile_sampler
from mockserver.steps.values import Names, compile_value
from mockserver.steps.views import Stored
from mockserver.steps.writes import Child, Store, compile_store
from mockserver.surroundings import Surroundings
from mockserver.world.ids import template_of
from mockserver.world.table import Table


@dataclass(frozen=True, slots=True)
class ApiSource:
    """An API to serve: its document, and its fixtures as parsed (world/fixtures.yaml), which may be empty."""

    name: str
    document: Document
    fixtures: Mapping[str, Json] = field(default_factory=dict)
    where: Callable[[str], Position] = lambda pointer: Position("fixtures", pointer)  # of a pointer into the fixtures


@dataclass(frozen=True, slots=True)
class ServedApi:
    """One API as it is served."""

    api: Api
    understanding: Understanding
    around: Surroundings
    router: Router
    tables: Mapping[str, Table]
    keys: tuple[str, ...]
    webhooks: tuple[Mapping[str, Json], ...] = ()  # of its fixtures
    tells_limits: bool = False  # whether answers carry rate headers
    refilled: Callable[[Mapping[str, int], Mapping[str, Any]], dict[str, Table]] = lambda counts, named: {}
    plans: dict[tuple[str, str], Compiled] = field(default_factory=dict)
    fired: dict[str, Outside] = field(default_factory=dict)  # events that users fired

    def resource_of(self, event: str) -> str | None:
        """What an event is about: the resource of an operation which sends it, else the one that it is named after."""
        for said in self.understanding.operations.values():
            named = [one if isinstance(one, str) else one["event"] for one in said.words.get("emits") or ()]
            if event in named and said.words.get("resource"):
                return str(said.words["resource"])
        kinds = {kind(name): name for name in self.understanding.resources}
        return next((kinds[plain(part)] for part in re.split(r"[^A-Za-z]+", event) if plain(part) in kinds), None)

    @property
    def summary(self) -> dict[str, int]:
        """How many operations and resources there are, and how many words of x-mock were guessed and given."""
        said = [*self.understanding.resources.values(), *self.understanding.operations.values()]
        origins = [one["from"] for each in said for one in each.explained().values()]
        given = sum(1 for origin in origins if origin == "given")
        return {
            "operations": len(self.api.routes), "resources": len(self.understanding.resources),
            "guessed": len(origins) - given, "given": given,
        }  # fmt: skip


def serve(
    source: ApiSource, seed: int, locale: str, counts: Mapping[str, int], rate_limits: bool, max_body: int
) -> ServedApi:
    """An API ready to be called. Raises SpecError for a document or fixture that doesn't hold together."""
    api = read_api(source.document, source.name)
    schemas = Schemas(source.document.content)
    schemas.gather(_bodies(api))
    understanding = with_tokens(understand(api, schemas, template_of), api, schemas)
    resources = {name: read(Resource, said.words, name=name) for name, said in understanding.resources.items()}
    tables_by_name = {name: f"{api.name}/{name}" for name in resources}
    names = Names(tables_by_name, api.given.get("times", "seconds"), "times" in api.given)
    sampler = compile_sampler(schemas, seed, locale)
    given, mends = api.given.get("resources") or {}, bool(api.given.get("mend"))
    stores = {
        name: compile_store(resource, schemas, names, None if name in given and not mends else sampler)
        for name, resource in resources.items()
    }
    _join_children(stores)
    stored = {name: _stored(resource, stores[name], names) for name, resource in resources.items()}
    keys = {**((api.given.get("access") or {}).get("keys") or {}), **(source.fixtures.get("keys") or {})}
    words = problems.read_words(api.given.get("problems") or {}, names)
    around = Surroundings(
        api, schemas, names, resources, stores, stored, _access(api, schemas, keys, names),
        _limits(api, understanding, names, rate_limits),
        words, problems.compile_render(words), sampler,
        compile_sampler(schemas, seed, locale, examples=False), max_body,
        narrow_fields(resources, (said.words for said in understanding.operations.values()), schemas),
    )  # fmt: skip
    router = Router([*api.routes], api.base_paths or ("",))
    wishes = seeds.Wishes(seed, locale, counts)
    tables = _first_records(source, api, around, wishes)
    tells = around.limits is not None and bool(around.limits.names)
    told = tuple(source.fixtures.get("webhooks") or ())

    def refilled(counts: Mapping[str, int], named: Mapping[str, Any]) -> dict[str, Table]:
        wanted = replace(wishes, counts={**wishes.counts, **counts})
        return _first_records(_with_records(source, named), api, around, wanted)

    served = ServedApi(api, understanding, around, router, tables, tuple(keys), told, tells, refilled)
    _check_annotated(served)
    return served


def _limits(api: Api, understanding: Understanding, names: Names, enforced: bool) -> Limits | None:
    """The rate limits of an API; None when nothing says of any."""
    own = any("limits" in said.words or "cost" in said.words for said in understanding.operations.values())
    words = understanding.limits.words
    return compile_limits(words, api.name, names, enforced) if own or words else None


def _first_records(source: ApiSource, api: Api, around: Surroundings, wishes: seeds.Wishes) -> dict[str, Table]:
    """The tables of an API. Raises SpecError, with its place in the fixtures, for fixtures that don't fit."""
    access, tiers = api.given.get("access") or {}, (api.given.get("limits") or {}).get("tiers") or {}
    try:
        tables = seeds.tables(around.resources, around.schemas, around.names, source.fixtures, wishes, around.narrow)
        users = tables[around.names.table(access["user"])] if access.get("user") else None
        seeds.check_keys(source.fixtures.get("keys") or {}, users, access.get("roles") or {}, tiers)
        return tables
    except SpecError as error:
        if error.position is None or error.position.file:
            raise
        raise SpecError(error.message, source.where(error.position.pointer)) from None


def _with_records(source: ApiSource, named: Mapping[str, Any]) -> ApiSource:
    """A source with more named records, by resource."""
    if not named:
        return source
    said = {name: dict(words) for name, words in (source.fixtures.get("records") or {}).items()}
    for name, records in named.items():
        said.setdefault(name, {})["named"] = [*(said.get(name, {}).get("named") or ()), *records]
    return replace(source, fixtures={**source.fixtures, "records": said})


def _bodies(api: Api) -> Iterator[str]:
    """The schemas of all bodies."""
    for route in api.routes:
        if route not in api.broken:
            operation = api.operation(*route)
            media = [one for response in operation.responses.values() for one in response.media]
            yield from (one.schema for one in (*media, *(operation.body.media if operation.body else ())) if one.schema)


def _check_annotated(served: ServedApi) -> None:
    """Compiles each annotated operation at load, so that a mistake in x-mock is told before the first call."""
    for route, said in served.understanding.operations.items():
        operation = served.api.operation(*route)
        if operation.given:
            try:
                served.plans[route] = planning.plan(operation, read(Plan, said.words), served.around)
            except SpecError as error:
                raise SpecError(error.message, served.api.document.position(f"{operation.pointer}/x-mock")) from None


def _join_children(stores: Mapping[str, Store]) -> None:
    for store in stores.values():
        if parent := store.resource.parent:
            stores[parent["resource"]].children.append(Child(store, parent["field"]))


def _stored(resource: Resource, store: Store, names: Names) -> Stored:
    computed = {name: compile_value(value, names) for name, value in resource.computed.items()}
    return Stored(store.properties, computed)


def _access(api: Api, schemas: Schemas, keys: Mapping[str, Any], names: Names) -> Access:
    words = api.given.get("access") or {}
    roles = {role: frozenset(scopes) for role, scopes in (words.get("roles") or {}).items()}
    schemes = (schemas.content.get("components") or {}).get("securitySchemes") or {}
    named = {secret: {"name": f"key {at}", **entry} for at, (secret, entry) in enumerate(keys.items(), 1)}
    return Access(schemes, named, roles, names.table(words["user"]) if "user" in words else None)
