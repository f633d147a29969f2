"""Plays a sequence of calls on the server and on the twins at once, and tells the first answer that differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, NamedTuple

from mockserver.check.answers import MISSING, at, told
from mockserver.check.checking import Checking
from mockserver.check.contract import Planned
from mockserver.check.findings import Exchange
from mockserver.check.laws.bench import Bench
from mockserver.check.laws.law import Kept, Unfit
from mockserver.check.laws.oracle import Oracle
from mockserver.check.ledger import parsed
from mockserver.check.model.alike import Difference, difference, narrowed
from mockserver.check.model.lists import hides, listed_difference, narrowing, order_of
from mockserver.check.model.sight import Sight, as_exchange
from mockserver.check.model.steps import Gone, Made, Step, resolved
from mockserver.spec.model import Json
from mockserver.steps.call import Answer, Request

# with a faulty body for a record that isn't there, which of the two is told first is the server's choice
EITHER_FIRST = ({400, 404}, {404, 422})
Bodies = tuple[Json, Json, Json]  # the server's, and those of the twins


class Divergence(NamedTuple):
    """The server and the model answer a call differently."""

    planned: Planned
    step: Step
    expected: str
    seen: str
    exchange: Exchange
    what: str  # 'status', 'code' or the place in the body: what tells divergences apart


class Next(NamedTuple):
    """How the page after a list's is asked for: of the server, and of each twin."""

    step: Step
    positions: tuple[Any, Any, Any]


