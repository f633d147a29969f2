"""Answers as people expect of a mock: base paths, statuses of refusals, error bodies, headers, media types."""

# ruff: noqa: E501  a document is read more easily in one line

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
from inline import ask, header, json, served
from verdicts import is_details

OK = "'200': {description: ok}"


def one(operation: str, more: str = "") -> Any:
    """The API of a document with one operation at /x."""
    return served(f"paths: {{/x: {{{operation}}}}}\n{more}")


def test_with_and_without_the_servers_base_path() -> None:
    api = one(f"get: {{responses: {{{OK}}}}}", "servers: [{url: 'https://api.example.com/v1'}, {url: '/v2/'}]")

    assert [ask(api, f"GET {path}").status for path in ("/v1/x", "/v2/x", "/x", "/v3/x")] == [200, 200, 200, 404]


def test_a_path_of_the_document_comes_before_one_without_the_base_path() -> None:
    api = served("""
servers: [{url: 'https://api.example.com/v1'}]
paths:
  /x: {get: {responses: {'200': {description: ok}}}}
  /v1/x: {get: {responses: {'201': {description: other}}}}
""")

    assert [ask(api, f"GET {path}").status for path in ("/v1/x", "/v1/v1/x", "/x")] == [200, 201, 200]


def test_an_error_shows_what_the_documents_own_example_shows() -> None:
    schema = """{type: object, required: [category, message, correlationId], properties: {category: {type: string},
      message: {type: string}, correlationId: {type: string, format: uuid}},
      example: {category: VALIDATION_ERROR, message: no, correlationId: not a uuid}}"""
    api = one(f"""get: {{parameters: [{{name: n, in: query, schema: {{type: integer}}}}], responses: {{{OK},
      default: {{description: error, content: {{application/json: {{schema: {schema}}}}}}}}}}}""")

    error = json(ask(api, "GET /x?n=a"))

    assert (error["category"], error["message"]) == ("VALIDATION_ERROR", "n must be an integer")
    assert len(error["correlationId"]) == 36


def test_of_streams_the_first_comes_first() -> None:
    api = one("""get: {responses: {'200': {description: ok, content: {
      text/event-stream: {schema: {type: array, items: {const: 1}}}, application/x-ndjson: {schema: {const: [1]}}}}}}""")

    assert header(ask(api, "GET /x"), "content-type") == "text/event-stream; charset=utf-8"


VERSIONS = """get: {responses: {'200': {description: ok, content: {
  application/vnd.acme+json;version=1: {schema: {const: one}},
  application/vnd.acme+json; version=2: {schema: {const: two}},
  application/json; charset=utf-8: {schema: {const: plain}},
  text/plain; charset=iso-8859-1: {schema: {const: Zoë}}}}}}"""


@pytest.mark.parametrize(
    ("accept", "kind", "body"),
    [
        ("*/*", "application/vnd.acme+json; version=1", b'"one"'),
        ("application/vnd.acme+json", "application/vnd.acme+json; version=1", b'"one"'),
        ("application/vnd.acme+json;version=2", "application/vnd.acme+json; version=2", b'"two"'),
        ('application/vnd.acme+json; Version="2"', "application/vnd.acme+json; version=2", b'"two"'),
        ("application/json;q=0.1, application/*;version=2", "application/vnd.acme+json; version=2", b'"two"'),
        ("application/json", "application/json; charset=utf-8", b'"plain"'),
        ("application/json; odata=none", "application/json; charset=utf-8", b'"plain"'),
        ("text/plain", "text/plain; charset=iso-8859-1", "Zoë".encode("latin-1")),
        ("application/vnd.acme+json;version=3", None, None),
    ],
)
def test_media_types_are_told_apart_by_their_parameters(accept: str, kind: str | None, body: bytes | None) -> None:
    answer = ask(one(VERSIONS), "GET /x", accept=accept)

    if kind is None:
        assert answer.status == 406
    else:
        assert (header(answer, "content-type"), answer.body) == (kind, body)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ("application/json", 200),
        ("application/json; v=1", 200),
        ("application/json;charset=utf-8;v=2", 422),
        ("application/json; v=3", 200),
    ],
)
def test_the_parameters_of_what_is_sent_choose_its_schema(sent: str, status: int) -> None:
    content = "{application/json;v=1: {schema: {required: [a]}}, application/json; v=2: {schema: {required: [b]}}}"
    api = one(f"post: {{requestBody: {{content: {content}}}, responses: {{{OK}}}}}")

    assert ask(api, "POST /x", {"a": 1}, content_type=sent).status == status


