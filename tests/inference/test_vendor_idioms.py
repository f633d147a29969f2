"""Habits of vendors beyond plain collections: JSON:API, ids in objects, expandable references, batches."""

from typing import Any

import pytest
from asked import Api


def media(schema: str, kind: str = "application/json") -> str:
    return f"{{description: It, content: {{{kind}: {{schema: {schema}}}}}}}"


def ref(name: str) -> str:
    return f"{{$ref: '#/components/schemas/{name}'}}"


def key(name: str = "id", kind: str = "string") -> str:
    return f"parameters: [{{name: {name}, in: path, required: true, schema: {{type: {kind}}}}}]"


def data(inner: str) -> str:
    return f"{{type: object, required: [data], properties: {{data: {inner}}}}}"


MANY = "{type: array, items: " + ref("Person") + "}"
JSON_API = f"""
paths:
  /companies:
    get: {{responses: {{'200': {media(data("{type: array, items: " + ref("Company") + "}"))}}}}}
    post: {{requestBody: {media(data(ref("Company")))}, responses: {{'201': {media(data(ref("Company")))}}}}}
  /companies/{{id}}:
    {key()}
    get: {{responses: {{'200': {media(data(ref("Company")))}}}}}
  /companies/{{id}}/people:
    {key()}
    get: {{responses: {{'200': {media(data(MANY))}}}}}
  /people:
    get:
      parameters: [{{name: 'filter[company]', in: query, schema: {{type: string}}}}]
      responses: {{'200': {media(data(MANY))}}}
    post: {{requestBody: {media(data(ref("Person")))}, responses: {{'201': {media(data(ref("Person")))}}}}}
  /people/{{id}}:
    {key()}
    get: {{responses: {{'200': {media(data(ref("Person")))}}}}}
    patch: {{requestBody: {media(data(ref("Person")))}, responses: {{'200': {media(data(ref("Person")))}}}}}
components:
  schemas:
    Company:
      type: object
      required: [type]
      properties:
        type: {{type: string, enum: [companies]}}
        id: {{type: string, readOnly: true}}
        attributes: {{type: object, properties: {{name: {{type: string}}}}}}
    Person:
      type: object
      required: [type]
      properties:
        type: {{type: string, enum: [people]}}
        id: {{type: string, readOnly: true}}
        attributes:
          type: object
          properties:
            email: {{type: string}}
            name: {{type: string}}
            created_at: {{type: string, format: date-time, readOnly: true}}
            updated_at: {{type: string, format: date-time, readOnly: true}}
        relationships:
          type: object
          required: [company]
          properties:
            company:
              type: object
              required: [data]
              properties:
                data:
                  type: object
                  required: [type, id]
                  properties: {{type: {{type: string}}, id: {{type: string}}}}
"""


def test_json_api() -> None:
    api = Api(JSON_API)
    _, company = api("POST /companies", {"data": {"type": "companies", "attributes": {"name": "Acme"}}})
    link = {"company": {"data": {"type": "companies", "id": company["data"]["id"]}}}
    body = {"type": "people", "attributes": {"email": "ann@acme.example"}, "relationships": link}
    status, made = api("POST /people", {"data": body})
    assert status == 201
    person = made["data"]
    assert person["attributes"].keys() == {"email", "created_at", "updated_at"}
    assert api(f"GET /companies/{company['data']['id']}/people") == (200, {"data": [person]})
    assert api(f"GET /people?filter[company]={company['data']['id']}") == (200, {"data": [person]})
    status, changed = api(f"PATCH /people/{person['id']}", {"data": {"type": "people", "attributes": {"name": "Ann"}}})
    assert changed["data"]["relationships"] == link
    assert changed["data"]["attributes"].items() >= {"email": "ann@acme.example", "name": "Ann"}.items()
    assert changed["data"]["attributes"]["created_at"] == person["attributes"]["created_at"]
    assert changed["data"]["attributes"]["updated_at"] > person["attributes"]["updated_at"]


