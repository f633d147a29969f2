"""Small documents in a few lines of YAML, served in process."""

from __future__ import annotations

from typing import Any

import orjson
from drive import NOW, Driver, driver_of

from mockserver.spec.document import parse
from mockserver.steps.call import Answer, Request


def served(text: str, **options: Any) -> Driver:
    """The API of a document that has `openapi` and `info` put before it where they are missing."""
    head = "" if "openapi:" in text or "swagger:" in text else "openapi: 3.1.0\ninfo: {title: T, version: '1'}\n"
    return driver_of(parse("inline.yaml", lambda uri: (head + text).encode()), **options)


def ask(
    driver: Driver, line: str, body: Any = None, now: int = NOW, /, content_type: str | None = None, **headers: str
) -> Answer:
    """The answer to `GET /path?query`; a body that is no bytes is sent as JSON. Header names have `_` for `-`."""
    method, _, target = line.partition(" ")
    path, _, query = target.partition("?")
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    payload = body if isinstance(body, bytes) else b"" if body is None else orjson.dumps(body)
    if content_type or body is not None:
        told["content-type"] = content_type or "application/json"
    return driver.service.answer(driver.world, Request(method, path, query, told, payload, "api"), now)


def header(answer: Answer, name: str) -> str | None:
    """The value of a header; None where there is none."""
    return next((value for one, value in answer.headers if one.lower() == name.lower()), None)


def json(answer: Answer) -> Any:
    """The value of a JSON body."""
    return orjson.loads(answer.body)
