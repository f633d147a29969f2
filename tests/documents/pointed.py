"""Reads the bundled documents by JSON pointer and by operation, for the tests of one API each."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import referencing
import yaml
from referencing.jsonschema import DRAFT202012

ROOT = Path(__file__).resolve().parents[2]
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@cache
def read(path: str) -> Any:
    """A YAML file of the repository, as JSON would hold it (times stay text, keys are text)."""
    return json.loads(json.dumps(yaml.load((ROOT / path).read_text(), Loader=yaml.CSafeLoader), default=str))


def document(api: str) -> Any:
    """The OpenAPI document of a bundled API."""
    return read(f"openapi/{api}.yaml")


def seed(api: str) -> Any:
    """The first records and keys of a bundled API."""
    return read(f"fixtures/{api}/seed.yaml")


def at(api: str, pointer: str) -> Any:
    """What stands at `/paths/~1users/get` in a document; `$ref`s on the way are followed."""
    node = document(api)
    for token in pointer.split("/")[1:]:
        node = _followed(api, node)
        name = token.replace("~1", "/").replace("~0", "~")
        node = node[int(name)] if isinstance(node, list) else node[name]
    return _followed(api, node)


def _followed(api: str, node: Any) -> Any:
    while isinstance(node, dict) and set(node) == {"$ref"}:
        node = at(api, node["$ref"].removeprefix("#"))
    return node


def operations(api: str) -> dict[str, Any]:
    """Every operation by its id, with the parameters of its path among its own, and `method` and `path`."""
    found = {}
    for path, item in document(api)["paths"].items():
        for method in METHODS:
            if method in item:
                own = item[method]
                parameters = [_followed(api, one) for one in (*item.get("parameters", ()), *own.get("parameters", ()))]
                found[own["operationId"]] = {**own, "parameters": parameters, "method": method, "path": path}
    return found


def parameter(api: str, operation: str, name: str) -> Any:
    """A parameter of an operation."""
    return next(one for one in operations(api)[operation]["parameters"] if one["name"] == name)


def statuses(api: str, operation: str) -> set[str]:
    """The statuses that an operation declares."""
    return set(operations(api)[operation]["responses"])


def faults(api: str, pointer: str, value: Any) -> list[str]:
    """How a value breaks the schema at a pointer: `/phone: pattern`, sorted; empty when it is valid."""
    resource = referencing.Resource.from_contents(document(api), default_specification=DRAFT202012)
    registry = referencing.Registry().with_resource("urn:document", resource)
    validator = jsonschema.Draft202012Validator(
        {"$ref": f"urn:document#{pointer}"},
        registry=registry,
        format_checker=jsonschema.FormatChecker(["date", "email"]),
    )
    return sorted(f"/{'/'.join(map(str, one.absolute_path))}: {one.validator}" for one in validator.iter_errors(value))
