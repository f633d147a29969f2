"""What each part of a check is given, and where it puts what it finds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from mockserver.check.clock import Clock
from mockserver.check.contract import Contract, Planned
from mockserver.check.findings import Exchange, Finding, Observer, Place, Progress, Skipped, unobserved
from mockserver.check.listener import Listener
from mockserver.check.options import Options
from mockserver.check.target import Target


@dataclass(slots=True)
class Tally:
    """What was found, what held and what was left out, of all parts."""

    findings: list[Finding] = field(default_factory=list)
    held: defaultdict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))  # (operation, law)
    broken: defaultdict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    skipped: list[Skipped] = field(default_factory=list)

    def holds(self, part: str, law: str, operation: str) -> None:
        """A law has held, once."""
        self.held[operation, f"{part}/{law}"] += 1

    def found(self, finding: Finding) -> None:
        """A law was broken."""
        self.findings.append(finding)
        self.broken[finding.operation, f"{finding.part}/{finding.law}"] += 1

    def skip(self, what: str, reason: str) -> None:
        """Something wasn't checked."""
        if Skipped(what, reason) not in self.skipped:
            self.skipped.append(Skipped(what, reason))


@dataclass(frozen=True, slots=True)
class Checking:
    """One check under way."""

    contract: Contract
    target: Target
    options: Options
    tally: Tally
    observe: Observer = unobserved
    listener: Listener | None = None  # what receives webhooks
    clock: Clock = field(default_factory=Clock)

    def tell(self, part: str, doing: str, operation: str = "") -> None:
        """Says what is being done, to whoever watches."""
        self.observe(Progress(part, doing, operation, self.target.calls, len(self.tally.findings)))

    def find(
        self, part: str, law: str, planned: Planned | str, severity: str, says: str, expected: str, seen: str,
        exchanges: tuple[Exchange, ...] = (), pointer: str = "",
    ) -> None:  # fmt: skip
        """Notes a finding; `pointer` is where the document says so, the operation itself when left out."""
        operation = planned if isinstance(planned, str) else planned.operation.id
        at = pointer or (planned.operation.pointer if isinstance(planned, Planned) else "")
        place = self.contract.place(at) if at else Place()
        self.tally.found(Finding(part, law, operation, severity, says, expected, seen, place, exchanges))


Part = Callable[[Checking], None]
"""One part of a check. It may raise Unreachable and OutOfTime (check/target), which the runner knows."""
