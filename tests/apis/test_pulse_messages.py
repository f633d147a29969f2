"""Pulse: messages sent, scheduled and polled. Quotes: the vendor's reference, the readings of its gaps."""

from typing import Any

import pytest
from calling import Caller, refusal

HELLO: dict[str, Any] = {"to": ["usr_01HX9ABC"], "subject": "Welcome aboard", "body": "Hi Alice, glad to have you."}
NOON = "2026-06-01T12:00:00Z"


def invalid(message: str, field: str) -> tuple[int, str, str, str]:
    return 400, "validation_failed", message, field


class TestSend:
    def test_the_reference_s_own(self, call: Caller) -> None:
        """Sends a message to one or more recipients."""
        answer = call("POST /messages", HELLO)
        sent = answer.json()
        assert answer.status_code == 202
        assert list(sent.items())[1:] == [("status", "queued"), ("recipient_count", 1)]
        assert sent["message_id"].startswith("msg_")

    def test_recipients_are_users_or_addresses(self, call: Caller) -> None:
        """to string[] required Array of user IDs or email addresses."""
        to = ["usr_01HX9ABC", "TOM.BECKER@acme.com", "somebody@elsewhere.example", "usr_01HX9ABC"]
        sent = call.ok("POST /messages", {**HELLO, "to": to})
        assert sent["recipient_count"] == 4
        kept = call.records("messages", "message_id")[sent["message_id"]]
        assert (kept["to"], kept["recipients"]) == (to, ["usr_01HX9ABC", "usr_01HX8TBK"])
        assert kept["sender"] == "usr_01HX8PRM"

    @pytest.mark.parametrize(
        "changed",
        [
            {"to": [f"user{n}@elsewhere.example" for n in range(50)]},
            {"subject": "s" * 255},
            {"subject": "é😀" * 127},
            {"subject": ""},
            {"body": "b" * 10_000},
            {"body": "# Hello\n\n- **you**\n- `me`\n\n[link](https://acme.example)"},
            {"body": ""},
        ],
    )
    def test_at_its_bounds(self, call: Caller, changed: Any) -> None:
        """Max 50 recipients. Max 255 characters. Max 10,000 characters.

        subject string required Message subject line. body string required Message body. Supports Markdown.
        """
        sent = call.ok("POST /messages", {**HELLO, **changed})
        assert sent["recipient_count"] == len({**HELLO, **changed}["to"])
        kept = call.records("messages", "message_id")[sent["message_id"]]
        assert {name: kept[name] for name in changed} == changed

    @pytest.mark.parametrize(
        ("changed", "refused"),
        [
            ({"to": []}, invalid("to must not be empty", "to")),
            ({"to": [f"u{n}@acme.example" for n in range(51)]}, invalid("to must have between 1 and 50 items", "to")),
            ({"to": "usr_01HX9ABC"}, invalid("to must be an array", "to")),
            ({"to": [7]}, invalid("to.0 must be a string", "to.0")),
            ({"to": ["usr_01HX9ABC", "alice"]},
             invalid("to.1 must begin with usr_ or be a valid email address", "to.1")),
            ({"subject": "s" * 256}, invalid("subject must be at most 255 characters", "subject")),
            ({"subject": None}, invalid("subject must be a string", "subject")),
            ({"body": "b" * 10_001}, invalid("body must be at most 10000 characters", "body")),
            ({"send_at": "tomorrow"},
             invalid("send_at must be a valid date-time, such as 2024-01-31T09:30:00Z", "send_at")),
            ({"send_at": "2026-02-30T09:30:00Z"},
             invalid("send_at must be a valid date-time, such as 2024-01-31T09:30:00Z", "send_at")),
            ({"send_at": 1_780_000_000}, invalid("send_at must be a string", "send_at")),
        ],
    )  # fmt: skip
    def test_wrong_fields(self, call: Caller, changed: Any, refused: Any) -> None:
        before = call.records("messages", "message_id"), call.records("threads")
        assert refusal(call("POST /messages", {**HELLO, **changed})) == refused
        assert (call.records("messages", "message_id"), call.records("threads")) == before

    @pytest.mark.parametrize("field", ["to", "subject", "body"])
    def test_required_fields(self, call: Caller, field: str) -> None:
        body = {name: value for name, value in HELLO.items() if name != field}
        assert refusal(call("POST /messages", body)) == invalid(f"{field} is required", field)

    @pytest.mark.parametrize(
        ("changed", "refused"),
        [
            ({"to": ["usr_01HX9ABC", "usr_NOBODY"]}, invalid("to names a user that does not exist: usr_NOBODY", "to")),
            ({"thread_id": "thr_NOWHERE"}, invalid("thread_id names no thread", "thread_id")),
            ({"thread_id": ""}, invalid("thread_id names no thread", "thread_id")),
            ({"thread_id": "usr_01HX9ABC"}, invalid("thread_id names no thread", "thread_id")),
        ],
    )
    def test_what_it_names_must_exist(self, call: Caller, changed: Any, refused: Any) -> None:
        """unknown `usr_…` in `to`, unknown `thread_id`, `send_at` in the past or over 30 days ahead

        400, `field` names it
        """
        before = call.records("messages", "message_id"), call.records("threads")
        assert refusal(call("POST /messages", {**HELLO, **changed})) == refused
        assert (call.records("messages", "message_id"), call.records("threads")) == before


