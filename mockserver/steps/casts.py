"""What a text means: values of JSON types from the texts of parameters and forms, by their schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import orjson

from mockserver.spec.model import Json
from mockserver.spec.schema import KINDS, Schemas
from mockserver.steps.texts import Unreadable, embedded

Tree = Any  # Tree = str | list[Tree] | dict[str, Tree]: what was sent, before its types are known
Cast = Callable[[Tree], Json]
Text = Callable[[str], Json]

MAX_NESTING = 20  # brackets in one name
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", re.ASCII)
INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)", re.ASCII)
BRACKETS = re.compile(r"\[([^\[\]]*)\]")
BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
SCALARS = frozenset({"boolean", "integer", "number", "string"})  # null aside: no text is null alone


class Octets(str):
    """A file's bytes as a text, one character for each, which is never read as anything else."""


def cast_of(node: Json, schemas: Schemas) -> Cast:
    """Gives a tree of texts the types that the schema `node` asks for; a text that fits none of them stays a text,
    so that validation says what is wrong with it. Raises Unreadable.
    """
    node = schemas.follow(node)
    kinds = schemas.kinds(node)
    text = text_of(node, schemas)
    plain = bool(kinds & SCALARS) or not kinds
    part = parts_of(node, schemas)

    def cast(tree: Tree) -> Json:
        if isinstance(tree, str):
            if plain:
                return text(tree) if type(tree) is str else str(tree)
            value = tree if isinstance(tree, Octets) else embedded(tree)
            if value is not tree or "array" not in kinds:
                return value
            return cast([tree] if tree else [])
        if isinstance(tree, dict):
            if "array" in kinds and (numbered := in_order(tree)) is not None:
                return cast(numbered)
            return {name: within(name, part(name), one) for name, one in tree.items()}
        if not isinstance(tree, list):
            return tree  # typed already: a JSON part of a form
        if "array" not in kinds:
            raise Unreadable("must be given once")
        item = part(None)
        return [item(one) for one in tree]

    return cast


def parts_of(node: Json, schemas: Schemas) -> Callable[[str | None], Cast]:
    """The casts of an object's properties by name, and of an array's items by None.

    Each is made when it is first needed, for schemas may be recursive.
    """
    properties = schemas.properties(node)
    casts: dict[str, Cast] = {}

    def part(name: str | None) -> Cast:
        place = "[]" if name is None else f"/{name}" if name in properties else "*"  # `*`: one for all other names
        if place not in casts:
            schema = schemas.items(node) if name is None else schemas.property_schema(node, name)
            casts[place] = cast_of({} if schema is None else schema, schemas)
        return casts[place]

    return part


def within(name: str, cast: Cast, tree: Tree) -> Json:
    """The value of a property. What is wrong with it is wrong at its name."""
    try:
        return cast(tree)
    except Unreadable as wrong:
        raise Unreadable(wrong.detail, (name, *wrong.path)) from None


def text_of(node: Json, schemas: Schemas) -> Text:
    """Gives one text the type that the schema asks for: null, boolean, integer, number, in this order, else text.

    Values of `enum` and `const` come first. Raises Unreadable for a number that no JSON reader could hold.
    """
    kinds = schemas.kinds(node)
    spelled = {spelling(value): value for value in choices(node, schemas)}
    if kinds == KINDS:
        return lambda text: spelled.get(text, text)
    order = [TEXTS[kind] for kind in ("null", "boolean", "integer", "number") if kind in kinds]
    if "number" in kinds:
        order = [one for one in order if one is not integer]
    if "null" in kinds and "string" in kinds:
        order = [one for one in order if one is not null]
    if not order and not any(not isinstance(value, str) for value in spelled.values()):
        return same
    if len(order) == 1 and not spelled and "string" not in kinds:
        return order[0]

    def cast(text: str) -> Json:
        if text in spelled:
            return spelled[text]
        for attempt in order:
            try:
                value = attempt(text)
            except Unreadable:
                if "string" in kinds:
                    continue
                raise
            if value is not text:
                return value
        return text

    return cast


def choices(node: Json, schemas: Schemas) -> Iterable[Json]:
    """The scalars that `enum` and `const` name."""
    for part in schemas.parts(node):
        named = part["enum"] if isinstance(part.get("enum"), list) else [part["const"]] if "const" in part else ()
        yield from (value for value in named if not isinstance(value, (list, dict)))


def spelling(value: Json) -> str:
    """How a scalar is written in a URL or form."""
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def same(text: str) -> Json:
    """A text is itself."""
    return text


