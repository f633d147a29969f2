"""A world as a file that another server can go on from."""

from __future__ import annotations

import json
from typing import Any

from mockserver.states import files
from mockserver.web.control.asked import Asked, Refused, Told


def export_state(asked: Asked) -> Any:
    """The world as a state file."""
    asked.only()
    told = files.written(asked.service, asked.worlds.seeded.snapshot(), [asked.world], asked.now)
    return Told(json.dumps(told, separators=(",", ":")).encode())


def import_state(asked: Asked) -> Any:
    """The world becomes that of a state file: the one of its name, or the file's only one."""
    asked.only()
    told = asked.json()
    held, name = told["worlds"], asked.world.name
    source = name if name in held else next(iter(held), "")
    if len(held) != 1 and name not in held:
        message = f"The file has {len(held)} worlds, none of them {name!r}."
        raise Refused(400, "which_world", message, "Send 'X-Mock-World: NAME' with the name of one of them.")
    try:
        found = files.read(asked.service, asked.worlds.seeded, {**told, "worlds": {source: held[source]}})
    except files.Unfit as unfit:
        hint = "Serve the same documents with the same options as the server that made it; docs/state-files.md."
        raise Refused(400, "unfit_state", f"The state can't be used: {unfit}", hint) from None
    world = found.worlds[source]
    world.name = name  # only now: what its log did may have made use of the name that it had
    asked.worlds.put(world)
    asked.deliverer.look(world)  # it may have something to send
    return {"world": name, "doubts": list(found.doubts)}
