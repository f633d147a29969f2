"""A server whose clock is moved or stands still is checked by its own time; a zone that is taken for UTC is told of."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import formatdate

import pytest

from mockserver import sources
from mockserver.check.clock import Clock
from mockserver.check.contract import Contract, contract
from mockserver.check.findings import Exchange
from mockserver.check.options import Options
from mockserver.check.running import check
from mockserver.service import ApiSource
from mockserver.world import times
from tests.serving import Served, start

DAY = 24 * times.HOUR
NOW = 1_800_000_000_000


def pulse() -> ApiSource:
    return ApiSource("pulse", sources.document(str(sources.bundled()["pulse"])), sources.fixtures_of("pulse"))


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with start("pulse", "--no-rate-limits") as found:
        yield found


@pytest.mark.parametrize("clock", [{"freeze": "2020-02-03T04:05:06Z"}, {"advance": "P90D"}])
def test_times_are_those_of_a_clock_that_was_set(served: Served, clock: dict[str, str]) -> None:
    served.reset()
    served.control("clock", clock)

    only = ("lies-between", "times-are-now", "update-is-dated", "model")
    result = check(pulse(), Options(served.url, {"key": "test-key"}, only=only, write=True, examples=2))

    assert [(one.law, one.expected, one.seen) for one in result.findings] == []
    still = [one.what for one in result.skipped if "clock stands still" in one.reason]
    assert still == (["laws/update-is-dated"] if "freeze" in clock else [])


@pytest.fixture(scope="module")
def held() -> Contract:
    return contract(pulse(), seed=1)


def seen(clock: Clock, held: Contract, operation: str, at: int, moment: int) -> None:
    """An answer of an operation on users, asked at one time by our clock and dated by it, that shows another."""
    planned = held.by_id(operation)
    assert planned is not None
    assert planned.resource is not None
    text = times.text(moment, "seconds")
    names = {**planned.resource.on_create, **planned.resource.on_update}
    shown = ", ".join(f'"{name}": "{text}"' for name in names)
    headers = (("date", formatdate(at / 1000, usegmt=True)),)
    status = planned.plan.status
    exchange = Exchange(1, "POST", "/users", (), b"", status, headers, f"{{{shown}}}".encode(), at, 0.01)
    clock.see(exchange, planned)


@pytest.mark.parametrize(
    ("ahead", "goes_by_records"),
    [(90 * DAY, True), (-90 * DAY, True), (7 * DAY, True), (40 * times.MINUTE, True),
     (0, False), (2 * times.MINUTE, False), (5 * times.HOUR, False), (-210 * times.MINUTE, False)],
)  # fmt: skip
def test_what_no_time_zone_explains_is_the_clock(held: Contract, ahead: int, goes_by_records: bool) -> None:
    clock = Clock()
    seen(clock, held, "createUser", NOW, NOW + ahead)

    assert (clock.set_apart is not None) == goes_by_records


def test_times_that_disagree_are_no_clock(held: Contract) -> None:
    """Such as a time of creation that every record has had since the server was started."""
    clock = Clock()
    seen(clock, held, "createUser", NOW, NOW - 90 * DAY)
    seen(clock, held, "createUser", NOW + 3_000, NOW - 90 * DAY)
    assert clock.stands
    assert clock.now() == NOW - 90 * DAY

    seen(clock, held, "updateUser", NOW + 4_000, NOW + 4_000)

    assert not clock.stands
    assert clock.set_apart is None
