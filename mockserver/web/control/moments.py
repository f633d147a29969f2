"""Back to earlier moments of a world: to just after a call, or to one that was given a name."""

from __future__ import annotations

from typing import Any

from mockserver.commands.clock import shown_clock
from mockserver.web.control.asked import Asked, Refused, Told
from mockserver.web.control.parallel import no_snapshot
from mockserver.world import times
from mockserver.world.journal import Entry, label
from mockserver.world.world import Saved, World


def snapshots(asked: Asked) -> Any:
    """The moments of the world that have names."""
    asked.only()
    world = asked.world
    return {"snapshots": [_shown(world, name, saved) for name, saved in sorted(world.saved.items())]}


def save_snapshot(asked: Asked) -> Any:
    """Gives this moment of the world a name, in place of any other moment of that name."""
    asked.only()
    world, name = asked.world, asked.json()["name"]
    limit = asked.settings.max_snapshots
    if name not in world.saved and len(world.saved) >= limit:
        hint = "Delete some: DELETE /_mock/snapshots/{name}."
        raise Refused(409, "too_many_snapshots", f"A world may have {limit} snapshots.", hint)
    world.save(name, asked.now)
    return Told(_shown(world, name, world.saved[name]), 201)


def delete_snapshot(asked: Asked) -> Any:
    """Forgets a named moment; the world stays as it is."""
    asked.only()
    world, name = asked.world, _named(asked)
    world.saved = world.saved.delete(name)
    return Told(None, 204)


def restore_snapshot(asked: Asked) -> Any:
    """Back to a named moment: records, clock, journal, everything."""
    asked.only()
    asked.json({})
    asked.world.go_back(_named(asked), asked.now)
    return _position(asked)


def rewind(asked: Asked) -> Any:
    """Back to just after a call, as if nothing had followed."""
    asked.only()
    world, number = asked.world, _number(asked)
    if not world.rewind(number, asked.now):
        held = [entry.number for entry in world.journal if isinstance(entry, Entry)]
        first, last = label(world.name, world.before.calls), label(world.name, held[-1] if held else world.calls)
        message = f"The journal of the world {world.name!r} doesn't reach back, or forth, to {number}."
        raise Refused(404, "not_in_journal", message, f"It holds the moments after {first} to {last}.")
    return _position(asked)


def _number(asked: Asked) -> int:
    """The number of the call that a body names: `12`, `"12"` or `"default-12"`."""
    to = asked.json()["to"]
    if not isinstance(to, str):
        return int(to)
    name, dash, number = to.rpartition("-")
    if dash and name != asked.world.name:
        message = f"{to[:100]} is a call of the world {name[:100]!r}; this is {asked.world.name!r}."
        raise Refused(400, "other_world", message, f"Send 'X-Mock-World: {name[:100]}'.")
    return int(number)


def _named(asked: Asked) -> str:
    name = asked.path["name"]
    if name not in asked.world.saved:
        raise no_snapshot(asked.world, name)
    return name


def _position(asked: Asked) -> Any:
    """Where the world stands: after which call, at what time."""
    world = asked.world
    return {"after": label(world.name, world.calls), "clock": shown_clock(world, asked.now)}


def _shown(world: World, name: str, saved: Saved) -> Any:
    after = label(world.name, saved.state.calls)
    return {"name": name, "after": after, "at": times.text(saved.at, "milliseconds")}
