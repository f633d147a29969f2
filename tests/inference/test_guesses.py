"""What is guessed from small documents: one habit of vendors in each."""

import re
from typing import Any

import pytest
from asked import Api


def media(schema: str) -> str:
    return f"{{content: {{application/json: {{schema: {schema}}}}}, description: It}}"


def ref(name: str) -> str:
    return f"{{$ref: '#/components/schemas/{name}'}}"


ONE = f"{{type: object, properties: {{contact: {ref('Contact')}}}, required: [contact]}}"
NEW = f"{{type: object, properties: {{contact: {ref('NewContact')}}}, required: [contact]}}"
NOTES = f"""
paths:
  /contacts:
    get:
      parameters:
      - {{name: page, in: query, schema: {{type: integer, minimum: 1, default: 1}}}}
      - {{name: per_page, in: query, schema: {{type: integer, default: 2}}}}
      - {{name: stage, in: query, schema: {{type: string, enum: [new, won, all], default: all}}}}
      - {{name: company, in: query, schema: {{type: string}}}}
      - {{name: created_after, in: query, schema: {{type: string, format: date-time}}}}
      responses: {{'200': {media(ref("ContactPage"))}}}
    post:
      requestBody: {media(NEW)}
      responses:
        '201': {media(ONE)}
        '409': {{description: The email is already in use.}}
  /contacts/{{id}}:
    parameters: [{{name: id, in: path, required: true, schema: {{type: string}}}}]
    get:
      responses: {{'200': {media(ONE)}}}
    put:
      summary: Replace a contact
      requestBody: {media(NEW)}
      responses: {{'200': {media(ONE)}}}
    delete:
      responses: {{'200': {media("{type: object, properties: {id: {type: string}, deleted: {type: boolean}}}")}}}
  /contacts/{{id}}/archive:
    parameters: [{{name: id, in: path, required: true, schema: {{type: string}}}}]
    post:
      responses: {{'200': {media("{type: object, properties: {contact: " + ref("Contact") + "}}")}}}
  /contacts/{{contact_id}}/notes:
    parameters: [{{name: contact_id, in: path, required: true, schema: {{type: string}}}}]
    get:
      responses: {{'200': {media("{type: array, items: " + ref("Note") + "}")}}}
    post:
      requestBody: {media("{type: object, required: [text], properties: {text: {type: string}}}")}
      responses: {{'201': {media(ref("Note"))}}}
  /contacts/{{contact_id}}/notes/{{note_id}}:
    parameters:
    - {{name: contact_id, in: path, required: true, schema: {{type: string}}}}
    - {{name: note_id, in: path, required: true, schema: {{type: string}}}}
    get: {{responses: {{'200': {media(ref("Note"))}}}}}
    delete: {{responses: {{'204': {{description: Gone}}}}}}
  /contacts/{{contact_id}}/tags:
    parameters: [{{name: contact_id, in: path, required: true, schema: {{type: string}}}}]
    get: {{responses: {{'200': {media("{type: array, items: " + ref("Tag") + "}")}}}}}
    post:
      requestBody: {media("{type: object, required: [id], properties: {id: {type: string}}}")}
      responses: {{'200': {media(ref("Tag"))}}}
  /contacts/{{contact_id}}/tags/{{id}}:
    parameters:
    - {{name: contact_id, in: path, required: true, schema: {{type: string}}}}
    - {{name: id, in: path, required: true, schema: {{type: string}}}}
    delete: {{responses: {{'200': {media(ref("Tag"))}}}}}
  /tags:
    get: {{responses: {{'200': {media("{type: array, items: " + ref("Tag") + "}")}}}}}
    post:
      requestBody: {media("{type: object, required: [name], properties: {name: {type: string}}}")}
      responses: {{'201': {media(ref("Tag"))}}}
  /tags/{{id}}:
    parameters: [{{name: id, in: path, required: true, schema: {{type: string}}}}]
    get: {{responses: {{'200': {media(ref("Tag"))}}}}}
  /companies:
    get: {{responses: {{'200': {media("{type: array, items: " + ref("Company") + "}")}}}}}
    post:
      requestBody: {media("{type: object, required: [name], properties: {name: {type: string}}}")}
      responses: {{'201': {media(ref("Company"))}}}
  /companies/{{id}}:
    parameters: [{{name: id, in: path, required: true, schema: {{type: string}}}}]
    get: {{responses: {{'200': {media(ref("Company"))}}}}}
  /companies/{{id}}/contacts:
    parameters: [{{name: id, in: path, required: true, schema: {{type: string}}}}]
    get: {{responses: {{'200': {media("{type: array, items: " + ref("Contact") + "}")}}}}}
components:
  schemas:
    NewContact:
      type: object
      required: [email]
      properties:
        email: {{type: string}}
        name: {{type: string}}
        stage: {{type: string, enum: [new, won]}}
        company: {{type: string}}
    Contact:
      type: object
      required: [id, email]
      properties:
        id: {{type: string, readOnly: true, examples: [con_8f2k1m9q]}}
        email: {{type: string}}
        name: {{type: string}}
        stage: {{type: string, enum: [new, won]}}
        company: {ref("Company")}
        archived: {{type: boolean, readOnly: true}}
        note_count: {{type: integer, readOnly: true}}
        created_at: {{type: integer, readOnly: true, examples: [1663597223]}}
        url: {{type: string, format: uri, readOnly: true, examples: ['https://api.example.com/contacts/con_8f2k1m9q']}}
    Note:
      type: object
      required: [id, text]
      properties: {{id: {{type: string}}, text: {{type: string}}, contact_id: {{type: string}}}}
    Tag: {{type: object, required: [id, name], properties: {{id: {{type: string}}, name: {{type: string}}}}}}
    Company: {{type: object, required: [id, name], properties: {{id: {{type: string}}, name: {{type: string}}}}}}
    ContactPage:
      type: object
      properties:
        contacts: {{type: array, items: {ref("Contact")}}}
        links:
          type: object
          properties: {{self: {{type: string}}, next: {{type: [string, 'null']}}, prev: {{type: [string, 'null']}}}}
        meta: {{type: object, properties: {{total: {{type: integer}}, total_pages: {{type: integer}}}}}}
"""


