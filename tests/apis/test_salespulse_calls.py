"""SalesPulse: calls, pipeline and events. Quotes: its page and the readings of its gaps."""

import re
from typing import Any

import pytest
from calling import Caller
from salespulse import JANE, events, refusal

ROBERT = "ctn_xyz789"
NOON = "2026-06-01T12:00:00Z"
SUMMARY = {"id", "contact_id", "direction", "status", "duration_seconds", "disposition", "started_at"}


def ids(call: Caller, query: str) -> list[str]:
    return [one["id"] for one in call.ok(f"GET /calls?limit=200&{query}")["data"]]


class TestHistory:
    def test_a_list_shows_less_than_the_single_call(self, salespulse: Caller) -> None:
        """List call history.

        Get call details including recording URL and transcript.

        call: `id` like `call_abc123`, `contact_id`, `direction`, `status`, `duration_seconds`, `disposition`,
        `recording_url`, `transcript`, `started_at`; the list leaves out recording and transcript
        """
        listed = {one["id"]: one for one in salespulse.ok("GET /calls?limit=200")["data"]}
        assert {frozenset(one) for one in listed.values()} == {frozenset(SUMMARY)}
        call = salespulse.ok("GET /calls/call_abc123")
        assert set(call) == SUMMARY | {"recording_url", "transcript"}
        assert listed["call_abc123"] == {name: call[name] for name in SUMMARY}
        assert re.fullmatch(r"https://\S+", call["recording_url"])
        assert "Agent:" in call["transcript"]

    def test_latest_first(self, salespulse: Caller) -> None:
        """List call history."""
        times = [one["started_at"] for one in salespulse.ok("GET /calls?limit=200")["data"]]
        assert times == sorted(times, reverse=True)

    def test_by_contact(self, salespulse: Caller) -> None:
        """Filter with ?contact_id=, ?from=, ?to= date params."""
        every = salespulse.ok("GET /calls?limit=200")["data"]
        wanted = [one["id"] for one in every if one["contact_id"] == ROBERT]
        assert ids(salespulse, f"contact_id={ROBERT}") == wanted
        assert "call_abc123" in wanted
        assert len(wanted) < len(every)
        assert ids(salespulse, "contact_id=ctn_nobody") == []

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("from=2026-02-26", True), ("from=2026-02-27", False), ("to=2026-02-26", True), ("to=2026-02-25", False),
            ("from=2026-02-26&to=2026-02-26", True), ("from=2026-02-27&to=2026-02-26", False),
            ("from=2026-02-26T15:26:58Z", True), ("from=2026-02-26T15:26:59Z", False),
            ("to=2026-02-26T15:26:58Z", True), ("to=2026-02-26T15:26:57Z", False),
            ("from=2026-02-26T16:26:58%2B01:00", True), ("from=2026-02-26T16:26:59%2B01:00", False),
            ("from=2026-02-26T15:26:58Z&to=2026-02-26", True), ("from=2026-02-26&to=2026-02-26T15:26:57Z", False),
        ],
    )  # fmt: skip
    def test_from_and_to_are_inclusive(self, salespulse: Caller, query: str, found: bool) -> None:
        """Filter with ?contact_id=, ?from=, ?to= date params.

        `from`, `to`: ISO dates or date-times, inclusive
        """
        assert ("call_abc123" in ids(salespulse, query)) is found

    def test_a_range_and_its_total(self, salespulse: Caller) -> None:
        """`from`, `to`: ISO dates or date-times, inclusive"""
        every = salespulse.ok("GET /calls?limit=200")["data"]
        wanted = [one["id"] for one in every if "2025-10-01" <= one["started_at"][:10] <= "2025-12-31"]
        page = salespulse.ok("GET /calls?from=2025-10-01&to=2025-12-31&limit=3")
        assert (page["total"], [one["id"] for one in page["data"]]) == (len(wanted), wanted[:3])
        assert 3 < len(wanted) < len(every)

    @pytest.mark.parametrize("name", ["from", "to"])
    @pytest.mark.parametrize("value", ["yesterday", "2026-02-30", "26.02.2026", "2026-02-26T25:00:00Z"])
    def test_what_is_no_date(self, salespulse: Caller, name: str, value: str) -> None:
        """bad query parameters and malformed JSON: 400"""
        status, code, message = refusal(salespulse(f"GET /calls?{name}={value}"))
        assert (status, code) == (400, "bad_request")
        assert name in message.lower()


