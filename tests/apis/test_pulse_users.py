"""Pulse: users listed and created. Quotes: the vendor's reference, the readings of its gaps."""

from typing import Any

import pytest
from calling import Caller, refusal

BOB = {"email": "bob@acme.com", "role": "editor", "name": "Bob Kim"}
EMPTIED: dict[str, Any] = {"data": [], "has_more": False}


def invalid(message: str, field: str) -> tuple[int, str, str, str]:
    return 400, "validation_failed", message, field


class TestList:
    def test_the_newest_come_first(self, call: Caller) -> None:
        """Returns a paginated list of users in your workspace, sorted by creation date descending."""
        created = [user["created_at"] for user in call.every("/users?limit=9")]
        assert len(created) == len(call.records("users")) == 48
        assert created == sorted(created, reverse=True)

    def test_of_one_moment_the_last_comes_first(self, call: Caller) -> None:
        call.freeze()
        made = [call.ok("POST /users", {"email": f"u{n}@acme.com", "role": "viewer"})["id"] for n in range(7)]
        assert [user["id"] for user in call.every("/users?limit=3")][:7] == made[::-1]

    def test_a_page_has_20(self, call: Caller) -> None:
        """limit integer optional Number of results per page. Min 1, max 100. Defaults to 20."""
        assert len(call.ok("GET /users")["data"]) == 20

    @pytest.mark.parametrize(("limit", "shown"), [(1, 1), (7, 7), (47, 47), (48, 48), (49, 48), (100, 48)])
    def test_limit(self, call: Caller, limit: int, shown: int) -> None:
        page = call.ok(f"GET /users?limit={limit}")
        assert len(page["data"]) == shown
        assert (page["has_more"], "next_cursor" in page) == (limit < 48, limit < 48)

    @pytest.mark.parametrize(
        ("query", "refused"),
        [
            ("limit=0", invalid("limit must be between 1 and 100", "limit")),
            ("limit=101", invalid("limit must be between 1 and 100", "limit")),
            ("limit=-1", invalid("limit must be between 1 and 100", "limit")),
            ("limit=ten", invalid("limit must be an integer", "limit")),
            ("limit=1.5", invalid("limit must be an integer", "limit")),
            ("status=gone", invalid("status must be one of active, inactive or pending", "status")),
            ("status=Active", invalid("status must be one of active, inactive or pending", "status")),
            ("cursor=cursor_abc123", invalid("cursor is not a cursor of this list", "cursor")),
        ],
    )
    def test_wrong_parameters(self, call: Caller, query: str, refused: Any) -> None:
        """`limit` outside its range, bad cursor, unknown `status`: 400, `field` names the parameter"""
        assert refusal(call(f"GET /users?{query}")) == refused

    @pytest.mark.parametrize("status", ["active", "inactive", "pending"])
    def test_status(self, call: Caller, status: str) -> None:
        """status string optional Filter by status: active, inactive, or pending."""
        kept = {key for key, user in call.records("users").items() if user["status"] == status}
        found = call.every(f"/users?status={status}&limit=3")
        assert {user["id"] for user in found} == kept != set()
        assert len(found) == len(kept)

    @pytest.mark.parametrize(
        ("q", "ids"),
        [
            ("tanaka", ["usr_01HX9YTN"]),  # in name and email
            ("TANAKA", ["usr_01HX9YTN"]),
            ("Alice Chen", ["usr_01HX9ABC"]),  # in the name alone
            ("chen%20alice", ["usr_01HX9ABC"]),  # its words in any order
            ("chen alice@acme.com", ["usr_01HX9ABC"]),  # one in the name, one in the email
            ("chen tanaka", []),  # each in another user
            ("alice@", ["usr_01HX9ABC"]),  # in the email alone
            ("l%C3%89a", ["usr_01HX9LFR"]),  # Léa, in another case
            ("sole", ["usr_01HX9MSO"]),  # part of a word
            ("usr_01HX9ABC", []),
            ("admin", []),
            ("nobody is called this", []),
        ],
    )
    def test_q(self, call: Caller, q: str, ids: list[str]) -> None:
        """q string optional Full-text search across name and email fields."""
        assert [user["id"] for user in call.every(f"/users?q={q}")] == ids

    def test_an_empty_q_asks_for_nothing(self, call: Caller) -> None:
        assert call.ok("GET /users?q=") == call.ok("GET /users")

    def test_filters_join(self, call: Caller) -> None:
        found = call.every("/users?status=inactive&q=acme.com&limit=2")
        assert found == call.every("/users?status=inactive")
        assert call.ok("GET /users?status=pending&q=tanaka") == EMPTIED

    def test_what_it_shows(self, call: Caller) -> None:
        """user in a list / 201 / PATCH answer: exactly the properties of each example"""
        assert call.ok("GET /users?q=alice@acme.com")["data"] == [
            {"id": "usr_01HX9ABC", "email": "alice@acme.com", "name": "Alice Chen", "role": "admin",
             "status": "active", "created_at": "2024-03-01T12:00:00Z"}
        ]  # fmt: skip
        page = call.ok("GET /users?limit=10&status=active")
        assert set(page) == {"data", "next_cursor", "has_more"}
        assert {tuple(user) for user in page["data"]} == {("id", "email", "name", "role", "status", "created_at")}


