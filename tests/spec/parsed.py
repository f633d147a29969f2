"""Documents for tests: as text, from no disk."""

from textwrap import dedent

from mockserver.spec.document import Document, parse
from mockserver.spec.errors import SpecError
from mockserver.spec.model import Api, Json
from mockserver.spec.operations import read

HEAD = {
    "2.0": "swagger: '2.0'\ninfo: {title: T, version: '1'}\n",
    "3.0": "openapi: 3.0.3\ninfo: {title: T, version: '1'}\n",
    "3.1": "openapi: 3.1.0\ninfo: {title: T, version: '1'}\n",
    "3.2": "openapi: 3.2.0\ninfo: {title: T, version: '1'}\n",
}


def document(text: str, version: str = "", allow_remote: bool = False, **files: str) -> Document:
    """The document of a text, with a head for `version` before it; `files` are others, by path with `__` for `/`."""
    texts = {"api.yaml": HEAD.get(version, "") + dedent(text)}
    texts |= {name.replace("__", "/") + ".yaml": dedent(content) for name, content in files.items()}

    def load(uri: str) -> bytes:
        if uri not in texts:
            raise SpecError("there is no such file")
        return texts[uri].encode()

    return parse("api.yaml", load, allow_remote=allow_remote)


def api(text: str, version: str = "3.1", **files: str) -> Api:
    """The API that a text describes."""
    return read(document(text, version, **files), "test")


def schema(text: str, version: str = "3.0") -> Json:
    """What becomes of a schema, written as YAML on one line or as a block, as `components.schemas.A`."""
    return of_schema(text, version).at("/components/schemas/A")


def of_schema(text: str, version: str = "3.0") -> Document:
    """The document around it."""
    block = "\n".join(f"      {line}" for line in dedent(text).strip().splitlines())
    root = f"definitions:\n  A:\n{block}\n" if version == "2.0" else f"components:\n  schemas:\n    A:\n{block}\n"
    return document(root + "paths: {}\n", version)


def messages(found: Document) -> list[str]:
    """What was noted."""
    return [note.message for note in found.notes]
