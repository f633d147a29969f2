"""The handlers that make, show, change and remove records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockserver.spec.pointers import join
from mockserver.steps.call import Call, Guard, Problem
from mockserver.steps.faults import MAX_FAULTS
from mockserver.steps.lookups import holder
from mockserver.steps.parents import Parent
from mockserver.steps.values import ABSENT, Value
from mockserver.steps.writes import Store

Fields = dict[str, Any]
Find = Callable[[Call], "Mapping[str, Any] | Problem"]


@dataclass(frozen=True, slots=True)
class Input:
    """How an operation's body becomes a record's fields."""

    value: Value
    known: frozenset[str] | None  # the properties that the body's schema names; None when it names none
    split: Mapping[str, list[str]]
    sets: Callable[[Call], Fields] | None
    owner: Parent | None
    taken: frozenset[str]  # names of fields that are the client's to set, whatever else is sent
    place: tuple[str, ...] = ()  # where in the body it stands

    def fields(self, call: Call, store: Store) -> Fields:
        """The fields that the client sent and may set."""
        sent = self.value(call)
        return self.accepted(sent, store) if isinstance(sent, dict) else {}

    def accepted(self, sent: Mapping[str, Any], store: Store) -> Fields:
        """What of an object may become fields: what the body's schema names, and what nobody's schema names.

        A property of the stored record that this body doesn't name isn't the client's to set.
        """
        if not self.split and self.taken.issuperset(sent):
            return dict(sent)
        foreign = store.properties - self.known if self.known is not None else frozenset()
        result: Fields = {}
        for name, value in sent.items():
            if name in self.split:
                result |= _split(str(value), self.split[name])
            elif name != store.key and name not in foreign and not (store.is_closed and name not in store.properties):
                result[name] = value
        return result

    @property
    def adds(self) -> bool:
        """Whether there is more to a record that is made than what the client sends."""
        return self.sets is not None or self.owner is not None

    def with_own(self, call: Call, changes: Fields) -> Fields:
        """A client's changes with the fields that the operation itself sets."""
        return {**changes, **self.sets(call)} if self.sets else changes

    def first(self, call: Call, changes: Fields) -> Fields:
        """The same for a record that is made: whose it is, too."""
        own = self.with_own(call, changes)
        return {**own, **self.owner.fields(self.owner.key(call))} if self.owner else own


def _split(text: str, names: list[str]) -> Fields:
    parts = text.strip().split(None, len(names) - 1)
    return {name: parts[at] if at < len(parts) else None for at, name in enumerate(names)}


def find_by_key(store: Store, key: Value) -> Find:
    """Finds the record that an operation is about by its key."""
    return lambda call: store.find(call, key(call))


def find_within(store: Store, value: Value, fields: Sequence[str], above: Parent) -> Find:
    """Finds a record by what it holds among those of the item above."""

    def find(call: Call) -> Mapping[str, Any] | Problem:
        table = call.world.tables[store.table]
        return store.find(call, holder(table, fields, value(call), above.test(above.key(call))))

    return find


def create(store: Store, given: Input) -> Guard:
    """Makes a record; or, where a unique field says so, shows the one that exists."""
    adds = given.adds

    def handle(call: Call) -> Problem | None:
        changes = given.fields(call, store)
        call.values["changes"] = changes
        record = store.make(call, given.first(call, changes) if adds else changes)
        if isinstance(record, Problem):
            return _existing(call, store, _within(record, *given.place))
        call.values["record"] = record
        return None

    return handle


def _existing(call: Call, store: Store, problem: Problem) -> Problem | None:
    status, key = call.values.pop("existing", (None, None))
    if problem.kind != "conflict" or status is None:
        return problem
    call.values |= {"record": call.world.get(store.table, key), "status": status, "unchanged": True}
    return None


def create_many(store: Store, given: Input) -> Guard:
    """Makes all records of a list, or none: the faults of every row are told at once."""

    def handle(call: Call) -> Problem | None:
        rows, before, made, refused = given.value(call), call.world.tables, [], list[Problem]()
        for at, row in enumerate(rows if isinstance(rows, list) else []):
            record = store.make(call, given.first(call, given.accepted(row, store)))
            if isinstance(record, Problem):
                refused.append(_within(record, *given.place, at))
            else:
                made.append(record)
        if refused:
            call.world.tables = before
            faults = tuple(fault for one in refused for fault in one.faults)
            return refused[0]._replace(faults=faults[:MAX_FAULTS])
        call.values |= {"records": made, "count": len(made)}
        return None

    return handle


def _within(problem: Problem, *place: str | int) -> Problem:
    """A problem of a record as one of the body that holds the record at a place."""
    if not place or not problem.faults:
        return problem
    pointer, dotted = join("", *place), ".".join(map(str, place))
    faults = tuple(
        fault._replace(at=pointer + fault.at, field=f"{dotted}.{fault.field}" if fault.field else dotted)
        if fault.where == "body" else fault
        for fault in problem.faults
    )  # fmt: skip
    moved = Problem.of_faults(problem.kind, faults)
    own_field = problem.field != problem.faults[0].field  # what x-mock says counts
    return problem._replace(
        faults=faults,
        field=problem.field if own_field else moved.field,
        detail=problem.detail if problem.told else moved.detail,
    )


