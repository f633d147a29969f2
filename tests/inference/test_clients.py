"""Vendors' own client libraries, pointed at the mock, otherwise unchanged: make, read, change, list, find, delete.

The libraries are installed into a folder of the test's own.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from documents import NAMES, PATHS
from serving import start

CLIENTS = Path(__file__).with_name("clients")
SECONDS = 120


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the vendors' libraries."""
    if not {"asana", "intercom"} <= set(NAMES):
        pytest.skip("needs ../shared (the vendors' documents) beside the repository")
    folder = tmp_path_factory.mktemp("libraries")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", "--target", str(folder),
               "asana>=5,<6", "python-intercom>=5,<6"]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, f"the libraries could not be installed: {done.stderr}"
    return folder


def run(name: str, address: str, libraries: Path) -> dict[str, Any]:
    environment = {**os.environ, "PYTHONPATH": str(libraries), "no_proxy": "*"}
    command = [sys.executable, str(CLIENTS / f"{name}.py"), address]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


@pytest.mark.slow
def test_asana(libraries: Path) -> None:
    with start(str(PATHS["asana"])) as served:
        seen = run("with_asana", f"{served.url}/api/1.0", libraries)
        entries = served.control("requests", limit=1000)
    assert seen == {
        "workspaces": 50, "its workspace": True, "read": ["Step 0", ["Launch"]], "updated": ["Step zero", True, True],
        "listed": ["Step 1", "Step 2", "Step 3", "Step 4", "Step 5", "Step 6", "Step zero"], "filtered": 7,
        "found": [True], "deleted": 404,
    }  # fmt: skip
    assert json.dumps(entries).count("offset=") > 3, "the lists were walked by the mock's own offsets"


@pytest.mark.slow
def test_intercom(libraries: Path) -> None:
    with start(str(PATHS["intercom"])) as served:
        seen = run("with_intercom", served.url, libraries)
        entries = served.control("requests", limit=1000)
    assert seen == {
        "created": ["ann@acme.example", "contact"], "read": "Ann", "updated": ["Ann Lee", "ann@acme.example"],
        "listed": 51, "found": ["Ann Lee"], "deleted": True, "gone": 404,
    }  # fmt: skip
    assert json.dumps(entries).count("starting_after=") >= 2, "the list was walked by the mock's own cursors"
