"""What holds whenever a record is made, changed or removed, whichever operation does it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mockserver.spec.behaviour import Resource
from mockserver.spec.guess.names import singular
from mockserver.spec.model import Json
from mockserver.spec.schema import Schema, Schemas
from mockserver.steps.call import Call, Fault, Problem
from mockserver.steps.casts import respelled
from mockserver.steps.embeds import Embed, compile_embeds
from mockserver.steps.faults import faults_of
from mockserver.steps.keeping import members_of, merged, owned
from mockserver.steps.lookups import holder_of, holds
from mockserver.steps.mending import Mend, around_hidden, compile_mend
from mockserver.steps.rules import Rule, compile_rule
from mockserver.steps.samples import Sampler
from mockserver.steps.values import Names, Value, compile_fields, compile_value
from mockserver.world import times
from mockserver.world.source import HIDDEN

Record = Mapping[str, Any]
TRASH = ".trash"  # behind a table's name: that of its deleted records
Check = Callable[[Call, Record, "Record | None", Mapping[str, Any]], Problem | None]
"""Looks at (record to be, record before or None, fields that change); gives the problem, if there is one."""


@dataclass(frozen=True, slots=True)
class Child:
    """Records that go when their parent goes."""

    store: Store
    field: str


@dataclass(frozen=True, slots=True)
class Store:
    """A resource, ready to be written to."""

    resource: Resource
    table: str
    schema: Schema | None
    properties: frozenset[str]
    is_closed: bool
    on_create: Callable[[Call], dict[str, Any]]
    on_update: Callable[[Call], dict[str, Any]]
    defaults: Callable[[Call], dict[str, Any]]
    uniques: tuple[Check, ...]
    checks: tuple[Check, ...]  # the others
    on_remove: tuple[Callable[[Call, Record], Problem | None], ...]
    tenant: Callable[[Call], Any] | None
    moments: frozenset[str]  # times that are rewritten as exact as the document's `times` says
    precision: str
    mend: Mend | None  # makes a guessed record whole
    nested: tuple[str, ...]  # fields of `on_create` and `on_update` that stand in others: `attributes.created_at`
    embed: Embed | None  # puts records where a guessed record shows them
    merge: Mapping[str, frozenset[str]]  # fields that an update merges into, and their members that may be null
    owned: frozenset[str]  # properties that no client sets: readOnly ones, parts of the key, the item above
    children: list[Child] = field(default_factory=list)

    @property
    def noun(self) -> str:
        """What people call one record."""
        return noun(self.resource.name)

    @property
    def key(self) -> str:
        """The field that identifies a record."""
        return self.resource.key

    def find(self, call: Call, key: Any) -> Record | Problem:
        """The record with this key, as far as the caller can see it; else a not-found Problem."""
        record = call.world.get(self.table, key) if isinstance(key, str | int) else None
        if record is None and (other := respelled(key)) is not None:
            record = call.world.get(self.table, other)
        if record is None or (self.tenant and record.get(self._tenant_field) != self.tenant(call)):
            return Problem("not-found", f"there is no {self.noun} with this {self.key.lstrip(HIDDEN)}", step="resource")
        return record

    @property
    def _tenant_field(self) -> str:
        return str((self.resource.partition or {}).get("field"))

    def make(self, call: Call, fields: Mapping[str, Any]) -> Record | Problem:
        """Adds a record with these fields; or gives the first problem, and adds nothing."""
        fields = self.embed(call, dict(fields)) if self.embed else fields
        record = {**self.defaults(call), **(self._exact(fields) if self.moments else fields)}
        if self.tenant:
            record[self._tenant_field] = self.tenant(call)
        problem = self._checked(self.uniques, call, record, None, fields) if self.uniques else None
        if problem is not None and problem.kind == "conflict":
            return problem  # which nothing else that is wrong could add to, so that no key is needed
        table = call.world.tables[self.table]
        record[self.resource.key], made = table.new_key()
        call.values["record"] = record
        record |= self.on_create(call)
        if self.nested:
            _nest(record, self.nested, {})
        if self.mend:
            record = self.mend(record, str(record[self.key])) or record
            call.values["record"] = record
        wrong = self._checked(self.checks, call, record, None, fields)
        if problem is not None or wrong is not None:
            return _joined([one for one in (problem, wrong) if one is not None])
        call.world.put(self.table, table.insert(record, made))
        return record

    def change(
        self, call: Call, before: Record, changes: Mapping[str, Any], *, whole: bool = False
    ) -> Record | Problem:
        """Changes fields of a record (all that a client may set, when `whole`); or gives the first problem."""
        changes = self.embed(call, dict(changes)) if self.embed else changes
        kept = self._rest(before, call) if whole else before
        exact = self._exact(changes) if self.moments else changes
        record = {**kept, **(merged(before, exact, self.merge) if self.merge else exact)}
        call.values["record"] = record
        record |= self.on_update(call)
        if self.nested:
            _nest(record, self.nested, before if whole else {})
        if self.mend:
            record = self.mend(record, str(record[self.key])) or record
            call.values["record"] = record
        problem = self._checked(self.uniques + self.checks, call, record, before, changes)
        if problem:
            return problem
        order = self.resource.order
        moved = bool(order) and order[0].lstrip("-") in changes
        call.world.replace(self.table, before[self.resource.key], record, moved)
        return record

    def remove(self, call: Call, record: Record) -> Problem | None:
        """Removes a record and its children; or gives the rule that forbids it."""
        for check in self.on_remove:
            if problem := check(call, record):
                return problem
        call.world.remove(self.table, record[self.key])
        if self.resource.trash:
            call.world.insert(self.table + TRASH, record)
        for child in self.children:
            for orphan in [
                one
                for one in call.world.tables[child.store.table].records()
                if holds(one, child.field.split("."), record[self.key])
            ]:
                child.store.remove(call, orphan)
        return None

    def _exact(self, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        """Fields with their times written as the document's `times` says."""
        sent = {name: time for name in self.moments & fields.keys() if (time := times.parse(fields[name])) is not None}
        return {**fields, **{name: times.text(time, self.precision) for name, time in sent.items()}} if sent else fields

    def _rest(self, before: Record, call: Call) -> dict[str, Any]:
        """What a replacement keeps: the key, what the server set or owns, what the path names, and the tenant."""
        kept = {self.key, *self.resource.on_create, self._tenant_field, *self.owned}
        stays = {name: value for name, value in before.items() if name in kept or name[:1] == HIDDEN}
        return {**self.defaults(call), **stays}

    def _checked(
        self, checks: tuple[Check, ...], call: Call, record: Record, before: Record | None, changes: Mapping[str, Any]
    ) -> Problem | None:
        problems = None
        for check in checks:
            problem = check(call, record, before, changes)
            if problem is not None:
                problems = [*(problems or ()), problem]
                if "existing" in call.values:
                    break  # this isn't refused: the record that exists is the answer
        return _joined(problems) if problems else None


