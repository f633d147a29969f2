"""Compiles what a list does: its filters, what it always holds, its order and pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mockserver.spec.behaviour import Plan, Resource
from mockserver.spec.model import Json, Operation
from mockserver.steps.call import Call, Problem
from mockserver.steps.lookups import holds
from mockserver.steps.narrowing import narrows
from mockserver.steps.paging import DEFAULT_SIZE, EVERYTHING, Listing, Sieve
from mockserver.steps.parents import compile_parent
from mockserver.steps.query import HOLDERS, Fields, compile_filter, compile_order, sort_records
from mockserver.steps.search import compile_search, compile_sort
from mockserver.steps.values import ABSENT, Value, compile_value
from mockserver.steps.writes import TRASH
from mockserver.surroundings import Surroundings
from mockserver.world.selections import Wanted


def listing(operation: Operation, said: Plan, resource: Resource, around: Surroundings) -> Listing:
    """What a list needs at run time. Raises SpecError for words that don't hold together."""
    fields = _fields(resource, around)
    page, answer = said.page, f"{said.answer} {said.headers}"
    return Listing(
        around.names.table(resource.name) + (TRASH if said.trash else ""),
        "all" if said.does == "read" else page.get("style", "all"),
        _place(page.get("size"), around),
        _place(page.get("position"), around),
        _default_size(operation, page.get("size"), around),
        _sieve(operation, said, resource, fields, around),
        _order(said, resource, fields, around),
        lambda records, by, call: sort_records(records, by, call, fields),
        re.search(r"page\.(total|pages)", answer) is not None,
        re.search(r"\$page\.((\w+-)?(url|path)|links)", answer) is not None,
        frozenset(str(one).split(".")[2] for one in page.values() if str(one).startswith("$request.body.")),
        page.get("before"),
    )


def _default_size(operation: Operation, name: Json, around: Surroundings) -> int:
    """How many records a page has when a call doesn't say: the `default` of the parameter."""
    size = next((one for one in operation.parameters if one.name == name and one.location == "query"), None)
    default = around.schemas.follow(around.schemas.look_up(size.schema)).get("default") if size else None
    return default if isinstance(default, int) else DEFAULT_SIZE


def _sieve(
    operation: Operation, said: Plan, resource: Resource, fields: Fields, around: Surroundings
) -> Callable[[Call], Sieve | Problem]:
    """All that a record must pass to be in the list of a call."""
    few, route = frozenset[str]() if said.trash else around.narrow[resource.name], (operation.path, operation.method)
    filters = [
        (name, compile_filter(name, words, fields), narrows(words) and few.issuperset(words["fields"]), words)
        for name, words in said.filters.items()
    ]
    always = _always(said, resource, fields, around)
    search = compile_search(said.search, fields, around.names) if said.search else None

    def sieve(call: Call) -> Sieve | Problem:
        searched = search(call) if search else ()
        if isinstance(searched, Problem):
            return searched
        selecting, tests = list[Selecting](), [*searched]
        for name, value, test in always(call) if always else ():
            if name in few:
                selecting.append(((name, repr(value)), (name,), test))
            else:
                tests.append(test)
        for name, each, is_narrow, words in filters:
            test = each(call)
            if test is None:
                continue
            if isinstance(test, Problem):
                return test
            if is_narrow:
                selecting.append(((name, repr(call.query.get(name))), words["fields"], test))
            else:
                tests.append(test)
        if selecting:
            return Sieve(_wanted(route, selecting), tests)
        return Sieve(None, tests) if tests else EVERYTHING

    return sieve


Selecting = tuple[tuple[str, str], Sequence[str], Any]
"""A test that a selection makes: what it asks for, the fields that it looks at, the test."""


def _wanted(route: tuple[str, str], selecting: list[Selecting]) -> Wanted:
    label = (route, *(label for label, _, _ in selecting))
    fields = tuple(name for _, names, _ in selecting for name in names)
    return Wanted(label, fields, tuple(test for _, _, test in selecting))


def _order(
    said: Plan, resource: Resource, fields: Fields, around: Surroundings
) -> Callable[[Call], tuple[str, ...] | Problem]:  # fmt: skip
    """The order that a call asks for; empty for the table's own."""
    own = said.order if said.order and said.order != resource.order[:1] else ()
    sort = compile_sort(said.search, fields, around.names) if "sort" in said.search else None
    sent_order = compile_order(said.sort, fields) if said.sort else None

    def order(call: Call) -> tuple[str, ...] | Problem:
        if sort and (wished := sort(call)):
            return wished
        found = sent_order(call) if sent_order else None
        if found is None:
            return own
        return () if found == tuple(resource.order) else found

    return order


def _fields(resource: Resource, around: Surroundings) -> Fields:
    pointer = (resource.schema or "").removeprefix("#")
    schemas = around.schemas
    properties = schemas.properties(schemas.look_up(pointer)) if pointer else {}
    held = {one: schemas.properties(properties[one]) for one in HOLDERS if one in properties}
    within = {f"{one}.{name}": node for one, inner in held.items() for name, node in inner.items()}
    properties = {**properties, **within}
    moments = {
        name for name, node in properties.items() if (schemas.follow(node) or {}).get("format") in ("date-time", "date")
    }
    kinds = {name: schemas.kinds(node) for name, node in properties.items()}
    computed = around.stored[resource.name].computed
    return Fields(
        {**{name: frozenset({"number", "string"}) for name in computed}, **kinds}, frozenset(moments), computed
    )


def _always(
    said: Plan, resource: Resource, fields: Fields, around: Surroundings
) -> Callable[[Call], list[tuple[str, Any, Any]]] | None:
    """The tests that every call of a list makes: `where`, its parent, its tenant; with the field and its value."""
    wanted = dict(said.where)
    above = compile_parent(said, resource, around.schemas, around.names)
    tenant = around.stores[resource.name].tenant
    tenant_field = (resource.partition or {}).get("field")
    values = [(name, compile_value(value, around.names)) for name, value in wanted.items()]
    if tenant and tenant_field:
        values.append((tenant_field, tenant))

    if not values and not (above and above.field):
        return None

    def tests(call: Call) -> list[tuple[str, Any, Any]]:
        found = []
        for name, value in values:
            wanted = value(call)
            found.append((name, wanted, _holds(fields.reader(call, name), name, wanted)))
        if above and above.field:
            found.append(("", None, above.test(above.key(call))))
        return found

    return tests


def _place(said: Any, around: Surroundings) -> str | Value | None:
    """Where a page's size or position stands: a query parameter's name, or a value such as `$request.body.limit`."""
    return compile_value(said, around.names) if isinstance(said, str) and said.startswith("$request.") else said


def _holds(
    read: Callable[[Mapping[str, Any]], Any], name: str, wanted: Any
) -> Callable[[Mapping[str, Any]], bool]:  # fmt: skip
    """Whether a field is what is wanted, or one of several; a field that is a list must hold it."""
    path = name.split(".")

    def test(record: Mapping[str, Any]) -> bool:
        value = read(record)
        if isinstance(wanted, list):
            return any(holds(record, path, one) for one in wanted)
        return value == wanted if value is not ABSENT and not isinstance(value, list) else holds(record, path, wanted)

    return test
