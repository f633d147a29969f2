"""What a server is held to: a document, what its operations do, and where it says so."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mockserver.check.findings import Place
from mockserver.service import ApiSource, ServedApi, Service, load
from mockserver.spec.behaviour import Plan, Resource, read
from mockserver.spec.errors import SpecError
from mockserver.spec.model import Json, Operation
from mockserver.spec.pointers import look_up
from mockserver.spec.schema import Schemas

Route = tuple[str, str]
PACKAGE = Path(__file__).resolve().parents[2]  # where bundled documents are


@dataclass(frozen=True, slots=True)
class Planned:
    """An operation with what it does."""

    operation: Operation
    plan: Plan
    resource: Resource | None

    @property
    def route(self) -> Route:
        """Its path template and method."""
        return self.operation.path, self.operation.method

    @property
    def safe(self) -> bool:
        """Whether it changes nothing: by its method (RFC 9110, 9.2.1), or by what it does."""
        return self.operation.method in ("get", "head", "options") or self.plan.does in ("list", "read", "batch-read")


@dataclass(frozen=True, slots=True)
class Contract:
    """A document as a server is held to it. `source` makes more services of it."""

    source: ApiSource
    service: Service = field(repr=False)
    operations: Mapping[Route, Planned] = field(repr=False)
    places: dict[str, Place] = field(default_factory=dict, repr=False)  # those that were looked up

    @property
    def name(self) -> str:
        """What the API is called."""
        return self.source.name

    @property
    def served(self) -> ServedApi:
        """The API as our own mock serves it."""
        return self.service.apis[self.source.name]

    @property
    def schemas(self) -> Schemas:
        """The document's schemas."""
        return self.served.around.schemas

    @property
    def resources(self) -> Mapping[str, Resource]:
        """The kinds of record, by name."""
        return self.served.around.resources

    @property
    def given(self) -> Mapping[str, Json]:
        """The root's x-mock, as written."""
        return self.served.api.given

    def of(self, resource: str, *does: str) -> Iterator[Planned]:
        """The operations that do one of these things with a resource."""
        for one in self.operations.values():
            if one.resource is not None and one.resource.name == resource and one.plan.does in does:
                yield one

    def by_id(self, operation: str) -> Planned | None:
        """An operation by its id."""
        return next((one for one in self.operations.values() if one.operation.id == operation), None)

    def match(self, method: str, path: str) -> tuple[Planned, Mapping[str, str]] | None:
        """The operation that a path without the server's prefix means, with the raw values of its parameters."""
        found = self.served.router.match(path, method.lower())
        if found is None or found.template is None:
            return None
        planned = self.operations.get((found.template, found.method))
        return (planned, found.segments) if planned else None

    def place(self, pointer: str) -> Place:
        """Where a pointer stands in the user's file, and the nearest `x-source` at or above it."""
        found = self.places.get(pointer)
        if found is None:
            at = self.source.document.position(pointer)
            file = near(at.file)
            position = f"{file}:{at.line}" if at.line else file
            found = self.places[pointer] = Place(pointer, position, self._source(pointer))
        return found

    def _source(self, pointer: str) -> Mapping[str, str]:
        while pointer:
            try:
                node = look_up(self.source.document.content, pointer)
            except LookupError:
                node = None
            said = node.get("x-source") if isinstance(node, dict) else None
            if isinstance(said, dict):
                return {word: " ".join(str(value).split()) for word, value in said.items()}
            pointer = pointer.rpartition("/")[0]
        return {}


def near(file: str) -> str:
    """A file as others read it too: from the current folder, or from the package's, where it is below one."""
    for folder in (Path.cwd(), PACKAGE):
        if os.path.isabs(file) and Path(file).is_relative_to(folder):
            return str(Path(file).relative_to(folder))
    return file


def contract(source: ApiSource, *, seed: int = 1) -> Contract:
    """The contract of a document. Raises SpecError for one that doesn't hold together."""
    service = load([source], seed=seed, rate_limits=False)
    served = service.apis[source.name]
    operations = {}
    for route, said in served.understanding.operations.items():
        try:
            operation = served.api.operation(*route)
        except SpecError:
            continue
        plan = read(Plan, said.words)
        operations[route] = Planned(operation, plan, served.around.resources.get(str(plan.resource)))
    return Contract(source, service, operations)
