"""The server's clock, as its answers tell it: by their Date, and by the times that it sets in records.

Servers in tests have clocks that are moved or stand still, while their Date goes on. So where all times that records
get agree with each other and are far from the Date, they are the clock; five hours off tells of a time zone instead.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from mockserver.check.answers import at, places
from mockserver.check.contract import Planned
from mockserver.check.findings import Exchange
from mockserver.check.ledger import parsed
from mockserver.spec.model import Json
from mockserver.world import times

OFF = 5 * times.MINUTE  # what clocks may differ by
FAR = 15 * times.HOUR  # from where on a difference is no time zone's
ZONES, NEAR = 15 * times.MINUTE, 90 * times.SECOND  # what time zones differ by, and how near to that
STILL = 2_500  # milliseconds in which a clock that counts seconds has moved


class Stamp(NamedTuple):
    """A time that the server set in a record, and when we asked for that; milliseconds since 1970."""

    at: int
    moment: int

    @property
    def ahead(self) -> int:
        """By how much the server's clock is ahead of ours."""
        return self.moment - self.at


@dataclass(slots=True)
class Clock:
    """Is told of every exchange (`see`)."""

    ahead: int = 0  # by how much the last Date is ahead of our clock
    made: dict[str, tuple[Stamp, Stamp]] = field(default_factory=dict)  # by operation: the first of a time, the last
    changed: dict[str, Stamp] = field(default_factory=dict)  # by operation: the last time of a change

    def see(self, exchange: Exchange, planned: Planned | None) -> None:
        """Reads the times in an answer."""
        if (date := dated(exchange)) is not None:
            apart = date - exchange.at
            self.ahead = apart if abs(apart) > 5 * times.SECOND else 0
        if planned is None or planned.resource is None or not 200 <= exchange.status < 300:
            return
        does, operation, sets = planned.plan.does, planned.operation.id, planned.resource.on_update
        if does == "create" and (moment := _moment(planned, exchange, planned.resource.on_create)):
            new = Stamp(exchange.at, moment)
            first, _ = self.made.get(operation, (new, new))
            self.made[operation] = (first if first.moment == moment else new), new
        elif does in ("update", "act", "replace") and (moment := _moment(planned, exchange, sets)):
            self.changed[operation] = Stamp(exchange.at, moment)

    @property
    def stands(self) -> bool:
        """Whether the clock was seen to stand still: records that were made one after the other have one time."""
        newest = max((last.moment for _, last in self.made.values()), default=0)
        still = any(last.at - first.at >= STILL for first, last in self.made.values())
        return still and all(one.moment <= newest for one in self.changed.values())

    @property
    def set_apart(self) -> Stamp | None:
        """The last time in a record, where the server's clock goes by these and not by its Date."""
        stamps = [last for _, last in self.made.values()] + list(self.changed.values())
        newest = max(stamps, default=None)
        if newest is None or any(abs(one.ahead - newest.ahead) > OFF for one in stamps):
            return None
        apart = abs(newest.ahead - self.ahead)
        to_zone = min(apart % ZONES, -apart % ZONES)
        return None if apart <= OFF or (apart < FAR and to_zone <= NEAR) else newest

    def now(self) -> int:
        """The server's time, milliseconds since 1970 UTC."""
        if self.stands:
            return max(last.moment for _, last in self.made.values())
        stamp = self.set_apart
        return int(time.time() * 1000) + (stamp.ahead if stamp else self.ahead)

    def when(self, exchange: Exchange) -> int:
        """The server's time when it answered."""
        if self.stands:
            return self.now()
        stamp = self.set_apart
        return exchange.at + stamp.ahead if stamp else dated(exchange) or exchange.at


def dated(exchange: Exchange) -> int | None:
    """The Date of an answer."""
    try:
        return int(parsedate_to_datetime(exchange.header("date") or "").timestamp() * 1000)
    except (ValueError, TypeError):
        return None


def _moment(planned: Planned, exchange: Exchange, sets: Mapping[str, Json]) -> int | None:
    """The time that an answer shows in a field which the server sets to its present."""
    way = places(planned.plan.answer).get("$record")
    record = at(parsed(exchange.answer), way) if way is not None else None
    values = [at(record, (name,)) for name, value in sets.items() if value == "$now"]
    return next((found for one in values if not times.is_date(one) and (found := times.moment(one)) is not None), None)
