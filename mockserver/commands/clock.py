"""Commands of the world's clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mockserver.commands.command import Mistake
from mockserver.service import Service
from mockserver.spec.model import Json
from mockserver.world import times
from mockserver.world.clock import Clock
from mockserver.world.world import World


def shown_clock(world: World, now: int) -> dict[str, Json]:
    """The world's time as the control API tells it."""
    clock = world.clock
    return {"now": times.text(clock.read(now), "milliseconds"), "frozen": clock.frozen, "speed": clock.speed}


def set_clock(service: Service, world: World, body: Json, now: int) -> Json:
    """`{"advance": "PT72H"}`, `{"freeze": "2026-01-01T00:00:00Z"}`, `{"resume": true}` or `{"speed": 60}`."""
    ((name, value),) = body.items()
    clock = CLOCK[name](world.clock, value, now)
    if not clock.can_show(clock.read(now)):
        raise Mistake("out_of_range", "The clock would leave the years 1 to 9999.", "Move it by less.")
    world.clock = clock
    service.catch_up(world, now)
    return shown_clock(world, now)


CLOCK_HINT = 'Send {"advance": "PT72H"}, {"freeze": "2026-01-01T00:00:00Z"}, {"speed": 60} or {"resume": true}.'


def _advance(clock: Clock, value: str, now: int) -> Clock:
    try:
        by = times.duration(value)
    except ValueError:
        message = "advance takes an ISO 8601 duration such as PT30S, PT72H or P30D."
        raise Mistake("bad_duration", message, CLOCK_HINT) from None
    if by < 0:
        hint = "To go back, freeze an earlier time, rewind, or reset."
        raise Mistake("bad_duration", "advance only goes forward.", hint)
    return clock.advanced(by)


def _freeze(clock: Clock, value: str, now: int) -> Clock:
    at = times.parse(value)
    if at is None:
        message = "freeze takes an RFC 3339 time such as 2026-01-01T00:00:00Z."
        raise Mistake("bad_time", message, CLOCK_HINT)
    return clock.stopped(at)


CLOCK: Mapping[str, Callable[[Clock, Json, int], Clock]] = {
    "advance": _advance,
    "freeze": _freeze,
    "resume": lambda clock, value, now: clock.resumed(now),
    "speed": lambda clock, value, now: clock.at_speed(value, now),
}
