"""Pulse: its first records as a person sees them, what the control API shows of it, and that a seed decides all."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from time import sleep
from typing import Any

import pytest
from calling import Caller
from serving import start

HELLO = {"to": ["usr_01HX9ABC"], "subject": "Hello", "body": "Hi."}


class TestFirstRecords:
    def test_users_of_all_kinds(self, call: Caller) -> None:
        users = call.every("/users")
        assert len(users) >= 30
        assert Counter(user["role"] for user in users).keys() == {"admin", "editor", "viewer"}
        assert Counter(user["status"] for user in users).keys() == {"active", "inactive", "pending"}
        kinds = Counter((user["role"], user["status"]) for user in users if not user["id"].startswith("usr_01HX"))
        assert min(kinds[role, status] for role in ("editor", "viewer") for status in ("active", "pending")) > 0

    def test_an_email_is_of_its_name(self, call: Caller) -> None:
        for user in call.every("/users"):
            plain = unicodedata.normalize("NFKD", user["name"]).encode("ascii", "ignore").decode().lower()
            local, _, domain = user["email"].partition("@")
            parts = [re.sub(r"\W", "", part) for part in plain.split()]
            assert domain == "acme.com"
            assert set(re.split(r"[._-]", local)) & {*parts, "".join(parts)}, user

    def test_nobody_is_there_twice(self, call: Caller) -> None:
        users = call.every("/users")
        for field in ("id", "email", "name"):
            assert len({user[field].casefold() for user in users}) == len(users)

    def test_times_are_in_order(self, call: Caller) -> None:
        users, threads = call.records("users"), call.records("threads")
        for user in users.values():
            assert user["created_at"] <= user["invited_at"] <= user["updated_at"], user
        for thread in threads.values():
            assert all(users[one]["created_at"] <= thread["last_message_at"] for one in thread["participants"]), thread
        sent = call.records("messages", "message_id").values()
        for message in sent:
            assert message["created_at"] <= threads[message["thread_id"]]["last_message_at"]

    def test_threads_fit_their_people(self, call: Caller) -> None:
        threads = call.records("threads")
        assert len(threads) >= 30
        for thread in threads.values():
            assert len(thread["participants"]) == len(set(thread["participants"])) >= 2
            assert set(thread["unread_by"]) <= set(thread["participants"])
        assert max(Counter(thread["subject"] for thread in threads.values()).values()) == 1

    def test_the_references_requests_work_on_them(self, call: Caller) -> None:
        assert call.ok("PATCH /users/usr_01HX9ABC", {"role": "admin", "metadata": {"team": "design"}})
        assert call.ok("POST /messages", HELLO)["recipient_count"] == 1
        assert call.ok("GET /threads?unread=true")["data"]
        assert call.ok("GET /users?limit=10&status=active")["has_more"]


class TestControl:
    def test_the_journal_tells_what_was_asked_and_why_it_was_refused(self, call: Caller) -> None:
        call("GET /users?limit=2")
        call("POST /users", {"email": "bob", "role": "editor"})
        call.using("readonly-key")("DELETE /users/usr_01HX9ABC")
        call.using("my-own-secret")("GET /threads")
        call("PUT /users")
        call("POST /users", {"email": "alice@acme.com", "role": "editor"})
        call("POST /messages", {**HELLO, "thread_id": "thr_NOWHERE"})
        journal = call.served.control("requests")
        told = [
            (one["operation"], one["key"], one["response"]["status"], one["refused_by"]) for one in journal["requests"]
        ]
        assert journal["total"] == 7
        assert told == [
            ("sendMessage", "Priya Raman (admin)", 400, "references"),
            ("createUser", "Priya Raman (admin)", 400, "unique"),
            (None, "Priya Raman (admin)", 405, "router"),
            ("listThreads", None, 401, "credentials"),
            ("deleteUser", "Tom Becker (viewer)", 403, "scopes"),
            ("createUser", "Priya Raman (admin)", 400, "input"),
            ("listUsers", "Priya Raman (admin)", 200, None),
        ]
        assert journal["requests"][4]["reason"] == "this key lacks the scope manage"
        assert journal["requests"][5]["reason"] == "email must be a valid email address"
        assert journal["requests"][6]["request"]["query"] == "limit=2"

    def test_secrets_are_masked(self, call: Caller) -> None:
        call.using("my-own-secret")("GET /users")
        call("GET /users")
        told = call.served.client.get(f"{call.served.url}/_mock/requests").text
        assert "my-own-secret" not in told
        assert "test-key" not in told

    def test_state_is_what_calls_made_of_it(self, call: Caller) -> None:
        call.freeze()
        made = call.ok("POST /users", {"email": "bob@acme.com", "role": "editor", "metadata": {"a": "b"}})
        call.ok("DELETE /users/usr_01HX9ABC")
        users = call.records("users")
        assert users[made["id"]] == {
            "id": made["id"], "email": "bob@acme.com", "role": "editor", "status": "pending", "metadata": {"a": "b"},
            "created_at": "2026-06-01T12:00:00Z", "invited_at": "2026-06-01T12:00:00Z",
            "updated_at": "2026-06-01T12:00:00Z",
        }  # fmt: skip
        assert "usr_01HX9ABC" not in users
        state = call.served.control("state")["apis"]["pulse"]
        assert {name: one["total"] for name, one in state.items()} == {"messages": 5, "threads": 40, "users": 48}


    def test_what_has_fallen_due_by_now_has_happened(self, call: Caller) -> None:
        sent = call.ok("POST /messages", HELLO)["message_id"]
        call.advance("PT1.9S")  # of a clock that goes on
        for _ in range(1_000):
            if call.records("messages", "message_id")[sent]["status"] == "delivered":
                break
            sleep(0.01)
        else:
            pytest.fail("nothing but a call of the API lets things happen")

    def test_what_happened_stays_when_the_clock_goes_back(self, call: Caller) -> None:
        call.freeze()
        sent = call.ok("POST /messages", HELLO)["message_id"]
        call.advance("PT2S")
        call.freeze()
        assert call.ok(f"GET /messages/{sent}")["status"] == "delivered"


SCRIPT: list[tuple[str, Any]] = [
    ("GET /users?limit=30", None),
    ("GET /threads", None),
    ("POST /users", {"email": "bob@acme.com", "role": "editor", "name": "Bob Kim"}),
    ("POST /users", {"email": "BOB@acme.com", "role": "editor"}),
    ("POST /messages", HELLO),
    ("PATCH /users/usr_01HX9ABC", {"name": "A. Chen"}),
    ("GET /nothing", None),
    ("GET /users?limit=5", None),
]


@pytest.fixture(scope="module")
def seeded() -> Iterator[list[Caller]]:
    """Two servers of seed 7 and one of seed 8, each with 1,000 users and a clock that stands still."""
    arguments = ("pulse", "--records", "users=1000", "--no-rate-limits", "--seed")
    with start(*arguments, "7") as one, start(*arguments, "7") as twin, start(*arguments, "8") as other:
        callers = [Caller(served, "/v2") for served in (one, twin, other)]
        for caller in callers:
            caller.freeze()
        yield callers


class TestSeeds:
    def test_the_same_seed_and_calls_give_the_same_bytes(self, seeded: list[Caller]) -> None:
        one, twin, other = ([caller(line, body).content for line, body in SCRIPT] for caller in seeded)
        assert one == twin
        assert [mine == theirs for mine, theirs in zip(one, other, strict=True)] == [False] * 5 + [True, False, False]

    def test_1000_users(self, seeded: list[Caller]) -> None:
        """`--records users=1000`"""
        call = seeded[0]
        call.served.reset()
        pages = list(call.pages("/users?limit=100"))
        users = [user for page in pages for user in page]
        assert [len(page) for page in pages] == [100] * 10
        assert len({user["id"] for user in users}) == len({user["email"].casefold() for user in users}) == 1_000
        created = [user["created_at"] for user in users]
        assert created == sorted(created, reverse=True)
        assert sum(user["role"] == "viewer" for user in users) > 400
        for at in (0, 500, 999):
            assert call.ok(f"GET /users?q={users[at]['email']}")["data"] == [users[at]]
            body = {"email": users[at]["email"].upper(), "role": "viewer"}
            assert call("POST /users", body).json()["error"]["message"] == "email is already in use"

    def test_what_is_named_is_the_same_in_every_world(self, seeded: list[Caller]) -> None:
        named = [[user for user in caller.every("/users?q=acme&limit=100") if user["id"].startswith("usr_01HX")]
                 for caller in seeded]  # fmt: skip
        assert len(named[0]) == 8
        assert len({user["id"] for user in named[2]}) == 8
