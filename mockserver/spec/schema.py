"""JSON Schemas of a document, each compiled once, when it is first needed.

A schema is compiled with just the part of the document that it refers to, so that a document of 3 MB costs nothing
until an operation is called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from mockserver.spec.compiling import Compiler, escaped, pointer_of, split
from mockserver.spec.compiling import Violation as Violation
from mockserver.spec.errors import SpecError
from mockserver.spec.model import Json

KINDS = frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})
LOOSE = 4_096  # nodes of which something is kept: validators of those without a pointer, types, properties
T = TypeVar("T")
JOINS = ("allOf", "oneOf", "anyOf")


@dataclass(frozen=True, slots=True)
class Schema:
    """A compiled schema: `is_valid` for the hot path (about 0.5 µs for an object), `violations` to explain."""

    pointer: str
    node: Json
    kinds: frozenset[str]
    is_valid: Callable[[Json], bool]
    violations: Callable[[Json], list[Violation]] = field(repr=False)  # all that is wrong, in the document's order
    told: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)  # what was said of violations before


class Schemas:
    """The schemas of one document, by JSON pointer and by the way they are used.

    `mode` is 'request' (readOnly properties are not required), 'response' (writeOnly properties are not required) or
    'stored' (as written).
    """

    def __init__(self, content: Mapping[str, Json]) -> None:
        self.content = content
        self._compiled: dict[tuple[str, str], Schema] = {}
        self._loose: dict[tuple[int, str], tuple[Json, Callable[[Json], bool]]] = {}
        self._properties: dict[int, tuple[Json, Mapping[str, Json]]] = {}
        self._kinds: dict[int, tuple[Json, frozenset[str]]] = {}
        self._standing: dict[str, Json] = {}  # what stands at pointers that were looked up
        self._named: dict[Callable[[str], str], dict[str, list[str]]] = {}
        self._compiler = Compiler(content, self.look_up)

    def at(self, pointer: str, mode: str = "stored") -> Schema:
        """The schema at a pointer such as `/components/schemas/User`. Raises SpecError when it can't be compiled."""
        found = self._compiled.get((pointer, mode))
        if found is None:
            found = self._compiled[pointer, mode] = self._compile(pointer, mode)
        return found

    def later(self, pointer: str, mode: str = "stored") -> Schema:
        """The same, compiled when a value is first looked at; it is then that one that can't be raises SpecError."""
        node = self.look_up(pointer)
        return Schema(
            pointer, self.follow(node), self.kinds(node),
            lambda value: self.at(pointer, mode).is_valid(value),
            lambda value: self.at(pointer, mode).violations(value),
        )  # fmt: skip

    def is_valid(self, node: Json, value: Json, mode: str = "stored") -> bool:
        """Whether a value is as a schema node of this document, or one joined from its nodes, has it."""
        known = self._loose.get((id(node), mode))
        if known is None:
            if len(self._loose) >= LOOSE:
                self._loose.clear()
            # the node is held, so that its id stays its own
            known = self._loose[id(node), mode] = node, self._compiler.loose(node, mode, self)
        return known[1](value)

    def look_up(self, pointer: str) -> Json:
        """What stands at a JSON pointer. Raises SpecError when nothing does."""
        known = self._standing.get(pointer)
        if known is not None:
            return known
        node: Json = self.content
        for token in split(pointer):
            try:
                node = node[int(token)] if isinstance(node, list) else node[token]
            except (KeyError, IndexError, ValueError, TypeError):
                raise SpecError(f"nothing stands at #{pointer} in the document") from None
        self._standing[pointer] = node
        return node

    def follow(self, node: Json) -> Json:
        """The schema that a chain of lone `$ref`s leads to; siblings of a `$ref` are kept by not following it."""
        for _ in range(50):
            if not isinstance(node, dict) or "$ref" not in node or KEYWORDS_BESIDE_REF & node.keys():
                return node
            node = self.look_up(pointer_of(node["$ref"]))
        raise SpecError(f"the $ref {node['$ref']} leads round in a circle")

    def parts(self, node: Json, depth: int = 0) -> Iterator[Json]:
        """The schema objects that describe one value: itself and what allOf, anyOf, oneOf and `$ref` join to it."""
        node = self.follow(node)
        if not isinstance(node, dict) or depth > 8:
            return
        yield node
        if "$ref" in node:
            yield from self.parts({"$ref": node["$ref"]}, depth + 1)
        for keyword in JOINS:
            for branch in node.get(keyword) or ():
                yield from self.parts(branch, depth + 1)

    def properties(self, node: Json) -> Mapping[str, Json]:
        """All properties that an object may have, by name, through allOf, anyOf, oneOf and `$ref`."""
        node = self.follow(node)
        if isinstance(node, dict) and not node.keys() & JOINED:
            return node.get("properties") or {}
        return _remembered(self._properties, node, self._joined)

    def _joined(self, node: Json) -> Mapping[str, Json]:
        found: dict[str, Json] = {}
        for part in self.parts(node):
            for name, schema in (part.get("properties") or {}).items():
                found.setdefault(name, schema)
        return found

    def required(self, node: Json) -> set[str]:
        """The properties that each valid object has."""
        node = self.follow(node)
        if not isinstance(node, dict):
            return set()
        names = set(node.get("required") or ())
        if "$ref" in node:
            names |= self.required({"$ref": node["$ref"]})
        for branch in node.get("allOf") or ():
            names |= self.required(branch)
        return names

    def property_schema(self, node: Json, name: str) -> Json | None:
        """The schema of one property; else of additional properties; None when the schema says nothing of it."""
        extra, found = None, []
        for part in self.parts(node):
            if name in (part.get("properties") or {}):
                found.append(part["properties"][name])
            extra = extra or part.get("additionalProperties")
        if found:
            return found[0] if len(found) == 1 else {"allOf": found}
        return extra if isinstance(extra, dict) else None

    def closed(self, node: Json) -> bool:
        """Whether an object may have no other properties than those named."""
        names = ("additionalProperties", "unevaluatedProperties")
        return any(part.get(name) is False for part in self.parts(node) for name in names)

    def items(self, node: Json) -> Json | None:
        """The schema of an array's items; None when it has none."""
        return next((part["items"] for part in self.parts(node) if isinstance(part.get("items"), dict)), None)

    def resolve(self, pointer: str) -> str:
        """The pointer that a chain of lone `$ref`s leads to."""
        for _ in range(50):
            node = self.look_up(pointer)
            if not isinstance(node, dict) or "$ref" not in node or KEYWORDS_BESIDE_REF & node.keys():
                return pointer
            pointer = pointer_of(node["$ref"])
        raise SpecError(f"the $ref at #{pointer} leads round in a circle")

    def member(self, pointer: str, name: str, depth: int = 0) -> str | None:
        """The pointer of a property's schema, of several the one that says most; None when there is none."""
        found = list(self._members(pointer, name, depth))
        return found[0] if len(found) == 1 else max(found, key=self._detail, default=None)

    def _members(self, pointer: str, name: str, depth: int) -> Iterator[str]:
        pointer = self.resolve(pointer)
        node = self.look_up(pointer)
        if not isinstance(node, dict) or depth > 8:
            return
        if name in (node.get("properties") or {}):
            yield self.resolve(f"{pointer}/properties/{escaped(name)}")
        for way in _branches(pointer, node):
            yield from self._members(way, name, depth + 1)

    def _detail(self, pointer: str) -> int:
        node = self.look_up(pointer)
        return len(self.properties(node)) + len(self.properties(self.items(node) or {}))

    def items_pointer(self, pointer: str, depth: int = 0) -> str | None:
        """The pointer of the schema of an array's items; None when it isn't an array's."""
        pointer = self.resolve(pointer)
        node = self.look_up(pointer)
        if not isinstance(node, dict) or depth > 8:
            return None
        if isinstance(node.get("items"), dict):
            return self.resolve(f"{pointer}/items")
        ways = (self.items_pointer(way, depth + 1) for way in _branches(pointer, node))
        return next((found for found in ways if found), None)

    def kinds(self, node: Json) -> frozenset[str]:
        """The JSON types that a schema admits at the top; all seven when it doesn't say."""
        return _remembered(self._kinds, node, self._admitted)

    def _admitted(self, node: Json, depth: int = 0) -> frozenset[str]:
        if isinstance(node, dict) and not node.keys() & SAY_KINDS:  # as most say it: with a single type
            said = node.get("type")
            if isinstance(said, str):
                return SINGLE[said] if said in SINGLE else frozenset([said])
        node = self.follow(node)
        if not isinstance(node, dict) or depth > 8:
            return KINDS if node is not False else frozenset()
        kinds = _own_kinds(node)
        if "$ref" in node:
            kinds &= self._admitted({"$ref": node["$ref"]}, depth + 1)
        for branch in node.get("allOf") or ():
            kinds &= self._admitted(branch, depth + 1)
        for keyword in ("anyOf", "oneOf"):
            if node.get(keyword):
                kinds &= frozenset().union(*(self._admitted(branch, depth + 1) for branch in node[keyword]))
        return kinds

    def is_scalar(self, node: Json) -> bool:
        """Whether a value may be a text or a whole number, such as a key."""
        return not self.kinds(node).isdisjoint(("string", "integer"))

    def components_by(self, naming: Callable[[str], str]) -> Mapping[str, list[str]]:
        """The names of all component schemas by what a function makes of them; gathered once for each function."""
        found = self._named.get(naming)
        if found is None:
            found = self._named[naming] = {}
            for name in (self.content.get("components") or {}).get("schemas") or {}:
                found.setdefault(naming(name), []).append(name)
        return found

    def gather(self, pointers: Iterable[str]) -> None:
        """Says which schemas will be asked for, beside the components: in a document whose schemas all refer to each
        other, they are compiled together."""
        self._compiler.gather(pointers)

    def hides(self, pointer: str, mode: str) -> bool:
        """Whether a schema, or one that it refers to, has properties that a mode leaves out."""
        return self._compiler.hides(pointer, mode)

    def _compile(self, pointer: str, mode: str) -> Schema:
        node = self.look_up(pointer)
        is_valid, violations = self._compiler.at(pointer, mode, self)
        return Schema(pointer, self.follow(node), self.kinds(node), is_valid, violations)


