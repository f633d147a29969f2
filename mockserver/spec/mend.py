"""What is wrong with the keywords of a schema, and how each is read as it was meant.

`RULES` says of each keyword what its value must look like in JSON Schema 2020-12; `MENDERS` what to do where it
doesn't. This covers the keywords of OpenAPI 3.0 and Swagger 2.0 that 3.1 has other words for (spec/upgrade_30): in a
document of such a version they are no fault, elsewhere the mender's message becomes a note.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from mockserver.spec import upgrade_30
from mockserver.spec.model import Json
from mockserver.spec.text import spelt

Rule = Callable[[Any], bool]
Mender = Callable[[dict[str, Json], str], str | None]
"""Sets a keyword of a schema right, or drops it; the message says what was done, None when nothing was amiss."""

TYPES = frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})
TIME = {"type": "string", "format": "date-time"}
MEANT_TYPES: dict[str, dict[str, Json]] = {
    **{word: {"type": "integer"} for word in ("int", "short")},
    **{word: {"type": "integer", "format": "int64"} for word in ("int64", "long", "bigint")},
    **{word: {"type": "number"} for word in ("float", "double", "decimal", "numeric")},
    **{word: {"type": "string"} for word in ("str", "text", "enum", "char")},
    **dict.fromkeys(("datetime", "date-time", "timestamp"), TIME),
    **dict.fromkeys(("file", "binary"), upgrade_30.FILE),
    **{word: {"type": "object"} for word in ("dict", "map", "hash")},
    **{word: {} for word in ("json", "any", "mixed")},
    **{word: {"type": "null"} for word in ("none", "nil")},
    **{word: {"type": "string", "format": "uri"} for word in ("uri", "url")},
    **{word: {"type": "string", "format": word} for word in ("uuid", "date", "email")},
    "int32": {"type": "integer", "format": "int32"},
    "bool": {"type": "boolean"},
    "list": {"type": "array"},
}  # fmt: skip
LENGTHS = {  # of what a format admits, in characters: from, to
    "uuid": (36, 36), "date": (10, 10), "date-time": (20, 64), "time": (9, 32), "ipv4": (7, 15), "ipv6": (2, 45),
}  # fmt: skip
MOVED = {"example", "nullable", "x-nullable"}  # always mended, whatever their value

ONE = "a schema"  # these three are no checks: what stands there is walked
MAP = "schemas by name"
LIST = "a list of schemas"


def is_type(value: Any) -> bool:
    """Whether a value is what `type` may be: a type, or a list of different ones."""
    if value.__class__ is str:
        return value in TYPES
    return (
        value.__class__ is list and bool(value) and all(is_word(one) for one in value) and len({*value}) == len(value)
    )


def is_word(value: Any) -> bool:
    """Whether a value is one of the seven types' names."""
    return value.__class__ is str and value in TYPES


def is_names(value: Any) -> bool:
    """Whether a value is a list of different texts."""
    return value.__class__ is list and all(one.__class__ is str for one in value) and len({*value}) == len(value)


def _is_count(value: Any) -> bool:
    return value.__class__ is int and value >= 0


def _is_number(value: Any) -> bool:
    return value.__class__ is int or value.__class__ is float


def _is_text(value: Any) -> bool:
    return value.__class__ is str


def _is_bool(value: Any) -> bool:
    return value.__class__ is bool


def _is_texts(value: Any) -> bool:
    return value.__class__ is list and bool(value) and all(one.__class__ is str for one in value)


def _never(_: Any) -> bool:
    return False


RULES: dict[str, Rule | str] = {
    **dict.fromkeys(("items", "additionalProperties", "not", "contains", "propertyNames", "if", "then", "else",
                     "unevaluatedItems", "unevaluatedProperties", "contentSchema"), ONE),
    **dict.fromkeys(("properties", "patternProperties", "$defs", "definitions", "dependentSchemas"), MAP),
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), LIST),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minContains",
                     "maxContains"), _is_count),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), _is_number),
    **dict.fromkeys(("title", "pattern"), _is_text),
    **dict.fromkeys(("uniqueItems", "readOnly", "writeOnly", "deprecated"), _is_bool),
    **dict.fromkeys((*MOVED, "dependencies"), _never),
    "multipleOf": lambda value: _is_number(value) and value > 0,
    "type": is_type,
    "required": is_names,
    "enum": _is_texts,
    "examples": lambda value: value.__class__ is list,
    "format": lambda value: value.__class__ is str and value not in upgrade_30.FORMATS,
    "discriminator": lambda value: value.__class__ is dict and value.get("propertyName").__class__ is str,
}  # fmt: skip


