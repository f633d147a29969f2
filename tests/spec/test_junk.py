"""Documents with junk in them: read as far as they make sense, or refused with a SpecError, never another error."""

import copy
from typing import Any

import orjson
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.spec.document import parse
from mockserver.spec.errors import SpecError
from mockserver.spec.operations import read

DOCUMENTS = [
    yaml.safe_load(text)
    for text in (
        """
        openapi: 3.0.3
        info: {title: T, version: '1'}
        servers: [{url: 'https://{h}/v1', variables: {h: {default: a}}}]
        security: [{key: []}]
        x-mock: {resources: {users: {key: id}}}
        paths:
          /users/{id}:
            parameters: [{name: id, in: path, required: true, schema: {type: string}}]
            get:
              operationId: get
              parameters: [{$ref: '#/components/parameters/Page'}]
              responses: {'200': {description: d, headers: {X: {schema: {type: integer}}},
                          content: {application/json: {schema: {$ref: '#/components/schemas/User'}}}}}
            put:
              requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/User'}}}}
              responses: {default: {$ref: '#/components/responses/Gone'}}
              callbacks: {done: {'{$request.body#/url}': {post: {responses: {'200': {description: d}}}}}}
        components:
          schemas:
            User: {type: object, required: [id], properties: {id: {type: string, nullable: true, example: a},
                   tags: {type: array, items: {type: string, pattern: '^a', enum: [a]}}},
                   discriminator: {propertyName: id}, allOf: [{type: object}], additionalProperties: false}
          parameters: {Page: {name: page, in: query, style: form, schema: {type: integer, minimum: 1}}}
          responses: {Gone: {description: d}}
          securitySchemes: {key: {type: http, scheme: bearer}}
        """,
        """
        swagger: '2.0'
        host: a.example
        basePath: /v1
        consumes: [application/json]
        paths:
          /users:
            post:
              consumes: [application/json]
              parameters: [{$ref: '#/parameters/B'}, {name: q, in: query, type: array, items: {type: string}}]
              responses: {'200': {description: d, schema: {$ref: '#/definitions/A'}, examples: {application/json: 1}}}
            put: {parameters: [{name: f, in: formData, type: file}], responses: {}}
        parameters: {B: {name: b, in: body, schema: {$ref: '#/definitions/A'}}}
        definitions: {A: {type: object, properties: {a: {type: string, x-nullable: true}}}}
        securityDefinitions: {o: {type: oauth2, flow: implicit, scopes: {a: b}}}
        """,
    )
]
JUNK = [
    None, True, -1, 1.5, "", "x", "$ref", [], ["a"], [None], [{"$ref": "#/info"}], {}, {"a": None}, {"$ref": 5},
    {"$ref": "#"}, {"$ref": "#/paths"}, {"$ref": "#/components/schemas/Usr"}, {"$ref": "nope.yaml#/a"},
]  # fmt: skip


def places(node: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    below = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [way, *(place for key, value in below for place in places(value, (*way, key)))]


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """A document with junk in one to four places."""
    found = copy.deepcopy(draw(st.sampled_from(DOCUMENTS)))
    for _ in range(draw(st.integers(1, 4))):
        *way, last = draw(st.sampled_from(places(found)[1:]))
        node = found
        for key in way:
            node = node[key]
        node[last] = copy.deepcopy(draw(st.sampled_from(JUNK)))
    return orjson.dumps(found)


@settings(max_examples=200, deadline=None)
@given(spoilt())
def test_only_spec_errors(text: bytes) -> None:
    def load(uri: str) -> bytes:
        if uri != "api.json":
            raise SpecError("there is no such file")
        return text

    try:
        document = parse("api.json", load)
    except SpecError:
        return
    api = read(document, "test")
    for route in api.routes:
        if route in api.broken:
            with pytest.raises(SpecError):
                api.operation(*route)
        else:
            operation = api.operation(*route)
            for parameter in operation.parameters:
                assert document.at(parameter.schema) is not None
    assert len(document.positions([note.pointer for note in document.notes])) == len(document.notes)
