"""The refusals that a request might have met: with a field that it really sent, a scope that it really needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.planning import Compiled
from mockserver.spec.model import Json, Operation, Parameter
from mockserver.steps.access import refuser
from mockserver.steps.answers import is_json
from mockserver.steps.call import Call, Fault, Problem
from mockserver.steps.faults import faults_of
from mockserver.steps.media import body_reader
from mockserver.steps.writes import noun
from mockserver.surroundings import Surroundings
from mockserver.trouble.spoiling import spoilable, wrong_value

WAIT = "60"  # seconds that a refused client is told to wait where no limit says how long


def likely(status: int, call: Call, compiled: Compiled, around: Surroundings) -> Iterator[Problem]:
    """What may be wrong with a request, the most believable first; what has another status than `status` is for the
    caller to leave out."""
    operation, said = compiled.operation, compiled.said
    if own := natural(call, compiled):
        yield own
    if operation is None or said is None:
        return
    resource = around.resources.get(said.resource or "")
    if status in (400, 422):
        yield from bad_input(call, operation, around)
        yield Problem("malformed-body", "the request body is not valid JSON")
    if status == 401:
        yield refuser(around.access, operation)(call, True)
    if status == 403:
        scopes = sorted({scope for way in operation.security for many in way.values() for scope in many})
        needs = f"this key lacks the scope {', '.join(scopes[:1])}" if scopes else "this key may not do this"
        yield Problem("forbidden", needs, step="scopes")
    if resource is not None:
        yield from _of_records(call, resource, operation, around)
    if status == 429:
        yield too_many(call, around)
    yield from _of_protocol(status, call, operation)


def natural(call: Call, compiled: Compiled) -> Problem | None:
    """What is really wrong with a request, if anything is; the world is left as it was."""
    world = call.world
    before, trial = world.snapshot(), Call(world, call.request, call.now, call.id)
    trial.segments, trial.template = call.segments, call.template
    try:
        return next((problem for step in compiled.steps if (problem := step(trial)) is not None), None)
    except Exception:  # then nothing is known of it
        return None
    finally:
        world.restore(before)


def too_many(call: Call, around: Surroundings) -> Problem:
    """The refusal of a caller whose limit is used up, which the limit's headers tell as well."""
    found = around.limits.exhausted(call) if around.limits else None
    return found or Problem(
        "rate-limited", f"too many requests; retry after {WAIT} s", headers=(("Retry-After", WAIT),), step="limits"
    )


def bad_input(call: Call, operation: Operation, around: Surroundings) -> Iterator[Problem]:
    """A field of the body that was sent, said to be wrong by its own schema; else a parameter."""
    body = _sent(call, operation, around)
    media = next((one for one in operation.body.media if one.schema), None) if operation.body else None
    if media is not None and media.schema:
        schema = around.schemas.at(media.schema, "request")
        faults = _spoiled(body, schema, around)
        if faults:
            yield Problem.of_faults("invalid-body", faults)
    sent = call.request.query
    near = sorted(operation.parameters, key=lambda one: (one.location != "query", f"{one.name}=" not in sent))
    for parameter in near:
        if parameter.location in ("query", "header") and (fault := _wrong(parameter, around)):
            yield Problem.of_faults("invalid-parameter", (fault,))


def _sent(call: Call, operation: Operation, around: Surroundings) -> Json:
    if operation.body is None or not call.request.body:
        return None
    value, _ = body_reader(operation.body, around.schemas)(call.request)
    return value


def _spoiled(body: Json, schema: Any, around: Surroundings) -> tuple[Fault, ...]:
    """What is wrong with a body once one of its fields is; or that a field is missing, where nothing was sent."""
    schemas, row, name = around.schemas, body, ""
    node = schema.node
    if isinstance(body, list) and body and isinstance(body[0], Mapping):
        row, node, name = body[0], schemas.items(node) or {}, "0"
    properties = schemas.properties(node)
    if not isinstance(row, Mapping):
        faults = faults_of(schema, {}, "body", schemas) if not schema.is_valid({}) else ()
        return faults[:1]
    for field in spoilable(list(row), properties, schemas):
        wrong = wrong_value(properties[field], schemas)
        if wrong is None:
            continue
        changed: Json = {**row, field: wrong[0]}
        changed = [changed, *body[1:]] if name else changed
        label = f"{name}.{field}" if name else field
        own = [one for one in faults_of(schema, changed, "body", schemas) if one.field.startswith(label)]
        if own:
            return (own[0],)
    return ()


def _wrong(parameter: Parameter, around: Surroundings) -> Fault | None:
    schemas = around.schemas
    wrong = wrong_value(schemas.look_up(parameter.schema), schemas) if parameter.schema else None
    if wrong is None:
        return None
    schema = schemas.at(parameter.schema, "request")
    return faults_of(schema, wrong[0], parameter.location, schemas, parameter.name)[0]


def _of_records(call: Call, resource: Any, operation: Operation, around: Surroundings) -> Iterator[Problem]:
    """What records can stand in the way of: one that is missing, one that is there already, a rule."""
    thing = noun(resource.name)
    yield Problem("not-found", f"there is no {thing} with this {resource.key}", step="resource")
    body = _sent(call, operation, around)
    sent = body if isinstance(body, Mapping) else {}
    unique = [words for words in resource.unique if operation.body and "existing" not in words]
    for words in sorted(unique, key=lambda one: one["field"] not in sent):
        fault = Fault("body", f"/{words['field']}", words["field"], "is already in use")
        yield Problem.of_faults("conflict", (fault,)).given(words.get("problem"))
    for rule in resource.rules:
        said = dict(rule["problem"])
        detail = str(said.pop("detail", f"this would break the rule {rule['name']}")).replace("{verb}", "update")
        yield Problem("rule-broken", detail, step="rules").given(said)
    if not unique:
        yield Problem("conflict", f"this is in conflict with the present state of the {thing}", step="unique")


def _of_protocol(status: int, call: Call, operation: Operation) -> Iterator[Problem]:
    """Refusals by HTTP's own reasons."""
    if status == 404:
        yield Problem("not-found", "nothing is found here", step="resource")
    if status == 405:
        yield Problem("method-not-allowed", f"{call.request.method} is not allowed here", headers=(("Allow", ""),))
    if status == 406:
        types = [one.type for response in operation.responses.values() for one in response.media]
        yield Problem("not-acceptable", f"this operation answers {', '.join(dict.fromkeys(types))} only")
    if status == 409:
        yield Problem("conflict", "this is in conflict with what is there already")
    if status == 413:
        yield Problem("body-too-large", "the request body is too large")
    if status == 414:
        yield Problem("uri-too-long", "the URI is too long")
    if status == 415:
        known = [one.type for one in operation.body.media] if operation.body else ["application/json"]
        wanted = next((one for one in known if is_json(one)), known[0] if known else "application/json")
        yield Problem("unsupported-media-type", f"the request body must be {wanted}")
    if status == 431:
        yield Problem("headers-too-large", "the request headers are too large")
    if status == 501:
        yield Problem("not-served", "this is not implemented")
