"""Lists, cut into pages by cursor, page number or offset. A page costs what it returns, unless a filter must scan."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

import orjson

from mockserver.spec.model import Json
from mockserver.steps.addresses import path, url
from mockserver.steps.call import Call, Fault, Guard, Problem, sent
from mockserver.steps.values import ABSENT, Value
from mockserver.world.generated import Item
from mockserver.world.selections import Wanted
from mockserver.world.table import Table

Record = Mapping[str, Any]
Test = Callable[[Record], bool]
Sort = Callable[[list[Record], tuple[str, ...], Call], list[Record]]
DEFAULT_SIZE = 20
MAX_SIZE = 1_000  # where the document sets no bound


class Sieve(NamedTuple):
    """What a record must pass to be in a list: what a selection knows already, and what it must be tested for."""

    wanted: Wanted | None
    tests: list[Test]


EVERYTHING = Sieve(None, [])

@dataclass(frozen=True, slots=True)
class Listing:
    """What a list operation needs: its table, tests, orders and pages."""

    table: str
    style: str  # cursor, key, page, offset or all
    size: str | Value | None  # parameter names, or values from the body
    position: str | Value | None
    default_size: int
    sieve: Callable[[Call], Sieve | Problem]
    order: Callable[[Call], tuple[str, ...] | Problem]  # empty: the table's own
    sort: Sort
    counts: bool  # whether the answer tells a total
    links: bool = False  # whether the answer has addresses of pages
    body_paging: frozenset[str] = frozenset()  # members of the body that say which page
    before: str | None = None  # the parameter with the key of the record that a page ends before


def compile_list(listing: Listing) -> Guard:
    """A handler that puts one page into `call.values['page']`, or gives a Problem for a bad filter, order or cursor."""

    def handle(call: Call) -> Problem | None:
        sieve = listing.sieve(call)
        if isinstance(sieve, Problem):
            return sieve
        order = listing.order(call)
        if isinstance(order, Problem):
            return order
        table, tests = _narrowed(call.world.tables[listing.table], sieve)
        bound, size = order, _size(listing, call)
        if len(order) == 1 and table.layout.turns(order[0]):
            table, order = table.turned(), ()
        found = (
            _cursor_page(listing, call, table, tests, order, size, _binding(listing, call, bound))
            if listing.style in ("cursor", "key") else _numbered_page(listing, call, table, tests, order, size)
        )  # fmt: skip
        if isinstance(found, Problem):
            return found
        call.values["page"] = {**found, **_addresses(listing, call, found)} if listing.links else found
        return None

    return handle


def _narrowed(table: Table, sieve: Sieve) -> tuple[Table, list[Test]]:
    """The records among which a list is found, and the tests that they must pass still."""
    if sieve.wanted is None:
        return table, sieve.tests
    found = table.selected(sieve.wanted)
    return (table, [*sieve.wanted.tests, *sieve.tests]) if found is None else (found, sieve.tests)


def _size(listing: Listing, call: Call) -> int:
    if listing.style == "all":
        return MAX_SIZE
    asked = _number(_asked(listing.size, call))
    size = listing.default_size if asked is None else asked
    return max(0, min(size, MAX_SIZE))


def _asked(place: str | Value | None, call: Call) -> Any:
    """What a call says about its page: in a parameter, or in its body."""
    if place is None or isinstance(place, str):
        return sent(call.query, place) if place else None
    value = place(call)
    return None if value is ABSENT else value


def _number(asked: Any) -> int | None:
    """A number as such, or as a text where the document doesn't describe the parameter as one; else None."""
    if isinstance(asked, str) and asked.isascii() and asked.isdigit() and len(asked) < 10:
        return int(asked)
    return asked if isinstance(asked, int) and not isinstance(asked, bool) else None


