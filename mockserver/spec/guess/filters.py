"""What a list's query parameters ask of its records: which of them, and in which order."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from mockserver.spec.behaviour import Words
from mockserver.spec.guess.names import is_created, is_updated, kind, plain, singular
from mockserver.spec.guess.shapes import names_records
from mockserver.spec.model import Json, Operation, Parameter
from mockserver.spec.schema import Schemas

SEARCH = re.compile(r"q|search|query|text|keywords?|term|search_?(term|text|query)", re.IGNORECASE)
SORT = re.compile(r"sort|sort_?by|order_?by|sort_?field|sort\[(by|field)\]", re.IGNORECASE)
DIRECTION = re.compile(
    r"(sort_?|order_?)?(direction|dir)|sort_?order|order(_?type)?|sort\[(order|direction)\]", re.IGNORECASE
)
RANGE = re.compile(
    r"(created?|updated?|modified)_?(?:at_?|on_?|date_?)?(after|since|from|gte|min|start|before|until|to|lte|max|end)",
    re.IGNORECASE,
)
BOUND = re.compile(r"(.+?)[_.]*(gte|gt|lte|lt|after|from|min|start|before|until|to|max|end)", re.IGNORECASE)
LEAST = re.compile(r"(min|max)(?:imum)?_*(.+)", re.IGNORECASE)
BRACKETS = re.compile(r"([^\[\]]+)((?:\[[^\[\]]+\])+)")
OF_FILTERS = re.compile(r"filters?|where|conditions?|criteria|search|query|q|by", re.IGNORECASE)
# how a comparison is written behind a field -> ours
COMPARISONS = {
    "eq": "eq", "is": "eq", "equals": "eq", "ne": "ne", "neq": "ne", "not": "ne", "gt": "gt", "lt": "lt",
    "gte": "gte", "ge": "gte", "min": "gte", "after": "gte", "since": "gte", "from": "gte", "start": "gte",
    "lte": "lte", "le": "lte", "max": "lte", "before": "lte", "until": "lte", "to": "lte", "end": "lte",
    "contains": "contains", "like": "contains", "ilike": "contains", "match": "contains", "cont": "contains",
    "in": "in", "any": "in",
}  # fmt: skip
OF_RECORD = re.compile(r"(.+?)_?ids?", re.IGNORECASE)
HOLDERS = ("attributes", "properties", "fields")  # members of a record that hold its fields


@dataclass(frozen=True, slots=True)
class Asked:
    """A parameter, or a member of one that is an object: its name as a client writes it, and its schema."""

    name: str
    schema: str  # pointer


def asked(operation: Operation, schemas: Schemas) -> list[Asked]:
    """What a query may hold: the parameters, and the members of objects (`created[gte]`) beside them."""
    found: list[Asked] = []
    for one in operation.parameters:
        if one.location != "query":
            continue
        found.append(Asked(one.name, one.schema))
        if one.style == "deepObject":
            names = schemas.properties(schemas.look_up(one.schema))
            members = ((name, schemas.member(one.schema, name)) for name in names)
            found += [Asked(f"{one.name}[{name}]", inner) for name, inner in members if inner]
    return found


def filter_words(
    operation: Operation, resource: Words, taken: Collection[str], properties: Mapping[str, Json], schemas: Schemas
) -> Words:
    """`filters` and `sort` of a list. `taken` are the parameters that say which page is meant."""
    each = {one.name for one in operation.parameters if _is_each(one, properties, schemas)}
    filters: Words = {name: {"each": True} for name in sorted(each)}
    sorts: list[Asked] = []
    begins = plain(operation.path.rstrip("/").rpartition("/")[2]) == "autocomplete"
    arrays = {name: node for name, node in properties.items() if "array" in schemas.kinds(node)}
    known = [one for one in asked(operation, schemas) if one.name not in taken and _head(one.name) not in each]
    for one in known:
        if SORT.fullmatch(one.name.lstrip("$")) and one.name not in properties:
            sorts.append(one)
        elif found := _filter(one, str(resource.get("key", "id")), properties, arrays, schemas):
            filters[one.name] = _begun(found, properties, schemas) if begins else found
    sort = next((found for one in sorts if (found := _sort(one, known, properties, schemas))), None)
    return {**({"sort": sort} if sort else {}), **({"filters": filters} if filters else {})}


def _begun(found: Words, properties: Mapping[str, Json], schemas: Schemas) -> Words:
    """A filter by a text that a client has only begun to write."""
    node = schemas.follow(properties.get(found.get("fields", [""])[0]) or {})
    free = isinstance(node, dict) and "string" in schemas.kinds(node) and "enum" not in node
    return {**found, "compare": "contains"} if free and found.get("compare") == "eq" else found


def _head(name: str) -> str:
    return name.partition("[")[0]


def _is_each(parameter: Parameter, properties: Mapping[str, Json], schemas: Schemas) -> bool:
    """Whether a deepObject's keys are the record's properties, plain or with a comparison behind them."""
    if parameter.location != "query" or parameter.style != "deepObject":
        return False
    names = schemas.properties(schemas.look_up(parameter.schema))
    plain = [re.sub(r"_(gt|gte|lt|lte)$", "", name) for name in names]
    return bool(plain) and all(name in properties for name in plain)


def field_of(name: str, properties: Mapping[str, Json], schemas: Schemas) -> tuple[str, Json] | None:
    """The way to the property that a name means, and its schema: also within what holds a record's fields.

    `email`; `attributes.email`; `relationships.company.data.id` (JSON:API 1.1, 7.2.2).
    """
    if name in properties:
        return name, properties[name]
    for holder in HOLDERS:
        inner = schemas.property_schema(properties[holder], name) if holder in properties else None
        if inner is not None and name in schemas.properties(properties[holder]):
            return f"{holder}.{name}", inner
    linked = schemas.properties(properties["relationships"]).get(name) if "relationships" in properties else None
    data = schemas.properties(linked).get("data") if linked is not None else None
    way = names_records(f"relationships.{name}.data", data, schemas) if data is not None else None
    if way:
        return way, data
    alike = [one for one in properties if plain(one) == plain(name)]
    return (alike[0], properties[alike[0]]) if len(alike) == 1 else None


def _filter(
    one: Asked, key: str, properties: Mapping[str, Json], arrays: Mapping[str, Json], schemas: Schemas
) -> Words | None:  # fmt: skip
    """What a parameter does to a list, where it is about a property; `arrays` are those of them that are lists."""
    brackets = BRACKETS.fullmatch(one.name)
    if not brackets:
        return _plain_filter(one.name, one, key, properties, arrays, schemas)
    head, parts = brackets[1], re.findall(r"\[([^\[\]]+)\]", brackets[2])
    if not OF_FILTERS.fullmatch(head) or head in properties:
        parts = [head, *parts]
    name, *rest = parts
    compare = COMPARISONS.get(rest[0].lower().lstrip("$_")) if len(rest) == 1 else "eq" if not rest else None
    if compare is None:
        return None
    if compare == "eq":
        return _plain_filter(name, one, key, properties, arrays, schemas)
    found = field_of(name, properties, schemas)
    return {"fields": [found[0]], "compare": compare} if found else None


def _plain_filter(
    name: str, one: Asked, key: str, properties: Mapping[str, Json], arrays: Mapping[str, Json], schemas: Schemas
) -> Words | None:  # fmt: skip
    if embedded := _names(name, properties, arrays, schemas):
        return {"fields": [embedded], "compare": "has"}
    if found := field_of(name, properties, schemas):
        return _equal(one, *found, schemas)
    if (match := OF_RECORD.fullmatch(name)) and (embedded := _names(match[1], properties, arrays, schemas)):
        return {"fields": [embedded], "compare": "has"}
    if (several := properties.get(f"{name}s")) is not None and schemas.kinds(several) <= {"array", "null"}:
        return {"fields": [f"{name}s"], "compare": "has"}  # `person_id=7` of `person_ids`
    if SEARCH.fullmatch(name.lstrip("$")) and (texts := list(_texts(properties, schemas))):
        return {"fields": texts, "compare": "contains"}
    return _several(name, key, properties, schemas) or _range(name, properties, schemas)


def _equal(one: Asked, field: str, node: Json, schemas: Schemas) -> Words | None:
    kinds = schemas.kinds(node)
    if _is_of_another_form(one, node, schemas):
        return None
    if kinds <= {"array", "null"} or field.startswith("relationships."):
        return {"fields": [field], "compare": "has"}
    return None if kinds <= {"object", "null"} else {
        "fields": [field], "compare": "eq", **_limits(one, node, schemas),
    }  # fmt: skip


def _limits(one: Asked, node: Json, schemas: Schemas) -> Words:
    """When a parameter filters nothing: with a value such as `all`, or by a default that isn't a yes or no."""
    wanted, own = (schemas.follow(each) for each in (schemas.look_up(one.schema), node))
    words: Words = {}
    choices = wanted.get("enum") if isinstance(wanted, dict) else None
    known = own.get("enum") if isinstance(own, dict) else None
    every = [each for each in choices or () if str(each).lower() in ("all", "any", "*") and each not in (known or ())]
    if every:
        words["all"] = every
    if isinstance(wanted, dict) and isinstance(wanted.get("default"), str):
        words["sent-only"] = True
    return words


