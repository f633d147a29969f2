"""Which places show records of the same kind, and so which resources there are."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mockserver.spec.guess.names import KEYS, key_of, kind, plain, stem
from mockserver.spec.guess.places import ITEM_WORDS, WHOLE, Place, names_for
from mockserver.spec.guess.shapes import (
    IDS,
    ONLY,
    Shape,
    body_media,
    branches,
    is_blank,
    item_shape,
    json_media,
    likeness,
    list_shape,
    names_records,
    sends_many,
    success,
)
from mockserver.spec.model import Json, Operation
from mockserver.spec.schema import Schemas

ORDER = ("read", "find", "create", "update", "replace", "change", "list", "search")  # whose answer shows most, first
LISTS = ("list", "search")
LIKE = 0.5  # from where on two schemas are taken for the same kind of record
CLOSE = 0.7 + 1e-9  # the same, where little else tells
ANYTHING = frozenset({"data", "items", "content", "records", "entries", "objects", "results"})
SERVERS = re.compile(r"(^|_)(id|gid|uuid|guid|token|hash|key)$|I[dD]$|Key$|UUID$|Token$", re.IGNORECASE)
NATURAL = re.compile(r"e_?mail(_?address)?|domain(_?name)?|user_?name|phone(_?number)?", re.IGNORECASE)
VERSION = re.compile(r"v?\d+(\.\d+)*")
FEEDS = frozenset({"recents", "timeline", "flow", "changelog", "feed", "typeahead", "favorites", "suggestions"})


@dataclass(frozen=True, slots=True)
class Look:
    """What the bodies at a place show of its records."""

    shapes: Mapping[str, Shape]  # where the records stand in each answer that shows some
    blank: frozenset[str]  # what is done here whose answer the document leaves open
    schema: str | None  # of the fullest record shown; of what a client sends, where no answer shows any
    stem: str | None  # the kind that the schema's name tells
    key: str | None  # the property that identifies a record
    named: str = ""  # the property by which paths name a record, where clients set it: `/tags/{name}`
    sorts: tuple[str, ...] = ()  # the components that a listed record may be one of


@dataclass(slots=True)
class Found:
    """A resource: where its records live, what they look like, and the other places that show them."""

    home: Place
    look: Look
    name: str = ""
    views: list[Place] = field(default_factory=list)
    pointers: tuple[str, ...] = ()  # of all schemas under which its records are shown

    @property
    def kind(self) -> str:
        """What its name says of its records."""
        return kind(self.home.name)

    @property
    def places(self) -> list[Place]:
        """All places that show its records, its home first."""
        return [self.home, *self.views]


def look_at(place: Place, schemas: Schemas) -> Look:
    """What the bodies at a place show. An answer of another kind than the others' is left out."""
    shapes: dict[str, Shape] = {}
    blank: set[str] = set()
    before = place.shape.rpartition("/")[0].rpartition("/")[2]
    name = before if plain(place.name) in WHOLE and before != "{}" else place.name
    for does, operation in place.operations.items():
        media = json_media(success(operation, does)[1])
        if media is None:
            continue
        if is_blank(media, schemas):
            blank.add(does)
        elif does in ("create", "change") and sends_many(operation, name, schemas):
            continue  # it answers a list, or receipts
        elif shape := _shape(media, does, name, schemas, place.keys()):
            shapes[does] = shape
        elif does == "list" and (shape := _shape(media, "read", name, schemas)) and found_by(operation, shape, schemas):
            shapes["find"] = shape
    shapes |= _only_ones(place, name, shapes, blank, schemas)
    shown = [shapes[does].schema for does in ORDER if does in shapes]
    own = [one for one in shown if stem(one) == kind(place.name)] if place.above is not None else []
    main = next(iter((*own, *shown)), None)
    if main is None:
        body = body_media(place.operations["create"]) if "create" in place.operations else None
        shape = item_shape(body, place.name, schemas) if body and blank else None
        main = shape.schema if shape else None
        key = key_of(place.name, _properties(main, schemas), place.keys(), schemas.is_scalar)
        return Look({}, frozenset(blank), main, None, key)
    node = schemas.look_up(main)
    alike = {
        does: shape for does, shape in shapes.items()
        if does == "create" or likeness(schemas.look_up(shape.schema), node, schemas) >= LIKE
    }  # fmt: skip
    key = key_of(place.name, _properties(main, schemas), place.keys(), schemas.is_scalar)
    handles = ITEM_WORDS & alike.keys() or place.operations.keys() & {"delete"}
    named = _natural(place, key, _properties(main, schemas), schemas) if handles else ""
    key = next((one for one in _properties(main, schemas) if plain(one) in IDS), key) if named else key
    listed = next((alike[does].schema for does in LISTS if does in alike), None)
    sorts = tuple(branches(listed, schemas)) if listed else ()
    return Look(alike, frozenset(blank), main, stem(main), key, named, sorts)


