"""A result as text for people: the most serious first, each with what shows it."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

from mockserver.check.curl import script
from mockserver.check.findings import COULD_NOT_CHECK, INTERRUPTED, SEVERITIES, Finding, Result

WIDTH = 110
MOST_LEFT = 10  # records left over that are named one by one


def page(result: Result) -> Iterator[str]:
    """The lines of a result."""
    yield headline(result)
    for number, finding in enumerate(result.findings, 1):
        yield ""
        yield from about(number, finding, result)
    if result.accepted:
        yield ""
        yield f"Accepted by the baseline: {len(result.accepted)}"
        yield from (f"  {one.fingerprint}: {reason}" for one, reason in result.accepted)
    if result.baseline:
        yield ""
        yield "Of the baseline:"
        yield from (f"  {one}" for one in result.baseline)
    if result.left_over:
        yield ""
        yield f"Left over on the server, {len(result.left_over)} of what the check made:"
        yield from _left(result)
    unchecked = [one for one in result.skipped if "asked for" not in one.reason]
    if unchecked:
        yield ""
        yield "Not checked:"
        yield from (f"  {one.what}: {one.reason}" for one in unchecked)
    if result.code != COULD_NOT_CHECK and result.command:
        yield ""
        yield f"Repeat it with: {result.command}"


def headline(result: Result) -> str:
    """One sentence that says it all."""
    where = f"{result.title} {result.version} at {result.url}".strip()
    if result.code == COULD_NOT_CHECK:
        return f"{where} could not be checked: {result.trouble}"
    counts = Counter(one.severity for one in result.findings)
    told = ", ".join(f"{counts[one]} {one}" for one in SEVERITIES if counts[one])
    count = len(result.findings)
    known = f"; {len(result.accepted)} accepted by the baseline" if result.accepted else ""
    good = "conforms" if result.is_whole else "no finding so far"
    verdict = f"{good}{known}" if not count else f"{count} finding{'s' if count > 1 else ''} ({told}){known}"
    how = f"{result.calls} calls, {result.seconds:.1f} s, seed {result.seed}"
    ended = "; interrupted" if result.code == INTERRUPTED else f"; {result.trouble}" if result.trouble else ""
    ended = ended or ("" if result.is_whole else "; its time was over")
    return f"{where}: {verdict}; {how}{ended}"


def about(number: int, finding: Finding, result: Result) -> Iterator[str]:
    """One finding."""
    yield f"{number}. {finding.severity}: {finding.operation} breaks {finding.part}/{finding.law}"
    yield from _wrapped("   ", finding.says)
    yield from _wrapped("   expected  ", finding.expected)
    yield from _wrapped("   seen      ", finding.seen)
    if finding.place.pointer:
        yield f"   document  {finding.place.position} #{finding.place.pointer}"
    source = finding.place.source
    if source:
        said = "; ".join(source[word] for word in ("gap", "reading") if source.get(word))
        yield from _wrapped("   source    ", f"{source.get('status', '')}{f': {said}' if said else ''}")
    if finding.exchanges:
        parts = urlsplit(result.url)
        yield "   show it:"
        yield from (f"     {line}" for line in script(finding, f"{parts.scheme}://{parts.netloc}").splitlines())


def _wrapped(start: str, text: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=start, subsequent_indent=" " * len(start), break_long_words=False
    ) or [start.rstrip()]  # fmt: skip


def _left(result: Result) -> Iterator[str]:
    for one in result.left_over[:MOST_LEFT]:
        yield f"  {one.resource} {one.key} (by {one.operation}): {one.why}"
    if (more := len(result.left_over) - MOST_LEFT) > 0:
        counts = Counter(one.resource for one in result.left_over[MOST_LEFT:])
        yield f"  and {more} more: {', '.join(f'{n} {name}' for name, n in counts.items())}"


def calls(result: Result) -> Iterator[str]:
    """What was called of each operation, how often and with which answers: what a dry run shows."""
    yield f"{result.calls} calls of {result.title}:"
    for one in result.coverage:
        count = sum(one.statuses.values())
        statuses = ", ".join(f"{status}: {n}" for status, n in sorted(one.statuses.items()))
        yield f"  {one.method:6} {one.path}  {count} calls{f' ({statuses})' if statuses else ''}"