def test_first_relationships_name_records_that_exist() -> None:
    api = Api(JSON_API)
    for person in api("GET /people")[1]["data"]:
        named = person["relationships"]["company"]["data"]
        assert api(f"GET /companies/{named['id']}")[0] == 200
        assert named["type"] == "companies"


IN_OBJECTS = f"""
paths:
  /lists:
    get: {{responses: {{'200': {media(data("{type: array, items: " + ref("List") + "}"))}}}}}
    post: {{requestBody: {media(ref("New"))}, responses: {{'200': {media(data(ref("List")))}}}}}
  /lists/{{list}}:
    {key("list", "string, format: uuid")}
    get: {{responses: {{'200': {media(data(ref("List")))}}}}}
    delete: {{responses: {{'204': {{description: Gone}}}}}}
  /lists/{{list}}/query:
    {key("list", "string, format: uuid")}
    post:
      requestBody: {media("{type: object, properties: {filter: {type: object}, limit: {type: integer}}}")}
      responses: {{'200': {media(data("{type: array, items: " + ref("Entry") + "}"))}}}
  /entries:
    post: {{requestBody: {media(ref("NewEntry"))}, responses: {{'200': {media(data(ref("Entry")))}}}}}
  /entries/{{entry_id}}:
    {key("entry_id", "string, format: uuid")}
    get: {{responses: {{'200': {media(data(ref("Entry")))}}}}}
    patch: {{requestBody: {media(ref("NewEntry"))}, responses: {{'200': {media(data(ref("Entry")))}}}}}
components:
  schemas:
    New: {{type: object, required: [title], properties: {{title: {{type: string}}}}}}
    NewEntry:
      type: object
      properties:
        parent: {{type: object, properties: {{list_id: {{type: string, format: uuid}}}}}}
        text: {{type: string}}
    List:
      type: object
      additionalProperties: false
      required: [id, title]
      properties:
        title: {{type: string}}
        id:
          type: object
          required: [workspace_id, list_id]
          properties: {{list_id: {{type: string, format: uuid}}, workspace_id: {{type: string, format: uuid}}}}
    Entry:
      type: object
      required: [id]
      properties:
        id: {{type: object, properties: {{entry_id: {{type: string, format: uuid}}}}}}
        parent: {{type: object, required: [list_id], properties: {{list_id: {{type: string, format: uuid}}}}}}
        text: {{type: string}}
"""


def test_an_id_that_is_an_object() -> None:
    api = Api(IN_OBJECTS)
    _, made = api("POST /lists", {"title": "Leads"})
    own = made["data"]["id"]
    assert own.keys() == {"workspace_id", "list_id"}
    assert api(f"GET /lists/{own['list_id']}") == (200, made)
    listed = api("GET /lists")[1]["data"]
    assert made["data"] in listed
    assert all(api(f"GET /lists/{one['id']['list_id']}") == (200, {"data": one}) for one in listed)
    assert api(f"GET /lists/{own['workspace_id']}")[0] == 404
    assert api(f"DELETE /lists/{own['list_id']}")[0] == 204
    assert api(f"GET /lists/{own['list_id']}")[0] == 404


def test_a_query_below_an_item_shows_what_names_it_in_an_object() -> None:
    api = Api(IN_OBJECTS)
    _, made = api("POST /lists", {"title": "Leads"})
    above = made["data"]["id"]["list_id"]
    _, entry = api("POST /entries", {"parent": {"list_id": above}, "text": "Call"})
    assert api(f"POST /lists/{above}/query", {}) == (200, {"data": [entry["data"]]})
    assert api("POST /lists/00000000-0000-4000-8000-00000000dead/query", {})[0] == 404
    all_seen = [
        one
        for each in api("GET /lists")[1]["data"]
        for one in api(f"POST /lists/{each['id']['list_id']}/query", {})[1]["data"]
    ]
    assert len(all_seen) > 20, "first entries lie on lists that exist"


