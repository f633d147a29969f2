"""Compiles one operation into steps: `plan` is the one place that says what happens to a call, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from mockserver.handlers import handler
from mockserver.spec.behaviour import Plan, Resource
from mockserver.spec.errors import SpecError, nearest
from mockserver.spec.guess.answers import SAMPLE
from mockserver.spec.model import Operation
from mockserver.steps import answers, callbacks, events, inputs, problems, resources, writes
from mockserver.steps.access import authenticate, authorize, identify, issue
from mockserver.steps.call import Answer, Call, Fault, Guard, Problem
from mockserver.steps.error_bodies import compile_body
from mockserver.steps.limits import windows
from mockserver.steps.negotiation import best
from mockserver.steps.outside import Outside, compile_outside
from mockserver.steps.parents import compile_parent
from mockserver.steps.samples import sample_headers
from mockserver.steps.values import Value, compile_fields
from mockserver.steps.views import Stored, compile_answer
from mockserver.steps.wire_out import concrete, encoder, labelled, root_of
from mockserver.steps.writes import Store
from mockserver.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Compiled:
    """An operation, ready to be called: `steps` run in order until one refuses, then `respond` answers."""

    operation: Operation | None
    steps: tuple[Guard, ...]
    respond: Callable[[Call], Answer]
    render: problems.Render
    later: tuple[events.Later, ...] = ()
    callbacks: tuple[callbacks.Callback, ...] = ()
    said: Plan | None = None


def plan(operation: Operation, said: Plan, around: Surroundings) -> Compiled:
    """Everything that happens to a call of one operation, in order.

    Raises SpecError for x-mock that doesn't hold together.
    """
    resource = around.resources.get(said.resource or "")
    store = around.stores.get(said.resource or "")
    if resource and resource.schema and _is_guessed(operation, said, around):
        # whether its schema can be compiled, and there can be a record at all, is better known now than within a call
        around.schemas.at(resource.schema.removeprefix("#"), "response")
        around.sampler(around.schemas.look_up(resource.schema.removeprefix("#")), resource.name, "record")
    own = {**(resource.problems if resource else {}), **said.problems}
    later = _later(said, store, around)
    steps = [
        authenticate(around.access, operation) if said.does != "issue-token" else None,  # 401
        _limits(said, around),  # 429
        authorize(around.access, operation) if said.does != "issue-token" else None,  # 403
        writes.tenant_guard(resource, around.names) if resource else None,  # 403
        inputs.guard(
            _with_any_key(operation, said, resource, around),
            around.schemas,
            refuse_unknown=said.unknown_parameters == "refuse",
            body_as_query=said.body_as_query,
            max_body=around.max_body,
        ),  # 400, 413, 415, 422
        answers.acceptable(operation, said.status),  # 406
        _own_spelling(said.aliases) if said.aliases else None,
        _body_as_query(operation) if said.body_as_query else None,
        _parent(said, resource, around),  # 404
        issue(around.access) if said.does == "issue-token" else handler(operation, said, resource, store, around),
        _effects(operation, said, store, later, around),
    ]
    declared = problems.Declared(
        frozenset(operation.responses), lambda status, accept: refusal_form(operation, status, accept, around)
    )
    return Compiled(
        operation,
        tuple(step for step in steps if step is not None),
        _respond(operation, said, around),
        problems.compile_render(around.words, own, declared, answers.check_refusal(operation, around.schemas)),
        later,
        callbacks.compile_callbacks(around.api.name, operation, around.schemas, around.sampler),
        said,
    )


def outside(event: str, resource: str | None, around: Surroundings) -> Outside:
    """An event of the document's webhooks that a user fires, about a record of a resource."""
    about = (around.stores[resource], around.stored[resource]) if resource else None
    words = around.api.given.get("events") or {}
    return compile_outside(event, words, about, around.stores, around.schemas, around.names, around.sampler)


def nowhere(around: Surroundings, problem: Problem) -> Compiled:
    """The plan of a path or method that doesn't exist: the key is noted and counted, then the call is refused."""
    steps = (identify(around.access), *([around.limits.guard] if around.limits else []), lambda call: problem)
    return Compiled(None, steps, lambda call: Answer(204), around.render)


