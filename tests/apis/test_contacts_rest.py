"""Contacts REST: create, find, edit, delete. Quotes: its page and the readings of its gaps."""

import re
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from calling import NOTHING, Caller

JOHN = "12345678901234567890"
EXAMPLE = {
    "first_name": "John", "last_name": "Doe", "email": "johndoe@example.com", "phone": "+1234567890",
    "company": "Example Inc.", "job_title": "Sales Manager", "notes": "Interested in product demo",
}  # fmt: skip
OPERATIONS = {
    "POST /contacts": EXAMPLE,
    "GET /contacts?searchby=company&search=Example%20Inc.": NOTHING,
    "POST /contacts/edit": {"contact_id": JOHN, "update_fields": {"phone": "1"}},
    "DELETE /contacts": {"contact_id": JOHN},
}


def ask(call: Caller, line: str, body: Any = NOTHING, key: str | None = "test-key", **headers: str) -> httpx.Response:
    """The answer to a call with a key."""
    return call(line, body, **({"x-api-key": key} if key else {}), **headers)


def problem(answer: httpx.Response) -> tuple[int, set[str]]:
    """Status, and the pointers and parameters at fault, of an RFC 9457 problem; its form is checked."""
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert {"type", "title", "status", "detail"} <= set(body) <= {"type", "title", "status", "detail", "errors"}
    assert body["status"] == answer.status_code
    return answer.status_code, {one.get("pointer", one.get("parameter")) for one in body.get("errors", [])}


def created(call: Caller, **fields: Any) -> str:
    """The id of a new contact."""
    answer = ask(call, "POST /contacts", {**EXAMPLE, **fields})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def search(call: Caller, field: str, text: str) -> httpx.Response:
    return ask(call, f"GET /contacts?{urlencode({'searchby': field, 'search': text})}")


class TestKeys:
    @pytest.mark.parametrize("line", OPERATIONS)
    def test_each_request_carries_a_key(self, contacts_rest: Caller, line: str) -> None:
        """Request Headers: x-api-key: <your-api-key>

        no paths at all: `POST /contacts`, `GET /contacts`, `POST /contacts/edit`, `DELETE /contacts`
        """
        for key in (None, "nobodys-key", ""):
            answer = ask(contacts_rest, line, OPERATIONS[line], key)
            assert problem(answer) == (401, set())
            assert answer.headers["www-authenticate"].startswith("ApiKey")
        assert problem(ask(contacts_rest, line, OPERATIONS[line], None, Authorization="Bearer test-key"))[0] == 401
        assert ask(contacts_rest, line, OPERATIONS[line]).status_code == 200

    @pytest.mark.parametrize("line", OPERATIONS)
    def test_a_key_that_reads_only(self, contacts_rest: Caller, line: str) -> None:
        """`readonly-key` (may read, may not write)"""
        answer = ask(contacts_rest, line, OPERATIONS[line], "readonly-key")
        assert (answer.status_code == 200) == line.startswith("GET")
        assert line.startswith("GET") or problem(answer) == (403, set())


