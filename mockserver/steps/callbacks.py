"""Callbacks: requests that an operation promises to send to a URL which its own request names (OpenAPI 3.1, 4.8.18)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from mockserver.spec import pointers
from mockserver.spec.errors import SpecError
from mockserver.spec.model import Json, Operation
from mockserver.spec.schema import Schemas
from mockserver.steps.addresses import url
from mockserver.steps.call import Answer, Call
from mockserver.steps.samples import Sampler

EXPRESSION = re.compile(r"\{(\$[^}]*)\}")
METHODS = ("post", "put", "patch", "delete", "get")
Text = Callable[[Call, Answer], str | None]


@dataclass(frozen=True, slots=True)
class Callback:
    """One request that follows a success: `target` says where to, None when the request didn't name it."""

    api: str
    name: str
    method: str
    target: Text
    payload: Callable[[Call], Json]

    def __call__(self, call: Call, answer: Answer) -> None:
        target = self.target(call, answer)
        if target and target.startswith(("http://", "https://")):
            world, payload = call.world, self.payload(call)
            world.outbox = world.outbox.called_back(
                world.seed, call.now, self.api, self.name, payload, self.method, target
            )


def compile_callbacks(api: str, operation: Operation, schemas: Schemas, sampler: Sampler) -> tuple[Callback, ...]:
    """The callbacks of an operation; one whose body can't be made is left out, for it must not cost the operation."""
    node = schemas.look_up(operation.pointer) if operation.pointer else {}
    found = []
    for name in node.get("callbacks") or {}:
        at = schemas.resolve(pointers.join(operation.pointer, "callbacks", name))
        for expression, method, schema in _requests(at, schemas):
            try:
                payload = _payload(schema, f"{operation.id}/{name}", schemas, sampler)
            except SpecError:
                continue
            found.append(Callback(api, name, method.upper(), compile_target(expression), payload))
    return tuple(found)


def _requests(at: str, schemas: Schemas) -> Iterator[tuple[str, str, str | None]]:
    """URL expression, method and the pointer of the body's schema of each request of a callback."""
    for expression in schemas.look_up(at) or {}:
        if str(expression).startswith("x-"):
            continue
        item = schemas.resolve(pointers.join(at, expression))
        for method in METHODS:
            if method in (schemas.look_up(item) or {}):
                body = schemas.resolve(f"{item}/{method}/requestBody") if _has_body(item, method, schemas) else None
                yield expression, method, _json_schema(body, schemas) if body else None


def _has_body(item: str, method: str, schemas: Schemas) -> bool:
    return "requestBody" in (schemas.look_up(f"{item}/{method}") or {})


def _json_schema(body: str, schemas: Schemas) -> str | None:
    for media, content in (schemas.look_up(body).get("content") or {}).items():
        if "json" in media and "schema" in content:
            return pointers.join(body, "content", media, "schema")
    return None


def _payload(schema: str | None, label: str, schemas: Schemas, sampler: Sampler) -> Callable[[Call], Json]:
    """A generated body, with what the record and the request's body say of properties of the same name."""
    if schema is None:
        return lambda call: None
    node = schemas.look_up(schema)
    sample, names = sampler(node, label, "callback"), frozenset(schemas.properties(node))
    checked = schemas.at(schema, "response")

    def payload(call: Call) -> Json:
        if not isinstance(sample, Mapping):
            return sample
        known: dict[str, Any] = {}
        for source in (call.body, call.values.get("record")):
            if isinstance(source, Mapping):
                known |= {name: value for name, value in source.items() if name in names}
        full = {**sample, **known}
        return full if checked.is_valid(full) else sample

    return payload


def compile_target(expression: str) -> Text:
    """A URL with runtime expressions in braces, `{$request.body#/url}/done` (OpenAPI 3.1, section 4.8.20.3); a whole
    `$…` needs no braces."""
    if expression.startswith("$"):
        expression = f"{{{expression}}}"
    parts = EXPRESSION.split(expression)
    texts = [_runtime(part) if at % 2 else part for at, part in enumerate(parts)]

    def target(call: Call, answer: Answer) -> str | None:
        filled = [part if isinstance(part, str) else part(call, answer) for part in texts]
        return None if None in filled else "".join(map(str, filled))

    return target


def _runtime(expression: str) -> Text:
    """One runtime expression; what it names and isn't there is None."""
    source, _, pointer = expression.partition("#")
    if source in WHOLE:
        return WHOLE[source]
    if source in BODIES:
        return lambda call, answer: _text(_found(BODIES[source](call, answer), pointer))
    whose, _, rest = source.removeprefix("$").partition(".")
    part, _, name = rest.partition(".")
    if whose == "response":
        lower = name.lower()
        return lambda call, answer: next((value for key, value in answer.headers if key.lower() == lower), None)
    if part == "header":
        return lambda call, answer: call.request.headers.get(name.lower())
    return lambda call, answer: _text(getattr(call, part, {}).get(name) if part in ("query", "path") else None)


def _found(value: Json, pointer: str) -> Json:
    try:
        return pointers.look_up(value, pointer)
    except LookupError:
        return None


def _text(value: Json) -> str | None:
    return None if value is None or isinstance(value, dict | list) else str(value)


def _answered(call: Call, answer: Answer) -> Json:
    try:
        return orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return None


WHOLE: Mapping[str, Text] = {
    "$url": lambda call, answer: url(call),
    "$method": lambda call, answer: call.request.method,
    "$statusCode": lambda call, answer: str(answer.status),
}
BODIES: Mapping[str, Callable[[Call, Answer], Json]] = {
    "$request.body": lambda call, answer: call.body,
    "$response.body": _answered,
}
