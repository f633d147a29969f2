"""The control API over worlds: listed, made, compared, dropped; rewound, named, exported, imported."""

from __future__ import annotations

import itertools
from typing import Any

import httpx
import pytest
from serving import Served

from mockserver import Control, ControlError

KEY = {"Authorization": "Bearer test-key"}
NUMBERS = itertools.count(1)
Json = Any


class Mine:
    """A world of one test's own, in the server that all share."""

    def __init__(self, served: Served, name: str = "") -> None:
        self.served, self.name = served, name or f"test-{next(NUMBERS)}"
        self.control = served.mock.world(self.name)

    def call(self, method: str, path: str, body: Json = None) -> httpx.Response:
        headers = KEY | {"X-Mock-World": self.name}
        return self.served.client.request(method, f"{self.served.url}/v2{path}", json=body, headers=headers)

    def invite(self, name: str) -> Json:
        email = f"{name.lower()}@example.com"
        answer = self.call("POST", "/users", {"email": email, "name": f"{name} New", "role": "viewer"})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def emails(self) -> set[str]:
        records = self.control.state(resource="users")["pulse"]["users"]["records"]
        return {one["email"] for one in records}


@pytest.fixture
def mine(pulse: Served) -> Mine:
    return Mine(pulse)


def refusal(call: Any, *arguments: Any, **named: Any) -> tuple[int, str]:
    with pytest.raises(ControlError) as caught:
        call(*arguments, **named)
    assert caught.value.message
    assert caught.value.hint
    return caught.value.status, caught.value.code


