"""Laws of sorting: as asked, by several fields too, nothing lost, also of what sorts the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from mockserver.check.answers import at, told
from mockserver.check.contract import Planned
from mockserver.check.laws.bench import Bench
from mockserver.check.laws.filters import plain
from mockserver.check.laws.law import Breach, Law, Unfit
from mockserver.check.laws.paging import keys_of, read_list
from mockserver.check.laws.walks import Walk, everything
from mockserver.spec.model import Json, Parameter
from mockserver.world import times
from mockserver.world.table import comparable

SMALL = 5  # records on a page, where several sort the same


def sorting(bench: Bench, planned: Planned) -> Iterator[Breach]:
    """A sorted list is in the order that was asked for, and holds what the plain one holds."""
    _, reference = read_list(bench, planned)
    parameter = next((one for one in planned.operation.parameters if one.name == planned.plan.sort), None)
    if parameter is None:
        raise Unfit("it can't be sorted")
    schemas = bench.checking.contract.schemas
    node = {"$ref": f"#{parameter.schema}"}
    items = schemas.items(node)
    offered = (schemas.follow(items) if items else schemas.follow(schemas.look_up(parameter.schema))).get("enum")
    shown = list(reference.records[0] if reference.records else {})
    names = [one for one in offered or [*shown, *(f"-{name}" for name in shown)] if one.lstrip("-") in shown]
    if items and (breach := _by_two(bench, planned, parameter, names, reference)):
        yield breach._replace(pointer=parameter.pointer)
    paged = {next((one for one in names if one[:1] != "-"), ""), next((one for one in names if one[:1] == "-"), "")}
    for hidden in everything(planned, bench.checking.contract):  # also what the list leaves out unless it is asked for
        whole = bench.walk(planned, query=hidden)
        for name in names[:40] if not hidden else sorted(paged - {""}):
            value = [name] if items else name
            if not schemas.is_valid(node, value, "request"):
                continue
            query = {**hidden, parameter.name: value}
            if breach := _sorted(bench, planned, name, whole, query, name in paged):
                yield breach._replace(pointer=parameter.pointer)


def _by_two(
    bench: Bench, planned: Planned, parameter: Parameter, names: list[str], reference: Walk
) -> Breach | None:  # fmt: skip
    """Two fields to sort by: the first with values that several records share, the second with values that differ."""
    shown = {one: [plain(at(record, (one,))) for record in reference.records] for one in names if one[:1] != "-"}
    values = {one: found for one, found in shown.items() if not any(isinstance(value, dict | list) for value in found)}
    full = {one: found for one, found in values.items() if all(type(value) in (str, int) for value in found)}
    shared = next((one for one, found in values.items() if 1 < len(set(found)) < len(found) // 2 + 1), None)
    apart = next((one for one, found in full.items() if len(set(found)) == len(found) and found), None)
    if shared is None or apart is None:
        return None
    for second in (apart, f"-{apart}"):
        if not bench.checking.contract.schemas.is_valid({"$ref": f"#{parameter.schema}"}, [shared, second], "request"):
            continue
        walk = bench.walk(planned, query={parameter.name: [shared, second]})
        if walk.trouble is not None:
            seen = f"{walk.trouble.status}"
            return Breach(planned, f"a list sorted by {shared} and {second}", seen, (walk.trouble,))
        rows = [(record.get(shared), record.get(apart)) for record in walk.records]
        for one, two in pairwise(rows):
            low, high = (two, one) if second[0] == "-" else (one, two)
            wrong = comparable(high[1]) < comparable(low[1])
            if one[0] == two[0] and wrong and any(type(value) is int for value in (one[1], two[1])):
                expected = f"sorted by {shared}, and by {second} where that is the same"
                return Breach(planned, expected, f"{told(one, 60)} before {told(two, 60)}", walk.exchanges[:3])
    return None


def _sorted(
    bench: Bench, planned: Planned, name: str, reference: Walk, query: Mapping[str, Json], paged: bool
) -> Breach | None:  # fmt: skip
    walk = bench.walk(planned, query=query)
    if walk.trouble is not None:
        return Breach(planned, f"a list sorted by {name}", str(walk.trouble.status), (walk.trouble,))
    if walk.whole and reference.whole:
        keys, found = keys_of(bench, planned, reference.records), keys_of(bench, planned, walk.records)
        if set(keys) != set(found):
            seen = f"{len(found)} items, sorted by {name}"
            return Breach(planned, f"the same {len(keys)} items", seen, (*reference.exchanges[:2], *walk.exchanges[:2]))
    values = [plain(at(record, (name.lstrip("-"),))) for record in walk.records]
    # times that are the same by chance don't count: what is asked follows from the seed, not from a server's clock
    ties = len({*map(told, values)}) < len(values) and not any(times.parse(value) for value in values)
    if (ties or paged) and (breach := _in_pages(bench, planned, name, walk, query, values)):
        return breach
    values = [value for value in values if value is not None]  # where nothing stands, nobody says
    if any(not isinstance(value, str | int | float) for value in values):
        return None
    values = values[::-1] if name.startswith("-") else values
    if any(_in_order(values, key) for key in COLLATIONS):
        return None
    pair = next((a, b) for a, b in pairwise(values) if comparable(a) > comparable(b))
    seen = f"{told(pair[1], 60)} before {told(pair[0], 60)}" if not name.startswith("-") else (
        f"{told(pair[0], 60)} after {told(pair[1], 60)}")  # fmt: skip
    return Breach(planned, f"sorted by {name}", seen, walk.exchanges[:3])


def _in_pages(
    bench: Bench, planned: Planned, name: str, walk: Walk, query: Mapping[str, Json], values: list[Any]
) -> Breach | None:  # fmt: skip
    """In small pages each record comes once as well, also of those that sort the same, and in the same order."""
    pages = bench.pages(planned)
    if not pages.sized or not pages.leads_on or not walk.whole:
        return None
    small = bench.walk(planned, max(SMALL, pages.least), query=query)
    keys = keys_of(bench, planned, small.records)
    if small.whole and sorted(map(str, keys)) != sorted(map(str, keys_of(bench, planned, walk.records))):
        twice = next((one for place, one in enumerate(keys) if one in keys[:place]), None)
        seen = f"{told(twice)} came twice" if twice is not None else f"{len(keys)} items"
        return Breach(planned, "each item once, also of those that sort the same", seen, small.exchanges[:12])
    shown = [plain(at(record, (name.lstrip("-"),))) for record in small.records]
    if small.whole and (pair := next((two for two in zip(values, shown, strict=True) if two[0] != two[1]), None)):
        expected = f"the order by {name} that a large page has, with {told(pair[0], 60)} next"
        return Breach(planned, expected, told(pair[1], 60), (*walk.exchanges[:2], *small.exchanges[:10]))
    return None


def _letters(value: Any) -> Any:
    return (2, "".join(c for c in value.casefold() if c.isalnum())) if isinstance(value, str) else comparable(value)


COLLATIONS: tuple[Callable[[Any], Any], ...] = (  # nobody says which one: any will do, for the whole list
    comparable,
    lambda value: (2, value) if isinstance(value, str) else comparable(value),
    _letters,
    lambda value: (2, times.moment(value)) if times.moment(value) is not None else (3, comparable(value)),
)


def _in_order(values: list[Any], key: Callable[[Any], Any]) -> bool:
    ranks = list(map(key, values))
    return all(a <= b for a, b in pairwise(ranks))


LAWS = (Law("sorted-as-asked", "operation", "A list is sorted as asked, and loses nothing by it.", sorting),)