class TestInitiate:
    def test_it_rings_and_ends_after_30_seconds(self, salespulse: Caller) -> None:
        """Initiate an outbound call from your SalesPulse number.

        `POST /calls/initiate`: `{"contact_id"}` → 201 with status `ringing`; 30 s later by the mock's clock it is
        `completed`, and `call.completed` is sent

        call.completedAn outbound or inbound call ended
        """
        salespulse.freeze(NOON)
        answer = salespulse("POST /calls/initiate", {"contact_id": ROBERT})
        call = answer.json()
        ringing = {"direction": "outbound", "status": "ringing", "started_at": NOON, "contact_id": ROBERT}
        unknown = dict.fromkeys(("duration_seconds", "disposition", "recording_url", "transcript"))
        assert (answer.status_code, call) == (201, {"id": call["id"], **ringing, **unknown})
        assert re.fullmatch(r"call_[0-9a-z]{6}", call["id"])
        assert ids(salespulse, "")[0] == call["id"]

        salespulse.advance("PT29.999S")
        assert salespulse.ok(f"GET /calls/{call['id']}") == call
        assert events(salespulse) == []

        salespulse.advance("PT0.001S")
        ended = salespulse.ok(f"GET /calls/{call['id']}")
        assert {**ringing, "status": "completed"}.items() <= ended.items()
        assert 0 < ended["duration_seconds"] <= 30
        assert ended["recording_url"] == f"https://salespulse.app/recordings/{call['id']}.mp3"
        told = ("contact_id", "direction", "duration_seconds", "recording_url", "disposition")
        data = {"call_id": call["id"], **{name: ended[name] for name in told}}
        assert events(salespulse) == [{"event": "call.completed", "timestamp": "2026-06-01T12:00:30Z", "data": data}]

    def test_it_ends_at_its_moment_however_late_one_looks(self, salespulse: Caller) -> None:
        """30 s later by the mock's clock it is `completed`"""
        salespulse.freeze(NOON)
        salespulse.ok("POST /calls/initiate", {"contact_id": ROBERT})
        salespulse.advance("PT72H")
        assert [one["timestamp"] for one in events(salespulse)] == ["2026-06-01T12:00:30Z"]

    def test_calls_end_each_in_their_own_way(self, salespulse: Caller) -> None:
        """`disposition`, `recording_url`, `transcript`"""
        salespulse.freeze(NOON)  # how a call ends follows from its key, and that from when it began
        contacts = [one["id"] for one in salespulse.ok("GET /contacts?limit=20")["data"]]
        called = [salespulse.ok("POST /calls/initiate", {"contact_id": one})["id"] for one in contacts]
        salespulse.advance("PT30S")
        ended = [salespulse.ok(f"GET /calls/{one}") for one in called]
        said = {(one["disposition"], one["duration_seconds"], one["transcript"]) for one in ended}
        assert len({disposition for disposition, _, _ in said}) == len(said) == 4
        for disposition, _, transcript in said:
            assert ("leave a message" in transcript) == (disposition == "voicemail")

    @pytest.mark.parametrize("body", [{}, {"contact_id": "ctn_nobody"}, {"contact_id": None}, {"contact_id": 5}, []])
    def test_whom_it_cannot_call(self, salespulse: Caller, body: Any) -> None:
        """a body that fails validation: 422"""
        assert refusal(salespulse("POST /calls/initiate", body))[:2] == (422, "unprocessable_entity")
        salespulse.advance("PT30S")
        assert events(salespulse) == []
        assert salespulse.ok("GET /calls")["total"] == 60

    def test_a_deleted_contacts_call_still_ends(self, salespulse: Caller) -> None:
        """30 s later by the mock's clock it is `completed`"""
        contact = salespulse.ok("POST /contacts", JANE)["id"]
        call = salespulse.ok("POST /calls/initiate", {"contact_id": contact})["id"]
        salespulse.ok(f"DELETE /contacts/{contact}")
        salespulse.advance("PT30S")
        assert salespulse.ok(f"GET /calls/{call}")["status"] == "completed"


