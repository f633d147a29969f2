"""What worlds promise, for any sequence of calls of all five APIs, with clock moves, faults and webhooks among them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from asking import APIS, START, Asker, load, operations
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mockserver.commands.command import Mistake
from mockserver.commands.table import carry_out
from mockserver.service import Service
from mockserver.states import files
from mockserver.states.differences import differences
from mockserver.steps.call import Answer
from mockserver.world.journal import Entry
from mockserver.world.world import World

Json = Any
SERVICE = load(rate_limits=True)
SEEDED = SERVICE.new_world("seeded")
HOOK = "http://127.0.0.1:9/hook"


class Step(NamedTuple):
    """Something that is done to a world, so many milliseconds of real time after what was done before."""

    wait: int
    command: str  # empty for a call
    what: Json  # a command's body, a call's dice


def commands() -> st.SearchStrategy[tuple[str, Json]]:
    clocks = [
        {"advance": "PT90S"}, {"advance": "P2D"}, {"freeze": "2026-07-01T12:00:00Z"}, {"speed": 60}, {"resume": True},
    ]  # fmt: skip
    rules = [
        {"match": {"method": "POST"}, "when": {"times": 2}, "then": {"status": 503}},
        {"when": {"probability": 0.4}, "then": {"latency": {"uniform": ["10ms", "90ms"]}}},
        {"match": {"api": "pulse"}, "when": {"sequence": [500, "pass", 429]}},
        {"then": {"status": 500}, "when": {"from": "1m", "until": "5m"}},
    ]
    scenarios = [
        {"name": "none", "apis": {"myra": {"counts": {"*": 0}}}},
        {"name": "some", "apis": {"pulse": {"counts": {"users": 3}, "rules": [{"then": {"status": 500}}]}}},
        {"name": "many", "apis": {"salespulse": {"counts": {"contacts": 90}}}},
    ]
    return (
        st.tuples(st.just("clock"), st.sampled_from(clocks))
        | st.tuples(st.just("add-rule"), st.sampled_from(rules))
        | st.tuples(st.just("delete-rules"), st.just({}))
        | st.tuples(st.just("enter-scenario"), st.sampled_from(scenarios))
        | st.tuples(st.just("subscribe"), st.just({"url": HOOK}))
    )


WAITS = st.sampled_from([0, 1, 40, 2_000, 31_000, 61_000])
CALLS = st.builds(Step, WAITS, st.just(""), st.integers(0, 2**32))
COMMANDS = st.builds(lambda wait, told: Step(wait, *told), WAITS, commands())
STEPS = st.lists(CALLS | CALLS | CALLS | COMMANDS, max_size=25)
few = settings(max_examples=30, deadline=None)


class Player:
    """Does steps to a world, as one client that remembers the ids it was shown."""

    def __init__(self, world: World, now: int = START, service: Service = SERVICE) -> None:
        self.service, self.world, self.now = service, world, now
        self.asker = Asker(Random(0))

    def play(self, steps: Sequence[Step]) -> list[tuple[Json, ...]]:
        """What came of each step."""
        return [self.take(step) for step in steps]

    def take(self, step: Step) -> tuple[Json, ...]:
        self.now += step.wait
        if step.command:
            try:
                return (carry_out(self.service, self.world, step.command, step.what, self.now),)
            except Mistake as mistake:
                return (mistake.code,)
        self.asker.dice = dice = Random(step.what)
        asked = dice.choice(operations(dice.choice(APIS)))
        answer = self.service.answer(self.world, self.asker.request(asked, odd=0.1), self.now)
        self.asker.note(asked.api, answer.body)
        return told(answer)


def told(answer: Answer) -> tuple[Json, ...]:
    return answer.status, answer.headers, answer.body, answer.wire


def world() -> World:
    return SEEDED.fork("default")


def content(world: World) -> Json:
    """All that a world holds, record by record, found without the machinery of state files."""
    tables = {
        name: ([dict(one) for one in table.records()], table.serial, table.made) for name, table in world.tables.items()
    }
    outbox = (*world.outbox._replace(waiting=world.agenda.of([])), list(world.outbox.waiting.upward()))
    return tables, list(world.agenda.upward()), world.counters, outbox[:3], outbox[4:], world.rules, world.calls


def copied(world: World, now: int) -> World:
    """A world after a way through a file."""
    text = json.dumps(files.written(SERVICE, SEEDED.snapshot(), [world], now))
    found = files.read(SERVICE, SEEDED, json.loads(text))
    assert found.doubts == ()
    return found.worlds[world.name]


def same_asker(player: Player, other: Player) -> None:
    """Lets a player ask as another one would who has seen the same answers."""
    player.asker.ids = {api: [*ids] for api, ids in other.asker.ids.items()}


@few
@given(STEPS, STEPS, st.data())
def test_going_on_after_a_rewind_is_as_if_one_had_never_gone_further(
    steps: list[Step], rest: list[Step], data: st.DataObject
) -> None:
    calls = [at for at, step in enumerate(steps) if not step.command]
    assume(calls)
    cut = data.draw(st.sampled_from(calls)) + 1
    straight, winding = Player(world()), Player(world())
    straight.play(steps[:cut])
    winding.play(steps[:cut])
    number = winding.world.calls
    ids = {api: [*known] for api, known in winding.asker.ids.items()}
    winding.play(steps[cut:])
    assert winding.world.rewind(number, winding.now)
    winding.asker.ids = ids
    assert winding.play(rest) == straight.play(rest)
    assert content(winding.world) == content(straight.world)
    # and what is now in the journal can be done again, the rewind included
    assert content(copied(winding.world, winding.now)) == content(winding.world)


@few
@given(STEPS, STEPS, STEPS)
def test_a_restored_snapshot_goes_on_as_the_world_would_have(
    first: list[Step], lost: list[Step], rest: list[Step]
) -> None:
    straight, restored = Player(world()), Player(world())
    straight.play(first)
    restored.play(first)
    restored.world.save("here", restored.now)
    restored.play(lost)
    restored.world.go_back("here", restored.now)
    same_asker(restored, straight)
    assert restored.play(rest) == straight.play(rest)
    assert content(restored.world) == content(straight.world)
    assert content(copied(restored.world, restored.now)) == content(restored.world)


@few
@given(STEPS, STEPS, st.sampled_from([1_000, 3]))
def test_a_world_goes_on_from_a_file_as_it_would_have(first: list[Step], rest: list[Step], kept: int) -> None:
    original = Player(SEEDED.fork("default"))
    original.world.kept = kept  # with a short journal, the log begins where the journal does
    original.play(first)
    copy = Player(copied(original.world, original.now), original.now)
    assert content(copy.world) == content(original.world)
    assert [entry.number for entry in copy.world.journal] == [entry.number for entry in original.world.journal]
    same_asker(copy, original)
    assert copy.play(rest) == original.play(rest)
    assert content(copy.world) == content(original.world)
    if kept == 1_000 and (numbers := [one.number for one in original.world.journal if isinstance(one, Entry)]):
        assert copy.world.rewind(numbers[0], copy.now)
        assert original.world.rewind(numbers[0], original.now)
        assert content(copy.world) == content(original.world)


@few
@given(STEPS, STEPS)
def test_the_difference_between_a_world_and_its_fork_is_what_was_done_in_it(
    first: list[Step], rest: list[Step]
) -> None:
    origin = Player(world())
    origin.play(first)
    before = content(origin.world)
    fork = Player(origin.world.fork("default"), origin.now)
    assert differences(origin.world.snapshot(), fork.world.snapshot(), SEEDED.snapshot()) == {"apis": {}, "other": {}}
    same_asker(fork, origin)
    fork.play(rest)
    assert content(origin.world) == before
    found = differences(origin.world.snapshot(), fork.world.snapshot(), SEEDED.snapshot())["apis"]
    for name, table in fork.world.tables.items():
        api, _, resource = name.partition("/")
        field = table.layout.key
        mine = {one[field]: dict(one) for one in origin.world.tables[name].records()}
        theirs = {one[field]: dict(one) for one in table.records()}
        shown = found.get(api, {}).get(resource, {"added": [], "removed": [], "changed": []})
        assert {one[field]: one for one in shown["added"]} == {k: v for k, v in theirs.items() if k not in mine}
        assert {one[field]: one for one in shown["removed"]} == {k: v for k, v in mine.items() if k not in theirs}
        changed = {one["key"]: one["fields"] for one in shown["changed"]}
        assert set(changed) == {key for key in mine.keys() & theirs.keys() if mine[key] != theirs[key]}
        for key, fields in changed.items():
            mended = {**mine[key], **{name: sides["b"] for name, sides in fields.items() if "b" in sides}}
            assert {name: value for name, value in mended.items() if "b" in fields.get(name, {"b": 0})} == theirs[key]


def write(dice: int) -> None:
    """Prints what comes of a sequence of calls, clock moves, faults, rewinds and restores."""
    rolled, player = Random(dice), Player(world())
    told: list[tuple[str, Json]] = [
        ("clock", {"advance": "PT90S"}), ("clock", {"freeze": "2026-07-01T12:00:00Z"}), ("clock", {"speed": 60}),
        ("add-rule", {"when": {"probability": 0.2}, "then": {"status": 503}}), ("delete-rules", {}),
        ("subscribe", {"url": HOOK}),
    ]  # fmt: skip
    for number in range(400):
        wait = rolled.choice([0, 1, 40, 2_000, 31_000])
        step = Step(wait, *rolled.choice(told)) if rolled.random() < 0.15 else Step(wait, "", rolled.randrange(2**32))
        print(number, player.take(step))
        if number % 50 == 20:
            player.world.save("here", player.now)
        if number % 50 == 45:
            player.world.go_back("here", player.now)
        if number % 70 == 60:
            player.world.rewind(player.world.calls - 5, player.now)
    print(json.dumps(files.written(SERVICE, SEEDED.snapshot(), [player.world], player.now)))


def test_another_process_gives_the_same_bytes() -> None:
    printed = []
    for hash_seed in ("1", "2"):
        path = os.pathsep.join(str(Path(__file__).parents[up]) for up in (0, 1, 2))
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": path}
        command = [sys.executable, "-c", "import test_properties as t; t.write(7)"]
        done = subprocess.run(command, env=environment, capture_output=True, check=True, timeout=120)
        printed.append(done.stdout)
    assert printed[0].count(b"\n") == 401
    assert printed[0] == printed[1]
