"""Pulse Leads: accounts, lists, leads and their archive. Quotes: its page and the readings of its gaps."""

import re
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from calling import Caller

SHOWN = [
    "id",
    "firstName",
    "lastName",
    "email",
    "phone",
    "company",
    "jobTitle",
    "processStage",
    "source",
    "status",
    "assignedTo",
    "notes",
    "archived",
    "lastContacted",
    "createdAt",
    "updatedAt",
]
EXAMPLE = {
    "id": 1, "firstName": "John", "lastName": "Doe", "email": "john.doe@example.com", "phone": "+15555555555",
    "company": "Acme Inc", "jobTitle": "CTO", "processStage": "Initial Contact", "archived": False,
    "lastContacted": "2023-06-15T14:30:00.000Z", "createdAt": "2023-06-01T09:00:00.000Z",
    "updatedAt": "2023-06-15T14:30:00.000Z",
}  # fmt: skip
NORTH = {"X-Account-Id": "acc_1002"}
NOON = "2026-06-01T12:00:00.250Z"


def problem(answer: httpx.Response) -> tuple[int, list[dict[str, str]]]:
    """Status and errors of an RFC 9457 problem; its form is checked."""
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert {"type", "title", "status", "detail"} <= set(body) <= {"type", "title", "status", "detail", "errors"}
    assert body["status"] == answer.status_code
    errors = body.get("errors", [])
    assert all(set(one) in ({"pointer", "detail"}, {"parameter", "detail"}) for one in errors)
    return answer.status_code, errors


def parameters(answer: httpx.Response) -> set[str]:
    """The parameters that a 400 names."""
    status, errors = problem(answer)
    assert status == 400
    return {one["parameter"] for one in errors}


def listed(call: Caller, query: str = "", **headers: str) -> list[Any]:
    """Every lead of a list, page by page of 100."""
    found: list[Any] = []
    for number in range(1, 100):
        answer = call(f"GET /leads?pageSize=100&page={number}&{query}", **headers)
        assert answer.status_code == 200, answer.text
        found += answer.json()["data"]
        if number >= answer.json()["totalPages"]:
            assert len(found) == answer.json()["totalCount"]
            break
    return found


class TestShape:
    def test_the_documented_lead(self, leads: Caller) -> None:
        """{ "data": [ { "id": 1, "firstName": "John", "lastName": "Doe", "email": "john.doe@example.com",
        "phone": "+15555555555", "company": "Acme Inc", "jobTitle": "CTO", "processStage": "Initial Contact",
        "archived": false, "lastContacted": "2023-06-15T14:30:00Z", "createdAt": "2023-06-01T09:00:00Z",
        "updatedAt": "2023-06-15T14:30:00Z" } // More leads... ], "totalCount": 142, "totalPages": 8, "currentPage": 1}

        When retrieving a list of leads, the response will include pagination details:

        Leads represent individuals or businesses that have shown interest in your products or services but haven't yet
        become customers.
        """
        page = leads.ok("GET /leads?sort=createdAt&pageSize=1")
        assert EXAMPLE.items() <= page["data"][0].items()
        assert {name: page[name] for name in ("totalCount", "totalPages", "currentPage")} == {
            "totalCount": 142, "totalPages": 142, "currentPage": 1,
        }  # fmt: skip
        assert set(page) == {"data", "totalCount", "totalPages", "currentPage"}

    def test_the_properties_of_a_lead(self, leads: Caller) -> None:
        """A lead contains various properties to help you track and manage potential customers:

        Basic contact information (name, email, phone)

        Company and professional details

        Sales-related information (source, status, process stage)

        CRM metadata (assigned to, notes, last contact)

        fields: those of the example (ids are integers), and `source`, `status`, `assignedTo`, `notes`; none is
        required; `firstName` … are strings or null
        """
        every = listed(leads)
        assert {tuple(sorted(one)) for one in every} == {tuple(sorted(SHOWN))}
        assert {type(one["id"]) for one in every} == {int}
        texts = [name for name in SHOWN if name not in ("id", "archived")]
        assert {type(one[name]) for one in every for name in texts} == {str, type(None)}

    def test_times_have_milliseconds(self, leads: Caller) -> None:
        """For date fields, use ISO 8601 format (YYYY-MM-DDTHH:mm:ss.sssZ) to ensure consistency.

        dates: ISO 8601 with milliseconds and `Z`
        """
        every = listed(leads) + listed(leads, "archived=true")
        times = {one[name] for one in every for name in ("lastContacted", "createdAt", "updatedAt")} - {None}
        assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", time) for time in times)

    @pytest.mark.parametrize(
        ("sent", "kept"),
        [
            ("2026-05-04T09:30:00Z", "2026-05-04T09:30:00.000Z"),
            ("2026-05-04T09:30:00.5Z", "2026-05-04T09:30:00.500Z"),
            ("2026-05-04T11:30:00.123456+02:00", "2026-05-04T09:30:00.123Z"),
        ],
    )
    def test_times_are_taken_with_and_without(self, leads: Caller, sent: str, kept: str) -> None:
        """contradiction: the example has none; accept both, send milliseconds"""
        lead = leads.ok("POST /leads", {"lastContacted": sent})
        assert lead["lastContacted"] == kept
        assert leads.ok("PATCH /leads/1", {"lastContacted": sent})["lastContacted"] == kept
        assert {one["id"] for one in listed(leads, f"lastContacted={quote(sent)}")} == {1, lead["id"]}


