"""The one place that reads: documents, overlays, fixtures, vocabularies; from files, or a URL that the user named."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import orjson

from mockserver.spec.document import Document, parse
from mockserver.spec.errors import Position, SpecError, nearest
from mockserver.spec.model import Json
from mockserver.spec.positions import lines
from mockserver.spec.references import is_remote
from mockserver.spec.text import values
from mockserver.spec.vocabulary import Vocabulary, check, check_fixtures, vocabulary

MAX_BYTES = 64 * 1024 * 1024  # of one file
MAX_STATE = 1024 * 1024 * 1024  # of a state file
MAX_SECONDS = 20.0  # for one URL to answer
PACKAGE = Path(__file__).resolve().parent
FOLDERS = (PACKAGE / "_bundled", PACKAGE.parent)  # in an installed wheel, in a checkout


def bundled() -> dict[str, Path]:
    """The documents that come with the package, by the names of their APIs."""
    return {path.stem: path for path in sorted(_folder("openapi").glob("*.yaml"))}


def name_of(api: str) -> str:
    """What an API is called: a bundled one by its name, another by its document's file. Raises SpecError."""
    known = bundled()
    if api in known:
        return api
    if not ("/" in api or "\\" in api or re.search(r"\.(ya?ml|json)$", api, re.IGNORECASE)):
        raise SpecError(f"there is no bundled API {api!r}{nearest(api, known)}; a document is named by its path.")
    file = re.split(r"[/\\]", api.partition("?")[0].rstrip("/\\"))[-1]
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"\.(ya?ml|json)$", "", file.lower())).strip("-") or "api"


def fixtures_of(name: str) -> dict[str, Json]:
    """The fixtures of a bundled API, from `fixtures/<name>/seed.yaml`; empty when it has none."""
    path = fixtures_file(name)
    return fixtures(str(path)) if path.is_file() else {}


def fixtures_file(name: str) -> Path:
    """Where the fixtures of a bundled API stand, if it has any."""
    return _folder("fixtures") / name / "seed.yaml"


def place(uri: str, pointer: str) -> Position:
    """A place in a file of fixtures or keys, with its line. A file of keys alone has them at its root."""
    data = load(uri)
    if pointer.startswith("/keys/") and "keys" not in (values(data, uri)[0] or ()):
        pointer = pointer.removeprefix("/keys")
    return Position(uri, pointer, lines(data, [pointer]).get(pointer))


def fixtures(uri: str) -> dict[str, Json]:
    """A file of fixtures, as world/fixtures.yaml describes them. Raises SpecError for what isn't."""
    data = load(uri)
    content, notes = values(data, uri)
    for note in notes:  # what stands twice in a fixture is a slip, and nobody else's
        raise SpecError(note.message, Position(uri, note.pointer, lines(data, [note.pointer]).get(note.pointer)))
    content = {} if content is None else content
    check_fixtures(content, lambda at: Position(uri, at, lines(data, [at]).get(at)), _vocabulary("world/fixtures.yaml"))
    return dict(content)


def keys(uri: str) -> dict[str, Json]:
    """A file of keys by their secrets, or of fixtures that have some; a key may be nothing but its secret.

    Raises SpecError for what isn't.
    """
    data = load(uri)
    content, _ = values(data, uri)
    found = content.get("keys") if isinstance(content, dict) and "keys" in content else content
    if isinstance(found, list):
        found = dict.fromkeys(map(str, found))
    if not isinstance(found, dict):
        raise SpecError("a file of keys has secrets, and what is known of each: name, scopes …", Position(uri, ""))
    top = "" if found is not content else "/keys"
    told = {str(secret): {} if said is None else said for secret, said in found.items()}

    def position(at: str) -> Position:
        here = at.removeprefix(top) if top else at
        return Position(uri, here, lines(data, [here]).get(here))

    check_fixtures({"keys": told}, position, _vocabulary("world/fixtures.yaml"))
    return told


def state(uri: str) -> Json:
    """A state file (docs/state-files.md), or what a running server exports at a URL. Raises SpecError for no JSON."""
    try:
        return orjson.loads(load(uri, MAX_STATE))
    except orjson.JSONDecodeError as error:
        raise SpecError(f"it is no state file: not JSON ({error})", Position(uri, "")) from None


def document(uri: str, *, overlays: Sequence[str] = (), allow_remote: bool = False) -> Document:
    """A document with its overlays, its x-mock checked. Raises SpecError for one that can't be used."""
    found = parse(uri, loader((uri, *overlays), allow_remote), overlays=overlays, allow_remote=allow_remote)
    check(found, lambda: _vocabulary("spec/x-mock.yaml"))
    return found


def loader(named: Iterable[str], allow_remote: bool = False) -> Callable[[str], bytes]:
    """A `load` for one document: what the user named, and files that really stand within the first one's folder.

    With `allow_remote`, also http(s) URLs.
    """
    mine = tuple(named)

    def load_one(uri: str) -> bytes:
        if uri in mine or (is_remote(uri) and allow_remote):
            return load(uri)
        if is_remote(uri):
            raise SpecError("it is on the network", Position(uri, ""))
        if is_remote(mine[0]) or not Path(uri).resolve().is_relative_to(Path(mine[0]).resolve().parent):
            raise SpecError("it stands outside the document's folder", Position(uri, ""))
        return load(uri)

    return load_one