class TestPipeline:
    def test_stages_in_their_order(self, salespulse: Caller) -> None:
        """List all pipeline stages."""
        stages = salespulse.ok("GET /pipeline/stages")["data"]
        assert all(set(stage) == {"id", "name", "position"} for stage in stages)
        assert [stage["position"] for stage in stages] == list(range(1, len(stages) + 1))
        assert stages[1] == {"id": "stg_contacted", "name": "Contacted", "position": 2}

    def test_move(self, salespulse: Caller) -> None:
        """Move a contact to a pipeline stage.

        `PATCH /contacts/{id}/stage`: `{"stage_id"}` → the contact; sends `pipeline.stage_changed`; an unknown stage
        is 422

        pipeline.stage_changedA contact moved to a new pipeline stage
        """
        before = salespulse.ok(f"GET /contacts/{ROBERT}")
        salespulse.freeze(NOON)
        after = salespulse.ok(f"PATCH /contacts/{ROBERT}/stage", {"stage_id": "stg_issued"})
        assert (
            after
            == {**before, "stage_id": "stg_issued", "updated_at": NOON}
            == salespulse.ok(f"GET /contacts/{ROBERT}")
        )
        data = {"contact_id": ROBERT, "stage_id": "stg_issued", "previous_stage_id": "stg_quoted"}
        assert events(salespulse) == [{"event": "pipeline.stage_changed", "timestamp": NOON, "data": data}]

    def test_a_first_stage_has_none_before_it(self, salespulse: Caller) -> None:
        """pipeline.stage_changedA contact moved to a new pipeline stage"""
        contact = salespulse.ok("POST /contacts", JANE)["id"]
        salespulse.ok(f"PATCH /contacts/{contact}/stage", {"stage_id": "stg_new"})
        assert events(salespulse)[-1]["data"] == {
            "contact_id": contact,
            "stage_id": "stg_new",
            "previous_stage_id": None,
        }

    def test_staying_is_no_move(self, salespulse: Caller) -> None:
        """A contact moved to a new pipeline stage"""
        assert salespulse.ok(f"PATCH /contacts/{ROBERT}/stage", {"stage_id": "stg_quoted"})["stage_id"] == "stg_quoted"
        assert events(salespulse) == []

    @pytest.mark.parametrize("body", [{}, {"stage_id": "stg_none"}, {"stage_id": None}, {"stage_id": "ctn_xyz789"}])
    def test_an_unknown_stage_is_422(self, salespulse: Caller, body: Any) -> None:
        """an unknown stage is 422"""
        status, code, message = refusal(salespulse(f"PATCH /contacts/{ROBERT}/stage", body))
        assert (status, code) == (422, "unprocessable_entity")
        assert "stage_id" in message.lower()
        assert salespulse.ok(f"GET /contacts/{ROBERT}")["stage_id"] == "stg_quoted"
        assert events(salespulse) == []

    def test_deals_with_contact_and_stage(self, salespulse: Caller) -> None:
        """List pipeline deals with contact and stage info.

        deals: `{"id", "title", "value", "contact": {...}, "stage": {...}}`
        """
        deals = {one["id"]: one for one in salespulse.ok("GET /pipeline/deals?limit=200")["data"]}
        assert {frozenset(one) for one in deals.values()} == {frozenset({"id", "title", "value", "contact", "stage"})}
        robert = salespulse.ok(f"GET /contacts/{ROBERT}")
        names = ("id", "first_name", "last_name", "phone", "email")
        assert deals["deal_k3m9q2"]["contact"] == {name: robert[name] for name in names}
        assert deals["deal_k3m9q2"]["stage"] == {"id": "stg_quoted", "name": "Quoted", "position": 3}

    def test_they_show_the_contact_as_it_is_now(self, salespulse: Caller) -> None:
        """List pipeline deals with contact and stage info."""
        salespulse.ok(f"PATCH /contacts/{ROBERT}", {"first_name": "Bob"})
        deals = {one["id"]: one for one in salespulse.ok("GET /pipeline/deals?limit=200")["data"]}
        assert deals["deal_k3m9q2"]["contact"]["first_name"] == "Bob"


