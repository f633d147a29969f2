"""Habits of vendors in what they send and answer: ranges of types, envelopes in envelopes, keys and links in them."""

from typing import Any
from urllib.parse import urlencode

import pytest
from asked import NOW, Api

from mockserver.steps.call import Request

OK = "{description: It}"


def media(schema: str, kind: str = "application/json") -> str:
    return f"{{description: It, content: {{'{kind}': {{schema: {schema}}}}}}}"


def ref(name: str) -> str:
    return f"{{$ref: '#/components/schemas/{name}'}}"


def many(name: str) -> str:
    return f"{{type: array, items: {ref(name)}}}"


def key(*names: str) -> str:
    each = (f"{{name: {one}, in: path, required: true, schema: {{type: string}}}}" for one in names)
    return f"parameters: [{', '.join(each)}]"


FORM = "application/x-www-form-urlencoded"
ANY = f"""
paths:
  /v2/accounts.json:
    get: {{responses: {{'200': {media(many("Account"), "*/*")}}}}}
    post: {{requestBody: {media("{type: object, properties: {name: {type: string}}}", FORM)}, responses: {{'200': {
    media(ref("Account"), "*/*")
}}}}}
  /v2/accounts/{{id}}.json:
    {key("id")}
    get: {{responses: {{'200': {media(ref("Account"), "*/*")}}}}}
  /v2/people.json:
    get:
      parameters:
        - {{name: account_id, in: query, explode: false, schema: {{type: array, items: {{type: integer}}}}}}
        - {{name: list_ids, in: query, explode: false, schema: {{type: array, items: {{type: integer}}}}}}
      responses: {{'200': {media(many("Person"), "*/*")}}}
    post: {{requestBody: {media(ref("Person"))}, responses: {{'200': {media(ref("Person"), "*/*")}}}}}
  /v2/people/{{id}}.json:
    {key("id")}
    get: {{responses: {{'200': {media(ref("Person"), "*/*")}}}}}
    put:
      summary: Update a person
      requestBody: {media("{type: object, properties: {name: {type: string}, account_id: {type: integer}}}")}
      responses: {{'200': {media(ref("Person"), "*/*")}}}
    delete: {{responses: {{'204': {OK}}}}}
components:
  schemas:
    Embedded: {{type: object, properties: {{id: {{type: integer}}, _href: {{type: string}}}}}}
    Account: {{type: object, properties: {{id: {{type: integer}}, name: {{type: string}}}}}}
    Person:
      type: object
      properties:
        id: {{type: integer}}
        name: {{type: string}}
        account: {ref("Embedded")}
        list_ids: {{type: array, items: {{type: integer}}}}
"""


@pytest.fixture(scope="module")
def ranged() -> Api:
    return Api(ANY)


def test_a_range_of_types_is_json(ranged: Api) -> None:
    head = {"host": "mock.example", "content-type": FORM}
    sent = urlencode({"name": "Acme"}).encode()
    answer = ranged.service.answer(ranged.world, Request("POST", "/v2/accounts.json", "", head, sent), NOW)
    assert dict(answer.headers)["Content-Type"] == "application/json"
    own = next(one for one in ranged("GET /v2/accounts.json")[1] if one["name"] == "Acme")
    assert ranged(f"GET /v2/accounts/{own['id']}.json") == (200, own)


def test_an_object_with_a_key_is_a_record_of_the_property_s_name(ranged: Api) -> None:
    accounts = {one["id"] for one in ranged("GET /v2/accounts.json")[1]}
    assert all(one["account"]["id"] in accounts for one in ranged("GET /v2/people.json")[1])


@pytest.mark.parametrize(
    ("asked", "names"), [("account_id=7", ["Ann"]), ("account_id=7,8", ["Ann", "Bob"]), ("list_ids=3,4", ["Bob"])]
)
def test_filters_by_keys_within_records(asked: str, names: list[str]) -> None:
    api = Api(ANY, records=0)
    for name, account, lists in (("Ann", 7, [1, 2]), ("Bob", 8, [2, 3])):
        assert api("POST /v2/people.json", {"name": name, "account": {"id": account}, "list_ids": lists})[0] == 200
    assert sorted(one["name"] for one in api(f"GET /v2/people.json?{asked}")[1]) == names


