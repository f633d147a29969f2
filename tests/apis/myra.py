"""What the tests of Myra share: its lists, and its errors with their form checked."""

import re
from typing import Any

import httpx
from calling import Caller


def refusal(answer: httpx.Response) -> tuple[int, str, dict[str, str]]:
    """Status, code and details (issue by field) of an error in Myra's form; its form is checked."""
    assert answer.headers["content-type"] == "application/json"
    assert set(answer.json()) == {"error"}
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "details"}
    assert re.match(r"[A-Z].+", error["message"])
    details = {each["field"]: each["issue"] for each in error["details"]}
    assert len(details) == len(error["details"]), "one entry for each field"
    return answer.status_code, error["code"], details


def found(call: Caller, query: str) -> list[Any]:
    return list(call.ok(f"GET {query}")["data"])


def every(call: Caller, path: str) -> list[Any]:
    """All records of a list, by following `next_cursor`."""
    page = call.ok(f"GET {path}")
    records = list(page["data"])
    while page["next_cursor"] is not None:
        page = call.ok(f"GET {path}{'&' if '?' in path else '?'}cursor={page['next_cursor']}")
        records += page["data"]
    return records