class TestCreate:
    def test_the_reference_s_own(self, call: Caller) -> None:
        """Creates a new user in your workspace and sends them an invitation email.

        user in a list / 201 / PATCH answer: exactly the properties of each example
        """
        call.freeze("2024-11-14T09:00:00Z")
        answer = call("POST /users", BOB)
        user = answer.json()
        assert answer.status_code == 201
        assert list(user.items())[1:] == [
            ("email", "bob@acme.com"), ("name", "Bob Kim"), ("role", "editor"), ("status", "pending"),
            ("invited_at", "2024-11-14T09:00:00Z"),
        ]  # fmt: skip
        assert user["id"].startswith("usr_")
        assert call.records("users")[user["id"]]["created_at"] == "2024-11-14T09:00:00Z"

    def test_it_is_the_first_of_the_list(self, call: Caller) -> None:
        user = call.ok("POST /users", BOB)
        first = call.ok("GET /users?limit=1")["data"][0]
        assert first == {**{name: user[name] for name in ("id", "email", "name", "role", "status")},
                         "created_at": user["invited_at"]}  # fmt: skip

    def test_an_invitation_that_expired_shows_nowhere(self, call: Caller) -> None:
        """The invitation expires after 72 hours.

        invitation "expires after 72 hours": no visible effect is documented: none is shown
        """
        call.ok("POST /users", BOB)
        before = call.ok("GET /users"), call.records("users")
        call.advance("PT72H")
        call.advance("PT1S")
        assert (call.ok("GET /users"), call.records("users")) == before

    @pytest.mark.parametrize(
        ("changed", "refused"),
        [
            ({"email": None}, invalid("email must be a string", "email")),
            ({"email": "bob"}, invalid("email must be a valid email address", "email")),
            ({"email": "bob@"}, invalid("email must be a valid email address", "email")),
            ({"email": ""}, invalid("email must be a valid email address", "email")),
            ({"email": " bob@acme.com"}, invalid("email must be a valid email address", "email")),
            ({"role": "owner"}, invalid("role must be one of admin, editor or viewer", "role")),
            ({"role": "Admin"}, invalid("role must be one of admin, editor or viewer", "role")),
            ({"role": None}, invalid("role must be a string", "role")),
            ({"name": "x" * 121}, invalid("name must be at most 120 characters", "name")),
            ({"name": 7}, invalid("name must be a string", "name")),
            ({"metadata": {"a": 1}}, invalid("metadata.a must be a string", "metadata.a")),
            ({"metadata": {"a": None}}, invalid("metadata.a must be a string", "metadata.a")),
            ({"metadata": {"a": {"b": "c"}}}, invalid("metadata.a must be a string", "metadata.a")),
            ({"metadata": []}, invalid("metadata must be an object", "metadata")),
            ({"metadata": dict.fromkeys(map(str, range(51)), "x")},
             invalid("metadata must have at most 50 fields", "metadata")),
        ],
    )  # fmt: skip
    def test_wrong_fields(self, call: Caller, changed: Any, refused: Any) -> None:
        """email string required Must be a valid email address and unique within the workspace.

        role string required One of admin, editor, or viewer. All values must be strings.
        """
        before = call.records("users")
        assert refusal(call("POST /users", {**BOB, **changed})) == refused
        assert call.records("users") == before

    @pytest.mark.parametrize("field", ["email", "role"])
    def test_required_fields(self, call: Caller, field: str) -> None:
        body = {name: value for name, value in BOB.items() if name != field}
        assert refusal(call("POST /users", body)) == invalid(f"{field} is required", field)

    @pytest.mark.parametrize("role", ["admin", "editor", "viewer"])
    def test_optional_fields(self, call: Caller, role: str) -> None:
        """name string optional Display name shown in the UI."""
        user = call.ok("POST /users", {"email": "bob@acme.com", "role": role})
        assert set(user) == {"id", "email", "role", "status", "invited_at"}
        assert user["role"] == role
        assert "name" not in call.ok("GET /users?limit=1")["data"][0]

    @pytest.mark.parametrize("name", ["x" * 120, "é" * 120, "😀" * 120, "", "'; DROP TABLE users; --"])
    def test_names_are_kept_as_they_are(self, call: Caller, name: str) -> None:
        """Max 120 characters."""
        user = call.ok("POST /users", {**BOB, "name": name})
        assert user["name"] == name == call.records("users")[user["id"]]["name"]

    def test_metadata_is_kept(self, call: Caller) -> None:
        """metadata object optional Flat key-value store for custom attributes.

        All values must be strings. Max 50 keys.
        """
        metadata = {f"key {n}": f"value {n}" for n in range(50)}
        user = call.ok("POST /users", {**BOB, "metadata": metadata})
        assert call.records("users")[user["id"]]["metadata"] == metadata
        other = call.ok("POST /users", {"email": "eve@acme.com", "role": "viewer"})
        assert call.records("users")[other["id"]]["metadata"] == {}

    def test_what_the_server_sets_a_client_can_t(self, call: Caller) -> None:
        sent = {"id": "usr_MINE", "status": "active", "created_at": "2020-01-01T00:00:00Z", "tags": ["x"]}
        user = call.ok("POST /users", {**BOB, **sent})
        kept = call.records("users")[user["id"]]
        assert user["id"] != "usr_MINE"
        assert kept["status"] == "pending"
        assert kept["created_at"] == user["invited_at"] > "2024"
        assert "tags" not in kept

    @pytest.mark.parametrize("email", ["alice@acme.com", "ALICE@ACME.COM", "Alice@Acme.com"])
    def test_an_email_is_there_once(self, call: Caller, email: str) -> None:
        """email uniqueness: any case; 400 `validation_failed`, `field: email`, "email is already in use" """
        assert refusal(call("POST /users", {**BOB, "email": email})) == invalid("email is already in use", "email")

    def test_that_holds_for_generated_and_new_users(self, call: Caller) -> None:
        call.ok("POST /users", BOB)
        emails = [user["email"] for user in call.records("users").values()]
        assert len({email.casefold() for email in emails}) == len(emails) == 49
        for email in emails:
            assert call("POST /users", {**BOB, "email": email.swapcase()}).json()["error"]["field"] == "email"

    def test_the_email_of_who_is_gone_is_free(self, call: Caller) -> None:
        newest = call.ok("GET /users?limit=1")["data"][0]
        for user in (newest, {"id": "usr_01HX9ABC", "email": "alice@acme.com"}):
            call.ok(f"DELETE /users/{user['id']}")
            assert call.ok("POST /users", {**BOB, "email": user["email"]})["id"] != user["id"]