def test_a_key_that_is_sent_is_shown_as_the_record_s_object(ranged: Api) -> None:
    accounts = [one["id"] for one in ranged("GET /v2/accounts.json")[1][:2]]
    _, made = ranged("POST /v2/people.json", {"name": "Ann", "account": {"id": accounts[0]}})
    status, changed = ranged(f"PUT /v2/people/{made['id']}.json", {"account_id": accounts[1]})
    assert (status, changed["account"]["id"], changed["name"]) == (200, accounts[1], "Ann")
    assert ranged(f"PUT /v2/people/{made['id']}.json", {"name": "Eve"})[1]["account"]["id"] == accounts[1]


def within(name: str, of: str) -> str:
    return f"{{type: object, properties: {{data: {{type: object, properties: {{{name}: {of}}}}}}}}}"


NESTED = f"""
paths:
  /people:
    get: {{responses: {{'200': {media(within("people", many("Person")))}}}}}
    post: {{requestBody: {media(ref("New"))}, responses: {{'201': {media(within("createPerson", ref("Person")))}}}}}
  /people/{{id}}:
    {key("id")}
    get: {{responses: {{'200': {media(within("person", ref("Person")))}}}}}
    patch: {{requestBody: {media(ref("New"))}, responses: {{'200': {media(within("updatePerson", ref("Person")))}}}}}
    delete: {{responses: {{'200': {
    media(within("deletePerson", "{type: object, properties: {id: {type: string}}}"))
}}}}}
  /users/{{id}}:
    {key("id")}
    get: {{responses: {{'200': {media(ref("User"))}}}}}
  /users/search:
    post:
      requestBody: {media("{type: object, properties: {page_number: {type: integer}, page_size: {type: integer}}}")}
      responses: {{'200': {media(many("User"))}}}
components:
  schemas:
    New: {{type: object, properties: {{city: {{type: string}}}}}}
    Person: {{type: object, properties: {{id: {{type: string, format: uuid}}, city: {{type: string}}}}}}
    User: {{type: object, properties: {{id: {{type: integer}}, name: {{type: string}}}}}}
"""


def test_an_envelope_within_an_envelope() -> None:
    api = Api(NESTED)
    status, made = api("POST /people", {"city": "Bern"})
    own = made["data"]["createPerson"]
    assert (status, own["city"]) == (201, "Bern")
    assert own in api("GET /people")[1]["data"]["people"]
    assert api(f"PATCH /people/{own['id']}", {"city": "Rome"})[1]["data"]["updatePerson"]["city"] == "Rome"
    assert api(f"GET /people/{own['id']}")[1] == {"data": {"person": {**own, "city": "Rome"}}}
    assert api(f"DELETE /people/{own['id']}") == (200, {"data": {"deletePerson": {"id": own["id"]}}})
    assert api(f"GET /people/{own['id']}")[0] == 404


def test_what_only_a_search_lists_is_a_resource() -> None:
    api = Api(NESTED)
    first, second = (api("POST /users/search", {"page_number": at, "page_size": 5})[1] for at in (1, 2))
    assert len(first) == len(second) == 5
    assert all(api(f"GET /users/{one['id']}") == (200, one) for one in (*first, *second))