class TestAccounts:
    def test_nobody_needs_credentials(self, leads: Caller) -> None:
        """none documented: accepted, never required"""
        assert leads("GET /leads").status_code == 200
        assert leads("GET /leads", Authorization="Bearer whatever").status_code == 200

    def test_the_primary_account_unless_another_is_named(self, leads: Caller) -> None:
        """Like other resources in the Pulse API, leads are associated with a specific account. Your primary account
        will be used unless you include the desired account in your requests using the X-Account-Id header.

        account: each account has its own leads; no header: the primary account; an unknown account: 403
        """
        primary = listed(leads)
        assert listed(leads, **{"X-Account-Id": "acc_1001"}) == primary
        accounts = [{one["id"] for one in listed(leads, **{"X-Account-Id": f"acc_100{n}"})} for n in (1, 2, 3)]
        assert [len(one) for one in accounts] == [142, 21, 10]
        assert sum(map(len, accounts)) == len(set.union(*accounts))

    @pytest.mark.parametrize(
        ("line", "body"),
        [
            ("GET /leads", None),
            ("POST /leads", {}),
            ("GET /leads/1", None),
            ("PATCH /leads/1", {}),
            ("DELETE /leads/1", None),
            ("POST /leads/1/archive", None),
            ("DELETE /leads/1/archive", None),
        ],
    )
    @pytest.mark.parametrize("account", ["acc_9999", "1001", "ACC_1001"])
    def test_an_unknown_account(self, leads: Caller, line: str, body: Any, account: str) -> None:
        """an unknown account: 403"""
        header = {"X-Account-Id": account}
        answer = leads(line, **header) if body is None else leads(line, body, **header)
        assert problem(answer) == (403, [])
        assert leads("GET /leads/1").status_code == 200

    @pytest.mark.parametrize(
        ("line", "body"),
        [
            ("GET /leads/1", None),
            ("PATCH /leads/1", {"notes": "x"}),
            ("DELETE /leads/1", None),
            ("POST /leads/1/archive", None),
            ("DELETE /leads/1/archive", None),
        ],
    )
    def test_another_accounts_lead_is_not_there(self, leads: Caller, line: str, body: Any) -> None:
        """each account has its own leads"""
        before = leads.ok("GET /leads/1")
        answer = leads(line, **NORTH) if body is None else leads(line, body, **NORTH)
        assert problem(answer) == (404, [])
        assert leads.ok("GET /leads/1") == before

    def test_a_lead_is_created_in_its_account(self, leads: Caller) -> None:
        """each account has its own leads"""
        lead = leads("POST /leads", {"firstName": "Nora"}, **NORTH).json()
        assert "accountId" not in lead
        assert leads(f"GET /leads/{lead['id']}", **NORTH).json() == lead
        assert problem(leads(f"GET /leads/{lead['id']}"))[0] == 404
        assert len(listed(leads)) == 142
        assert listed(leads, **NORTH)[0] == lead
        assert leads(f"PATCH /leads/{lead['id']}", {"accountId": "acc_1001"}, **NORTH).status_code == 200
        assert problem(leads(f"GET /leads/{lead['id']}"))[0] == 404


