"""Rules: which calls they are about, when they act, and what they do; all of it in process."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from asking_for import Asker, bundled, header, json

from mockserver.commands.command import Mistake
from mockserver.commands.table import carry_out
from mockserver.spec.schema import Schemas
from mockserver.web.control.document import fault_of

USER = {"email": "ada@example.com", "role": "viewer", "name": "Ada"}


@pytest.fixture
def users() -> Asker:
    return bundled("pulse", "/v2")


def rule(ask: Asker, **said: Any) -> Any:
    assert fault_of("/_mock/rules", "POST", said) is None
    return carry_out(ask.service, ask.world, "add-rule", said, ask.now)


def statuses(ask: Asker, count: int, line: str = "GET /users?limit=1", **more: Any) -> list[int]:
    return [ask(line, **more).status for _ in range(count)]


@pytest.mark.parametrize(
    ("match", "meant"),
    [
        ({}, True),
        ({"api": "pulse"}, True),
        ({"operation": "createUser"}, True),
        ({"operation": "POST /users"}, True),
        ({"operation": ["listUsers", "create*"]}, True),
        ({"operation": "listUsers"}, False),
        ({"method": "post"}, True),
        ({"method": "GET"}, False),
        ({"path": "/users"}, True),
        ({"path": "/v2/users"}, True),
        ({"path": "/v2/*"}, True),
        ({"path": "/*"}, True),
        ({"path": "/us"}, False),
        ({"path": "/users/{id}"}, False),
        ({"key": "test-key"}, True),
        ({"key": "Priya*"}, True),
        ({"key": "readonly-key"}, False),
        ({"header": {"X-Flavour": "bit*"}}, True),
        ({"header": {"X-Flavour": "sweet"}}, False),
        ({"header": {"X-Other": "*"}}, False),
        ({"query": {"a": "1"}}, True),
        ({"query": {"a": "2"}}, False),
        ({"body": {"role": "viewer"}}, True),
        ({"body": {"email": "*@example.com", "metadata.team": "red"}}, True),
        ({"body": {"role": "admin"}}, False),
        ({"body": {"metadata.team.deep": "red"}}, False),
        ({"world": "default"}, True),
        ({"world": "other-*"}, False),
        ({"secured": True}, True),
        ({"secured": False}, False),
        ({"method": "POST", "key": "readonly-key"}, False),
    ],
)
def test_match(users: Asker, match: dict[str, Any], meant: bool) -> None:
    rule(users, match=match, then={"status": 503})
    answer = users("POST /users?a=1", {**USER, "metadata": {"team": "red"}}, x_flavour="bitter")
    assert (answer.status == 503) is meant


@pytest.mark.parametrize(
    ("when", "wanted"),
    [
        ({}, [503] * 6),
        ({"times": 2}, [503, 503, 200, 200, 200, 200]),
        ({"after": 2}, [200, 200, 503, 503, 503, 503]),
        ({"every": 3}, [200, 200, 503, 200, 200, 503]),
        ({"after": 1, "every": 2, "times": 1}, [200, 200, 503, 200, 200, 200]),
        ({"sequence": [429, "then", "pass"]}, [429, 503, 200, 200, 200, 200]),
        ({"sequence": [500, "pass"], "repeat": True}, [500, 200, 500, 200, 500, 200]),
        ({"probability": 0}, [200] * 6),
        ({"probability": 1}, [503] * 6),
    ],
)
def test_when(users: Asker, when: dict[str, Any], wanted: list[int]) -> None:
    rule(users, when=when, then={"status": 503})
    assert statuses(users, 6) == wanted


def test_chance_follows_from_the_seed() -> None:
    def run(seed: int) -> list[int]:
        ask = bundled("pulse", "/v2", seed=seed)
        rule(ask, when={"probability": 0.5}, then={"status": 503})
        return statuses(ask, 40)

    assert run(1) == run(1) != run(2)
    assert 8 < run(1).count(503) < 32


@pytest.mark.parametrize(("per", "second"), [("key", 503), ("operation", 200), ("path", 200)])
def test_what_is_counted_for_itself(users: Asker, per: str, second: int) -> None:
    rule(users, when={"times": 1, "per": per}, then={"status": 503})
    assert statuses(users, 2) == [503, 200]
    assert users("GET /users?limit=1", key="readonly-key").status == second
    assert users("PATCH /users/usr_01HX9ABC", {"role": "viewer"}).status == (200 if per == "key" else 503)


def test_from_and_until_by_the_worlds_clock(users: Asker) -> None:
    rule(users, when={"from": "1m", "until": "PT3M"}, then={"status": 503})
    found = []
    for _ in range(5):
        found += statuses(users, 1)
        users.now += 60_000
    assert found == [200, 503, 503, 200, 200]
    rule(users, id="dated", when={"from": "2026-01-01T00:00:00Z", "until": "2026-02-01"}, then={"status": 500})
    assert statuses(users, 1) == [200]
    carry_out(users.service, users.world, "clock", {"freeze": "2026-01-15T00:00:00Z"}, users.now)
    assert statuses(users, 1) == [500]


def test_rules_add_up_and_the_first_counts_for_each_thing(users: Asker) -> None:
    rule(users, then={"latency": "300ms", "headers": {"X-A": "1"}})
    rule(users, then={"latency": "900ms", "status": 503})
    rule(users, then={"status": 500, "slow": 10})
    answer = users("GET /users")
    assert answer.status == 503
    assert header(answer, "x-a") == "1"
    assert answer.wire is not None
    assert answer.wire[:2] == (300, 10)
    told = [(did.rule, did.what) for did in users.world.journal[-1].done]
    assert told == [
        ("rule-1", "latency 300 ms, headers X-A"),
        ("rule-2", "status 503, latency 900 ms"),
        ("rule-3", "status 500, slow 10 bytes/s"),
    ]


def test_a_wish_counts_before_a_rule(users: Asker) -> None:
    rule(users, then={"status": 503, "latency": "2s"})
    answer = users("GET /users", prefer="code=404")
    assert answer.status == 404
    assert answer.wire is not None
    assert answer.wire.delay == 2_000


@pytest.mark.parametrize(
    ("latency", "low", "high"),
    [({"uniform": ["100ms", "2s"]}, 100, 2_000), ({"lognormal": {"median": "200ms", "p95": "1s"}}, 1, 600_000)],
)
def test_latency_is_spread(users: Asker, latency: Any, low: int, high: int) -> None:
    rule(users, then={"latency": latency})
    delays = sorted(users("GET /users?limit=1").wire.delay for _ in range(200))  # type: ignore[union-attr]
    assert low <= delays[0] < delays[100] < delays[-1] <= high
    if "lognormal" in latency:
        assert 140 < delays[100] < 280
        assert 600 < delays[190] < 1_700


def test_a_whole_answer_goes_out_as_it_is_and_is_told_to_be_a_breach(users: Asker) -> None:
    rule(users, then={"answer": {"status": 200, "headers": {"X-Via": "proxy"}, "body": {"hello": 1}}})
    answer = users("GET /users")
    assert (answer.status, json(answer), header(answer, "x-via")) == (200, {"hello": 1}, "proxy")
    assert header(answer, "content-type") == "application/json"
    assert "breach" in users.world.journal[-1].done[-1].what


def test_a_call_that_is_answered_otherwise_is_not_carried_out(users: Asker) -> None:
    rule(users, match={"method": "POST"}, when={"times": 2}, then={"status": 503})
    before = users.world.tables
    assert statuses(users, 2, "POST /users", body=USER) == [503, 503]
    assert users.world.tables == before
    assert users("POST /users", USER).status == 201


def test_a_lost_answer_has_been_carried_out_unless_it_says_otherwise(users: Asker) -> None:
    rule(users, match={"method": "POST"}, then={"connection": "timeout", "carried-out": False}, when={"times": 1})
    rule(users, match={"method": "POST"}, then={"connection": "reset"}, when={"after": 1, "times": 1})
    first, second = users("POST /users", USER), users("POST /users", USER)
    assert (first.status, first.wire and first.wire.end) == (0, "timeout")
    assert (second.status, second.wire and second.wire.end) == (201, "reset")
    assert users("POST /users", USER).status == 400


@pytest.mark.parametrize(
    "breach", ["drop", "wrong-type", {"drop": "email"}, {"wrong-type": "has_more"}, {"drop": "data.0.id"}]
)
def test_a_breach_breaks_the_schema_in_one_place(users: Asker, breach: Any) -> None:
    rule(users, then={"breach": breach})
    schemas = Schemas(users.service.apis["pulse"].api.document.content)
    violations = schemas.at("/components/schemas/UserPage", "response").violations(json(users("GET /users?limit=3")))
    assert len(violations) == 1
    if isinstance(breach, dict):
        assert str(violations[0].path[-1]) == next(iter(breach.values())).rpartition(".")[2]
    assert users.world.journal[-1].done[-1].what.startswith("breach of #/components/schemas/UserPage: ")


def test_a_breach_that_nothing_could_be_is_told(users: Asker) -> None:
    rule(users, then={"breach": {"drop": "next_cursor"}})
    assert users("GET /users?limit=1").status == 200
    assert users.world.journal[-1].done[-1].what.startswith("no breach")


def test_damage(users: Asker) -> None:
    rule(users, when={"times": 1}, then={"damage": "malformed-json"})
    rule(users, when={"after": 1}, then={"damage": "wrong-content-type"})
    first, second = users("GET /users"), users("GET /users")
    with pytest.raises(orjson.JSONDecodeError):
        json(first)
    assert header(first, "content-type") == "application/json"
    assert header(second, "content-type") == "text/html; charset=utf-8"
    assert json(second)["data"]


def test_an_outage_is_of_every_path(users: Asker) -> None:
    rule(users, then={"status": 503})
    assert users("GET /nowhere").status == 503
    assert users("PUT /users").status == 503


def test_rules_belong_to_the_state(users: Asker) -> None:
    rule(users, then={"status": 503}, when={"times": 1})
    fork = users.world.fork("other")
    assert statuses(users, 2) == [503, 200]
    users.world = fork
    assert statuses(users, 2) == [503, 200]
    number = users.world.journal[0].number
    assert users.world.rewind(number - 0, users.now)
    assert statuses(users, 1) == [200]


def test_a_log_of_calls_and_commands_can_be_replayed(users: Asker) -> None:
    rule(users, when={"probability": 0.3}, then={"status": 503, "latency": {"uniform": ["0ms", "9ms"]}})
    first = [users("GET /users?limit=1") for _ in range(20)]
    again = bundled("pulse", "/v2")
    replayed = []
    for entry in users.world.journal:
        if entry.number < 0:
            carry_out(again.service, again.world, entry.name, entry.body, entry.now)
        else:
            replayed.append(again.service.answer(again.world, entry.request, entry.now))
    assert replayed == first


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"match": {"operation": "listUser"}, "then": {"status": 503}}, "did you mean 'listUsers'?"),
        ({"match": {"api": "puls"}, "then": {"status": 503}}, "did you mean 'pulse'?"),
        ({"then": {"latency": "soon"}}, "no span of time"),
        ({"then": {"latency": {"uniform": ["2s", "1s"]}}}, "the second span is the longer one"),
        ({"then": {}}, "says nothing that would happen"),
        ({"when": {"from": "5m", "until": "1m"}, "then": {"status": 503}}, "`until` is not after `from`"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(users: Asker, said: dict[str, Any], told: str) -> None:
    with pytest.raises(Mistake, match=told.replace("?", r"\?")):
        rule(users, **said)
    assert users.world.rules == ()


def test_rules_and_what_they_counted_are_exported_and_imported(users: Asker) -> None:
    from mockserver.states import fields

    rule(users, when={"sequence": [503, 429, "pass"]}, then={"latency": "1ms"})
    statuses(users, 1)
    seeded = users.service.new_world().snapshot()
    told = orjson.loads(orjson.dumps(fields.write(users.world.snapshot(), seeded)))
    users.world.restore(fields.read(told, seeded))
    assert statuses(users, 2) == [429, 200]
