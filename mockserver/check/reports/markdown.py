"""The result as Markdown, for a pull request, a job summary or a ticket."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mockserver.check.findings import Coverage, Finding, Result
from mockserver.check.reports.verdicts import facts, moment, shown, verdict

LONGEST = 400  # characters of what was seen


def text(result: Result) -> str:
    """The report."""
    return "\n".join(_lines(result)) + "\n"


def _lines(result: Result) -> Iterator[str]:
    yield f"# {_plain(result.title)} {_plain(result.version)}: {verdict(result)}"
    yield ""
    yield f"{code(result.url)}, {moment(result.started)}: {result.calls} calls in {result.seconds:.1f} s"
    if result.trouble:
        yield f"\n**{_plain(result.trouble)}**"
    if result.findings:
        yield "\n## Findings\n\n| | severity | operation | law | expected | seen |"
        yield "| --- | --- | --- | --- | --- | --- |"
        for number, one in enumerate(result.findings, 1):
            cells = (one.severity, code(one.operation), f"{one.part}/{one.law}", _plain(one.expected), _plain(one.seen))
            yield f"| {number} | {' | '.join(cells)} |"
        for number, one in enumerate(result.findings, 1):
            yield from _about(number, one, result)
    yield from _list("Accepted by the baseline", (f"{code(o.fingerprint)}: {_plain(r)}" for o, r in result.accepted))
    yield from _list("The baseline", map(_plain, result.baseline))
    yield from _list("Left over on the server", (
        f"{one.resource} {code(one.key)} (by {one.operation}): {_plain(one.why)}" for one in result.left_over
    ))  # fmt: skip
    yield from _list("Not checked", (f"{one.what}: {_plain(one.reason)}" for one in result.skipped))
    if result.coverage:
        yield "\n## Coverage\n\n| operation | answers | laws kept | laws broken |\n| --- | --- | --- | --- |"
        yield from map(_row, result.coverage)
    if result.command:
        yield f"\nRepeat it with seed {result.seed}:\n\n{fenced(result.command, 'sh')}"


def _about(number: int, finding: Finding, result: Result) -> Iterator[str]:
    yield f"\n### {number}. {code(finding.operation)} breaks {finding.part}/{finding.law}\n\n{_plain(finding.says)}\n"
    for name, value in facts(finding).items():
        yield f"- {name}: {code(value) if name == 'document' else _plain(value)}"
    if calls := shown(finding, result):
        yield f"\n{fenced(calls, 'sh')}"


def _row(one: Coverage) -> str:
    answers = ", ".join(f"{status}: {count}" for status, count in sorted(one.statuses.items()))
    broken = [law for law, (_, times) in one.laws.items() if times]
    kept = len(one.laws) - len(broken)
    return f"| {code(f'{one.method} {one.path}')} | {answers or 'none'} | {kept} | {', '.join(broken)} |"


def _list(title: str, lines: Iterator[str]) -> Iterator[str]:
    found = [f"- {line}" for line in lines]
    if found:
        yield f"\n## {title}\n"
        yield from found


def _plain(value: str) -> str:
    """A text in one line, in which nothing is markup."""
    value = " ".join(value.split())
    value = value if len(value) <= LONGEST else f"{value[: LONGEST - 1]}…"
    return re.sub(r"([\\`*_{}\[\]<>|#~])", r"\\\1", value)


def code(value: str) -> str:
    """A text as code, within a table too."""
    value = " ".join(value.split()).replace("|", "\\|")
    ticks = "`" * (max((len(run) for run in re.findall("`+", value)), default=0) + 1)
    space = " " if value.startswith("`") or value.endswith("`") else ""
    return f"{ticks}{space}{value}{space}{ticks}" if value else ""


def fenced(value: str, language: str) -> str:
    """A block of code, fenced by more backticks than it holds."""
    ticks = "`" * max(3, max((len(run) for run in re.findall("`+", value)), default=0) + 1)
    return f"{ticks}{language}\n{value}\n{ticks}"
