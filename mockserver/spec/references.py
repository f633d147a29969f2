"""Where a `$ref` leads: to this file, to another one beside it (bundled under `x-mock-files`), or nowhere."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from mockserver.spec.errors import SpecError
from mockserver.spec.model import Json, Note
from mockserver.spec.pointers import as_reference, join
from mockserver.spec.text import values

BUNDLE = "x-mock-files"
MAX_FILES = 2_000
VERSIONS = ("2.0", "3.0", "3.1", "3.2")

Load = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class File:
    """One file of a document. `prefix` is the pointer at which it stands in the whole, empty for the document
    itself."""

    uri: str
    prefix: str
    content: Json
    version: str  # 2.0, 3.0, 3.1 or 3.2

    @property
    def old(self) -> bool:
        """Whether its schemas are written in the words of OpenAPI 3.0."""
        return self.version in ("2.0", "3.0")


class Files:
    """The files of one document, each read once. Reaches no network unless `allow_remote`, and never leaves the
    folder."""

    def __init__(self, root: File, load: Load, allow_remote: bool) -> None:
        self.root = root
        self.load = load
        self.allow_remote = allow_remote
        self.notes: list[Note] = []
        self._by_uri = {root.uri: root}
        self._failed: dict[str, str] = {}

    def open(self, base: File, reference: str) -> File:
        """The file that the part of a `$ref` before `#` names, seen from `base`. Raises SpecError with the reason."""
        uri = self._local(base, reference) or resolved(base.uri, reference)
        if uri in self._by_uri:
            return self._by_uri[uri]
        if uri in self._failed:
            raise SpecError(self._failed[uri])
        try:
            name = self._name(uri)
            content, notes = values(self.load(uri), uri)
        except SpecError as error:
            self._failed[uri] = error.message
            raise
        prefix = join(f"/{BUNDLE}", name)
        self.notes += [Note(prefix + note.pointer, note.message, note.harm) for note in notes]
        found = self._by_uri[uri] = File(uri, prefix, content, version_of(content) or self.root.version)
        self.root.content.setdefault(BUNDLE, {})[name] = content
        return found

    def _local(self, base: File, reference: str) -> str | None:
        """The file that a reference means by the URI that the document gives itself (`$self`, 3.2, 4.1.1): the
        document, or what would stand beside it there, which is looked for beside it here.
        """
        own = self.root.content.get("$self")
        if not isinstance(own, str) or not (base is self.root or is_remote(reference)):
            return None
        own = urldefrag(own)[0]
        if urljoin(own, reference) == own:
            return self.root.uri
        folder = urljoin(own, ".")
        if is_remote(folder) and reference.startswith(folder):
            return resolved(self.root.uri, reference[len(folder) :])
        return None

    def _name(self, uri: str) -> str:
        """What a file is called in the bundle: its path within the document's folder, or its URL."""
        if len(self._by_uri) >= MAX_FILES:
            raise SpecError(f"the document is split over more than {MAX_FILES:,} files")
        if is_remote(uri):
            if not self.allow_remote:
                raise SpecError("it is on the network, where a $ref may only lead with --allow-remote-refs")
            return uri
        name = posixpath.relpath(uri, posixpath.dirname(self.root.uri) or ".")
        if is_remote(self.root.uri) or name == ".." or name.startswith("../"):
            raise SpecError("it stands outside the document's folder")
        return name


def is_remote(uri: str) -> bool:
    """Whether a URI leads over the network."""
    return urlsplit(uri).scheme in ("http", "https", "ftp")


def resolved(base: str, reference: str) -> str:
    """The URI of a relative reference: by RFC 3986 from a URL, by path from a file."""
    if is_remote(base) or is_remote(reference):
        return urljoin(base, reference)
    path = unquote(reference.removeprefix("file://"))
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), path))


def version_of(content: Json) -> str | None:
    """Which of the versions known here a document is written in; None when it doesn't say, or says another."""
    said = written_version(content)
    short = ".".join(str(said).split(".")[:2]) if said else None
    return short if short in VERSIONS else None


def written_version(content: Json) -> str | None:
    """The version as written: '3.0.1'. YAML reads an unquoted `3.0` as a number."""
    if not isinstance(content, dict):
        return None
    said = content.get("openapi", content.get("swagger"))
    return None if said is None else f"{said}.0" if isinstance(said, int) else str(said)


def internal(file: File, fragment: str) -> str:
    """A `$ref` into the bundle for a fragment of a file."""
    return (as_reference(file.prefix) if file.prefix else "#") + fragment


def rename(fragment: str) -> str:
    """A fragment of a Swagger 2.0 document where the upgrade has put it."""
    for old, new in SWAGGER_PLACES.items():
        if fragment.startswith(old):
            return new + fragment[len(old) :]
    return fragment


SWAGGER_PLACES = {
    "/definitions/": "/components/schemas/",
    "/parameters/": "/components/parameters/",
    "/responses/": "/components/responses/",
    "/securityDefinitions/": "/components/securitySchemes/",
}