def read_many(store: Store, given: Input) -> Guard:
    """Shows the records that a list names, those that exist."""

    def handle(call: Call) -> Problem | None:
        found = [store.find(call, key) for key in _keys(given.value(call), store)]
        records = [one for one in found if not isinstance(one, Problem)]
        call.values |= {"records": records, "count": len(records), "unchanged": True}
        return None

    return handle


def update_many(store: Store, given: Input, named: Value | None = None, *, makes: bool = False) -> Guard:
    """Changes all records that a list names, or none: by their keys, or as `named` says of each item.

    With `makes`, those that aren't there are made.
    """

    def handle(call: Call) -> Problem | None:
        rows, changed = given.value(call), list[Any]()
        for at, (row, key) in enumerate(zip(rows, _keys(rows, store), strict=True)):
            call.values["item"] = row
            before = store.find(call, named(call) if named else key)
            if isinstance(before, Problem) and not makes:
                return before
            if isinstance(before, Problem):
                record = store.make(call, given.first(call, given.accepted(row, store)))
            elif given.sets:  # what a list only names is changed alike
                call.values["record"] = before
                record = store.change(call, before, given.sets(call))
            else:
                record = store.change(call, before, given.accepted(row, store))
            if isinstance(record, Problem):
                return _within(record, *given.place, at)
            changed.append(record)
        call.values |= {"records": changed, "count": len(changed)}
        return None

    return handle


def delete_many(store: Store, given: Input) -> Guard:
    """Removes the records that a list names, those that exist."""

    def handle(call: Call) -> Problem | None:
        gone = []
        for key in _keys(given.value(call), store):
            record = store.find(call, key)
            if not isinstance(record, Problem):
                if problem := store.remove(call, record):
                    return problem
                gone.append(record)
        call.values |= {"records": gone, "count": len(gone)}
        return None

    return handle


def _keys(rows: Any, store: Store) -> list[Any]:
    """The keys that a list names: `[{id: 1}, …]`, `[1, …]` or `1,2`."""
    rows = rows.split(",") if isinstance(rows, str) else rows if isinstance(rows, list) else []
    return [row.get(store.key) if isinstance(row, Mapping) else row for row in rows]


def read(find: Find) -> Guard:
    """Shows one record."""

    def handle(call: Call) -> Problem | None:
        record = find(call)
        if isinstance(record, Problem):
            return record
        call.values["record"] = record
        return None

    return handle


def update(
    store: Store, find: Find, given: Input, *, whole: bool = False, makes: Mapping[str, Any] | None = None
) -> Guard:  # fmt: skip
    """Changes the fields that are sent; with `whole`, puts what is sent in place of all that a client may set.

    With `makes`, a record that isn't there is made; it holds what the call then is worth, such as another status.
    """
    make = create(store, given)

    def handle(call: Call) -> Problem | None:
        before = find(call)
        if isinstance(before, Problem):
            if makes is None or before.kind != "not-found":
                return before
            call.values |= {"before": {}, **makes}
            return make(call)
        values, changes = call.values, given.fields(call, store)
        values["before"] = values["record"] = before
        values["changes"] = changes
        record = store.change(call, before, given.with_own(call, changes) if given.sets else changes, whole=whole)
        if isinstance(record, Problem):
            return _within(record, *given.place)
        call.values["record"] = record
        return None

    return handle


def upsert(store: Store, find: Find, given: Input, status: int) -> Guard:
    """Changes the record that there is, with a status of its own; else makes one."""
    change, make = update(store, find, given), create(store, given)

    def handle(call: Call) -> Problem | None:
        if isinstance(find(call), Problem):
            return make(call)
        call.values["status"] = status
        return change(call)

    return handle


def act(store: Store, find: Find, given: Input) -> Guard:
    """Sets fields that the client doesn't send, such as `archived`; where they are so already, nothing changes."""

    def handle(call: Call) -> Problem | None:
        before = find(call)
        if isinstance(before, Problem):
            return before
        call.values |= {"before": before, "record": before}
        sets = given.with_own(call, {})
        if sets and all(name in before and before[name] == value for name, value in sets.items()):
            return None
        record = store.change(call, before, sets)
        if isinstance(record, Problem):
            return record
        call.values["record"] = record
        return None

    return handle


def delete(store: Store, find: Find) -> Guard:
    """Removes a record, and with it what belongs to it."""

    def handle(call: Call) -> Problem | None:
        record = find(call)
        if isinstance(record, Problem):
            return record
        call.values |= {"record": record, "before": record}
        return store.remove(call, record)

    return handle


def restore(store: Store, trash: Store, key: Value, given: Input) -> Guard:
    """Brings a deleted record back, unless another one has a value of it that is unique; one that is there stays."""

    def handle(call: Call) -> Problem | None:
        record = trash.find(call, key(call))
        if isinstance(record, Problem):
            there = store.find(call, key(call))
            call.values |= {"record": there, "unchanged": True}
            return there if isinstance(there, Problem) else None
        call.values["record"] = record
        record = given.with_own(call, dict(record))
        for check in store.uniques:
            if problem := check(call, record, None, record):
                return problem
        call.world.remove(trash.table, record[store.key])
        call.world.insert(store.table, record)
        call.values |= {"record": record, "before": {}}
        return None

    return handle


def parent_exists(store: Store, key: Value) -> Guard:
    """Refuses a call below a parent that doesn't exist."""

    def check(call: Call) -> Problem | None:
        found = store.find(call, value) if (value := key(call)) is not ABSENT else None
        if isinstance(found, Problem):
            return found
        call.values["parent"] = found
        return None

    return check
