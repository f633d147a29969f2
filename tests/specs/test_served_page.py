"""docs/documents.md says what these documents become."""

from __future__ import annotations

from pathlib import Path

import pytest
from served_page import DOCUMENTS, page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "documents.md"


@pytest.mark.slow
def test_is_fresh() -> None:
    if not DOCUMENTS:
        pytest.skip("needs ../shared (the vendors' documents) beside the repository")

    assert PAGE.read_text(encoding="utf-8") == page(), "stale: run `make docs`"


def test_every_operation_but_the_empty_ones_succeeds_and_every_broken_request_is_refused() -> None:
    rows = [line.strip("| ").split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines() if " | " in line]

    assert len(rows) > 10
    for name, _, operations, served, asked, succeeded, empty, spoilt, refused, _ in rows[1:]:
        assert int(succeeded) + int(empty) == int(asked), name
        assert refused == spoilt, name
        assert operations == served or name == "box.json"
