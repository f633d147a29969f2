"""The control API over real sockets: clock, reset, state, journal, outbox, and who gets in."""

import re
from typing import Any

import httpx
import pytest
import yaml
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from serving import Served, start

from mockserver.web.control.document import document
from mockserver.web.control.table import ENDPOINTS

DOCUMENT = document()
KEY = {"Authorization": "Bearer test-key"}


def ask(served: Served, method: str, path: str, **options: Any) -> httpx.Response:
    """An answer of the control API, which must be as control.yaml says."""
    answer = served.client.request(method, f"{served.url}{path}", **options)
    operation = described_at(path.partition("?")[0]).get(method.lower())
    response = operation["responses"].get(str(answer.status_code)) if operation else None
    response = response or {"$ref": "#/components/responses/Error"}
    if "$ref" in response:
        response = DOCUMENT["components"]["responses"][response["$ref"].rpartition("/")[2]]
    media = answer.headers["content-type"].partition(";")[0]
    schema = {**response["content"][media]["schema"], "components": DOCUMENT["components"]}
    Draft202012Validator(schema).validate(answer.json() if media == "application/json" else answer.text)
    return answer


def described_at(path: str) -> Any:
    """What the document says of a path, by its template where it has one."""
    fits = (item for known, item in DOCUMENT["paths"].items() if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", known), path))
    return next(fits, {})


def refused(served: Served, method: str, path: str, **options: Any) -> tuple[int, str]:
    answer = ask(served, method, path, **options)
    return answer.status_code, answer.json()["error"]["code"]


def test_the_document_is_valid_and_describes_each_endpoint_and_no_other() -> None:
    validate(DOCUMENT)
    items = DOCUMENT["paths"].items()
    described = {(path, method.upper()) for path, item in items for method in item if method != "parameters"}
    assert described == {(path, method) for path, by_method in ENDPOINTS.items() for method in by_method}


def test_it_serves_its_own_document(pulse: Served) -> None:
    assert ask(pulse, "GET", "/_mock/openapi.json").json() == DOCUMENT
    assert yaml.safe_load(ask(pulse, "GET", "/_mock/openapi.yaml").text) == DOCUMENT


def test_the_index_says_what_is_served_and_where(pulse: Served, everything: Served) -> None:
    index = ask(pulse, "GET", "/_mock").json()
    assert [(api["name"], api["base_paths"]) for api in index["apis"]] == [("pulse", ["/v2"])]
    assert set(index["links"]) | {"/_mock"} == set(ENDPOINTS)
    several = {api["name"]: api["base_paths"] for api in ask(everything, "GET", "/_mock").json()["apis"]}
    assert several["pulse"] == ["/pulse/v2"]


def test_health(pulse: Served) -> None:
    assert ask(pulse, "GET", "/_mock/health").json() == {"status": "ok"}
    head = pulse.client.head(f"{pulse.url}/_mock/health")
    assert (head.status_code, head.content) == (200, b"")


class TestClock:
    def test_freeze_advance_resume(self, pulse: Served) -> None:
        def clock(body: Any) -> Any:
            return ask(pulse, "POST", "/_mock/clock", json=body).json()

        still = {"frozen": True, "speed": 1}
        assert clock({"freeze": "2026-01-01T00:00:00Z"}) == {"now": "2026-01-01T00:00:00.000Z", **still}
        assert clock({"advance": "PT72H"}) == {"now": "2026-01-04T00:00:00.000Z", **still}
        assert ask(pulse, "GET", "/_mock/clock").json() == clock({"freeze": "2026-01-04T00:00:00Z"})
        going = clock({"resume": True})
        assert going["now"].startswith("2026-01-04T00:00:0")
        assert going["frozen"] is False

    def test_a_time_with_an_offset_is_shown_in_utc(self, pulse: Served) -> None:
        answer = ask(pulse, "POST", "/_mock/clock", json={"freeze": "2026-01-01T02:00:00.250+02:00"})
        assert answer.json()["now"] == "2026-01-01T00:00:00.250Z"

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ({}, "bad_body"),
            ([], "bad_body"),
            ("PT1H", "bad_body"),
            ({"advanced": "PT1H"}, "bad_body"),
            ({"advance": "PT1H", "resume": True}, "bad_body"),
            ({"advance": "1 hour"}, "bad_duration"),
            ({"advance": ""}, "bad_duration"),
            ({"advance": "PT"}, "bad_duration"),
            ({"advance": 3600}, "bad_body"),
            ({"advance": None}, "bad_body"),
            ({"advance": "-PT1H"}, "bad_duration"),
            ({"advance": "P9999Y"}, "out_of_range"),
            ({"advance": "P999999Y"}, "out_of_range"),
            ({"freeze": "tomorrow"}, "bad_time"),
            ({"freeze": "2026-13-01T00:00:00Z"}, "bad_time"),
            ({"freeze": 1767225600}, "bad_body"),
            ({"freeze": "0001-01-01T00:00:00+14:00"}, "out_of_range"),
            ({"freeze": "9999-12-31T23:59:59-14:00"}, "out_of_range"),
            ({"resume": False}, "bad_body"),
            ({"resume": 1}, "bad_body"),
            ({"speed": 0}, "bad_body"),
            ({"speed": -1}, "bad_body"),
            ({"speed": "60"}, "bad_body"),
        ],
    )
    def test_what_is_no_clock_setting(self, pulse: Served, body: Any, code: str) -> None:
        before = ask(pulse, "POST", "/_mock/clock", json={"freeze": "2026-01-01T00:00:00Z"}).json()
        assert refused(pulse, "POST", "/_mock/clock", json=body) == (400, code)
        assert ask(pulse, "GET", "/_mock/clock").json() == before

    @pytest.mark.parametrize(
        ("path", "body", "said"),
        [
            ("clock", {"resume": False}, "resume must be true."),
            ("clock", {"advance": 3}, "advance must be a string."),
            ("clock", [], "the body must be an object."),
            ("reset", {"a": 1}, "the body must be empty."),
            ("snapshots", {}, "name is required."),
            ("clock", {"advnce": "PT1H"}, "the body has no property 'advnce' (did you mean 'advance'?)."),
        ],
    )
    def test_what_is_wrong_is_told_in_words(self, pulse: Served, path: str, body: Any, said: str) -> None:
        assert ask(pulse, "POST", f"/_mock/{path}", json=body).json()["error"]["message"] == said

    def test_what_falls_due_happens_when_the_clock_moves(self, pulse: Served) -> None:
        ask(pulse, "POST", "/_mock/clock", json={"freeze": "2026-01-01T00:00:00Z"})
        to = pulse.control("state", api="pulse", resource="users")["apis"]["pulse"]["users"]["records"][0]["id"]
        body = {"to": [to], "subject": "Hi", "body": "Hello"}
        sent = pulse.client.post(f"{pulse.url}/v2/messages", json=body, headers=KEY).json()

        def status() -> str:
            records = pulse.control("state", resource="messages")["apis"]["pulse"]["messages"]["records"]
            return next(str(one["status"]) for one in records if one["message_id"] == sent["message_id"])

        assert status() == "queued"
        pulse.advance("PT2S")
        assert status() == "delivered"


