"""Paths of other shapes than collection and item: keys in brackets (OData), calls (`/contacts.list`)."""

import pytest
from asked import Api
from terse import document

ODATA = """
    GET /contacts?$top:int&$skip:int&$orderby&$count:bool -> {@odata.count: int, value: [Contact], @odata.nextLink: str}
    POST /contacts <Contact> -> 201 Contact
    GET /contacts({contactid:uuid}) -> Contact
    PATCH /contacts({contactid:uuid}) <Contact> -> 204
    DELETE /contacts({contactid:uuid}) -> 204
    GET /accounts('{code}') -> Account
    GET /accounts -> {value: [Account]}
    GET /accounts('{code}')/notes -> {value: [Note]}
    POST /accounts('{code}')/notes <{text: str}> -> 201 Note

    Contact = {contactid: uuid, firstname: str, createdon: dt, self: uri}
    Account = {code: str, name: str}
    Note = {noteid: uuid, text: str}
"""


def test_keys_in_brackets() -> None:
    api = Api(document(ODATA))
    status, made = api("POST /contacts", {"firstname": "Aaron"})
    path = f"/contacts({made['contactid']})"
    assert (status, made["self"]) == (201, f"http://mock.example{path}")
    assert api(f"GET {path}") == (200, made)
    assert api(f"PATCH {path}", {"firstname": "Aaroo"})[0] == 204
    first = api("GET /contacts?$orderby=firstname+desc&$top=3&$skip=0&$count=true")[1]
    names = [one["firstname"] for one in first["value"]]
    assert (len(names), names, first["@odata.count"]) == (3, sorted(names, reverse=True), 51)
    second = api(f"GET {first['@odata.nextLink'].removeprefix('http://mock.example')}")[1]
    assert len({one["contactid"] for one in (*first["value"], *second["value"])}) == 6
    assert api(f"DELETE {path}")[0] == 204
    assert api(f"GET {path}")[0] == 404


def test_what_lies_below_a_key_in_brackets() -> None:
    api = Api(document(ODATA))
    account = api("GET /accounts")[1]["value"][0]
    path = f"/accounts('{account['code']}')"
    assert api(f"GET {path}") == (200, account)
    _, note = api(f"POST {path}/notes", {"text": "Call"})
    assert note in api(f"GET {path}/notes")[1]["value"]
    assert api("GET /accounts('nobody')/notes")[0] == 404


CALLS = """
    POST /contacts.list <{filter: {name: str}, page: {size: int, number: int}}> -> {data: [Contact]}
    POST /contacts.info <{id!: uuid}> -> {data: Contact}
    POST /contacts.add <{name!: str, phone: str}> -> 201 {data: {type: str, id: uuid}}
    POST /contacts.update <{id!: uuid, name: str, phone: str}> -> 204
    POST /contacts.delete <{id!: uuid}> -> 204
    POST /contacts.archive <{id!: uuid}> -> 204
    POST /contacts.tag <{id!: uuid, tags: [str]}> -> 204
    POST /crm.deal.add <{fields!: {TITLE: str, STAGE: str}}> -> {result: int}
    GET /crm.deal.get?id!:int -> {result: Deal}
    GET /crm.deal.list?start:int -> {result: [Deal], total: int, next: int}
    POST /crm.deal.update <{id!: int, fields!: {TITLE: str, STAGE: str}}> -> {result: bool}
    POST /crm.deal.delete <{id!: int}> -> {result: bool}
    POST /report.get <{id!: int}> -> {id: int, rows: [str]}

    Contact = {id!: uuid, name: str, phone: str, archived: bool}
    Deal = {ID: str, TITLE: str, STAGE: str}
"""


@pytest.fixture(scope="module")
def calls() -> Api:
    return Api(document(CALLS))


def test_calls_whose_body_says_which_record_is_meant(calls: Api) -> None:
    status, made = calls("POST /contacts.add", {"name": "Zaphod", "phone": "1"})
    own = {"id": made["data"]["id"]}
    assert status == 201
    assert calls("POST /contacts.update", {**own, "phone": "2"})[0] == 204
    assert calls("POST /contacts.archive", own)[0] == 204
    seen = calls("POST /contacts.info", own)[1]["data"]
    assert seen.items() >= {**own, "name": "Zaphod", "phone": "2", "archived": True}.items()
    assert calls("POST /contacts.list", {"filter": {"name": "Zaphod"}})[1]["data"] == [seen]
    pages = [calls("POST /contacts.list", {"page": {"size": 2, "number": at}})[1]["data"] for at in (1, 2)]
    assert len({one["id"] for page in pages for one in page}) == 4
    assert calls("POST /contacts.delete", own)[0] == 204
    assert calls("POST /contacts.info", own)[0] == 404
    assert calls("POST /contacts.update", own)[0] == 404


