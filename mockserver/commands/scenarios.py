"""Commands of scenarios: rules, moves of the clock and data under one name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.commands.clock import set_clock
from mockserver.commands.command import Mistake
from mockserver.commands.rules import MAX_RULES, understood
from mockserver.served import ServedApi
from mockserver.service import Service
from mockserver.spec.errors import SpecError, nearest
from mockserver.spec.model import Json
from mockserver.trouble.rules import Rule, forgotten, shown
from mockserver.world.table import Table
from mockserver.world.world import World


def enter(service: Service, world: World, body: Json, now: int) -> Json:
    """`{"name": …, "apis": {API: its words}}`: the scenario's rules before the others, its data and clock. Entered a
    second time, its rules begin anew."""
    name, apis = body["name"], body["apis"]
    others = tuple(rule for rule in world.rules if rule.scenario != name)
    rules = tuple(_rules(service, name, apis, {rule.id for rule in others}))
    if len(rules) + len(others) > MAX_RULES:
        raise Mistake("too_many_rules", f"A world keeps {MAX_RULES} rules.", "Delete some first.")
    tables = {table: value for api, words in apis.items() for table, value in _tables(service, world, api, words)}
    clock = world.clock
    try:
        for move in _moves(apis):
            set_clock(service, world, move, now)
    except (Mistake, KeyError, TypeError) as error:
        world.clock = clock
        raise Mistake("bad_clock", f"clock: {error}", "Moves are those of POST /_mock/clock.") from None
    for rule in rules:
        forgotten(world, rule.id)
    world.rules = (*rules, *others)
    for table, value in tables.items():
        world.put(table, value)
    return {"name": name, "rules": [shown(rule, world) for rule in rules], "resources": sorted(tables)}


def leave(service: Service, world: World, body: Json, now: int) -> Json:
    """`{"name": …}`: without the scenario's rules; its data and clock stay."""
    gone = [rule for rule in world.rules if rule.scenario == body["name"]]
    known = sorted({rule.scenario for rule in world.rules if rule.scenario})
    if not gone:
        message = f"No rule is of a scenario {body['name'][:100]!r}{nearest(body['name'][:100], known)}."
        raise Mistake("unknown_scenario", message, "GET /_mock/rules.")
    world.rules = tuple(rule for rule in world.rules if rule.scenario != body["name"])
    for rule in gone:
        forgotten(world, rule.id)
    return {"name": body["name"], "rules": [shown(rule, world) for rule in gone], "resources": []}


def _rules(service: Service, name: str, apis: Mapping[str, Json], taken: set[str]) -> Iterator[Rule]:
    """The rules of all APIs; those that are the same for every API once."""
    same = len(apis) == len(service.apis) and all(words == next(iter(apis.values())) for words in apis.values())
    for api, words in [("", next(iter(apis.values())))] if same else apis.items():
        for at, said in enumerate(words.get("rules") or ()):
            rule_id = said.get("id") or f"{name}-{at + 1}"
            while rule_id in taken:
                rule_id = f"{rule_id}-{api or at + 1}"
            taken.add(rule_id)
            match = {"api": api, **(said.get("match") or {})} if api else said.get("match") or {}
            try:
                yield understood(service, rule_id, {**said, "match": match} if match else said, name)
            except Mistake as mistake:
                message, hint = f"Rule {at + 1} of {name}: {mistake.message}", mistake.hint
                raise Mistake(mistake.code, message, hint, f"/rules/{at}") from None


def _moves(apis: Mapping[str, Json]) -> list[Json]:
    """The moves of the clock, those that are the same for several APIs once."""
    found: list[Json] = []
    for words in apis.values():
        moves = words.get("clock") or []
        if moves != found:
            found = [*found, *moves]
    return found


def _tables(service: Service, world: World, api: str, words: Mapping[str, Json]) -> Iterator[tuple[str, Table]]:
    """The tables that a scenario fills anew."""
    counts, records = words.get("counts") or {}, words.get("records") or {}
    if not counts and not records:
        return
    served = service.apis[api]
    for word, named in (("counts", counts), ("records", records)):
        for resource in named:
            if resource != "*" and resource not in served.around.resources and len(service.apis) == 1:
                message = f"There is no resource {resource!r}{nearest(resource, served.around.resources)}."
                raise Mistake("unknown_resource", message, "mockserver explain API shows them.", f"/{word}/{resource}")
    wanted = _wanted(served, counts, records)
    try:
        fresh = served.refilled(wanted, records)
    except SpecError as error:
        raise Mistake("bad_records", f"records: {error}", "They are as in fixtures.", "/records") from None
    for resource, count in wanted.items():
        table = served.around.names.table(resource)
        yield table, _filled(world.tables[table], fresh[table], count, _kept(served, resource, records))


def _wanted(served: ServedApi, counts: Mapping[str, int], records: Mapping[str, Any]) -> dict[str, int]:
    """How many records each resource that is filled anew has."""
    found = {}
    for resource in served.around.resources:
        if resource in counts or ("*" in counts and not (counts["*"] == 0 and _is_given(served, resource))):
            found[resource] = counts.get(resource, counts.get("*", 0))
        elif resource in records:
            found[resource] = len(served.tables[served.around.names.table(resource)]) + len(records[resource])
    return {name: max(count, len(records.get(name, ()))) for name, count in found.items()}


def _is_given(served: ServedApi, resource: str) -> bool:
    """Whether others need its records and no operation makes them, as with the stages of a pipeline."""
    words = [said.words for said in served.understanding.operations.values()]
    if any(one.get("resource") == resource and "create" in str(one.get("does")) for one in words):
        return False
    if any(effect.get("create") == resource for one in words for effect in one.get("then") or ()):
        return False
    others = (one for name, one in served.around.resources.items() if name != resource)
    return any(named["resource"] == resource for one in others for named in one.references.values())


def _kept(served: ServedApi, resource: str, records: Mapping[str, Any]) -> set[Any]:
    """The keys of the records that stay, however few are wanted: users of keys, tenants, and those that are given."""
    around = served.around
    kept = {one.get(around.resources[resource].key) for one in records.get(resource, ())}
    if around.access.users == around.names.table(resource):
        kept |= {key["user"] for key in around.access.keys.values() if key.get("user") is not None}
    tenants = {one.partition["resource"] for one in around.resources.values() if one.partition}
    if resource in tenants:
        kept |= {one[around.resources[resource].key] for one in _first(served, resource)}
    return kept


def _first(served: ServedApi, resource: str) -> list[Mapping[str, Json]]:
    """The first records of a resource."""
    return list(served.tables[served.around.names.table(resource)].records())


def _filled(table: Table, fresh: Table, count: int, kept: set[Any]) -> Table:
    """A table with so many records of `fresh` in place of its own, those to keep among them."""
    records = list(fresh.records())
    chosen = [one for one in records if one[table.layout.key] in kept]
    chosen += [one for one in records if one[table.layout.key] not in kept][: max(0, count - len(chosen))]
    for record in list(table.records()):
        table = table.remove(record[table.layout.key])
    for record in reversed(chosen):
        table = table.insert(record)
    return table