@dataclass(slots=True)
class Play:
    """What is known on the way."""

    checking: Checking
    bench: Bench
    oracle: Oracle
    sight: Sight
    free: Mapping[str, frozenset[str]]  # by resource: fields that change by themselves
    made: dict[int, Made] = field(default_factory=dict)
    next: Next | None = None
    lasting: Counter[str] = field(default_factory=Counter)  # records made that can't be deleted again, by resource
    number: int = 0  # of this sequence: played again, it makes other records than before
    numbers: Iterator[int] = field(default_factory=lambda: count(1))  # of sequences, whichever twins play them

    def begin(self, steps: Sequence[Step] | None = None) -> None:
        """The twins as the server is now, and nothing made yet; before known `steps`, as far as those need it."""
        self.number = next(self.numbers)
        self.made.clear()
        self.next = None
        if steps is None:
            self.sight.begin()
            return
        routes = (self.checking.contract.operations[step.route] for step in steps)
        self.sight.look(self.sight.around(one.resource.name for one in routes if one.resource is not None))

    def run(self, step: Step) -> Divergence | None:
        """Plays one step; None when both answer alike, or when there is nothing to compare."""
        planned = self.checking.contract.operations[step.route]
        try:
            ours, first, second = self._requests(planned, step)
        except (Gone, Unfit):
            return None
        exchange = self.checking.target.send(ours)
        if not planned.safe and planned.resource is not None:
            self.sight.changed |= {*self.sight.around([planned.resource.name])}
        if exchange.status in (0, 429):
            return None  # not of the model: the network's, or a limit's
        answers = self.sight.twins.ask(planned.operation, (first, second), self.sight.now())
        found = self._judged(planned, step, exchange, answers)
        if found is None:
            self._adopt(planned, step, exchange, answers)
        return found

    def _requests(self, planned: Planned, step: Step) -> tuple[Request, Request, Request]:
        """What is asked of the server and of each twin: the same, but for places in a list."""
        query = resolved(dict(step.query), self.made)
        if not step.follow:
            fields = resolved(self.bench.bodies.anew(planned, step.fields, self.number), self.made)
            key = resolved(step.key, self.made)
            if step.key is not None and key is None:
                raise Gone
            request = self.bench.request(planned, key=key, query=query, fields=fields, body=step.body)
            return request, request, request
        if self.next is None or self.next.step.route != step.route:
            raise Gone
        before, pages = self.next, self.bench.pages(planned)
        query = resolved(dict(before.step.query), self.made)
        name = pages.position[1][0] if pages.position[0] == "query" else None
        if name is None or None in before.positions:
            raise Gone
        ours, first, second = (
            self.bench.request(planned, query={**query, name: position}) for position in before.positions
        )
        return ours, first, second

    # judging ----------------------------------------------------------------------------------------------------------

    def _judged(
        self, planned: Planned, step: Step, exchange: Exchange, answers: tuple[Answer, Answer]
    ) -> Divergence | None:
        first, second = answers
        wild = step.body is not None
        if exchange.status >= 500:
            return Divergence(planned, step, f"{first.status}", f"{exchange.status}", exchange, "status")
        if first.status != second.status or first.status >= 500:
            return None
        refused = 400 <= exchange.status < 500
        if first.status >= 400:
            if step.fields is not None and {exchange.status, first.status} in EITHER_FIRST:
                return None
            if not wild or not refused:
                return self._refusal(planned, step, exchange, first)
            return None
        if refused and wild:
            return None  # servers may be stricter than a schema with what nobody would send
        if exchange.status != first.status:
            told_status = f"{exchange.status}{_words(exchange.answer)}"
            return Divergence(planned, step, str(first.status), told_status, exchange, "status")
        found = self._difference(planned, step, exchange, answers)
        if found is None:
            return None
        near = narrowed(found)
        where = near.where or "the body"
        expected, seen = f"{where}: {told(near.expected)}", f"{where}: {told(near.seen)}"
        return Divergence(planned, step, expected, seen, exchange, _kind(found))

    def _refusal(self, planned: Planned, step: Step, exchange: Exchange, answer: Answer) -> Divergence | None:
        refusal = self.oracle.read(planned, answer)
        if len(refusal.fields) > 1 or step.body is not None:
            refusal = refusal._replace(fields=frozenset())  # which of several faults is told is the server's choice
        mistake = self.oracle.mistake(refusal, exchange)
        if mistake is None:
            return None
        what = "status" if exchange.status != answer.status else "code"
        return Divergence(planned, step, *mistake, exchange, what)

    def _difference(
        self, planned: Planned, step: Step, exchange: Exchange, answers: tuple[Answer, Answer]
    ) -> Difference | None:
        bodies = parsed(exchange.answer), parsed(answers[0].body), parsed(answers[1].body)
        resource = planned.resource
        free = self.free.get(resource.name, frozenset()) if resource else frozenset()
        if planned.plan.does == "list" and resource is not None:
            return self._listed(planned, step, bodies, free)
        if planned.plan.does == "create" and resource is not None:
            free |= {resource.key}  # the server's own, even where the twins count alike
        return difference(*bodies, free)

    def _listed(self, planned: Planned, step: Step, bodies: Bodies, free: frozenset[str]) -> Difference | None:
        assert planned.resource is not None
        self.next = None
        name, needed = planned.resource.name, narrowing(planned)
        if name not in self.sight.complete or needed - planned.plan.filters.keys():
            return None
        if hides(planned, {*step.query, *needed}, self.sight.records[name]):
            return None
        kind = self.bench.kinds[name]
        sort = step.query.get(planned.plan.sort) if isinstance(planned.plan.sort, str) else None
        order = order_of(planned, sort)
        return listed_difference(planned, step.query, bodies, self.bench.key_of(kind), order, free)

    # adopting ---------------------------------------------------------------------------------------------------------

    def _adopt(self, planned: Planned, step: Step, exchange: Exchange, answers: tuple[Answer, Answer]) -> None:
        """Takes over what the server has made or changed."""
        resource, does = planned.resource, planned.plan.does
        if resource is None or does in ("read", "sample"):
            return
        if does == "list":
            self._remember_page(planned, step, exchange, answers)
            return
        kind = self.bench.kinds[resource.name]
        went = 200 <= exchange.status < 300
        if went != (200 <= answers[0].status < 300) or does.startswith("batch") or does == "replace":
            self._look_again(kind)
            return
        if went:
            shown = self.bench.shown(planned, exchange)
            if does == "create":
                self._created(planned, step, shown, answers)
            elif isinstance(shown, Mapping) and does != "delete":
                self.sight.twins.correct(resource.name, shown)
            for name in {str(effect.get("create") or effect.get("update")) for effect in planned.plan.then}:
                if name in self.bench.kinds:
                    self._look_again(self.bench.kinds[name])

    def _created(self, planned: Planned, step: Step, shown: Any, answers: tuple[Answer, Answer]) -> None:
        assert planned.resource is not None
        name, kind = planned.resource.name, self.bench.kinds[planned.resource.name]
        key = self.bench.key_of(kind)(shown)
        own = [self.bench.key_of(kind)(_shown(self.bench, planned, answer)) for answer in answers]
        if key is None or None in own:
            self._look_again(kind)
            return
        self.lasting[name] += kind.delete is None
        self.sight.twins.adopt(name, shown, own)
        self.made[step.number] = Made(name, key, shown)

    def _look_again(self, kind: Kept) -> None:
        self.sight.look([kind.resource.name])

    def _remember_page(
        self, planned: Planned, step: Step, exchange: Exchange, answers: tuple[Answer, Answer]
    ) -> None:  # fmt: skip
        pages = self.bench.pages(planned)
        page = pages.read(exchange)
        if page is None or pages.style != "cursor" or step.follow or not 200 <= answers[0].status < 300:
            return
        twin_pages = [pages.read(as_exchange(exchange, answer)) for answer in answers]
        following = [one.next if one else None for one in (page, *twin_pages)]
        self.next = Next(step, (following[0], following[1], following[2]))


def _shown(bench: Bench, planned: Planned, answer: Answer) -> Any:
    return bench.shown(planned, as_exchange(None, answer))


def _kind(found: Difference) -> str:
    """The place of a difference without the numbers of list items."""
    return ".".join(part for part in found.where.split(".") if not part.isdigit()) or "body"


def _words(answer: bytes) -> str:
    """What a refusal says, where it is short."""
    body = parsed(answer)
    message = next((found for way in (("error", "message"), ("message",), ("detail",), ("error",))
                    if isinstance(found := at(body, way), str)), "")  # fmt: skip
    return f" ({message[:120]})" if message and message is not MISSING else ""
