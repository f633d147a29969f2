"""Laws of filters and searches: what is shown passes, and what passes is shown; by fields that lists show."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.check.answers import MISSING, at, told
from mockserver.check.contract import Planned
from mockserver.check.findings import Exchange
from mockserver.check.laws.bench import Bench
from mockserver.check.laws.law import Breach, Law, Unfit
from mockserver.check.laws.paging import keys_of, read_list
from mockserver.check.laws.walks import Walk
from mockserver.spec.model import Json
from mockserver.steps.query import SUFFIX, comparison
from mockserver.world import times

ORDERS = ("gt", "gte", "lt", "lte")
SAYS_EXACT = re.compile(r"\bexact(ly)?\b|\bequals?\b", re.IGNORECASE)
NOBODY = "mockserver-check-nobody-has-this"
MOST_VALUES = 6  # that a filter is tried with
Record = Mapping[str, Json]


class Try(NamedTuple):
    """One use of a filter: what is asked, and which records pass."""

    query: Mapping[str, Json]
    passes: Callable[[Record], bool]
    words: str  # 'status=active'


def filters_hold(bench: Bench, planned: Planned) -> Iterator[Breach]:
    """A filtered list is what of the whole list passes the filter."""
    _, reference = read_list(bench, planned)
    if not planned.plan.filters:
        raise Unfit("it has no filters")
    keys = keys_of(bench, planned, reference.records)
    for name in planned.plan.filters:
        for one in tries(bench, planned, name, reference.records):
            walk = bench.walk(planned, query=one.query)
            breach = compared(bench, planned, name, one, reference, keys, walk)
            if breach is not None:
                yield breach
                break


def compared(
    bench: Bench, planned: Planned, name: str, one: Try, reference: Walk, keys: list[Any], walk: Walk
) -> Breach | None:  # fmt: skip
    pointer = _pointer(planned, name)
    if walk.trouble is not None:
        seen = f"{walk.trouble.status} for {one.words}"
        return Breach(planned, "a list", seen, (walk.trouble,), pointer)
    wrong = next((record for record in walk.records if not one.passes(record)), None)
    if wrong is not None:
        shown = ", ".join(f"{field} {told(at(wrong, field.split('.')), 60)}" for field in _fields(planned, name, one))
        seen = f"one with {shown}"
        return Breach(planned, f"only what passes {one.words}", seen, walk.exchanges[:3], pointer)
    if not reference.whole or not walk.whole or is_narrowed(bench, planned, name):
        return None
    found = set(keys_of(bench, planned, walk.records))
    lost = [key for key, record in zip(keys, reference.records, strict=True) if one.passes(record) and key not in found]
    if lost:
        evidence = (*reference.exchanges[:3], *walk.exchanges[:3])
        seen = f"{len(found)}; {told(lost[0])} is missing"
        return Breach(planned, f"all {len(found) + len(lost)} that pass {one.words}", seen, evidence, pointer)
    return None


def is_narrowed(bench: Bench, planned: Planned, name: str) -> bool:
    """Whether the plain list is already narrowed by this filter's default, so that it can't be compared with."""
    return _schema(bench, planned, name).get("default") is not None


def _fields(planned: Planned, name: str, one: Try) -> list[str]:
    words = planned.plan.filters[name]
    if words.get("each"):
        return [SUFFIX.sub(r"\1", label) for label in next(iter(one.query.values()))]
    return list(words.get("fields") or [])


def _pointer(planned: Planned, name: str) -> str:
    found = next((one for one in planned.operation.parameters if one.name == name), None)
    return found.pointer if found else ""


def _schema(bench: Bench, planned: Planned, name: str) -> Mapping[str, Json]:
    found = next((one for one in planned.operation.parameters if one.name == name and one.location == "query"), None)
    if found is None:
        return {}
    schemas = bench.checking.contract.schemas
    node = schemas.follow(schemas.look_up(found.schema))
    return node if isinstance(node, dict) else {}


def tries(bench: Bench, planned: Planned, name: str, records: list[Any]) -> list[Try]:
    """How a filter is tried: with values that records have, some that few have, one that none has."""
    words = planned.plan.filters[name]
    if words.get("each"):
        return _each(bench, planned, name, records)
    fields, compare = list(words.get("fields") or []), str(words.get("compare", "eq"))
    if not fields or words.get("field-from"):
        return []
    if not records or not all(is_shown(bench, planned, field) for field in fields):
        return []
    shown = [plain(at(record, field.split("."))) for record in records for field in fields]
    if compare == "contains" and len(fields) > 1:  # whether a search takes several words as one is left open
        shown = [word for text in shown if isinstance(text, str) for word in text.split()]
    values = _values(compare, shown, _schema(bench, planned, name))
    alone = _of_each_field(fields, records) if compare == "contains" and len(fields) > 1 else []
    found = []
    for value in [*values[:MOST_VALUES], *alone]:
        value = int(value) if isinstance(value, float) and value.is_integer() else value
        if not _valid(bench, planned, name, value) or value in (words.get("all") or ()):
            continue
        found.append(Try({name: value}, _passing(fields, compare, value), f"{name}={told(value, 60)}"))
    beside = _elsewhere(bench, planned, name, records) if compare == "contains" else ()
    exact = _in_part(bench, planned, name, shown) if compare == "eq" else ()
    return [*found, *beside, *exact, *_in_another_zone(bench, planned, name, found[:1])]


def _of_each_field(fields: list[str], records: list[Any]) -> list[str]:
    """For each field that is searched, a word that some record has there and in none of the others."""
    found: dict[str, str] = {}
    for record in records:
        texts = {field: text for field in fields if isinstance(text := plain(at(record, field.split("."))), str)}
        for field, text in texts.items():
            beside = " ".join(other for name, other in texts.items() if name != field).casefold()
            word = next((one for one in text.split() if len(one) > 2 and one.casefold() not in beside), None)
            if word is not None:
                found.setdefault(field, word)
    return [*dict.fromkeys(found.values())]


def _in_part(bench: Bench, planned: Planned, name: str, shown: list[Any]) -> Iterator[Try]:
    """A part of a text, which isn't the text, where the document says that a filter takes the whole of it."""
    pointer = _pointer(planned, name)
    said = str(bench.checking.contract.schemas.look_up(pointer).get("description", "")) if pointer else ""
    given = "filters" in bench.checking.contract.served.understanding.operations[planned.route].given
    if not (given or SAYS_EXACT.search(said)) or {"enum", "format", "pattern"} & _schema(bench, planned, name).keys():
        return
    text = next((one for one in shown if isinstance(one, str) and len(one.strip()) > 4), "")
    part = text[1:-1].strip()
    if part and part not in shown and _valid(bench, planned, name, part):
        fields = list(planned.plan.filters[name].get("fields") or [])
        yield Try({name: part}, _passing(fields, "eq", part), f"{name}={told(part, 60)}")


