"""Myra: tokens, contacts, filters, pages and errors. Quotes: its guide and the readings of its gaps."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from calling import Caller
from myra import every, found, refusal
from serving import start

JANE = {"first_name": "Jane", "last_name": "Doe", "email": "jane@doe.com"}
DEAL = {"contact_id": "contact_8f2k1m9q", "stage_id": "stage_123"}
MESSAGE = {"channel": "sms", "body": "Hi."}
OPERATIONS: dict[str, tuple[Any, str]] = {
    "GET /contacts": (None, "contacts:read"),
    "POST /contacts": (JANE, "contacts:write"),
    "GET /contacts/contact_8f2k1m9q": (None, "contacts:read"),
    "PATCH /contacts/contact_8f2k1m9q": ({"phone": "1"}, "contacts:write"),
    "DELETE /contacts/contact_7c1x5v8n": (None, "contacts:write"),
    "GET /pipelines": (None, "pipelines:read"),
    "GET /deals": (None, "deals:read"),
    "POST /deals": (DEAL, "deals:write"),
    "GET /deals/deal_5t1v8c2n": (None, "deals:read"),
    "PATCH /deals/deal_5t1v8c2n": ({"value": 1}, "deals:write"),
    "POST /conversations/conv_7h3j6b1s/messages": (MESSAGE, "conversations:write"),
    "GET /conversations/conv_7h3j6b1s/history": (None, "conversations:read"),
}
SCOPES = sorted({scope for _, scope in OPERATIONS.values()})


def ask(call: Caller, line: str) -> httpx.Response:
    body, _ = OPERATIONS[line]
    return call(line) if body is None else call(line, body)


class TestTokens:
    @pytest.mark.parametrize("line", OPERATIONS)
    @pytest.mark.parametrize("key", [None, "nobodys-token"])
    def test_every_request_needs_a_token(self, myra: Caller, line: str, key: str | None) -> None:
        """All API requests must be authenticated using a Personal Access Token (PAT).

        other codes: 401 `unauthorized`
        """
        answer = ask(myra.using(key), line)
        assert refusal(answer) == (401, "unauthorized", {})
        assert answer.headers["www-authenticate"].startswith("Bearer")

    def test_the_token_is_in_the_authorization_header(self, myra: Caller) -> None:
        """Include the token in the Authorization header of every request:

        curl -X GET "https://app.pulsepost.ai/api/v1/contacts" \\
        -H "Authorization: Bearer YOUR_API_TOKEN" \\
        -H "Content-Type: application/json"

        All requests should be made to: https://app.pulsepost.ai/api/v1
        """
        json = {"Content-Type": "application/json"}  # on a GET without a body
        assert myra.using(None)("GET /contacts", Authorization="Bearer test-key", **json).status_code == 200
        for other in ("test-key", "Token test-key", "Bearer", "Bearer test-key x"):
            assert myra.using(None)("GET /contacts", Authorization=other, **json).status_code == 401, other

    def test_a_token_without_writing_scopes_reads_only(self, myra: Caller) -> None:
        """Only grant your tokens the permissions they absolutely need.

        scopes: `contacts:read`, `contacts:write`, `deals:read`, `deals:write`, `pipelines:read`, `conversations:read`,
        `conversations:write`
        """
        answers = {line: ask(myra.using("readonly-key"), line) for line in OPERATIONS}
        for line, (_, scope) in OPERATIONS.items():
            if scope.endswith(":write"):
                assert refusal(answers[line])[:2] == (403, "insufficient_scope"), line
            else:
                assert answers[line].is_success, line

    def test_each_operation_asks_for_one_scope(self, tmp_path: Path) -> None:
        """Name the token (e.g., "Website Lead Form") and select the required Scopes (e.g., contacts:write,deals:read).

        other codes: 403 `insufficient_scope`
        """
        fixtures = tmp_path / "tokens.yaml"
        records = yaml.safe_load(Path("fixtures/myra/seed.yaml").read_text(encoding="utf-8"))["records"]
        keys = {scope: {"name": scope, "scopes": [scope]} for scope in SCOPES} | {"none": {"scopes": []}}
        fixtures.write_text(yaml.safe_dump({"keys": keys, "records": records}, allow_unicode=True), encoding="utf-8")
        with start("myra", "--no-rate-limits", "--fixtures", str(fixtures)) as served:
            for scope in keys:
                served.reset()
                call = Caller(served, "/api/v1", scope)
                allowed = {line for line in OPERATIONS if ask(call, line).is_success}
                assert allowed == {line for line, (_, asked) in OPERATIONS.items() if asked == scope}
                for line in OPERATIONS.keys() - allowed:
                    status, code, details = refusal(answer := ask(call, line))
                    assert (status, code, details) == (403, "insufficient_scope", {})
                    assert OPERATIONS[line][1] in answer.json()["error"]["message"]


class TestContacts:
    def test_the_snippets_create_contacts(self, myra: Caller) -> None:
        """POST /contacts: Create a new contact.

        body: JSON.stringify({ first_name: 'Jane', last_name: 'Doe', email: 'jane@doe.com' })

        payload = {"first_name": "Jane", "email": "jane@doe.com"}

        contact fields: `id`, `first_name`, `last_name`, `email`, `phone`, `external_id`, `created_at`, `updated_at`;
        `first_name` or `email` must be given
        """
        myra.freeze("2026-06-01T12:00:00Z")
        answer = myra("POST /contacts", JANE)
        times = {"created_at": "2026-06-01T12:00:00Z", "updated_at": "2026-06-01T12:00:00Z"}
        created = answer.json()
        assert answer.status_code == 201
        assert re.fullmatch(r"contact_[0-9a-z]{8}", created["id"])
        assert created == {"id": created["id"], **JANE, "phone": None, "external_id": None, **times}
        assert myra.ok(f"GET /contacts/{created['id']}") == created
        assert found(myra, "/contacts")[0] == created

        myra.served.reset()
        python = {"first_name": "Jane", "email": "jane@doe.com"}
        assert {"last_name": None, **python}.items() <= myra.ok("POST /contacts", python).items()

    @pytest.mark.parametrize("body", [{"first_name": "Jane"}, {"email": "jane@doe.com"}])
    def test_a_first_name_or_an_email_is_enough(self, myra: Caller, body: dict[str, str]) -> None:
        """`first_name` or `email` must be given"""
        assert myra("POST /contacts", body).status_code == 201

    @pytest.mark.parametrize("body", [{}, {"last_name": "Doe"}, {"phone": "+1"}, {"external_id": "a-1"}])
    def test_without_either_it_is_refused(self, myra: Caller, body: dict[str, str]) -> None:
        """`first_name` or `email` must be given"""
        status, code, details = refusal(myra("POST /contacts", body))
        assert (status, code, set(details)) == (422, "validation_failed", {"first_name", "email"})

    @pytest.mark.parametrize("email", ["john@example.com", "JOHN@Example.COM"])
    def test_the_same_email_is_a_duplicate(self, myra: Caller, email: str) -> None:
        """Supports duplicate detection logic.

        "duplicate detection" on `POST /contacts`: the same `email` (any case) as a contact that is not in the trash:
        409 `duplicate`, `details[0].field` = `email`
        """
        before = len(every(myra, "/contacts?limit=200"))
        answer = myra("POST /contacts", {"first_name": "Johnny", "email": email})
        status, code, details = refusal(answer)
        assert (status, code, answer.json()["error"]["details"][0]["field"]) == (409, "duplicate", "email")
        assert list(details) == ["email"]
        assert len(every(myra, "/contacts?limit=200")) == before

    def test_an_email_from_the_trash_is_free(self, myra: Caller) -> None:
        """the same `email` (any case) as a contact that is not in the trash"""
        myra.ok("DELETE /contacts/contact_8f2k1m9q")
        assert myra("POST /contacts", {"email": "John@example.com"}).status_code == 201

    def test_an_update_can_be_a_duplicate_too(self, myra: Caller) -> None:
        """the same `email` (any case) as a contact that is not in the trash"""
        answer = myra("PATCH /contacts/contact_7c1x5v8n", {"email": "JOHN@example.com"})
        assert refusal(answer)[:2] == (409, "duplicate")
        own = myra("PATCH /contacts/contact_8f2k1m9q", {"email": "JOHN@example.com"})
        assert (own.status_code, own.json()["email"]) == (200, "JOHN@example.com")

    def test_the_same_external_id_creates_nothing(self, myra: Caller) -> None:
        """When creating records, use unique external IDs to prevent duplicate creation during network retries.

        "use unique external IDs … during network retries": the same `external_id` again returns the contact that
        exists, status 200, and creates nothing
        """
        form = {**JANE, "external_id": "lead-form-9001"}
        first, again = myra("POST /contacts", form), myra("POST /contacts", form)
        assert (first.status_code, again.status_code) == (201, 200)
        assert again.json() == first.json()
        other = myra("POST /contacts", {"first_name": "Janet", "external_id": "lead-form-9001"})
        assert (other.status_code, other.json()) == (200, first.json())
        assert [one["id"] for one in every(myra, "/contacts?filter[external_id]=lead-form-9001")] == [
            first.json()["id"]
        ]
        assert myra.served.control("events")["total"] == 1

    def test_another_external_id_does_not_hide_a_duplicate_email(self, myra: Caller) -> None:
        """Supports duplicate detection logic."""
        myra.ok("POST /contacts", {**JANE, "external_id": "lead-form-9001"})
        assert refusal(myra("POST /contacts", {**JANE, "external_id": "lead-form-9002"}))[:2] == (409, "duplicate")

    def test_an_update_changes_what_is_sent(self, myra: Caller) -> None:
        """PATCH /contacts/{id}: Update specific fields of a contact."""
        before = myra.ok("GET /contacts/contact_8f2k1m9q")
        myra.freeze("2026-06-01T12:00:00Z")
        after = myra.ok("PATCH /contacts/contact_8f2k1m9q", {"phone": None, "last_name": "Carter-Ruiz"})
        changes = {"phone": None, "last_name": "Carter-Ruiz", "updated_at": "2026-06-01T12:00:00Z"}
        assert after == {**before, **changes}
        assert myra.ok("GET /contacts/contact_8f2k1m9q") == after

    def test_what_the_server_sets_stays_the_servers(self, myra: Caller) -> None:
        """contact fields: `id`, … `created_at`, `updated_at`"""
        sent = {**JANE, "id": "contact_mine", "created_at": "2020-01-01T00:00:00Z", "nickname": "J"}
        created = myra.ok("POST /contacts", sent)
        assert created["id"] != "contact_mine"
        assert not created["created_at"].startswith("2020")
        assert "nickname" not in created

    def test_deleting_moves_to_the_trash(self, myra: Caller) -> None:
        """DELETE /contacts/{id}: Move a contact to the trash.

        "Move a contact to the trash": 204; the contact then is 404 and in no list
        """
        answer = myra("DELETE /contacts/contact_8f2k1m9q")
        assert (answer.status_code, answer.content) == (204, b"")
        for line in ("GET {}", "DELETE {}", "PATCH {}"):
            path = line.format("/contacts/contact_8f2k1m9q")
            assert refusal(myra(path, {"phone": "1"}) if "PATCH" in line else myra(path)) == (404, "not_found", {})
        assert "contact_8f2k1m9q" not in [one["id"] for one in every(myra, "/contacts?limit=200")]
        assert found(myra, "/contacts?filter[email]=john@example.com") == []
        trash = myra.served.control("state", resource="contacts.trash")["apis"]["myra"]["contacts.trash"]
        assert [one["id"] for one in trash["records"]] == ["contact_8f2k1m9q"]

    def test_single_records_can_be_read(self, myra: Caller) -> None:
        """`GET /contacts/{id}`, `GET /deals/{id}`: exist ("standard REST patterns"); `GET /deals` is shown under
        Filtering

        It follows standard REST patterns, uses JSON for all request and response bodies, and utilizes standard HTTP
        status codes.
        """
        assert myra.ok("GET /contacts/contact_8f2k1m9q")["email"] == "john@example.com"
        assert myra.ok("GET /deals/deal_5t1v8c2n")["contact_id"] == "contact_8f2k1m9q"
        assert refusal(myra("GET /contacts/contact_nobody")) == (404, "not_found", {})
        assert refusal(myra("GET /deals/deal_nothing")) == (404, "not_found", {})


class TestErrors:
    def test_each_status_has_its_code(self, myra: Caller) -> None:
        """other codes: 401 `unauthorized`, 403 `insufficient_scope`, 404 `not_found`, 409 `duplicate`, 429
        `rate_limited`, 500 `server_error`
        """
        answers = [
            myra.using(None)("GET /contacts"),
            myra.using("readonly-key")("POST /contacts", JANE),
            myra("GET /contacts/contact_nobody"),
            myra("POST /contacts", {"email": "john@example.com"}),
            myra("POST /contacts", {}),
        ]
        assert [refusal(one)[:2] for one in answers] == [
            (401, "unauthorized"),
            (403, "insufficient_scope"),
            (404, "not_found"),
            (409, "duplicate"),
            (422, "validation_failed"),
        ]
        assert [one.json()["error"]["message"] for one in answers] == [
            "The API token is missing or not valid.",
            "This key lacks the scope contacts:write",
            "There is no contact with this id",
            "A contact with this data already exists.",
            "The provided data is invalid.",
        ]

    def test_the_documented_error(self, myra: Caller) -> None:
        """Myra returns descriptive error objects to help you debug quickly.

        { "error": { "code": "validation_failed", "message": "The provided data is invalid.", "details": [
        { "field": "email", "issue": "Must be a valid email address" } ] } }

        status of `validation_failed`: 422
        """
        answer = myra("POST /contacts", {"first_name": "Jane", "email": "jane"})
        details = [{"field": "email", "issue": "Must be a valid email address"}]
        message = "The provided data is invalid."
        assert answer.status_code == 422
        assert answer.json() == {"error": {"code": "validation_failed", "message": message, "details": details}}

    def test_each_bad_field_has_an_entry(self, myra: Caller) -> None:
        """Myra returns descriptive error objects to help you debug quickly."""
        answer = myra("POST /contacts", {"first_name": 5, "last_name": ["Doe"], "email": "jane", "phone": {}})
        status, code, details = refusal(answer)
        assert (status, code) == (422, "validation_failed")
        assert set(details) == {"first_name", "last_name", "email", "phone"}

    @pytest.mark.parametrize("body", [b"{", b"", b"nonsense", b'{"email": "a@b.example",}'])
    def test_a_body_that_is_no_json(self, myra: Caller, body: bytes) -> None:
        """Malformed JSON is 400"""
        answer = myra("POST /contacts", body, **{"Content-Type": "application/json"})
        assert refusal(answer)[:2] == (400 if body else 422, "validation_failed")

    def test_a_body_of_another_type(self, myra: Caller) -> None:
        """an unsupported request media type 415

        uses JSON for all request and response bodies
        """
        answer = myra("POST /contacts", b"first_name=Jane", **{"Content-Type": "application/x-www-form-urlencoded"})
        assert refusal(answer)[:2] == (415, "validation_failed")

    @pytest.mark.parametrize(
        ("line", "allow"),
        [
            ("PUT /contacts/contact_8f2k1m9q", {"GET", "PATCH", "DELETE"}),
            ("DELETE /deals/deal_5t1v8c2n", {"GET", "PATCH"}),
            ("POST /pipelines", {"GET"}),
            ("GET /conversations/conv_7h3j6b1s/messages", {"POST"}),
        ],
    )
    def test_another_method(self, myra: Caller, line: str, allow: set[str]) -> None:
        """a known path with another method 405 with `Allow`; each in the API's own error format"""
        answer = myra(line)
        assert refusal(answer)[:2] == (405, "not_found")
        assert set(answer.headers["allow"].split(", ")) - {"HEAD", "OPTIONS"} == allow

    @pytest.mark.parametrize(
        "path", ["/contact", "/contacts/a/b", "/conversations", "/conversations/conv_7h3j6b1s", "/"]
    )
    def test_another_path(self, myra: Caller, path: str) -> None:
        """an unknown path 404"""
        assert refusal(myra(f"GET {path}")) == (404, "not_found", {})

    def test_another_version(self, myra: Caller) -> None:
        """Major breaking changes will be released under a new path (e.g., /v2), while non-breaking additions (new
        fields or endpoints) are added to the current version.
        """
        url = myra.served.url + "/api/v2/contacts"
        answer = myra.served.client.get(url, headers={"Authorization": "Bearer test-key"})
        assert refusal(answer)[:2] == (404, "not_found")


