"""The proof of `mockserver check`: it finds nothing in the plain servers, and each planted bug in them.

All 165 bugs take minutes: `make proof` checks them, with the model and schemathesis beside the laws, and writes
docs/check-proof.md. Here are some of every kind; what the model finds by itself is in test_model.
"""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from mockserver import sources
from mockserver.check.findings import CONFORMS, FOUND
from tests.plain import proving
from tests.plain.bugs import PLANTED, Bug
from tests.plain.mutants import Mutant, is_that
from tests.plain.start import planted

EVERY = proving.every()
SOME = {
    "pulse": [
        "page-loses-one", "active-within-inactive", "metadata-is-replaced", "email-has-a-case", "last-admin-can-go",
        "errors-without-request-id", "name-120-is-too-long", "scheduled-goes-at-once", "no-retry-after",
        "offset-is-dropped", "email-recipients-miss-it",
    ],
    "leads": ["pages-rounded-down", "filters-ignore-case", "leads-of-others-can-be-read", "omitted-are-emptied"],
}  # fmt: skip
LAWS = ("laws",)
SEEDS = [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 6))]
sample = pytest.mark.parametrize(
    ("api", "bug"), [one for one in EVERY if one[1].name in SOME[one[0]]], ids=lambda one: getattr(one, "name", one)
)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("api", PLANTED)
def test_nothing_is_found_in_a_right_server(api: str, seed: int) -> None:
    with proving.started(api) as url:
        result = proving.checked(api, url, seed, proving.QUICK if seed == 2 else LAWS)
    assert [(proving.told(one), one.expected, one.seen, one.exchanges) for one in result.findings] == []
    assert (result.code, result.trouble) == (CONFORMS, "")
    assert all(len(one.statuses) > 1 for one in result.coverage)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["few-records", "raw-unicode", "json-with-a-charset"])
@pytest.mark.parametrize("api", PLANTED)
def test_nothing_is_found_in_one_that_is_right_in_another_way(api: str, name: str) -> None:
    with proving.started(api, "--variant", name) as url:
        result = proving.checked(api, url, parts=LAWS)
    assert [(proving.told(one), one.expected, one.seen, one.exchanges) for one in result.findings] == []


@pytest.mark.slow
@sample
def test_a_planted_bug_is_found_and_the_right_operation_blamed(api: str, bug: Bug) -> None:
    got = proving.verdict((api, bug), parts=LAWS)
    assert got.code == FOUND
    assert got.by, f"only {got.others}"


@pytest.mark.slow
@pytest.mark.parametrize(("api", "bug"), [("pulse", None), ("pulse", "email-has-a-case"), ("leads", "null-is-ignored")])
def test_the_command_says_so_by_its_exit_code(api: str, bug: str | None) -> None:
    with proving.started(api, *(["--bug", bug] if bug else [])) as url:
        keys = [word for role, key in proving.KEYS[api].items() for word in (f"--{role}", key)]
        command = [sys.executable, "-m", "mockserver", "check", url, "--api", proving.DOCUMENTS[api], "--write", *keys]
        got = subprocess.run([*command, "--only", "laws"], capture_output=True, text=True, timeout=120, check=False)
    assert got.returncode == (1 if bug else 0), got.stdout + got.stderr


def test_a_bug_changes_what_is_there_once() -> None:
    for api, bug in EVERY:
        source = (proving.ROOT / "tests" / "plain" / f"{api}.py").read_text(encoding="utf-8")
        assert planted(source, bug) != source
    assert {api: len(bugs) for api, bugs in PLANTED.items()} == {"pulse": 102, "leads": 63}


def test_a_bug_is_blamed_on_operations_that_there_are() -> None:
    for api, bug in EVERY:
        paths = sources.document(str(sources.bundled()[proving.DOCUMENTS[api]])).content["paths"]
        known = {one["operationId"] for item in paths.values() for one in item.values() if "operationId" in one}
        assert set(bug.operations) <= known | {"*"}, bug.name


def test_a_reason_is_of_one_change_alone() -> None:
    one = Mutant("pulse", 1, "a = [1 <= now, 2]", "a = [1 < now, 2]", "")
    assert is_that(one, "1 <= now", "1 < now")
    assert is_that(one, "<= now", "…")
    assert not is_that(one, "1 <= now, 2", "1 < now, 3")
    assert not is_that(one, "1 <= then", "…")


def test_the_page_tells_of_every_bug() -> None:
    """`make proof` was run after the last bug was added, and none was missed."""
    text = proving.PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z0-9-]+)`( \*\*missed\*\*)? \|", text, re.MULTILINE)
    assert [name for name, _ in rows] == [bug.name for _, bug in EVERY]
    assert [name for name, missed in rows if missed] == []