class TestLists:
    def test_defaults(self, leads: Caller) -> None:
        """GET /leads Retrieve a paginated list of leads with optional filtering and sorting.

        page: Page number (default: 1)

        pageSize: Number of leads per page (default: 10)

        sort: Comma-separated list of fields to sort by, prefix with - for descending order (default: “-createdAt”)

        archived: Filter by archived status (default: false)
        """
        plain = leads.ok("GET /leads")
        assert plain == leads.ok("GET /leads?page=1&pageSize=10&sort=-createdAt&archived=false")
        assert len(plain["data"]) == 10
        assert not any(one["archived"] for one in plain["data"])

    @pytest.mark.parametrize(("size", "pages"), [(10, 15), (18, 8), (20, 8), (100, 2), (71, 2), (142, None), (1, 142)])
    def test_pages(self, leads: Caller, size: int, pages: int | None) -> None:
        """example: 142 leads, 8 pages, default page size 10: contradiction; `totalPages` = ceil(`totalCount` /
        `pageSize`), at least 1

        Always use pagination when retrieving multiple leads to improve performance and avoid timeout issues.
        """
        if pages is None:
            assert parameters(leads(f"GET /leads?pageSize={size}")) == {"pageSize"}
            return
        page = leads.ok(f"GET /leads?pageSize={size}")
        assert (page["totalCount"], page["totalPages"]) == (142, pages)

    def test_pages_hold_everything_once(self, leads: Caller) -> None:
        """page: Page number"""
        pages = [leads.ok(f"GET /leads?page={number}") for number in range(1, 16)]
        numbers = [one["id"] for page in pages for one in page["data"]]
        assert len(numbers) == len(set(numbers)) == 142
        assert [page["currentPage"] for page in pages] == list(range(1, 16))
        assert len(pages[-1]["data"]) == 2
        beyond = leads.ok("GET /leads?page=16")
        assert (beyond["data"], beyond["totalCount"], beyond["currentPage"]) == ([], 142, 16)

    def test_nothing_fills_one_page(self, leads: Caller) -> None:
        """`totalPages` = ceil(`totalCount` / `pageSize`), at least 1"""
        nothing = {"data": [], "totalCount": 0, "totalPages": 1, "currentPage": 1}
        assert leads.ok("GET /leads?company=Nowhere") == nothing

    @pytest.mark.parametrize(
        ("query", "name"),
        [
            ("page=0", "page"),
            ("page=-1", "page"),
            ("page=one", "page"),
            ("pageSize=0", "pageSize"),
            ("pageSize=101", "pageSize"),
            ("archived=maybe", "archived"),
            ("id=one", "id"),
            ("createdAt=today", "createdAt"),
            ("colour=red", "colour"),
            ("accountId=acc_1001", "accountId"),
            ("sort=", "sort"),
        ],
    )
    def test_bad_parameters(self, leads: Caller, query: str, name: str) -> None:
        """`pageSize` maximum: 100

        filters: any lead property as a query parameter, compared by its type; `archived` default false; unknown
        parameters are 400
        """
        assert parameters(leads(f"GET /leads?{query}")) == {name}

    def test_all_that_is_wrong_is_told_at_once(self, leads: Caller) -> None:
        """an `errors` array of `{pointer or parameter, detail}` for validation"""
        answer = leads("GET /leads?page=0&pageSize=500&sort=colour&size=big")
        assert parameters(answer) == {"page", "pageSize", "sort", "size"}


