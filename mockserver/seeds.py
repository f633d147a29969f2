"""A world's first records: the named ones of the fixtures, and a supply of generated ones for each resource."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mockserver.spec.behaviour import Resource
from mockserver.spec.errors import Position, SpecError, nearest
from mockserver.spec.model import Json
from mockserver.spec.pointers import join, tokens
from mockserver.spec.schema import Schemas
from mockserver.steps.faults import faults_of
from mockserver.steps.values import Names
from mockserver.world.seeding import PACE, GeneratedSource, Seeds, source
from mockserver.world.source import Record
from mockserver.world.table import Layout, Table, table
from mockserver.world.targets import Target

USUAL = 50  # records of a resource that nothing is said of, so that its lists have several pages
USUAL_BELOW = 150  # of one whose records lie below others: about three for each
KEYS_UNKNOWN = "{uuid}"  # how keys look where the document shows none


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user asked for: the seed, the locale, and how many records of some resources."""

    seed: int
    locale: str
    counts: Mapping[str, int]


def tables(
    resources: Mapping[str, Resource], schemas: Schemas, names: Names, fixtures: Mapping[str, Json], wishes: Wishes,
    narrow: Mapping[str, frozenset[str]],
) -> dict[str, Table]:
    """The tables of an API, by name, with what its fixtures say. Raises SpecError for fixtures that don't fit."""
    said = fixtures.get("records") or {}
    for name in said:
        if name not in resources:
            raise SpecError(f"there is no resource {name!r}{nearest(name, resources)}", _in("records", name))
    targets = {name: Target(None, key=resource.key) for name, resource in resources.items()}
    if "records" not in fixtures:
        usual = {name: USUAL_BELOW if one.parent else USUAL for name, one in resources.items() if one.schema}
        wishes = replace(wishes, counts={**usual, **wishes.counts})
    layouts, supplies, paces = dict[str, Layout](), dict[str, GeneratedSource](), _paces(resources, said, wishes)
    for name, resource in resources.items():
        words = said.get(name) or {}
        layout = layouts[name] = layout_of(resource, names.table(name), schemas)
        supply = supplies[name] = source(
            _seeds(resource, layout, schemas, names, words, wishes, targets, paces[name], narrow[name])
        )
        born = layout.order if layout.order_is_time else None
        targets[name] = Target(supply, _named(resource, words.get("named") or ()), resource.key, born)
    found: dict[str, Table] = {}
    for name, resource in resources.items():
        layout, supply = layouts[name], supplies[name]
        named = [supply.completed(record, place) for place, record in enumerate(targets[name].named)]
        _check_named(resource, layout, named, targets[name].named, schemas)
        targets[name] = replace(targets[name], named=named)
        found[layout.name] = table(layout, supply, named)
        if resource.trash:
            found[f"{layout.name}.trash"] = table(layout, None, [])
    for name, resource in resources.items():
        others = {other: found[names.table(other)] for other in said if other in resources}
        _check_references(resource, (said.get(name) or {}).get("named") or (), others)
    return found


def _seeds(
    resource: Resource, layout: Layout, schemas: Schemas, names: Names, words: Mapping[str, Json], wishes: Wishes,
    targets: Mapping[str, Target], pace: float, narrow: frozenset[str],
) -> Seeds:  # fmt: skip
    pointer = (resource.schema or "").removeprefix("#")
    named = words.get("named") or ()
    node = schemas.look_up(pointer) if pointer else {"type": "object"}
    properties = schemas.properties(node)
    numbers = [one[resource.key] for one in named if isinstance(one.get(resource.key), int)]
    return Seeds(
        resource=resource.name, key=resource.key, ids=resource.ids or KEYS_UNKNOWN, schema=node, follow=schemas.follow,
        is_valid=schemas.is_valid, count=_count(resource.name, words, wishes), seed=wishes.seed, locale=wishes.locale,
        order=layout.order if layout.order_is_time else None,
        created=[
            name for name, value in resource.on_create.items()
            if str(value).startswith("$now") and name not in resource.on_update and "." not in name
        ],
        unique=[field for field, _ in layout.unique], fake=words.get("fake") or {},
        references={
            field: (one["resource"], bool(one.get("many") or "array" in schemas.kinds(properties.get(field, False))))
            for field, one in resource.references.items() if not one.get("pattern")
        },
        targets=targets, named=named, precision=names.precision, offset=max(numbers, default=0), pace=pace,
        recurring=sorted(narrow),
    )  # fmt: skip


def _count(name: str, words: Mapping[str, Json], wishes: Wishes) -> int:
    """How many records are generated beside the named ones."""
    named = len(words.get("named") or ())
    return max(0, int(wishes.counts.get(name, words.get("count", named))) - named)


def _paces(resources: Mapping[str, Resource], said: Mapping[str, Json], wishes: Wishes) -> dict[str, float]:
    """How fast records follow each other, so that what others refer to reaches as far back as they do.

    Of a few conversations with many messages each must be older than its messages. So few records are far apart.
    """
    counts = {name: _count(name, said.get(name) or {}, wishes) for name in resources}
    paces = dict.fromkeys(resources, PACE)
    refers = {name: _referred(resource, said.get(name) or {}) for name, resource in resources.items()}
    for _ in resources:  # what one refers to refers to others in turn
        before = {**paces}
        for name, others in refers.items():
            for other in others & counts.keys():
                if counts[other] and counts[name]:
                    least = PACE * (counts[other] / 1_000_000) ** 2  # slower, they would not be a millisecond apart
                    paces[other] = min(paces[other], max(paces[name] * counts[other] / counts[name] * 0.8, least))
        if paces == before:
            break
    return paces


