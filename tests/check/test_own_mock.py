"""Our own mock keeps every law: over the wire for the bundled APIs, in this process for documents from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mockserver import sources
from mockserver.check.findings import Result
from mockserver.check.options import Options
from mockserver.check.running import check
from mockserver.service import ApiSource
from tests.inference.terse import document
from tests.serving import start

KEYS = {"key": "test-key", "readonly-key": "readonly-key"}


def told(result: Result) -> list[str]:
    """What a check has against a server, and where it stumbled itself."""
    found = [f"{one.law} {one.operation}: {one.expected} | {one.seen}" for one in result.findings]
    return found + [f"{one.what}: {one.reason}" for one in result.skipped if "bug of this check" in one.reason]


@pytest.mark.parametrize("name", sorted(sources.bundled()))
def test_a_bundled_api_over_the_wire(name: str) -> None:
    source = ApiSource(name, sources.document(str(sources.bundled()[name])), sources.fixtures_of(name))

    with start(name, "--no-rate-limits") as served:
        result = check(source, Options(served.url, keys=KEYS, write=True, only=("laws",)))
        complaints = served.complaints()

    assert told(result) == []
    assert (result.code, result.trouble, complaints) == (0, "", "")
    assert [one.operation for one in result.coverage if not one.statuses] == [], "each operation is called"


@pytest.fixture
def specs(shared: Path) -> Path:
    """The collection of documents."""
    return shared / "specs"


@pytest.fixture
def keys_file(tmp_path: Path) -> str:
    """One key and no other: without such a file a mock takes nearly any, which a check can't know."""
    (tmp_path / "keys.yaml").write_text("test-key: {}\n")
    return str(tmp_path / "keys.yaml")


LARGE = ("asana.yaml", "box.json", "close.yml", "intercom.yaml")  # half a minute each: `make soak`
SMALL = (
    "callback-3.0.yaml", "jira-2.0.yaml", "link-3.0.yaml", "petstore-expanded-2.0.yaml", "petstore-expanded-3.0.yaml",
    "petstore-separate-2.0/spec/swagger.yaml", "pipedrive-v1.yaml", "tags-3.2.yaml", "tictactoe-3.1.yaml",
    "train-travel.yaml", "uber-2.0.yaml", "webhook-3.1.yaml",
)  # fmt: skip
MANY = ("jira-2.0.yaml", "pipedrive-v1.yaml", *LARGE)  # hundreds of operations: schemathesis ends when its time is over


def checked(specs: Path, name: str, keys: str, **options: Any) -> Result:
    """A check of the mock of a document of the collection, over the wire, with a key that it takes."""
    path = str(specs / name)
    source = ApiSource(sources.name_of(path), sources.document(path))
    with start(path, "--no-rate-limits", "--keys", keys) as served:
        return check(source, Options(served.url, keys={"key": "test-key"}, write=True, **options))


def test_no_document_is_left_out(specs: Path) -> None:
    files = {str(path.relative_to(specs)) for path in specs.rglob("*") if path.suffix in (".yaml", ".yml", ".json")}

    whole = {name for name in files if not name.startswith("petstore-separate-2.0/")}  # the rest of it are its parts
    assert whole == {*SMALL, *LARGE} - {"petstore-separate-2.0/spec/swagger.yaml"}


@pytest.mark.parametrize("name", [*SMALL, *(pytest.param(one, marks=pytest.mark.soak) for one in LARGE)])
def test_a_document_from_elsewhere(name: str, specs: Path, keys_file: str) -> None:
    result = checked(specs, name, keys_file, only=("laws",))

    assert told(result) == []
    assert (result.code, result.trouble) == (0, "")


ODD = """
GET /admins -> {admins: [Admin]}
GET /admins/{id:int} -> Admin
GET /contacts -> {contacts: [Contact]}
POST /contacts <Contact> -> Contact
GET /contacts/{id} -> Contact
DELETE /contacts/{id} -> 204
GET /contacts/{id}/notes -> {notes: [Note]}
POST /contacts/{id}/notes <{body!: str, contact_id: str}> -> Note
GET /articles -> {articles: [Article]}
POST /articles <{title!: str, admin_id: str}> -> Article
GET /articles/{id:int} -> Article
PUT /articles/{id:int} <{title: str, admin_id: str}> -> Article
Admin = {-id!: int, name: str}
Contact = {-id!: str, name: str}
Note = {-id!: str, body: str, contact: {id: str, type: str}}
Article = {-id!: int, title: str, admin_id: str}
"""


def test_ids_of_two_types_and_references_that_are_shown_as_records(keys_file: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.yaml"
    path.write_text(f"openapi: 3.1.0\ninfo: {{title: Odd, version: '1'}}\n{document(ODD)}")

    result = checked(tmp_path, path.name, keys_file, only=("laws",))

    assert told(result) == []
    assert (result.code, result.trouble) == (0, "")


@pytest.mark.soak
@pytest.mark.parametrize("name", [*SMALL, *LARGE])
def test_a_document_from_elsewhere_in_the_other_parts(name: str, specs: Path, keys_file: str) -> None:
    result = checked(specs, name, keys_file, only=("model", "schemathesis"), examples=2 if name in MANY else 10)

    assert told(result) == []
    assert (result.code, result.trouble) == (0, "")
