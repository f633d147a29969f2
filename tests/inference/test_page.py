"""docs/inference.md is fresh."""

from pathlib import Path

import pytest
from documents import NAMES
from page import page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "inference.md"


def test_is_fresh() -> None:
    if not NAMES:
        pytest.skip("needs ../shared (the vendors' documents) beside the repository")
    assert PAGE.read_text(encoding="utf-8").splitlines() == page().splitlines(), "stale: run `make docs`"