def _elsewhere(bench: Bench, planned: Planned, name: str, records: list[Any]) -> list[Try]:
    """Searches for what other fields hold, where the document names in words those that are searched."""
    fields, schemas = list(planned.plan.filters[name].get("fields") or []), bench.checking.contract.schemas
    pointer = _pointer(planned, name)
    said = str(schemas.look_up(pointer).get("description", "")).lower() if pointer else ""
    if not all(field.rpartition(".")[2].lower() in said for field in fields):
        return []
    found = {}
    for field, value in records[0].items() if isinstance(records[0], Mapping) else ():
        if field not in fields and isinstance(value, str) and value and _valid(bench, planned, name, value):
            found[value] = Try({name: value}, _passing(fields, "contains", value), f"{name}={told(value, 60)}")
    return [*found.values()][:MOST_VALUES]


def _in_another_zone(bench: Bench, planned: Planned, name: str, found: list[Try]) -> Iterator[Try]:
    """The same moment, written as it is two hours east, where a filter takes times."""
    for one in found:
        value = one.query[name]
        moment = times.parse(value) if isinstance(value, str) and _schema(bench, planned, name).get("format") else None
        if moment is None or "T" not in str(value):
            continue
        local = times.text(moment + 2 * times.HOUR, "milliseconds" if "." in str(value) else "seconds")
        text = f"{local[:-1]}+02:00"
        if _valid(bench, planned, name, text):
            yield Try({name: text}, one.passes, f"{name}={told(text, 60)}")


def is_shown(bench: Bench, planned: Planned, field: str) -> bool:
    """Whether a list's records have a field, by the schema of its answer."""
    schemas, schema = bench.checking.contract.schemas, bench.shown_schema(planned)
    for name in field.split("."):
        if name not in schemas.properties(schema):
            return False
        schema = schemas.property_schema(schema, name) or {}
    return True


def _passing(fields: list[str], compare: str, value: Json) -> Callable[[Record], bool]:
    tests = [comparison(compare, value, _reader(field)) for field in fields]
    return lambda record: any(test(record) for test in tests)