MAILS = f"""
paths:
  /lists:
    get: {{responses: {{'200': {media("{type: object, properties: {lists: " + many("List") + "}}")}}}}}
    post: {{requestBody: {media(ref("List"))}, responses: {{'200': {media(ref("List"))}}}}}
  /lists/{{list_id}}:
    {key("list_id")}
    get: {{responses: {{'200': {media(ref("List"))}}}}}
  /lists/{{list_id}}/members:
    {key("list_id")}
    get: {{responses: {{'200': {media("{type: object, properties: {members: " + many("Member") + "}}")}}}}}
    post: {{requestBody: {media(ref("NewMember"))}, responses: {{'200': {media(ref("Member"))}}}}}
  /lists/{{list_id}}/members/{{id}}:
    {key("list_id", "id")}
    get: {{responses: {{'200': {media(ref("Member"))}}}}}
    put: {{summary: Replace, requestBody: {media(ref("NewMember"))}, responses: {{'200': {media(ref("Member"))}}}}}
    patch: {{requestBody: {media(ref("Member"))}, responses: {{'200': {media(ref("Member"))}}}}}
    delete: {{responses: {{'204': {OK}}}}}
  /lists/{{list_id}}/merge-fields:
    {key("list_id")}
    get: {{responses: {{'200': {media("{type: object, properties: {merge_fields: " + many("MergeField") + "}}")}}}}}
    post: {{requestBody: {media(ref("MergeField"))}, responses: {{'200': {media(ref("MergeField"))}}}}}
  /lists/{{list_id}}/merge-fields/{{merge_id}}:
    {key("list_id", "merge_id")}
    get: {{responses: {{'200': {media(ref("MergeField"))}}}}}
  /campaigns:
    get:
      parameters: [{{name: visible, in: query, schema: {{type: boolean, default: true}}}}]
      responses: {{'200': {media(many("Campaign"))}}}
    post: {{requestBody: {media(ref("Campaign"))}, responses: {{'200': {media(ref("Campaign"))}}}}}
  /campaigns/{{id}}:
    {key("id")}
    get: {{responses: {{'200': {media(ref("Campaign"))}}}}}
  /campaigns/{{id}}/actions/pause:
    {key("id")}
    post: {{responses: {{'204': {OK}}}}}
  /campaigns/{{id}}/notes:
    {key("id")}
    post:
      requestBody: {media("{type: object, required: [note], properties: {note: {type: string}}}")}
      responses: {{'200': {media(ref("Note"))}}}
  /notes:
    get: {{responses: {{'200': {media(many("Note"))}}}}}
  /notes/{{id}}:
    {key("id")}
    get: {{responses: {{'200': {media(ref("Note"))}}}}}
components:
  schemas:
    Link: {{type: object, properties: {{rel: {{type: string}}}}}}
    List: {{type: object, properties: {{id: {{type: string, readOnly: true}}, name: {{type: string}}}}}}
    NewMember:
      type: object
      required: [email]
      properties:
        email: {{type: string}}
        attributes: {{type: object, properties: {{city: {{type: [string, 'null']}}, age: {{type: integer}}}}}}
    Member:
      allOf:
        - {ref("NewMember")}
        - type: object
          required: [number]
          properties:
            id: {{type: string, readOnly: true}}
            number: {{type: integer, readOnly: true}}
            list_id: {{type: string, readOnly: true}}
            _links: {{type: array, items: {ref("Link")}}}
    MergeField:
      type: object
      required: [tag]
      properties:
        merge_id: {{type: integer, readOnly: true}}
        tag: {{type: string}}
        _links: {{type: array, items: {ref("Link")}}}
    Campaign:
      type: object
      properties:
        id: {{type: string}}
        visible: {{type: boolean}}
        status: {{type: string, enum: [sending, paused]}}
    Note: {{type: object, properties: {{id: {{type: string}}, note: {{type: string}}}}}}
"""


@pytest.fixture(scope="module")
def mails() -> Api:
    return Api(MAILS)


def member(api: Api, **fields: Any) -> tuple[str, dict[str, Any]]:
    above = api("GET /lists")[1]["lists"][0]["id"]
    status, made = api(f"POST /lists/{above}/members", {"email": "ann@acme.example", **fields})
    assert status == 200
    return f"/lists/{above}/members/{made['id']}", made


def test_a_replacement_keeps_what_only_the_server_sets(mails: Api) -> None:
    path, made = member(mails, attributes={"age": 7})
    status, replaced = mails(f"PUT {path}", {"email": "bob@acme.example"})
    assert status == 200
    assert [replaced[one] for one in ("id", "number", "list_id")] == [made[one] for one in ("id", "number", "list_id")]
    assert (replaced["email"], "attributes" in replaced) == ("bob@acme.example", False)
    assert mails(f"GET {path}") == (200, replaced), "it still lies below its list"


def test_null_is_kept_where_it_may_be_null_and_removes_elsewhere(mails: Api) -> None:
    path, _ = member(mails, attributes={"age": 7, "city": "Bern"})
    _, changed = mails(f"PATCH {path}", {"email": "ann@acme.example", "attributes": {"city": None}})
    assert changed["attributes"] == {"age": 7, "city": None}


def test_a_record_with_a_list_in_it_is_no_list(mails: Api) -> None:
    above = mails("GET /lists")[1]["lists"][0]["id"]
    _, made = mails(f"POST /lists/{above}/merge-fields", {"tag": "CITY"})
    assert mails(f"GET /lists/{above}/merge-fields/{made['merge_id']}") == (200, made)


