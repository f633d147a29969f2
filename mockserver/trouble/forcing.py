"""An answer of a status that somebody asked for: as the document has it, and believable for the very request.

Nothing is changed by such a call, and no limit counts it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from mockserver.planning import Compiled, refusal_form
from mockserver.spec.errors import nearest
from mockserver.spec.model import Json, Media, Operation, Response
from mockserver.steps import answers
from mockserver.steps.answers import Form, Responder
from mockserver.steps.call import Answer, Call, Problem
from mockserver.steps.negotiation import best
from mockserver.steps.problems import KINDS
from mockserver.surroundings import Surroundings
from mockserver.trouble.effects import Effects
from mockserver.trouble.refusals import likely

UNDOCUMENTED = ("X-Mock-Undocumented", "true")


def forced(effects: Effects, call: Call, compiled: Compiled, around: Surroundings) -> Answer | Problem:
    """The answer that was asked for, or why the document has none such. Raises answers.Breach for an example that isn't
    as its schema says."""
    operation, said = compiled.operation, compiled.said
    status = effects.status
    if operation is None or said is None:
        return refused(status or 404, effects.detail, call, compiled, around)
    sampled = bool(effects.example) or effects.dynamic
    if status is None:
        status = _showing(effects.example, operation, said.status, around) if effects.example else said.status
    if status is None:
        names = sorted({name for one in operation.responses.values() for name in _examples(one, around)})
        return _unknown(f"this operation has no example {effects.example!r}{nearest(effects.example, names)}")
    if status >= 400 and not sampled:
        return refused(status, effects.detail, call, compiled, around)
    return _shown(status, effects, call, operation, around)


def refused(status: int, detail: str, call: Call, compiled: Compiled, around: Surroundings) -> Answer:
    """A refusal of this status: the API's own for this request, as far as there is one."""
    near: Problem | None = None
    for problem in likely(status, call, compiled, around):
        said = problem._replace(detail=detail, told=True) if detail else problem
        answer = compiled.render(said, call)
        if answer.status == status:
            break
        if near is None and (KINDS[problem.kind][0] == status or (problem.faults and status in BAD_INPUT)):
            near = said._replace(status=status, code=_code(status, around))
    else:
        answer = compiled.render(near or _general(status, detail, around), call)
    return _documented(answer, status, call, compiled, around)


def _documented(answer: Answer, status: int, call: Call, compiled: Compiled, around: Surroundings) -> Answer:
    """An answer marked where the document doesn't know its status, and then in the form of an error that it knows."""
    operation = compiled.operation
    if operation is None or operation.response(status) is not None:
        return answer
    lender = next((one for one in _lenders(status, operation) if one >= 400), None)
    if around.words.body is None and lender is not None:
        form = refusal_form(operation, lender, call.request.headers.get("accept"), around)
        if form is not None:
            own = [one for one in answer.headers if one[0].lower() != "content-type"]
            answer = form.answer(status, tuple(own), call)
    return answer._replace(headers=(*answer.headers, UNDOCUMENTED))


def _lenders(status: int, operation: Operation) -> list[int]:
    """The statuses that an operation declares, the nearest first."""
    known = [int(one) for one in operation.responses if one.isdigit()]
    return sorted(known, key=lambda one: (one // 100 != status // 100, abs(one - status)))


BAD_INPUT = (400, 422)
PHRASES = {one.value: one.phrase for one in HTTPStatus}
LIKE = {402: "forbidden", 408: "rate-limited", 410: "not-found", 412: "conflict", 423: "conflict", 425: "rate-limited",
         451: "forbidden"}  # fmt: skip
SAID = {
    402: "a payment is required", 410: "what was here is gone for good", 423: "this is locked at present",
    500: "something went wrong on the server", 502: "the server behind this one gave no valid answer",
    503: "the service is not available at present", 504: "the server behind this one did not answer in time",
}  # fmt: skip


def _general(status: int, detail: str, around: Surroundings) -> Problem:
    """A refusal of a status that nothing about the request would bring about."""
    phrase = PHRASES.get(status, f"Status {status}")
    kind = LIKE.get(status, "server-error" if status >= 500 else "invalid-parameter")
    text = detail or SAID.get(status, phrase.lower())
    return Problem(kind, text, code=_code(status, around), status=status, step="forced", told=True, title=phrase)


def _code(status: int, around: Surroundings) -> str:
    """The API's code for a status, or one made from its name: `service_unavailable`."""
    return around.words.code(status) or re.sub(r"[^a-z]+", "_", PHRASES.get(status, f"status {status}").lower())


# what isn't a refusal, and examples ----------------------------------------------------------------------------------


def _shown(status: int, effects: Effects, call: Call, operation: Operation, around: Surroundings) -> Answer | Problem:
    """The document's example of a response, or a body made from its schema."""
    response = operation.response(status)
    if response is None:
        return Answer(status, (UNDOCUMENTED,))
    told = around.limits.names if around.limits else ()
    responder = Responder(operation, status, None, None, around.schemas, around.sampler, told)
    forms = responder.forms(status)
    media = {one.type: one for one in response.media}
    if effects.example:
        having = {name: form for name, form in forms.items() if effects.example in _named(media.get(name), around)}
        if not having:
            known = sorted(_examples(response, around))
            close = nearest(effects.example, known)
            return _unknown(f"the {status} answer of this operation has no example {effects.example!r}{close}")
        forms = having
    name = best(call.request.headers.get("accept"), list(forms)) or next(iter(forms))
    form = forms[name]
    if form.body is None:
        return Answer(status, form.headers)
    value = _value(effects, form, media[name], call, operation, around)
    if form.is_valid and not form.is_valid(value):
        told_why = answers.explained(operation, status, form.pointer or "", value, around.schemas)
        raise answers.Breach(told_why)
    return Answer(status, form.headers, form.encode(value))


def _value(
    effects: Effects, form: Form, media: Media, call: Call, operation: Operation, around: Surroundings
) -> Json:  # fmt: skip
    if effects.example:
        return _named(media, around)[effects.example]
    if effects.dynamic and media.schema:
        return around.inventor(around.schemas.look_up(media.schema), operation.id, call.id)
    return form.body(call) if form.body else None


def _showing(name: str, operation: Operation, success: int, around: Surroundings) -> int | None:
    """The first status with an example of this name: that of success, then the others in order."""
    statuses = [success, *sorted(int(one) for one in operation.responses if one.isdigit() and int(one) != success)]
    for status in statuses:
        response = operation.response(status)
        if response and name in _examples(response, around):
            return status
    return None


def _examples(response: Response, around: Surroundings) -> Iterator[str]:
    for media in response.media:
        yield from _named(media, around)


def _named(media: Media | None, around: Surroundings) -> dict[str, Any]:
    """The named examples of a media type."""
    said = around.schemas.look_up(media.pointer) if media else {}
    named = said.get("examples") if isinstance(said, dict) else None
    found = {name: around.schemas.follow(one) for name, one in (named or {}).items()} if isinstance(named, dict) else {}
    return {name: one["value"] for name, one in found.items() if isinstance(one, dict) and "value" in one}


def _unknown(detail: str) -> Problem:
    return Problem("invalid-parameter", detail, status=400, field="Prefer", step="preferences", told=True)
