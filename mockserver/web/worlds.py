"""The worlds that a server keeps: each a fork of the seeded one, made when it is first named."""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import Any

from mockserver.commands.webhooks import subscribe
from mockserver.service import Service
from mockserver.web.settings import Settings
from mockserver.world.world import World

DEFAULT = "default"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
NAME_RULE = "A world's name has letters, digits, '.', '_' and '-', at most 64, and begins with a letter or digit."


def _webhooks(service: Service, settings: Settings) -> list[dict[str, Any]]:
    """Who is told of events from the start: what the fixtures say, and the URLs of the command line."""
    of_fixtures = [{**words, "api": name} for name, served in service.apis.items() for words in served.webhooks]
    return [*of_fixtures, *({"url": url} for url in settings.webhooks)]


class Worlds:
    """The worlds by name. Beyond `max_worlds`, the one that was used least recently goes; the default world stays."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self.limit = settings.max_worlds
        self.seeded = service.new_world("seeded", settings.max_journal)
        for words in _webhooks(service, settings):
            subscribe(service, self.seeded, words, 0)
        self.default = self.seeded.fork(DEFAULT)
        self._others: OrderedDict[str, World] = OrderedDict()

    def get(self, name: str) -> World:
        """The world of a valid name, made now where there is none."""
        if name == DEFAULT:
            return self.default
        world = self._others.get(name)
        if world is None:
            world = self._others[name] = self.seeded.fork(name)
            if len(self._others) >= self.limit:
                self._others.popitem(last=False)
        else:
            self._others.move_to_end(name)
        return world

    def has(self, world: World) -> bool:
        """Whether a world is still kept."""
        return world is self.default or self._others.get(world.name) is world

    def reset(self, world: World) -> None:
        """A world back to the seeded state."""
        world.begin(self.seeded.snapshot())

    def all(self) -> list[World]:
        """Every world there is, the default one first, then by use, the latest first."""
        return [self.default, *reversed(self._others.values())]

    def drop(self, name: str) -> bool:
        """Forgets a world; False when there is none of that name or when it is the default one."""
        return self._others.pop(name, None) is not None
