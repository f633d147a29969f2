"""Thousands of calls in one world, valid and broken, as they come: each answer is as the document says."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from breaking import broken
from drive import NOW, Driver, driver
from vendors import DOCUMENTS
from verdicts import is_details
from wires import Unwritable

from mockserver.steps.call import Answer, Request
from mockserver.world.merging import Unsatisfiable
from mockserver.world.values import generator

CALLS = 10_000
STEP = 700  # milliseconds from call to call


def reseeded(api: Driver, seed: int) -> Driver:
    """The same client, which makes up other values."""
    schemas = api.served.around.schemas
    api.made["maker"] = generator(
        schemas.follow, lambda node, value: schemas.is_valid(node, value, "request"), seed, mode="request"
    )
    return api


def request(api: Driver, dice: Random) -> tuple[tuple[str, str], Request]:
    """A call of some operation: valid, or with a fault."""
    route = dice.choice(api.routes)
    if dice.random() < 0.2 and (faulty := list(broken(api, route))):
        return route, dice.choice(faulty)[1]
    body = api.operation(route).body
    return route, api.request(route, dice.random() < 0.6, dice.randrange(len(body.media)) if body and body.media else 0)


def wrong(api: Driver, route: tuple[str, str], answer: Answer) -> object:
    """What is wrong with an answer; nothing that is true where all is well."""
    if answer.status >= 500:
        return "a fault of the server"
    operation = api.operation(route)
    if operation.response(answer.status):
        return api.judge.faults(operation, answer)
    return None if answer.status >= 400 and is_details(answer) else "it is not declared"


@pytest.mark.soak
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_long_walks(path: Path, seed: int) -> None:
    dice, api = Random(seed), driver(path)
    if not api.routes:
        return  # it has webhooks only
    for call in range(CALLS):
        if call % 50 == 0:
            reseeded(api, dice.randrange(2**31))
        try:
            route, sent = request(api, dice)
        except (Unwritable, Unsatisfiable):
            continue
        answer = api.service.answer(api.world, sent, NOW + call * STEP)
        assert not (found := wrong(api, route, answer)), (found, route, sent, answer)
