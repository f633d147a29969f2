"""Lists that a filter with few values narrows: the same as looking at each record, whatever came, changed or went."""

from __future__ import annotations

from random import Random
from typing import Any

import orjson
import pytest

from mockserver import service, sources
from mockserver.service import ApiSource
from mockserver.steps.call import Request
from mockserver.world.recurring import PERIOD, recurring
from mockserver.world.world import World

NOW = 1_780_000_000_000
LEADS = 3 * PERIOD + 37


def load(count: int) -> service.Service:
    document = sources.document(str(sources.bundled()["pulse-leads"]))
    fixtures = sources.fixtures_of("pulse-leads")
    fake = {
        **fixtures["records"]["leads"]["fake"],
        "archived": {"weights": {"true": 20, "false": 80}},
        "accountId": {"one-of": ["acc_1001", "acc_1002", "acc_1003"]},
    }
    leads = {**fixtures["records"]["leads"], "fake": fake}
    said = {"records": {**fixtures["records"], "leads": leads}}
    return service.load([ApiSource("pulse-leads", document, said)], records={"leads": count})


class Asking:
    def __init__(self, count: int) -> None:
        self.service = load(count)
        self.world = self.service.new_world()

    def __call__(self, line: str, body: Any = None, account: str = "acc_1001", world: World | None = None) -> Any:
        method, _, target = line.partition(" ")
        path, _, query = target.partition("?")
        headers = {"x-account-id": account, **({"content-type": "application/json"} if body is not None else {})}
        data = orjson.dumps(body) if body is not None else b""
        answer = self.service.answer(world or self.world, Request(method, path, query, headers, data), NOW)
        assert answer.status < 300, (line, answer)
        return orjson.loads(answer.body) if answer.body else None

    def kept(self, world: World | None = None, **fields: Any) -> list[Any]:
        """The ids of all leads with these fields, the newest first, found by looking at each."""
        records = (world or self.world).tables["pulse-leads/leads"].records()
        return [one["id"] for one in records if all(one[name] == value for name, value in fields.items())]


def test_lists_agree_with_all_records_after_any_changes() -> None:
    asking, dice = Asking(LEADS), Random(5)
    forks = []
    for turn in range(150):
        account = dice.choice(["acc_1001", "acc_1002"])
        archived = dice.random() < 0.4
        page, size = dice.randrange(1, 30), dice.choice([1, 7, 10, 100])
        known = asking.kept(accountId=account, archived=archived)
        sort = dice.choice(["", "&sort=-createdAt", "&sort=createdAt"])
        query = f"archived={str(archived).lower()}&page={page}&pageSize={size}{sort}"
        found = asking(f"GET /leads?{query}", account=account)
        expected = known[::-1] if sort == "&sort=createdAt" else known
        assert [one["id"] for one in found["data"]] == expected[(page - 1) * size : page * size], turn
        assert found["totalCount"] == len(known), turn
        one = dice.choice(asking.kept(accountId=account))
        changes = ("POST /leads", f"DELETE /leads/{one}", f"POST /leads/{one}/archive", f"DELETE /leads/{one}/archive",
                   f"PATCH /leads/{one}")  # fmt: skip
        change = changes[turn % 5]
        asking(change, {"notes": f"n{turn}"} if change in (changes[0], changes[4]) else None, account)
        if turn % 50 == 10:
            fork = asking.world.fork(f"f{turn}")
            forks.append((fork, asking.kept(accountId="acc_1001", archived=False)))
    for fork, known in forks:
        found = asking("GET /leads?pageSize=100", world=fork)
        assert (found["totalCount"], [one["id"] for one in found["data"]]) == (len(known), known[:100])
    shown = asking("GET /leads?status=Open&pageSize=100")
    assert shown["totalCount"] == len(asking.kept(accountId="acc_1001", archived=False, status="Open"))


def test_what_recurs_is_found_without_making_every_record() -> None:
    few, many = Asking(LEADS), Asking(1_000_000)
    for asking in (few, many):
        asking("GET /leads?page=3")
    total = many("GET /leads?page=20000")
    assert total["data"]
    assert total["totalCount"] > 200_000
    made = many.service.apis["pulse-leads"].tables["pulse-leads/leads"].generated
    assert len(made.seen) < 1_000  # type: ignore[union-attr]


def test_a_recurring_record_has_the_values_of_those_before_it() -> None:
    source = load(LEADS).apis["pulse-leads"].tables["pulse-leads/leads"].generated.source
    assert source is not None
    assert source.period(["archived", "accountId"]) == PERIOD
    assert source.period(["processStage"]) == 0
    for ordinal in (PERIOD, PERIOD + 9, 2 * PERIOD + 5, LEADS - 200):
        mine, model = source.record(ordinal), source.record(ordinal % PERIOD)
        assert (mine["archived"], mine["accountId"]) == (model["archived"], model["accountId"])
        assert mine["id"] != model["id"]
        assert mine["createdAt"] < model["createdAt"]


@pytest.mark.parametrize(
    ("fake", "fields"),
    [
        ({}, {"a"}),
        ({"a": {"weights": {"x": 1, "y": 2}}}, {"a"}),
        ({"a": {"by": "b", "cases": {"x": {"value": 1}}}, "b": {"one-of": [1, 2]}}, {"a", "b"}),
        ({"a": {"by": "b.c", "cases": {"x": {"value": 1}}}}, set()),
        ({"a": {"by": "b", "cases": {"x": {"text": "{c}"}}}}, set()),
        ({"a": {"after": "created"}}, set()),
        ({"a": {"reference": "others"}}, set()),
    ],
)  # fmt: skip
def test_which_fields_can_recur(fake: dict[str, Any], fields: set[str]) -> None:
    assert recurring(["a"], fake) == fields
