"""Documents that are odd, though they may be valid: each is served, and each operation answers as it is declared."""

# ruff: noqa: E501  a schema is read more easily in one line

from __future__ import annotations

import pytest
from breaking import broken
from drive import Driver, is_success, medias
from inline import served
from verdicts import is_details

OK = "responses: {'200': {description: ok, content: {application/json: {schema: %s}}}}"


def get(schema: str, components: str = "{}") -> str:
    """A document whose GET /x answers a schema."""
    return f"paths: {{/x: {{get: {{{OK % schema}}}}}}}\ncomponents: {{schemas: {components}}}\n"


SCHEMAS = {
    "recursive allOf": ("{$ref: '#/components/schemas/Node'}", """
      {Node: {allOf: [{$ref: '#/components/schemas/Base'}, {type: object, required: [children], properties: {children:
        {type: array, items: {$ref: '#/components/schemas/Node'}}, parent: {$ref: '#/components/schemas/Node'}}}]},
       Base: {type: object, required: [id], properties: {id: {type: integer}, next: {$ref: '#/components/schemas/Node'}}}}"""),
    "a circle of two": ("{$ref: '#/components/schemas/A'}", """
      {A: {type: object, required: [b], properties: {b: {$ref: '#/components/schemas/B'}}},
       B: {type: object, properties: {a: {$ref: '#/components/schemas/A'}}}}"""),
    "a discriminator": ("{$ref: '#/components/schemas/Pet'}", """
      {Pet: {oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}],
             discriminator: {propertyName: kind, mapping: {cat: '#/components/schemas/Cat', dog: Dog}}},
       Cat: {type: object, required: [kind, lives], properties: {kind: {const: cat}, lives: {type: integer}}},
       Dog: {type: object, required: [kind, barks], properties: {kind: {const: dog}, barks: {type: boolean}}}}"""),
    "oneOf whose branches overlap": ("{oneOf: [{type: object, properties: {a: {type: string}}}, "
                                     "{type: object, required: [b], properties: {b: {type: string}}}]}", "{}"),
    "anyOf with null": ("{anyOf: [{type: object, required: [a], properties: {a: {type: string}}}, {type: 'null'}]}", "{}"),
    "an empty schema": ("{}", "{}"),
    "a schema that is true": ("true", "{}"),
    "a nullable enum": ("{type: [string, 'null'], enum: [a, b, null]}", "{}"),
    "an enum of mixed types": ("{enum: [1, two, [3], {four: 4}, null]}", "{}"),
    "additional properties": ("{type: object, minProperties: 2, additionalProperties: {type: integer, minimum: 3}}", "{}"),
    "pattern properties": ("{type: object, minProperties: 2, patternProperties: {'^x-[a-z]{3}$': {type: string}}, "
                           "additionalProperties: false}", "{}"),
    "names that are bound": ("{type: object, minProperties: 1, propertyNames: {pattern: '^[A-Z]{2}$'}}", "{}"),
    "writeOnly and required": ("{type: object, required: [name, password], additionalProperties: false, properties: "
                               "{name: {type: string}, password: {type: string, writeOnly: true}}}", "{}"),
    "an array at the top": ("{type: array, minItems: 2, uniqueItems: true, items: {type: integer, minimum: 1, maximum: 3}}", "{}"),
    "a tuple": ("{type: array, prefixItems: [{type: string}, {type: integer}], items: false, minItems: 2}", "{}"),
    "a tuple as drafts have it": ("{type: array, items: [{type: string}, {type: integer}]}", "{}"),
    "contains": ("{type: array, items: {type: integer}, contains: {const: 7}, minContains: 2, minItems: 3}", "{}"),
    "integer formats": ("{type: object, required: [a, b, c, d], properties: {a: {type: integer, format: int32}, "
                        "b: {type: integer, format: int64}, c: {type: integer, minimum: 9007199254740993}, "
                        "d: {type: number, format: float, exclusiveMinimum: 0, exclusiveMaximum: 1}}}", "{}"),
    "multiples": ("{type: number, multipleOf: 0.05, minimum: 10, maximum: 11}", "{}"),
    "a pattern with a lookahead": (r"{type: string, pattern: '^(?=.*[A-Z])(?=.*\d)[A-Za-z\d]{8,12}$'}", "{}"),
    "a pattern that others can't read": (r"{type: string, pattern: '^\p{Lu}\p{Ll}+$'}", "{}"),
    "a pattern that is none": ("{type: string, pattern: '[a-'}", "{}"),
    "a pattern with a length": ("{type: string, pattern: '^[a-z]+$', minLength: 30, maxLength: 40}", "{}"),
    "formats": ("{type: object, required: [a, b, c, d, e, f, g, h], properties: {a: {type: string, format: uuid}, "
                "b: {type: string, format: ipv6}, c: {type: string, format: hostname}, d: {type: string, format: duration}, "
                "e: {type: string, format: uri-reference}, f: {type: string, format: time}, g: {type: string, format: regex}, "
                "h: {type: string, format: json-pointer}}}", "{}"),
    "a format that nobody knows": ("{type: string, format: phone-number-of-the-beast}", "{}"),
    "a format that the length excludes": ("{type: string, format: uuid, maxLength: 20}", "{}"),
    "if, then, else": ("{type: object, required: [kind, size], properties: {kind: {enum: [big, small]}, size: {type: integer}}, "
                       "if: {properties: {kind: {const: big}}}, then: {properties: {size: {minimum: 100}}}, "
                       "else: {properties: {size: {maximum: 10}}}}", "{}"),
    "dependent keywords": ("{type: object, required: [card], properties: {card: {type: string}, address: {type: string}}, "
                           "dependentRequired: {card: [address]}, dependentSchemas: {card: {required: [name], "
                           "properties: {name: {type: string}}}}}", "{}"),
    "unevaluated properties": ("{allOf: [{type: object, properties: {a: {type: string}}}], properties: {b: {type: integer}}, "
                               "required: [a, b], unevaluatedProperties: false}", "{}"),
    "not": ("{type: string, not: {enum: [a, b]}, maxLength: 3}", "{}"),
    "a default that is wrong": ("{type: object, required: [n], properties: {n: {type: integer, default: none}}}", "{}"),
    "examples that are wrong": ("{type: object, required: [n], properties: {n: {type: integer}}, example: {n: one}}", "{}"),
    "a deep one": ("{type: object, required: [a], properties: {a: {type: object, required: [a], properties: {a: {type: object, "
                   "required: [a], properties: {a: {type: array, minItems: 1, items: {type: object, required: [a], "
                   "properties: {a: {type: string}}}}}}}}}}", "{}"),
    "a reference with siblings": ("{$ref: '#/components/schemas/A', description: An A, required: [b]}",
                                  "{A: {type: object, properties: {a: {type: string}, b: {type: string}}}}"),
    "a name with odd characters": ("{$ref: '#/components/schemas/A.B%20~1C'}", "{'A.B /C': {type: object, properties: {a: {type: string}}}}"),
}  # fmt: skip


