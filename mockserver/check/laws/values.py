"""Values at the bounds of a schema and one past them, each with what is special about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.check.answers import told
from mockserver.spec.model import Json, Parameter
from mockserver.spec.schema import KINDS, Schemas

UNKNOWN = "mockserver_check_unknown"  # what no document describes
HUGE = 10**30
LONGEST = 20_000  # characters of a text that is made for its length
MOST_ITEMS = 300
WRONG_FORMATS = {
    "email": "no address", "date-time": "yesterday", "date": "31/12/2024", "uuid": "no-uuid", "uri": "no uri",
    "ipv4": "999.1.1.1",
}  # fmt: skip
WRONG_ITEMS: tuple[Json, ...] = (7, None, "", "¿?", {"check": 1})


class Odd(NamedTuple):
    """A value, and what it is: 'one past the maximum of 100'."""

    value: Any
    what: str


def odd_values(schema: Json, schemas: Schemas, valid: Json, as_text: bool = False) -> Iterator[Odd]:
    """Values around the bounds of a schema, made out of a valid one; `as_text` for those of parameters."""
    node = _flat(schema, schemas)
    kinds = schemas.kinds(schema)
    if kinds == KINDS:
        return
    yield from _numbers(node, kinds)
    if "string" in kinds:
        yield from _texts(node, valid)
        yield from () if as_text else _empty(node)
    if "array" in kinds and not as_text:
        yield from _lists(node, valid, schemas)
    if "object" in kinds and not as_text and isinstance(valid, dict):
        yield from _objects(node, valid, schemas, schema)
    yield from _other_kinds(kinds, as_text)


def odd_arguments(parameter: Parameter, schemas: Schemas) -> Iterator[Odd]:
    """Values around the bounds of a parameter, of a list those of an item, of an object those of its members."""
    node = {"$ref": f"#{parameter.schema}"}
    if not schemas.kinds(node) & {"array", "object"}:
        yield from odd_values(node, schemas, None, as_text=True)
        return
    items = schemas.items(node)
    for odd in odd_values(items, schemas, None, as_text=True) if items else ():
        yield Odd([odd.value], odd.what)
    if parameter.style != "deepObject":
        return
    yield Odd({UNKNOWN: "1"}, "a name that isn't described")
    members = {name: schemas.property_schema(node, name) or {} for name in schemas.properties(node)}
    for name, member in {repr(member): (name, member) for name, member in members.items()}.values():  # each kind once
        for odd in odd_values(member, schemas, None, as_text=True):
            yield Odd({name: odd.value}, f"{name} is {odd.what}")


def _flat(schema: Json, schemas: Schemas) -> Mapping[str, Any]:
    """The keywords of all parts of a schema, the first of a name."""
    found: dict[str, Any] = {}
    for part in schemas.parts(schema):
        for word, value in part.items():
            found.setdefault(word, value)
    return found


def _numbers(node: Mapping[str, Any], kinds: frozenset[str]) -> Iterator[Odd]:
    if not kinds & {"integer", "number"}:
        return
    for word, step, name in (("minimum", -1, "below the minimum"), ("maximum", 1, "above the maximum")):
        bound = node.get(word)
        if isinstance(bound, int | float) and not isinstance(bound, bool):
            yield Odd(bound, f"the {word} of {bound}")
            yield Odd(bound + step, f"{name} of {bound}")
            if step < 0 and bound > 0:
                yield Odd(-bound, f"far {name} of {bound}")
            elif step > 0:
                yield Odd(bound * 10 + 7, f"far {name} of {bound}")
    if "number" not in kinds:
        yield Odd(1.5, "no whole number")
    if any(word in node for word in ("maximum", "exclusiveMaximum")):
        yield Odd(2**63, "more than 64 bits hold")
        yield Odd(HUGE, "a number of 31 digits")
        yield Odd(2**63, "a number that 64 bits don't hold")


def _texts(node: Mapping[str, Any], valid: Json) -> Iterator[Odd]:
    base = valid if isinstance(valid, str) else "x"
    plain = not {"pattern", "format", "enum", "const"} & node.keys()
    least, most = node.get("minLength"), node.get("maxLength")
    if isinstance(least, int) and least > 0:
        yield Odd((base * least)[: least - 1], f"shorter than {least} characters")
    if isinstance(most, int) and 0 < most <= LONGEST:
        if plain:
            yield Odd("x" * most, f"{most} characters, the most that are allowed")
            yield Odd("🙂" * most, f"{most} characters of four bytes each")
        if "format" not in node and "pattern" not in node:
            yield Odd("x" * (most + 1), f"longer than {most} characters")
    values = node.get("enum")
    if isinstance(values, list) and (texts := [one for one in values if isinstance(one, str) and one]):
        yield Odd("mockserver-check-none", "none of the values that are allowed")
        if (swapped := texts[0].swapcase()) not in texts:
            yield Odd(swapped, "a value that is allowed, in another case")
    if wrong := WRONG_FORMATS.get(str(node.get("format"))):
        yield Odd(wrong, f"no {node['format']}")
        yield Odd("", f"an empty {node['format']}")
    if "pattern" in node:
        yield Odd("¿?", "a text that the pattern doesn't allow")


def _empty(node: Mapping[str, Any]) -> Iterator[Odd]:
    """An empty text, which is one like others where nothing asks for more."""
    if "enum" in node and "" not in node["enum"]:
        yield Odd("", "an empty text, which isn't one of the values")
    elif not {"pattern", "format", "enum", "const", "minLength"} & node.keys():
        yield Odd("", "an empty text")


def _lists(node: Mapping[str, Any], valid: Json, schemas: Schemas) -> Iterator[Odd]:
    items = valid if isinstance(valid, list) else []
    least, most = node.get("minItems"), node.get("maxItems")
    if isinstance(least, int) and least > 0 and len(items) >= least:
        yield Odd(items[: least - 1], f"fewer than {least} items")
    if isinstance(most, int) and 0 < most <= MOST_ITEMS and items and not node.get("uniqueItems"):
        yield Odd((items * most)[:most], f"{most} items, the most that are allowed")
        yield Odd((items * (most + 1))[: most + 1], f"more than {most} items")
    inner = node.get("items")
    for wrong in WRONG_ITEMS if items and isinstance(inner, dict) else ():
        if not schemas.is_valid(inner, wrong, "request"):
            yield Odd([*items, wrong], f"with an item that is {told(wrong)}")


def _objects(node: Mapping[str, Any], valid: dict[str, Json], schemas: Schemas, schema: Json) -> Iterator[Odd]:
    most = node.get("maxProperties")
    extra = node.get("additionalProperties")
    if isinstance(most, int) and 0 < most <= MOST_ITEMS and isinstance(extra, dict) and not node.get("properties"):
        one = next(iter(valid.values()), "x")
        yield Odd({f"check_{n}": one for n in range(most)}, f"{most} keys, the most that are allowed")
        yield Odd({f"check_{n}": one for n in range(most + 1)}, f"more than {most} keys")
    if isinstance(extra, dict):
        for wrong in ({"check": {"deeper": [1]}}, {"check": 7}, {"check": None}):
            if not schemas.is_valid(schema, wrong, "request"):
                yield Odd(wrong, "a value of another type within")
    if schemas.closed(schema):
        yield Odd({**valid, "mockserver_check_unknown": 1}, "a field that the document doesn't know")


def _other_kinds(kinds: frozenset[str], as_text: bool) -> Iterator[Odd]:
    """Values of other JSON types, as far as they can be told apart."""
    if as_text:
        if "boolean" in kinds:
            yield Odd(True, "one of the two")
            yield Odd(False, "one of the two")
        if "string" not in kinds and "array" not in kinds and "object" not in kinds:
            yield Odd("abc", "a word")
            yield Odd("", "nothing")
        return
    for kind, value in (
        ("integer", 7), ("string", "7"), ("boolean", True), ("object", {"check": 1}), ("array", []), ("null", None),
    ):  # fmt: skip
        if kind not in kinds and not (kind == "integer" and "number" in kinds):
            yield Odd(value, f"{'' if kind == 'null' else 'an ' if kind[0] in 'aeiou' else 'a '}{kind}")