def bad(declared: str) -> Any:
    body = "requestBody: {required: true, content: {application/json: {schema: {type: object, required: [name]}}}}"
    parameters = "parameters: [{name: n, in: query, schema: {type: integer}}]"
    return one(f"post: {{{parameters}, {body}, responses: {{{OK}, {declared}}}}}")


@pytest.mark.parametrize(
    ("declared", "status"),
    [
        ("'400': {description: a}, '422': {description: b}", 422),
        ("'400': {description: a}", 400),
        ("'422': {description: b}", 422),
        ("4XX: {description: c}", 422),
        ("default: {description: d}", 422),
        ("'404': {description: e}", 422),
    ],
)
def test_bad_input_gets_the_status_that_is_declared_for_it(declared: str, status: int) -> None:
    api = bad(declared)

    assert ask(api, "POST /x", {}).status == status
    assert ask(api, "POST /x?n=a", {"name": "a"}).status == status


def test_where_none_is_declared_problem_details_say_what_is_wrong() -> None:
    answer = ask(bad("'500': {description: no}"), "POST /x?n=a", {})

    assert answer.status == 422
    assert is_details(answer)
    assert json(answer)["errors"] == [
        {"parameter": "n", "detail": "must be an integer"},
        {"pointer": "#/name", "detail": "is required"},
    ]


SCHEMES = "components: {securitySchemes: {key: {type: http, scheme: bearer}}}"


def test_undeclared_refusals_are_problem_details() -> None:
    body = "requestBody: {content: {application/json: {}}}"
    shown = "{'200': {description: ok, content: {application/json: {schema: {type: string}}}}}"
    api = one(f"post: {{security: [{{key: []}}], {body}, responses: {shown}}}", SCHEMES)
    key = {"authorization": "Bearer abc"}

    answers = [
        ask(api, "POST /x"),
        ask(api, "GET /y"),
        ask(api, "GET /x"),
        ask(api, "POST /x", accept="image/png", **key),
        ask(api, "POST /x", b"a", content_type="text/plain", **key),
        ask(api, "POST /x", b"{", **key),
    ]

    assert [answer.status for answer in answers] == [401, 404, 405, 406, 415, 400]
    assert all(map(is_details, answers))
    assert header(answers[0], "WWW-Authenticate") == 'Bearer realm="mock"'
    assert header(answers[2], "Allow") == "POST"


ERRORS = {
    "{type: object, required: [code, message], properties: {code: {type: integer}, message: {type: string}}}":
        {"code": 400, "message": "n must be an integer"},
    "{type: object, required: [code], properties: {code: {type: string}, detail: {type: string}, field: {type: string}}}":
        {"code": "invalid_parameter", "detail": "n must be an integer", "field": "n"},
    "{type: object, properties: {error: {type: object, properties: {type: {enum: [api_error, invalid_request]}, "
    "message: {type: string}, param: {type: string}}}}}":
        {"error": {"type": "invalid_request", "message": "n must be an integer", "param": "n"}},
    "{type: object, properties: {error: {type: string}, error_description: {type: string}}}":
        {"error": "invalid_parameter", "error_description": "n must be an integer"},
    "{type: object, properties: {errors: {type: array, items: {type: object, properties: {field: {type: string}, "
    "message: {type: string}}}}}}":
        {"errors": [{"field": "n", "message": "must be an integer"}]},
    "{type: object, properties: {errors: {type: array, items: {type: string}}}}":
        {"errors": ["n must be an integer"]},
    "{type: object, required: [success], properties: {success: {const: false}, message: {type: string}}}":
        {"success": False, "message": "n must be an integer"},
    "{type: string}": "n must be an integer",
}  # fmt: skip


