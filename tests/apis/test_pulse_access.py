"""Pulse: keys, roles, errors, paths and methods. Quotes: the vendor's reference, the readings of its gaps."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from calling import Caller, refusal
from serving import start

NEW = {"email": "bob@acme.com", "role": "editor"}
MESSAGE = {"to": ["usr_01HX9MSO"], "subject": "Hello", "body": "Hi."}
OPERATIONS = [
    ("GET /users", None),
    ("POST /users", NEW),
    ("PATCH /users/usr_01HX9ABC", {"name": "Alice"}),
    ("DELETE /users/usr_01HX9ABC", None),
    ("POST /messages", MESSAGE),
    ("GET /messages/msg_01HX9DEF", None),
    ("GET /threads", None),
]


def ask(call: Caller, line: str, body: Any) -> httpx.Response:
    return call(line) if body is None else call(line, body)


def permitted(call: Caller) -> set[str]:
    """The operations that a key may do; each that it may not must be refused as such."""
    answers = {line: ask(call, line, body) for line, body in OPERATIONS}
    refused = {line for line, answer in answers.items() if answer.status_code == 403}
    for line in refused:
        assert refusal(answers[line]) == (403, "forbidden", "insufficient scope", None), line
    assert all(answers[line].is_success for line in answers.keys() - refused)
    return answers.keys() - refused


def test_the_api_is_at_its_documented_place(call: Caller) -> None:
    """Base URL: https://api.pulse.io/v2"""
    known = call.served.client.get(f"{call.served.url}/_mock").json()["apis"]
    assert known == [{"name": "pulse", "title": "Pulse API", "base_paths": ["/v2"], "key": "test-key"}]
    assert call.served.client.get(f"{call.served.url}/v2/users").status_code == 401


class TestKeys:
    @pytest.mark.parametrize(("line", "body"), OPERATIONS)
    @pytest.mark.parametrize("key", [None, "nobodys-key", "Test-Key", "test-key2"])
    def test_every_request_needs_a_key(self, call: Caller, line: str, body: Any, key: str | None) -> None:
        """All API requests must be authenticated using a Bearer token passed in the Authorization header.

        unauthorized 401 Missing or invalid API key.
        """
        answer = ask(call.using(key), line, body)
        assert refusal(answer) == (401, "unauthorized", "missing or invalid API key", None)
        assert answer.headers["www-authenticate"].startswith("Bearer")

    @pytest.mark.parametrize("header", ["Basic dGVzdC1rZXk6", "test-key", "Bearer", "Token test-key"])
    def test_it_is_a_bearer_token(self, call: Caller, header: str) -> None:
        """Authorization: Bearer <your_api_key>"""
        assert refusal(call.using(None)("GET /users", Authorization=header))[:2] == (401, "unauthorized")

    def test_the_scheme_has_no_case(self, call: Caller) -> None:
        assert call.using(None)("GET /users", Authorization="bearer test-key").status_code == 200  # RFC 9110, 11.1

    def test_a_key_in_the_query_is_none(self, call: Caller) -> None:
        assert call.using(None)("GET /users?api_key=test-key&access_token=test-key").status_code == 401

    def test_a_refused_request_changes_nothing(self, call: Caller) -> None:
        before = call.records("users"), call.records("messages", "message_id"), call.records("threads")
        for key in (None, "readonly-key"):
            for line, body in OPERATIONS:
                if not line.startswith("GET"):
                    assert ask(call.using(key), line, body).status_code in (401, 403)
        assert (call.records("users"), call.records("messages", "message_id"), call.records("threads")) == before


