"""The options of `serve` that say how the server is reached and what it may reach."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

LEVELS = ("critical", "error", "warning", "info", "debug")


def _token(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """A token of printable ASCII without spaces, as a header can carry it."""
    if value and not (value.isascii() and value.isprintable() and " " not in value):
        raise click.BadParameter("a token is printable ASCII without spaces.")
    return value or None


@dataclass(frozen=True, slots=True)
class Shell:
    """How the server is reached, and what it may reach."""

    host: str
    port: int
    log_level: str
    control_token: str | None
    scenarios: tuple[str, ...]
    webhooks: tuple[str, ...]
    webhook_hosts: tuple[str, ...]
    max_worlds: int
    journal: int
    tls: bool
    tls_cert: str | None
    tls_key: str | None

    @property
    def secured(self) -> bool:
        """Whether HTTPS is served."""
        return bool(self.tls or self.tls_cert or self.tls_key)

    def settings(self, port: int) -> Any:
        """The server's settings, listening on a port."""
        from mockserver.web.settings import Settings

        return Settings(
            host=self.host.strip("[]"),
            port=port,
            token=self.control_token,
            webhooks=self.webhooks,
            webhook_hosts=frozenset(one.lower() for one in self.webhook_hosts),
            max_worlds=self.max_worlds,
            max_journal=self.journal,
        )


def shell_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options of the shell; a command gets them as `shell`."""
    options = [
        click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on."),
        click.option("--port", type=click.IntRange(0, 65535), default=4010, show_default=True, help="0: a free one."),
        click.option("--log-level", type=click.Choice(LEVELS), default="warning", show_default=True),
        click.option(
            "--control-token",
            envvar="MOCKSERVER_CONTROL_TOKEN",
            callback=_token,
            metavar="TOKEN",
            help="Open /_mock to whoever sends this token, from anywhere. [env: MOCKSERVER_CONTROL_TOKEN]",
        ),
        click.option("--scenario", "scenarios", multiple=True, metavar="NAME|FILE", help="What worlds begin with."),
        click.option("--webhook", "webhooks", multiple=True, metavar="URL", help="Send all events to this URL."),
        click.option(
            "--allow-webhook-host",
            "webhook_hosts",
            multiple=True,
            metavar="HOST",
            help="A host beside this machine that webhooks may be sent to; *.example.com for all below it.",
        ),
        *_bounds(),
        click.option("--tls", is_flag=True, help="Serve HTTPS, and redirect plain HTTP to it."),
        click.option("--tls-cert", metavar="FILE", help="With --tls: the certificate (PEM); else one of our own."),
        click.option("--tls-key", metavar="FILE", help="With --tls-cert: its key, where it is in another file."),
    ]
    names = tuple(Shell.__dataclass_fields__)

    @functools.wraps(command)
    def run(**given: Any) -> None:
        shell = Shell(**{name: given.pop(name) for name in names})
        command(shell=shell, **given)

    for option in reversed(options):
        run = option(run)
    return run


def _bounds() -> list[Callable[[Any], Any]]:
    """The options that say how much is remembered."""
    worlds = click.IntRange(2, 1_000_000)
    entries = click.IntRange(0, 1_000_000)
    return [
        click.option("--max-worlds", type=worlds, default=1_000, show_default=True, help="The oldest unused one goes."),
        click.option("--journal", type=entries, default=1_000, show_default=True, help="Calls that a world remembers."),
    ]
