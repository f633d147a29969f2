"""`mockserver errors`: the error atlas."""

from __future__ import annotations

import time

import click

from mockserver.cli.documents import Reading, named, read, reading_options
from mockserver.cli.loading import Loading, load, loading_options


@click.command()
@click.argument("apis", nargs=-1, metavar="[API]...")
@click.option("--operation", metavar="ID", help="Only this operation: its operationId, or 'GET /users'.")
@click.option("--format", "form", type=click.Choice(("table", "json", "pytest")), default="table", show_default=True)
@loading_options
@reading_options
def errors(apis: tuple[str, ...], operation: str | None, form: str, loading: Loading, reading: Reading) -> None:
    """Every documented error of every operation, with requests that bring it about and the header that forces it.

    `pytest` writes a module of parametrised tests, `json` the same for any other runner. Serve the same APIs with the
    same options. None named: all bundled ones.
    """
    import orjson

    from mockserver.atlas.atlas import atlas, shown
    from mockserver.atlas.formats import pytest_file, table
    from mockserver.commands.rules import operations
    from mockserver.spec.errors import nearest

    service = load(read(named(apis), reading), loading, 1_048_576)
    known = {one for served in service.apis.values() for one in operations(served.api)}
    if operation is not None and operation not in known:
        raise click.ClickException(f"there is no operation {operation!r}{nearest(operation, known)}")
    several = len(service.apis) > 1
    now = time.time_ns() // 1_000_000
    found = [shown(one, f"/{one.api}" if several else "") for one in atlas(service, now, operation=operation)]
    if form == "json":
        click.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2))
    else:
        click.echo(pytest_file(found).rstrip() if form == "pytest" else table(found))
