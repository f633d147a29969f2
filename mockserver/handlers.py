"""Compiles what an operation does with records: its handler, its input, its list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mockserver.listings import listing
from mockserver.spec.behaviour import Plan, Resource
from mockserver.spec.errors import SpecError
from mockserver.spec.model import Operation
from mockserver.steps import resources
from mockserver.steps.call import Call, Guard, Problem
from mockserver.steps.paging import compile_list
from mockserver.steps.parents import belongs, compile_parent
from mockserver.steps.values import compile_fields, compile_value
from mockserver.steps.writes import Store, trashed
from mockserver.surroundings import Surroundings


def handler(
    operation: Operation, said: Plan, resource: Resource | None, store: Store | None, around: Surroundings
) -> Guard | None:
    if said.does == "sample" or store is None or resource is None:
        return None
    if said.trash:
        store = trashed(store)
    if said.does == "list":
        return compile_list(listing(operation, said, resource, around))
    given = _input(operation, said, resource, around)
    if said.does == "create" and said.key is None:
        return resources.create(store, given)
    if said.does == "batch-create":
        return resources.create_many(store, given)
    if said.does in ("batch-read", "batch-delete"):
        return (resources.read_many if said.does == "batch-read" else resources.delete_many)(store, given)
    makes = _made_as(operation) if said.missing == "create" else None
    if said.does == "batch-update":
        key = compile_value(said.key, around.names) if said.key is not None else None
        return resources.update_many(store, given, key, makes=makes is not None)
    find = _find(operation, said, resource, store, around)
    if said.does == "create":
        return resources.upsert(store, find, given, 200 if "200" in operation.responses else said.status)
    makers: dict[str, Callable[[], Guard]] = {
        "read": lambda: resources.read(find),
        "update": lambda: resources.update(store, find, given, makes=makes),
        "replace": lambda: resources.update(store, find, given, whole=True, makes=makes),
        "act": lambda: resources.act(store, find, given),
        "delete": lambda: resources.delete(store, find),
        "restore": lambda: resources.restore(store, trashed(store), compile_value(said.key, around.names), given),
    }
    return makers[said.does]()


def _made_as(operation: Operation) -> Mapping[str, int]:
    """The status of an answer that tells of a new record, where the document has one of its own."""
    return {"status": 201} if "201" in operation.responses else {}


def _find(operation: Operation, said: Plan, resource: Resource, store: Store, around: Surroundings) -> resources.Find:
    if said.key is not None:
        find = resources.find_by_key(store, compile_value(said.key, around.names))
        above = compile_parent(said, resource, around.schemas, around.names)
        if above and above.field and isinstance(said.key, Mapping) and said.key.get("$find", [""])[0] == resource.name:
            _, value, *fields = said.key["$find"]
            return resources.find_within(store, compile_value(value, around.names), fields, above)
        return belongs(above, find, store.noun) if above and above.field else find
    if said.does != "read" or not (said.filters or said.where):
        raise SpecError(f"x-mock of {operation.id}: which record? give `key`, or `filters` for a read")
    found_by = compile_list(listing(operation, said, resource, around))

    def first(call: Call) -> Mapping[str, Any] | Problem:
        if problem := found_by(call):
            return problem
        found: list[Mapping[str, Any]] = call.values["page"]["records"]
        return found[0] if found else Problem("not-found", f"no {store.noun} matches", step="resource")

    return first


def _input(operation: Operation, said: Plan, resource: Resource, around: Surroundings) -> resources.Input:
    body = operation.body
    media = next((one.schema for one in body.media if one.schema), None) if body else None
    node = around.schemas.look_up(media) if media else {}
    path = str(said.input).split(".")[2:] if isinstance(said.input, str) else []
    for name in path:
        items = around.schemas.items(node) if name.isdecimal() else None
        node = items or around.schemas.property_schema(node, name) or {}
    if said.does.startswith("batch-"):
        node = around.schemas.items(node) or {}
    known = around.schemas.properties(node)
    known = {name: one for name, one in known.items() if not _is_read_only(one, around)}
    names = frozenset(
        {said.aliases.get(name, name) for name in known} | {part for parts in said.split.values() for part in parts}
    )
    above = compile_parent(said, resource, around.schemas, around.names)
    store = around.stores[resource.name]
    usual = frozenset(name for name in (names if known else store.properties) if name != store.key)
    taken = usual & store.properties if store.is_closed else usual
    return resources.Input(
        compile_value(said.input, around.names), names if known else None, said.split,
        compile_fields(said.set, around.names) if said.set else None, above if above and above.field else None,
        taken, tuple(path),
    )  # fmt: skip


def _is_read_only(node: Any, around: Surroundings) -> bool:
    """Whether only the server sets a property (OpenAPI 3.1, 4.8.24: `readOnly`)."""
    return any(isinstance(part, dict) and part.get("readOnly") is True for part in (node, around.schemas.follow(node)))