class TestCreate:
    def test_the_documented_request(self, contacts_rest: Caller) -> None:
        """Creates a new contact and stores it in the CRM system.

        Request Example { "first_name": "John", "last_name": "Doe", "email": "johndoe@example.com", "phone":
        "+1234567890", "company": "Example Inc.", "job_title": "Sales Manager", "notes": "Interested in product
        demo" }

        Returns: Status : 200 id String Id of the newly created contact Response Example { "id":
        "12345678901234567890" }

        ids: strings of 20 digits

        first_name String Required First name of contact String Required Email of contact last_name String Last name
        of contact company String Company that contact works at phone Integer Phone number of contact job_title
        String Job title of contact notes String Notes about the contact
        """
        contacts_rest.freeze("2026-06-01T12:00:00Z")
        answer = ask(contacts_rest, "POST /contacts", EXAMPLE)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
        assert set(answer.json()) == {"id"}
        key = answer.json()["id"]
        assert re.fullmatch(r"\d{20}", key)
        kept = contacts_rest.records("contacts")[key]
        assert kept == {"id": key, **EXAMPLE, "created_at": "2026-06-01T12:00:00Z"}

    @pytest.mark.parametrize("phone", ["+1234567890", 1234567890, "", -1])
    def test_a_phone_is_kept_as_given(self, contacts_rest: Caller, phone: Any) -> None:
        """`phone`: Integer in the table, string in the example: both accepted, returned as given"""
        kept = contacts_rest.records("contacts")
        key = created(contacts_rest, phone=phone)
        kept = contacts_rest.records("contacts")
        assert kept[key]["phone"] == phone
        assert type(kept[key]["phone"]) is type(phone)

    def test_first_name_and_email_are_enough(self, contacts_rest: Caller) -> None:
        """first_name String Required First name of contact String Required Email of contact"""
        assert ask(contacts_rest, "POST /contacts", {"first_name": "A", "email": "a@b.example"}).status_code == 200

    @pytest.mark.parametrize(
        ("body", "pointers"),
        [
            ({}, {"#/first_name", "#/email"}),
            ({"first_name": "John"}, {"#/email"}),
            ({**EXAMPLE, "email": "john"}, {"#/email"}),
            ({**EXAMPLE, "phone": 1.5}, {"#/phone"}),
            ({**EXAMPLE, "first_name": None, "notes": 5, "company": []}, {"#/first_name", "#/notes", "#/company"}),
        ],
    )
    def test_bad_bodies(self, contacts_rest: Caller, body: Any, pointers: set[str]) -> None:
        """errors are RFC 9457 problem details (`application/problem+json`), with an `errors` array of `{pointer or
        parameter, detail}` for validation
        """
        assert problem(ask(contacts_rest, "POST /contacts", body)) == (400, pointers)
        assert len(contacts_rest.records("contacts")) == 50

    @pytest.mark.parametrize(
        ("line", "content", "media", "status"),
        [("POST /contacts", b"{", "application/json", 400), ("DELETE /contacts", b"", "application/json", 400),
         ("POST /contacts/edit", b"a=1", "application/x-www-form-urlencoded", 415)],
    )  # fmt: skip
    def test_what_is_no_json(self, contacts_rest: Caller, line: str, content: bytes, media: str, status: int) -> None:
        """Malformed JSON is 400, an unsupported request media type 415"""
        assert problem(ask(contacts_rest, line, content, **{"Content-Type": media}))[0] == status

    @pytest.mark.parametrize(
        ("line", "status"), [("GET /contact", 404), (f"GET /contacts/{JOHN}", 404), ("PATCH /contacts", 405),
                             ("GET /contacts/edit", 405)],
    )  # fmt: skip
    def test_other_paths_and_methods(self, contacts_rest: Caller, line: str, status: int) -> None:
        """an unknown path 404, a known path with another method 405 with `Allow`"""
        answer = ask(contacts_rest, line)
        assert problem(answer)[0] == status
        assert ("allow" in answer.headers) == (status == 405)


