"""A world: everything that a mock remembers. Its parts are values that never change; only which value it holds does."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from immutables import Map

from mockserver.world.clock import Clock
from mockserver.world.journal import BACK, Done, Entry, size_of
from mockserver.world.ordered import Ordered
from mockserver.world.outbox import Outbox
from mockserver.world.source import Key, Record
from mockserver.world.table import Table

MAX_JOURNAL = 1_000  # entries
MAX_JOURNAL_BYTES = 16 * 1024 * 1024  # of the requests in it
MAX_RECORDS = 2_000_000  # records that calls may add to a world


@dataclass(frozen=True, slots=True, order=True)
class Task:
    """Something that falls due: the `later` part number `index` of an operation, for one record."""

    due: int  # milliseconds since 1970 UTC
    number: int  # tasks of the same moment run in the order in which they were made
    api: str = field(compare=False)
    operation: str = field(compare=False)
    index: int = field(compare=False)
    table: str = field(compare=False)
    key: Key = field(compare=False)
    caller: str = field(compare=False, default="")  # the secret of the key that caused it


class Snapshot(NamedTuple):  # one is taken for each call
    """A world's state at one moment; taking and restoring it copies pointers.

    What is added here is also a slot of the World (`snapshot`, `restore`), and has its way into files in
    `states.fields`; then snapshots, rewinding, export, import and diff know it.
    """

    tables: Map[str, Table]
    clock: Clock
    agenda: Ordered
    counters: Map[Any, Any]
    outbox: Outbox
    calls: int
    tasks: int
    rules: tuple[Any, ...]  # trouble.rules.Rule


class Saved(NamedTuple):
    """A world at a moment that got a name, its journal included."""

    at: int  # the world's time
    state: Snapshot
    before: Snapshot
    journal: tuple[Entry | Done, ...]


class World:
    """The state that calls read and change. `due` is the moment of the next task, so that most calls need not look."""

    __slots__ = (
        "agenda", "before", "calls", "clock", "counters", "due", "held", "journal", "kept", "most", "name", "outbox",
        "rules", "saved", "seed", "tables", "tasks",
    )  # fmt: skip

    def __init__(
        self, seed: int, tables: Mapping[str, Table], name: str = "default", kept: int = MAX_JOURNAL,
        most: int = MAX_JOURNAL_BYTES,
    ) -> None:  # fmt: skip
        self.name = name
        self.seed = seed
        self.tables: Map[str, Table] = Map(tables)
        self.clock = Clock()
        self.agenda = Ordered()
        self.due: int | None = None
        self.counters: Map[Any, Any] = Map()
        self.outbox = Outbox()
        self.calls = 0
        self.tasks = 0
        self.rules: tuple[Any, ...] = ()  # of what is to go wrong
        self.journal: deque[Entry | Done] = deque()
        self.held = 0  # bytes of requests that the journal holds
        self.kept, self.most = kept, most  # the most entries, and the most such bytes, that it keeps
        self.saved: Map[str, Saved] = Map()  # moments by name; neither a rewind nor a reset takes them away
        self.before = self.snapshot()  # the state before the journal's first entry

    def snapshot(self) -> Snapshot:
        """The state now."""
        parts = self.tables, self.clock, self.agenda, self.counters, self.outbox, self.calls, self.tasks, self.rules
        return tuple.__new__(Snapshot, parts)  # a third of what the constructor costs

    def restore(self, snapshot: Snapshot) -> None:
        """Back to an earlier state; the journal stays."""
        self.tables, self.clock, self.agenda = snapshot.tables, snapshot.clock, snapshot.agenda
        self.counters, self.outbox = snapshot.counters, snapshot.outbox
        self.calls, self.tasks, self.rules = snapshot.calls, snapshot.tasks, snapshot.rules
        self._look_ahead()

    def begin(self, snapshot: Snapshot) -> None:
        """Starts anew from a state, with an empty journal."""
        self.restore(snapshot)
        self._recall(snapshot, ())

    def fork(self, name: str) -> World:
        """Another world in the same state, with a journal of its own."""
        other = World(self.seed, {}, name, self.kept, self.most)
        other.begin(self.snapshot())
        return other

    def note(self, entry: Entry | Done) -> None:
        """Writes down what was done; the oldest entries go when there are too many, or too long ones."""
        journal = self.journal
        journal.append(entry)
        self.held += entry.size
        while len(journal) > self.kept or (self.held > self.most and journal):
            gone = journal.popleft()
            self.held -= gone.size
            self.before = gone.after

    def rewind(self, number: int, now: int) -> bool:
        """Back to just after the call of this number, the clock included, as if nothing had followed; back to where
        the journal begins, when its first call has the next number. False when the journal doesn't reach there."""
        entries = list(self.journal)
        place = next((at for at in range(len(entries), 0, -1) if entries[at - 1].number == number), None)
        if place is None and number == self.before.calls:
            place = 0
        if place is None:
            return False
        at = self._time_after(entries, place, now)
        self.restore(entries[place - 1].after if place else self.before)
        self._recall(self.before, entries[:place])
        self.resume(at, now)
        return True

    def _time_after(self, entries: list[Entry | Done], place: int, now: int) -> int:
        """The world's time just after the first `place` entries."""
        if place:
            return entries[place - 1].at
        return self.before.clock.read(entries[0].now if entries else now)

    def save(self, name: str, now: int) -> None:
        """Gives this moment a name."""
        moment = Saved(self.clock.read(now), self.snapshot(), self.before, tuple(self.journal))
        self.saved = self.saved.set(name, moment)

    def go_back(self, name: str, now: int) -> None:
        """Back to a moment that has a name, the clock and the journal included."""
        moment = self.saved[name]
        self.restore(moment.state)
        self._recall(moment.before, moment.journal)
        self.resume(moment.at, now)

    def resume(self, at: int, now: int) -> None:
        """Goes on from an earlier state at the world's time `at`, and writes that down: else what follows could not be
        asked again."""
        self.clock = self.clock.showing(at, now)
        body = {"at": at}
        self.note(Done(now, at, BACK, body, self.snapshot(), size_of(body)))

    def _recall(self, before: Snapshot, entries: Iterable[Entry | Done]) -> None:
        """Takes other entries for the journal, which begin at another state."""
        self.before, self.journal = before, deque(entries)
        self.held = sum(entry.size for entry in self.journal)

    def get(self, table: str, key: Key) -> Record | None:
        """A record by its key; None when there is none."""
        return self.tables[table].get(key)

    def insert(self, table: str, record: Record) -> None:
        """Adds a record, whose key must be new."""
        self.tables = self.tables.set(table, self.tables[table].insert(record))

    def replace(self, table: str, key: Key, record: Record, moved: bool = False) -> None:
        """Puts another record in place of one that exists; when `moved`, as the latest of its moment."""
        self.tables = self.tables.set(table, self.tables[table].replace(key, record, moved))

    def remove(self, table: str, key: Key) -> None:
        """Takes away a record that exists."""
        self.tables = self.tables.set(table, self.tables[table].remove(key))

    def put(self, name: str, table: Table) -> None:
        """Puts a table in place of the one of that name."""
        self.tables = self.tables.set(name, table)

    def schedule(self, due: int, api: str, operation: str, index: int, table: str, key: Key, caller: str) -> None:
        """Puts a task on the agenda."""
        self.tasks += 1
        self.agenda = self.agenda.add(Task(due, self.tasks, api, operation, index, table, key, caller))
        self._look_ahead()

    def next_task(self, now: int) -> Task | None:
        """Takes the earliest task that is due off the agenda; None when nothing is due."""
        if self.due is None or self.due > now:
            return None
        task: Task = next(self.agenda.upward())
        self.agenda = self.agenda.remove(task)
        self._look_ahead()
        return task

    def emit(self, at: int, api: str, name: str, payload: Any) -> None:
        """Puts an event into the outbox, on its way to each webhook that wants it."""
        self.outbox = self.outbox.emitted(self.seed, at, api, name, payload)

    def _look_ahead(self) -> None:
        first = next(self.agenda.upward(), None)
        self.due = first.due if first else None
