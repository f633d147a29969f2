"""Schemas of OpenAPI 3.0 in the words of 3.1."""

import pytest
from parsed import document, messages, of_schema, schema

from mockserver.spec.schema import Schemas

NULL = {"type": "null"}
REF = {"$ref": "#/components/schemas/A"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{type: string, nullable: true}", {"type": ["string", "null"]}),
        ("{type: string, nullable: false}", {"type": "string"}),
        ("{nullable: true}", {}),
        ("{type: string, x-nullable: true}", {"type": ["string", "null"]}),
        ("{type: string, nullable: true, enum: [a, b]}", {"type": ["string", "null"], "enum": ["a", "b", None]}),
        ("{type: string, nullable: true, enum: [a, null]}", {"type": ["string", "null"], "enum": ["a", None]}),
        ("{$ref: '#/components/schemas/A', nullable: true}", {"anyOf": [REF, NULL]}),
        ("{nullable: true, description: d, allOf: [{$ref: '#/components/schemas/A'}]}",
         {"description": "d", "anyOf": [{"allOf": [REF]}, NULL]}),
        ("{nullable: true, oneOf: [{type: string}, {type: integer}]}",
         {"anyOf": [{"oneOf": [{"type": "string"}, {"type": "integer"}]}, NULL]}),
        ("{type: object, nullable: true, properties: {nullable: {type: boolean, nullable: true}}}",
         {"type": ["object", "null"], "properties": {"nullable": {"type": ["boolean", "null"]}}}),
        ("{minimum: 5, exclusiveMinimum: true}", {"exclusiveMinimum": 5}),
        ("{maximum: 5, exclusiveMaximum: false}", {"maximum": 5}),
        ("{maximum: 5, exclusiveMaximum: true, minimum: 1}", {"minimum": 1, "exclusiveMaximum": 5}),
        ("{type: string, example: x}", {"type": "string", "examples": ["x"]}),
        ("{type: string, example: null}", {"type": "string", "examples": [None]}),
        ("{type: string, format: byte}", {"type": "string", "format": "byte", "contentEncoding": "base64"}),
        ("{type: string, format: binary}",
         {"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"}),
        ("{$ref: '#/components/schemas/A', description: d, type: string, minLength: 5}", REF | {"description": "d"}),
    ],
)  # fmt: skip
def test_a_keyword(old: str, new: object) -> None:
    found = of_schema(f"properties:\n  x: {old}")
    assert found.at("/components/schemas/A/properties/x") == new
    assert found.notes == ()


def test_data_is_left_alone() -> None:
    assert schema("{default: {nullable: true}, enum: [{nullable: true, example: 1}]}") == {
        "default": {"nullable": True}, "enum": [{"nullable": True, "example": 1}],
    }  # fmt: skip


def test_null_gets_past_whatever_is_joined() -> None:
    found = document(
        """
        components:
          schemas:
            Name: {type: string, enum: [a]}
            A: {nullable: true, allOf: [{$ref: '#/components/schemas/Name'}]}
            B: {type: object, nullable: true, oneOf: [{required: [a]}, {required: [b]}]}
        """,
        "3.0",
    )
    schemas = Schemas(found.content)
    a, b = schemas.at("/components/schemas/A"), schemas.at("/components/schemas/B")
    assert [a.is_valid(value) for value in (None, "a", "b")] == [True, True, False]
    assert [b.is_valid(value) for value in (None, {"a": 1}, {}, "x")] == [True, True, False, False]


def test_in_a_document_of_3_1_the_words_of_3_0_are_noted() -> None:
    found = of_schema("{type: string, nullable: true}", "3.1")
    assert found.at("/components/schemas/A") == {"type": ["string", "null"]}
    assert messages(found) == ["nullable is a word of OpenAPI 3.0; read as: or null"]


def test_example_of_a_media_type_stays() -> None:
    found = document(
        """
        paths:
          /a:
            get:
              responses:
                200: {description: '', content: {application/json: {schema: {type: string}, example: x}}}
        """,
        "3.0",
    )
    media = found.at("/paths/~1a/get/responses/200/content/application~1json")
    assert media == {"schema": {"type": "string"}, "example": "x"}
