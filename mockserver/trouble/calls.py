"""Where trouble meets a call: what happens before the API sees it, in its place, and to its answer."""

from __future__ import annotations

from mockserver.planning import Compiled
from mockserver.spec.errors import SpecError
from mockserver.steps.access import identify
from mockserver.steps.answers import Breach
from mockserver.steps.call import Answer, Call, Problem, Wire
from mockserver.surroundings import Surroundings
from mockserver.trouble.effects import NONE, Effects
from mockserver.trouble.forcing import forced
from mockserver.trouble.preferences import applied, wishes


def beforehand(
    call: Call, compiled: Compiled, around: Surroundings, refusal: Problem | None, in_query: bool
) -> tuple[Effects | None, Answer | Problem | None]:
    """What is to happen to a call, by its own wish and by the world's rules, and what is answered in place of the API's
    own answer; None for either when there is none. `refusal` is why the call can't be carried out anyway.

    What the query wishes is taken out of it, so that the API doesn't see it.
    """
    wished, call.request = wishes(call.request, in_query)
    if isinstance(wished, Problem):
        identify(around.access)(call)
        return None, refusal or wished
    effects = wished
    if effects is NONE:
        return None, refusal
    if refusal is not None or not effects.replaces:
        return effects, refusal
    identify(around.access)(call)
    try:
        outcome = forced(effects, call, compiled, around)
        return None if isinstance(outcome, Problem) else effects, outcome
    except Breach as breach:
        return effects, Problem("server-error", str(breach), step="answer check")
    except SpecError as error:
        return effects, Problem("not-served", f"no such answer can be made: {error}", step="forced")


def afterwards(effects: Effects, answer: Answer) -> Answer:
    """An answer with what happens to it, and on its way."""
    if text := applied(effects):
        answer = answer._replace(headers=(*answer.headers, ("Preference-Applied", text)))
    if effects.delay or effects.rate or effects.end:
        answer = answer._replace(wire=Wire(effects.delay, effects.rate, effects.end))
    return answer