class TestPages:
    def test_a_page_is_data_and_next_cursor(self, myra: Caller) -> None:
        """GET /contacts: List all contacts with advanced filtering and pagination.

        list envelope: only `next_cursor` is named: `{"data": [...], "next_cursor": string or null}`, null on the
        last page

        List all contacts with advanced filtering and pagination.
        """
        page = myra.ok("GET /contacts")
        assert set(page) == {"data", "next_cursor"}
        assert isinstance(page["next_cursor"], str)
        last = myra.ok("GET /contacts?limit=200")
        assert len(last["data"]) == 60
        assert last["next_cursor"] is None

    def test_limit(self, myra: Caller) -> None:
        """limit: Number of records to return (default 20, max 200)."""
        assert len(found(myra, "/contacts")) == 20
        assert len(found(myra, "/contacts?limit=1")) == 1
        assert len(found(myra, "/contacts?limit=200")) == 60

    @pytest.mark.parametrize("limit", ["0", "201", "-1", "many", "1.5"])
    @pytest.mark.parametrize("path", ["/contacts", "/deals", "/conversations/conv_7h3j6b1s/history"])
    def test_a_limit_outside_the_bounds(self, myra: Caller, path: str, limit: str) -> None:
        """`limit` outside 1..200, bad cursor: 422 `validation_failed`, `details[].field` names the parameter"""
        status, code, details = refusal(myra(f"GET {path}?limit={limit}"))
        assert (status, code, list(details)) == (422, "validation_failed", ["limit"])

    @pytest.mark.parametrize("path", ["/contacts", "/deals", "/conversations/conv_7h3j6b1s/history"])
    def test_a_made_up_cursor(self, myra: Caller, path: str) -> None:
        """`limit` outside 1..200, bad cursor: 422 `validation_failed`, `details[].field` names the parameter"""
        for cursor in ("abc", "contact_8f2k1m9q", "e30", "%00", "a" * 2_000):
            status, code, details = refusal(myra(f"GET {path}?cursor={cursor}"))
            assert (status, code, list(details)) == (422, "validation_failed", ["cursor"]), cursor

    def test_a_cursor_belongs_to_its_list(self, myra: Caller) -> None:
        """bad cursor: 422"""
        cursor = myra.ok("GET /contacts?limit=1")["next_cursor"]
        for path in ("/deals?limit=1", "/contacts?filter[last_name]=Carter"):
            assert refusal(myra(f"GET {path}&cursor={cursor}"))[0] == 422, path

    def test_both_faults_are_told_at_once(self, myra: Caller) -> None:
        """`limit` outside 1..200, bad cursor: 422 `validation_failed`, `details[].field` names the parameter"""
        assert set(refusal(myra("GET /contacts?limit=0&filter[created_at_gt]=soon&filter[height]=2"))[2]) == {
            "limit", "filter[created_at_gt]", "filter[height]",
        }  # fmt: skip

    def test_cursors_lead_through_all(self, myra: Caller) -> None:
        """We use cursor-based pagination for high performance on large datasets.

        cursor: The ID provided in the next_cursor field of the previous response.
        """
        whole = found(myra, "/contacts?limit=200")
        assert every(myra, "/contacts?limit=7") == whole
        assert [one["created_at"] for one in whole] == sorted((one["created_at"] for one in whole), reverse=True)

    def test_a_page_boundary_loses_and_repeats_nothing(self, myra: Caller) -> None:
        """We use cursor-based pagination for high performance on large datasets."""
        whole = [one["id"] for one in found(myra, "/contacts?limit=200")]
        page = myra.ok("GET /contacts?limit=3")
        myra.ok("POST /contacts", JANE)
        myra.ok(f"DELETE /contacts/{whole[2]}")  # the one that the cursor stands at
        myra.ok(f"DELETE /contacts/{whole[4]}")
        rest = myra.ok(f"GET /contacts?limit=200&cursor={page['next_cursor']}")["data"]
        assert [one["id"] for one in rest] == [whole[3], *whole[5:]]


