"""How values that never change are written as JSON and read again, by their types: what `shape(SomeType)` gives."""

from __future__ import annotations

import base64
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from immutables import Map

from mockserver.spec.model import Json
from mockserver.world.ordered import Ordered


class Misfit(ValueError):
    """JSON that isn't what the type says; `where` is a JSON pointer to it."""

    def __init__(self, message: str, where: str = "") -> None:
        super().__init__(message)
        self.message, self.where = message, where


class Shape(NamedTuple):
    """A type's way into JSON and back. `read` raises Misfit."""

    write: Callable[[Any], Json]
    read: Callable[[Json], Any]


@cache
def shape(kind: Any) -> Shape:
    """The shape of a type: a plain one, Any, a frozen dataclass, a NamedTuple, and tuples, Maps and unions of such.

    Raises TypeError for any other type: such a field needs a shape of its own (see states/fields).
    """
    if kind is Any or kind is object:
        return ANYTHING
    if kind in PLAIN:
        return PLAIN[kind]
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _union(arguments)
    if origin is Literal:
        return PLAIN[type(arguments[0])]
    if origin is tuple:
        return _tuple(arguments)
    if origin is frozenset:
        return _frozenset(shape(arguments[0]))
    if origin is Map:
        return _map(shape(arguments[0]), shape(arguments[1]))
    if kind is Ordered:
        return ordered(ANYTHING)
    if origin in (dict, Mapping) or kind in (dict, Mapping, list) or origin is list:
        return ANYTHING
    if is_record(kind):
        return _record(kind)
    raise TypeError(f"{kind!r} has no shape: give it one in states/fields.py")


def is_record(kind: Any) -> bool:
    """Whether a type is a dataclass or a NamedTuple."""
    return isinstance(kind, type) and (is_dataclass(kind) or (issubclass(kind, tuple) and hasattr(kind, "_fields")))


def ordered(items: Shape) -> Shape:
    """A sorted sequence as a list."""

    def write(value: Ordered) -> Json:
        return [items.write(item) for item in value.upward()]

    def read(told: Json) -> Ordered:
        return Ordered.of(sorted(_each(items, _a(list, told))))

    return Shape(write, read)


def _record(kind: Any) -> Shape:
    """Fields by name; those that are as by default are left out."""
    hints = get_type_hints(kind)
    defaults = _defaults(kind)
    shapes = {name: shape(hints[name]) for name in defaults}

    def write(value: Any) -> Json:
        told = {}
        for name, default in defaults.items():
            held = getattr(value, name)
            if default is MISSING or (held is not default and held != default):
                told[name] = shapes[name].write(held)
        return told

    def read(told: Json) -> Any:
        for name in _a(dict, told):
            if name not in shapes:
                raise Misfit(f"there is no {name!r} here", f"/{name}")
        for name, default in defaults.items():
            if default is MISSING and name not in told:
                raise Misfit(f"{name!r} is missing")
        return kind(**{name: _inside(name, shapes[name], value) for name, value in told.items()})

    return Shape(write, read)


def _defaults(kind: Any) -> dict[str, Any]:
    """The fields of a dataclass or NamedTuple with their defaults, MISSING where there is none."""
    if not is_dataclass(kind):
        return {name: kind._field_defaults.get(name, MISSING) for name in kind._fields}
    return {
        each.name: each.default_factory() if each.default_factory is not MISSING else each.default
        for each in fields(kind)
    }


def _tuple(arguments: tuple[Any, ...]) -> Shape:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        items = shape(arguments[0])
        return Shape(lambda value: [items.write(one) for one in value], lambda told: tuple(_each(items, told)))
    parts = [shape(each) for each in arguments]

    def read(told: Json) -> tuple[Any, ...]:
        if len(_a(list, told)) != len(parts):
            raise Misfit(f"should have {len(parts)} items")
        return tuple(_inside(str(at), part, told[at]) for at, part in enumerate(parts))

    return Shape(lambda value: [part.write(one) for part, one in zip(parts, value, strict=True)], read)


def _frozenset(items: Shape) -> Shape:
    return Shape(
        lambda value: sorted((items.write(one) for one in value), key=repr), lambda told: frozenset(_each(items, told))
    )


def _map(keys: Shape, values: Shape) -> Shape:
    """Pairs of key and value, in an order that doesn't depend on where they are in memory."""

    def write(value: Map[Any, Any]) -> Json:
        return sorted(([keys.write(key), values.write(one)] for key, one in value.items()), key=lambda pair: repr(pair))

    def read(told: Json) -> Map[Any, Any]:
        pairs = [_inside(str(at), PAIR, pair) for at, pair in enumerate(_a(list, told))]
        return Map(
            (_inside(f"{at}/0", keys, key), _inside(f"{at}/1", values, one)) for at, (key, one) in enumerate(pairs)
        )

    return Shape(write, read)


