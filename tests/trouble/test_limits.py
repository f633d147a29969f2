"""Rate limits of every kind, in a document of one's own, at a time that the test moves."""

from __future__ import annotations

from typing import Any

import pytest
from asking_for import Asker, bundled, header, inline, json

from mockserver.commands.table import carry_out

KEYS = {"keys": {"a": {"name": "Ann", "tier": "small"}, "b": {"name": "Bob", "tier": "small"}, "c": {"tier": "large"}}}


def api(limits: dict[str, Any] | None = None, operation: dict[str, Any] | None = None, **more: Any) -> Asker:
    """Two operations behind a key, with these words of x-mock at the root and at `GET /things`."""
    plain = {"responses": {"200": {"description": "ok"}}}
    document = {
        "openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "security": [{"key": []}],
        "components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
        "paths": {"/things": {"get": {**plain, "x-mock": operation or {}}}, "/others": {"get": plain}},
        "x-mock": {"limits": limits or {}},
    }  # fmt: skip
    return inline(document, KEYS, **more)


def ask(mine: Asker, count: int, key: str = "a", line: str = "GET /things") -> list[int]:
    return [mine(line, key=key).status for _ in range(count)]


def retry(mine: Asker, key: str = "a") -> str | None:
    return header(mine("GET /things", key=key), "retry-after")


def test_a_bucket_fills_evenly_up_to_its_burst() -> None:
    mine = api({"windows": [{"kind": "bucket", "requests": 60, "per": "PT1M", "burst": 3}]})
    assert ask(mine, 4) == [200, 200, 200, 429]
    assert retry(mine) == "1"
    mine.now += 2_000
    assert ask(mine, 3) == [200, 200, 429]
    mine.now += 3_600_000
    assert ask(mine, 4) == [200, 200, 200, 429]


def test_a_daily_quota_ends_at_midnight() -> None:
    mine = api({"windows": [{"requests": 2, "per": "P1D", "aligned": True}]})
    mine.now = 1_780_012_800_000 + 86_400_000 - 90_000  # 90 s before a midnight
    assert mine.now % 86_400_000 == 86_400_000 - 90_000
    assert ask(mine, 3) == [200, 200, 429]
    assert retry(mine) == "90"
    mine.now += 90_000
    assert ask(mine, 3) == [200, 200, 429]


def test_concurrent_requests_are_those_that_take_their_time() -> None:
    mine = api({"windows": [{"kind": "concurrent", "requests": 2}]})
    assert ask(mine, 5) == [200] * 5  # each is over at once
    slow = [mine("GET /things", key="a", prefer="delay=5s").status for _ in range(3)]
    assert slow == [200, 200, 429]
    assert retry(mine) == "5"
    assert "at the same time" in json(mine("GET /things", key="a"))["detail"]
    mine.now += 5_000
    assert ask(mine, 2) == [200, 200]


def test_requests_of_a_given_length_occupy_their_slots() -> None:
    mine = api({"windows": [{"kind": "concurrent", "requests": 2, "hold": "PT0.2S"}]})
    assert ask(mine, 3) == [200, 200, 429]
    mine.now += 200
    assert ask(mine, 3) == [200, 200, 429]


@pytest.mark.parametrize(
    ("by", "others"),
    [
        ("key", [200, 200, 200]),
        ("tier", [429, 200, 200]),
        ("world", [429, 429, 429]),
        ("operation", [429, 429, 200]),
        (["key", "operation"], [200, 200, 200]),
    ],
)
def test_what_is_counted_together(by: Any, others: list[int]) -> None:
    """After Ann's two requests: Bob of her tier, somebody of another tier, that one elsewhere."""
    mine = api({"windows": [{"requests": 2, "per": "PT1M", "by": by}]})
    assert ask(mine, 2) == [200, 200]
    assert [*ask(mine, 1, "b"), *ask(mine, 1, "c"), *ask(mine, 1, "c", "GET /others")] == others


def test_all_windows_hold_at_once() -> None:
    mine = api({"windows": [{"requests": 5, "per": "PT1M"}, {"requests": 2, "per": "PT1S", "kind": "sliding"}]})
    assert ask(mine, 3) == [200, 200, 429]
    mine.now += 1_000
    assert ask(mine, 3) == [200, 200, 429]
    mine.now += 1_000
    assert ask(mine, 2) == [200, 429]
    assert retry(mine) == "58"


