"""What a discriminator says: which schema a made-up object is of, and which one a wrong object was meant to be of."""

# ruff: noqa: E501  a document is read more easily in one line

from __future__ import annotations

from typing import Any

import pytest
from drive import Driver
from inline import ask, json, served

SCHEMAS = """
components:
  schemas:
    Pet: {type: object, required: [kind, name], discriminator: {propertyName: kind, mapping: {cat: '#/components/schemas/Cat'}},
          properties: {kind: {type: string}, name: {type: string}}}
    Cat: {allOf: [{$ref: '#/components/schemas/Pet'}, {type: object, required: [meow], properties: {meow: {type: boolean}}}]}
    Lion: {allOf: [{$ref: '#/components/schemas/Cat'}, {type: object, required: [mane], properties: {mane: {type: integer}}}]}
    Dog: {allOf: [{$ref: '#/components/schemas/Pet'}, {type: object, required: [bark], properties: {bark: {type: integer}}}]}
    Closed: {type: object, required: [sort], additionalProperties: false, discriminator: {propertyName: sort}, properties: {sort: {type: string}}}
    Unmade: {allOf: [{$ref: '#/components/schemas/Closed'}, {type: object, required: [x], properties: {x: {type: integer}}}]}
    Either: {oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}], discriminator: {propertyName: kind}}
    Maybe: {anyOf: [{$ref: '#/components/schemas/Either'}, {type: 'null'}]}
"""
OWN = {"cat": "meow", "Lion": "mane", "Dog": "bark"}  # what each has that the others have not


@pytest.fixture(scope="module")
def api() -> Driver:
    body = "content: {application/json: {schema: {$ref: '#/components/schemas/%s'}}}"
    paths = "".join(
        f"  /{name}: {{get: {{responses: {{'200': {{description: ok, {body % name}}}}}}}, "
        f"post: {{requestBody: {{required: true, {body % name}}}, responses: {{'204': {{description: ok}}}}}}}}\n"
        for name in ("Pet", "Cat", "Lion", "Dog", "Closed", "Either", "Maybe")
    )
    return served(f"paths:\n{paths}{SCHEMAS}")


def test_an_object_of_a_base_is_one_of_those_made_of_it(api: Driver) -> None:
    found = json(ask(api, "GET /Pet"))

    assert OWN[found["kind"]] in found


@pytest.mark.parametrize(("name", "kind"), [("Cat", "cat"), ("Lion", "Lion"), ("Dog", "Dog")])
def test_what_is_made_of_a_base_has_its_own_name(api: Driver, name: str, kind: str) -> None:
    found = json(ask(api, f"GET /{name}"))

    assert found["kind"] == kind
    assert OWN[kind] in found


def test_swagger_2_has_them_too() -> None:
    api = served("""
swagger: '2.0'
info: {title: T, version: '1'}
definitions:
  Animal: {type: object, discriminator: sort, required: [sort], properties: {sort: {type: string}}}
  Cat: {allOf: [{$ref: '#/definitions/Animal'}, {type: object, required: [hunts], properties: {hunts: {type: boolean}}}]}
paths: {/x: {get: {responses: {200: {description: ok, schema: {$ref: '#/definitions/Animal'}}}}}}
""")

    found = json(ask(api, "GET /x"))

    assert found["sort"] == "Cat"
    assert "hunts" in found


def test_a_base_that_forbids_what_is_made_of_it_stays_itself(api: Driver) -> None:
    assert list(json(ask(api, "GET /Closed"))) == ["sort"]


@pytest.mark.parametrize("path", ["/Either", "/Maybe"])
@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"kind": "Dog", "name": "x", "bark": "loud"}, [("#/bark", "must be an integer")]),
        ({"kind": "Cat", "name": 7}, [("#/meow", "is required"), ("#/name", "must be a string")]),
        ({"kind": "Cow", "name": "x"}, [("#/kind", "must be one of Cat or Dog")]),
    ],
)
def test_what_is_wrong_is_told_of_the_one_that_was_meant(api: Driver, path: str, sent: Any, told: Any) -> None:
    answer = ask(api, f"POST {path}", sent)

    assert answer.status == 422
    assert sorted((one["pointer"], one["detail"]) for one in json(answer)["errors"]) == told
