"""Reads the query: plain names, brackets, exploded objects, or one value as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from mockserver.spec.model import Json, Parameter
from mockserver.spec.schema import Schemas
from mockserver.steps.call import Fault
from mockserver.steps.casts import Tree, keys_of, nest
from mockserver.steps.faults import MAX_FAULTS, close
from mockserver.steps.slots import (
    NONE,
    Plain,
    Read,
    Slot,
    Values,
    defaults_of,
    missing,
    plain_slots,
    slot,
    spread_names,
    spreads,
    take_spread,
)
from mockserver.steps.styles import split_query
from mockserver.steps.texts import Unreadable, unescape_query


@dataclass(frozen=True, slots=True)
class Query:
    """An operation's query parameters, compiled."""

    slots: Mapping[str, Slot]
    required: tuple[Slot, ...]
    spread: tuple[tuple[Slot, Callable[[str], bool]], ...]  # objects whose properties stand under their own names
    refuse_unknown: bool


def query_reader(
    parameters: Sequence[Parameter], schemas: Schemas, refuse_unknown: bool, may_miss: bool = False
) -> Callable[[str], Read] | None:
    """Reads the query: names are looked up as they are, then by brackets, then as properties of an exploded object.

    With `may_miss`, what is required may come another way, so that missing it is no fault here.
    """
    slots = {one.name: slot(one, schemas) for one in parameters}
    if not slots and not refuse_unknown:
        return None
    spread = tuple(spread_names(slots[one.name]) for one in parameters if spreads(one, slots[one.name]))
    required = () if may_miss else tuple(one for one in slots.values() if one.required)
    plan = Query(slots, required, spread, refuse_unknown)
    defaults, without, quick = defaults_of(slots.values()), list[Fault](), plain_slots(slots)
    missing(plan.required, {}, without)

    def read(query: str) -> Read:
        if not query:
            return defaults, without
        found = read_plain(query, quick)
        if found is not None and not plan.required:
            return {**defaults, **found} if defaults else found, NONE
        values, faults = dict(defaults), list[Fault]()
        given, others = by_name(query, slots)
        for name, texts in given.items():
            slots[name].take(texts, values, faults)
        if others:
            composed(plan, others, given, values, faults)
        if plan.required:
            missing(plan.required, {**given, **values} if others else given, faults)
        return values, faults

    return read


def read_plain(query: str, quick: Plain) -> Values | None:
    """The values of a query in which each name is known, plain, given once and valid, as nearly all are; else None."""
    if "%" in query or "+" in query or not query.isascii():
        return None
    values: Values = {}
    for part in query.split("&"):
        name, _, text = part.partition("=")
        if not text or name not in quick or name in values:
            return None
        plain, is_valid = quick[name]
        try:
            value = plain(text)
        except Unreadable:
            return None
        if not is_valid(value):
            return None
        values[name] = value
    return values


def by_name(query: str, slots: Mapping[str, Slot]) -> tuple[dict[str, list[str]], list[tuple[str, str]]]:
    """The raw texts of declared names, and all other pairs in their order; a name that isn't UTF-8 stays as it is."""
    given: dict[str, list[str]] = {}
    others: list[tuple[str, str]] = []
    for part in query.split("&"):
        name, _, text = part.partition("=")
        if name not in slots and ("%" in name or "+" in name or not name.isascii()):
            try:
                name = unescape_query(name)
            except Unreadable:
                name = name.encode("utf-8", "replace").decode()
        if name in given:
            given[name].append(text)
        elif name in slots:
            given[name] = [text]
        elif name:
            others.append((name, text))
    return given, others


def composed(
    plan: Query, others: list[tuple[str, str]], given: Mapping[str, object], values: Values, faults: list[Fault]
) -> None:
    """Reads the parameters that several names of the query build: in brackets, or the properties of an object."""
    trees, unknown = in_brackets(others, plan.slots, faults)
    for name, tree in trees.items():
        if name in given:
            faults.append(plan.slots[name].fault(Unreadable("is given both as a value and in brackets")))
        else:
            plan.slots[name].take_tree(tree, values, faults)
    for one, belongs in plan.spread:
        mine = {name: unknown.pop(name) for name in list(unknown) if belongs(name)}
        if mine:
            take_spread(one, mine, values, faults)
    if plan.refuse_unknown:
        for name in list(unknown)[:MAX_FAULTS]:
            faults.append(Fault("query", name, name, f"is not a known parameter{close(name, plan.slots)}"))


def in_brackets(
    fields: Iterable[tuple[str, str]], slots: Mapping[str, Slot], faults: list[Fault]
) -> tuple[dict[str, Tree], dict[str, list[str]]]:
    """Names in brackets as a tree for each parameter, and what belongs to none: `filter[a][b]=1`, `key[]=`, `a[0]=`."""
    found: dict[str, list[tuple[tuple[str, ...], Tree]]] = {}
    unknown: dict[str, list[str]] = {}
    trees: dict[str, Tree] = {}
    for name, text in fields:
        root = name.partition("[")[0]
        try:
            keys = keys_of(name) if root != name and root in slots else ()
            if len(keys) < 2:
                unknown.setdefault(name, []).append(text)
            else:
                pair = keys, unescape_query(text)
                found.setdefault(root, []).append(pair)
        except Unreadable as wrong:
            faults.append(slots[root].fault(wrong))
    for root, pairs in found.items():
        try:
            trees[root] = nest(pairs)[root]
        except Unreadable as wrong:
            faults.append(Fault("query", root, _bracketed(wrong.path) or root, wrong.detail))
    return trees, unknown


def whole_query_reader(parameter: Parameter, schemas: Schemas) -> Callable[[str], Read]:
    """Reads a query that is one value as a whole (`in: querystring`, OpenAPI 3.2): a form, JSON or a text."""
    one = slot(parameter, schemas)
    form = parameter.media_type in (None, "application/x-www-form-urlencoded")

    def value(query: str) -> Json:
        if not form:
            return one.decode([query])
        pairs = ((unescape_query(name), unescape_query(text)) for name, text in split_query(query))
        return one.cast(nest((keys_of(name), text) for name, text in pairs))

    def read(query: str) -> Read:
        values, faults = dict[str, Json](), list[Fault]()
        if query:
            one.keep(value, query, values, faults)
        elif one.required:
            missing([one], values, faults)
        return values, faults

    return read


def _bracketed(path: tuple[str, ...]) -> str:
    """`filter[value]`, as clients write it."""
    return "".join(f"[{part}]" if at else part for at, part in enumerate(path))