def test_an_operation_may_cost_more_and_have_limits_of_its_own() -> None:
    mine = api({"windows": [{"requests": 10, "per": "PT1M"}]}, {"cost": 4})
    assert ask(mine, 3) == [200, 200, 429]
    assert ask(mine, 3, line="GET /others") == [200, 200, 429]
    own = api({}, {"limits": [{"requests": 1, "per": "PT1M"}]})
    assert ask(own, 2) == [200, 429]
    assert ask(own, 3, line="GET /others") == [200] * 3


def test_headers_under_any_name() -> None:
    mine = api({
        "windows": [
            {"requests": 5, "per": "PT10S", "name": "burst"}, {"requests": 100, "per": "P1D", "name": "daily"}
        ],
        "headers": {
            "X-RateLimit-Remaining": "$limit.remaining", "X-Daily-Left": "$limit.daily.remaining",
            "X-Used": "$limit.used", "X-Until": "$limit.reset-date",
            "RateLimit-Policy": "$limit.policies", "RateLimit": "$limit.services",
        },
        "retry-after": "date",
    })  # fmt: skip
    answer = mine("GET /things", key="a")
    shown = {name: value for name, value in answer.headers if name != "X-Mock-Request"}
    assert shown == {
        "X-RateLimit-Remaining": "4", "X-Daily-Left": "99", "X-Used": "1", "X-Until": "2026-05-28T20:26:50Z",
        "RateLimit-Policy": '"burst";q=5;w=10, "daily";q=100;w=86400',
        "RateLimit": '"burst";r=4;t=10, "daily";r=99;t=86400',
    }  # fmt: skip
    ask(mine, 4)
    assert retry(mine) == "Thu, 28 May 2026 20:26:50 GMT"


@pytest.mark.parametrize("off", ["mode", "flag"])
def test_warned_of_and_never_refused(off: str) -> None:
    words = {"windows": [{"requests": 2, "per": "PT1M"}], "headers": {"X-Left": "$limit.remaining"}}
    mine = api({**words, "mode": "warn"}) if off == "mode" else api(words, rate_limits=False)
    assert ask(mine, 4) == [200] * 4
    assert header(mine("GET /things", key="a"), "x-left") == "0"


def test_headers_that_a_document_declares_are_told_and_refuse_nothing() -> None:
    number = {"schema": {"type": "integer"}}
    told = {"X-RateLimit-Limit": {**number, "example": 3}, "X-RateLimit-Remaining": number,
            "X-RateLimit-Reset": {**number, "description": "Unix time of the reset"}}  # fmt: skip
    mine = inline({
        "openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "security": [{"key": []}],
        "components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
        "paths": {"/things": {"get": {"responses": {"200": {"description": "ok", "headers": told}}}}},
    })  # fmt: skip
    answers = [mine("GET /things", key="any") for _ in range(5)]
    assert [one.status for one in answers] == [200] * 5
    assert [header(one, "x-ratelimit-remaining") for one in answers] == ["2", "1", "0", "0", "0"]
    assert header(answers[0], "x-ratelimit-reset") == str(mine.now // 1_000 + 3_600)


def test_a_forced_429_tells_of_a_limit_that_is_used_up() -> None:
    myra = bundled("myra", "/api/v1", rate_limits=True)
    assert header(myra("GET /contacts"), "x-ratelimit-remaining") == "299"
    myra.now += 20_000
    answer = myra("GET /contacts", prefer="code=429")
    assert (answer.status, header(answer, "x-ratelimit-remaining")) == (429, "0")
    assert header(answer, "retry-after") == "40"
    assert int(header(answer, "x-ratelimit-reset") or 0) == myra.now // 1_000 + 40
    assert header(myra("GET /contacts"), "x-ratelimit-remaining") == "298"


def test_a_rule_limits_an_api_that_has_no_limits() -> None:
    leads = bundled("pulse-leads")
    said = {"then": {"limits": [{"requests": 2, "per": "PT10S", "by": "world"}]}}
    carry_out(leads.service, leads.world, "add-rule", said, leads.now)
    assert [leads("GET /leads").status for _ in range(3)] == [200, 200, 429]
    assert header(leads("GET /leads"), "retry-after") == "10"


def test_a_rules_limits_are_what_headers_tell() -> None:
    myra = bundled("myra", "/api/v1")
    carry_out(myra.service, myra.world, "add-rule", {"then": {"limits": [{"requests": 2, "per": "PT10S"}]}}, myra.now)
    answers = [myra("GET /contacts") for _ in range(3)]
    assert [one.status for one in answers] == [200, 200, 429]
    assert [header(one, "x-ratelimit-remaining") for one in answers] == ["1", "0", "0"]
    assert {header(one, "x-ratelimit-limit") for one in answers} == {"2"}
