"""Schemas that all refer to each other share one validator; nobody can tell."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.spec.compiling import MANY
from mockserver.spec.errors import SpecError
from mockserver.spec.schema import Schemas

COUNT = MANY + 6


def ring(**more: Any) -> dict[str, Any]:
    """A document of schemas, each of which refers to the next, the last one to the first."""
    schemas: dict[str, Any] = {
        f"S{n}": {
            "type": "object",
            "required": ["n", "id"],
            "properties": {
                "id": {"type": "string", "readOnly": True},
                "n": {"const": n},
                "next": {"$ref": f"#/components/schemas/S{(n + 1) % COUNT}"},
            },
        }
        for n in range(COUNT)
    }
    listed = {"type": "array", "items": {"$ref": "#/components/schemas/S3"}}
    return {"components": {"schemas": {**schemas, **more}}, "listed": listed}


@pytest.mark.parametrize("mode", ["request", "response", "stored"])
def test_each_is_itself(mode: str) -> None:
    schemas = Schemas(ring())

    for n in range(COUNT):
        valid = schemas.at(f"/components/schemas/S{n}", mode).is_valid
        assert valid({"id": "a", "n": n})
        assert not valid({"id": "a", "n": n + 1})
        assert valid({"n": n}) == (mode == "request")
        assert valid({"id": "a", "n": n, "next": {"id": "b", "n": (n + 1) % COUNT}})
        assert not valid({"id": "a", "n": n, "next": {"id": "b", "n": n}})


def test_violations_have_the_paths_of_the_value() -> None:
    found = Schemas(ring()).at("/components/schemas/S1").violations({"id": "a", "n": 1, "next": {"id": 5}})

    assert [(one.path, one.keyword) for one in found] == [(("next", "n"), "required"), (("next", "id"), "type")]


def test_a_body_that_was_gathered_is_compiled_with_them() -> None:
    schemas = Schemas(ring())
    schemas.gather(["/listed"])

    assert schemas.at("/listed").is_valid([{"id": "a", "n": 3}])
    assert [one.path for one in schemas.at("/listed").violations([{"id": "a", "n": 4}])] == [(0, "n")]


def test_one_that_nobody_gathered_asks_them() -> None:
    schemas = Schemas(ring())

    assert schemas.at("/listed").is_valid([{"id": "a", "n": 3}])
    assert not schemas.at("/listed").is_valid([{"id": "a", "n": 4}])
    assert len(schemas.at("/listed").violations([{"id": "a", "n": 4}])) == 1


def test_a_schema_without_a_pointer_asks_them_too() -> None:
    schemas = Schemas(ring())
    node = {"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#/components/schemas/S2"}}}

    assert schemas.is_valid(node, {"a": {"id": "a", "n": 2}})
    assert not schemas.is_valid(node, {"a": {"id": "a", "n": 3}})
    assert schemas.is_valid({"$ref": "#/components/schemas/S2"}, {"n": 2}, "request")


def test_what_references_have_looked_at_is_known() -> None:
    node = {"allOf": [{"$ref": "#/components/schemas/S0"}], "unevaluatedProperties": False}
    schemas = Schemas({**ring(), "closed": node})

    assert schemas.at("/closed").is_valid({"id": "a", "n": 0})
    assert not schemas.at("/closed").is_valid({"id": "a", "n": 0, "more": 1})
    assert not schemas.is_valid(node, {"id": "a", "n": 0, "more": 1})


def test_one_that_cant_be_compiled_costs_only_itself() -> None:
    schemas = Schemas(ring(Bad={"type": "string", "pattern": "["}))

    assert schemas.at("/components/schemas/S1").is_valid({"id": "a", "n": 1})
    with pytest.raises(SpecError, match="#/components/schemas/Bad can't be used"):
        schemas.at("/components/schemas/Bad")
