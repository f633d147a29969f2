"""Laws of rate limits: what headers tell of them, and what happens beyond them (only with a key for that purpose)."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator

from mockserver.check.clock import OFF
from mockserver.check.contract import Planned
from mockserver.check.findings import Exchange
from mockserver.check.laws.bench import Bench
from mockserver.check.laws.law import Breach, Law, Unfit
from mockserver.check.ledger import parsed
from mockserver.check.options import BURST_KEY
from mockserver.check.pacing import retry_after
from mockserver.spec.model import Json
from mockserver.world import times

SHORT = 2.0  # seconds of a Retry-After that are waited for
MOST_REQUESTS = 1_500  # that a burst may take


def limits_told(bench: Bench, subject: None) -> Iterator[Breach]:
    """The headers that tell of the limit are there, and what remains falls with each request."""
    headers: dict[str, Json] = (bench.checking.contract.given.get("limits") or {}).get("headers") or {}
    planned = cheapest(bench)
    if not headers or planned is None:
        raise Unfit("no headers tell of a limit")
    ones = [bench.ask(planned) for _ in range(3)]
    if any(one.status == 429 for one in ones):
        raise Unfit("the limit is used up")
    for name in headers:
        lacking = next((one for one in ones if one.header(name) is None), None)
        if lacking is not None:
            yield Breach(planned, f"the header {name}", "no such header", (lacking,))
    remaining = next((name for name, value in headers.items() if value == "$limit.remaining"), None)
    limit = next((name for name, value in headers.items() if value == "$limit.limit"), None)
    if remaining is not None:
        left = [_number(one.header(remaining)) for one in ones]
        known = [one for one in left if one is not None]
        if len(known) == len(ones) and not any(a > b for a, b in itertools.pairwise(known)):
            yield Breach(planned, f"a falling {remaining}", ", ".join(map(str, known)), (*ones,))
        most = _number(ones[0].header(limit)) if limit else None
        if known and most is not None and max(known) > most:
            yield Breach(planned, f"a {remaining} of at most {most}", str(max(known)), (*ones,))
    windows = (bench.checking.contract.given.get("limits") or {}).get("windows") or []
    yield from _reset(bench, planned, headers, ones[-1], windows)
    said = _number(ones[0].header(limit)) if limit else None
    if windows and said is not None and said not in [int(one["requests"]) for one in windows]:
        wanted = " or ".join(str(one["requests"]) for one in windows)
        yield Breach(planned, f"{limit}: {wanted}", str(said), (ones[0],))


def _reset(
    bench: Bench, planned: Planned, headers: dict[str, Json], last: Exchange, windows: list[Json]
) -> Iterator[Breach]:  # fmt: skip
    """When the limit is reset, in seconds since 1970: from now on, within the widest window."""
    name = next((name for name, value in headers.items() if value == "$limit.reset"), None)
    said = _number(last.header(name)) if name else None
    if name is None or said is None or not windows:
        return
    now = bench.checking.clock.when(last)
    end = now + max(times.duration(one["per"]) for one in windows)
    if not now - OFF <= said * times.SECOND <= end + OFF:
        expected = f"{name} within {now // times.SECOND} and {end // times.SECOND}, seconds since 1970"
        yield Breach(planned, expected, str(said), (last,))


def cheapest(bench: Bench) -> Planned | None:
    """An operation that changes nothing and can be called without knowing any record."""
    ones = [one for one in bench.checking.contract.operations.values() if one.safe and "{" not in one.operation.path]
    ones.sort(key=lambda one: (one.plan.does != "list", len(one.operation.path)))
    return ones[0] if ones else None


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.strip().lstrip("-").isdigit() else None


def beyond_the_limit(bench: Bench, subject: None) -> Iterator[Breach]:
    """Requests beyond the documented limit, and only those, get 429 with a Retry-After."""
    limits = bench.checking.contract.given.get("limits") or {}
    tiers = [windows for windows in (limits.get("tiers") or {}).values() if windows]
    choices = [one for one in [limits.get("windows"), *tiers] if one]
    planned = cheapest(bench)
    if BURST_KEY not in bench.checking.options.keys:
        raise Unfit("it takes --burst-key")
    if not choices or planned is None:
        raise Unfit("no limit is documented")
    counts = sorted({int(window["requests"]) for windows in choices for window in windows})
    exchange, passed = _burst(bench, planned, min(MOST_REQUESTS, counts[-1] + 1))
    if exchange.status != 429:
        expected = f"429 after at most {counts[-1]} requests"
        yield Breach(planned, expected, f"{exchange.status} for the request after {passed}", (exchange,))
        return
    spans = [times.duration(window.get("per", "PT1S")) for windows in choices for window in windows]
    longest = max(spans) / times.SECOND
    wait = retry_after(exchange.header("retry-after"), exchange.at / 1000)
    began = bench.checking.target.exchanges[0].at
    alone = wait is None or wait >= longest - (exchange.at - began) / 1000  # nobody asked before, in this window
    if passed == 0 and not alone:
        raise Unfit("the limit of its key was used up before")
    if passed > counts[-1] or (alone and passed not in counts):
        expected = f"429 after {' or '.join(map(str, counts))} requests"
        yield Breach(planned, expected, f"after {passed}", (exchange,))
    codes = (bench.checking.contract.given.get("problems") or {}).get("codes") or {}
    code, said = codes.get("429"), bench.oracle.code(parsed(exchange.answer))
    if code and bench.oracle.code_way is not None and said != code:
        yield Breach(planned, f"the code {code!r}", f"the code {said!r}", (exchange,))
    told = exchange.header("retry-after") or ""
    if wait is None or wait > longest + (not told.strip().isdigit()):  # dates are rounded
        seen = told or "no such header"
        yield Breach(planned, f"Retry-After, of at most {longest:g} s", seen, (exchange,))
    elif wait <= SHORT:
        time.sleep(wait + 0.1)
        again = bench.checking.target.send(bench.request(planned), BURST_KEY, retry=False)
        if again.status == 429:
            yield Breach(planned, f"no 429 after the {told} that Retry-After said", "429", (exchange, again))


def _burst(bench: Bench, planned: Planned, most: int) -> tuple[Exchange, int]:
    """Asks without a pause until it is refused; the last exchange, and how many passed before it."""
    request, passed = bench.request(planned), 0
    exchange = bench.checking.target.send(request, BURST_KEY, retry=False)
    while 200 <= exchange.status < 300 and passed < most:
        passed += 1
        exchange = bench.checking.target.send(request, BURST_KEY, retry=False)
    return exchange, passed


LAWS = (
    Law("limits-told", "api", "Answers tell how much of the rate limit is left.", limits_told),
    Law(
        "beyond-the-limit",
        "api",
        "Beyond the rate limit comes a 429 that says when to try again.",
        beyond_the_limit,
        once=True,
    ),
)