class TestEvents:
    def test_the_documented_envelope(self, salespulse: Caller) -> None:
        """SalesPulse can POST real-time events to your endpoint.

        // Example webhook payload: call.completed { "event": "call.completed", "timestamp": "2026-02-26T15:30:00Z",
        "data": { "call_id": "call_abc123", "contact_id": "ctn_xyz789", "direction": "outbound", "duration_seconds":
        182, "recording_url": "https://...", "disposition": "interested" } }

        """
        salespulse.ok("POST /contacts", JANE)
        salespulse.ok(f"PATCH /contacts/{ROBERT}", {"state": "GA"})
        salespulse.ok(f"PATCH /contacts/{ROBERT}/stage", {"stage_id": "stg_lost"})
        salespulse.ok("POST /calls/initiate", {"contact_id": ROBERT})
        salespulse.advance("PT30S")
        sent = events(salespulse)
        assert [one["event"] for one in sent] == [
            "contact.created", "contact.updated", "pipeline.stage_changed", "call.completed",
        ]  # fmt: skip
        for one in sent:
            assert list(one) == ["event", "timestamp", "data"]
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", one["timestamp"])
        documented = ["call_id", "contact_id", "direction", "duration_seconds", "recording_url", "disposition"]
        assert list(sent[-1]["data"]) == documented

    def test_created_and_updated_carry_the_contact(self, salespulse: Caller) -> None:
        """contact.createdA new contact was created

        contact.updatedA contact field was updated
        """
        created = salespulse.ok("POST /contacts", JANE)
        updated = salespulse.ok(f"PATCH /contacts/{created['id']}", {"state": "GA"})
        assert [(one["event"], one["data"]) for one in events(salespulse)] == [
            ("contact.created", created), ("contact.updated", updated),
        ]  # fmt: skip

    def test_an_update_that_changes_nothing_is_no_news(self, salespulse: Caller) -> None:
        """contact.updatedA contact field was updated"""
        state = salespulse.ok(f"GET /contacts/{ROBERT}")["state"]
        salespulse.ok(f"PATCH /contacts/{ROBERT}", {})
        salespulse.ok(f"PATCH /contacts/{ROBERT}", {"state": state})
        assert events(salespulse) == []
        salespulse.ok(f"PATCH /contacts/{ROBERT}", {"state": None})
        assert [one["event"] for one in events(salespulse)] == ["contact.updated"]

    def test_refused_calls_send_nothing(self, salespulse: Caller) -> None:
        """A contact field was updated"""
        salespulse(f"PATCH /contacts/{ROBERT}", {"email": "robert"})
        salespulse("POST /contacts", {})
        salespulse.using("readonly-key")("POST /contacts", JANE)
        assert events(salespulse) == []

    def test_those_from_outside_wait_for_a_hand(self, salespulse: Caller) -> None:
        """webhooks: all seven events in the documented envelope; `call.missed`, `sms.received`,
        `callpulse.call_received` come from outside, so a user fires them through the control API

        call.missedAn inbound call was not answered

        sms.receivedAn inbound SMS was received

        callpulse.call_receivedA live CallPulse call came in
        """
        salespulse.ok("POST /calls/initiate", {"contact_id": ROBERT})
        salespulse.advance("PT1H")
        assert {one["event"] for one in events(salespulse)} == {"call.completed"}
