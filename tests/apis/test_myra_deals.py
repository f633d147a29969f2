"""Myra: pipelines, deals, conversations. Quotes: its guide and the readings of its gaps."""

import re
from typing import Any

import pytest
from calling import Caller
from myra import every, found, refusal

JOHN, SOFIA = "contact_8f2k1m9q", "contact_7c1x5v8n"
TALK = "/conversations/conv_7h3j6b1s"


class TestPipelines:
    def test_pipelines_with_their_stages(self, myra: Caller) -> None:
        """GET /pipelines: Retrieve your pipeline structure and stage IDs.

        pipeline: `{"data": [{"id", "name", "stages": [{"id", "name", "position"}]}]}`; stage ids look like `stage_123`
        """
        answer = myra.ok("GET /pipelines")
        assert set(answer) == {"data"}
        assert [one["name"] for one in answer["data"]] == ["New business", "Renewals"]
        for pipeline in answer["data"]:
            assert set(pipeline) == {"id", "name", "stages"}
            assert all(set(stage) == {"id", "name", "position"} for stage in pipeline["stages"])
            assert [stage["position"] for stage in pipeline["stages"]] == list(range(1, len(pipeline["stages"]) + 1))
            assert all(re.fullmatch(r"stage_\d+", stage["id"]) for stage in pipeline["stages"])
        stages = [stage for one in answer["data"] for stage in one["stages"]]
        assert {"id": "stage_123", "name": "Proposal sent", "position": 3} in stages
        assert {one["stage_id"] for one in every(myra, "/deals?limit=200")} <= {stage["id"] for stage in stages}


class TestDeals:
    def test_create(self, myra: Caller) -> None:
        """Manage your sales funnel programmatically.

        POST /deals: Create a new deal and assign it to a contact and stage.

        deal fields: `id`, `title`, `value` (number), `currency`, `contact_id`, `stage_id`, `created_at`, `updated_at`;
        `contact_id` and `stage_id` are required and must exist (else 422 on that field)
        """
        myra.freeze("2026-06-01T12:00:00Z")
        body = {"title": "Plan", "value": 12.5, "currency": "EUR", "contact_id": JOHN, "stage_id": "stage_121"}
        answer = myra("POST /deals", body)
        times = {"created_at": "2026-06-01T12:00:00Z", "updated_at": "2026-06-01T12:00:00Z"}
        assert answer.status_code == 201
        assert answer.json() == {"id": answer.json()["id"], **body, **times}
        assert re.fullmatch(r"deal_[0-9a-z]{8}", answer.json()["id"])
        assert myra.ok(f"GET /deals/{answer.json()['id']}") == answer.json() == found(myra, "/deals")[0]

    def test_contact_and_stage_are_enough(self, myra: Caller) -> None:
        """`contact_id` and `stage_id` are required"""
        deal = myra.ok("POST /deals", {"contact_id": JOHN, "stage_id": "stage_121"})
        assert (deal["title"], deal["value"], deal["currency"]) == (None, None, None)

    @pytest.mark.parametrize(
        ("body", "fields"),
        [
            ({}, {"contact_id", "stage_id"}),
            ({"contact_id": JOHN}, {"stage_id"}),
            ({"contact_id": "contact_nobody", "stage_id": "stage_121"}, {"contact_id"}),
            ({"contact_id": JOHN, "stage_id": "stage_999"}, {"stage_id"}),
            ({"contact_id": "contact_nobody", "stage_id": "stage_999"}, {"contact_id", "stage_id"}),
            ({"contact_id": None, "stage_id": 123}, {"contact_id", "stage_id"}),
            ({"contact_id": JOHN, "stage_id": "stage_121", "value": "6000"}, {"value"}),
            ({"contact_id": JOHN, "stage_id": "pipeline_12"}, {"stage_id"}),
        ],
    )
    def test_what_it_refers_to_must_exist(self, myra: Caller, body: Any, fields: set[str]) -> None:
        """`contact_id` and `stage_id` are required and must exist (else 422 on that field)"""
        status, code, details = refusal(myra("POST /deals", body))
        assert (status, code, set(details)) == (422, "validation_failed", fields)
        assert len(every(myra, "/deals?limit=200")) == 45

    def test_a_contact_in_the_trash_is_none(self, myra: Caller) -> None:
        """`contact_id` and `stage_id` are required and must exist"""
        myra.ok(f"DELETE /contacts/{SOFIA}")
        status, _, details = refusal(myra("POST /deals", {"contact_id": SOFIA, "stage_id": "stage_121"}))
        assert (status, set(details)) == (422, {"contact_id"})

    def test_move_and_change(self, myra: Caller) -> None:
        """PATCH /deals/{id}: Move a deal to a new stage or update the expected value."""
        before = myra.ok("GET /deals/deal_5t1v8c2n")
        myra.freeze("2026-06-01T12:00:00Z")
        moved = myra.ok("PATCH /deals/deal_5t1v8c2n", {"stage_id": "stage_124"})
        assert moved == {**before, "stage_id": "stage_124", "updated_at": "2026-06-01T12:00:00Z"}
        assert myra.ok("PATCH /deals/deal_5t1v8c2n", {"value": 7200.5}) == {**moved, "value": 7200.5}
        assert "deal_5t1v8c2n" in [one["id"] for one in found(myra, "/deals?filter[stage_id]=stage_124&limit=200")]

    @pytest.mark.parametrize(
        ("body", "fields"),
        [({"stage_id": "stage_999"}, {"stage_id"}), ({"contact_id": "x", "stage_id": "y"}, {"contact_id", "stage_id"})],
    )
    def test_it_can_only_move_to_what_exists(self, myra: Caller, body: Any, fields: set[str]) -> None:
        """`contact_id` and `stage_id` are required and must exist (else 422 on that field)"""
        before = myra.ok("GET /deals/deal_5t1v8c2n")
        status, _, details = refusal(myra("PATCH /deals/deal_5t1v8c2n", body))
        assert (status, set(details)) == (422, fields)
        assert myra.ok("GET /deals/deal_5t1v8c2n") == before


