"""A law of what several share: whoever is named, in whichever way, sees it, and how it has come along.

Our own mock plays the same calls with the same people. Whose keys a check has isn't told; since everybody is named,
only who made it and whether both keys are one user's makes a difference.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from mockserver.check.answers import MISSING, asked, at, same, told
from mockserver.check.findings import Exchange
from mockserver.check.laws.bench import Bench
from mockserver.check.laws.law import Breach, Kept, Law, Unfit
from mockserver.check.laws.mirrors import ONE, OTHER, Mirror, View, mirror
from mockserver.check.options import KEY, READONLY_KEY
from mockserver.spec.errors import SpecError
from mockserver.spec.model import Json
from mockserver.world import times
from mockserver.world.merging import Unsatisfiable

SOON = 5_000  # milliseconds: what is due by then is waited for
LEAD = 1_500  # milliseconds by which something is put off
PATIENCE = 5.0  # seconds that it may be late
MOST = 50  # people who are named at once
EPOCH = 10**8  # from here on a number may be seconds since 1970
LOOKS = {KEY: "the key sees", READONLY_KEY: "the key that only reads sees"}
ABOUT = 1_600  # milliseconds by which times that are as good as the same may differ
Seen = dict[Json, Any]  # the records that were made for this, in the order of the list, by key


class Audience(NamedTuple):
    """Who may see what is made: `field` of the body names records of `people` by any of `ways`; `shown` lists it."""

    field: str
    people: Kept
    ways: tuple[str, ...]
    shown: Kept


class Item(NamedTuple):
    """One thing that was made."""

    mark: Json  # the key of the record that is listed of it
    words: str  # whom it was made for


class Begun(NamedTuple):
    """What was made for this, and what was seen of it at once."""

    audience: Audience
    mirror: Mirror
    items: tuple[Item, ...]
    expected: Mapping[str, View]  # what our mock shows at once, by secret
    early: Mapping[str, Seen]  # what the server does, by role
    in_time: bool  # whether that was before what was put off was due
    due: int  # when the last of it is done, milliseconds
    exchanges: tuple[Exchange, ...]


class Variation(NamedTuple):
    """Fields of a creation."""

    fields: dict[str, Json]
    words: str
    starts: int  # from when on it may be seen, milliseconds
    due: int  # from when on it is done


def audience(bench: Bench, kind: Kept) -> Audience:
    """Raises Unfit where a creation names nobody, or nobody's list shows what it makes."""
    users = (bench.checking.contract.given.get("access") or {}).get("user")
    people = bench.kinds.get(str(users))
    if kind.create is None or people is None or people.list is None or people.list.plan.where:
        raise Unfit("its keys belong to nobody who is listed")
    made = [bench.kinds.get(str(effect.get("create"))) for effect in kind.create.plan.then]
    shown = next((one for one in made if one and one.list and "$key." in str(one.list.plan.where)), None)
    for value in kind.create.plan.set.values():
        operands = value.get("$resolve") if isinstance(value, dict) else None
        if isinstance(operands, list) and operands[1:2] == [users] and shown is not None:
            part, way = asked(operands[0])
            if part == "body" and len(way) == 1:
                return Audience(way[0], people, tuple(map(str, operands[2:])), shown)
    raise Unfit("it names nobody who would see what it makes")


def begin(bench: Bench) -> None:
    """Makes what `reaches_all` looks at later, when it has come along, so that nobody waits for it."""
    for name, kind in bench.kinds.items():
        if kind.create is not None and bench.checking.options.wants_operation(kind.create.operation):
            try:
                bench.begun[name] = _begun(bench, kind)
            except (Unfit, SpecError, Unsatisfiable):
                continue


def _begun(bench: Bench, kind: Kept) -> Begun:
    who = audience(bench, kind)
    assert kind.create is not None
    everybody = _everybody(bench, who)
    ours = mirror(bench.checking.contract, who.people.resource.name, everybody)
    items, exchanges, due, first = list[Item](), list[Exchange](), 0, 0
    for one in _variations(bench, kind, who, everybody):
        before = _listed(bench, who, KEY)
        request = bench.request(kind.create, fields=one.fields)
        exchange = bench.checking.target.send(request)
        bench.walked.clear()
        new = [key for key in _listed(bench, who, KEY) if key not in before]
        done = exchange.status < 300 and len(new) == 1
        if not done or not ours.make(kind.create, who.shown, request, bench.bodies.now()):
            continue
        bench.noted(kind, bench.above(kind.create), one.fields, exchange)
        items.append(Item(new[0], one.words))
        exchanges.append(exchange)
        due, first = max(due, one.due), max(first, one.starts)
    if not items:
        raise Unfit("nothing was made that a list shows")
    if more := _joined(bench, kind, who, everybody, ours, items):
        exchanges.append(more[0])
        due = max(due, more[1])
    early = {role: _listed(bench, who, role, [one.mark for one in items]) for role in _roles(bench)}
    now = bench.bodies.now()
    return Begun(who, ours, tuple(items), ours.views(who.shown, now), early, now < first, due, tuple(exchanges))