def test_what_is_made_is_in_a_list_that_hides_some_by_default(mails: Api) -> None:
    _, made = mails("POST /campaigns", {"status": "sending"})
    assert made in mails("GET /campaigns")[1]


def test_an_action_below_a_segment_of_actions(mails: Api) -> None:
    _, made = mails("POST /campaigns", {"status": "sending"})
    assert mails(f"POST /campaigns/{made['id']}/actions/pause")[0] == 204
    assert mails(f"GET /campaigns/{made['id']}")[1]["status"] == "paused"


def test_a_text_named_like_its_record_attaches_nothing(mails: Api) -> None:
    campaign = mails("GET /campaigns")[1][0]["id"]
    status, made = mails(f"POST /campaigns/{campaign}/notes", {"note": "Call back"})
    assert (status, made["note"]) == (200, "Call back")
    assert mails(f"GET /notes/{made['id']}") == (200, made)


WRAPPED = f"""
paths:
  /deals:
    get:
      parameters:
        - {{name: page, in: query, schema: {{type: integer}}}}
        - {{name: per_page, in: query, schema: {{type: integer}}}}
        - {{name: hot, in: query, schema: {{type: boolean}}}}
      responses: {{'200': {media("{type: object, properties: {items: " + many("Deal") + "}}")}}}
    post: {{requestBody: {media(ref("Deal"))}, responses: {{'200': {media(ref("Deal"))}}}}}
  /deals/{{id}}:
    {key("id")}
    get: {{responses: {{'200': {media(ref("Deal"))}}}}}
    delete: {{responses: {{'204': {OK}}}}}
  /deals/{{id}}/related/deals:
    {key("id")}
    get:
      responses:
        '200': {media("{type: array, items: {type: object, properties: {id: {type: integer}, type: {type: string}}}}")}
components:
  schemas:
    Deal: {{type: object, required: [data, meta], properties: {{data: {ref("Held")}, meta: {ref("Meta")}}}}}
    Meta: {{type: object, required: [type], properties: {{type: {{type: string, enum: [deal]}}}}}}
    Held: {{type: object, properties: {{id: {{type: integer, readOnly: true}}, hot: {{type: boolean}}}}}}
"""


def test_a_list_of_records_in_an_envelope_each() -> None:
    api = Api(WRAPPED)
    status, made = api("POST /deals", {"data": {"hot": True}, "meta": {"type": "deal"}})
    assert (status, made["data"]["hot"], made["meta"]) == (200, True, {"type": "deal"})
    assert made in api("GET /deals?hot=true&per_page=100")[1]["items"]
    first, second = (api(f"GET /deals?page={page}&per_page=4")[1]["items"] for page in (1, 2))
    assert len({one["data"]["id"] for one in (*first, *second)}) == 8
    assert all(api(f"GET /deals/{one['data']['id']}") == (200, one) for one in first)
    assert api(f"DELETE /deals/{made['data']['id']}")[0] == 204
    assert made not in api("GET /deals?per_page=100")[1]["items"]


def test_a_list_of_some_that_live_elsewhere_is_no_resource() -> None:
    assert list(Api(WRAPPED).served.understanding.resources) == ["deals"]