def mended(node: dict[str, Json], keyword: str, old: bool) -> str | None:
    """Sets one keyword of a schema right. `old`: the document is OpenAPI 3.0 or Swagger 2.0, whose own words are no
    fault."""
    mender = MENDERS.get(keyword)
    message = mender(node, keyword) if mender else None
    if keyword in node and mender is None:
        message = _dropped(node, keyword)
    return None if old and keyword in upgrade_30.WORDS else message


def _dropped(node: dict[str, Json], keyword: str) -> str:
    return f"{keyword}: {spelt(node.pop(keyword))} is not what {keyword} may be; it is left out"


def _type(node: dict[str, Json], keyword: str) -> str | None:
    said = node.pop(keyword)
    if isinstance(said, list):
        known = list(dict.fromkeys(filter(is_type, map(_lower, said))))
        if known:
            node[keyword] = known
    elif isinstance(_lower(said), str):
        word = _lower(said)
        meant = {"type": word} if word in TYPES else MEANT_TYPES.get(word, {})
        node.update({name: value for name, value in meant.items() if name == keyword or name not in node})
    read = f"read as {spelt(node[keyword])}" if keyword in node else "any value is taken"
    return f"type: {spelt(said)} is no JSON type; {read}"


def _lower(word: Json) -> Json:
    """A type's name as it was meant; YAML reads an unquoted null as no value."""
    return "null" if word is None else word.lower() if isinstance(word, str) else word


def _required(node: dict[str, Json], keyword: str) -> str | None:
    said = node.pop(keyword)
    if isinstance(said, bool):
        return f"required: {spelt(said)} belongs in the object's own list of required properties; it is left out"
    names = [said] if isinstance(said, str) else said if isinstance(said, list) else []
    node[keyword] = list(dict.fromkeys(name for name in names if isinstance(name, str)))
    return f"required: {spelt(said)} should be a list of different names; read as {spelt(node[keyword])}"


def _number(node: dict[str, Json], keyword: str) -> str | None:
    said = node[keyword]
    value = _as_number(said)
    check = RULES[keyword]
    if callable(check) and value is not None:
        if value == int(value) and not check(value):
            value = int(value)
        if check(value):
            node[keyword] = value
            same = isinstance(said, float)  # 3.0 is a count, if an odd way to write it
            return None if same else f"{keyword}: {spelt(said)} should be a number; read as {value}"
    return _dropped(node, keyword)


def _as_number(value: Json) -> int | float | None:
    if isinstance(value, str) and re.fullmatch(r"\s*[-+]?[0-9]{1,15}(\.[0-9]+)?\s*", value):
        return float(value) if "." in value else int(value)
    return value if _is_number(value) and value == value and abs(value) != float("inf") else None


def _bool(node: dict[str, Json], keyword: str) -> str | None:
    said = node[keyword]
    meant = {"true": True, "false": False}.get(str(said).lower())
    if meant is None:
        return _dropped(node, keyword)
    node[keyword] = meant
    return f"{keyword}: {spelt(said)} should be {spelt(meant)}"


def _enum(node: dict[str, Json], keyword: str) -> str | None:
    """Values of another type than the schema's: YAML reads `2.0` as a number where text is meant."""
    said, kind = node[keyword], node.get("type")
    if not isinstance(said, list) or not said:
        return _dropped(node, keyword)
    if kind == "string":
        node[keyword] = [one if isinstance(one, str | None) else _as_text(one) for one in said]
    elif kind in ("integer", "number"):
        numbers = [_as_number(one) for one in said]
        if None in numbers and None not in said:
            return None
        node[keyword] = [number if isinstance(one, str) else one for one, number in zip(said, numbers, strict=True)]
    return None if node[keyword] == said else f"the values of enum are no {kind}s as written; read as such"


def _as_text(value: Json) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _title(node: dict[str, Json], keyword: str) -> str | None:
    said = node[keyword]
    if isinstance(said, int | float):
        node[keyword] = _as_text(said)
        return None
    return _dropped(node, keyword)


