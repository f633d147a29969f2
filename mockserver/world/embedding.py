"""References that show the record that they name, or a part of it, rather than only its key: `assignee: {id, name}`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Protocol

from mockserver.world.rules import Rules
from mockserver.world.source import Key
from mockserver.world.targets import Target, glimpsed

Json = Any


class Shown(Protocol):
    """The schema of a record, and the records that it refers to."""

    @property
    def schema(self) -> Json: ...
    @property
    def targets(self) -> Mapping[str, Target]: ...


def inner(schema: Json, name: str, rules: Rules) -> dict[str, Json]:
    """The flat schema of a property, or of the items of a list."""
    properties = rules.flat(schema).get("properties") or {}
    node = rules.flat(properties[name]) if name in properties else {}
    return rules.flat(node["items"]) if isinstance(node.get("items"), dict) else node


def holds_records(schema: Json, name: str, rules: Rules) -> bool:
    """Whether a property holds records, not keys."""
    kinds = set(inner(schema, name, rules).get("type") or ())
    return "object" in kinds and not {"string", "integer", "number"} & kinds


def shown(
    schema: Json, name: str, keys: Sequence[Key], target: Target, rules: Rules
) -> list[dict[str, Json]]:  # fmt: skip
    """What a property shows of the records with these keys; nothing of those that its schema has no room for."""
    node = inner(schema, name, rules)
    found = []
    for key in keys:
        record = glimpsed(target, key)
        part = {one: record[one] for one in node.get("properties") or {} if one in record}
        if part and rules.is_valid(node, part):
            found.append(part)
    return found


def keyed(
    seeds: Shown, name: str, made: dict[str, Json], keys: Sequence[Key], resource: str, rules: Rules
) -> dict[str, Json]:  # fmt: skip
    """A made-up object that stands for a record which has no room in it: at least its key is that record's."""
    own = seeds.targets[resource].key if keys else ""
    found = {**made, own: keys[0]} if own in made else made
    return found if rules.is_valid(rules.flat(seeds.schema)["properties"][name], found) else made


def counted(made: dict[str, Json], given: Collection[str]) -> None:
    """`recipient_count` says how many `recipients` there are, where a record has both."""
    for name, many in list(made.items()):
        if isinstance(many, list):
            counter = f"{name[:-1]}_count"
            if isinstance(made.get(counter), int) and counter not in given:
                made[counter] = len(many)


def linked(made: dict[str, Json], way: str, keys: Sequence[Key], target: Target) -> dict[str, Json]:
    """A record with the keys of others where a way leads, through lists as well: `relationships.company.data.id`.

    A `type` beside a key is that of the record (JSON:API 1.1, 7.3).
    """
    found: dict[str, Json] = _linked(made, way.split("."), iter(keys), target)
    return found


def _linked(value: Json, way: Sequence[str], keys: Iterator[Key], target: Target) -> Json:
    if isinstance(value, list):
        return [_linked(one, way, keys, target) for one in value]
    if not isinstance(value, dict) or way[0] not in value:
        return value
    if len(way) > 1:
        return {**value, way[0]: _linked(value[way[0]], way[1:], keys, target)}
    key, there = next(keys, None), value[way[0]]
    if key is None or there is None:
        return value
    sort = glimpsed(target, key).get("type") if isinstance(value.get("type"), str) else None
    fitting = int(key) if isinstance(there, int) and isinstance(key, str) and key.isdecimal() else key
    fitting = str(key) if isinstance(there, str) else fitting
    return {**value, way[0]: fitting, **({"type": sort} if isinstance(sort, str) else {})}