ATTACHED = f"""
paths:
  /accounts:
    get: {{responses: {{'200': {media(many("Account"))}}}}}
    post: {{requestBody: {media(ref("Account"))}, responses: {{'200': {media(ref("Account"))}}}}}
  /accounts/{{id}}:
    {key("id")}
    get: {{responses: {{'200': {media(ref("Account"))}}}}}
  /accounts/{{id}}/contacts:
    {key("id")}
    get: {{responses: {{'200': {media(many("Contact"))}}}}}
    post: {{requestBody: {media(ref("ContactIds"))}, responses: {{'204': {OK}}}}}
    delete: {{requestBody: {media(ref("ContactIds"))}, responses: {{'204': {OK}}}}}
  /lists:
    get: {{responses: {{'200': {media(many("List"))}}}}}
    post: {{requestBody: {media(ref("List"))}, responses: {{'200': {media(ref("List"))}}}}}
  /lists/{{id}}:
    {key("id")}
    get: {{responses: {{'200': {media(ref("List"))}}}}}
  /lists/{{id}}/contacts:
    {key("id")}
    get: {{responses: {{'200': {media(many("Contact"))}}}}}
  /lists/{{id}}/relationships/contacts:
    {key("id")}
    get: {{responses: {{'200': {media("{type: object, properties: {data: " + many("Named") + "}}")}}}}}
    post: {{requestBody: {media(ref("Names"))}, responses: {{'204': {OK}}}}}
    delete: {{requestBody: {media(ref("Names"))}, responses: {{'204': {OK}}}}}
  /contacts:
    get: {{responses: {{'200': {media(many("Contact"))}}}}}
    post: {{requestBody: {media(ref("Contact"))}, responses: {{'200': {media(ref("Contact"))}}}}}
  /contacts/{{id}}:
    {key("id")}
    get: {{responses: {{'200': {media(ref("Contact"))}}}}}
  /contacts/{{id}}/groups/{{group_id}}:
    {key("id", "group_id")}
    put: {{summary: Add a group to a contact, responses: {{'204': {OK}}}}}
    delete: {{responses: {{'204': {OK}}}}}
  /groups:
    get: {{responses: {{'200': {media(many("Group"))}}}}}
  /groups/{{id}}:
    {key("id")}
    get: {{responses: {{'200': {media(ref("Group"))}}}}}
components:
  schemas:
    Account: {{type: object, properties: {{id: {{type: string}}, logo: {{type: string}}}}}}
    List: {{type: object, properties: {{id: {{type: string}}, title: {{type: string}}}}}}
    Group: {{type: object, properties: {{id: {{type: string}}, label: {{type: string}}}}}}
    Contact:
      type: object
      properties:
        id: {{type: string}}
        type: {{type: string}}
        phone: {{type: string}}
        group_ids: {{type: array, items: {{type: string}}}}
    ContactIds: {{type: object, properties: {{contact_ids: {{type: array, items: {{type: string}}}}}}}}
    Named: {{type: object, properties: {{type: {{type: string}}, id: {{type: string}}}}}}
    Names: {{type: object, required: [data], properties: {{data: {{type: array, items: {ref("Named")}}}}}}}
"""


@pytest.fixture(scope="module")
def attached() -> Api:
    return Api(ATTACHED)


def keys(answer: tuple[int, Any]) -> list[str]:
    status, body = answer
    assert status == 200
    return sorted(one["id"] for one in (body["data"] if isinstance(body, dict) else body))


@pytest.mark.parametrize(
    ("above", "path", "body"),
    [
        ("accounts", "contacts", lambda ids: {"contact_ids": ids}),
        ("lists", "relationships/contacts", lambda ids: {"data": [{"type": "contact", "id": one} for one in ids]}),
    ],
)
def test_many_are_attached_by_their_keys_and_detached(attached: Api, above: str, path: str, body: Any) -> None:
    first, second = (attached(f"POST /{above}", {})[1]["id"] for _ in range(2))
    one, two = sorted(attached("POST /contacts", {"phone": "1"})[1]["id"] for _ in range(2))
    assert attached(f"POST /{above}/{first}/{path}", body([one, two]))[0] == 204
    assert attached(f"POST /{above}/{second}/{path}", body([two]))[0] == 204
    assert keys(attached(f"GET /{above}/{first}/contacts")) == [one, two]
    assert keys(attached(f"GET /{above}/{first}/{path}")) == [one, two]
    assert attached(f"DELETE /{above}/{first}/{path}", body([two]))[0] == 204
    assert keys(attached(f"GET /{above}/{first}/contacts")) == [one]
    assert keys(attached(f"GET /{above}/{second}/contacts")) == [two]
    assert attached(f"POST /{above}/{first}/{path}", body(["nobody"]))[0] == 404
    assert attached(f"POST /{above}/nobody/{path}", body([one]))[0] == 404


def test_a_path_adds_a_key_to_those_that_the_item_above_lists(attached: Api) -> None:
    _, made = attached("POST /contacts", {"phone": "7"})
    first, second = (one["id"] for one in attached("GET /groups")[1][:2])
    for group in (first, second, first):
        assert attached(f"PUT /contacts/{made['id']}/groups/{group}")[0] == 204
    assert attached(f"GET /contacts/{made['id']}")[1]["group_ids"] == [first, second]
    assert attached(f"DELETE /contacts/{made['id']}/groups/{first}")[0] == 204
    assert attached(f"GET /contacts/{made['id']}")[1]["group_ids"] == [second]
    assert attached(f"PUT /contacts/nobody/groups/{first}")[0] == 404