class TestSort:
    @pytest.mark.parametrize("field", SHOWN)
    def test_by_any_field_both_ways(self, leads: Caller, field: str) -> None:
        """Comma-separated list of fields to sort by, prefix with - for descending order"""
        up = [one[field] for one in listed(leads, f"sort={field}") if one[field] is not None]
        down = [one[field] for one in listed(leads, f"sort=-{field}") if one[field] is not None]
        assert up == sorted(up)
        assert down == sorted(up, reverse=True)
        assert len(set(up)) > 1 or field == "archived"

    def test_by_several_fields(self, leads: Caller) -> None:
        """`sort`: comma-separated, `-` for descending, default `-createdAt`; an unknown field is 400"""
        found = listed(leads, "sort=processStage,-source,id")
        expected = sorted(found, key=lambda one: one["id"])
        expected.sort(key=lambda one: str(one["source"]), reverse=True)
        expected.sort(key=lambda one: str(one["processStage"]))
        assert [one["id"] for one in found] == [one["id"] for one in expected]
        assert len({(one["processStage"], one["source"]) for one in found}) < len(found)

    def test_among_equals_the_newest_first(self, leads: Caller) -> None:
        """(default: “-createdAt”)"""
        found = listed(leads, "sort=processStage")
        for stage in {one["processStage"] for one in found}:
            times = [one["createdAt"] for one in found if one["processStage"] == stage]
            assert times == sorted(times, reverse=True)

    @pytest.mark.parametrize(
        ("sort", "found"), [("createdAt", "abc"), ("-createdAt", "cba"), ("notes,createdAt", "abc"), ("notes", "cba")]
    )
    def test_of_one_moment_s_leads_the_order_of_time_decides(self, leads: Caller, sort: str, found: str) -> None:
        leads.served.control("clock", {"freeze": "2027-01-01T00:00:00Z"})
        for name in "abc":
            leads.ok("POST /leads", {"firstName": name, "notes": "same"})
        assert "".join(one["firstName"] for one in listed(leads, f"sort={sort}&notes=same")) == found

    @pytest.mark.parametrize(
        "sort", ["colour", "-colour", "lastName,colour", "--lastName", "lastname", "accountId", "name asc"]
    )
    def test_an_unknown_field(self, leads: Caller, sort: str) -> None:
        """an unknown field is 400"""
        assert parameters(leads(f"GET /leads?sort={quote(sort)}")) == {"sort"}


class TestFilters:
    @pytest.mark.parametrize("field", [name for name in SHOWN if name != "archived"])
    def test_any_property(self, leads: Caller, field: str) -> None:
        """Additional filters: Any lead property can be used as a filter parameter

        Use specific filters rather than retrieving all leads and filtering client-side.
        """
        every = listed(leads)
        wanted = leads.ok("GET /leads/1")[field]
        found = listed(leads, f"{field}={quote(str(wanted), safe='')}")
        assert [one["id"] for one in found] == [one["id"] for one in every if one[field] == wanted]
        assert 0 < len(found) < len(every)

    def test_by_type(self, leads: Caller) -> None:
        """compared by its type"""
        assert [one["id"] for one in listed(leads, "createdAt=2023-06-01T11:00:00%2B02:00")] == [1]
        assert listed(leads, "firstName=john") == []
        assert [one["id"] for one in listed(leads, "firstName=John&lastName=Doe")] == [1]
        assert listed(leads, "firstName=John&lastName=Nobody") == []

    @pytest.mark.parametrize("text", ["ACME", "john.doe@", "pricing sheet", "grace park", "cto"])
    def test_search(self, leads: Caller, text: str) -> None:
        """search: Text search across all text fields

        `search`: any text field, any case
        """
        every = listed(leads)
        found = listed(leads, f"search={quote(text)}")
        texts = [name for name in SHOWN if name not in ("id", "archived", "lastContacted", "createdAt", "updatedAt")]
        wanted = [one for one in every if any(text.lower() in (one[name] or "").lower() for name in texts)]
        assert found == wanted
        assert 1 in [one["id"] for one in found]
        assert len(found) < 142

    def test_together(self, leads: Caller) -> None:
        """filters … any lead property as a query parameter"""
        every = listed(leads, "sort=lastName")
        found = listed(leads, "sort=lastName&search=o&processStage=Qualified&source=Website")
        ids = [one["id"] for one in every if one["processStage"] == "Qualified" and one["source"] == "Website"]
        assert [one["id"] for one in found if one["id"] in ids] == [one["id"] for one in found]
        assert found