def methods_of(around: Surroundings, allow: tuple[str, ...]) -> Compiled:
    """The plan of an OPTIONS that the document doesn't declare (RFC 9110, 9.3.7)."""
    answer = Answer(204, (("Allow", ", ".join(allow)),))
    steps = (identify(around.access), *([around.limits.guard] if around.limits else []))
    return Compiled(None, steps, lambda call: answer, around.render)


def _limits(said: Plan, around: Surroundings) -> Guard | None:
    if around.limits is None:
        return None
    alone = said.cost == 1 and not said.limits
    return around.limits.guard if alone else around.limits.guard_of(said.cost, windows(said.limits))


def _own_spelling(aliases: Mapping[str, str]) -> Guard:
    """The body's fields under one spelling each; where a client sends both, the first in the table gives way."""

    def rename(call: Call) -> None:
        if isinstance(call.body, Mapping):
            renamed = {aliases[name]: value for name, value in call.body.items() if name in aliases}
            call.body = {**renamed, **{name: value for name, value in call.body.items() if name not in aliases}}

    return rename


def _body_as_query(operation: Operation) -> Guard:
    """A JSON body's fields count as query parameters; one that is required may come either way."""
    required = [one.name for one in operation.parameters if one.location == "query" and one.required]

    def join(call: Call) -> Problem | None:
        if isinstance(call.body, Mapping):
            call.query = {**call.body, **call.query}
        missing = [name for name in required if name not in call.query]
        if not missing:
            return None
        return Problem.of_faults(
            "invalid-parameter", tuple(Fault("query", name, name, "is required") for name in missing)
        )

    return join


def _parent(said: Plan, resource: Resource | None, around: Surroundings) -> Guard | None:
    above = compile_parent(said, resource or Resource(""), around.schemas, around.names)  # samples have none
    if above is None or above.resource is None:
        return None
    if above.resource not in around.stores:
        raise SpecError(f"there is no resource {above.resource!r}{nearest(above.resource, around.stores)}")
    return resources.parent_exists(around.stores[above.resource], above.key)


def _with_any_key(operation: Operation, said: Plan, resource: Resource | None, around: Surroundings) -> Operation:
    """The operation without those path parameters that a document gives a type which no key of their resource has."""
    above = said.parent if isinstance(said.parent, Mapping) else {}
    named = [(said.key, resource), (above.get("key"), around.resources.get(above.get("resource") or ""))]
    wrong = set()
    for value, one in named:
        if one is None or not one.schema or not str(value).startswith("$request.path."):
            continue
        name = str(value).removeprefix("$request.path.")
        key = around.schemas.property_schema(around.schemas.look_up(one.schema.removeprefix("#")), one.key)
        for parameter in operation.parameters:
            if parameter.name == name and parameter.location == "path" and key is not None:
                takes = around.schemas.kinds(around.schemas.look_up(parameter.schema))
                wrong |= {parameter} if takes.isdisjoint(around.schemas.kinds(key)) else set()
    return replace(operation, parameters=tuple(one for one in operation.parameters if one not in wrong))


def _later(said: Plan, store: Store | None, around: Surroundings) -> tuple[events.Later, ...]:
    if not said.later or store is None:
        return ()
    return tuple(
        events.compile_later(one, store, around.stores, _emitters(one.get("emits") or (), said, around), around.names)
        for one in said.later
    )


def _emitters(names: Any, said: Plan, around: Surroundings) -> list[events.Emitter]:
    words = around.api.given.get("events") or {}
    stored = around.stored.get(said.resource or "", Stored(frozenset(), {}))
    return [
        events.compile_emitter(around.api.name, name, words, stored, around.schemas, around.names) for name in names
    ]


