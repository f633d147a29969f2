"""Each page of docs/how-to/ is done step by step, as its reader would: what it shows is what happens.

tests/shell.py says how blocks are written. A page is a file in docs/how-to/, listed in its README.md; nothing else has
to be done for it to be a test. Each has an empty folder, in which `mockserver`, `python`, `curl` and `node` run.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest
from shell import Shell, Step, steps

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "how-to"
PAGES = sorted(path.name for path in FOLDER.glob("*.md") if path.name != "README.md")
MAY_BE_MISSING = ("node", "curl")  # commands that a developer's machine need not have


@pytest.fixture
def commands(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with this working tree's `mockserver` and with the `python` that has its dependencies."""
    folder = tmp_path_factory.mktemp("commands")
    for name, command in (("mockserver", f"'{sys.executable}' -m mockserver"), ("python", f"'{sys.executable}'")):
        (folder / name).write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        (folder / name).chmod(0o755)
    return folder


@pytest.mark.parametrize("page", PAGES)
def test_does_what_it_says(page: str, tmp_path: Path, commands: Path) -> None:
    said = list(steps((FOLDER / page).read_text(encoding="utf-8")))
    assert any(isinstance(step, Step) and step.output for step in said), "a how-to shows what happens"
    for command in MAY_BE_MISSING:
        if any(isinstance(step, Step) and step.command.startswith(f"{command} ") for step in said):
            _ = shutil.which(command) or pytest.skip(f"needs {command}")
    shell = Shell(tmp_path, commands, {"PYTHONPATH": str(ROOT)})
    try:
        for step in said:
            shell.run(step)
    finally:
        for name in list(shell.servers):
            shell.stop(name)


def test_the_list_names_each_page_once() -> None:
    listed = re.findall(r"^- \[[^\]]+\]\(([^)]+)\)", (FOLDER / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == PAGES
