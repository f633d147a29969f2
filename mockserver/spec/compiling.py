"""Validators of a document's schemas: each is compiled with just the part of the document that it refers to.

Where schemas refer to each other so much that each would hold all of them, all share one validator: compiled for
each of 200 such schemas, they would take seconds and gigabytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote, unquote

import jsonschema_rs

from mockserver.spec.errors import SpecError
from mockserver.spec.model import Json
from mockserver.spec.sparse import place

DATA_KEYWORDS = frozenset({"example", "examples", "default", "enum", "const"})  # what stands there is no schema
UNUSED = frozenset({"description", "title", "xml", "externalDocs", "discriminator", "$id", "$schema", "$comment"})
HIDDEN_IN = {"request": "readOnly", "response": "writeOnly"}  # OpenAPI 3.0, 4.7.24.1: not required in this direction
SIZES = {
    **{f"int{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": (0, 2**bits - 1) for bits in (8, 16, 32, 64)},
}
ANY_SIZE = (-(2**63), 2**64 - 1)
MANY = 24  # schemas that one refers to, directly or not, from where on it is compiled together with others
AT = "x-mock-at"  # in place of `$ref`, where what is referred to has a validator of its own

IsValid = Callable[[Json], bool]


class Violation(NamedTuple):
    """One keyword that a value breaks; `path` leads to the value, or to the property that is missing or unknown."""

    path: tuple[str | int, ...]
    keyword: str
    limit: Json  # the keyword's value
    value: Json
    message: str
    branches: tuple[tuple[Violation, ...], ...] = ()  # of anyOf and oneOf


def violations_of(error: Any, skipped: int = 0) -> Iterator[Violation]:
    """The violations that an error of a validator tells, without the first tokens of their paths."""
    path, keyword, limit = tuple(error.instance_path)[skipped:], error.kind.name, getattr(error.kind, "value", None)
    if keyword in ("required", "dependentRequired"):
        yield Violation((*path, error.kind.property), "required", True, None, error.message)
    elif keyword in ("additionalProperties", "unevaluatedProperties"):
        for name in error.kind.unexpected:
            yield Violation((*path, name), keyword, False, None, error.message)
    else:
        branches: tuple[tuple[Violation, ...], ...] = ()
        if keyword in ("anyOf", "oneOf") and hasattr(error.kind, "context"):
            branches = tuple(
                tuple(v for e in branch for v in violations_of(e, skipped)) for branch in error.kind.context
            )
            limit = None
        yield Violation(path, keyword, limit, error.instance, error.message, branches)


SIMPLE = frozenset({"type", "enum", "const", "format", "pattern", "minLength", "maxLength", "minimum", "maximum"})


class Found(NamedTuple):
    """A compiled schema: `is_valid` for the hot path, `violations` to explain."""

    is_valid: IsValid
    violations: Callable[[Json], list[Violation]]


class Validators(Protocol):
    """What has the validators of other schemas of the same document."""

    def at(self, pointer: str, mode: str = "stored") -> Any: ...


class Compiler:
    """Compiles the schemas of one document, by JSON pointer and mode (see `Schemas`)."""

    def __init__(self, content: Mapping[str, Json], look_up: Callable[[str], Json]) -> None:
        self._content, self._look_up = content, look_up
        self._parts: dict[tuple[str, str], tuple[Json, frozenset[str]]] = {}
        self._gathered: set[str] = set()
        self._hiding: dict[tuple[str, str], bool] = {}  # by pointer and mode: whether a part has hidden properties
        self._together: dict[str, tuple[Any, frozenset[str]]] = {}

    def gather(self, pointers: Iterable[str]) -> None:
        """Adds to the schemas that are compiled together."""
        self._gathered.update(pointers)

    def at(self, pointer: str, mode: str, others: Validators) -> Found:
        """The schema at a pointer. Raises SpecError when it can't be compiled."""
        placed = self._reach([pointer], mode)
        if len(placed) > MANY:
            together, members = self._all(mode)
            if pointer in members:
                return Found(lambda value: together.is_valid({pointer: value}), _explainer(together, pointer))
            own, references = self._part(pointer, mode)
            if references <= members and not _counts_on_references(own):
                return _found(self._apart(own, mode, others))
        return _found(validator({"$ref": f"#{_quote(pointer)}", **_rooted(placed)}, pointer))

    def loose(self, node: Json, mode: str, others: Validators) -> IsValid:
        """A schema that has no pointer, though what it refers to has."""
        references: set[str] = set()
        own = _adapted(node, HIDDEN_IN.get(mode, ""), references)
        if not isinstance(own, dict) or own.keys() == {"$ref"}:
            lone = others.at(next(iter(references)), mode) if references else validator(own, "")
            return lone.is_valid  # type: ignore[no-any-return]
        placed = self._reach(sorted(references), mode)
        if len(placed) > MANY and references <= self._all(mode)[1] and not _counts_on_references(own):
            return self._apart(own, mode, others).is_valid  # type: ignore[no-any-return]
        return validator({**_rooted(placed), **own}, "").is_valid  # type: ignore[no-any-return]

    def hides(self, pointer: str, mode: str) -> bool:
        """Whether a schema, or one that it refers to, has properties that this direction doesn't show."""
        keyword, known = HIDDEN_IN.get(mode, ""), self._hiding
        placed = self._reach([pointer], mode) if keyword else {}
        known |= {(one, mode): _has(part, keyword) for one, part in placed.items() if (one, mode) not in known}
        return any(known[one, mode] for one in placed)

    def _all(self, mode: str) -> tuple[Any, frozenset[str]]:
        """One validator of an object whose properties are pointers, and their values what stands there."""
        found = self._together.get(mode)
        if found is None:
            components = self._content.get("components")
            named = (components if isinstance(components, dict) else {}).get("schemas") or {}
            members = {*self._gathered, *(f"/components/schemas/{escaped(name)}" for name in named)}
            try:
                found = self._compiled_together(members, mode)
            except SpecError:  # those to blame are compiled, and told of, when they are needed
                bad = {one for one, part in self._reach(sorted(members), mode).items() if not _compiles(part)}
                found = self._compiled_together(
                    {one for one in members if not bad & self._reach([one], mode).keys()}, mode
                )
            self._together[mode] = found
        return found

    def _compiled_together(self, members: set[str], mode: str) -> tuple[Any, frozenset[str]]:
        whole = {"properties": {one: {"$ref": f"#{_quote(one)}"} for one in members}}
        return validator({**whole, **_rooted(self._reach(sorted(members), mode))}, ""), frozenset(members)

    def _apart(self, own: Json, mode: str, others: Validators) -> Any:
        """A validator of a schema that asks others' validators about what it refers to."""

        class At:
            def __init__(self, _: Json, pointer: str, __: Any) -> None:
                self.is_valid = others.at(pointer, mode).is_valid

            def validate(self, instance: Json) -> None:
                if not self.is_valid(instance):
                    raise ValueError("is not as the schema says that it refers to")

        return validator(_asking(own), "", keywords={AT: At})

    def _reach(self, wanted: list[str], mode: str) -> dict[str, Json]:
        """The parts of the document that some pointers lead to, by their own pointers."""
        placed = dict[str, Json]()
        while wanted:
            target = wanted.pop()
            if target not in placed:
                placed[target], references = self._part(target, mode)
                wanted.extend(references)
        return placed

    def _part(self, pointer: str, mode: str) -> tuple[Json, frozenset[str]]:
        found = self._parts.get((pointer, mode))
        if found is None:
            references: set[str] = set()
            node = _adapted(self._look_up(pointer), HIDDEN_IN.get(mode, ""), references)
            found = self._parts[pointer, mode] = node, frozenset(references)
        return found


