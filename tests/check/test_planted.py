"""The proof of `mockserver check`: it finds nothing in the plain servers, and each planted bug in them.

All 165 bugs take minutes: `make proof` checks them, with the model and schemathesis beside the laws, and writes
docs/check-proof.md. Here are some of every kind, looked for in the operations that they touch; what the model finds by
itself is in test_model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from multiprocessing.pool import ThreadPool

import pytest

from mockserver.check.findings import CONFORMS, FOUND
from tests.plain import proving
from tests.plain.bugs import PLANTED
from tests.plain.mutants import Mutant, is_that
from tests.plain.start import planted
from tests.serving import run

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
SEEDS = [1, pytest.param(2, marks=pytest.mark.slow), *(pytest.param(one, marks=pytest.mark.soak) for one in (3, 4, 5))]
VARIANTS = ["few-records", "raw-unicode", "json-with-a-charset"]
AT_ONCE = 4  # checks, as each waits for most of its time: for what falls due, for clocks that go by seconds


def findings(api: str, *arguments: str, seed: int = 1, parts: Sequence[str] = LAWS) -> list[object]:
    """What a check has against a server that is right."""
    with proving.started(api, *arguments) as url:
        result = proving.checked(api, url, seed, parts)
    assert result.findings or (result.code, result.trouble) == (CONFORMS, "")
    assert all(len(one.statuses) > 1 for one in result.coverage)
    return [(arguments, proving.told(one), one.expected, one.seen, one.exchanges) for one in result.findings]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("api", PLANTED)
def test_nothing_is_found_in_a_right_server(api: str, seed: int) -> None:
    assert findings(api, seed=seed, parts=proving.QUICK if seed == 2 else LAWS) == []


@pytest.mark.slow
@pytest.mark.parametrize("api", PLANTED)
def test_nothing_is_found_in_one_that_is_right_in_another_way(api: str) -> None:
    with ThreadPool(AT_ONCE) as pool:
        assert pool.map(lambda name: findings(api, "--variant", name), VARIANTS) == [[] for _ in VARIANTS]


@pytest.mark.slow
@pytest.mark.parametrize("api", PLANTED)
def test_planted_bugs_are_found_and_the_right_operations_blamed(api: str) -> None:
    some = [one for one in EVERY if one[0] == api and one[1].name in SOME[api]]
    with ThreadPool(AT_ONCE) as pool:
        verdicts = pool.map(partial(proving.verdict, parts=LAWS, narrowly=True), some)
    assert len(verdicts) == len(SOME[api])
    assert [(one.bug.name, one.code, one.others) for one in verdicts if one.code != FOUND or not one.by] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("api", "bug", "operation"),
    [
        ("pulse", None, "createUser"), ("pulse", "email-has-a-case", "createUser"),
        ("leads", "null-is-ignored", "updateLead"),
    ],
)  # fmt: skip
def test_the_command_says_so_by_its_exit_code(api: str, bug: str | None, operation: str) -> None:
    with proving.started(api, *(["--bug", bug] if bug else [])) as url:
        keys = [word for role, key in proving.KEYS[api].items() for word in (f"--{role}", key)]
        command = ("check", url, "--api", proving.DOCUMENTS[api], "--write", *keys, "--operation", operation)
        got = run(*command, "--only", "laws")
    assert got.returncode == (1 if bug else 0), got.stdout + got.stderr


def test_a_bug_changes_what_is_there_once() -> None:
    for api, bug in EVERY:
        source = (proving.ROOT / "tests" / "plain" / f"{api}.py").read_text(encoding="utf-8")
        assert planted(source, bug) != source
    assert {api: len(bugs) for api, bugs in PLANTED.items()} == {"pulse": 102, "leads": 63}


def test_a_bug_is_blamed_on_operations_that_there_are() -> None:
    for api, bug in EVERY:
        paths = proving.source(api).document.content["paths"]
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
