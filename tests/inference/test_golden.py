"""What inference makes of each document, as `explain` tells it: a change of a heuristic shows up as a diff to be read.

`make golden` writes the files anew.
"""

import json
import os
from pathlib import Path

import pytest
from documents import NAMES, load

from mockserver import explanation, service, sources

GOLDEN = Path(__file__).with_name("golden")
BUNDLED = sorted(sources.bundled())
TOLD = frozenset({"does", "resource", "status"})
WRITES = os.environ.get("UPDATE_GOLDEN") == "1"


def bundled(name: str) -> service.Service:
    document = sources.document(str(sources.bundled()[name]))
    return service.load([service.ApiSource(name, document, sources.fixtures_of(name))])


def words(served: service.ServedApi) -> str:
    """What was guessed and the table leaves out of each operation: pages, filters, order, answer, what is set."""
    lines = []
    for (path, method), said in served.understanding.operations.items():
        rest = {word: value for word, value in said.words.items() if word not in TOLD | said.given}
        if rest:
            lines.append(f"{method.upper()} {path}")
            lines += [f"  {word}: {json.dumps(value)}" for word, value in rest.items()]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("name", [*BUNDLED, *NAMES])
def test_is_as_it_was(name: str) -> None:
    served = (bundled(name) if name in BUNDLED else load(name)).apis[name]
    text = f"{explanation.page(served.api, served.understanding)}\n{words(served)}"
    file = GOLDEN / f"{name}.txt"
    if WRITES:
        GOLDEN.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert text.splitlines() == file.read_text(encoding="utf-8").splitlines(), "read the diff, then: make golden"


def test_no_file_is_left_over() -> None:
    if not NAMES:
        pytest.skip("needs ../shared (the vendors' documents) beside the repository")
    assert {path.stem for path in GOLDEN.iterdir()} == {*BUNDLED, *NAMES}