class TestBodies:
    @pytest.mark.parametrize("path", ["/_mock/clock", "/_mock/reset"])
    @pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
    def test_a_form_sets_nothing(self, pulse: Served, path: str, media: str) -> None:
        options = {"content": b'{"resume": true}', "headers": {"content-type": media}}
        assert refused(pulse, "POST", path, **options) == (415, "not_json")

    def test_a_body_without_a_type_sets_nothing(self, pulse: Served) -> None:
        assert refused(pulse, "POST", "/_mock/clock", content=b'{"resume": true}') == (415, "not_json")

    @pytest.mark.parametrize("content", [b"", b"{", b"\xff", b'{"resume": tru', b"[" * 10_000, b'{"advance": NaN}'])
    def test_malformed_json(self, pulse: Served, content: bytes) -> None:
        options = {"content": content, "headers": {"content-type": "application/json"}}
        assert refused(pulse, "POST", "/_mock/clock", **options) == (400, "malformed_json")

    def test_a_charset_is_no_harm(self, pulse: Served) -> None:
        headers = {"content-type": "Application/JSON; charset=utf-8"}
        assert ask(pulse, "POST", "/_mock/clock", content=b'{"resume": true}', headers=headers).status_code == 200

    def test_a_body_over_the_limit(self, pulse: Served) -> None:
        headers = {"content-type": "application/json"}
        options = {"content": b" " * 65_537, "headers": headers}
        assert refused(pulse, "POST", "/_mock/clock", **options) == (413, "too_large")
        chunks = (b" " * 10_000 for _ in range(10))
        assert refused(pulse, "POST", "/_mock/clock", content=chunks, headers=headers) == (413, "too_large")