class TestPolling:
    def test_it_is_delivered_after_2_seconds(self, call: Caller) -> None:
        """Messages are delivered asynchronously — use the returned message_id to poll for delivery status.

        polling "with the returned message_id": a message is delivered 2 s after it was sent, by the mock's clock
        """
        call.freeze()
        sent = call.ok("POST /messages", {**HELLO, "to": ["usr_01HX9ABC", "a@elsewhere.example"]})
        poll = f"GET /messages/{sent['message_id']}"
        assert call.ok(poll) == sent == {**sent, "status": "queued", "recipient_count": 2}
        call.advance("PT1.999S")
        assert call.ok(poll) == sent
        call.advance("PT0.001S")
        assert call.ok(poll) == {**sent, "status": "delivered"}
        call.advance("P365D")
        assert call.ok(poll) == {**sent, "status": "delivered"}

    def test_each_at_its_own_time(self, call: Caller) -> None:
        call.freeze()
        polls = []
        for _ in range(3):
            polls.append(f"GET /messages/{call.ok('POST /messages', HELLO)['message_id']}")
            call.advance("PT0.8S")
        assert [call.ok(poll)["status"] for poll in polls] == ["delivered", "queued", "queued"]
        call.advance("PT0.4S")
        assert [call.ok(poll)["status"] for poll in polls] == ["delivered", "delivered", "queued"]

    def test_seeded_messages_have_arrived(self, call: Caller) -> None:
        assert call.ok("GET /messages/msg_01HX9DEF") == {
            "message_id": "msg_01HX9DEF", "status": "delivered", "recipient_count": 1,
        }  # fmt: skip

    def test_it_is_delivered_though_its_sender_or_recipient_is_gone(self, call: Caller) -> None:
        call.freeze()
        by_grace = call.using("limited-key").ok("POST /messages", HELLO)["message_id"]
        call.ok("DELETE /users/usr_01HX8GKF")
        call.ok("DELETE /users/usr_01HX9ABC")
        call.advance("PT2S")
        assert call.ok(f"GET /messages/{by_grace}")["status"] == "delivered"


class TestScheduled:
    @pytest.mark.parametrize(
        "send_at",
        ["2026-06-01T13:00:00Z", "2026-06-01T15:00:00+02:00", "2026-06-01T08:30:00.000-04:30", "2026-06-01t13:00:00z"],
    )
    def test_it_is_delivered_2_seconds_after_its_time(self, call: Caller, send_at: str) -> None:
        """send_at string optional ISO 8601 timestamp to schedule delivery.

        polling "with the returned message_id": `scheduled`, and delivered 2 s after `send_at`, by the mock's clock
        """
        call.freeze(NOON)
        sent = call.ok("POST /messages", {**HELLO, "send_at": send_at})
        poll = f"GET /messages/{sent['message_id']}"
        assert sent["status"] == "scheduled"
        call.advance("PT1H1.999S")
        assert call.ok(poll) == sent
        call.advance("PT0.001S")
        assert call.ok(poll) == {**sent, "status": "delivered"}

    @pytest.mark.parametrize("send_at", [NOON, "2026-06-01T12:00:01Z", "2026-07-01T11:59:59Z", "2026-07-01T12:00:00Z"])
    def test_within_30_days(self, call: Caller, send_at: str) -> None:
        """Must be within 30 days."""
        call.freeze(NOON)
        assert call("POST /messages", {**HELLO, "send_at": send_at}).status_code == 202

    @pytest.mark.parametrize("send_at", ["2026-06-01T11:59:59Z", "2026-07-01T12:00:01Z", "2026-07-01T12:00:00.001Z",
                                         "2020-01-01T00:00:00Z", "2026-06-01T12:00:00+00:01"])  # fmt: skip
    def test_not_in_the_past_nor_later(self, call: Caller, send_at: str) -> None:
        """unknown `usr_…` in `to`, unknown `thread_id`, `send_at` in the past or over 30 days ahead

        400, `field` names it
        """
        call.freeze(NOON)
        refused = invalid(f"send_at must be between {NOON} and 2026-07-01T12:00:00Z", "send_at")
        assert refusal(call("POST /messages", {**HELLO, "send_at": send_at})) == refused
        assert len(call.records("messages", "message_id")) == 5


class TestAgenda:
    def test_reset_empties_it(self, call: Caller) -> None:
        call.freeze()
        call.ok("POST /messages", HELLO)
        call.served.reset()
        before = call.records("messages", "message_id"), call.records("threads")
        call.freeze()
        call.advance("P40D")
        assert (call.records("messages", "message_id"), call.records("threads")) == before

    def test_what_fell_due_in_one_leap_happens_in_order(self, call: Caller) -> None:
        call.freeze(NOON)
        late = call.ok("POST /messages", {**HELLO, "subject": "late", "send_at": "2026-06-01T14:00:00Z"})
        early = call.ok("POST /messages", {**HELLO, "subject": "early", "send_at": "2026-06-01T13:00:00Z"})
        call.advance("P1D")
        threads = call.ok("GET /threads?limit=2")["data"]
        assert [(one["subject"], one["last_message_at"]) for one in threads] == [
            ("late", "2026-06-01T14:00:02Z"), ("early", "2026-06-01T13:00:02Z"),
        ]  # fmt: skip
        for one in (late, early):
            assert call.ok(f"GET /messages/{one['message_id']}")["status"] == "delivered"

    def test_what_falls_due_at_one_moment_happens_in_the_order_in_which_it_was_asked_for(self, call: Caller) -> None:
        call.freeze(NOON)
        for subject in ("one", "two", "three"):
            call.ok("POST /messages", {**HELLO, "subject": subject, "send_at": "2026-06-01T13:00:00Z"})
        call.advance("P1D")
        assert [one["subject"] for one in call.ok("GET /threads?limit=3")["data"]] == ["three", "two", "one"]
