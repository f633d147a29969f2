"""What a control request asks, read strictly: whatever is not understood is refused with what would be right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from mockserver.commands.command import Mistake
from mockserver.commands.table import carry_out
from mockserver.service import Service
from mockserver.spec.errors import nearest
from mockserver.web.control.document import fault_of
from mockserver.web.delivery import Deliverer
from mockserver.web.settings import Settings
from mockserver.web.worlds import Worlds
from mockserver.world.world import World

MAX_SHOWN = 10_000  # the most entries that one answer lists


class Refused(Exception):
    """A control request that is not carried out, and what would be right."""

    def __init__(self, status: int, code: str, message: str, hint: str, allow: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.error = {"code": code, "message": message, "hint": hint}
        self.allow = allow


class Told(NamedTuple):
    """An answer with a status of its own; bytes are JSON already, None is no body at all."""

    content: Any
    status: int = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """A control request and what it works on."""

    service: Service
    worlds: Worlds
    world: World
    settings: Settings
    deliverer: Deliverer
    now: int  # real time, milliseconds since 1970 UTC
    route: tuple[str, str]  # the path of the table, such as /_mock/worlds/{name}, and the method
    path: Mapping[str, str]  # what stands in the path's braces, as sent
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def only(self, *known: str) -> None:
        """Refuses query parameters that mean nothing here."""
        for name in self.query:
            if name not in known:
                message = f"{name[:100]!r} is no parameter here{nearest(name[:100], known)}."
                raise Refused(400, "unknown_parameter", message, listed(known) if known else "Leave it out.")

    def limit(self, default: int) -> int:
        """The parameter `limit`: how many entries to show."""
        return self.count("limit", default, MAX_SHOWN)

    def count(self, name: str, default: int, most: int | None = None) -> int:
        """A parameter that is a number from 1 on; no larger than its default when `most` isn't given."""
        given, most = self.query.get(name, str(default)), most or default
        if not (given.isascii() and given.isdigit() and len(given) <= 6 and 1 <= int(given) <= most):
            raise Refused(400, f"bad_{name}", f"{name} is a number from 1 to {most}.", f"Leave it out for {default}.")
        return int(given)

    def chosen(self, name: str, known: Iterable[str]) -> list[str]:
        """What the parameter `name` names of what there is; all of it when it isn't sent."""
        all_known = sorted(known)
        given = self.query.get(name)
        if given is None:
            return all_known
        if given not in all_known:
            message = f"There is no {name} {given[:100]!r} here{nearest(given[:100], all_known)}."
            raise Refused(404, f"unknown_{name}", message, listed(all_known))
        return [given]

    def json(self, missing: Any = None) -> Any:
        """The body, which must be sent as JSON (no form of another site can send that type) and as control.yaml says;
        `missing`, if given, stands for a body that isn't sent at all."""
        if missing is not None and not self.body and "content-type" not in self.headers:
            return missing
        media = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media != "application/json":
            hint = "Send 'Content-Type: application/json'."
            raise Refused(415, "not_json", "The control API takes JSON only.", hint)
        try:
            sent = orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            message = f"The body is no JSON: {error}."
            raise Refused(400, "malformed_json", message, "Check its quotes, commas and brackets.") from None
        if fault := fault_of(*self.route, sent):
            raise Refused(400, "bad_body", *fault)
        return sent

    def carry_out(self, command: str, sent: Any = None) -> Any:
        """Carries out a command (commands.table) with `sent`, or with the request's body; answers what it answers."""
        self.only()
        try:
            return carry_out(self.service, self.world, command, self.json() if sent is None else sent, self.now)
        except Mistake as mistake:
            status = 404 if mistake.code.startswith("unknown_") and "{" in self.route[0] else 400
            raise Refused(status, mistake.code, mistake.message, mistake.hint) from None


def listed(known: Iterable[str]) -> str:
    """`Known: a, b.` for a hint."""
    return f"Known: {', '.join(known)}."
