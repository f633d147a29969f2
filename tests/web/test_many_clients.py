"""Sixty-four clients at once, each in a world of its own: what one is answered depends on nobody else."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from random import Random
from threading import Barrier

from asking import START, Asker, load, operations
from serving import Served, start

from mockserver.commands.table import carry_out
from mockserver.service import Service

CLIENTS, CALLS, SCRIPTS = 64, 40, 4
APIS = ("pulse", "salespulse")
FROZEN = {"freeze": "2026-07-01T12:00:00Z"}
Answers = list[tuple[int, str | None, bytes]]


def alone(service: Service, dice: int) -> tuple[list[tuple[str, str, dict[str, str], bytes]], Answers]:
    """A script of requests, and what is answered to each in a world where nothing else happens."""
    world, asker, script, answers = service.new_world("alone"), Asker(Random(dice)), [], []
    carry_out(service, world, "clock", FROZEN, START)
    for _ in range(CALLS):
        api = asker.dice.choice(APIS)
        request = asker.request(asker.dice.choice(operations(api)))
        answer = service.answer(world, request._replace(mount=f"/{api}"), START)
        asker.note(api, answer.body)
        target = f"/{api}{request.path}" + (f"?{request.query}" if request.query else "")
        script.append((request.method, target, dict(request.headers), request.body))
        answers.append((answer.status, dict(answer.headers).get("Location"), answer.body))
    return script, answers


def client(served: Served, world: str, script: list[tuple[str, str, dict[str, str], bytes]], begin: Barrier) -> Answers:
    """What a client is answered in its world; it goes back to the beginning in the middle, and starts over."""
    connection, found = HTTPConnection("127.0.0.1", served.port, timeout=60), Answers()

    def ask(method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[int, str | None, bytes]:
        connection.request(method, target, body, headers | {"X-Mock-World": world})
        answer = connection.getresponse()
        return answer.status, answer.getheader("Location"), answer.read()

    def steer(path: str, body: object) -> None:
        ask("POST", f"/_mock/{path}", {"Content-Type": "application/json"}, json.dumps(body).encode())

    begin.wait()
    steer("clock", FROZEN)
    for request in script[: CALLS // 2]:
        ask(*request)
    steer("rewind", {"to": 0})
    steer("clock", FROZEN)
    for request in script:
        found.append(ask(*request))
    connection.close()
    return found


def test_no_world_sees_another() -> None:
    service = load(APIS)
    scripts = [alone(service, dice) for dice in range(SCRIPTS)]
    begin = Barrier(CLIENTS)
    with start(*APIS, "--no-rate-limits") as served, ThreadPoolExecutor(CLIENTS) as pool:
        asked = [pool.submit(client, served, f"w-{n}", scripts[n % SCRIPTS][0], begin) for n in range(CLIENTS)]
        found = [one.result() for one in asked]
        assert served.complaints() == ""
    assert len({answer for _, answers in scripts for answer in answers}) > CALLS  # the scripts aren't all alike
    for number, answers in enumerate(found):
        assert answers == scripts[number % SCRIPTS][1], f"client {number}"
