"""What no answer can satisfy costs the operation that has it, and is told at start; nothing is a 500 at run time."""

# ruff: noqa: E501  a document is read more easily in one line

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from drive import Driver
from inline import ask, json, served
from serving import start
from verdicts import is_details

IMPOSSIBLE = {
    "a text that is too long and too short": "{type: string, minLength: 5, maxLength: 2}",
    "a number between nothing": "{type: integer, minimum: 5, maximum: 4}",
    "a schema that is false": "false",
    "not anything": "{not: {}}",
    "a required property that is forbidden": "{type: object, required: [a], properties: {a: false}}",
    "a property beyond those that may be": "{type: object, required: [a], additionalProperties: false}",
    "two types at once": "{allOf: [{type: string}, {type: integer}]}",
    "a recursion without an end": "{$ref: '#/components/schemas/Endless'}",
    "branches that are the same": "{oneOf: [{type: string}, {type: string}]}",
    "more different items than there are": "{type: array, items: {enum: [a]}, minItems: 2, uniqueItems: true}",
    "a list that must hold what it can't": "{type: array, items: {type: string}, contains: {type: integer}, minItems: 1}",
    "an empty choice": "{type: string, enum: [a, b], pattern: '^c$'}",
    "a pattern that can't be met": "{type: string, pattern: '^a(?=b)c$'}",
}
ENDLESS = "components: {schemas: {Endless: {type: object, required: [a], properties: {a: {$ref: '#/components/schemas/Endless'}}}}}"
JSON = "content: {application/json: {schema: %s}}"


def document(schema: str) -> Driver:
    body = JSON % schema
    return served(f"""
paths:
  /bad: {{get: {{responses: {{'200': {{description: No., {body}}}}}}}}}
  /worse: {{get: {{responses: {{'200': {{description: ok}}, '400': {{description: No., {body}}}}}}}}}
  /head: {{get: {{responses: {{'200': {{description: ok, headers: {{X-A: {{required: true, schema: {schema}}}}}}}}}}}}}
  /sent: {{post: {{requestBody: {{required: true, {body}}}, responses: {{'200': {{description: ok}}}}}}}}
  /good: {{get: {{responses: {{'200': {{description: ok}}}}}}}}
{ENDLESS}
""")


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_an_answer_that_cant_be_made(name: str) -> None:
    api = document(IMPOSSIBLE[name])

    lost = {path: reason for _, (path, _), reason in filter(None, api.service.check())}
    assert "/bad" in lost
    assert "/good" not in lost
    answer = ask(api, "GET /bad")
    assert answer.status == 501
    assert is_details(answer)
    assert lost["/bad"] in json(answer)["detail"]
    assert ask(api, "GET /good").status == 200
    assert ask(api, "GET /worse").status == 200
    assert ask(api, "GET /head").status == 501
    assert 400 <= ask(api, "POST /sent", {"a": 1}).status < 500


def test_an_error_that_cant_be_made_is_told_as_problem_details() -> None:
    api = served("paths: {/x: {get: {parameters: [{name: n, in: query, schema: {type: integer}}], responses: "
                 "{'200': {description: ok}, '400': {description: No., content: {application/json: {schema: "
                 "{type: string, minLength: 5, maxLength: 2}}}}}}}}")  # fmt: skip

    answer = ask(api, "GET /x?n=a")

    assert (answer.status, json(answer)["detail"]) == (400, "n must be an integer")


def test_one_media_type_that_cant_be_made_costs_only_itself() -> None:
    api = served("paths: {/x: {get: {responses: {'200': {description: ok, content: {application/json: {schema: false}, "
                 "text/plain: {schema: {type: string}}}}}}}}")  # fmt: skip

    assert ask(api, "GET /x").status == 200
    assert ask(api, "GET /x", accept="text/plain").status == 200


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_records_that_cant_be_made(name: str) -> None:
    reference = {"$ref": "#/components/schemas/Thing"}
    content = {"application/json": {"schema": reference}}
    shown = {"200": {"description": "One.", "content": content}}
    listed = {"application/json": {"schema": {"type": "array", "items": reference}}}
    thing = {"type": "object", "required": ["id", "x"],
             "properties": {"id": {"type": "string"}, "x": yaml.safe_load(IMPOSSIBLE[name])}}  # fmt: skip
    endless = {"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#/components/schemas/Endless"}}}
    things = {
        "get": {"responses": {"200": {"description": "All.", "content": listed}}},
        "post": {"requestBody": {"content": content}, "responses": shown},
    }
    item = {
        "get": {"responses": shown},
        "patch": {"requestBody": {"content": content}, "responses": shown},
        "delete": {"responses": {"204": {"description": "Gone."}}},
    }
    paths = {"/things": things, "/things/{id}": item}
    schemas = {"Thing": thing, "Endless": endless}
    api = served(yaml.safe_dump({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": paths,
                                 "components": {"schemas": schemas}}))  # fmt: skip

    for line in ("GET /things", "POST /things", "GET /things/a", "PATCH /things/a", "DELETE /things/a"):
        answer = ask(api, line, {} if line.startswith("P") else None)
        assert answer.status != 500, (line, answer)
        if answer.status < 400:
            method, path = line.lower().replace("/a", "/{id}").split()
            assert api.judge.faults(api.operation((path, method)), answer) == []


def test_they_are_listed_at_start(tmp_path: Path) -> None:
    (tmp_path / "api.yaml").write_text(
        "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {/bad: {get: {responses: {'200': {description: No., "
        "content: {application/json: {schema: {type: integer, minimum: 5, maximum: 4}}}}}}}}\n"
    )

    with start(str(tmp_path / "api.yaml")) as running:
        while running.client.get(f"{running.url}/bad").status_code != 501 or not running.complaints():
            pass
        assert running.complaints().startswith("api: GET /bad can't be served: no value was found for a schema")
        assert len(running.complaints().splitlines()) == 1
