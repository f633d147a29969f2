"""Commands of a world's rules: what is to go wrong, for whom and when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mockserver.commands.command import Mistake
from mockserver.service import Service
from mockserver.spec.errors import nearest
from mockserver.spec.model import Json
from mockserver.trouble.rules import Rule, compile_rule, forgotten, shown
from mockserver.world.world import World

MAX_RULES = 1_000  # of a world
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
HINT = "See Rule in /_mock/openapi.yaml, and docs/scenarios.md."


def add_rule(service: Service, world: World, body: Json, now: int) -> Json:
    """A rule behind the others."""
    if len(world.rules) >= MAX_RULES:
        raise Mistake("too_many_rules", f"A world keeps {MAX_RULES} rules.", "Delete some first.")
    taken = {rule.id for rule in world.rules}
    name = body.get("id") or next(name for at in range(1, MAX_RULES + 2) if (name := f"rule-{at}") not in taken)
    if name in taken:
        raise Mistake("rule_exists", f"There is a rule {name!r} already.", "PUT /_mock/rules/ID replaces it.")
    rule = understood(service, name, body)
    forgotten(world, name)
    world.rules = (*world.rules, rule)
    return shown(rule, world)


def put_rule(service: Service, world: World, body: Json, now: int) -> Json:
    """`{"id": …, "rule": …}`: a rule in place of the one of that id, or behind the others; its counters begin anew."""
    name, said = body["id"], body["rule"]
    if not ID.fullmatch(name):
        raise Mistake("bad_id", f"{name[:100]!r} is no id of a rule.", "It has letters, digits, '.', '_' and '-'.")
    if said.get("id", name) != name:
        raise Mistake("other_id", f"The rule is called {said['id']!r}, the path says {name!r}.", "Leave `id` out.")
    if all(rule.id != name for rule in world.rules):
        return add_rule(service, world, {**said, "id": name}, now)
    rule = understood(service, name, said)
    forgotten(world, name)
    world.rules = tuple(rule if one.id == name else one for one in world.rules)
    return shown(rule, world)


def delete_rule(service: Service, world: World, body: Json, now: int) -> Json:
    """`{"id": …}`: without that rule."""
    gone = found(world, body["id"])
    world.rules = tuple(rule for rule in world.rules if rule is not gone)
    forgotten(world, gone.id)
    return shown(gone, world)


def delete_rules(service: Service, world: World, body: Json, now: int) -> Json:
    """Without any rule."""
    for rule in world.rules:
        forgotten(world, rule.id)
    count, world.rules = len(world.rules), ()
    return {"deleted": count}


def found(world: World, name: str) -> Rule:
    """The rule of that id. Raises Mistake."""
    rule: Rule | None = next((rule for rule in world.rules if rule.id == name), None)
    if rule is not None:
        return rule
    known = [rule.id for rule in world.rules]
    raise Mistake("unknown_rule", f"There is no rule {name[:100]!r}{nearest(name[:100], known)}.", "GET /_mock/rules.")


def understood(service: Service, name: str, said: Mapping[str, Json], scenario: str = "") -> Rule:
    """A rule compiled, its names known. Raises Mistake."""
    for what, given, known in _names(service, said.get("match") or {}):
        if given not in known and "*" not in given:
            raise Mistake(f"no_such_{what}", f"There is no {what} {given[:100]!r}{nearest(given[:100], known)}.", HINT)
    try:
        return compile_rule(name, said, scenario)
    except ValueError as error:
        text = str(error)
        raise Mistake("bad_rule", f"{text[:1].upper()}{text[1:]}.", HINT) from None


def _names(service: Service, match: Mapping[str, Json]) -> Iterator[tuple[str, str, set[str]]]:
    """The names in a match that must be known: what they name, as given, and what there is."""
    for given in _several(match.get("api")):
        yield "api", given, set(service.apis)
    for given in _several(match.get("operation")):
        yield "operation", given, {name for served in service.apis.values() for name in operations(served.api)}


def operations(api: Json) -> Iterator[str]:
    """The operations of an API by their ids, and by method and path."""
    for path, method in api.routes:
        yield f"{method.upper()} {path}"
        if (path, method) not in api.broken:
            yield api.operation(path, method).id


def _several(said: Json) -> list[str]:
    return [] if said is None else [said] if isinstance(said, str) else list(said)