@pytest.fixture
def api() -> Api:
    return Api(NOTES, records=0)


def contact(api: Api, **fields: Any) -> dict[str, Any]:
    status, made = api("POST /contacts", {"contact": {"email": f"{api.world.calls}@acme.example", **fields}})
    assert status == 201, made
    found: dict[str, Any] = made["contact"]
    return found


def test_ids_look_like_the_example(api: Api) -> None:
    assert contact(api)["id"].startswith("con_")


def test_the_server_owns_times_counts_and_links(api: Api) -> None:
    made = contact(api, created_at=1, note_count=9, archived=True, url="https://evil.example")
    assert made["created_at"] == 1_780_000_000
    assert (made["note_count"], made["archived"]) == (0, False)
    assert made["url"] == f"http://mock.example/contacts/{made['id']}"


def test_what_is_replaced_is_gone(api: Api) -> None:
    made = contact(api, name="Ann", stage="new")
    _, answer = api(f"PUT /contacts/{made['id']}", {"contact": {"email": "b@acme.example"}})
    assert answer["contact"].keys() == made.keys() - {"name", "stage"}
    assert answer["contact"]["created_at"] == made["created_at"]


def test_an_email_is_taken_once(api: Api) -> None:
    contact(api, email="Ann@acme.example")
    assert api("POST /contacts", {"contact": {"email": "ann@ACME.example"}})[0] == 409


def test_pages_have_links_that_lead_back_here(api: Api) -> None:
    keys = [contact(api)["id"] for _ in range(5)]
    seen, line = [], "GET /contacts?per_page=2"
    while line:
        status, page = api(line)
        assert status == 200
        assert page["meta"] == {"total": 5, "total_pages": 3}
        seen += [one["id"] for one in page["contacts"]]
        line = page["links"]["next"] and page["links"]["next"].replace("http://mock.example", "GET ")
    assert sorted(seen) == sorted(keys)
    assert page["links"]["prev"] == "http://mock.example/contacts?per_page=2&page=2"
    assert page["links"]["self"] == "http://mock.example/contacts?per_page=2&page=3"


def test_filters(api: Api) -> None:
    _, company = api("POST /companies", {"name": "Acme"})
    won = contact(api, stage="won", company=company["id"])
    contact(api, stage="new")

    def keys(query: str) -> list[str]:
        return [one["id"] for one in api(f"GET /contacts?{query}")[1]["contacts"]]

    assert keys("stage=won") == [won["id"]]
    assert len(keys("stage=all")) == len(keys("")) == 2
    assert keys(f"company={company['id']}") == [won["id"]]
    assert keys("created_after=2020-01-01T00:00:00Z") == keys("")
    assert keys("created_after=2039-01-01T00:00:00Z") == []


