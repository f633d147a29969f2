"""SalesPulse's document says what its source and READINGS.md say, row by row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pointed import at, document, faults, operations, parameter, seed, statuses

API = "salespulse"
SCHEMA = "/components/schemas"
Load = Callable[[str], Any]

# a row of READINGS.md -> where the document speaks of it, and with which status
ROWS = {
    "HTTP methods were lost": ("/paths/~1contacts/get", "assumed"),
    "list envelope": (f"{SCHEMA}/ContactList", "assumed"),
    "400 against 422": ("/components/responses/BadRequest", "documented"),
    "error format": (f"{SCHEMA}/Error", "assumed"),
    "contact": (f"{SCHEMA}/Contact", "assumed"),
    "bulk": ("/paths/~1contacts~1bulk/post", "assumed"),
    "call": (f"{SCHEMA}/Call", "assumed"),
    "`POST /calls/initiate`": ("/paths/~1calls~1initiate/post", "assumed"),
    "`from`, `to`": ("/paths/~1calls/get/parameters/1", "assumed"),
    "`PATCH /contacts/{id}/stage`": ("/paths/~1contacts~1{id}~1stage/patch", "assumed"),
    "deals": (f"{SCHEMA}/DealItem", "documented"),
    "rate limit numbers": ("/components/headers/X-RateLimit-Limit", "assumed"),
    "webhooks": ("/webhooks/call.missed/post", "documented"),
    '"HTTP requests are redirected"': ("/servers/0", "documented"),
}


def test_each_row_of_the_readings_stands_in_the_document(readings: Load) -> None:
    assert list(readings(API)) == list(ROWS)
    for row, (pointer, status) in ROWS.items():
        source = at(API, pointer)["x-source"]
        assert (source["gap"], source["status"]) == (row, status)
        assert source["reading"]


def test_what_the_vendor_shows_is_an_example(vendor_text: Load, shown_json: Load, examples: Load) -> None:
    assert [value for value in shown_json(vendor_text("002")) if value not in examples(API)] == []


def test_operations_by_method_and_path() -> None:
    assert {(one["method"].upper(), one["path"]) for one in operations(API).values()} == {
        ("GET", "/contacts"), ("POST", "/contacts"), ("POST", "/contacts/bulk"), ("GET", "/contacts/{id}"),
        ("PATCH", "/contacts/{id}"), ("DELETE", "/contacts/{id}"), ("PATCH", "/contacts/{id}/stage"), ("GET", "/calls"),
        ("GET", "/calls/{id}"), ("POST", "/calls/initiate"), ("GET", "/pipeline/stages"), ("GET", "/pipeline/deals"),
    }  # fmt: skip


def test_base_address() -> None:
    assert document(API)["servers"][0]["url"] == "https://salespulse.app/api/v1"


@pytest.mark.parametrize("operation", ["listContacts", "listCalls", "listStages", "listDeals"])
def test_lists_have_pages_of_50_and_at_most_200(operation: str) -> None:
    limit = parameter(API, operation, "limit")["schema"]
    assert (limit["minimum"], limit["maximum"], limit["default"]) == (1, 200, 50)
    assert parameter(API, operation, "page")["schema"]["default"] == 1
    media = operations(API)[operation]["responses"]["200"]["content"]["application/json"]
    assert set(at(API, media["schema"]["$ref"].removeprefix("#"))["required"]) == {"data", "page", "limit", "total"}


@pytest.mark.parametrize("operation", list(operations(API)))
def test_every_response_says_what_is_left_of_the_rate_limit(operation: str) -> None:
    for status in statuses(API, operation):
        headers = at(API, f"{_pointer(operation)}/responses/{status}")["headers"]
        assert {"X-RateLimit-Limit", "X-RateLimit-Remaining"} <= set(headers)
        for name in headers:
            assert at(API, f"/components/headers/{name}").get("required", False) == (name != "WWW-Authenticate")
        assert ("Retry-After" in headers) == (status == "429")
        assert ("WWW-Authenticate" in headers) == (status == "401")


@pytest.mark.parametrize("operation", list(operations(API)))
def test_bad_parameters_are_400_and_bad_bodies_422(operation: str) -> None:
    own = operations(API)[operation]
    declared = statuses(API, operation)
    query = any(one["in"] == "query" for one in own["parameters"])
    assert ("400" in declared) == (query or "requestBody" in own)
    assert ("422" in declared) == ("requestBody" in own)
    assert ("404" in declared) == ("{id}" in own["path"])
    assert {"401", "429", "500", "4XX"} <= declared


def test_a_contact_needs_a_phone_number_in_e164_form() -> None:
    body = f"{SCHEMA}/ContactCreate"
    assert faults(API, body, {"phone": "+13055551234"}) == []
    assert faults(API, body, {"phone": "+13055551234", "unknown": 1}) == []
    assert faults(API, body, {"first_name": "Jane"}) == ["/: required"]
    for wrong in ("3055551234", "+0123", "+1 305 555 1234", "+1234567890123456", ""):
        assert faults(API, body, {"phone": wrong}) == ["/phone: pattern"]


def test_a_bulk_request_has_1_to_1000_contacts() -> None:
    body = f"{SCHEMA}/ContactsCreate"
    assert faults(API, body, {"contacts": [{"phone": "+13055551234"}] * 1000}) == []
    assert faults(API, body, {"contacts": [{"phone": "+13055551234"}] * 1001}) == ["/contacts: maxItems"]
    assert faults(API, body, {"contacts": []}) == ["/contacts: minItems"]
    assert faults(API, body, {"contacts": [{"phone": "+13055551234"}, {}]}) == ["/contacts/1: required"]


def test_a_call_in_a_list_lacks_recording_and_transcript() -> None:
    whole, summary = (set(at(API, f"{SCHEMA}/{name}")["properties"]) for name in ("Call", "CallSummary"))
    assert whole - summary == {"recording_url", "transcript"}


@pytest.mark.parametrize("when", ["2026-02-26", "2026-02-26T15:30:00Z"])
def test_call_dates_are_dates_or_times(when: str) -> None:
    assert faults(API, f"{SCHEMA}/DayOrTime", when) == []


def test_a_started_call_ends_after_30_seconds_and_tells_so() -> None:
    [later] = operations(API)["initiateCall"]["x-mock"]["later"]
    assert later["after"] == "PT30S"
    assert later["set"]["status"] == "completed"
    assert later["emits"] == ["call.completed"]


def test_the_seven_events_come_in_one_envelope() -> None:
    assert set(document(API)["webhooks"]) == {
        "contact.created", "contact.updated", "call.completed", "call.missed", "sms.received", "pipeline.stage_changed",
        "callpulse.call_received",
    }  # fmt: skip
    for name in document(API)["webhooks"]:
        schema = at(API, f"/webhooks/{name}/post/requestBody/content/application~1json/schema")
        assert schema["required"] == ["event", "timestamp", "data"]
        assert schema["properties"]["event"]["const"] == name


def test_the_documented_event_is_valid() -> None:
    media = at(API, "/webhooks/call.completed/post/requestBody/content/application~1json")
    pointer = "/webhooks/call.completed/post/requestBody/content/application~1json/schema"
    assert faults(API, pointer, media["examples"]["documented"]["value"]) == []


def test_reading_and_writing_are_told_apart() -> None:
    for name, own in operations(API).items():
        needs = own.get("security", document(API)["security"])
        assert needs == [{"bearer": ["read" if own["method"] == "get" else "write"]}], name


def test_named_records_belong_together() -> None:
    records = {name: {one["id"]: one for one in given["named"]} for name, given in seed(API)["records"].items()}
    for name, schema in (("contacts", "Contact"), ("calls", "Call"), ("deals", "Deal"), ("stages", "Stage")):
        for record in records[name].values():
            assert faults(API, f"{SCHEMA}/{schema}", record) == []
            assert record.get("contact_id", "ctn_xyz789") in records["contacts"]
            assert record.get("stage_id", "stg_new") in records["stages"]
    for deal in records["deals"].values():
        assert deal["stage_id"] == records["contacts"][deal["contact_id"]]["stage_id"]


def test_the_documented_event_is_about_a_seeded_call() -> None:
    data = at(API, "/webhooks/call.completed/post/requestBody/content/application~1json/examples/documented/value/data")
    calls = {one["id"]: one for one in seed(API)["records"]["calls"]["named"]}
    call = calls[data["call_id"]]
    for name in ("contact_id", "direction", "duration_seconds", "disposition"):
        assert call[name] == data[name]


def _pointer(operation: str) -> str:
    own = operations(API)[operation]
    return f"/paths/{own['path'].replace('/', '~1')}/{own['method']}"
