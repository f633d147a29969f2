"""openapi/pulse.yaml says what Pulse's reference says, sentence by sentence, under the readings of READINGS.md."""

import re
from collections.abc import Callable
from typing import Any

import pytest

Json = Any
Load = Callable[[str], Json]
METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture(scope="module")
def pulse(document: Load) -> Json:
    return document("pulse")


@pytest.fixture(scope="module")
def schemas(pulse: Json) -> Json:
    return pulse["components"]["schemas"]


def without_request_id(value: Json) -> Json:
    """An error as one example shows it: READINGS puts `request_id` into every error."""
    if "error" not in value:
        return value
    return {"error": {name: one for name, one in value["error"].items() if name != "request_id"}}


def test_each_reading_is_a_source_of_the_document(readings: Load, sources: Load) -> None:
    told = {source["gap"]: source["reading"] for source in sources("pulse") if "gap" in source}

    assert set(readings("pulse")) <= set(told)


def test_each_json_of_the_reference_is_an_example(vendor_text: Load, shown_json: Load, examples: Load) -> None:
    given = [without_request_id(value) for value in examples("pulse") if isinstance(value, dict)]
    shown = [without_request_id(value) for value in shown_json(vendor_text("001"))]

    assert len(shown) == 11
    assert [value for value in shown if value not in given] == []


def test_base_url_and_version(pulse: Json, vendor_text: Load) -> None:
    assert f"Base URL: {pulse['servers'][0]['url']}" in vendor_text("001")
    assert f"Version: {pulse['info']['version']}" in vendor_text("001")


def test_operations_are_those_of_the_reference_and_polling(pulse: Json, vendor_text: Load) -> None:
    listed = set(re.findall(r"^((?:GET|POST|PATCH|DELETE) /v2\S+)$", vendor_text("001"), re.MULTILINE))
    found = {f"{m.upper()} /v2{path}" for path, item in pulse["paths"].items() for m in METHODS if m in item}

    assert len(listed) == 6
    assert found == listed | {"GET /v2/messages/{message_id}"}


@pytest.mark.parametrize(
    ("path", "name", "schema"),
    [
        ("/users", "limit", {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}),
        ("/users", "cursor", {"type": "string"}),
        ("/users", "status", {"$ref": "#/components/schemas/Status"}),
        ("/users", "q", {"type": "string"}),
        ("/threads", "limit", {"type": "integer", "minimum": 1, "maximum": 50, "default": 25}),
        ("/threads", "cursor", {"type": "string"}),
        ("/threads", "unread", {"type": "boolean"}),
    ],
)
def test_query_parameters(pulse: Json, path: str, name: str, schema: Json) -> None:
    found = {parameter["name"]: parameter for parameter in pulse["paths"][path]["get"]["parameters"]}

    assert found[name]["schema"] == schema
    assert not found[name].get("required")


def test_a_user_needs_an_email_and_a_role(schemas: Json) -> None:
    body = schemas["NewUser"]

    assert body["required"] == ["email", "role"]
    assert body["properties"]["email"]["format"] == "email"
    assert schemas["Role"]["enum"] == ["admin", "editor", "viewer"]
    assert body["properties"]["name"]["maxLength"] == 120


def test_metadata_holds_at_most_50_texts(schemas: Json) -> None:
    assert schemas["Metadata"]["maxProperties"] == 50
    assert schemas["Metadata"]["additionalProperties"] == {"type": "string"}


def test_an_update_may_remove_metadata_with_null(schemas: Json) -> None:
    assert schemas["UserUpdate"]["properties"]["metadata"]["additionalProperties"] == {"type": ["string", "null"]}
    assert "required" not in schemas["UserUpdate"]


def test_a_message_has_50_recipients_255_and_10000_characters_at_most(schemas: Json) -> None:
    body = schemas["NewMessage"]
    bounds = {name: one.get("maxItems") or one.get("maxLength") for name, one in body["properties"].items()}

    assert body["required"] == ["to", "subject", "body"]
    assert bounds == {"to": 50, "subject": 255, "body": 10_000, "thread_id": None, "send_at": None}
    assert body["properties"]["send_at"]["format"] == "date-time"


@pytest.mark.parametrize(
    ("schema", "shows"),
    [
        ("ListedUser", {"id", "email", "name", "role", "status", "created_at"}),
        ("CreatedUser", {"id", "email", "name", "role", "status", "invited_at"}),
        ("UpdatedUser", {"id", "role", "name", "metadata", "updated_at"}),
        ("AcceptedMessage", {"message_id", "status", "recipient_count"}),
        ("MessageState", {"message_id", "status", "recipient_count"}),
        ("ListedThread", {"id", "subject", "unread_count", "last_message_at"}),
    ],
)
def test_an_answer_shows_what_its_example_shows(schemas: Json, schema: str, shows: set[str]) -> None:
    assert set(schemas[schema]["properties"]) == shows
    assert schemas[schema]["additionalProperties"] is False


def test_error_codes_are_those_of_the_reference(schemas: Json, pulse: Json, vendor_text: Load) -> None:
    table = dict(re.findall(r"^([a-z_]+) (\d{3}) ", vendor_text("001"), re.MULTILINE))

    assert len(table) == 6
    assert set(schemas["Error"]["properties"]["error"]["properties"]["code"]["enum"]) == set(table)
    for code, status in table.items():
        codes = pulse["x-mock"]["problems"]["codes"]
        assert codes.get(status, codes["5XX"]) == code


def test_every_operation_can_be_refused_for_its_key_and_its_rate(pulse: Json) -> None:
    for path, item in pulse["paths"].items():
        for method in set(item) & set(METHODS):
            assert {"401", "403", "429", "500", "4XX"} <= set(item[method]["responses"]), f"{method} {path}"


def test_a_429_says_when_to_retry_and_has_no_other_rate_header(pulse: Json) -> None:
    headers = pulse["components"]["responses"]["RateLimited"]["headers"]

    assert set(headers) == {"Retry-After"}
    assert headers["Retry-After"]["required"]


def test_tiers(pulse: Json) -> None:
    assert pulse["x-mock"]["limits"]["tiers"] == {
        "Free": [{"requests": 60, "per": "PT1M"}],
        "Pro": [{"requests": 1000, "per": "PT1M"}],
        "Enterprise": [],
    }


def test_the_workspace_has_people_of_all_kinds_and_threads_of_several_pages(seed: Load) -> None:
    fixtures = seed("pulse")
    users = {user["id"]: user for user in fixtures["records"]["users"]["named"]}
    roles = {name: users[key["user"]]["role"] for name, key in fixtures["keys"].items()}

    assert roles == {"test-key": "admin", "readonly-key": "viewer", "limited-key": "admin"}
    assert {user["status"] for user in users.values()} == {"active", "inactive", "pending"}
    assert fixtures["records"]["users"]["count"] >= 30
    assert fixtures["records"]["threads"]["count"] >= 30


def test_the_requests_of_the_reference_work_on_the_first_records(seed: Load) -> None:
    users = {user["id"]: user for user in seed("pulse")["records"]["users"]["named"]}

    assert users["usr_01HX9ABC"]["email"] == "alice@acme.com"
    assert "bob@acme.com" not in {user["email"] for user in users.values()}
