"""Finding records by what they hold: the key of the one that has a value in a field, and of the eldest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mockserver.steps.call import Call
from mockserver.steps.casts import respelled
from mockserver.world.table import Table

Test = Callable[[Mapping[str, Any]], bool]


def holds(value: Any, path: list[str], wanted: Any) -> bool:
    """Whether what a path leads to is a value, or a list that has it; numbers count as their texts."""
    if isinstance(value, list):
        return any(holds(one, path, wanted) for one in value)
    if path:
        return isinstance(value, Mapping) and holds(value.get(path[0]), path[1:], wanted)
    return value == wanted or (type(value) is not type(wanted) and value is not None and str(value) == str(wanted))


def holder(records: Table, fields: Sequence[str], wanted: Any, fits: Test | None = None) -> Any:
    """The key of the record that has a value in one of some fields, the first of them first; None when none has it.

    A field that isn't unique is looked for in record after record, newest first. Only records that `fits` count.
    """
    if not isinstance(wanted, str | int) or isinstance(wanted, bool):
        return None
    key, unique = records.layout.key, {name for name, _ in records.layout.unique}
    for name in fields:
        if name == key or name in unique:
            found = _as_key(records, wanted) if name == key else records.holder(name, wanted)
            found = found if found is None or fits is None or fits(records.get(found) or {}) else None
        else:
            path = name.split(".")
            alike = (one for one in records.records() if holds(one, path, wanted))
            found = next((one[key] for one in alike if fits is None or fits(one)), None)
        if found is not None:
            return found
    return None


def holder_of(call: Call, table: str, fields: list[str], value: Any) -> Any:
    """The key of the record that `value` names by one of `fields`; None when none does."""
    records = call.world.tables[table]
    for name in fields or [records.layout.key]:
        if name == records.layout.key:
            found = value if isinstance(value, str | int) and records.get(value) is not None else None
        else:
            found = records.holder(name, value)
        if found is not None:
            return found
    return None


def _as_key(records: Table, wanted: str | int) -> Any:
    other = respelled(wanted)
    spellings = (wanted,) if other is None else (wanted, other)
    return next((one for one in spellings if records.get(one) is not None), None)


def eldest(records: Table) -> Any:
    """The key of the first record that there was, whatever was made since; None where there is none."""
    record = records.eldest()
    return None if record is None else record[records.layout.key]
