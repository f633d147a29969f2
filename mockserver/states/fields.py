"""How each field of a world's state is written: the one table to extend when a Snapshot gets a field.

A field whose values are plain, NamedTuples, frozen dataclasses, tuples or Maps of such needs no more than
`"field": of_type(Type)`. What is as in the seeded world is left out of every file, whatever the field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, get_type_hints

from immutables import Map

from mockserver.spec.model import Json
from mockserver.states.shapes import ANYTHING, Misfit, ordered, shape
from mockserver.trouble.chance import Count
from mockserver.trouble.rules import Rule, compile_rule
from mockserver.world.ordered import Ordered
from mockserver.world.source import Key, Record
from mockserver.world.table import Table
from mockserver.world.world import Snapshot, Task


class Field(NamedTuple):
    """How a field is written, as what differs from the seeded world's, and read. `read` raises Misfit."""

    write: Callable[[Any, Any], Json]  # (value, the seeded world's)
    read: Callable[[Json, Any], Any]  # (JSON, the seeded world's)


def of_type(kind: Any) -> Field:
    """A field that is written whole, as its type says."""
    way = ANYTHING if kind is Any else shape(kind)
    return Field(lambda value, seeded: way.write(value), lambda told, seeded: way.read(told))


def _tables(tables: Map[str, Table], seeded: Map[str, Table]) -> Json:
    """What was changed in each table: records put there, and records gone."""
    return {
        name: _table(table, seeded[name])
        for name, table in sorted(tables.items())
        if table is not seeded[name] and (_differs(table, seeded[name]) or any(changed_keys(table, seeded[name])))
    }


def _differs(table: Table, seeded: Table) -> bool:
    return (table.serial, table.made) != (seeded.serial, seeded.made)


def _table(table: Table, seeded: Table) -> Json:
    put, gone = [], []
    for key in changed_keys(table, seeded):
        held = table.changed.get(key)
        if held is None:
            gone.append(key)
        else:
            put.append({"key": key, "serial": held[1], "record": ANYTHING.write(held[0])})
    put.sort(key=lambda one: (one["serial"], repr(one["key"])))
    return {"serial": table.serial, "made": table.made, "put": put, "gone": sorted(gone, key=repr)}


_NEVER: Any = object()


def changed_keys(table: Table, seeded: Table) -> Iterator[Key]:
    """The keys whose records two states of a table don't share; they may be alike all the same."""
    if table.changed is seeded.changed:
        return
    for key, held in table.changed.items():
        before = seeded.changed.get(key, _NEVER)
        if held is not before:
            yield key
    for key in seeded.changed:
        if key not in table.changed:
            yield key


def _tables_again(told: Json, seeded: Map[str, Table]) -> Map[str, Table]:
    if not isinstance(told, dict):
        raise Misfit("should be an object of tables")
    tables = seeded
    for name, delta in told.items():
        if name not in seeded:
            raise Misfit(f"there is no table {name!r}", f"/{name}")
        try:
            tables = tables.set(name, _table_again(delta, seeded[name]))
        except (KeyError, TypeError, AttributeError, AssertionError) as error:
            raise Misfit(f"is no table: {error!r}", f"/{name}") from None
    return tables


def _table_again(told: Json, table: Table) -> Table:
    for key in told["gone"]:
        if table.get(key) is not None:
            table = table.remove(key)
    for one in told["put"]:
        record: Record = ANYTHING.read(one["record"])
        table = table.placed(one["key"], record, one["serial"])
    return table.numbered(told["serial"], told["made"])


def _agenda(value: Ordered, seeded: Ordered) -> Json:
    return AGENDA.write(value)


def _rules(value: tuple[Rule, ...], seeded: tuple[Rule, ...]) -> Json:
    return [{"id": rule.id, "said": ANYTHING.write(rule.said), "scenario": rule.scenario} for rule in value]


def _rules_again(told: Json, seeded: tuple[Rule, ...]) -> tuple[Rule, ...]:
    try:
        return tuple(compile_rule(one["id"], ANYTHING.read(one["said"]), one["scenario"]) for one in told)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise Misfit(f"a rule can't be read: {error!r}") from None


AGENDA = ordered(shape(Task))
HINTS = get_type_hints(Snapshot)
FIELDS: Mapping[str, Field] = {
    "tables": Field(_tables, _tables_again),
    "clock": of_type(HINTS["clock"]),
    "agenda": Field(_agenda, lambda told, seeded: AGENDA.read(told)),
    "counters": of_type(Map[Any, Count | tuple[Any, ...]]),  # of rules, of rate limits
    "outbox": of_type(HINTS["outbox"]),
    "calls": of_type(int),
    "tasks": of_type(int),
    "rules": Field(_rules, _rules_again),
}


def write(state: Snapshot, seeded: Snapshot) -> dict[str, Json]:
    """A state as JSON: what differs from the seeded world's."""
    told = {}
    for name, field in FIELDS.items():
        value, first = getattr(state, name), getattr(seeded, name)
        if value is not first:
            written = field.write(value, first)
            if written != field.write(first, first):
                told[name] = written
    return told


def read(told: Json, seeded: Snapshot) -> Snapshot:
    """The inverse of `write`. Raises Misfit."""
    if not isinstance(told, dict):
        raise Misfit("should be an object")
    found = {}
    for name, value in told.items():
        if name not in FIELDS:
            raise Misfit(f"there is no {name!r} in a world's state", f"/{name}")
        try:
            found[name] = FIELDS[name].read(value, getattr(seeded, name))
        except Misfit as misfit:
            raise Misfit(misfit.message, f"/{name}{misfit.where}") from None
    return seeded._replace(**found)
