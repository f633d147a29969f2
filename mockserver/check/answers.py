"""Where things stand in requests and answers, read off the same x-mock templates by which our mock writes them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mockserver.spec.model import Json
from mockserver.world import times

Way = tuple[str, ...]
MISSING: Any = object()


def places(template: Json) -> dict[str, Way]:
    """The way to each `$name` that a template holds: {'$page.records': ('data',)} for `{data: $page.records}`.

    The first place of a name counts; `$if` and `$first` are looked through.
    """
    found: dict[str, Way] = {}
    for name, way in _walk(template, ()):
        found.setdefault(name, way)
    return found


def _walk(template: Json, way: Way) -> Iterator[tuple[str, Way]]:
    if isinstance(template, str) and template[:1] == "$" and template[:2] != "$$":
        yield template, way
    elif isinstance(template, dict):
        if len(template) == 1 and next(iter(template)) in ("$if", "$first"):
            (branches,) = template.values()
            start = 1 if "$if" in template else 0
            for branch in branches[start:] if isinstance(branches, list) else ():
                yield from _walk(branch, way)
        elif not (len(template) == 1 and next(iter(template))[:1] == "$"):
            for name, value in template.items():
                yield from _walk(value, (*way, name))


def at(value: Json, way: Sequence[str]) -> Any:
    """What a way leads to; MISSING when it leads nowhere."""
    for name in way:
        if not isinstance(value, Mapping) or name not in value:
            return MISSING
        value = value[name]
    return value


def within(body: Json, way: Sequence[str], value: Json) -> Json:
    """A body with a value put where a way leads."""
    if not way:
        return value
    inside = body if isinstance(body, dict) else {}
    return {**inside, way[0]: within(inside.get(way[0]), way[1:], value)}


def asked(place: Json) -> tuple[str, Way]:
    """The part of a request that a word names, and the way there: ('body', ('limit',)) for `$request.body.limit`.

    A plain name is that of a query parameter.
    """
    if not isinstance(place, str) or not place:
        return "", ()
    if not place.startswith("$request."):
        return ("", ()) if place.startswith("$") else ("query", (place,))
    _, part, *way = place.split(".")
    return "query" if part == "sent" else part, tuple(way)


def same(sent: Json, shown: Json) -> bool:
    """Whether a server shows what was sent: times are compared as times, objects by what was sent of them."""
    if sent == shown and isinstance(sent, bool) == isinstance(shown, bool):
        return True
    if isinstance(sent, str) and isinstance(shown, str):
        return (moment := times.moment(sent)) is not None and moment == times.moment(shown)
    if isinstance(sent, dict) and isinstance(shown, dict):
        return all(value is None or (name in shown and same(value, shown[name])) for name, value in sent.items())
    if isinstance(sent, list) and isinstance(shown, list):
        return len(sent) == len(shown) and all(map(same, sent, shown))
    return False


def told(value: Json, limit: int = 160) -> str:
    """A value as a finding shows it."""
    if value is MISSING:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def operands(value: Json) -> Iterator[Json]:
    """What `$select` and `$lookup` are given, wherever they stand in a value."""
    if isinstance(value, dict):
        for name, inside in value.items():
            if name in ("$select", "$lookup"):
                yield inside
            yield from operands(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from operands(inside)
