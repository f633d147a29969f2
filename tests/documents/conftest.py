"""What the tests of the bundled documents share: the documents, the vendors' texts and how these are read."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
Json = Any


@pytest.fixture(scope="session")
def document() -> Callable[[str], Json]:
    """A bundled document, read as YAML, by the API's name."""
    read: dict[str, Json] = {}

    def load(api: str) -> Json:
        if api not in read:
            text = (ROOT / "openapi" / f"{api}.yaml").read_text(encoding="utf-8")
            read[api] = yaml.load(text, Loader=yaml.CSafeLoader)
        return read[api]

    return load


@pytest.fixture(scope="session")
def seed() -> Callable[[str], Json]:
    """An API's first records and keys."""
    return lambda api: yaml.load(
        (ROOT / "fixtures" / api / "seed.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
    )


@pytest.fixture(scope="session")
def vendor_text(shared: Path) -> Callable[[str], str]:
    """What the vendor wrote, by the first digits of the file's name."""
    return lambda number: next((shared / "documents").glob(f"{number}_*.txt")).read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def readings(shared: Path) -> Callable[[str], dict[str, str]]:
    """The rows of one API's table of readings: gap -> reading."""
    text = (shared / "documents" / "READINGS.md").read_text(encoding="utf-8")

    def rows(api: str) -> dict[str, str]:
        section = re.search(rf"^## {re.escape(api)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
        assert section, f"READINGS.md has no section {api}"
        cells = [line.strip("|").split("|") for line in section[1].splitlines() if line.startswith("| ")]
        return {row[0].strip(): row[1].strip() for row in cells[1:]}

    return rows


@pytest.fixture(scope="session")
def sources(document: Callable[[str], Json]) -> Callable[[str], list[Json]]:
    """Every x-source of a document."""
    return lambda api: [node["x-source"] for node in nodes(document(api)) if "x-source" in node]


@pytest.fixture(scope="session")
def examples(document: Callable[[str], Json]) -> Callable[[str], list[Json]]:
    """Every example of a document that has a name."""
    return lambda api: [
        example["value"]
        for node in nodes(document(api))
        if isinstance(node.get("examples"), dict)
        for example in node["examples"].values()
    ]


@pytest.fixture(scope="session")
def shown_json() -> Callable[[str], list[Json]]:
    """Every JSON object that a vendor's text shows, in its order."""
    return json_in


def nodes(node: Json) -> Iterator[dict[str, Json]]:
    """Every object within a value, itself included."""
    if isinstance(node, dict):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from nodes(inner)


def json_in(text: str) -> list[Json]:
    """The JSON objects that stand in a text."""
    found, start = [], text.find("{")
    while start >= 0:
        try:
            value, end = json.JSONDecoder().raw_decode(text, start)
            found.append(value)
        except json.JSONDecodeError:
            end = start + 1
        start = text.find("{", end)
    return found
