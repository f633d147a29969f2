"""A document as an `Api`."""

import pytest
from parsed import api, document

from mockserver.spec.errors import SpecError
from mockserver.spec.model import Media
from mockserver.spec.operations import read

USERS = """
    components:
      schemas: {User: {type: object}, Alias: {$ref: '#/components/schemas/User'}}
      parameters: {Page: {name: page, in: query, schema: {type: integer}}}
      responses: {Gone: {description: gone, content: {application/problem+json: {schema: {type: object}}}}}
      headers: {Total: {required: true, schema: {type: integer}}}
      securitySchemes: {key: {type: http, scheme: bearer}}
    security: [{key: [read]}]
    paths:
      /users/{id}:
        parameters:
        - {name: id, in: path, schema: {type: string}}
        - {name: trace, in: header, schema: {type: string}}
        get:
          operationId: getUser
          parameters:
          - {$ref: '#/components/parameters/Page'}
          - {name: trace, in: header, required: true, schema: {type: integer}}
          - {name: Accept, in: header, schema: {type: string}}
          responses:
            200:
              description: d
              headers: {X-Total: {$ref: '#/components/headers/Total'}, Content-Type: {schema: {type: string}}}
              content:
                Application/JSON; charset=utf-8: {schema: {$ref: '#/components/schemas/Alias'}}
            404: {$ref: '#/components/responses/Gone'}
            default: {description: d}
        patch:
          security: []
          requestBody:
            required: true
            content:
              application/json: {schema: {type: object}}
              multipart/form-data: {schema: {type: object}, encoding: {f: {contentType: image/png}}}
          x-mock: {does: update}
"""
USER = "/paths/~1users~1{id}"


def test_routes_and_names() -> None:
    found = api(USERS)
    assert (found.name, found.title, found.version) == ("test", "T", "1")
    assert found.routes == (("/users/{id}", "get"), ("/users/{id}", "patch"))
    assert found.base_paths == ("",)
    assert [found.operation(*route).id for route in found.routes] == ["getUser", "patch /users/{id}"]


def test_parameters() -> None:
    found = api(USERS).operation("/users/{id}", "get").parameters
    assert [(one.location, one.name, one.required, one.style, one.explode) for one in found] == [
        ("path", "id", True, "simple", False),
        ("header", "trace", True, "simple", False),
        ("query", "page", False, "form", True),
    ]
    assert [one.schema for one in found] == [
        f"{USER}/parameters/0/schema",
        f"{USER}/get/parameters/1/schema",
        "/components/parameters/Page/schema",
    ]


@pytest.mark.parametrize(
    ("said", "style", "explode"),
    [
        ("in: path", "simple", False),
        ("in: query", "form", True),
        ("in: header", "simple", False),
        ("in: cookie", "form", True),
        ("in: query, explode: false", "form", False),
        ("in: query, style: deepObject, explode: true", "deepObject", True),
        ("in: query, style: pipeDelimited", "pipeDelimited", False),
        ("in: path, style: matrix, explode: true", "matrix", True),
    ],
)
def test_styles(said: str, style: str, explode: bool) -> None:
    found = api(f"paths: {{'/{{p}}': {{get: {{parameters: [{{name: p, {said}, schema: {{}}}}]}}}}}}")
    parameter = next(one for one in found.operation("/{p}", "get").parameters if said.startswith(f"in: {one.location}"))
    assert (parameter.style, parameter.explode) == (style, explode)


def test_a_parameter_with_content() -> None:
    found = api(
        """
        paths:
          /a:
            get:
              parameters:
              - {name: q, in: query, content: {application/json: {schema: {type: object}}}}
              - {name: r, in: query, content: {application/json: {}}}
        """
    )
    first, second = found.operation("/a", "get").parameters
    assert first.media_type == "application/json"
    assert found.document.at(first.schema) == {"type": "object"}
    assert found.document.at(second.schema) == {}


def test_responses() -> None:
    operation = api(USERS).operation("/users/{id}", "get")
    assert list(operation.responses) == ["200", "404", "default"]
    ok, gone = operation.responses["200"], operation.responses["404"]
    assert [(media.type, media.schema) for media in ok.media] == [("application/json", "/components/schemas/User")]
    assert [(one.name, one.required, one.schema) for one in ok.headers] == [
        ("X-Total", True, "/components/headers/Total/schema")
    ]
    assert gone.pointer == "/components/responses/Gone"
    assert gone.media[0].type == "application/problem+json"


