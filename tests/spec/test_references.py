"""Where `$ref`s lead: within a document, to files beside it, and nowhere."""

import pytest
from parsed import document, messages, of_schema

from mockserver.spec.errors import SpecError
from mockserver.spec.schema import Schemas

ONE_SCHEMA = """
    components:
      schemas:
        A: {$ref: '%s'}
    paths: {}
"""


def test_files_are_bundled() -> None:
    found = document(
        ONE_SCHEMA % "schemas/pet.yaml",
        "3.1",
        schemas__pet="{type: object, properties: {owner: {$ref: 'people.yaml#/Owner'}, next: {$ref: '#'}}}",
        schemas__people="Owner: {type: string}\nOther: {type: whatever}\n",
    )
    assert found.at("/components/schemas/A") == {"$ref": "#/x-mock-files/schemas~1pet.yaml"}
    pet = found.at("/x-mock-files/schemas~1pet.yaml")
    assert pet["properties"] == {
        "owner": {"$ref": "#/x-mock-files/schemas~1people.yaml/Owner"},
        "next": {"$ref": "#/x-mock-files/schemas~1pet.yaml"},
    }
    assert found.notes == ()  # what isn't referred to isn't read


def test_a_document_may_call_itself_by_another_uri() -> None:
    for reference in ("https://x.example/v1/api#/components/schemas/B", "api#/components/schemas/B"):
        schemas = f"{{A: {{$ref: '{reference}'}}, B: {{type: integer}}}}"
        text = f"$self: https://x.example/v1/api\npaths: {{}}\ncomponents: {{schemas: {schemas}}}\n"
        found = document(text, "3.2")
        assert (found.at("/components/schemas/A"), found.notes) == ({"$ref": "#/components/schemas/B"}, ())
    beside = "    $self: https://x.example/v1/api\n" + ONE_SCHEMA % "https://x.example/v1/pet.yaml"
    assert document(beside, "3.2", pet="{type: integer}").at("/x-mock-files/pet.yaml") == {"type": "integer"}


def test_a_part_of_another_file_is_read_as_what_it_is_used_for() -> None:
    found = document(
        """
        paths:
          /a:
            get:
              parameters: [{$ref: 'parts.yaml#/page'}]
              responses: {200: {$ref: 'parts.yaml#/ok'}}
        """,
        "2.0",
        parts="""
        page: {name: page, in: query, type: integer}
        ok: {description: d, schema: {type: string, x-nullable: true}}
        """,
    )
    parts = found.at("/x-mock-files/parts.yaml")
    assert parts["page"] == {"name": "page", "in": "query", "schema": {"type": "integer"}}
    assert parts["ok"]["content"] == {"application/json": {"schema": {"type": ["string", "null"]}}}


def test_a_file_may_refer_back_to_the_document() -> None:
    found = document(
        "definitions: {A: {type: string}, B: {$ref: b.yaml}}\npaths: {}",
        "2.0",
        b="{type: array, items: {$ref: 'api.yaml#/definitions/A'}}",
    )
    assert found.at("/x-mock-files/b.yaml/items") == {"$ref": "#/components/schemas/A"}


def test_a_path_item_of_its_own_file() -> None:
    found = document("paths: {/a: {$ref: 'a.yaml'}}", "3.0", a="get: {responses: {200: {description: d}}}")
    assert found.resolve("/paths/~1a")[1] == {"get": {"responses": {"200": {"description": "d"}}}}


@pytest.mark.parametrize(
    ("reference", "why"),
    [
        ("../secret.yaml", "it stands outside the document's folder"),
        ("/etc/passwd", "it stands outside the document's folder"),
        ("file:///etc/passwd", "it stands outside the document's folder"),
        ("sub/../../secret.yaml", "it stands outside the document's folder"),
        ("https://example.com/a.yaml", "it is on the network, where a $ref may only lead with --allow-remote-refs"),
        ("missing.yaml", "there is no such file"),
    ],
)
def test_files_that_are_out_of_reach(reference: str, why: str) -> None:
    found = document(ONE_SCHEMA % reference, "3.1")
    assert found.at("/components/schemas/A") == {}
    assert messages(found) == [f"$ref: {reference} can't be followed: {why}; any value is taken"]


def test_the_network_when_it_is_allowed() -> None:
    files = {"https:____example.com__a": "{type: string}"}
    found = document(ONE_SCHEMA % "https://example.com/a.yaml", "3.1", allow_remote=True, **files)
    assert found.resolve("/components/schemas/A")[1] == {"type": "string"}


@pytest.mark.parametrize(
    ("reference", "meant"),
    [
        ("B", "#/components/schemas/B"),
        ("#/definitions/B", "#/components/schemas/B"),
        ("#components/schemas/B", "#/components/schemas/B"),
        ("/components/schemas/B", "#/components/schemas/B"),
        ("components/schemas/B", "#/components/schemas/B"),
    ],
)
def test_what_is_nearly_right_is_read_as_meant(reference: str, meant: str) -> None:
    found = document(
        f"components: {{schemas: {{A: {{$ref: '{reference}'}}, B: {{type: string}}}}}}\npaths: {{}}", "3.1"
    )
    assert found.at("/components/schemas/A") == {"$ref": meant}
    assert len(found.notes) == 1