def test_a_reference_is_shown_as_the_record_that_it_names(api: Api) -> None:
    _, company = api("POST /companies", {"name": "Acme"})
    made = contact(api, company=company["id"])
    assert made["company"] == company
    assert api(f"GET /companies/{company['id']}/contacts") == (200, [made])
    assert api("GET /companies/nobody/contacts")[0] == 404


def test_what_lies_below_goes_with_it(api: Api) -> None:
    one, other = contact(api)["id"], contact(api)["id"]
    _, note = api(f"POST /contacts/{one}/notes", {"text": "Called"})
    assert note["contact_id"] == one
    assert api(f"GET /contacts/{one}/notes") == (200, [note])
    assert api(f"GET /contacts/{other}/notes") == (200, [])
    assert api(f"GET /contacts/{other}/notes/{note['id']}")[0] == 404
    assert api("POST /contacts/nobody/notes", {"text": "Called"})[0] == 404
    assert api(f"DELETE /contacts/{one}") == (200, {"id": one, "deleted": True})
    assert api(f"GET /contacts/{one}/notes/{note['id']}")[0] == 404
    assert len(api.world.tables["api/notes"]) == 0


def test_attaching_and_detaching(api: Api) -> None:
    key = contact(api)["id"]
    _, tag = api("POST /tags", {"name": "vip"})
    assert api(f"POST /contacts/{key}/tags", {"id": tag["id"]}) == (200, tag)
    assert api(f"GET /contacts/{key}/tags") == (200, [tag])
    assert api(f"GET /contacts/{contact(api)['id']}/tags") == (200, [])
    assert api(f"POST /contacts/{key}/tags", {"id": "nobody"})[0] == 404
    assert api(f"DELETE /contacts/{key}/tags/{tag['id']}") == (200, tag)
    assert api(f"GET /contacts/{key}/tags") == (200, [])
    assert api(f"GET /tags/{tag['id']}") == (200, tag)


def test_an_action_sets_the_property_of_its_name(api: Api) -> None:
    made = contact(api)
    assert api(f"POST /contacts/{made['id']}/archive")[1]["contact"]["archived"] is True
    assert api(f"GET /contacts/{made['id']}")[1]["contact"] == {**made, "archived": True}


def test_what_the_schema_does_not_name_is_kept(api: Api) -> None:
    made = contact(api, shoe_size=43)
    assert api(f"GET /contacts/{made['id']}")[1]["contact"]["shoe_size"] == 43


def test_first_records_refer_to_records_that_exist() -> None:
    api = Api(NOTES)
    _, page = api("GET /contacts?per_page=100")
    assert page["meta"]["total"] == 50
    for one in page["contacts"]:
        assert api(f"GET /companies/{one['company']['id']}") == (200, one["company"])
    notes = list(api.world.tables["api/notes"].records())
    assert len(notes) == 150
    assert all(api(f"GET /contacts/{note['contact_id']}")[0] == 200 for note in notes)


@pytest.mark.parametrize(
    ("asked", "like"),
    [
        ("{type: string, pattern: '^[0-9]{4,9}$'}", r"[0-9]{4,9}"),
        ("{type: string, format: uuid}", r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        ("{type: integer, minimum: 1}", r"[1-9][0-9]*"),
    ],
)
def test_a_key_that_nothing_shows_is_one_that_its_path_takes(asked: str, like: str) -> None:
    api = Api(f"""
paths:
  /deals:
    post:
      requestBody: {media("{type: object, properties: {title: {type: string}}}")}
      responses: {{'201': {media(ref("Deal"))}}}
  /deals/{{id}}:
    parameters: [{{name: id, in: path, required: true, schema: {asked}}}]
    get: {{responses: {{'200': {media(ref("Deal"))}}}}}
components:
  schemas: {{Deal: {{type: object, required: [id], properties: {{id: {{type: string}}, title: {{type: string}}}}}}}}
""")
    status, deal = api("POST /deals", {"title": "New"})
    assert status == 201
    assert re.fullmatch(like, deal["id"])
    assert api(f"GET /deals/{deal['id']}") == (200, deal)
