"""How commands find and read the documents that a user names: the options for it, and what had to be mended."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import click


def reading_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say how documents are read; a command gets them as `reading`."""
    options = [
        click.option("--overlay", "overlays", multiple=True, metavar="FILE", help="An OpenAPI Overlay to apply first."),
        click.option("--fixtures", metavar="FILE", help="Seed records and test keys (YAML), for a single API."),
        click.option("--keys", metavar="FILE", help="The keys that are accepted, by their secrets, as in fixtures."),
        click.option("--strict", is_flag=True, help="Refuse a document that has to be mended."),
        click.option("--allow-remote-refs", is_flag=True, help="Follow a $ref to other machines."),
    ]

    @functools.wraps(command)
    def run(overlays: Any, fixtures: Any, keys: Any, strict: bool, allow_remote_refs: bool, **rest: Any) -> None:
        command(reading=Reading(overlays, fixtures, keys, strict, allow_remote_refs), **rest)

    for option in reversed(options):
        run = option(run)
    return run


@dataclass(frozen=True, slots=True)
class Reading:
    """How documents are read."""

    overlays: tuple[str, ...] = ()
    fixtures: str | None = None
    keys: str | None = None
    strict: bool = False
    remote: bool = False


def named(apis: tuple[str, ...]) -> dict[str, str]:
    """The documents to read, by the names of their APIs."""
    from mockserver import sources

    bundled = sources.bundled()
    found: dict[str, str] = {}
    for api in apis or sorted(bundled):
        name = sources.name_of(api)
        if name in found:
            raise click.ClickException(f"two APIs are called {name!r}; rename one of the files.")
        found[name] = str(bundled.get(api, api))
    return found


def read(named: Mapping[str, str], reading: Reading) -> list[Any]:
    """The documents and fixtures, read. Raises SpecError; what had to be mended is told on stderr."""
    from mockserver import sources
    from mockserver.service import ApiSource

    if len(named) > 1 and (reading.fixtures or reading.overlays):
        raise click.ClickException("--fixtures and --overlay go with a single API; name one.")
    found = []
    for name, uri in named.items():
        document = sources.document(uri, overlays=reading.overlays, allow_remote=reading.remote)
        _tell(name, document, reading.strict)
        fixtures = sources.fixtures(reading.fixtures) if reading.fixtures else sources.fixtures_of(name)
        if reading.keys:
            fixtures = {**fixtures, "keys": sources.keys(reading.keys)}
        found.append(ApiSource(name, document, fixtures, functools.partial(_place, reading, name)))
    return found


def _place(reading: Reading, name: str, pointer: str) -> Any:
    """Where a pointer into an API's fixtures was written."""
    from mockserver import sources

    of_key = reading.keys if pointer.startswith("/keys") else None
    return sources.place(of_key or reading.fixtures or str(sources.fixtures_file(name)), pointer)


def _tell(name: str, document: Any, strict: bool) -> None:
    """Tells what had to be mended in a document, in full where an operation is lost by it; `strict` refuses it."""
    if strict and document.notes:
        first, count = document.notes[0], len(document.notes)
        at = document.position(first.pointer)
        raise click.ClickException(f"{at}: {first.message} ({count} such in all; --strict)")
    lost = [note for note in document.notes if note.harm != "mended"]
    for note, position in zip(lost, document.positions([note.pointer for note in lost]), strict=True):
        click.echo(f"{name}: {position}: {note.message}", err=True)
    if mended := len(document.notes) - len(lost):
        things = "things were" if mended > 1 else "thing was"
        click.echo(f"{name}: {mended} {things} mended in {document.uri}", err=True)
    if not document.content.get("paths"):
        has = "webhooks and no paths" if document.content.get("webhooks") else "no paths"
        click.echo(f"{name}: nothing can be called: {document.uri} has {has}", err=True)
