"""What of a document is certain: the `x-source` of its operations, parameters, answers and fields, and every gap.

An `x-source` is `{status, gap, reading, note}`: how certain a part is, what the vendor's text leaves open or
contradicts, how it is read, and what else there is to say. A part without one is as certain as the part around it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from mockserver.spec.document import Document
from mockserver.spec.errors import SpecError, nearest
from mockserver.spec.model import Json
from mockserver.spec.pointers import join, of_reference, tokens
from mockserver.spec.text import spelt
from mockserver.spec.walk import EXTENSIBLE, KINDS, LIST, MAP, ONE

WORD = "x-source"
WORDS = ("status", "gap", "reading", "note")
STATUSES = ("documented", "implied", "assumed", "contradiction")
UNMARKED = "unmarked"
COUNTED = ("operation", "event", "parameter", "answer", "header", "schema", "field", "rule")
SCHEMA = {
    "properties": (MAP, "property"), "patternProperties": (MAP, "property"), "items": (ONE, "schema"),
    "prefixItems": (LIST, "schema"), "additionalProperties": (ONE, "schema"), "allOf": (LIST, "schema"),
    "anyOf": (LIST, "schema"), "oneOf": (LIST, "schema"),
}  # fmt: skip
SHAPES = {
    **KINDS,
    "document": {"info": (ONE, "info"), "servers": (LIST, "server"), **KINDS["document"]},
    "components": dict(sorted(KINDS["components"].items(), key=lambda one: one[0] == "schemas")),  # these come last
    "event": KINDS["operation"],
    "schema": SCHEMA,
    "property": SCHEMA,
}
KIND_OF = {
    "operation": "operation",
    "event": "event",
    "parameter": "parameter",
    "response": "answer",
    "header": "header",
    "property": "field",
}  # what is listed with or without a source of its own; fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """An `x-source`, as written."""

    status: str  # one of STATUSES
    gap: str | None = None
    reading: str | None = None
    note: str | None = None

    @property
    def open(self) -> bool:
        """Whether something had to be decided, or is worth a remark."""
        return self.status != "documented" or bool(self.gap or self.reading or self.note)


@dataclass(frozen=True, slots=True)
class Part:
    """One statement of a document. `own` is False for a source that it has from the part around it, or refers to."""

    kind: str  # one of COUNTED
    where: str  # in people's words: 'GET /users, parameter limit'
    pointer: str
    source: Source | None
    own: bool
    node: Json

    @property
    def status(self) -> str:
        """One of STATUSES, or UNMARKED."""
        return self.source.status if self.source else UNMARKED


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that the vendor's text leaves open or contradicts, and all the parts that it is about."""

    source: Source
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the walk stands: an object, what it is, and what it is called."""

    node: Json
    kind: str  # a key of SHAPES
    pointer: str
    where: str
    within: Source | None  # the nearest source around it
    fields: str = ""  # of a schema: the properties on the way down from its root


def parts(document: Document) -> list[Part]:
    """Every part of a document with its source, in the order in which they are written.

    What a `$ref` leads to is listed once, where it stands. Raises SpecError for an `x-source` that is none.
    """
    uses = _uses(document.content)
    found: list[Part] = []
    seen: set[str] = set()
    stack = [_Place(document.content, "document", "", "", None)]
    while stack:
        place = stack.pop()
        if place.pointer in seen or not isinstance(place.node, dict):
            continue
        seen.add(place.pointer)
        own = _source(document, place)
        if own or (place.kind in KIND_OF and ("$ref" not in place.node or place.kind == "property")):
            found.append(_part(document, place, own))
        if "$ref" in place.node and (target := _elsewhere(document, place)):
            stack.append(target)
        if "$ref" not in place.node or place.kind in ("schema", "property", "path item"):
            passed = None if place.kind in ("path item", "document", "info") else own or place.within
            stack += reversed([*_below(place, passed, uses)])
    return found


def gaps(found: list[Part]) -> list[Gap]:
    """What is open, each gap once with all the parts that carry it."""
    groups: dict[Source, list[Part]] = {}
    for part in found:
        if part.own and part.source and part.source.open:
            groups.setdefault(part.source, []).append(part)
    return [Gap(source, tuple(carriers)) for source, carriers in groups.items()]


def counts(found: list[Part]) -> dict[str, dict[str, int]]:
    """How many parts of each kind have each status: `{'operation': {'documented': 5, 'implied': 1}}`."""
    said = Counter((part.kind, part.status) for part in found)
    order = (*STATUSES, UNMARKED)
    table = {kind: {status: said[kind, status] for status in order if said[kind, status]} for kind in COUNTED}
    return {kind: row for kind, row in table.items() if row}


def report(document: Document) -> dict[str, Json]:
    """All of it as data: `{title, version, marked, counts, operations, gaps, parts}`."""
    found = parts(document)
    info = document.content.get("info") or {}
    return {
        "title": str(info.get("title") or document.uri),
        "version": str(info.get("version") or ""),
        "marked": any(part.own for part in found),
        "counts": counts(found),
        "operations": [
            {"operation": one.where, "summary": str(one.node.get("summary") or ""), **_said(one)}
            for one in found
            if one.kind in ("operation", "event")
        ],
        "gaps": [
            {
                **asdict(gap.source),
                "where": [part.where for part in gap.parts],
                "pointers": [part.pointer for part in gap.parts],
            }
            for gap in gaps(found)
        ],
        "parts": [{"kind": one.kind, "where": one.where, **_said(one)} for one in found],
    }


def _said(part: Part) -> dict[str, Json]:
    return {"status": part.status, "from": "own" if part.own else "around" if part.source else None,
            "pointer": part.pointer}  # fmt: skip


def _part(document: Document, place: _Place, own: Source | None) -> Part:
    source = own or place.within or _of_target(document, place)
    kind = KIND_OF.get(place.kind, "rule")
    where = place.where
    if place.kind == "schema" and len(tokens(place.pointer)) == 3:  # a component
        kind, where = "schema", f"schema {where}"
    return Part(kind, where, place.pointer, source, own is not None, place.node)


def _source(document: Document, place: _Place) -> Source | None:
    """The `x-source` of a place; one that is no object is somebody else's word."""
    said = place.node.get(WORD)
    if not isinstance(said, dict):
        return None
    here = join(place.pointer, WORD)
    for word, value in said.items():
        if word not in WORDS:
            raise SpecError(f"unknown word {word!r}{nearest(word, WORDS)}", document.position(join(here, word)))
        if not isinstance(value, str):
            raise SpecError(f"{spelt(value)} should be text", document.position(join(here, word)))
    if "status" not in said:
        raise SpecError(f"the word 'status' is missing ({', '.join(STATUSES)})", document.position(here))
    if said["status"] not in STATUSES:
        reason = f"{said['status']!r} is no status{nearest(said['status'], STATUSES)}"
        raise SpecError(reason, document.position(join(here, "status")))
    return Source(*(" ".join(said[word].split()) if word in said else None for word in WORDS))  # type: ignore[arg-type]


