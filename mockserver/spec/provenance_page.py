"""What of documents is certain, as a page that a person reads (Markdown, as GitHub shows it)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mockserver.spec.model import Json
from mockserver.spec.provenance import STATUSES, UNMARKED

INTRODUCTION = """\
# What is certain

How much of each API its vendor's text says, and what had to be read into it. `mockserver gaps [API ...]` prints this
page, of a document of your own as well; `--format json` gives the same as data.

Every part of a document has a status, from its `x-source` or that of the part around it:

- **documented**: the vendor's text says it, in words, a table or an example.
- **implied**: the text refers to it without describing it.
- **assumed**: the text is silent, and a reading was chosen.
- **contradiction**: the text contradicts itself, and a reading was chosen.

A gap is whatever the text leaves open or contradicts, also about something that it documents otherwise. The mock does
what the column "Reading" says. The last column is where the document says so, as a JSON pointer.
"""
NO_SOURCE = """\
This document doesn't say where its statements come from: it has no `x-source`. To mark a part of it, in the document
or in an overlay, put beside its description:

```yaml
x-source: {status: assumed, gap: what the vendor's text leaves open, reading: how it is read, note: what else to say}
```
"""
PLURALS = {"operation": "operations", "event": "events", "parameter": "parameters", "answer": "answers",
           "header": "headers", "schema": "schemas", "field": "fields", "rule": "other rules"}  # fmt: skip
ADJECTIVES = {"contradiction": "contradictory"}
SHOWN = 4  # of the parts that a gap is about; the others are counted


def page(reports: Mapping[str, Mapping[str, Json]]) -> str:
    """The page of reports (`provenance.report`) by the names of their APIs."""
    sections = [INTRODUCTION]
    if len(reports) > 1:
        sections.append(_overview(reports))
    return "\n".join([*sections, *(_api(name, report) for name, report in reports.items())])


def _overview(reports: Mapping[str, Mapping[str, Json]]) -> str:
    rows = []
    for name, report in reports.items():
        said = _totals(report)
        title = f"[{_cell(report['title'])}](#{name})" if report["marked"] else _cell(report["title"])
        numbers = [str(said.get(status, 0)) for status in STATUSES]
        rows.append([title, str(len(report["operations"])), *numbers, str(len(report["gaps"]))])
    return _table(["API", "operations", *STATUSES, "gaps"], rows)


def _api(name: str, report: Mapping[str, Json]) -> str:
    version = f", version {_cell(report['version'])}" if report["version"] else ""
    heading = f"## {name}\n\n{_cell(report['title'])}{version}"
    if not report["marked"]:
        return f"{heading}\n\n{NO_SOURCE}"
    operations = [[_operation(one["operation"]), _cell(one["summary"]), one["status"]] for one in report["operations"]]
    return "\n".join(
        [
            f"{heading}: {_summary(report)}\n",
            _counts(report["counts"]),
            "### Operations and events\n",
            _table(["Operation", "What it does", "Status"], operations),
            "### Gaps\n",
            _table(["Where", "What the text lacks", "Reading", "Status", "Pointer"], [*map(_gap, report["gaps"])]),
        ]
    )


def _summary(report: Mapping[str, Json]) -> str:
    """`120 statements: 80 documented, 10 implied, 30 assumed; 21 gaps.`"""
    said = _totals(report)
    words = [f"{said[status]} {ADJECTIVES.get(status, status)}" for status in (*STATUSES, UNMARKED) if status in said]
    return f"{_many(sum(said.values()), 'statement')}, {', '.join(words)}; {_many(len(report['gaps']), 'gap')}."


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _totals(report: Mapping[str, Json]) -> dict[str, int]:
    said: dict[str, int] = {}
    for row in report["counts"].values():
        for status, number in row.items():
            said[status] = said.get(status, 0) + number
    return {status: said[status] for status in (*STATUSES, UNMARKED) if status in said}


def _counts(counts: Mapping[str, Mapping[str, int]]) -> str:
    columns = [status for status in (*STATUSES, UNMARKED) if any(status in row for row in counts.values())]
    rows = [[PLURALS[kind], *(str(row.get(status, "")) for status in columns)] for kind, row in counts.items()]
    return _table(["", *columns], rows)


def _gap(gap: Mapping[str, Json]) -> list[str]:
    lacks = [_sentence(gap[word]) for word in ("gap", "note") if gap[word]]
    reading = _sentence(gap["reading"]) if gap["reading"] else ""
    return [_few(map(_cell, gap["where"])), "<br>".join(lacks), reading, gap["status"], _code(gap["pointers"][0])]


def _sentence(text: str) -> str:
    """A text as a sentence in a cell: with a capital letter, unless it begins with a name, and a full stop."""
    said = _cell(text)
    capital = said[:1].upper() if re.match(r"[a-z]+\b(?!_)", said) else said[:1]
    return capital + said[1:] + ("" if said.endswith((".", "!", "?")) else ".")


def _operation(name: str) -> str:
    return f"event {_code(name.removeprefix('event '))}" if name.startswith("event ") else _code(name)


def _code(text: str) -> str:
    return f"`{text}`".replace("|", r"\|")


def _few(words: Json) -> str:
    """The first of a list, each in a line of its own, and how many more there are."""
    listed = list(dict.fromkeys(words))
    more = [f"and {len(listed) - SHOWN} more"] if len(listed) > SHOWN + 1 else []
    return "<br>".join([*listed[: SHOWN if more else SHOWN + 1], *more])


def _cell(text: str) -> str:
    """A text as it can stand in a cell: in one line; `<` is no tag, but for code, where it can't be one."""
    parts = " ".join(text.split()).replace("|", r"\|").split("`")
    return "`".join(part.replace("<", "&lt;") if index % 2 == 0 else part for index, part in enumerate(parts))


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
