"""Pulse: how many requests a key may make in a minute, by a clock that stands still."""

import pytest
from calling import Caller, refusal

FREE, PRO, ENTERPRISE = "limited-key", "readonly-key", "test-key"


def statuses(call: Caller, count: int, line: str = "HEAD /users?limit=1") -> set[int]:
    return {call(line).status_code for _ in range(count)}


def wait(call: Caller) -> int:
    """What a refused request is told to wait, in seconds."""
    answer = call("GET /users")
    assert refusal(answer)[:2] == (429, "rate_limited")
    return int(answer.headers["retry-after"])


class TestFree:
    """Free 60. A minute starts with its first request."""

    def test_the_60th_passes_and_the_61st_is_refused(self, metered: Caller) -> None:
        """rate_limited 429 Retry after the value in the Retry-After response header."""
        free = metered.using(FREE)
        assert statuses(free, 60) == {200}
        answer = free("GET /users")
        message = "more than 60 requests in 60 s; retry after 60 s"
        assert refusal(answer) == (429, "rate_limited", message, None)
        assert answer.headers["retry-after"] == "60"

    @pytest.mark.parametrize(
        ("between", "seconds"), [("PT0S", 60), ("PT10S", 50), ("PT59S", 1), ("PT10.5S", 50), ("PT59.999S", 1)]
    )
    def test_retry_after_is_true(self, metered: Caller, between: str, seconds: int) -> None:
        """A second before its time is too early; at its time the next 60 pass."""
        free = metered.using(FREE)
        assert statuses(free, 1) == {200}
        metered.advance(between)
        assert statuses(free, 59) == {200}
        assert wait(free) == seconds
        metered.advance(f"PT{seconds - 1}S")
        assert wait(free) == 1
        metered.advance("PT1S")
        assert statuses(free, 60) == {200}
        assert statuses(free, 1) == {429}

    def test_to_the_millisecond(self, metered: Caller) -> None:
        free = metered.using(FREE)
        statuses(free, 60)
        metered.advance("PT59.999S")
        assert wait(free) == 1
        metered.advance("PT0.001S")
        assert statuses(free, 1) == {200}

    def test_a_refused_request_doesn_t_count(self, metered: Caller) -> None:
        free = metered.using(FREE)
        statuses(free, 60)
        metered.advance("PT30S")
        assert statuses(free, 20) == {429}
        assert wait(free) == 30

    def test_every_answer_but_a_429_counts(self, metered: Caller) -> None:
        free = metered.using(FREE)
        lines = ["GET /users", "POST /users", "DELETE /users/usr_NOBODY", "GET /nothing", "PUT /users", "GET /threads"]
        assert [free(line).status_code for line in lines * 10] == [200, 400, 404, 404, 405, 200] * 10
        assert {free(line).status_code for line in lines} == {429}

    def test_a_refused_request_changes_nothing(self, metered: Caller) -> None:
        free = metered.using(FREE)
        statuses(free, 60)
        before = metered.records("users")
        assert free("DELETE /users/usr_01HX9ABC").status_code == 429
        assert free("POST /users", {"email": "bob@acme.com", "role": "editor"}).status_code == 429
        assert metered.records("users") == before


class TestOtherTiers:
    def test_pro(self, metered: Caller) -> None:
        """Pro 1,000"""
        pro = metered.using(PRO)
        assert statuses(pro, 1_000) == {200}
        assert wait(pro) == 60
        metered.advance("PT60S")
        assert statuses(pro, 1) == {200}

    def test_enterprise(self, metered: Caller) -> None:
        """Enterprise Custom — contact sales

        rate limits: by the key's tier: Free 60, Pro 1,000, Enterprise none
        """
        assert statuses(metered.using(ENTERPRISE), 1_010) == {200}

    def test_each_key_has_its_own(self, metered: Caller) -> None:
        statuses(metered.using(FREE), 61)
        assert statuses(metered.using(PRO), 1) == {200}
        assert metered.using(None)("GET /users").status_code == 401
        assert metered.using("nobodys-key")("GET /users").status_code == 401

    def test_no_other_header_tells_of_it(self, metered: Caller) -> None:
        """only `Retry-After` on the 429 is documented, so no other rate headers"""
        free = metered.using(FREE)
        passed = free("GET /users")
        statuses(free, 59)
        refused = free("GET /users")
        assert refused.headers.keys() - passed.headers.keys() == {"retry-after"}
        assert not [name for name in refused.headers if "limit" in name]

    def test_a_reset_forgets(self, metered: Caller) -> None:
        statuses(metered.using(FREE), 61)
        metered.served.reset()
        assert statuses(metered.using(FREE), 1) == {200}

    def test_switched_off(self, call: Caller) -> None:
        call.freeze()
        assert statuses(call.using(FREE), 70) == {200}
