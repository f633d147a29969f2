"""Whether an answer is as a document says: judged with the whole document, by nothing of what made the answer."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

import jsonschema_rs

from mockserver.spec.document import Document
from mockserver.spec.model import Header, Operation, Response
from mockserver.steps.call import Answer

DETAILS = {
    "type": "object",
    "required": ["title", "status", "detail"],
    "properties": {"title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"}},
}
LINES = ("application/x-ndjson", "application/jsonl", "application/ndjson")


@dataclass
class Judge:
    """Validators of a document's responses; a writeOnly property is never required in them."""

    document: Document
    compiled: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        content = copy.deepcopy(self.document.content)
        _relax(content)
        self.content = content
        self.registry = jsonschema_rs.Registry([("doc:/api", content)], draft=jsonschema_rs.Draft202012)

    def wrong(self, pointer: str, value: Any) -> list[str]:
        """What is wrong with a value at a schema's pointer."""
        validator = self.compiled.get(pointer)
        if validator is None:
            validator = self.compiled[pointer] = jsonschema_rs.Draft202012Validator(
                {"$ref": f"doc:/api#{quoted(pointer)}"}, registry=self.registry, validate_formats=True
            )
        return [
            f"{list(one.instance_path)}: {one.message}"[:300] for one in validator.iter_errors(value)
        ][:3]  # fmt: skip

    def faults(self, operation: Operation, answer: Answer, method: str = "") -> list[str]:
        """In which ways an answer isn't as its operation declares it; `[]` when it is."""
        response = operation.response(answer.status)
        if not operation.responses:
            return []
        if response is None:
            return [f"{answer.status} is not declared: {sorted(operation.responses)}"]
        return [*self.headers(response, answer), *self.body(response, answer, method)]

    def headers(self, response: Response, answer: Answer) -> list[str]:
        sent = {name.lower(): value for name, value in answer.headers}
        found = []
        for header in response.headers:
            value = sent.get(header.name.lower())
            if value is None and header.required:
                found.append(f"the header {header.name} is missing")
            elif value is not None and header.schema and not self._fits(header, value):
                found.append(f"the header {header.name}: {value!r} is not as its schema says")
        return found

    def _fits(self, header: Header, value: str) -> bool:
        """Whether a header's text is valid as a text or as what it may stand for."""
        readings: list[Any] = [value, value.split(",")]
        with suppress(ValueError):
            readings.append(json.loads(value))
        return any(not self.wrong(header.schema or "", one) for one in readings)

    def body(self, response: Response, answer: Answer, method: str) -> list[str]:
        kind = next((value for name, value in answer.headers if name.lower() == "content-type"), "")
        kind = kind.partition(";")[0].strip()
        if method == "HEAD":
            return []
        if not response.media:
            return []
        media = next((one for one in response.media if one.type == kind), None) or next(
            (one for one in response.media if "*" in one.type), None
        )
        if media is None:
            return [f"{kind!r} is not declared: {[one.type for one in response.media]}"]
        if media.schema is None:
            return []
        try:
            values = read(kind, answer.body)
        except ValueError as error:
            return [f"the body is no {kind}: {error}"]
        return [fault for value in values for fault in self.wrong(media.schema, value)]


def read(kind: str, octets: bytes) -> list[Any]:
    """The values of a body; [] where its form can't be judged by a JSON Schema."""
    if kind in LINES:
        return [json.loads(line) for line in octets.splitlines()]
    if kind.endswith("json"):
        return [json.loads(octets)]
    if kind.endswith("xml"):
        try:
            ElementTree.fromstring(octets)
        except ElementTree.ParseError as error:
            raise ValueError(str(error)) from None
        return []
    return [octets.decode()] if kind.startswith("text/") and kind != "text/event-stream" else []


def is_details(answer: Answer) -> bool:
    """Whether an answer is RFC 9457 problem details."""
    kinds = [value for name, value in answer.headers if name.lower() == "content-type"]
    valid: bool = jsonschema_rs.is_valid(DETAILS, json.loads(answer.body or b"null"))
    return kinds == ["application/problem+json"] and valid


def quoted(pointer: str) -> str:
    return pointer.replace("%", "%25").replace(" ", "%20").replace("{", "%7B").replace("}", "%7D").replace("#", "%23")


def _relax(node: Any) -> None:
    if isinstance(node, list):
        for one in node:
            _relax(one)
    elif isinstance(node, dict):
        properties, required = node.get("properties"), node.get("required")
        if isinstance(properties, dict) and isinstance(required, list):
            hidden = {name for name, one in properties.items() if isinstance(one, dict) and one.get("writeOnly")}
            node["required"] = [name for name in required if name not in hidden]
        for one in node.values():
            _relax(one)
