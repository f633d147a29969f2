"""openapi/myra.yaml says what Myra's guide says, sentence by sentence, under the readings of READINGS.md."""

import re
from collections.abc import Callable
from typing import Any

import pytest

Json = Any
Load = Callable[[str], Json]
METHODS = ("get", "post", "put", "patch", "delete")
SCOPES = {
    "contacts:read", "contacts:write", "deals:read", "deals:write", "pipelines:read",
    "conversations:read", "conversations:write",
}  # fmt: skip


@pytest.fixture(scope="module")
def myra(document: Load) -> Json:
    return document("myra")


@pytest.fixture(scope="module")
def schemas(myra: Json) -> Json:
    return myra["components"]["schemas"]


def operations(myra: Json) -> dict[str, Json]:
    return {f"{m.upper()} {path}": item[m] for path, item in myra["paths"].items() for m in METHODS if m in item}


def test_each_reading_is_a_source_of_the_document(readings: Load, sources: Load) -> None:
    told = {source["gap"]: source["reading"] for source in sources("myra") if "gap" in source}

    assert set(readings("myra")) <= set(told)


def test_error_and_snippets_of_the_guide_are_examples(vendor_text: Load, shown_json: Load, examples: Load) -> None:
    error, headers, python = shown_json(vendor_text("000"))
    node = {"first_name": "Jane", "last_name": "Doe", "email": "jane@doe.com"}  # written as JavaScript

    assert headers == {"Authorization": "Bearer YOUR_TOKEN"}
    assert [value for value in (error, python, node) if value not in examples("myra")] == []


def test_base_url(myra: Json, vendor_text: Load) -> None:
    assert myra["servers"][0]["url"] in vendor_text("000")


def test_operations_are_those_of_the_guide_and_the_implied_ones(myra: Json, vendor_text: Load) -> None:
    listed = set(re.findall(r"((?:GET|POST|PATCH|DELETE) /[^\s:?]+):", vendor_text("000")))
    implied = {"GET /contacts/{id}", "GET /deals/{id}"}

    assert len(listed) == 9
    assert set(operations(myra)) == listed | {"GET /deals"} | implied
    assert {operations(myra)[name]["x-source"]["status"] for name in implied} == {"implied"}


def test_limit_is_20_and_at_most_200(myra: Json) -> None:
    schema = myra["components"]["parameters"]["Limit"]["schema"]

    assert schema == {"type": "integer", "minimum": 1, "maximum": 200, "default": 20}


@pytest.mark.parametrize(
    ("schema", "compared"),
    [("ContactFilter", {"created_at", "updated_at"}), ("DealFilter", {"value", "created_at", "updated_at"})],
)
def test_any_field_filters_and_numbers_and_dates_are_compared(schemas: Json, schema: str, compared: set[str]) -> None:
    fields = set(schemas[schema.removesuffix("Filter")]["properties"])
    comparisons = {f"{name}_{how}" for name in compared for how in ("gt", "gte", "lt", "lte")}

    assert set(schemas[schema]["properties"]) == fields | comparisons


def test_each_operation_asks_for_one_scope(myra: Json) -> None:
    asked = {name: operation["security"][0]["bearer"] for name, operation in operations(myra).items()}

    assert {scope for scopes in asked.values() for scope in scopes} == SCOPES
    for name, scopes in asked.items():
        resource = name.split("/")[1]
        assert scopes == [f"{resource}:{'read' if name.startswith('GET') else 'write'}"]


def test_rate_headers_are_on_every_response(myra: Json) -> None:
    responses = dict(myra["components"]["responses"])
    for name, operation in operations(myra).items():
        responses |= {f"{name} {status}": one for status, one in operation["responses"].items() if "$ref" not in one}

    for name, response in responses.items():
        assert {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"} <= set(response["headers"]), name
    assert all(header["required"] for header in myra["components"]["headers"].values())


def test_both_windows_hold_at_once(myra: Json) -> None:
    assert myra["x-mock"]["limits"]["windows"] == [
        {"requests": 300, "per": "PT1M"},
        {"requests": 50, "per": "PT1S", "kind": "sliding"},
    ]


def test_a_contact_needs_a_first_name_or_an_email(schemas: Json) -> None:
    assert schemas["NewContact"]["anyOf"] == [{"required": ["first_name"]}, {"required": ["email"]}]


def test_an_external_id_is_looked_at_before_the_email(myra: Json) -> None:
    fields = [unique["field"] for unique in myra["x-mock"]["resources"]["contacts"]["unique"]]

    assert fields == ["external_id", "email"]


def test_the_event_is_a_webhook(myra: Json, vendor_text: Load) -> None:
    assert set(myra["webhooks"]) == {"contact.created"}
    assert "contact.created" in vendor_text("000")


def test_keys_have_the_scopes_that_their_names_promise(seed: Load) -> None:
    keys = {name: set(key["scopes"]) for name, key in seed("myra")["keys"].items()}

    assert keys["test-key"] == keys["limited-key"] == SCOPES
    assert keys["readonly-key"] == {scope for scope in SCOPES if scope.endswith(":read")}


def test_first_records_belong_together(seed: Load) -> None:
    records = {name: group["named"] for name, group in seed("myra")["records"].items()}
    ids = {name: {record["id"] for record in group} for name, group in records.items()}

    assert {stage["pipeline_id"] for stage in records["stages"]} == ids["pipelines"]
    assert {deal["contact_id"] for deal in records["deals"]} <= ids["contacts"]
    assert {deal["stage_id"] for deal in records["deals"]} <= ids["stages"]
    assert {message["conversation_id"] for message in records["messages"]} <= ids["conversations"]
    assert {conversation["contact_id"] for conversation in records["conversations"]} <= ids["contacts"]


def test_the_filters_of_the_guide_find_something(seed: Load) -> None:
    records = seed("myra")["records"]

    assert [one for one in records["contacts"]["named"] if one["email"] == "john@example.com"]
    assert [one for one in records["deals"]["named"] if one["stage_id"] == "stage_123" and one["value"] > 1000]
