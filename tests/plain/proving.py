"""What a check finds in the plain servers: clean, with each planted bug, or with any other change of their source.

`python -m tests.plain.proving` checks each bug and writes docs/check-proof.md; it ends with 1 when one is missed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from multiprocessing import Pool
from pathlib import Path
from typing import NamedTuple

from mockserver import sources
from mockserver.check.findings import FOUND, Finding, Result
from mockserver.check.options import Options
from mockserver.check.running import check
from mockserver.service import ApiSource
from tests.forking import forked
from tests.plain.bugs import PLANTED, VARIANTS, Bug

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "check-proof.md"
DOCUMENTS = {"pulse": "pulse", "leads": "pulse-leads"}
KEYS = {"pulse": {"key": "test-key", "readonly-key": "readonly-key", "burst-key": "limited-key"}, "leads": {}}
PARTS = ("laws", "model", "schemathesis")
QUICK = ("laws", "model")  # the parts that take seconds
FEW = 10  # examples of each operation, where schemathesis is asked too: with its usual 100 this would take hours


class Verdict(NamedTuple):
    """What became of a planted bug: the first law of each part that blamed an operation which may be blamed."""

    api: str
    bug: Bug
    by: dict[str, str]  # by part
    seconds: dict[str, float]  # that the part took
    code: int
    others: tuple[str, ...]  # what was found on other operations

    @property
    def caught(self) -> bool:
        return self.code == FOUND and bool(self.by)


@contextmanager
def started(api: str, *arguments: str) -> Iterator[str]:
    """A plain server in a process of its own; gives its URL. Raises RuntimeError when it doesn't start."""
    reading, writing = os.pipe()
    with os.fdopen(reading) as printed, tempfile.TemporaryFile("w+") as log:
        process = forked(f"tests.plain.{api}", "--port", "0", *arguments, stdout=writing, stderr=log.fileno(), cwd=ROOT)
        os.close(writing)
        try:
            url = printed.readline().strip()
            if not url:
                process.wait()
                log.seek(0)
                raise RuntimeError(log.read())
            yield url
        finally:
            process.kill()
            process.wait()


def checked(
    api: str, url: str, seed: int = 1, parts: Sequence[str] = QUICK, seconds: float | None = None,
    examples: int | None = None, operations: Sequence[str] = (),
) -> Result:
    """What `mockserver check` finds at a URL, with every key and every permission."""
    options = Options(url, KEYS[api], only=tuple(parts), seed=seed, seconds=seconds, write=True, destructive=True,
                      examples=examples, operations=tuple(operations))
    return check(source(api), options)


@cache
def source(api: str) -> ApiSource:
    """The document that a server is held to."""
    name = DOCUMENTS[api]
    return ApiSource(name, sources.document(str(sources.bundled()[name])))


def verdict(one: tuple[str, Bug], seed: int = 1, parts: Sequence[str] = QUICK, narrowly: bool = False) -> Verdict:
    """What becomes of a bug of one of the servers; `narrowly` only what it touches is checked."""
    api, bug = one
    touched = () if "*" in bug.operations or not narrowly else bug.operations
    with started(api, "--bug", bug.name) as url:
        examples = FEW if "schemathesis" in parts else None
        result = checked(api, url, seed, parts, examples=examples, operations=touched)
    by: dict[str, str] = {}
    for finding in result.findings:
        if blames(finding, bug):
            by.setdefault(finding.part, f"{finding.law} on {finding.operation}")
    others = {told(each) for each in result.findings if not blames(each, bug)}
    return Verdict(api, bug, by, dict(result.parts), result.code, tuple(sorted(others)))


def blames(finding: Finding, bug: Bug) -> bool:
    """Whether a finding is on an operation that the bug touches."""
    return ("*" if " " in finding.operation else finding.operation) in bug.operations


def told(finding: Finding) -> str:
    return f"{finding.part}/{finding.law} on {finding.operation}"


