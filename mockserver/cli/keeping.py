"""The options of `serve` that keep worlds in a file from one start to the next."""

from __future__ import annotations

import functools
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

import click
from click.core import ParameterSource

from mockserver.cli.loading import Loading

OPTIONS = {  # what a state file says of its server -> the parameter of the command line that says so
    "seed": "seed",
    "locale": "locale",
    "records": "records",
    "rate_limits": "no_rate_limits",
    "query_preferences": "query_preferences",
}


def keeping_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options of state files; a command gets them as `keeping`."""
    options = [
        click.option("--state", metavar="FILE", help="Begin with the worlds of this file or server (URL)."),
        click.option("--save-state", "save", metavar="FILE", help="Write all worlds to this file at the end."),
    ]

    @functools.wraps(command)
    def run(state: str | None, save: str | None, **rest: Any) -> None:
        command(keeping=Keeping(state, save), **rest)

    for option in reversed(options):
        run = option(run)
    return run


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where worlds come from at start, and where they go at the end."""

    state: str | None
    save: str | None

    def read(self) -> Any:
        """The state file; None without one. Raises SpecError, and ClickException for a file that can't be written."""
        if self.save and not os.path.isdir(_folder(self.save)):
            raise click.ClickException(f"--save-state {self.save}: there is no folder {_folder(self.save)!r}.")
        if self.state is None or (self.state == self.save and not os.path.exists(self.state)):
            return None  # the first of many starts
        return read_state(self.state)

    def take(self, app: Any, state: Any) -> None:
        """Puts the worlds of a state file into an application."""
        from mockserver.states import files

        if state is None:
            return
        try:
            found = files.read(app.service, app.worlds.seeded, state)
        except files.Unfit as unfit:
            raise click.ClickException(f"--state {self.state}: {unfit}") from None
        for doubt in found.doubts:
            click.echo(f"{self.state}: {doubt}", err=True)
        app.worlds.load(found.worlds, found.start)

    @contextmanager
    def kept(self, app: Any) -> Iterator[None]:
        """Writes the worlds when what is done within ends, however it ends."""
        try:
            yield
        finally:
            if self.save:
                for each in (signal.SIGINT, signal.SIGTERM):
                    signal.signal(each, signal.SIG_IGN)  # an impatient second one must not cost the file
                self._write(app)

    def _write(self, app: Any) -> None:
        from mockserver.states import files

        worlds, now = app.worlds, time.time_ns() // 1_000_000
        told = files.written(app.service, worlds.seeded.snapshot(), worlds.all(), now, worlds.start.snapshot())
        try:
            _replace(str(self.save), json.dumps(told, separators=(",", ":")).encode())
        except OSError as error:
            click.echo(f"mockserver: --save-state {self.save}: nothing was written: {error.strerror}.", err=True)
            sys.exit(1)


def read_state(uri: str) -> Any:
    """A state file whose head is one, or the state of the server at a URL. Raises SpecError and ClickException."""
    from mockserver import sources
    from mockserver.states import files

    state = _exported(uri) if uri.startswith(("http://", "https://")) else sources.state(uri)
    try:
        files.options(state)
    except files.Unfit as unfit:
        raise click.ClickException(f"--state {uri}: {unfit}") from None
    return state


def _exported(url: str) -> Any:
    """What a running server exports; MOCKSERVER_CONTROL_TOKEN is its token, where it has one."""
    from mockserver.client.control import Control, ControlError

    origin, prefixed, rest = url.rstrip("/").removesuffix("/_mock/state/export").partition("/_world/")
    token = os.environ.get("MOCKSERVER_CONTROL_TOKEN")
    control = Control(origin, token=token, verify=False)
    try:
        return (control.world(rest) if prefixed else control).export_state()
    except ControlError as error:
        raise click.ClickException(f"--state {url}: {error}") from None


def apis_of(state: Any) -> tuple[str, ...]:
    """The APIs that a state file is of, for when none are named; a document of somebody's own has to be."""
    from mockserver import sources

    if state is None:
        return ()
    apis = tuple(state["server"]["documents"])
    for api in apis:
        if api not in sources.bundled():
            raise click.ClickException(f"the state is of {', '.join(apis)}; name the document of {api!r} as well.")
    return apis


def fitted(loading: Loading, state: Any) -> Loading:
    """A state file's options where the command line says nothing. Raises ClickException where it says otherwise."""
    if state is None:
        return loading
    said, context = state["server"], click.get_current_context()
    for name, parameter in OPTIONS.items():
        given = context.get_parameter_source(parameter)
        if given not in (None, ParameterSource.DEFAULT) and getattr(loading, name) != said[name]:
            option = f"--{parameter.replace('_', '-')}"
            raise click.ClickException(f"the state was made with {name} {said[name]!r}; leave {option} out.")
    return replace(loading, **{name: said[name] for name in OPTIONS})


def _replace(path: str, data: bytes) -> None:
    """Writes a file whole or not at all. Raises OSError."""
    path = os.path.realpath(path)
    handle, unfinished = tempfile.mkstemp(prefix=".mockserver-", dir=_folder(path))  # readable by its owner alone
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(unfinished)
        raise


def _folder(path: str) -> str:
    return os.path.dirname(os.path.realpath(path))
