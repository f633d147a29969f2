"""Swagger 2.0 in the words of OpenAPI 3.1."""

import pytest
from parsed import document, messages, schema

from mockserver.spec.model import Json


def operation(text: str, more: str = "") -> Json:
    """What becomes of an operation, whose fields are the text."""
    block = "\n".join(f"      {line}" for line in text.strip().splitlines())
    found = document(f"{more}\npaths:\n  /a:\n    post:\n{block}\n", "2.0")
    assert found.notes == ()
    return found.at("/paths/~1a/post")


@pytest.mark.parametrize(
    ("produces", "problems"),
    [
        ("[application/json]", {"media-type": "application/json"}),
        ("[application/xml, application/vnd.acme+json]", {"media-type": "application/vnd.acme+json"}),
        ("[application/json, application/problem+json]", None),
        ("[text/csv]", None),
    ],
)
def test_errors_are_of_a_type_that_the_root_produces(produces: str, problems: Json) -> None:
    content = document(f"produces: {produces}\npaths: {{}}\n", "2.0").content
    assert content.get("x-mock", {}).get("problems") == problems


def test_the_root() -> None:
    found = document(
        """
        host: api.example.com
        basePath: /v1
        schemes: [https, http]
        definitions: {A: {type: object}}
        parameters: {Page: {name: page, in: query, type: integer}}
        responses: {Gone: {description: gone, schema: {$ref: '#/definitions/A'}}}
        securityDefinitions: {key: {type: apiKey, name: k, in: header}}
        x-mock: {resources: {as: {schema: '#/definitions/A'}}}
        paths: {}
        """,
        "2.0",
    )
    content = found.content
    assert found.written == "2.0"
    assert content.keys() == {"openapi", "info", "servers", "components", "x-mock", "paths"}
    assert content["openapi"] == "3.1.0"
    assert content["servers"] == [{"url": "https://api.example.com/v1"}, {"url": "http://api.example.com/v1"}]
    assert content["x-mock"]["resources"]["as"]["schema"] == "#/components/schemas/A"
    assert content["components"] == {
        "schemas": {"A": {"type": "object"}},
        "parameters": {"Page": {"name": "page", "in": "query", "schema": {"type": "integer"}}},
        "responses": {
            "Gone": {
                "description": "gone",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}},
            }
        },
        "securitySchemes": {"key": {"type": "apiKey", "name": "k", "in": "header"}},
    }


@pytest.mark.parametrize(
    ("said", "style"),
    [
        ("", {"explode": False}),
        ("collectionFormat: csv, ", {"explode": False}),
        ("collectionFormat: multi, ", {"explode": True}),
        ("collectionFormat: ssv, ", {"style": "spaceDelimited", "explode": False}),
        ("collectionFormat: pipes, ", {"style": "pipeDelimited", "explode": False}),
    ],
)
def test_a_list_in_the_query(said: str, style: dict[str, Json]) -> None:
    found = operation(f"parameters: [{{name: a, in: query, {said}type: array, items: {{type: string, enum: [x]}}}}]")
    items = {"type": "array", "items": {"type": "string", "enum": ["x"]}}
    assert found["parameters"] == [{"name": "a", "in": "query", "schema": items} | style]


def test_tabs_are_kept() -> None:
    found = document(
        """
        paths:
          /a:
            get:
              parameters: [{name: a, in: query, type: array, collectionFormat: tsv, items: {type: string}}]
        """,
        "2.0",
    )
    assert messages(found) == []
    assert found.at("/paths/~1a/get/parameters/0/style") == "tabDelimited"


def test_bounds_and_defaults_move_into_the_schema() -> None:
    found = operation(
        "parameters:\n"
        "- {name: n, in: query, type: integer, maximum: 9, exclusiveMaximum: true, default: 3, x-example: 4}"
    )
    assert found["parameters"] == [
        {
            "name": "n",
            "in": "query",
            "schema": {"type": "integer", "exclusiveMaximum": 9, "default": 3, "examples": [4]},
        }
    ]


def test_a_body() -> None:
    found = operation(
        """
consumes: [application/json, application/xml]
parameters: [{name: b, in: body, required: true, description: d, schema: {$ref: '#/definitions/A'}}]
""",
        "definitions: {A: {}}",
    )
    schema = {"schema": {"$ref": "#/components/schemas/A"}}
    assert found == {
        "parameters": [],
        "requestBody": {
            "required": True, "description": "d", "content": {"application/json": schema, "application/xml": schema},
        },
    }  # fmt: skip


def test_a_body_that_is_referred_to() -> None:
    more = "consumes: [application/json]\nparameters: {B: {name: b, in: body, schema: {type: object}}}"
    body = "#/components/requestBodies/B"
    plain = operation("parameters: [{$ref: '#/parameters/B'}]", more)
    assert plain["requestBody"] == {"$ref": body}
    other = operation("consumes: [text/csv]\nparameters: [{$ref: '#/parameters/B'}]", more)
    schema = {"$ref": f"{body}/content/application~1json/schema"}
    assert other["requestBody"]["content"] == {"text/csv": {"schema": schema}}


