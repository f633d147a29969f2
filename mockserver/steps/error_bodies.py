"""Error bodies in a document's own schema, where no `problems` say how they look: fields are filled by their names.

An error schema's `message` gets the detail, `code` the kind, `field` the field at fault, and so on; what is required
beyond that gets a generated value. A schema that can't be filled so is answered with a valid generated value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from mockserver.spec.errors import SpecError
from mockserver.spec.model import Json
from mockserver.spec.schema import Schemas
from mockserver.steps.call import Call
from mockserver.steps.values import ABSENT

Fill = Callable[[Call], Any]
Sample = Callable[[Json], Json]  # a valid value for a schema node; raises Unsatisfiable when there is none

# property name, in plain lower case -> what of the problem it holds, by the type that its schema admits
TEXTS: tuple[tuple[str, str], ...] = (
    (r"(error_?)?(message|description|detail|reason|msg|text|info|summary)|error_?details?|user_?message", "detail"),
    (r"title|status_?text|name|label", "title"),
    (r"(error_?)?(code|type|kind|key|id_?code)|slug|errcode", "code"),
    (r"error|err", "detail"),
    (r"fields?|param(eter)?|property|attribute|path|source|target|location|pointer", "field"),
    (r"status|http_?status", "status"),
)
DESCRIPTIONS = {"error_description", "description", "message", "error_message", "detail"}
NUMBERS = r"(http_?)?(status|code)(_?code)?|error_?code"
LISTS = r"errors?|details?|issues?|violations?|problems?|messages?|error_?messages?|causes?|validation_?errors?"


def compile_body(node: Json, media_type: str, schemas: Schemas, sample: Sample, details: Fill) -> Fill:
    """A function that gives an error body of the schema `node`; valid, or generated where that fails.

    `details` gives RFC 9457 problem details: what `application/problem+json` stands for, and what is told where a
    schema leaves it open. Where nothing valid can be made at all, they are answered as well.
    """
    fill = _fill(node, "", schemas, sample, depth=0)
    text: Fill = lambda call: call.values["problem"]["detail"]  # noqa: E731
    ways = (fill, details, text) if media_type != "application/problem+json" else (details, fill, text)
    tries = [way for way in (ways if media_type.endswith(("json", "xml")) else (text, *ways)) if way is not None]
    spare: list[Json] = []

    def body(call: Call) -> Any:
        for way in tries:
            value = way(call)
            if value not in (ABSENT, {}) and schemas.is_valid(node, value, "response"):
                return value
        if not spare:
            try:
                spare.append(sample(node))
            except SpecError:
                return details(call)
        return spare[0]

    return body


def _fill(node: Json, name: str, schemas: Schemas, sample: Sample, depth: int) -> Fill | None:
    """How a property is filled; None when nothing is known of it."""
    kinds = schemas.kinds(node)
    if depth > 4:
        return None
    if "object" in kinds and (properties := schemas.properties(node)):
        return _object(node, properties, schemas, sample, depth)
    items = schemas.items(node)
    if "array" in kinds and items is not None and re.fullmatch(LISTS, _plain(name)):
        return _list(items, schemas, sample, depth)
    if "string" in kinds:
        return _text(name, node, schemas)
    if kinds & {"integer", "number"} and re.fullmatch(NUMBERS, _plain(name)):
        return lambda call: call.values["problem"]["status"]
    return None


def _object(node: Json, properties: Mapping[str, Json], schemas: Schemas, sample: Sample, depth: int) -> Fill:
    required = schemas.required(node)
    parts: list[tuple[str, Fill]] = []
    shown = _shown(node, schemas)
    described = DESCRIPTIONS & {_plain(name) for name in properties}
    for name, inner in properties.items():
        label = "code" if described and _plain(name) in ("error", "err") else name  # RFC 6749, section 5.2
        fill = _fill(inner, label, schemas, sample, depth + 1)
        if fill is None and name in required:
            known = name in shown and schemas.is_valid(inner, shown[name], "response")
            fill = _always(shown[name]) if known else _constant(inner, sample)
        if fill is not None:
            parts.append((name, fill))
    return lambda call: {name: value for name, fill in parts if (value := fill(call)) is not ABSENT}


def _shown(node: Json, schemas: Schemas) -> Mapping[str, Json]:
    """The document's own example of an error: what it shows in a field of no known meaning is better than a guess."""
    for part in schemas.parts(node):
        for one in part.get("examples") or ():
            if isinstance(one, dict):
                return one
    return {}


def _always(value: Json) -> Fill:
    return lambda call: value


def _constant(node: Json, sample: Sample) -> Fill:
    made: list[Json] = []

    def fill(call: Call) -> Any:
        if not made:
            made.append(sample(node))
        return made[0]

    return fill


def _list(items: Json, schemas: Schemas, sample: Sample, depth: int) -> Fill:
    if "string" in schemas.kinds(items) and "object" not in schemas.kinds(items):
        return lambda call: (
            [f"{one['field']} {one['detail']}".strip() for one in call.values["errors"]]
            or [call.values["problem"]["detail"]]
        )
    each = _fill(items, "", schemas, sample, depth + 1)
    if each is None:
        return lambda call: []

    def fill(call: Call) -> Any:
        whole, result = call.values["problem"], []
        for one in call.values["errors"] or [{}]:
            own = {"detail": one["detail"], "field": one["field"]} if one else {}
            call.values["problem"] = {**whole, **own}
            result.append(each(call))
        call.values["problem"] = whole
        return result

    return fill


def _text(name: str, node: Json, schemas: Schemas) -> Fill | None:
    known = schemas.follow(node)
    choices = known.get("enum") if isinstance(known, dict) else None
    if choices:
        return lambda call: _choice(choices, call)
    for pattern, member in TEXTS:
        if re.fullmatch(pattern, _plain(name)):
            return lambda call: _said(call.values["problem"], member)
    return None


def _choice(choices: list[Json], call: Call) -> Any:
    """The value of an enum that is nearest to what went wrong; the first when none is near."""
    problem = call.values["problem"]
    if problem.get("code") in choices:
        return problem["code"]
    words = {
        *re.findall(r"[a-z]+", problem["kind"]),
        *re.findall(r"[a-z]+", problem["title"].lower()),
        str(problem["status"]),
    }
    return max(choices, key=lambda one: len(words & set(re.findall(r"[a-z]+|\d+", str(one).lower()))))


def _said(problem: Mapping[str, Any], member: str) -> Any:
    if member == "code":
        return problem.get("code") or problem["kind"].replace("-", "_")
    value = problem.get(member, ABSENT)
    return str(value) if value is not ABSENT else ABSENT


def _plain(name: str) -> str:
    """`errorMessage` -> `error_message`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace("-", "_").lower()
