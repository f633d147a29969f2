"""Searches whose conditions come in the body: a tree or list of conditions, a text, an order, as vendors write them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from mockserver.spec.model import Json
from mockserver.steps.call import Call, Fault, Problem
from mockserver.steps.query import ORDERS, Fields, comparison, typed
from mockserver.steps.values import ABSENT, Names, at, compile_value

Record = Mapping[str, Any]
Test = Callable[[Record], bool]
FIELD = ("field", "propertyName", "property", "property_name", "attribute", "name", "key")
OPERATOR = ("operator", "op", "comparison", "comparator")
MEMBERS = ("filters", "conditions", "rules", "operands", "queries", "value", "and", "or", "AND", "OR")
HOLDERS = ("properties", "attributes", "custom_attributes")  # fields that hold other fields
DEPTH = 12  # of conditions in each other
TEXTS = 200  # characters of an operator that a refusal repeats

# how vendors write a comparison -> ours; '!' before one that must not hold
OPERATORS: dict[str, str] = {
    "=": "eq", "==": "eq", "eq": "eq", "equals": "eq", "is": "eq", "equal": "eq", "": "eq",
    "!=": "!eq", "<>": "!eq", "neq": "!eq", "ne": "!eq", "not_equals": "!eq", "is_not": "!eq", "not_equal": "!eq",
    ">": "gt", "gt": "gt", "greater_than": "gt", "<": "lt", "lt": "lt", "less_than": "lt",
    ">=": "gte", "gte": "gte", "<=": "lte", "lte": "lte", "after": "gt", "before": "lt",
    "~": "contains", "contains": "contains", "like": "contains", "ilike": "contains", "contains_token": "token",
    "!~": "!contains", "not_contains": "!contains", "not_contains_token": "!token",
    "^": "starts", "starts_with": "starts", "$": "ends", "ends_with": "ends",
    "in": "in", "any_of": "in", "nin": "!in", "not_in": "!in", "none_of": "!in",
    "has_property": "known", "exists": "known", "is_known": "known", "not_has_property": "!known",
    "is_unknown": "!known", "not_exists": "!known", "between": "between",
}  # fmt: skip


def compile_search(words: Mapping[str, Json], fields: Fields, names: Names) -> Callable[[Call], list[Test] | Problem]:
    """A function that gives the tests of a call's body, or a Problem for a condition that can't be read."""
    where = compile_value(words["where"], names) if "where" in words else None
    text = compile_value(words["text"], names) if "text" in words else None
    equal = list(words.get("equal") or ())

    def tests(call: Call) -> list[Test] | Problem:
        found: list[Test] = []
        node = where(call) if where else None
        if node is not None and node is not ABSENT:
            test = condition(node, fields)
            if isinstance(test, Problem):
                return test
            found.append(test)
        wanted = text(call) if text else None
        if isinstance(wanted, str) and wanted.strip("* "):
            part = wanted.strip("* ").casefold()
            found.append(lambda record: _mentions(record, part))
        body = call.body if isinstance(call.body, Mapping) else {}
        found += [comparison("eq", body[name], fields.reader(call, name)) for name in equal if name in body]
        return found

    return tests


def compile_sort(words: Mapping[str, Json], fields: Fields, names: Names) -> Callable[[Call], tuple[str, ...]]:
    """A function that gives the order that a call's body asks for; empty where it asks for none."""
    holder = next((one for one in HOLDERS if one in fields.kinds), None)

    def where(part: str) -> str:
        name = part.lstrip("-")
        inside = holder is not None and name.partition(".")[0] not in fields.kinds
        return f"{'-' if part.startswith('-') else ''}{holder}.{name}" if inside else part

    value = compile_value(words["sort"], names) if "sort" in words else None

    def order(call: Call) -> tuple[str, ...]:
        asked = value(call) if value else None
        parts = asked if isinstance(asked, list) else [asked]
        return tuple(where(part) for one in parts if (part := _part(one)))

    return order


def _part(node: Any) -> str | None:
    if isinstance(node, str):
        return node or None
    if not isinstance(node, Mapping):
        return None
    name = next((node[one] for one in FIELD if isinstance(node.get(one), str)), None)
    way = str(next((node[one] for one in ("direction", "order", "sort") if one in node), "")).lower()
    return f"{'-' if way.startswith('desc') else ''}{name}" if name else None


