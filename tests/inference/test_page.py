"""docs/inference.md is fresh; the rows of its documents are looked at where those are walked (test_walks)."""

import pytest
from documents import NAMES
from page import PAGE, page


def test_is_fresh() -> None:
    if not NAMES:
        pytest.skip("needs ../shared (the vendors' documents) beside the repository")
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    rows = {name: [line for line in lines if line.startswith(f"| {name} |")] for name in NAMES}
    assert all(rows.values()), "a document is missing: run `make docs`"
    assert lines == page(lambda name: rows[name][0]).splitlines(), "stale: run `make docs`"
