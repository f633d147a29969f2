"""Commands that tell about APIs without serving them: `explain`, `gaps` and `list`."""

from __future__ import annotations

import click

from mockserver.cli.documents import Reading, named, read, reading_options


@click.command()
@click.argument("api")
@click.argument("operation", required=False)
@click.option(
    "--format", "form", type=click.Choice(("text", "json", "overlay")), default="text", show_default=True,
    help="`overlay` writes an Overlay to edit and use.",
)  # fmt: skip
@reading_options
def explain(api: str, operation: str | None, form: str, reading: Reading) -> None:
    """What an API's resources and operations do, what in the document says so, and how sure that is.

    OPERATION is an operationId, or a method and path such as 'GET /users': its whole plan, each word of x-mock with its
    value and whether it was guessed or given.
    """
    from mockserver import explanation, service

    documents = named((api,))
    (name,) = documents
    served = service.load(read(documents, reading)).apis[name]
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


@click.command()
@click.argument("apis", nargs=-1, metavar="[API]...")
@click.option("--format", "form", type=click.Choice(("markdown", "json")), default="markdown", show_default=True)
@click.option("--overlay", "overlays", multiple=True, metavar="FILE", help="An OpenAPI Overlay to apply first.")
def gaps(apis: tuple[str, ...], form: str, overlays: tuple[str, ...]) -> None:
    """What of APIs is documented, implied or assumed, and how each gap is read. None named: all bundled ones."""
    import orjson

    from mockserver.spec.provenance import report
    from mockserver.spec.provenance_page import page

    reports = {one.name: report(one.document) for one in read(named(apis), Reading(overlays))}
    click.echo(orjson.dumps(reports, option=orjson.OPT_INDENT_2) if form == "json" else page(reports).rstrip())


@click.command(name="list")
def bundled() -> None:
    """The bundled APIs."""
    from mockserver import sources

    for name in sorted(sources.bundled()):
        click.echo(name)
