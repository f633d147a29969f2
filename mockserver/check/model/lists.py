"""Whether a server's page of a list holds the records that the twins' page holds, in an order that is as good."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from mockserver.check.answers import MISSING, asked, at, places
from mockserver.check.contract import Planned
from mockserver.check.laws.walks import Pages, Walk
from mockserver.check.model.alike import Difference, difference, equal
from mockserver.spec.model import Json
from mockserver.world import times

BESIDE = ("$page.more", "$page.last", "$page.total", "$page.pages", "$page.number")
Key = Callable[[Any], Any]
Record = Mapping[str, Json]


def order_of(planned: Planned, sort: Any) -> tuple[str, ...]:
    """The fields by which a call's list is ordered, `-` before one that descends."""
    if isinstance(sort, str) and sort:
        return tuple(sort.split(","))
    if isinstance(sort, list) and sort:
        return tuple(map(str, sort))
    own = planned.plan.order or (planned.resource.order if planned.resource else ())
    return tuple(own)


def merged(parts: Sequence[Sequence[Record]], order: Sequence[str]) -> list[Record]:
    """The records of several walks, each once, in the list's order as far as it is known."""
    if len(parts) == 1:
        return list(parts[0])
    found = {repr(record): record for part in parts for record in part}
    names = [name.lstrip("-+") for name in order[:1]]
    values = {label: _value(record, names) for label, record in found.items()}
    if not names or None in values.values():
        return list(found.values())
    ranked = sorted(found, key=lambda label: repr(values[label]), reverse=order[0].startswith("-"))
    return [found[label] for label in ranked]


def narrowing(planned: Planned) -> set[str]:
    """The query parameters that a list can't be asked for without: each may say which of the records it shows, whether
    the document lets tell how (`folder_id`) or not."""
    page, partition = planned.plan.page, (planned.resource.partition if planned.resource else None) or {}
    told = (page.get("size"), page.get("position"), planned.plan.sort, partition.get("from"))
    others = {way[0] for part, way in map(asked, told) if part == "query" and way}
    return {one.name for one in planned.operation.parameters if one.required and one.location == "query"} - others


def hides(planned: Planned, query: Collection[str], records: Sequence[Record]) -> bool:
    """Whether a call's filters go by a field that no record shows: lists often leave out what they can be filtered by,
    and who has only seen the list can't tell which records pass."""
    asked_for = [(name, words) for name, words in planned.plan.filters.items() if name in query]
    ways = [str(field).split(".") for name, words in asked_for for field in words.get("fields") or [name]]
    return bool(records) and not all(any(_shows(record, way) for record in records) for way in ways)


def _shows(record: Json | Record, way: Sequence[str]) -> bool:
    """Whether a record says what is at a way: also that there is nothing, or a list of what the rest of it leads to."""
    if not way or not isinstance(record, Mapping):
        return True
    return way[0] in record and _shows(record[way[0]], way[1:])


def has_ended(pages: Pages, walk: Walk) -> bool:
    """Whether a walk that came to no further page is known to have seen all: a page that tells nothing of what comes
    after it, of a list whose pages have a size of the server's own, may be followed by others."""
    if not walk.pages or pages.sized or pages.style not in ("page", "offset"):
        return True
    last = walk.pages[-1]
    if not last.records or last.more is False or last.total is not None or last.tells_next:
        return True
    return last.size is not None and len(last.records) < last.size


def is_whole(planned: Planned, query: Mapping[str, Json], answer: Json) -> bool:
    """Whether a page shows all that there is: it is the first one, and says that it is the last."""
    _, position = asked(planned.plan.page.get("position"))
    if position and query.get(position[-1]) is not None:
        return False
    ways = places(planned.plan.answer)
    told = {name: at(answer, way) for name, way in ways.items() if name.startswith("$page.")}
    if "$page.last" in told:
        return told["$page.last"] is True
    following = [told[f"$page.{name}"] for name in ("more", "next", "next-url", "next-path") if f"$page.{name}" in told]
    if following:
        return not any(one and one is not MISSING for one in following)
    total, records = told.get("$page.total"), told["$page.records"]
    if isinstance(total, int) and isinstance(records, list):
        return total <= len(records)
    return planned.plan.page.get("style") in (None, "all")


def listed_difference(
    planned: Planned, query: Mapping[str, Json], bodies: tuple[Json, Json, Json], key: Key, order: Sequence[str],
    free: frozenset[str],
) -> Difference | None:  # fmt: skip
    """The first difference between a page and the twins' pages. Records of the same order value may stand in any order
    among each other, and the page may end in the middle of them; where no order is known, all of them may."""
    seen, first, second = bodies
    ways = places(planned.plan.answer)
    way = ways["$page.records"]
    shown, known, other = at(seen, way), at(first, way), at(second, way)
    name = ".".join(way)
    if not isinstance(shown, list):
        return Difference(name, "a list", shown)
    if not isinstance(known, list) or not isinstance(other, list) or list(map(key, known)) != list(map(key, other)):
        return None  # what is listed depends on what the document leaves open
    for beside in (ways[one] for one in BESIDE if one in ways):
        if found := difference(at(seen, beside), at(first, beside), at(second, beside), where=".".join(beside)):
            return found
    if found := _in_order(name, shown, known, key, order, is_whole(planned, query, first)):
        return found
    by_key = {key(one): (one, twin) for one, twin in zip(known, other, strict=True)}
    for position, record in enumerate(shown):
        if key(record) in by_key and (found := difference(record, *by_key[key(record)], free, f"{name}.{position}")):
            return found
    return None


def _in_order(
    name: str, shown: list[Any], known: list[Any], key: Key, order: Sequence[str], whole: bool
) -> Difference | None:  # fmt: skip
    got, wanted = list(map(key, shown)), list(map(key, known))
    if got == wanted:
        return None
    if len(got) != len(wanted):
        return Difference(name, wanted, got)
    if not order:
        return Difference(name, wanted, got) if whole and set(got) != set(wanted) else None
    values, due = [_value(one, order) for one in shown], [_value(one, order) for one in known]
    if None in values or None in due:
        return None  # where records stand that lack the value, and how texts compare, isn't said
    if not equal(values, due):
        return Difference(name, wanted, got)
    apart = set(got) ^ set(wanted)
    at_the_edge = {repr(value) for value in (due[0], due[-1])} if due else set()
    strays = [one for one, value in (*zip(got, values, strict=True), *zip(wanted, due, strict=True))
              if one in apart and repr(value) not in at_the_edge]  # fmt: skip
    return Difference(name, wanted, got) if strays else None


def _value(record: Any, order: Sequence[str]) -> list[Any] | None:
    """A record's place in an order: numbers, and times to the second; None where a value is missing or another text."""
    found: list[Any] = []
    for name in order:
        value = at(record, name.lstrip("-+").split("."))
        if value is MISSING or value is None or not isinstance(record, Mapping):
            return None
        moment = times.parse(value)
        if moment is None and isinstance(value, str):
            return None
        found.append(value if moment is None else moment // times.SECOND)
    return found
