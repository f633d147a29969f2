"""What is to happen to one call beside what its API says, whoever wished it: a header, a rule, a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

ENDS = ("reset", "reset-in-body", "empty", "truncated", "timeout")
"""How a connection ends before the answer is whole: a TCP reset (RST) before the first byte or amid the body, an
orderly close (FIN) without a byte or amid the body, or never, with nothing sent."""

DAMAGES = ("malformed-json", "wrong-content-type")
MAX_DELAY = 600_000  # milliseconds


class Breach(NamedTuple):
    """A contract breach on purpose: `drop` a required field or give one the `wrong-type`; any field where none is
    named."""

    kind: str
    field: str = ""


class Did(NamedTuple):
    """What was done to a call on purpose, for the journal; `rule` is empty for what the call itself asked for."""

    rule: str
    what: str


class Effects(NamedTuple):
    """All of it together; what is unset leaves the call alone."""

    status: int | None = None  # answer this status, as the document has it
    detail: str = ""  # in the words of a refusal
    example: str = ""  # the body is the document's example of that name
    dynamic: bool = False  # the body is made from its schema, another one for each call
    answer: Mapping[str, Any] | None = None  # a whole answer: status, headers, body
    headers: Mapping[str, str] | None = None  # of the answer, in place of its own of the same name
    delay: int = 0  # milliseconds of real time before the answer's first byte
    rate: int = 0  # bytes of the body per second
    end: str = ""  # one of ENDS
    damage: str = ""  # one of DAMAGES
    breach: Breach | None = None
    limits: tuple[Any, ...] = ()  # steps.windows.Window, in place of the API's own
    skipped: bool = False  # whether the call isn't carried out, though nothing is answered in its place
    done: tuple[Did, ...] = ()

    @property
    def replaces(self) -> bool:
        """Whether something else is answered in place of what the API would answer."""
        return self.status is not None or bool(self.example) or self.dynamic or self.answer is not None

    def over(self, other: Effects) -> Effects:
        """These effects, and of others what these leave unset. What is answered comes from one of the two alone."""
        mine = other
        if self.replaces:
            mine = other._replace(status=None, detail="", example="", dynamic=False, answer=None)
        merged = {
            name: value if value not in (None, "", 0, False, ()) else getattr(mine, name)
            for name, value in self._asdict().items()
        }
        return Effects(**{**merged, "done": (*self.done, *other.done)})


NONE = Effects()