def _reader(field: str) -> Callable[[Record], Any]:
    way = field.split(".")
    return lambda record: plain(at(record, way))


def plain(value: Any) -> Any:
    """A value that isn't there is none."""
    return None if value is MISSING else value


def _valid(bench: Bench, planned: Planned, name: str, value: Json) -> bool:
    found = next((one for one in planned.operation.parameters if one.name == name), None)
    return found is None or bench.checking.contract.schemas.is_valid({"$ref": f"#{found.schema}"}, value, "request")


def _values(compare: str, shown: list[Any], schema: Mapping[str, Json]) -> list[Json]:
    """Values to try: the enum's, those that are shown, the most different first."""
    if compare == "positive":
        return [True, False]
    texts = [value for value in shown if isinstance(value, str) and value]
    if compare == "contains":
        return _parts(texts)
    unique = list(dict.fromkeys(value for value in shown if isinstance(value, str | int | float) and value != ""))
    if compare in ORDERS:
        ordered = sorted(unique, key=lambda value: times.moment(value) or 0)
        return [*dict.fromkeys([*ordered[len(ordered) // 2 :][:1], *ordered[:1], *ordered[-1:]])]
    if unique and all(isinstance(value, bool) for value in shown):
        return [True, False]
    enum = [value for value in schema.get("enum") or () if value is not None]
    return [*dict.fromkeys([*enum[:MOST_VALUES], *unique[:2], *unique[-1:]]), *([] if enum else [NOBODY])]


def _parts(texts: list[str]) -> list[Json]:
    """Parts of shown texts: from the middle, in the other case, of one that begins otherwise; and literal signs."""
    if not texts:
        return [NOBODY]
    first, last = texts[0], texts[-1]
    middle = first[len(first) // 4 : len(first) // 4 + max(3, len(first) // 3)].strip() or first
    found = [middle, middle.swapcase(), last, last.swapcase(), NOBODY, "%", "_", ".*"]
    return [*dict.fromkeys(found)]


def _each(bench: Bench, planned: Planned, name: str, records: list[Any]) -> list[Try]:
    """A filter whose keys are fields, plain or with a comparison behind them: `filter[created_at_gte]=...`."""
    schemas = bench.checking.contract.schemas
    found = []
    for label in schemas.properties(_schema(bench, planned, name)):
        match = SUFFIX.fullmatch(label)
        field, compare = (match[1], match[2]) if match else (label, "eq")
        if not records or not is_shown(bench, planned, field):
            continue
        shown = [plain(at(record, field.split("."))) for record in records]
        schema = schemas.property_schema(_schema(bench, planned, name), label) or {}
        node = schemas.follow(schema)
        for value in _values(
            compare, [one for one in shown if one is not None], node if isinstance(node, dict) else {}
        )[:3]:
            if schemas.is_valid(schema, value, "request"):
                words = f"{name}[{label}]={told(value, 60)}"
                found.append(Try({name: {label: value}}, _passing([field], compare, value), words))
    return found


def found_by_field(bench: Bench, planned: Planned) -> Iterator[Breach]:
    """A record is found by what it holds, where an operation finds one record by a field's value."""
    words = planned.plan.filters
    chosen = next(((name, one["field-from"]) for name, one in words.items() if one.get("field-from")), None)
    kind = bench.kinds.get(str(planned.plan.resource))
    if planned.plan.does != "read" or planned.plan.key is not None or chosen is None or kind is None:
        raise Unfit("it finds no record by a field")
    made = bench.mine(kind)
    key = bench.key_of(kind)
    for field, value in made.sent.items():
        if not isinstance(value, str) or not _valid(bench, planned, chosen[1], field):
            continue
        exchange: Exchange = bench.ask(planned, query={chosen[0]: value, chosen[1]: field})
        found = key(bench.shown(planned, exchange))
        alone = bench.bodies.is_ours(value)
        if exchange.status != planned.plan.status or (alone and found != made.key):
            evidence = (made.exchange, exchange)
            yield Breach(
                planned, f"{told(made.key)}, whose {field} it is", f"{exchange.status} {told(found)}", evidence
            )
    exchange = bench.ask(planned, query={chosen[0]: NOBODY, chosen[1]: next(iter(made.sent))})
    if exchange.status < 400:
        yield Breach(planned, "a refusal, as nobody has it", str(exchange.status), (exchange,))


LAWS = (
    Law("filters-hold", "operation", "A filtered list holds what passes the filter, and nothing else.", filters_hold),
    Law("found-by-field", "operation", "A record is found by what it holds.", found_by_field, writes=True),
)
