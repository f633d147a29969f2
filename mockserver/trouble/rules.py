"""Rules: what is to happen to which calls, and when. They belong to a world, and are looked at in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mockserver.planning import Compiled
from mockserver.spec.model import Json
from mockserver.steps.access import identify
from mockserver.steps.call import Call
from mockserver.steps.limits import windows
from mockserver.surroundings import Surroundings
from mockserver.trouble.chance import Count, Latency, When, compile_latency, compile_when, turn
from mockserver.trouble.effects import NONE, Breach, Did, Effects
from mockserver.trouble.matching import Matches, compile_match
from mockserver.world.world import World


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, as it was said (trouble/scenarios.yaml) and compiled."""

    id: str
    said: Mapping[str, Json]
    matches: Matches = field(compare=False, repr=False)
    when: When
    then: Effects
    latency: Latency | None = field(compare=False, repr=False, default=None)
    scenario: str = ""  # the name of the scenario that it came with


def compile_rule(name: str, said: Mapping[str, Json], scenario: str = "") -> Rule:
    """A rule ready to act. Raises ValueError, whose text says what in it can't be meant."""
    then = said.get("then") or {}
    latency = compile_latency(then["latency"]) if "latency" in then else None
    effects = Effects(
        status=then.get("status"), detail=then.get("detail", ""), example=then.get("example", ""),
        dynamic=bool(then.get("dynamic")), answer=then.get("answer"), headers=then.get("headers"),
        rate=then.get("slow", 0), end=then.get("connection", ""), damage=then.get("damage", ""),
        breach=_breach(then.get("breach")), limits=windows(then.get("limits") or ()),
        skipped=then.get("carried-out") is False,
    )  # fmt: skip
    when, match = compile_when(said.get("when") or {}), compile_match(said.get("match") or {})
    if effects == NONE and latency is None and all(isinstance(step, str) for step in when.sequence):
        raise ValueError("`then` says nothing that would happen")
    return Rule(name, said, match, when, effects, latency, scenario)


def _breach(words: Json) -> Breach | None:
    if words is None:
        return None
    return Breach(words) if isinstance(words, str) else Breach(*next(iter(words.items())))


def acting(call: Call, compiled: Compiled, around: Surroundings) -> Effects:
    """What the world's rules do to a call, all of them together; each rule that matches counts the call."""
    effects = NONE
    for rule in call.world.rules:
        if not rule.matches(call, compiled, around):
            continue
        taken = turn(rule.id, rule.when, call.world, call.now, _label(rule.when.per, call, compiled, around))
        if taken is None:
            continue
        does, dice = taken
        effects = effects.over(_effects_of(rule, does, dice))
    return effects


def _effects_of(rule: Rule, does: int | str, dice: Any) -> Effects:
    effects = rule.then if isinstance(does, str) else rule.then._replace(status=does, example="", answer=None)
    if rule.latency is not None:
        effects = effects._replace(delay=rule.latency(dice.child("latency")))
    told = ", ".join(_told(effects))
    return effects._replace(done=(Did(rule.id, told),))


def _told(effects: Effects) -> list[str]:
    """What is done, in a few words for the journal."""
    words = {
        "status": effects.status, "example": effects.example, "dynamic": effects.dynamic or "",
        "answer": effects.answer and effects.answer.get("status", 200),
        "latency": effects.delay and f"{effects.delay} ms", "slow": effects.rate and f"{effects.rate} bytes/s",
        "connection": effects.end, "damage": effects.damage, "limits": "own" if effects.limits else "",
        "breach": effects.breach and " ".join(filter(None, effects.breach)),
        "headers": ", ".join(effects.headers or ()),
    }  # fmt: skip
    return [f"{word} {value}" for word, value in words.items() if value]


def _label(per: str, call: Call, compiled: Compiled, around: Surroundings) -> str:
    """Of what a rule counts the calls by themselves."""
    if per == "key":
        identify(around.access)(call)
        return str(call.key.get("secret", ""))
    if per == "operation":
        return compiled.operation.id if compiled.operation else ""
    return f"{call.request.method} {call.request.path}" if per == "path" else ""


def shown(rule: Rule, world: World) -> dict[str, Any]:
    """A rule as the control API shows it, with how often it matched and acted."""
    counts = [value for name, value in world.counters.items() if name[:2] == ("rule", rule.id)]
    total = Count(sum(one.seen for one in counts), sum(one.acted for one in counts))
    return {
        "id": rule.id, **{name: value for name, value in rule.said.items() if name != "id"},
        "scenario": rule.scenario or None, "matched": total.seen, "acted": total.acted,
    }  # fmt: skip


def forgotten(world: World, rule: str) -> None:
    """Takes a rule's counters away, so that one of the same id begins anew."""
    gone = [name for name in world.counters if name[:2] in (("rule", rule), ("began", rule))]
    for name in gone:
        world.counters = world.counters.delete(name)