def _one(node: dict[str, Json], keyword: str) -> str | None:
    said = node[keyword]
    if keyword == "items" and isinstance(said, list) and said:
        node["prefixItems"] = [one if isinstance(one, dict | bool) else {} for one in node.pop(keyword)]
        if isinstance(node.get("additionalItems"), dict | bool):
            node["items"] = node.pop("additionalItems")
        return "items: a list of schemas is prefixItems since JSON Schema 2020-12; read as such"
    if str(said).lower() in ("true", "false"):
        node[keyword] = str(said).lower() == "true"
        return f"{keyword}: {spelt(said)} should be a schema, true or false"
    return _dropped(node, keyword)


def _list(node: dict[str, Json], keyword: str) -> str | None:
    said = node[keyword]
    branches = [said] if isinstance(said, dict) else said if isinstance(said, list) else []
    branches = [one for one in branches if isinstance(one, dict | bool)]
    if not branches:
        return _dropped(node, keyword)
    node[keyword] = branches
    return f"{keyword} should be a list of schemas; what is none is left out"


def _map(node: dict[str, Json], keyword: str) -> str | None:
    said = node[keyword]
    if not isinstance(said, dict):
        return _dropped(node, keyword)
    empty = [name for name, schema in said.items() if not isinstance(schema, dict | bool)]
    said.update((name, {}) for name in empty)
    return f"{', '.join(empty)} in {keyword} should be a schema; any value is taken"


def _dependencies(node: dict[str, Json], keyword: str) -> str | None:
    said = node.pop(keyword)
    for name, needs in said.items() if isinstance(said, dict) else ():
        word = "dependentRequired" if isinstance(needs, list) else "dependentSchemas"
        node.setdefault(word, {})[name] = needs
    return "dependencies is dependentRequired or dependentSchemas since JSON Schema 2019-09; read as such"


def excluded_values(node: dict[str, Json]) -> str | None:
    """Reads texts of an enum as the numbers or booleans that its type asks for; where none is one, the values count."""
    said, kind = node["enum"], node["type"]
    if not isinstance(said, list) or not all(one.__class__ is str for one in said):
        return None
    values = [READ_AS[kind](one) for one in said]
    if None not in values:
        node["enum"] = values
        return f"the values of enum are no {kind}s as written; read as such"
    if any(one is not None for one in values):
        return None
    del node["type"]
    return f"type: no value of enum is {'an' if kind == 'integer' else 'a'} {kind}; the type is left out"


def excluded_format(node: dict[str, Json]) -> str | None:
    """Drops a format that the schema's own lengths exclude, as no value could hold both; the lengths are meant more."""
    low, high = LENGTHS.get(node["format"], (0, 0))
    least, most = node.get("minLength", 0), node.get("maxLength", low)
    if not high or (least <= high and most >= low):
        return None
    said = node.pop("format")
    word = "minLength" if least > high else "maxLength"
    return f"format: no {said} is as long as {word} {node[word]} says; the format is left out"


def _format(node: dict[str, Json], keyword: str) -> str | None:
    if isinstance(node[keyword], str):
        return upgrade_30.content_format(node, keyword)
    return _dropped(node, keyword)


def _limit(node: dict[str, Json], keyword: str) -> str | None:
    if isinstance(node[keyword], bool):
        return upgrade_30.exclusive(node, keyword)
    return _number(node, keyword)


UNQUOTED = ("integer", "number", "boolean")  # types whose values are no texts
READ_AS: dict[Json, Callable[[str], Json]] = {
    "integer": lambda text: int(text) if re.fullmatch(r"[-+]?[0-9]{1,18}", text) else None,
    "number": _as_number,
    "boolean": lambda text: {"true": True, "false": False}.get(text.lower()),
}

MENDERS: dict[str, Mender] = {
    **{keyword: _one for keyword, rule in RULES.items() if rule is ONE},
    **{keyword: _map for keyword, rule in RULES.items() if rule is MAP},
    **{keyword: _list for keyword, rule in RULES.items() if rule is LIST},
    **{keyword: _number for keyword, rule in RULES.items() if rule in (_is_count, _is_number)},
    **{keyword: _bool for keyword, rule in RULES.items() if rule is _is_bool},
    "multipleOf": _number,
    "type": _type,
    "required": _required,
    "enum": _enum,
    "title": _title,
    "dependencies": _dependencies,
    "format": _format,
    "exclusiveMinimum": _limit,
    "exclusiveMaximum": _limit,
    "example": upgrade_30.example,
    "examples": upgrade_30.examples,
    "nullable": upgrade_30.nullable,
    "x-nullable": upgrade_30.nullable,
    "discriminator": upgrade_30.discriminator,
}
