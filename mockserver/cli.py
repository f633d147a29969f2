"""The command line. It imports click first and everything else when it is needed: being ready soon is a feature."""

from __future__ import annotations

import functools
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import click

STARTED = time.perf_counter()
LEVELS = ("critical", "error", "warning", "info", "debug")
MAX_RECORDS = 10_000_000  # that --records may ask for


def main(arguments: list[str] | None = None) -> None:
    """Runs the command; what goes wrong is one line on stderr and exit code 2."""
    from mockserver.spec.errors import SpecError

    try:
        code = mockserver.main(arguments, prog_name="mockserver", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(2)
    except click.ClickException as error:
        _complain(error.format_message())
    except SpecError as error:
        _complain(str(error))
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of a pipe went away, as `head` does
        sys.exit(0)
    sys.exit(code if isinstance(code, int) else 0)


def _complain(message: str) -> None:
    click.echo(f"mockserver: {' '.join(message.split())}", err=True)
    sys.exit(2)


def _version(ctx: click.Context, param: click.Parameter, asked: bool) -> None:
    from importlib import metadata

    if asked:
        try:
            click.echo(metadata.version("crm-mockserver"))
        except metadata.PackageNotFoundError:
            click.echo("not installed: running from its source")
        ctx.exit()


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
def mockserver() -> None:
    """A mock and contract-testing server for CRM APIs, from their OpenAPI documents."""


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


def _token(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """A token of printable ASCII without spaces, as a header can carry it."""
    if value and not (value.isascii() and value.isprintable() and " " not in value):
        raise click.BadParameter("a token is printable ASCII without spaces.")
    return value or None


def _reading(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say how documents are read; a command gets them as `reading`."""
    options = [
        click.option("--overlay", "overlays", multiple=True, metavar="FILE", help="An OpenAPI Overlay to apply first."),
        click.option("--fixtures", metavar="FILE", help="Seed records and test keys (YAML), for a single API."),
        click.option("--keys", metavar="FILE", help="The keys that are accepted, by their secrets, as in fixtures."),
        click.option("--strict", is_flag=True, help="Refuse a document that has to be mended."),
        click.option("--allow-remote-refs", is_flag=True, help="Follow a $ref to other machines."),
    ]

    @functools.wraps(command)
    def read(overlays: Any, fixtures: Any, keys: Any, strict: bool, allow_remote_refs: bool, **rest: Any) -> None:
        command(reading=Reading(overlays, fixtures, keys, strict, allow_remote_refs), **rest)

    for option in reversed(options):
        read = option(read)
    return read


@dataclass(frozen=True, slots=True)
class Reading:
    """How documents are read."""

    overlays: tuple[str, ...] = ()
    fixtures: str | None = None
    keys: str | None = None
    strict: bool = False
    remote: bool = False


@mockserver.command()
@click.argument("apis", nargs=-1, metavar="[API]...")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=4010, show_default=True, help="0 takes a free one.")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=1, show_default=True, help="Of all made-up data.")
@click.option("--locale", default="en_US", show_default=True, callback=_locale, help="Whose names and addresses.")
@click.option("--records", multiple=True, metavar="RESOURCE=NUMBER", callback=_counts, help="How many at first.")
@click.option("--no-rate-limits", is_flag=True, help="Answer any number of requests.")
@click.option("--log-level", type=click.Choice(LEVELS), default="warning", show_default=True)
@click.option(
    "--control-token",
    envvar="MOCKSERVER_CONTROL_TOKEN",
    callback=_token,
    metavar="TOKEN",
    help="Open /_mock to whoever sends this token, from anywhere. [env: MOCKSERVER_CONTROL_TOKEN]",
)
@click.option("--tls", is_flag=True, help="Serve HTTPS, and redirect plain HTTP to it.")
@click.option("--tls-cert", metavar="FILE", help="With --tls: the certificate (PEM); one of our own when left out.")
@click.option("--tls-key", metavar="FILE", help="With --tls-cert: its key, where it is in another file.")
@_reading
def serve(
    apis: tuple[str, ...],
    host: str,
    port: int,
    seed: int,
    locale: str,
    records: dict[str, int],
    no_rate_limits: bool,
    log_level: str,
    control_token: str | None,
    tls: bool,
    tls_cert: str | None,
    tls_key: str | None,
    reading: Reading,
) -> None:
    """Serve APIs: bundled ones by name, others by the path or URL of their document. None named: all bundled ones.

    One API is served at its real base path, several each under its name.
    """
    _end_on_signals()
    named = _named(apis)
    sockets = _bound(host, port)
    import logging

    from mockserver import service
    from mockserver.web.app import application
    from mockserver.web.greeting import losses
    from mockserver.web.server import run, tls_context
    from mockserver.web.settings import Settings

    logging.basicConfig(level=log_level.upper(), format="%(levelname)s %(name)s: %(message)s")
    settings = Settings(host=host.strip("[]"), port=sockets[0].getsockname()[1], token=control_token)
    secured = tls_context(tls_cert, tls_key, settings.host) if tls or tls_cert or tls_key else None
    loaded = service.load(
        _read(named, reading),
        seed=seed,
        locale=locale,
        records=records,
        rate_limits=not no_rate_limits,
        max_body=settings.max_body,
    )
    app = application(loaded, settings)
    lost = losses(loaded, lambda line: click.echo(line, err=True))
    run(app, sockets, settings, lambda: _greet(loaded, settings, "https" if secured else "http"), secured, lost)


def _end_on_signals() -> None:
    """Ctrl-C and a polite kill end the command with 0, at whatever it is."""
    import signal

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


def _named(apis: tuple[str, ...]) -> dict[str, str]:
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


def _read(named: Mapping[str, str], reading: Reading) -> list[Any]:
    """The documents and fixtures, read. Raises SpecError; what had to be mended is told on stderr."""
    from mockserver import sources
    from mockserver.service import ApiSource

    if len(named) > 1 and (reading.fixtures or reading.overlays):
        raise click.ClickException("--fixtures and --overlay go with a single API; name one.")
    found = []
    for name, uri in named.items():
        read = sources.document(uri, overlays=reading.overlays, allow_remote=reading.remote)
        _tell(name, read, reading.strict)
        fixtures = sources.fixtures(reading.fixtures) if reading.fixtures else sources.fixtures_of(name)
        if reading.keys:
            fixtures = {**fixtures, "keys": sources.keys(reading.keys)}
        found.append(ApiSource(name, read, fixtures))
    return found


def _tell(name: str, read: Any, strict: bool) -> None:
    """Tells what had to be mended in a document, in full where an operation is lost by it; `strict` refuses it."""
    if strict and read.notes:
        first = read.notes[0]
        count = len(read.notes)
        raise click.ClickException(f"{read.position(first.pointer)}: {first.message} ({count} such in all; --strict)")
    lost = [note for note in read.notes if note.harm != "mended"]
    for note, position in zip(lost, read.positions([note.pointer for note in lost]), strict=True):
        click.echo(f"{name}: {position}: {note.message}", err=True)
    if mended := len(read.notes) - len(lost):
        click.echo(f"{name}: {mended} {'things were' if mended > 1 else 'thing was'} mended in {read.uri}", err=True)


def _greet(service: Any, settings: Any, scheme: str) -> None:
    """Says what is served and where, and that it is ready."""
    from mockserver.web.greeting import greeting, origin

    at = origin(settings.host, settings.port, scheme)
    for line in greeting(service, at, "curl -k" if scheme == "https" else "curl"):
        click.echo(line)
    click.echo(f"ready in {time.perf_counter() - STARTED:.2f} s; control API at {at}/_mock")


@mockserver.command()
@click.argument("api")
@click.argument("operation", required=False)
@click.option(
    "--format", "form", type=click.Choice(("text", "json", "overlay")), default="text", show_default=True,
    help="`overlay` writes an Overlay to edit and use.",
)  # fmt: skip
@_reading
def explain(api: str, operation: str | None, form: str, reading: Reading) -> None:
    """What an API's resources and operations do, what in the document says so, and how sure that is.

    OPERATION is an operationId, or a method and path such as 'GET /users': its whole plan, each word of x-mock with its
    value and whether it was guessed or given.
    """
    from mockserver import explanation, service

    named = _named((api,))
    (name,) = named
    served = service.load(_read(named, reading)).apis[name]
    if form == "overlay":
        import yaml

        if operation is not None:
            raise click.ClickException("an overlay is written of all operations; leave OPERATION out.")
        written = explanation.overlay(served.api, served.understanding)
        click.echo(yaml.safe_dump(written, sort_keys=False, allow_unicode=True, width=120).rstrip())
        return
    explained = explanation.explain(served.api, served.understanding, operation)
    if form == "json":
        import orjson

        click.echo(orjson.dumps(explained, option=orjson.OPT_INDENT_2))
    elif operation is not None:
        click.echo(explanation.plan_page(explained).rstrip())
    else:
        click.echo(explanation.page(served.api, served.understanding).rstrip())


@mockserver.command()
@click.argument("apis", nargs=-1, metavar="[API]...")
@click.option("--format", "form", type=click.Choice(("markdown", "json")), default="markdown", show_default=True)
@click.option("--overlay", "overlays", multiple=True, metavar="FILE", help="An OpenAPI Overlay to apply first.")
def gaps(apis: tuple[str, ...], form: str, overlays: tuple[str, ...]) -> None:
    """What of APIs is documented, implied or assumed, and how each gap is read. None named: all bundled ones."""
    import orjson

    from mockserver.spec.provenance import report
    from mockserver.spec.provenance_page import page

    reports = {one.name: report(one.document) for one in _read(_named(apis), Reading(overlays))}
    click.echo(orjson.dumps(reports, option=orjson.OPT_INDENT_2) if form == "json" else page(reports).rstrip())


@mockserver.command(name="list")
def bundled() -> None:
    """The bundled APIs."""
    from mockserver import sources

    for name in sorted(sources.bundled()):
        click.echo(name)