@pytest.mark.parametrize("name", SCHEMAS)
def test_answers_of_odd_schemas(name: str) -> None:
    api = served(get(*SCHEMAS[name]))

    answers_well(api)


DOCUMENTS = {
    "no success is declared": "paths: {/x: {get: {responses: {'302': {description: Elsewhere., headers: {Location: "
                              "{schema: {type: string, format: uri}}}}}}}}",
    "only errors are declared": "paths: {/x: {get: {responses: {'404': {description: None., content: {application/json: "
                                "{schema: {type: object, required: [message], properties: {message: {type: string}}}}}}}}}}",
    "only default is declared": "paths: {/x: {post: {responses: {default: {description: Anything., content: "
                                "{application/json: {schema: {type: object, required: [a], properties: {a: {type: string}}}}}}}}}}",
    "a range of statuses": "paths: {/x: {get: {responses: {2XX: {description: Good., content: {application/json: {schema: "
                           "{type: array, items: {type: integer}}}}}, 4XX: {description: Bad.}}}}}",
    "responses without a schema": "paths: {/x: {get: {responses: {'200': {description: ok, content: {application/json: {}}}}}}}",
    "no content": "paths: {/x: {delete: {responses: {'204': {description: Gone.}}}}}",
    "no responses at all": "paths: {/x: {get: {}}}",
    "XML only": """
paths:
  /x:
    get:
      responses:
        '200':
          description: ok
          content:
            application/xml:
              schema: {$ref: '#/components/schemas/Book'}
        '404': {description: None, content: {application/xml: {schema: {type: object, properties: {message: {type: string}}}}}}
components:
  schemas:
    Book:
      type: object
      required: [id, title, authors]
      properties:
        id: {type: integer, xml: {attribute: true}}
        title: {type: string, xml: {name: Title}}
        authors: {type: array, minItems: 2, items: {type: string, xml: {name: author}}, xml: {wrapped: true}}
      xml: {name: book, namespace: 'https://example.com/books', prefix: b}
""",
    "a binary download": "paths: {/x: {get: {responses: {'200': {description: ok, headers: {Content-Disposition: {schema: "
                         "{type: string}}}, content: {application/octet-stream: {schema: {type: string, format: binary}}}}}}}}",
    "a picture": "paths: {/x: {get: {responses: {'200': {description: ok, content: {image/png: {}}}}}}}",
    "text": "paths: {/x: {get: {responses: {'200': {description: ok, content: {text/plain: {schema: {type: string}}}}}}}}",
    "CSV": "paths: {/x: {get: {responses: {'200': {description: ok, content: {text/csv: {schema: {type: string}}}}}}}}",
    "lines of JSON": "paths: {/x: {get: {responses: {'200': {description: ok, content: {application/x-ndjson: {schema: "
                     "{type: object, required: [a], properties: {a: {type: integer}}}}}}}}}}",
    "events": "paths: {/x: {get: {responses: {'200': {description: ok, content: {text/event-stream: {schema: {type: string}}}}}}}}",
    "any media type": "paths: {/x: {get: {responses: {'200': {description: ok, content: {'*/*': {schema: {type: object, "
                      "required: [a], properties: {a: {type: string}}}}}}}}}}",
    "a charset": "paths: {/x: {get: {responses: {'200': {description: ok, content: {'application/json; charset=utf-8': "
                 "{schema: {type: string}}}}}}}}",
    "HEAD, OPTIONS and TRACE": """
paths:
  /x:
    head: {responses: {'200': {description: ok, headers: {X-Count: {required: true, schema: {type: integer}}}}}}
    options: {responses: {'204': {description: ok, headers: {X-Rules: {required: true, schema: {type: string}}}}}}
    trace: {responses: {'200': {description: ok}}}
""",
    "several parameters in a segment": """
paths:
  /files/{name}.{format}:
    get:
      parameters:
      - {name: name, in: path, required: true, schema: {type: string, pattern: '^[a-z]+$'}}
      - {name: format, in: path, required: true, schema: {enum: [json, xml]}}
      responses: {'200': {description: ok}}
  /files/{id}.json:
    get: {parameters: [{name: id, in: path, required: true, schema: {type: integer}}], responses: {'200': {description: ok}}}
  /files/{path}:copy:
    post: {parameters: [{name: path, in: path, required: true, schema: {type: string}}], responses: {'200': {description: ok}}}
""",
    "a path with a fragment": """
paths:
  /x: {post: {operationId: one, responses: {'201': {description: ok}}}}
  /x#upload: {put: {operationId: two, responses: {'201': {description: ok}}}}
  /x#upload-again: {post: {operationId: three, responses: {'201': {description: ok}}}}
""",
    "parameters that nobody declared": "paths: {'/x/{a}/{b}': {get: {responses: {'200': {description: ok}}}}}",
    "the same path under two names": """
paths:
  /x/{a}: {get: {parameters: [{name: a, in: path, required: true, schema: {type: string}}], responses: {'200': {description: ok}}}}
  /x/{b}: {put: {parameters: [{name: b, in: path, required: true, schema: {type: string}}], responses: {'200': {description: ok}}}}
""",
    "servers with variables": """
servers:
- {url: 'https://{region}.example.com/{version}', variables: {region: {default: eu}, version: {default: v3, enum: [v2, v3]}}}
- {url: 'https://other.example.com/'}
- {url: /relative/}
paths:
  /x: {get: {responses: {'200': {description: ok}}}}
  /y: {servers: [{url: 'https://upload.example.com/up'}], get: {responses: {'200': {description: ok}}}}
""",
    "cookies and headers": """
paths:
  /x:
    get:
      parameters:
      - {name: session, in: cookie, required: true, schema: {type: string, minLength: 3}}
      - {name: ids, in: cookie, schema: {type: array, items: {type: integer}}, explode: false}
      - {name: X-Trace, in: header, required: true, schema: {type: string, format: uuid}}
      - {name: X-Tags, in: header, schema: {type: array, items: {enum: [a, b]}}}
      - {name: Authorization, in: header, required: true, schema: {type: string}}
      responses: {'200': {description: ok}}
""",
    "parameters with content": """
paths:
  /x:
    get:
      parameters:
      - name: where
        in: query
        required: true
        content: {application/json: {schema: {type: object, required: [a], properties: {a: {type: integer}}}}}
      responses: {'200': {description: ok}}
""",
    "examples in a circle": """
paths:
  /x:
    get:
      responses:
        '200': {description: ok, content: {application/json: {schema: {type: string}, examples: {one: {$ref: '#/components/examples/a'}}}}}
components:
  examples: {a: {$ref: '#/components/examples/b'}, b: {$ref: '#/components/examples/a'}}
""",
    "callbacks, links, webhooks": """
paths:
  /x:
    post:
      requestBody: {content: {application/json: {schema: {type: object, properties: {url: {type: string, format: uri}}}}}}
      responses: {'201': {description: ok, links: {next: {operationId: nowhere}}}}
      callbacks: {done: {'{$request.body#/url}': {post: {responses: {'200': {description: ok}}}}}}
webhooks: {made: {post: {responses: {'200': {description: ok}}}}}
""",
    "headers": """
paths:
  /x:
    get:
      responses:
        '200':
          description: ok
          headers:
            X-Rate: {required: true, schema: {type: integer, minimum: 5, maximum: 9}}
            X-List: {required: true, schema: {type: array, minItems: 2, items: {enum: [a, b]}}}
            X-Any: {required: true}
            X-Shown: {required: true, schema: {type: string}, example: as shown}
            X-Json: {required: true, content: {application/json: {schema: {type: object, properties: {a: {const: 1}}}}}}
            ETag: {schema: {type: string}}
            Content-Type: {schema: {type: string}}
""",
    "statuses that YAML reads as numbers": "paths: {/x: {get: {responses: {200: {description: ok}, 404: {description: None}}}}}",
    "webhooks only": "webhooks: {made: {post: {responses: {'200': {description: ok}}}}}",
    "nothing": "paths: {}",
    "readOnly in requests": """
paths:
  /x:
    post:
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}
      responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}}
components:
  schemas:
    A: {type: object, required: [id, name, secret], additionalProperties: false, properties: {id: {type: string, readOnly: true},
        name: {type: string}, secret: {type: string, writeOnly: true}}}
""",
    "Swagger 2.0 with form data": """
swagger: '2.0'
info: {title: T, version: '1'}
basePath: /api
consumes: [application/x-www-form-urlencoded]
produces: ['*/*']
paths:
  /x:
    post:
      parameters:
      - {name: a, in: formData, type: integer, required: true}
      - {name: tags, in: formData, type: array, items: {type: string}, collectionFormat: pipes}
      - {name: ids, in: query, type: array, items: {type: integer}, collectionFormat: multi}
      responses: {'200': {description: ok, schema: {type: object, properties: {a: {type: integer, x-nullable: true}}}}}
  /y:
    post:
      consumes: [multipart/form-data]
      parameters: [{name: file, in: formData, type: file, required: true}]
      responses: {default: {description: ok, schema: {type: file}}}
""",
    "several media types of a body": """
paths:
  /x:
    post:
      requestBody:
        required: true
        content:
          application/json: {schema: {$ref: '#/components/schemas/A'}}
          application/x-www-form-urlencoded: {schema: {$ref: '#/components/schemas/A'}}
          multipart/form-data: {schema: {$ref: '#/components/schemas/A'}}
          application/xml: {schema: {$ref: '#/components/schemas/A'}}
          text/plain: {schema: {type: string}}
          application/octet-stream: {}
          application/x-ndjson: {schema: {$ref: '#/components/schemas/A'}}
          text/*: {schema: {type: string}}
      responses:
        '200':
          description: ok
          content:
            application/json: {schema: {$ref: '#/components/schemas/A'}}
            application/xml: {schema: {$ref: '#/components/schemas/A'}}
            text/plain: {schema: {type: string}}
            application/vnd.api+json: {schema: {$ref: '#/components/schemas/A'}}
components:
  schemas:
    A: {type: object, required: [name, age], properties: {name: {type: string}, age: {type: integer}, tags: {type: array, items: {type: string}}}}
""",
}  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
def test_odd_documents(name: str) -> None:
    answers_well(served(DOCUMENTS[name]))


def answers_well(api: Driver) -> None:
    """Every operation: valid requests in every form get a declared, valid answer, broken ones a valid refusal."""
    for route in api.routes:
        operation = api.operation(route)
        for media in medias(operation):
            for whole in (True, False):
                request = api.request(route, whole, media)
                answer = api.ask(request)
                assert is_success(operation, answer.status), (route, request, answer)
                assert api.judge.faults(operation, answer, request.method) == [], (route, answer)
                assert api.ask(request) == answer
        for label, request in broken(api, route):
            answer = api.ask(request)
            assert 400 <= answer.status < 500, (label, answer)
            refusal = operation.response(answer.status)
            fine = api.judge.faults(operation, answer) == [] if refusal else is_details(answer)
            assert fine, (label, answer)
