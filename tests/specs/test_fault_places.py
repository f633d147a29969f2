"""Where a refusal says the fault is: at the same place, whether the schema or the records found it."""

from __future__ import annotations

from typing import Any

import pytest
from drive import Driver
from inline import ask, json, served

WRAPPED = """
x-mock:
  resources:
    people: {schema: '#/components/schemas/Person', ids: '{integer}', unique: [{field: phone}]}
paths:
  /people:
    post: &create
      operationId: createPerson
      x-mock: {does: create, resource: people, input: $request.body.person}
      requestBody: {content: {application/json: {schema: {type: object, required: [person], properties: {person: {$ref: '#/components/schemas/Sent'}}}}}}
      responses: {'201': {description: made, content: {application/json: {schema: {$ref: '#/components/schemas/Person'}}}}}
  /people/{id}:
    patch:
      operationId: updatePerson
      x-mock: {does: update, resource: people, key: $request.path.id, input: $request.body.person}
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      requestBody: {content: {application/json: {schema: {type: object, properties: {person: {$ref: '#/components/schemas/Sent'}}}}}}
      responses: {'200': {description: changed, content: {application/json: {schema: {$ref: '#/components/schemas/Person'}}}}}
  /people/bulk:
    post:
      operationId: createPeople
      x-mock: {does: batch-create, resource: people, input: $request.body.data.people, status: 201, answer: {count: $count}}
      requestBody: {content: {application/json: {schema: {type: object, properties: {data: {type: object, properties: {people: {type: array, items: {$ref: '#/components/schemas/Sent'}}}}}}}}}
      responses: {'201': {description: made, content: {application/json: {schema: {type: object}}}}}
  /people/update:
    post:
      operationId: updatePeople
      x-mock: {does: batch-update, resource: people, input: $request.body, answer: {count: $count}}
      requestBody: {content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Person'}}}}}
      responses: {'200': {description: changed, content: {application/json: {schema: {type: object}}}}}
components:
  schemas:
    Sent: {type: object, required: [phone], properties: {phone: {type: string}}}
    Person: {type: object, required: [id, phone], properties: {id: {type: integer}, phone: {type: string}}}
"""  # noqa: E501


@pytest.fixture
def people() -> Driver:
    driver = served(WRAPPED, fixtures={"records": {"people": {"named": [{"id": 1, "phone": "1"}]}}})
    return driver


@pytest.mark.parametrize(
    ("line", "body", "pointers"),
    [
        ("POST /people", {"person": {"phone": "1"}}, ["#/person/phone"]),
        ("POST /people/bulk", {"data": {"people": [{"phone": "2"}, {"phone": "1"}, {"phone": "2"}]}},
         ["#/data/people/1/phone", "#/data/people/2/phone"]),
        ("POST /people/bulk", {"data": {"people": [{"phone": "2"}, {"phone": 3}]}}, ["#/data/people/1/phone"]),
    ],
)  # fmt: skip
def test_a_record_s_fault_is_told_at_its_place_in_the_body(
    people: Driver, line: str, body: Any, pointers: list[str]
) -> None:
    answer = ask(people, line, body)
    assert answer.status in (409, 422)
    assert [one["pointer"] for one in json(answer)["errors"]] == pointers
    field = pointers[0].removeprefix("#/").replace("/", ".")
    assert json(answer)["detail"].startswith(f"{field} ")


def test_of_many_changes_the_row_at_fault_is_told(people: Driver) -> None:
    assert ask(people, "POST /people", {"person": {"phone": "2"}}).status == 201
    made = json(ask(people, "POST /people", {"person": {"phone": "3"}}))
    answer = ask(people, "POST /people/update", [{"id": 1, "phone": "9"}, {"id": made["id"], "phone": "9"}])
    assert (answer.status, json(answer)["errors"][0]["pointer"]) == (409, "#/1/phone")
    assert ask(people, f"PATCH /people/{made['id']}", {"person": {"phone": "1"}}).status == 409
    assert ask(people, f"PATCH /people/{made['id']}", {"person": {"phone": "9"}}).status == 200  # nothing was changed