class TestLeads:
    def test_create(self, leads: Caller) -> None:
        """POST /leads Create a new lead with the provided data.

        statuses: create 201, read, update, archive and unarchive 200 with the lead, delete 204
        """
        leads.freeze(NOON)
        body = {
            name: value for name, value in EXAMPLE.items() if name not in ("id", "archived", "createdAt", "updatedAt")
        }
        answer = leads("POST /leads", {**body, "notes": "Met at a fair"})
        lead = answer.json()
        unknown = dict.fromkeys(("source", "status", "assignedTo"))
        set_by_server = {"id": lead["id"], "archived": False, "createdAt": NOON, "updatedAt": NOON}
        assert (answer.status_code, lead) == (201, {**body, **unknown, "notes": "Met at a fair", **set_by_server})
        assert isinstance(lead["id"], int)
        assert leads.ok(f"GET /leads/{lead['id']}") == lead == leads.ok("GET /leads")["data"][0]
        assert leads.ok("GET /leads")["totalCount"] == 143

    def test_nothing_is_required(self, leads: Caller) -> None:
        """none is required; `firstName` … are strings or null"""
        lead = leads.ok("POST /leads", {})
        texts = set(SHOWN) - {"id", "archived", "createdAt", "updatedAt"}
        assert {name for name, value in lead.items() if value is None} == texts
        assert leads("POST /leads", {"firstName": None, "email": None}).status_code == 201

    @pytest.mark.parametrize(
        ("body", "pointers"),
        [
            ({"firstName": 5}, {"#/firstName"}),
            ({"email": "john"}, {"#/email"}),
            ({"lastContacted": "yesterday"}, {"#/lastContacted"}),
            ({"email": "john", "phone": 1, "notes": ["a"]}, {"#/email", "#/phone", "#/notes"}),
        ],
    )
    def test_bad_bodies(self, leads: Caller, body: Any, pointers: set[str]) -> None:
        """errors are RFC 9457 problem details (`application/problem+json`), with an `errors` array of `{pointer or
        parameter, detail}` for validation
        """
        for line in ("POST /leads", "PATCH /leads/1"):
            status, errors = problem(leads(line, body))
            assert (status, {one["pointer"] for one in errors}) == (400, pointers)

    @pytest.mark.parametrize(
        ("content", "media", "status"),
        [(b"{", "application/json", 400), (b"[]", "application/json", 400), (b"a=1", "text/plain", 415)],
    )
    def test_what_is_no_lead_at_all(self, leads: Caller, content: bytes, media: str, status: int) -> None:
        """Malformed JSON is 400, an unsupported request media type 415"""
        assert problem(leads("POST /leads", content, **{"Content-Type": media}))[0] == status

    @pytest.mark.parametrize(
        ("line", "status"),
        [("GET /lead", 404), ("GET /leads/1/notes", 404), ("PUT /leads/1", 405), ("GET /leads/1/archive", 405)],
    )
    def test_other_paths_and_methods(self, leads: Caller, line: str, status: int) -> None:
        """an unknown path 404, a known path with another method 405 with `Allow`"""
        answer = leads(line)
        assert problem(answer)[0] == status
        assert ("allow" in answer.headers) == (status == 405)

    def test_read(self, leads: Caller) -> None:
        """GET /leads/{leadId} Retrieve a specific lead by its ID.

        When retrieving or updating a single lead, the response will be the lead object itself.
        """
        assert EXAMPLE.items() <= leads.ok("GET /leads/1").items()
        for number in ("0", "-1", "99999", "one", "1.5"):
            assert problem(leads(f"GET /leads/{number}"))[0] == 404, number

    def test_update(self, leads: Caller) -> None:
        """PATCH /leads/{leadId} Update an existing lead with new data.

        When updating leads, only include the fields that actually need to change.
        """
        before = leads.ok("GET /leads/1")
        leads.freeze(NOON)
        after = leads.ok("PATCH /leads/1", {"status": "Won", "phone": None})
        assert after == {**before, "status": "Won", "phone": None, "updatedAt": NOON} == leads.ok("GET /leads/1")

    def test_what_the_server_sets_stays_the_servers(self, leads: Caller) -> None:
        """Prefer archiving leads rather than deleting them to maintain historical data."""
        before = leads.ok("GET /leads/1")
        sent = {"id": 7, "archived": True, "createdAt": "2020-01-01T00:00:00Z", "colour": "red"}
        after = leads.ok("PATCH /leads/1", sent)
        assert {**after, "updatedAt": None} == {**before, "updatedAt": None}
        created = leads.ok("POST /leads", sent)
        assert created["archived"] is False
        assert created["id"] != 7

    def test_delete(self, leads: Caller) -> None:
        """DELETE /leads/{leadId} Permanently delete a lead from the system."""
        answer = leads("DELETE /leads/1")
        assert (answer.status_code, answer.content) == (204, b"")
        for line in ("GET /leads/1", "DELETE /leads/1", "POST /leads/1/archive"):
            assert problem(leads(line))[0] == 404
        assert 1 not in [one["id"] for one in listed(leads) + listed(leads, "archived=true")]


