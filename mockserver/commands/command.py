"""What a command of the control API is: a pure function of a world, so that a log of them can be replayed."""

from __future__ import annotations

from collections.abc import Callable

from mockserver.service import Service
from mockserver.spec.model import Json
from mockserver.world.world import World


class Mistake(Exception):
    """A command that can't be carried out: a code for programs, what is wrong, and what would be right."""

    def __init__(self, code: str, message: str, hint: str, where: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint
        self.where = where  # a JSON pointer into what was said, for the line of a file


Command = Callable[[Service, World, Json, int], Json]
"""Changes a world as a body says (its shape is checked: see the control API's document) when real time is the last
argument, in milliseconds since 1970 UTC. Answers what the control API answers. Raises Mistake: nothing has changed."""
