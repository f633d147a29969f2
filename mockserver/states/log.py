"""A world's log: the calls and commands of its journal in a form that can be kept, and done again."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from mockserver.commands.table import COMMANDS, carry_out
from mockserver.service import REQUEST_ID, Service
from mockserver.spec.model import Json
from mockserver.states.shapes import Misfit, shape
from mockserver.steps.call import Answer, Request
from mockserver.world.journal import BACK, MAX_BODY, Done, Entry
from mockserver.world.world import World

REQUEST = shape(Request)


class Unlike(Exception):
    """A call that was answered otherwise when it was done again: by another version of the mock, most likely."""


def written(entry: Entry | Done) -> dict[str, Json]:
    """An entry of a journal as a line of a log."""
    if isinstance(entry, Done):
        return {"now": entry.now, "command": entry.name, "body": entry.body}
    return {
        "now": entry.now, "call": entry.number, "request": REQUEST.write(entry.request), "status": entry.answer.status,
        "answer": _digest(entry.answer, entry.answer_size),
    }  # fmt: skip


def _digest(answer: Answer, size: int) -> str:
    """What tells two answers apart: the status, the headers but for the world's name, the body as far as it is kept."""
    headers = [pair for pair in answer.headers if pair[0] != REQUEST_ID]
    said = repr((answer.status, headers, size)).encode("utf-8", "replace") + answer.body[:MAX_BODY]
    return f"sha256:{sha256(said).hexdigest()[:32]}"


def done_again(service: Service, world: World, log: Sequence[Json], last: int | None = None) -> Answer | None:
    """Does what a log says, until the call numbered `last`; the last call's answer.

    Raises Misfit for a log that can't be read, Unlike when a call is answered otherwise than it was.
    """
    answer: Answer | None = None
    for at, line in enumerate(log):
        try:
            answer = _done(service, world, line) or answer
        except Misfit as misfit:
            raise Misfit(misfit.message, f"/{at}{misfit.where}") from None
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise Misfit(f"is no line of a log: {error!r}", f"/{at}") from None
        if last is not None and line.get("call") == last:
            break
    return answer


def _done(service: Service, world: World, line: Json) -> Answer | None:
    if "command" in line:
        _command(service, world, line)
        return None
    request: Request = REQUEST.read(line["request"])
    if request.api not in service.apis and (request.api or len(service.apis) > 1):
        raise Misfit(f"there is no API {request.api!r}", "/request/api")
    answer = service.answer(world, request, line["now"])
    if world.calls != line["call"] or _digest(answer, len(answer.body)) != line["answer"]:
        raise Unlike(f"the call {line['call']}, {request.method} {request.path}, was answered otherwise than it was")
    return answer


def _command(service: Service, world: World, line: Json) -> None:
    if line["command"] == BACK:
        world.resume(line["body"]["at"], line["now"])
    elif line["command"] in COMMANDS:
        carry_out(service, world, line["command"], line["body"], line["now"])
    else:
        raise Misfit(f"there is no command {line['command']!r}", "/command")