class TestWorlds:
    def test_each_is_listed_with_what_was_done_in_it(self, mine: Mine) -> None:
        mine.control.freeze("2031-01-01T00:00:00Z")
        mine.invite("Ada")
        mine.call("GET", "/users")
        shown = mine.served.mock.show_world(mine.name)
        assert (shown["changed"], shown["calls"], shown["journal"]) == (1, 2, 3)
        assert shown in mine.served.mock.worlds(limit=1000)["worlds"]
        listed = mine.served.mock.worlds(limit=1)
        assert [one["name"] for one in listed["worlds"]] == ["default"]
        assert listed["total"] > 1

    def test_a_fork_begins_as_the_other_is_and_goes_its_own_way(self, mine: Mine) -> None:
        mine.invite("Ada")
        other = Mine(mine.served, f"{mine.name}-fork")
        mine.control.create_world(other.name, start=mine.name)
        other.invite("Bob")
        mine.invite("Cleo")
        assert {"ada@example.com", "bob@example.com"} <= other.emails()
        assert "cleo@example.com" not in other.emails()
        assert "bob@example.com" not in mine.emails()

    def test_a_name_is_given_once(self, mine: Mine) -> None:
        mine.control.show_clock()
        assert refusal(mine.served.mock.create_world, mine.name) == (409, "world_exists")

    def test_one_that_is_deleted_begins_anew(self, mine: Mine) -> None:
        mine.invite("Ada")
        mine.served.mock.delete_world(mine.name)
        assert refusal(mine.served.mock.show_world, mine.name) == (404, "unknown_world")
        mine.invite("Ada")

    def test_the_default_one_stays(self, mine: Mine) -> None:
        assert refusal(mine.served.mock.delete_world, "default") == (409, "default_world")

    @pytest.mark.parametrize("name", ["", "a b", "../x", "x" * 65, "-x", "é", 7, None])
    def test_what_is_no_name(self, mine: Mine, name: Json) -> None:
        assert refusal(mine.control.ask, "POST", "worlds", {"name": name}) == (400, "bad_body")

    def test_what_a_world_can_begin_as(self, mine: Mine) -> None:
        mock = mine.served.mock
        assert refusal(mock.create_world, "x1", start="nowhere") == (404, "unknown_world")
        assert refusal(mock.create_world, "x1", snapshot="nothing") == (404, "unknown_snapshot")
        assert refusal(mock.ask, "POST", "worlds", {"name": "x1", "form": "default"}) == (400, "bad_body")

    def test_a_bad_name_in_the_header_is_refused_as_the_control_api_does(self, mine: Mine) -> None:
        url = f"{mine.served.url}/_mock/clock"
        answer = mine.served.client.get(url, headers={"X-Mock-World": "a b", "Origin": "http://evil.example"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_name")
        assert "access-control-allow-origin" not in answer.headers


class TestDifferences:
    def test_what_was_added_removed_and_changed(self, mine: Mine) -> None:
        first, second, *_ = mine.control.state(resource="users", limit=5)["pulse"]["users"]["records"]
        made = mine.invite("Ada")
        assert mine.call("PATCH", f"/users/{first['id']}", {"name": "Another Name"}).status_code == 200
        assert mine.call("DELETE", f"/users/{second['id']}").status_code == 204
        mine.control.freeze("2031-01-01T00:00:00Z")
        mine.served.mock.reset()
        found = mine.served.mock.diff_worlds("default", mine.name)
        (users,) = found["apis"]["pulse"].values()
        assert [one["id"] for one in users["added"]] == [made["id"]]
        assert [one["id"] for one in users["removed"]] == [second["id"]]
        (changed,) = users["changed"]
        assert changed["key"] == first["id"]
        assert changed["fields"]["name"] == {"a": first["name"], "b": "Another Name"}
        assert found["other"]["clock"]["b"]["frozen"] is True
        back = mine.served.mock.diff_worlds(mine.name, "default")["apis"]["pulse"]["users"]
        assert (back["added"], back["removed"]) == (users["removed"], users["added"])

    def test_worlds_that_are_alike_differ_in_nothing(self, mine: Mine) -> None:
        mine.served.mock.create_world(f"{mine.name}-a")
        mine.served.mock.create_world(f"{mine.name}-b")
        found = mine.served.mock.diff_worlds(f"{mine.name}-a", f"{mine.name}-b")
        assert (found["apis"], found["other"]) == ({}, {})

    def test_a_world_that_is_not_there_is_not_made_by_a_look(self, mine: Mine) -> None:
        assert refusal(mine.served.mock.diff_worlds, "default", "defalt") == (404, "unknown_world")
        assert refusal(mine.served.mock.show_world, "defalt") == (404, "unknown_world")


class TestRewind:
    def test_back_to_just_after_a_request(self, mine: Mine) -> None:
        mine.invite("Ada")
        mine.invite("Bob")
        mine.control.freeze("2031-01-01T00:00:00Z")
        mine.invite("Cleo")
        position = mine.control.rewind(f"{mine.name}-2")
        assert position["after"] == f"{mine.name}-2"
        assert not position["clock"]["frozen"]
        assert {"ada@example.com", "bob@example.com"} <= mine.emails()
        assert "cleo@example.com" not in mine.emails()
        assert mine.control.requests()["total"] == 2

    def test_what_follows_is_as_if_nothing_had_been_in_between(self, mine: Mine) -> None:
        mine.control.freeze("2031-01-01T00:00:00Z")
        mine.invite("Ada")
        first = mine.invite("Bob")
        mine.invite("Cleo")
        mine.control.rewind(1)
        assert mine.invite("Bob") == first

    @pytest.mark.parametrize("to", [1, 1.0, "1"])
    def test_by_number(self, mine: Mine, to: Json) -> None:
        mine.invite("Ada")
        mine.invite("Bob")
        assert mine.control.rewind(to)["after"] == f"{mine.name}-1"

    def test_back_to_the_beginning(self, mine: Mine) -> None:
        mine.invite("Ada")
        mine.control.rewind(0)
        assert mine.served.mock.show_world(mine.name)["changed"] == 0
        assert mine.control.requests()["total"] == 0
        mine.invite("Ada")

    @pytest.mark.parametrize("to", [2, "7", 10**12])
    def test_what_the_journal_does_not_have(self, mine: Mine, to: Json) -> None:
        mine.invite("Ada")
        assert refusal(mine.control.rewind, to) == (404, "not_in_journal")

    def test_a_request_of_another_world(self, mine: Mine) -> None:
        assert refusal(mine.control.rewind, "default-1") == (400, "other_world")

    @pytest.mark.parametrize("to", [-1, 1.5, "", "one", "default-", None, [1], 10**13, True])
    def test_what_is_no_request(self, mine: Mine, to: Json) -> None:
        assert refusal(mine.control.rewind, to) == (400, "bad_body")


class TestSnapshots:
    def test_a_moment_with_a_name_can_be_gone_back_to_again_and_again(self, mine: Mine) -> None:
        mine.control.freeze("2031-01-01T00:00:00Z")
        mine.invite("Ada")
        saved = mine.control.save_snapshot("prepared")
        assert saved == {"name": "prepared", "after": f"{mine.name}-1", "at": "2031-01-01T00:00:00.000Z"}
        answers = []
        for _ in range(2):
            mine.control.advance("PT1H")
            answers.append(mine.invite("Bob"))
            position = mine.control.restore_snapshot("prepared")
            assert (position["after"], position["clock"]["now"]) == (saved["after"], saved["at"])
            assert "bob@example.com" not in mine.emails()
        assert answers[0] == answers[1]
        assert mine.control.requests()["total"] == 1
        assert mine.control.snapshots() == [saved]

    def test_one_can_be_gone_back_before(self, mine: Mine) -> None:
        """The journal comes back with a snapshot: what happened until then can still be rewound."""
        mine.invite("Ada")
        mine.invite("Bob")
        mine.control.save_snapshot("two")
        mine.control.reset()
        assert mine.control.requests()["total"] == 0
        mine.control.restore_snapshot("two")
        mine.control.rewind(1)
        assert "ada@example.com" in mine.emails()
        assert "bob@example.com" not in mine.emails()

    def test_a_world_can_begin_as_one(self, mine: Mine) -> None:
        mine.invite("Ada")
        mine.control.save_snapshot("one")
        mine.invite("Bob")
        other = Mine(mine.served, f"{mine.name}-from")
        mine.control.create_world(other.name, start=mine.name, snapshot="one")
        assert "ada@example.com" in other.emails()
        assert "bob@example.com" not in other.emails()

    def test_one_that_is_deleted_is_gone(self, mine: Mine) -> None:
        mine.control.save_snapshot("one")
        mine.control.delete_snapshot("one")
        assert mine.control.snapshots() == []
        assert refusal(mine.control.restore_snapshot, "one") == (404, "unknown_snapshot")
        assert refusal(mine.control.delete_snapshot, "one") == (404, "unknown_snapshot")

    def test_so_many(self, mine: Mine) -> None:
        for number in range(100):
            mine.control.save_snapshot(f"s{number}")
        assert refusal(mine.control.save_snapshot, "one-more") == (409, "too_many_snapshots")
        mine.control.save_snapshot("s5")


class TestFiles:
    def test_a_world_goes_on_elsewhere(self, mine: Mine) -> None:
        mine.control.freeze("2031-01-01T00:00:00Z")
        mine.invite("Ada")
        mine.control.save_snapshot("one")
        mine.invite("Bob")
        state = mine.control.export_state()
        other = Mine(mine.served, f"{mine.name}-copy")
        assert other.control.import_state(state) == {"world": other.name, "doubts": []}
        assert other.control.state() == mine.control.state()
        assert [one["name"] for one in other.control.snapshots()] == ["one"]
        again = other.control.export_state()["worlds"][other.name]
        assert again == state["worlds"][mine.name]
        assert other.invite("Cleo") == mine.invite("Cleo")
        other.control.rewind(1)
        assert "bob@example.com" not in other.emails()

    @pytest.mark.parametrize(
        ("harm", "told"),
        [
            ({"format": "zip"}, "bad_body"),
            ({"version": 2}, "bad_body"),
            ({"worlds": {}}, "which_world"),
            ({"worlds": {"a": {"state": {}}, "b": {"state": {}}}}, "which_world"),
            ({"worlds": {"a": {"state": {"table": {}}}}}, "unfit_state"),
            ({"worlds": {"a": {"state": {"tables": {"pulse/user": {}}}}}}, "unfit_state"),
            ({"worlds": {"a": {"state": {"tables": {"pulse/users": {}}}}}}, "unfit_state"),
            ({"worlds": {"a": {"state": {"calls": "one"}}}}, "unfit_state"),
            ({"worlds": {"a": {"state": {"clock": {"tick": 1}}}}}, "unfit_state"),
            ({"worlds": {"a": {"state": {"agenda": [{}]}}}}, "unfit_state"),
            ({"worlds": {"a": {"state": {}, "log": [{}]}}}, "unfit_state"),
            ({"worlds": {"a": {"state": {}, "log": [{"command": "nothing", "now": 1, "body": {}}]}}}, "unfit_state"),
            ({"worlds": {"a": {"state": {}, "snapshots": {"x": {"at": "soon", "state": {}}}}}}, "unfit_state"),
        ],
    )
    def test_what_is_no_state_file(self, mine: Mine, harm: Json, told: str) -> None:
        mine.invite("Ada")
        before = mine.control.state()
        state = mine.control.export_state()
        assert refusal(mine.control.import_state, state | harm) == (400, told)
        assert mine.control.state() == before

    @pytest.mark.parametrize(
        "other", [{"seed": 2}, {"locale": "de_DE"}, {"records": {"users": 5}}, {"rate_limits": True}, {"documents": {}}]
    )
    def test_a_file_of_another_server(self, mine: Mine, other: Json) -> None:
        state = mine.control.export_state()
        assert refusal(mine.control.import_state, state | {"server": state["server"] | other}) == (400, "unfit_state")


def test_the_client_has_a_method_for_each_operation(pulse: Served) -> None:
    """`createWorld` is `create_world`."""
    document = pulse.mock.document_as_json()
    names = [operation["operationId"] for item in document["paths"].values() for method, operation in item.items()
             if method in ("get", "post", "put", "patch", "delete")]  # fmt: skip
    snake = ["".join(f"_{char.lower()}" if char.isupper() else char for char in name) for name in names]
    assert [name for name in snake if not callable(getattr(Control, name, None))] == []
