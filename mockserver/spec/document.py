"""A document as read: always OpenAPI 3.1 with every `$ref` internal, whatever its user wrote.

Everything is done at once, in one pass over the text (spec/text) and one over the document (spec/walk): 3 MB of YAML
take about 0.25 s. Lines are looked up in the text again when an error names one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from posixpath import dirname, normpath
from posixpath import join as join_path

from mockserver.spec import overlay as overlays_of
from mockserver.spec import upgrade_swagger
from mockserver.spec.errors import Position, SpecError, nearest
from mockserver.spec.model import Json, Note
from mockserver.spec.overlay import Origin
from mockserver.spec.paths import check_operations, plain_paths
from mockserver.spec.pointers import look_up, of_reference, tokens
from mockserver.spec.positions import lines
from mockserver.spec.references import (
    BUNDLE,
    SWAGGER_PLACES,
    VERSIONS,
    File,
    Files,
    is_remote,
    version_of,
    written_version,
)
from mockserver.spec.settle import settle
from mockserver.spec.survey import Survey
from mockserver.spec.text import values
from mockserver.spec.walk import walk


@dataclass(frozen=True, slots=True)
class Document:
    """An OpenAPI document. `notes` says what was mended; with `--strict` the caller refuses a document that has any."""

    uri: str
    content: dict[str, Json] = field(repr=False)  # OpenAPI 3.1; other files stand under `x-mock-files`
    written: str  # the version as its user wrote it, such as '2.0'
    notes: tuple[Note, ...] = ()
    load: Callable[[str], bytes] = field(repr=False, default=lambda uri: b"")
    origins: tuple[Origin, ...] = field(repr=False, default=())  # what overlays put where

    def at(self, pointer: str) -> Json:
        """What stands at a JSON pointer. Raises SpecError when nothing does."""
        try:
            return look_up(self.content, pointer)
        except LookupError:
            raise SpecError(f"nothing stands at #{pointer}{self._nearby(pointer)}", self.position(pointer)) from None

    def resolve(self, pointer: str) -> tuple[str, Json]:
        """Follows the `$ref` at a pointer, and the one it leads to, to an object: its pointer and itself.

        A `$ref` with words beside it is followed too: this is for objects that may be references as a whole, and for
        schemas that are nothing but one.
        """
        seen = []
        node = self.at(pointer)
        while isinstance(node, dict) and isinstance(node.get("$ref"), str):
            if pointer in seen:
                raise SpecError(f"the $ref {node['$ref']} leads round in a circle", self.position(pointer))
            seen.append(pointer)
            pointer = of_reference(node["$ref"])
            node = self.at(pointer)
        return pointer, node

    def position(self, pointer: str) -> Position:
        """Where a pointer's place was written: file and line, also of a part that an upgrade has moved."""
        return self.positions([pointer])[0]

    def positions(self, pointers: Iterable[str]) -> list[Position]:
        """The same for many, with one scan of each file."""
        wanted = list(pointers)
        sources = [self._source(pointer) for pointer in wanted]
        files = {file for file, _ in sources}
        found = {file: self._lines(file, [place for other, place in sources if other == file]) for file in files}
        return [
            Position(file, pointer, found[file].get(place))
            for pointer, (file, place) in zip(wanted, sources, strict=True)
        ]

    def _lines(self, file: str, pointers: list[str]) -> dict[str, int | None]:
        try:
            return lines(self.load(file), pointers)
        except SpecError:
            return {}

    def _source(self, pointer: str) -> tuple[str, str]:
        """The file that a place was written in, and its pointer there."""
        for origin in reversed(self.origins):
            rest = pointer.removeprefix(origin.pointer)
            if pointer.startswith(origin.pointer) and rest[:1] in ("", "/") and _is_there(origin.value, rest):
                return origin.file, origin.source + rest
        if pointer.startswith(f"/{BUNDLE}/"):
            name = tokens(pointer)[1]
            file = name if is_remote(name) else normpath(join_path(dirname(self.uri), name))
            return file, "".join(f"/{part}" for part in pointer.split("/")[3:])
        for old, new in SWAGGER_PLACES.items() if self.written == "2.0" else ():
            if pointer.startswith(new):
                return self.uri, old + pointer[len(new) :]
        return self.uri, pointer

    def _nearby(self, pointer: str) -> str:
        above, _, name = pointer.rpartition("/")
        try:
            around = look_up(self.content, above)
        except LookupError:
            return ""
        return nearest(name, around) if isinstance(around, dict) and around else ""