def trashed(store: Store) -> Store:
    """The deleted records of a resource, as a store of their own."""
    return replace(store, table=store.table + TRASH, resource=replace(store.resource, trash=False), children=[])


def _joined(problems: list[Problem]) -> Problem:
    """The first problem, with the faults of all that are alike."""
    first = problems[0]
    alike = [one for one in problems if (one.kind, one.status, one.code) == (first.kind, first.status, first.code)]
    return first if len(alike) == 1 else first._replace(faults=tuple(fault for one in alike for fault in one.faults))


def _nest(record: dict[str, Any], names: tuple[str, ...], before: Record) -> None:
    """Puts fields that stand in others there; those that aren't set stay as they were before."""
    for name in names:
        head, _, last = name.partition(".")
        inner, old = record.get(head), before.get(head)
        value = record.pop(name, old.get(last) if isinstance(old, Mapping) else None)
        if value is not None and (inner is None or isinstance(inner, Mapping)):
            record[head] = {**(inner or {}), last: value}


def compile_store(resource: Resource, schemas: Schemas, names: Names, sampler: Sampler | None = None) -> Store:
    """A resource compiled for writing; with a sampler, records are made whole. Raises SpecError for unknown names."""
    pointer = (resource.schema or "").removeprefix("#")
    schema = None
    if pointer:  # of what is guessed there may be thousands: each is compiled when it is needed
        schema = schemas.later(pointer, "response") if sampler else schemas.at(pointer)
    uniques = tuple(
        _unique(one, resource, names) for one in sorted(resource.unique, key=lambda one: "existing" not in one)
    )
    checks: list[Check] = [
        *(_reference(name, one, names) for name, one in resource.references.items() if one.get("must-exist", True)),
        *(_between(name, span) for name, span in resource.between.items()),
    ]
    if schema and resource.merge:
        checks.insert(0, _valid(schema, schemas, resource.merge))
    rules = [compile_rule(one, names.table(resource.name)) for one in resource.rules]
    return Store(
        resource, names.table(resource.name), schema,
        frozenset(schemas.properties(schema.node)) if schema else frozenset(),
        schemas.closed(schema.node) if schema else False,
        compile_fields(resource.on_create, names), compile_fields(resource.on_update, names),
        compile_fields(resource.defaults, names),
        uniques, (*checks, *(_when_changed(rule) for rule in rules)),
        tuple(_when_removed(rule) for rule in rules),
        _tenant(resource.partition, names) if resource.partition else None,
        _moments(schema, schemas) if schema and names.rewrites_times else frozenset(), names.precision,
        around_hidden(compile_mend(schema, schemas, sampler)) if schema and sampler else None,
        tuple(sorted({one for one in (*resource.on_create, *resource.on_update) if "." in one})),
        compile_embeds(resource, schemas, names) if sampler else None,
        members_of(resource, schema, schemas) if resource.merge else {},
        owned(resource, schema, schemas) if sampler else frozenset(),
    )  # fmt: skip


