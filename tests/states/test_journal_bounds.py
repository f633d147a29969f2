"""A journal is bounded by entries and by bytes, and stays a log that can be done again."""

from __future__ import annotations

import json

from asking import START, load
from test_properties import content

from mockserver.states import files
from mockserver.steps.call import Request
from mockserver.world.journal import Entry
from mockserver.world.world import World

SERVICE = load(["pulse"])
HEADERS = {"authorization": "Bearer test-key", "content-type": "application/json"}


def invite(world: World, number: int, padding: int) -> None:
    body = {"email": f"p{number}@example.com", "role": "viewer", "name": "Pat", "metadata": {"note": "x" * padding}}
    request = Request("POST", "/v2/users", "", HEADERS, json.dumps(body).encode(), "pulse")
    assert SERVICE.answer(world, request, START + number).status in (201, 400)


def bytes_of(world: World) -> int:
    return sum(len(entry.request.body) for entry in world.journal if isinstance(entry, Entry))


def test_long_requests_push_out_old_ones() -> None:
    world = SERVICE.new_world(most=5_000)
    for number in range(40):
        invite(world, number, 400)
        assert bytes_of(world) <= 5_000
    assert 5 < len(world.journal) < 12
    seeded = SERVICE.new_world()
    told = json.loads(json.dumps(files.written(SERVICE, seeded.snapshot(), [world], START + 50)))
    found = files.read(SERVICE, seeded, told)
    assert found.doubts == ()
    assert content(found.worlds["default"]) == content(world)


def test_one_that_is_longer_than_the_whole_journal_is_not_kept() -> None:
    world = SERVICE.new_world(most=5_000)
    invite(world, 1, 10)
    invite(world, 2, 9_000)
    assert len(world.journal) == 0
    invite(world, 3, 10)
    assert [entry.number for entry in world.journal] == [3]
    assert world.rewind(2, START)


def test_a_rewind_frees_what_it_takes_back() -> None:
    world = SERVICE.new_world(most=5_000)
    for number in range(5):
        invite(world, number, 800)
    world.rewind(2, START + 9)
    for number in range(9, 12):
        invite(world, number, 800)
    assert [entry.number for entry in world.journal if isinstance(entry, Entry)] == [1, 2, 3, 4, 5]


def test_without_a_journal_nothing_is_kept() -> None:
    world = SERVICE.new_world(kept=0)
    invite(world, 1, 10)
    assert len(world.journal) == 0
    assert world.before == world.snapshot()
