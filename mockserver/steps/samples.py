"""Answers where nothing is kept: the document's own valid example, else a generated value, always the same."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

import orjson

from mockserver.spec.errors import SpecError
from mockserver.spec.model import Header, Json, Media
from mockserver.spec.schema import Schemas
from mockserver.steps.call import Call
from mockserver.steps.values import Value
from mockserver.world.merging import Unsatisfiable
from mockserver.world.values import generator

Sampler = Callable[..., Json]
"""sampler(schema node, *labels): a value that is valid in a response, the same for the same labels."""

FILLED_ELSEWHERE = frozenset(
    {"allow", "connection", "content-encoding", "content-length", "content-type", "date", "retry-after", "set-cookie",
     "transfer-encoding", "www-authenticate"}
)  # fmt: skip
UNSENDABLE = dict.fromkeys((*range(32), 127), " ")
KEPT = 256  # answers of one operation that are kept at hand


def compile_sampler(schemas: Schemas, seed: int, locale: str, examples: bool = True) -> Sampler:
    """A maker of values for the schemas of one document, of their `examples` where they fit.

    It raises SpecError for a schema that no value fits.
    """

    def is_valid(node: Json, value: Json) -> bool:
        return schemas.is_valid(node, value, "response")

    make = generator(schemas.follow, is_valid, seed, mode="response", locale=locale, examples=examples)

    def sample(node: Json, *labels: str | int, name: str = "") -> Json:
        try:
            return make(node, *labels, name=name)
        except Unsatisfiable as error:
            raise SpecError(f"no value was found for a schema of this document: {error}") from None

    return sample


def compile_sample(operation: str, media: Media, schemas: Schemas, sampler: Sampler) -> Value:
    """A function that gives the body of an answer. Raises SpecError when the schema can't be met."""
    example = _example(media, schemas)
    if example is not None:
        return lambda call: example[0]
    if media.schema is None:
        return lambda call: ""
    node = schemas.look_up(media.schema)
    first = sampler(node, operation)
    made: dict[Any, Json] = {(): first}

    def sample(call: Call) -> Json:
        labels = tuple(str(value) for value in call.path.values())
        if labels not in made:
            if len(made) >= KEPT:
                made.clear()
            try:
                made[labels] = sampler(node, operation, *labels)
            except SpecError:  # with other dice, what was found before wasn't found again
                made[labels] = first
        return made[labels]

    return sample


def _example(media: Media, schemas: Schemas) -> tuple[Json] | None:
    """The first example of a media type that is valid."""
    said = schemas.look_up(media.pointer)
    for value in _shown(said, schemas):
        if media.schema is None or schemas.at(media.schema, "response").is_valid(value):
            return (value,)
    return None


def _shown(said: Json, schemas: Schemas) -> list[Json]:
    """The examples beside a schema, in the order in which they are tried (OpenAPI 3.1, 4.8.14, 4.8.21)."""
    if not isinstance(said, dict):
        return []
    named = said["examples"].values() if isinstance(said.get("examples"), dict) else ()
    found = [one["value"] for one in map(schemas.follow, named) if isinstance(one, dict) and "value" in one]
    return [*([said["example"]] if "example" in said else ()), *found]


def is_bytes(node: Json, schemas: Schemas) -> bool:
    """Whether a body is of bytes, or nobody says what it is."""
    if node is None:
        return True
    said = any(part.get("format") == "binary" or "contentMediaType" in part for part in schemas.parts(node))
    return said and schemas.kinds(node) <= {"string", "null"}


def sample_headers(
    declared: Iterable[Header], label: str, schemas: Schemas, sampler: Sampler, told: Collection[str]
) -> tuple[tuple[str, str], ...]:
    """The headers that a response describes, with sample values; but for those, in lower case, that others fill.

    Raises SpecError for a required one whose schema no value fits.
    """
    found = []
    for one in declared:
        if one.name.lower() not in FILLED_ELSEWHERE and one.name.lower() not in told:
            try:
                found.append((one.name, _header(one, label, schemas, sampler)))
            except SpecError:
                if one.required:
                    raise
    return tuple(found)


def _header(header: Header, label: str, schemas: Schemas, sampler: Sampler) -> str:
    """A header's value in style simple: the document's valid example, else a made one, the same for a label."""
    node = schemas.look_up(header.schema) if header.schema else {}
    said = schemas.look_up(header.pointer)
    shown = [one for one in _shown(said, schemas) if schemas.is_valid(node, one, "response")]
    value = shown[0] if shown else sampler(node, label, "header", header.name, name=header.name)
    if isinstance(said, dict) and "content" in said:  # it is a document of its own (4.8.21.1)
        return orjson.dumps(value).decode().encode("ascii", "backslashreplace").decode()
    if isinstance(value, dict):
        value = [part for pair in value.items() for part in pair]
    parts = value if isinstance(value, list) else [value]
    text = ",".join(one if isinstance(one, str) else orjson.dumps(one).decode() for one in parts)
    return text.encode("latin-1", "replace").decode("latin-1").translate(UNSENDABLE).strip()
