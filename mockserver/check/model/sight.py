"""What a server lists, resource by resource, and twins that hold the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from mockserver.check.answers import asked, operands
from mockserver.check.checking import Checking
from mockserver.check.findings import Exchange
from mockserver.check.laws.bench import Bench
from mockserver.check.laws.law import Kept, Unfit
from mockserver.check.laws.walks import Walk, everything
from mockserver.check.model.lists import has_ended, merged, narrowing, order_of
from mockserver.check.model.twins import Twins
from mockserver.spec.model import Json
from mockserver.steps.call import Answer

Record = Mapping[str, Json]
AFRESH = 5  # sequences after which everything is looked at again: somebody else may work on the server too


@dataclass(slots=True)
class Sight:
    """The records that the server shows. `complete` are the resources all of whose records were seen."""

    checking: Checking
    bench: Bench
    twins: Twins
    now: Callable[[], int]  # the server's time, milliseconds
    complete: set[str] = field(default_factory=set)
    records: dict[str, list[Record]] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)  # resources that may look otherwise by now
    looks: int = 0

    def begin(self) -> None:
        """Looks at what has changed since the last time, now and then at everything."""
        whole = self.looks % AFRESH == 0
        self.looks += 1
        self.look(self.bench.kinds if whole else sorted(self.changed & self.bench.kinds.keys()))

    def look(self, resources: Iterable[str]) -> None:
        """Fills the twins with what the server lists of some resources."""
        self.bench.walked.clear()
        for name in resources:
            self.changed.discard(name)
            self._look(self.bench.kinds[name])

    def _look(self, kind: Kept) -> None:
        name = kind.resource.name
        self.complete.discard(name)
        if kind.list is None or any(one.location == "path" for one in kind.list.operation.parameters):
            return
        if narrowing(kind.list):
            return  # what it shows is a part, and of the rest nothing is known
        self.checking.tell("model", "looks at what is there", kind.list.operation.id)
        try:
            walks = [self.bench.walk(kind.list, query=query) for query in everything(kind.list, self.checking.contract)]
        except Unfit:
            return
        key, order = self.bench.key_of(kind), order_of(kind.list, None)
        listed = [record for walk in walks for record in walk.records]
        self.records[name] = merged([list(walk.records) for walk in walks], order)
        pages = self.bench.pages(kind.list)
        if all(walk.whole and has_ended(pages, walk) for walk in walks) and None not in map(key, listed):
            newest_first, tenant = bool(order) and order[0].startswith("-"), self._tenant(kind)
            kept = [{**tenant, **record} for record in self.records[name]]
            self.twins.fill(name, reversed(kept) if newest_first else kept)
            if self._agrees(kind, walks[0]):
                self.complete.add(name)

    def _tenant(self, kind: Kept) -> dict[str, Json]:
        """The tenant whose records the server lists, which a record need not show."""
        partition = kind.resource.partition
        if partition is None or kind.list is None:
            return {}
        part, way = asked(partition["from"])
        named = [*self.checking.options.headers, *self.bench.required(kind.list, "header").items()]
        sent = {header.lower(): value for header, value in named}
        tenant = sent.get(way[0].lower() if part == "header" else "", partition.get("default"))
        if isinstance(tenant, str | int):
            self.twins.know(str(partition["resource"]), tenant)
        return {str(partition["field"]): tenant}

    def _agrees(self, kind: Kept, walk: Walk) -> bool:
        """Whether the twins now list what the server does, on its first page at least.

        Where they don't, the model can't know the resource (to whom a list belongs, say), and is not asked for lists.
        """
        assert kind.list is not None
        pages = self.bench.pages(kind.list)
        request = self.bench.page_request(pages, walk.size, None)
        answers = self.twins.ask(kind.list.operation, (request, request), self.now())
        key = self.bench.key_of(kind)
        shown = [pages.read(as_exchange(None, answer)) for answer in answers]
        wanted = list(map(key, walk.pages[0].records)) if walk.pages else []
        return all(page is not None and sorted(map(str, map(key, page.records))) == sorted(map(str, wanted))
                   for page in shown)  # fmt: skip

    def listed(self, kind: Kept) -> list[Record]:
        """The records that the server listed when it was looked at, by their keys: in an order that no clock has a say
        in."""
        key, known = self.bench.key_of(kind), self.records.get(kind.resource.name, ())
        return sorted(known, key=lambda record: (len(str(key(record))), str(key(record))))

    def around(self, resources: Iterable[str]) -> list[str]:
        """Resources, and those whose records have a part in theirs: referred to, shown within, made beside."""
        found: set[str] = set()
        waiting = [*resources]
        while waiting:
            name = waiting.pop()
            if name in self.bench.kinds and name not in found:
                found.add(name)
                waiting += self._beside(self.bench.kinds[name])
        return sorted(found)

    @staticmethod
    def _beside(kind: Kept) -> Iterator[str]:
        one = kind.resource
        yield from (str(words.get("resource")) for words in one.references.values())
        yield from (str(words.get("resource")) for words in (one.partition, one.parent) if words)
        yield from (str(each[0]) for value in one.computed.values() for each in operands(value)
                    if isinstance(each, list) and each)  # fmt: skip
        for planned in kind.operations:
            yield from (str(effect.get("create") or effect.get("update")) for effect in planned.plan.then)


def as_exchange(like: Exchange | None, answer: Answer) -> Exchange:
    """A twin's answer as if it had come over the wire, to be read by the same functions."""
    operation = like.operation if like else ""
    return Exchange(0, "", "", (), b"", answer.status, answer.headers, answer.body, 0, 0.0, operation)
