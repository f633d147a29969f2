"""Which records a list shows: filters and order, by parameters that the document names."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from mockserver.spec.errors import nearest
from mockserver.spec.model import Json
from mockserver.steps.call import Call, Fault, Problem, sent
from mockserver.steps.lookups import holds
from mockserver.steps.values import ABSENT, Value, at
from mockserver.world import times
from mockserver.world.table import comparable

Record = Mapping[str, Any]
Test = Callable[[Record], bool]
Filter = Callable[[Call], "Test | Problem | None"]
ORDER_PART = re.compile(r"([+-]?)([^\s:]+?)(?:[\s:.]+(asc|desc|ascending|descending))?", re.IGNORECASE)
HOLDERS = ("attributes", "properties", "fields")  # fields that hold other fields
SUFFIX = re.compile(r"(.+?)[_.](gt|gte|lt|lte|ne)")
ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a resource: their JSON types, and how computed ones are worked out."""

    kinds: Mapping[str, frozenset[str]]
    times: frozenset[str]
    computed: Mapping[str, Value]

    def named(self, name: str) -> str | None:
        """The field of a name, also where it stands in one that holds others: `attributes.name`; None for no field."""
        if name in self.kinds:
            return name
        return next((f"{one}.{name}" for one in HOLDERS if f"{one}.{name}" in self.kinds), None)

    def reader(self, call: Call, name: str) -> Callable[[Record], Any]:
        """A function that reads a field of a record, dots going deeper."""
        head = name.partition(".")[0]
        if head in self.computed:
            value_of = self.computed[head]
            path = name.split(".")[1:]

            def compute(record: Record) -> Any:
                call.values["record"] = record
                return at(value_of(call), path)

            return compute
        if "." in name:
            path = name.split(".")
            return lambda record: at(record, path)
        return lambda record: record.get(name)


def compile_filter(parameter: str, words: Mapping[str, Json], fields: Fields) -> Filter:
    """A function that gives the test which a parameter's value asks for; None when the parameter isn't sent."""
    if words.get("each"):
        return _each(parameter, words, fields)
    if words.get("field-from"):
        return _field_from(parameter, words, fields)
    names, compare = tuple(words["fields"]), words.get("compare", "eq")
    sent_only, every = words.get("sent-only", False), list(words.get("all") or ())

    def find(call: Call) -> Test | Problem | None:
        wanted = sent(call.query, parameter)
        if wanted in every or (sent_only and not _is_sent(parameter, call.request.query)):
            return None
        if wanted is None or isinstance(wanted, Mapping) or (wanted == "" and compare == "contains"):
            return None
        if compare == "contains" and len(names) > 1:
            return _mentioning(str(wanted), [fields.reader(call, name) for name in names])
        tests = [
            _within(name, wanted) if compare == "has" and "." in name
            else comparison(compare, wanted, fields.reader(call, name))
            for name in names
        ]  # fmt: skip
        return tests[0] if len(tests) == 1 else lambda record: any(test(record) for test in tests)

    return find


def _mentioning(wanted: str, readers: list[Callable[[Record], Any]]) -> Test:
    """A search in several fields: each word of it is part of one of them, whichever, in any case."""
    words = wanted.casefold().split() or [wanted.casefold()]

    def test(record: Record) -> bool:
        texts = [value.casefold() for read in readers if isinstance(value := read(record), str)]
        return all(any(word in text for text in texts) for word in words)

    return test


def _is_sent(parameter: str, query: str) -> bool:
    """Whether a raw query has a parameter, plain or with brackets behind its name."""
    names = (unquote_plus(part.partition("=")[0]) for part in query.split("&"))
    return any(name == parameter or name.startswith(f"{parameter}[") for name in names)


def _within(name: str, wanted: Any) -> Test:
    """Whether what a path leads to, through lists as well, is the value or one of the values."""
    path, values = name.split("."), wanted if isinstance(wanted, list) else [wanted]
    return lambda record: any(holds(record, path, value) for value in values)


