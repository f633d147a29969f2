"""The command that checks a real server: its options, its progress, what it says, its exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

import click

from mockserver.cli.documents import Reading, named, read


def _rate(ctx: click.Context, param: click.Parameter, value: str | None) -> Any:
    """`300/m` as (300, 60.0); 'off' as it is."""
    from mockserver.check.pacing import rate

    if value is None or value == "off":
        return value
    try:
        return rate(value)
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from None


def _header(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """`Name: value`, several of them."""
    found = []
    for value in values:
        name, colon, text = value.partition(":")
        if not (colon and name.strip() and all(c.isalnum() or c in "!#$%&'*+-.^_`|~" for c in name.strip())):
            raise click.BadParameter(f"{name!r} is no header, such as 'X-Account-Id: 7'.")
        found.append((name.strip(), text.strip()))
    return tuple(found)


def _variable(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """The content of an environment variable."""
    if value is None:
        return None
    if not os.environ.get(value):
        raise click.BadParameter(f"the environment variable {value!r} isn't set.")
    return os.environ[value]


def _report(ctx: click.Context, param: click.Parameter, words: tuple[str, ...]) -> tuple[tuple[str, str | None], ...]:
    """`html=FILE`, several of them."""
    if not words:
        return ()
    from mockserver.check.reports.writing import asked

    try:
        return tuple(map(asked, words))
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from None


def _address(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """`HOST:PORT`, or the URL of one."""
    if value is None:
        return None
    from mockserver.check.listener import address, reachable

    try:
        address(value) if param.name == "webhook_listen" else reachable(value)
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from None
    return value


OPTIONS: list[Callable[[Any], Any]] = [
    click.option("--api", required=True, metavar="API", help="A bundled API, or the path or URL of a document."),
    click.option("--key", metavar="SECRET", help="The key to call with. Better: --key-env."),
    click.option("--key-env", metavar="NAME", callback=_variable, help="The environment variable that holds the key."),
    click.option("--readonly-key", metavar="SECRET", help="A key that may only read, for what it must be refused."),
    click.option("--burst-key", metavar="SECRET", help="A key whose rate limit may be used up."),
    click.option("--header", "headers", multiple=True, metavar="'NAME: VALUE'", callback=_header, help="Sent always."),
    click.option("--write", is_flag=True, help="Make, change and delete records of its own; else it only reads."),
    click.option("--allow-destructive", is_flag=True, help="Delete what others made, where a rule needs that."),
    click.option("--webhook-listen", metavar="HOST:PORT", callback=_address, help="Receive webhooks here."),
    click.option("--webhook-listen-url", metavar="URL", callback=_address, help="By which the server reaches that."),
    click.option("--only", multiple=True, metavar="NAME", help="These parts and laws: 'laws', 'pages-*'."),
    click.option("--exclude", multiple=True, metavar="NAME", help="All but these parts and laws."),
    click.option("--operation", "operations", multiple=True, metavar="ID", help="These: ids or 'GET /users'."),
    click.option("--time", "seconds", type=click.FloatRange(0.1), metavar="SECONDS", help="How long it may take."),
    click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=1, show_default=True, help="Of made-up data."),
    click.option("--examples", type=click.IntRange(1), help="Of the model, and of schemathesis."),
    click.option("--report", "reports", multiple=True, metavar="FORMAT[=FILE]", callback=_report,
                 help="Write one: junit, json, html, har or markdown."),
    click.option("--baseline", metavar="FILE", help="Known findings that are accepted, with reason and date."),
    click.option("--write-baseline", metavar="FILE", help="Write what is found as a first baseline."),
    click.option("--max-rate", callback=_rate, metavar="300/m|off", help="Requests; as documented when left out."),
    click.option("--timeout", type=click.FloatRange(0.1), default=30.0, show_default=True, help="For one answer."),
    click.option("--proxy", metavar="URL", help="The proxy to go through."),
    click.option("--insecure", is_flag=True, help="Don't check the server's certificate."),
    click.option("--ca-file", metavar="FILE", help="Certificates (PEM) that are trusted."),
    click.option("--client-cert", metavar="FILE", help="A certificate of ours (PEM)."),
    click.option("--client-key", metavar="FILE", help="Its key, where it is in another file."),
    click.option("--overlay", "overlays", multiple=True, metavar="FILE", help="An OpenAPI Overlay to apply first."),
    click.option("--allow-remote-refs", is_flag=True, help="Follow a $ref to other machines."),
    click.option("--against-mock", is_flag=True, help="A dry run: shows what would be called."),
    click.option("--quiet", is_flag=True, help="No progress."),
]  # fmt: skip


def _with_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(OPTIONS):
        command = option(command)
    return command


@click.command()
@click.argument("url", required=False)
@_with_options
def check(url: str | None, api: str, overlays: tuple[str, ...], allow_remote_refs: bool, **asked: Any) -> int:
    """Check whether a real server keeps an API's document, in its shape and in its behaviour.

    URL is the address at which the document's paths begin. It only reads unless --write is given; what it creates then,
    it deletes again. Exit code: 0 conforms, 1 findings, 2 could not check, 130 interrupted.
    """
    source, options = asked_for(url, api, overlays, allow_remote_refs, **asked)
    from mockserver.check import live, telling
    from mockserver.check.listener import opened
    from mockserver.check.running import check as run

    try:
        listener = opened(options)
        if listener is not None:
            click.echo(f"webhooks are received at {listener.url}: subscribe that at the server", err=True)
        with live.watching(sys.stderr, asked["quiet"]) as observe:
            result = run(source, options, observe, listener)
    except (ValueError, OSError) as error:
        raise click.ClickException(str(error)) from None
    for told in _written(result, options, asked["write_baseline"]):
        click.echo(told, err=True)
    if asked["against_mock"]:
        for line in telling.calls(result):
            click.echo(line)
    for line in telling.page(result):
        click.echo(line, err=result.code == 2)
    return result.code


def _written(result: Any, options: Any, baseline: str | None) -> list[str]:
    """Writes reports and baseline; a line for each."""
    from mockserver.check.baseline import write as write_baseline
    from mockserver.check.reports.writing import write

    try:
        told = [f"report: {path}" for path in write(result, options.reports)]
        if baseline and result.code in (0, 1):
            told.append(f"baseline: {baseline}, {write_baseline(baseline, result)} entries")
    except OSError as error:
        raise click.ClickException(f"{error.filename} can't be written: {error.strerror}") from None
    return told


def asked_for(
    url: str | None, api: str, overlays: tuple[str, ...], allow_remote_refs: bool, **asked: Any
) -> tuple[Any, Any]:
    """The document and the options of a check, from the parameters of the command. Raises ClickException, SpecError."""
    if (url is None) != asked["against_mock"]:
        raise click.UsageError("give the URL of a server, or --against-mock and none.")
    try:
        from mockserver.check import running as running
    except ModuleNotFoundError as missing:
        raise click.ClickException(f'{missing.name} is missing; pip install "crm-mockserver[check]"') from None
    if asked["webhook_listen_url"] and not asked["webhook_listen"]:
        raise click.UsageError("--webhook-listen-url goes with --webhook-listen HOST:PORT.")
    documents = named((api,))
    if len(documents) != 1:
        raise click.ClickException("one API at a time.")
    (source,) = read(documents, Reading(overlays, remote=allow_remote_refs))
    options = _options(url, asked, source)
    _known(options, source)
    return source, options


def _options(url: str | None, asked: dict[str, Any], source: Any) -> Any:
    """The options of a check, from what was asked for."""
    from mockserver.check.options import BURST_KEY, KEY, READONLY_KEY, Options

    keys = {KEY: asked["key"] or asked["key_env"], READONLY_KEY: asked["readonly_key"], BURST_KEY: asked["burst_key"]}
    rehearsed = bool(asked["against_mock"])
    if rehearsed and not keys[KEY]:
        keys[KEY] = next(iter(source.fixtures.get("keys") or {}), "rehearsal")
    rate = asked["max_rate"]
    cert = asked["client_cert"]
    return Options(
        url=url or "", keys={role: secret for role, secret in keys.items() if secret}, headers=asked["headers"],
        only=asked["only"], exclude=asked["exclude"], operations=asked["operations"], seconds=asked["seconds"],
        seed=asked["seed"], examples=asked["examples"], write=asked["write"], destructive=asked["allow_destructive"],
        rate=rate if isinstance(rate, tuple) else None, unlimited=rate == "off", timeout=asked["timeout"],
        listen=asked["webhook_listen"], listen_url=asked["webhook_listen_url"],
        proxy=asked["proxy"], reports=asked["reports"], baseline=asked["baseline"],
        verify=not asked["insecure"], ca_file=asked["ca_file"],
        client_cert=(cert, asked["client_key"]) if cert else None, rehearse=rehearsed,
    )  # fmt: skip


def _known(options: Any, source: Any) -> None:
    """Complains about names of parts, laws and operations that don't exist."""
    from fnmatch import fnmatchcase

    from mockserver.check.running import laws_by_part
    from mockserver.spec.errors import nearest
    from mockserver.spec.operations import read as read_api

    parts = laws_by_part()
    names = [*parts, *(law for laws in parts.values() for law in laws)]
    full = [f"{part}/{law}" for part, laws in parts.items() for law in laws]
    for word in (*options.only, *options.exclude):
        if not any(fnmatchcase(name, word) for name in (*names, *full)):
            raise click.ClickException(f"there is no part or law {word!r}{nearest(word, names)}")
    api = read_api(source.document, source.name)
    known = [api.operation(*route) for route in api.routes if route not in api.broken]
    for word in options.operations:
        if not any(word.lower() in (one.id.lower(), f"{one.method} {one.path}".lower()) for one in known):
            raise click.ClickException(f"there is no operation {word!r}{nearest(word, [one.id for one in known])}")