def _joined(
    bench: Bench, kind: Kept, who: Audience, everybody: list[Mapping[str, Json]], ours: Mirror, items: list[Item]
) -> tuple[Exchange, int] | None:  # fmt: skip
    """Something more that joins what was made last, for everybody; with when it is done."""
    create = kind.create
    assert create is not None
    ways = [asked(one.get("key")) for one in create.plan.then if one.get("update") == who.shown.resource.name]
    field = next((way[0] for part, way in ways if part == "body" and len(way) == 1), None)
    if field is None:
        return None
    after = [_due(words) for words in create.plan.later]
    sources = {name for name, _ in after if name}
    fields = {name: value for name, value in bench.fields(create, full=False).items() if name not in sources}
    fields[who.field] = [one[who.ways[0]] for one in everybody]
    exchange = bench.ask(create, fields={**fields, field: items[-1].mark})
    ours.add(create, bench.request(create, fields={**fields, field: ours.made[-1]}), bench.bodies.now())
    if exchange.status >= 300:
        raise Unfit(f"joining it answered {exchange.status}")
    items[-1] = items[-1]._replace(words=f"{items[-1].words}, and once more")
    return exchange, bench.bodies.now() + max((milliseconds for _, milliseconds in after), default=0)


def _roles(bench: Bench) -> list[str]:
    return [role for role in (KEY, READONLY_KEY) if role in bench.checking.options.keys]


def _everybody(bench: Bench, who: Audience) -> list[Mapping[str, Json]]:
    """All who were there before this check. Raises Unfit where they are too few, or too many to be named at once."""
    assert who.people.list is not None
    walk, key = bench.walk(who.people.list), bench.key_of(who.people)
    ours = {made.key for made in bench.made.get(who.people.resource.name, ())}
    found = [one for one in walk.records if key(one) not in ours]
    whole = walk.whole and all(isinstance(at(one, (way,)), str | int) for one in found for way in who.ways)
    if not whole or not 2 <= len(found) <= MOST:
        raise Unfit("not everybody can be named at once")
    return found


def _variations(
    bench: Bench, kind: Kept, who: Audience, everybody: list[Mapping[str, Json]]
) -> Iterator[Variation]:  # fmt: skip
    """What names everybody: put off where that is possible, then in each way."""
    create = kind.create
    assert create is not None
    schemas, node = bench.checking.contract.schemas, bench.bodies.input_schema(create)
    after = [_due(words) for words in create.plan.later]
    last = max((milliseconds for _, milliseconds in after), default=0)
    sources = {field for field, _ in after if field}

    def variation(way: str, words: str, more: dict[str, Json], lead: int = 0) -> Iterator[Variation]:
        fields = {name: value for name, value in bench.fields(create, full=False).items() if name not in sources}
        fields |= {who.field: [one[way] for one in everybody], **more}
        starts = bench.bodies.now() + lead
        if schemas.is_valid(node, fields, "request"):
            yield Variation(fields, words, starts if lead else 0, starts + last)

    for field in sorted(sources & kind.resource.between.keys()):
        low, high = map(times.duration, kind.resource.between[field])
        if low < LEAD < high and last <= SOON:
            text = times.text(bench.bodies.now() + LEAD, "milliseconds")
            yield from variation(who.ways[0], f"everybody, {field} {LEAD / 1000:g} s ahead", {field: text}, LEAD)
    for way in who.ways:
        yield from variation(way, f"everybody by their {way}", {})


def _due(words: Mapping[str, Any]) -> tuple[str, int]:
    """The field of a body that tells from when something is put off, and by how many milliseconds."""
    source = str(words.get("from", ""))
    field = source.rpartition(".")[2] if source.startswith(("$record.", "$request.body.")) else ""
    return field, times.duration(words["after"])


def _listed(bench: Bench, who: Audience, role: str, marks: list[Json] | None = None) -> Seen:
    """What a key sees, or of that the records with some keys."""
    assert who.shown.list is not None
    pages, key = bench.pages(who.shown.list), bench.key_of(who.shown)
    exchange = bench.checking.target.send(bench.page_request(pages, pages.most, None), role)
    page = pages.read(exchange)
    if page is None:
        raise Unfit(f"its list answered {exchange.status}")
    return {key(one): one for one in page.records if marks is None or key(one) in marks}