def load(uri: str, most: int | None = None) -> bytes:
    """The bytes of a file or of an http(s) URL that the user named. Raises SpecError with the reason in a few words."""
    if is_remote(uri):
        return _fetched(uri)
    path, most = Path(uri), MAX_BYTES if most is None else most
    try:
        if path.is_dir():
            raise SpecError(f"a folder, not a document{_one_of(path)}", Position(uri, ""))
        with path.open("rb") as file:
            data = file.read(most + 1)
    except FileNotFoundError:
        raise SpecError(f"there is no such file{_nearby(path)}", Position(uri, "")) from None
    except PermissionError:
        raise SpecError("this file may not be read (permissions)", Position(uri, "")) from None
    except (OSError, ValueError) as error:
        raise SpecError(
            f"this file can't be read: {getattr(error, 'strerror', None) or error}", Position(uri, "")
        ) from None
    return _bounded(data, uri, most)


def _bounded(data: bytes, uri: str, most: int) -> bytes:
    if len(data) > most:
        raise SpecError(f"larger than {most // 1024 // 1024} MiB", Position(uri, ""))
    return data


@lru_cache(maxsize=64)
def _fetched(url: str) -> bytes:
    """What a URL answers; kept, so that looking up a line doesn't ask again. Redirects may lead to http(s) only."""
    import urllib.error  # slow to import, and seldom needed
    import urllib.request

    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    request = urllib.request.Request(url, headers={"User-Agent": "mockserver", "Accept": "*/*"})
    try:
        with opener.open(request, timeout=MAX_SECONDS) as answer:
            return _bounded(answer.read(MAX_BYTES + 1), url, MAX_BYTES)
    except urllib.error.HTTPError as error:
        raise SpecError(f"the server answers {error.code} {error.reason}", Position(url, "")) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise SpecError(f"this URL can't be read: {reason or type(error).__name__}", Position(url, "")) from None


def _folder(name: str) -> Path:
    return next((folder / name for folder in FOLDERS if (folder / name).is_dir()), FOLDERS[-1] / name)


def scenario_names(apis: Iterable[str]) -> dict[str, dict[str, Path]]:
    """The bundled scenarios that these APIs know, and the file of each for each API."""
    shared, found = _folder("fixtures") / "scenarios", dict[str, dict[str, Path]]()
    for api in apis:
        own = _folder("fixtures") / api / "scenarios"
        files = {path.stem: path for folder in (shared, own) for path in sorted(folder.glob("*.yaml"))}
        for name, path in files.items():
            found.setdefault(name, {})[api] = path
    return dict(sorted(found.items()))


def scenario(wanted: str, apis: Sequence[str]) -> tuple[str, dict[str, Path]]:
    """A scenario by its name or by the path of its file: its name, and its file for each API. Raises SpecError."""
    known = scenario_names(apis)
    if wanted in known:
        return wanted, known[wanted]
    if not ("/" in wanted or "\\" in wanted or re.search(r"\.ya?ml$", wanted)):
        close = nearest(wanted, known)
        raise SpecError(f"there is no scenario {wanted!r}{close}; one of your own is named by its path.")
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", Path(wanted).stem).strip("-.") or "scenario"
    return name, dict.fromkeys(apis, Path(wanted))


def scenario_words(path: Path) -> dict[str, Json]:
    """What a file of a scenario says (trouble/scenarios.yaml). Raises SpecError for what isn't one."""
    data = load(str(path))
    content, notes = values(data, str(path))
    for note in notes:
        raise SpecError(note.message, scenario_place(path, note.pointer))
    content = {} if content is None else content
    check_fixtures(content, lambda at: scenario_place(path, at), vocabulary(scenario_vocabulary()))
    return dict(content)


def scenario_place(path: Path, pointer: str) -> Position:
    """Where in a file of a scenario something stands."""
    data = load(str(path))
    return Position(str(path), pointer, lines(data, [pointer]).get(pointer))


@lru_cache(maxsize=1)
def scenario_vocabulary() -> dict[str, Json]:
    """The JSON Schema of scenarios, with the words of rate limits that it shares with x-mock."""
    own, _ = values((PACKAGE / "trouble/scenarios.yaml").read_bytes(), "trouble/scenarios.yaml")
    shared, _ = values((PACKAGE / "spec/x-mock.yaml").read_bytes(), "spec/x-mock.yaml")
    own["$defs"] |= {name: shared["$defs"][name] for name in ("window", "duration")}
    return dict(own)


@lru_cache(maxsize=4)
def _vocabulary(path: str) -> Vocabulary:
    content, _ = values((PACKAGE / path).read_bytes(), path)
    return vocabulary(content)


def _nearby(path: Path) -> str:
    """The nearest name in the folder; what is like a document when none is near."""
    if not path.parent.is_dir():
        return f" (there is no folder {posixpath.join(*path.parent.parts)!r})" if path.parent.parts else ""
    try:
        names = [one.name for one in path.parent.iterdir() if one.is_file()]
    except OSError:
        return ""
    hint = nearest(path.name, names)
    return hint if "did you mean" in hint else nearest(path.name, _documents(names))


def _one_of(folder: Path) -> str:
    names = _documents([one.name for one in folder.iterdir() if one.is_file()])
    return f" (in it: {', '.join(names[:10])})" if names else ""


def _documents(names: Iterable[str]) -> list[str]:
    return sorted(name for name in names if name.lower().endswith((".yaml", ".yml", ".json")))
