"""docs/documents.md: what becomes of vendors' documents when they are served."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from breaking import broken
from drive import Driver, Route, driver, is_success, medias
from vendors import DOCUMENTS, FOLDER

from mockserver.spec.model import Operation
from mockserver.steps.call import Answer, Request

PAGE = Path(__file__).resolve().parents[2] / "docs" / "documents.md"
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


class Asked(NamedTuple):
    """A request that an operation was sent, and what came of it. `fault` is what is wrong with the request."""

    route: Route
    request: Request
    answer: Answer
    fault: str
    is_fine: bool  # a declared success, or a refusal
    is_empty: bool  # 404, for there is no record and no way to make one
    breaches: list[str]  # of the document, by the answer


def asked(api: Driver) -> Iterator[Asked]:
    """All that the page counts, of a driver that nothing was asked of before."""
    for route in api.routes:
        operation = api.operation(route)
        valid = ((route, whole, media) for media in medias(operation) for whole in (True, False))
        for request in (api.request(*one) for one in valid):
            answer, breaches = _answered(api, operation, request)
            is_fine = is_success(operation, answer.status) and not breaches
            is_empty = not is_fine and answer.status == 404 and api.is_empty(operation)
            yield Asked(route, request, answer, "", is_fine, is_empty, breaches)
        for fault, request in broken(api, route):
            answer, breaches = _answered(api, operation, request)
            yield Asked(route, request, answer, fault, 400 <= answer.status < 500, False, breaches)


def _answered(api: Driver, operation: Operation, request: Request) -> tuple[Answer, list[str]]:
    answer = api.ask(request)
    return answer, api.judge.faults(operation, answer) if operation.response(answer.status) else []


def page() -> str:
    """The page, in Markdown."""
    rows, lost, mended = [], [], []
    for path in DOCUMENTS:
        api = driver(path)
        one_row, one_lost, one_mended = parts(path, api, asked(api))
        rows.append(one_row)
        lost += one_lost
        mended += one_mended
    return "".join([HEAD, *rows, "\n## Not served, and why\n\n", *lost, "\n## Mended\n\n", *mended])


def label(path: Path) -> str:
    """How the page names a document."""
    return path.name if path.parent == FOLDER else f"{path.parent.parent.name}/"


def parts(path: Path, api: Driver, found: Iterable[Asked]) -> tuple[str, list[str], list[str]]:
    """The lines about one document: of the table, of what isn't served and of what was mended."""
    name = label(path)
    counts = Counter[str]()
    for one in found:
        sort = "broken" if one.fault else "valid"
        counts.update({sort: 1, f"{sort}, fine": one.is_fine, "empty": one.is_empty})
    operations = len(api.served.api.routes)
    served = operations - sum(_lost(api).values())
    asked_and_got = [counts[of] for of in ("valid", "valid, fine", "empty", "broken", "broken, fine")]
    row = [name, _version(api), operations, served, *asked_and_got, sum(_notes(api).values())]
    return (
        f"| {' | '.join(map(str, row))} |\n",
        [f"- {name}: {count} {reason}\n" for reason, count in sorted(_lost(api).items())],
        [f"- {name}: {reason} ({count})\n" for reason, count in _notes(api).most_common()],
    )


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
