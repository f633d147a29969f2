"""A service of a bundled API or of an inline document, asked in process: `ask("GET /users", prefer="code=429")`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson
from asking import START, load

from mockserver.service import ApiSource, Service
from mockserver.service import load as load_service
from mockserver.spec.document import parse
from mockserver.steps.call import Answer, Request
from mockserver.world.world import World


@dataclass
class Asker:
    """Asks one API of a service in one world, at a time that moves only by `now`."""

    service: Service
    api: str
    base: str = ""
    key: str | None = "test-key"
    now: int = START
    world: World = field(default=None)  # type: ignore[assignment]

    def __post_init__(self) -> None:
        self.world = self.world or self.service.new_world()

    def __call__(self, line: str, body: Any = None, key: str | None = "", **headers: str) -> Answer:
        method, _, target = line.partition(" ")
        path, _, query = target.partition("?")
        key = self.key if key == "" else key
        sent = {"authorization": f"Bearer {key}", "x-api-key": key} if key else {}
        sent |= {"content-type": "application/json"} if body is not None else {}
        data = body if isinstance(body, bytes) else b"" if body is None else orjson.dumps(body)
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.service.answer(self.world, Request(method, self.base + path, query, sent, data, self.api), self.now)


def bundled(api: str, base: str = "", **options: Any) -> Asker:
    return Asker(load((api,), **options), api, base)


def inline(document: dict[str, Any], fixtures: dict[str, Any] | None = None, **options: Any) -> Asker:
    """A document of a user's own, given as data."""
    source = parse("mine.json", lambda uri: orjson.dumps(document))
    return Asker(load_service([ApiSource("mine", source, fixtures or {})], **options), "mine")


def header(answer: Answer, name: str) -> str | None:
    return next((value for known, value in answer.headers if known.lower() == name.lower()), None)


def json(answer: Answer) -> Any:
    return orjson.loads(answer.body)