def _moments(schema: Schema, schemas: Schemas) -> frozenset[str]:
    nodes = {name: schemas.follow(node) for name, node in schemas.properties(schema.node).items()}
    return frozenset(
        name for name, node in nodes.items() if isinstance(node, dict) and node.get("format") == "date-time"
    )


def _tenant(words: Mapping[str, Json], names: Names) -> Value:
    default = words.get("default")
    return compile_value({"$first": [words["from"], default]} if default is not None else words["from"], names)


def noun(resource: str) -> str:
    """What people call one record of a resource: `pipeline_stages` -> `pipeline stage`."""
    return re.sub(r"[_-]+", " ", singular(resource.rpartition(".")[2]))


def tenant_guard(resource: Resource, names: Names) -> Callable[[Call], Problem | None] | None:
    """Refuses a call for a tenant that doesn't exist; None for a resource that isn't partitioned."""
    words = resource.partition
    if words is None:
        return None
    tenant, table = _tenant(words, names), names.table(words["resource"])

    def check(call: Call) -> Problem | None:
        if call.world.get(table, tenant(call)) is not None:
            return None
        return Problem("forbidden", f"there is no such {noun(words['resource'])}", step="partition").given(
            words.get("problem")
        )

    return check


def _valid(schema: Schema, schemas: Schemas, merge: tuple[str, ...]) -> Check:
    """After a merge the merged fields must still be as the record's schema says."""

    def check(call: Call, record: Record, before: Record | None, changes: Mapping[str, Any]) -> Problem | None:
        if changes.keys().isdisjoint(merge) or schema.is_valid(record):
            return None
        faults = faults_of(schema, record, "body", schemas)
        mine = tuple(fault for fault in faults if fault.field.partition(".")[0] in merge)
        return Problem.of_faults("invalid-body", mine) if mine else None

    return check


def _unique(words: Mapping[str, Json], resource: Resource, names: Names) -> Check:
    name, table = words["field"], names.table(resource.name)

    def check(call: Call, record: Record, before: Record | None, changes: Mapping[str, Any]) -> Problem | None:
        if name not in changes or record.get(name) is None:
            return None
        holder = call.world.tables[table].holder(name, record[name])
        if holder is None or (before is not None and holder == before[resource.key]):
            return None
        if "existing" in words and before is None:
            call.values["existing"] = (words["existing"], holder)
        fault = Fault("body", f"/{name}", name, "is already in use")
        return Problem.of_faults("conflict", (fault,)).given(words.get("problem"))

    return check


def _reference(name: str, words: Mapping[str, Json], names: Names) -> Check:
    table, fields = names.table(words["resource"]), list(words.get("by") or ())
    pattern = re.compile(words["pattern"]) if words.get("pattern") else None

    def check(call: Call, record: Record, before: Record | None, changes: Mapping[str, Any]) -> Problem | None:
        if name not in changes:
            return None
        value = changes[name]
        for at, one in enumerate(value if isinstance(value, list) else [value]):
            if (
                one is None
                or (pattern and not pattern.search(str(one)))
                or holder_of(call, table, fields, one) is not None
            ):
                continue
            field_name, pointer = (f"{name}.{at}", f"/{name}/{at}") if isinstance(value, list) else (name, f"/{name}")
            fault = Fault("body", pointer, field_name, f"names no {noun(words['resource'])}")
            problem = Problem.of_faults("dangling-reference", (fault,))._replace(value=str(one))
            return problem.given(words.get("problem"))
        return None

    return check


def _between(name: str, span: list[str]) -> Check:
    low, high = (times.duration(one) for one in span)

    def check(call: Call, record: Record, before: Record | None, changes: Mapping[str, Any]) -> Problem | None:
        time = times.parse(changes.get(name))
        if time is None or low <= time - call.now <= high:
            return None
        early, late = times.text(call.now + low), times.text(call.now + high)
        return Problem.of_faults(
            "invalid-body", (Fault("body", f"/{name}", name, f"must be between {early} and {late}"),)
        )

    return check


def _when_changed(rule: Rule) -> Check:
    return lambda call, record, before, changes: rule(call, before, record, "update")


def _when_removed(rule: Rule) -> Callable[[Call, Record], Problem | None]:
    return lambda call, record: rule(call, record, None, "delete")
