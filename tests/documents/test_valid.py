"""Every bundled document is valid OpenAPI 3.1, shows only valid examples and says where each part comes from."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

ROOT = Path(__file__).resolve().parents[2]
Json = Any
Load = Callable[[str], Json]
METHODS = ("get", "post", "put", "patch", "delete")
DATA = {"example", "default", "enum", "value", "x-mock"}  # what stands there is no part of the document's structure
STATUSES = {"documented", "implied", "assumed", "contradiction"}

APIS = sorted(path.stem for path in (ROOT / "openapi").glob("*.yaml"))
pytestmark = pytest.mark.parametrize("api", APIS)


def test_is_valid_by_the_official_schema(api: str, document: Load) -> None:
    faults = [error.message for error in OpenAPIV31SpecValidator(document(api)).iter_errors()]

    assert faults == []


def test_each_operation_says_what_it_does_and_where_that_comes_from(api: str, document: Load) -> None:
    for name, operation in operations(document(api)):
        assert operation["x-source"]["status"] in STATUSES, name
        assert all(operation[word] for word in ("operationId", "summary", "description")), name


def test_operation_ids_are_unique(api: str, document: Load) -> None:
    ids = [operation["operationId"] for _, operation in operations(document(api))]

    assert len(ids) == len(set(ids))


def test_each_source_has_a_status_and_what_is_not_documented_a_reason(api: str, document: Load) -> None:
    for at, node in walk(document(api)):
        if source := node.get("x-source"):
            assert source["status"] in STATUSES, at
            assert source.keys() <= {"status", "note", "reading", "gap"}, at
            assert source["status"] == "documented" or source.keys() & {"note", "reading"}, at


def test_examples_and_defaults_are_valid(api: str, document: Load) -> None:
    wrong = [
        f"{at}: {value!r}: {error.message}"
        for at, pointer, value in shown(document(api))
        for error in validator(document(api), pointer).iter_errors(value)
    ]

    assert wrong == []


def test_its_x_mock_speaks_the_vocabulary(api: str, document: Load) -> None:
    words = read(ROOT / "mockserver" / "spec" / "x-mock.yaml")
    said = [("root", document(api).get("x-mock", {}))]
    said += [("operation", one["x-mock"]) for _, one in operations(document(api)) if "x-mock" in one]

    for kind, value in said:
        jsonschema.Draft202012Validator({**words, "$ref": f"#/$defs/{kind}"}).validate(value)


def test_its_first_records_speak_the_vocabulary(api: str, seed: Load) -> None:
    words = read(ROOT / "mockserver" / "world" / "fixtures.yaml")

    jsonschema.Draft202012Validator(words).validate(seed(api))


def read(path: Path) -> Json:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def operations(document: Json) -> Iterator[tuple[str, Json]]:
    for path, item in {**document["paths"], **document.get("webhooks", {})}.items():
        yield from ((f"{method} {path}", item[method]) for method in METHODS if method in item)


def walk(node: Json, at: str = "") -> Iterator[tuple[str, dict[str, Json]]]:
    """Every object of a document with its JSON pointer, but for what is data."""
    if isinstance(node, dict):
        yield at, node
        inner = [(name, value) for name, value in node.items() if name not in DATA]
    else:
        inner = list(enumerate(node)) if isinstance(node, list) else []
    for name, value in inner:
        yield from walk(value, f"{at}/{str(name).replace('~', '~0').replace('/', '~1')}")


def shown(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Every example and default: where it stands, the pointer of its schema, and the value."""
    for at, node in walk(document):
        if "schema" in node:
            if "example" in node:
                yield at, f"{at}/schema", node["example"]
            for name, example in (node.get("examples") or {}).items():
                yield f"{at}/examples/{name}", f"{at}/schema", example["value"]
        elif isinstance(node.get("examples"), list):
            yield from ((at, at, value) for value in node["examples"])
        if "default" in node and "type" in node:
            yield at, at, node["default"]


def validator(document: Json, pointer: str) -> jsonschema.Draft202012Validator:
    registry = Registry().with_resource("urn:document", DRAFT202012.create_resource(document))
    schema, formats = {"$ref": f"urn:document#{pointer}"}, jsonschema.FormatChecker()
    return jsonschema.Draft202012Validator(schema, registry=registry, format_checker=formats)