class TestFilters:
    def test_the_documented_filters(self, myra: Caller) -> None:
        """Search for specific data using the filter query parameter:

        GET /contacts?filter[email]=john@example.com

        GET /deals?filter[stage_id]=stage_123&filter[value_gt]=1000

        filters: `filter[FIELD]` equality on any field, `filter[FIELD_gt]`, `_gte`, `_lt`, `_lte` on numbers and
        dates; an unknown field is 422
        """
        assert [one["id"] for one in found(myra, "/contacts?filter[email]=john@example.com")] == ["contact_8f2k1m9q"]
        deals = found(myra, "/deals?filter[stage_id]=stage_123&filter[value_gt]=1000&limit=200")
        all_deals = every(myra, "/deals?limit=200")
        assert deals == [one for one in all_deals if one["stage_id"] == "stage_123" and (one["value"] or 0) > 1000]
        assert "deal_5t1v8c2n" in [one["id"] for one in deals]
        assert "deal_0n6y4j9d" not in [one["id"] for one in deals]  # 960

    @pytest.mark.parametrize(
        "field", ["id", "first_name", "last_name", "email", "phone", "external_id", "created_at", "updated_at"]
    )
    def test_any_field_of_a_contact(self, myra: Caller, field: str) -> None:
        """`filter[FIELD]` equality on any field"""
        wanted = myra.records("contacts")["contact_2w6h9t4c"]
        got = [one["id"] for one in myra.served.client.get(
            f"{myra.served.url}/api/v1/contacts", params={f"filter[{field}]": wanted[field]},
            headers={"Authorization": "Bearer test-key"},
        ).json()["data"]]  # fmt: skip
        assert got == [key for key, one in myra.records("contacts").items() if one[field] == wanted[field]]
        assert len(got) < 10

    @pytest.mark.parametrize("field", ["id", "title", "value", "currency", "contact_id", "stage_id", "created_at"])
    def test_any_field_of_a_deal(self, myra: Caller, field: str) -> None:
        """`filter[FIELD]` equality on any field"""
        wanted = myra.records("deals")["deal_5t1v8c2n"][field]
        expected = [one["id"] for one in every(myra, "/deals?limit=200") if one[field] == wanted]
        assert [one["id"] for one in found(myra, f"/deals?filter[{field}]={wanted}&limit=200")] == expected
        assert 0 < len(expected) < 45

    @pytest.mark.parametrize(("how", "holds"), [("gt", ">"), ("gte", ">="), ("lt", "<"), ("lte", "<=")])
    def test_numbers_are_compared_as_numbers(self, myra: Caller, how: str, holds: str) -> None:
        """`filter[FIELD_gt]`, `_gte`, `_lt`, `_lte` on numbers and dates"""
        deals = [one for one in every(myra, "/deals?limit=200") if one["value"] is not None]
        assert min(len(str(one["value"])) for one in deals) < len("4800") < max(len(str(one["value"])) for one in deals)
        compare = {">": float.__gt__, ">=": float.__ge__, "<": float.__lt__, "<=": float.__le__}[holds]
        expected = [one["id"] for one in deals if compare(float(one["value"]), 4800.0)]
        assert [one["id"] for one in found(myra, f"/deals?filter[value_{how}]=4800&limit=200")] == expected
        assert expected

    def test_the_edge_of_a_comparison(self, myra: Caller) -> None:
        """`filter[FIELD_gt]`, `_gte`, `_lt`, `_lte` on numbers and dates"""
        own = "/deals?filter[id]=deal_5t1v8c2n&filter[value_{}]=6000"
        assert {how: len(found(myra, own.format(how))) for how in ("gt", "gte", "lt", "lte")} == {
            "gt": 0, "gte": 1, "lt": 0, "lte": 1,
        }  # fmt: skip
        between = found(myra, "/deals?filter[id]=deal_5t1v8c2n&filter[value_gt]=5999.5&filter[value_lt]=6000.5")
        assert len(between) == 1

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ("[created_at_gt]=2024-05-06T09:30:00Z", 0),
            ("[created_at_gte]=2024-05-06T09:30:00Z", 1),
            ("[created_at_lt]=2024-05-06T09:30:00Z", 0),
            ("[created_at_lte]=2024-05-06T09:30:00Z", 1),
            ("[created_at]=2024-05-06T11:30:00%2B02:00", 1),  # the same moment
            ("[created_at_gte]=2024-05-06", 1),
            ("[created_at_lte]=2024-05-06", 1),
            ("[created_at]=2024-05-06", 1),
            ("[created_at_gt]=2024-05-06", 0),
            ("[created_at_lt]=2024-05-06", 0),
            ("[created_at_gt]=2024-05-05&filter[created_at_lt]=2024-05-07", 1),
        ],
    )
    def test_times_are_compared_as_times(self, myra: Caller, query: str, count: int) -> None:
        """`_gte`, `_lt`, `_lte` on numbers and dates"""
        assert len(found(myra, f"/contacts?filter[id]=contact_8f2k1m9q&filter{query}")) == count

    @pytest.mark.parametrize(
        ("path", "label"),
        [
            ("/contacts", "height"), ("/contacts", "value"), ("/contacts", "email_gt"), ("/contacts", "created_at_ge"),
            ("/deals", "email"), ("/deals", "title_lt"), ("/deals", "amount"),
        ],
    )  # fmt: skip
    def test_an_unknown_field(self, myra: Caller, path: str, label: str) -> None:
        """an unknown field is 422"""
        status, code, details = refusal(myra(f"GET {path}?filter[{label}]=1"))
        assert (status, code, list(details)) == (422, "validation_failed", [f"filter[{label}]"])

    @pytest.mark.parametrize("label", ["value", "value_gt", "created_at_lt", "updated_at"])
    def test_a_value_that_is_none_of_the_field(self, myra: Caller, label: str) -> None:
        """filters: `filter[FIELD]` equality on any field"""
        status, code, details = refusal(myra(f"GET /deals?filter[{label}]=lots"))
        assert (status, code, list(details)) == (422, "validation_failed", [f"filter[{label}]"])

    def test_brackets_may_be_escaped(self, myra: Caller) -> None:
        """GET /contacts?filter[email]=john@example.com"""
        assert len(found(myra, "/contacts?filter%5Bemail%5D=john%40example.com")) == 1

    def test_filters_and_pages_together(self, myra: Caller) -> None:
        """List all contacts with advanced filtering and pagination."""
        path = "/deals?filter[value_gte]=1000"
        assert every(myra, f"{path}&limit=4") == found(myra, f"{path}&limit=200")


class TestEvent:
    def test_creating_a_contact_sends_contact_created(self, myra: Caller) -> None:
        """Instead of asking the API "Is there a new contact?" every 60 seconds, subscribe to the contact.created
        webhook for real-time updates.

        `contact.created` webhook: `{"event", "timestamp", "data": the contact}`; registered through the mock's
        control API
        """
        myra.freeze("2026-06-01T12:00:00Z")
        contact = myra.ok("POST /contacts", JANE)
        sent = myra.served.control("events")
        payload = {"event": "contact.created", "timestamp": "2026-06-01T12:00:00Z", "data": contact}
        assert (sent["total"], sent["events"][0]["event"]) == (1, "contact.created")
        assert sent["events"][0]["payload"] == payload

    def test_nothing_else_sends_it(self, myra: Caller) -> None:
        """subscribe to the contact.created webhook for real-time updates."""
        myra("POST /contacts", {"email": "john@example.com"})
        myra("POST /contacts", {"first_name": "Amara", "external_id": "lead-form-7702"})
        myra.ok("PATCH /contacts/contact_8f2k1m9q", {"phone": "1"})
        myra.ok("DELETE /contacts/contact_8f2k1m9q")
        assert myra.served.control("events")["total"] == 0
