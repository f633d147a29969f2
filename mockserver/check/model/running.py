"""The model as a part of a check: a Hypothesis state machine calls the server and the twins, and tells what differs."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException
from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from mockserver.check.checking import Checking
from mockserver.check.contract import Contract
from mockserver.check.findings import Exchange
from mockserver.check.laws.bench import bench
from mockserver.check.laws.law import Unfit
from mockserver.check.laws.oracle import oracle
from mockserver.check.model.drawing import Drawing
from mockserver.check.model.play import Divergence, Play
from mockserver.check.model.shrinking import shortest
from mockserver.check.model.sight import Sight
from mockserver.check.model.steps import Step
from mockserver.check.model.twins import OTHERS, twins
from mockserver.check.model.wild import bodies
from mockserver.check.target import OutOfTime, Unreachable
from mockserver.spec.errors import SpecError
from mockserver.world.merging import Unsatisfiable

PART, LAW = "model", "as-the-model"
EXAMPLES, STEPS = 30, 25  # sequences, and calls in each: no bound of time, so that the same seed makes the same calls
# Hypothesis' own choices under a name that isn't its own. Under its own it compares a sequence with those before, and
# gives up where the same choices lead elsewhere: as they do on a server, which remembers and has a clock.
FORGETFUL = "mockserver-check"
AVAILABLE_PROVIDERS[FORGETFUL] = AVAILABLE_PROVIDERS["hypothesis"]
ROUNDS, MOST = 4, 12  # divergences that are told, and looked for, one after the other
MOST_DOUBTS = 3  # times that one divergence is looked at which other twins don't see
Known = set[tuple[str, str]]


def run(checking: Checking) -> None:
    """Looks for calls that the server answers otherwise than the model. Raises Unreachable and OutOfTime."""
    checking.tell(PART, "gets ready")
    play = _play(checking)
    drawing = Drawing(play, bodies(checking.contract) if checking.options.write else {})
    if not drawing.choices:
        checking.tally.skip(PART, "no operation works on records that are kept" + _hint(checking))
        return
    known, doubts, before = Known(), Counter[tuple[str, str]](), len(checking.tally.findings)
    try:
        for attempt in range(MOST):
            if len(checking.tally.findings) - before >= ROUNDS:
                return
            play.sight.looks = 0  # what was played again has changed things
            search = _Search(checking, play, drawing, known)
            steps = _searched(search, checking.options.seed + attempt)
            if steps is None:
                return
            _report(checking, play, steps, known, doubts)
    except (Unreachable, OutOfTime):
        raise
    except Exception as error:  # no reason to lose what the other parts have found
        checking.tally.skip(PART, f"a bug of this check: {type(error).__name__}: {error}")


def _hint(checking: Checking) -> str:
    return "" if checking.options.write else " and only reads: --write allows more"


def _play(checking: Checking) -> Play:
    """A play that is ready to begin."""
    held = checking.contract
    work = bench(checking, oracle(held))
    return Play(checking, work, work.oracle, Sight(checking, work, twins(held), checking.clock.now), _free(held))


def _free(held: Contract) -> Mapping[str, frozenset[str]]:
    """The fields that change by themselves, by resource: what falls due sets them, and the time of change with them."""
    found: dict[str, set[str]] = {}
    for planned in held.operations.values():
        for later in planned.plan.later:
            if planned.resource is not None:
                fields = found.setdefault(planned.resource.name, set())
                fields |= {*(later.get("set") or {}), *planned.resource.on_update}
    return {name: frozenset(fields) for name, fields in found.items()}


@dataclass(slots=True)
class _Search:
    """A search for a divergence that isn't known yet."""

    checking: Checking
    play: Play
    drawing: Drawing
    known: Known
    sequences: int = 0
    found: list[Step] | None = None
    ended: BaseException | None = None  # what Hypothesis must not take for a failure

    @property
    def over(self) -> bool:
        """Whether there is nothing more to do."""
        return self.found is not None or self.ended is not None

    def begin(self) -> None:
        """A new sequence."""
        if not self.over:
            self.sequences += 1
            self._do(self.play.begin)

    def next(self, draw: Any, steps: list[Step]) -> None:
        """One more call of a sequence."""
        if self.over:
            return
        try:
            step = self.drawing.step(draw, len(steps))
        except (Unfit, SpecError, Unsatisfiable):
            return
        steps.append(step)
        operation = self.checking.contract.operations[step.route].operation.id
        most = _examples(self.checking)
        self.checking.tell(PART, f"sequence {min(self.sequences, most)} of {most}", operation)
        divergence = self._do(lambda: self.play.run(step))
        if divergence is None:
            self.checking.tally.holds(PART, LAW, operation)
        elif (divergence.planned.operation.id, divergence.what) not in self.known:
            self.found = steps

    def _do(self, act: Callable[[], Any]) -> Any:
        try:
            return act()
        except BaseException as end:
            self.ended = end
            return None


