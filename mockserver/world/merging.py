"""Schemas made flat: `$ref` and `allOf` joined to one set of keywords, what leaves a choice listed as such."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import Any

Json = Any
Follow = Callable[[Json], Json]  # a node whose `$ref` stands alone -> what it refers to; any other node -> itself

CHOICES, NOTS, PATTERNS, TAGS = "&choices", "&nots", "&patterns", "&tags"  # what a flat node holds beside keywords
HEIRS = "&heirs"  # in a branch: the mapping it is of; in a flat node: the mapping, property and value that name it
KINDS = ("null", "boolean", "integer", "number", "string", "array", "object")
_DEEPEST = 60


class Unsatisfiable(Exception):
    """No value is valid against the schema, as far as was seen."""


def flat(node: Json, follow: Follow) -> dict[str, Json]:
    """The node's keywords and those of all that it refers to or has in `allOf`, as one object.

    `oneOf`, `anyOf`, `if` and `dependentSchemas` become lists of branches under CHOICES: one of each list holds.
    Raises Unsatisfiable for `false` and for parts that exclude each other.
    """
    result = _flat(node, follow, 0)
    if HEIRS not in result:
        return result
    _, name, tag = result.pop(HEIRS)
    return _tagged(result, name, tag, follow)


def _flat(node: Json, follow: Follow, depth: int) -> dict[str, Json]:
    if depth > _DEEPEST:
        raise Unsatisfiable("the schema refers to itself without end")
    if node is False:
        raise Unsatisfiable("the schema is false")
    if not isinstance(node, Mapping):
        return {}
    if "$ref" in node:
        target = follow({"$ref": node["$ref"]})
        result = _flat(target, follow, depth + 1)
        beside = {word: value for word, value in node.items() if word != "$ref"}
        return merged(_flat(beside, follow, depth + 1), result) if beside else result
    own = {word: value for word, value in node.items() if word not in _JOINED}
    result = {**own, **_normal(own)}
    result.pop("const", None)
    choices = [*_branches(node, "oneOf"), *_branches(node, "anyOf"), *_heirs(node), *_conditions(node)]
    if choices:
        result[CHOICES] = choices
    if "pattern" in node:
        result[PATTERNS] = [node["pattern"]]
    if "not" in node:
        result[NOTS] = [node["not"]]
        if isinstance(node["not"], Mapping) and node["not"].keys() == {"type"}:
            result["type"] = _others(result.get("type") or list(KINDS), _normal(node["not"])["type"])
    for part in node.get("allOf") or ():
        result = merged(result, _flat(part, follow, depth + 1))
    return _as_heir(node, result, follow) if CHOICES in result or HEIRS in result else result


_JOINED = {"allOf", "oneOf", "anyOf", "if", "then", "else", "dependentSchemas", "not", "pattern", "discriminator"}


def _normal(own: Mapping[str, Json]) -> dict[str, Json]:
    """`const` and `type` in one spelling."""
    result: dict[str, Json] = {}
    if "const" in own:
        result["enum"] = [own["const"]]
    if "type" in own:
        kinds = own["type"] if isinstance(own["type"], list) else [own["type"]]
        result["type"] = [kind for kind in kinds if kind in KINDS]
    return result


def _others(kinds: Sequence[str], excluded: Sequence[str]) -> list[str]:
    """The types that remain; a number that is no integer remains where only integers are excluded."""
    gone = {*excluded, *(("integer",) if "number" in excluded else ())}
    return [kind for kind in kinds if kind not in gone]


def _branches(node: Mapping[str, Json], keyword: str) -> list[list[Json]]:
    branches = node.get(keyword)
    if not isinstance(branches, list) or not branches:
        return []
    tag = node.get("discriminator")
    if not isinstance(tag, Mapping) or not isinstance(tag.get("propertyName"), str):
        return [branches]
    return [[{TAGS: [(tag["propertyName"], tag_of(branch, tag), branch)]} for branch in branches]]


def _heirs(node: Mapping[str, Json]) -> list[list[Json]]:
    """The schemas that a discriminator names where nothing else does: those made of this one by `allOf` (4.8.25.3).

    Last comes none of them, for where they exclude what stands around.
    """
    tag = node.get("discriminator")
    mapping = tag.get("mapping") if isinstance(tag, Mapping) else None
    if not isinstance(tag, Mapping) or not mapping or "oneOf" in node or "anyOf" in node:
        return []
    return [[*({TAGS: [(tag["propertyName"], name, {"$ref": to})], HEIRS: mapping} for name, to in mapping.items()),
             {HEIRS: mapping}]]  # fmt: skip


def _as_heir(node: Json, result: dict[str, Json], follow: Follow) -> dict[str, Json]:
    """A flat schema that a discriminator names, without the choice that it is one of, and with its own name.

    What it is made of may have such a name too; its own counts.
    """
    if HEIRS in result:
        mapping, name, _ = result[HEIRS]
        tag = next((tag for tag, to in mapping.items() if follow({"$ref": to}) is node), None)
        return result if tag is None else {**result, HEIRS: (mapping, name, tag)}
    for branches in result[CHOICES]:
        mapping = branches[-1].get(HEIRS) if isinstance(branches[-1], Mapping) else None
        for tag, to in (mapping or {}).items():
            if follow({"$ref": to}) is node:
                name = branches[0][TAGS][0][0]
                return {**_without(result, mapping), HEIRS: (mapping, name, tag)}
    return result


def _without(node: dict[str, Json], mapping: Json) -> dict[str, Json]:
    """A flat node without the choice among what a discriminator's mapping names."""
    left = [one for one in node[CHOICES] if not (isinstance(one[-1], Mapping) and one[-1].get(HEIRS) is mapping)]
    rest = {word: value for word, value in node.items() if word != CHOICES}
    return {**rest, CHOICES: left} if left else rest