class TestReset:
    def test_everything_is_as_it_was_at_first(self, pulse: Served) -> None:
        first = pulse.control("state")
        pulse.control("clock", {"freeze": "2026-01-01T00:00:00Z"})
        created = {"email": "new@example.com", "name": "New Person", "role": "viewer"}
        answer = pulse.client.post(f"{pulse.url}/v2/users", json=created, headers=KEY)
        assert answer.status_code == 201, answer.text
        assert pulse.control("state") != first
        assert ask(pulse, "POST", "/_mock/reset").json()["frozen"] is False
        assert pulse.control("state") == first
        assert pulse.control("requests") == {"total": 0, "requests": []}

    def test_it_takes_an_empty_object_or_nothing(self, pulse: Served) -> None:
        assert ask(pulse, "POST", "/_mock/reset", json={}).status_code == 200
        assert refused(pulse, "POST", "/_mock/reset", json={"world": "x"}) == (400, "bad_body")


class TestState:
    def test_records_by_api_and_resource(self, pulse: Served, everything: Served) -> None:
        users = pulse.control("state")["apis"]["pulse"]["users"]
        assert users["total"] == len(users["records"]) >= 30
        assert set(everything.control("state", limit=1)["apis"]) >= {"pulse", "myra", "salespulse"}

    def test_so_many_of_each_and_how_many_there_are(self, pulse: Served) -> None:
        users = pulse.control("state", limit=2, resource="users")["apis"]["pulse"]["users"]
        assert (len(users["records"]), users["total"] >= 30) == (2, True)

    def test_only_one_resource(self, everything: Served) -> None:
        apis = everything.control("state", api="pulse", resource="users", limit=1)["apis"]
        assert {api: list(tables) for api, tables in apis.items()} == {"pulse": ["users"]}

    @pytest.mark.parametrize(
        ("query", "status", "code"),
        [
            ("api=puls", 404, "unknown_api"),
            ("resource=user", 404, "unknown_resource"),
            ("limit=0", 400, "bad_limit"),
            ("limit=10001", 400, "bad_limit"),
            ("limit=-1", 400, "bad_limit"),
            ("limit=1e3", 400, "bad_limit"),
            ("limit=", 400, "bad_limit"),
            ("limit=%D9%A1", 400, "bad_limit"),
            ("limits=3", 400, "unknown_parameter"),
        ],
    )
    def test_what_is_not_understood(self, pulse: Served, query: str, status: int, code: str) -> None:
        assert refused(pulse, "GET", f"/_mock/state?{query}") == (status, code)

    def test_a_hint_names_the_nearest(self, pulse: Served) -> None:
        answer = ask(pulse, "GET", "/_mock/state?api=puls").json()["error"]
        assert "did you mean 'pulse'?" in answer["message"]


class TestRequests:
    def test_newest_first_with_what_was_asked_and_answered(self, pulse: Served) -> None:
        pulse.client.get(f"{pulse.url}/v2/users?limit=2", headers=KEY)
        pulse.client.post(f"{pulse.url}/v2/users", json={"email": "nobody"}, headers=KEY)
        shown = ask(pulse, "GET", "/_mock/requests").json()
        assert shown["total"] == 2
        newest, oldest = shown["requests"]
        assert (newest["request"]["method"], newest["response"]["status"]) == ("POST", 400)
        assert newest["request"]["body"] == '{"email":"nobody"}'
        assert newest["refused_by"]
        assert newest["reason"]
        assert (oldest["request"]["path"], oldest["request"]["query"]) == ("/v2/users", "limit=2")
        assert oldest["refused_by"] is None

    def test_secrets_are_masked(self, pulse: Served) -> None:
        secrets = {**KEY, "X-Api-Key": "test-key", "Cookie": "sid=test-key"}
        pulse.client.get(f"{pulse.url}/v2/users", headers=secrets)
        assert "test-key" not in ask(pulse, "GET", "/_mock/requests").text

    def test_so_many(self, pulse: Served) -> None:
        for _ in range(3):
            pulse.client.get(f"{pulse.url}/v2/users", headers=KEY)
        shown = pulse.control("requests", limit=2)
        assert (shown["total"], [entry["id"] for entry in shown["requests"]]) == (3, ["default-3", "default-2"])

    def test_control_requests_are_not_journalled(self, pulse: Served) -> None:
        pulse.control("clock")
        assert pulse.control("requests")["total"] == 0


