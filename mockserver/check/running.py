"""One whole check: its parts in order, what was made taken away again, everything put together in one result."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from mockserver.check import baseline, lost, preflight
from mockserver.check.checking import Checking, Part, Tally
from mockserver.check.child import judging
from mockserver.check.child import running as child
from mockserver.check.contract import Contract, Planned, contract, near
from mockserver.check.findings import (
    CONFORMS,
    COULD_NOT_CHECK,
    FOUND,
    INTERRUPTED,
    PARTS,
    Coverage,
    Created,
    Exchange,
    Observer,
    Result,
    by_severity,
    unobserved,
    with_masked,
)
from mockserver.check.laws import passive
from mockserver.check.laws import running as laws
from mockserver.check.listener import Listener, opened
from mockserver.check.options import Options
from mockserver.check.target import OutOfTime, Unreachable, target
from mockserver.service import ApiSource


def _model(checking: Checking) -> None:
    """The model needs Hypothesis, which comes with the extra `check`."""
    try:
        from mockserver.check.model import running as model
    except ImportError:
        checking.tally.skip("model", 'it needs Hypothesis: pip install "crm-mockserver[check]"')
        return
    model.run(checking)


RUNS: Mapping[str, Part] = {"preflight": preflight.run, "laws": laws.run, "model": _model, "schemathesis": child.run}


@dataclass(slots=True)
class _Run:
    """What is known of a check while it is under way."""

    checking: Checking
    part: str = "preflight"
    seconds: dict[str, float] = field(default_factory=dict)
    statuses: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    trouble: str = ""
    interrupted: bool = False

    def see(self, exchange: Exchange, planned: Planned | None) -> None:
        """Counts an exchange."""
        if planned is not None:
            self.statuses[planned.operation.id][str(exchange.status)] += 1


def laws_by_part() -> dict[str, Mapping[str, str]]:
    """The parts that a check has, and the laws of each that can be named, with what they say."""
    known = {one.name: one.says for one in laws.LAWS} | {one.name: one.says for one in passive.LAWS}
    checks = {judging.law(check): says for check, says in judging.SAYS.items()}
    model = {"as-the-model": "After the same calls, the answers are what the document lets expect."}
    return {part: {"laws": known, "model": model, "schemathesis": checks}.get(part, {}) for part in PARTS}


def check(
    source: ApiSource, options: Options, observe: Observer = unobserved, listener: Listener | None = None
) -> Result:  # fmt: skip
    """Checks a server. Raises SpecError for a document that doesn't hold together, ValueError for an unusable URL.

    A `listener` that is open already receives the webhooks, and is closed; without one it is opened as the options say.
    Whatever happens on the way, what the check has made is deleted again, and the result says what could not be.
    """
    started, clock = int(time.time() * 1000), time.monotonic()
    known = baseline.read(options.baseline) if options.baseline else ()
    held = contract(source, seed=options.seed)
    asked = target(held, options)
    checking = Checking(held, asked, options, Tally(), observe, listener or opened(options))
    run = _Run(checking)
    checking.target.watches += [run.see, checking.clock.see]
    if options.seconds is not None:
        checking.target.deadline = clock + options.seconds
    left: tuple[Created, ...] = ()
    try:
        _parts(run)
    except KeyboardInterrupt:
        run.interrupted = True
    finally:
        left = _cleaned(run)
        checking.target.close()
        if checking.listener is not None:
            checking.listener.close()
    result = _result(run, left, started, time.monotonic() - clock)
    if not options.baseline:
        return result
    return baseline.applied(result, known, lambda part, law: _was_tried(run, part, law))


def _was_tried(run: _Run, part: str, law: str) -> bool:
    """Whether a law was tried on everything that the check could try it on."""
    options = run.checking.options
    cut_short = run.trouble or run.interrupted or part in [one.what for one in run.checking.tally.skipped]
    return part in run.seconds and not cut_short and not options.operations and options.wants_law(law, part)


def _parts(run: _Run) -> None:
    """Each part that was asked for, until the time is over or the server gone."""
    checking, laws_of = run.checking, laws_by_part()
    wanted = [part for part in RUNS if part != "preflight" and checking.options.wants_part(part, laws_of[part])]
    if not wanted:
        run.trouble = "what --only and --exclude leave of the check is nothing"
        return
    if wanted == ["laws"] and (reason := laws.hindrance(checking)):
        run.trouble = f"what --only and --exclude leave of the check can't be tried: {reason}"
        return
    for part, runs in RUNS.items():
        if part != "preflight" and part not in wanted:
            checking.tally.skip(part, "it wasn't asked for")
            continue
        run.part = part
        begun = time.monotonic()
        try:
            runs(checking)
        except Unreachable as gone:
            run.trouble = str(gone)
            return
        except OutOfTime:
            checking.tally.skip(part, "the time was over before it was done")
            return
        finally:
            run.seconds[part] = time.monotonic() - begun
        if part == "preflight":  # from here on each answer counts
            checking.target.watches.append(passive.watching(checking, lambda: run.part))


def _cleaned(run: _Run) -> tuple[Created, ...]:
    """What is left over; an interrupt while it is deleted ends that too."""
    ledger = run.checking.target.ledger
    if not ledger.entries and not ledger.doubts:
        return ()
    run.checking.tell(run.part, f"deleting {len(ledger.entries)} records of this check")
    try:
        run.checking.target.deadline = None
        unknown = lost.look(run.checking) if ledger.doubts else ()
        return unknown + run.checking.target.clean_up()
    except KeyboardInterrupt:
        run.interrupted = True
        return tuple(replace(one, why="deleting it was interrupted") for one, _ in ledger.entries.values())


def _result(run: _Run, left: tuple[Created, ...], started: int, seconds: float) -> Result:
    checking, held, tally = run.checking, run.checking.contract, run.checking.tally
    mask, text = checking.target.masked, checking.target.masks.text
    api = held.served.api
    findings = by_severity(with_masked(one, mask, text) for one in tally.findings)
    code = FOUND if findings else CONFORMS
    if run.trouble and not findings:
        code = COULD_NOT_CHECK
    return Result(
        text(checking.target.origin + checking.target.prefix), api.name, api.title, api.version,
        near(held.source.document.uri), checking.options.seed, INTERRUPTED if run.interrupted else code,
        started, seconds,
        findings, (), (), _coverage(run, held), tuple(map(mask, checking.target.exchanges)), checking.target.calls,
        left, dict(run.seconds), tuple(tally.skipped), text(run.trouble), checking.options.command,
    )  # fmt: skip


def _coverage(run: _Run, held: Contract) -> tuple[Coverage, ...]:
    """What was tried of each operation that was asked for."""
    tally = run.checking.tally
    laws_of: defaultdict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for (operation, law), count in tally.held.items():
        laws_of[operation][law] = count, 0
    for (operation, law), count in tally.broken.items():
        laws_of[operation][law] = laws_of[operation].get(law, (0, 0))[0], count
    found = []
    for one in held.operations.values():
        if run.checking.options.wants_operation(one.operation):
            own = {**(laws_of.get(one.resource.name, {}) if one.resource else {}), **laws_of.get(one.operation.id, {})}
            found.append(
                Coverage(one.operation.id, one.operation.method.upper(), one.operation.path,
                         dict(run.statuses.get(one.operation.id, {})), tuple(one.operation.responses), own)
            )  # fmt: skip
    return tuple(found)
