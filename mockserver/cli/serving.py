"""`mockserver serve`."""

from __future__ import annotations

import sys
import time
from typing import Any

import click

from mockserver.cli.documents import Reading, named, read, reading_options
from mockserver.cli.keeping import Keeping, apis_of, fitted, keeping_options
from mockserver.cli.loading import Loading, load, loading_options
from mockserver.cli.shell import Shell, shell_options

STARTED = time.perf_counter()


@click.command()
@click.argument("apis", nargs=-1, metavar="[API]...")
@loading_options
@shell_options
@keeping_options
@reading_options
def serve(
    apis: tuple[str, ...],
    loading: Loading,
    shell: Shell,
    keeping: Keeping,
    reading: Reading,
) -> None:
    """Serve APIs: bundled ones by name, others by the path or URL of their document. None named: all bundled ones.

    One API is served at its real base path, several each under its name.
    """
    _begin()
    state = keeping.read()
    documents, loading = named(apis or apis_of(state)), fitted(loading, state)
    sockets = _bound(shell.host, shell.port)
    _check_door(sockets, shell)
    import logging

    from mockserver.web.greeting import losses
    from mockserver.web.server import run, tls_context

    logging.basicConfig(level=shell.log_level.upper(), format="%(levelname)s %(name)s: %(message)s")
    settings = shell.settings(sockets[0].getsockname()[1])
    secured = tls_context(shell.tls_cert, shell.tls_key, settings.host) if shell.secured else None
    loaded = load(read(documents, reading), loading, settings.max_body)
    _check_targets(loaded, settings)
    app = _with_scenarios(loaded, settings, shell.scenarios)
    keeping.take(app, state)
    lost = losses(loaded, lambda line: click.echo(line, err=True))

    def ready() -> None:
        app.go_on()
        _greet(loaded, settings, "https" if secured else "http")

    with keeping.kept(app):
        run(app, sockets, settings, ready, secured, lost)


def _check_door(sockets: list[Any], shell: Shell) -> None:
    """Refuses to listen to other machines without a token: whoever may call an API of the mock could also steer it."""
    from mockserver.web.guard import is_loopback

    if shell.control_token is None and not all(is_loopback(one.getsockname()[0]) for one in sockets):
        raise click.ClickException(
            f"--host {shell.host} lets other machines in, and so needs --control-token TOKEN (or the variable"
            " MOCKSERVER_CONTROL_TOKEN), which the control API under /_mock then asks for."
        )


def _with_scenarios(service: Any, settings: Any, wanted: tuple[str, ...]) -> Any:
    """The application, whose worlds begin with these scenarios; a mistake in one is told with its file and line."""
    from dataclasses import replace

    from mockserver import sources
    from mockserver.commands.command import Mistake
    from mockserver.web.app import application

    named = [sources.scenario(one, list(service.apis)) for one in wanted]
    words = tuple((name, {api: sources.scenario_words(path) for api, path in files.items()}) for name, files in named)
    try:
        return application(service, replace(settings, scenarios=words))
    except Mistake as mistake:
        at = [sources.scenario_place(path, mistake.where) for _, files in named[-1:] for path in [*files.values()][:1]]
        where = f"{at[0]}: " if at and len(named) == 1 else ""
        raise click.ClickException(f"{where}{mistake.message} {mistake.hint}") from None


def _check_targets(service: Any, settings: Any) -> None:
    """Refuses webhooks of the command line or of fixtures that lead where nothing may be sent."""
    urls = [*settings.webhooks, *(one["url"] for served in service.apis.values() for one in served.webhooks)]
    if not urls:
        return
    from mockserver.web.targets import objection

    for url in urls:
        if found := objection(url, settings.webhook_hosts):
            raise click.ClickException(" ".join(found))


def _begin() -> None:
    """Ctrl-C and a polite kill end the command with 0, at whatever it is; garbage waits until something is served
    (web/server.run), for what is loaded stays."""
    import gc
    import signal

    gc.disable()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: sys.exit(0))


def _bound(host: str, port: int) -> list[Any]:
    """Sockets that listen, before any slow work is done."""
    import socket

    from mockserver.web.server import bind, reason

    try:
        return bind(host.strip("[]"), port)
    except socket.gaierror:
        raise click.ClickException(f"{host!r} is no address or name of this machine.") from None
    except OSError as error:
        raise click.ClickException(reason(error, host, port)) from None


def _greet(service: Any, settings: Any, scheme: str) -> None:
    """Says what is served and where, and that it is ready."""
    from mockserver.web.greeting import greeting, origin

    at = origin(settings.host, settings.port, scheme)
    for line in greeting(service, at, "curl -k" if scheme == "https" else "curl"):
        click.echo(line)
    click.echo(f"ready in {time.perf_counter() - STARTED:.2f} s; control API at {at}/_mock")
