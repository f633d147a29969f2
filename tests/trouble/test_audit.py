"""The retry audit: clients that behave well and badly, and what is said of them."""

from __future__ import annotations

from typing import Any

from asking_for import Asker, bundled
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.audit import audit
from mockserver.commands.table import carry_out


def refusing(api: str, base: str, *refusals: int, wait: str = "2", **more: Any) -> Asker:
    """An API that refuses each path's first requests so, with a Retry-After."""
    ask = bundled(api, base, **more)
    rule = {"when": {"sequence": list(refusals), "per": "path"}, "then": {"headers": {"Retry-After": wait}}}
    carry_out(ask.service, ask.world, "add-rule", rule, ask.now)
    return ask


def attempts(ask: Asker, line: str, *waits: int) -> None:
    """One request, and again after each of these waits, in milliseconds."""
    ask(line)
    for wait in waits:
        ask.now += wait
        ask(line)


def told(ask: Asker) -> dict[str, Any]:
    (client,) = audit(ask.service.apis, ask.world)
    return client


def test_a_client_that_behaves() -> None:
    ask = refusing("pulse", "/v2", 503, 503, 503)
    attempts(ask, "GET /users", 2_000, 4_100, 8_300)
    attempts(ask, "GET /threads", 2_300, 4_900, 9_000)
    client = told(ask)
    assert (client["requests"], client["refused"], client["retries"], client["recovered"]) == (8, 6, 6, 2)
    assert (client["retries_too_early"], client["given_up"]) == (0, 0)
    assert (client["backoff"], client["jitter"], client["advice"]) == ("growing", True, [])


def test_a_client_that_hammers() -> None:
    ask = refusing("pulse", "/v2", 503, 503, 503)
    attempts(ask, "GET /users", 500, 500, 500)
    attempts(ask, "GET /threads", 500, 500)
    client = told(ask)
    assert (client["retries_too_early"], client["recovered"], client["given_up"]) == (5, 1, 1)
    assert (client["backoff"], client["jitter"]) == ("constant", False)
    assert len(client["advice"]) == 4


def test_requests_that_went_on_while_the_limit_told_to_wait() -> None:
    ask = bundled("pulse", "/v2", rate_limits=True)
    for _ in range(61):
        ask("GET /users?limit=1", key="limited-key")
    ask("GET /threads", key="limited-key")
    ask.now += 60_000
    ask("GET /users?limit=1", key="limited-key")
    client = told(ask)
    assert (client["refused"], client["retries"], client["retries_too_early"]) == (2, 1, 0)
    assert client["requests_too_early"] == 1


def test_a_date_in_retry_after_counts_as_well() -> None:
    ask = refusing("pulse", "/v2", 503, wait="Thu, 28 May 2026 20:26:50 GMT")  # 10 s after the first request
    attempts(ask, "GET /users", 5_000)
    assert told(ask)["retries_too_early"] == 1


def test_what_a_bulk_operation_would_have_saved() -> None:
    ask = bundled("salespulse", "/api/v1")
    for number in range(5):
        body = {"first_name": "Ann", "phone": f"+1305555{1000 + number}", "email": f"ann{number}@example.com"}
        assert ask("POST /contacts", body).status == 201
        ask.now += 1_000
    (bulk,) = told(ask)["bulk"]
    assert (bulk["operation"], bulk["bulk"], bulk["saved"]) == ("createContact", "createContacts", 4)


def test_a_limit_that_only_warns_says_whom_it_would_have_refused() -> None:
    ask = bundled("pulse", "/v2", rate_limits=False)
    for _ in range(65):
        ask("GET /users?limit=1", key="limited-key")
    client = told(ask)
    assert (client["refused"], client["would_be_refused"]) == (0, 5)


LINES = ["GET /users", "GET /threads", "GET /nowhere"]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.sampled_from(LINES), st.integers(0, 9_000)), max_size=20))
def test_the_numbers_fit_each_other(calls: list[tuple[str, int]]) -> None:
    ask = refusing("pulse", "/v2", 503, 429, 503)
    for line, wait in calls:
        ask(line)
        ask.now += wait
    for client in audit(ask.service.apis, ask.world):
        assert client["requests"] == len(calls)
        assert client["retries_too_early"] <= client["retries"] < max(client["requests"], 1)
        assert client["recovered"] + client["given_up"] <= client["refused"]
