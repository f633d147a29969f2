"""What a check has seen and found, as frozen values; what the reports, the live display and the baseline speak in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

PARTS = ("preflight", "laws", "model", "schemathesis")
SEVERITIES = ("critical", "major", "minor")
"""critical: data is lost, leaked or wrong, or the server breaks; major: the contract is broken; minor: a detail is."""
CONFORMS, FOUND, COULD_NOT_CHECK, INTERRUPTED = 0, 1, 2, 130  # exit codes
COUNTED = re.compile(r"(?<!\w)(?![1-5]\d\d\b)\d+(?!\w)")  # a number in a sentence that is no status
NO_ANSWER = 0  # the status of an exchange that was never answered


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer. Credentials stand masked in `headers` and `path`; `key` says whose they were.

    `path` is what went over the wire, from the first slash on, with its query. An exchange that got no answer has the
    status NO_ANSWER, and `error` says what happened instead.
    """

    number: int  # counts from 1 within a run
    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    status: int
    answer_headers: tuple[tuple[str, str], ...]
    answer: bytes
    at: int  # milliseconds since 1970 UTC, when it was sent
    seconds: float  # from sending to the last byte of the answer
    operation: str = ""  # the operation's id; empty where no operation was meant
    key: str = ""  # which key it carried: 'key', 'readonly-key', 'burst-key', 'wrong' or, for none, ''
    error: str = ""

    def header(self, name: str) -> str | None:
        """A header of the answer, by its name in any case; a repeated one joined by ', '."""
        found = [value for one, value in self.answer_headers if one.lower() == name.lower()]
        return ", ".join(found) if found else None


@dataclass(frozen=True, slots=True)
class Place:
    """Where the document says something."""

    pointer: str = ""  # JSON pointer into the document (RFC 6901)
    position: str = ""  # 'openapi/crm.yaml:120'
    source: Mapping[str, str] = field(default_factory=dict)  # the nearest x-source: status, gap, reading, note


@dataclass(frozen=True, slots=True)
class Finding:
    """One way in which a server doesn't keep its document."""

    part: str  # one of PARTS
    law: str  # a stable name in kebab case, such as 'pages-once'
    operation: str  # the operationId, or 'GET /users'
    severity: str  # one of SEVERITIES
    says: str  # what holds, one sentence in the words of the document
    expected: str
    seen: str
    place: Place = Place()
    exchanges: tuple[Exchange, ...] = ()  # the fewest calls that show it, in order

    @property
    def fingerprint(self) -> str:
        """What stays the same from run to run, for a baseline: `laws/pages-once/listUsers`."""
        return f"{self.part}/{self.law}/{self.operation}"


@dataclass(frozen=True, slots=True)
class Created:
    """A record that the check has made on the server."""

    resource: str
    key: str
    operation: str  # that made it
    undo: str  # 'DELETE /users/usr_1'; empty where the document has no delete
    why: str = ""  # of one that is left over: why it couldn't be deleted


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was tried of one operation."""

    operation: str
    method: str  # upper case
    path: str  # the template
    statuses: Mapping[str, int]  # how often each status came: {'200': 12, '404': 1}
    documented: tuple[str, ...]  # the statuses that the document names
    laws: Mapping[str, tuple[int, int]]  # by 'laws/pages-once': how often it held, how often not


class Skipped(NamedTuple):
    """Something that was not checked, and what it would take."""

    what: str  # 'schemathesis', 'laws/last-one-stays'
    reason: str


@dataclass(frozen=True, slots=True)
class Result:
    """What a check found out. Everything in it may be shown: secrets are masked."""

    url: str
    api: str
    title: str
    version: str  # the document's
    document: str  # its file or URL
    seed: int
    code: int  # CONFORMS, FOUND, COULD_NOT_CHECK or INTERRUPTED
    started: int  # milliseconds since 1970 UTC
    seconds: float
    findings: tuple[Finding, ...] = ()  # most serious first
    accepted: tuple[tuple[Finding, str], ...] = ()  # those of the baseline, each with its reason
    baseline: tuple[str, ...] = ()  # of the baseline's entries: which are over, and which nothing matches
    coverage: tuple[Coverage, ...] = ()
    exchanges: tuple[Exchange, ...] = ()  # all of them, in order, as far as they were kept
    calls: int = 0  # all of them, a child's too
    left_over: tuple[Created, ...] = ()
    parts: Mapping[str, float] = field(default_factory=dict)  # the parts that ran, with the seconds that each took
    skipped: tuple[Skipped, ...] = ()
    trouble: str = ""  # why it could not check, one sentence
    command: str = ""  # what repeats it, without secrets

    @property
    def is_whole(self) -> bool:
        """Whether each part was done that was begun."""
        return self.code != INTERRUPTED and not any(
            one.what in PARTS and "time was over" in one.reason for one in self.skipped
        )


class Progress(NamedTuple):
    """How far a check has come."""

    part: str  # one of PARTS
    doing: str  # 'pages-once', 'examples 3 of 25', 'coverage'
    operation: str
    calls: int  # so far, in all
    findings: int  # so far, in all


Observer = Callable[[Progress], None]


def unobserved(progress: Progress) -> None:
    """An observer that looks away."""


def by_severity(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Most serious first, otherwise as they came. Of those of one law on one operation that say the same but for sizes
    and places, the first stands for all, and says so."""
    alike: dict[tuple[str, ...], dict[tuple[str, str], Finding]] = {}
    for one in findings:
        words = (COUNTED.sub("#", text) for text in (one.expected, one.seen))
        same = alike.setdefault((one.part, one.law, one.operation, *words), {})
        same.setdefault((one.expected, one.seen), one)
    found = []
    for same in alike.values():
        first, more = next(iter(same.values())), len(same) - 1
        found.append(replace(first, seen=f"{first.seen} (and {more} more like it)") if more else first)
    return tuple(sorted(found, key=lambda one: SEVERITIES.index(one.severity)))


def with_masked(finding: Finding, mask: Callable[[Exchange], Exchange], text: Callable[[str], str]) -> Finding:
    """A finding as it may be shown: a server may repeat a secret in what it says."""
    return replace(
        finding, exchanges=tuple(map(mask, finding.exchanges)),
        says=text(finding.says), expected=text(finding.expected), seen=text(finding.seen),
    )  # fmt: skip
