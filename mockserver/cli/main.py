"""The command line. It imports click first and everything else when it is needed: being ready soon is a feature."""

from __future__ import annotations

import sys

import click

from mockserver.cli import atlas, checking, describing, replaying, serving


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


COMMANDS = (
    serving.serve, checking.check, atlas.errors,
    describing.explain, describing.gaps, describing.bundled, replaying.replay,
)  # fmt: skip
for command in COMMANDS:
    mockserver.add_command(command)
