"""The line of a place in a text."""

import pytest

from mockserver.spec.positions import lines

YAML = b"""\
openapi: 3.1.0
paths:
  /users/{id}:
    get:
      parameters:
      - name: a
        in: query
      - {name: b, in: query}
x-list: [1,
  2]
"""
JSON = b"""\
{
  "openapi": "3.1.0",
  "paths": {
    "/users/{id}": {
      "get": {
        "parameters": [
          {"name": "a"},
          {"name": "b"}
        ]
      }
    }
  }
}
"""


@pytest.mark.parametrize(
    ("pointer", "line"),
    [
        ("", 1),
        ("/openapi", 1),
        ("/paths/~1users~1{id}", 3),
        ("/paths/~1users~1{id}/get/parameters", 5),
        ("/paths/~1users~1{id}/get/parameters/0/in", 7),
        ("/paths/~1users~1{id}/get/parameters/1", 8),
        ("/x-list/1", 10),
        ("/paths/~1users~1{id}/get/parameters/7", 5),
        ("/paths/~1users~1{id}/get/nothing/of/this", 4),
        ("/nothing", 1),
    ],
)
def test_yaml(pointer: str, line: int) -> None:
    assert lines(YAML, [pointer]) == {pointer: line}


@pytest.mark.parametrize(
    ("pointer", "line"),
    [
        ("", 1),
        ("/openapi", 2),
        ("/paths/~1users~1{id}", 4),
        ("/paths/~1users~1{id}/get/parameters/1/name", 8),
        ("/paths/~1users~1{id}/get/parameters/5", 6),
        ("/paths/~1users~1{id}/put", 4),
    ],
)
def test_json(pointer: str, line: int) -> None:
    assert lines(JSON, [pointer]) == {pointer: line}


def test_many_at_once() -> None:
    assert lines(YAML, ["/openapi", "/paths", "/openapi"]) == {"/openapi": 1, "/paths": 2}


def test_text_that_cant_be_read_has_no_lines() -> None:
    assert lines(b"a: [", ["/a"]) == {}
