"""Finds the operation that a path means: a tree of segments, literal before template, built once.

The cost of a match depends on the path's segments, not on how many paths there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import unquote

_NAME = re.compile(r"\{([^{}]*)\}")
_PART = re.compile(r"\(\.\+\?\)|\\(?=.)")  # what a pattern has beside literal text
_USUAL = (
    "GET",
    "HEAD",
    "QUERY",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "TRACE",
)  # the order in which to list them


@dataclass(slots=True)
class _Node:
    literals: dict[str, _Node] = field(default_factory=dict)
    patterns: list[tuple[re.Pattern[str], _Node]] = field(default_factory=list)  # segments such as {id}.json
    any: _Node | None = None  # a segment that is one parameter
    methods: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)  # method -> template, parameter names
    matches: dict[str, Match] = field(default_factory=dict)  # method -> what it means where there are no parameters


class Match(NamedTuple):
    """A path that leads somewhere: `template` is None when it exists, but not with this method."""

    template: str | None
    method: str  # of the operation, lower case: 'get' for a HEAD
    segments: dict[str, str]  # parameter name -> raw text, still percent-encoded
    allow: tuple[str, ...]  # the methods that exist there, upper case


class Router:
    """Routes of one API, each under every base path, and without one where nothing else lives there."""

    def __init__(self, routes: Iterable[tuple[str, str]], base_paths: Iterable[str] = ("",)) -> None:
        self._root = _Node()
        self._fixed: dict[str, _Node] = {}
        routes = [(path, method) for path, method in routes if path.startswith("/")]
        for base in dict.fromkeys([*base_paths, ""]):
            for path, method in routes:
                self._add(base.rstrip("/") + path.partition("#")[0], path, method)

    def _add(self, full: str, template: str, method: str) -> None:
        node, names = self._root, list[str]()
        for segment in full[1:].split("/"):
            node = _step(node, segment)
            names += _NAME.findall(segment)
        node.methods.setdefault(method, (template, tuple(names)))
        if not names:
            self._fixed[full] = node
            node.matches.setdefault(method, Match(template, method, {}, ()))

    def match(self, path: str, method: str) -> Match | None:
        """The route of a raw path and a lower-case method; None when the path leads nowhere. HEAD falls back to GET."""
        fixed = self._fixed.get(path)
        if fixed is not None and (match := fixed.matches.get(method)) is not None:
            return match
        found = (
            (fixed, []) if fixed else _walk(self._root, path[1:].split("/"), 0, []) if path.startswith("/") else None
        )
        if found is None:
            return None
        node, values = found
        if method == "head" and "head" not in node.methods:
            method = "get"
        known = node.methods.get(method)
        if known is None:
            return Match(None, method, {}, _allowed(node))
        if len(values) == 1:
            return Match(known[0], method, {known[1][0]: values[0]}, ())
        return Match(known[0], method, dict(zip(known[1], values, strict=True)) if values else {}, ())


def _allowed(node: _Node) -> tuple[str, ...]:
    methods = {method.upper() for method in node.methods} | ({"HEAD"} if "get" in node.methods else set())
    return tuple(sorted(methods, key=lambda one: (_USUAL.index(one) if one in _USUAL else len(_USUAL), one)))


def _step(node: _Node, segment: str) -> _Node:
    """The child for one segment of a template, made when it is new."""
    if _NAME.fullmatch(segment):
        node.any = node.any or _Node()
        return node.any
    if not _NAME.search(segment):
        return node.literals.setdefault(unquote(segment), _Node())
    parts = _NAME.split(segment)
    pattern = re.compile(
        "".join(re.escape(text) if at % 2 == 0 else "(.+?)" for at, text in enumerate(parts)), re.DOTALL
    )
    for known, child in node.patterns:
        if known.pattern == pattern.pattern:
            return child
    child = _Node()
    node.patterns.append((pattern, child))
    node.patterns.sort(key=lambda one: -len(_PART.sub("", one[0].pattern)))  # the most literal text first
    return child


def _walk(node: _Node, segments: list[str], at: int, values: list[str]) -> tuple[_Node, list[str]] | None:
    while at < len(segments):  # down to the first choice
        segment = segments[at]
        child = node.literals.get(unquote(segment) if "%" in segment else segment)
        if child is None and not node.patterns and node.any is not None and segment:
            child, values = node.any, [*values, segment]
        if child is None or (child is not node.any and (node.patterns or node.any)):
            break
        node, at = child, at + 1
    else:
        return (node, values) if node.methods else None
    if child is not None and (found := _walk(child, segments, at + 1, values)):
        return found
    for pattern, child in node.patterns:
        if (match := pattern.fullmatch(segment)) and (
            found := _walk(child, segments, at + 1, [*values, *match.groups()])
        ):
            return found
    if node.any is not None and segment:
        return _walk(node.any, segments, at + 1, [*values, segment])
    return None
