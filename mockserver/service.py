"""The heart: documents in, answers out. `Service.answer` does no I/O, reads no clock and rolls no dice of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mockserver import explanation, planning, seeds
from mockserver.planning import Compiled
from mockserver.spec.behaviour import Plan, Resource, read
from mockserver.spec.document import Document
from mockserver.spec.errors import Position, SpecError, nearest
from mockserver.spec.guess_tokens import with_tokens
from mockserver.spec.infer import Understanding, understand
from mockserver.spec.model import Api, Json
from mockserver.spec.operations import read as read_api
from mockserver.spec.schema import Schemas
from mockserver.steps import problems
from mockserver.steps.access import Access
from mockserver.steps.answers import Breach
from mockserver.steps.call import Answer, Call, Problem, Request
from mockserver.steps.limits import compile_limits
from mockserver.steps.routing import Router
from mockserver.steps.samples import compile_sampler
from mockserver.steps.values import Names, compile_value
from mockserver.steps.views import Stored
from mockserver.steps.writes import Child, Store, compile_store
from mockserver.surroundings import Surroundings
from mockserver.world.ids import template_of
from mockserver.world.journal import MAX_BODY as MAX_KEPT
from mockserver.world.journal import Entry, label
from mockserver.world.merging import Unsatisfiable
from mockserver.world.table import Table
from mockserver.world.world import MAX_JOURNAL, World

MAX_BODY = 1_048_576  # bytes
MAX_URI = 8_192  # characters
MAX_HEADERS = 32_768  # characters of all values
REQUEST_ID = "X-Mock-Request"  # the name of each call, for rewinding to it and for asking it again


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
    tells_limits: bool = False  # whether answers carry rate headers
    plans: dict[tuple[str, str], Compiled] = field(default_factory=dict)

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


class Service:
    """Some APIs, ready to answer. It holds no state of calls: that is in the `World`."""

    def __init__(self, apis: Mapping[str, ServedApi], seed: int) -> None:
        self.apis = apis
        self.seed = seed
        schemes = [one for served in apis.values() for one in served.around.access.schemes.values()]
        self.secrets = frozenset(str(one.get("name")) for one in schemes if one.get("type") == "apiKey")
        self._only = next(iter(apis)) if len(apis) == 1 else ""

    def new_world(self, name: str = "default", kept: int = MAX_JOURNAL) -> World:
        """A world with every API's first records, whose journal keeps so many entries."""
        tables = {table: value for served in self.apis.values() for table, value in served.tables.items()}
        return World(self.seed, tables, name, kept)

    def answer(self, world: World, request: Request, now: int) -> Answer:
        """Answers one request; `now` is real time, milliseconds since 1970 UTC. A fault of ours is a 500."""
        served = self.apis[request.api or self._only]
        at = world.clock.read(now)
        if world.due is not None and world.due <= at:
            self.catch_up(world, now)
        world.calls += 1
        call = Call(world, request, at, world.calls)
        compiled, refusal = self._plan(served, call)
        before = world.tables, world.agenda, world.due, world.tasks, world.outbox
        outcome = _run(compiled, call) if refusal is None else refusal
        if isinstance(outcome, Problem):
            world.tables, world.agenda, world.due, world.tasks, world.outbox = before
            refusal, outcome = outcome, compiled.render(outcome, call)
        told = served.around.limits.headers(call) if served.tells_limits and served.around.limits else ()
        request_id = (REQUEST_ID, label(world.name, call.id))
        outcome = Answer(outcome.status, (*outcome.headers, *told, request_id), outcome.body)
        world.note(_entry(call, now, compiled, refusal, outcome))
        return outcome

    def catch_up(self, world: World, now: int) -> None:
        """Does what fell due, in order, each thing at its own moment."""
        at = world.clock.read(now)
        while task := world.next_task(at):
            record = world.get(task.table, task.key)
            served = self.apis[task.api]
            if record is None:
                continue
            path, _, method = task.operation.rpartition(" ")
            compiled = self._compiled(served, (path, method))
            call = Call(world, Request("", "", api=task.api), task.due, world.calls)
            call.key = served.around.access.keys.get(task.caller) or {}
            call.values["record"] = record
            before = world.tables, world.outbox
            if compiled.later[task.index].run(call) is not None:
                world.tables, world.outbox = before

    def check(self) -> Iterator[tuple[str, tuple[str, str], str] | None]:
        """Compiles every operation, one for each step of this iterator: what can't be served is given with the reason
        as (API, (path, method), reason); the others give None."""
        for name, served in self.apis.items():
            for route in served.api.routes:
                try:
                    if route not in served.api.broken:  # those are known without looking
                        self._compiled(served, route)
                    yield None
                except SpecError as error:
                    yield name, route, str(error)

    def explain(self, api: str, operation: str | None = None) -> dict[str, Json]:
        """The plan of every operation and resource, or of one operation: see `explanation.explain`."""
        served = self.apis[api]
        return explanation.explain(served.api, served.understanding, operation)

    def _plan(self, served: ServedApi, call: Call) -> tuple[Compiled, Problem | None]:
        """The plan that a call's path and method mean, and the problem that no plan can mend."""
        request = call.request
        if len(request.path) + len(request.query) > MAX_URI:
            return _nowhere(served), Problem(
                "uri-too-long", f"the URI is longer than {MAX_URI} characters", step="router"
            )
        if sum(map(len, request.headers.values())) > MAX_HEADERS:
            return _nowhere(served), Problem(
                "headers-too-large", f"the headers are longer than {MAX_HEADERS} characters", step="router"
            )
        match = served.router.match(request.path, request.method.lower())
        if match is None:
            return planning.nowhere(served.around, _no_path(served, request)), None
        if match.template is None:
            if request.method == "OPTIONS":
                return planning.methods_of(served.around, match.allow), None
            allow = ", ".join(match.allow)
            detail = f"{request.method} is not allowed here; {allow} {'are' if ',' in allow else 'is'}"
            problem = Problem(
                "method-not-allowed", detail, headers=(("Allow", allow),), step="router"
            )  # fmt: skip
            return planning.nowhere(served.around, problem), None
        route = (match.template, match.method)
        call.values["segments"] = match.segments
        call.values["operation"] = f"{route[0]} {route[1]}"
        if route in served.api.broken:
            return _nowhere(served), Problem(
                "not-served", f"this operation can't be served: {served.api.broken[route]}", step="router"
            )
        try:
            return self._compiled(served, route), None
        except SpecError as error:
            return _nowhere(served), Problem("not-served", f"this operation can't be served: {error}", step="router")

    def _compiled(self, served: ServedApi, route: tuple[str, str]) -> Compiled:
        compiled = served.plans.get(route)
        if compiled is None:
            said = read(Plan, served.understanding.operations[route].words)
            compiled = served.plans[route] = planning.plan(served.api.operation(*route), said, served.around)
        return compiled


