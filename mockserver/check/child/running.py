"""schemathesis as a part of a check: `st run` in a process of its own, what it reports followed while it runs."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zlib import crc32

import orjson

from mockserver.check.checking import Checking
from mockserver.check.child.adapting import document, hook_settings, label, private, settings
from mockserver.check.child.events import Call, Doing, Trouble, read
from mockserver.check.child.judging import PART, Judge, judge
from mockserver.check.child.process import LOOK, Child, channel, started
from mockserver.check.findings import Exchange
from mockserver.check.laws.oracle import oracle
from mockserver.check.proxies import without_proxies
from mockserver.check.tables import storage
from mockserver.check.target import OutOfTime, Target, Unreachable

EXAMPLES = 20  # of each operation, in each phase that makes them up
SECONDS, SLOWLY = 40.0, 600.0  # that it takes at most if the user says nothing; where it must keep to a pace
SAFE = ("get", "head", "options")
PHASES = ("examples", "coverage", "fuzzing", "stateful")
MOMENT = re.compile(
    rb"\d{4}-\d\d-\d\d(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?|\b\d{9,}\b|\"[\w-]*cursor\"\s*:\s*\"[^\"]*\""
)  # what a server's clock makes: times, and cursors that hold one
UNASKED = "excluded by filters"  # of sequences of calls, where the user asked for some operations only
MADE = "MOCKSERVER_CHECK_MADE"  # the variable that says where the hooks tell what was made
HOOKS = Path(__file__).with_name("hooks.py")


def run(checking: Checking) -> None:
    """Runs schemathesis. Raises Unreachable when the server is gone, OutOfTime when the user's time is over."""
    if importlib.util.find_spec("schemathesis") is None:
        checking.tally.skip(PART, 'it isn\'t installed: pip install "crm-mockserver[check]"')
        return
    if checking.options.rehearse:
        checking.tally.skip(PART, "a dry run has no server that another process could call")
        return
    names = labels(checking)
    if not names:
        checking.tally.skip(PART, "no operation only reads: --write allows more")
        return
    with tempfile.TemporaryDirectory(prefix="mockserver-check-") as folder:
        Following(checking, judge(checking, oracle(checking.contract))).run(Path(folder), names)


def labels(checking: Checking) -> list[str]:
    """The operations that may be called, as schemathesis names them."""
    options = checking.options
    return [
        label(one) for one in checking.contract.operations.values()
        if options.wants_operation(one.operation) and (options.write or one.operation.method in SAFE)
    ]  # fmt: skip


@dataclass(slots=True)
class Following:
    """One run of schemathesis, followed."""

    checking: Checking
    judge: Judge
    exchanges: dict[str, Exchange] = field(default_factory=dict)  # by the ids of schemathesis' cases
    operations: dict[str, int] = field(default_factory=dict)  # how many failures before, by what was tested
    lost: list[Trouble] = field(default_factory=list)  # calls that got no answer

    def run(self, folder: Path, names: list[str]) -> None:
        """Starts it in a folder and stays until it is over."""
        report, made = channel(folder / "events.ndjson"), channel(folder / "made")
        command, environment = prepared(self.checking, folder, report.path, names)
        until = self._until()
        child = started(command, folder, {**environment, MADE: str(made.path)}, report, made)
        try:
            in_time = self._followed(child, until)
        finally:
            child.end(lambda: self._hear(child))
        if not in_time:
            if self.checking.target.deadline is not None and time.monotonic() >= self.checking.target.deadline:
                raise OutOfTime
            self.checking.tally.skip(PART, "its time was over before it was done: --time allows more")
        self._judged(child.process.returncode, child.printed.decode("utf-8", "replace"))

    def _until(self) -> float:
        """When it must be over, in monotonic seconds."""
        target = self.checking.target
        if target.deadline is not None:
            return target.deadline
        return time.monotonic() + (SLOWLY if target.pace.windows else SECONDS)

    def _followed(self, child: Child, until: float) -> bool:
        """Hears what it reports until it ends; False when the time is over first."""
        while child.process.poll() is None:
            if time.monotonic() > until:
                return False
            self._hear(child)
            time.sleep(LOOK)
        return True

    def _hear(self, child: Child) -> None:
        """Hears what has come since: first what was made, so that it is known whatever comes of the rest."""
        made, reported = child.told()
        for line in made:
            self._note(orjson.loads(line))
        for line in reported:
            for event in read(line):
                match event:
                    case Doing(phase, operation):
                        self.checking.tell(PART, phase, operation)
                    case Call():
                        self._heard(event)
                    case Trouble():
                        self.lost.append(event)

    def _note(self, made: Mapping[str, Any]) -> None:
        """Notes a record that was made, to be deleted: the scenario that made it may never be reported."""
        target = self.checking.target
        found = target.contract.match(made["method"], str(made["path"]).removeprefix(target.prefix))
        if found is not None and found[0].resource is not None:
            target.ledger.add(found[0], str(made["key"]), found[1])

    def _heard(self, call: Call) -> None:
        exchange = self.checking.target.hear(call.exchange)
        self.exchanges[call.id] = exchange
        led = tuple(self.exchanges[one] for one in call.before if one in self.exchanges)
        before = len(self.checking.tally.findings)
        self.judge.tell(call, exchange, led)
        if before == len(self.checking.tally.findings) and exchange.operation:
            self.checking.tally.holds(PART, "all-checks", exchange.operation)

    def _judged(self, code: int, printed: str) -> None:
        """What to make of the end: a server that is gone, operations that couldn't be tested, a bad start."""
        for one in self.lost:
            if one.network and not self.checking.tally.findings:
                raise Unreachable(f"the server has stopped answering: {one.message[:200]}")
            if UNASKED not in one.message:
                self.checking.tally.skip(f"{PART}/{one.operation}".rstrip("/"), one.message[:200])
        if not self.exchanges and not self.lost:
            text = self.checking.target.masks.text(" ".join(printed.split()))
            self.checking.tally.skip(PART, f"it made no calls (exit code {code}): {text[:300]}")


def prepared(
    checking: Checking, folder: Path, report: Path, names: list[str]
) -> tuple[list[str], Mapping[str, str]]:  # fmt: skip
    """The command and its environment; what they name is written to a folder."""
    target, options = checking.target, checking.options
    toml, secrets = settings(target, options.examples or EXAMPLES)
    config = private(folder / "schemathesis.toml", toml)
    adapted = private(folder / "openapi.json", orjson.dumps(document(checking.contract)))
    run = f"{options.seed}x{_state(target) % 100_000}x"
    said = private(folder / "hooks.json", orjson.dumps(hook_settings(checking.contract, options, run)))
    command = [
        sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run", str(adapted),
        "--url", f"{target.origin}{target.prefix}", "--no-color", "--report", "ndjson",
        "--report-ndjson-path", str(report),
    ]  # fmt: skip
    for name in names:
        command += ["--include-name", name]
    environment = {
        **without_proxies(os.environ), **storage(os.environ), **secrets,
        "SCHEMATHESIS_HOOKS": str(HOOKS), "MOCKSERVER_CHECK_HOOKS": str(said),
        "PYTHONHASHSEED": "0",  # the order of sets is part of what a seed fixes
    }  # fmt: skip
    return command, environment


def _state(target: Target) -> int:
    """A number that is the same on servers in the same state, whenever that is: there the same seed makes the same
    calls. On one that has more records, from an earlier run for instance, it is another."""
    return crc32(MOMENT.sub(b"", target.exchanges[0].answer)) if target.exchanges else 0