class TestRoles:
    """Keys are scoped to your workspace and carry the permissions of the user who generated them.

    what a key may do: role admin: all; editor: read everything, send messages; viewer: read. Otherwise 403 `forbidden`.
    """

    READS = frozenset({"GET /users", "GET /messages/msg_01HX9DEF", "GET /threads"})

    @pytest.mark.parametrize("key", ["test-key", "limited-key"])
    def test_an_admin_may_do_all(self, call: Caller, key: str) -> None:
        assert permitted(call.using(key)) == {line for line, _ in OPERATIONS}

    def test_an_editor_reads_and_sends(self, call: Caller) -> None:
        call.ok("PATCH /users/usr_01HX8GKF", {"role": "editor"})
        assert permitted(call.using("limited-key")) == self.READS | {"POST /messages"}

    def test_a_viewer_reads(self, call: Caller) -> None:
        """forbidden 403 Valid key, but insufficient scope."""
        assert permitted(call.using("readonly-key")) == self.READS

    def test_a_key_follows_its_users_role_at_once(self, call: Caller) -> None:
        call.ok("PATCH /users/usr_01HX8TBK", {"role": "admin"})
        assert call.using("readonly-key")("POST /users", NEW).status_code == 201
        call.ok("PATCH /users/usr_01HX8TBK", {"role": "viewer"})
        assert call.using("readonly-key")("POST /users", NEW).status_code == 403

    def test_it_is_refused_before_its_input_is_looked_at(self, call: Caller) -> None:
        for body in ({}, b"{", {"email": 1}):
            assert call.using("readonly-key")("POST /users", body).status_code == 403
        assert call.using("readonly-key")("DELETE /users/usr_nobody").status_code == 403


class TestErrors:
    @pytest.mark.parametrize(
        ("line", "body", "refused"),
        [
            ("DELETE /users/usr_nobody", None, (404, "not_found", "there is no user with this id", None)),
            ("PATCH /users/usr_nobody", {}, (404, "not_found", "there is no user with this id", None)),
            ("GET /messages/msg_nobody", None, (404, "not_found", "there is no message with this message_id", None)),
            ("GET /nothing", None, (404, "not_found", "there is no such path", None)),
            ("GET /users/usr_01HX9ABC/name", None, (404, "not_found", "there is no such path", None)),
            ("GET /users?limit=0", None, (400, "validation_failed", "limit must be between 1 and 100", "limit")),
            ("POST /users", {}, (400, "validation_failed", "email is required", "email")),
        ],
    )
    def test_they_have_one_shape(self, call: Caller, line: str, body: Any, refused: Any) -> None:
        """All errors follow a consistent shape.

        The code field is machine-readable; message is human-readable and safe to display in your UI.
        not_found 404 Resource does not exist. validation_failed 400 One or more fields failed validation.
        Check the field property.
        """
        assert refusal(ask(call, line, body)) == refused

    def test_a_misspelt_path_names_the_near_one(self, call: Caller) -> None:
        assert refusal(call("GET /user"))[2] == "there is no such path (did you mean '/v2/users'?)"

    def test_each_has_a_request_id_of_its_own(self, call: Caller) -> None:
        """`request_id`: in every error, although one example lacks it"""
        ids = [call("GET /users?limit=0").json()["error"]["request_id"] for _ in range(20)]
        assert len(set(ids)) == 20
        assert all(re.fullmatch(r"req_[0-9A-HJKMNP-TV-Z]{8}", one) for one in ids)

    @pytest.mark.parametrize("body", [b"{", b"", b"{'email': 1}", b'{"email": "a@b.de",}', b"\xff", b"[" * 10_000])
    def test_malformed_json(self, call: Caller, body: bytes) -> None:
        """Malformed JSON is 400"""
        answer = call("POST /users", body, **{"Content-Type": "application/json"})
        assert refusal(answer)[:2] == (400, "validation_failed")

    @pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "nonsense"])
    def test_another_media_type(self, call: Caller, kind: str) -> None:
        """an unsupported request media type 415"""
        status, code, message, _ = refusal(call("POST /users", b"{}", **{"Content-Type": kind}))
        assert (status, code) == (415, "validation_failed")
        assert "application/json" in message

    @pytest.mark.parametrize("body", [[], "text", 1, True])
    def test_json_that_is_no_object(self, call: Caller, body: Any) -> None:
        status, code, message, _ = refusal(call("POST /users", body))
        assert (status, code) == (400, "validation_failed")
        assert "must be an object" in message

    def test_a_charset_is_no_other_media_type(self, call: Caller) -> None:
        body = b'{"email": "bob@acme.com", "role": "editor"}'
        answer = call("POST /users", body, **{"Content-Type": "application/json; charset=utf-8"})
        assert answer.status_code == 201