def tag_of(branch: Json, discriminator: Mapping[str, Json]) -> str | None:
    """The discriminator's value for a branch: its name in `mapping`, else in the `$ref` (OpenAPI 3.1, 4.8.25)."""
    target = branch.get("$ref") if isinstance(branch, Mapping) else None
    if not isinstance(target, str):
        return None
    last = target.rsplit("/", 1)[-1]
    mapping = discriminator.get("mapping") or {}
    return next((name for name, to in mapping.items() if str(to).rsplit("/", 1)[-1] == last), last)


def _conditions(node: Mapping[str, Json]) -> list[list[Json]]:
    found: list[list[Json]] = []
    if "if" in node:
        met = {"allOf": [node["if"], node.get("then", True)]}
        found.append([met, {"allOf": [{"not": node["if"]}, node.get("else", True)]}])
    for name, schema in (node.get("dependentSchemas") or {}).items():
        found.append([{"allOf": [schema, {"required": [name]}]}, {"properties": {name: False}}])
    return found


def chosen(node: dict[str, Json], branch: Json, follow: Follow) -> dict[str, Json]:
    """A flat node with the first of its choices made. Raises Unsatisfiable when the branch excludes the rest."""
    rest = {word: value for word, value in node.items() if word != CHOICES}
    if len(node[CHOICES]) > 1:
        rest[CHOICES] = node[CHOICES][1:]
    if not isinstance(branch, Mapping) or (TAGS not in branch and HEIRS not in branch):
        return merged(rest, flat(branch, follow))
    if TAGS not in branch:
        return rest
    name, tag, inner = branch[TAGS][0]
    result = merged(rest, flat(inner, follow))
    if HEIRS in branch and CHOICES in result:  # made of what it is chosen for, it brings the same choice along
        result = _without(result, branch[HEIRS])
    return merged(result, {"required": [name]}) if tag is None else _tagged(result, name, tag, follow)


def _tagged(node: dict[str, Json], name: str, tag: str, follow: Follow) -> dict[str, Json]:
    """A flat node whose discriminating property has a value, as far as its schema admits it."""
    own = (node.get("properties") or {}).get(name)
    said = flat(own, follow).get("enum") if own is not None else None
    tagged = {"properties": {name: {"enum": [tag], "type": "string"}}} if said is None or tag in said else {}
    return merged(node, {"type": ["object"], "required": [name], **tagged})