def _referred(resource: Resource, words: Mapping[str, Json]) -> set[str]:
    fakes = (fake.get("reference") for fake in (words.get("fake") or {}).values())
    return {one["resource"] for one in resource.references.values()} | {one for one in fakes if one}


def _named(resource: Resource, named: Sequence[Record]) -> list[Record]:
    """The named records, each key once."""
    seen = set[Any]()
    for place, record in enumerate(named):
        key = record.get(resource.key)
        if key is None or key in seen:
            wrong = f"has no {resource.key}" if key is None else f"has the {resource.key} {key!r} of another one"
            raise SpecError(f"a named record of {resource.name} {wrong}", _in("records", resource.name, "named", place))
        seen.add(key)
    return list(named)


def _check_named(
    resource: Resource, layout: Layout, whole: Sequence[Record], given: Sequence[Record], schemas: Schemas
) -> None:
    """Holds what a fixture says of records against the schema and the unique fields; what it leaves out is our part."""
    schema = schemas.at(resource.schema.removeprefix("#")) if resource.schema else None
    holders: dict[tuple[str, Any], Any] = {}
    for place, (record, said) in enumerate(zip(whole, given, strict=True)):
        at = _in("records", resource.name, "named", place)
        if schema and not schema.is_valid(record):
            for fault in faults_of(schema, record, "fixture", schemas):
                if tokens(fault.at)[:1] and tokens(fault.at)[0] in said:
                    raise SpecError(f"{fault.field} {fault.detail}", replace(at, pointer=at.pointer + fault.at))
        for name, folds in layout.unique:
            value = record.get(name)
            if value is None:
                continue
            holder = holders.setdefault((name, value.casefold() if folds and isinstance(value, str) else value), said)
            if holder is not said:
                wrong = f"{resource.name}: two named records have the {name} {value!r}"
                raise SpecError(wrong, replace(at, pointer=join(at.pointer, name)))


def _check_references(resource: Resource, named: Sequence[Record], others: Mapping[str, Table]) -> None:
    """Holds the references of named records against the resources that the fixtures speak of, too."""
    refers = {field: one for field, one in resource.references.items() if one["resource"] in others}
    tenant = resource.partition
    if tenant and tenant["resource"] in others:
        refers[tenant["field"]] = tenant
    for place, record in enumerate(named):
        for field in refers.keys() & record.keys():
            words, value = refers[field], record[field]
            for one in value if isinstance(value, list) else [value]:
                if one is not None and not _names_one(others[words["resource"]], words, one):
                    at = _in("records", resource.name, "named", place, field)
                    raise SpecError(f"{field}: {one!r} names no record of {words['resource']}", at)


def _names_one(table: Table, words: Mapping[str, Json], value: Any) -> bool:
    """Whether a reference means a record that there is; what isn't a plain key may mean anything."""
    if not isinstance(value, str | int) or (words.get("pattern") and not re.search(words["pattern"], str(value))):
        return True
    fields = [one for one in words.get("by") or () if one != table.layout.key]
    return table.get(value) is not None or any(table.holder(one, value) is not None for one in fields)


def check_keys(
    keys: Mapping[str, Json], users: Table | None, roles: Mapping[str, Json], tiers: Mapping[str, Json]
) -> None:
    """Holds the keys of the fixtures against the users, roles and tiers that the document speaks of."""
    for secret, said in keys.items():
        user, role, tier = (said.get(word) for word in ("user", "role", "tier"))
        if user is not None and users is not None and users.get(user) is None:
            raise SpecError(f"no record has the {users.layout.key} {user!r}", _in("keys", secret, "user"))
        if role is not None and roles and role not in roles:
            raise SpecError(f"there is no role {role!r}{nearest(role, roles)}", _in("keys", secret, "role"))
        if tier is not None and tiers and tier not in tiers:
            raise SpecError(f"there is no tier {tier!r}{nearest(tier, tiers)}", _in("keys", secret, "tier"))


def _in(*place: str | int) -> Position:
    """A place in the fixtures, whose file is not known here."""
    return Position("", join("", *place))


def layout_of(resource: Resource, name: str, schemas: Schemas) -> Layout:
    """What a table needs to know of its resource: key, order, unique fields."""
    order = resource.order[0] if resource.order else None
    field = order.lstrip("-") if order else None
    node: Json = {}
    if field and resource.schema:
        properties = schemas.properties(schemas.look_up(resource.schema.removeprefix("#")))
        node = schemas.follow(properties.get(field, {}))
    written = isinstance(node, dict) and node.get("format") in ("date-time", "date")
    is_time = written or str(resource.on_create.get(field or "")).startswith("$now")
    unique = tuple((one["field"], bool(one.get("ignore-case"))) for one in resource.unique)
    return Layout(name, resource.key, field, bool(order and order.startswith("-")), is_time, unique)
