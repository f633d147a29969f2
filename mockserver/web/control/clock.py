"""The world's time, and the world as it was at first."""

from __future__ import annotations

from typing import Any

from mockserver.commands.clock import shown_clock
from mockserver.web.control.asked import Asked


def show_clock(asked: Asked) -> Any:
    """The world's time."""
    asked.only()
    return shown_clock(asked.world, asked.now)


def set_clock(asked: Asked) -> Any:
    """Moves the world's clock and lets happen what falls due by that."""
    return asked.carry_out("clock")


def reset(asked: Asked) -> Any:
    """The world back to its seeded state: records, clock, agenda, counters, events, journal."""
    asked.only()
    asked.json({})
    asked.worlds.reset(asked.world)
    return shown_clock(asked.world, asked.now)