@pytest.mark.parametrize("schema", ERRORS)
def test_a_refusal_is_in_the_documents_own_schema(schema: str) -> None:
    parameters = "parameters: [{name: n, in: query, schema: {type: integer}}]"
    wrong = f"'400': {{description: no, content: {{application/json: {{schema: {schema}}}}}}}"
    answer = ask(one(f"get: {{{parameters}, responses: {{{OK}, {wrong}}}}}"), "GET /x?n=a")

    assert (answer.status, header(answer, "Content-Type")) == (400, "application/json")
    assert json(answer) == ERRORS[schema]


@pytest.mark.parametrize("schema", ["{}", "{type: object}", "{type: object, additionalProperties: true}"])
def test_an_error_that_may_be_anything_is_told_with_the_members_of_problem_details(schema: str) -> None:
    wrong = f"default: {{description: no, content: {{application/json: {{schema: {schema}}}}}}}"
    answer = ask(
        one(
            f"get: {{parameters: [{{name: n, in: query, required: true, schema: {{}}}}], responses: {{{OK}, {wrong}}}}}"
        ),
        "GET /x",
    )

    assert header(answer, "Content-Type") == "application/json"
    assert json(answer)["detail"] == "n is required"


def test_a_refusal_is_in_the_declared_media_type() -> None:
    forms = "text/plain: {schema: {type: string}}, application/xml: {schema: {type: object, properties: {message: {type: string}}}}"
    wrong = f"'404': {{description: no, content: {{{forms}}}}}"
    path = "parameters: [{name: id, in: path, required: true, schema: {type: integer}}]"
    api = served(f"paths: {{'/x/{{id}}': {{get: {{{path}, responses: {{{OK}, {wrong}}}}}}}}}")

    assert ask(api, "GET /x/a").body == b"nothing is found here: id must be an integer"
    xml = ElementTree.fromstring(ask(api, "GET /x/a", accept="application/xml").body)
    assert xml.findtext("message") == "nothing is found here: id must be an integer"


def test_documented_headers_are_filled() -> None:
    limit = "X-Limit: {schema: {type: integer, minimum: 5, maximum: 9}}"
    wrong = f"'400': {{description: no, headers: {{{limit}}}}}"
    parameters = "parameters: [{name: n, in: query, schema: {type: integer}}]"
    api = one(f"get: {{{parameters}, responses: {{'200': {{description: ok, headers: {{{limit}}}}}, {wrong}}}}}")

    for path in ("/x", "/x?n=a"):
        assert 5 <= int(header(ask(api, f"GET {path}"), "X-Limit") or 0) <= 9


def test_what_is_made_says_where_it_is_when_that_is_declared() -> None:
    thing = "content: {application/json: {schema: {type: object, required: [id], properties: {id: {type: integer, readOnly: true}, name: {type: string}}}}}"
    location = "headers: {Location: {schema: {type: string}}}"
    item = "parameters: [{name: id, in: path, required: true, schema: {type: integer}}]"
    api = served(f"""
servers: [{{url: 'https://api.example.com/v1'}}]
paths:
  /things:
    get: {{responses: {{'200': {{description: ok, content: {{application/json: {{schema: {{type: array, items: {{type: object}}}}}}}}}}}}}}
    post: {{requestBody: {{{thing}}}, responses: {{'201': {{description: ok, {location}, {thing}}}}}}}
  /things/{{id}}: {{get: {{{item}, responses: {{'200': {{description: ok, {thing}}}}}}}}}
""")

    made = ask(api, "POST /v1/things", {"name": "a"})
    where = header(made, "Location")
    assert made.status == 201
    assert where is not None
    assert json(ask(api, f"GET {where}")) == json(made)


def test_the_first_media_type_is_json_and_accept_decides() -> None:
    schema = "{schema: {type: object, required: [a], properties: {a: {const: b}}}}"
    forms = f"application/xml: {schema}, application/json: {schema}, text/csv: {{schema: {{type: string}}}}"
    api = one(f"get: {{responses: {{'200': {{description: ok, content: {{{forms}}}}}}}}}")

    def kind(accept: str) -> str | None:
        return header(ask(api, "GET /x", accept=accept), "Content-Type")

    assert kind("*/*") == "application/json"
    assert kind("application/xml") == "application/xml"
    assert kind("text/*") == "text/csv; charset=utf-8"
    assert kind("application/xml;q=0.5, application/json;q=0.9") == "application/json"
    assert kind("application/*;q=0.1, application/xml") == "application/xml"
    assert kind("image/png, */*;q=0.1") == "application/json"
    assert ask(api, "GET /x", accept="application/json;q=0").status == 406


