"""Contacts REST's document says what its source and READINGS.md say, row by row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pointed import at, document, faults, operations, parameter, seed, statuses

API = "contacts-rest"
SCHEMA = "/components/schemas"
Load = Callable[[str], Any]
CONTACT = "12345678901234567890"

# a row of READINGS.md -> where the document speaks of it, and with which status
ROWS = {
    "no paths at all": ("/paths/~1contacts/post", "assumed"),
    'GET with "Fields" and a JSON example': ("/paths/~1contacts/get/parameters/0", "contradiction"),
    'search answers one `id`, text says "matching contacts"': ("/paths/~1contacts/get", "contradiction"),
    "`contact_id` / `contactID`, `update_fields` / `updateFields`": (f"{SCHEMA}/ContactEdit", "contradiction"),
    "`phone`: Integer in the table, string in the example": (f"{SCHEMA}/Phone", "contradiction"),
    "editable: `name`, `email`, `phone`, but a contact has `first_name`, `last_name`": (
        f"{SCHEMA}/ContactChanges",
        "contradiction",
    ),
    "ids": (f"{SCHEMA}/Id", "documented"),
    "delete": ("/paths/~1contacts/delete/responses/200/content/text~1plain", "documented"),
    "`searchby` not a contact field": (f"{SCHEMA}/SearchField", "documented"),
}


def test_each_row_of_the_readings_stands_in_the_document(readings: Load) -> None:
    assert list(readings(API)) == list(ROWS)
    for row, (pointer, status) in ROWS.items():
        source = at(API, pointer)["x-source"]
        assert (source["gap"], source["status"]) == (row, status)
        assert source["reading"]


def test_what_the_vendor_shows_is_an_example(vendor_text: Load, shown_json: Load, examples: Load) -> None:
    assert [value for value in shown_json(vendor_text("004")) if value not in examples(API)] == []


def test_four_operations_on_one_pair_of_paths() -> None:
    assert {(one["method"].upper(), one["path"]) for one in operations(API).values()} == {
        ("POST", "/contacts"), ("GET", "/contacts"), ("POST", "/contacts/edit"), ("DELETE", "/contacts"),
    }  # fmt: skip


def test_the_key_travels_in_a_header() -> None:
    scheme = at(API, "/components/securitySchemes/apiKey")
    assert (scheme["type"], scheme["in"], scheme["name"]) == ("apiKey", "header", "x-api-key")
    for name, own in operations(API).items():
        needs = own.get("security", document(API)["security"])
        assert needs == [{"apiKey": ["read" if own["method"] == "get" else "write"]}], name
        assert {"200", "400", "401", "4XX"} <= statuses(API, name)


def test_a_contact_needs_first_name_and_email() -> None:
    body = f"{SCHEMA}/ContactCreate"
    assert faults(API, body, {"first_name": "John", "email": "johndoe@example.com"}) == []
    assert faults(API, body, {}) == ["/: required", "/: required"]


@pytest.mark.parametrize("phone", ["+1234567890", 1234567890])
def test_a_phone_number_is_text_or_a_number(phone: str | int) -> None:
    new = {"first_name": "John", "email": "johndoe@example.com", "phone": phone}
    assert faults(API, f"{SCHEMA}/ContactCreate", new) == []
    assert faults(API, f"{SCHEMA}/ContactChanges", {"phone": phone}) == []
    assert faults(API, f"{SCHEMA}/ContactChanges", {"phone": True}) == ["/phone: anyOf"]


def test_a_search_names_a_field_of_a_contact_and_a_term() -> None:
    for name in ("searchby", "search"):
        asked = parameter(API, "searchContacts", name)
        assert (asked["in"], asked["required"]) == ("query", True)
    for field in ("first_name", "last_name", "email", "phone", "company", "job_title", "notes"):
        assert faults(API, f"{SCHEMA}/SearchField", field) == []
    assert faults(API, f"{SCHEMA}/SearchField", "age") == ["/: enum"]


def test_a_search_may_come_as_a_body() -> None:
    own = operations(API)["searchContacts"]
    assert own["requestBody"]["required"] is False
    assert own["x-mock"]["body-as-query"] is True
    assert faults(API, f"{SCHEMA}/ContactSearch", {"searchby": "company", "search": "Example Inc."}) == []


def test_a_search_answers_the_oldest_match() -> None:
    assert document(API)["x-mock"]["resources"]["contacts"]["order"] == ["created_at"]
    assert "404" in operations(API)["searchContacts"]["responses"]


@pytest.mark.parametrize("key", ["contact_id", "contactID"])
@pytest.mark.parametrize("fields", ["update_fields", "updateFields"])
def test_editing_takes_either_spelling_and_needs_one(key: str, fields: str) -> None:
    body = f"{SCHEMA}/ContactEdit"
    assert faults(API, body, {key: CONTACT, fields: {"email": "example@example.com"}}) == []
    assert faults(API, body, {key: CONTACT}) == ["/: anyOf"]
    assert faults(API, body, {fields: {}}) == ["/: anyOf"]
    assert faults(API, body, {key: CONTACT, fields: {"first_name": "Jane"}}) == [f"/{fields}: additionalProperties"]


def test_only_name_email_and_phone_can_be_edited() -> None:
    body = f"{SCHEMA}/ContactChanges"
    assert faults(API, body, {"name": "Jane Smith", "email": "jane@example.com", "phone": 1}) == []
    assert faults(API, body, {"name": " "}) == ["/name: pattern"]
    assert operations(API)["editContact"]["x-mock"]["split"] == {"name": ["first_name", "last_name"]}


@pytest.mark.parametrize("key", ["contact_id", "contactID"])
def test_deleting_takes_either_spelling(key: str) -> None:
    assert faults(API, f"{SCHEMA}/ContactDelete", {key: CONTACT}) == []
    assert faults(API, f"{SCHEMA}/ContactDelete", {}) == ["/: anyOf"]


def test_deleting_answers_in_plain_text() -> None:
    content = operations(API)["deleteContact"]["responses"]["200"]["content"]
    assert content["text/plain"]["schema"]["const"] == "Document deleted successfully"


def test_answers_are_ids_of_20_digits() -> None:
    assert faults(API, f"{SCHEMA}/ContactId", {"id": CONTACT}) == []
    assert faults(API, f"{SCHEMA}/ContactId", {"id": "1234"}) == ["/id: pattern"]
    assert faults(API, f"{SCHEMA}/ContactId", {"id": CONTACT, "email": "a@example.com"}) == ["/: additionalProperties"]


def test_the_documented_search_finds_the_documented_contact() -> None:
    named = seed(API)["records"]["contacts"]["named"]
    for record in named:
        assert faults(API, f"{SCHEMA}/Contact", record) == []
    oldest = min((one for one in named if one["company"] == "Example Inc."), key=lambda one: one["created_at"])
    assert oldest["id"] == CONTACT
