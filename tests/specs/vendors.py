"""The vendors' documents that tests are run on; none where ../shared isn't there."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "specs"
DOCUMENTS = sorted(
    path
    for path in (*FOLDER.glob("*"), *FOLDER.glob("*/spec/swagger.yaml"))
    if path.suffix in (".yaml", ".yml", ".json")
)
