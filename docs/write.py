"""Writes the pages of docs/ that are made from what the package knows; `make docs` runs it, a test holds them fresh."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml

from mockserver.sources import scenario_vocabulary
from mockserver.spec import provenance, provenance_page, reference
from mockserver.spec.document import parse
from mockserver.spec.model import METHODS

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "mockserver"

X_MOCK = """\
# The words of x-mock

Made from `mockserver/spec/x-mock.yaml` by `make docs`.

An OpenAPI document says what requests and answers look like. `x-mock` says what happens in between, where the mock
can't guess it from the document: at the root of the document, beside `info` and `paths`, for the API as a whole, and
in an operation, beside its `responses`, for that operation. To leave somebody else's document as it is, say it in an
OpenAPI Overlay and serve the two together: `mockserver serve THEIRS.yaml --overlay MINE.yaml`.

```yaml
openapi: 3.1.0
x-mock:
  resources:
    tasks: {order: [-created_at], defaults: {done: false}}
paths:
  /tasks/{id}/finish:
    post:
      x-mock: {does: act, resource: tasks, key: $request.path.id, set: {done: true}}
```

Write only what is missing: whatever isn't said is guessed, and `mockserver explain API` shows all words of every
operation with where each is from, `guessed` or `given`. A word given replaces the word guessed. An unknown word is an
error that names the nearest known one. The examples in the tables are from the bundled documents.
"""
FIXTURES = """\
# The words of fixtures

Made from `mockserver/world/fixtures.yaml` by `make docs`.

Fixtures say what a world holds at first: which keys the API accepts, some records in full, and how the others are made
up. A bundled API has them in `fixtures/API/seed.yaml`; for a document of your own, `mockserver serve MINE.yaml
--fixtures FILE`. Without any, there are 50 records of each resource (150 of those that lie below others), or as many as
`--records tasks=40` asks for, and any key is accepted that doesn't begin with `invalid`.

```yaml
keys:
  test-key: {name: Ann (admin), role: admin}
records:
  tasks:
    count: 40
    named:
    - {id: task_1, title: Call the plumber}
    fake:
      priority: {weights: {low: 5, high: 1}}
      due_at: {after: created, within: [P1D, P30D], maybe: 0.5}
```

A record that is named keeps what it says; what it leaves out is made up like that of the others. Fields that `fake`
doesn't name follow from their names and schemas. The examples in the tables are from the bundled fixtures.
"""
SCENARIOS = """\
# The words of scenarios and rules

Made from `mockserver/trouble/scenarios.yaml` by `make docs`.

A scenario is a named set of rules, moves of the clock and data. `mockserver serve --scenario NAME` lets every world
begin with it (several may be named), `POST /_mock/scenarios/NAME` one world from now on; `GET /_mock/scenarios` lists
them. These come with the mock, for every API, your own document included: `empty`, `expired-key`, `flaky`, `full`,
`outage`, `rate-limited`, `slow`; they are in `fixtures/scenarios/`, an API's own in `fixtures/API/scenarios/`.

One of your own is a file that you name by its path, `--scenario monday.yaml`, or a body that you post:

```yaml
title: Monday morning
clock: [{freeze: '2026-06-01T08:00:00Z'}]
counts: {'*': 200}
rules:
- match: {operation: createUser}
  when: {sequence: [503, 503, pass]}
- then: {latency: {lognormal: {median: 200ms, p95: 2s}}}
```

A rule alone, without a scenario, is put in place by `POST /_mock/rules`. `counts` and `records` replace what a world
has of these resources. The examples in the tables are from the bundled scenarios.
"""


def pages() -> dict[str, str]:
    """The pages by their names in docs/."""
    documents = {name: _document(ROOT / "openapi" / f"{name}.yaml") for name in _apis()}
    reports = {name: provenance.report(document) for name, document in documents.items()}
    words, first = _yaml(PACKAGE / "spec" / "x-mock.yaml"), _yaml(PACKAGE / "world" / "fixtures.yaml")
    seeds = [("", _yaml(path)) for path in sorted((ROOT / "fixtures").glob("*/seed.yaml"))]
    troubles, shown = _scenarios()
    given = [one for document in documents.values() for one in _given(document.content)]
    roots = {"root": "At the root of the document", "operation": "In an operation", "resource": "Resource"}
    return {
        "gaps.md": provenance_page.page(reports),
        "x-mock.md": reference.page(words, roots, X_MOCK, reference.examples(words, given)),
        "scenarios.md": reference.page(troubles, {"": "A scenario"}, SCENARIOS, reference.examples(troubles, shown)),
        "fixtures.md": reference.page(first, {"": "A file of fixtures"}, FIXTURES, reference.examples(first, seeds)),
    }


def _scenarios() -> tuple[Any, list[tuple[str, Any]]]:
    """The vocabulary of scenarios, and the bundled ones."""
    return scenario_vocabulary(), [("", _yaml(path)) for path in sorted((ROOT / "fixtures").rglob("scenarios/*.yaml"))]


def _apis() -> list[str]:
    return sorted(path.stem for path in (ROOT / "openapi").glob("*.yaml"))


def _document(path: Path) -> Any:
    return parse(str(path), lambda uri: Path(uri).read_bytes())


def _given(content: dict[str, Any]) -> list[tuple[str, Any]]:
    """All x-mock of a document, by where it stands."""
    items = [*content["paths"].values(), *content.get("webhooks", {}).values()]
    operations = [item[method] for item in items for method in METHODS if method in item]
    return [("root", content.get("x-mock", {})), *(("operation", one.get("x-mock", {})) for one in operations)]


def _yaml(path: Path) -> Any:
    return yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)


def inference() -> str | None:
    """The page on inference; None where the vendors' documents aren't there."""
    sys.path[:0] = [str(ROOT / "tests" / "inference"), str(ROOT / "tests")]
    from documents import NAMES, load
    from page import page, walked
    from walking import in_process, walk

    def row(name: str) -> str:
        return walked(name, walk(load(name).apis[name], in_process(load(name))))

    return page(row) if NAMES else None


def served() -> str | None:
    """The page on documents that are served; None where the vendors' documents aren't there."""
    sys.path[:0] = [str(ROOT / "tests" / "specs"), str(ROOT / "tests")]
    from served_page import DOCUMENTS, page

    return page() if DOCUMENTS else None


if __name__ == "__main__":
    for name, text in pages().items():
        (ROOT / "docs" / name).write_text(text, encoding="utf-8")
    if about := inference():
        (ROOT / "docs" / "inference.md").write_text(about, encoding="utf-8")
    if about := served():
        (ROOT / "docs" / "documents.md").write_text(about, encoding="utf-8")
