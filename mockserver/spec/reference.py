"""The reference of a vocabulary (spec/x-mock.yaml, world/fixtures.yaml): every word, what it takes, an example."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import yaml

from mockserver.spec.model import Json

LONGEST = 110  # characters of an example
LONG = 400  # characters of a description that reads better as a list
NAMES = {"object": "mapping", "array": "list", "string": "text", "integer": "whole number", "number": "number",
         "boolean": "true or false", "null": "null"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Section:
    """What may stand in one place of the vocabulary. `key` is `operation`, `operation.page` or `problem`."""

    key: str
    schema: Json
    used: tuple[str, ...] = ()  # the words that take it, for one that several may


def sections(vocabulary: Json, roots: Iterable[str]) -> list[Section]:
    """The sections of a vocabulary: its roots (`$defs`, or '' for itself), then each `$def` when it is first used."""
    found, used = list(roots), {name: list[str]() for name in roots}
    listed: list[Section] = []
    for name in found:  # which grows meanwhile
        schema = vocabulary["$defs"][name] if name else vocabulary
        for section in _within(name, schema):
            listed.append(section)
            for word, said in _words(section.schema).items():
                for reference in _references(said):
                    if reference not in used:
                        found.append(reference)
                    used.setdefault(reference, []).append(f"{section.key}.{word}".lstrip("."))
    known = set(roots)
    return [Section(one.key, one.schema, () if one.key in known else (*used.get(one.key, ()),)) for one in listed]


def undescribed(vocabulary: Json, roots: Iterable[str]) -> list[str]:
    """The words, and the values of several words, that nothing describes."""
    found = sections(vocabulary, roots)
    words = [
        f"{section.key}.{word}".lstrip(".")
        for section in found
        for word, said in _words(section.schema).items()
        if not _description(vocabulary, said)
    ]
    return words + [one.key for one in found if one.used and not one.schema.get("description")]


def examples(vocabulary: Json, given: Iterable[tuple[str, Json]]) -> dict[tuple[str, str], str]:
    """The shortest example of each word, by its section's key and itself. `given` is what stands at which root."""
    found: dict[tuple[str, str], str] = {}
    for root, value in given:
        schema = vocabulary["$defs"][root] if root else vocabulary
        for key, word, said in _given(vocabulary, root, schema, value):
            text = f"{word}: {_flow(said)}"
            if said not in ({}, [], None) and len(text) <= LONGEST and "`" not in text:
                found[key, word] = min(found.get((key, word), text), text, key=lambda one: (len(one), one))
    return found


def page(vocabulary: Json, roots: Mapping[str, str], introduction: str, shown: Mapping[tuple[str, str], str]) -> str:
    """The page. `roots` are the titles of the sections that begin it, `shown` the examples."""
    found = sections(vocabulary, roots)
    titles = {one.key: roots.get(one.key) or one.key.replace(".", " ").replace("[]", "") for one in found}
    return introduction + "".join(_section(vocabulary, one, titles, shown) for one in found)


def _section(
    vocabulary: Json, section: Section, titles: Mapping[str, str], shown: Mapping[tuple[str, str], str]
) -> str:
    schema, level = section.schema, "##" if "." not in section.key else "###"
    lines = [f"\n{level} {titles[section.key]}\n"]
    if description := _plain(schema.get("description", "")):
        lines.append(description + "\n" if len(description) <= LONG else _points(description))
    if section.used:
        lines.append(f"Stands in {', '.join(f'`{one}`' for one in section.used)}.\n")
    if not (words := _words(schema)) and schema.keys() & {"type", "enum", "anyOf"}:
        lines.append(f"{_value(schema, section.key, titles, all_of_it=True)}.\n")
    if not words:
        return "\n".join(lines)
    lines.append("| word | takes | meaning | example |\n| --- | --- | --- | --- |")
    for word, said in words.items():
        takes = _value(said, f"{section.key}.{word}".lstrip("."), titles)
        takes += "; required" if word in schema.get("required", ()) else ""
        takes += f"; `{_flow(said['default'])}` when left out" if "default" in said else ""
        example = f"`{shown[section.key, word]}`" if (section.key, word) in shown else ""
        cells = [f"`{word}`", takes, _plain(_description(vocabulary, said)), example]
        lines.append(f"| {' | '.join(one.replace('|', chr(92) + '|') for one in cells)} |")
    return "\n".join(lines) + "\n"


def _within(key: str, schema: Json) -> Iterator[Section]:
    """A section, and those of the mappings that are written out within it."""
    yield Section(key, schema)
    for word, said in _words(schema).items():
        inner = _inner(said)
        if inner is not None:
            inner = {"description": said.get("description", ""), **inner}
            yield from _within(f"{key}.{word}".lstrip("."), inner)


