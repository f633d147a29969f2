"""Laws of what a list is asked for at once: two filters, a filter on small pages, a filter of what is left out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, product
from typing import Any

from mockserver.check.answers import told
from mockserver.check.contract import Planned
from mockserver.check.laws.bench import Bench
from mockserver.check.laws.filters import Try, compared, is_narrowed, tries
from mockserver.check.laws.law import Breach, Law, Unfit
from mockserver.check.laws.paging import keys_of, read_list
from mockserver.check.laws.walks import Pages, Walk, everything

Named = tuple[str, Try]
MOST_BESIDE = 8  # filters with which a search is asked for


def filters_together(bench: Bench, planned: Planned) -> Iterator[Breach]:
    """Two filters at once give what passes both, and a filtered list can be walked over in small pages."""
    pages, reference = read_list(bench, planned)
    chosen = _finding(bench, planned, reference.records)
    if not chosen:
        raise Unfit("no filter finds anything")
    keys = keys_of(bench, planned, reference.records)
    for (name, one), (_, other) in _pairs(bench, planned, reference.records):
        both = _both(one, other)
        breach = compared(bench, planned, name, both, reference, keys, bench.walk(planned, query=both.query))
        if breach is not None:
            yield breach
            break
    if not pages.sized or pages.style == "all":
        return
    for number, (name, one) in enumerate(chosen):
        passing = sum(map(one.passes, reference.records))
        size = max(1, pages.least) if number == 0 else max(pages.least, -(-passing // 2))
        breach = _in_pages(bench, planned, pages, size, name, one, reference, keys)
        if breach is not None:
            yield breach
            break


def _finding(bench: Bench, planned: Planned, records: list[Any]) -> list[Named]:
    """Of each filter the use that most records pass, but for what the plain list is narrowed by anyway."""
    chosen: list[Named] = []
    clocked = _clocked(bench, planned)
    for name in [name for name in planned.plan.filters if name not in clocked] or clocked:
        known = [one for one in tries(bench, planned, name, records) if not is_narrowed(bench, planned, name)]
        best = max(known, key=lambda one: sum(map(one.passes, records)), default=None)
        if best is not None and any(map(best.passes, records)):
            chosen.append((name, best))
    return chosen


def _clocked(bench: Bench, planned: Planned) -> list[str]:
    """The filters by times that the server's clock sets: which records share one is chance, which decides no calls."""
    kind = bench.kinds.get(planned.plan.resource or "")
    words = {**kind.resource.on_create, **kind.resource.on_update} if kind else {}
    moments = {field for field, word in words.items() if str(word).startswith("$now")}
    return [name for name, one in planned.plan.filters.items() if moments.intersection(one.get("fields") or ())]


def _pairs(bench: Bench, planned: Planned, records: list[Any]) -> Iterator[tuple[Named, Named]]:
    """Uses of two filters, one after the other, that tell most: some records pass both, and some one alone."""
    ways: dict[tuple[str, ...], list[Named]] = {}
    for name in planned.plan.filters:
        for one in tries(bench, planned, name, records):
            label = (name, *(one.query[name] if isinstance(one.query[name], dict) else ()))
            ways.setdefault(label, []).append((name, one))
    clocked = _clocked(bench, planned)
    ways = {label: known[:1] if label[0] in clocked else known for label, known in ways.items()}
    passing = {id(one): [*map(one.passes, records)] for known in ways.values() for _, one in known}
    searches = [label for label in ways if planned.plan.filters[label[0]].get("compare") == "contains"]
    others = [label for label in ways if label not in searches][:MOST_BESIDE]
    labels = dict.fromkeys([*pairwise(ways), *product(searches, others)])
    for first, second in ((ways[one], ways[other]) for one, other in labels):
        ranked = [(_tells(passing[id(a[1])], passing[id(b[1])]), a, b) for a in first for b in second]
        best = max(ranked, key=lambda each: each[0])
        if best[0] > 1 or {first[0][0], second[0][0]}.intersection(clocked):
            yield best[1:]


def _tells(one: list[bool], other: list[bool]) -> int:
    """How much two filters tell of each other: whether some records pass one alone, the other alone, and both."""
    both = [a and b for a, b in zip(one, other, strict=True)]
    return (both != one) * 2 + (both != other) * 2 + any(both)


def _both(one: Try, other: Try) -> Try:
    words = f"{one.words} and {other.words}"
    query = dict(one.query)
    for name, value in other.query.items():
        known = query.get(name)
        query[name] = {**known, **value} if isinstance(known, dict) and isinstance(value, dict) else value
    return Try(query, lambda record: one.passes(record) and other.passes(record), words)


def _in_pages(
    bench: Bench, planned: Planned, pages: Pages, size: int, name: str, one: Try, reference: Walk, keys: list[Any]
) -> Breach | None:  # fmt: skip
    """What is wrong with a filtered list on small pages."""
    small = bench.walk(planned, size, one.query, most=40)
    if breach := compared(bench, planned, name, one, reference, keys, small):
        return breach
    shown = keys_of(bench, planned, small.records)
    if len(set(shown)) < len(shown):
        return Breach(planned, f"each item with {one.words} once", "one came twice", small.exchanges[:12])
    large = next((page for page in small.pages if len(page.records) > size), None)
    if large is not None:
        expected = f"at most {size} items on a page of {size}, with {one.words}"
        return Breach(planned, expected, f"{len(large.records)} items", (large.exchange,))
    return None


def left_out_is_found(bench: Bench, planned: Planned) -> Iterator[Breach]:
    """What a list leaves out by default is filtered, searched and paged like the rest, where it is asked for."""
    pages, _ = read_list(bench, planned)
    hidden = everything(planned, bench.checking.contract)[1:]
    if not hidden:
        raise Unfit("it leaves nothing out by default")
    for query in hidden:
        reference = bench.walk(planned, query=query)
        if reference.trouble is not None or not reference.whole or not reference.records:
            continue
        words = ", ".join(f"{name}={told(value, 40)}" for name, value in query.items())
        keys = keys_of(bench, planned, reference.records)
        plain = Try(query, lambda record: True, words)
        for name, one in [("", plain), *_finding(bench, planned, reference.records)]:
            asked = _both(one, plain)
            walk = bench.walk(planned, query=asked.query)
            breach = compared(bench, planned, name, asked, reference, keys, walk)
            size = max(1, pages.least, -(-len(walk.records) // 2))
            if breach is None and pages.sized and pages.leads_on and len(walk.records) > 1:
                breach = _in_pages(bench, planned, pages, size, name, asked, reference, keys)
            if breach is not None:
                yield breach
                break


LAWS = (
    Law("filters-together", "operation", "Filters hold together, and on each page.", filters_together),
    Law("left-out-is-found", "operation", "What a list leaves out by default is found where it is asked for.",
        left_out_is_found),
)  # fmt: skip
