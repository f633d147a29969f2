"""The worlds side by side: listed, made, compared, dropped."""

from __future__ import annotations

from typing import Any

from mockserver.commands.clock import shown_clock
from mockserver.spec.errors import nearest
from mockserver.states.differences import changes, differences
from mockserver.web.control.asked import Asked, Refused, Told, listed
from mockserver.web.worlds import DEFAULT, NAME_RULE
from mockserver.world.world import World


def worlds(asked: Asked) -> Any:
    """Every world there is, the default one first, then the one that was used last."""
    asked.only("limit")
    limit = asked.limit(100)
    found = asked.worlds.all()
    shown = [_shown(asked, world) for world in found[:limit]]
    return {"total": len(found), "limit": asked.settings.max_worlds, "worlds": shown}


def create_world(asked: Asked) -> Any:
    """A new world: a fork of the state that all begin with, of another world, or of a named snapshot of one."""
    asked.only()
    body = asked.json()
    name: str = body["name"]
    if asked.worlds.known(name) is not None:
        hint = "Choose another name, delete that world first, or reset it."
        raise Refused(409, "world_exists", f"There is a world {name!r} already.", hint)
    if "snapshot" in body:
        source = found(asked, body.get("from", DEFAULT))
        if body["snapshot"] not in source.saved:
            raise no_snapshot(source, body["snapshot"])
        moment = source.saved[body["snapshot"]]
        world = source.fork(name)
        world.begin(moment.state)
        world.resume(moment.at, asked.now)
    else:
        world = (found(asked, body["from"]) if "from" in body else asked.worlds.start).fork(name)
    asked.deliverer.look(asked.worlds.put(world))  # it may have something to send
    return Told(_shown(asked, world), 201)


def show_world(asked: Asked) -> Any:
    """One world."""
    asked.only()
    return _shown(asked, found(asked, asked.path["name"]))


def delete_world(asked: Asked) -> Any:
    """Forgets a world; when it is named again, it begins anew."""
    asked.only()
    world = found(asked, asked.path["name"])
    if not asked.worlds.drop(world.name):
        hint = "To have it as it was at first, POST /_mock/reset."
        raise Refused(409, "default_world", "The default world can't be deleted.", hint)
    return Told(None, 204)


def diff_worlds(asked: Asked) -> Any:
    """What one world has otherwise than another."""
    asked.only()
    a, b = (found(asked, asked.path[side]) for side in ("a", "b"))
    for world in (a, b):
        asked.service.catch_up(world, asked.now)
    told = differences(a.snapshot(), b.snapshot(), asked.worlds.seeded.snapshot())
    return {"a": a.name, "b": b.name, **told}


def found(asked: Asked, name: str) -> World:
    """A world that there is. Raises Refused."""
    world = asked.worlds.known(name)
    if world is None:
        known = [one.name for one in asked.worlds.all()[:1_000]]
        message = f"There is no world {name[:100]!r}{nearest(name[:100], known)}."
        raise Refused(404, "unknown_world", message, f"{listed(known[:20])} {NAME_RULE}")
    return world


def no_snapshot(world: World, name: str) -> Refused:
    """What a name that no snapshot of a world has gets."""
    known = sorted(world.saved)
    message = f"The world {world.name!r} has no snapshot {name[:100]!r}{nearest(name[:100], known)}."
    hint = listed(known) if known else 'It has none yet: POST /_mock/snapshots {"name": …} makes one.'
    return Refused(404, "unknown_snapshot", message, hint)


def _shown(asked: Asked, world: World) -> Any:
    return {
        "name": world.name,
        "changed": changes(world.snapshot(), asked.worlds.seeded.snapshot()),
        "calls": world.calls,
        "journal": len(world.journal),
        "snapshots": len(world.saved),
        "clock": shown_clock(world, asked.now),
    }
