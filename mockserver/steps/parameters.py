"""Reads the parameters of a path, of headers and of cookies, each place as a whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from mockserver.spec.model import Parameter
from mockserver.spec.schema import Schemas
from mockserver.steps.call import Fault
from mockserver.steps.slots import (
    NONE,
    Read,
    Values,
    defaults_of,
    missing,
    plain_slots,
    slot,
    spread_names,
    spreads,
    take_spread,
)
from mockserver.steps.styles import shape_of, split_cookies, split_query
from mockserver.steps.texts import Unreadable, unescape_path

TEMPLATE = re.compile(r"\{([^{}]+)\}")
NOT_PARAMETERS = frozenset({"accept", "content-type", "authorization"})  # OpenAPI 3.1, section 4.8.12.2


def path_reader(
    template: str, parameters: Sequence[Parameter], schemas: Schemas
) -> Callable[[Mapping[str, str]], Read] | None:
    """Reads path parameters from raw texts by name; one that the document forgot to declare is a text."""
    slots = {one.name: slot(one, schemas) for one in parameters}
    undeclared = [name for name in dict.fromkeys(TEMPLATE.findall(template)) if name not in slots]
    quick = plain_slots(slots)
    if not slots and not undeclared:
        return None

    def read(segments: Mapping[str, str]) -> Read:
        values: Values = {}
        for name, (plain, is_valid) in quick.items():
            text = segments.get(name, "%")
            if "%" in text or not text.isascii():
                break
            try:
                value = plain(text)
            except Unreadable:
                break
            if not is_valid(value):
                break
            values[name] = value
        if len(values) == len(slots) and not undeclared:
            return values, NONE
        return read_rest(segments, values)

    def read_rest(segments: Mapping[str, str], values: Values) -> Read:
        faults: list[Fault] = []
        for name, one in slots.items():
            if name not in values:
                one.take([segments.get(name, "")], values, faults)
        for name in undeclared:
            try:
                values[name] = unescape_path(segments.get(name, ""))
            except Unreadable as wrong:
                faults.append(Fault("path", name, name, wrong.detail))
        return values, faults

    return read


def header_reader(parameters: Sequence[Parameter], schemas: Schemas) -> Callable[[Mapping[str, str]], Read] | None:
    """Reads header parameters, by their declared names."""
    slots = [(one.name.lower(), slot(one, schemas)) for one in parameters if one.name.lower() not in NOT_PARAMETERS]
    if not slots:
        return None
    required, defaults = [one for _, one in slots if one.required], defaults_of(one for _, one in slots)

    def read(headers: Mapping[str, str]) -> Read:
        values, faults = dict(defaults), list[Fault]()
        for name, one in slots:
            if name in headers:
                one.take([headers[name]], values, faults)
        if required:
            missing(required, values, faults)
        return values, faults

    return read


def cookie_reader(parameters: Sequence[Parameter], schemas: Schemas) -> Callable[[str], Read] | None:
    """Reads cookies."""
    slots = {one.name: slot(one, schemas) for one in parameters}
    if not slots:
        return None
    required, defaults = [one for one in slots.values() if one.required], defaults_of(slots.values())
    spread = [spread_names(slots[one.name]) for one in parameters if spreads(one, slots[one.name])]
    # exploded, RFC 6570 gives `color=blue&color=black` even here
    listed = [one for one in parameters if one.explode and one.style != "cookie"]
    joined = any(shape_of(slots[one.name].schema.kinds) != "text" for one in listed)

    def read(header: str) -> Read:
        values, faults, given = dict(defaults), list[Fault](), dict[str, list[str]]()
        for name, text in split_cookies(header):
            for one_name, one_text in split_query(f"{name}={text}") if joined else ((name, text),):
                given.setdefault(one_name, []).append(one_text)
        for name, one in slots.items():
            if name in given:
                one.take(given[name], values, faults)
        for one, belongs in spread:
            if mine := {name: texts for name, texts in given.items() if name not in slots and belongs(name)}:
                take_spread(one, mine, values, faults)
        if required:
            missing(required, values, faults)
        return values, faults

    return read
