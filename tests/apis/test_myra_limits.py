"""Myra: 300 requests a minute, and 50 in any one second, at a clock that stands still. Quotes are of the vendor's
guide.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest
from calling import Caller
from myra import refusal
from serving import Served, start

NOON = "2026-06-01T12:00:00Z"
NOON_SECONDS = int(datetime(2026, 6, 1, 12, tzinfo=UTC).timestamp())


@pytest.fixture(scope="module")
def limited() -> Iterator[Served]:
    with start("myra") as served:
        yield served


@pytest.fixture
def myra(limited: Served) -> Caller:
    """Myra with its limits, in its first state, at noon."""
    limited.reset()
    caller = Caller(limited, "/api/v1")
    caller.freeze(NOON)
    return caller


def told(answer: httpx.Response) -> tuple[int, int, int]:
    """Limit, remaining, and seconds from noon until the reset."""
    limit, remaining, reset = (int(answer.headers[f"x-ratelimit-{name}"]) for name in ("limit", "remaining", "reset"))
    return limit, remaining, reset - NOON_SECONDS


def spend(call: Caller, requests: int) -> list[int]:
    return [call("GET /pipelines").status_code for _ in range(requests)]


class TestHeaders:
    def test_they_speak_of_the_minute(self, myra: Caller) -> None:
        """Every response includes X-RateLimit-Limit, X-RateLimit-Remaining, and X-RateLimit-Reset (the time when
        the limit resets in UTC).

        rate limit: 300 a minute and 50 in any one second; the headers speak of the minute window;
        `X-RateLimit-Reset` is Unix seconds, UTC; a 429 also carries `Retry-After`
        """
        assert told(myra("GET /contacts")) == (300, 299, 60)
        myra.advance("PT7S")
        assert told(myra("GET /deals")) == (300, 298, 60)
        myra.advance("PT53S")
        assert told(myra("GET /deals")) == (300, 299, 120)

    @pytest.mark.parametrize(
        ("line", "status"),
        [
            ("GET /contacts", 200), ("DELETE /contacts/contact_7c1x5v8n", 204), ("GET /contacts/none", 404),
            ("GET /nowhere", 404), ("PUT /contacts", 405), ("GET /contacts?limit=0", 422), ("POST /contacts", 422),
            ("HEAD /contacts", 200), ("OPTIONS /contacts", 204),
        ],
    )  # fmt: skip
    def test_they_are_on_every_response(self, myra: Caller, line: str, status: int) -> None:
        """Every response includes X-RateLimit-Limit"""
        answer = myra(line, {}) if "POST" in line else myra(line)
        assert (answer.status_code, told(answer)) == (status, (300, 299, 60))

    @pytest.mark.parametrize(
        ("key", "status", "remaining"), [(None, 401, 300), ("x", 401, 300), ("readonly-key", 403, 299)]
    )
    def test_also_on_refused_tokens(self, myra: Caller, key: str | None, status: int, remaining: int) -> None:
        """Every response includes X-RateLimit-Limit"""
        answer = myra.using(key)("DELETE /contacts/contact_7c1x5v8n")
        assert (answer.status_code, told(answer)) == (status, (300, remaining, 60))

    def test_each_token_has_its_own_count(self, myra: Caller) -> None:
        """Standard: 300 requests per minute."""
        spend(myra, 3)
        assert told(myra.using("readonly-key")("GET /contacts")) == (300, 299, 60)


class TestBurst:
    def test_50_pass_and_the_51st_does_not(self, myra: Caller) -> None:
        """Burst: Up to 50 requests in a 1-second window.

        If you exceed the limit, the API returns a 429 Too Many Requests status code.

        other codes: 429 `rate_limited`
        """
        assert spend(myra, 50) == [200] * 50
        answer = myra("GET /pipelines")
        assert refusal(answer)[:2] == (429, "rate_limited")
        assert answer.headers["retry-after"] == "1"
        assert told(answer) == (300, 250, 60)

    def test_the_second_ends_with_its_last_millisecond(self, myra: Caller) -> None:
        """50 in any one second"""
        spend(myra, 50)
        myra.advance("PT0.999S")
        assert spend(myra, 1) == [429]
        myra.advance("PT0.001S")
        assert spend(myra, 51) == [200] * 50 + [429]

    def test_the_second_slides(self, myra: Caller) -> None:
        """50 in any one second"""
        assert spend(myra, 20) == [200] * 20
        myra.advance("PT0.6S")
        assert spend(myra, 30) == [200] * 30
        assert spend(myra, 1) == [429]
        myra.advance("PT0.4S")  # the first 20 are a second old
        assert spend(myra, 21) == [200] * 20 + [429]
        myra.advance("PT0.6S")
        assert spend(myra, 31) == [200] * 30 + [429]

    def test_waiting_as_told_is_enough(self, myra: Caller) -> None:
        """Implement an exponential backoff strategy in your code to handle rate limiting."""
        spend(myra, 50)
        wait = myra("GET /pipelines").headers["retry-after"]
        myra.advance(f"PT{wait}S")
        assert spend(myra, 1) == [200]


class TestMinute:
    def test_300_pass_and_the_301st_does_not(self, myra: Caller) -> None:
        """Standard: 300 requests per minute."""
        for _ in range(6):
            assert spend(myra, 50) == [200] * 50
            myra.advance("PT1S")
        answer = myra("GET /pipelines")
        assert refusal(answer)[:2] == (429, "rate_limited")
        assert told(answer) == (300, 0, 60)
        assert answer.headers["retry-after"] == "54"

    def test_it_resets_when_it_says(self, myra: Caller) -> None:
        """X-RateLimit-Reset (the time when the limit resets in UTC)."""
        for _ in range(6):
            spend(myra, 50)
            myra.advance("PT1S")
        myra.advance("PT53.999S")
        assert spend(myra, 1) == [429]
        myra.advance("PT0.001S")
        assert told(myra("GET /pipelines")) == (300, 299, 120)

    def test_refused_requests_do_not_count(self, myra: Caller) -> None:
        """Standard: 300 requests per minute."""
        spend(myra, 50)
        assert spend(myra, 20) == [429] * 20
        myra.advance("PT1S")
        assert told(myra("GET /pipelines")) == (300, 249, 60)


def test_without_limits_nothing_is_refused(myra_server: Served) -> None:
    """`--no-rate-limits` counts and tells, but lets pass."""
    myra_server.reset()
    call = Caller(myra_server, "/api/v1")
    call.freeze(NOON)
    assert spend(call, 60) == [200] * 60
    assert told(call("GET /pipelines")) == (300, 239, 60)
