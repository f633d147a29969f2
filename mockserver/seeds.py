"""A world's first records: the named ones of the fixtures, and a supply of generated ones for each resource."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mockserver.spec.behaviour import Resource
from mockserver.spec.errors import SpecError, nearest
from mockserver.spec.model import Json
from mockserver.spec.schema import Schemas
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
    resources: Mapping[str, Resource], schemas: Schemas, names: Names, fixtures: Mapping[str, Json], wishes: Wishes
) -> dict[str, Table]:
    """The tables of an API, by name, with what its fixtures say. Raises SpecError for fixtures that don't fit."""
    said = fixtures.get("records") or {}
    for name in said:
        if name not in resources:
            raise SpecError(f"fixtures: there is no resource {name!r}{nearest(name, resources)}")
    targets = {name: Target(None, key=resource.key) for name, resource in resources.items()}
    if "records" not in fixtures:
        usual = {name: USUAL_BELOW if one.parent else USUAL for name, one in resources.items() if one.schema}
        wishes = replace(wishes, counts={**usual, **wishes.counts})
    layouts, supplies, paces = dict[str, Layout](), dict[str, GeneratedSource](), _paces(resources, said, wishes)
    for name, resource in resources.items():
        words = said.get(name) or {}
        layout = layouts[name] = layout_of(resource, names.table(name), schemas)
        supply = supplies[name] = source(
            _seeds(resource, layout, schemas, names, words, wishes, targets, paces[name])
        )
        born = layout.order if layout.order_is_time else None
        targets[name] = Target(supply, _named(resource, words.get("named") or ()), resource.key, born)
    found: dict[str, Table] = {}
    for name, resource in resources.items():
        layout, supply = layouts[name], supplies[name]
        named = [supply.completed(record, place) for place, record in enumerate(targets[name].named)]
        targets[name] = replace(targets[name], named=named)
        found[layout.name] = table(layout, supply, named)
        if resource.trash:
            found[f"{layout.name}.trash"] = table(layout, None, [])
    return found


def _seeds(
    resource: Resource, layout: Layout, schemas: Schemas, names: Names, words: Mapping[str, Json], wishes: Wishes,
    targets: Mapping[str, Target], pace: float,
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
            if str(value).startswith("$now") and name not in resource.on_update
        ],
        unique=[field for field, _ in layout.unique], fake=words.get("fake") or {},
        references={
            field: (one["resource"], "array" in schemas.kinds(properties.get(field, {})))
            for field, one in resource.references.items() if not one.get("pattern")
        },
        targets=targets, named=named, precision=names.precision, offset=max(numbers, default=0), pace=pace,
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
    for record in named:
        key = record.get(resource.key)
        if key is None or key in seen:
            wrong = f"has no {resource.key}" if key is None else f"has the {resource.key} {key!r} of another one"
            raise SpecError(f"fixtures: a named record of {resource.name} {wrong}")
        seen.add(key)
    return list(named)


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
