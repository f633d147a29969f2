"""jsonschema and jsonschema-rs say the same of every schema of every bundled document.

The first checks what users write, the second every request and answer; formats have one definition, jsonschema-rs' own,
and where jsonschema's checkers see them otherwise is listed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from random import Random
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
from asking import APIS, ODD, Asker, Json, content
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from mockserver.spec.schema import Schemas

GENERATED = 12  # values for each schema, each with as many mutations
DATA = {"example", "examples", "x-mock", "x-source"}  # what stands there is no schema
ONE = {"items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames"}
SEVERAL = {"properties", "patternProperties", "$defs", "dependentSchemas", "allOf", "anyOf", "oneOf", "prefixItems"}
FORMATS = ["date", "date-time", "email", "uri", "uri-reference"]


def ecma(validator: Any, pattern: str, value: Json, schema: Json) -> Iterator[jsonschema.ValidationError]:
    """`pattern` as JSON Schema means it (ECMA-262): `$` is the very end; in Python a line feed may follow."""
    if validator.is_type(value, "string") and not re.search(re.sub(r"\$$", r"\\Z", pattern), value):
        yield jsonschema.ValidationError(f"{value!r} does not match {pattern!r}")


Explaining = jsonschema.validators.extend(jsonschema.Draft202012Validator, {"pattern": ecma})


@cache
def formats() -> jsonschema.FormatChecker:
    """A checker that asks jsonschema-rs about each format."""
    checker = jsonschema.FormatChecker(formats=())
    for name in FORMATS:
        checker.checks(name)(jsonschema_rs.Draft202012Validator({"format": name}, validate_formats=True).is_valid)
    return checker


@cache
def registry(api: str) -> Registry[Json]:
    document = Resource.from_contents(content(api), default_specification=DRAFT202012)
    return Registry().with_resource("urn:document", document)  # type: ignore[no-any-return]


def explaining(api: str, pointer: str) -> Any:
    return Explaining({"$ref": f"urn:document#{pointer}"}, registry=registry(api), format_checker=formats())


def schemas_of(node: Json, pointer: str = "") -> Iterator[str]:
    """The pointers of all schemas of a document, and of all their parts."""
    for name, inner in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        below = f"{pointer}/{str(name).replace('~', '~0').replace('/', '~1')}"
        if name == "schema" or pointer == "/components/schemas":
            yield from parts(inner, below)
        elif name not in DATA:
            yield from schemas_of(inner, below)


def parts(schema: Json, pointer: str) -> Iterator[str]:
    """The pointers of a schema and of the schemas within it."""
    yield pointer
    for word, inner in schema.items() if isinstance(schema, dict) else ():
        if word in ONE and not isinstance(inner, list):
            yield from parts(inner, f"{pointer}/{word}")
        elif word in SEVERAL:
            for name, one in inner.items() if isinstance(inner, dict) else enumerate(inner):
                yield from parts(one, f"{pointer}/{word}/{str(name).replace('~', '~0').replace('/', '~1')}")


def mutations(value: Json, dice: Random) -> Iterator[Json]:
    """Values near a value: a part replaced, left out, added or stretched."""
    for _ in range(GENERATED):
        yield _mutated(value, dice)


def _mutated(value: Json, dice: Random) -> Json:
    if isinstance(value, dict) and value and dice.random() < 0.8:
        name = dice.choice(list(value))
        return dice.choice(
            [
                {**value, name: _mutated(value[name], dice)},
                {key: one for key, one in value.items() if key != name},
                {**value, "nonsense": 1},
            ]
        )
    if isinstance(value, list) and value and dice.random() < 0.8:
        return dice.choice([[_mutated(value[0], dice), *value[1:]], value * 60, value[1:]])
    if isinstance(value, str) and dice.random() < 0.7:
        longer = [value + "\n", value * 200, " " + value, value + "٣", value + "\u0000"]
        return dice.choice([*longer, value.upper(), value[:-1]])
    if isinstance(value, int | float) and dice.random() < 0.7:
        return dice.choice([value + 1, -value, float(value), value + 0.5, value * 10**20, value - 1, str(value)])
    return dice.choice(ODD)


POINTERS = [(api, pointer) for api in APIS for pointer in schemas_of(content(api))]


@pytest.mark.parametrize("api", APIS)
def test_they_agree_on_every_schema(api: str) -> None:
    quick, dice = Schemas(content(api)), Random(11)
    asker, said = Asker(dice), {True: 0, False: 0}
    for pointer in schemas_of(content(api)):
        schema, slow = quick.at(pointer), explaining(api, pointer)
        for _ in range(GENERATED):
            made = asker.value(api, {"$ref": "#" + pointer})
            for value in (made, *mutations(made, dice)):
                valid = schema.is_valid(value)
                assert slow.is_valid(value) == valid, (pointer, value)
                assert (schema.violations(value) == []) == valid
                said[valid] += 1
    assert min(said.values()) > 500, said  # both kinds are well among what was asked


@pytest.mark.parametrize("api", APIS)
def test_they_agree_on_every_example_of_every_document(api: str) -> None:
    quick = Schemas(content(api))
    for pointer in schemas_of(content(api)):
        node = quick.look_up(pointer)
        for value in [*node.get("examples", ()), *node.get("enum", ())] if isinstance(node, dict) else ():
            assert quick.at(pointer).is_valid(value), (pointer, value)
            assert explaining(api, pointer).is_valid(value), (pointer, value)


def test_every_schema_of_the_documents_is_looked_at() -> None:
    """The walk finds all components, the schemas of parameters, and properties deep within."""
    found = set(POINTERS)
    for api in APIS:
        assert {(api, f"/components/schemas/{name}") for name in content(api)["components"]["schemas"]} <= found
    assert ("pulse", "/paths/~1users/get/parameters/0/schema") in found
    assert ("pulse", "/components/schemas/Error/properties/error/properties/code") in found
    assert ("pulse", "/components/schemas/NewMessage/properties/to/items/anyOf/1") in found
    assert not [pointer for _, pointer in found if pointer.endswith(("/properties", "/required", "/examples"))]


def test_every_format_of_the_documents_is_compared() -> None:
    used = {
        node["format"] for api, pointer in POINTERS
        if isinstance(node := Schemas(content(api)).look_up(pointer), dict) and "format" in node
    }  # fmt: skip
    assert used == set(FORMATS) & used
    assert used >= {"date", "date-time", "email"}


TEXTS = {
    "email": [
        "a@b.example", "a@b", '"a b"@c.example', "a+b@c.example", "a@[127.0.0.1]", "a", "", "@b.example", "a@",
        "a b@c.example", "a@b@c", "a..b@c.example", ".a@c.example", "a.@c.example", "a@-b.example", "a@b.example ",
        "a@b_c.example", "ä@b.example", "a@ä.example", "a" * 65 + "@b.example", "a@b.example\n", "a@b..example",
    ],
    "date-time": [
        "2026-01-31T09:30:00Z", "2026-01-31T09:30:00.123Z", "2026-01-31t09:30:00z", "2026-01-31T09:30:00+02:00",
        "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-01-31T09:30:00-00:00", "2026-01-31T09:30:00.1234567890Z",
        "", "2026-01-31", "2026-01-31 09:30:00Z", "2026-01-31T09:30:00", "2026-01-31T09:30:00+0200",
        "2026-01-31T09:30Z", "2026-02-30T09:30:00Z", "2026-01-31T24:00:00Z", "2026-01-31T12:00:60Z",
        "2026-01-31T09:30:00,5Z", "2026-01-31T09:30:00+24:00", "2026-01-31T09:30:00.Z", "٢026-01-31T09:30:00Z",
        "2026-1-31T09:30:00Z",
        "12026-01-31T09:30:00Z", "1998-12-31T23:59:60Z", "1998-12-31T15:59:60.123-08:00", "0000-01-01T00:00:00Z",
        "2026-01-31T09:30:00Z\n",
    ],
    "date": [
        "2026-01-31", "2024-02-29", "2026-02-30", "2023-02-29", "2026-1-31", "20260131", "2026-W05-6", "2026-031", "",
        "2026-01-31Z", "2026-01-31\n", "٢026-01-31", "0000-01-01",
    ],
    "uri": [
        "https://a.example/", "urn:a:b", "http://", "mailto:a@b", "https://[::1]/", "a", "//a.example", "", "1a:b",
        "https://a.example/ä", "https://a.example/%zz", "https://a b.example", "https://a.example/#a#b",
    ],
    "uri-reference": ["/a", "a", "//a.example", "#a", "?a", "", "about:blank", "a b", "\\a", "#a#b", "/ä", "%zz"],
}  # fmt: skip

# Where jsonschema's own checkers (rfc3339-validator, rfc3986-validator, its own for email and date) say otherwise.
# jsonschema-rs is right each time (RFC 5321, section 4.1.2; RFC 3339, section 5.6, of which leap seconds are a part).
THEY_ACCEPT = {
    "email": {
        "@b.example", "a@", "a b@c.example", "a@b@c", "a..b@c.example", ".a@c.example", "a.@c.example", "a@-b.example",
        "a@b.example ", "a@b_c.example", "ä@b.example", "a@ä.example", "a" * 65 + "@b.example", "a@b.example\n",
        "a@b..example",
    },
    "date-time": {"2026-01-31T09:30:00Z\n"},
}  # fmt: skip
THEY_REFUSE = {
    "date-time": {"1998-12-31T23:59:60Z", "1998-12-31T15:59:60.123-08:00", "0000-01-01T00:00:00Z"},
    "date": {"0000-01-01"},
}


@pytest.mark.parametrize("name", FORMATS)
def test_where_the_checkers_of_jsonschema_differ(name: str) -> None:
    ours, theirs = formats(), jsonschema.Draft202012Validator.FORMAT_CHECKER
    assert name in theirs.checkers, "the test extra brings the checkers"
    said = {text: (ours.conforms(text, name), theirs.conforms(text, name)) for text in TEXTS[name]}
    assert {text for text, both in said.items() if both == (False, True)} == THEY_ACCEPT.get(name, set())
    assert {text for text, both in said.items() if both == (True, False)} == THEY_REFUSE.get(name, set())
    assert {(True, True), (False, False)} <= set(said.values())  # the list has valid and invalid ones


def test_where_patterns_differ() -> None:
    """Python's `$` also matches before a last line feed, and its digits are those of all scripts."""
    for pattern, text in [("^[0-9]{2}$", "12\n"), (r"^\d$", "٣")]:
        schema = {"pattern": pattern}
        assert jsonschema.Draft202012Validator(schema).is_valid(text)
        assert not jsonschema_rs.Draft202012Validator(schema).is_valid(text)