def reaches_all(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """What names several is seen by each of them, whichever way they were named in, as far as it has come."""
    begun: Begun = bench.begun.pop(kind.resource.name, None) or _begun(bench, kind)
    planned = begun.audience.shown.list
    assert planned is not None
    if begun.due - bench.bodies.now() > SOON + LEAD:
        raise Unfit("it comes along too slowly to be waited for")
    until = time.monotonic() + max(0.0, (begun.due - bench.bodies.now()) / 1000) + PATIENCE
    time.sleep(max(0.0, (begun.due - bench.bodies.now()) / 1000))
    late = begun.mirror.views(begun.audience.shown, begun.due + times.SECOND)
    while True:
        seen = {role: _listed(bench, begun.audience, role, [one.mark for one in begun.items]) for role in _roles(bench)}
        wrong = _unexplained(bench, begun, late, seen)
        if wrong is None or time.monotonic() > until:
            break
        time.sleep(0.25)
    if wrong is not None:
        yield Breach(planned, *wrong, (*begun.exchanges, *bench.checking.target.exchanges[-len(seen) :]))


def _unexplained(
    bench: Bench, begun: Begun, late: Mapping[str, View], seen: Mapping[str, Seen]
) -> tuple[str, str] | None:  # fmt: skip
    """What was expected and seen, in the likeliest case, where no case explains what the keys see; else None.

    Two keys that may do different things by their users' roles aren't one user's.
    """
    apart = bool((bench.checking.contract.given.get("access") or {}).get("roles"))
    first = None
    for other in (OTHER,) if apart else (OTHER, ONE):
        wrong = None
        for role, user in ((KEY, ONE), (READONLY_KEY, other)):
            if role in seen:
                wrong = wrong or _too_early(begun, role, begun.expected[user])
                wrong = wrong or _differs(begun, role, late[user], seen[role])
                wrong = wrong or _moved(begun, role, begun.expected[user], late[user], seen[role])
        if wrong is None:
            return None
        first = first or wrong
    return first


def _too_early(begun: Begun, role: str, wanted: View) -> tuple[str, str] | None:
    for one, record in zip(begun.items, wanted, strict=True):
        if begun.in_time and record is MISSING and one.mark in begun.early[role]:
            return f"{told(one.mark)}, made for {one.words}, not yet in what {LOOKS[role]}", "it is listed"
    return None


def _differs(begun: Begun, role: str, wanted: View, seen: Seen) -> tuple[str, str] | None:
    """The first difference between what our mock lists and what the server lists of the same."""
    own = begun.audience.shown.resource.key
    for item, one in zip(begun.items, wanted, strict=True):
        there = item.mark in seen
        if (one is MISSING) is there:
            expected = f"{told(item.mark)}, made for {item.words}, {'not ' if there else ''}in what {LOOKS[role]}"
            return expected, f"it is {'' if there else 'not '}there"
        shown = seen.get(item.mark, {})
        for name, value in one.items() if one is not MISSING else ():
            if name != own and name in shown and not _is_time(value) and not same(value, shown[name]):
                expected = f"{name} {told(value)} of {told(item.mark)}, made for {item.words}, as {LOOKS[role]} it"
                return expected, f"{name} {told(shown[name])}"
    return _order(begun, role, wanted, seen)


def _moved(begun: Begun, role: str, before: View, after: View, seen: Seen) -> tuple[str, str] | None:
    """What our mock doesn't change meanwhile stays, times too."""
    for item, one, two in zip(begun.items, before, after, strict=True):
        early, late = begun.early[role].get(item.mark), seen.get(item.mark)
        if MISSING in (one, two) or early is None or late is None:
            continue
        for name in one:
            if same(one[name], two.get(name)) and name in early and not same(early[name], late.get(name, MISSING)):
                expected = f"{name} {told(early[name])} of {told(item.mark)}, made for {item.words}, as at first"
                return expected, f"{name} {told(late.get(name, MISSING))}"
    return None


def _is_time(value: Json) -> bool:
    """Whether a value is a moment, whose exact time is the server's: a text, or a number of seconds since 1970."""
    return times.moment(value) is not None and (isinstance(value, str) or value > EPOCH)


def _order(begun: Begun, role: str, wanted: View, seen: Seen) -> tuple[str, str] | None:
    """Records whose order our mock is sure of: those that lie well apart by the list's own time."""
    planned = begun.audience.shown.list
    order = (planned.plan.order or begun.audience.shown.resource.order)[:1] if planned else ()
    name, down = (order[0].lstrip("-"), order[0].startswith("-")) if order else ("", False)
    pairs = zip(begun.items, wanted, strict=True)
    moments = {item.mark: times.moment(at(one, (name,))) for item, one in pairs}
    for one, two in pairwise(key for key in seen if moments.get(key) is not None):
        a, b = moments[one] or 0, moments[two] or 0
        if (b - a if down else a - b) > ABOUT:
            return f"{told(two)} before {told(one)} in what {LOOKS[role]}, by {name}", "the other way round"
    return None


LAWS = (
    Law(
        "reaches-all",
        "resource",
        "Whoever is named sees what was made for them, and how it has come along.",
        reaches_all,
        "critical",
        writes=True,
        once=True,
        timed=True,
    ),
)
