"""A world: everything that a mock remembers. Its parts are values that never change; only which value it holds does."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from immutables import Map

from mockserver.world.clock import Clock
from mockserver.world.ordered import Ordered
from mockserver.world.source import Key, Record
from mockserver.world.table import Table

MAX_EVENTS = 1_000
MAX_JOURNAL = 1_000
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


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, as the API tells it: `payload` is the whole webhook body."""

    number: int
    at: int
    api: str
    name: str
    payload: Any


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A world's state at one moment; taking and restoring it copies pointers."""

    tables: Map[str, Table]
    clock: Clock
    agenda: Ordered
    counters: Map[Any, Any]
    events: tuple[Event, ...]
    calls: int
    tasks: int


class World:
    """The state that calls read and change. `due` is the moment of the next task, so that most calls need not look."""

    __slots__ = ("agenda", "calls", "clock", "counters", "due", "events", "journal", "name", "seed", "tables", "tasks")

    def __init__(self, seed: int, tables: Mapping[str, Table], name: str = "default") -> None:
        self.name = name
        self.seed = seed
        self.tables: Map[str, Table] = Map(tables)
        self.clock = Clock()
        self.agenda = Ordered()
        self.due: int | None = None
        self.counters: Map[Any, Any] = Map()
        self.events: tuple[Event, ...] = ()
        self.calls = 0
        self.tasks = 0
        self.journal: deque[Any] = deque(maxlen=MAX_JOURNAL)

    def snapshot(self) -> Snapshot:
        """The state now."""
        return Snapshot(
            self.tables, self.clock, self.agenda, self.counters, self.events, self.calls, self.tasks
        )  # fmt: skip

    def restore(self, snapshot: Snapshot) -> None:
        """Back to an earlier state; the journal stays."""
        self.tables, self.clock, self.agenda = snapshot.tables, snapshot.clock, snapshot.agenda
        self.counters, self.events = snapshot.counters, snapshot.events
        self.calls, self.tasks = snapshot.calls, snapshot.tasks
        self._look_ahead()

    def fork(self, name: str) -> World:
        """Another world in the same state, with a journal of its own."""
        other = World(self.seed, {}, name)
        other.restore(self.snapshot())
        return other

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
        """Puts an event into the outbox, which keeps the latest 1,000."""
        number = self.events[-1].number + 1 if self.events else 1
        self.events = (*self.events[-MAX_EVENTS + 1 :], Event(number, at, api, name, payload))

    def _look_ahead(self) -> None:
        first = next(self.agenda.upward(), None)
        self.due = first.due if first else None
