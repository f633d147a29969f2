"""Requests made from an operation's plan and the records that there are: valid ones, and parts of them exchanged."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any
from urllib.parse import quote

import orjson

from mockserver.served import ServedApi
from mockserver.spec.behaviour import Plan
from mockserver.spec.errors import SpecError
from mockserver.spec.model import Json, Operation, Parameter
from mockserver.steps.answers import is_json
from mockserver.steps.call import Request
from mockserver.world.merging import Unsatisfiable
from mockserver.world.values import generator
from mockserver.world.world import World

RECORDS, BODIES = 8, 3  # of a resource that are tried, and bodies that are made up
NOTHING: Any = object()


@dataclass(frozen=True, slots=True)
class Ask:
    """One request; `times` of them in a row. With `control`, of the control API."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Json = NOTHING  # JSON, or bytes as they are
    times: int = 1
    control: bool = False

    def request(self, api: str) -> Request:
        """As it comes to the service."""
        query = "&".join(f"{quote(name, safe='[]')}={quote(value, safe='')}" for name, value in self.query.items())
        return Request(self.method, self.path, query, {k.lower(): v for k, v in self.headers.items()}, self.data, api)

    @property
    def data(self) -> bytes:
        """The body's bytes."""
        if self.body is NOTHING:
            return b""
        return self.body if isinstance(self.body, bytes) else orjson.dumps(self.body)

    def shown(self, mount: str) -> dict[str, Json]:
        """As JSON; a body that is none is told as text."""
        query = "&".join(f"{quote(name, safe='[]')}={quote(value, safe='')}" for name, value in self.query.items())
        path = f"{'' if self.control else mount}{self.path}{'?' if query else ''}{query}"
        told: dict[str, Json] = {"method": self.method, "path": path, "headers": dict(self.headers)}
        if isinstance(self.body, bytes):
            told["text"] = self.body.decode("utf-8", "replace")
        elif self.body is not NOTHING:
            told["json"] = self.body
        return {**told, "times": self.times}


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes requests of one operation of one API."""

    served: ServedApi
    operation: Operation
    said: Plan
    world: World
    seed: int

    def valid(self) -> Iterator[Ask]:
        """Requests that may succeed, the likeliest first."""
        for secret in self.secrets():
            for record in [*islice(self.records(), RECORDS)] or [{}]:
                for body in [*self.bodies(record)] or [NOTHING]:
                    yield self.ask(secret, record, body)

    def secrets(self) -> list[str]:
        """The keys that there are, those that may do most first."""
        keys = self.served.around.access.keys
        if not keys:
            return ["test-key"]
        return sorted(keys, key=lambda one: (not _unbounded(keys[one]), -len(keys[one].get("scopes") or ())))

    def records(self) -> Iterator[Mapping[str, Json]]:
        """Records that the operation may be about, or whose parents it may be about."""
        around = self.served.around
        resource = self.said.resource or ""
        if resource in around.resources:
            yield from self.world.tables[around.names.table(resource)].records()

    def ask(self, secret: str, record: Mapping[str, Json], body: Json) -> Ask:
        """A request about a record."""
        operation, base = self.operation, (self.served.api.base_paths or ("",))[0]
        path = base + operation.path
        query, headers = dict[str, str](), dict[str, str]()
        for parameter in operation.parameters:
            value = self.value(parameter, record)
            if value is NOTHING:
                continue
            if parameter.location == "path":
                path = path.replace("{" + parameter.name + "}", quote(text(value), safe=""))
            elif parameter.location == "query":
                query[parameter.name] = text(value)
            elif parameter.location == "header":
                headers[parameter.name] = text(value)
        if body is not NOTHING and self.media():
            headers["Content-Type"] = self.media()
        return self.with_key(Ask(operation.method.upper(), path, query, headers, body), secret)

    def value(self, parameter: Parameter, record: Mapping[str, Json]) -> Json:
        """What a parameter says; NOTHING for one that may be left out."""
        around, name = self.served.around, f"$request.{parameter.location}.{parameter.name}"
        resource = around.resources.get(self.said.resource or "")
        if resource and self.said.key == name:
            return record.get(resource.key, "unknown")
        if parameter.location == "path" and (above := self._above(name, record)) is not None:
            return above
        filters = self.said.filters.get(parameter.name) or {}
        known = [record[one] for one in filters.get("fields") or () if record.get(one) is not None]
        if not parameter.required:
            return NOTHING
        schema = around.schemas.follow(around.schemas.look_up(parameter.schema)) if parameter.schema else {}
        if known and around.schemas.is_valid(schema, text(known[0])):
            return known[0]
        return self.made(schema, "parameter", parameter.name)

    def _above(self, name: str, record: Mapping[str, Json]) -> Json:
        """The key of the record above, as the path names it."""
        around = self.served.around
        resource = around.resources.get(self.said.resource or "")
        parent = self.said.parent
        words = resource.parent if resource and resource.parent else {}
        key = parent.get("key") if isinstance(parent, Mapping) else parent
        if key != name:
            return None
        said = parent if isinstance(parent, Mapping) else words
        field_name = str(said.get("field") or words.get("field") or "")
        if field_name in record:
            return record[field_name]
        above = around.resources.get(str(said.get("resource") or words.get("resource") or ""))
        table = self.world.tables[around.names.table(above.name)] if above else None
        first = next(iter(table.records()), None) if table else None
        return first[above.key] if first and above else None

    def media(self) -> str:
        """The media type that bodies are sent as: JSON where there is a choice."""
        types = [one.type for one in self.operation.body.media] if self.operation.body else []
        return next((one for one in types if is_json(one)), "") or (types[0] if types else "")

    def node(self) -> Json:
        """The schema of the body; {} where it says nothing."""
        body = self.operation.body
        media = next((one for one in body.media if one.type == self.media()), None) if body else None
        return self.served.around.schemas.follow({"$ref": f"#{media.schema}"}) if media and media.schema else {}

    def bodies(self, record: Mapping[str, Json]) -> Iterator[Json]:
        """Bodies that may be right: the document's examples, and made up ones; their references lead somewhere."""
        if not self.operation.body or not is_json(self.media()):
            return
        around, node = self.served.around, self.node()
        media = next(one for one in self.operation.body.media if one.type == self.media())
        said = around.schemas.look_up(media.pointer)
        named = (said.get("examples") or {}).values() if isinstance(said, dict) else ()
        shown = [one["value"] for one in map(around.schemas.follow, named) if isinstance(one, dict) and "value" in one]
        shown += [said["example"]] if isinstance(said, dict) and "example" in said else []
        made = (self.made(node, "body", at) for at in range(BODIES))
        for body in (*shown, *made):
            if body is not NOTHING:
                yield self.linked(body, record)

    def linked(self, body: Json, record: Mapping[str, Json]) -> Json:
        """A body whose references name records that there are, and whose key is that of the record."""
        around = self.served.around
        resource = around.resources.get(self.said.resource or "")
        if not isinstance(body, Mapping) or resource is None:
            return body
        changed = dict(body)
        for name, words in resource.references.items():
            first = next(iter(self.world.tables[around.names.table(words["resource"])].records()), None)
            if name in changed and first is not None:
                key = first[around.resources[words["resource"]].key]
                changed[name] = [key] if isinstance(changed[name], list) else key
        if str(self.said.key).startswith("$request.body."):
            changed[str(self.said.key).removeprefix("$request.body.")] = record.get(resource.key, "unknown")
        return changed if around.schemas.is_valid(self.node(), changed, "request") else body

    def made(self, node: Json, *labels: str | int) -> Json:
        """A value that a schema takes; NOTHING when none was found."""
        schemas = self.served.around.schemas
        make = generator(schemas.follow, lambda one, value: schemas.is_valid(one, value, "request"), self.seed,
                         mode="request")  # fmt: skip
        try:
            return make(node, self.operation.id, *labels)
        except (Unsatisfiable, SpecError):
            return NOTHING

    def with_key(self, ask: Ask, secret: str | None) -> Ask:
        """The same request with another key, or with none."""
        schemes = self.served.around.access.schemes
        way = next((way for way in self.operation.security if way), {})
        headers, query = dict(ask.headers), dict(ask.query)
        for name in way or list(schemes)[:1]:
            scheme = schemes.get(name) or {}
            where, label = scheme.get("in", "header"), str(scheme.get("name", "Authorization"))
            for place in (headers, query):
                place.pop(label if scheme.get("type") == "apiKey" else "Authorization", None)
            if secret is None:
                continue
            if scheme.get("type") == "apiKey":
                (query if where == "query" else headers)[label] = secret
            elif str(scheme.get("scheme", "")).lower() == "basic":
                headers["Authorization"] = f"Basic {base64.b64encode(f'{secret}:'.encode()).decode()}"
            else:
                headers["Authorization"] = f"Bearer {secret}"
        return replace(ask, headers=headers, query=query)


def _unbounded(key: Mapping[str, Any]) -> bool:
    return key.get("scopes") is None and key.get("role") is None


def text(value: Json) -> str:
    """A value as a parameter says it."""
    return value if isinstance(value, str) else orjson.dumps(value).decode()