def test_calls_with_fields_beside_the_key_and_a_bare_result(calls: Api) -> None:
    own = calls("POST /crm.deal.add", {"fields": {"TITLE": "Pilot", "STAGE": "new"}})[1]["result"]
    assert isinstance(own, int)
    assert calls("POST /crm.deal.update", {"id": own, "fields": {"STAGE": "won"}}) == (200, {"result": True})
    deal = calls(f"GET /crm.deal.get?id={own}")[1]["result"]
    assert deal == {"ID": str(own), "TITLE": "Pilot", "STAGE": "won"}
    first = calls("GET /crm.deal.list")[1]
    second = calls(f"GET /crm.deal.list?start={first['next']}")[1]
    third = calls(f"GET /crm.deal.list?start={second['next']}")[1]
    assert first["total"] == 51 == len({one["ID"] for page in (first, second, third) for one in page["result"]})
    assert calls("POST /crm.deal.delete", {"id": own}) == (200, {"result": True})
    assert calls(f"GET /crm.deal.get?id={own}")[0] == 404


def test_a_call_of_which_nothing_is_known_answers_a_sample(calls: Api) -> None:
    assert calls.words("POST /contacts.tag")["does"] == "sample"
    assert calls.words("POST /report.get")["does"] == "sample"


NAMES = """
    GET /contacts?page:int -> {resources: [Contact], meta: {total: int}}
    POST /contact <{name: str}> -> 201 Contact
    GET /contact/{id} -> Contact
    DELETE /contact/{id} -> 204
    GET /pipelines -> [Pipeline]
    PUT /pipelines <{title: str}> -> Pipeline # Create a pipeline
    GET /pipelines/{id} -> Pipeline
    POST /pipelines/{id} <{title: str}> -> Pipeline # Edit a pipeline
    PUT /boards <{title: str}> -> Board # Replace the board
    GET /boards -> [Board]
    GET /boards/{id} -> Board
    GET /tickets -> [Ticket]
    GET /tickets/{id} -> Ticket
    GET /tickets/{id}/conversations -> [Conversation]
    POST /tickets/{id}/reply <{body: str}> -> 201 Conversation
    POST /tickets/{id}/poke <{body: str}> -> Conversation
    DELETE /conversations/{id} -> 204
    PUT /conversations/{id} <{body: str}> -> Conversation

    Contact = {id: str, name: str}
    Pipeline = {id: str, title: str}
    Board = {id: str, title: str}
    Ticket = {id: str, subject: str}
    Conversation = {id: str, body: str, ticket_id: str}
"""


@pytest.fixture(scope="module")
def names() -> Api:
    return Api(document(NAMES))


def test_a_collection_in_the_plural_and_its_items_in_the_singular(names: Api) -> None:
    _, made = names("POST /contact", {"name": "Ann"})
    assert names(f"GET /contact/{made['id']}") == (200, made)
    pages = [names(f"GET /contacts?page={page}")[1] for page in (1, 2, 3)]
    assert made in [one for page in pages for one in page["resources"]]
    assert pages[0]["meta"]["total"] == 51


def test_a_put_that_is_said_to_make_a_record_makes_one(names: Api) -> None:
    _, made = names("PUT /pipelines", {"title": "Sales"})
    assert made["title"] == "Sales"
    assert made in names("GET /pipelines")[1]
    assert names(f"POST /pipelines/{made['id']}", {"title": "Won"}) == (200, {**made, "title": "Won"})
    assert names.words("PUT /boards")["does"] == "sample"


def test_a_post_of_another_name_makes_what_its_answer_shows(names: Api) -> None:
    ticket = names("GET /tickets")[1][0]["id"]
    status, made = names(f"POST /tickets/{ticket}/reply", {"body": "Done"})
    assert (status, made["body"], made["ticket_id"]) == (201, "Done", ticket)
    assert made in names(f"GET /tickets/{ticket}/conversations")[1]
    assert names(f"PUT /conversations/{made['id']}", {"body": "Done!"})[1]["body"] == "Done!"
    assert names("POST /tickets/nobody/reply", {"body": "Done"})[0] == 404
    assert names.words("POST /tickets/{id}/poke")["does"] == "sample", "a 201 says that something was made"
