"""docs/ci.md: the commands of its workflows run as they stand, and the files that they promise are there afterwards.

The one exception: `python -m pip install …` isn't run, since what it installs is this working tree and what its tests
need; that the packages it names are these is looked at instead.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from serving import start
from shell import File, steps

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
GITHUB, GITLAB = map(yaml.safe_load, BLOCKS)
FILES = [one for one in steps(PAGE) if isinstance(one, File)]
INSTALLS = "python -m pip install "


def commands(job: str) -> Iterator[str]:
    """What both workflows run in a job, each command once."""
    of_github = [step["run"] for step in GITHUB["jobs"][job]["steps"] if "run" in step]
    yield from dict.fromkeys((*of_github, *GITLAB["default"]["before_script"], *GITLAB[job]["script"]))


def run(job: str, folder: Path, variables: dict[str, str]) -> None:
    """Runs a job in a folder as a runner does: `bash -e`, each command by itself."""
    for name, command in (("mockserver", f"'{sys.executable}' -m mockserver"), ("python", f"'{sys.executable}'")):
        (folder / "bin").mkdir(exist_ok=True)
        (folder / "bin" / name).write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        (folder / "bin" / name).chmod(0o755)
    for file in FILES:
        (folder / file.name).write_text(file.content)
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment = {**kept, "PATH": path, "PYTHONPATH": str(ROOT), **variables}
    for command in commands(job):
        if not command.startswith(INSTALLS):
            done = subprocess.run(["bash", "-eo", "pipefail", "-c", command], cwd=folder, env=environment,
                                  capture_output=True, text=True, timeout=300, check=False)  # fmt: skip
            assert done.returncode == 0, f"$ {command}\n{done.stdout}\n{done.stderr}"


def kept(job: str) -> dict[str, Any]:
    """What GitLab keeps of a job."""
    found: dict[str, Any] = GITLAB[job]["artifacts"]
    return found


def test_the_tests(tmp_path: Path) -> None:
    run("tests", tmp_path, {})

    report = ElementTree.parse(tmp_path / kept("tests")["reports"]["junit"])
    assert [case.get("name") for case in report.iter("testcase")] == ["test_users"]


@pytest.mark.slow
def test_the_contract(tmp_path: Path) -> None:
    with start("pulse") as served:
        run("contract", tmp_path, {"CRM_URL": served.url, "CRM_KEY": "test-key"})

    report = ElementTree.parse(tmp_path / kept("contract")["reports"]["junit"]).getroot()
    assert int(report.get("tests", "0")) > 20
    assert report.get("failures") == "0"
    assert [name for name in kept("contract")["paths"] if not (tmp_path / name).is_file()] == []


def test_what_is_installed_is_what_is_here() -> None:
    (requirements,) = [file.content.split() for file in FILES if file.name == "requirements-test.txt"]
    wanted = {name.partition("[")[0] for name in requirements}
    installs = [one for job in ("tests", "contract") for one in commands(job) if one.startswith(INSTALLS)]

    assert wanted == {"crm-mockserver", "pytest", "pytest-xdist"}
    assert len(installs) == 4
    assert all(one.endswith("-r requirements-test.txt") for one in installs)


def test_the_variables_are_those_that_the_page_explains() -> None:
    assert set(GITHUB["jobs"]["contract"]["env"]) == {"CRM_URL", "CRM_KEY"}
    assert all(f"`{name}`" in PAGE for name in GITHUB["jobs"]["contract"]["env"])
