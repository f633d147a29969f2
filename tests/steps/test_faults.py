"""The JSON Schema keywords in request bodies: what each accepts, what it refuses, and in which words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from wire import Api, body_of

A = {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}
B = {"type": "object", "required": ["b"], "properties": {"b": {"type": "integer"}}}
LIVES = {"type": {"const": "cat"}, "lives": {"type": "integer"}}
CAT = {"type": "object", "required": ["type", "lives"], "properties": LIVES}
DOG = {"type": "object", "required": ["type"], "properties": {"type": {"const": "dog"}, "tricks": {"type": "array"}}}
COLORS = [f"c{i}" for i in range(25)]


# schema of the field `v`, a value that passes, one that doesn't, what is said of it
KEYWORDS = [
    ({"type": "string"}, "x", 7, "v must be a string"),
    ({"type": "integer"}, 7, "7", "v must be an integer"),
    ({"type": "integer"}, 7.0, 7.5, "v must be an integer"),
    ({"type": "number"}, 7.5, "x", "v must be a number"),
    ({"type": "boolean"}, True, "true", "v must be a boolean"),
    ({"type": "array"}, [], {}, "v must be an array"),
    ({"type": "object"}, {}, [], "v must be an object"),
    ({"type": "null"}, None, 0, "v must be null"),
    ({"type": ["string", "null"]}, None, 7, "v must be a string or null"),
    ({"type": "string", "enum": ["admin", "editor", "viewer"]}, "admin", "x",
     "v must be one of admin, editor or viewer"),
    ({"enum": ["only"]}, "only", "x", "v must be only"),
    ({"enum": [1, None, "a"]}, None, 2, "v must be one of 1, null or a"),
    ({"enum": COLORS}, "c3", "x", f"v must be one of {', '.join(COLORS[:20])} or 5 more"),
    ({"const": "a"}, "a", "b", "v must be a"),
    ({"minLength": 1}, "x", "", "v must not be empty"),
    ({"minLength": 3}, "abc", "ab", "v must be at least 3 characters"),
    ({"maxLength": 120}, 120 * "é", 121 * "x", "v must be at most 120 characters"),
    ({"maxLength": 1}, "x", "xx", "v must be at most 1 character"),
    ({"minLength": 2, "maxLength": 5}, "abc", "a", "v must be between 2 and 5 characters"),
    ({"minLength": 1, "maxLength": 5}, "abc", 6 * "a", "v must be between 1 and 5 characters"),
    ({"minLength": 0, "maxLength": 5}, "abc", 6 * "a", "v must be at most 5 characters"),
    ({"pattern": "^usr_"}, "usr_1", "x", "v must begin with usr_"),
    ({"pattern": r"^\+49"}, "+4930", "x", "v must begin with +49"),
    ({"pattern": "^[a-z]$"}, "x", "X", "v must match the pattern ^[a-z]$"),
    ({"pattern": "^a|b"}, "xb", "x", "v must match the pattern ^a|b"),
    ({"format": "email"}, "a@b.de", "a", "v must be a valid email address"),
    ({"format": "date-time"}, "2024-01-31T09:30:00Z", "today",
     "v must be a valid date-time, such as 2024-01-31T09:30:00Z"),
    ({"format": "date"}, "2024-02-29", "2023-02-29", "v must be a valid date, such as 2024-01-31"),
    ({"format": "uuid"}, "123e4567-e89b-12d3-a456-426614174000", "x", "v must be a valid UUID"),
    ({"format": "uri"}, "https://x.de", "x y", "v must be a valid URI"),
    ({"format": "ipv4"}, "127.0.0.1", "300.0.0.1", "v must be a valid IPv4 address"),
    ({"minimum": 1}, 1, 0, "v must be at least 1"),
    ({"maximum": 1.5}, 1.5, 2, "v must be at most 1.5"),
    ({"minimum": 1, "maximum": 100}, 100, 101, "v must be between 1 and 100"),
    ({"allOf": [{"minimum": 1}, {"maximum": 100}]}, 100, 0, "v must be between 1 and 100"),
    ({"exclusiveMinimum": 0}, 1, 0, "v must be more than 0"),
    ({"exclusiveMaximum": 10}, 9, 10, "v must be less than 10"),
    ({"multipleOf": 5}, 10, 7, "v must be a multiple of 5"),
    ({"multipleOf": 0.01}, 0.29, 0.295, "v must be a multiple of 0.01"),
    ({"items": {"type": "integer"}}, [1], [1, "x"], "v.1 must be an integer"),
    ({"prefixItems": [{"type": "integer"}]}, [1, "x"], ["x"], "v.0 must be an integer"),
    ({"minItems": 1}, [1], [], "v must not be empty"),
    ({"maxItems": 2}, [1], [1, 2, 3], "v must have at most 2 items"),
    ({"minItems": 2, "maxItems": 3}, [1, 2], [1], "v must have between 2 and 3 items"),
    ({"uniqueItems": True}, [1, 2], [1, 1], "v must not hold the same item twice"),
    ({"contains": {"const": 1}}, [1], [2], "v must contain a fitting item"),
    ({"minProperties": 1}, {"a": 1}, {}, "v must not be empty"),
    ({"maxProperties": 1}, {"a": 1}, {"a": 1, "b": 2}, "v must have at most 1 field"),
    ({"required": ["a"]}, {"a": 1}, {}, "v.a is required"),
    ({"properties": {"a": {"type": "string"}}}, {"a": "x", "b": 1}, {"a": 1}, "v.a must be a string"),
    ({"properties": {"email": {}}, "additionalProperties": False}, {"email": 1}, {"emial": 1},
     "v.emial is not a known field (did you mean 'email'?)"),
    ({"properties": {"a": {}}, "additionalProperties": False}, {"a": 1}, {"x": 1},
     "v.x is not a known field (known: a)"),
    ({"additionalProperties": {"type": "string"}}, {"a": "x"}, {"a": 1}, "v.a must be a string"),
    ({"patternProperties": {"^x-": {"type": "string"}}}, {"x-a": "x", "a": 1}, {"x-a": 1}, "v.x-a must be a string"),
    ({"propertyNames": {"pattern": "^[a-z]+$"}}, {"a": 1}, {"A": 1}, "v has a field whose name is not allowed"),
    ({"dependentRequired": {"a": ["b"]}}, {"a": 1, "b": 2}, {"a": 1}, "v.b is required"),
    ({"not": {"const": 1}}, 2, 1, "v is of a form that is not allowed"),
    ({"if": {"required": ["a"]}, "then": {"required": ["b"]}}, {}, {"a": 1}, "v.b is required"),
    ({"properties": {"a": False}}, {}, {"a": 1}, "v.a is not allowed"),
    ({"allOf": [A, B]}, {"a": "x", "b": 1}, {"a": "x"}, "v.b is required"),
    ({"allOf": [A, {"required": ["c"]}]}, {"a": "x", "c": 1}, {"a": "x"}, "v.c is required"),
    ({"allOf": [A, B], "unevaluatedProperties": False}, {"a": "x", "b": 1}, {"a": "x", "b": 1, "bb": 1},
     "v.bb is not a known field (did you mean 'b'?)"),
    ({"allOf": [A, B], "unevaluatedProperties": False}, {"a": "x", "b": 1}, {"a": "x", "b": "x"},
     "v.b must be an integer"),
    ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, 7, True, "v must be a string or an integer"),
    ({"anyOf": [{"type": "string", "maxLength": 3}, {"type": "integer"}]}, 7, "abcd", "v must be at most 3 characters"),
    ({"anyOf": [A, {"type": "null"}]}, None, {"a": 1}, "v.a must be a string"),
    ({"anyOf": [{"enum": ["a", "b"]}, {"const": "c"}]}, "c", "d", "v must be one of a, b or c"),
    ({"oneOf": [{"format": "email", "type": "string"}, {"pattern": "^usr_", "type": "string"}]}, "usr_1", "x",
     "v must be a valid email address or begin with usr_"),
    ({"anyOf": [{"enum": ["a", "b"], "type": "string"}, {"type": "integer"}]}, 7, "x",
     "v must be one of a or b, or an integer"),
    ({"oneOf": [{"type": "string", "format": "date"}, {"type": ["integer", "null"]}, {"type": "boolean"}]}, True, "x",
     "v must be a valid date, such as 2024-01-31, or an integer or null, or a boolean"),
    ({"anyOf": [{"type": "string", "enum": ["a", "b"]}, {"type": "null"}]}, None, "x", "v must be one of a or b"),
    ({"anyOf": [{"type": "string", "minLength": 2}, {"type": "integer"}]}, 7, "x", "v must be at least 2 characters"),
    ({"oneOf": [CAT, DOG]}, {"type": "dog"}, {"type": "cat"}, "v.lives is required"),
    ({"oneOf": [CAT, DOG]}, {"type": "dog"}, {"type": "dog", "tricks": 1}, "v.tricks must be an array"),
    ({"oneOf": [CAT, DOG]}, {"type": "dog"}, {"type": "cow"}, "v.type must be one of cat or dog"),
    ({"oneOf": [{"required": ["a"]}, {"required": ["b"]}]}, {"a": 1}, {"a": 1, "b": 1},
     "v must have only one of a or b"),
    ({"oneOf": [A, B]}, {"a": "x"}, {"a": "x", "b": 1}, "v fits more than one of the forms of which only one may fit"),
    ({"$ref": "#/components/schemas/Person"}, {"name": "x", "boss": {"name": "y"}}, {"name": "x", "boss": {"name": 1}},
     "v.boss.name must be a string"),
]  # fmt: skip

PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "boss": {"$ref": "#/components/schemas/Person"}},
    "required": ["name"],
}


@pytest.mark.parametrize(("schema", "good", "bad", "said"), KEYWORDS)
def test_keywords(schema: Any, good: Any, bad: Any, said: str) -> None:
    whole = {"type": "object", "properties": {"v": schema}}
    components = {"Person": PERSON}
    assert body_of(whole, json.dumps({"v": good}).encode(), components=components).problem is None
    got = body_of(whole, json.dumps({"v": bad}).encode(), components=components)
    assert got.said == [said]
    assert got.problem.kind == "invalid-body"


@pytest.mark.parametrize(
    ("schema", "body", "said"),
    [
        ({"anyOf": [{"required": ["a", "b"]}, {"required": ["c"]}]}, {}, "a and b or c is required"),
        ({"type": "object"}, [], "the request body must be an object"),
        ({"minProperties": 1}, {}, "the request body must not be empty"),
    ],
)
def test_what_is_said_of_a_whole_body(schema: Any, body: Any, said: str) -> None:
    problem = body_of(schema, json.dumps(body).encode()).problem
    assert (problem.detail, problem.field, problem.faults[0].at) == (said, None, "")


def test_all_faults_at_once_one_for_each() -> None:
    schema = {
        "type": "object",
        "required": ["email", "role"],
        "properties": {
            "email": {"type": "string", "format": "email", "maxLength": 5},
            "age": {"type": "integer", "minimum": 1, "enum": [1, 2]},
            "role": {"type": "string"},
        },
    }
    got = body_of(schema, b'{"email": "none at all", "age": "x"}')
    assert sorted(got.said) == [
        "age must be an integer",
        "email must be a valid email address",
        "email must be at most 5 characters",
        "role is required",
    ]


def test_where_a_fault_is() -> None:
    schema = {"properties": {"to": {"items": {"type": "string"}}, "a/b~c": {"type": "string"}}}
    faults = body_of(schema, b'{"to": [1], "a/b~c": 1}').problem.faults
    assert {one.where for one in faults} == {"body"}
    assert {(one.at, one.field) for one in faults} == {("/to/0", "to.0"), ("/a~1b~0c", "a/b~c")}


def test_read_only_fields_are_neither_required_nor_refused() -> None:
    schema = {
        "type": "object",
        "required": ["id", "name"],
        "properties": {"id": {"type": "string", "readOnly": True}, "name": {"type": "string"}},
        "additionalProperties": False,
    }
    assert body_of(schema, b'{"name": "x"}').problem is None
    assert body_of(schema, b'{"name": "x", "id": "7"}').problem is None


def test_faults_are_bounded() -> None:
    schema = {"type": "object", "additionalProperties": False, "properties": {"name": {"type": "string"}}}
    body = json.dumps({f"{i}" + 100 * "x": 1 for i in range(1000)}).encode()
    assert len(body_of(schema, body).said) == 50
    api = Api(body={"application/x-ndjson": schema})
    assert len(api.send(body=b'{"x":1}\n' * 1000, type="application/x-ndjson").said) == 50


def test_long_limits_are_cut() -> None:
    said = body_of({"const": 500 * "x"}, b"1").said
    assert said == [f"must be {79 * 'x'}…"]


def test_each_of_several_fields_that_would_do_is_named() -> None:
    schema = {"anyOf": [{"required": ["first_name"]}, {"required": ["email"]}]}
    problem = body_of(schema, b"{}").problem
    assert [(one.field, one.detail) for one in problem.faults] == [
        ("first_name", "is required unless email is given"),
        ("email", "is required unless first_name is given"),
    ]