class TestFind:
    def test_the_documented_request_as_a_query(self, contacts_rest: Caller) -> None:
        """Querrys your contact list and returns matching contacts

        search answers one `id`, text says "matching contacts": `{"id"}` of the oldest match; no match: 404

        Request Example { "searchby": "company", "search": "Example Inc." } Returns: Status : 200 id String Id of
        the newly created contact Response Example { "id": "12345678901234567890" }
        """
        answer = search(contacts_rest, "company", "Example Inc.")
        assert (answer.status_code, answer.json()) == (200, {"id": JOHN})
        assert (
            len([one for one in contacts_rest.records("contacts").values() if one.get("company") == "Example Inc."]) > 1
        )

    def test_the_documented_request_as_a_body(self, contacts_rest: Caller) -> None:
        """GET with "Fields" and a JSON example: query parameters; a JSON body with the same two fields is accepted
        as well

        searchby String Required Parameters to search by. Search must be a valid contact field. search String
        Required Term to search by
        """
        body = {"searchby": "company", "search": "Example Inc."}
        assert ask(contacts_rest, "GET /contacts", body).json() == {"id": JOHN}
        mixed = ask(contacts_rest, "GET /contacts?searchby=company", {"search": "Example Inc."})
        assert mixed.json() == {"id": JOHN}

    @pytest.mark.parametrize("field", ["first_name", "last_name", "email", "phone", "company", "job_title", "notes"])
    def test_by_any_field_the_oldest_match(self, contacts_rest: Caller, field: str) -> None:
        """`{"id"}` of the oldest match"""
        values = {**EXAMPLE, field: f"zz-{field}@x.example"}
        first, second = (ask(contacts_rest, "POST /contacts", values).json()["id"] for _ in range(2))
        assert search(contacts_rest, field, f"zz-{field}@x.example").json() == {"id": first}
        ask(contacts_rest, "DELETE /contacts", {"contact_id": first})
        assert search(contacts_rest, field, f"zz-{field}@x.example").json() == {"id": second}

    def test_a_phone_that_is_a_number(self, contacts_rest: Caller) -> None:
        """`phone`: Integer in the table, string in the example: both accepted"""
        assert search(contacts_rest, "phone", "2025550187").json() == {"id": "58203917460285917346"}

    @pytest.mark.parametrize(("field", "text"), [("company", "Example"), ("email", "nobody@x.example"), ("notes", "")])
    def test_no_match(self, contacts_rest: Caller, field: str, text: str) -> None:
        """no match: 404"""
        assert problem(search(contacts_rest, field, text)) == (404, set())

    @pytest.mark.parametrize("field", ["colour", "name", "id", "created_at", "Company", ""])
    def test_what_is_no_field(self, contacts_rest: Caller, field: str) -> None:
        """`searchby` not a contact field: 400"""
        assert problem(search(contacts_rest, field, "x")) == (400, {"searchby"})
        if field:
            assert problem(ask(contacts_rest, "GET /contacts", {"searchby": field, "search": "x"}))[0] == 400

    @pytest.mark.parametrize(
        ("query", "missing"),
        [("", {"searchby", "search"}), ("?searchby=company", {"search"}), ("?search=x", {"searchby"})],
    )
    def test_both_are_required(self, contacts_rest: Caller, query: str, missing: set[str]) -> None:
        """searchby String Required Parameters to search by."""
        assert problem(ask(contacts_rest, f"GET /contacts{query}")) == (400, missing)
        assert problem(ask(contacts_rest, f"GET /contacts{query}", {})) == (400, missing)