def test_a_body_of_a_path_is_one_of_each_operation() -> None:
    found = document(
        "paths: {/a: {parameters: [{name: b, in: body, schema: {type: object}}], put: {}, post: {}}}", "2.0"
    )
    media = {"application/json": {"schema": {"type": "object"}}}
    assert [found.at(f"/paths/~1a/{method}/requestBody/content") for method in ("put", "post")] == [media, media]


def test_a_form() -> None:
    found = operation(
        """
parameters:
- {name: a, in: formData, type: string, required: true, description: d}
- {name: tags, in: formData, type: array, items: {type: string}, collectionFormat: multi}
- {name: page, in: query, type: integer}
"""
    )
    form = {
        "type": "object",
        "properties": {
            "a": {"type": "string", "description": "d"},
            "tags": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["a"],
    }
    media = {"schema": form, "encoding": {"tags": {"style": "form", "explode": True}}}
    assert found["requestBody"] == {"required": True, "content": {"application/x-www-form-urlencoded": media}}
    assert [one["name"] for one in found["parameters"]] == ["page"]


def test_a_form_with_a_file_is_multipart() -> None:
    found = operation(
        "consumes: [application/x-www-form-urlencoded, multipart/form-data]\n"
        "parameters: [{name: f, in: formData, type: file}]"
    )
    content = found["requestBody"]["content"]
    assert list(content) == ["multipart/form-data"]
    assert content["multipart/form-data"]["schema"]["properties"]["f"]["format"] == "binary"


def test_answers() -> None:
    found = operation(
        """
produces: [application/json, text/csv]
responses:
  200:
    description: d
    schema: {type: array, items: {type: string, x-nullable: true}}
    headers: {X-Total: {type: integer}}
    examples: {application/json: [a]}
  204: {description: none}
"""
    )
    rows = {"type": "array", "items": {"type": ["string", "null"]}}
    assert found["responses"]["200"] == {
        "description": "d",
        "headers": {"X-Total": {"schema": {"type": "integer"}}},
        "content": {"application/json": {"schema": rows, "example": ["a"]}, "text/csv": {"schema": rows}},
    }
    assert found["responses"]["204"] == {"description": "none"}


def test_a_file_as_answer() -> None:
    found = operation("responses: {200: {description: d, schema: {type: file}}}")
    content = found["responses"]["200"]["content"]
    assert list(content) == ["application/octet-stream"]
    assert content["application/octet-stream"]["schema"]["type"] == "string"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{type: basic}", {"type": "http", "scheme": "basic"}),
        ("{type: apiKey, name: k, in: query}", {"type": "apiKey", "name": "k", "in": "query"}),
        ("{type: oauth2, flow: accessCode, authorizationUrl: a, tokenUrl: t, scopes: {read: r}}",
         {"type": "oauth2", "flows": {"authorizationCode":
             {"authorizationUrl": "a", "tokenUrl": "t", "scopes": {"read": "r"}}}}),
        ("{type: oauth2, flow: application, tokenUrl: t}",
         {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "t", "scopes": {}}}}),
    ],
)  # fmt: skip
def test_credentials(old: str, new: Json) -> None:
    found = document(f"securityDefinitions: {{s: {old}}}\npaths: {{}}", "2.0")
    assert found.at("/components/securitySchemes/s") == new


def test_schemas() -> None:
    assert schema(
        "{type: object, discriminator: kind, properties: {f: {type: file}, n: {type: string, x-nullable: true}}}", "2.0"
    ) == {
        "type": "object",
        "discriminator": {"propertyName": "kind"},
        "properties": {
            "f": {"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"},
            "n": {"type": ["string", "null"]},
        },
    }


def test_the_old_words_in_a_later_document_are_noted() -> None:
    found = document(
        """
        paths:
          /a:
            post:
              parameters: [{name: b, in: body, schema: {type: object}}, {name: n, in: query, type: integer}]
              responses: {200: {description: d, schema: {type: string}}}
        """,
        "3.0",
    )
    assert found.at("/paths/~1a/post/requestBody/content/application~1json/schema") == {"type": "object"}
    assert found.at("/paths/~1a/post/parameters") == [{"name": "n", "in": "query", "schema": {"type": "integer"}}]
    assert found.at("/paths/~1a/post/responses/200/content/application~1json/schema") == {"type": "string"}
    assert {message.partition(" is ")[0] for message in messages(found)} >= {"this operation", "this parameter"}


def test_lines_are_those_of_the_file_as_written() -> None:
    found = document("\n\ndefinitions:\n  A:\n    properties: {a: {type: string}}\npaths: {}\n", "2.0")
    assert found.position("/components/schemas/A/properties").line == 7
