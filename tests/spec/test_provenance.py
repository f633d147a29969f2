"""What of a document is certain: statuses, gaps and how they are read; and READINGS.md, row by row."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mockserver import sources
from mockserver.cli import main as cli
from mockserver.spec import provenance, provenance_page
from mockserver.spec.document import Document, parse
from mockserver.spec.errors import SpecError

APIS = sorted(sources.bundled())
every_api = pytest.mark.parametrize("api", APIS)


def document(text: str) -> Document:
    return parse("api.yaml", lambda uri: b"openapi: 3.1.0\ninfo: {title: Tasks, version: '1'}\n" + text.encode())


def parts(text: str) -> dict[str, provenance.Part]:
    return {part.where: part for part in provenance.parts(document(text))}


def statuses(text: str) -> dict[str, str]:
    return {where: part.status for where, part in parts(text).items()}


@cache
def report(api: str) -> dict[str, Any]:
    return provenance.report(sources.document(str(sources.bundled()[api])))


def readings(shared: Path, section: str) -> list[list[str]]:
    """The rows of the table under a heading of READINGS.md, without its head."""
    text = (shared / "documents" / "READINGS.md").read_text(encoding="utf-8")
    found = re.search(rf"^#+ {re.escape(section)}\n(.*?)(?=^#|\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"READINGS.md has no section {section}"
    lines = found[1].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")][1:]


# The bundled documents


@every_api
def test_every_operation_says_where_it_comes_from(api: str) -> None:
    assert [one["operation"] for one in report(api)["operations"] if one["from"] != "own"] == []


@every_api
def test_every_part_has_a_status(api: str) -> None:
    assert [part["where"] for part in report(api)["parts"] if part["status"] == provenance.UNMARKED] == []


@every_api
def test_every_gap_says_what_is_open_and_how_it_is_read(api: str) -> None:
    assert [gap["where"] for gap in report(api)["gaps"] if not (gap["gap"] and gap["reading"])] == []


@every_api
def test_every_row_of_the_readings_is_a_gap(api: str, shared: Path) -> None:
    rows = readings(shared, api)
    told = {gap["gap"]: gap for gap in report(api)["gaps"]}

    assert len(rows) > 5
    assert [row for row, *_ in rows if row not in told] == []
    certain = {row: status for row, _, status in rows if status in provenance.STATUSES}
    assert {row: told[row]["status"] for row in certain} == certain


def test_every_address_and_credential_of_the_readings_is_as_the_document_says(shared: Path) -> None:
    for cells in readings(shared, "How the five documents are read"):
        api, base, auth = cells[0].strip("`"), cells[2], cells[3]
        gaps = {pointer: gap["gap"] for gap in report(api)["gaps"] for pointer in gap["pointers"]}
        (server,) = sources.document(str(sources.bundled()[api])).content["servers"]

        assert server["url"].endswith(base.split("`")[1])
        assert ("none documented" in base) == ("base path" in gaps.get("/servers/0", ""))
        assert ("none documented" in auth) == any("No authentication" in gap for gap in gaps.values())


# How statuses are found


def test_a_part_is_as_certain_as_the_part_around_it() -> None:
    found = parts("""
paths:
  /tasks:
    get:
      x-source: {status: implied}
      parameters:
      - {name: q, in: query, schema: {type: string}}
      - {name: limit, in: query, schema: {type: integer}, x-source: {status: assumed}}
      responses: {'200': {description: Tasks.}}
components:
  schemas:
    Task:
      x-source: {status: documented}
      properties:
        title: {type: string}
        steps: {type: array, items: {properties: {done: {type: boolean, x-source: {status: assumed}}}}}
    Unmarked: {properties: {a: {}}}
""")

    assert {where: (part.kind, part.status, part.own) for where, part in found.items()} == {
        "GET /tasks": ("operation", "implied", True),
        "GET /tasks, parameter q": ("parameter", "implied", False),
        "GET /tasks, parameter limit": ("parameter", "assumed", True),
        "GET /tasks, answer 200": ("answer", "implied", False),
        "schema Task": ("schema", "documented", True),
        "Task.title": ("field", "documented", False),
        "Task.steps": ("field", "documented", False),
        "Task.steps[].done": ("field", "assumed", True),
        "Unmarked.a": ("field", "unmarked", False),
    }


def test_a_shared_part_is_listed_once_with_what_operations_call_it() -> None:
    found = statuses("""
paths:
  /a: {get: {parameters: [{$ref: '#/components/parameters/Page'}],
             responses: {'404': {$ref: '#/components/responses/Gone'}}}}
  /b: {get: {responses: {'404': {$ref: '#/components/responses/Gone'}, '410': {$ref: '#/components/responses/Gone'}}}}
components:
  parameters: {Page: {name: page, in: query, schema: {}, x-source: {status: implied}}}
  headers: {Left: {schema: {}, x-source: {status: assumed}}}
  responses:
    Gone: {description: Gone., x-source: {status: assumed}, headers: {X-Left: {$ref: '#/components/headers/Left'}}}
""")

    assert found == {
        "GET /a": "unmarked", "GET /b": "unmarked", "parameter page": "implied", "header X-Left (Left)": "assumed",
        "answer 404, 410 (Gone)": "assumed",
    }  # fmt: skip


def test_a_field_that_refers_to_a_schema_is_as_certain_as_that() -> None:
    found = statuses("""
components:
  schemas:
    Email: {type: string, x-source: {status: assumed}}
    User: {properties: {email: {$ref: '#/components/schemas/Email'}}}