def _is_of_another_form(one: Asked, node: Json, schemas: Schemas) -> bool:
    """Whether a parameter takes ids where the property of its name holds something else, or the other way round."""
    forms = [schemas.follow(each) for each in (schemas.look_up(one.schema), node)]
    found = {each.get("format") == "uuid" for each in forms if isinstance(each, dict)}
    return len(found) > 1


def _names(
    name: str, properties: Mapping[str, Json], arrays: Mapping[str, Json], schemas: Schemas
) -> str | None:  # fmt: skip
    """The way to the keys of records that a record shows, where a parameter is named after them.

    `project=7` looks at `projects.gid`, `assignee=9` at `assignee.gid`.
    """
    for field, node in properties.items():
        if field == name or (field in arrays and kind(field) == kind(name)):
            way = names_records(field, node, schemas)
            if way and "." in way:
                return way
    for field, node in arrays.items():  # `section=5` looks at `memberships.section.gid`
        inner = schemas.items(node)
        member = schemas.properties(inner).get(name) if inner else None
        way = names_records(f"{field}.{name}", member, schemas) if member else None
        if way and way.count(".") > 1:
            return way
    return None


def _several(name: str, key: str, properties: Mapping[str, Json], schemas: Schemas) -> Words | None:
    """`ids=1,2` looks for the records with one of these keys, `external_ids=a,b` for those with one of these."""
    one = singular(name)
    found = field_of(key if plain(one) in ("id", plain(key)) else one, properties, schemas) if one != name else None
    if found is None or not schemas.kinds(found[1]) & {"string", "integer"} or "array" in schemas.kinds(found[1]):
        return None
    return {"fields": [found[0]], "compare": "in"}


