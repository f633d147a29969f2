"""A client that reads a document and calls its operations in process: valid requests, and requests with one fault."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from verdicts import Judge
from wires import Unwritable, body, escaped, in_header, in_path, in_query

from mockserver import service, sources
from mockserver.service import ApiSource, ServedApi, Service
from mockserver.spec.document import Document
from mockserver.spec.model import Operation, Parameter
from mockserver.steps.call import Answer, Request
from mockserver.world.merging import Unsatisfiable
from mockserver.world.values import generator
from mockserver.world.world import World

NOW = 1_767_225_600_000  # 2026-01-01
BODY = "$request.body."
Route = tuple[str, str]


@dataclass
class Driver:
    """A document, served, and what is needed to ask for its operations."""

    document: Document
    service: Service
    world: World
    judge: Judge
    made: dict[Any, Any] = field(default_factory=dict)

    @property
    def served(self) -> ServedApi:
        return self.service.apis["api"]

    @property
    def routes(self) -> list[Route]:
        """The operations that are served."""
        return [route for route in self.served.api.routes if route not in self.served.api.broken]

    def operation(self, route: Route) -> Operation:
        return self.served.api.operation(*route)

    def words(self, operation: Operation) -> dict[str, Any]:
        """The operation's x-mock."""
        return self.served.understanding.operations[operation.path, operation.method].words

    def ask(self, request: Request) -> Answer:
        """The answer, in a world of its own."""
        return self.service.answer(self.world.fork("one"), request, NOW)

    def value(self, pointer: str, *labels: str | int, name: str = "") -> Any:
        """A value that is valid in a request, the same for the same labels. Raises Unsatisfiable."""
        schemas = self.served.around.schemas
        make = self.made.get("maker")
        if make is None:
            make = self.made["maker"] = generator(
                schemas.follow, lambda node, value: schemas.is_valid(node, value, "request"), 5, mode="request"
            )
        return make(schemas.look_up(pointer), *labels, name=name)

    def request(self, route: Route, whole: bool = True, media: int = 0) -> Request:
        """A valid request; with everything optional, or without any of it. Raises Unwritable or Unsatisfiable."""
        operation = self.operation(route)
        path = self.path(operation)
        query: list[tuple[str, str]] = []
        cookies: list[tuple[str, str]] = []
        headers = {"accept": "*/*"}
        page = self.words(operation).get("page") or {}
        for one in operation.parameters:
            # a cursor is given out, never made up
            is_cursor = page.get("style") in ("cursor", "key") and one.name == page.get("position")
            if one.location == "path" or is_cursor or not (whole or one.required):
                continue
            try:
                self.add(one, self.of(operation, one), query, headers, cookies)
            except (Unwritable, Unsatisfiable):
                if one.required:
                    raise
        payload, about = b"", str(self.words(operation).get("key")).startswith(BODY)
        if operation.body and operation.body.media and (whole or operation.body.required or about):
            headers["content-type"], payload = self.body(operation, media)
        request = Request(operation.method.upper(), path, joined(query), headers, payload, "api")
        request = self.allowed(operation, request)
        return request._replace(headers={**request.headers, **cookie(cookies, request)})

    def of(self, operation: Operation, parameter: Parameter) -> Any:
        """A parameter's value that can be written."""
        found = self.sought(operation, parameter)
        if found is not None:
            return found
        for attempt in range(6):
            value = self.value(parameter.schema, operation.id, parameter.name, attempt, name=parameter.name)
            try:
                self.add(parameter, value, [], {}, [])
            except Unwritable:
                if attempt == 5:
                    raise
                continue
            return value
        raise AssertionError

    def sought(self, operation: Operation, parameter: Parameter) -> Any:
        """What a parameter by which a record is looked up has to be, for a record that exists; None for others."""
        words = self.words(operation)
        if words.get("does") != "read" or words.get("key") or not words.get("resource"):
            return None
        record = next(self.records(words["resource"]), {})
        fields = (words.get("filters") or {}).get(parameter.name, {}).get("fields") or []
        where = f"$request.{parameter.location}.{parameter.name}"
        fields += [field for field, value in (words.get("where") or {}).items() if value == where]
        return next((record[field] for field in fields if record.get(field) is not None), None)

    def add(
        self, one: Parameter, value: Any, query: list[tuple[str, str]], headers: dict[str, str],
        cookies: list[tuple[str, str]],
    ) -> None:  # fmt: skip
        if one.location == "query":
            query += in_query(one, value)
        elif one.location == "querystring":
            query += [("", pair) for pair in body(one.media_type or "", value)[1].decode().split("&")]
        elif one.location == "header":
            headers[one.name.lower()] = in_header(one, value)
        elif one.location == "cookie":
            cookies += in_query(one, value)
        else:
            in_path(one, value)

    def body(self, operation: Operation, media: int = 0) -> tuple[str, bytes]:
        """A valid body in one of the operation's media types."""
        assert operation.body
        wanted = operation.body.media[media]
        if wanted.schema is None:
            return body(wanted.type, {} if "json" in wanted.type or "form" in wanted.type else "some text")
        for attempt in range(6):
            try:
                value = self.fitted(operation, self.value(wanted.schema, operation.id, "body", attempt))
                schemas = self.served.around.schemas
                return body(wanted.type, value, schemas.look_up(wanted.schema), schemas)
            except Unwritable:
                if attempt == 5:
                    raise
        raise AssertionError

    def fitted(self, operation: Operation, value: Any) -> Any:
        """A body without a made-up cursor, and with the key of a record that exists where it is about one."""
        words = self.words(operation)
        resource = self.served.around.resources.get(words.get("resource") or "")
        position, key = str((words.get("page") or {}).get("position")), str(words.get("key"))
        if position.startswith(BODY):
            value = put(value, position.removeprefix(BODY).split("."), lambda holder, name: holder.pop(name))
        if key.startswith(BODY) and resource:
            known = next((one.get(resource.key) for one in self.records(resource.name)), None)
            value = put(value, key.removeprefix(BODY).split("."), lambda holder, name: holder.update({name: known}))
        return value

    def path(self, operation: Operation, others: dict[str, str] | None = None) -> str:
        """The operation's path, its parameters naming records that exist where it is about records."""
        known = {**self.keys(operation), **(others or {})}
        declared = {one.name: one for one in operation.parameters if one.location == "path"}

        def segment(match: re.Match[str]) -> str:
            name = match[1]
            if name in known:
                return known[name]
            one = declared.get(name)
            return in_path(one, self.of(operation, one)) if one else "some"

        base = self.served.api.base_paths[0]
        return base + re.sub(r"\{([^{}]+)\}", segment, operation.path.partition("#")[0])

    def keys(self, operation: Operation) -> dict[str, str]:
        """Path parameters that must name existing records, as the operation's words say: one that exists, and what it
        belongs to."""
        words = self.words(operation)
        resource = self.served.around.resources.get(words.get("resource") or "")
        if resource is None:
            return self.sample_keys(words.get("parent") or {})
        parent = words.get("parent") or {}
        parent = parent if isinstance(parent, dict) else {**(resource.parent or {}), "key": parent}
        key, above, fields = words.get("key"), parent.get("key"), [resource.key]
        if isinstance(key, dict):  # named by another property than its key
            _, key, *fields = key.get("$find") or ("", "")
        found: dict[Any, Any] = {}
        for record in self.records(resource.name):
            owner = next(iter(members(record, str(parent.get("field") or "").split("."))), None)
            found = {key: record.get(fields[-1] if fields else ""), above: owner}
            if owner is not None or not parent:
                break
        if parent.get("resource"):
            owners = self.served.around.resources[parent["resource"]]
            there = [str(one.get(owners.key)) for one in self.records(owners.name)]
            found[above] = found.get(above) if str(found.get(above)) in there else next(iter(there), None)
        asked = {value: name for name, value in (words.get("where") or {}).items() if isinstance(value, str)}
        fitting = (one for one in self.records(resource.name) if all(one.get(name) for name in asked.values()))
        record = next(fitting, {})
        found |= {value: record.get(name) for value, name in asked.items() if value not in found}
        return {
            str(name).removeprefix("$request.path."): escaped(value)
            for name, value in found.items() if str(name).startswith("$request.path.") and value is not None
        }  # fmt: skip

    def sample_keys(self, parent: Mapping[str, Any]) -> dict[str, str]:
        """The path parameter that must name an existing record, though the operation keeps nothing."""
        resource = self.served.around.resources.get(parent.get("resource") or "")
        record = next(self.records(resource.name), None) if resource else None
        if resource is None or record is None:
            return {}
        return {str(parent["key"]).removeprefix("$request.path."): escaped(str(record[resource.key]))}

    def is_empty(self, operation: Operation) -> bool:
        """Whether it is about a record, or below one, but there are none, and no operation makes one."""
        words = self.words(operation)
        above = words.get("parent") if isinstance(words.get("parent"), dict) else {}
        resource = self.served.around.resources.get(words.get("resource") or (above or {}).get("resource") or "")
        return resource is not None and next(self.records(resource.name), None) is None

    def records(self, resource: str) -> Iterator[Mapping[str, Any]]:
        """Those that exist; where there are none, the one that the document's own way to make one makes."""
        table = self.served.around.names.table(resource)
        if not len(self.world.tables[table]) and resource not in self.made:
            self.made[resource] = True
            for route, said in self.served.understanding.operations.items():
                if said.words.get("does") == "create" and said.words.get("resource") == resource:
                    self.service.answer(self.world, self.request(route), NOW)
        return iter(self.world.tables[table].records())

    def allowed(self, operation: Operation, request: Request, secret: str = "any-token") -> Request:
        """The request with credentials: those of the first alternative."""
        schemes = self.served.around.access.schemes
        headers, query = dict(request.headers), request.query
        for name in next(iter(operation.security), {}):
            scheme = schemes.get(name, {})
            place, label = scheme.get("in"), str(scheme.get("name", ""))
            if scheme.get("type") != "apiKey":
                basic = str(scheme.get("scheme", "")).lower() == "basic"
                told = base64.b64encode(f"{secret}:x".encode()).decode()
                headers["authorization"] = f"Basic {told}" if basic else f"Bearer {secret}"
            elif place == "query":
                query = "&".join(filter(None, (query, f"{label}={secret}")))
            elif place == "cookie":
                headers["cookie"] = f"{label}={secret}"
            else:
                headers[label.lower()] = secret
        return request._replace(headers=headers, query=query)


