"""Records that come and go in lists: many sent to a collection, one shown as the only member of a list, receipts."""

from typing import Any

import pytest
from asked import Api
from terse import document

LEADS = """
    GET /leads?page:int&limit:int -> {_page: int, _embedded: {leads: [Lead]}}
    POST /leads <[NewLead]> -> {_links: {self: {href: str}}, _embedded: {leads: [LeadRef]}}
    PATCH /leads <[LeadChange]> -> {_embedded: {leads: [LeadRef]}}
    GET /leads/{id:int} -> Lead
    GET /leads/{lead_id:int}/notes -> {_embedded: {notes: [Note]}}
    POST /leads/{lead_id:int}/notes <[{text: str}]> -> {_embedded: {notes: [Note]}}
    POST /leads/{id:int}/products <[{sku: str, count: int}]> -> 204

    Lead = {-id!: int, name: str, price: int, status: str, created_at: int, updated_at: int}
    NewLead = {name!: str, price: int, status: str, request_id: str}
    LeadChange = {id!: int, name: str, price: int, status: str}
    LeadRef = {id: int, request_id: str}
    Note = {id: int, text: str, lead_id: int}
"""


@pytest.fixture(scope="module")
def leads() -> Api:
    return Api(document(LEADS))


def test_a_list_that_is_posted_makes_its_records(leads: Api) -> None:
    status, made = leads("POST /leads", [{"name": "One", "request_id": "a"}, {"name": "Two", "price": 7}])
    assert status == 200
    first, second = made["_embedded"]["leads"]
    assert first["request_id"] == "a"
    assert leads(f"GET /leads/{first['id']}")[1]["name"] == "One"
    listed = {one["id"]: one["name"] for one in leads("GET /leads?limit=250")[1]["_embedded"]["leads"]}
    assert (listed[first["id"]], listed[second["id"]]) == ("One", "Two")
    assert leads("POST /leads", [{"name": "Three"}, {"price": 7}])[0] == 422, "all or none"


def test_a_list_of_records_with_keys_changes_them(leads: Api) -> None:
    _, made = leads("POST /leads", [{"name": "One", "price": 1}, {"name": "Two", "price": 2}])
    one, two = (each["id"] for each in made["_embedded"]["leads"])
    status, _ = leads("PATCH /leads", [{"id": one, "price": 10}, {"id": two, "price": 20}])
    assert status == 200
    seen = [leads(f"GET /leads/{each}")[1] for each in (one, two)]
    assert [(each["name"], each["price"]) for each in seen] == [("One", 10), ("Two", 20)]
    assert leads("PATCH /leads", [{"id": one, "price": 11}, {"id": 987654321, "price": 1}])[0] == 404
    assert leads(f"GET /leads/{one}")[1]["price"] == 10, "all or none"


def test_a_list_that_is_posted_below_an_item_belongs_to_it(leads: Api) -> None:
    above = leads("GET /leads")[1]["_embedded"]["leads"][0]["id"]
    status, _ = leads(f"POST /leads/{above}/notes", [{"text": "Call"}, {"text": "Write"}])
    assert status == 200
    texts = {one["text"] for one in leads(f"GET /leads/{above}/notes")[1]["_embedded"]["notes"]}
    assert texts >= {"Call", "Write"}
    assert leads("POST /leads/987654321/notes", [{"text": "Call"}])[0] == 404


def test_a_list_of_something_else_makes_nothing(leads: Api) -> None:
    assert leads.words("POST /leads/{id}/products")["does"] == "sample"