def test_body_and_security() -> None:
    found = api(USERS)
    get, patch = (found.operation("/users/{id}", method) for method in ("get", "patch"))
    assert get.body is None
    assert patch.body is not None
    assert patch.body.required
    assert patch.body.media == (
        Media("application/json", f"{USER}/patch/requestBody/content/application~1json",
              f"{USER}/patch/requestBody/content/application~1json/schema"),
        Media("multipart/form-data", f"{USER}/patch/requestBody/content/multipart~1form-data",
              f"{USER}/patch/requestBody/content/multipart~1form-data/schema", {"f": {"contentType": "image/png"}}),
    )  # fmt: skip
    assert (get.security, patch.security) == (({"key": ("read",)},), ())
    assert (get.given, patch.given) == ({}, {"does": "update"})


def test_an_operation_is_compiled_once() -> None:
    found = api(USERS)
    assert found.operation("/users/{id}", "get") is found.operation("/users/{id}", "get")


def test_an_operation_that_isnt_there() -> None:
    with pytest.raises(SpecError, match=r"no GET /user/\{id\} \(did you mean '/users/\{id\}'\?\)"):
        api(USERS).operation("/user/{id}", "get")


@pytest.mark.parametrize(
    ("servers", "paths"),
    [
        ("", ("",)),
        ("servers: [{url: /}]", ("",)),
        ("servers: [{url: 'https://a.example/v2/'}]", ("/v2",)),
        ("servers: [{url: 'https://a.example/v2'}, {url: 'https://b.example/v2'}, {url: '/v3'}]", ("/v2", "/v3")),
        ("servers: [{url: 'https://{host}/{base}/x', variables: {host: {default: h}, base: {default: b}}}]", ("/b/x",)),
        ("servers: [{url: 'https://{host}:{port}/x'}]", ("/x",)),
        ("servers: [{url: v1}]", ("/v1",)),
        ("servers: [{url: 'https://[bad/x'}, 5, {}]", ("",)),
    ],
)
def test_base_paths(servers: str, paths: tuple[str, ...]) -> None:
    assert api(f"{servers}\npaths: {{}}").base_paths == paths


def test_servers_of_paths_and_operations_add_base_paths() -> None:
    found = api(
        """
        servers: [{url: /v1}]
        paths: {/a: {servers: [{url: /up}], get: {servers: [{url: 'https://x.example/op'}]}}}
        """
    )
    assert found.base_paths == ("/v1", "/op", "/up")


def test_a_path_item_behind_a_reference() -> None:
    found = api(
        """
        components:
          pathItems:
            Item:
              parameters: [{name: q, in: query, schema: {}}]
              get: {operationId: theirs}
              put: {}
        paths: {/a: {$ref: '#/components/pathItems/Item', get: {operationId: ours}}}
        """
    )
    assert sorted(found.routes) == [("/a", "get"), ("/a", "put")]
    assert found.operation("/a", "get").id == "ours"
    assert [one.name for one in found.operation("/a", "get").parameters] == ["q"]
    assert found.operation("/a", "put").pointer == "/components/pathItems/Item/put"


def test_webhooks() -> None:
    found = api("webhooks: {made: {post: {requestBody: {content: {application/json: {schema: {type: object}}}}}}}")
    assert (found.routes, found.webhooks) == ((), {"made": ("post",)})
    hook = found.operation("made", "post")
    assert (hook.path, hook.body is not None) == ("made", True)


def test_what_3_2_adds() -> None:
    found = api(
        """
        paths:
          /a:
            query: {operationId: ask}
            additionalOperations: {COPY: {operationId: copy}}
            get:
              parameters: [{name: q, in: querystring, content: {application/json: {schema: {type: object}}}}]
              responses: {200: {description: d, content: {application/jsonl: {itemSchema: {type: integer}}}}}
        """,
        "3.2",
    )
    assert set(found.routes) == {("/a", "query"), ("/a", "copy"), ("/a", "get")}
    assert found.operation("/a", "copy").id == "copy"
    get = found.operation("/a", "get")
    assert (get.parameters[0].location, get.parameters[0].media_type) == ("querystring", "application/json")
    stream = get.responses["200"].media[0].schema or ""
    assert found.document.at(stream) == {"type": "array", "items": {"type": "integer"}}


def test_a_document_may_lack_paths() -> None:
    assert api("components: {}").routes == ()


def test_root_x_mock() -> None:
    found = read(document("x-mock: {times: seconds}\npaths: {}", "3.1"), "t")
    assert found.given == {"times": "seconds"}
