"""schemathesis, an independent checker, finds no server error in vendors' documents, and no answer that breaks them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from schemathesis_runs import checked
from serving import start
from vendors import DOCUMENTS

from mockserver import sources
from mockserver.spec import operations
from mockserver.spec.model import Api

CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance",
)  # fmt: skip
PHASES = ("examples", "coverage", "fuzzing")
PATHS = 2  # of a document, in the ordinary run: the first and the last
# What documents leave undeclared, and HTTP knows better: [check, operationId, what was sent, what was answered].
EXCUSED = [
    # refusals of which the document says nothing are problem details (RFC 9457)
    ("UndefinedStatusCode", ".*", "", r"\A(4[0-9][0-9]) application/problem\+json"),
    # a 204 has no body, whatever the document says (RFC 9110, section 15.3.5)
    ("MalformedJson|MissingContentType|UndefinedContentType", ".*", "", r"\A(204|205|304) \n\Z"),
]
OWN = {
    # its errors are described outside its folder, where no `$ref` may lead; any value is taken
    "swagger.yaml": [("JsonSchemaError", ".*", "", r"\A4[0-9][0-9] application/json\n")],
    # its operations have no responses at all
    "tags-3.2.yaml": [("UndefinedStatusCode", ".*", "", r"\A200 \n\Z")],
}


def understood(path: Path) -> Api:
    return operations.read(sources.document(str(path)), "api")


WITH_PATHS = [path for path in DOCUMENTS if re.search(rb'["\n]paths"?:', path.read_bytes())]  # one has webhooks only
every_document = pytest.mark.parametrize("path", WITH_PATHS, ids=lambda path: path.name)


def spread(path: Path, count: int) -> list[str]:
    """Some of a document's paths, the same in every run."""
    known = list(dict.fromkeys(one for one, _ in understood(path).routes if "#" not in one))
    step = max(1, (len(known) - 1) // max(1, count - 1))
    return known[::step][:count]


def check(path: Path, folder: Path, *, examples: int, seed: int, paths: list[str], seconds: int) -> dict[str, Any]:
    """What schemathesis reports of a document that is served; of some of its paths, or all when none are named."""
    with start(str(path), "--no-rate-limits") as served:
        served.control("clock", {"freeze": "2026-01-01T00:00:00Z"})  # what it makes up depends on what it has seen
        return checked(
            path, served.url + understood(path).base_paths[0], folder, "--checks", ",".join(CHECKS),
            "--phases", ",".join(PHASES), "--suppress-health-check", "all",
            *(part for one in paths for part in ("--include-path", one)),
            examples=examples, excused=[*EXCUSED, *OWN.get(path.name, ())], seed=seed, seconds=seconds,
        )  # fmt: skip


def judge(found: dict[str, Any]) -> None:
    """Nothing is wrong, and something was looked at."""
    assert found.get("failures") == [], found["printed"]
    assert found["errors"] == [], found["printed"]
    assert found["complete"], found["printed"]
    assert found["operations"]["tested"] > 0, found["printed"]
    assert found["phases"]["coverage"]["status"] == "success", found["printed"]


@pytest.mark.slow
@every_document
def test_schemathesis_finds_nothing(path: Path, tmp_path: Path) -> None:
    judge(check(path, tmp_path, examples=2, seed=1, paths=spread(path, PATHS), seconds=120))


@pytest.mark.soak
@pytest.mark.parametrize("seed", [1, 2, 3])
@every_document
def test_schemathesis_finds_nothing_however_long(path: Path, seed: int, tmp_path: Path) -> None:
    judge(check(path, tmp_path, examples=15, seed=seed, paths=[], seconds=3600))
