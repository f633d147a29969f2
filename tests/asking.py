"""Requests made from a document with a seeded dice: valid ones, nearly valid ones and odd ones."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Any
from urllib.parse import quote, urlsplit

import orjson

from mockserver import service, sources
from mockserver.service import Service
from mockserver.steps.call import Request

Json = Any
APIS = sorted(sources.bundled())
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
TEXTS = {
    "email": "{}@acme.example", "date-time": "2026-0{}-01T12:00:00Z", "date": "2026-0{}-11",
    "uri": "https://a.example/{}",
}  # fmt: skip
ODD: tuple[Json, ...] = (
    None, True, 0, -1, 1.5, 10**30, "", " ", "\u0000", "é\U0001f600", "usr_", [], [None], {}, {"a": {}},
)  # fmt: skip
START = 1_780_000_000_000  # real time of the first request, milliseconds since 1970 UTC


@cache
def content(api: str) -> dict[str, Json]:
    """A bundled document, as it is read."""
    return sources.document(str(sources.bundled()[api])).content


def load(apis: Iterable[str] = tuple(APIS), seed: int = 1, rate_limits: bool = False) -> Service:
    """A service of bundled APIs with their fixtures."""
    found = [
        service.ApiSource(api, sources.document(str(sources.bundled()[api])), sources.fixtures_of(api)) for api in apis
    ]
    return service.load(found, seed=seed, rate_limits=rate_limits)


def base_path(api: str) -> str:
    """Where an API's paths begin."""
    return urlsplit(content(api)["servers"][0]["url"]).path.rstrip("/")


def resolved(api: str, node: Json) -> Json:
    """What a node means when it is a `$ref`; what stands beside the `$ref` counts as well."""
    if isinstance(node, dict) and "$ref" in node:
        target: Json = content(api)
        for token in node["$ref"].split("/")[1:]:
            name = token.replace("~1", "/").replace("~0", "~")
            target = target[int(name)] if isinstance(target, list) else target[name]
        beside = {name: value for name, value in node.items() if name != "$ref"}
        return {**resolved(api, target), **beside} if beside else resolved(api, target)
    return node


@dataclass(frozen=True, slots=True)
class Asked:
    """An operation as a client sees it."""

    api: str
    id: str
    method: str  # upper case
    path: str  # the template, with the base path before it
    parameters: tuple[dict[str, Json], ...]
    media_type: str | None
    schema: Json
    bodies: tuple[Json, ...]  # the examples of the request body
    responses: Mapping[str, Json] = field(default_factory=dict)


@cache
def operations(api: str) -> tuple[Asked, ...]:
    """The operations of a document, in its order."""
    found = []
    for path, item in content(api)["paths"].items():
        for method in METHODS:
            if method in item:
                shared = item.get("parameters", [])
                found.append(_asked(api, base_path(api) + path, method, item[method], shared))
    return tuple(found)


def _asked(api: str, path: str, method: str, operation: dict[str, Json], shared: list[Json]) -> Asked:
    parameters = {
        (one["name"], one["in"]): one for one in (resolved(api, p) for p in (*shared, *operation.get("parameters", ())))
    }
    body = resolved(api, operation.get("requestBody", {}))
    media_type, media = next(iter(body.get("content", {}).items()), (None, {}))
    examples = [one["value"] for one in media.get("examples", {}).values()]
    responses = {status: resolved(api, one) for status, one in operation.get("responses", {}).items()}
    return Asked(
        api, operation["operationId"], method.upper(), path, tuple(parameters.values()), media_type,
        media.get("schema", {}), tuple(examples), responses,
    )  # fmt: skip


def _start(examples: list[Json] | None) -> str:
    """`usr_` of `usr_01HX9ABC`: how ids of a kind begin; empty where an example shows none."""
    found = re.match(r"[a-z]+_", str((examples or [""])[0]))
    return found[0] if found else ""


