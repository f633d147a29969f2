"""What a response shows of a record: the properties that its schema has, computed ones included."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.spec.model import Json
from mockserver.spec.schema import Schemas
from mockserver.steps.call import Call
from mockserver.steps.values import ABSENT, MAPPINGS, Names, Value, compile_value
from mockserver.world.source import HIDDEN

View = Callable[[Call, Mapping[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Stored:
    """What is known of a resource's records: the properties they keep and those worked out when they are shown."""

    properties: frozenset[str]
    computed: Mapping[str, Value]


REMEMBERED = 4_096  # records of one view
RECORDS = ("$page.records", "$records")
RECORD = ("$record", "$created", "$before")


def compile_view(node: Json, stored: Stored, schemas: Schemas, only_changed: bool = False) -> View:
    """A function that shows a record as an object of the schema `node`.

    A closed schema shows just its properties; an open one also those that a client sent and the stored schema doesn't
    name. With `only_changed`, properties that aren't required are shown only when the client sent them.
    """
    properties = schemas.properties(node)
    if not properties:
        return lambda call, record: {name: value for name, value in record.items() if name[:1] != HIDDEN}
    names = tuple(properties)
    nullable = frozenset(name for name in names if "null" in schemas.kinds(properties[name]))
    computed = tuple(
        (name, stored.computed[name], _inner(properties[name], schemas)) for name in names if name in stored.computed
    )
    required = frozenset(schemas.required(node))
    is_open = not schemas.closed(node)
    hidden = stored.properties - set(names)

    def show(call: Call, record: Mapping[str, Any]) -> dict[str, Any]:
        get = record.get
        sent = call.values.get("changes") or {} if only_changed else {}
        wanted = [name for name in names if name in required or name in sent] if only_changed else names
        shown = {}
        for name in wanted:  # no comprehension: that costs a call more
            value = get(name)
            if value is not None or (name in nullable and name in record):
                shown[name] = value
        if computed:
            call.values["record"] = record
            for name, value_of, inner in computed:
                if (value := value_of(call)) is not ABSENT:
                    shown[name] = inner(value)
            shown = {name: shown[name] for name in names if name in shown}  # in the document's order
        if is_open:
            shown.update(
                (name, value)
                for name, value in record.items()
                if name not in shown and name not in hidden and name not in properties and name[:1] != HIDDEN
            )
        if only_changed and (computed or is_open):
            return {name: value for name, value in shown.items() if name in required or name in sent}
        return shown

    return show


def _in_lists(show: View, source: Value, alike: bool) -> Value:
    """A function that shows the records of a list. Where a view shows one record `alike` each time, it has a memory:
    records never change, so neither does what is shown."""
    if not alike:
        return lambda call: [show(call, record) for record in source(call)]
    seen: dict[int, tuple[Mapping[str, Any], Any]] = {}

    def shown(call: Call) -> list[Any]:
        result = []
        for record in source(call):
            found = seen.get(id(record))
            if found is None or found[0] is not record:
                if len(seen) >= REMEMBERED:
                    seen.clear()
                found = seen[id(record)] = record, show(call, record)  # the record is held: its id stays its own
            result.append(found[1])
        return result

    return shown


def _inner(node: Json, schemas: Schemas) -> Callable[[Any], Any]:
    """Cuts a computed value, such as a record that was looked up, to the properties of its own schema."""
    items = schemas.items(node)
    if items is not None:
        each = _inner(items, schemas)
        return lambda value: [each(one) for one in value] if isinstance(value, list) else value
    properties = schemas.properties(node)
    if not properties or not schemas.closed(node):
        return lambda value: value
    parts = [(name, _inner(schema, schemas)) for name, schema in properties.items()]
    return lambda value: (
        {name: inner(value[name]) for name, inner in parts if name in value} if isinstance(value, Mapping) else value
    )


def _of_one(template: Json) -> Json:
    """What stands for each record of a list as a template of its own, in which the record is `$record`."""
    if isinstance(template, dict):
        return {name: _of_one(value) for name, value in template.items()}
    return f"$record{template[5:]}" if isinstance(template, str) and template.startswith("$item") else template


def _wrapped(source: Value, one: Value) -> Value:
    """A list in which each record is shown within an envelope: `[{"data": {…}}]`."""

    def shown(call: Call) -> list[Any]:
        before, result = call.values.get("record"), []
        for record in source(call):
            call.values["record"] = record
            result.append(one(call))
        call.values["record"] = before
        return result

    return shown


def compile_answer(
    template: Json, node: Json, stored: Stored, schemas: Schemas, names: Names, only_changed: bool = False
) -> Value:
    """A function that gives a body from its template; records in it are shown as the response's schema says."""
    if template in RECORDS:
        items = schemas.items(node) or {}
        alike = stored.computed.keys().isdisjoint(schemas.properties(items))
        return _in_lists(compile_view(items, stored, schemas), compile_value(template, names), alike)
    if isinstance(template, dict) and "$each" in template and template["$each"][0] in RECORDS:
        source, each = template["$each"]
        shown = compile_answer(_of_one(each), schemas.items(node) or {}, stored, schemas, names)
        return _wrapped(compile_value(source, names), shown)
    if isinstance(template, list) and len(template) == 1:
        inside = compile_answer(template[0], schemas.items(node) or {}, stored, schemas, names, only_changed)
        return lambda call: [one] if (one := inside(call)) is not ABSENT else []
    if template in RECORD:
        view = compile_view(node, stored, schemas, only_changed)
        one = compile_value(template, names)
        return lambda call: view(call, record) if isinstance(record := one(call), MAPPINGS) else record
    if isinstance(template, dict) and not (len(template) == 1 and next(iter(template)).startswith("$")):
        parts = []
        for name, value in template.items():
            inner = schemas.property_schema(node, name) or {}
            part = compile_answer(value, inner, stored, schemas, names, only_changed)
            parts.append((name, part, "null" in schemas.kinds(inner)))
        return lambda call: {
            name: value for name, part, nullable in parts
            if (value := part(call)) is not ABSENT and (nullable or value is not None)
        }  # fmt: skip
    return compile_value(template, names)