def _field_from(parameter: str, words: Mapping[str, Json], fields: Fields) -> Filter:
    source, compare = words["field-from"], words.get("compare", "eq")

    def find(call: Call) -> Test | Problem | None:
        wanted, name = call.query.get(parameter), call.query.get(source)
        if wanted is None or name is None:
            return None
        if name not in fields.kinds:
            return _unknown(source, str(name), fields).given(words.get("unknown"))
        return comparison(compare, wanted, fields.reader(call, name))

    return find


def _each(parameter: str, words: Mapping[str, Json], fields: Fields) -> Filter:
    def find(call: Call) -> Test | Problem | None:
        asked = call.query.get(parameter)
        if not isinstance(asked, Mapping):
            return None
        tests, faults = [], []
        for label, raw in asked.items():
            name, compare = _suffixed(label, fields)
            if name not in fields.kinds:
                faults.append(_unknown(f"{parameter}[{label}]", name, fields).faults[0])
                continue
            wanted = typed(raw, fields.kinds[name], name in fields.times)
            if wanted == "":
                continue  # left empty: not given, as with a parameter of its own (steps/slots)
            if wanted is ABSENT or (compare in ORDERS and not _has_order(fields, name)):
                faults.append(
                    Fault("query", f"{parameter}[{label}]", f"{parameter}[{label}]", _expected(fields, name, compare))
                )
            else:
                tests.append(comparison(compare, wanted, fields.reader(call, name)))
        if faults:
            return Problem.of_faults("invalid-parameter", tuple(faults)).given(words.get("unknown"))
        return lambda record: all(test(record) for test in tests)

    return find


def _suffixed(label: str, fields: Fields) -> tuple[str, str]:
    match = SUFFIX.fullmatch(label)
    if match and label not in fields.kinds:
        return match[1], match[2]
    return label, "eq"


def _has_order(fields: Fields, name: str) -> bool:
    return name in fields.times or bool(fields.kinds[name] & {"number", "integer"})


def _expected(fields: Fields, name: str, compare: str) -> str:
    if compare in ORDERS and not _has_order(fields, name):
        return "compares numbers and times only"
    return (
        "must be a time" if name in fields.times else f"must be a {' or '.join(sorted(fields.kinds[name] - {'null'}))}"
    )


def _unknown(at_parameter: str, name: str, fields: Fields) -> Problem:
    detail = f"names no field that can be searched: {name!r}{nearest(name, fields.kinds)}"
    return Problem.of_faults("invalid-parameter", (Fault("query", at_parameter, at_parameter, detail),))


NUMBERS = frozenset({"number", "integer"})


def typed(raw: Any, kinds: frozenset[str], is_time: bool) -> Any:
    """A parameter's text as the field's type; ABSENT when it is none of that type."""
    if not isinstance(raw, str):
        return raw
    if is_time:
        return raw if times.parse(raw) is not None else ABSENT
    if "string" in kinds:
        return raw
    if kinds & {"number", "integer"} and re.fullmatch(r"-?\d{1,30}(\.\d{1,30})?", raw, re.ASCII):
        return float(raw) if "." in raw else int(raw)
    if "boolean" in kinds and raw.lower() in ("true", "false"):
        return raw.lower() == "true"
    return None if raw == "null" and "null" in kinds else ABSENT


def comparison(compare: str, wanted: Any, read: Callable[[Record], Any]) -> Test:
    """The test of one comparison word (x-mock.yaml, `comparison`) against one wanted value."""
    if compare == "contains":
        part = str(wanted).casefold()
        return lambda record: isinstance(value := read(record), str) and part in value.casefold()
    if compare == "has":
        if isinstance(wanted, list):
            return lambda record: any(one in (read(record) or ()) for one in wanted)
        return lambda record: wanted in (read(record) or ())
    if compare == "in":
        parts = wanted if isinstance(wanted, list) else [wanted]
        several = {part.strip() for one in parts for part in str(one).split(",")}
        return lambda record: (value := read(record)) is not None and str(value) in several
    if compare == "positive":
        if wanted is not True:
            return lambda record: True
        return lambda record: isinstance(value := read(record), int | float) and value > 0
    if compare in ORDERS:
        return _ordered(compare, wanted, read)
    equal = _equal(wanted, read)
    return (lambda record: not equal(record)) if compare == "ne" else equal


