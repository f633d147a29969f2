"""The same seed on a fresh server makes the same calls, in each part of a check.

What the server's wall clock has made, a check repeats: times, and cursors that hold one. They count as the same here.
"""

from __future__ import annotations

import re

import pytest

from mockserver import sources
from mockserver.check.options import Options
from mockserver.check.running import check
from mockserver.service import ApiSource
from tests.serving import start

MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:T|%3A|%20)[\d:.%A]+(?:Z|[+-]\d\d:\d\d|%2B\d\d%3A\d\d)?")
EXAMPLES = {"laws": 1, "model": 15, "schemathesis": 2}
CURSOR = re.compile(r"cursor=[\w%-]+")


def calls(name: str, part: str, seed: int) -> list[tuple[str, str, str]]:
    """What a fresh mock is asked: method, path and query, body; what is asked again at once counts once."""
    source = ApiSource(name, sources.document(str(sources.bundled()[name])), sources.fixtures_of(name))
    with start(name, "--no-rate-limits") as served:
        keys = {"key": "test-key", "readonly-key": "readonly-key"}
        options = Options(served.url, keys, write=True, only=(part,), seed=seed, examples=EXAMPLES[part], seconds=100)
        result = check(source, options)
    assert (result.code, result.trouble) == (0, "")
    found: list[tuple[str, str, str]] = []
    for one in result.exchanges:
        path, body = (MOMENT.sub("TIME", text) for text in (one.path, one.body.decode("utf-8", "replace")))
        call = one.method, CURSOR.sub("cursor=C", path), body
        found.append(call)
        for many in range(1, 5):  # while something is waited for, it is asked for again, by a few calls
            if found[-many:] == found[-2 * many : -many]:
                del found[-many:]
    return found


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("contacts-rest", "laws"),  # where nothing falls due in the midst of a walk, which would then be done again
        ("pulse-leads", "laws"),
        ("pulse", "model"),
        pytest.param("contacts-rest", "schemathesis", marks=pytest.mark.slow),
    ],
)
def test_the_same_seed_makes_the_same_calls(name: str, part: str) -> None:
    first, second = calls(name, part, 7), calls(name, part, 7)

    apart = next(((one, other) for one, other in zip(first, second, strict=False) if one != other), None)
    assert (apart, len(first) - len(second)) == (None, 0)
    assert len(first) > 100


def test_another_seed_makes_others() -> None:
    assert calls("contacts-rest", "laws", 1) != calls("contacts-rest", "laws", 2)
