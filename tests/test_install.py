"""The wheel, installed where nothing else is, serves the bundled APIs: every dependency and data file is declared.

Once with the newest of each dependency and once with the lowest that pyproject.toml allows.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[1]
API, USERS = "pulse", "/v2/users"
STARTS_WITHIN = 20  # seconds; generous, since machines differ: the budget is the benchmark's

pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path) -> str:
    """The output of a command that has to succeed; its errors become the test's."""
    done = subprocess.run(command, cwd=cwd, env=clean_environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def clean_environment() -> dict[str, str]:
    """The environment without what would let the checkout in."""
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source distribution, so that this one is complete as well."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    return next(folder.glob("*.whl"))


def lowest(wheel: Path) -> list[str]:
    """`starlette==1.0` for each plain dependency `starlette>=1.0` of the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        metadata = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        lines = archive.read(metadata).decode().splitlines()
    needed = [line.partition(": ")[2] for line in lines if line.startswith("Requires-Dist:") and "extra ==" not in line]
    pins = [re.match(r"([\w.-]+)[^;]*?>=([\w.]+)", each) for each in needed]
    assert None not in pins, f"a dependency has no lower bound: {needed}"
    return [f"{pin[1]}=={pin[2]}" for pin in pins if pin]


@contextmanager
def serving(command: Path, *arguments: str, cwd: Path) -> Iterator[str]:
    """`mockserver serve` as a user starts it; its base URL, as soon as it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (cwd / "server.log").open("w+") as log:
        serve = [command, "serve", *arguments, "--port", str(port)]
        process = subprocess.Popen(serve, cwd=cwd, env=clean_environment(), stdout=log, stderr=log)
        try:
            wait_for(f"http://127.0.0.1:{port}/_mock/health", process, cwd / "server.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=20)


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Returns when the URL answers; fails with the log when the server ends or takes too long."""
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(url)
            return
        except httpx.TransportError:
            time.sleep(0.05)
    pytest.fail(f"no answer from {url}:\n{log.read_text()}")


def test_the_wheel_holds_the_documents_and_fixtures(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    files = [path for folder in ("openapi", "fixtures") for path in (ROOT / folder).rglob("*") if path.is_file()]
    assert {f"mockserver/_bundled/{path.relative_to(ROOT).as_posix()}" for path in files} <= names
    data = [path for path in (ROOT / "mockserver").rglob("*.yaml") if path.is_file()]
    assert {path.relative_to(ROOT).as_posix() for path in data} | {"mockserver/py.typed"} <= names


@pytest.mark.parametrize("versions", ["newest", "lowest"])
def test_a_fresh_environment_serves_from_the_wheel(wheel: Path, versions: str, tmp_path: Path) -> None:
    if versions == "lowest" and sys.version_info >= (3, 14):
        pytest.skip("the lowest versions have no wheels for this Python")
    environment = tmp_path / "env"
    venv.create(environment, with_pip=False)  # our own installs into it; to compile all that comes would take as long
    pins = lowest(wheel) if versions == "lowest" else []
    pip = [sys.executable, "-m", "pip", "--python", environment / "bin" / "python", "--disable-pip-version-check"]
    run(*pip, "install", "--quiet", "--no-compile", wheel, *pins, cwd=tmp_path)

    headers = {"Authorization": "Bearer test-key"}
    with serving(environment / "bin" / "mockserver", API, cwd=tmp_path) as url:
        assert httpx.get(f"{url}{USERS}", headers=headers).json()["data"]
    with serving(environment / "bin" / "mockserver", cwd=tmp_path) as url:
        assert httpx.get(f"{url}/{API}{USERS}", headers=headers).status_code == 200