BILLS = f"""
paths:
  /customers:
    get: {{responses: {{'200': {media("{type: array, items: " + ref("customer") + "}")}}}}}
    post: {{requestBody: {media("{type: object, properties: {name: {type: string}}}")}, responses: {{'200': {
    media(ref("customer"))
}}}}}
  /customers/{{id}}:
    {key()}
    get: {{responses: {{'200': {media(ref("customer"))}}}}}
  /customers/show_many:
    get:
      parameters: [{{name: ids, in: query, schema: {{type: string}}}}]
      responses: {{'200': {media("{type: array, items: " + ref("customer") + "}")}}}
  /customers/create_many:
    post:
      requestBody: {media("{type: object, properties: {customers: {type: array, items: " + ref("customer") + "}}}")}
      responses: {{'200': {media("{type: object, properties: {job: {type: string}}}")}}}
  /customers/destroy_many:
    delete:
      parameters: [{{name: ids, in: query, schema: {{type: string}}}}]
      responses: {{'204': {{description: Gone}}}}
  /customers/batch/read:
    post:
      requestBody: {
    media(
        "{type: object, required: [inputs], properties: {properties: {type: array, items: {type: string}}, "
        "inputs: {type: array, items: {type: object, properties: {id: {type: string}}}}}}"
    )
}
      responses: {{'200': {
    media("{type: object, properties: {results: {type: array, items: " + ref("customer") + "}}}")
}}}
  /invoices:
    get: {{responses: {{'200': {media("{type: array, items: " + ref("invoice") + "}")}}}}}
    post: {{requestBody: {media(ref("invoice"))}, responses: {{'200': {media(ref("invoice"))}}}}}
  /invoices/{{id}}:
    {key()}
    get: {{responses: {{'200': {media(ref("invoice"))}}}}}
    put: {{summary: Update an invoice, requestBody: {media(ref("invoice"))}, responses: {{'200': {
    media(ref("invoice"))
}}}}}
  /invoices/batch/create:
    post:
      requestBody: {media("{type: object, properties: {inputs: {type: array, items: " + ref("invoice") + "}}}")}
      responses: {{'201': {
    media(
        "{type: object, required: [created], properties: {created: {type: integer}, total_count: {type: integer}, "
        "job: {type: integer}, results: {type: array, items: " + ref("invoice") + "}}}"
    )
}}}
  /invoices/{{id}}/pay:
    {key()}
    post: {{responses: {{'200': {media(ref("invoice"))}}}}}
  /invoices/{{id}}/mark_as_disputed:
    {key()}
    put: {{responses: {{'200': {media(ref("invoice"))}}}}}
  /invoices/{{id}}/customers:
    {key()}
    post:
      requestBody: {media("{type: object, properties: {customer_ids: {type: array, items: {type: string}}}}")}
      responses: {{'204': {{description: Done}}}}
components:
  schemas:
    customer: {{type: object, required: [id], properties: {{id: {{type: string}}, name: {{type: string}}}}}}
    deleted_customer:
      type: object
      required: [id, deleted]
      properties: {{id: {{type: string}}, deleted: {{const: true}}}}
    invoice:
      type: object
      required: [customer]
      properties:
        id: {{type: string, readOnly: true}}
        customer: {{anyOf: [{{type: string}}, {ref("customer")}, {ref("deleted_customer")}]}}
        status: {{type: string, enum: [open, paid, void]}}
        disputed: {{type: boolean}}
        total: {{type: integer}}
"""


@pytest.fixture(scope="module")
def bills() -> Api:
    return Api(BILLS)


def new(api: Api, **fields: Any) -> dict[str, Any]:
    status, made = api("POST /invoices", {"customer": "7", "status": "open", "total": 5, **fields})
    assert status == 200
    found: dict[str, Any] = made
    return found


def test_a_reference_that_can_be_expanded_is_a_key(bills: Api) -> None:
    for one in bills("GET /invoices")[1]:
        assert bills(f"GET /customers/{one['customer']}")[0] == 200