def test_a_dangling_one_names_the_nearest() -> None:
    found = document("components: {schemas: {A: {$ref: '#/components/schemas/Usr'}, User: {}}}\npaths: {}", "3.1")
    assert found.at("/components/schemas/A") == {}
    assert messages(found) == [
        "$ref: #/components/schemas/Usr leads nowhere (did you mean 'User'?); any value is taken"
    ]
    assert str(found.position(found.notes[0].pointer)) == "api.yaml:3 at /components/schemas/A"


def test_dangling_parts_of_an_operation() -> None:
    found = document(
        """
        paths:
          /a:
            post:
              parameters: [{$ref: '#/components/parameters/P'}]
              requestBody: {$ref: '#/components/requestBodies/B'}
              responses: {200: {$ref: '#/components/responses/R'}}
        """,
        "3.1",
    )
    assert found.at("/paths/~1a/post") == {
        "parameters": [{}],
        "requestBody": {"content": {}},
        "responses": {"200": {"description": ""}},
    }
    assert len(found.notes) == 3


def test_a_circle_is_cut() -> None:
    found = document(
        """
        components:
          schemas:
            A: {$ref: '#/components/schemas/B'}
            B: {$ref: '#/components/schemas/A'}
            C: {$ref: '#/components/schemas/C'}
        """,
        "3.1",
    )
    assert len(found.notes) == 2
    for name in "ABC":
        assert found.resolve(f"/components/schemas/{name}")[1] == {}


def test_a_recursive_schema_is_no_circle() -> None:
    found = of_schema("{properties: {next: {$ref: '#/components/schemas/A'}}}", "3.1")
    assert found.notes == ()


def test_a_schema_where_a_response_belongs() -> None:
    found = document(
        """
        components: {schemas: {A: {type: string}}}
        paths: {/a: {get: {responses: {200: {$ref: '#/components/schemas/A'}}}}}
        """,
        "3.1",
    )
    response = found.at("/paths/~1a/get/responses/200")
    assert response["content"] == {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}
    assert len(found.notes) == 1


@pytest.mark.parametrize(
    "text",
    [
        "{$defs: {b: {$anchor: here, type: string}}, properties: {x: {$ref: '#here'}}}",
        "{$defs: {b: {$dynamicAnchor: here, type: string}}, properties: {x: {$dynamicRef: '#here'}}}",
        "{$id: 'https://example.com/a', $defs: {b: {type: string}}, properties: {x: {$ref: '#/$defs/b'}}}",
        "{$defs: {b: {$id: 'https://example.com/b', type: string}}, properties: {x: {$ref: 'https://example.com/b'}}}",
        "{$defs: {b: {$id: 'b.json', type: string}}, properties: {x: {$ref: 'b.json'}}}",
    ],
)
def test_names_of_json_schema(text: str) -> None:
    found = of_schema(text, "3.1")
    check = Schemas(found.content).at("/components/schemas/A").is_valid
    assert [check({"x": "a"}), check({"x": 1})] == [True, False]


def test_a_discriminators_mapping() -> None:
    found = document(
        """
        components:
          schemas:
            A:
              oneOf: [{$ref: '#/components/schemas/Cat'}]
              discriminator: {propertyName: k, mapping: {c: Cat, d: 'd.yaml#/Dog'}}
            Cat: {type: object}
        """,
        "3.1",
        d="Dog: {type: object}",
    )
    assert found.at("/components/schemas/A/discriminator/mapping") == {
        "c": "#/components/schemas/Cat", "d": "#/x-mock-files/d.yaml/Dog",
    }  # fmt: skip


def test_the_root_of_a_schema_that_was_put_in_as_a_whole() -> None:
    found = of_schema("{properties: {next: {$ref: '#'}, x: {$ref: '#/properties/next'}}}", "3.1")
    assert found.at("/components/schemas/A/properties") == {
        "next": {"$ref": "#/components/schemas/A"},
        "x": {"$ref": "#/components/schemas/A/properties/next"},
    }


def test_resolve_follows_a_chain() -> None:
    found = document(
        """
        components:
          responses: {A: {$ref: '#/components/responses/B'}, B: {description: b}}
        """,
        "3.1",
    )
    assert found.resolve("/components/responses/A") == ("/components/responses/B", {"description": "b"})


def test_a_pointer_to_nothing_says_so() -> None:
    with pytest.raises(SpecError, match=r"nothing stands at #/components/schemas/Q.*did you mean 'A'|known: A"):
        of_schema("{}", "3.1").at("/components/schemas/Q")


def test_a_line_in_another_file() -> None:
    found = document(ONE_SCHEMA % "b.yaml", "3.1", b="type: object\nproperties:\n  a: {type: whatever}\n")
    assert [str(found.position(note.pointer)) for note in found.notes] == [
        "b.yaml:3 at /x-mock-files/b.yaml/properties/a"
    ]
