"""A baseline accepts what is known, for a while and for a reason; it never hides anything else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.check.hostile import DOCUMENT, hostile
from tests.serving import run


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with hostile() as url:
        yield url


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("document") / "widgets.json"
    path.write_text(json.dumps(DOCUMENT))
    return str(path)


@pytest.fixture
def asked(server: str, document: str) -> tuple[str, ...]:
    return ("check", server, "--api", document, "--key", "key", "--only", "laws")


def test_a_first_one_is_written_and_then_everything_is_accepted(asked: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "known.yaml"

    first = run(*asked, "--write-baseline", str(file))
    second = run(*asked, "--baseline", str(file), "--report", f"json={tmp_path / 'report.json'}")

    assert (first.returncode, second.returncode) == (1, 0), second.stdout + second.stderr
    told = json.loads((tmp_path / "report.json").read_text())
    assert told["findings"] == []
    assert told["accepted"]
    assert "known since" in told["accepted"][0]["reason"]
    assert "accepted by the baseline" in second.stdout


def test_what_is_not_in_it_still_counts(asked: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "known.yaml"
    run(*asked, "--write-baseline", str(file))
    text = file.read_text()
    entries = re.findall(r'  - finding: "(.*)"', text)
    assert len(entries) > 1
    file.write_text(re.sub(rf'  - finding: "{re.escape(entries[0])}"\n.*\n.*\n', "", text))

    done = run(*asked, "--baseline", str(file))

    assert done.returncode == 1
    _, law, operation = entries[0].split("/", 2)
    assert f"{operation} breaks laws/{law}" in done.stdout


def test_an_expired_entry_counts_again_and_says_so(asked: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "known.yaml"
    run(*asked, "--write-baseline", str(file))
    file.write_text(re.sub(r"until: .*", "until: 2020-01-31", file.read_text()))

    done = run(*asked, "--baseline", str(file))

    assert done.returncode == 1
    assert re.search(r"accepted until 2020-01-31 \(known since .*\) and counts again; .*known\.yaml:\d+", done.stdout)


def test_an_entry_that_matches_nothing_is_told(tmp_path: Path) -> None:
    file = tmp_path / "known.json"
    entry = {"finding": "laws/needs-a-key/listUsers", "reason": "it was slow", "until": "2999-01-01"}
    file.write_text(json.dumps({"accepted": [entry]}))
    asked = ("check", "--against-mock", "--api", "pulse", "--baseline", str(file), "--only")

    tried, untried = run(*asked, "needs-a-key"), run(*asked, "pages-once")

    assert (tried.returncode, untried.returncode) == (0, 0)
    assert "laws/needs-a-key/listUsers was not found any more: the entry can go" in tried.stdout
    assert "can go" not in untried.stdout, "it wasn't looked for"


@pytest.mark.parametrize(
    ("text", "line", "hint"),
    [
        ("accepted:\n  - findin: a\n", 2, "did you mean 'finding'"),
        ("acepted: []\n", 1, "did you mean 'accepted'"),
        ("accepted:\n  - finding: laws/x/y\n    until: 2030-01-01\n", 2, "'reason' is missing"),
        ("accepted:\n  - finding: laws/x/y\n    reason: r\n    until: soon\n", 2, "'soon' is no date"),
        ("accepted:\n  - finding: lows/x/y\n    reason: r\n    until: 2030-01-01\n", 2, "did you mean 'laws'"),
        ("accepted: [\n", 0, "known.yaml"),
        ("- laws/x/y\n", 1, "an object with `accepted`"),
    ],
)
def test_a_mistake_in_it_is_told_with_file_and_line(tmp_path: Path, text: str, line: int, hint: str) -> None:
    file = tmp_path / "known.yaml"
    file.write_text(text)

    done = run("check", "--against-mock", "--api", "pulse", "--only", "needs-a-key", "--baseline", str(file))

    assert done.returncode == 2
    assert hint in done.stderr
    assert not line or f"known.yaml:{line} " in done.stderr
    assert "Traceback" not in done.stderr
