"""What an OpenAPI 3.1 document says, as frozen values.

Pointers are JSON pointers (RFC 6901) into `Document.content`, which is always OpenAPI 3.1 with every `$ref` internal,
whatever the user's file was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = Any  # what orjson.loads gives
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an operation (OpenAPI 3.1, section 4.8.12)."""

    name: str
    location: str  # path, query, header or cookie
    required: bool
    pointer: str  # of the parameter object, after its own $ref
    schema: str  # pointer of its schema
    style: str = "simple"  # the default of its location is filled in
    explode: bool = False
    allow_reserved: bool = False
    allow_empty: bool = False
    media_type: str | None = None  # of a `content` parameter: the value is a document of this type


@dataclass(frozen=True, slots=True)
class Media:
    """One media type of a body (section 4.8.14)."""

    type: str  # lower case, without parameters
    pointer: str
    schema: str | None  # pointer of its schema
    encoding: Mapping[str, Json] = field(default_factory=dict)
    parameters: str = ""  # as written: 'version=2; profile=full'

    @property
    def full(self) -> str:
        """The type with its parameters: `application/vnd.acme+json; version=2`."""
        return f"{self.type}; {self.parameters}" if self.parameters else self.type


@dataclass(frozen=True, slots=True)
class Body:
    """A request body (section 4.8.13)."""

    required: bool
    pointer: str
    media: tuple[Media, ...]


@dataclass(frozen=True, slots=True)
class Header:
    """A response header (section 4.8.21)."""

    name: str
    required: bool
    pointer: str
    schema: str | None


@dataclass(frozen=True, slots=True)
class Response:
    """A response of an operation (section 4.8.17)."""

    status: str  # '200', '2XX' or 'default'
    pointer: str
    media: tuple[Media, ...] = ()
    headers: tuple[Header, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path (section 4.8.10)."""

    id: str  # operationId, or 'get /users/{id}'; unique within the document
    method: str  # lower case
    path: str  # the template, as written
    pointer: str
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    responses: Mapping[str, Response] = field(default_factory=dict)
    security: tuple[Mapping[str, tuple[str, ...]], ...] = ()  # any of these; in each, all of these
    given: Mapping[str, Json] = field(default_factory=dict)  # its x-mock, as written

    def response(self, status: int) -> Response | None:
        """The response that covers a status: exact, then range, then `default` (section 4.8.16)."""
        found = self.responses.get(str(status)) or self.responses.get(f"{status // 100}XX")
        return found or self.responses.get("default")


@dataclass(frozen=True, slots=True)
class Note:
    """Something about a document that its user should know.

    `harm` is 'mended' (read as it was meant), 'operation' (the operation at `pointer` can't be served) or 'unused' (an
    overlay's action that changes nothing).
    """

    pointer: str
    message: str
    harm: str = "mended"


@dataclass(frozen=True, slots=True)
class Api:
    """A document as a set of operations; each is compiled when it is first asked for (spec/operations)."""

    name: str
    title: str
    version: str
    document: Any = field(repr=False)  # spec.document.Document, whose module knows this one
    base_paths: tuple[str, ...] = ("",)  # of its servers, the first server's first; '' where there is none
    routes: tuple[
        tuple[str, str], ...
    ] = ()  # (path template, method in lower case) of every operation, broken ones too
    broken: Mapping[tuple[str, str], str] = field(default_factory=dict)  # why a route can't be served
    webhooks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # methods by webhook, nearly always ('post',)
    given: Mapping[str, Json] = field(default_factory=dict)  # the root's x-mock
    compiled: dict[tuple[str, str], Operation] = field(default_factory=dict, repr=False)
    compile: Callable[[str, str], Operation] = field(
        repr=False, default=lambda path, method: Operation("", method, path, "")
    )

    def operation(self, path: str, method: str) -> Operation:
        """The operation of a route, or of a webhook by its name. Raises SpecError for a broken or unknown one."""
        found = self.compiled.get((path, method))
        if found is None:
            found = self.compiled[path, method] = self.compile(path, method)
        return found