""")

    assert found == {"schema Email": "assumed", "User.email": "assumed"}


def test_events_bodies_paths_and_the_rest_have_names() -> None:
    source = "x-source: {status: assumed}"
    found = statuses(f"""
servers: [{{url: /, {source}}}]
paths:
  /a:
    {source}
    post:
      requestBody: {{content: {{application/json: {{schema: {{properties: {{b: {{{source}}}}}}}}}}}}}
webhooks: {{a.made: {{post: {{{source}}}}}}}
components: {{securitySchemes: {{key: {{type: http, scheme: basic, {source}}}}}}}
""")

    assert found == {
        "the address": "assumed", "/a": "assumed", "POST /a": "unmarked", "POST /a, body, field b": "assumed",
        "event a.made": "assumed", "credentials (key)": "assumed",
    }  # fmt: skip


def test_data_and_names_are_no_sources() -> None:
    found = parts("""
components:
  schemas:
    A:
      properties: {x-source: {type: object}, value: {type: string}}
      example: {x-source: {status: none}}
      default: {x-source: {status: none}}
""")

    assert list(found) == ["A.x-source", "A.value"]


def test_a_gap_is_told_once_with_all_the_parts_that_carry_it() -> None:
    gap = "x-source: {status: documented, gap: the unit, reading: Cents.}"
    found = provenance.parts(document(f"""
components: {{schemas: {{A: {{properties: {{a: {{{gap}}}, b: {{{gap}}}, c: {{x-source: {{status: documented}}}}}}}}}}}}
"""))

    (told,) = provenance.gaps(found)
    assert [part.where for part in told.parts] == ["A.a", "A.b"]
    assert provenance.counts(found) == {"field": {"documented": 3}}


def test_parts_in_other_files_are_found() -> None:
    files = {
        "api.yaml": b"openapi: 3.1.0\npaths: {/a: {$ref: 'a.yaml#/item'}}",
        "a.yaml": b"item: {get: {x-source: {status: implied}, responses: {}}}",
    }
    found = provenance.parts(parse("api.yaml", files.__getitem__))

    assert [(part.where, part.status) for part in found] == [("GET /a", "implied")]


# Mistakes


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{status: asumed}", "api.yaml:4 at /paths/~1a/get/x-source/status: 'asumed' is no status"
                             " (did you mean 'assumed'?)"),
        ("{status: implied, raeding: x}", "api.yaml:4 at /paths/~1a/get/x-source/raeding: unknown word 'raeding'"
                                          " (did you mean 'reading'?)"),
        ("{note: x}", "api.yaml:4 at /paths/~1a/get/x-source: the word 'status' is missing"
                      " (documented, implied, assumed, contradiction)"),
        ("{status: implied, gap: [x]}", 'api.yaml:4 at /paths/~1a/get/x-source/gap: ["x"] should be text'),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line(source: str, message: str) -> None:
    with pytest.raises(SpecError) as raised:
        parts(f"paths:\n  /a: {{get: {{responses: {{}}, x-source: {source}}}}}")

    assert str(raised.value) == message


def test_an_x_source_that_is_no_object_is_somebody_elses() -> None:
    assert statuses("paths: {/a: {get: {responses: {}, x-source: 'https://vendor.example'}}}") == {"GET /a": "unmarked"}


# The page and the command


def test_a_document_that_says_nothing_is_told_so() -> None:
    page = provenance_page.page({"tasks": provenance.report(document("paths: {/a: {get: {responses: {}}}}"))})

    assert "it has no `x-source`" in page
    assert "### Gaps" not in page


def test_the_page_shows_operations_gaps_and_counts() -> None:
    said = document("""
paths:
  /a|b:
    get:
      summary: Read <all>
      responses: {}
      x-source: {status: implied, gap: the `a|b` order, reading: maxItems first, note: See page 3.}
""")
    page = provenance_page.page({"tasks": provenance.report(said)})

    assert "\nTasks, version 1: 1 statement, 1 implied; 1 gap.\n" in page
    assert "\n| `GET /a\\|b` | Read &lt;all> | implied |\n" in page
    row = r"| GET /a\|b | The `a\|b` order.<br>See page 3. | maxItems first. | implied | `/paths/~1a\|b/get` |"
    assert row in page


@every_api
def test_the_page_of_an_api_names_every_gap(api: str) -> None:
    page = provenance_page.page({api: report(api)}).casefold()

    assert [gap["gap"] for gap in report(api)["gaps"] if gap["gap"].rstrip(".").casefold() not in page] == []


def test_the_command_prints_json_of_a_users_document(tmp_path: Path) -> None:
    file, overlay = tmp_path / "tasks.yaml", tmp_path / "sources.yaml"
    file.write_text("openapi: 3.1.0\ninfo: {title: Tasks, version: '1'}\npaths: {/a: {get: {responses: {}}}}")
    overlay.write_text(
        "overlay: 1.0.0\ninfo: {title: Sources, version: '1'}\n"
        """actions: [{target: "$.paths['/a'].get", update: {x-source: {status: implied}}}]"""
    )
    arguments = ["gaps", str(file), "--overlay", str(overlay), "--format", "json"]
    printed = json.loads(CliRunner().invoke(cli.mockserver, arguments, catch_exceptions=False).output)

    assert printed["tasks"]["operations"] == [
        {"operation": "GET /a", "summary": "", "status": "implied", "from": "own", "pointer": "/paths/~1a/get"}
    ]
