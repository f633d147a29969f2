"""Where trouble meets a call: what happens before the API sees it, in its place, and to its answer."""

from __future__ import annotations

import orjson

from mockserver.planning import Compiled
from mockserver.spec.errors import SpecError
from mockserver.steps.access import identify
from mockserver.steps.answers import Breach, check_refusal, is_json
from mockserver.steps.call import Answer, Call, Problem, Wire
from mockserver.steps.limits import besides
from mockserver.surroundings import Surroundings
from mockserver.trouble.damage import breached, malformed, mistyped
from mockserver.trouble.effects import NONE, Did, Effects
from mockserver.trouble.forcing import forced, refused
from mockserver.trouble.preferences import applied, wishes
from mockserver.trouble.rules import acting

UNSENT = Answer(0)  # of a call that is neither carried out nor answered


def beforehand(
    call: Call, compiled: Compiled, around: Surroundings, refusal: Problem | None, in_query: bool
) -> tuple[Effects | None, Answer | Problem | None]:
    """What is to happen to a call, by its own wish and by the world's rules, and what is answered in place of the API's
    own answer; None for either when there is none. `refusal` is why the call can't be carried out anyway.

    What the query wishes is taken out of it, so that the API doesn't see it.
    """
    effects, call.request = wishes(call.request, in_query)
    if isinstance(effects, Problem):
        identify(around.access)(call)
        return None, refusal or effects
    if call.world.rules:
        effects = effects.over(acting(call, compiled, around))
    if effects is NONE or effects == NONE:
        return None, refusal
    outcome = _instead(effects, call, compiled, around, refusal)
    if isinstance(outcome, Problem) and outcome.step == "preferences":
        return None, outcome
    return effects, outcome


def _instead(
    effects: Effects, call: Call, compiled: Compiled, around: Surroundings, refusal: Problem | None
) -> Answer | Problem | None:
    """What is answered in place of the API's own answer; None when the call is to be carried out."""
    if effects.delay:
        call.values["takes"] = int(effects.delay * call.world.clock.speed)
    if effects.limits:
        identify(around.access)(call)
        rule = next(did.rule for did in effects.done if "limits" in did.what)
        if problem := besides(call, effects.limits, f"rule {rule}"):
            return problem
    if effects.skipped and effects.end:
        identify(around.access)(call)
        return UNSENT
    if not effects.replaces:
        return refusal
    identify(around.access)(call)
    if effects.answer is not None:
        return _whole(effects)
    if compiled.operation is None:  # a wish is about an operation; a rule may be about every path
        by_rule = any(did.rule for did in effects.done)
        status = effects.status if by_rule else None
        return refused(status, effects.detail, call, compiled, around) if status and status >= 400 else refusal
    try:
        return forced(effects, call, compiled, around)
    except Breach as breach:
        return Problem("server-error", str(breach), step="answer check")
    except SpecError as error:
        return Problem("not-served", f"no such answer can be made: {error}", step="forced")


def _whole(effects: Effects) -> Answer:
    """The answer that a rule gives in full."""
    said = effects.answer or {}
    headers, body = dict(said.get("headers") or {}), said.get("body")
    text = isinstance(body, str)
    if body is not None and not any(name.lower() == "content-type" for name in headers):
        headers = {"Content-Type": "text/plain; charset=utf-8" if text else "application/json", **headers}
    data = b"" if body is None else body.encode() if isinstance(body, str) else orjson.dumps(body)
    return Answer(said.get("status", 200), tuple(headers.items()), data)


def afterwards(
    effects: Effects, answer: Answer, compiled: Compiled, around: Surroundings
) -> tuple[Answer, tuple[Did, ...]]:
    """An answer with what happens to it and on its way; and what was done, for the journal."""
    done = effects.done
    if text := applied(effects):
        answer = answer._replace(headers=(*answer.headers, ("Preference-Applied", text)))
    if effects.headers:
        answer = answer._replace(headers=_with(answer.headers, effects.headers))
    if effects.breach is not None:
        answer, what = breached(answer, effects.breach, compiled, around.schemas)
        done = (*done, Did("", what))
    elif effects.answer is not None and (wrong := _breaks(answer, compiled, around)):
        done = (*done, Did("", f"breach: {wrong}"))
    if effects.damage:
        answer = malformed(answer) if effects.damage == "malformed-json" else mistyped(answer)
    if effects.delay or effects.rate or effects.end:
        answer = answer._replace(wire=Wire(effects.delay, effects.rate, effects.end))
    return answer, done


def _with(headers: tuple[tuple[str, str], ...], more: object) -> tuple[tuple[str, str], ...]:
    named = {name.lower(): (name, value) for name, value in dict(more).items()}  # type: ignore[call-overload]
    return (*(one for one in headers if one[0].lower() not in named), *named.values())


def _breaks(answer: Answer, compiled: Compiled, around: Surroundings) -> str | None:
    """How an answer that was given in full breaks the document, where that can be told."""
    named = {name.lower(): value for name, value in answer.headers}
    if compiled.operation is None or not is_json(named.get("content-type", "")):
        return None
    try:
        return check_refusal(compiled.operation, around.schemas)(answer.status, orjson.loads(answer.body))
    except orjson.JSONDecodeError:
        return "the body is no JSON"
