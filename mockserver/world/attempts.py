"""One attempt at a value for a schema: each keyword aimed at, at one of three levels of dressing up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.world.dice import Dice
from mockserver.world.merging import CHOICES, NOTS, Unsatisfiable, both
from mockserver.world.naming import is_time, meaning, named
from mockserver.world.patterns import compiled, text_matching
from mockserver.world.rules import (
    MINIMAL,
    PLAIN,
    REALISTIC,
    Rules,
    is_bare,
    is_hidden,
    is_named,
    is_nested,
    is_of,
    kind_of,
)
from mockserver.world.scalars import numeric, text
from mockserver.world.scenes import Scene

Json = Any
_HIDDEN_IN = {"request": "readOnly", "response": "writeOnly"}
_BUDGET = 4000  # nodes that one attempt may visit
_DEEP, _DEEPEST = 6, 24  # from where on only what is required is made, and where it ends
_BRANCHES = 16  # so many of oneOf or anyOf are tried


def examples_of(node: Mapping[str, Json]) -> Iterator[Json]:
    if isinstance(node.get("examples"), list):
        yield from node["examples"][:5]
    for word in ("example", "default"):
        if node.get(word) is not None:
            yield node[word]


class Attempt:
    """One attempt: its budget, and the schemas that it is within."""

    __slots__ = ("left", "rules", "within")

    def __init__(self, rules: Rules) -> None:
        self.rules, self.left = rules, _BUDGET
        self.within: list[int] = []

    def make(self, node: Json, name: str, scene: Scene, level: int, depth: int) -> Json:
        """A value for a node. It holds all keywords that can be aimed at; the others are checked where they stand."""
        self.left -= 1
        if depth > _DEEPEST or self.left < -_BUDGET:
            raise Unsatisfiable("the schema is too deep")
        flattened = self.rules.flat(node)
        if depth >= _DEEP or self.left < 0:
            level = MINIMAL
        if level == REALISTIC and depth and (found := self._example(node, flattened, name, scene)) is not None:
            return found
        if CHOICES not in flattened and NOTS not in flattened:
            return self._flat(flattened, name, scene, level, depth)
        return self._decided(node, flattened, name, scene, level, depth)

    def _example(self, node: Json, flattened: Mapping[str, Json], name: str, scene: Scene) -> Json:
        """The node's own example, when it is valid, and no better value follows from the name."""
        if "enum" in flattened or (not self.rules.examples and (meaning(name) or is_time(name))):
            return None
        if self.rules.examples and scene.index and (meaning(name) or is_time(name)):
            return None
        return next((one for one in examples_of(flattened) if self.rules.is_valid(node, one)), None)

    def _decided(self, node: Json, flattened: dict[str, Json], name: str, scene: Scene, level: int, depth: int) -> Json:
        """A value for a node with choices: branch after branch is tried until the whole node holds."""
        reason = Unsatisfiable("no branch of the schema can be met")
        for attempt, decided in enumerate(self.decisions(flattened, scene.dice, level)):
            if attempt >= _BRANCHES:
                break
            try:
                found = self._flat(decided, name, scene.rolled(attempt) if attempt else scene, level, depth)
            except Unsatisfiable as error:
                reason = error
                continue
            if self.rules.is_valid(node, found):
                return found
        raise reason

    def decisions(self, node: dict[str, Json], dice: Dice, level: int) -> Iterator[dict[str, Json]]:
        """The node with its choices made, one way after the other; without choices itself, as often as asked for."""
        if CHOICES not in node:
            yield node
            return
        branches = node[CHOICES][0]
        start = 0 if self.rules.examples or level else dice.below(len(branches))
        order = sorted(range(len(branches)), key=lambda n: (is_bare(branches[n]), (n - start) % len(branches)))
        rounds = 3 if len(branches) == 1 else 1
        for place in order * rounds:
            try:
                decided = self.rules.chosen(node, place)
            except Unsatisfiable:
                continue
            yield from self.decisions(decided, dice, level)

    def _flat(self, node: dict[str, Json], name: str, scene: Scene, level: int, depth: int) -> Json:
        if "enum" in node:
            return self._listed(node, name, scene, level)
        kind = kind_of(node, name, scene.dice, level)
        if level == REALISTIC and kind in ("integer", "number") and "string" in node.get("type", ()):
            maker = meaning(name)
            kind = "string" if maker is not None and isinstance(maker(scene), str) else kind
        if kind == "object":
            if self.within.count(id(node)) > 1 and level < MINIMAL:
                level = MINIMAL
            self.within.append(id(node))
            try:
                return self._object(node, scene, level, depth)
            finally:
                self.within.pop()
        if kind == "array":
            return self._array(node, name, scene, level, depth)
        if kind == "boolean":
            return named(scene, name, "boolean")
        if kind == "null":
            return None
        if kind == "string":
            return text(node, name, scene.rolled(name), level == REALISTIC)
        return numeric(node, name, scene.rolled(name), kind == "integer", level == REALISTIC)

    def _listed(self, node: Mapping[str, Json], name: str, scene: Scene, level: int) -> Json:
        kinds = node.get("type")
        fitting = [one for one in node["enum"] if kinds is None or is_of(one, kinds)] or node["enum"]
        said = named(scene.rolled(name), name, "string") if level == REALISTIC else None
        solid = [one for one in fitting if one is not None] or fitting
        return said if isinstance(said, str) and said in solid else scene.dice.child(name).pick(solid)

    def _array(self, node: Mapping[str, Json], name: str, scene: Scene, level: int, depth: int) -> list[Json]:
        """Items: those of `prefixItems`, so many that `contains` holds, and as many more as fit."""
        low, high = int(node.get("minItems", 0)), int(node.get("maxItems", 1 << 30))
        prefix, items = node.get("prefixItems") or [], node.get("items", node.get("unevaluatedItems", True))
        wanted = int(node.get("minContains", 1)) if "contains" in node else 0
        usual = 0 if level == MINIMAL else (3 if depth < 2 else 2 if depth < 4 else 1)
        if items is True and not wanted and not low:
            usual = len(prefix)
        count = max(low, min(max(usual, wanted, len(prefix) if level < MINIMAL else 0), high))
        if items is False:
            count = min(count, len(prefix))
        made: list[Json] = []
        for n in range(count * 4 if node.get("uniqueItems") else count):
            if len(made) >= count:
                break
            schema = prefix[len(made)] if len(made) < len(prefix) else items
            if len(made) >= len(prefix) and len(made) - len(prefix) < wanted:
                schema = self._kept(both(schema, node["contains"]), node)
            try:
                item = self.make(schema, name, scene.part(name, n), level if n < count * 3 else PLAIN, depth + 1)
            except Unsatisfiable:
                if len(made) >= max(low, wanted):
                    break
                raise
            if not node.get("uniqueItems") or item not in made:
                made.append(item)
        return made

    def _kept(self, schema: Json, owner: Mapping[str, Json]) -> Json:
        """A schema put together on the way, the same object whenever the same owner asks."""
        return self.rules.flats.setdefault(("kept", id(owner)), (owner, schema))[1]

    def _object(self, node: Mapping[str, Json], scene: Scene, level: int, depth: int) -> dict[str, Json]:
        """The properties of an object: those required, optional ones where there is room, more where asked for."""
        names = self.wanted(node, level)
        made: dict[str, Json] = {}
        for name in names:
            self.property(node, name, scene, made, level, depth)
        low = int(node.get("minProperties", 0))
        open_map = not names and level == REALISTIC and isinstance(node.get("additionalProperties"), Mapping)
        if len(made) < low or (open_map and low == 0 and "propertyNames" not in node):
            self._fill(node, made, max(low, 2 if open_map else 0), scene, level, depth)
        return made

    def wanted(self, node: Mapping[str, Json], level: int) -> list[str]:
        properties, required = node.get("properties") or {}, list(node.get("required") or ())
        hidden = _HIDDEN_IN.get(self.rules.mode, "")
        if hidden:
            required = [name for name in required if not is_hidden(properties.get(name), hidden, self.rules)]
        names = dict.fromkeys(required)
        most = int(node.get("maxProperties", 1 << 30))
        optional = [
            name for name in properties if name not in names and not is_hidden(properties[name], hidden, self.rules)
        ]
        for name in optional:
            needed = len(names) < int(node.get("minProperties", 0))
            if len(names) >= most or not (needed or (level == REALISTIC and not self._within(properties[name]))):
                continue
            if properties[name] is not False and is_named(node, name):
                names[name] = None
        for name in [name for name in names if name in (node.get("dependentRequired") or {})]:
            names.update(dict.fromkeys(node["dependentRequired"][name]))
        known = [name for name in properties if name in names]
        return known + [name for name in names if name not in properties]

    def property(
        self, node: Mapping[str, Json], name: str, scene: Scene, made: dict[str, Json], level: int, depth: int
    ) -> None:
        """Makes one property; an optional one is left out where nothing valid is found."""
        schema = self._schema_of(node, name)
        required = name in node.get("required", ())
        if schema is False:
            if required:
                raise Unsatisfiable(f"{name!r} is required and forbidden")
            return
        part = scene.part(name) if is_nested(schema, self.rules) else scene
        try:
            made[name] = self.make(schema, name, part, level, depth + 1)
        except Unsatisfiable:
            if required:
                raise

    def _within(self, schema: Json) -> bool:
        """Whether making this property would go round in a circle."""
        try:
            return self.within.count(id(self.rules.flat(schema))) > 0 or len(self.within) > _DEEP
        except Unsatisfiable:
            return True

    def _schema_of(self, node: Mapping[str, Json], name: str) -> Json:
        """The schema of a property: its own, joined with those of patterns that it matches; else of additional ones."""
        patterns = node.get("patternProperties") or {}
        properties = node.get("properties") or {}
        fitting = [
            schema for pattern, schema in patterns.items() if (regex := compiled(pattern)) and regex.search(name)
        ]
        if name not in properties and not fitting:
            return node.get("additionalProperties", node.get("unevaluatedProperties", True))
        if not fitting:
            return properties[name]
        key = "property", id(node), name
        found = self.rules.flats.get(key)
        if found is None:
            joined = properties.get(name, True)
            for schema in fitting:
                joined = both(joined, schema)
            found = self.rules.flats[key] = node, joined
        return found[1]

    def _fill(
        self, node: Mapping[str, Json], made: dict[str, Json], count: int, scene: Scene, level: int, depth: int
    ) -> None:
        """Adds properties of free names until there are so many."""
        extra = node.get("additionalProperties", node.get("unevaluatedProperties", True))
        for attempt, name in enumerate(self._free_names(node, scene, extra is False)):
            if len(made) >= count or attempt > count * 20 + 20:
                break
            schema = self._schema_of(node, name)
            if name in made or schema is False:
                continue
            made[name] = self.make(schema, name, scene.rolled(name), level, depth + 1)

    def _free_names(self, node: Mapping[str, Json], scene: Scene, closed: bool) -> Iterator[str]:
        patterns = list(node.get("patternProperties") or ())
        keys = node.get("propertyNames")
        for n in range(1000):
            dice = scene.dice.child(f"key{n}")
            if isinstance(keys, Mapping) and keys:
                texts = self.rules.flats.setdefault(("keys", id(keys)), (keys, {"allOf": [{"type": "string"}, keys]}))[
                    1
                ]
                yield str(self.make(texts, "key", scene.rolled(f"key{n}"), PLAIN, 1))
            elif patterns and (closed or n % 2):
                pattern = patterns[n % len(patterns)]
                yield from _first(text_matching(pattern, dice, 3 + n // 4)) or _first(text_matching(pattern, dice))
            else:
                yield _KEYS[n] if n < len(_KEYS) else f"field_{n}"


_KEYS = ("team", "region", "source", "segment", "office", "plan", "cohort", "channel")


def _first(texts: Iterator[str]) -> list[str]:
    try:
        return [next(texts)]
    except (StopIteration, ValueError):
        return []