BROKEN = """
overlay: 1.0.0
info: {title: A rule that no message of the fixtures keeps, version: '1'}
actions:
- target: $.components.schemas.MessageState.properties.recipient_count
  update: {minimum: 40}
- target: $.components.schemas.AcceptedMessage.properties.recipient_count
  update: {minimum: 40}
"""


def test_an_answer_that_would_break_the_document_is_an_error_of_the_server(tmp_path: Path) -> None:
    """server_error 500 Something went wrong on our end."""
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text(BROKEN, encoding="utf-8")
    with start("pulse", "--overlay", str(overlay)) as served:
        call = Caller(served, "/v2")
        call.freeze()
        status, code, message, field = refusal(call("GET /messages/msg_01HX9DEF"))
        assert (status, code, field) == (500, "server_error", None)
        assert "/recipient_count: 1 is less than the minimum of 40" in message
        assert served.control("requests")["requests"][0]["refused_by"] == "answer check"
        assert message in served.complaints()
        before = call.records("messages", "message_id"), call.records("threads")
        assert refusal(call("POST /messages", MESSAGE))[:2] == (500, "server_error")
        call.advance("PT2S")
        assert (call.records("messages", "message_id"), call.records("threads")) == before


class TestMethods:
    @pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "POST"])
    def test_a_single_user_can_only_be_changed_and_deleted(self, call: Caller, method: str) -> None:
        """no `GET /users/{id}`: it does not exist: 405 with `Allow: PATCH, DELETE`"""
        answer = call(f"{method} /users/usr_01HX9ABC")
        assert (answer.status_code, answer.headers["allow"]) == (405, "PATCH, DELETE")
        if method != "HEAD":
            message = f"{method} is not allowed here; PATCH, DELETE are"
            assert refusal(answer) == (405, "not_found", message, None)

    @pytest.mark.parametrize(
        ("path", "allow"),
        [("/users", "GET, HEAD, POST"), ("/messages", "POST"), ("/messages/msg_1", "GET, HEAD"),
         ("/threads", "GET, HEAD")],
    )  # fmt: skip
    def test_another_method(self, call: Caller, path: str, allow: str) -> None:
        """an unknown path 404, a known path with another method 405 with `Allow`; each in the API's own error format"""
        answer = call(f"PUT {path}", {})
        assert refusal(answer)[:2] == (405, "not_found")
        assert answer.headers["allow"] == allow

    @pytest.mark.parametrize("path", ["/users?limit=3", "/threads", "/messages/msg_01HX9DEF", "/users?limit=0", "/no"])
    def test_head_is_get_without_its_body(self, call: Caller, path: str) -> None:
        got, head = call(f"GET {path}"), call(f"HEAD {path}")
        same = ("content-type", "content-length")
        assert (head.status_code, [head.headers[name] for name in same]) == (
            got.status_code, [got.headers[name] for name in same],
        )  # fmt: skip
        assert head.content == b""


class TestDeletedUsers:
    def test_their_keys_stop_working(self, call: Caller) -> None:
        """Permanently deletes a user and immediately revokes all active sessions.

        deleting a user "revokes all active sessions": keys of that user get 401 from then on
        """
        assert call.using("limited-key")("GET /users").status_code == 200
        assert call("DELETE /users/usr_01HX8GKF").status_code == 204
        for line, body in OPERATIONS:
            answer = ask(call.using("limited-key"), line, body)
            assert refusal(answer) == (401, "unauthorized", "missing or invalid API key", None)
        assert call("GET /users").status_code == 200

    def test_who_deletes_themselves_is_out(self, call: Caller) -> None:
        assert call("DELETE /users/usr_01HX8PRM").status_code == 204
        assert call("GET /users").status_code == 401
        assert call.using("limited-key")("GET /users").status_code == 200

    def test_a_reset_brings_them_back(self, call: Caller) -> None:
        call("DELETE /users/usr_01HX8GKF")
        call.served.reset()
        assert call.using("limited-key")("GET /users").status_code == 200
