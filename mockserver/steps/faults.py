"""What is wrong with an input, in plain words that follow the field's name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from mockserver.spec.errors import nearest
from mockserver.spec.model import Json
from mockserver.spec.pointers import join
from mockserver.spec.schema import Schema, Schemas, Violation
from mockserver.steps.call import Fault
from mockserver.world.merging import tag_of

MAX_FAULTS = 50  # of one request; more help nobody
LISTED = 20  # allowed values named in one sentence
SHORT = 5  # allowed values among which anyone finds the one that was meant
UNKNOWN = ("additionalProperties", "unevaluatedProperties")
Path = tuple[str | int, ...]
_BEGINNING = re.compile(r"""\^((?:[\w\s@%&#=:;,~'"<>!/-]|\\[^\w\s])+)""")
_ESCAPED = re.compile(r"\\(?=\W)")

FORMATS: Mapping[str, str] = {
    "date": "date, such as 2024-01-31",
    "date-time": "date-time, such as 2024-01-31T09:30:00Z",
    "duration": "ISO 8601 duration, such as PT2H",
    "email": "email address",
    "hostname": "host name",
    "idn-email": "email address",
    "idn-hostname": "host name",
    "ipv4": "IPv4 address",
    "ipv6": "IPv6 address",
    "iri": "IRI",
    "json-pointer": "JSON pointer",
    "regex": "regular expression",
    "time": "time, such as 09:30:00Z",
    "uri": "URI",
    "uri-reference": "URI or relative reference",
    "uuid": "UUID",
}

BOUNDS = {  # keyword -> lower and upper keyword, unit in the singular, verb
    "minimum": ("minimum", "maximum", "", "be"),
    "maximum": ("minimum", "maximum", "", "be"),
    "minLength": ("minLength", "maxLength", "character", "be"),
    "maxLength": ("minLength", "maxLength", "character", "be"),
    "minItems": ("minItems", "maxItems", "item", "have"),
    "maxItems": ("minItems", "maxItems", "item", "have"),
    "minProperties": ("minProperties", "maxProperties", "field", "have"),
    "maxProperties": ("minProperties", "maxProperties", "field", "have"),
}

CLAUSES: Mapping[str, Callable[[Any], str]] = {
    "const": lambda limit: f"must be {shown(limit)}",
    "contains": lambda limit: "must contain a fitting item",
    "enum": lambda limit: f"must be one of {listed(limit)}" if len(limit) > 1 else f"must be {listed(limit)}",
    "exclusiveMaximum": lambda limit: f"must be less than {shown(limit)}",
    "exclusiveMinimum": lambda limit: f"must be more than {shown(limit)}",
    "falseSchema": lambda limit: "is not allowed",
    "format": lambda limit: f"must be a valid {FORMATS.get(limit, limit)}",
    "multipleOf": lambda limit: f"must be a multiple of {shown(limit)}",
    "not": lambda limit: "is of a form that is not allowed",
    "pattern": lambda limit: _begins(limit) or f"must match the pattern {limit}",
    "propertyNames": lambda limit: "has a field whose name is not allowed",
    "required": lambda limit: "is required",
    "required-unless": lambda limit: f"is required unless {listed(limit)} is given",
    "type": lambda limit: f"must be {typed([limit] if isinstance(limit, str) else limit)}",
    "uniqueItems": lambda limit: "must not hold the same item twice",
}


BY_VALUE = frozenset({"anyOf", "oneOf", "required-unless"})  # told by more than the place, the keyword and its limit
CHOICES = frozenset({"enum", "const"})  # whose limit may be that of several branches together
INVOLVED = frozenset({"anyOf", "oneOf", "type", "unevaluatedProperties"})  # that bear on other violations
OF_SCALARS = frozenset({"enum", "const", "pattern", "format", "multipleOf", "exclusiveMinimum", "exclusiveMaximum"})
REMEMBERED = 256  # faults of one schema


def faults_of(schema: Schema, value: Json, where: str, schemas: Schemas, name: str = "") -> tuple[Fault, ...]:
    """Everything that is wrong with a value, at most MAX_FAULTS; `name` is the parameter's, empty for a body.

    Never empty for a value that `schema.is_valid` refuses.
    """
    raw = schema.violations(value)
    if INVOLVED.isdisjoint([one.keyword for one in raw]):
        told = dict.fromkeys([_told(one, where, schema, schemas, name) for one in raw])
        return tuple(told)[:MAX_FAULTS] or (Fault(where, name, name, "is not valid"),)
    found = [one for each in raw for one in _named(each, schema.node, schemas)]
    violations = [one for each in found for one in flat(each)]
    wrong_type = {one.path for one in violations if one.keyword == "type"}
    telling = [one for one in violations if one.keyword == "type" or one.path not in wrong_type]
    known = [one for one in telling if not _hollow(one, schema.node, schemas)]
    faults = dict.fromkeys(_told(one, where, schema, schemas, name) for one in known or telling)
    return tuple(faults)[:MAX_FAULTS] or (Fault(where, name, name, "is not valid"),)


def _told(violation: Violation, where: str, schema: Schema, schemas: Schemas, name: str) -> Fault:
    """The fault of a violation. What is said of a keyword at a place never changes, so it is said once."""
    if violation.keyword in BY_VALUE or len(violation.path) > 2:
        return fault_of(violation, where, schema.node, schemas, name)
    limit = str(violation.limit) if violation.keyword in CHOICES else ""
    label = (violation.keyword, violation.path, where, name, limit)
    found = schema.told.get(label)
    if violation.keyword == "enum" and len(violation.limit) > SHORT and isinstance(violation.value, str):
        fault = found or fault_of(violation, where, schema.node, schemas, name)
        hint = close(violation.value, [one for one in violation.limit if isinstance(one, str)])
        return fault._replace(detail=fault.detail + hint) if "did you mean" in hint else fault
    if found is None:
        if len(schema.told) >= REMEMBERED:
            schema.told.clear()
        found = schema.told[label] = fault_of(violation, where, schema.node, schemas, name)
    return found


def fault_of(violation: Violation, where: str, node: Json, schemas: Schemas, name: str = "") -> Fault:
    """The fault that tells of one violation of the schema `node`; its `field` is dotted, such as `metadata.team`."""
    path = violation.path
    if violation.keyword in UNKNOWN and path:
        names = schemas.properties(node_at(node, path[:-1], schemas))
        detail = f"is not a known field{close(str(path[-1]), names)}"
    elif violation.keyword in BOUNDS:
        detail = _bound(violation, node_at(node, path, schemas), schemas)
    elif violation.keyword in ("anyOf", "oneOf") and all(violation.branches):
        detail = _none_fits(violation)
    elif violation.keyword == "oneOf":
        detail = _many_fit(node_at(node, path, schemas))
    else:
        words = CLAUSES.get(violation.keyword)
        detail = words(violation.limit) if words else f"is not valid: {violation.message[:200]}"
    field = ".".join(map(str, (name, *path) if name else path))
    return Fault(where, name or join("", *path), field, detail)


def flat(violation: Violation) -> Iterator[Violation]:
    """A violation of anyOf or oneOf as those of the branch that was most likely meant; any other as it is."""
    if violation.keyword not in ("anyOf", "oneOf") or not all(violation.branches):
        yield violation
        return
    branches = [[one for found in branch for one in flat(found)] for branch in violation.branches]
    meant = [branch for branch in branches if not any(_other_type(one, violation.path) for one in branch)]
    if len(meant) > 1 and (tags := _tags(meant)):
        meant = [branch for branch in meant if not any(map(_tag, branch))] or [tags]
    if len(meant) == 1:
        others = [branch for branch in branches if _wants_another_type(branch, violation.path)]
        if others and len(meant[0]) == 1 and meant[0][0].path == violation.path and meant[0][0].keyword in OF_SCALARS:
            both = tuple(map(tuple, [*meant, *others]))
            yield Violation(violation.path, violation.keyword, None, violation.value, violation.message, both)
        else:
            yield from meant[0]
    elif len(meant) > 1 and all(_lacks_one(branch, violation.path) for branch in meant):
        yield from _each_unless(list(dict.fromkeys(branch[0].path for branch in meant)), violation)
    elif not meant or all(_only(branch, violation.path) for branch in meant):
        yield Violation(violation.path, violation.keyword, None, violation.value, violation.message,
                        tuple(map(tuple, meant or branches)))  # fmt: skip
    else:
        yield from min(meant, key=len)


def _named(violation: Violation, node: Json, schemas: Schemas) -> Iterator[Violation]:
    """A violation of anyOf or oneOf as those of the branch that a discriminator names (OpenAPI 3.1, 4.8.25)."""
    if not violation.branches:
        yield violation
        return
    inner = [[one for found in branch for one in _named(found, node, schemas)] for branch in violation.branches]
    violation, value = violation._replace(branches=tuple(map(tuple, inner))), violation.value
    for part in schemas.parts(node_at(node, violation.path, schemas)) if isinstance(value, Mapping) else ():
        tag, branches = part.get("discriminator"), part.get(violation.keyword)
        if isinstance(tag, Mapping) and isinstance(branches, list) and len(branches) == len(violation.branches):
            names = [tag_of(branch, tag) for branch in branches]
            name = str(tag.get("propertyName"))
            if name not in value or None in names:
                continue
            if value[name] in names:
                yield from violation.branches[names.index(value[name])]
            else:
                yield Violation((*violation.path, name), "enum", names, value[name], violation.message)
            return
    yield violation


def node_at(node: Json, path: Path, schemas: Schemas) -> Json:
    """The schema of the value at `path` within a value of the schema `node`; {} where it says nothing."""
    for token in path:
        found = schemas.items(node) if isinstance(token, int) else schemas.property_schema(node, token)
        if found is None:
            return {}
        node = found
    return schemas.follow(node)


def close(word: str, known: Mapping[str, Json] | Sequence[str]) -> str:
    """` (did you mean 'email'?)` or the names that are known, for a word of reasonable length."""
    return nearest(word, known) if len(word) <= 64 else ""


def shown(value: Json) -> str:
    """A value as people write it: text bare, anything else as JSON, both cut after 80 characters."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    text = value if isinstance(value, str) else orjson.dumps(value, default=str).decode()
    return text if len(text) <= 80 else text[:79] + "…"


def listed(values: Sequence[Json], last: str = "or") -> str:
    """`admin, editor or viewer`."""
    words = [shown(value) for value in values]
    if len(words) > LISTED:
        words = [*words[:LISTED], f"{len(words) - LISTED} more"]
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""


def typed(kinds: Sequence[str]) -> str:
    """`a string or null`."""
    article = {"integer": "an ", "array": "an ", "object": "an ", "null": ""}
    return listed([article.get(kind, "a ") + kind for kind in sorted(kinds, key="null".__eq__)])


def _bound(violation: Violation, node: Json, schemas: Schemas) -> str:
    """`must be between 1 and 100`, or one bound where there is one."""
    lower, upper, unit, verb = BOUNDS[violation.keyword]
    parts = list(schemas.parts(node))
    low = next((part[lower] for part in parts if lower in part), None)
    high = next((part[upper] for part in parts if upper in part), None)
    limit = violation.limit
    if violation.keyword in ("minLength", "minItems", "minProperties") and limit == 1:
        return "must not be empty"
    number = violation.keyword in ("minimum", "maximum")
    if limit in (low, high) and low is not None and high is not None and low < high and (number or low > 0):
        return f"must {verb} between {shown(low)} and {shown(high)}" + (f" {unit}s" if unit else "")
    most = "at most" if violation.keyword == upper else "at least"
    return f"must {verb} {most} {shown(limit)}" + (f" {unit}{'' if limit == 1 else 's'}" if unit else "")


def _begins(pattern: str) -> str | None:
    """`must begin with usr_` for `^usr_`; None for what is more than a beginning."""
    literal = _BEGINNING.fullmatch(pattern)
    return f"must begin with {re.sub(_ESCAPED, '', literal[1])}" if literal else None


def _none_fits(violation: Violation) -> str:
    """What to do when no branch of anyOf or oneOf fits and none was clearly meant."""
    ends = [branch for branch in violation.branches if branch]
    broken = [one for branch in ends for one in branch]
    keywords = {one.keyword for one in broken}
    if keywords == {"required"}:
        sets = [listed([str(one.path[-1]) for one in branch], "and") for branch in ends]
        names = listed(list(dict.fromkeys(sets)))
        return f"{names} is required" if not violation.path else f"must have {names}"
    if keywords == {"type"}:
        kinds = [kind for one in broken for kind in ([one.limit] if isinstance(one.limit, str) else one.limit)]
        return f"must be {typed(list(dict.fromkeys(kinds)))}"
    if keywords <= {"enum", "const"}:
        values = [value for one in broken for value in (one.limit if one.keyword == "enum" else [one.limit])]
        return f"must be one of {listed(values)}"
    words = [CLAUSES[one.keyword](one.limit) for one in broken if one.keyword in CLAUSES]
    telling = len(words) == len(broken) > 0
    if not telling:
        return "fits none of the allowed forms"
    return _either(list(dict.fromkeys(words)))


def _either(words: list[str]) -> str:
    """Clauses of which one must hold, in one: `must be a valid date, such as 2024-01-31, or a valid date-time, …`."""
    verb = "must be " if all(one.startswith("must be ") for one in words) else "must "
    first, *others = words
    comma = "," if any("," in one or " or " in one for one in words) else ""
    return f"{comma} or ".join([first, *(one.removeprefix(verb) for one in others)])


def _only(branch: Sequence[Violation], path: Path) -> bool:
    """Whether a branch failed by what can be told in one clause about the value at `path`."""
    if all(one.keyword == "required" and one.path[:-1] == path for one in branch):
        return True
    return len(branch) == 1 and branch[0].path == path and branch[0].keyword not in BOUNDS


def _lacks_one(branch: Sequence[Violation], path: Path) -> bool:
    """Whether a branch failed by one missing property of the value at `path`."""
    return len(branch) == 1 and branch[0].keyword == "required" and branch[0].path[:-1] == path


def _each_unless(paths: Sequence[Path], violation: Violation) -> Iterator[Violation]:
    """For properties of which one must be there, one violation each, which names the others."""
    for path in paths:
        others = [other[-1] for other in paths if other != path]
        yield Violation(path, "required-unless", others, None, violation.message)


def _other_type(violation: Violation, path: Path) -> bool:
    return violation.keyword == "type" and violation.path == path


def _wants_another_type(branch: Sequence[Violation], path: Path) -> bool:
    """Whether a branch failed by nothing but the type of the value at `path`; that it may be null is no help."""
    return len(branch) == 1 and _other_type(branch[0], path) and branch[0].limit not in ("null", ["null"])


def _tag(violation: Violation) -> bool:
    """Whether a branch's discriminating property has another value."""
    return violation.keyword in ("const", "enum") and bool(violation.path) and isinstance(violation.value, str)


def _tags(branches: Sequence[Sequence[Violation]]) -> list[Violation]:
    """What to say when every branch wants another value of one property: all of these values; else nothing."""
    tags = [one for branch in branches for one in branch if _tag(one)]
    if len({one.path for one in tags}) != 1:
        return []
    values = [value for one in tags for value in (one.limit if one.keyword == "enum" else [one.limit])]
    return [Violation(tags[0].path, "enum", values, tags[0].value, tags[0].message)]


def _many_fit(node: Json) -> str:
    """What to do when several branches of oneOf fit."""
    branches = node.get("oneOf") or () if isinstance(node, dict) else ()
    if branches and all(isinstance(one, dict) and one.keys() <= {"required", "title"} for one in branches):
        return f"must have only one of {listed([name for one in branches for name in one.get('required', ())])}"
    return "fits more than one of the forms of which only one may fit"


def _hollow(violation: Violation, node: Json, schemas: Schemas) -> bool:
    """A known property that only counts as unevaluated because something else is wrong with it."""
    if violation.keyword != "unevaluatedProperties":
        return False
    return str(violation.path[-1]) in schemas.properties(node_at(node, violation.path[:-1], schemas))