class TestConversations:
    @pytest.mark.parametrize(
        "body",
        [{"channel": "email", "subject": "Your quote", "body": "Here it is."}, {"channel": "sms", "body": "Hi."}],
    )
    def test_send(self, myra: Caller, body: dict[str, str]) -> None:
        """Interact with your customers.

        POST /conversations/{id}/messages: Send an outbound Email or SMS to a contact.

        message: `{"channel": "email" or "sms", "body", "subject" (email only)}` → 201 with `id`, `conversation_id`,
        `direction: outbound`, `status: queued`, `created_at`; history: `{"data": [...], "next_cursor"}`, oldest first
        """
        myra.freeze("2026-06-01T12:00:00Z")
        answer = myra(f"POST {TALK}/messages", body)
        sent = answer.json()
        assert answer.status_code == 201
        assert re.fullmatch(r"msg_[0-9a-z]{8}", sent["id"])
        assert sent == {
            "id": sent["id"], "conversation_id": "conv_7h3j6b1s", "direction": "outbound", "status": "queued",
            "created_at": "2026-06-01T12:00:00Z",
        }  # fmt: skip
        history = myra.ok(f"GET {TALK}/history?limit=200")["data"]
        assert history[-1] == {**sent, **body}
        assert len(history) == len({one["id"] for one in history})

    @pytest.mark.parametrize(
        ("body", "fields"),
        [
            ({}, {"channel", "body"}),
            ({"channel": "sms"}, {"body"}),
            ({"channel": "fax", "body": "Hi."}, {"channel"}),
            ({"channel": "sms", "body": "Hi.", "subject": "Hello"}, {"subject"}),
            ({"channel": "email", "body": 5, "subject": None}, {"body", "subject"}),
        ],
    )
    def test_what_is_no_message(self, myra: Caller, body: Any, fields: set[str]) -> None:
        """`{"channel": "email" or "sms", "body", "subject" (email only)}`"""
        status, code, details = refusal(myra(f"POST {TALK}/messages", body))
        assert (status, code, set(details)) == (422, "validation_failed", fields)

    def test_history_is_the_whole_thread_oldest_first(self, myra: Caller) -> None:
        """GET /conversations/{id}/history: Retrieve the full message thread for a contact.

        history: `{"data": [...], "next_cursor"}`, oldest first
        """
        myra.ok(f"POST {TALK}/messages", {"channel": "sms", "body": "Hi."})
        page = myra.ok(f"GET {TALK}/history?limit=200")
        assert (set(page), page["next_cursor"]) == ({"data", "next_cursor"}, None)
        times = [one["created_at"] for one in page["data"]]
        assert times == sorted(times)
        assert len(times) > 4
        assert {one["conversation_id"] for one in page["data"]} == {"conv_7h3j6b1s"}
        assert every(myra, f"{TALK}/history?limit=3") == page["data"]

    def test_messages_of_one_moment_keep_their_order(self, myra: Caller) -> None:
        """oldest first"""
        myra.freeze("2026-06-01T12:00:00Z")
        for number in range(5):
            myra.ok(f"POST {TALK}/messages", {"channel": "sms", "body": str(number)})
        assert [one["body"] for one in every(myra, f"{TALK}/history?limit=2")][-5:] == list("01234")

    def test_what_is_sent_shows_on_the_next_page(self, myra: Caller) -> None:
        """Retrieve the full message thread for a contact."""
        size = len(every(myra, f"{TALK}/history"))
        page = myra.ok(f"GET {TALK}/history?limit={size - 1}")
        myra.ok(f"POST {TALK}/messages", {"channel": "sms", "body": "One more"})
        rest = myra.ok(f"GET {TALK}/history?cursor={page['next_cursor']}")
        assert [one["body"] for one in rest["data"]][1:] == ["One more"]
        assert rest["next_cursor"] is None

    def test_conversations_are_apart(self, myra: Caller) -> None:
        """Retrieve the full message thread for a contact."""
        before = every(myra, "/conversations/conv_2q9f5w8m/history")
        cursor = myra.ok(f"GET {TALK}/history?limit=1")["next_cursor"]
        myra.ok(f"POST {TALK}/messages", {"channel": "sms", "body": "Hi."})
        assert every(myra, "/conversations/conv_2q9f5w8m/history") == before
        assert refusal(myra(f"GET /conversations/conv_2q9f5w8m/history?cursor={cursor}"))[0] == 422

    def test_a_conversation_that_is_not_there(self, myra: Caller) -> None:
        """other codes: 404 `not_found`"""
        assert refusal(myra("GET /conversations/conv_none/history")) == (404, "not_found", {})
        answer = myra("POST /conversations/conv_none/messages", {"channel": "sms", "body": "Hi."})
        assert refusal(answer) == (404, "not_found", {})