def _of_target(document: Document, place: _Place) -> Source | None:
    """The source of the component that a place refers to."""
    if not isinstance(place.node.get("$ref"), str):
        return None
    pointer, node = document.resolve(place.pointer)
    return _source(document, _Place(node, place.kind, pointer, "", None)) if isinstance(node, dict) else None


def _elsewhere(document: Document, place: _Place) -> _Place | None:
    """What a `$ref` leads to, where no walk over the document itself comes by: in another file."""
    reference = place.node["$ref"]
    pointer = of_reference(reference) if isinstance(reference, str) else ""
    if not pointer.startswith("/x-mock-files/"):
        return None
    kind = "schema" if place.kind == "property" else place.kind
    return _Place(document.at(pointer), kind, pointer, place.where, place.within, place.fields)


def _below(place: _Place, within: Source | None, uses: Mapping[str, str]) -> Iterator[_Place]:
    """The objects right inside a place, each with its name."""
    for word, (shape, kind) in SHAPES.get(place.kind, {}).items():
        inside = place.node.get(word)
        if shape == ONE:
            inside = [(None, inside)]
        elif shape == MAP:
            inside = inside.items() if isinstance(inside, dict) else ()
        else:
            inside = enumerate(inside) if isinstance(inside, list) else ()
        for token, node in inside:
            if isinstance(node, dict) and not (word in EXTENSIBLE and str(token).startswith("x-")):
                pointer = join(place.pointer, word) if token is None else join(place.pointer, word, token)
                yield _named(place, word, token, _Place(node, kind, pointer, place.where, within), uses)


