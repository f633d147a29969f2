"""Scenarios: the bundled ones for every API and for a document of one's own, files of one's own, and their mistakes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from asking import APIS, base_path
from asking_for import Asker, bundled, header, inline, json
from serving import run, start

from mockserver import sources
from mockserver.commands.command import Mistake
from mockserver.commands.table import carry_out

LISTS = {"contacts-rest": "/contacts?searchby=company&search=none", "myra": "/contacts", "pulse": "/users",
         "pulse-leads": "/leads", "salespulse": "/contacts"}  # fmt: skip
SHIPPED = {"empty", "expired-key", "flaky", "full", "outage", "rate-limited", "slow"}


def entered(ask: Asker, name: str) -> Asker:
    apis = {api: sources.scenario_words(path) for api, path in sources.scenario_names([ask.api])[name].items()}
    carry_out(ask.service, ask.world, "enter-scenario", {"name": name, "apis": apis}, ask.now)
    return ask


def asked(api: str, scenario: str, **options: Any) -> tuple[Asker, str]:
    return entered(bundled(api, **options), scenario), f"GET {base_path(api)}{LISTS[api]}"


def records(ask: Asker) -> dict[str, int]:
    return {name: len(table) for name, table in ask.world.tables.items() if not name.endswith(".trash")}


@pytest.mark.parametrize("api", APIS)
class TestOfEveryApi:
    def test_all_are_there(self, api: str) -> None:
        assert set(sources.scenario_names([api])) == SHIPPED

    def test_flaky(self, api: str) -> None:
        ask, line = asked(api, "flaky")
        answers = [ask(line) for _ in range(200)]
        failed = [one for one in answers if one.status == 503]
        assert 8 <= len(failed) <= 40
        assert {header(one, "retry-after") for one in failed} == {"1"}
        assert any(one.wire and one.wire.end == "reset" for one in answers)
        assert any(one.wire and one.wire.delay == 1_000 for one in answers)

    def test_outage(self, api: str) -> None:
        ask, line = asked(api, "outage")
        ask.now += 1_000
        assert ask(line).status == 503
        ask.now += 299_000
        assert ask(line).status == 503
        ask.now += 1_000
        assert ask(line).status != 503

    def test_rate_limited(self, api: str) -> None:
        ask, line = asked(api, "rate-limited")
        answers = [ask(line) for _ in range(4)]
        assert [one.status == 429 for one in answers] == [False, False, False, True]
        assert header(answers[-1], "retry-after") == "10"
        ask.now += 10_000
        assert ask(line).status != 429

    def test_slow(self, api: str) -> None:
        ask, line = asked(api, "slow")
        delays = sorted(one.wire.delay for one in [ask(line) for _ in range(40)] if one.wire)
        assert len(delays) == 40
        assert 300 < delays[20] < 2_000

    def test_expired_key(self, api: str) -> None:
        ask, line = asked(api, "expired-key")
        answer = ask(line)
        assert answer.status == (403 if api == "pulse-leads" else 401)
        if answer.status == 401:
            assert "invalid_token" in (header(answer, "www-authenticate") or "")

    def test_empty(self, api: str) -> None:
        before = records(bundled(api))
        ask, line = asked(api, "empty")
        after = records(ask)
        assert sum(after.values()) < sum(before.values()) / 5
        assert ask(line).status in (200, 404)  # its keys and tenants are still there
        if isinstance(found := json(ask(line)), dict) and "data" in found and api != "pulse":
            assert found["data"] == []

    def test_full(self, api: str) -> None:
        ask, line = asked(api, "full")
        assert set(records(ask).values()) == {1_000}
        assert ask(line).status in (200, 404)


def test_what_was_empty_can_be_used() -> None:
    """Stages that nobody could make again are still there, and so are the users of keys."""
    myra = entered(bundled("myra", "/api/v1"), "empty")
    assert json(myra("GET /pipelines"))["data"]
    made = myra("POST /contacts", {"first_name": "Ann", "email": "ann@example.com"})
    assert made.status == 201
    assert [one["id"] for one in json(myra("GET /contacts"))["data"]] == [json(made)["id"]]


def test_a_document_of_ones_own() -> None:
    properties = {"id": {"type": "string"}, "name": {"type": "string"}}
    schema = {"type": "object", "required": ["id"], "properties": properties}
    content = {"application/json": {"schema": {"type": "array", "items": schema}}}
    document = {
        "openapi": "3.1.0", "info": {"title": "T", "version": "1"},
        "paths": {"/things": {"get": {"responses": {"200": {"description": "ok", "content": content}}}}},
    }  # fmt: skip
    assert json(entered(inline(document), "empty")("GET /things")) == []
    assert len(entered(inline(document), "full").world.tables["mine/things"]) == 1_000
    assert entered(inline(document), "outage")("GET /things").status == 503


def test_entered_twice_it_begins_anew_and_left_it_is_gone() -> None:
    ask, line = asked("pulse", "outage")
    ask(line)
    ask.now += 240_000
    entered(ask, "outage")
    ask.now += 240_000
    assert ask(line).status == 503
    assert len(ask.world.rules) == 1
    carry_out(ask.service, ask.world, "leave-scenario", {"name": "outage"}, ask.now)
    assert ask(line).status == 200
    with pytest.raises(Mistake, match="No rule is of a scenario"):
        carry_out(ask.service, ask.world, "leave-scenario", {"name": "outage"}, ask.now)


def test_rules_clock_and_records_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "monday.yaml"
    file.write_text(
        "title: Monday morning\n"
        "clock: [{freeze: '2026-06-01T08:00:00Z'}]\n"
        "records: {users: [{id: usr_MONDAY1, email: monday@acme.com, role: viewer}]}\n"
        "rules: [{match: {operation: createUser}, when: {sequence: [503, pass]}}]\n"
    )
    name, files = sources.scenario(str(file), ["pulse"])
    ask = bundled("pulse", "/v2")
    apis = {api: sources.scenario_words(path) for api, path in files.items()}
    carry_out(ask.service, ask.world, "enter-scenario", {"name": name, "apis": apis}, ask.now)
    (user,) = json(ask("GET /users?q=monday@"))["data"]
    assert user["name"]  # what it leaves out is made up
    assert [rule.id for rule in ask.world.rules] == ["monday-1"]
    assert ask.world.clock.frozen


def test_worlds_begin_with_scenarios_of_the_command_line() -> None:
    with start("pulse", "--no-rate-limits", "--scenario", "outage", "--scenario", "empty") as served:
        key = {"Authorization": "Bearer test-key"}
        assert served.client.get(f"{served.url}/v2/users", headers=key).status_code == 503
        other = served.client.get(f"{served.url}/v2/users", headers={**key, "X-Mock-World": "other"})
        assert other.status_code == 503
        served.reset()
        assert served.client.get(f"{served.url}/v2/users", headers=key).status_code == 503
        shown = served.control("scenarios")["scenarios"]
        assert [one["name"] for one in shown if one["rules_in_force"]] == ["outage"]
        assert {one["name"] for one in shown} == SHIPPED
        left = served.client.delete(f"{served.url}/_mock/scenarios/outage").json()
        assert [rule["id"] for rule in left["rules"]] == ["outage"]
        assert len(served.client.get(f"{served.url}/v2/users", headers=key).json()["data"]) == 3
        assert served.control("scenarios/slow", {})["rules"][0]["scenario"] == "slow"
        own = served.control("scenarios/mine", {"rules": [{"then": {"status": 500}}]})
        assert own["rules"][0]["id"] == "mine-1"
        unknown = served.client.post(f"{served.url}/_mock/scenarios/outrage")
        assert unknown.status_code == 404
        assert "did you mean 'outage'?" in unknown.json()["error"]["message"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rules:\n- then: {statsu: 503}\n", ":2 at /rules/0/then/statsu: unknown word 'statsu' (did you mean"),
        ("rule: []\n", ":1 at /rule: unknown word 'rule' (did you mean 'rules'?)"),
        ("rules:\n- then: {status: 503}\n- match: {operation: listUser}\n  then: {status: 503}\n",
         ":3 at /rules/1: Rule 2 of mine: There is no operation 'listUser' (did you mean 'listUsers'?)."),
        ("rules:\n- then: {latency: soon}\n", ":2 at /rules/0: Rule 1 of mine: 'soon' is no span of time"),
        ("counts: {user: 3}\n", "There is no resource 'user' (did you mean 'users'?)."),
        ("clock: [{freeze: monday}]\n", "clock: freeze takes an RFC 3339 time"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_file_and_line(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "mine.yaml").write_text(text)
    done = run("serve", "pulse", "--port", "0", "--scenario", str(tmp_path / "mine.yaml"))
    assert done.returncode == 2
    assert "mine.yaml" in done.stderr
    assert told in done.stderr


def test_an_unknown_name_is_told_with_the_nearest() -> None:
    done = run("serve", "pulse", "--port", "0", "--scenario", "outrage")
    assert "did you mean 'outage'?" in done.stderr
