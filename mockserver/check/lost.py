"""What was perhaps made: creations whose answer was lost, or told no key, are looked for, to be deleted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from mockserver.check.checking import Checking
from mockserver.check.contract import Planned
from mockserver.check.findings import Created
from mockserver.check.laws.bench import Bench, bench
from mockserver.check.laws.law import Kept, Unfit
from mockserver.check.laws.oracle import oracle
from mockserver.check.laws.walks import everything
from mockserver.check.ledger import TAG, Doubt, parsed
from mockserver.check.target import Unreachable
from mockserver.spec.errors import SpecError
from mockserver.spec.model import Json
from mockserver.world.merging import Unsatisfiable

Texts = Mapping[str, str]


def look(checking: Checking) -> tuple[Created, ...]:
    """Puts into the ledger what the server lists of it; tells of which creations nobody knows whether they made
    anything. A record is taken for one of them by the texts in it that only this check writes."""
    ledger = checking.target.ledger
    work = bench(checking, oracle(checking.contract))
    unknown: Counter[tuple[str, str]] = Counter()
    gone = False
    for doubt in ledger.doubts:
        assert doubt.planned.resource is not None
        for texts in [*tagged(parsed(doubt.body))] or [{}]:
            try:
                key = None if gone else _found(work, doubt, texts)
            except Unreachable:
                key, gone = None, True
            if key is None:
                unknown[doubt.planned.resource.name, doubt.planned.operation.id] += 1
            elif key:
                ledger.add(doubt.planned, key, doubt.parameters)
    ledger.doubts.clear()
    return tuple(
        Created(resource, "?", operation, "", f"{_calls(count)} answered without a key, or not at all")
        for (resource, operation), count in unknown.items()
    )


def _calls(count: int) -> str:
    return "a call was" if count == 1 else f"{count} calls were"


def tagged(value: Json) -> Iterator[Texts]:
    """The texts with our tag, of each object of a body that has any."""
    if isinstance(value, dict):
        if mine := {name: text for name, text in value.items() if isinstance(text, str) and TAG in text}:
            yield mine
        for inside in value.values():
            yield from tagged(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from tagged(inside)


def _found(work: Bench, doubt: Doubt, texts: Texts) -> str | None:
    """The key of the record with some texts; '' where the server lists none, None where that can't be told."""
    assert doubt.planned.resource is not None
    kind = work.kinds[doubt.planned.resource.name]
    if kind.list is None or not texts:
        return None
    names = [one.name for one in kind.list.operation.parameters if one.location == "path"]
    above = {name: unquote(doubt.parameters[name]) for name in names if name in doubt.parameters}
    if len(above) < len(names):
        return None
    whole = True
    for query in (*_narrow(kind.list, texts), *everything(kind.list, work.checking.contract)):
        try:
            walk = work.walk(kind.list, query=query, above=above)
        except (Unfit, SpecError, Unsatisfiable):
            return None
        if key := _listed(work, kind, walk.records, texts):
            return key
        whole = whole and (walk.whole or bool(query))
    return "" if whole else None


def _narrow(planned: Planned, texts: Texts) -> list[dict[str, Json]]:
    """Filters that leave the record, of a list that may be long."""
    return [
        {name: texts[field]}
        for name, words in planned.plan.filters.items()
        if (field := str((words.get("fields") or [name])[0])) in texts
    ][:1]


def _listed(work: Bench, kind: Kept, records: list[Json], texts: Texts) -> str | None:
    """The key of the first record that shows the texts and isn't known yet."""
    for record in records:
        key = work.key_of(kind)(record)
        known = work.checking.target.ledger.entries
        if key is None or not isinstance(record, dict) or (kind.resource.name, str(key)) in known:
            continue
        shown = {name: record[name] for name in texts if isinstance(record.get(name), str)}
        if shown and all(str(value).casefold() == texts[name].casefold() for name, value in shown.items()):
            return str(key)
    return None