def _natural(place: Place, key: str | None, properties: Mapping[str, Json], schemas: Schemas) -> str:
    """The property that names a record in paths, and that clients set, such as `email`; empty where none does."""
    media = body_media(place.operations["create"]) if "create" in place.operations and key else None
    if key and NATURAL.fullmatch(key) and plain(key) in map(plain, place.keys()) and IDS & set(map(plain, properties)):
        return key
    if key is None or media is None or SERVERS.search(key) or plain(key) not in map(plain, place.keys()):
        return ""
    shape = item_shape(media, place.name, schemas)
    sent = _properties(shape.schema, schemas) if shape else {}
    mine = key in sent and not any(one.get("readOnly") for one in schemas.parts(properties[key]))
    return key if mine and "string" in schemas.kinds(properties[key]) else ""


def _only_ones(
    place: Place, name: str, shapes: Mapping[str, Shape], blank: Collection[str], schemas: Schemas
) -> dict[str, Shape]:  # fmt: skip
    """The answers about one record that show it as the only one of a list, as the collection's list does."""
    found: dict[str, Shape] = {}
    listed, own = shapes.get("list"), kind(name)
    by_key = {*map(plain, place.keys())} <= {*KEYS, f"{own}id", f"{own}key"}
    for does, operation in place.operations.items():
        if does in LISTS or does in blank or does in shapes:
            continue
        media = json_media(success(operation, does)[1])
        shown = list_shape(media, name, schemas) if media else None
        known = shown and ((listed and shown.schema == listed.schema) or (by_key and stem(shown.schema) == own))
        if shown and known and not shown.each and not sends_many(operation, name, schemas):
            found[does] = Shape((*shown.way, ONLY), shown.schema)
    return found


def found_by(operation: Operation, shape: Shape, schemas: Schemas) -> dict[str, str]:
    """The query parameters that say which record a collection shows, and the properties that they name.

    `GET /visitors?user_id=7` answers one visitor.
    """
    properties = _properties(shape.schema, schemas)
    if not properties.keys() & set(KEYS):
        return {}
    by_plain = {plain(name): name for name in properties}
    query = [one for one in operation.parameters if one.location == "query"]
    wanted = [one.name for one in query if one.required] or [one.name for one in query[:1]]
    named = {
        name: field for name in wanted
        if (own := by_plain.get(plain(name))) and (field := names_records(own, properties[own], schemas))
    }  # fmt: skip
    return named if named and len(named) == len(wanted) else {}


def _shape(media: str, does: str, name: str, schemas: Schemas, asked: Sequence[str] = ()) -> Shape | None:
    shape = list_shape(media, name, schemas) if does in LISTS else item_shape(media, name, schemas)
    if shape and not shape.way and does not in LISTS and _is_list(media, name, schemas, asked):
        return None
    if shape is None or "object" not in schemas.kinds(schemas.look_up(shape.schema)):
        return None
    return shape if _properties(shape.schema, schemas) else None


def _is_list(media: str, name: str, schemas: Schemas, asked: Sequence[str]) -> bool:
    """Whether a body is a list in an envelope, rather than a record: it has no key of its own, as `asked` in paths."""
    listed = list_shape(media, name, schemas)
    return bool(listed and listed.way) and key_of(name, _properties(media, schemas), asked, schemas.is_scalar) is None


def _properties(pointer: str | None, schemas: Schemas) -> Mapping[str, Json]:
    return schemas.properties(schemas.look_up(pointer)) if pointer else {}


def lists(operation: Operation, schemas: Schemas) -> bool:
    """Whether an operation answers a list of objects."""
    media = json_media(success(operation)[1])
    return bool(media and list_shape(media, "", schemas))


def resources(places: Mapping[str, Place], looks: Mapping[str, Look], schemas: Schemas) -> list[Found]:
    """The resources, each with all places that show its records.

    First those that have everything in one place; then, of the other places, those that show the same records; what
    remains is put together by kind.
    """
    found: list[Found] = []
    rest: list[Place] = []
    places = {shape: place for shape, place in places.items() if not _only_acts(place, looks[shape])}
    for place in sorted(places.values(), key=lambda one: (one.above is not None, one.shape.count("/"))):
        own = looks[place.shape]
        if not is_whole(place, own) or (place.above is not None and names_existing(place, own, schemas)):
            rest.append(place)
        elif place.above is not None and (known := _match(place, own, found, schemas)):
            known.views.append(place)
        else:
            found.append(Found(place, own))
    parts: dict[str, list[Place]] = {}
    for place in rest:
        known = _match(place, looks[place.shape], found, schemas)
        if known:
            known.views.append(place)
        else:
            own = looks[place.shape]
            told = None if _identifies(own, schemas) else own.stem
            parts.setdefault(told or f"/{kind(place.name)}", []).append(place)
    left: list[Place] = []
    for group in parts.values():
        made = _joined(group, looks, {one.kind for one in found if one.home.above is None})
        found += [made] if made else []
        left += [] if made else group
    for place in left:  # `/deals/archived`, where the deals are found only now
        known = _match(place, looks[place.shape], found, schemas)
        if known:
            known.views.append(place)
    names = names_for({one.home.shape: _called(one) for one in found})
    for one in found:
        one.name = names[one.home.shape]
    return found