def _inner(schema: Json) -> Json:
    """The mapping with words of its own that a word takes, be it in a list, by name or among others; or None."""
    for way in (schema, schema.get("items"), schema.get("additionalProperties")):
        if isinstance(way, dict) and "$ref" not in way:
            if way.get("properties"):
                return way
            if found := next((one for one in way.get("anyOf", ()) if one.get("properties")), None):
                return found
    return None


def _words(schema: Json) -> dict[str, Json]:
    """The words of a mapping; of one that stands in a list or by name, those of its entries."""
    if "properties" in schema:
        return dict(schema["properties"])
    inner = _inner(schema)
    return dict(inner["properties"]) if inner else {}


def _references(schema: Json) -> Iterator[str]:
    """The `$defs` that a word takes; not those of mappings that are written out, which say so themselves."""
    if "$ref" in schema:
        yield schema["$ref"].rpartition("/")[2]
    for way in ("items", "additionalProperties", "propertyNames"):
        if isinstance(schema.get(way), dict):
            yield from _references(schema[way])
    for one in schema.get("anyOf", ()):
        yield from _references(one)


def _description(vocabulary: Json, schema: Json) -> str:
    name = schema.get("$ref", "").rpartition("/")[2]
    return str(schema.get("description") or (vocabulary["$defs"][name].get("description", "") if name else ""))


def _value(schema: Json, key: str, titles: Mapping[str, str], all_of_it: bool = False) -> str:
    """What a word takes, in a few words: `list of [effect](#effect)`."""
    if "$ref" in schema:
        return _link(schema["$ref"].rpartition("/")[2], titles)
    if "anyOf" in schema:
        return " or ".join(_value(one, key, titles) for one in schema["anyOf"])
    if "enum" in schema:
        values = [f"`{_flow(one)}`" for one in schema["enum"]]
        return f"One of {', '.join(values)}" if all_of_it else f"one of {', '.join(values)}"
    if schema.get("properties"):
        return _link(key, titles)
    kinds = schema.get("type", [])
    listed = [_of_type(schema, kind, key, titles) for kind in ([kinds] if isinstance(kinds, str) else kinds)]
    said = " or ".join(listed) or "anything"
    return said[0].upper() + said[1:] if all_of_it else said


def _of_type(schema: Json, kind: str, key: str, titles: Mapping[str, str]) -> str:
    name = NAMES[kind]
    if kind == "array" and isinstance(schema.get("items"), dict):
        return f"list of {_value(schema['items'], key, titles)}" + _bounds(schema, "minItems", "maxItems", " entries")
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        by = schema.get("propertyNames")
        return f"mapping of {_value(by, key, titles) if by else 'names'} to " + _value(
            schema["additionalProperties"], key, titles
        )
    return name + _bounds(schema, "minimum", "maximum", "")


def _bounds(schema: Json, low: str, high: str, unit: str) -> str:
    least, most = schema.get(low), schema.get(high)
    if least is not None and most is not None:
        return f" ({least}{unit})" if least == most else f" ({least} to {most}{unit})"
    return f" (from {least}{unit})" if least is not None else f" (up to {most}{unit})" if most is not None else ""


def _link(key: str, titles: Mapping[str, str]) -> str:
    """A link to a section, by the anchor that GitHub gives its title."""
    title = titles[key]
    return f"[{title}](#{re.sub(r'[^a-z0-9 _-]', '', title.lower()).replace(' ', '-')})"


def _points(text: str) -> str:
    """A long description, a sentence a line."""
    return "".join(f"- {sentence}\n" for sentence in re.split(r"(?<=\.) (?=[A-Z`])", text))


def _plain(text: str) -> str:
    return " ".join(text.split())


def _flow(value: Json) -> str:
    """A value as YAML in one line."""
    text = yaml.safe_dump(value, default_flow_style=True, width=10_000, sort_keys=False, allow_unicode=True)
    return text.removesuffix("...\n").strip()


def _given(vocabulary: Json, key: str, schema: Json, value: Json) -> Iterator[tuple[str, str, Json]]:
    """Every word in a value that is written in the vocabulary: the key of its section, the word, and what it takes."""
    if "$ref" in schema:
        key = schema["$ref"].rpartition("/")[2]
        yield from _given(vocabulary, key, vocabulary["$defs"][key], value)
    for one in schema.get("anyOf", ()):
        yield from _given(vocabulary, key, one, value)
    if isinstance(value, list) and isinstance(schema.get("items"), dict):
        for entry in value:
            yield from _given(vocabulary, key, schema["items"], entry)
    for word, said in value.items() if isinstance(value, dict) else ():
        inner = schema.get("properties", {}).get(word)
        if inner is not None:
            yield key, word, said
            yield from _given(vocabulary, f"{key}.{word}".lstrip("."), inner, said)
        elif isinstance(schema.get("additionalProperties"), dict):
            yield from _given(vocabulary, key, schema["additionalProperties"], said)
