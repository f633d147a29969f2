"""Makes a guessed record or answer as its schema says: what is missing is made up, what doesn't fit is shaped to fit.

Only for what was inferred: where a document's own x-mock says what is answered, a misfit is a mistake to be told.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from mockserver.spec.errors import SpecError
from mockserver.spec.model import Json
from mockserver.spec.schema import Schema, Schemas, Violation
from mockserver.steps.casts import respelled
from mockserver.steps.faults import node_at
from mockserver.steps.samples import Sampler
from mockserver.world.source import HIDDEN

ROUNDS = 6  # mending one thing may show another
IDS = ("id", "gid", "uuid", "key")
KEYS = (*IDS, "value", "name")

Mend = Callable[[Json, str], Json | None]
"""mend(value, label): the value as its schema says, made up where need be; None when that can't be."""


def compile_mend(schema: Schema, schemas: Schemas, sampler: Sampler) -> Mend:
    """A function that mends values of one schema; the same value and label give the same result."""

    def mend(value: Json, label: str) -> Json | None:
        if schema.is_valid(value):
            return value
        mended = copy.deepcopy(value)
        for _ in range(ROUNDS):
            wrong = schema.violations(mended)
            if not wrong:
                return mended
            for violation in sorted(wrong, key=lambda one: len(one.path)):
                mended = _mended(mended, violation, schema.node, schemas, sampler, label)
        return mended if schema.is_valid(mended) else None

    return mend


def around_hidden(mend: Mend) -> Mend:
    """Mends what the schema knows of a record, and leaves the fields that it never has as they are."""

    def whole(record: Json, label: str) -> Json | None:
        hidden = {name: value for name, value in record.items() if name[:1] == HIDDEN}
        if not hidden:
            return mend(record, label)
        found = mend({name: value for name, value in record.items() if name not in hidden}, label)
        return None if found is None else {**found, **hidden}

    return whole


def _mended(whole: Json, violation: Violation, root: Json, schemas: Schemas, sampler: Sampler, label: str) -> Json:
    """The whole value with one violation mended, as far as it can be."""
    label = _own_key(whole) or label
    last: Any = violation.path[-1] if violation.path else ""
    holder: Any = whole
    for token in violation.path[:-1]:
        try:
            holder = holder[token]
        except (KeyError, IndexError, TypeError):
            return whole  # it went when something else was mended
        own = _own_key(holder)
        label = f"{label}/{token}" if own is None else own  # a record is the same in whichever answer it stands
    node = node_at(root, violation.path, schemas)
    if violation.keyword in ("additionalProperties", "unevaluatedProperties"):
        if isinstance(holder, dict):
            holder.pop(last, None)
        return whole
    if not violation.path:
        return _shaped(whole, node, schemas, sampler, label, "")
    if isinstance(holder, dict) or (isinstance(holder, list) and isinstance(last, int) and last < len(holder)):
        there = holder.get(last) if isinstance(holder, dict) else holder[last]
        holder[last] = _shaped(there, node, schemas, sampler, f"{label}/{last}", str(last))
    return whole


def _own_key(value: Json) -> str | None:
    """The key by which an object is known."""
    found = next((value[name] for name in IDS if name in value), None) if isinstance(value, dict) else None
    return str(found) if isinstance(found, str | int) else None


def _kept(made: Json, value: Json, node: Json, schemas: Schemas) -> Json:
    """A valid object with as many members of `value` in it as it bears, those first that say most: keys."""
    for name in sorted(value, key=lambda one: one not in KEYS):
        tried = {**made, name: value[name]}
        if schemas.is_valid(node, tried, "response"):
            made = tried
    return made


def _shaped(value: Json, node: Json, schemas: Schemas, sampler: Sampler, label: str, name: str) -> Json:
    """A valid value that keeps what it can of `value`: members of an object, a key in an object that needs one."""
    if value is None and "null" in schemas.kinds(node):
        return None
    other = respelled(value)
    if other is not None and schemas.is_valid(node, other, "response"):
        return other
    try:
        made = sampler(node, "mended", label, name=name)
    except SpecError:
        return value
    if not isinstance(made, dict):
        return made
    if isinstance(value, dict):
        whole = {**made, **value}
        return whole if schemas.is_valid(node, whole, "response") else _kept(made, value, node, schemas)
    if value is None:
        return made
    key = next((one for one in KEYS if type(made.get(one)) is type(value)), None)
    return {**made, key: value} if key and schemas.is_valid(node, {**made, key: value}, "response") else made
