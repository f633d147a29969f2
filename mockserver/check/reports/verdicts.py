"""What reports share: each law of each operation as one case with an outcome, and words for a result as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from mockserver.check.curl import script
from mockserver.check.findings import COULD_NOT_CHECK, FOUND, INTERRUPTED, Finding, Result
from mockserver.world import times

VERDICTS = {COULD_NOT_CHECK: "could not be checked", INTERRUPTED: "interrupted"}


class Case(NamedTuple):
    """One law on one operation."""

    part: str
    law: str
    operation: str
    held: int  # how often
    findings: tuple[Finding, ...]
    accepted: tuple[tuple[Finding, str], ...]


def cases(result: Result) -> Iterator[Case]:
    """Every law that was tried of every operation, then what was found of anything that is no operation."""
    broken: dict[tuple[str, str], list[Finding]] = {}
    known: dict[tuple[str, str], list[tuple[Finding, str]]] = {}
    for one in result.findings:
        broken.setdefault((one.operation, f"{one.part}/{one.law}"), []).append(one)
    for one, reason in result.accepted:
        known.setdefault((one.operation, f"{one.part}/{one.law}"), []).append((one, reason))
    tried = {(one.operation, law): held for one in result.coverage for law, (held, _) in one.laws.items()}
    for key in dict.fromkeys((*tried, *broken, *known)):
        part, _, law = key[1].partition("/")
        yield Case(part, law, key[0], tried.get(key, 0), tuple(broken.get(key, ())), tuple(known.get(key, ())))


def verdict(result: Result) -> str:
    """`conforms`, `3 findings`, `could not be checked`, `interrupted`."""
    count = len(result.findings)
    if result.code == FOUND or (result.code == INTERRUPTED and count):
        found = f"{count} finding{'' if count == 1 else 's'}"
        return f"interrupted after {found}" if result.code == INTERRUPTED else found
    return VERDICTS.get(result.code, "conforms" if result.is_whole else "no finding until its time was over")


def origin(result: Result) -> str:
    """The server's address, without a path."""
    parts = urlsplit(result.url)
    return f"{parts.scheme}://{parts.netloc}"


def shown(finding: Finding, result: Result) -> str:
    """The script that shows a finding; empty where no call does."""
    return script(finding, origin(result)) if finding.exchanges else ""


def said_by(finding: Finding) -> str:
    """What the document's x-source says of the place: `implied; created_at is …`."""
    source = finding.place.source
    return "; ".join(source[word] for word in ("status", "gap", "reading", "note") if source.get(word))


def facts(finding: Finding) -> dict[str, str]:
    """What there is to say of a finding, in order, by what it is: `expected`, `seen`, `document`, `source`."""
    place = finding.place
    found = {"expected": finding.expected, "seen": finding.seen, "source": said_by(finding)}
    if place.pointer:
        found["document"] = f"{place.position} #{place.pointer}"
    return {name: found[name] for name in ("expected", "seen", "document", "source") if found.get(name)}


def moment(milliseconds: int) -> str:
    """A time as people and machines read it: `2026-03-01T12:00:00Z`."""
    return times.text(milliseconds)


def exact(milliseconds: int) -> str:
    """A time to the millisecond."""
    return times.text(milliseconds, "milliseconds")
