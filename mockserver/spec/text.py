"""YAML and JSON text as plain values, fast and the same on every machine.

YAML is read by the core schema of YAML 1.2 (section 10.3), as OpenAPI asks: `no`, `on` and `2024-01-31` are text. Keys
are always text, as written: `200` is '200'. Values are built from libyaml's events, five times faster than PyYAML's
constructors.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any

import orjson
import yaml

from mockserver.spec.errors import Position, SpecError
from mockserver.spec.model import Json, Note
from mockserver.spec.pointers import join

MAX_DEPTH = 400
MAX_COPIED = 1_000_000  # values that YAML aliases may add: what `*a` stands for is copied, so that a document is a tree

WORDS: dict[str, Json] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
MAY_BE_NUMBER = frozenset("0123456789+-.")


def values(data: bytes, file: str) -> tuple[Json, list[Note]]:
    """The value of a YAML or JSON text (UTF-8), and a note for each key that stands twice in one mapping.

    Raises SpecError, with the line, for text that is neither.
    """
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SpecError(f"not UTF-8: {error.reason} in byte {error.start}", Position(file, "", line)) from None
    if is_json(data):
        try:
            return orjson.loads(data), []
        except orjson.JSONDecodeError as error:
            if file.endswith(".json"):
                raise SpecError(
                    f"not JSON: {error.msg}, column {error.colno}", Position(file, "", error.lineno)
                ) from None
    try:
        return _Builder(file).build(text)
    except yaml.YAMLError as error:
        raise _unreadable(error, file) from None


def is_json(data: bytes) -> bool:
    """Whether a text is to be read as JSON."""
    return data[:200].lstrip()[:1] in (b"{", b"[")


def spelt(value: Json) -> str:
    """A value for people to read in a message: as JSON, no longer than 60 characters."""
    text = orjson.dumps(value).decode()
    return text if len(text) <= 60 else text[:57] + "..."


def scalar(text: str) -> Json:
    """What a plain scalar means by YAML's core schema; a number beyond 64 bits is a float, as in JSON read by most."""
    if text in WORDS:
        return WORDS[text]
    if text[0] in MAY_BE_NUMBER and len(text) < 400:
        if INTEGER.fullmatch(text):
            number = int(text, 0) if text[:2] in ("0o", "0x") else int(text)
            return number if -(2**63) <= number < 2**64 else float(number)
        if FLOAT.fullmatch(text):
            return float(text)
    return text


def _unreadable(error: yaml.YAMLError, file: str) -> SpecError:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    return SpecError(f"not YAML: {problem}", Position(file, "", mark.line + 1 if mark else None))


class _Builder:
    """Values from libyaml's events; `stack` holds the containers that are still open."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.anchors: dict[str, tuple[Json, int]] = {}  # value and how many values are in it
        self.notes: list[Note] = []
        self.count = 0
        self.copied = 0

    def build(self, text: str) -> tuple[Json, list[Note]]:
        root: list[Json] = []
        here: Any = root
        key: str | None = None
        keyed = False
        stack: list[tuple[Any, str | None, str | None, int, bool]] = []  # container, key, anchor, count, has merges
        merges = False
        next_event: Callable[[], Any] = yaml.CSafeLoader(text).get_event
        while True:
            event = next_event()
            kind = event.__class__
            if kind is yaml.ScalarEvent:
                self.count += 1
                if keyed and key is None:
                    key = event.value
                    if key == "<<" and event.implicit[0]:
                        merges = True
                    elif key in here:
                        self._twice(event, key, stack)
                    continue
                value = scalar(event.value) if event.implicit[0] and event.tag is None else event.value
                if event.anchor:
                    self.anchors[event.anchor] = value, 1
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                if keyed and key is None:
                    raise self._wrong("a key must be text (put it in quotes)", event)
                if len(stack) >= MAX_DEPTH:
                    raise self._wrong(f"nested more than {MAX_DEPTH} deep", event)
                stack.append((here, key, event.anchor, self.count, merges))
                self.count += 1
                here, key, merges = ({} if kind is yaml.MappingStartEvent else []), None, False
                keyed = kind is yaml.MappingStartEvent
                continue
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                value = _merged(here) if merges else here
                here, key, anchor, before, merges = stack.pop()
                keyed = here.__class__ is dict
                if anchor:
                    self.anchors[anchor] = value, self.count - before
            elif kind is yaml.AliasEvent:
                if keyed and key is None:
                    key = str(self._alias(event))
                    continue
                value = self._alias(event)
            elif kind is yaml.DocumentEndEvent:
                return (root[0] if root else None), self.notes
            elif kind is yaml.StreamEndEvent:
                return None, self.notes
            else:
                continue
            if keyed:
                here[key] = value
                key = None
            else:
                here.append(value)

    def _alias(self, event: Any) -> Json:
        if event.anchor not in self.anchors:
            raise self._wrong(f"*{event.anchor} stands before, or within, what &{event.anchor} names", event)
        value, size = self.anchors[event.anchor]
        self.count += size
        self.copied += size
        if self.copied > MAX_COPIED:
            raise self._wrong(f"its aliases add more than {MAX_COPIED:,} values", event)
        return copy.deepcopy(value)

    def _twice(self, event: Any, key: str, stack: list[Any]) -> None:
        way = [one[1] if one[0].__class__ is dict else len(one[0]) for one in stack[1:]]
        message = f"the key {key!r} stands here twice (again in line {event.start_mark.line + 1}): the last one counts"
        self.notes.append(Note(join("", *[str(token) for token in way], key), message))

    def _wrong(self, message: str, event: Any) -> SpecError:
        return SpecError(message, Position(self.file, "", event.start_mark.line + 1))


def _merged(mapping: dict[str, Json]) -> Json:
    """A mapping with what its merge key `<<` names, a mapping or several; its own keys win."""
    sources = mapping.pop("<<", None)
    for source in sources if isinstance(sources, list) else [sources]:
        if isinstance(source, dict):
            for key, value in source.items():
                mapping.setdefault(key, value)
    return mapping
