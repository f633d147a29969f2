"""What worlds cost: forking, rewinding, finding the one that a request means, keeping ten thousand."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from statistics import median

from benchmarks.servers import resident
from mockserver import service, sources
from mockserver.service import ApiSource, Service
from mockserver.steps.call import Request
from mockserver.web.app import Application
from mockserver.web.settings import Settings
from mockserver.world.world import World

API = "pulse"
START = 1_780_000_000_000
HEADERS = {"authorization": "Bearer test-key", "content-type": "application/json"}
WORLDS, REQUESTS = 10_000, 10_000


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, and what it may be at most."""

    name: str
    value: float
    unit: str
    most: float | None = None


def figures() -> list[Figure]:
    """All of them."""
    return [
        Figure("fork, 1,000 records", 1e6 * _fork(1_000), "µs", 5_000),
        Figure("fork, 100,000 records", 1e6 * _fork(100_000), "µs", 5_000),
        Figure("fork, 100,000 records that calls made", 1e6 * _fork(0, 100_000), "µs", 5_000),
        Figure(f"rewind over {REQUESTS:,} requests", 1e3 * _rewind(), "ms"),
        Figure("world named in a header", 1e6 * _lookup("/v2/users", {"x-mock-world": "w-500"}), "µs a request", 1),
        Figure("world named in the path", 1e6 * _lookup("/_world/w-500/v2/users", {}), "µs a request", 1),
        Figure(f"{WORLDS:,} worlds of 3 changes and 3 reads each", _apart(_memory), "MiB more", 300),
    ]


def _loaded(records: int) -> Service:
    document = sources.document(str(sources.bundled()[API]))
    counts = {"users": records} if records else {}
    return service.load([ApiSource(API, document, sources.fixtures_of(API))], records=counts, rate_limits=False)


def _create(served: Service, world: World, number: int) -> None:
    body = b'{"email": "p%d@example.com", "role": "viewer", "name": "Pat Low"}' % number
    answer = served.answer(world, Request("POST", "/v2/users", "", HEADERS, body, API), START + number)
    assert answer.status == 201, answer.body


def _list(served: Service, world: World, number: int) -> None:
    served.answer(world, Request("GET", "/v2/users", "limit=5", HEADERS, b"", API), START + number)


def _fork(records: int, made: int = 0) -> float:
    """Seconds for one fork."""
    served = _loaded(records)
    world = served.new_world(kept=10)
    for number in range(made):
        _create(served, world, number)
    return _seconds(lambda: world.fork("other"), 200)


def _rewind() -> float:
    """Seconds to go back to the first of many requests."""
    served = _loaded(0)
    found = []
    for _ in range(5):
        world = served.new_world(kept=2 * REQUESTS)
        for number in range(REQUESTS):
            (_create if number % 10 == 0 else _list)(served, world, number)
        began = time.perf_counter()
        assert world.rewind(1, START)
        found.append(time.perf_counter() - began)
    return median(found)


def _lookup(path: str, headers: dict[str, str]) -> float:
    """Seconds that a request takes longer because it names one of a thousand worlds."""
    app = Application(_loaded(0), Settings())
    for number in range(999):
        app.worlds.get(f"w-{number}")
    plain = _seconds(lambda: app._meant("/v2/users", {}), 100_000)
    return _seconds(lambda: app._meant(path, headers), 100_000) - plain


def _seconds(what: Callable[[], object], times: int) -> float:
    """The median of five runs, for one time."""
    found = []
    for _ in range(5):
        began = time.perf_counter()
        for _ in range(times):
            what()
        found.append((time.perf_counter() - began) / times)
    return median(found)


def _memory() -> float:
    """MiB that many worlds add."""
    from os import getpid

    served = _loaded(0)
    seeded = served.new_world()
    worlds = [_used(served, seeded.fork("first"))]
    gc.collect()
    before = resident(getpid())
    worlds += [_used(served, seeded.fork(f"w-{number}")) for number in range(WORLDS)]
    gc.collect()
    return resident(getpid()) - before


def _used(served: Service, world: World) -> World:
    for number in range(3):
        _create(served, world, number)
        _list(served, world, number)
    return world


def _apart(what: Callable[[], float]) -> float:
    """What a function finds in a process of its own."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(what)
