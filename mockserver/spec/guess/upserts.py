"""Operations that change a record or make it: `/contacts/upsert`, `create_or_update`, a PUT that is said to do so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mockserver.spec.behaviour import Words
from mockserver.spec.guess.kinds import Found
from mockserver.spec.guess.names import plain, singular
from mockserver.spec.guess.shapes import body_media, item_shape, sends_many
from mockserver.spec.model import Json, Operation
from mockserver.spec.schema import Schemas

PATH = re.compile(r"(bulk|batch)?(upsert|createorupdate|updateorcreate|addorupdate|saveorupdate|sync)(bulk|many)?s?")
SAID = re.compile(
    r"\b(create|add|insert)s?\W+(a\w*\W+\w+\W+)?(or|and|/)\W*update|\bupdates?\W+or\W+(create|add|insert)|\bupsert",
    re.IGNORECASE,
)
IDENTIFIERS = re.compile(r"unique_?identifiers?|identifiers?|match(_(on|by|fields?))?|lookup", re.IGNORECASE)
FOREIGN = re.compile(r"(external|ext|foreign|client|remote|source)(id|key|ref|reference)c?")
# properties that tell records apart, the surest first: one of these is enough
TELLING = tuple(
    map(re.compile, (
        r"(primary|work)?emails?(address)?(es)?1?", r"domains?(name)?", r"username|login", r"(mobile|phone)(number)?",
    ))
)  # fmt: skip


def is_upsert(operation: Operation, schemas: Schemas) -> bool:
    """Whether a path, or what is said of an operation in short, tells that it makes what isn't there."""
    if PATH.fullmatch(plain(operation.path.rstrip("/").rpartition("/")[2])):
        return True
    said = schemas.look_up(operation.pointer)
    words = f"{said.get('summary', '')}" if isinstance(said, dict) else ""
    return bool(SAID.search(words) or PATH.fullmatch(plain(operation.id)))


def match_of(operation: Operation, one: Found, schemas: Schemas) -> Words:
    """The values of a body by which an existing record is found, by property; empty where none tells records apart."""
    media = body_media(operation)
    if media is None or one.look.schema is None:
        return {}
    own = schemas.properties(schemas.look_up(one.look.schema))
    many = sends_many(operation, one.home.name, schemas)
    shape = many or item_shape(media, one.home.name, schemas, one.look.schema)
    if shape is None:
        return {}
    start = "$item" if many else ".".join(("$request.body", *shape.way))
    found = {} if many else dict(_identifiers(media, own, schemas))
    sent = schemas.properties(schemas.look_up(shape.schema))
    key = one.look.key or "id"
    foreign = (name for name in sent if name in own and plain(name) == f"{one.kind}id" != plain(key))
    found = found or {name: f"{start}.{name}" for name in foreign} | _telling(sent, own, key, start, "", schemas)
    if "attributes" in sent and "attributes" in own:
        held, shown = (schemas.properties(each["attributes"]) for each in (sent, own))
        found |= _telling(held, shown, "", f"{start}.attributes", "attributes.", schemas)
    return found


def _telling(
    sent: Mapping[str, Json], own: Mapping[str, Json], key: str, start: str, prefix: str, schemas: Schemas
) -> Words:  # fmt: skip
    found: Words = {key: f"{start}.{key}"} if key in sent else {}
    shared = {name: way for name in sent if name in own and (way := _scalar(own[name], schemas)) is not None}
    told = [name for name in shared if FOREIGN.fullmatch(plain(name))]
    told += next((alike for one in TELLING if (alike := [n for n in shared if one.fullmatch(plain(n))])), [])
    for name in told:
        member, index = shared[name]
        found[f"{prefix}{name}{member}"] = f"{start}.{name}{index}{member}"
    return found


def _scalar(node: Json, schemas: Schemas) -> tuple[str, str] | None:
    """How one value of a property is named: itself, or the first of a list, of texts or of `{email: …}`; as a member
    and an index behind the property's name. None where it has none."""
    if schemas.kinds(node) & {"string", "integer"}:
        return "", ""
    items = schemas.items(node)
    if items is None:
        return None
    if schemas.kinds(items) & {"string", "integer"}:
        return "", ".0"
    member = next((one for one in ("email", "address", "value") if one in schemas.properties(items)), None)
    return (f".{member}", ".0") if member else None


def _identifiers(media: str, own: Mapping[str, Json], schemas: Schemas) -> Iterator[tuple[str, Json]]:
    """What a body says beside the record of how it is found: `unique_identifier: {emails: …}`."""
    by_plain = {plain(singular(name)): name for name in own}
    for name, node in schemas.properties(schemas.look_up(media)).items():
        if IDENTIFIERS.fullmatch(name):
            for each in schemas.properties(node):
                field = by_plain.get(plain(singular(each)))
                if field and schemas.is_scalar(own[field]):
                    yield field, f"$request.body.{name}.{each}"