def _run(compiled: Compiled, call: Call) -> Answer | Problem:
    try:
        for step in compiled.steps:
            problem = step(call)
            if problem is not None:
                return problem
        return compiled.respond(call)
    except Breach as breach:
        return Problem("server-error", str(breach), step="answer check")
    except Unsatisfiable as error:
        return Problem("not-served", f"no record could be made: {error}", step="records")
    except Exception as error:  # a bug of ours: the call is undone, the user told where it is, and the server goes on
        return Problem("server-error", f"a bug of this mock: {_whereabouts(error)}", step="bug")


def _whereabouts(error: Exception) -> str:
    """What went wrong, and in which line of ours."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    module = trace.tb_frame.f_globals.get("__name__", "?") if trace else "?"
    return f"{type(error).__name__}: {error} (in {module}, line {trace.tb_lineno if trace else '?'})"


def _nowhere(served: ServedApi) -> Compiled:
    return planning.nowhere(served.around, Problem("no-such-path", ""))


def _no_path(served: ServedApi, request: Request) -> Problem:
    known = {base + path for base in served.api.base_paths or ("",) for path, _ in served.api.routes}
    close = nearest(re.sub(r"/\d+", "/{id}", request.path), known) if len(request.path) < 200 else ""
    return Problem("no-such-path", f"there is no such path{close if 'did you mean' in close else ''}", step="router")


def _entry(call: Call, now: int, compiled: Compiled, problem: Problem | None, answer: Answer) -> Entry:
    size = len(answer.body)
    if size > MAX_KEPT:
        answer = answer._replace(body=answer.body[:MAX_KEPT])
    refused, reason = (problem.refuser, problem.detail) if problem else ("", "")
    operation = compiled.operation.id if compiled.operation else ""
    return Entry(
        call.id, now, call.now, operation, call.request, answer, size, call.key, refused, reason, call.world.snapshot()
    )  # fmt: skip


def load(
    sources: Sequence[ApiSource],
    *,
    seed: int = 1,
    locale: str = "en_US",
    records: Mapping[str, int] | None = None,
    rate_limits: bool = True,
    max_body: int = MAX_BODY,
) -> Service:
    """A service of some APIs. Raises SpecError for a document or fixture that doesn't hold together."""
    counts = dict(records or {})
    apis = {one.name: _serve(one, seed, locale, counts, rate_limits, max_body) for one in sources}
    known = {resource for served in apis.values() for resource in served.understanding.resources}
    for resource in counts:
        if resource not in known:
            raise SpecError(f"--records: there is no resource {resource!r}{nearest(resource, known)}")
    return Service(apis, seed)


def _serve(
    source: ApiSource, seed: int, locale: str, counts: Mapping[str, int], rate_limits: bool, max_body: int
) -> ServedApi:
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
    around = Surroundings(
        api, schemas, names, resources, stores, stored, _access(api, schemas, keys, names),
        compile_limits(api.given.get("limits") or {}, api.name, names, rate_limits),
        problems.read_words(api.given.get("problems") or {}, names), sampler, max_body,
    )  # fmt: skip
    router = Router([*api.routes], api.base_paths or ("",))
    wishes = seeds.Wishes(seed, locale, counts)
    tables = _first_records(source, api, around, wishes)
    tells = around.limits is not None and bool(around.limits.names)
    served = ServedApi(api, understanding, around, router, tables, tuple(keys), tells)
    _check_annotated(served)
    return served


def _first_records(source: ApiSource, api: Api, around: Surroundings, wishes: seeds.Wishes) -> dict[str, Table]:
    """The tables of an API. Raises SpecError, with its place in the fixtures, for fixtures that don't fit."""
    access, tiers = api.given.get("access") or {}, (api.given.get("limits") or {}).get("tiers") or {}
    try:
        tables = seeds.tables(around.resources, around.schemas, around.names, source.fixtures, wishes)
        users = tables[around.names.table(access["user"])] if access.get("user") else None
        seeds.check_keys(source.fixtures.get("keys") or {}, users, access.get("roles") or {}, tiers)
        return tables
    except SpecError as error:
        if error.position is None or error.position.file:
            raise
        raise SpecError(error.message, source.where(error.position.pointer)) from None


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
