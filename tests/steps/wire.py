"""What the tests of inputs share: operations from a few lines, and calls of them."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from mockserver.spec.model import Body, Json, Media, Operation, Parameter, Response
from mockserver.spec.schema import Schemas
from mockserver.steps.call import Call, Problem, Request
from mockserver.steps.inputs import guard

STYLES = {"path": "simple", "query": "form", "header": "simple", "cookie": "form", "querystring": "form"}


def parameter(name: str, location: str, schema: Json, **said: Any) -> tuple[Parameter, Json]:
    """A parameter with the defaults of its location, and its schema."""
    style = said.pop("style", STYLES[location])
    explode = said.pop("explode", style in ("form", "deepObject"))
    required = said.pop("required", location == "path")
    return Parameter(name, location, required, "", "", style, explode, **said), schema


class Api:
    """One operation, made of parameters and the schemas of bodies by media type; `components` are schemas by name."""

    def __init__(
        self,
        *parameters: tuple[Parameter, Json],
        path: str = "/",
        body: Mapping[str, Json] | None = None,
        encoding: Mapping[str, Json] | None = None,
        required: bool = True,
        responses: tuple[str, ...] = ("200",),
        components: Mapping[str, Json] | None = None,
        **settings: Any,
    ) -> None:
        content: dict[str, Json] = {"components": {"schemas": dict(components or {})}, "p": [], "b": []}
        placed = []
        for one, schema in parameters:
            pointer = f"/p/{len(content['p'])}"
            content["p"].append(schema)
            said = (one.name, one.location, one.required, pointer, pointer, one.style, one.explode)
            placed.append(Parameter(*said, allow_empty=one.allow_empty, media_type=one.media_type))
        media = []
        for name, schema in (body or {}).items():
            pointer = f"/b/{len(content['b'])}" if schema is not None else None
            content["b"] += [schema] if schema is not None else []
            media.append(Media(name, "", pointer, encoding or {}))
        self.operation = Operation(
            "test", "post", path, "", tuple(placed),
            Body(required, "", tuple(media)) if body is not None else None,
            {status: Response(status, "") for status in responses},
        )  # fmt: skip
        self.check = guard(self.operation, Schemas(content), **settings)

    def send(
        self, query: str = "", body: bytes = b"", type: str | None = None, segments: Mapping[str, str] | None = None,
        **headers: str,
    ) -> SimpleNamespace:  # fmt: skip
        """What the call holds after the guard, and its `problem`."""
        named = {name.replace("_", "-").lower(): text for name, text in headers.items()}
        if type is not None:
            named["content-type"] = type
        call = Call(None, Request("POST", "/", query, named, body), 0, 1)  # type: ignore[arg-type]
        if segments is not None:
            call.segments = dict(segments)
        problem = self.check(call)
        return SimpleNamespace(path=call.path, query=call.query, header=call.header, cookie=call.cookie,
                               body=call.body, problem=problem, said=said(problem))  # fmt: skip


def said(problem: Problem | None) -> list[str]:
    """The faults of a problem as people read them."""
    return [] if problem is None else [f"{fault.field} {fault.detail}".strip() for fault in problem.faults]


def query_of(schema: Json, query: str, name: str = "color", **how: Any) -> SimpleNamespace:
    """The value that a query gives one parameter, or what is said about it."""
    got = Api(parameter(name, "query", schema, **how)).send(query)
    return SimpleNamespace(value=got.query.get(name), said=got.said, problem=got.problem)


def body_of(schema: Json, body: bytes, type: str = "application/json", **how: Any) -> SimpleNamespace:
    """The value of a body, or what is said about it."""
    return Api(body={type.partition(";")[0].lower(): schema}, **how).send(body=body, type=type)
