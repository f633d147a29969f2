"""SalesPulse: keys, contacts, bulk, errors and limits. Quotes: its page and the readings of its gaps."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from calling import Caller
from salespulse import JANE, events, refusal
from serving import Served, start

ROBERT = "/contacts/ctn_xyz789"
OPERATIONS: dict[str, Any] = {
    "GET /contacts": None,
    "POST /contacts": JANE,
    "POST /contacts/bulk": {"contacts": [JANE]},
    f"GET {ROBERT}": None,
    f"PATCH {ROBERT}": {"state": "GA"},
    "DELETE /contacts/ctn_m7p2ho": None,
    "GET /calls": None,
    "GET /calls/call_abc123": None,
    "POST /calls/initiate": {"contact_id": "ctn_xyz789"},
    "GET /pipeline/stages": None,
    f"PATCH {ROBERT}/stage": {"stage_id": "stg_issued"},
    "GET /pipeline/deals": None,
}
LISTS = ["/contacts", "/calls", "/pipeline/stages", "/pipeline/deals"]


def ask(call: Caller, line: str) -> httpx.Response:
    body = OPERATIONS[line]
    return call(line) if body is None else call(line, body)


class TestKeys:
    @pytest.mark.parametrize("line", OPERATIONS)
    @pytest.mark.parametrize("key", [None, "sp_live_nobody"])
    def test_every_request_needs_a_key(self, salespulse: Caller, line: str, key: str | None) -> None:
        """All requests require a Bearer token in the Authorization header.

        401UnauthorizedMissing or invalid API key
        """
        answer = ask(salespulse.using(key), line)
        assert refusal(answer)[:2] == (401, "unauthorized")
        assert answer.headers["www-authenticate"].startswith("Bearer")

    def test_the_documented_request(self, salespulse: Caller) -> None:
        """curl https://salespulse.app/api/v1/contacts \\ -H "Authorization: Bearer sp_live_YOUR_API_KEY"

        All API endpoints are prefixed with /api/v1.
        """
        client, url = salespulse.served.client, salespulse.served.url
        key = {"Authorization": "Bearer test-key"}
        assert client.get(f"{url}/api/v1/contacts", headers=key).status_code == 200
        assert client.get(f"{url}/api/contacts", headers=key).status_code == 404

    @pytest.mark.parametrize("line", OPERATIONS)
    def test_a_key_that_reads_only(self, salespulse: Caller, line: str) -> None:
        """`readonly-key` (may read, may not write)"""
        answer = ask(salespulse.using("readonly-key"), line)
        if line.startswith("GET"):
            assert answer.status_code == 200
        else:
            assert refusal(answer)[:2] == (403, "unauthorized")


class TestLists:
    @pytest.mark.parametrize("path", LISTS)
    def test_the_envelope(self, salespulse: Caller, path: str) -> None:
        """list envelope: `{"data": [...], "page", "limit", "total"}`; `limit` default 50, max 200

        HTTP methods were lost: list, get: GET; create, bulk, initiate: POST; update and stage: PATCH; delete: DELETE

        All responses are JSON.
        """
        answer = salespulse(f"GET {path}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
        page = answer.json()
        assert set(page) == {"data", "page", "limit", "total"}
        assert (page["page"], page["limit"], len(page["data"])) == (1, 50, min(50, page["total"]))

    @pytest.mark.parametrize("path", LISTS)
    def test_pages_hold_everything_once(self, salespulse: Caller, path: str) -> None:
        """Supports ?page=, ?limit=, ?search= query params.

        List all contacts. List call history. List all pipeline stages.
        """
        whole = salespulse.ok(f"GET {path}?limit=200")
        assert len(whole["data"]) == whole["total"]
        size = whole["total"] // 3
        pages = [salespulse.ok(f"GET {path}?page={number}&limit={size}") for number in range(1, 6)]
        assert [one for page in pages for one in page["data"]] == whole["data"]
        assert [page["page"] for page in pages] == [1, 2, 3, 4, 5]
        assert {(page["limit"], page["total"]) for page in pages} == {(size, whole["total"])}
        assert pages[-1]["data"] == []

    def test_totals_count_what_is_there(self, salespulse: Caller) -> None:
        """`{"data": [...], "page", "limit", "total"}`"""
        assert salespulse.ok("GET /contacts")["total"] == 80
        salespulse.ok("POST /contacts", JANE)
        assert salespulse.ok("GET /contacts?limit=1")["total"] == 81
        salespulse.ok("DELETE /contacts/ctn_m7p2ho")
        assert salespulse.ok("GET /contacts?page=9")["total"] == 80

    @pytest.mark.parametrize("path", LISTS)
    @pytest.mark.parametrize(
        ("query", "name"), [("limit=0", "limit"), ("limit=201", "limit"), ("limit=x", "limit"), ("page=0", "page"),
                            ("page=-1", "page"), ("page=1.5", "page")],
    )  # fmt: skip
    def test_bad_parameters_are_400(self, salespulse: Caller, path: str, query: str, name: str) -> None:
        """400 against 422: bad query parameters and malformed JSON: 400; a body that fails validation: 422

        400Bad RequestInvalid parameters — check the error.message field
        """
        status, code, message = refusal(salespulse(f"GET {path}?{query}"))
        assert (status, code) == (400, "bad_request")
        assert name in message.lower()

    @pytest.mark.parametrize("text", ["alvarez", "ALVAREZ", "robert.alv", "%2B13055550148"])
    def test_search(self, salespulse: Caller, text: str) -> None:
        """Supports ?page=, ?limit=, ?search= query params."""
        page = salespulse.ok(f"GET /contacts?search={text}")
        assert ([one["id"] for one in page["data"]], page["total"]) == (["ctn_xyz789"], 1)

    def test_search_looks_at_every_text(self, salespulse: Caller) -> None:
        """Supports ?page=, ?limit=, ?search= query params."""
        contacts = salespulse.ok("GET /contacts?limit=200")["data"]
        found = salespulse.ok("GET /contacts?search=medicare&limit=200")
        wanted = [one for one in contacts if "medicare" in " ".join(map(str, one.values()))]
        assert found["data"] == wanted
        assert 0 < found["total"] == len(wanted) < 80
        assert salespulse.ok("GET /contacts?search=nobody-at-all") == {"data": [], "page": 1, "limit": 50, "total": 0}


class TestContacts:
    def test_create(self, salespulse: Caller) -> None:
        """Create a single contact.

        curl -X POST https://salespulse.app/api/v1/contacts \\ -H "Authorization: Bearer sp_live_YOUR_API_KEY" \\ -H
        "Content-Type: application/json" \\ -d '{ "first_name": "Jane", "last_name": "Smith", "phone":
        "+13055551234", "email": "jane@example.com", "state": "FL", "product_interest": "final_expense" }'

        201CreatedResource created successfully

        contact: fields of the example, `id` like `ctn_xyz789`, `stage_id`, `created_at`, `updated_at`; `phone` is
        required, E.164
        """
        salespulse.freeze("2026-06-01T12:00:00Z")
        answer = salespulse("POST /contacts", JANE)
        times = {"created_at": "2026-06-01T12:00:00Z", "updated_at": "2026-06-01T12:00:00Z"}
        created = answer.json()
        assert (answer.status_code, created) == (201, {"id": created["id"], **JANE, "stage_id": None, **times})
        assert re.fullmatch(r"ctn_[0-9a-z]{6}", created["id"])
        assert salespulse.ok(f"GET /contacts/{created['id']}") == created
        assert created in salespulse.ok("GET /contacts?limit=200")["data"]

    def test_a_phone_number_is_enough(self, salespulse: Caller) -> None:
        """`phone` is required, E.164"""
        created = salespulse.ok("POST /contacts", {"phone": "+13055551234"})
        assert {name for name, value in created.items() if value is None} == {
            "first_name", "last_name", "email", "state", "product_interest", "stage_id",
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"first_name": "Jane"}, "phone"),
            ({"phone": None}, "phone"),
            ({"phone": "3055551234"}, "phone"),
            ({"phone": "+0305555123"}, "phone"),
            ({"phone": "+1305555123456789"}, "phone"),
            ({"phone": "+1 305 555 1234"}, "phone"),
            ({"phone": 13055551234}, "phone"),
            ({**JANE, "email": "jane"}, "email"),
            ({**JANE, "state": 5}, "state"),
        ],
    )
    def test_bad_bodies_are_422(self, salespulse: Caller, body: Any, field: str) -> None:
        """422Unprocessable EntityValidation errors on the submitted data

        error format: `{"error": {"message", "code"}}`; only `message` is documented

        a body that fails validation: 422
        """
        for line in ("POST /contacts", f"PATCH {ROBERT}"):
            if "PATCH" in line and "phone" not in body:
                continue  # whose phone stays as it is
            status, code, message = refusal(salespulse(line, body))
            assert (status, code) == (422, "unprocessable_entity")
            assert field in message.lower(), message

    def test_all_that_is_wrong_is_told(self, salespulse: Caller) -> None:
        """check the error.message field"""
        message = refusal(salespulse("POST /contacts", {"phone": "1", "email": "jane", "state": 5}))[2]
        assert all(field in message.lower() for field in ("phone", "email", "state")), message

    @pytest.mark.parametrize(
        "line", ["POST /contacts", "POST /contacts/bulk", f"PATCH {ROBERT}", "POST /calls/initiate"]
    )
    @pytest.mark.parametrize("body", [b"{", b"{'phone': 1}", b"\xff"])
    def test_malformed_json_is_400(self, salespulse: Caller, line: str, body: bytes) -> None:
        """bad query parameters and malformed JSON: 400"""
        answer = salespulse(line, body, **{"Content-Type": "application/json"})
        assert refusal(answer)[:2] == (400, "bad_request")

    def test_another_media_type_is_415(self, salespulse: Caller) -> None:
        """an unsupported request media type 415 … each in the API's own error format with the nearest documented
        code
        """
        answer = salespulse("POST /contacts", b"phone=1", **{"Content-Type": "text/csv"})
        assert refusal(answer)[:2] == (415, "bad_request")

    def test_read(self, salespulse: Caller) -> None:
        """Get a single contact by ID.

        200OKSuccess
        """
        contact = salespulse.ok(f"GET {ROBERT}")
        assert contact == salespulse.records("contacts")["ctn_xyz789"]
        assert set(contact) == {*JANE, "id", "stage_id", "created_at", "updated_at"}

    @pytest.mark.parametrize(
        "line",
        [
            "GET /contacts/ctn_none",
            "DELETE /contacts/ctn_none",
            "PATCH /contacts/ctn_none",
            "PATCH /contacts/ctn_none/stage",
            "GET /calls/call_none",
        ],
    )
    def test_what_is_not_there_is_404(self, salespulse: Caller, line: str) -> None:
        """404Not FoundResource does not exist"""
        bodies = {
            "PATCH /contacts/ctn_none": {"state": "GA"},
            "PATCH /contacts/ctn_none/stage": {"stage_id": "stg_new"},
        }
        answer = salespulse(line, bodies[line]) if line in bodies else salespulse(line)
        assert refusal(answer)[:2] == (404, "not_found")

    def test_update(self, salespulse: Caller) -> None:
        """Update contact fields."""
        before = salespulse.ok(f"GET {ROBERT}")
        salespulse.freeze("2026-06-01T12:00:00Z")
        after = salespulse.ok(f"PATCH {ROBERT}", {"state": "GA", "email": None})
        assert after == {**before, "state": "GA", "email": None, "updated_at": "2026-06-01T12:00:00Z"}
        assert salespulse.ok(f"GET {ROBERT}") == after

    def test_the_stage_has_a_call_of_its_own(self, salespulse: Caller) -> None:
        """`PATCH /contacts/{id}/stage`: `{"stage_id"}` → the contact"""
        assert salespulse.ok(f"PATCH {ROBERT}", {"stage_id": "stg_lost"})["stage_id"] == "stg_quoted"
        assert salespulse.ok("POST /contacts", {**JANE, "stage_id": "stg_lost"})["stage_id"] is None

    def test_delete(self, salespulse: Caller) -> None:
        """Delete a contact."""
        before = salespulse.ok(f"GET {ROBERT}")
        answer = salespulse(f"DELETE {ROBERT}")
        assert (answer.status_code, answer.json()) == (200, before)
        assert refusal(salespulse(f"GET {ROBERT}"))[0] == 404
        assert salespulse.ok("GET /contacts?search=alvarez")["total"] == 0
        assert "ctn_xyz789" not in [
            one["contact"]["id"] for one in salespulse.ok("GET /pipeline/deals?limit=200")["data"]
        ]
        assert salespulse.ok("GET /calls/call_abc123")["contact_id"] == "ctn_xyz789"

    @pytest.mark.parametrize(
        ("line", "allow"),
        [
            ("PUT /contacts", {"GET", "POST"}),
            ("DELETE /contacts/bulk", None),
            ("GET /contacts/ctn_xyz789/stage", {"PATCH"}),
            ("DELETE /calls/call_abc123", {"GET"}),
        ],
    )
    def test_other_methods(self, salespulse: Caller, line: str, allow: set[str] | None) -> None:
        """a known path with another method 405 with `Allow`"""
        answer = salespulse(line)
        assert refusal(answer)[:2] == (405, "bad_request")
        if allow:
            assert set(answer.headers["allow"].split(", ")) - {"HEAD", "OPTIONS"} == allow


class TestBulk:
    @pytest.mark.parametrize("size", [1, 1_000])
    def test_up_to_1000_at_once(self, salespulse: Caller, size: int) -> None:
        """Create up to 1,000 contacts in a single request.

        bulk: `{"contacts": [...]}`, 1 to 1,000; 201 `{"created": n, "data": [...]}`; one bad row fails the whole
        request, 422, and creates nothing
        """
        rows = [{"phone": f"+1305555{number:04}", "first_name": f"Row {number}"} for number in range(size)]
        answer = salespulse("POST /contacts/bulk", {"contacts": rows})
        assert answer.status_code == 201
        assert set(answer.json()) == {"created", "data"}
        assert answer.json()["created"] == size
        assert [{name: one[name] for name in ("phone", "first_name")} for one in answer.json()["data"]] == rows
        assert len({one["id"] for one in answer.json()["data"]}) == size
        assert salespulse.ok("GET /contacts")["total"] == 80 + size
        last = answer.json()["data"][-1]
        assert salespulse.ok(f"GET /contacts/{last['id']}") == last

    @pytest.mark.parametrize("rows", [[], [{"phone": "+13055551234"}] * 1_001, None, {}, "x"])
    def test_no_fewer_and_no_more(self, salespulse: Caller, rows: Any) -> None:
        """bulk: `{"contacts": [...]}`, 1 to 1,000"""
        body = {} if rows is None else {"contacts": rows}
        status, code, message = refusal(salespulse("POST /contacts/bulk", body))
        assert (status, code) == (422, "unprocessable_entity")
        assert "contacts" in message.lower()
        assert salespulse.ok("GET /contacts")["total"] == 80

    def test_one_bad_row_fails_all(self, salespulse: Caller) -> None:
        """one bad row fails the whole request, 422, and creates nothing"""
        rows = [{"phone": "+13055551234"}, {"phone": "+13055551235", "email": "jane"}, {"first_name": "No phone"}]
        status, _, message = refusal(salespulse("POST /contacts/bulk", {"contacts": rows}))
        assert status == 422
        assert "1.email" in message
        assert "2.phone" in message
        assert salespulse.ok("GET /contacts")["total"] == 80
        assert events(salespulse) == []

    def test_bulk_is_no_contact(self, salespulse: Caller) -> None:
        """/contacts/bulk … /contacts/:id"""
        assert refusal(salespulse("GET /contacts/bulk"))[0] in (404, 405)
        assert salespulse("POST /contacts/bulk", {"contacts": [JANE]}).status_code == 201

    def test_each_row_sends_its_event(self, salespulse: Caller) -> None:
        """contact.createdA new contact was created"""
        created = salespulse.ok("POST /contacts/bulk", {"contacts": [JANE, {"phone": "+13055551235"}]})["data"]
        assert [(one["event"], one["data"]) for one in events(salespulse)] == [
            ("contact.created", created[0]), ("contact.created", created[1]),
        ]  # fmt: skip


@pytest.fixture(scope="module")
def limited_server() -> Iterator[Served]:
    with start("salespulse") as served:
        yield served


@pytest.fixture
def limited(limited_server: Served) -> Caller:
    """SalesPulse with its limits, in its first state, at noon."""
    limited_server.reset()
    caller = Caller(limited_server, "/api/v1")
    caller.freeze("2026-06-01T12:00:00Z")
    return caller


class TestLimits:
    def test_headers_on_every_response(self, limited: Caller) -> None:
        """Rate limit headers are returned on every response: X-RateLimit-Limit, X-RateLimit-Remaining.

        rate limit numbers: 100 a minute; headers on every response; `Retry-After` on the 429
        """
        lines = {"GET /contacts": 200, "GET /contacts/none": 404, "GET /nowhere": 404, "PUT /contacts": 405,
                 "GET /contacts?limit=0": 400, f"DELETE {ROBERT}": 200}  # fmt: skip
        for used, (line, status) in enumerate(lines.items(), 1):
            answer = limited(line)
            assert (answer.status_code, answer.headers["x-ratelimit-limit"]) == (status, "100")
            assert answer.headers["x-ratelimit-remaining"] == str(100 - used)
        assert limited.using(None)("GET /contacts").headers["x-ratelimit-limit"] == "100"

    def test_the_101st_in_a_minute_is_refused(self, limited: Caller) -> None:
        """429Too Many RequestsRate limit exceeded — back off and retry

        rate limit numbers: 100 a minute; headers on every response; `Retry-After` on the 429
        """
        assert {limited("GET /pipeline/stages").status_code for _ in range(100)} == {200}
        limited.advance("PT18S")
        answer = limited("GET /contacts")
        assert refusal(answer)[:2] == (429, "too_many_requests")
        assert (answer.headers["retry-after"], answer.headers["x-ratelimit-remaining"]) == ("42", "0")
        limited.advance("PT41.999S")
        assert limited("GET /contacts").status_code == 429
        limited.advance("PT0.001S")
        answer = limited("GET /contacts")
        assert (answer.status_code, answer.headers["x-ratelimit-remaining"]) == (200, "99")

    def test_each_key_has_its_own(self, limited: Caller) -> None:
        """100 a minute"""
        assert {limited("GET /pipeline/stages").status_code for _ in range(100)} == {200}
        assert limited.using("limited-key")("GET /contacts").status_code == 200