def _effects(
    operation: Operation, said: Plan, store: Store | None, later: tuple[events.Later, ...], around: Surroundings
) -> Guard | None:
    """What follows the handler: other records, the agenda, events; nothing when the handler changed nothing."""
    effects = [events.compile_effect(one, around.stores, around.names) for one in said.then]
    emitters = _emitters(said.emits, said, around)
    if not effects and not later and not emitters:
        return None
    label = f"{operation.path} {operation.method}"
    touched = frozenset(store.resource.on_update) if store and said.does in ("update", "replace") else None

    def run(call: Call) -> Problem | None:
        if call.values.get("unchanged"):
            return None
        call.values["store"] = store
        for record in call.values.get("records") or [call.values.get("record")]:
            call.values["record"] = record
            is_news = touched is None or _differ(call.values["before"], record, touched)
            if problem := events.run_all(call, effects, emitters if is_news else ()):
                return problem
            _schedule(call, later, store)
        return None

    def _schedule(call: Call, parts: tuple[events.Later, ...], own: Store | None) -> None:
        if own is None:
            return
        for at, one in enumerate(parts):
            who = str(call.key.get("secret", ""))
            key = call.values["record"][own.key]
            call.world.schedule(one.due(call), around.api.name, label, at, own.table, key, who)

    return run


def _differ(before: Mapping[str, Any], after: Mapping[str, Any], beside: frozenset[str]) -> bool:
    """Whether a record changed, beside the fields that every update sets."""
    return any(after.get(name) != before.get(name) for name in after.keys() | before.keys() if name not in beside)


def _respond(operation: Operation, said: Plan, around: Surroundings) -> answers.Respond:
    response = operation.response(said.status)
    media = next((one for one in response.media if one.type.endswith("json")), None) if response else None
    node = around.schemas.look_up(media.schema) if media and media.schema else {}
    stored = around.stored.get(said.resource or "", Stored(frozenset(), {}))
    template = (
        said.answer if said.answer is not None else "$record" if said.resource and said.does != "sample" else None
    )
    body: Value | None = None
    if template is not None and template != SAMPLE:
        body = compile_answer(template, node, stored, around.schemas, around.names, said.show == "changed")
    location = _location(operation, said, around) if said.does == "create" else None
    told = around.limits.names if around.limits else ()
    return answers.compile_respond(
        answers.Responder(
            operation,
            said.status,
            body,
            location,
            around.schemas,
            around.sampler,
            (*told, *(name.lower() for name in said.headers)),
            compile_fields(said.headers, around.names) if said.headers else None,
            _is_guessed(operation, said, around),
        )
    )


def _is_guessed(operation: Operation, said: Plan, around: Surroundings) -> bool:
    """Whether nobody has said what this operation does: neither its own x-mock nor its resource's."""
    if around.api.given.get("mend"):
        return True
    return not operation.given and said.resource not in (around.api.given.get("resources") or {})


def refusal_form(
    operation: Operation, status: int, accept: str | None, around: Surroundings
) -> problems.Form | None:  # fmt: skip
    """How an operation declares a status of refusal: in its own schema, or RFC 9457 where it has none."""
    response = operation.response(status)
    if response is None:
        return None
    schemas, details = around.schemas, around.words.details
    told = around.limits.names if around.limits else ()
    label = f"{operation.id}/{status}"
    headers = sample_headers(response.headers, label, schemas, around.sampler, told)
    media = {one.full: one for one in sorted(response.media, key=lambda one: not answers.is_json(one.type))}
    if not media:
        return problems.Form(around.words.media_type, details, headers=headers)
    one = media[best(accept, list(media)) or next(iter(media))]
    node = schemas.look_up(one.schema) if one.schema else {}
    name = concrete(one.full, is_bytes=False)
    body = compile_body(node, name, schemas, lambda each: around.sampler(each, label, "error"), details)
    return problems.Form(labelled(name), body, encoder(name, node, schemas, root_of(one.schema), one.encoding), headers)


def _location(operation: Operation, said: Plan, around: Surroundings) -> Value:
    key = around.resources[said.resource or ""].key

    def where(call: Call) -> Any:
        return f"{call.request.mount}{call.request.path.rstrip('/')}/{call.values['record'][key]}"

    return where
