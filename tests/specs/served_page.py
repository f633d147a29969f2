"""docs/documents.md: what becomes of vendors' documents when they are served."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from breaking import broken
from drive import Driver, driver, is_success, medias
from vendors import DOCUMENTS, FOLDER

HEAD = """\
# Vendors' documents, served

Made by `make docs` from the documents in `../shared/specs` beside the repository, and left alone where there are none.

Each document is served as it is, and each of its operations asked: with all that is optional and without it, in every
media type of its body. A success is declared in the document, and its status, media type, headers, body are as the
whole document says, judged by other code than what made the answer. Each operation with input is then sent
requests with one fault each, and must refuse them with a 4xx in the document's own error schema, or problem details
(RFC 9457) where it declares none. `empty` counts requests for a record where the document shows no record and has no
operation that makes one: they get a 404. What was mended is told at start, and refused with `--strict`.

| document | version | operations | served | valid requests | success | empty | broken requests | refused | mended |
|---|---|---|---|---|---|---|---|---|---|
"""


def page() -> str:
    """The page, in Markdown."""
    rows, lost, mended = [], [], []
    for path in DOCUMENTS:
        api = driver(path)
        name = path.name if path.parent == FOLDER else f"{path.parent.parent.name}/"
        rows.append(f"| {' | '.join([name, *_row(api)])} |\n")
        lost += [f"- {name}: {count} {reason}\n" for reason, count in sorted(_lost(api).items())]
        mended += [f"- {name}: {reason} ({count})\n" for reason, count in _notes(api).most_common()]
    parts = [HEAD, *rows, "\n## Not served, and why\n\n", *lost, "\n## Mended\n\n", *mended]
    return "".join(parts)


def _row(api: Driver) -> list[str]:
    asked, succeeded, empty, spoilt, refused = 0, 0, 0, 0, 0
    for route in api.routes:
        operation = api.operation(route)
        for media in medias(operation):
            for whole in (True, False):
                answer = api.ask(api.request(route, whole, media))
                faults = api.judge.faults(operation, answer) if operation.response(answer.status) else []
                fine = is_success(operation, answer.status) and not faults
                asked, succeeded = asked + 1, succeeded + fine
                empty += not fine and answer.status == 404 and api.is_empty(operation)
        for _, request in broken(api, route):
            spoilt, refused = spoilt + 1, refused + (400 <= api.ask(request).status < 500)
    said = api.document.uri and _version(api)
    operations = len(api.served.api.routes)
    served = operations - sum(_lost(api).values())
    notes = sum(_notes(api).values())
    return [str(one) for one in (said, operations, served, asked, succeeded, empty, spoilt, refused, notes)]


def _version(api: Driver) -> str:
    """The version that the file itself says."""
    text = Path(api.document.uri).read_text(encoding="utf-8")
    found = re.search(r"""^\s*["']?(?:openapi|swagger)["']?\s*:\s*["']?([\d.]+)""", text, re.MULTILINE)
    return found[1] if found else "?"


def _lost(api: Driver) -> Counter[str]:
    """Why operations aren't served."""
    reasons = [*api.served.api.broken.values(), *(reason for _, _, reason in filter(None, api.service.check()))]
    return Counter(map(_plain, reasons))


def _notes(api: Driver) -> Counter[str]:
    return Counter(_plain(note.message) for note in api.document.notes if note.harm == "mended")


def _plain(message: str) -> str:
    """A message without the names in it, so that equal ones are counted together."""
    method = r"\b(?:get|put|post|delete|options|head|patch|trace|GET|PUT|POST|DELETE|OPTIONS|HEAD|PATCH|TRACE) "
    return re.sub(rf"{method}\S+(?<![,;])|(?<!\w)'[^']*'|\"[^\"]*\"|(?<!\w)/\S+", "…", message)
