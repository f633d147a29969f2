"""Scenarios: named sets of rules, data and moves of the clock."""

from __future__ import annotations

import re
from typing import Any

from mockserver import sources
from mockserver.spec.errors import SpecError, nearest
from mockserver.web.control.asked import Asked, Refused, listed

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def show_scenarios(asked: Asked) -> Any:
    """The scenarios that there are, and which are in force in this world."""
    asked.only()
    found = {}
    for name, files in sources.scenario_names(asked.service.apis).items():
        words = sources.scenario_words(next(iter(files.values())))
        found[name] = {"title": words.get("title", ""), "description": words.get("description", ""), "apis": [*files]}
    entered = {rule.scenario for rule in asked.world.rules if rule.scenario}
    for name in sorted(entered - found.keys()):
        found[name] = {"title": "", "description": "", "apis": []}
    return {"scenarios": [{"name": name, **said, "rules_in_force": name in entered} for name, said in found.items()]}


def enter_scenario(asked: Asked) -> Any:
    """Lets a scenario begin in this world: a bundled one, or one that the body says."""
    name = asked.path["name"]
    if not NAME.fullmatch(name):
        raise Refused(400, "bad_name", "A scenario's name has letters, digits, '.', '_' and '-'.", "Choose another.")
    said = asked.json({})
    known = sources.scenario_names(asked.service.apis)
    if said:
        apis = dict.fromkeys(asked.service.apis, said)
    elif name in known:
        apis = {api: sources.scenario_words(path) for api, path in known[name].items()}
    else:
        message = f"There is no scenario {name!r}{nearest(name, known)}."
        raise Refused(404, "unknown_scenario", message, f"Send its words as the body, or one of these. {listed(known)}")
    try:
        return asked.carry_out("enter-scenario", {"name": name, "apis": apis})
    except SpecError as error:
        raise Refused(400, "bad_scenario", str(error), "See docs/scenarios.md.") from None


def leave_scenario(asked: Asked) -> Any:
    """Ends a scenario's rules in this world."""
    return asked.carry_out("leave-scenario", {"name": asked.path["name"]})
