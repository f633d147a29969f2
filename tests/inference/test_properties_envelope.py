"""A CRM whose records are `{id, properties: {…}}`, with search and batches over POST and an `archived` filter."""

import pytest
from asked import Api

DOCUMENT = """
paths:
  /crm/v3/objects/contacts:
    get:
      parameters:
      - {name: limit, in: query, schema: {type: integer, default: 10, maximum: 100}}
      - {name: after, in: query, schema: {type: string}}
      - {name: archived, in: query, schema: {type: boolean, default: false}}
      responses:
        '200':
          description: A page
          content: {application/json: {schema: {$ref: '#/components/schemas/ForwardPaging'}}}
    post:
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Input'}}}}
      responses:
        '201': {description: Made, content: {application/json: {schema: {$ref: '#/components/schemas/Object'}}}}
  /crm/v3/objects/contacts/{contactId}:
    parameters: [{name: contactId, in: path, required: true, schema: {type: string}}]
    get:
      responses:
        '200': {description: One, content: {application/json: {schema: {$ref: '#/components/schemas/Object'}}}}
    patch:
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Input'}}}}
      responses:
        '200': {description: One, content: {application/json: {schema: {$ref: '#/components/schemas/Object'}}}}
    delete: {responses: {'204': {description: Gone}}}
  /crm/v3/objects/contacts/search:
    post:
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Search'}}}}
      responses:
        '200':
          description: A page
          content: {application/json: {schema: {$ref: '#/components/schemas/WithTotal'}}}
  /crm/v3/objects/contacts/batch/create:
    post:
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Inputs'}}}}
      responses:
        '201': {description: Made, content: {application/json: {schema: {$ref: '#/components/schemas/Batch'}}}}
  /crm/v3/objects/contacts/batch/read:
    post:
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Ids'}}}}
      responses:
        '200': {description: Those, content: {application/json: {schema: {$ref: '#/components/schemas/Batch'}}}}
  /crm/v3/objects/contacts/batch/update:
    post:
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Changes'}}}}
      responses:
        '200': {description: Those, content: {application/json: {schema: {$ref: '#/components/schemas/Batch'}}}}
  /crm/v3/objects/contacts/batch/archive:
    post:
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Ids'}}}}
      responses: {'204': {description: Gone}}
components:
  schemas:
    Input:
      type: object
      required: [properties]
      properties: {properties: {type: object, additionalProperties: {type: string}}}
    Inputs:
      type: object
      required: [inputs]
      properties: {inputs: {type: array, items: {$ref: '#/components/schemas/Input'}}}
    Ids:
      type: object
      required: [inputs]
      properties:
        inputs: {type: array, items: {type: object, required: [id], properties: {id: {type: string}}}}
    Changes:
      type: object
      required: [inputs]
      properties:
        inputs:
          type: array
          items:
            type: object
            required: [id, properties]
            properties: {id: {type: string}, properties: {type: object, additionalProperties: {type: string}}}
    Object:
      type: object
      required: [id, properties, createdAt, updatedAt]
      properties:
        id: {type: string, examples: ['512']}
        properties: {type: object, additionalProperties: {type: [string, 'null']}}
        createdAt: {type: string, format: date-time}
        updatedAt: {type: string, format: date-time}
        archived: {type: boolean}
    Paging:
      type: object
      properties:
        next:
          type: object
          required: [after]
          properties: {after: {type: string}, link: {type: string}}
    ForwardPaging:
      type: object
      required: [results]
      properties:
        results: {type: array, items: {$ref: '#/components/schemas/Object'}}
        paging: {$ref: '#/components/schemas/Paging'}
    WithTotal:
      type: object
      required: [results, total]
      properties:
        total: {type: integer}
        results: {type: array, items: {$ref: '#/components/schemas/Object'}}
        paging: {$ref: '#/components/schemas/Paging'}
    Batch:
      type: object
      required: [status, results, startedAt, completedAt]
      properties:
        status: {type: string, enum: [PENDING, COMPLETE]}
        results: {type: array, items: {$ref: '#/components/schemas/Object'}}
        startedAt: {type: string, format: date-time}
        completedAt: {type: string, format: date-time}
    Search:
      type: object
      properties:
        query: {type: string}
        limit: {type: integer}
        after: {type: string}
        sorts: {type: array, items: {type: string}}
        properties: {type: array, items: {type: string}}
        filterGroups:
          type: array
          items:
            type: object
            properties:
              filters:
                type: array
                items:
                  type: object
                  required: [propertyName, operator]
                  properties:
                    propertyName: {type: string}
                    operator: {type: string, enum: [EQ, NEQ, LT, GT, IN, HAS_PROPERTY, CONTAINS_TOKEN]}
                    value: {type: string}
                    values: {type: array, items: {type: string}}
"""
CONTACTS = "/crm/v3/objects/contacts"


@pytest.fixture
def api() -> Api:
    return Api(DOCUMENT, records=0)


def make(api: Api, **properties: str) -> str:
    status, made = api(f"POST {CONTACTS}", {"properties": properties})
    assert status == 201
    assert made["properties"] == properties
    return str(made["id"])