def condition(node: Any, fields: Fields, depth: int = 0) -> Test | Problem:
    """The test of one condition, or of several in a tree or list."""
    if depth > DEPTH:
        return _refused("holds conditions nested too deeply")
    if isinstance(node, list):
        # a list of groups holds when one of them does, a list of conditions when all do
        groups = bool(node) and all(isinstance(one, Mapping) and "filters" in one for one in node)
        return _joined(node, any if groups else all, fields, depth)
    if not isinstance(node, Mapping):
        return _refused("must be a condition: {field, operator, value}")
    name = next((node[one] for one in FIELD if isinstance(node.get(one), str)), None)
    operator = next((str(node[one]) for one in OPERATOR if one in node), "")
    plain_pairs = node.keys() <= fields.kinds.keys() and "value" not in node  # `{name: "Ann"}` asks for a name
    if name is not None and not plain_pairs:
        return _leaf(name, operator, node, fields)
    inner = next((one for one in MEMBERS if isinstance(node.get(one), list)), None)
    if inner is not None:
        either = "or" in (operator.lower(), inner.lower())
        return _joined(node[inner], any if either else all, fields, depth)
    pairs = [(key, value) for key, value in node.items() if key in fields.kinds]
    tests = [_leaf(key, "", {"value": value}, fields) for key, value in pairs]
    return lambda record: all(test(record) for test in tests if not isinstance(test, Problem))


def _joined(nodes: list[Any], how: Callable[[Any], bool], fields: Fields, depth: int) -> Test | Problem:
    tests: list[Test] = []
    for one in nodes:
        test = condition(one, fields, depth + 1)
        if isinstance(test, Problem):
            return test
        tests.append(test)
    return lambda record: how(test(record) for test in tests) if tests else True


def _leaf(name: str, operator: str, node: Mapping[str, Any], fields: Fields) -> Test | Problem:
    known = OPERATORS.get(operator.lower().replace(" ", "_"))
    if known is None:
        return _refused(f"has the unknown operator {operator[:TEXTS]!r}")
    wanted = node.get("values", node.get("value"))
    test = _comparison(known.lstrip("!"), name, wanted, node, fields)
    return (lambda record: not test(record)) if known.startswith("!") else test


def _comparison(how: str, name: str, wanted: Any, node: Mapping[str, Any], fields: Fields) -> Test:
    path, kinds = name.split("."), fields.kinds.get(name, frozenset())
    is_time = name in fields.times

    def read(record: Record) -> Any:
        return _value(record, path)

    def cast(value: Any) -> Any:
        found = typed(value, kinds, is_time) if kinds else value
        return value if found is ABSENT else found

    if how == "known":
        return lambda record: read(record) not in (None, ABSENT, "")
    if how == "in":
        each = [comparison("eq", cast(one), read) for one in (wanted if isinstance(wanted, list) else [wanted])]
        return lambda record: any(test(record) for test in each)
    if how == "between":
        low, high = comparison("gte", cast(wanted), read), comparison("lte", cast(node.get("highValue")), read)
        return lambda record: low(record) and high(record)
    if how in ("contains", "token", "starts", "ends"):
        part = str(wanted).strip("*").casefold()
        return lambda record: _fits(read(record), how, part)
    wanted = cast(wanted)
    if how in ORDERS and isinstance(number := _number(wanted), int | float):
        return comparison(how, number, lambda record: _number(read(record)))
    return comparison(how, wanted, read)


def _number(value: Any) -> Any:
    """A number that is written as a text; anything else as it is."""
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,30}(\.\d{1,30})?", value, re.ASCII):
        return float(value) if "." in value else int(value)
    return value


def _fits(value: Any, how: str, part: str) -> bool:
    if isinstance(value, list):
        return any(_fits(one, how, part) for one in value)
    text = str(value).casefold() if isinstance(value, str | int | float) else None
    if text is None:
        return False
    return text.startswith(part) if how == "starts" else text.endswith(part) if how == "ends" else part in text


def _value(record: Record, path: list[str]) -> Any:
    """A record's field, also where it stands in the record's `properties`, `attributes` or `custom_attributes`."""
    found = at(record, path)
    for holder in HOLDERS:
        inner = record.get(holder)
        if found is ABSENT and isinstance(inner, Mapping):
            found = inner.get(path[-1], ABSENT)
    return found


def _mentions(value: Any, part: str, depth: int = 0) -> bool:
    """Whether any text of a record has a part, in any case."""
    if isinstance(value, str):
        return part in value.casefold()
    if depth > 2:
        return False
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return any(_mentions(one, part, depth + 1) for one in inner)


def _refused(detail: str) -> Problem:
    return Problem.of_faults("invalid-body", (Fault("body", "", "query", detail),))
