"""`mockserver replay`."""

from __future__ import annotations

import sys
from typing import Any

import click

from mockserver.cli.documents import Reading, named, read, reading_options
from mockserver.cli.keeping import OPTIONS, apis_of, read_state
from mockserver.cli.loading import Loading, load


@click.command()
@click.argument("request_id", metavar="ID")
@click.argument("apis", nargs=-1, metavar="[API]...")
@click.option("--state", required=True, metavar="FILE", help="A state file, or the URL of a running server.")
@reading_options
def replay(request_id: str, apis: tuple[str, ...], state: str, reading: Reading) -> None:
    """Ask a request of a state file again, and print the answer: status line, headers and body, to the byte.

    ID is what the answer's X-Mock-Request said, such as default-12. Everything before it is done again, from where the
    file's journal begins. Bundled APIs need not be named; documents of your own have to be.
    """
    from mockserver.states import files, log
    from mockserver.web.settings import Settings

    world, dash, number = request_id.rpartition("-")
    if not (dash and number.isascii() and number.isdigit()):
        raise click.ClickException(f"{request_id!r} is no request; it is named like default-12.")
    told = read_state(state)
    options = Loading(**{name: told["server"][name] for name in OPTIONS})
    service = load(read(named(apis or apis_of(told)), reading), options, Settings().max_body)
    try:
        answer, request = files.replayed(service, service.new_world("seeded"), told, world, int(number))
    except files.Unfit as unfit:
        raise click.ClickException(f"--state {state}: {unfit}") from None
    except log.Unlike as unlike:
        click.echo(f"mockserver: {unlike}: by another version of mockserver, most likely.", err=True)
        sys.exit(1)
    sys.stdout.buffer.write(_message(answer, request))
    sys.stdout.buffer.flush()


def _message(answer: Any, request: Any) -> bytes:
    """The answer as it goes over the wire, but for the headers of the connection: Date, Connection."""
    from mockserver.web.wire import written

    return written(answer, request.method, "origin" in request.headers, (), True)