def _searched(search: _Search, seed: int) -> list[Step] | None:
    """The steps up to the first new divergence; None when there was none."""

    class Machine(RuleBasedStateMachine):
        """One sequence: a rule that draws a call, and plays it on both sides."""

        def __init__(self) -> None:
            super().__init__()
            self.steps: list[Step] = []
            search.begin()

        @rule(data=st.data())
        def call(self, data: st.DataObject) -> None:
            """One more call."""
            search.next(data.draw, self.steps)

    with suppress(HypothesisException):  # its own complaints, such as of too little drawn, say nothing of the server
        run_state_machine_as_test(seeded(seed)(Machine), settings=_settings(_examples(search.checking)))
    if search.ended:
        raise search.ended
    return search.found


def _examples(checking: Checking) -> int:
    return checking.options.examples or EXAMPLES


def _settings(examples: int) -> settings:
    return settings(
        max_examples=examples, stateful_step_count=STEPS, phases=(Phase.generate,), database=None, deadline=None,
        suppress_health_check=list(HealthCheck), verbosity=Verbosity.quiet, print_blob=False, backend=FORGETFUL,
    )  # fmt: skip


def _report(
    checking: Checking, play: Play, steps: Sequence[Step], known: Known, doubts: Counter[tuple[str, str]]
) -> None:  # fmt: skip
    """Confirms a divergence, makes its sequence short, and tells it. One that doesn't come again isn't told."""
    first, _ = _played(play, steps)
    if first is None:
        second, _ = _played(play, steps)
        if second is None:
            known.add(("", str(len(known))))  # it was of the moment: somebody else's call, or a clock
            return
        first = second
    label = first.planned.operation.id, first.what
    known.add(label)
    plays = [play, *_with_others(play, first.what)]
    if not all(_shows(one, steps, label) for one in plays[1:]):
        doubts[label] += 1
        if doubts[label] < MOST_DOUBTS:
            known.remove(label)  # where it was sent, the same may be certain
        return
    turns = itertools.cycle(plays)
    short = shortest(_until(steps, first.step), lambda candidate: _shows(next(turns), candidate, label))
    sure = short if all(_shows(one, short, label) for one in plays) else steps
    last, exchanges = _played(play, sure)
    if last is None:
        return
    says = f"After the same calls, {last.planned.operation.id} answers as the document lets expect."
    severity = "critical" if last.exchange.status >= 500 else "major"
    checking.find(PART, LAW, last.planned, severity, says, last.expected, last.seen, exchanges)


def _with_others(play: Play, what: str) -> list[Play]:
    """The same with other twins: a value that two made up may be alike by chance, a boolean every other time."""
    if what in ("status", "code"):
        return []
    contract, now = play.checking.contract, play.sight.now
    return [replace(play, sight=Sight(play.checking, play.bench, twins(contract, seeds), now)) for seeds in OTHERS]


def _shows(play: Play, steps: Sequence[Step], label: tuple[str, str]) -> bool:
    """Whether a sequence shows a divergence."""
    found, _ = _played(play, steps)
    return found is not None and (found.planned.operation.id, found.what) == label


def _until(steps: Sequence[Step], last: Step) -> list[Step]:
    return [one for one in steps if one.number <= last.number]


def _played(play: Play, steps: Sequence[Step]) -> tuple[Divergence | None, tuple[Exchange, ...]]:
    """A sequence from its beginning: its first divergence, and the calls up to it."""
    play.begin(steps)
    before = len(play.checking.target.exchanges)
    for step in steps:
        if divergence := play.run(step):
            made: Any = play.checking.target.exchanges[before:]
            mine = [one for one in made if one.number <= divergence.exchange.number]
            return divergence, tuple(mine[-12:])
    return None, ()
