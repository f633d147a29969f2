"""Paths and operations as requests can reach them."""

from parsed import api, document, messages

ITEM = "{get: {responses: {200: {description: d}}}}"


def test_a_path_parameter_that_is_not_declared() -> None:
    found = document(f"paths: {{'/a/{{id}}': {ITEM}}}", "3.1")
    assert found.at("/paths/~1a~1{id}/get/parameters") == [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    ]
    assert messages(found) == ["the path parameter 'id' is not declared; any text is taken"]


def test_a_path_parameter_of_the_path_item_or_behind_a_reference_is_declared() -> None:
    found = document(
        """
        components: {parameters: {B: {name: b, in: path, required: true, schema: {type: string}}}}
        paths:
          /a/{a}/{b}:
            parameters: [{name: a, in: path, required: true, schema: {type: string}}]
            get: {parameters: [{$ref: '#/components/parameters/B'}]}
        """,
        "3.1",
    )
    assert found.notes == ()


def test_a_declared_path_parameter_that_the_path_lacks() -> None:
    found = api("paths: {/a: {get: {parameters: [{name: id, in: path, required: true, schema: {type: string}}]}}}")
    assert messages(found.document) == ["the path has no parameter 'id', though one is declared; it is left out"]
    assert found.operation("/a", "get").parameters == ()


def test_operation_ids_are_unique() -> None:
    found = api("paths: {/a: {get: {operationId: list}, put: {operationId: put}}, /b: {get: {operationId: list}}}")
    assert [found.operation(*route).id for route in found.routes] == ["list", "put", "get /b"]
    assert messages(found.document) == ["the operationId 'list' is that of get /a too; this operation goes by 'get /b'"]


def test_a_path_with_a_fragment_is_served_without_it() -> None:
    found = api(f"paths: {{'/a#add': {ITEM}}}")
    assert found.routes == (("/a", "get"),)
    assert messages(found.document) == ["the path /a#add is read as /a"]


def test_paths_that_only_differ_in_their_fragment() -> None:
    found = api(
        """
        paths:
          /a: {get: {operationId: one}}
          /a#x: {parameters: [{name: q, in: query, schema: {}}], get: {operationId: two}, put: {operationId: three}}
        """
    )
    assert found.routes == (("/a", "get"), ("/a", "put"), ("/a#x", "get"))
    assert found.broken == {("/a#x", "get"): "no request can be told from GET /a, which has the same path"}
    assert [one.name for one in found.operation("/a", "put").parameters] == ["q"]


def test_a_path_without_a_slash() -> None:
    assert api(f"paths: {{users: {ITEM}}}").routes == (("/users", "get"),)


def test_extensions_are_no_paths() -> None:
    found = api(f"paths: {{x-note: /b, /a: {ITEM}}}")
    assert (found.routes, found.document.notes) == ((("/a", "get"),), ())


def test_unknown_credentials_are_not_asked_for() -> None:
    found = api(
        """
        components: {securitySchemes: {key: {type: http, scheme: bearer}}}
        paths: {/a: {get: {security: [{kee: [], key: [a]}]}}}
        """
    )
    assert found.operation("/a", "get").security == ({"key": ("a",)},)
    assert messages(found.document) == ["there is no security scheme 'kee'; it is not asked for"]


def test_status_keys() -> None:
    found = document(
        "paths: {/a: {get: {responses: {200: {}, 2xx: {}, Default: {}, 404 Not Found: {}, ok: {}, x-note: 1}}}}", "3.1"
    )
    assert list(found.at("/paths/~1a/get/responses")) == ["200", "x-note", "2XX", "default", "404"]
    assert messages(found) == [
        "'2xx' is no status; read as 2XX",
        "'Default' is no status; read as default",
        "'404 Not Found' is no status; read as 404",
        "'ok' is no status; this response is left out",
    ]


def test_an_operation_that_is_none_is_broken_and_the_others_are_served() -> None:
    found = api("paths: {/a: {get: nothing, put: {}}}")
    assert found.routes == (("/a", "get"), ("/a", "put"))
    assert found.broken == {("/a", "get"): 'an operation is an object, not "nothing"'}
    assert found.operation("/a", "put").id == "put /a"


def test_parts_that_are_no_objects_are_left_out() -> None:
    found = api(
        """
        paths:
          /a:
            get: {parameters: {name: x}, requestBody: none, responses: [a]}
            put: {parameters: [x, {name: q, in: query}], responses: {200: null}}
          /b: 5
        """
    )
    put = found.operation("/a", "put")
    assert ([one.name for one in put.parameters], list(put.responses)) == (["q"], ["200"])
    assert found.document.at(put.parameters[0].schema) == {}
    assert found.operation("/a", "get").body is None
    assert len(found.document.notes) == 6