@dataclass
class Asker:
    """Makes requests with a dice, and remembers the ids that answers show, so that later requests can name them."""

    dice: Random
    ids: dict[str, list[Json]] = field(default_factory=dict)  # by API

    def request(self, asked: Asked, odd: float = 0.0) -> Request:
        """A request of an operation; each part of it is odd with the probability `odd`."""
        dice = self.dice
        path = re.sub(r"\{([^}]+)\}", lambda found: quote(str(self._path(asked, found[1], odd)), safe=""), asked.path)
        query = "&".join(
            f"{quote(name, safe='[]')}={quote(text, safe=',')}" for name, text in self._query(asked, odd)
        )
        headers = {"authorization": "Bearer test-key", "x-api-key": "test-key"}
        for one in asked.parameters:
            if one["in"] == "header" and dice.random() < 0.3:
                headers[one["name"].lower()] = str(self.value(asked.api, one["schema"]))
        if dice.random() < odd / 2:
            key = dice.choice(["", "nobody", "readonly-key", "limited-key"])
            headers |= {"authorization": f"Bearer {key}", "x-api-key": key}
        body = b""
        if asked.media_type and dice.random() >= odd / 4:
            headers["content-type"] = asked.media_type if dice.random() >= odd / 4 else dice.choice(["text/plain", "a"])
            body = self._body(asked, odd)
        method = asked.method if dice.random() >= odd / 8 else dice.choice(["PUT", "DELETE", "OPTIONS", "HEAD", "BREW"])
        return Request(method, path, query, headers, body, asked.api)

    def note(self, api: str, body: bytes) -> None:
        """Remembers the ids of an answer."""
        try:
            answer = orjson.loads(body)
        except ValueError:
            return
        known = self.ids.setdefault(api, [])
        known += [value for value in _ids(answer) if value not in known]
        del known[:-60]

    def value(self, api: str, node: Json, depth: int = 0) -> Json:
        """A value that is mostly valid against a schema node."""
        node, dice = resolved(api, node), self.dice
        if not isinstance(node, dict):
            return dice.choice(ODD)
        for part in node.get("allOf", ()):
            node = {**resolved(api, part), **node}
        for keyword in ("anyOf", "oneOf"):
            if keyword in node:
                node = {**node, **resolved(api, dice.choice(node[keyword]))}
        if "enum" in node or "const" in node:
            return dice.choice(node.get("enum") or [node.get("const")])
        if node.get("examples") and dice.random() < 0.5:
            return dice.choice(node["examples"])
        kind = node.get("type", "object" if "properties" in node else "string")
        kind = dice.choice(kind) if isinstance(kind, list) else kind
        if kind == "object":
            return self._object(api, node, depth)
        if kind == "array":
            least = node.get("minItems", 0)
            length = dice.randint(least, min(node.get("maxItems", 3), least + 2))
            return [self.value(api, node.get("items", {}), depth + 1) for _ in range(length)]
        return self._scalar(api, node, kind)

    def _object(self, api: str, node: Json, depth: int) -> Json:
        required = node.get("required", ())
        made = {
            name: self.value(api, one, depth + 1)
            for name, one in node.get("properties", {}).items()
            if name in required or (depth < 4 and self.dice.random() < 0.5)
        }
        if not made and isinstance(node.get("additionalProperties"), dict):
            made = {"team": self.value(api, node["additionalProperties"], depth + 1)}
        return made

    def _scalar(self, api: str, node: Json, kind: str) -> Json:
        dice = self.dice
        if kind == "null":
            return None
        if kind == "boolean":
            return dice.random() < 0.5
        if kind in ("integer", "number"):
            low, high = node.get("minimum", 0), node.get("maximum", 1000)
            return dice.choice([low, dice.randint(int(low), int(min(high, low + 50)))])
        if "format" in node and node["format"] in TEXTS:
            return TEXTS[node["format"]].format(dice.randint(1, 9))
        known = [one for one in self.ids.get(api, []) if isinstance(one, str)]
        start = _start(node.get("examples"))
        fits = [one for one in known if one.startswith(start) and re.search(node.get("pattern", ""), one)]
        if fits and dice.random() < 0.6:
            return dice.choice(fits)
        return (dice.choice(["a", "Ann Lee", "acme", "Zoë 漢字", "x y z"]))[: node.get("maxLength", 99)]

    def _path(self, asked: Asked, name: str, odd: float) -> Json:
        node = next(one for one in asked.parameters if one["name"] == name and one["in"] == "path")
        if self.dice.random() < odd:
            return self.dice.choice(["0", "..", "%", "\u0000", "nobody", "usr_", "é", "9" * 40])
        schema = resolved(asked.api, node["schema"])
        examples = [one["value"] for one in node.get("examples", {}).values()] + schema.get("examples", [])
        known = [one for one in self.ids.get(asked.api, ()) if str(one).startswith(_start(examples))]
        return self.dice.choice([*known, *examples]) if known or examples else self.value(asked.api, schema)

    def _query(self, asked: Asked, odd: float) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for one in asked.parameters:
            if one["in"] == "query" and (one.get("required") or self.dice.random() < 0.3):
                value = self.value(asked.api, one["schema"]) if self.dice.random() >= odd else self.dice.choice(ODD)
                found += _spelled(one["name"], value)
        if self.dice.random() < odd:
            found += self.dice.choice([[("nonsense", "1")], found[:1], [("cursor", "bm8=")], [("limit", "٣")]])
        return found

    def _body(self, asked: Asked, odd: float) -> bytes:
        dice = self.dice
        if dice.random() < odd / 3:
            return dice.choice([b"", b"{", b"nul", b"[" * 200, b'{"a":1e999}', b"\xff", b'"\\ud800"', b"[]", b"null"])
        use_example = asked.bodies and dice.random() < 0.3
        value = dice.choice(asked.bodies) if use_example else self.value(asked.api, asked.schema)
        if dice.random() < odd and isinstance(value, dict):
            value = {**value, dice.choice([*value, "nonsense"]): dice.choice(ODD)}
        return json_bytes(value)


def json_bytes(value: Json) -> bytes:
    """JSON as a client writes it; integers of any size."""
    return json.dumps(value).encode()


def _spelled(name: str, value: Json) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [(f"{name}[{key}]", _text(one)) for key, one in value.items()]
    if isinstance(value, list):
        return [(name, ",".join(map(_text, value)))]
    return [(name, _text(value))]


def _text(value: Json) -> str:
    return value if isinstance(value, str) else json_bytes(value).decode()


def _ids(answer: Json) -> Iterable[Json]:
    if isinstance(answer, list):
        for one in answer:
            yield from _ids(one)
    elif isinstance(answer, dict):
        for name, value in answer.items():
            if isinstance(value, dict | list):
                yield from _ids(value)
            elif re.search(r"(^|_)id$|Id$", name) and name != "request_id" and value is not None:
                yield value
