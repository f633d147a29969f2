"""Our own mock keeps every law: over the wire for the bundled APIs, in this process for documents from elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockserver import sources
from mockserver.check.findings import Result
from mockserver.check.options import Options
from mockserver.check.running import check
from mockserver.service import ApiSource
from tests.serving import start

SPECS = Path(__file__).resolve().parents[2].parent / "shared" / "specs"
KEYS = {"key": "test-key", "readonly-key": "readonly-key"}


def told(result: Result) -> list[str]:
    """What a check has against a server, and where it stumbled itself."""
    found = [f"{one.law} {one.operation}: {one.expected} | {one.seen}" for one in result.findings]
    return found + [f"{one.what}: {one.reason}" for one in result.skipped if "bug of this check" in one.reason]


@pytest.mark.parametrize("name", sorted(sources.bundled()))
def test_a_bundled_api_over_the_wire(name: str) -> None:
    source = ApiSource(name, sources.document(str(sources.bundled()[name])), sources.fixtures_of(name))

    with start(name, "--no-rate-limits") as served:
        result = check(source, Options(served.url, keys=KEYS, write=True, only=("laws",)))
        complaints = served.complaints()

    assert told(result) == []
    assert (result.code, result.trouble, complaints) == (0, "", "")
    assert [one.operation for one in result.coverage if not one.statuses] == [], "each operation is called"


# The four largest take seconds each; together they are run by hand.
SMALL = (
    "train-travel.yaml", "petstore-expanded-2.0.yaml", "petstore-expanded-3.0.yaml", "link-3.0.yaml",
    "tags-3.2.yaml",
    "tictactoe-3.1.yaml", "uber-2.0.yaml", "webhook-3.1.yaml", "callback-3.0.yaml",
    "jira-2.0.yaml", "pipedrive-v1.yaml",
)  # fmt: skip


@pytest.mark.parametrize("name", SMALL)
def test_a_document_from_elsewhere(name: str) -> None:
    if not (SPECS / name).exists():
        pytest.skip("the collection of documents isn't part of the repository")
    path = str(SPECS / name)
    source = ApiSource(sources.name_of(path), sources.document(path))

    result = check(source, Options("", rehearse=True, keys={"key": "any"}, write=True, only=("laws",)))

    assert told(result) == []
    assert result.code == 0
