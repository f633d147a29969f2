"""Keywords with values that they can't have."""

import pytest
from parsed import of_schema

from mockserver.spec.schema import Schemas


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("{type: String}", {"type": "string"}),
        ("{type: int}", {"type": "integer"}),
        ("{type: datetime}", {"type": "string", "format": "date-time"}),
        ("{type: any}", {}),
        ("{type: whatever}", {}),
        ("{type: [string, null]}", {"type": ["string", "null"]}),
        ("{type: [string, string]}", {"type": ["string"]}),
        ("{type: []}", {}),
        ("{type: object, required: true}", {"type": "object"}),
        ("{required: name}", {"required": ["name"]}),
        ("{required: [a, b, a, 5]}", {"required": ["a", "b"]}),
        ("{minLength: '3'}", {"minLength": 3}),
        ("{minLength: -1}", {}),
        ("{maximum: 'ten'}", {}),
        ("{maximum: '10.5'}", {"maximum": 10.5}),
        ("{multipleOf: 0}", {}),
        ("{uniqueItems: 'true'}", {"uniqueItems": True}),
        ("{readOnly: null}", {}),
        ("{pattern: '/^a+$/i'}", {"pattern": "^a+$"}),
        ("{pattern: '[a'}", {}),
        ("{pattern: 5}", {}),
        ("{enum: []}", {}),
        ("{enum: a}", {}),
        ("{type: string, enum: [2.0, true, a]}", {"type": "string", "enum": ["2.0", "true", "a"]}),
        ("{type: integer, enum: ['1', 2]}", {"type": "integer", "enum": [1, 2]}),
        ("{properties: [a]}", {}),
        ("{properties: {a: null, b: {}}}", {"properties": {"a": {}, "b": {}}}),
        ("{items: [{type: string}], additionalItems: false}", {"prefixItems": [{"type": "string"}], "items": False}),
        ("{additionalProperties: 'false'}", {"additionalProperties": False}),
        ("{allOf: {type: string}}", {"allOf": [{"type": "string"}]}),
        ("{anyOf: []}", {}),
        ("{oneOf: [null, {type: string}]}", {"oneOf": [{"type": "string"}]}),
        ("{dependencies: {a: [b], c: {type: object}}}",
         {"dependentRequired": {"a": ["b"]}, "dependentSchemas": {"c": {"type": "object"}}}),
        ("{discriminator: {mapping: {}}}", {}),
        ("{examples: {one: {value: 1}}}", {"examples": [1]}),
        ("{format: 5}", {}),
        ("{title: [x]}", {}),
        ("{$ref: 5}", {}),
    ],
)  # fmt: skip
def test_is_read_as_it_was_meant(wrong: str, right: object) -> None:
    found = of_schema(f"properties:\n  x: {wrong}", "3.1")
    assert found.at("/components/schemas/A/properties/x") == right
    assert [note.pointer for note in found.notes] == ["/components/schemas/A/properties/x"]
    assert Schemas(found.content).at("/components/schemas/A")


@pytest.mark.parametrize(
    "fine",
    [
        "{type: [string, 'null'], minLength: 3, pattern: '^a'}",
        "{properties: {type: {type: string}, required: {enum: [1, a, null]}, $ref: {const: 5}}}",
        "{const: {type: whatever}}",
        "{not: {required: []}, additionalProperties: false, items: true}",
        "{patternProperties: {'^x-': true}, dependentRequired: {a: [b]}}",
    ],
)
def test_what_is_right_is_left_alone(fine: str) -> None:
    assert of_schema(fine, "3.1").notes == ()


def test_what_stands_below_a_mended_keyword_is_mended_too() -> None:
    found = of_schema("{allOf: {items: [{type: int}]}}", "3.1")
    assert found.at("/components/schemas/A") == {"allOf": [{"prefixItems": [{"type": "integer"}]}]}