def merged(one: dict[str, Json], other: Mapping[str, Json]) -> dict[str, Json]:
    """Two flat nodes that both hold. Raises Unsatisfiable when they exclude each other."""
    result = dict(one)
    for word, value in other.items():
        if word in _OBJECT_WORDS:
            continue
        join = _JOINS.get(word)
        if word not in result:
            result[word] = value
        elif join is not None:
            result[word] = join(result[word], value)
    if any(word in one or word in other for word in _OBJECT_WORDS):
        result |= _object(one, other)
    if result.get("type") == [] or result.get("enum") == []:
        raise Unsatisfiable("the parts of the schema exclude each other")
    return result


def _kinds(one: Sequence[str], other: Sequence[str]) -> list[str]:
    both = [kind for kind in one if kind in other]
    for first, second in ((one, other), (other, one)):
        if "integer" in first and "number" in second and "integer" not in both:
            both.append("integer")
    return both


def same(one: Json, other: Json) -> bool:
    """Equality as JSON Schema has it: 1 and 1.0 are equal, 1 and true are not (2020-12 core, 4.2.2)."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    return bool(one == other)


def _multiple(one: float, other: float) -> float:
    first, second = Fraction(str(one)), Fraction(str(other))
    found = Fraction(lcm(first.numerator * second.denominator, second.numerator * first.denominator))
    found /= first.denominator * second.denominator
    return int(found) if found.denominator == 1 else float(found)


def both(one: Json, other: Json) -> Json:
    """A schema for what is valid against two."""
    if one is False or other is False:
        return False
    if one is True or one == {} or one is other:
        return other
    return one if other is True or other == {} else {"allOf": [one, other]}


_JOINS: dict[str, Callable[[Any, Any], Json]] = {
    "type": _kinds,
    "enum": lambda one, other: [value for value in one if any(same(value, each) for each in other)],
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains"), max),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains"), min),
    "multipleOf": _multiple,
    **dict.fromkeys((CHOICES, NOTS, PATTERNS), lambda one, other: [*one, *other]),
    **dict.fromkeys(("items", "propertyNames", "unevaluatedItems", "contains"), both),
    **dict.fromkeys(("uniqueItems", "readOnly", "writeOnly"), lambda one, other: one or other),
    "required": lambda one, other: list(dict.fromkeys([*one, *other])),
    "dependentRequired": lambda one, other: {n: [*one.get(n, ()), *other.get(n, ())] for n in {**one, **other}},
    "prefixItems": lambda one, other: [
        both(one[n] if n < len(one) else True, other[n] if n < len(other) else True)
        for n in range(max(len(one), len(other)))
    ],
}
_OBJECT_WORDS = ("properties", "patternProperties", "additionalProperties")


def _object(one: Mapping[str, Json], other: Mapping[str, Json]) -> dict[str, Json]:
    """The properties of both; what one names and the other doesn't must pass the other's `additionalProperties`."""
    first, second = one.get("properties") or {}, other.get("properties") or {}
    names = dict.fromkeys((*first, *second))
    properties = {
        name: both(
            first[name] if name in first else _extra(one, name), second[name] if name in second else _extra(other, name)
        )
        for name in names
    }
    patterns = dict(one.get("patternProperties") or {})
    for pattern, schema in (other.get("patternProperties") or {}).items():
        patterns[pattern] = both(patterns.get(pattern, True), schema)
    extra = both(one.get("additionalProperties", True), other.get("additionalProperties", True))
    result: dict[str, Json] = {"properties": properties}
    if patterns:
        result["patternProperties"] = patterns
    if extra is not True:
        result["additionalProperties"] = extra
    return result


def _extra(node: Mapping[str, Json], name: str) -> Json:
    """What a node says of a property that it doesn't name. Patterns are looked at when the object is made."""
    return True if node.get("patternProperties") else node.get("additionalProperties", True)
