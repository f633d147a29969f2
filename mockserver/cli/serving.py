"""`mockserver serve`."""

from __future__ import annotations

import sys
import time
from typing import Any

import click

from mockserver.cli.documents import Reading, named, read, reading_options
from mockserver.cli.shell import Shell, shell_options

STARTED = time.perf_counter()
MAX_RECORDS = 10_000_000  # that --records may ask for


def _counts(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, int]:
    """`users=1000` as {'users': 1000}."""
    counts = {}
    for value in values:
        name, equals, number = value.partition("=")
        if not (name and equals and number.isascii() and number.isdigit() and len(number) <= 8):
            raise click.BadParameter(f"{value!r} is not RESOURCE=NUMBER, such as users=1000.")
        if int(number) > MAX_RECORDS:
            raise click.BadParameter(f"{value!r} asks for more than {MAX_RECORDS:,} records.")
        counts[name] = int(number)
    return counts


def _locale(ctx: click.Context, param: click.Parameter, value: str) -> str:
    if value == "en_US":
        return value  # without looking: the list takes a while to import
    from faker.config import AVAILABLE_LOCALES

    from mockserver.spec.errors import nearest

    if value not in AVAILABLE_LOCALES:
        raise click.BadParameter(f"there is no locale {value!r}{nearest(value, AVAILABLE_LOCALES)}.")
    return value


@click.command()
@click.argument("apis", nargs=-1, metavar="[API]...")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=1, show_default=True, help="Of all made-up data.")
@click.option("--locale", default="en_US", show_default=True, callback=_locale, help="Whose names and addresses.")
@click.option("--records", multiple=True, metavar="RESOURCE=NUMBER", callback=_counts, help="How many at first.")
@click.option("--no-rate-limits", is_flag=True, help="Answer any number of requests.")
@shell_options
@reading_options
def serve(
    apis: tuple[str, ...],
    seed: int,
    locale: str,
    records: dict[str, int],
    no_rate_limits: bool,
    shell: Shell,
    reading: Reading,
) -> None:
    """Serve APIs: bundled ones by name, others by the path or URL of their document. None named: all bundled ones.

    One API is served at its real base path, several each under its name.
    """
    _begin()
    documents = named(apis)
    sockets = _bound(shell.host, shell.port)
    import logging

    from mockserver import service
    from mockserver.web.app import application
    from mockserver.web.greeting import losses
    from mockserver.web.server import run, tls_context

    logging.basicConfig(level=shell.log_level.upper(), format="%(levelname)s %(name)s: %(message)s")
    settings = shell.settings(sockets[0].getsockname()[1])
    secured = tls_context(shell.tls_cert, shell.tls_key, settings.host) if shell.secured else None
    loaded = service.load(
        read(documents, reading),
        seed=seed,
        locale=locale,
        records=records,
        rate_limits=not no_rate_limits,
        max_body=settings.max_body,
    )
    _check_targets(loaded, settings)
    app = application(loaded, settings)
    lost = losses(loaded, lambda line: click.echo(line, err=True))
    run(app, sockets, settings, lambda: _greet(loaded, settings, "https" if secured else "http"), secured, lost)


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