class TestEdit:
    def test_the_documented_request(self, contacts_rest: Caller) -> None:
        """Edit the fields of a contact

        Request Example { "contactID": "12345678901234567890", "updateFields": { "email": "example@example.com",
        "phone": 1234567890 } } Returns: Status : 200 id String Id of the newly created contact Response Example
        { "id": "12345678901234567890" }
        """
        before = contacts_rest.records("contacts")[JOHN]
        changes = {"email": "example@example.com", "phone": 1234567890}
        answer = ask(contacts_rest, "POST /contacts/edit", {"contactID": JOHN, "updateFields": changes})
        assert (answer.status_code, answer.json()) == (200, {"id": JOHN})
        assert contacts_rest.records("contacts")[JOHN] == {**before, **changes}
        assert search(contacts_rest, "email", "example@example.com").json() == {"id": JOHN}

    @pytest.mark.parametrize("key", ["contact_id", "contactID"])
    @pytest.mark.parametrize("fields", ["update_fields", "updateFields"])
    def test_both_spellings(self, contacts_rest: Caller, key: str, fields: str) -> None:
        """`contact_id` / `contactID`, `update_fields` / `updateFields`: both spellings accepted, one of them required

        contact_id String Required Id of contact to update update_fields Object Required Object that contains the
        properties to update on the contact
        """
        answer = ask(contacts_rest, "POST /contacts/edit", {key: JOHN, fields: {"phone": "99"}})
        assert (answer.status_code, answer.json()) == (200, {"id": JOHN})
        assert contacts_rest.records("contacts")[JOHN]["phone"] == "99"

    @pytest.mark.parametrize(
        ("body", "pointers"),
        [
            ({}, {"#/contact_id", "#/contactID", "#/update_fields", "#/updateFields"}),
            ({"contact_id": JOHN}, {"#/update_fields", "#/updateFields"}),
            ({"updateFields": {}}, {"#/contact_id", "#/contactID"}),
            ({"contact_id": JOHN, "update_fields": []}, {"#/update_fields"}),
            ({"contact_id": 12345678901234567890, "update_fields": {}}, {"#/contact_id"}),
        ],
    )
    def test_one_of_them_is_required(self, contacts_rest: Caller, body: Any, pointers: set[str]) -> None:
        """both spellings accepted, one of them required"""
        assert problem(ask(contacts_rest, "POST /contacts/edit", body)) == (400, pointers)

    @pytest.mark.parametrize(
        ("name", "first", "last"),
        [("Jane Roe", "Jane", "Roe"), ("Jane van der Roe", "Jane", "van der Roe"), ("Jane", "Jane", None)],
    )
    def test_name_is_first_and_last_name(self, contacts_rest: Caller, name: str, first: str, last: str | None) -> None:
        """editable: `name`, `email`, `phone`, but a contact has `first_name`, `last_name`: `name` sets `first_name`
        and, after the first space, `last_name`; any other key is 400

        these properties are: name, email, phone
        """
        before = contacts_rest.records("contacts")[JOHN]
        ask(contacts_rest, "POST /contacts/edit", {"contact_id": JOHN, "update_fields": {"name": name}})
        assert contacts_rest.records("contacts")[JOHN] == {**before, "first_name": first, "last_name": last}

    @pytest.mark.parametrize(
        ("fields", "pointers"),
        [
            ({"first_name": "Jane"}, {"#/update_fields/first_name"}),
            ({"company": "x", "id": "1", "email": "a@b.example"}, {"#/update_fields/company", "#/update_fields/id"}),
            ({"email": "jane", "phone": None}, {"#/update_fields/email", "#/update_fields/phone"}),
            ({"name": " "}, {"#/update_fields/name"}),
        ],
    )
    def test_any_other_key(self, contacts_rest: Caller, fields: Any, pointers: set[str]) -> None:
        """any other key is 400"""
        before = contacts_rest.records("contacts")[JOHN]
        answer = ask(contacts_rest, "POST /contacts/edit", {"contact_id": JOHN, "update_fields": fields})
        assert problem(answer) == (400, pointers)
        assert contacts_rest.records("contacts")[JOHN] == before

    def test_nothing_to_change(self, contacts_rest: Caller) -> None:
        """Edit the fields of a contact"""
        before = contacts_rest.records("contacts")
        assert ask(contacts_rest, "POST /contacts/edit", {"contact_id": JOHN, "update_fields": {}}).json() == {
            "id": JOHN
        }
        assert contacts_rest.records("contacts") == before


class TestDelete:
    @pytest.mark.parametrize("spelling", ["contact_id", "contactID"])
    def test_a_plain_text_answer(self, contacts_rest: Caller, spelling: str) -> None:
        """Deletes a contact from the CRM system

        Request Example { "contact_id": "12345678901234567890" } Returns: Status : 200 Response Body
        "Document deleted successfully" Response Example Document deleted successfully

        contact_id String Required Id of contact deal to delete

        delete: 200, `text/plain`, `Document deleted successfully`
        """
        answer = ask(contacts_rest, "DELETE /contacts", {spelling: JOHN})
        assert (answer.status_code, answer.content) == (200, b"Document deleted successfully")
        assert answer.headers["content-type"].split(";")[0] == "text/plain"
        assert JOHN not in contacts_rest.records("contacts")
        assert search(contacts_rest, "email", "john.doe@example.com").status_code == 404
        assert search(contacts_rest, "company", "Example Inc.").json() != {"id": JOHN}

    @pytest.mark.parametrize("key", ["00000000000000000000", "1", "nobody", ""])
    @pytest.mark.parametrize("line", ["DELETE /contacts", "POST /contacts/edit"])
    def test_what_is_not_there(self, contacts_rest: Caller, line: str, key: str) -> None:
        """no match: 404"""
        assert problem(ask(contacts_rest, line, {"contact_id": key, "update_fields": {}})) == (404, set())

    def test_the_id_is_required(self, contacts_rest: Caller) -> None:
        """contact_id String Required Id of contact deal to delete"""
        assert problem(ask(contacts_rest, "DELETE /contacts", {})) == (400, {"#/contact_id", "#/contactID"})
        assert problem(ask(contacts_rest, "DELETE /contacts"))[0] == 400
        assert len(contacts_rest.records("contacts")) == 50
