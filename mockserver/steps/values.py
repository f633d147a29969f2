"""x-mock values: what a string that begins with `$`, or an operator such as `{$first: [...]}`, is worth in a call.

Every value is compiled once to a function of the call. A value that isn't there is `ABSENT`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from mockserver.spec.errors import SpecError, nearest
from mockserver.spec.model import Json
from mockserver.steps.addresses import base
from mockserver.steps.call import Call
from mockserver.steps.lookups import eldest, holder, holder_of
from mockserver.world import times
from mockserver.world.dice import mixed, number
from mockserver.world.ids import writer
from mockserver.world.table import comparable

Value = Callable[[Call], Any]


class _Absent:
    """Nothing is there: not even null."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Any = _Absent()
MAPPINGS = (dict, Mapping)  # dict first, which is told at once


@dataclass(frozen=True, slots=True)
class Names:
    """What names in a document's values mean: table names by resource, and how exact times are written."""

    tables: Mapping[str, str]
    precision: str = "seconds"
    rewrites_times: bool = False  # whether times that clients send are written so, too

    def table(self, resource: str) -> str:
        """The table of a resource. Raises SpecError with the nearest name when there is none."""
        if resource not in self.tables:
            raise SpecError(f"there is no resource {resource!r}{nearest(resource, self.tables)}")
        return self.tables[resource]


REQUEST_PARTS: dict[str, Callable[[Call], Any]] = {
    "body": lambda call: call.body,
    "path": lambda call: call.path,
    "query": lambda call: call.query,
    "cookie": lambda call: call.cookie,
    "id": lambda call: call.id,
    "method": lambda call: call.request.method,
    "url": lambda call: call.request.path,
    "base": base,
    "sent": lambda call: dict(parse_qsl(call.request.query)),
}
KNOWN = frozenset(
    {"before", "changes", "count", "created", "errors", "event", "item", "limit", "page", "parent", "problem", "record",
     "records"}
)  # fmt: skip


def compile_value(node: Json, names: Names) -> Value:
    """A function of the call that gives what `node` is worth. Raises SpecError for an unknown name or operator."""
    if isinstance(node, str):
        return _text(node, names)
    if isinstance(node, list):
        parts = [compile_value(one, names) for one in node]
        return lambda call: [value for part in parts if (value := part(call)) is not ABSENT]
    if not isinstance(node, dict):
        return lambda call: node
    if len(node) == 1 and (operator := next(iter(node))).startswith("$"):
        if operator not in OPERATORS:
            raise SpecError(f"there is no operator {operator!r}{nearest(operator, OPERATORS)}")
        return OPERATORS[operator](node[operator], names)
    return compile_fields(node, names)


def compile_fields(fields: Mapping[str, Json], names: Names) -> Callable[[Call], dict[str, Any]]:
    """A function that gives an object; members whose value isn't there are left out."""
    constant = {name: value for name, value in fields.items() if _is_constant(value)}
    if len(constant) == len(fields):
        return lambda call: dict(constant)
    parts = [(name, compile_value(value, names)) for name, value in fields.items()]

    def worth(call: Call) -> dict[str, Any]:
        result = {}
        for name, part in parts:  # no comprehension: that costs a call more
            value = part(call)
            if value is not ABSENT:
                result[name] = value
        return result

    return worth


def _is_constant(node: Json) -> bool:
    return not isinstance(node, dict | list) and not (isinstance(node, str) and node.startswith("$"))


def _text(text: str, names: Names) -> Value:
    if not text.startswith("$"):
        return lambda call: text
    if text.startswith("$$"):
        return lambda call: text[1:]
    head, *path = [part for part in re.split(r"[.#/]+", text[1:]) if part]
    if head == "now":
        return _now(path[0] if path else "", names)
    if head == "key":
        return _deeper(lambda call: call.key or ABSENT, path)
    if head == "request":
        return _request(path, text)
    if head in KNOWN:
        return _deeper(lambda call: call.values.get(head, ABSENT), path)
    raise SpecError(f"{text!r} names nothing{nearest(head, {*KNOWN, 'now', 'key', 'request'})}")


def _now(form: str, names: Names) -> Value:
    forms: dict[str, Value] = {
        "": lambda call: times.text(call.now, names.precision),
        "unix": lambda call: call.now // times.SECOND,
        "unix-ms": lambda call: call.now,
        "date": lambda call: times.text(call.now)[:10],
    }
    if form not in forms:
        raise SpecError(f"'$now.{form}' is no form of the present{nearest(form, forms)}")
    return forms[form]


def _request(path: list[str], text: str) -> Value:
    part, *rest = path or [""]
    if part == "header" and rest:
        name = ".".join(rest).lower()
        return lambda call: call.request.headers.get(name, ABSENT)
    if part not in REQUEST_PARTS:
        raise SpecError(f"{text!r} names no part of the request{nearest(part, [*REQUEST_PARTS, 'header'])}")
    return _deeper(REQUEST_PARTS[part], rest)


def _deeper(start: Value, path: list[str]) -> Value:
    if not path:
        return start
    if len(path) == 1:
        name = path[0]

        def member(call: Call) -> Any:
            value = start(call)
            return value.get(name, ABSENT) if isinstance(value, MAPPINGS) else at(value, path)

        return member
    return lambda call: at(start(call), path)


def at(value: Any, path: list[str]) -> Any:
    """What a path of member names and list indexes leads to; ABSENT when it leads nowhere."""
    for name in path:
        if isinstance(value, Mapping):
            value = value.get(name, ABSENT)
        elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return ABSENT
    return value


