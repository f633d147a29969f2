"""Whether x-mock and fixtures are written in the words of their vocabularies, and if not, which word was meant.

A vocabulary is a JSON Schema with a description for each word (spec/x-mock.yaml, world/fixtures.yaml).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from mockserver.spec.document import Document
from mockserver.spec.errors import Position, SpecError, nearest
from mockserver.spec.model import Json
from mockserver.spec.paths import of_path_item, operations
from mockserver.spec.pointers import join, look_up, written
from mockserver.spec.text import spelt

WORD = "x-mock"
NAMES = {"object": "a mapping", "array": "a list", "string": "text", "integer": "a whole number", "number": "a number",
         "boolean": "true or false", "null": "null"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A vocabulary, compiled: its root schema by the empty name, and each of its `$defs` that can stand alone."""

    schema: Json
    validators: dict[str, Any]


def vocabulary(schema: Json) -> Vocabulary:
    """Compiles a vocabulary."""
    names = [name for name in ("root", "operation") if name in schema.get("$defs", {})]
    parts: dict[str, Json] = {name: {"$ref": f"#/$defs/{name}", "$defs": schema["$defs"]} for name in names}
    parts = parts or {"": schema}
    return Vocabulary(
        schema, {name: jsonschema_rs.Draft202012Validator(part, validate_formats=True) for name, part in parts.items()}
    )


def check(document: Document, words: Callable[[], Vocabulary]) -> None:
    """Checks all x-mock of a document; `words` is only asked for when there is any. Raises SpecError for a fault."""
    content = document.content
    if WORD in content:
        check_root(document, words())
    for pointer in _places(document):
        check_operation(document, pointer, words())


def check_root(document: Document, words: Vocabulary) -> None:
    """Checks the x-mock at the root of a document."""
    _check(document.content[WORD], words, "root", lambda pointer: document.position(f"/{WORD}{pointer}"))


def check_operation(document: Document, pointer: str, words: Vocabulary) -> None:
    """Checks the x-mock of the operation at a pointer."""
    given = document.at(pointer)[WORD]
    _check(given, words, "operation", lambda below: document.position(f"{pointer}/{WORD}{below}"))


def check_fixtures(content: Json, position: Callable[[str], Position], words: Vocabulary) -> None:
    """Checks a file of fixtures; `position` says where a pointer of it was written."""
    _check(content, words, "", position)


def _places(document: Document) -> Iterator[str]:
    """The operations with an x-mock. Raises SpecError for one that stands where it means nothing."""
    content = document.content
    found = list(operations(content))
    for name, item in (content.get("webhooks") or {}).items():
        if isinstance(item, dict):
            found += of_path_item(content, name, item, ((None, "webhooks"), name))
    for _, _, operation, trail in found:
        if isinstance(operation, dict) and WORD in operation:
            yield written(trail)
    for path, item in (content.get("paths") or {}).items():
        if isinstance(item, dict) and WORD in item:
            place = document.position(join("/paths", path, WORD))
            raise SpecError("x-mock stands at the root of a document or in an operation, not in a path", place)


def _check(value: Json, words: Vocabulary, part: str, position: Callable[[str], Position]) -> None:
    validator = words.validators[part]
    if validator.is_valid(value):
        return
    error = max(validator.iter_errors(value), key=_weight)
    schema = look_up(words.schema, join("", *list(error.schema_path)[:-1]))
    pointer, message = _explained(error, schema)
    raise SpecError(message, position(pointer))


def _weight(error: Any) -> tuple[bool, int]:
    """An unknown word says most; then the fault that lies deepest."""
    return error.kind.name == "additionalProperties", len(error.instance_path)


def _explained(error: Any, schema: Json) -> tuple[str, str]:
    """Where a fault is, and what would be right."""
    pointer, kind = join("", *error.instance_path), error.kind
    if kind.name == "additionalProperties":
        word = kind.unexpected[0]
        return join(pointer, word), f"unknown word {word!r}{nearest(word, schema.get('properties') or ())}"
    if kind.name == "required":
        return pointer, f"the word {kind.property!r} is missing"
    said = spelt(error.instance)
    if kind.name == "enum":
        return pointer, f"{said} is not known here{nearest(str(error.instance), kind.options)}"
    if kind.name == "type":
        types = [kind.types] if isinstance(kind.types, str) else list(kind.types)
        return pointer, f"{said} should be {' or '.join(NAMES.get(one, one) for one in types)}{_description(schema)}"
    if kind.name == "format":
        return pointer, f"{said} should be a {kind.format}{_description(schema)}"
    if kind.name == "propertyNames":
        word = str(kind.error.instance)
        return join(pointer, word), f"unknown word {word!r}{nearest(word, schema.get('enum') or ())}"
    return pointer, f"{error.message}{_description(schema)}"


def _description(schema: Json) -> str:
    words = schema.get("description") if isinstance(schema, dict) else None
    return f". {words.splitlines()[0]}" if words else ""
