"""The heart: documents in, answers out. `Service.answer` does no I/O, reads no clock and rolls no dice of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from mockserver import explanation, planning
from mockserver.origin import Origin
from mockserver.planning import Compiled
from mockserver.served import ApiSource as ApiSource
from mockserver.served import ServedApi as ServedApi
from mockserver.served import serve
from mockserver.spec.behaviour import Plan, read
from mockserver.spec.compiling import Violation
from mockserver.spec.errors import SpecError, nearest
from mockserver.spec.model import Json
from mockserver.steps.answers import Breach
from mockserver.steps.call import Answer, Call, Problem, Request, new
from mockserver.trouble.calls import afterwards, beforehand
from mockserver.trouble.effects import Did
from mockserver.world.journal import MAX_BODY as MAX_KEPT
from mockserver.world.journal import Entry, label
from mockserver.world.merging import Unsatisfiable
from mockserver.world.world import MAX_JOURNAL, MAX_JOURNAL_BYTES, World

NOTHING_DONE: tuple[Did, ...] = ()
MAX_BODY = 1_048_576  # bytes
MAX_URI = 8_192  # characters
MAX_HEADERS = 32_768  # characters of all values
REQUEST_ID = "X-Mock-Request"  # the name of each call, for rewinding to it and for asking it again


class Service:
    """Some APIs, ready to answer. It holds no state of calls: that is in the `World`."""

    def __init__(self, apis: Mapping[str, ServedApi], origin: Origin) -> None:
        self.apis = apis
        self.origin = origin
        self.seed, self.query_preferences = origin.seed, origin.query_preferences
        schemes = [one for served in apis.values() for one in served.around.access.schemes.values()]
        self.secrets = frozenset(str(one.get("name")) for one in schemes if one.get("type") == "apiKey")
        self._only = next(iter(apis)) if len(apis) == 1 else ""

    def new_world(self, name: str = "default", kept: int = MAX_JOURNAL, most: int = MAX_JOURNAL_BYTES) -> World:
        """A world with every API's first records, whose journal keeps so many entries, and bytes of requests."""
        tables = {table: value for served in self.apis.values() for table, value in served.tables.items()}
        return World(self.seed, tables, name, kept, most)

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
        effects, done = None, NOTHING_DONE
        outcome: Answer | Problem | None = refusal
        if world.rules or "prefer" in request.headers or self.query_preferences:
            effects, outcome = beforehand(call, compiled, served.around, refusal, self.query_preferences)
        if outcome is None:
            outcome = _run(compiled, call)
        if isinstance(outcome, Problem):
            world.tables, world.agenda, world.due, world.tasks, world.outbox = before
            refusal, outcome = outcome, compiled.render(outcome, call)
        told = served.around.limits.headers(call) if served.tells_limits and served.around.limits else ()
        request_id = (REQUEST_ID, label(world.name, call.id))
        body = outcome.body
        if len(body) <= MAX_KEPT:
            body = b"".join((body, b""))  # a copy, since what orjson gives lies in a buffer of 1 KiB and more
        outcome = new(Answer, (outcome.status, (*outcome.headers, *told, request_id), body, outcome.wire))
        if effects:
            outcome, done = afterwards(effects, outcome, compiled, served.around)
        world.note(_entry(call, request, now, compiled, refusal, outcome, done))
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

    def fire(self, world: World, api: str, event: str, data: Json, now: int) -> list[Violation]:
        """Lets an event of an API's webhooks happen, as if from outside, with what `data` says; what is wrong with the
        payload, and then nothing happens. Raises SpecError when the document's schema can't be met."""
        served = self.apis[api]
        if event not in served.fired:
            served.fired[event] = planning.outside(event, served.resource_of(event), served.around)
        call = Call(world, Request("", "", api=api), world.clock.read(now), world.calls)
        payload = served.fired[event].payload(call, data)
        wrong = served.fired[event].violations(payload)
        if not wrong:
            world.emit(call.now, api, event, payload)
        return wrong

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
        call.segments, call.template = match.segments, match.template
        if known := served.plans.get(route):
            return known, None
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
        answer = compiled.respond(call)
        for send in compiled.callbacks:
            send(call, answer)
        return answer
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
    mount = request.mount
    known = {mount + base + path for base in served.api.base_paths or ("",) for path, _ in served.api.routes}
    close = nearest(mount + re.sub(r"/\d+", "/{id}", request.path), known) if len(request.path) < 200 else ""
    return Problem("no-such-path", f"there is no such path{close if 'did you mean' in close else ''}", step="router")


def _entry(
    call: Call, request: Request, now: int, compiled: Compiled, problem: Problem | None, answer: Answer,
    done: tuple[Did, ...],
) -> Entry:  # fmt: skip
    kept = answer if len(answer.body) <= MAX_KEPT else answer._replace(body=answer.body[:MAX_KEPT])
    refused, reason = (problem.refuser, problem.detail) if problem else ("", "")
    operation = compiled.operation.id if compiled.operation else ""
    after, size = call.world.snapshot(), len(request.body)
    told = call.id, now, call.now, operation, request, kept, len(answer.body), call.key, refused, reason
    return new(Entry, (*told, after, size, done))


def load(
    sources: Sequence[ApiSource],
    *,
    seed: int = 1,
    locale: str = "en_US",
    records: Mapping[str, int] | None = None,
    rate_limits: bool = True,
    max_body: int = MAX_BODY,
    query_preferences: bool = False,
) -> Service:
    """A service of some APIs; with `query_preferences`, `?__code=429` asks for an answer as the header Prefer does.

    Raises SpecError for a document or fixture that doesn't hold together."""
    counts = dict(records or {})
    apis = {one.name: serve(one, seed, locale, counts, rate_limits, max_body) for one in sources}
    known = {resource for served in apis.values() for resource in served.understanding.resources}
    for resource in counts:
        if resource not in known:
            raise SpecError(f"--records: there is no resource {resource!r}{nearest(resource, known)}")
    read = {one.name: (one.document.content, one.fixtures) for one in sources}
    return Service(apis, Origin(seed, locale, counts, rate_limits, query_preferences, read))
