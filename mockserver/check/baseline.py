"""Known findings that are accepted for a while: a file that says which, why, and until when."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path

import orjson

from mockserver.check.findings import CONFORMS, FOUND, PARTS, Finding, Result
from mockserver.spec.errors import Position, SpecError, nearest
from mockserver.spec.model import Json
from mockserver.spec.positions import lines
from mockserver.spec.text import values

WORDS = ("finding", "reason", "until")
FOR = timedelta(days=90)  # how long a first baseline accepts what it lists


@dataclass(frozen=True, slots=True)
class Entry:
    """One accepted finding, or several: `*` in its name stands for anything."""

    finding: str  # 'laws/pages-once/listUsers'
    reason: str
    until: date  # the last day on which it is accepted, UTC
    position: Position

    def covers(self, finding: Finding) -> bool:
        """Whether a finding is the one that is meant."""
        return self.finding == finding.fingerprint or fnmatchcase(finding.fingerprint, self.finding)


def read(file: str) -> tuple[Entry, ...]:
    """The entries of a baseline, YAML or JSON. Raises SpecError, with file and line, for what is none."""
    try:
        data = Path(file).read_bytes()
    except OSError as error:
        raise SpecError(f"the baseline can't be read: {error.strerror}", Position(file, "")) from None
    content, notes = values(data, file)

    def at(pointer: str) -> Position:
        return Position(file, pointer, lines(data, [pointer]).get(pointer))

    for note in notes:
        raise SpecError(note.message, at(note.pointer))
    if not isinstance(content, dict):
        raise SpecError("a baseline is an object with `accepted`, a list of findings", at(""))
    for word in content:
        if word != "accepted":
            raise SpecError(f"unknown word {word!r}{nearest(str(word), ['accepted'])}", at(f"/{word}"))
    accepted = content.get("accepted") or []
    if not isinstance(accepted, list):
        raise SpecError("`accepted` is a list of findings", at("/accepted"))
    return tuple(_entry(one, at(f"/accepted/{number}")) for number, one in enumerate(accepted))


def _entry(said: Json, position: Position) -> Entry:
    if not isinstance(said, dict):
        raise SpecError("an entry has the words finding, reason and until", position)
    for word in said:
        if word not in WORDS:
            raise SpecError(f"unknown word {word!r}{nearest(str(word), WORDS)}", position)
    for word in WORDS:
        if not str(said.get(word) or "").strip():
            raise SpecError(f"{word!r} is missing: an entry has a finding, a reason, and until when it holds", position)
    name = str(said["finding"])
    part = name.partition("/")[0]
    if name.count("/") < 2 or ("*" not in part and part not in PARTS):
        hint = nearest(part, PARTS) if name.count("/") >= 2 else ""
        raise SpecError(f"{name!r} is no finding, such as laws/pages-once/listUsers{hint}", position)
    try:
        until = date.fromisoformat(str(said["until"])[:10])
    except ValueError:
        raise SpecError(f"{str(said['until'])!r} is no date, such as 2027-01-31", position) from None
    return Entry(name, " ".join(str(said["reason"]).split()), until, position)


def applied(result: Result, entries: Iterable[Entry], tried: Callable[[str, str], bool]) -> Result:
    """A result in which accepted findings no longer count; an entry is held to the day on which the check began.

    `tried` says of a part and a law whether it was checked whole, so that what isn't found is gone.
    """
    today = datetime.fromtimestamp(result.started / 1000, UTC).date()
    known = [*entries]
    counting: list[Finding] = []
    accepted: list[tuple[Finding, str]] = []
    for finding in result.findings:
        entry = next((one for one in known if one.until >= today and one.covers(finding)), None)
        if entry is None:
            counting.append(finding)
        else:
            accepted.append((finding, f"{entry.reason} (until {entry.until})"))
    notes = [note for entry in known if (note := _note(entry, result, today, tried))]
    code = CONFORMS if result.code == FOUND and not counting else result.code
    return replace(result, findings=tuple(counting), accepted=tuple(accepted), baseline=tuple(notes), code=code)


def _note(entry: Entry, result: Result, today: date, tried: Callable[[str, str], bool]) -> str:
    """What is to be said of an entry: that its time is over, or that there is nothing left to accept."""
    where = f"{entry.position.file}:{entry.position.line}" if entry.position.line else entry.position.file
    covered = any(entry.covers(one) for one in result.findings)
    if covered and entry.until < today:
        return f"{entry.finding} was accepted until {entry.until} ({entry.reason}) and counts again; {where}"
    part, law, _ = entry.finding.split("/", 2)
    if not covered and tried(part, law):
        return f"{entry.finding} was not found any more: the entry can go; {where}"
    return ""


def write(file: str, result: Result) -> int:
    """A first baseline of all that counts in a result and what was accepted before; how many entries it has."""
    until = (datetime.fromtimestamp(result.started / 1000, UTC).date() + FOR).isoformat()
    found: dict[str, Finding] = {}
    for one in (*result.findings, *(accepted for accepted, _ in result.accepted)):
        found.setdefault(one.fingerprint, one)
    parts = ["# Findings of `mockserver check` that are known; after `until` they count again. Give each its reason."]
    parts.append("accepted:" if found else "accepted: []")
    for name, one in found.items():
        seen = " ".join(f"expected {one.expected}; seen: {one.seen}".split())
        parts += [f"  # {seen[:160]}", f"  - finding: {_written(name)}"]
        parts += [f"    reason: {_written(f'known since {result_day(result)}')}", f"    until: {_written(until)}"]
    Path(file).write_text("\n".join(parts) + "\n", encoding="utf-8", errors="replace")
    return len(found)


def result_day(result: Result) -> str:
    """The day of a check."""
    return datetime.fromtimestamp(result.started / 1000, UTC).date().isoformat()


def _written(value: str) -> str:
    """A text in YAML: JSON strings are, too."""
    return orjson.dumps(value).decode()
