"""Overlays: changes to a document that one doesn't own (OpenAPI Overlay 1.0; `copy` and plain values as in 1.1)."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mockserver.spec.errors import Position, SpecError, nearest
from mockserver.spec.model import Json, Note
from mockserver.spec.pointers import join
from mockserver.spec.positions import lines
from mockserver.spec.text import values

ACTION = {"target", "description", "update", "remove", "copy"}
NAME = re.compile(r"""\.([A-Za-z_][\w-]*)|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]""")


@dataclass(frozen=True, slots=True)
class Origin:
    """What an overlay put at a place of the document: so that an error there names the overlay."""

    pointer: str  # in the document
    file: str
    source: str  # the pointer of the `update` in the overlay
    value: Json


def apply(content: Json, file: str, data: bytes) -> tuple[list[Origin], list[Note]]:
    """Carries out an overlay's actions on a document, in place and in order.

    An action whose target matches nothing changes nothing, as the specification says (section 4.4.3), and is noted with
    the nearest spelling. Raises SpecError for what is no overlay.
    """
    overlay, notes = values(data, file)
    place = _places(file, data)
    _check(overlay, place)
    origins: list[Origin] = []
    unused: dict[str, str] = {}  # what is said of a target that matches nothing, by its pointer
    for index, action in enumerate(overlay["actions"]):
        here = join("", "actions", index)
        found = _find(content, action["target"], f"{here}/target", place)
        if not found:
            unused[f"{here}/target"] = f"{action['target']} matches nothing{_hint(content, action['target'])}"
        elif action.get("remove") is True:
            _remove(content, found)
        else:
            origins += _update(content, found, action, file, here, place)
    known = lines(data, unused) if unused else {}  # in one scan: it takes as long as reading the overlay
    where = {pointer: Position(file, pointer, known.get(pointer)) for pointer in unused}
    return origins, [*notes, *(Note("", f"{where[at]}: the target {said}", "unused") for at, said in unused.items())]


def _places(file: str, data: bytes) -> Callable[[str], Position]:
    return lambda pointer: Position(file, pointer, lines(data, [pointer]).get(pointer))


def _check(overlay: Json, place: Callable[[str], Position]) -> None:
    if not isinstance(overlay, dict) or "overlay" not in overlay:
        raise SpecError("no overlay: it must begin with `overlay: 1.0.0`", place(""))
    if not str(overlay["overlay"]).startswith("1"):
        raise SpecError(f"Overlay {overlay['overlay']} can't be read (known: 1.0, 1.1)", place("/overlay"))
    actions = overlay.get("actions")
    if not isinstance(actions, list) or not actions:
        raise SpecError("an overlay needs a list of actions", place("/actions"))
    for index, action in enumerate(actions):
        here = f"/actions/{index}"
        if not isinstance(action, dict) or not isinstance(action.get("target"), str):
            raise SpecError("an action needs a target: a JSONPath such as $.paths['/users'].get", place(here))
        for word in action:
            if word not in ACTION and not word.startswith("x-"):
                raise SpecError(f"unknown word {word!r}{nearest(word, ACTION)}", place(f"{here}/{word}"))
        if not {"update", "remove", "copy"} & action.keys():
            raise SpecError("an action needs update or remove", place(here))


def _find(
    content: Json, target: str, pointer: str, place: Callable[[str], Position]
) -> list[tuple[str | int, ...]]:  # fmt: skip
    """The places that a JSONPath (RFC 9535) matches."""
    import jsonpath  # slow to import, and only needed here

    try:
        matches = list(jsonpath.finditer(target, content))
    except jsonpath.JSONPathError as error:
        raise SpecError(f"no JSONPath: {str(error).splitlines()[0]}", place(pointer)) from None
    return [tuple(match.parts) for match in matches]


def _at(content: Json, way: tuple[str | int, ...]) -> Any:
    node = content
    for token in way:
        node = node[token]
    return node


def _remove(content: Json, found: list[tuple[str | int, ...]]) -> None:
    for way in reversed(found):  # from the end, so that the indexes of a list stay true
        if way:
            try:
                del _at(content, way[:-1])[way[-1]]
            except (LookupError, TypeError):
                continue  # gone with what it stood in


def _update(
    content: Json,
    found: list[tuple[str | int, ...]],
    action: Json,
    file: str,
    here: str,
    place: Callable[[str], Position],
) -> list[Origin]:
    value = action.get("update")
    if "copy" in action:
        sources = _find(content, action["copy"], f"{here}/copy", place)
        if len(sources) != 1:
            raise SpecError(f"copy must match one place, not {len(sources)}", place(f"{here}/copy"))
        value = copy.deepcopy(_at(content, sources[0]))
    for way in found:
        old = _at(content, way)
        if isinstance(old, list):
            old.append(copy.deepcopy(value))
        elif isinstance(old, dict) and isinstance(value, dict):
            _merge(old, value)
        elif way:
            _at(content, way[:-1])[way[-1]] = copy.deepcopy(value)
    return [Origin(join("", *way), file, f"{here}/update", value) for way in found]


def _merge(old: dict[str, Json], new: dict[str, Json]) -> None:
    """Objects merge, lists are joined, anything else is replaced (section 4.4.3.1)."""
    for name, value in new.items():
        was = old.get(name)
        if isinstance(was, dict) and isinstance(value, dict):
            _merge(was, value)
        elif isinstance(was, list) and isinstance(value, list):
            was.extend(copy.deepcopy(value))
        else:
            old[name] = copy.deepcopy(value)


def _hint(content: Json, target: str) -> str:
    """The nearest spelling of the first name in a target that isn't there."""
    node, at = content, 1
    while match := NAME.match(target, at):
        name = next(group for group in match.groups() if group is not None)
        if not isinstance(node, dict):
            return ""
        if name not in node:
            return nearest(name, node)
        node, at = node[name], match.end()
    return ""