def _named(above: _Place, word: str, token: str | int | None, place: _Place, uses: Mapping[str, str]) -> _Place:
    """A place with what people call it."""
    kind, where, fields = place.kind, above.where, above.fields
    if above.kind == "components":
        where = _component(kind, str(token), place, uses)
    elif above.kind == "document":
        where = {"info": "the API", "server": "the address", "components": ""}.get(kind, str(token))
    elif kind == "operation":
        kind, where = ("event", f"event {where}") if above.pointer.startswith("/webhooks/") else (kind, "")
        where = where or f"{str(token or word).upper()} {above.where}"
    elif kind in ("parameter", "header", "response", "request body"):
        name = place.node.get("name") if kind == "parameter" else token
        said = {"response": "answer", "request body": "body"}.get(kind, kind)
        where = f"{above.where}, {said}" + (f" {name}" if name is not None else "")
    elif above.kind in ("schema", "property"):
        if kind == "property":
            fields = f"{fields}.{token}" if fields else str(token)
        elif word in ("items", "prefixItems"):
            fields += "[]"
        where = f"{_owner(above)}{_separator(above)}{fields}" if fields else above.where
    return _Place(place.node, kind, place.pointer, where, place.within, fields)


def _component(kind: str, name: str, place: _Place, uses: Mapping[str, str]) -> str:
    """What a component is called: the schema's own name, `parameter limit`, `answer 400 (BadRequest)`."""
    if kind in ("response", "header"):
        word, used = "answer" if kind == "response" else kind, uses.get(place.pointer)
        return f"{word} {used} ({name})" if used and used != name else f"{word} {name}"
    if kind == "parameter":
        said = str(place.node.get("name", name))
        return f"parameter {said}" if said.lower() == name.lower() else f"parameter {said} ({name})"
    return {"schema": name, "security scheme": f"credentials ({name})"}.get(kind, f"{kind} {name}")


def _owner(place: _Place) -> str:
    """What a schema belongs to: its `where` without the fields."""
    return place.where.removesuffix(f"{_separator(place)}{place.fields}") if place.fields else place.where


def _separator(place: _Place) -> str:
    """Between a schema and a field: `Lead.email`, but `POST /leads, body, field email`."""
    return "." if tokens(place.pointer)[:2] == ["components", "schemas"] else ", field "


def _uses(content: Json) -> dict[str, str]:
    """What operations call shared answers and headers: `{'/components/responses/NotFound': '404'}`."""
    items = [_object(item) for item in _object(content.get("paths")).values()]
    named = [_object(_object(one).get("responses")) for item in items for one in item.values()]
    shared = _object(_object(content.get("components")).get("responses"))
    named += [_object(_object(one).get("headers")) for group in (*named, shared) for one in group.values()]
    used: dict[str, set[str]] = {}
    for group in named:
        for name, one in group.items():
            if isinstance(reference := _object(one).get("$ref"), str):
                used.setdefault(of_reference(reference), set()).add(str(name))
    return {pointer: ", ".join(sorted(names)) for pointer, names in used.items()}


def _object(node: Json) -> dict[str, Json]:
    return node if isinstance(node, dict) else {}
