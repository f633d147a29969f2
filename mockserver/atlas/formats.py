"""The error atlas as a table for people and as a file of pytest cases."""

from __future__ import annotations

from collections.abc import Sequence
from pprint import pformat

from mockserver.spec.model import Json

TEMPLATE = '''"""Each documented error, brought about by itself and forced; made by `mockserver errors --format pytest`.

The mock that it is run against is at MOCKSERVER_URL, http://127.0.0.1:4010 when that isn't set; each case has a world
of its own. To test your client, call it in place of `send`.
"""

import os

import httpx
import pytest

URL = os.environ.get("MOCKSERVER_URL", "http://127.0.0.1:4010")

CASES = {cases}


def name(case):
    label = f"{{case['api']}}-{{case['operation']}}-{{case['status']}}-{{case['by']}}"
    return label.replace(" ", "_").replace("/", "_")


def send(client, ask, **headers):
    body = {{"json": ask["json"]}} if "json" in ask else {{"content": ask["text"]}} if "text" in ask else {{}}
    return client.request(ask["method"], URL + ask["path"], headers={{**ask["headers"], **headers}}, **body)


@pytest.fixture(scope="module")
def client():
    with httpx.Client() as one:
        yield one


@pytest.mark.parametrize("case", CASES, ids=name)
def test_it_comes_about_by_itself(client, case):
    world = {{"X-Mock-World": f"atlas-{{CASES.index(case)}}"}}
    for ask in case["requests"]:
        for _ in range(ask["times"]):
            answer = send(client, ask, **world)
    assert answer.status_code == case["status"], answer.text


@pytest.mark.parametrize("case", CASES, ids=name)
def test_it_can_be_forced(client, case):
    answer = send(client, case["force"]["request"], **case["force"]["headers"])
    assert answer.status_code == case["status"], answer.text
'''


def pytest_file(errors: Sequence[dict[str, Json]]) -> str:
    """A module of parametrised tests."""
    return TEMPLATE.format(cases=pformat(list(errors), width=116, sort_dicts=False))


def table(errors: Sequence[dict[str, Json]]) -> str:
    """One line for each error: where, which, and how it comes about."""
    rows = [
        [f"{one['api']} {one['line']}", str(one["status"]), str(one["cause"] or "-"), one["by"], _last(one)]
        for one in errors
    ]
    lines = [["operation", "status", "refused by", "how", "the request that is refused"], *rows]
    widths = [max(len(line[at]) for line in lines) for at in range(4)]
    cells = ([cell.ljust(width) for cell, width in zip(line, widths, strict=False)] for line in lines)
    told = ("  ".join([*left, line[-1]]) for left, line in zip(cells, lines, strict=True))
    return "\n".join(one.rstrip() for one in told)


def _last(error: dict[str, Json]) -> str:
    """The last request, and how many come before it."""
    *before, last = error["requests"]
    count = sum(one["times"] for one in before)
    return f"{last['method']} {last['path']}" + (f" (after {count} other{'s' if count > 1 else ''})" if count else "")