def _if(node: Json, names: Names) -> Value:
    condition, then, other = (compile_value(one, names) for one in node)
    return lambda call: then(call) if holds(condition(call)) else other(call)


def holds(value: Any) -> bool:
    """Whether a condition is met: its value is there, and not false."""
    return value is not ABSENT and value is not None and value is not False


def _first(node: Json, names: Names) -> Value:
    parts = [compile_value(one, names) for one in node]
    return lambda call: next(
        (value for part in parts if (value := part(call)) is not ABSENT and value is not None), ABSENT
    )


def _count(node: Json, names: Names) -> Value:
    part = compile_value(node, names)
    return lambda call: len(part(call) or ())


def _count_of(node: Json, names: Names) -> Value:
    values, one = (compile_value(each, names) for each in node)
    return lambda call: (values(call) or []).count(one(call))


def _append(node: Json, names: Names) -> Value:
    parts = [compile_value(one, names) for one in node]
    return lambda call: [item for part in parts for item in (part(call) or ())]


def _unique(node: Json, names: Names) -> Value:
    part = compile_value(node, names)
    return lambda call: list(dict.fromkeys(part(call) or ()))


def _without(node: Json, names: Names) -> Value:
    values, out = (compile_value(one, names) for one in node)
    return lambda call: [value for value in (values(call) or ()) if value != out(call)]


def _add(node: Json, names: Names) -> Value:
    left, right = (compile_value(one, names) for one in node)

    def add(call: Call) -> Any:
        one, other = left(call), right(call)
        if isinstance(one, str) and (time := times.parse(one)) is not None:
            return times.text(time + times.duration(other), names.precision)
        return (one or 0) + (other or 0)

    return add


def _each(node: Json, names: Names) -> Value:
    values, each = compile_value(node[0], names), compile_value(node[1], names)

    def every(call: Call) -> list[Any]:
        outer, result = call.values.get("item", ABSENT), []
        for item in values(call) or ():
            call.values["item"] = item
            result.append(each(call))
        call.values["item"] = outer
        return result

    return every


def _lookup(node: Json, names: Names) -> Value:
    table, key = names.table(node[0]), compile_value(node[1], names)

    def look_up(call: Call) -> Any:
        wanted = key(call)
        found = None if wanted is None or wanted is ABSENT else call.world.get(table, wanted)
        return ABSENT if found is None else found

    return look_up


def _select(node: Json, names: Names) -> Value:
    table, wanted = names.table(node[0]), compile_fields(node[1], names)

    def select(call: Call) -> list[Any]:
        fields = wanted(call).items()
        records = call.world.tables[table].records()
        return [record for record in records if all(at(record, name.split(".")) == value for name, value in fields)]

    return select


def _resolve(node: Json, names: Names) -> Value:
    values, table, fields = compile_value(node[0], names), names.table(node[1]), node[2:]

    def resolve(call: Call) -> list[Any]:
        found = (holder_of(call, table, fields, value) for value in values(call) or ())
        return [key for key in dict.fromkeys(found) if key is not None]

    return resolve


def _find(node: Json, names: Names) -> Value:
    table, value, fields = names.table(node[0]), compile_value(node[1], names), node[2:]
    return lambda call: (
        ABSENT if (found := holder(call.world.tables[table], fields, value(call))) is None else found
    )


def _eldest(node: Json, names: Names) -> Value:
    table = names.table(str(node))
    return lambda call: ABSENT if (found := eldest(call.world.tables[table])) is None else found


def _id(node: Json, names: Names) -> Value:
    write, starts = writer(str(node)), dict[int, int]()

    def new_id(call: Call) -> Any:
        start = starts.get(call.world.seed)
        if start is None:
            start = starts[call.world.seed] = number(call.world.seed, "id", str(node))
        return write(mixed(start ^ call.id) << 64 | mixed(start + call.id))

    return new_id


def _not_equal(node: Json, names: Names) -> Value:
    left, right = (compile_value(one, names) for one in node)
    return lambda call: left(call) != right(call)


def _pick(node: Json, names: Names) -> Value:
    choices = compile_value(node, names)

    def pick(call: Call) -> Any:
        found, record = choices(call), call.values.get("record") or {}
        return found[number(call.world.seed, "pick", *map(str, record.values())) % len(found)] if found else ABSENT

    return pick


def _text_of(node: Json, names: Names) -> Value:
    pieces = re.split(r"\{([^{}]+)\}", str(node))
    parts = [compile_value(piece if at % 2 == 0 else f"${piece}", names) for at, piece in enumerate(pieces)]
    return lambda call: "".join(
        "" if (value := part(call)) is ABSENT or value is None else str(value) for part in parts
    )


def _sort(node: Json, names: Names) -> Value:
    values, field = compile_value(node[0], names), str(node[1])
    down = field.startswith("-")
    return lambda call: sorted(values(call), key=lambda record: comparable(record.get(field.lstrip("-"))), reverse=down)


OPERATORS: dict[str, Callable[[Json, Names], Value]] = {
    "$if": _if,
    "$first": _first,
    "$count": _count,
    "$count-of": _count_of,
    "$append": _append,
    "$unique": _unique,
    "$without": _without,
    "$add": _add,
    "$each": _each,
    "$lookup": _lookup,
    "$select": _select,
    "$resolve": _resolve,
    "$find": _find,
    "$eldest": _eldest,
    "$sort": _sort,
    "$pick": _pick,
    "$not-equal": _not_equal,
    "$id": _id,
    "$text": _text_of,
}
