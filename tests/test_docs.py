"""The pages of docs/ that are made from documents and vocabularies: fresh, complete, and true where they show YAML."""

from __future__ import annotations

import re
import runpy
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from mockserver.cli import main as cli
from mockserver.spec import reference

ROOT = Path(__file__).resolve().parents[1]
VOCABULARIES = {
    "x-mock.md": (ROOT / "mockserver" / "spec" / "x-mock.yaml", ("root", "operation", "resource")),
    "fixtures.md": (ROOT / "mockserver" / "world" / "fixtures.yaml", ("",)),
}


@cache
def made() -> dict[str, str]:
    pages: dict[str, str] = runpy.run_path(str(ROOT / "docs" / "write.py"))["pages"]()
    return pages


def read(path: Path) -> Any:
    return yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)


def shown_yaml(page: str) -> Any:
    """The YAML that a page begins with."""
    block = re.search(r"^```yaml\n(.*?)^```$", made()[page], re.MULTILINE | re.DOTALL)
    assert block
    return yaml.load(block[1], Loader=yaml.CSafeLoader)


def faults(page: str, part: str, value: Any) -> list[str]:
    schema = read(VOCABULARIES[page][0])
    root = {**schema, "$ref": f"#/$defs/{part}"} if part else schema
    return [error.message for error in jsonschema.Draft202012Validator(root).iter_errors(value)]


@pytest.mark.parametrize("page", ["gaps.md", "x-mock.md", "fixtures.md"])
def test_is_fresh(page: str) -> None:
    assert (ROOT / "docs" / page).read_text(encoding="utf-8") == made()[page], "stale: run `make docs`"


def test_gaps_is_what_the_command_prints() -> None:
    printed = CliRunner().invoke(cli.mockserver, ["gaps"], catch_exceptions=False).output

    assert printed == made()["gaps.md"]


@pytest.mark.parametrize("page", VOCABULARIES)
def test_each_word_has_a_description(page: str) -> None:
    path, roots = VOCABULARIES[page]

    assert reference.undescribed(read(path), roots) == []


@pytest.mark.parametrize("page", VOCABULARIES)
def test_each_word_of_the_vocabulary_is_on_the_page(page: str) -> None:
    missing = [word for word in words(read(VOCABULARIES[page][0])) if f"| `{word}` |" not in made()[page]]

    assert missing == []


@pytest.mark.parametrize("page", ["gaps.md", "x-mock.md", "fixtures.md"])
def test_links_lead_to_headings_of_the_page(page: str) -> None:
    headings = re.findall(r"^#+ (.+)$", made()[page], re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 _-]", "", heading.lower()).replace(" ", "-") for heading in headings}

    assert set(re.findall(r"\]\(#([^)]+)\)", made()[page])) <= anchors


def test_the_x_mock_that_is_shown_speaks_the_vocabulary() -> None:
    document = shown_yaml("x-mock.md")

    assert faults("x-mock.md", "root", document["x-mock"]) == []
    assert faults("x-mock.md", "operation", document["paths"]["/tasks/{id}/finish"]["post"]["x-mock"]) == []


def test_the_fixtures_that_are_shown_speak_the_vocabulary() -> None:
    assert faults("fixtures.md", "", shown_yaml("fixtures.md")) == []


def test_a_word_without_a_description_is_found() -> None:
    vocabulary = {"properties": {"a": {"type": "string"}, "b": {"description": "B."}, "c": {"$ref": "#/$defs/d"}},
                  "$defs": {"d": {"type": "integer"}}}  # fmt: skip

    assert reference.undescribed(vocabulary, [""]) == ["a", "c", "d"]


def test_examples_are_the_shortest_that_are_given() -> None:
    vocabulary = {"$defs": {"root": {"properties": {"size": {"type": "string"}, "by": {"$ref": "#/$defs/by"}}},
                            "by": {"additionalProperties": {"properties": {"name": {}}}}}}  # fmt: skip
    given = [("root", {"size": "limit"}), ("root", {"size": "n", "by": {"x": {"name": "a | b"}}})]

    assert reference.examples(vocabulary, given) == {
        ("root", "size"): "size: n", ("root", "by"): "by: {x: {name: a | b}}", ("by", "name"): "name: a | b",
    }  # fmt: skip


def words(schema: Any) -> set[str]:
    """Every name below a `properties`, wherever it stands."""
    if isinstance(schema, list):
        return set[str]().union(*map(words, schema))
    if not isinstance(schema, dict):
        return set()
    named = schema.get("properties")
    return set[str]().union(named if isinstance(named, dict) else (), *(words(one) for one in schema.values()))
