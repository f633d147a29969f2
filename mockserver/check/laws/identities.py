"""A law of what names each request: no two errors have the same name."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.check.answers import Way, at, told
from mockserver.check.findings import Exchange
from mockserver.check.laws.bench import Bench
from mockserver.check.laws.law import Breach, Law, Unfit
from mockserver.check.ledger import parsed
from mockserver.spec.model import Json

MOST = 300  # errors that are compared


def errors_apart(bench: Bench, subject: None) -> Iterator[Breach]:
    """Where each error has a new id, no two errors that were seen have the same."""
    problems = bench.checking.contract.given.get("problems") or {}
    ways = list(_new_ids(problems.get("body"), ()))
    if not ways:
        raise Unfit("its errors have no ids")
    seen: dict[tuple[Way, Json], Exchange] = {}
    for exchange in [one for one in bench.checking.target.exchanges if 400 <= one.status < 500][:MOST]:
        body = parsed(exchange.answer)
        for way in ways:
            value = at(body, way)
            before = seen.setdefault((way, value), exchange) if isinstance(value, str | int) else exchange
            if before is not exchange and exchange.operation:
                planned = bench.checking.contract.by_id(exchange.operation) or exchange.operation
                expected = f"a new {'.'.join(way)} for each error"
                yield Breach(planned, expected, f"{told(value)} twice", (before, exchange))
                return


def _new_ids(template: Json, way: Way) -> Iterator[Way]:
    """The ways to what is `{$id: ...}` in a template."""
    for name, value in template.items() if isinstance(template, dict) else ():
        if isinstance(value, dict) and "$id" in value:
            yield (*way, name)
        else:
            yield from _new_ids(value, (*way, name))


LAWS = (Law("errors-apart", "api", "Each error has an id of its own.", errors_apart, "minor"),)