def test_one_resource_with_all_its_operations(api: Api) -> None:
    assert list(api.served.understanding.resources) == ["contacts"]
    does = {said.words["does"] for said in api.served.understanding.operations.values()}
    assert does == {
        "list", "create", "read", "update", "delete", "batch-create", "batch-read", "batch-update", "batch-delete",
    }  # fmt: skip


def test_a_patch_merges_into_the_properties(api: Api) -> None:
    key = make(api, email="ann@acme.example", firstname="Ann")
    status, changed = api(f"PATCH {CONTACTS}/{key}", {"properties": {"firstname": "Anne"}})
    assert (status, changed["properties"]) == (200, {"email": "ann@acme.example", "firstname": "Anne"})
    assert api(f"GET {CONTACTS}/{key}") == (200, changed)


def test_pages_are_walked_by_cursor_and_by_link(api: Api) -> None:
    keys = {make(api, firstname=str(at)) for at in range(5)}
    _, first = api(f"GET {CONTACTS}?limit=3")
    assert first["paging"]["next"]["link"].startswith(f"http://mock.example{CONTACTS}?limit=3&after=")
    _, second = api(f"GET {CONTACTS}?limit=3&after={first['paging']['next']['after']}")
    assert "paging" not in second or "next" not in second["paging"]
    assert {one["id"] for page in (first, second) for one in page["results"]} == keys
    assert api("GET " + first["paging"]["next"]["link"].removeprefix("http://mock.example"))[1] == second


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ({}, {"Ann", "Ben", "Cem"}),
        ({"query": "ACME"}, {"Ann", "Ben"}),
        ({"filterGroups": [{"filters": [{"propertyName": "firstname", "operator": "EQ", "value": "Ben"}]}]}, {"Ben"}),
        ({"filterGroups": [{"filters": [{"propertyName": "age", "operator": "GT", "value": "35"}]}]}, {"Ben", "Cem"}),
        (
            {"filterGroups": [{"filters": [
                {"propertyName": "age", "operator": "GT", "value": "35"},
                {"propertyName": "email", "operator": "CONTAINS_TOKEN", "value": "*acme*"},
            ]}]},
            {"Ben"},
        ),
        (
            {"filterGroups": [
                {"filters": [{"propertyName": "firstname", "operator": "IN", "values": ["Ann", "Zoe"]}]},
                {"filters": [{"propertyName": "phone", "operator": "HAS_PROPERTY"}]},
            ]},
            {"Ann", "Cem"},
        ),
        ({"filterGroups": [{"filters": [{"propertyName": "firstname", "operator": "NEQ", "value": "Ann"}]}]},
         {"Ben", "Cem"}),
    ],
)  # fmt: skip
def test_a_search_over_post(api: Api, search: dict[str, object], expected: set[str]) -> None:
    make(api, firstname="Ann", email="ann@acme.example", age="30")
    make(api, firstname="Ben", email="ben@acme.example", age="40")
    make(api, firstname="Cem", email="cem@other.example", age="50", phone="+49 30 1")
    status, found = api(f"POST {CONTACTS}/search", search)
    assert status == 200
    assert {one["properties"]["firstname"] for one in found["results"]} == expected
    assert found["total"] == len(expected)


def test_a_search_has_pages_and_an_order(api: Api) -> None:
    for name in ("b", "c", "a"):
        make(api, firstname=name)
    _, first = api(f"POST {CONTACTS}/search", {"limit": 2, "sorts": ["firstname"]})
    names = [one["properties"]["firstname"] for one in first["results"]]
    after = first["paging"]["next"]["after"]
    _, second = api(f"POST {CONTACTS}/search", {"limit": 2, "sorts": ["firstname"], "after": after})
    names += [one["properties"]["firstname"] for one in second["results"]]
    assert names == ["a", "b", "c"]
    assert api(f"POST {CONTACTS}/search", {"limit": 2, "query": "b", "after": after})[0] in (400, 422)


def test_batches(api: Api) -> None:
    inputs = [{"properties": {"firstname": name}} for name in ("Ann", "Ben")]
    status, made = api(f"POST {CONTACTS}/batch/create", {"inputs": inputs})
    keys = [one["id"] for one in made["results"]]
    assert (status, len(set(keys))) == (201, 2)
    _, read = api(f"POST {CONTACTS}/batch/read", {"inputs": [{"id": keys[1]}, {"id": "nobody"}]})
    assert [one["id"] for one in read["results"]] == keys[1:]
    changes = [{"id": keys[0], "properties": {"lastname": "Lee"}}]
    assert api(f"POST {CONTACTS}/batch/update", {"inputs": changes})[0] == 200
    assert api(f"GET {CONTACTS}/{keys[0]}")[1]["properties"] == {"firstname": "Ann", "lastname": "Lee"}
    assert api(f"POST {CONTACTS}/batch/update", {"inputs": [*changes, {"id": "nobody", "properties": {}}]})[0] == 404
    assert api(f"POST {CONTACTS}/batch/archive", {"inputs": [{"id": key} for key in keys]}) == (204, None)
    assert api(f"GET {CONTACTS}")[1]["results"] == []