def _equal(wanted: Any, read: Callable[[Record], Any]) -> Test:
    moment = times.parse(wanted)
    if moment is not None:
        span = times.DAY if times.is_date(wanted) else 1

        def same_time(record: Record) -> bool:
            value = read(record)
            time = times.parse(value)
            return value == wanted or (time is not None and moment <= time < moment + span)

        return same_time
    if isinstance(wanted, list):
        return lambda record: read(record) in wanted
    if wanted is False:  # what was never said to be so isn't
        return lambda record: (value := read(record)) is False or value is None or value is ABSENT
    if isinstance(wanted, str):
        return lambda record: (
            (value := read(record)) == wanted or (type(value) in (int, float) and str(value) == wanted)
        )
    return lambda record: (value := read(record)) == wanted and isinstance(value, bool) == isinstance(wanted, bool)


def _ordered(compare: str, wanted: Any, read: Callable[[Record], Any]) -> Test:
    holds, moment = ORDERS[compare], times.parse(wanted)
    if moment is None:
        known = typed(wanted, NUMBERS, False)  # a parameter that is a text may mean a number: `created_at_after=1700`
        if isinstance(known, bool) or not isinstance(known, int | float):
            return lambda record: False
        return lambda record: (
            isinstance(value := read(record), int | float) and not isinstance(value, bool) and holds(value, known)
        )
    # a date without a time means its whole day: `lte` reaches to its end, `gt` starts after it
    edge = moment + times.DAY - 1 if times.is_date(wanted) and compare in ("lte", "gt") else moment

    def test(record: Record) -> bool:
        time = times.moment(read(record))
        return time is not None and holds(time, edge)

    return test


Order = Callable[[Call], "tuple[str, ...] | Problem | None"]


def compile_order(words: str | Mapping[str, Json], fields: Fields) -> Order:
    """A function that gives the order which a call's parameters ask for; None where it asks for none."""
    said = {"by": words} if isinstance(words, str) else words
    by, direction, lenient = said["by"], said.get("direction"), said.get("unknown") == "ignore"

    def order(call: Call) -> tuple[str, ...] | Problem | None:
        asked = sent(call.query, by)
        parts = asked if isinstance(asked, list) else [] if asked is None else str(asked).split(",")
        down = direction is not None and str(sent(call.query, direction)).lower().startswith("desc")
        found = []
        for name, falls in (_part(str(part)) for part in parts if str(part).strip()):
            field = fields.named(name)
            if field is not None:
                found.append(f"-{field}" if falls is not down else field)
            elif not lenient:
                return _unknown(by, name, fields)
        return tuple(found) if found else None

    return order


def _part(text: str) -> tuple[str, bool]:
    """A field and whether it descends: `-name`, `name:desc`, `name desc`."""
    match = ORDER_PART.fullmatch(text.strip())
    if match is None:
        return text.strip(), False
    return match[2], (match[1] == "-") is not ((match[3] or "").lower().startswith("desc"))


def sort_records(records: list[Record], order: tuple[str, ...], call: Call, fields: Fields) -> list[Record]:
    """Records in the given order; among equals the given sequence stays."""
    for part in reversed(order):
        name = part.lstrip("-")
        records = sorted(records, key=sort_key(name, call, fields), reverse=part.startswith("-"))
    return records


def sort_key(name: str, call: Call, fields: Fields) -> Callable[[Record], tuple[int, Any]]:
    """What a record is sorted by when a field decides."""
    read, is_time = fields.reader(call, name), name in fields.times
    return lambda record: _sort_value(read(record), is_time)


def _sort_value(value: Any, is_time: bool) -> tuple[int, Any]:
    return (
        (1, time)
        if is_time and (time := times.parse(value)) is not None
        else comparable(None if value is ABSENT else value)
    )