WRAPPED = """
    GET /Leads?page:int&per_page:int -> {data: [Lead], info: {more_records: bool}}
    POST /Leads <{data!: [LeadIn], trigger: [str]}> -> 201 {data: [Receipt]}
    PUT /Leads <{data!: [LeadIn]}> -> {data: [Receipt]}
    DELETE /Leads?ids! -> {data: [Receipt]}
    GET /Leads/{record_id} -> {data: [Lead]}
    PUT /Leads/{record_id} <{data!: [LeadIn]}> -> {data: [Receipt]}
    DELETE /Leads/{record_id} -> {data: [Receipt]}
    GET /folders -> {kind: str, data: [Folder]}
    POST /folders <{title!: str}> -> {kind: str, data: [Folder]}
    GET /folders/{folderId} -> {kind: str, data: [Folder]}
    PUT /folders/{folderId} <{title: str}> -> {kind: str, data: [Folder]}
    DELETE /folders/{folderId} -> {kind: str, data: [Folder]}
    GET /taxonomies/{namespace} -> {entries: [Taxonomy]}
    GET /taxonomies/{namespace}/{key} -> Taxonomy
    GET /sobjects/Account/{id} -> Account
    POST /sobjects/Account <Account> -> 201 {id: str, success: bool, errors: [str]}

    Lead = {id: str, Last_Name: str, Email: email, Created_Time: dt}
    LeadIn = {id: str, Last_Name: str, Email: email}
    Receipt = {code!: str, details!: {id!: str}, message: str, status!: success|error}
    Folder = {id: str, title: str}
    Taxonomy = {id: str, key: str, namespace: str}
    Account = {-Id: str, Name: str}
"""


@pytest.fixture(scope="module")
def wrapped() -> Api:
    return Api(document(WRAPPED))


def lead(api: Api, **fields: Any) -> str:
    status, made = api("POST /Leads", {"data": [{"Last_Name": "Lee", **fields}]})
    assert status == 201
    (receipt,) = made["data"]
    assert (receipt["code"], receipt["status"]) == ("SUCCESS", "success")
    return str(receipt["details"]["id"])


def test_receipts_name_the_records_that_they_are_about(wrapped: Api) -> None:
    one, two = lead(wrapped), lead(wrapped, Email="two@acme.example")
    assert wrapped(f"GET /Leads/{one}")[1]["data"][0]["Last_Name"] == "Lee"
    status, changed = wrapped("PUT /Leads", {"data": [{"id": one, "Last_Name": "Li"}, {"id": two, "Last_Name": "Lo"}]})
    assert (status, [each["details"]["id"] for each in changed["data"]]) == (200, [one, two])
    (seen,) = wrapped(f"GET /Leads/{two}")[1]["data"]
    assert (seen["Last_Name"], seen["Email"]) == ("Lo", "two@acme.example")
    assert wrapped(f"DELETE /Leads?ids={one},{two}")[0] == 200
    assert [wrapped(f"GET /Leads/{each}")[0] for each in (one, two)] == [404, 404]


def test_one_record_is_changed_and_deleted_as_the_only_one_of_a_list(wrapped: Api) -> None:
    own = lead(wrapped, Email="one@acme.example")
    status, changed = wrapped(f"PUT /Leads/{own}", {"data": [{"Last_Name": "Li"}]})
    assert (status, changed["data"][0]["details"]["id"]) == (200, own)
    (seen,) = wrapped(f"GET /Leads/{own}")[1]["data"]
    assert (seen["id"], seen["Last_Name"], seen["Email"]) == (own, "Li", "one@acme.example")
    assert wrapped(f"DELETE /Leads/{own}")[1]["data"][0]["details"]["id"] == own
    assert wrapped(f"GET /Leads/{own}")[0] == 404


def test_a_record_is_shown_as_the_only_one_of_a_list(wrapped: Api) -> None:
    status, made = wrapped("POST /folders", {"title": "Deals"})
    (own,) = made["data"]
    assert (status, own["title"]) == (200, "Deals")
    assert wrapped(f"PUT /folders/{own['id']}", {"title": "Won"})[1]["data"] == [{**own, "title": "Won"}]
    assert wrapped(f"GET /folders/{own['id']}")[1]["data"] == [{**own, "title": "Won"}]
    assert {**own, "title": "Won"} in wrapped("GET /folders")[1]["data"]
    assert wrapped(f"DELETE /folders/{own['id']}")[0] == 200
    assert wrapped(f"GET /folders/{own['id']}")[0] == 404


def test_a_list_of_a_section_is_no_record(wrapped: Api) -> None:
    assert len(wrapped("GET /taxonomies/enterprise")[1]["entries"]) > 1


def test_a_receipt_names_what_was_made_by_its_key_in_another_spelling(wrapped: Api) -> None:
    status, made = wrapped("POST /sobjects/Account", {"Name": "Acme"})
    assert (status, made["success"]) == (201, True)
    assert wrapped(f"GET /sobjects/Account/{made['id']}")[1]["Name"] == "Acme"
