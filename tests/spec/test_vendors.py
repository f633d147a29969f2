"""Documents that vendors really publish: each loads, every operation can be read, every schema compiles."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mockserver import sources
from mockserver.spec.document import Document
from mockserver.spec.model import Api, Operation
from mockserver.spec.operations import read
from mockserver.spec.schema import Schemas

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "specs"
DOCUMENTS = sorted(
    path
    for path in (*FOLDER.glob("*"), *FOLDER.glob("*/spec/swagger.yaml"))
    if path.suffix in (".yaml", ".yml", ".json")
)
OLD_WORDS = {"nullable", "x-nullable", "example"}


@pytest.fixture(scope="module", params=DOCUMENTS, ids=lambda path: path.name)
def api(request: pytest.FixtureRequest) -> Api:
    return read(sources.document(str(request.param)), request.param.stem)


def served(api: Api) -> list[Operation]:
    return [api.operation(*route) for route in api.routes if route not in api.broken]


def pointers(operation: Operation) -> set[str]:
    """The schemas of an operation."""
    media = [*(operation.body.media if operation.body else ())]
    media += [one for response in operation.responses.values() for one in response.media]
    headers = [one for response in operation.responses.values() for one in response.headers]
    return {one.schema for one in (*operation.parameters, *media, *headers) if one.schema}


def schemas(document: Document, pointer: str, seen: set[str]) -> Iterator[dict[str, Any]]:
    """The schema objects below a pointer and behind the `$ref`s in them."""
    stack = [document.at(pointer)]
    while stack:
        node = stack.pop()
        if not isinstance(node, dict):
            continue
        yield node
        if "$ref" in node and node["$ref"] not in seen:
            seen.add(node["$ref"])
            stack.append(document.resolve(node["$ref"].removeprefix("#").replace("%25", "%"))[1])
        for word, value in node.items():
            if word in ("properties", "patternProperties", "$defs", "dependentSchemas") and isinstance(value, dict):
                stack += value.values()
            elif word in ("allOf", "anyOf", "oneOf", "prefixItems"):
                stack += value
            elif word in ("items", "additionalProperties", "not"):
                stack.append(value)


def test_they_are_there(shared: Path) -> None:
    assert DOCUMENTS, f"{shared} holds no specs"


def test_every_operation_can_be_read(api: Api) -> None:
    operations = served(api)
    assert len(operations) + len(api.broken) == len(api.routes)
    assert len({one.id for one in operations}) == len(operations)
    for operation in operations:
        named = {one.name for one in operation.parameters if one.location == "path"}
        assert named == set(_names(operation.path))


def _names(path: str) -> list[str]:
    return [part.partition("}")[0] for part in path.split("{")[1:]]


def test_no_word_of_an_older_version_is_left(api: Api) -> None:
    seen: set[str] = set()
    for pointer in {one for operation in served(api) for one in pointers(operation)}:
        for node in schemas(api.document, pointer, seen):
            assert OLD_WORDS.isdisjoint(node)
            assert not isinstance(node.get("exclusiveMinimum", 0), bool)
            assert not isinstance(node.get("exclusiveMaximum", 0), bool)
            assert node.get("type") != "file"
            assert not isinstance(node.get("items"), list)
            assert str(node.get("$ref", "#/paths/")).startswith(("#/components/", "#/x-mock-files/", "#/paths/"))


def test_every_schema_compiles(api: Api) -> None:
    compiled = Schemas(api.document.content)
    for operation in served(api):
        for pointer in pointers(operation):
            assert compiled.at(pointer).is_valid


def test_every_note_has_a_line(api: Api) -> None:
    positions = api.document.positions([note.pointer for note in api.document.notes])
    assert [one for one in positions if one.line is None] == []
