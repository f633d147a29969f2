"""What the tests of SalesPulse share: the documented contact, what was sent, and errors with their form checked."""

from typing import Any

import httpx
from calling import Caller

JANE = {
    "first_name": "Jane", "last_name": "Smith", "phone": "+13055551234", "email": "jane@example.com", "state": "FL",
    "product_interest": "final_expense",
}  # fmt: skip


def refusal(answer: httpx.Response) -> tuple[int, str, str]:
    """Status, code and message of an error in SalesPulse's form; its form is checked."""
    assert answer.headers["content-type"] == "application/json"
    assert set(answer.json()) == {"error"}
    assert set(answer.json()["error"]) == {"message", "code"}
    return answer.status_code, answer.json()["error"]["code"], answer.json()["error"]["message"]


def events(call: Caller) -> list[Any]:
    """The payloads of what was sent, oldest first."""
    return [one["payload"] for one in reversed(call.served.control("events", limit=2_000)["events"])]