def parse(
    uri: str, load: Callable[[str], bytes], *, overlays: Sequence[str] = (), allow_remote: bool = False
) -> Document:
    """Reads a document of OpenAPI 3.0, 3.1, 3.2 or Swagger 2.0, in YAML or JSON.

    `load` gives the bytes of a file; it is asked for `uri`, for each of `overlays`, and for files beside the document
    that a `$ref` names. Raises SpecError, with file and line, for what can't be read at all; what is merely wrong is
    mended and noted.
    """
    try:
        return _parse(uri, load, overlays, allow_remote)
    except RecursionError:
        raise SpecError("the document is nested too deeply", Position(uri, "")) from None


def _parse(uri: str, load: Callable[[str], bytes], overlays: Sequence[str], allow_remote: bool) -> Document:
    data = load(uri)
    content, notes = values(data, uri)
    version = _version(content, uri, data)
    written = str(written_version(content))
    origins: list[Origin] = []
    for name in overlays:
        more, unused = overlays_of.apply(content, name, load(name))
        origins += more
        notes += unused
    _check_parts(content, uri)
    survey = Survey(Files(File(uri, "", content, version), load, allow_remote), notes=notes)
    plain_paths(content, survey)
    if version == "2.0":
        survey.defaults = upgrade_swagger.root(content)
    walk(survey)
    settle(survey)
    check_operations(survey)
    content["openapi"] = written if version == "3.1" else "3.1.0"
    return Document(uri, content, written, (*survey.notes, *survey.files.notes), load, tuple(origins))


def _version(content: Json, uri: str, data: bytes) -> str:
    """The version of a document, as one of VERSIONS. Raises SpecError for what is no document."""
    if content is None:
        raise SpecError("the file is empty", Position(uri, ""))
    if not isinstance(content, dict):
        raise SpecError("an OpenAPI document is a mapping that begins with `openapi:`", Position(uri, "", 1))
    said = written_version(content)
    if said is None:
        raise SpecError(f"no OpenAPI document: it has no `openapi`{_misspelt(content)}", Position(uri, "", 1))
    version = version_of(content)
    if version is None:
        pointer = "/openapi" if "openapi" in content else "/swagger"
        position = Position(uri, pointer, lines(data, [pointer]).get(pointer))
        raise SpecError(f"OpenAPI {said} can't be read (known: {', '.join(VERSIONS)})", position)
    return version


ABSENT = object()
PARTS = ("paths", "webhooks", "components", "definitions")  # one of which a document has (3.1, 4.8.1; 2.0)


def _check_parts(content: dict[str, Json], uri: str) -> None:
    """Refuses what calls itself an OpenAPI document and describes nothing. Raises SpecError."""
    if not any(isinstance(content.get(part, ABSENT), dict | None) for part in PARTS):
        empty = next((part for part in PARTS if part in content), None)
        if empty:
            raise SpecError(f"no OpenAPI document: its `{empty}` is no mapping", Position(uri, f"/{empty}"))
        others = {key: None for key in content if nearest(key, PARTS).startswith(" (did")}
        hint = f" (did you mean that by {next(iter(others))!r}?)" if others else ""
        message = f"no OpenAPI document: it has no `paths`, `webhooks` or `components`{hint}"
        raise SpecError(message, Position(uri, "", 1))


def _misspelt(content: dict[str, Json]) -> str:
    found = next((key for key in content if nearest(key, ("openapi", "swagger")).startswith(" (did")), None)
    return f" (did you mean that by {found!r}?)" if found else ""


def _is_there(value: Json, pointer: str) -> bool:
    try:
        look_up(value, pointer)
    except LookupError:
        return False
    return True