class TestArchive:
    def test_there_and_back(self, leads: Caller) -> None:
        """POST /leads/{leadId}/archive Move a lead to the archive state.

        DELETE /leads/{leadId}/archive Restore a lead from the archive state.

        To maintain a clean database while preserving historical data, you can archive leads instead of deleting them.
        """
        before = leads.ok("GET /leads/1")
        leads.freeze(NOON)
        archived = leads("POST /leads/1/archive")
        assert (archived.status_code, archived.json()) == (200, {**before, "archived": True, "updatedAt": NOON})
        assert leads.ok("GET /leads/1") == archived.json()
        assert 1 not in [one["id"] for one in listed(leads)]
        assert archived.json() in listed(leads, "archived=true")
        assert leads.ok("GET /leads")["totalCount"] == 141

        restored = leads("DELETE /leads/1/archive")
        assert (restored.status_code, restored.json()) == (200, {**before, "updatedAt": NOON})
        assert len(listed(leads)) == 142

    def test_the_archive_is_a_list_of_its_own(self, leads: Caller) -> None:
        """archived: Filter by archived status (default: false)"""
        archive = listed(leads, "archived=true")
        assert len(archive) == 14
        assert all(one["archived"] for one in archive)
        assert not {one["id"] for one in archive} & {one["id"] for one in listed(leads)}

    @pytest.mark.parametrize(
        ("line", "archived"), [("POST /leads/1/archive", True), ("DELETE /leads/1/archive", False)]
    )
    def test_twice_is_like_once(self, leads: Caller, line: str, archived: bool) -> None:
        """read, update, archive and unarchive 200 with the lead"""
        once = leads.ok(line)
        assert once["archived"] is archived
        leads.advance("PT1H")
        assert leads.ok(line) == once == leads.ok("GET /leads/1")

    @pytest.mark.parametrize("line", ["POST /leads/99999/archive", "DELETE /leads/99999/archive"])
    def test_what_is_not_there(self, leads: Caller, line: str) -> None:
        """Move a lead to the archive state."""
        assert problem(leads(line))[0] == 404