def _addresses(listing: Listing, call: Call, page: Mapping[str, Json]) -> dict[str, Json]:
    """The addresses of this page and of those beside it, as a call's client sees them; None where there is none."""
    name = listing.position if isinstance(listing.position, str) else None
    if name is None:
        return {"url": url(call), "next-url": None, "next-path": None, "previous-url": None, "first-url": url(call)}
    following, numbered = page.get("next"), listing.style not in ("cursor", "key")
    found: dict[str, Json] = {
        "url": url(call), "first-url": url(call, **{name: None}), "previous-url": None,
        "next-url": url(call, **{name: following}) if following is not None else None,
        "next-path": path(call, **{name: following}) if following is not None else None,
    }  # fmt: skip
    if numbered:
        size, offset, total = page["size"], page["offset"], page["total"]
        step = 1 if listing.style == "page" else size
        here = page["number"] if listing.style == "page" else offset
        last = page["pages"] if listing.style == "page" else max(0, (total - 1) // size * size if size else 0)
        found["last-url"] = url(call, **{name: last})
        found["previous-url"] = url(call, **{name: max(here - step, 0)}) if offset > 0 else None
    return {**found, "links": _links(found)}


def _links(found: Mapping[str, Json]) -> str | None:
    """The addresses as a Link header has them (RFC 8288, section 3); None where there is none."""
    kinds = (("next", "next"), ("previous", "prev"), ("first", "first"), ("last", "last"))
    told = [f'<{found[f"{name}-url"]}>; rel="{rel}"' for name, rel in kinds if found.get(f"{name}-url")]
    return ", ".join(told) or None


def _passing(records: Iterable[Record], tests: list[Test]) -> Iterable[Record]:
    return (record for record in records if all(test(record) for test in tests)) if tests else records


def _matching(listing: Listing, call: Call, table: Table, tests: list[Test], order: tuple[str, ...]) -> list[Record]:
    records = list(_passing(table.records(), tests))
    if not order:
        return records
    own = next((part for part in order if part.lstrip("-") == table.layout.order), None)
    if own is not None and own.startswith("-") != table.layout.descending:
        records.reverse()  # the table's own order turned round: of one moment's records the oldest comes first, too
    return listing.sort(records, order, call)


def _numbered_page(
    listing: Listing, call: Call, table: Table, tests: list[Test], order: tuple[str, ...], size: int
) -> dict[str, Json]:
    asked = _number(_asked(listing.position, call))
    position = (1 if listing.style == "page" else 0) if asked is None else asked
    offset = max(0, (position - 1) * size if listing.style == "page" else position)
    if tests or order:
        matching = _matching(listing, call, table, tests, order)
        total, records = len(matching), matching[offset : offset + size]
    else:
        total = len(table)
        records = table.window(offset, size) if offset < total else []
    more = offset + len(records) < total
    following = (position + 1 if listing.style == "page" else offset + size) if more else None
    return {
        "records": records, "total": total, "size": size, "offset": offset,
        "more": more, "last": not more, "next": following,
        "number": position if listing.style == "page" else offset // size + 1 if size else 1,
        "pages": max(1, -(-total // size)) if size else 1,
    }  # fmt: skip


def _cursor_page(
    listing: Listing, call: Call, table: Table, tests: list[Test], order: tuple[str, ...], size: int, binding: bytes
) -> dict[str, Json] | Problem:
    after: Any = None
    text = _asked(listing.position, call)
    if text is not None:
        whole = call.world.tables[listing.table]
        after = whole.place(text) if listing.style == "key" else _opened(str(text), binding, call.world.seed)
        if after is None:
            return _no_cursor(listing)
    elif listing.before and (end := _asked(listing.before, call)) is not None:
        return _page_before(end, listing, call, table, tests, order, size)
    found, total = (_sorted_from if order else _stored_from)(listing, call, table, tests, order, after, size + 1)
    shown, more = found[:size], len(found) > size
    cursor: Any = None
    if more and shown:
        last = shown[-1]
        cursor = last[1][table.layout.key] if listing.style == "key" else _sealed(last[0], binding, call.world.seed)
    page: dict[str, Json] = {
        "records": [record for _, record in shown],
        "more": more,
        "last": not more,
        "size": size,
        "next": cursor,
    }
    if listing.counts:
        page["total"] = (
            total if total is not None else sum(1 for _ in _passing(table.records(), tests)) if tests else len(table)
        )
        page["pages"] = max(1, -(-page["total"] // size)) if size else 1
    return page


def _page_before(
    end: Any, listing: Listing, call: Call, table: Table, tests: list[Test], order: tuple[str, ...], size: int
) -> dict[str, Json] | Problem:
    """The page that ends before the record with a key: its records are in the list's own order."""
    if call.world.tables[listing.table].place(end) is None:
        return _no_cursor(listing, listing.before)
    records, key = _matching(listing, call, table, tests, order), table.layout.key
    at = next((at for at, one in enumerate(records) if one[key] == end), 0)
    shown, more = records[max(0, at - size) : at], at > size
    total = len(records)
    return {
        "records": shown, "more": more, "last": not more, "size": size, "total": total,
        "next": shown[-1][key] if shown else None, "pages": max(1, -(-total // size)) if size else 1,
    }  # fmt: skip


def _no_cursor(listing: Listing, said: str | None = None) -> Problem:
    place = said or listing.position
    if isinstance(place, str):
        what = "names no record of this list" if listing.style == "key" else "is not a cursor of this list"
        fault = Fault("query", place, place, what)
        return Problem.of_faults("invalid-parameter", (fault,))
    return Problem.of_faults("invalid-body", (Fault("body", "", "cursor", "is not a cursor of this list"),))


Found = tuple[list[tuple[Any, Record]], int | None]


def _stored_from(
    listing: Listing, call: Call, table: Table, tests: list[Test], order: tuple[str, ...], after: Any, count: int
) -> Found:
    """Entries in the table's own order: only those on the page are looked at, and those that filters pass over."""
    place: Item | None = (
        (tuple(after[0]) if isinstance(after[0], list) else after[0], after[1], after[2]) if after else None
    )
    if not tests:
        return table.page(place, count), None
    entries = ((item, record) for item, record in table.entries(place) if all(test(record) for test in tests))
    return list(islice(entries, count)), None


def _sorted_from(
    listing: Listing, call: Call, table: Table, tests: list[Test], order: tuple[str, ...], after: Any, count: int
) -> Found:
    """Entries in another order: all that match are sorted; a cursor holds the last one's key and its rank then."""
    records = _matching(listing, call, table, tests, order)
    start = 0
    if after:
        key = table.layout.key
        start = next((at + 1 for at, record in enumerate(records) if record[key] == after[-1]), 0)
        start = start or (after[0] if len(after) == 2 else 0)
    shown = records[start : start + count]
    return [((start + at + 1, record[table.layout.key]), record) for at, record in enumerate(shown)], len(records)


def _binding(listing: Listing, call: Call, order: tuple[str, ...]) -> bytes:
    """What a cursor belongs to: the list with its filters and order, not the page's size."""
    own = (listing.position, listing.size, listing.before)
    asked = {name: value for name, value in call.query.items() if name not in own}
    who = call.key.get("user")
    if listing.body_paging and isinstance(call.body, Mapping):
        asked["body"] = {name: value for name, value in call.body.items() if name not in listing.body_paging}
    if not asked and not call.path and not order:
        return f"{listing.table}\n{who}".encode()
    return orjson.dumps([listing.table, dict(call.path), asked, order, who], option=orjson.OPT_SORT_KEYS, default=str)


def _seal(text: bytes, binding: bytes, seed: int) -> bytes:
    return hashlib.blake2b(text + b"\0" + binding, digest_size=9, key=str(seed).encode()).digest()


def _sealed(place: Any, binding: bytes, seed: int) -> str:
    return _cursor(orjson.dumps(place), binding, seed)


@lru_cache(1_024)  # the same first page is asked for again and again
def _cursor(text: bytes, binding: bytes, seed: int) -> str:
    return base64.urlsafe_b64encode(_seal(text, binding, seed) + text).decode().rstrip("=")


def _opened(cursor: str, binding: bytes, seed: int) -> Any:
    """The place that a cursor names; None when this server didn't make it for this list."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except (binascii.Error, ValueError):
        return None
    seal, text = raw[:9], raw[9:]
    if not text or seal != _seal(text, binding, seed) or base64.urlsafe_b64encode(raw).decode().rstrip("=") != cursor:
        return None
    return orjson.loads(text)
