"""Laws of what changes while one looks: records that come in between two pages, orders after a change, clocks."""

from __future__ import annotations

import time
from collections.abc import Iterator

from mockserver.check.answers import MISSING, at, told
from mockserver.check.clock import OFF
from mockserver.check.contract import Planned
from mockserver.check.findings import Exchange
from mockserver.check.laws.bench import Bench
from mockserver.check.laws.changing import APART, changes
from mockserver.check.laws.law import Breach, Kept, Law, Unfit
from mockserver.check.laws.paging import is_told
from mockserver.check.options import READONLY_KEY
from mockserver.spec.model import Json
from mockserver.world import times

SOME = 3  # records on a page


def pages_stable(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """A record that is made between two pages makes none come twice, and loses none."""
    if kind.list is None or kind.create is None:
        raise Unfit("its records can't be created and listed")
    pages = bench.pages(kind.list)
    if pages.style != "cursor" or not pages.sized or not pages.leads_on:
        raise Unfit("its pages aren't told by cursors")
    whole = bench.walk(kind.list)
    first = pages.read(bench.page(pages, SOME, None))
    if first is None or first.next is None or not whole.whole:
        raise Unfit("it has a single page")
    made = bench.mine(kind)
    second = pages.read(bench.page(pages, SOME, first.next))
    key = bench.key_of(kind)
    if second is None:
        return
    twice = [key(record) for record in second.records if key(record) in [key(one) for one in first.records]]
    evidence = (first.exchange, made.exchange, second.exchange)
    if twice:
        yield Breach(kind.list, "no item of the page before", f"{told(twice[0])} again", evidence)


def updates_keep_order(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """A list in the order of creation stays so when a record is changed."""
    planned = next(iter(kind.updates), None)
    if kind.list is None or kind.create is None or planned is None or not kind.resource.order:
        raise Unfit("its records can't be created, changed and listed")
    order = (kind.list.plan.order or kind.resource.order)[0]
    if kind.resource.on_create.get(order.lstrip("-")) != "$now" or not is_told(bench, kind.list):
        raise Unfit("its list isn't told to be in the order of creation")
    first = (bench.made.get(kind.resource.name) or [bench.mine(kind)])[0]
    time.sleep(max(0.0, APART - (time.monotonic() - first.since)))
    second = bench.mine(kind)
    changed = bench.ask(
        planned, key=first.key, above=bench.beside(planned, first), fields=changes(bench, kind, planned)
    )
    bench.walked.clear()
    walk = bench.walk(kind.list, most=50)
    key = bench.key_of(kind)
    keys = [key(record) for record in walk.records]
    if first.key not in keys or second.key not in keys:
        raise Unfit("the list is too long to see them")
    newest_first = order.startswith("-")
    if (keys.index(second.key) < keys.index(first.key)) != newest_first:
        expected = f"{told(second.key)} {'before' if newest_first else 'after'} {told(first.key)}, as it was made later"
        yield Breach(kind.list, expected, "the other way round",
                     (first.exchange, second.exchange, changed, *walk.exchanges[:2]))  # fmt: skip


def times_are_now(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """A time that the server sets is its present, by its own Date header; hours off tell of time zones."""
    names = {name for name, value in {**kind.resource.on_create, **kind.resource.on_update}.items() if value == "$now"}
    if kind.create is None or not names:
        raise Unfit("the server sets no times")
    made = bench.mine(kind)
    shown: list[tuple[Planned, Exchange, object]] = [(kind.create, made.exchange, made.shown)]
    for planned in kind.updates[:1]:
        exchange = bench.ask(
            planned, key=made.key, above=bench.beside(planned, made), fields=changes(bench, kind, planned)
        )
        shown.append((planned, exchange, bench.shown(planned, exchange)))
    for planned, exchange, record in shown:
        now = bench.checking.clock.when(exchange)
        for name in sorted(names):
            value: Json = at(record, (name,))
            moment = times.moment(value) if value is not MISSING else None
            if (
                moment is not None
                and abs(moment - now) > OFF
                and (planned is kind.create or name in kind.resource.on_update)
            ):
                yield Breach(planned, f"{name} {times.text(now)}, its present", f"{name} {told(value)}", (exchange,))
                return


def cursor_of_another_list(bench: Bench, planned: Planned) -> Iterator[Breach]:
    """A cursor that another list gave out is refused where the document knows such a refusal."""
    if planned.plan.does != "list":
        raise Unfit("no list")
    pages = bench.pages(planned)
    if pages.style != "cursor" or pages.position[0] != "query":
        raise Unfit("it has no cursors")
    name = pages.position[1][0]
    known = bench.oracle.refusal(planned, bench.request(planned, query={name: "mockserver-check-no-cursor"}))
    if known is None or known.status not in (400, 422) or not known.statuses:
        raise Unfit("the document doesn't say that it is refused")
    for other in bench.checking.contract.operations.values():
        if other.plan.does != "list" or other is planned:
            continue
        theirs = bench.pages(other)
        page = theirs.read(bench.page(theirs, max(1, theirs.least), None)) if theirs.style == "cursor" else None
        if page is None or page.next is None:
            continue
        exchange = bench.ask(planned, query={name: page.next})
        if mistake := bench.oracle.mistake(known, exchange):
            seen = f"{mistake[1]} for a cursor of {other.operation.id}"
            yield Breach(planned, mistake[0], seen, (page.exchange, exchange))
        return
    raise Unfit("there is no other list with cursors")


def own_only(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """A list that shows what belongs to the key's user doesn't show it to another's key."""
    if kind.list is None or "$key" not in str(kind.list.plan.where) or READONLY_KEY not in bench.checking.options.keys:
        raise Unfit("its list isn't each user's own, or it takes --readonly-key")
    maker = next((one for one in bench.kinds.values() if one.create and any(
        effect.get("create") == kind.resource.name for effect in one.create.plan.then)), None)  # fmt: skip
    if maker is None:
        raise Unfit("nothing makes its records")
    pages, key = bench.pages(kind.list), bench.key_of(kind)

    def seen(role: str) -> tuple[Exchange, list[object]]:
        exchange = bench.ask(kind.list, role=role)  # type: ignore[arg-type]
        page = pages.read(exchange)
        return exchange, [key(record) for record in page.records] if page else []

    mine, theirs = seen("key")[1], seen(READONLY_KEY)[1]
    if mine == theirs and not (bench.checking.contract.given.get("access") or {}).get("user"):
        raise Unfit("both keys see the same: they may be one user's")
    made = bench.create(maker, full=False)
    exchange, new = seen("key")
    other, shown = seen(READONLY_KEY)
    leaked = [one for one in new if one not in mine and one in shown]
    if made is not None and leaked:
        expected = f"no {told(leaked[0])}, in which the other key's user has no part"
        yield Breach(kind.list, expected, "it is listed", (made.exchange, exchange, other))


def created_stays(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """The time at which a record was created doesn't change while time goes by."""
    names = [name for name, value in kind.resource.on_create.items() if value == "$now"]
    names = [name for name in names if name not in kind.resource.on_update]
    before = bench.seen.get(kind.resource.name)
    if kind.list is None or not names or before is None:
        raise Unfit("no list shows when its records were created")
    time.sleep(max(0.0, APART - (time.monotonic() - before.since)))
    walk, key = bench.walk(kind.list, most=50), bench.key_of(kind)
    ours = {made.key for made in bench.made.get(kind.resource.name, ())}  # those are changed in between
    for record in walk.records:
        old = before.records.get(key(record)) if key(record) not in ours else None
        for name in names:
            one, two = times.moment(at(old, (name,))), times.moment(at(record, (name,)))
            if one is not None and two is not None and one != two:
                evidence = (*before.exchanges[:2], *walk.exchanges[:2])
                expected = f"{name} {times.text(one)} of {told(key(record))}, as before"
                yield Breach(kind.list, expected, times.text(two), evidence)
                return


LAWS = (
    Law("created-stays", "resource", "When a record was created doesn't change.", created_stays),
    Law(
        "pages-stable", "resource", "What comes in between two pages makes none come twice.", pages_stable, writes=True
    ),
    Law(
        "updates-keep-order",
        "resource",
        "A change doesn't move a record in a list by creation.",
        updates_keep_order,
        writes=True,
        timed=True,
    ),
    Law("times-are-now", "resource", "The times that the server sets are its present.", times_are_now, writes=True),
    Law("cursor-of-another", "operation", "A cursor belongs to its list.", cursor_of_another_list, "minor"),
    Law("own-only", "resource", "Each sees what is theirs.", own_only, "critical", writes=True),
)
