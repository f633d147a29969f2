"""Values that a schema refuses, each by one thing that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mockserver.spec.compiling import ANY_SIZE
from mockserver.spec.model import Json
from mockserver.spec.schema import Schemas

ODD: tuple[Json, ...] = ("not valid", "", -1, 0, 10**12, 1.5, True, [], {}, None)
TELLING = ("enum", "format", "pattern", "minimum", "maximum", "minLength", "maxLength", "exclusiveMinimum")
MAX_TEXT = 20_000  # characters of a text that is too long


def wrong_value(node: Json, schemas: Schemas) -> tuple[Json] | None:
    """A value that a schema refuses, by its own keywords rather than by its type; None when it takes everything."""
    return next(((value,) for value in _tries(node, schemas) if not schemas.is_valid(node, value, "request")), None)


def _tries(node: Json, schemas: Schemas) -> Iterator[Json]:
    """Values that may be wrong, the most telling first; those of the right type before the others."""
    parts = list(schemas.parts(node))
    kinds = schemas.kinds(node)
    for part in parts:
        if "string" in kinds:
            yield from _texts(part)
        if kinds & {"integer", "number"}:
            beyond = [part[bound] - 1 for bound in ("minimum", "exclusiveMinimum") if _number(part.get(bound))]
            beyond += [part[bound] + 1 for bound in ("maximum", "exclusiveMaximum") if _number(part.get(bound))]
            yield from (value for value in beyond if ANY_SIZE[0] <= value <= ANY_SIZE[1])  # else it can't be written
    yield from ODD


def _texts(part: Mapping[str, Json]) -> Iterator[Json]:
    if "enum" in part:
        yield "unknown"
    if "format" in part:
        yield f"not-a-{part['format']}"
    if "pattern" in part:
        yield "~"
    if _number(part.get("minLength")):
        yield "x" * (int(part["minLength"]) - 1) if part["minLength"] <= MAX_TEXT else ""
    if _number(part.get("maxLength")) and part["maxLength"] < MAX_TEXT:
        yield "x" * (int(part["maxLength"]) + 1)


def _number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def spoilable(names: Sequence[str], properties: Mapping[str, Json], schemas: Schemas) -> list[str]:
    """Names of properties, those first whose schemas say most of what is right."""

    def says(name: str) -> bool:
        return any(keyword in part for part in schemas.parts(properties[name]) for keyword in TELLING)

    known = [name for name in names if name in properties]
    return sorted(known, key=lambda name: not says(name))
