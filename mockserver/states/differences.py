"""What two worlds don't have in common, by API and resource, and beside their records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.spec.model import Json
from mockserver.states.fields import FIELDS, changed_keys
from mockserver.world.source import Record
from mockserver.world.table import Table
from mockserver.world.world import Snapshot

_NOTHING: Any = object()


def differences(a: Snapshot, b: Snapshot, seeded: Snapshot) -> dict[str, Json]:
    """`{"apis": {api: {resource: {"added", "removed", "changed"}}}, "other": {field: {"a", "b"}}}`, from `a` to `b`.

    Records that only `b` has are added, those that only `a` has removed; of a changed one the fields that differ are
    told. `other` holds the rest of the state as state files write it: clock, outbox, counters …
    """
    apis: dict[str, dict[str, Json]] = {}
    for name in sorted(a.tables):
        if found := between(a.tables[name], b.tables[name]):
            api, _, resource = name.partition("/")
            apis.setdefault(api, {})[resource] = found
    other = {}
    for name, field in FIELDS.items():
        if name != "tables":
            mine, theirs = (field.write(getattr(each, name), getattr(seeded, name)) for each in (a, b))
            if mine != theirs:
                other[name] = {"a": mine, "b": theirs}
    return {"apis": apis, "other": other}


def between(a: Table, b: Table) -> dict[str, list[Json]]:
    """The records that differ between two states of a table; empty when none do."""
    found: dict[str, list[Json]] = {"added": [], "removed": [], "changed": []}
    for key in sorted(changed_keys(b, a), key=lambda key: (isinstance(key, str), key)):
        before, after = a.get(key), b.get(key)
        if before is None and after is not None:
            found["added"].append(dict(after))
        elif after is None and before is not None:
            found["removed"].append(dict(before))
        elif before is not None and after is not None and before != after:
            found["changed"].append({"key": key, "fields": _fields(before, after)})
    return found if any(found.values()) else {}


def _fields(before: Record, after: Record) -> Mapping[str, Json]:
    """The fields that differ: `{"name": {"a": "Ann", "b": "Bob"}}`; a side that doesn't have one leaves it out."""
    names = [*before, *(name for name in after if name not in before)]
    return {
        name: {
            side: record[name] for side, record in (("a", before), ("b", after)) if name in record
        }
        for name in names if before.get(name, _NOTHING) != after.get(name, _NOTHING)
    }  # fmt: skip


def changes(state: Snapshot, seeded: Snapshot) -> int:
    """How many records aren't as in the seeded world."""
    found = 0
    for name, table in state.tables.items():
        if table is not seeded.tables[name]:
            first = seeded.tables[name]
            found += sum(1 for key in changed_keys(table, first) if table.get(key) != first.get(key))
    return found
