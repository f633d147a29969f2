"""The bundled documents annotate what can't be guessed, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from mockserver import service, sources
from mockserver.spec.document import parse
from mockserver.spec.errors import SpecError
from mockserver.spec.model import METHODS

BUNDLED = sources.bundled()
Way = tuple[str, ...]


def words(name: str, content: dict[str, Any]) -> object:
    """All words of a document's plans, given or guessed."""
    document = parse(f"{name}.json", lambda uri: yaml.dump(content, Dumper=yaml.CSafeDumper).encode())
    found = service.load([service.ApiSource(name, document, {})]).apis[name].understanding
    return [{at: said.words for at, said in group.items()} for group in (found.resources, found.operations)]


def annotated(content: dict[str, Any]) -> Iterator[Way]:
    """The way to every word that a document gives."""
    for name, said in content.get("x-mock", {}).get("resources", {}).items():
        yield from (("x-mock", "resources", name, word) for word in said)
    for path, item in content["paths"].items():
        for method in (one for one in METHODS if one in item):
            yield from (("paths", path, method, "x-mock", word) for word in item[method].get("x-mock", ()))


@pytest.mark.parametrize("name", sorted(BUNDLED))
def test_a_word_that_is_guessed_is_not_given_as_well(name: str) -> None:
    content = yaml.load(Path(BUNDLED[name]).read_bytes(), Loader=yaml.CSafeLoader)
    whole, needless = words(name, content), []
    for way in annotated(content):
        less: Any = deepcopy(content)
        node = less
        for step in way[:-1]:
            node = node[step]
        del node[way[-1]]
        try:
            same = words(name, less) == whole
        except (SpecError, LookupError):
            same = False  # it can't even be read without this word
        needless += ["/".join(way)] if same else []
    assert needless == []