def test_what_an_action_makes_of_a_record_is_found_by_its_participle(bills: Api) -> None:
    own = new(bills)["id"]
    assert bills(f"POST /invoices/{own}/pay")[1]["status"] == "paid"
    assert bills(f"PUT /invoices/{own}/mark_as_disputed")[1]["disputed"] is True
    assert bills(f"GET /invoices/{own}")[1]["status"] == "paid"


def test_a_put_that_is_said_to_update_keeps_the_rest(bills: Api) -> None:
    made = new(bills)
    assert bills(f"PUT /invoices/{made['id']}", {"customer": "8"}) == (200, {**made, "customer": "8"})


def test_a_body_that_is_no_record_makes_none(bills: Api) -> None:
    assert bills.words("POST /invoices/{id}/customers")["does"] == "sample"


def test_below_an_item_that_is_not_there_nothing_answers(bills: Api) -> None:
    own = new(bills)["id"]
    assert bills(f"POST /invoices/{own}/customers", {"customer_ids": []}) == (204, None)
    assert bills("POST /invoices/nobody/customers", {"customer_ids": []})[0] == 404


def test_a_batch_tells_how_many_there_were(bills: Api) -> None:
    customer = bills("GET /customers")[1][0]["id"]
    status, made = bills("POST /invoices/batch/create", {"inputs": [{"customer": customer}] * 3})
    assert (status, made["created"], made["total_count"], len(made["results"])) == (201, 3, 3, 3)


def test_batches_by_other_names(bills: Api) -> None:
    before = len(bills("GET /customers")[1])
    status, _ = bills(
        "POST /customers/create_many", {"customers": [{"id": "a", "name": "Ann"}, {"id": "b", "name": "Bob"}]}
    )
    assert status == 200
    newest = [one for one in bills("GET /customers")[1] if one["name"] in ("Ann", "Bob")]
    assert len(newest) == 2
    ids = ",".join(one["id"] for one in newest)
    assert sorted(one["name"] for one in bills(f"GET /customers/show_many?ids={ids}")[1]) == ["Ann", "Bob"]
    wanted = {"inputs": [{"id": newest[0]["id"]}], "properties": ["name"]}
    assert bills("POST /customers/batch/read", wanted) == (200, {"results": [newest[0]]})
    assert bills(f"DELETE /customers/destroy_many?ids={ids}")[0] == 204
    assert len(bills("GET /customers")[1]) == before


RECEIPTS = f"""
paths:
  /leads:
    get: {{responses: {{'200': {
    media("{type: object, properties: {data: {type: array, items: " + ref("lead") + "}}}")
}}}}}
    post:
      requestBody: {media("{type: object, properties: {data: {type: array, items: " + ref("lead") + "}}}")}
      responses: {{'201': {media("{type: object, properties: {data: {type: array, items: " + ref("receipt") + "}}}")}}}
  /leads/{{id}}:
    {key()}
    delete: {{responses: {{'204': {{description: Gone}}}}}}
  /search/leads:
    get:
      parameters: [{{name: query, in: query, schema: {{type: string}}}}]
      responses: {{'200': {media("{type: object, properties: {results: {type: array, items: " + ref("lead") + "}}}")}}}
components:
  schemas:
    lead: {{type: object, required: [id], properties: {{id: {{type: string}}, name: {{type: string}}}}}}
    receipt: {{type: object, properties: {{code: {{type: string}}, message: {{type: string}}}}}}
"""


def test_a_list_of_receipts_is_no_record() -> None:
    api = Api(RECEIPTS)
    assert api.served.understanding.resources["leads"].words["schema"] == "#/components/schemas/lead"
    assert api.words("POST /leads")["does"] == "sample", "what it tells of what it makes isn't known"
    lead = api("GET /leads")[1]["data"][0]
    assert lead in api(f"GET /search/leads?query={lead['name']}")[1]["results"]
    assert api(f"DELETE /leads/{lead['id']}")[0] == 204
    assert lead not in api("GET /leads")[1]["data"]