def names_existing(place: Place, look: Look, schemas: Schemas) -> bool:
    """Whether what is posted at a place only names a record that exists: `{id: …}`, and little beside it."""
    operation = place.operations.get("create")
    media = body_media(operation) if operation else None
    shape = item_shape(media, place.name, schemas, look.schema) if media else None
    if shape is None:
        return False
    node = schemas.look_up(shape.schema)
    own = look.stem or kind(place.name)
    wanted = {plain(f"{one}{key}") for one in ("", own, kind(place.name)) for key in ("id", look.key or "id")} | {own}
    known = _properties(look.schema, schemas)  # `{note: …}` is the text of a note that has one
    named = [name for name in schemas.required(node) if plain(name) in wanted - ({own} if name in known else set())]
    return len(schemas.properties(node)) <= 3 and bool(named)


def _only_acts(place: Place, look: Look) -> bool:
    """Whether a path below an item is but a verb, such as `/leads/{}/archive`: nothing is listed there, or read."""
    shown = look.shapes.keys() | look.blank
    if place.above is None or "create" not in place.operations or shown - {"create", "delete"}:
        return False
    related = any(word in (look.stem or "") for word in (kind(place.name), plain(place.name)))
    return not related and (look.stem is not None or plain(place.name) == kind(place.name))


def _called(one: Found) -> str:
    """What a resource is called: by its path, or by its schema where that segment is a word for anything."""
    pointer = one.look.schema or ""
    means_nothing = plain(one.home.name) in ANYTHING or (one.home.typed and VERSION.fullmatch(one.home.name))
    return pointer.rpartition("/")[2] if means_nothing and one.look.stem else one.home.name


def is_whole(place: Place, look: Look) -> bool:
    """Whether records of one kind live here: made or listed as a whole, and read, changed or deleted one by one."""
    makes = place.operations.keys() & {"create", "change"}
    if plain(place.name) in WHOLE or not (place.handles_items or ("find" in look.shapes and makes)):
        return False
    if look.shapes:
        return "list" in look.shapes or "create" in place.operations or "find" in look.shapes
    return "list" in look.blank or ("create" in look.blank and "read" in look.blank)


def _match(place: Place, look: Look, found: Iterable[Found], schemas: Schemas) -> Found | None:
    """The resource whose records a place shows."""
    before = place.shape.rpartition("/")[0]
    section = kind(before.rstrip("/{}").rpartition("/")[2]) if plain(place.name) in WHOLE or place.above is None else ""
    node = schemas.look_up(look.schema) if look.schema else None
    called = None if _identifies(look, schemas) else look.stem
    best: tuple[tuple[int, bool], Found] | None = None
    for one in found:
        own, named = one.look.schema, one.kind
        least = LIKE
        if look.schema is not None and look.schema == own:
            rank = 4
        elif called is not None and called in (one.look.stem, named):
            rank = 3 if named == called else 2
        elif called is None and place.above is not None and kind(place.name) == named:
            rank, least = 2, CLOSE
        elif look.schema and section == named and "create" not in place.operations:
            rank, least = 1, CLOSE
        else:
            continue
        ranked = rank, before == one.home.shape  # `/companies/search` shows companies, though contacts look the same
        if best is not None and ranked <= best[0]:
            continue
        if node is None or not own or likeness(node, schemas.look_up(own), schemas) >= least:  # what takes long is last
            best = ranked, one
    return best[1] if best else None


def _identifies(look: Look, schemas: Schemas) -> bool:
    """Whether only the type and key of records are shown, which may be of any kind (JSON:API 1.1, 7.3)."""
    shown = _properties(look.schema, schemas).keys()
    return shown >= {"id", "type"} and shown <= {"id", "type", "meta", "links"}


def _joined(group: list[Place], looks: Mapping[str, Look], known: Collection[str]) -> Found | None:
    """One resource of places that are each but a part; None when records have no key, or can't be made or listed."""
    home = min(group, key=lambda one: (one.above is not None, not one.handles_items, one.shape.count("/")))
    able = {does for place in group for does in place.operations if does in looks[place.shape].shapes}
    able |= {does for place in group for does in place.operations if does in ("create", "delete")}
    able |= {"list"} if "search" in able else set()
    whole = next((looks[p.shape] for does in ORDER for p in group if does in looks[p.shape].shapes), looks[home.shape])
    if whole.key is None or not whole.shapes or plain(home.name) in WHOLE | FEEDS:
        return None
    if "list" in able and not able & {"read", "create", "update", "replace", "delete"}:
        named = kind(home.name)
        of_one = len(whole.sorts) < 2 and (whole.stem is None or _akin(whole.stem, named))
        if not of_one or named == plain(home.name) or (whole.stem is None and named in known):
            return None  # it may be a list of what lives elsewhere
    changes = able & {"read", "update", "replace", "delete"}
    if not ("list" in able or ("create" in able and changes) or len(changes) > 2):
        return None
    return Found(home, whole, views=[one for one in group if one is not home])


def _akin(one: str, other: str) -> bool:
    """Whether one of two kinds is a word of the other: `dealitem` and `deal`, `fileversion` and `version`."""
    long, short = (one, other) if len(one) >= len(other) else (other, one)
    return long.startswith(short) or long.endswith(short)