JOINED = frozenset({"$ref", *JOINS})
SAY_KINDS = JOINED | {"enum", "const"}
SINGLE = {kind: frozenset([kind, "integer"] if kind == "number" else [kind]) for kind in KINDS}
KEYWORDS_BESIDE_REF = frozenset(
    {"type", "properties", "required", "allOf", "anyOf", "oneOf", "enum", "const", "items", "additionalProperties",
     "unevaluatedProperties", "minLength", "maxLength", "pattern", "format", "minimum", "maximum", "not", "if"}
)  # fmt: skip


def _remembered(known: dict[int, tuple[Json, T]], node: Json, make: Callable[[Json], T]) -> T:
    """What is made of a node, once: the node is held beside it, so that its id stays its own."""
    found = known.get(id(node))
    if found is None:
        if len(known) >= LOOSE:
            known.clear()
        found = known[id(node)] = node, make(node)
    return found[1]


def _branches(pointer: str, node: Mapping[str, Json]) -> list[str]:
    """The pointers of what is joined to a schema."""
    ways = [f"{pointer}/{word}/{at}" for word in JOINS for at in range(len(node.get(word) or ()))]
    return [*ways, pointer_of(node["$ref"])] if "$ref" in node else ways


def _own_kinds(node: Mapping[str, Json]) -> frozenset[str]:
    said = node.get("type")
    kinds = KINDS if said is None else frozenset([said] if isinstance(said, str) else said)
    if "number" in kinds:
        kinds |= {"integer"}
    values = node["enum"] if isinstance(node.get("enum"), list) else [node["const"]] if "const" in node else None
    if values is not None:
        kinds &= frozenset(kind for value in values for kind in _kinds_of(value))
    return kinds


def _kinds_of(value: Json) -> tuple[str, ...]:
    if value is None:
        return ("null",)
    if isinstance(value, bool):
        return ("boolean",)
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return ("integer", "number")
    return ({float: "number", str: "string", list: "array"}.get(type(value), "object"),)