def test_the_outbox_holds_what_was_emitted(everything: Served) -> None:
    everything.reset()
    assert ask(everything, "GET", "/_mock/events").json() == {"total": 0, "events": []}
    contact = {"first_name": "Ada", "email": "ada@example.com"}
    answer = everything.client.post(f"{everything.url}/myra/api/v1/contacts", json=contact, headers=KEY)
    assert answer.status_code == 201, answer.text
    (event,) = ask(everything, "GET", "/_mock/events?api=myra").json()["events"]
    assert (event["api"], event["event"], event["payload"]["event"]) == ("myra", "contact.created", "contact.created")
    assert everything.control("events", api="pulse")["total"] == 0


class TestPaths:
    @pytest.mark.parametrize(
        "path",
        [
            "/_mock/",
            "/_mock/clock/",
            "/_mock//clock",
            "/_mock/%63lock",
            "/_mock/clock%2f",
            "/_mock/%2e%2e/v2/users",
            "/_mock/../v2/users",
            "/_mock/../_mock/clock",
            "/_mock/nowhere",
            "/_mock/CLOCK",
            "/_mock/clock;x",
        ],
    )
    def test_only_the_path_as_written_leads_anywhere(self, pulse: Served, path: str) -> None:
        answer = pulse.send(f"GET {path} HTTP/1.1\r\nHost: {pulse.url[7:]}\r\nConnection: close\r\n\r\n".encode())
        assert answer.startswith(b"HTTP/1.1 404 ")
        assert b'"no_such_path"' in answer

    @pytest.mark.parametrize(
        "path",
        ["/%5fmock/clock", "/_Mock/clock", "//_mock/clock", "/v2/../_mock/clock", "/_mockery", "/v2/..%2f_mock/clock"],
    )
    def test_no_other_path_leads_in(self, pulse: Served, path: str) -> None:
        head = f"GET {path} HTTP/1.1\r\nHost: {pulse.url[7:]}\r\nAuthorization: Bearer test-key\r\n"
        answer = pulse.send(f"{head}Connection: close\r\n\r\n".encode())
        assert answer.startswith(b"HTTP/1.1 404 ")
        assert b'"frozen"' not in answer

    @pytest.mark.parametrize(
        ("method", "path", "allow"),
        [
            ("DELETE", "/_mock/clock", "GET, HEAD, POST"),
            ("GET", "/_mock/reset", "POST"),
            ("OPTIONS", "/_mock/reset", "POST"),
            ("PUT", "/_mock/state", "GET, HEAD"),
        ],
    )
    def test_other_methods(self, pulse: Served, method: str, path: str, allow: str) -> None:
        answer = ask(pulse, method, path)
        assert (answer.status_code, answer.headers["allow"]) == (405, allow)


