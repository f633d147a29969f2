"""Vendors' documents over a socket: started as a user starts them, asked as a client asks."""

from __future__ import annotations

from pathlib import Path

import pytest
from drive import driver, is_success
from serving import run, start
from test_vendors_served import DOCUMENTS

NAMES = ("petstore-expanded-2.0.yaml", "train-travel.yaml", "box.json")
ORIGIN = "http://localhost:3000"  # a frontend's development server
wired = [path for path in DOCUMENTS if path.name in NAMES]


@pytest.mark.slow
@pytest.mark.parametrize("path", wired, ids=lambda path: path.name)
def test_answers_over_the_wire(path: Path) -> None:
    api = driver(path)
    with start(str(path)) as served:
        for route in api.routes[:40]:
            operation, request = api.operation(route), api.request(route)
            url = f"{served.url}{request.path}" + (f"?{request.query}" if request.query else "")
            answer = served.client.request(
                request.method,
                url,
                headers={**request.headers, "origin": ORIGIN},
                content=request.body,
                follow_redirects=False,
            )
            gone = answer.status_code == 404 and route[0] != "/"  # what an earlier call has deleted
            assert is_success(operation, answer.status_code) or gone, (route, answer.text)
            assert answer.headers["access-control-allow-origin"] == "*"
        assert served.complaints().count("Traceback") == 0


@pytest.fixture
def mended() -> Path:
    """A document that has to be mended."""
    found = [path for path in DOCUMENTS if path.name == "box.json"]
    if not found:
        pytest.skip("needs ../shared (the vendors' documents) beside the repository")
    return found[0]


def test_strict_refuses_to_start(mended: Path) -> None:
    done = run("serve", str(mended), "--port", "0", "--strict")

    assert done.returncode == 2
    assert done.stderr.startswith("mockserver: ")
    assert "--strict" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_was_lost_is_listed_at_start(mended: Path) -> None:
    with start(str(mended)) as served:
        lines = served.complaints().splitlines()

    assert [line for line in lines if "/files/upload_sessions" in line or "#" in line]
    assert [line for line in lines if "things were mended" in line or "thing was mended" in line]
