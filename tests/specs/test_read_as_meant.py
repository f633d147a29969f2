"""What documents say in a way that no specification has, but every reader understands."""

from __future__ import annotations

import pytest
from inline import ask, json, served

OK = "responses: {'200': {description: ok}}"


@pytest.mark.parametrize("url", ["./v1", "../v1", "v1/", "/v1", "https://a.example/x/../v1"])
def test_a_server_may_be_relative(url: str) -> None:
    api = served(f"servers: [{{url: '{url}'}}]\npaths: {{/x: {{get: {{{OK}}}}}}}\n")

    assert [ask(api, f"GET {path}").status for path in ("/v1/x", "/x", "/v2/x")] == [200, 200, 404]


def test_a_method_in_capitals_is_a_method() -> None:
    api = served(f"paths: {{/x: {{GET: {{{OK}}}, Post: {{{OK}}}}}}}\n")

    assert [ask(api, f"{method} /x").status for method in ("GET", "POST", "PUT")] == [200, 200, 405]
    assert [note.message for note in api.document.notes] == [
        "the method GET is read as get", "the method Post is read as post",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("schema", "values"),
    [
        ("{type: integer, enum: ['1', '-2']}", (1, -2)),
        ("{type: number, enum: ['0.5']}", (0.5,)),
        ("{type: boolean, enum: ['true']}", (True,)),
        ("{type: integer, enum: [low, high]}", ("low", "high")),
    ],
)
def test_the_values_of_an_enum_count_more_than_its_type(schema: str, values: tuple[object, ...]) -> None:
    media = f"content: {{application/json: {{schema: {schema}}}}}"
    api = served(
        f"paths: {{/x: {{post: {{requestBody: {{{media}}}, responses: {{'200': {{description: ok, {media}}}}}}}}}}}\n"
    )

    assert json(ask(api, "POST /x")) in values
    assert [ask(api, "POST /x", value).status for value in values] == [200] * len(values)
    assert ask(api, "POST /x", "neither").status == 422
    assert len(api.document.notes) == 2


def test_credentials_that_nothing_can_carry_are_not_asked_for() -> None:
    api = served(f"""
paths: {{/x: {{get: {{security: [{{odd: []}}], {OK}}}}}}}
components: {{securitySchemes: {{odd: {{type: apiKey, in: body, name: key}}}}}}
""")

    assert ask(api, "GET /x").status == 200
    assert "'odd'" in api.document.notes[0].message


@pytest.mark.parametrize("name", ["other", "'#/components/securitySchemes/key'"])
def test_a_security_scheme_may_be_told_by_reference(name: str) -> None:
    api = served(f"""
paths: {{/x: {{get: {{security: [{{{name}: []}}], {OK}}}}}}}
components:
  securitySchemes:
    key: {{type: apiKey, in: header, name: X-Key}}
    other: {{$ref: '#/components/securitySchemes/key'}}
""")

    assert [ask(api, "GET /x").status, ask(api, "GET /x", x_key="any").status] == [401, 200]
