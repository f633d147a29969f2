"""Runs the laws: each over what it ranges over, what it found confirmed by a second try before it is told."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Any

from mockserver.check.checking import Checking
from mockserver.check.clock import STILL
from mockserver.check.contract import Planned
from mockserver.check.laws import (
    access,
    changing,
    combining,
    effects,
    filters,
    identities,
    inputs,
    limits,
    oddities,
    outcomes,
    paging,
    passive,
    records,
    references,
    removal,
    routes,
    rules,
    sharing,
    signatures,
    sorting,
    stability,
    webhooks,
)
from mockserver.check.laws.bench import FEW, POPULATION, Bench, Seen, bench
from mockserver.check.laws.law import Breach, Kept, Law, Unfit
from mockserver.check.laws.oracle import oracle
from mockserver.check.target import OutOfTime, Unreachable
from mockserver.spec.errors import SpecError
from mockserver.world.merging import Unsatisfiable

PART = "laws"
LAWS: tuple[Law, ...] = (
    *access.LAWS, *routes.LAWS, *limits.LAWS[:1], *records.LAWS, *paging.LAWS, *filters.LAWS, *combining.LAWS,
    *sorting.LAWS, *inputs.LAWS, *changing.LAWS, *stability.LAWS, *oddities.LAWS, *rules.LAWS[:-1], *references.LAWS,
    *effects.LAWS, *outcomes.LAWS, *sharing.LAWS, *removal.LAWS, *webhooks.LAWS, *signatures.LAWS, *identities.LAWS,
    *limits.LAWS[1:], rules.LAWS[-1],
)  # fmt: skip


def run(checking: Checking) -> None:
    """Every law that was asked for. Raises Unreachable and OutOfTime (check/target)."""
    work = bench(checking, oracle(checking.contract))
    if checking.options.write:
        populate(work)
    look(work)
    if checking.options.write and checking.options.wants_law(sharing.LAWS[0].name):
        sharing.begin(work)
    for law in LAWS:
        if not checking.options.wants_law(law.name):
            continue
        if reason := _barred(law, checking):
            checking.tally.skip(f"{PART}/{law.name}", reason)
            continue
        for subject in subjects(work, law):
            _try(work, law, subject)


def _barred(law: Law, checking: Checking) -> str:
    if law.writes and not checking.options.write:
        return "it changes records: --write allows that"
    if law.destructive and not checking.options.destructive:
        return "it deletes what others made: --allow-destructive allows that"
    tells = law.listens and any(one.plan.emits for one in checking.contract.operations.values())
    if tells and checking.listener is None:
        return "a dry run sends no webhooks" if checking.options.rehearse else "it receives webhooks: --webhook-listen"
    return ""


def hindrance(checking: Checking) -> str:
    """Why none of the laws that were asked for can be tried; empty where one can."""
    wants = checking.options.wants_law
    reasons = [_barred(law, checking) for law in LAWS if wants(law.name)]
    if "" in reasons or any(wants(law.name) for law in passive.LAWS):
        return ""
    return "; ".join(dict.fromkeys(reasons))


def subjects(work: Bench, law: Law) -> Iterator[Any]:
    """What a law ranges over, as far as the user asked for it."""
    wants = work.checking.options.wants_operation
    if law.over == "api":
        yield None
    elif law.over == "operation":
        yield from (one for one in work.checking.contract.operations.values() if wants(one.operation))
    else:
        for kind in work.kinds.values():
            if any(wants(one.operation) for one in kind.operations):
                yield kind


def look(work: Bench) -> None:
    """What the lists show at first, to be compared with what they show later."""
    for name, kind in work.kinds.items():
        if kind.list is None or not work.checking.options.wants_operation(kind.list.operation):
            continue
        try:
            walk, key = work.walk(kind.list, most=50), work.key_of(kind)
        except (Unfit, SpecError, Unsatisfiable):
            continue
        work.seen[name] = Seen({key(record): record for record in walk.records}, walk.exchanges, time.monotonic())


def populate(work: Bench) -> None:
    """Makes a few records of each resource, different ones, so that there is something to list and to find."""
    for kind in work.kinds.values():
        if kind.create is None:
            continue
        if not any(work.checking.options.wants_operation(one.operation) for one in kind.operations):
            continue
        for number in range(POPULATION if kind.delete else FEW):
            try:
                if work.create(kind, full=number % 3 != 2) is None:
                    break
            except (Unfit, SpecError, Unsatisfiable):
                break
        _witness(work, kind)


def _witness(work: Bench, kind: Kept) -> None:
    """Where the times of new records are far from the server's Date, a change tells whether that is its clock."""
    planned = next((one for one in kind.updates if "$now" in kind.resource.on_update.values()), None)
    made = next(iter(work.made.get(kind.resource.name, ())), None)
    if planned is None or made is None or work.checking.clock.set_apart is None:
        return
    with contextlib.suppress(Unfit, SpecError, Unsatisfiable):
        fields = changing.changes(work, kind, planned)
        work.ask(planned, key=made.key, above=work.beside(planned, made), fields=fields)
        work.walked.clear()


def _try(work: Bench, law: Law, subject: Any) -> None:
    """Tries a law, and what it found a second time: only what is found twice is told."""
    name = _name(subject)
    work.checking.tell(PART, law.name, name)
    found = _breaches(work, law, subject)
    if found is None:
        return
    if found and law.timed and _stands(work):
        work.checking.tally.skip(f"{PART}/{law.name}", "the server's clock stands still")
        return
    if found and not law.once:
        work.walked.clear()
        again = {_operation(one) for one in _breaches(work, law, subject) or ()}
        found = [one for one in found if _operation(one) in again]
    if not found:
        work.checking.tally.holds(PART, law.name, name)
    for one in found:
        if isinstance(one.operation, str) or work.checking.options.wants_operation(one.operation.operation):
            says = one.says or law.says
            work.checking.find(
                PART, law.name, one.operation, law.severity, says, one.expected, one.seen, one.exchanges, one.pointer
            )


def _stands(work: Bench) -> bool:
    """Whether the server's clock stands still, for which a record more is made after a while."""
    clock = work.checking.clock
    for kind in work.kinds.values():
        if kind.create is None or kind.create.operation.id not in clock.made:
            continue
        first, _ = clock.made[kind.create.operation.id]
        work.checking.target.pace.sleep(max(0.0, STILL / 1000 - (time.time() - first.at / 1000)))
        with contextlib.suppress(Unfit, SpecError, Unsatisfiable):
            work.create(kind)
        if clock.stands:
            return True
    return False


def _breaches(work: Bench, law: Law, subject: Any) -> list[Breach] | None:
    """What a law found; None where it can't be tried. A bug in a law is no reason to give up on the others."""
    found: list[Breach] = []
    try:
        for breach in law.run(work, subject):
            found.append(breach)
        return found
    except (Unfit, SpecError, Unsatisfiable):
        return found or None
    except (Unreachable, OutOfTime):
        raise
    except Exception as error:
        work.checking.tally.skip(f"{PART}/{law.name}", f"a bug of this check: {type(error).__name__}: {error}")
        return None


def _operation(breach: Breach) -> str:
    return breach.operation if isinstance(breach.operation, str) else breach.operation.operation.id


def _name(subject: Planned | Kept | None) -> str:
    if subject is None:
        return ""
    return subject.operation.id if isinstance(subject, Planned) else subject.resource.name
