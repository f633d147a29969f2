"""A document given as YAML, served in one process, and asked."""

from __future__ import annotations

import json
from typing import Any

from mockserver import service
from mockserver.service import ServedApi, Service
from mockserver.spec.document import parse
from mockserver.steps.call import Answer, Request

Json = Any
NOW = 1_780_000_000_000
HEAD = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\n"


class Api:
    """A served document: `api("GET /contacts?limit=2")` gives status and body."""

    def __init__(self, text: str, records: int | None = None) -> None:
        document = parse("api.yaml", lambda uri: (HEAD + text).encode())
        self.service: Service = service.load([service.ApiSource("api", document, {})], rate_limits=False)
        if records is not None:
            counts = dict.fromkeys(self.served.understanding.resources, records)
            self.service = service.load([service.ApiSource("api", document, {})], records=counts, rate_limits=False)
        self.world = self.service.new_world()

    @property
    def served(self) -> ServedApi:
        return self.service.apis["api"]

    def words(self, route: str) -> dict[str, Json]:
        """What was understood of an operation: `GET /contacts`."""
        method, _, path = route.partition(" ")
        return self.served.understanding.operations[path, method.lower()].words

    def __call__(self, line: str, body: Json = None, **headers: str) -> tuple[int, Json]:
        answer = self._answer(line, body, headers)
        return answer.status, json.loads(answer.body) if answer.body else None

    def headers(self, line: str, body: Json = None, **headers: str) -> dict[str, str]:
        """The headers of an answer."""
        return dict(self._answer(line, body, headers).headers)

    def _answer(self, line: str, body: Json, headers: dict[str, str]) -> Answer:
        method, _, where = line.partition(" ")
        path, _, query = where.partition("?")
        sent = {"host": "mock.example", **({"content-type": "application/json"} if body is not None else {}), **headers}
        data = json.dumps(body).encode() if body is not None else b""
        request = Request(method, path, query, sent, data)
        return self.service.answer(self.world, request, NOW + self.world.calls * 1000)
