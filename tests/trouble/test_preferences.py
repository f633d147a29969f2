"""`Prefer`: which answer a request asks for, and what it gets."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from asking import APIS
from asking_for import Asker, bundled, header, inline, json
from hypothesis import given, settings
from hypothesis import strategies as st
from serving import Served, start

from mockserver.spec.schema import Schemas

USER = {"email": "ada@example.com", "role": "viewer", "name": "Ada"}


@pytest.fixture
def users() -> Asker:
    return bundled("pulse", "/v2")


def test_a_refusal_names_a_field_that_was_sent_with_a_fault_that_it_could_have(users: Asker) -> None:
    answer = users("POST /users", USER, prefer="code=400")
    error = json(answer)["error"]
    assert (answer.status, error["code"]) == (400, "validation_failed")
    assert error["field"] in USER
    assert error["message"] == "email must be a valid email address"
    assert json(users("POST /users", {"role": "viewer"}, prefer="code=400"))["error"]["field"] == "email"  # missing


def test_what_is_really_wrong_comes_first(users: Asker) -> None:
    error = json(users("POST /users", {**USER, "role": "owner"}, prefer="code=400"))["error"]
    assert error["message"] == "role must be one of admin, editor or viewer"


def test_a_query_without_a_body_is_blamed_on_a_parameter(users: Asker) -> None:
    assert json(users("GET /users?status=active", prefer="code=400"))["error"]["field"] == "status"


@pytest.mark.parametrize(
    ("code", "error", "told"),
    [
        (401, "unauthorized", {"WWW-Authenticate": 'Bearer realm="mock"'}),
        (403, "forbidden", {}),
        (404, "not_found", {}),
        (429, "rate_limited", {"Retry-After": "60"}),
        (500, "server_error", {}),
    ],
)
def test_each_status_in_the_apis_words(users: Asker, code: int, error: str, told: dict[str, str]) -> None:
    answer = users("PATCH /users/usr_01HX9ABC", {"role": "viewer"}, prefer=f"code={code}")
    assert (answer.status, json(answer)["error"]["code"]) == (code, error)
    assert {name: header(answer, name) for name in told} == told
    assert header(answer, "preference-applied") == f"code={code}"
    assert header(answer, "x-mock-undocumented") is None


def test_a_conflict_names_the_unique_field() -> None:
    myra = bundled("myra", "/api/v1")
    answer = myra("POST /contacts", {"first_name": "Jane", "email": "jane@doe.example"}, prefer="code=409")
    assert (answer.status, json(answer)["error"]["code"]) == (409, "duplicate")
    assert json(answer)["error"]["details"] == [{"field": "email", "issue": "Is already in use"}]


def test_a_forced_call_changes_nothing_and_counts_for_no_limit() -> None:
    users = bundled("pulse", "/v2", rate_limits=True)
    before = users.world.tables, users.world.counters
    for code in (200, 201, 400, 409, 429, 500):
        users("POST /users", USER, key="limited-key", prefer=f"code={code}")
    assert (users.world.tables, users.world.counters) == before
    assert users("POST /users", USER).status == 201


def test_an_undocumented_status_is_marked_and_in_the_apis_form(users: Asker) -> None:
    answer = users("GET /users", prefer="code=503")
    assert header(answer, "x-mock-undocumented") == "true"
    assert json(answer)["error"]["code"] == "server_error"


def test_an_undocumented_status_of_a_plain_document_borrows_the_form_of_an_error_that_it_knows() -> None:
    texts = {"oops": {"type": "string"}, "message": {"type": "string"}}
    error = {"type": "object", "required": ["oops"], "properties": texts, "additionalProperties": False}
    ask = inline({
        "openapi": "3.1.0", "info": {"title": "T", "version": "1"},
        "paths": {"/things": {"get": {"responses": {
            "200": {"description": "ok", "content": {"application/json": {"schema": {"type": "array", "items": {}}}}},
            "400": {"description": "no", "content": {"application/json": {"schema": error}}},
        }}}},
    })  # fmt: skip
    answer = ask("GET /things", prefer="code=503")
    assert answer.status == 503
    assert set(json(answer)) == {"oops", "message"}
    assert json(answer)["message"] == "the service is not available at present"


def test_examples_by_name(users: Asker) -> None:
    assert json(users("GET /users", prefer="example=documented"))["next_cursor"] == "cursor_abc123"
    refused = users("GET /users", prefer="example=documentd")
    assert refused.status == 400
    assert "did you mean 'documented'?" in json(refused)["error"]["message"]
    assert header(refused, "preference-applied") is None


def test_an_example_that_breaks_its_schema_is_told_and_not_shown() -> None:
    media = {"schema": {"type": "object", "required": ["id"]}, "examples": {"bad": {"value": {"name": "x"}}}}
    ask = inline({
        "openapi": "3.1.0", "info": {"title": "T", "version": "1"},
        "paths": {"/me": {"get": {"responses": {"200": {"description": "", "content": {"application/json": media}}}}}},
    })  # fmt: skip
    answer = ask("GET /me", prefer="example=bad")
    assert answer.status == 500
    assert "id" in json(answer)["detail"]


def test_dynamic_is_another_body_each_time_and_the_same_in_another_run() -> None:
    def run() -> list[Any]:
        users = bundled("pulse", "/v2")
        return [json(users("GET /users", prefer="dynamic=true")) for _ in range(3)]

    first = run()
    assert first[0] != first[1] != first[2]
    assert first == run()


def test_several_in_any_spelling(users: Asker) -> None:
    answer = users("GET /users", prefer='delay="1500ms" , CODE = 404;foo=1, return=minimal, code=500')
    assert answer.status == 404
    assert answer.wire is not None
    assert answer.wire.delay == 1_500
    assert header(answer, "preference-applied") == "delay=1500ms, code=404"


@pytest.mark.parametrize("value", ["code=abc", "code=", "code=99", "code=700", "code=2000", "delay=soon", "delay=-1s",
                                   "delay=2h", "dynamic=maybe", "example="])  # fmt: skip
def test_a_value_that_cannot_be_meant_is_refused_with_what_would_be_right(users: Asker, value: str) -> None:
    answer = users("GET /users", prefer=value)
    assert answer.status == 400
    assert "such as" in json(answer)["error"]["message"] or " is " in json(answer)["error"]["message"]


def test_other_preferences_are_left_alone(users: Asker) -> None:
    answer = users("GET /users", prefer="return=representation, respond-async, wait=10")
    assert answer.status == 200
    assert header(answer, "preference-applied") is None


def test_the_query_only_counts_when_it_is_switched_on() -> None:
    off, on = bundled("pulse", "/v2"), inline_pulse()
    assert off("GET /users?__code=429").status == 200
    assert on("GET /users?limit=2&__code=429").status == 429
    assert len(json(on("GET /users?__delay=10&limit=2"))["data"]) == 2
    assert on.world.journal[-1].request.query == "__delay=10&limit=2"


def inline_pulse() -> Asker:
    from asking import sources

    from mockserver import service

    source = service.ApiSource("pulse", sources.document(str(sources.bundled()["pulse"])), sources.fixtures_of("pulse"))
    return Asker(service.load([source], query_preferences=True, rate_limits=False), "pulse", "/v2")


def test_the_journal_says_what_was_asked_for(users: Asker) -> None:
    users("GET /users", prefer="code=404, delay=1s")
    entry = users.world.journal[-1]
    assert [(did.rule, did.what) for did in entry.done] == [("", "Prefer: code=404, delay=1s")]


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("code", [200, 204, 304, 400, 401, 402, 403, 404, 405, 406, 409, 410, 413, 415, 418, 422, 429,
                                  431, 451, 500, 501, 503, 599])  # fmt: skip
def test_every_status_of_every_operation_is_as_its_document_says(api: str, code: int) -> None:
    ask = ASKERS.setdefault(api, bundled(api))
    around = ask.service.apis[api].around
    schemas = Schemas(around.api.document.content)
    for route in around.api.routes:
        operation = around.api.operation(*route)
        base = (around.api.base_paths or ("",))[0]
        answer = ask(f"{route[1].upper()} {base}{route[0].replace('{', '').replace('}', '')}", prefer=f"code={code}")
        assert answer.status == code
        declared = operation.response(code)
        assert (header(answer, "x-mock-undocumented") is None) == (declared is not None)
        media = {one.type: one for one in declared.media} if declared else {}
        name = (header(answer, "content-type") or "").partition(";")[0]
        if name.endswith("json") and name in media and media[name].schema:
            assert schemas.at(media[name].schema or "", "response").violations(json(answer)) == []


ASKERS: dict[str, Asker] = {}


@settings(deadline=None)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60))
def test_no_header_breaks_it(text: str) -> None:
    ask = ASKERS.setdefault("pulse", bundled("pulse"))
    answer = ask("GET /v2/users?limit=1", prefer=text)
    assert answer.status == 200 or header(answer, "preference-applied") or answer.status == 400



def test_a_delayed_answer_lets_others_pass(pulse: Served) -> None:
    """It waits on the wire, so that an answer asked for later comes first."""
    order: list[str] = []

    def ask(name: str, **headers: str) -> None:
        answer = pulse.client.get(f"{pulse.url}/v2/users", headers={"Authorization": "Bearer test-key", **headers})
        assert answer.status_code == 200
        order.append(name)

    with ThreadPoolExecutor() as pool:
        slow = pool.submit(ask, "slow", Prefer="delay=1s")
        while not pulse.control("requests")["total"]:
            pass
        ask("quick")
        slow.result()
    assert order == ["quick", "slow"]
    shown = pulse.control("requests")["requests"][1]
    assert shown["trouble"] == [{"rule": None, "did": "Prefer: delay=1s"}]


def test_the_command_line_switches_the_query_on() -> None:
    with start("pulse", "--query-preferences") as served:
        assert served.client.get(f"{served.url}/v2/users?__code=503").status_code == 503
