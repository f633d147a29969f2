"""Pulse: users changed and deleted. Quotes: the vendor's reference, the readings of its gaps."""

from typing import Any

import pytest
from calling import Caller, refusal

BOB = {"email": "bob@acme.com", "role": "editor", "name": "Bob Kim"}
ALICE = "/users/usr_01HX9ABC"


def invalid(message: str, field: str) -> tuple[int, str, str, str]:
    return 400, "validation_failed", message, field


class TestUpdate:
    def test_the_reference_s_own(self, call: Caller) -> None:
        """user in a list / 201 / PATCH answer: the PATCH answer has `id`, the changed fields and `updated_at`"""
        call.freeze("2024-11-14T10:30:00Z")
        assert call.ok(f"PATCH {ALICE}", {"role": "admin", "metadata": {"team": "design"}}) == {
            "id": "usr_01HX9ABC", "role": "admin", "metadata": {"team": "design"},
            "updated_at": "2024-11-14T10:30:00Z",
        }  # fmt: skip

    @pytest.mark.parametrize("change", [{"role": "viewer"}, {"name": "A. Chen"}, {"role": "editor", "name": "A."}, {}])
    def test_what_is_left_out_stays(self, call: Caller, change: dict[str, str]) -> None:
        """Updates one or more fields on an existing user.

        Only the fields you include are modified — omitted fields are left unchanged.
        role string optional Change the user's role. name string optional Updated display name.
        """
        call.freeze()
        before = call.records("users")
        answer = call.ok(f"PATCH {ALICE}", change)
        stamp = {"updated_at": "2026-06-01T12:00:00Z"}
        assert answer == {"id": "usr_01HX9ABC", **change, **stamp}
        after = {**before, "usr_01HX9ABC": {**before["usr_01HX9ABC"], **change, **stamp}}
        assert call.records("users") == after

    def test_the_order_of_the_list_stays(self, call: Caller) -> None:
        before = [user["id"] for user in call.every("/users")]
        for one in (before[0], before[30], before[-1]):
            call.ok(f"PATCH /users/{one}", {"name": "Changed"})
        assert [user["id"] for user in call.every("/users")] == before
        assert len(call.every("/users?q=changed")) == 3

    def test_metadata_is_merged(self, call: Caller) -> None:
        """metadata object optional Merges into existing metadata. To remove a key, pass null as its value."""
        steps: list[tuple[dict[str, str | None], dict[str, str]]] = [
            ({"team": "design"}, {"team": "design"}),
            ({"office": "Berlin"}, {"team": "design", "office": "Berlin"}),
            ({"team": "sales", "office": None}, {"team": "sales"}),
            ({"nothing": None}, {"team": "sales"}),
            ({}, {"team": "sales"}),
            ({"team": ""}, {"team": ""}),
            ({"team": None}, {}),
        ]
        for sent, kept in steps:
            assert call.ok(f"PATCH {ALICE}", {"metadata": sent})["metadata"] == kept
            assert call.records("users")["usr_01HX9ABC"]["metadata"] == kept

    def test_metadata_has_50_keys_at_most_after_the_merge(self, call: Caller) -> None:
        """Max 50 keys."""
        call.ok(f"PATCH {ALICE}", {"metadata": {f"k{n}": "x" for n in range(49)}})
        more = {"metadata": {"a": "x", "b": "x"}}
        assert refusal(call(f"PATCH {ALICE}", more)) == invalid("metadata must have at most 50 fields", "metadata")
        assert len(call.records("users")["usr_01HX9ABC"]["metadata"]) == 49
        merged = call.ok(f"PATCH {ALICE}", {"metadata": {"a": "x", "b": "x", "k0": None}})["metadata"]
        assert len(merged) == 50
        removed: dict[str, Any] = {"metadata": {f"k{n}": None for n in range(60)}}
        assert call.ok(f"PATCH {ALICE}", removed)["metadata"] == more["metadata"]

    @pytest.mark.parametrize(
        ("change", "refused"),
        [
            ({"role": "owner"}, invalid("role must be one of admin, editor or viewer", "role")),
            ({"name": "x" * 121}, invalid("name must be at most 120 characters", "name")),
            ({"metadata": {"a": 1}}, invalid("metadata.a must be a string or null", "metadata.a")),
            ({"metadata": None}, invalid("metadata must be an object", "metadata")),
        ],
    )
    def test_wrong_fields(self, call: Caller, change: Any, refused: Any) -> None:
        before = call.records("users")
        assert refusal(call(f"PATCH {ALICE}", change)) == refused
        assert call.records("users") == before

    def test_email_and_status_are_no_fields_of_it(self, call: Caller) -> None:
        before = call.records("users")["usr_01HX9ABC"]
        sent = {"email": "new@acme.com", "status": "inactive", "id": "usr_OTHER", "created_at": "2020-01-01T00:00:00Z"}
        assert set(call.ok(f"PATCH {ALICE}", sent)) == {"id", "updated_at"}
        assert {**call.records("users")["usr_01HX9ABC"], "updated_at": before["updated_at"]} == before

    @pytest.mark.parametrize("method", ["PATCH", "DELETE"])
    @pytest.mark.parametrize("key", ["usr_NOBODY", "01HX9ABC", "usr_01hx9abc", "USR_01HX9ABC", "%00", "usr_%2e", "é"])
    def test_an_unknown_id(self, call: Caller, method: str, key: str) -> None:
        """id string required The user's unique identifier, prefixed with usr_."""
        answer = call(f"{method} /users/{key}", {})
        assert refusal(answer)[:2] == (404, "not_found")

    def test_a_percent_encoded_id_is_the_same(self, call: Caller) -> None:
        assert call.ok("PATCH /users/usr%5F01HX9%41BC", {})["id"] == "usr_01HX9ABC"


