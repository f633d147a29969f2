"""What is only seen once a whole document is read: `$ref`s that lead nowhere or in circles, patterns that are none."""

from __future__ import annotations

import re
from collections.abc import Iterator

import jsonschema_rs

from mockserver.spec.errors import SpecError, nearest
from mockserver.spec.model import Json
from mockserver.spec.pointers import Trail, as_reference, escape, join, of_reference, tokens, written
from mockserver.spec.references import File, resolved
from mockserver.spec.survey import Survey, User
from mockserver.spec.text import spelt

WITHOUT: dict[str, dict[str, Json]] = {  # what an object is when its `$ref` leads nowhere
    "response": {"description": ""},
    "request body": {"content": {}},
}
DELIMITED = re.compile(r"/(\^.*\$)/[dgimsuvy]*")  # as JavaScript writes a pattern


def settle(survey: Survey) -> None:
    """Mends the `$ref`s, discriminators and patterns of a document that has been walked."""
    for user, file, reason in survey.lost:
        node = user[0]
        meant = _meant(survey, node["$ref"], file, user[2])
        if meant:
            survey.note(user[2], f"$ref: {node['$ref']} should be {meant}; read as such")
            _lead(survey, user, meant)
        else:
            _cut(survey, user, f"$ref: {node['$ref']} can't be followed: {reason}")
    for reference in list(survey.users):
        _follow(survey, reference)
    for mapping, file in survey.mappings:
        _mapping(survey, mapping, file)
    _heirs(survey)
    for pattern, users in survey.patterns.items():
        _pattern(survey, pattern, users)


def _lead(survey: Survey, user: User, reference: str) -> None:
    user[0]["$ref"] = reference
    survey.users.setdefault(reference, []).append(user)


def _follow(survey: Survey, reference: str) -> None:
    """Sees that a `$ref` leads to something that fits, and not back to itself."""
    if reference in survey.names:
        for user in survey.users[reference]:
            user[0]["$ref"] = as_reference(survey.names[reference])
        return
    pointer = of_reference(reference)
    node = survey.at(pointer) if reference[:2] == "#/" else None
    if node is None:
        for user in survey.users[reference]:
            _mend(survey, user, reference)
        return
    if isinstance(node, dict) and "$ref" in node and _is_circle(survey, node):
        here = survey.users[reference][0][2]
        survey.note(here, f"$ref: {reference} leads round in a circle; it ends at #{pointer}")
        del node["$ref"]
    if not isinstance(node, dict | bool):
        for user in survey.users[reference]:
            _cut(survey, user, f"$ref: {reference} leads to {spelt(node)}, which is no {user[1]}")
    elif "/schemas/" in pointer and "/schema" not in pointer.partition("/schemas/")[2]:
        for user in survey.users[reference]:
            _schema_for(survey, user, reference)


def _mend(survey: Survey, user: User, reference: str) -> None:
    meant = _meant(survey, reference, survey.files.root, user[2])
    if meant:
        user[0]["$ref"] = meant
        survey.note(user[2], f"$ref: {reference} leads nowhere; read as {meant}")
    else:
        _cut(survey, user, f"$ref: {reference} leads nowhere{_nearby(survey, of_reference(reference))}")


def _schema_for(survey: Survey, user: User, reference: str) -> None:
    """A schema where a whole response, body or parameter belongs: that one's schema is meant."""
    node, kind, trail = user
    if kind in ("response", "request body"):
        node.clear()
        node.update(description="", content={"application/json": {"schema": {"$ref": reference}}})
    elif kind in ("media type", "header"):
        node.clear()
        node["schema"] = {"$ref": reference}
    else:
        return
    survey.note(trail, f"$ref: {reference} leads to a schema, not to a {kind}; read as the schema of one")


def _is_circle(survey: Survey, node: dict[str, Json]) -> bool:
    seen: set[int] = set()
    here: Json = node
    while isinstance(here, dict) and isinstance(here.get("$ref"), str):
        if id(here) in seen:
            return here is node
        seen.add(id(here))
        here = survey.at(of_reference(here["$ref"]))
    return False


def _cut(survey: Survey, user: User, message: str) -> None:
    """Takes away a `$ref` that leads nowhere: whatever was meant, anything goes."""
    node, kind, trail = user
    if kind in ("schema", "path item"):
        node.pop("$ref", None)
    else:  # what stands beside it means nothing (3.1, 4.8.23)
        node.clear()
    for name, value in WITHOUT.get(kind, {}).items():
        node.setdefault(name, value)
    left = {"schema": "any value is taken", "parameter": "it is left out"}.get(kind, "read as an empty one")
    survey.note(trail, f"{message}; {left}")


