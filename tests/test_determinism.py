"""The same requests to the same world give the same bytes, in every process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from itertools import islice
from pathlib import Path
from random import Random

from asking import APIS, START, Asker, load, operations

from mockserver.steps.call import Answer

COUNT = 500
JUMPS = (0, 1, 40, 2_000, 31_000, 61_000, 72 * 3_600_000)  # milliseconds that pass before a request


def answers(seed: int, dice: int = 7) -> list[tuple[str, Answer]]:
    """The answers of a world with this seed to the mixed requests that the dice gives, with the operations asked."""
    service = load(seed=seed, rate_limits=True)
    world, asker, found, now = service.new_world(), Asker(Random(dice)), [], START
    for number in range(COUNT):
        now += asker.dice.choice(JUMPS)
        turn, which = divmod(number, len(APIS))
        asked = operations(APIS[which])[turn % len(operations(APIS[which]))]
        answer = service.answer(world, asker.request(asked, odd=0.15), now)
        asker.note(asked.api, answer.body)
        found.append((asked.id, answer))
    return found


def in_process(hash_seed: str, call: str) -> bytes:
    """What a function of this module prints in a process of its own."""
    path = os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parents[1])])
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": path}
    command = [sys.executable, "-c", f"import test_determinism as t; t.{call}"]
    return subprocess.run(command, env=environment, capture_output=True, check=True, timeout=60).stdout


def write(seed: int) -> None:
    """Prints status, headers and body of each answer."""
    for operation, answer in answers(seed):
        sys.stdout.buffer.write(f"{operation} {answer.status} {answer.headers}\n".encode() + answer.body + b"\n")


def describe() -> None:
    """Prints what `explain` says, and fifty records of each resource."""
    service = load()
    print(json.dumps([service.explain(api) for api in APIS], default=str))
    for name, table in sorted(service.new_world().tables.items()):
        print(name, [dict(one) for one in islice(table.records(), 50)])


def test_processes_agree_to_the_byte() -> None:
    first = in_process("1", "write(1)")
    assert first.count(b"\n") >= 2 * COUNT
    assert in_process("2", "write(1)") == first


def test_another_seed_is_another_world() -> None:
    one, other = [[answer.body for _, answer in answers(seed)] for seed in (1, 2)]
    assert one != other


def test_the_requests_are_mixed() -> None:
    """What the comparison is worth: every operation succeeds somewhere in it, and everything is refused somewhere."""
    found = [one for dice in range(7, 13) for one in answers(1, dice)]  # what one cast of the dice misses, another has
    succeeded = {operation for operation, answer in found if answer.status < 300}
    assert succeeded == {asked.id for api in APIS for asked in operations(api)}
    statuses = Counter(answer.status for _, answer in found)
    assert set(statuses) >= {200, 201, 202, 204, 400, 401, 403, 404, 405, 415, 422}
    assert max(statuses) < 500


def test_what_a_user_reads_of_the_world_agrees_too() -> None:
    """Neither `explain` nor a first record depends on the order of a set."""
    assert in_process("1", "describe()") == in_process("3", "describe()")