def _union(arguments: tuple[Any, ...]) -> Shape:
    """A plain type or a record, or one of several records: these say which one they are."""
    records = {each.__name__: (each, shape(each)) for each in arguments if is_record(each)}
    if not records:
        return ANYTHING
    if len(records) == 1 and set(arguments) - {each for each, _ in records.values()} <= {type(None)}:
        ((_, only),) = records.values()
        return Shape(
            lambda value: None if value is None else only.write(value),
            lambda told: None if told is None else only.read(told),
        )

    def write(value: Any) -> Json:
        known = records.get(type(value).__name__)
        return {"is": type(value).__name__, **known[1].write(value)} if known else ANYTHING.write(value)

    def read(told: Json) -> Any:
        if not (isinstance(told, dict) and "is" in told):
            return ANYTHING.read(told)
        if told["is"] not in records:
            raise Misfit(f"is none of {', '.join(records)}", "/is")
        return records[told["is"]][1].read({name: value for name, value in told.items() if name != "is"})

    return Shape(write, read)


def _each(items: Shape, told: Json) -> list[Any]:
    return [_inside(str(at), items, one) for at, one in enumerate(_a(list, told))]


def _inside(name: str, inner: Shape, told: Json) -> Any:
    try:
        return inner.read(told)
    except Misfit as misfit:
        raise Misfit(misfit.message, f"/{name}{misfit.where}") from None


NAMES = {list: "a list", dict: "an object", str: "a text", bool: "true or false", int: "a whole number"}


def _a(kind: Any, told: Json) -> Any:
    """The value, which must be of this type."""
    if not isinstance(told, kind) or (isinstance(told, bool) and kind is not bool):
        raise Misfit(f"should be {NAMES[kind]}")
    return told


def _number(told: Json) -> float:
    if isinstance(told, bool) or not isinstance(told, int | float):
        raise Misfit("should be a number")
    return told


def written_bytes(value: bytes) -> Json:
    """Bytes as text where they are text, in base64 where they aren't."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return {"$base64": base64.b64encode(value).decode()}


def read_bytes_of(told: Json) -> bytes:
    """The inverse of `written_bytes`."""
    try:
        return base64.b64decode(told["$base64"]) if isinstance(told, dict) else _a(str, told).encode()
    except (KeyError, TypeError, ValueError):
        raise Misfit("should be a text, or {'$base64': …}") from None


def _written(value: Any) -> Json:
    """Any value: JSON as it is, what JSON doesn't have under a name that begins with `$`."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case list():
            return [_written(one) for one in value]
        case tuple() if not is_record(type(value)):
            return {"$tuple": [_written(one) for one in value]}
        case bytes():
            return {"$bytes": written_bytes(value)}
        case frozenset():
            return {"$set": sorted(map(_written, value), key=repr)}
        case Map():
            return {"$map": PAIRS.write(value)}
        case Mapping():
            if any(not isinstance(name, str) or name.startswith("$") for name in value):
                return {"$object": [[_written(name), _written(one)] for name, one in value.items()]}
            return {name: _written(one) for name, one in value.items()}
    raise TypeError(f"a {type(value).__name__} can't be written as JSON")


def _read(told: Json) -> Any:
    match told:
        case {"$tuple": [*items], **rest} if not rest:
            return tuple(map(_read, items))
        case {"$bytes": inner, **rest} if not rest:
            return read_bytes_of(inner)
        case {"$set": [*items], **rest} if not rest:
            return frozenset(map(_read, items))
        case {"$map": pairs, **rest} if not rest:
            return PAIRS.read(pairs)
        case {"$object": [*pairs], **rest} if not rest:
            return {_read(name): _read(one) for name, one in map(PAIR.read, pairs)}
        case dict():
            return {name: _read(one) for name, one in told.items()}
        case list():
            return [_read(one) for one in told]
    return told


def _pair(told: Json) -> Json:
    if not isinstance(told, list) or len(told) != 2:
        raise Misfit("should be a pair of key and value")
    return told


ANYTHING = Shape(_written, _read)
PAIR = Shape(lambda pair: pair, _pair)
PAIRS = _map(ANYTHING, ANYTHING)
PLAIN: dict[Any, Shape] = {
    str: Shape(lambda value: value, lambda told: _a(str, told)),
    bool: Shape(lambda value: value, lambda told: _a(bool, told)),
    int: Shape(lambda value: value, lambda told: _a(int, told)),
    float: Shape(lambda value: value, _number),
    type(None): ANYTHING,
    bytes: Shape(written_bytes, read_bytes_of),
}