def every() -> list[tuple[str, Bug]]:
    """All planted bugs, each with its server."""
    return [(api, bug) for api, bugs in PLANTED.items() for bug in bugs]


def page(verdicts: Sequence[Verdict], parts: Sequence[str]) -> str:
    """The page of docs/: a row for each bug."""
    caught = sum(one.caught for one in verdicts)
    lines = [
        "# What `mockserver check` catches",
        "",
        "<!-- made by `make proof` -->",
        "",
        "tests/plain holds a plain server of Pulse and one of Pulse Leads that share nothing with the mock. Clean, a",
        "check finds nothing in them. With one of these bugs planted (`python -m tests.plain.pulse --bug NAME`) it",
        "must find something, and blame an operation that the bug touches. Checked with `--write --allow-destructive`",
        "and three keys, schemathesis with 10 examples of each operation; the seconds are those of laws and model",
        "together, on a machine with two cores that checked three at a time.",
        "",
        f"Caught: {caught} of {len(verdicts)}"
        + "".join(f"; by {part}: {sum(part in one.by for one in verdicts)}" for part in parts)
        + ".",
    ]
    for api in PLANTED:
        lines += ["", f"## {DOCUMENTS[api]}", "", f"| bug | what is wrong | {' | '.join(parts)} | seconds |"]
        lines.append("|---" * (3 + len(parts)) + "|")
        for one in verdicts:
            if one.api == api:
                by = " | ".join(one.by.get(part, "") for part in parts)
                seconds = sum(one.seconds.get(part, 0) for part in QUICK)
                says = one.bug.says.replace("|", "\\|")
                missed = "" if one.caught else " **missed**"
                lines.append(f"| `{one.bug.name}`{missed} | {says} | {by} | {seconds:.1f} |")
    return "\n".join(lines) + "\n"


def alarm(one: tuple[str, tuple[str, ...], int]) -> tuple[str, list[str]]:
    """What is found in a server that is right: its name, and the findings, of which there should be none."""
    api, arguments, seed = one
    with started(api, *arguments) as url:
        result = checked(api, url, seed)
    return " ".join([api, *arguments, f"--seed {seed}"]), [f"{told(each)}: {each.seen}" for each in result.findings]


def right() -> list[tuple[str, tuple[str, ...], int]]:
    """The servers in which nothing may be found: clean with five seeds, and each variant."""
    clean = [(api, (), seed) for api in PLANTED for seed in range(1, 6)]
    return [*clean, *((api, ("--variant", each.name), 1) for api, some in VARIANTS.items() for each in some)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.plain.proving")
    parser.add_argument("names", nargs="*", help="bugs or servers; all, and the page is written, when none is named")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(QUICK))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    wanted = [one for one in every() if not arguments.names or {one[0], one[1].name} & set(arguments.names)]
    verdicts, alarms = [], []
    with Pool(arguments.jobs) as pool:
        for name, found in pool.imap(alarm, [] if arguments.names else right()):
            alarms += found
            print(name, f"FALSE ALARMS {found}" if found else "nothing, as it should be", flush=True)
        for one in pool.imap(partial(verdict, seed=arguments.seed, parts=arguments.parts), wanted):
            verdicts.append(one)
            by = "; ".join(f"{part}: {law}" for part, law in one.by.items()) or f"MISSED (exit code {one.code})"
            others = f" others: {', '.join(one.others)[:200]}" if one.others and not one.by else ""
            print(f"{one.api} {one.bug.name} {sum(one.seconds.values()):.1f} s {by}{others}", flush=True)
    missed = [one.bug.name for one in verdicts if not one.caught]
    print(f"caught {len(verdicts) - len(missed)} of {len(verdicts)}; missed: {', '.join(missed) or 'none'}")
    if not arguments.names:
        PAGE.write_text(page(verdicts, arguments.parts), encoding="utf-8")
    sys.exit(1 if missed or alarms else 0)


if __name__ == "__main__":
    main()