def _found(one: Any) -> Found:
    return Found(one.is_valid, lambda value: _all(one.iter_errors(value)))


def _explainer(together: Any, pointer: str) -> Callable[[Json], list[Violation]]:
    return lambda value: _all(together.iter_errors({pointer: value}), 1)


def _all(errors: Iterable[Any], skipped: int = 0) -> list[Violation]:
    found: list[Violation] = []
    for error in errors:
        keyword = error.kind.name
        if keyword in SIMPLE:  # as most are: the same as below, without a generator
            path, limit = tuple(error.instance_path[skipped:]), getattr(error.kind, "value", None)
            found.append(Violation(path, keyword, limit, error.instance, error.message))
        else:
            found.extend(violations_of(error, skipped))
    return found


def _has(node: Json, keyword: str) -> bool:
    """Whether a keyword that is true stands anywhere in a schema."""
    if isinstance(node, list):
        return any(_has(one, keyword) for one in node)
    if not isinstance(node, dict):
        return False
    return node.get(keyword) is True or any(_has(one, keyword) for one in node.values())


def _counts_on_references(own: Json) -> bool:
    """Whether a schema has keywords that look at what `$ref`s beside them have looked at (2020-12, section 11)."""
    if isinstance(own, list):
        return any(map(_counts_on_references, own))
    if not isinstance(own, dict):
        return False
    return any(name.startswith("unevaluated") or _counts_on_references(value) for name, value in own.items())


