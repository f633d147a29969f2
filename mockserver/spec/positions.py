"""The line of a place in a YAML or JSON text: found by scanning the text again, when an error needs it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import yaml

from mockserver.spec.pointers import tokens
from mockserver.spec.text import is_json

SPACE = re.compile(r"[ \t\r\n,:]*")


def lines(data: bytes, pointers: Iterable[str]) -> dict[str, int | None]:
    """The line (from 1) of each pointer, or of the nearest place above it that is there; one scan for all of them.

    Empty when the text can't be read.
    """
    wanted = list(dict.fromkeys(pointers))
    text = data.decode(errors="replace").removeprefix("\ufeff")
    if is_json(data):
        try:
            return _json_lines(text, wanted)
        except (ValueError, IndexError):
            pass
    try:
        return _yaml_lines(text, wanted)
    except yaml.YAMLError:
        return {}


def _json_lines(text: str, pointers: list[str]) -> dict[str, int | None]:
    """Goes down only where something is looked for; what lies beside the way is skipped by the C decoder."""
    tree: dict[str, Any] = {}
    ends = {pointer: _plant(tree, tokens(pointer)) for pointer in pointers}
    at = tree[LINE] = _skip(text, 0)
    _mark(json.JSONDecoder(), text, at, tree)
    return {pointer: text.count("\n", 0, _deepest(way) or 0) + 1 for pointer, way in ends.items()}


def _mark(decoder: json.JSONDecoder, text: str, at: int, wanted: dict[str, Any]) -> None:
    """Notes where the wanted members of the container at `at` start, and theirs."""
    missing = len(wanted) - 1  # LINE is one of its keys
    for token, start, value in _members(decoder, text, at) if missing else ():
        below = wanted.get(token or "\0")
        if below is not None and LINE not in below:
            below[LINE] = start
            _mark(decoder, text, value, below)
            missing -= 1
            if not missing:
                return


def _skip(text: str, at: int) -> int:
    found = SPACE.match(text, at)
    return found.end() if found else at


def _members(decoder: json.JSONDecoder, text: str, at: int) -> Iterator[tuple[str, int, int]]:
    """The keys, or indexes, of the container at `at`, with where each member and its value start."""
    end = {"{": "}", "[": "]"}.get(text[at : at + 1])
    at, index = _skip(text, at + 1), 0
    while end and text[at] != end:
        start, token = at, str(index)
        if end == "}":
            token, at = decoder.raw_decode(text, at)
            at = _skip(text, at)
        yield token, start, at
        at = _skip(text, decoder.raw_decode(text, at)[1])
        index += 1


def _yaml_lines(text: str, pointers: list[str]) -> dict[str, int | None]:
    tree: dict[str, Any] = {}  # the tokens that are looked for, as nested mappings; LINE holds what was found
    ends = {pointer: _plant(tree, tokens(pointer)) for pointer in pointers}
    tree[LINE] = 1  # the whole document
    here: dict[str, Any] | None = None  # what is looked for in the container that is open
    below: dict[str, Any] | None = tree  # what is looked for in the value that comes next
    index: int | None = None  # of the next element; None in a mapping
    is_key = False
    stack: list[tuple[Any, int | None]] = []
    next_event: Callable[[], Any] = yaml.CSafeLoader(text).get_event
    while (event := next_event()).__class__ is not yaml.StreamEndEvent:
        kind = event.__class__
        starts = kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent
        if kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            here, index = stack.pop()
            is_key = index is None
            continue
        if not starts and kind is not yaml.ScalarEvent and kind is not yaml.AliasEvent:
            continue
        if is_key:
            below, is_key = _found(here, getattr(event, "value", ""), event), False
            continue
        if index is not None:
            below = _found(here, str(index), event)
            index += 1
        if starts:
            stack.append((here, index))
            here, index = below, None if kind is yaml.MappingStartEvent else 0
        is_key = index is None
    return {pointer: _deepest(way) for pointer, way in ends.items()}


LINE = ""  # no clash: a token that is '' is looked up as '\0'


def _plant(tree: dict[str, Any], way: list[str]) -> list[dict[str, Any]]:
    nodes = [tree]
    for token in way:
        nodes.append(nodes[-1].setdefault(token or "\0", {}))
    return nodes


def _found(here: dict[str, Any] | None, token: str, event: Any) -> dict[str, Any] | None:
    below: dict[str, Any] | None = here.get(token or "\0") if here else None
    if below is not None:
        below[LINE] = event.start_mark.line + 1
    return below


def _deepest(way: list[dict[str, Any]]) -> int | None:
    return next((node[LINE] for node in reversed(way) if LINE in node), None)
