"""Laws of lists: each item once, pages as large as asked, the last one says so, totals and order as documented."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from mockserver.check.answers import MISSING, at, told
from mockserver.check.contract import Planned
from mockserver.check.laws.bench import MOST_RECORDS, Bench
from mockserver.check.laws.law import Breach, Law, Unfit
from mockserver.check.laws.walks import Page, Pages, Walk
from mockserver.world import times
from mockserver.world.table import comparable

SAYS_ORDER = re.compile(
    r"newest|latest|oldest|earliest|most recent|sorted|ordered|in order|descending|ascending|alphabetical", re.I
)
SIZES = (1, 2, 3, 7)


def read_list(bench: Bench, planned: Planned) -> tuple[Pages, Walk]:
    """A list and a walk over it. Raises Unfit for what is no list, or answers nothing that can be walked over."""
    if planned.plan.does != "list":
        raise Unfit("no list")
    pages, walk = bench.pages(planned), bench.walk(planned)
    if walk.trouble is not None and not walk.pages:
        raise Unfit(f"it answered {walk.trouble.status}")
    return pages, walk


def keys_of(bench: Bench, planned: Planned, records: list[Any]) -> list[Any]:
    """The keys of shown records. Raises Unfit when they show none."""
    assert planned.resource is not None
    key = bench.key_of(bench.kinds[planned.resource.name])
    keys = [key(record) for record in records]
    if any(one is None for one in keys):
        raise Unfit("its records show no key")
    return keys


def can_be_listed(bench: Bench, planned: Planned) -> Iterator[Breach]:
    """A plain request is answered with a page; without records above it may find nothing."""
    pages = bench.pages(planned) if planned.plan.does == "list" else None
    if pages is None:
        raise Unfit("no list")
    walk = bench.walk(planned)
    exchange = walk.trouble
    if exchange is not None and exchange.status not in (401, 403, 404, 429) and exchange.status < 500:
        yield Breach(planned, f"{planned.plan.status} with a list of records", str(exchange.status), (exchange,))


def sizes_of(pages: Pages, count: int) -> list[int]:
    """The page sizes to try on a list of so many records."""
    if not pages.sized or not pages.leads_on:
        return []
    least = max(1, pages.least)
    few = [
        size for size in SIZES if size >= least and count / size <= 40 and (pages.most is None or size <= pages.most)
    ]
    return few or [least]


def pages_once(bench: Bench, planned: Planned) -> Iterator[Breach]:
    """Each item once, none lost, the same sequence, whatever the page size."""
    pages, reference = read_list(bench, planned)
    expected = keys_of(bench, planned, reference.records)
    if not pages.leads_on:
        yield from _in_one(bench, planned, reference, expected)
        return
    ordered = pages.style == "cursor" or is_told(bench, planned)
    for walk in [reference, *(bench.walk(planned, size) for size in sizes_of(pages, len(expected)))]:
        if walk.trouble is not None:
            yield Breach(planned, "a page at each step", str(walk.trouble.status), walk.exchanges[-2:])
            continue
        keys = keys_of(bench, planned, walk.records)
        twice = next((key for at, key in enumerate(keys) if key in keys[:at]), None)
        asked = f"with {walk.size} a page, " if walk.size else ""
        if twice is not None:
            yield Breach(planned, "each item once", f"{asked}{told(twice)} came twice", walk.exchanges[:12])
        elif walk.whole and reference.whole and set(keys) != set(expected):
            lost = [key for key in expected if key not in keys] or [key for key in keys if key not in expected]
            seen = f"{asked}{len(keys)}; {told(lost[0])} is in one and not in the other"
            yield Breach(planned, f"the same {len(expected)} items", seen, _evidence(reference, walk))
        elif ordered and walk.whole and keys != expected[: len(keys)]:
            yield Breach(
                planned, "the same order for each page size", f"{asked}another order", _evidence(reference, walk)
            )


def _in_one(bench: Bench, planned: Planned, walk: Walk, keys: list[Any]) -> Iterator[Breach]:
    """An item that a page by itself has twice, where keys tell items apart: they are asked for by them."""
    assert planned.resource is not None
    kind = bench.kinds[planned.resource.name]
    if kind.read is None and kind.delete is None and not kind.updates:
        raise Unfit("its pages don't lead to each other")
    if (twice := next((key for at, key in enumerate(keys) if key in keys[:at]), None)) is not None:
        yield Breach(planned, "each item once", f"{told(twice)} came twice", walk.exchanges)


def _evidence(first: Walk, second: Walk) -> tuple[Any, ...]:
    return (*first.exchanges[:3], *second.exchanges[:12])


def pages_full(bench: Bench, planned: Planned) -> Iterator[Breach]:
    """A page holds as many as asked for, unless it is the last one; never more."""
    pages, reference = read_list(bench, planned)
    if not pages.sized or not pages.leads_on:
        raise Unfit("the size of its pages can't be asked for")
    for size in sizes_of(pages, len(reference.records)):
        walk = bench.walk(planned, size)
        for at_page, page in enumerate(walk.pages):
            last = at_page == len(walk.pages) - 1
            empty_end = at_page == len(walk.pages) - 2 and not walk.pages[-1].records
            if len(page.records) > size:
                seen = f"{len(page.records)} items"
                yield Breach(planned, f"at most {size} items on a page of {size}", seen, (page.exchange,))
                break
            if not last and not empty_end and len(page.records) < size:
                seen = f"{len(page.records)} items, and more to come"
                yield Breach(planned, f"{size} items on each page but the last", seen, (page.exchange,))
                break


def default_size(bench: Bench, planned: Planned) -> Iterator[Breach]:
    """Without a size, a page has the documented one."""
    pages, reference = read_list(bench, planned)
    if pages.default is None or pages.size[0] != "query" or not pages.leads_on:
        raise Unfit("no default size is documented")
    page = pages.read(bench.page(pages, None, None))
    if page is None:
        return
    count = len(reference.records)
    wanted = min(pages.default, count) if reference.whole else pages.default
    if len(page.records) > pages.default or (len(page.records) < wanted and page.next is not None):
        yield Breach(planned, f"{wanted} items, as {pages.size[1][0]} is {pages.default} when left out",
                     f"{len(page.records)} items", (page.exchange,))  # fmt: skip
    elif len(page.records) < wanted and reference.whole:
        seen = f"{len(page.records)} items of {count}, and no more to come"
        yield Breach(planned, f"{wanted} items", seen, (page.exchange,))


def last_page(bench: Bench, planned: Planned) -> Iterator[Breach]:
    """Only the last page says that it is the last."""
    pages, reference = read_list(bench, planned)
    walks = [reference, *(bench.walk(planned, size) for size in sizes_of(pages, len(reference.records))[:2])]
    for walk in walks:
        for at_page, page in enumerate(walk.pages):
            final = walk.whole and at_page == len(walk.pages) - 1
            wrong = _misleading(pages, page, final)
            if wrong:
                yield Breach(planned, *wrong, (page.exchange,))
                break


def _misleading(pages: Pages, page: Page, final: bool) -> tuple[str, str] | None:
    """What a page wrongly says of what comes after it."""
    if page.more is True and pages.style == "cursor" and page.next is None and page.tells_next:
        return "where the next page starts, as there is one", "none"
    if page.more is False and page.next is not None:
        return "no next page, as this is the last one", f"one at {told(page.next, 60)}"
    if final and page.more is True and pages.style == "cursor":
        return "that there is no more on the last page", "that there is more"
    if not final and page.more is False:
        return "that there is more", "that there is no more"
    return None


def cursors_lead_on(bench: Bench, planned: Planned) -> Iterator[Breach]:
    """A page that names a next one is followed by one that holds something."""
    pages, reference = read_list(bench, planned)
    if pages.style != "cursor":
        raise Unfit("it has no cursors")
    for walk in [reference, *(bench.walk(planned, size) for size in sizes_of(pages, len(reference.records)))]:
        if walk.whole and len(walk.pages) > 1 and not walk.pages[-1].records:
            seen = "the page after it is empty"
            yield Breach(planned, "a next page only where there is more", seen, walk.exchanges[-2:])
            return


def totals(bench: Bench, planned: Planned) -> Iterator[Breach]:
    """The total and the number of pages are those of the list, on each page the same."""
    pages, reference = read_list(bench, planned)
    if not {"$page.total", "$page.pages", "$page.number", "$page.size"} & pages.ways.keys():
        raise Unfit("it tells no totals")
    if not reference.whole or reference.trouble:
        raise Unfit(f"it is longer than {MOST_RECORDS}")
    count = len(reference.records)
    sizes = sizes_of(pages, count)
    for query in _some_filter(bench, planned, reference.records):
        walk = bench.walk(planned, query=query)
        found = next((page for page in walk.pages if page.total not in (None, len(walk.records))), None)
        if walk.whole and found is not None:
            asked = ", ".join(f"{name}={told(value, 40)}" for name, value in query.items())
            yield Breach(planned, f"a total of {len(walk.records)} with {asked}", str(found.total), walk.exchanges[:3])
            return
    for walk in [reference, *(bench.walk(planned, size) for size in sizes[1:3])]:
        for number, page in enumerate(walk.pages, 1):
            size = walk.size or pages.default
            expected = max(1, -(-count // size)) if size else None
            if page.total is not None and page.total != count:
                yield Breach(planned, f"a total of {count}", str(page.total), (*reference.exchanges[:2], page.exchange))
                return
            off = page.pages is not None and expected is not None and page.pages != expected
            if off and not (count == 0 and page.pages == 0):
                seen = f"{page.pages} pages"
                yield Breach(planned, f"{expected} pages of {size}", seen, (page.exchange,))
                return
            if page.number is not None and pages.style == "page" and page.number != number:
                yield Breach(planned, f"page {number}", f"page {page.number}", (page.exchange,))
                return
            if walk.size and page.size is not None and page.size != walk.size:
                yield Breach(planned, f"a size of {walk.size}, as asked", str(page.size), (page.exchange,))
                return


def _some_filter(bench: Bench, planned: Planned, records: list[Any]) -> Iterator[dict[str, Any]]:
    """Filters by what a record has, each alone."""
    for name, words in planned.plan.filters.items():
        fields = words.get("fields") or ()
        shown = [at(record, str(name).split(".")) for name in fields[:1] for record in records]
        value = next((one for one in shown if isinstance(one, str | bool)), None)
        parameter = next((one for one in planned.operation.parameters if one.name == name), None)
        compare = words.get("compare", "eq")
        if not isinstance(value, str | bool) or value == "" or parameter is None or compare not in ("eq", "contains"):
            continue
        value = value.split()[0] if compare == "contains" and isinstance(value, str) and value.split() else value
        if bench.checking.contract.schemas.is_valid({"$ref": f"#{parameter.schema}"}, value, "request"):
            yield {name: value}


def beyond_the_last(bench: Bench, planned: Planned) -> Iterator[Breach]:
    """A page or offset beyond the last one is empty."""
    pages, reference = read_list(bench, planned)
    if pages.style not in ("page", "offset") or not pages.position[0] or not reference.whole:
        raise Unfit("its pages aren't numbered")
    count = len(reference.records)
    exchange = bench.page(pages, None, count + 1000)
    page = pages.read(exchange)
    if page is not None and page.records:
        yield Breach(planned, "an empty page beyond the last one", f"{len(page.records)} items", (exchange,))


def in_order(bench: Bench, planned: Planned) -> Iterator[Breach]:
    """The documented order of a list."""
    _pages, walk = read_list(bench, planned)
    assert planned.resource is not None
    order = planned.plan.order or planned.resource.order
    if not order or not is_told(bench, planned):
        raise Unfit("no order is documented")
    field, down = order[0].lstrip("-"), order[0].startswith("-")
    values = [at(record, field.split(".")) for record in walk.records]
    if not values or any(value in (MISSING, None) for value in values):
        raise Unfit(f"its records don't show {field}")
    for before, after, number in zip(values, values[1:], range(len(values)), strict=False):
        if (down and _less(before, after)) or (not down and _less(after, before)):
            word = "the highest" if down else "the lowest"
            seen = f"{told(before)} and then {told(after)}"
            page = _page_of(walk, number)
            yield Breach(planned, f"{word} {field} first", seen, page)
            return


def is_told(bench: Bench, planned: Planned) -> bool:
    """Whether the document itself says how a list is ordered."""
    contract, route = bench.checking.contract, planned.route
    understanding = contract.served.understanding
    given = understanding.operations[route].given | understanding.resources[str(planned.plan.resource)].given
    node = contract.source.document.at(planned.operation.pointer)
    text = f"{node.get('summary', '')} {node.get('description', '')}"
    return "order" in given or bool(SAYS_ORDER.search(text))


def _page_of(walk: Walk, number: int) -> tuple[Any, ...]:
    seen = 0
    for page in walk.pages:
        seen += len(page.records)
        if number + 1 < seen:
            return (page.exchange,)
    return walk.exchanges[:4]


def _less(one: Any, other: Any) -> bool:
    a, b = times.moment(one), times.moment(other)
    if a is not None and b is not None:
        return a < b
    return type(one) is type(other) and comparable(one) < comparable(other)


LAWS = (
    Law("can-be-listed", "operation", "A list can be read.", can_be_listed),
    Law(
        "pages-once",
        "operation",
        "A walk over the pages of a list gives each item once and loses none.",
        pages_once,
        "critical",
    ),
    Law("pages-full", "operation", "A page holds as many items as asked for, the last one what is left.", pages_full),
    Law("default-size", "operation", "Without a size, a page has the documented one.", default_size),
    Law("last-page-says-so", "operation", "Only the last page says that nothing comes after it.", last_page),
    Law("cursors-lead-on", "operation", "A next page is named only where there is one.", cursors_lead_on, "minor"),
    Law("totals-add-up", "operation", "Totals and page counts are those of the list.", totals),
    Law("beyond-the-last", "operation", "Beyond the last page nothing comes.", beyond_the_last),
    Law("in-order", "operation", "A list is in its documented order.", in_order),
)
