"""What a check has made on a server, read off its own calls, and how it is taken away again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple
from urllib.parse import unquote

import orjson

from mockserver.check.answers import asked, at, within
from mockserver.check.contract import Contract, Planned
from mockserver.check.findings import NO_ANSWER, Created, Exchange
from mockserver.check.wire import request_of
from mockserver.spec.model import Json
from mockserver.steps.call import Request

TAG = "mockserver-check"  # stands in the texts of what a check makes


class Doubt(NamedTuple):
    """A creation of which isn't known what it made, if anything."""

    planned: Planned
    parameters: Mapping[str, str]  # the raw ones of its path
    body: bytes


@dataclass(slots=True)
class Ledger:
    """The records that exist because of the check. It is told of every exchange, whoever made it."""

    contract: Contract
    entries: dict[tuple[str, str], tuple[Created, Request | None]] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)

    def see(self, planned: Planned, parameters: Mapping[str, str], exchange: Exchange) -> None:
        """Notes what an exchange has made or taken away; `parameters` are the raw ones of its path."""
        if planned.resource is None or 300 <= exchange.status < 500:
            return
        name, does = planned.resource.name, planned.plan.does
        if does in ("create", "batch-create"):
            known = self._known(planned, exchange)
            for key in known:
                self.add(planned, key, parameters)
            if not known:
                self.doubts.append(Doubt(planned, parameters, exchange.body))
        elif does == "delete" and 200 <= exchange.status < 300:
            part, way = asked(planned.plan.key)
            body = parsed(exchange.body) if part == "body" else None
            key = parameters.get(way[0], "") if part == "path" else str(at(body, way))
            self.entries.pop((name, unquote(key)), None)

    @staticmethod
    def _known(planned: Planned, exchange: Exchange) -> list[str]:
        """The keys of what a creation has made for certain: with 200 where 201 makes one, it may have been there
        already, and be somebody else's; a server error may come before or after the record."""
        assert planned.resource is not None
        if exchange.status == NO_ANSWER or exchange.status >= 500:
            return []
        if planned.plan.does == "create" and exchange.status != planned.plan.status:
            return []
        return [*keys_in(parsed(exchange.answer), planned.resource.key)]

    def add(self, planned: Planned, key: str, parameters: Mapping[str, str]) -> None:
        """Notes one record."""
        assert planned.resource is not None
        undo = self._undo(planned, key, parameters)
        told = f"{undo.method} {undo.path}" if undo else ""
        name = planned.resource.name
        self.entries[name, key] = Created(name, key, planned.operation.id, told), undo

    def _undo(self, planned: Planned, key: str, parameters: Mapping[str, str]) -> Request | None:
        """The request that deletes a record; what names its parents is as it was when it was made."""
        assert planned.resource is not None
        for delete in self.contract.of(planned.resource.name, "delete"):
            part, way = asked(delete.plan.key)
            needed = {one.name: one.location for one in delete.operation.parameters if one.required}
            values: dict[str, Json] = {name: unquote(parameters[name]) for name in needed if name in parameters}
            body: Json = within(None, way, key) if part == "body" else None
            if part in ("path", "query"):
                values[way[0]] = key
            in_path = {name: value for name, value in values.items() if needed.get(name) != "query"}
            in_query = {name: value for name, value in values.items() if needed.get(name) == "query"}
            lacks_body = delete.operation.body is not None and delete.operation.body.required and body is None
            if part and values.keys() >= needed.keys() and not lacks_body:
                return request_of(delete.operation, in_path, in_query, body)
        return None

    def clear(self, send: Callable[[Request], Exchange]) -> tuple[Created, ...]:
        """Deletes everything, the newest first; what is left over, with the reason."""
        left = []
        for created, undo in reversed([*self.entries.values()]):
            if undo is None:
                left.append(replace(created, why="the document has no operation that deletes it"))
                continue
            exchange = send(undo)
            if exchange.status not in (404, 410) and not 200 <= exchange.status < 300:
                left.append(replace(created, why=exchange.error or f"the server answered {exchange.status}"))
        self.entries.clear()
        return tuple(left)


def parsed(body: bytes) -> Json:
    """A JSON body, or None."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def keys_in(value: Json, key: str, depth: int = 0) -> Iterator[str]:
    """The keys of the records in an answer, wherever it holds them: at the top, in an envelope, in a list."""
    if depth > 3:
        return
    if isinstance(value, dict):
        found = value.get(key)
        if isinstance(found, str | int) and not isinstance(found, bool):
            yield str(found)
            return
        for inside in value.values():
            if isinstance(inside, dict | list):
                yield from keys_in(inside, key, depth + 1)
    elif isinstance(value, list):
        for inside in value:
            yield from keys_in(inside, key, depth + 1)