class TestDelete:
    @pytest.mark.parametrize("user", ["usr_01HX9ABC", "newest", "new"])
    def test_they_are_gone_for_good(self, call: Caller, user: str) -> None:
        """Permanently deletes a user and immediately revokes all active sessions. This action cannot be undone.

        No response body is returned on success.
        """
        if user == "new":
            call.ok("POST /users", BOB)
        if user != "usr_01HX9ABC":
            user = call.ok("GET /users?limit=1")["data"][0]["id"]
        before = call.every("/users")
        answer = call(f"DELETE /users/{user}")
        assert (answer.status_code, answer.content) == (204, b"")
        assert call.every("/users") == [one for one in before if one["id"] != user]
        for line in (f"DELETE /users/{user}", f"PATCH /users/{user}"):
            assert refusal(call(line, {}))[:2] == (404, "not_found")

    def test_a_message_to_them_is_refused_then(self, call: Caller) -> None:
        call.ok(f"DELETE {ALICE}")
        answer = call("POST /messages", {"to": ["usr_01HX9ABC"], "subject": "s", "body": "b"})
        assert refusal(answer)[3] == "to"


class TestLastAdmin:
    @pytest.fixture(autouse=True)
    def _one_admin(self, call: Caller) -> None:
        """Priya Raman, whose key `test-key` is, remains the only admin."""
        others = [user["id"] for user in call.every("/users") if user["role"] == "admin"]
        for number, user in enumerate(others):
            if user != "usr_01HX8PRM":
                call.ok(f"{('DELETE', 'PATCH')[number % 2]} /users/{user}", {"role": "viewer"})

    def test_they_can_t_be_deleted(self, call: Caller) -> None:
        """Note: You cannot delete the last admin in a workspace."""
        before = call.records("users")
        refused = 403, "forbidden", "cannot delete the last admin", None
        assert refusal(call("DELETE /users/usr_01HX8PRM")) == refused
        assert call.records("users") == before

    @pytest.mark.parametrize("change", [{"role": "editor"}, {"role": "viewer", "name": "P."}])
    def test_they_can_t_be_demoted(self, call: Caller, change: dict[str, str]) -> None:
        """Cannot demote the last admin in a workspace.

        demoting the last admin: 403 `forbidden`, like deleting one
        """
        before = call.records("users")
        refused = 403, "forbidden", "cannot demote the last admin", None
        assert refusal(call("PATCH /users/usr_01HX8PRM", change)) == refused
        assert call.records("users") == before

    @pytest.mark.parametrize("change", [{"role": "admin"}, {"name": "P. Raman"}, {"metadata": {"a": "b"}}])
    def test_whatever_else_may_change(self, call: Caller, change: Any) -> None:
        assert call("PATCH /users/usr_01HX8PRM", change).status_code == 200

    @pytest.mark.parametrize("line", ["DELETE /users/usr_01HX8PRM", "PATCH /users/usr_01HX8PRM"])
    def test_another_admin_first(self, call: Caller, line: str) -> None:
        """Reassign the admin role to another user before proceeding."""
        call.ok("PATCH /users/usr_01HX9MSO", {"role": "admin"})
        assert call(line, {"role": "viewer"}).is_success

    def test_others_may_go(self, call: Caller) -> None:
        assert call("DELETE /users/usr_01HX9MSO").status_code == 204
        assert call("PATCH /users/usr_01HX9DVP", {"role": "viewer"}).status_code == 200

    def test_a_new_admin_counts(self, call: Caller) -> None:
        call.ok("POST /users", {**BOB, "role": "admin"})
        assert call("DELETE /users/usr_01HX8PRM").status_code == 204