def test_examples_are_answered_when_they_are_valid() -> None:
    schema = "schema: {type: object, required: [n], properties: {n: {type: integer}}}"
    good, wrong = "{n: 5}", "{n: five}"

    def shown(more: str) -> Any:
        return json(
            ask(
                one(
                    f"get: {{responses: {{'200': {{description: ok, content: {{application/json: {{{schema}, {more}}}}}}}}}}}"
                ),
                "GET /x",
            )
        )

    assert shown(f"example: {good}") == {"n": 5}
    assert shown(f"examples: {{bad: {{value: {wrong}}}, good: {{value: {good}}}}}") == {"n": 5}
    assert isinstance(shown(f"example: {wrong}")["n"], int)


def test_callbacks_and_links_are_no_concern_of_an_answer() -> None:
    callbacks = "callbacks: {done: {'{$request.query.url}': {post: {responses: {'200': {description: ok}}}}}}"

    assert (
        ask(one(f"post: {{{callbacks}, responses: {{{OK}}}}}"), "POST /x?url=http%3A%2F%2F127.0.0.1%3A1").status == 200
    )


@pytest.mark.parametrize(
    ("responses", "status"),
    [
        ("{'204': {description: a}, '201': {description: b}}", 201),
        ("{default: {description: a}, '201': {description: b}}", 201),
        ("{default: {description: a}}", 200),
        ("{2XX: {description: a}}", 200),
        ("{default: {description: a}, '302': {description: b}}", 302),
        ("{'404': {description: a}, '303': {description: b}}", 303),
        ("{'404': {description: a}, '500': {description: b}}", 404),
        ("{'101': {description: a}}", 200),
        ("{}", 200),
    ],
)
def test_which_status_is_answered(responses: str, status: int) -> None:
    assert ask(one(f"get: {{responses: {responses}}}"), "GET /x").status == status


def test_an_answer_in_xml_has_the_names_of_its_schema() -> None:
    api = served("""
paths:
  /x:
    get:
      responses: {'200': {description: ok, content: {application/xml: {schema: {$ref: '#/components/schemas/Book'}}}}}
components:
  schemas:
    Book:
      type: object
      xml: {name: book}
      required: [id, tags, pages]
      properties:
        id: {const: 7, xml: {attribute: true}}
        tags: {type: array, minItems: 2, maxItems: 2, items: {const: a & b, xml: {name: tag}}, xml: {wrapped: true}}
        pages: {type: array, minItems: 1, maxItems: 1, items: {const: 1}, xml: {name: page}}
""")

    body = ask(api, "GET /x").body.partition(b"\n")[2]
    assert body == b'<book id="7"><tags><tag>a &amp; b</tag><tag>a &amp; b</tag></tags><page>1</page></book>'


def test_what_is_only_written_is_never_shown() -> None:
    api = served("""
paths:
  /users:
    get: {responses: {'200': {description: ok, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/User'}}}}}}}
    post:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/User'}}}}
      responses: {'201': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/User'}}}}}
  /example:
    get:
      responses:
        '200':
          description: ok
          content: {application/json: {schema: {$ref: '#/components/schemas/User'}, example: {id: a, name: Ann, password: secret}}}
components:
  schemas:
    User:
      type: object
      required: [id, name, password]
      properties:
        id: {type: string, readOnly: true}
        name: {type: string}
        password: {type: string, writeOnly: true}
        card: {type: object, properties: {number: {type: string}, cvc: {$ref: '#/components/schemas/Secret'}}}
    Secret: {type: string, writeOnly: true}
""")
    sent = {"name": "Ann", "password": "secret", "card": {"number": "1", "cvc": "2"}}

    made = json(ask(api, "POST /users", sent))
    assert (made["name"], made["card"], "password" in made) == ("Ann", {"number": "1"}, False)
    assert json(ask(api, "GET /example")) == {"id": "a", "name": "Ann"}
    assert not any("password" in one for one in json(ask(api, "GET /users")))