def joined(query: list[tuple[str, str]]) -> str:
    return "&".join(f"{name}={value}" if name else value for name, value in query)


def cookie(cookies: list[tuple[str, str]], request: Request) -> dict[str, str]:
    parts = [request.headers[name] for name in ("cookie",) if name in request.headers]
    parts += ["=".join(pair) for pair in cookies]
    return {"cookie": "; ".join(parts)} if parts else {}


def driver(path: Path | str, **options: Any) -> Driver:
    """A driver of a file's API."""
    return driver_of(sources.document(str(path)), **options)


def driver_of(document: Document, **options: Any) -> Driver:
    source = ApiSource("api", document, options.pop("fixtures", {}))
    served = service.load([source], **options)
    return Driver(document, served, served.new_world(), Judge(document))


def is_success(operation: Operation, status: int) -> bool:
    """Whether a status is a success that an operation declares; any declared one where it declares no success."""
    if not operation.responses:
        return 200 <= status < 300  # nothing is said
    successes = [one for one in operation.responses if one.startswith("2") or one == "default"]
    return operation.response(status) is not None and (200 <= status < 300 or not successes)


def medias(operation: Operation) -> Iterator[int]:
    yield from range(len(operation.body.media) if operation.body else 0) or (0,)


def members(value: Any, way: list[str]) -> Iterator[Any]:
    """What a way of names leads to, through lists too."""
    if isinstance(value, list):
        for one in value:
            yield from members(one, way)
    elif not way:
        yield value
    elif isinstance(value, Mapping) and way[0] in value:
        yield from members(value[way[0]], way[1:])


def put(value: Any, way: list[str], change: Callable[[dict[str, Any], str], object]) -> Any:
    """A copy in which the holder of what a way leads to is changed; the value itself where there is nothing."""
    if not isinstance(value, dict) or way[0] not in value:
        return value
    copied = dict(value)
    if len(way) > 1:
        copied[way[0]] = put(copied[way[0]], way[1:], change)
    else:
        change(copied, way[0])
    return copied