def _range(name: str, properties: Mapping[str, Json], schemas: Schemas) -> Words | None:
    """`created_after`, `updated_since`, `due_before`, `min_amount`: a bound of a time or number that the record has."""
    if match := RANGE.fullmatch(name):
        is_known = is_created if match[1].lower().startswith("creat") else is_updated
        compare = COMPARISONS[match[2].lower()]
        for prefix, group in (("", properties), *_held(properties, schemas)):
            field = next((one for one in group if is_known(one)), None)
            if field:
                return {"fields": [prefix + field], "compare": compare}
    if match := BOUND.fullmatch(name):
        bounded, word = match[1], match[2]
    elif match := LEAST.fullmatch(name):
        bounded, word = match[2], match[1]
    else:
        return None
    fields = (field_of(f"{bounded}{end}", properties, schemas) for end in ("", "_at", "_on", "_date", "_time"))
    found = next((one for one in fields if one and _is_measured(one[1], schemas)), None)
    return {"fields": [found[0]], "compare": COMPARISONS[word.lower()]} if found else None


def _held(properties: Mapping[str, Json], schemas: Schemas) -> Iterator[tuple[str, Mapping[str, Json]]]:
    """What holds a record's fields, and those fields."""
    for holder in HOLDERS:
        if holder in properties:
            yield f"{holder}.", schemas.properties(properties[holder])


def _is_measured(node: Json, schemas: Schemas) -> bool:
    """Whether a property holds times or numbers, which can be compared."""
    node, kinds = schemas.follow(node), schemas.kinds(node)
    is_time = isinstance(node, dict) and node.get("format") in ("date-time", "date")
    return is_time or ("string" not in kinds and bool(kinds & {"integer", "number"}))


def _sort(one: Asked, known: Iterable[Asked], properties: Mapping[str, Json], schemas: Schemas) -> Json | None:
    """The words of `sort` for a parameter that names the properties to sort by; None where its choices name others."""
    node = schemas.follow(schemas.look_up(one.schema))
    items = schemas.follow(schemas.items(node)) if schemas.items(node) else node
    choices = items.get("enum") if isinstance(items, dict) else None
    if choices and all(isinstance(each, str) and each.lstrip("-") in properties for each in choices):
        return _directed(one.name, known, schemas)
    if choices and not any(isinstance(each, str) and _sorts_by(each, properties, schemas) for each in choices):
        return None
    if not choices and not schemas.kinds(node) & {"string", "array"}:
        return None
    directed = _directed(one.name, known, schemas)
    return {**(directed if isinstance(directed, dict) else {"by": one.name}), "unknown": "ignore"}


def _sorts_by(choice: str, properties: Mapping[str, Json], schemas: Schemas) -> bool:
    return field_of(re.split(r"[:\s]", choice.lstrip("+-"))[0], properties, schemas) is not None


def _directed(name: str, known: Iterable[Asked], schemas: Schemas) -> Json:
    """A parameter to sort by, and the one beside it that says whether upward or downward."""
    for one in known:
        node = schemas.follow(schemas.look_up(one.schema))
        choices = node.get("enum") if isinstance(node, dict) else None
        ways = {str(each).lower() for each in choices or ()}
        if one.name != name and DIRECTION.fullmatch(one.name) and (not choices or ways & {"desc", "descending"}):
            return {"by": name, "direction": one.name}
    return name


def _texts(properties: Mapping[str, Json], schemas: Schemas) -> Iterator[str]:
    """The properties that a text search looks at: free texts, not ids, times or choices."""
    for prefix, group in (("", properties), *_held(properties, schemas)):
        for name, node in group.items():
            node = schemas.follow(node)
            free = isinstance(node, dict) and "string" in schemas.kinds(node) and not (node.keys() & {"enum", "const"})
            if free and node.get("format") in (None, "email", "phone") and not re.search(r"(^|_)id$|Id$", name):
                yield prefix + name