def null(text: str) -> Json:
    """None for `null` and for nothing."""
    return None if text in ("null", "") else text


def boolean(text: str) -> Json:
    """`true` and `false`, in the spellings that clients send (Python's sends `False`)."""
    return BOOLEANS.get(text, text)


def integer(text: str) -> Json:
    """An integer in JSON's grammar; beyond 64 bits a float, as in a JSON body."""
    if text.isdecimal() and text.isascii() and len(text) < 19 and (text[0] != "0" or text == "0"):
        return int(text)
    if not INTEGER.fullmatch(text):
        return text
    return int(text) if len(text) < 19 else loads(text)


def number(text: str) -> Json:
    """A number in JSON's grammar."""
    return loads(text) if NUMBER.fullmatch(text) else text


def loads(text: str) -> Json:
    """A JSON number. Raises Unreadable when it is larger than a double."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Unreadable("is a number too large to be read") from None


TEXTS: dict[str, Text] = {"null": null, "boolean": boolean, "integer": integer, "number": number}


WHOLE = re.compile(rb"[0-9](\.0|[eE])")  # what JSON with a number such as 5.0 or 1e3 has in it, and little else


def whole(value: Json, node: Json, schemas: Schemas) -> Json:
    """A valid value whose integers are written as such: JSON Schema takes 5.0 for one, but few clients do."""
    if value.__class__ is float:
        return int(value) if value.is_integer() and "number" not in schemas.kinds(node) else value
    if isinstance(value, dict):
        return {name: whole(one, schemas.property_schema(node, name) or {}, schemas) for name, one in value.items()}
    if isinstance(value, list):
        items = schemas.items(node) or {}
        return [whole(one, items, schemas) for one in value]
    return value


def keys_of(name: str) -> tuple[str, ...]:
    """`filter[a][]` -> `('filter', 'a', '')`; a name without well-formed brackets is one key. Raises Unreadable."""
    root, bracket, rest = name.partition("[")
    if not bracket or not root:
        return (name,)
    keys = BRACKETS.findall("[" + rest)
    if sum(len(key) + 2 for key in keys) != len(rest) + 1:
        return (name,)
    if len(keys) > MAX_NESTING:
        raise Unreadable(f"is nested more than {MAX_NESTING} levels deep")
    return (root, *keys)


def nest(fields: Iterable[tuple[tuple[str, ...], Tree]]) -> dict[str, Tree]:
    """The tree that names in brackets describe: `metadata[tier]=gold`, `to[]=a&to[]=b`, `items[0][price]=p`.

    A name given more than once becomes a list; `a[][x]` starts the next item when `x` comes again. Raises Unreadable
    when a name is both a value and an object.
    """
    root: dict[str, Tree] = {}
    for keys, value in fields:
        here = root
        for depth, key in enumerate(keys[:-1]):
            if not key:
                key = _open_item(here, keys[depth + 1])
            below = here.setdefault(key, {})
            if not isinstance(below, dict):
                raise Unreadable("is given both as a value and as an object", keys[: depth + 1])
            here = below
        _put(here, keys, value)
    return root


def _put(here: dict[str, Tree], keys: tuple[str, ...], value: Tree) -> None:
    key = keys[-1] or str(len(here))
    there = here.get(key)
    if there is None:
        here[key] = value
    elif isinstance(there, list):
        there.append(value)
    elif isinstance(there, str):
        here[key] = [there, value]
    else:
        raise Unreadable("is given both as a value and as an object", keys)


def _open_item(items: dict[str, Tree], key: str) -> str:
    """The index of the item that `[]` means when `key` is to be set in it."""
    last = items.get(str(len(items) - 1)) if items else None
    if isinstance(last, dict) and key and key not in last:
        return str(len(items) - 1)
    return str(len(items))


def in_order(tree: dict[str, Tree]) -> list[Tree] | None:
    """The values of keys that are indexes, by index; None when one isn't, or when there are none."""
    if not tree or not all(key.isascii() and key.isdigit() and len(key) < 10 for key in tree):
        return None
    return [tree[key] for key in sorted(tree, key=int)]


def respelled(key: Any) -> str | int | None:
    """A key as a text for a number, and the other way round: documents call one id both."""
    if isinstance(key, str):
        return int(key) if key.isascii() and key.isdigit() and len(key) < 19 and str(int(key)) == key else None
    return str(key) if isinstance(key, int) and not isinstance(key, bool) else None
