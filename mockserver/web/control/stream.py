"""The journal as it is written: server-sent events (HTML Standard, section 9.2), one for each request."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import orjson

from mockserver.web.control.asked import Asked, Refused
from mockserver.world import journal
from mockserver.world.journal import Entry
from mockserver.world.world import World

LOOK = 0.1  # seconds between looks into the journal
SIGN_OF_LIFE = 1  # seconds after which a silent stream says something: so it is noticed who has hung up
LONGEST = 3_600  # seconds that a stream lives; a browser's EventSource then comes back by itself
MAX_OPEN = 50  # streams at once
_open: set[object] = set()


class Streamed(NamedTuple):
    """An answer that goes on: pieces of text."""

    pieces: AsyncIterator[str]


def stream(asked: Asked) -> Any:
    """Each request of the world from now on, or from the one behind Last-Event-ID on."""
    asked.only("api", "limit", "seconds")
    apis, limit, seconds = asked.chosen("api", asked.service.apis), asked.limit(10_000), asked.count("seconds", LONGEST)
    if len(_open) >= MAX_OPEN:
        message = f"There are {MAX_OPEN} streams already."
        raise Refused(503, "too_many", message, "Close one, or look at /_mock/requests.")
    world = asked.world
    after = world.calls
    name, _, number = asked.headers.get("last-event-id", "").rpartition("-")
    if name == world.name and number.isascii() and number.isdigit() and len(number) < 16:
        after = min(after, int(number))
    return Streamed(_pieces(world, after, frozenset(apis), limit, seconds, asked.service.secrets))


async def _pieces(
    world: World, after: int, apis: frozenset[str], limit: int, seconds: int, secrets: frozenset[str]
) -> AsyncIterator[str]:
    loop, me, sent = asyncio.get_running_loop(), object(), 0
    start = said = loop.time()
    _open.add(me)
    try:
        yield "retry: 1000\n\n"
        while loop.time() - start < seconds:
            for entry in _since(world, after):
                after = entry.number
                if entry.api in apis:
                    data = orjson.dumps(journal.shown(entry, world.name, secrets)).decode()
                    yield f"id: {journal.label(world.name, entry.number)}\nevent: request\ndata: {data}\n\n"
                    said, sent = loop.time(), sent + 1
                    if sent >= limit:
                        return
            after = min(after, world.calls)  # a rewind, or a reset, took some back
            if loop.time() - said >= SIGN_OF_LIFE:
                said = loop.time()
                yield ": still here\n\n"
            await asyncio.sleep(LOOK)
    finally:
        _open.discard(me)


def _since(world: World, after: int) -> list[Entry]:
    """The calls behind a number, the oldest first."""
    found: list[Entry] = []
    for entry in reversed(world.journal):
        if isinstance(entry, Entry):
            if entry.number <= after:
                break
            found.append(entry)
    return found[::-1]