def _meant(survey: Survey, reference: str, file: File, trail: Trail) -> str | None:
    """The internal `$ref` that was meant by one that leads nowhere as written; None when there is nothing near it."""
    for name in (reference, resolved(file.uri, reference)):
        if name in survey.names:  # a schema's $id
            return as_reference(survey.names[name])
    if reference == "#":  # the root of the schema that holds it: a JSON Schema put in as a whole
        return _outermost(trail)
    fragment = of_reference(reference) if reference[:2] == "#/" else None
    while fragment and trail is not None:  # from the root of that schema
        trail = trail[0]
        if survey.at(written(trail) + fragment) is not None:
            return as_reference(written(trail) + fragment)
    return next((one for one in _candidates(reference) if survey.at(of_reference(one)) is not None), None)


def _outermost(trail: Trail) -> str | None:
    """The outermost schema that a place is in; None where that is the place itself."""
    way = tokens(written(trail))
    depth = 3 if way[:2] == ["components", "schemas"] else way.index("schema") + 1 if "schema" in way else len(way)
    return as_reference(join("", *way[:depth])) if depth < len(way) else None


def _candidates(reference: str) -> Iterator[str]:
    bare = reference.lstrip("#/")
    if not re.fullmatch(r"[^#?:\\]+", bare):
        return
    yield f"#/{bare}"
    yield (
        f"#/components/schemas/{bare.rpartition('/')[2]}"
        if bare.startswith(("definitions/", "schemas/"))
        else f"#/{bare}"
    )
    if "/" not in bare:
        yield f"#/components/schemas/{bare}"


def _nearby(survey: Survey, pointer: str) -> str:
    above, _, name = pointer.rpartition("/")
    around = survey.at(above) if pointer[:1] == "/" else None
    return nearest(name, around) if isinstance(around, dict) and around else ""


def _mapping(survey: Survey, mapping: dict[str, Json], file: File) -> None:
    """The values of a discriminator's mapping as internal `$ref`s; they may be names of schemas (3.1, 4.8.25)."""
    for value, said in list(mapping.items()):
        name = f"/components/schemas/{escape(str(said))}"
        if survey.at(name) is not None:
            mapping[value] = as_reference(name)
            continue
        try:
            mapping[value], _ = survey.inside(str(said), file)
        except SpecError:
            del mapping[value]


def _heirs(survey: Survey) -> None:
    """Puts what is made of a schema with a discriminator, by `allOf`, into its mapping: such names are implied.

    (3.1, 4.8.25: the name of the schema is the value, unless the mapping has another for it.)
    """
    components = survey.files.root.content.get("components")
    schemas = components.get("schemas") if isinstance(components, dict) else None
    made_of: dict[str, list[str]] = {}
    for name, schema in schemas.items() if isinstance(schemas, dict) else ():
        parts = schema.get("allOf") if isinstance(schema, dict) else None
        for part in parts if isinstance(parts, list) else ():
            if isinstance(part, dict) and isinstance(part.get("$ref"), str):
                made_of.setdefault(part["$ref"], []).append(as_reference(f"/components/schemas/{escape(name)}"))
    for reference in made_of:
        base = survey.at(of_reference(reference))
        if isinstance(base, dict) and "discriminator" in base and base.keys().isdisjoint(("oneOf", "anyOf")):
            mapping = base["discriminator"].setdefault("mapping", {})
            heirs = list(made_of[reference])
            for one in heirs:  # which grows: what is made of them is made of it too
                heirs += [each for each in made_of.get(one, ()) if each not in heirs]
                if one not in mapping.values():
                    mapping[tokens(of_reference(one))[-1]] = one


def _pattern(survey: Survey, pattern: str, users: list[tuple[dict[str, Json], str, Trail]]) -> None:
    """Sees that a pattern is one (ECMA-262, as the validator reads it)."""
    if not isinstance(pattern, str):
        return
    delimited = DELIMITED.fullmatch(pattern)
    meant = delimited[1] if delimited else pattern
    valid = _is_pattern(meant)
    if valid and not delimited:
        return
    for node, keyword, trail in users:
        if keyword == "patternProperties":
            schema = node[keyword].pop(pattern, True)
            if valid:
                node[keyword][meant] = schema
        elif valid:
            node[keyword] = meant
        else:
            node.pop(keyword, None)
        read = f"read as {meant}" if valid else "it is left out"
        survey.note(trail, f"{keyword}: {pattern!r:.80} is no regular expression; {read}")


def _is_pattern(pattern: str) -> bool:
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except Exception:
        return False
    return True
