"""State files: worlds as what differs from the seeded one, with a log from which each call can be done again.

docs/state-files.md describes the format. A file fits the server that it is read by when both were made from the same
documents, fixtures, seed and options; else it is refused with what differs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from immutables import Map

from mockserver.service import Service
from mockserver.spec.errors import nearest
from mockserver.spec.model import Json
from mockserver.states import fields, log
from mockserver.states.shapes import Misfit
from mockserver.steps.call import Answer, Request
from mockserver.world.world import Saved, Snapshot, World

FORMAT, VERSION = "mockserver-state", 1
OPTIONS = {"seed": int, "locale": str, "records": dict, "rate_limits": bool, "query_preferences": bool}
DAMAGE = (KeyError, TypeError, AttributeError, ValueError)  # what reading another shape than expected ends with


class Unfit(Exception):
    """A state file that can't be used here; the text says why, and what would be right."""


@dataclass(frozen=True, slots=True)
class States:
    """What a state file holds: worlds, and the state that others begin with; None where it doesn't say."""

    worlds: dict[str, World]
    start: Snapshot | None
    doubts: tuple[str, ...]  # what of it could not be done again, for the user to know


def written(
    service: Service, seeded: Snapshot, worlds: Iterable[World], now: int, start: Snapshot | None = None
) -> dict[str, Json]:
    """Worlds as a state file, as they are at the real time `now`; with the state that others begin with, if given."""
    told: dict[str, Json] = {"format": FORMAT, "version": VERSION, "server": service.origin.told()}
    if start is not None:
        told["start"] = fields.write(start, seeded)
    told["worlds"] = {world.name: _world(service, seeded, world, now) for world in worlds}
    return told


def _world(service: Service, seeded: Snapshot, world: World, now: int) -> dict[str, Json]:
    service.catch_up(world, now)
    return {
        "state": fields.write(world.snapshot(), seeded),
        "base": fields.write(world.before, seeded),
        "log": [log.written(entry) for entry in world.journal],
        "snapshots": {
            name: {"at": saved.at, "state": fields.write(saved.state, seeded)}
            for name, saved in sorted(world.saved.items())
        },
    }


def read(service: Service, seeded: World, told: Json) -> States:
    """The worlds of a state file. Raises Unfit."""
    check(service, told)
    worlds, doubts = {}, []
    try:
        start = fields.read(told["start"], seeded.snapshot()) if "start" in told else None
        for name, one in _object(told["worlds"]).items():
            worlds[name], doubt = _world_again(service, seeded, name, one)
            doubts += [f"world {name!r}: {doubt}"] if doubt else []
    except Misfit as misfit:
        raise Unfit(f"it is damaged at {misfit.where or 'its root'}: {misfit.message}.") from None
    except DAMAGE as error:
        raise Unfit(f"it is damaged: {error!r}.") from None
    return States(worlds, start, tuple(doubts))


def _world_again(service: Service, seeded: World, name: str, told: Json) -> tuple[World, str]:
    """The world, and why its log could not be done again, if so: then it begins with an empty journal."""
    where, first = f"/worlds/{name}", seeded.snapshot()
    world, doubt = seeded.fork(name), ""
    state = _state(told["state"], first, f"{where}/state")
    world.begin(_state(told.get("base", told["state"]), first, f"{where}/base"))
    try:
        log.done_again(service, world, told.get("log", ()))
        world.restore(state)
    except log.Unlike as unlike:
        world.begin(state)
        doubt = f"{unlike}; it is as it was, with an empty journal"
    except Misfit as misfit:
        raise Misfit(misfit.message, f"{where}/log{misfit.where}") from None
    world.saved = Map(
        (str(label), _saved(one, first, f"{where}/snapshots/{label}"))
        for label, one in _object(told.get("snapshots", {})).items()
    )
    return world, doubt


def _saved(told: Json, seeded: Snapshot, where: str) -> Saved:
    state = _state(told["state"], seeded, f"{where}/state")
    return Saved(int(told["at"]), state, state, ())


def _state(told: Json, seeded: Snapshot, where: str) -> Snapshot:
    try:
        return fields.read(told, seeded)
    except Misfit as misfit:
        raise Misfit(misfit.message, f"{where}{misfit.where}") from None


def _object(told: Json) -> Mapping[str, Json]:
    if not isinstance(told, dict):
        raise Misfit("should be an object", "/worlds")
    return told


def check(service: Service, told: Json) -> None:
    """Raises Unfit for what is no state file, or one of another server."""
    _check_format(told)
    ours, theirs = service.origin.told(), told["server"]
    for name in OPTIONS:
        if theirs.get(name) != ours[name]:
            raise Unfit(f"it was made with {name} {theirs.get(name)!r}; here it is {ours[name]!r}.")
    documents = _object(theirs.get("documents"))
    if documents.keys() != ours["documents"].keys():
        raise Unfit(f"it was made with the APIs {', '.join(documents)}; here: {', '.join(ours['documents'])}.")
    for api, digest in ours["documents"].items():
        if documents[api] != digest:
            raise Unfit(f"it was made with another document of {api}, or with other fixtures.")


def _check_format(told: Json) -> None:
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise Unfit(f"it is no state file: there is no 'format' {FORMAT!r} in it.")
    if told.get("version") != VERSION:
        raise Unfit(f"it has version {told.get('version')!r} of the format; this mockserver reads version {VERSION}.")
    if not isinstance(told.get("server"), dict) or not isinstance(told.get("worlds"), dict):
        raise Unfit("it is damaged: 'server' or 'worlds' is missing.")


def options(told: Json) -> dict[str, Json]:
    """What a server must be made with to read a file: OPTIONS, and digests of the `documents` by API.

    Raises Unfit.
    """
    _check_format(told)
    found: dict[str, Json] = told["server"]
    for name, kind in {**OPTIONS, "documents": dict}.items():
        if not isinstance(found.get(name), kind):
            raise Unfit(f"it is damaged: 'server' has no {name}.")
    return found


def replayed(service: Service, seeded: World, told: Json, world: str, number: int) -> tuple[Answer, Request]:
    """The answer to a call of a world, and its request: everything before it is done again.

    Raises Unfit, also when the file doesn't have that call, and log.Unlike.
    """
    check(service, told)
    worlds = told["worlds"]
    if world not in worlds:
        raise Unfit(f"it has no world {world!r}{nearest(world, worlds)}.")
    try:
        lines = {one["call"]: one for one in worlds[world]["log"] if "call" in one}
        if number not in lines:
            held = f"{min(lines)} to {max(lines)}" if lines else "no calls"
            raise Unfit(f"its world {world!r} has no call {number}; it has {held}.")
        again = seeded.fork(world)
        again.begin(fields.read(worlds[world]["base"], seeded.snapshot()))
        answer = log.done_again(service, again, worlds[world]["log"], number)
    except Misfit as misfit:
        raise Unfit(f"it is damaged at {misfit.where}: {misfit.message}.") from None
    except DAMAGE as error:
        raise Unfit(f"it is damaged: {error!r}.") from None
    assert answer is not None
    return answer, log.REQUEST.read(lines[number]["request"])