class TestAccess:
    def test_another_name_of_this_machine_is_refused(self, pulse: Served) -> None:
        options = {"headers": {"host": f"rebound.example:{pulse.port}"}}
        assert refused(pulse, "GET", "/_mock/clock", **options) == (403, "wrong_host")

    def test_health_is_for_everyone(self, pulse: Served) -> None:
        headers = {"host": "mock.internal", "origin": "https://a.example"}
        assert ask(pulse, "GET", "/_mock/health", headers=headers).status_code == 200

    def test_a_page_of_another_origin_gets_nothing_and_is_told_so(self, pulse: Served) -> None:
        headers = {"origin": "https://evil.example"}
        answer = ask(pulse, "POST", "/_mock/reset", json={}, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "wrong_origin")
        assert not [name for name in answer.headers if name.startswith("access-control-")]

    def test_no_preflight_opens_it(self, pulse: Served) -> None:
        headers = {"origin": "https://evil.example", "access-control-request-method": "POST"}
        answer = ask(pulse, "OPTIONS", "/_mock/reset", headers=headers)
        assert answer.status_code == 403
        assert not [name for name in answer.headers if name.startswith("access-control-")]

    def test_a_proxy_header_doesnt_change_who_asks(self, pulse: Served) -> None:
        headers = {"x-forwarded-for": "8.8.8.8", "x-forwarded-host": "a.example", "forwarded": "for=8.8.8.8"}
        assert ask(pulse, "GET", "/_mock/clock", headers=headers).status_code == 200

    def test_two_hosts_are_none(self, pulse: Served) -> None:
        host = f"Host: {pulse.url[7:]}\r\n"
        answer = pulse.send(f"GET /_mock/clock HTTP/1.1\r\n{host}{host}Connection: close\r\n\r\n".encode())
        assert answer.startswith(b"HTTP/1.1 40")

    def test_with_a_token_only_the_token_opens_it(self) -> None:
        with start("pulse", "--control-token", "s3cret") as served:
            answer = ask(served, "GET", "/_mock/clock")
            assert (answer.status_code, answer.headers["www-authenticate"][:6]) == (401, "Bearer")
            wrong = {"headers": {"authorization": "Bearer s3cre"}}
            assert refused(served, "GET", "/_mock/clock", **wrong) == (401, "unauthorized")
            for right in ({"authorization": "Bearer s3cret"}, {"x-mock-token": "s3cret", "host": "mock:8080"}):
                assert ask(served, "GET", "/_mock/clock", headers=right).status_code == 200
            assert ask(served, "GET", "/_mock/health").status_code == 200


class TestRules:
    def test_made_shown_replaced_and_deleted(self, pulse: Served) -> None:
        made = ask(pulse, "POST", "/_mock/rules", json={"when": {"times": 1}, "then": {"status": 503}}).json()
        assert (made["id"], made["matched"], made["acted"]) == ("rule-1", 0, 0)
        for _ in range(2):
            pulse.client.get(f"{pulse.url}/v2/users", headers=KEY)
        shown = ask(pulse, "GET", "/_mock/rules/rule-1").json()
        assert (shown["matched"], shown["acted"]) == (2, 1)
        replaced = ask(pulse, "PUT", "/_mock/rules/rule-1", json={"then": {"status": 500}}).json()
        assert (replaced["then"], replaced["matched"]) == ({"status": 500}, 0)
        ask(pulse, "PUT", "/_mock/rules/second", json={"then": {"slow": 10}})
        assert [one["id"] for one in ask(pulse, "GET", "/_mock/rules").json()["rules"]] == ["rule-1", "second"]
        assert ask(pulse, "DELETE", "/_mock/rules/rule-1").json()["id"] == "rule-1"
        assert ask(pulse, "DELETE", "/_mock/rules").json() == {"deleted": 1}
        assert ask(pulse, "GET", "/_mock/rules").json() == {"rules": []}

    def test_each_refusal_says_what_would_be_right(self, pulse: Served) -> None:
        unknown = ask(pulse, "GET", "/_mock/rules/rule-9").json()["error"]
        assert unknown["code"] == "unknown_rule"
        wrong = ask(pulse, "POST", "/_mock/rules", json={"then": {"statos": 503}}).json()["error"]
        assert "did you mean 'status'?" in wrong["message"]
        ask(pulse, "POST", "/_mock/rules", json={"id": "a", "then": {"status": 503}})
        again = ask(pulse, "POST", "/_mock/rules", json={"id": "a", "then": {"status": 503}}).json()["error"]
        assert again["code"] == "rule_exists"
        other = ask(pulse, "PUT", "/_mock/rules/a", json={"id": "b", "then": {"status": 503}}).json()["error"]
        assert other["code"] == "other_id"
        odd = ask(pulse, "PUT", "/_mock/rules/%C2%84", json={"then": {"status": 503}}).json()["error"]
        assert odd["code"] == "bad_id"
