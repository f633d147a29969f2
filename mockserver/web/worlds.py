"""The worlds that a server keeps: each a fork of the state that it started with, made when it is first named."""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from mockserver.commands.scenarios import enter
from mockserver.commands.webhooks import subscribe
from mockserver.service import Service
from mockserver.web.settings import Settings
from mockserver.world.world import Snapshot, World

DEFAULT = "default"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
NAME_RULE = "A world's name has letters, digits, '.', '_' and '-', at most 64, and begins with a letter or digit."


def _webhooks(service: Service, settings: Settings) -> list[dict[str, Any]]:
    """Who is told of events from the start: what the fixtures say, and the URLs of the command line."""
    of_fixtures = [{**words, "api": name} for name, served in service.apis.items() for words in served.webhooks]
    return [*of_fixtures, *({"url": url} for url in settings.webhooks)]


class Worlds:
    """The worlds by name. Beyond `max_worlds`, the one that was used least recently goes; the default world stays.

    `seeded` holds what documents and fixtures say, and nothing else ever; `start` is the state that a new world begins
    with and that a reset goes back to: the same and the webhooks of the start, or what a state file says.
    """

    def __init__(self, service: Service, settings: Settings) -> None:
        self.limit = settings.max_worlds
        self._service, self._settings = service, settings
        self.seeded = service.new_world("seeded", settings.max_journal, settings.max_journal_bytes)
        self.start = self.seeded.fork("start")
        for words in _webhooks(service, settings):
            subscribe(service, self.start, words, 0)
        for name, apis in settings.scenarios:
            enter(service, self.start, {"name": name, "apis": apis}, time.time_ns() // 1_000_000)
        self.default = self.start.fork(DEFAULT)
        self._others: OrderedDict[str, World] = OrderedDict()

    def used(self, name: str) -> World | None:
        """The world of that name, which is now the one used last; None where there is none, or for the default one."""
        world = self._others.get(name)
        if world is not None:
            self._others.move_to_end(name)
        return world

    def get(self, name: str) -> World:
        """The world of a valid name, made now where there is none."""
        return self.default if name == DEFAULT else self.used(name) or self.put(self.start.fork(name))

    def known(self, name: str) -> World | None:
        """The world of that name; None where there is none."""
        return self.default if name == DEFAULT else self._others.get(name)

    def put(self, world: World) -> World:
        """Keeps a world under its name, in place of any other of that name."""
        if world.name == DEFAULT:
            self.default = world
            return world
        self._others[world.name] = world
        self._others.move_to_end(world.name)
        if len(self._others) >= max(self.limit, 2):  # with the default one
            self._others.popitem(last=False)
        return world

    def has(self, world: World) -> bool:
        """Whether a world is still kept."""
        return world is self.default or self._others.get(world.name) is world

    def reset(self, world: World) -> None:
        """A world back to the state that it started with; its named snapshots stay."""
        world.begin(self.start.snapshot())

    def all(self) -> list[World]:
        """Every world there is, the default one first, then by use, the latest first."""
        return [self.default, *reversed(self._others.values())]

    def drop(self, name: str) -> bool:
        """Forgets a world; False when there is none of that name or when it is the default one."""
        return self._others.pop(name, None) is not None

    def load(self, worlds: Mapping[str, World], start: Snapshot | None) -> None:
        """Takes the worlds of a state file. Where it doesn't say what others begin with, they begin as its default
        world is, or its only one."""
        if start is None and (first := worlds.get(DEFAULT) or (next(iter(worlds.values())) if worlds else None)):
            start = first.snapshot()
        if start is not None:
            self.start = self.seeded.fork("start")
            self.start.begin(start)
            self.default = self.start.fork(DEFAULT)
        for world in worlds.values():
            self.put(world)
        for world in (self.start, *self.all()):
            told = {webhook.url for webhook in world.outbox.webhooks}
            for url in self._settings.webhooks:
                if url not in told:
                    subscribe(self._service, world, {"url": url}, 0)