def _compiles(part: Json) -> bool:
    """Whether a part of the document is a schema, whatever it refers to."""
    try:
        validator(_asking(part), "", keywords={AT: _Nothing})
    except SpecError:
        return False
    return True


class _Nothing:
    """A keyword that holds for everything."""

    def __init__(self, _: Json, __: Json, ___: Any) -> None: ...

    def validate(self, _: Json) -> None: ...


def _asking(own: Json) -> Json:
    """A schema with a question in place of each `$ref`."""
    if isinstance(own, list):
        return [_asking(one) for one in own]
    if not isinstance(own, dict):
        return own
    return {
        AT if name == "$ref" and isinstance(value, str) else name:
        pointer_of(value) if name == "$ref" and isinstance(value, str)
        else value if name in ("enum", "const") else _asking(value)
        for name, value in own.items()
    }  # fmt: skip


def _rooted(placed: Mapping[str, Json]) -> dict[str, Json]:
    """Parts of the document, each where it stands."""
    root = dict[str, Json]()
    for target in sorted(placed, key=len):
        place(root, split(target), placed[target])
    return root


def split(pointer: str) -> list[str]:
    """The tokens of a JSON pointer (RFC 6901, section 4)."""
    parts = pointer.split("/")[1:]
    return [token.replace("~1", "/").replace("~0", "~") for token in parts] if "~" in pointer else parts


def escaped(token: str) -> str:
    """A token as it stands in a JSON pointer."""
    return token.replace("~", "~0").replace("/", "~1")


def pointer_of(reference: str) -> str:
    """The pointer that a `$ref` within the document means: percent-escapes of its fragment are undone."""
    return unquote(reference.removeprefix("#")) if "%" in reference else reference.removeprefix("#")


def _quote(pointer: str) -> str:
    return quote(pointer, safe="/~!$&'()*+,;=:@-._")


def _adapted(node: Json, hidden: str, references: set[str]) -> Json:
    """A schema without what validation doesn't need, hidden properties not required; notes the `$ref`s met."""
    if isinstance(node, list):
        return [_adapted(one, hidden, references) for one in node]
    if not isinstance(node, dict):
        return node
    result: dict[str, Json] = {}
    for name, value in node.items():
        if name == "$ref" and isinstance(value, str):
            references.add(pointer_of(value))
            result[name] = f"#{_quote(pointer_of(value))}"
        elif name in ("enum", "const"):
            result[name] = value
        elif name in DATA_KEYWORDS or name.startswith("x-") or name in UNUSED:
            continue
        elif name in ("properties", "patternProperties", "$defs", "dependentSchemas") and isinstance(value, dict):
            result[name] = {key: _adapted(one, hidden, references) for key, one in value.items()}
        else:
            result[name] = _adapted(value, hidden, references)
    if "integer" in (result.get("type") or ()) or "format" in result:
        _bounded(result, hidden == HIDDEN_IN["request"])
    if hidden and isinstance(result.get("required"), list) and isinstance(node.get("properties"), dict):
        properties = node["properties"]
        result["required"] = [
            one for one in result["required"]
            if not (isinstance(properties.get(one), dict) and properties[one].get(hidden) is True)
        ]  # fmt: skip
    return result


def _bounded(schema: dict[str, Json], is_sent: bool) -> None:
    """Gives an integer the bounds of its format (OpenAPI 3.1, 4.4; spec.openapis.org/registry/format); one that is sent
    without a format those of what can be sent back as an integer (RFC 8259, section 6)."""
    kinds = schema.get("type") or ()
    size = SIZES.get(str(schema.get("format"))) or (ANY_SIZE if is_sent and "number" not in kinds else None)
    if size and ("integer" in kinds or "number" in kinds):
        schema["minimum"] = max(schema.get("minimum", size[0]), size[0])
        schema["maximum"] = min(schema.get("maximum", size[1]), size[1])


def validator(schema: Json, pointer: str, **more: Any) -> Any:
    """A compiled schema. Raises SpecError, which names `pointer`, for one that can't be."""
    try:
        return jsonschema_rs.Draft202012Validator(schema, validate_formats=True, **more)
    except Exception as error:
        raise SpecError(f"the schema at #{pointer} can't be used: {str(error).splitlines()[0]}") from None
