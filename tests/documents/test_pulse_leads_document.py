"""Pulse Leads' document says what its source and READINGS.md say, row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from pointed import at, document, faults, operations, parameter, seed, statuses

API = "pulse-leads"
SCHEMA = "/components/schemas"
Load = Callable[[str], Any]

# a row of READINGS.md -> where the document speaks of it, and with which status
ROWS = {
    "example: 142 leads, 8 pages, default page size 10": (f"{SCHEMA}/LeadPage/properties/totalPages", "contradiction"),
    "account": ("/components/parameters/account", "documented"),
    "statuses": ("/paths/~1leads/post", "assumed"),
    "fields": (f"{SCHEMA}/Lead", "documented"),
    "`sort`": ("/paths/~1leads/get/parameters/3", "documented"),
    "filters": ("/paths/~1leads/get/parameters/5", "documented"),
    "`search`": ("/paths/~1leads/get/parameters/2", "documented"),
    "dates": (f"{SCHEMA}/Lead/properties/lastContacted", "contradiction"),
    "`pageSize` maximum": ("/paths/~1leads/get/parameters/1", "assumed"),
}
EXAMPLE = {
    "id", "firstName", "lastName", "email", "phone", "company", "jobTitle", "processStage", "archived", "lastContacted",
    "createdAt", "updatedAt",
}  # fmt: skip
NAMED_IN_WORDS = {"source", "status", "assignedTo", "notes"}


def test_each_row_of_the_readings_stands_in_the_document(readings: Load) -> None:
    assert list(readings(API)) == list(ROWS)
    for row, (pointer, status) in ROWS.items():
        source = at(API, pointer)["x-source"]
        assert (source["gap"], source["status"]) == (row, status)
        assert source["reading"]


def test_operations_and_their_success() -> None:
    assert {(one["method"].upper(), one["path"], min(one["responses"])) for one in operations(API).values()} == {
        ("GET", "/leads", "200"), ("POST", "/leads", "201"), ("GET", "/leads/{leadId}", "200"),
        ("PATCH", "/leads/{leadId}", "200"), ("DELETE", "/leads/{leadId}", "204"),
        ("POST", "/leads/{leadId}/archive", "200"), ("DELETE", "/leads/{leadId}/archive", "200"),
    }  # fmt: skip


def test_no_authentication_is_asked_for() -> None:
    assert document(API)["security"] == []
    assert all("security" not in one for one in operations(API).values())


@pytest.mark.parametrize("operation", list(operations(API)))
def test_every_operation_takes_an_account_and_refuses_an_unknown_one(operation: str) -> None:
    account = parameter(API, operation, "X-Account-Id")
    assert (account["in"], account.get("required", False)) == ("header", False)
    assert "403" in statuses(API, operation)


def test_every_property_of_a_lead_is_a_filter_of_its_type() -> None:
    shown = at(API, f"{SCHEMA}/LeadShown")["properties"]
    assert set(shown) == EXAMPLE | NAMED_IN_WORDS
    for name, schema in shown.items():
        asked = parameter(API, "listLeads", name)
        assert asked["in"] == "query"
        assert asked["schema"]["type"] in schema["type"]
        assert asked["schema"].get("format") == (schema.get("format") if name != "email" else None)
    assert operations(API)["listLeads"]["x-mock"]["unknown-parameters"] == "refuse"


@pytest.mark.parametrize(
    ("name", "default"), [("page", 1), ("pageSize", 10), ("sort", ["-createdAt"]), ("archived", False)]
)
def test_defaults_of_the_list(name: str, default: object) -> None:
    assert parameter(API, "listLeads", name)["schema"]["default"] == default


def test_a_page_holds_at_most_100() -> None:
    assert parameter(API, "listLeads", "pageSize")["schema"]["maximum"] == 100


@pytest.mark.parametrize(
    ("order", "is_right"),
    [("-createdAt", True), ("lastName,-id", True), ("age", False), ("", False), ("id,", False), ("--id", False)],
)
def test_sort_takes_fields_of_a_lead_with_commas_between(order: str, is_right: bool) -> None:
    asked = parameter(API, "listLeads", "sort")
    assert (asked["style"], asked["explode"]) == ("form", False)
    [at_index] = [i for i, one in enumerate(at(API, "/paths/~1leads/get/parameters")) if one.get("name") == "sort"]
    assert (faults(API, f"/paths/~1leads/get/parameters/{at_index}/schema", order.split(",")) == []) is is_right


@pytest.mark.parametrize("time", ["2023-06-15T14:30:00Z", "2023-06-15T14:30:00.000Z", None])
def test_times_are_accepted_with_and_without_milliseconds(time: str | None) -> None:
    assert faults(API, f"{SCHEMA}/LeadFields", {"lastContacted": time}) == []
    assert document(API)["x-mock"]["times"] == "milliseconds"


def test_no_field_is_required_and_each_text_may_be_null() -> None:
    assert faults(API, f"{SCHEMA}/LeadFields", {}) == []
    texts = {name for name, one in at(API, f"{SCHEMA}/LeadFields")["properties"].items() if "null" in one["type"]}
    assert texts == (EXAMPLE | NAMED_IN_WORDS) - {"id", "archived", "createdAt", "updatedAt"}
    assert faults(API, f"{SCHEMA}/LeadFields", dict.fromkeys(texts)) == []


def test_only_what_can_be_wrong_is_refused_with_400() -> None:
    own = {name: statuses(API, name) for name in operations(API)}
    assert {name for name, declared in own.items() if "400" in declared} == {"listLeads", "createLead", "updateLead"}
    assert {name for name, declared in own.items() if "404" not in declared} == {"listLeads", "createLead"}


def test_an_answer_does_not_show_the_account() -> None:
    kept, shown = (set(at(API, f"{SCHEMA}/{name}")["properties"]) for name in ("Lead", "LeadShown"))
    assert kept - shown == {"accountId"}


def test_refusals_are_problem_details() -> None:
    for name in at(API, "/components/responses"):
        assert list(at(API, f"/components/responses/{name}")["content"]) == ["application/problem+json"]


def test_the_documented_page_is_the_seeded_world() -> None:
    example = at(API, "/paths/~1leads/get/responses/200/content/application~1json/examples/documented/value")
    records = seed(API)["records"]
    named = {one["id"]: one for one in records["leads"]["named"]}
    for field, value in example["data"][0].items():
        assert str(named[1][field]).replace(".000Z", "Z") == str(value)
    others = sum(1 for one in named.values() if one["accountId"] != "acc_1001" or one["archived"])
    assert records["leads"]["count"] - others == example["totalCount"]
    accounts = Counter(one["accountId"] for one in named.values())
    assert set(accounts) == {one["id"] for one in records["accounts"]["named"]}
    assert document(API)["x-mock"]["resources"]["leads"]["partition"]["default"] == "acc_1001"
