"""What the making of values goes by: how schemas are read, checked and remembered, which type comes first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mockserver.world.dice import Dice
from mockserver.world.merging import CHOICES, HEIRS, TAGS, Follow, Unsatisfiable, chosen, flat
from mockserver.world.patterns import compiled
from mockserver.world.scenes import tokens

Json = Any
IsValid = Callable[[Json, Json], bool]  # (schema node, value)
REALISTIC, PLAIN, MINIMAL = range(3)  # how much a value is dressed up


@dataclass(frozen=True, slots=True)
class Rules:
    """What values are made by. `examples`: whether a schema's own valid example comes before a made-up value."""

    follow: Follow
    is_valid: IsValid
    mode: str = "stored"  # 'request' leaves out readOnly properties, 'response' writeOnly ones
    examples: bool = False
    flats: dict[Any, Any] = field(default_factory=dict, repr=False)  # what was worked out before, by identity

    def flat(self, node: Json) -> dict[str, Json]:
        """The flat form of a node; worked out once."""
        found = self.flats.get(id(node))
        if found is None:
            try:
                found = node, flat(node, self.follow)
            except Unsatisfiable as error:
                found = node, error
            self.flats[id(node)] = found
        if isinstance(found[1], Unsatisfiable):
            raise found[1]
        return found[1]

    def chosen(self, node: dict[str, Json], place: int) -> dict[str, Json]:
        """A flat node with branch `place` of its first choice; worked out once."""
        key = id(node), place
        found = self.flats.get(key)
        if found is None:
            try:
                found = node, chosen(node, node[CHOICES][0][place], self.follow)
            except Unsatisfiable as error:
                found = node, error
            self.flats[key] = found
        if isinstance(found[1], Unsatisfiable):
            raise found[1]
        return found[1]


def is_bare(branch: Json) -> bool:
    """Whether a branch is just `null`, or says nothing: it comes last."""
    if isinstance(branch, Mapping) and HEIRS in branch:
        return TAGS not in branch
    return isinstance(branch, Mapping) and branch.get("type") in ("null", ["null"]) and TAGS not in branch


def is_hidden(schema: Json, hidden: str, rules: Rules) -> bool:
    if not hidden or schema is None:
        return False
    try:
        return rules.flat(schema).get(hidden) is True
    except Unsatisfiable:
        return False


def is_named(node: Mapping[str, Json], name: str) -> bool:
    """Whether `propertyNames` lets a name pass, as far as a pattern or a list tells."""
    keys = node.get("propertyNames")
    if not isinstance(keys, Mapping):
        return keys is not False
    regex = compiled(keys["pattern"]) if "pattern" in keys else None
    long = len(name) > keys.get("maxLength", 1 << 30) or len(name) < keys.get("minLength", 0)
    return not long and (regex is None or bool(regex.search(name))) and name in keys.get("enum", (name,))


def is_nested(schema: Json, rules: Rules) -> bool:
    try:
        node = rules.flat(schema)
    except Unsatisfiable:
        return False
    return "properties" in node or "object" in node.get("type", ()) or CHOICES in node


_TELLING = {
    "object": (
        "properties",
        "required",
        "additionalProperties",
        "patternProperties",
        "minProperties",
        "maxProperties",
        "propertyNames",
        "dependentRequired",
        "unevaluatedProperties",
    ),
    "array": ("items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains", "unevaluatedItems"),
    "string": ("minLength", "maxLength", "format", "contentEncoding", "contentMediaType", "&patterns"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}
_NULL_SHARE = 0.12  # how often a field that may be null is
_NEVER_NULL = frozenset(
    ("first", "last", "name", "email", "created", "updated", "id", "title", "subject", "status", "data")
)


def kind_of(node: Mapping[str, Json], name: str, dice: Dice, level: int) -> str:
    """The JSON type to make: the first that isn't null, mostly; told by other keywords where there is no `type`."""
    kinds = node.get("type")
    if kinds is None:
        return next((str(kind) for kind, words in _TELLING.items() if any(word in node for word in words)), "string")
    solid = [kind for kind in kinds if kind != "null"]
    if not solid:
        if kinds:
            return "null"
        raise Unsatisfiable("the schema admits no type")
    if len(solid) < len(kinds):
        recursive = level == MINIMAL and ("object" in solid or "array" in solid)
        seldom = level != REALISTIC or not _NEVER_NULL.isdisjoint(tokens(name))
        if recursive or (not seldom and dice.child(name + "?").chance(_NULL_SHARE)):
            return "null"
    return str(solid[0] if len(solid) == 1 or level == REALISTIC else dice.pick(solid))


def is_of(one: Json, kinds: list[str]) -> bool:
    if isinstance(one, bool):
        return "boolean" in kinds
    if isinstance(one, int) or (isinstance(one, float) and one.is_integer()):
        return "integer" in kinds or "number" in kinds
    kind = {str: "string", float: "number", list: "array", dict: "object", type(None): "null"}.get(type(one), "")
    return kind in kinds
