"""What a pass over a document finds out: notes, who refers to what, which `$ref`s lead to files that can't be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mockserver.spec.errors import SpecError
from mockserver.spec.model import Json, Note
from mockserver.spec.pointers import Trail, look_up, of_reference, trail_of, written
from mockserver.spec.references import File, Files, internal, rename

Task = tuple[Json, str, Trail, File]  # what to walk, as which kind of object, where it stands, in which file
User = tuple[dict[str, Json], str, Trail]  # an object with a `$ref`, what it is used for, where it stands


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the root of a Swagger 2.0 document says for all operations."""

    consumes: tuple[str, ...] = ()
    produces: tuple[str, ...] = ()
    parameters: Mapping[str, Json] = field(default_factory=dict)  # by name, as written; body and form ones too


@dataclass(slots=True)
class Survey:
    """The notebook of one pass."""

    files: Files
    defaults: Defaults = field(default_factory=Defaults)
    notes: list[Note] = field(default_factory=list)
    users: dict[str, list[User]] = field(default_factory=dict)  # by `$ref`, internal already
    lost: list[tuple[User, File, str]] = field(default_factory=list)  # to files that can't be read, and why
    patterns: dict[str, list[tuple[dict[str, Json], str, Trail]]] = field(
        default_factory=dict
    )  # object and key, by pattern
    names: dict[str, str] = field(
        default_factory=dict
    )  # pointers by `$id`, and by `#anchor` with its file's prefix before it
    mappings: list[tuple[dict[str, Json], File]] = field(default_factory=list)  # of discriminators

    def note(self, trail: Trail, message: str, harm: str = "mended") -> None:
        """Notes what was done at a place."""
        self.notes.append(Note(written(trail), message, harm))

    def refer(self, node: dict[str, Json], kind: str, trail: Trail, file: File) -> Task | None:
        """Makes the `$ref` of an object internal. Gives what is to be walked there when it leads to another file."""
        said = node["$ref"]
        if not isinstance(said, str):
            del node["$ref"]
            self.note(trail, "a $ref is text; it is left out")
            return None
        try:
            node["$ref"], target = self.inside(said, file)
        except SpecError as error:
            self.lost.append(((node, kind, trail), file, error.message))
            return None
        self.users.setdefault(node["$ref"], []).append((node, kind, trail))
        if not target.prefix:
            return None
        if node["$ref"][0] != "#":  # an anchor: it is found when the whole file has been walked
            return target.content, kind, trail_of(target.prefix), target
        pointer = of_reference(node["$ref"])
        found = self.at(pointer)
        return None if found is None else (found, kind, trail_of(pointer), target)

    def inside(self, reference: str, file: File) -> tuple[str, File]:
        """A reference of a file as an internal one, and the file that it leads to. Raises SpecError with the reason.

        `#name` (an anchor) becomes the name that `names` knows it by.
        """
        if reference.startswith("#/x-mock-files/"):
            return reference, file
        name, _, fragment = reference.partition("#")
        target = self.files.open(file, name) if name else file
        if fragment and fragment[0] != "/":
            return f"{target.prefix}#{fragment}", target
        if target.version == "2.0" and not target.prefix:
            fragment = rename(fragment)
        return internal(target, fragment), target

    def at(self, pointer: str) -> Json:
        """What stands at a pointer of the whole document; None when nothing does."""
        try:
            return look_up(self.files.root.content, pointer)
        except LookupError:
            return None
