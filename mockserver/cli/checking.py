"""The command that checks a real server: what it takes, its progress, what it says, its exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

import click

from mockserver.cli.check_options import OPTIONS
from mockserver.cli.documents import Reading, named, read

# What is given is checked when it is read, and stays as it was given: what repeats a check is made of that. Each of
# these reads one text, and raises ValueError.


def _rate(text: str) -> tuple[int, float] | None:
    """`300/m` as (300, 60.0); None for `off`."""
    from mockserver.check.pacing import rate

    return None if text == "off" else rate(text)


def _header(text: str) -> tuple[str, str]:
    """`Name: value`."""
    name, colon, value = text.partition(":")
    if not (colon and name.strip() and all(c.isalnum() or c in "!#$%&'*+-.^_`|~" for c in name.strip())):
        raise ValueError(f"{name!r} is no header, such as 'X-Account-Id: 7'")
    if not value.isprintable():
        raise ValueError(f"the value of the header {name!r} has a character that no header may have")
    return name.strip(), value.strip()


def _variable(name: str) -> str:
    """The content of an environment variable."""
    if not os.environ.get(name):
        raise ValueError(f"the environment variable {name!r} isn't set")
    return os.environ[name]


def _report(word: str) -> tuple[str, str | None]:
    """`html=FILE`."""
    from mockserver.check.reports.writing import asked

    return asked(word)


def _address(text: str) -> Any:
    """`HOST:PORT`."""
    from mockserver.check.listener import address

    return address(text)


def _reachable(text: str) -> str:
    """The URL of the listener."""
    from mockserver.check.listener import reachable

    return reachable(text)


def _proxy(text: str) -> str:
    """The URL of a proxy."""
    from mockserver.check.proxies import proxy

    return proxy(text)


READS: Mapping[str, Callable[[str], Any]] = {
    "max-rate": _rate, "header": _header, "report": _report, "webhook-listen": _address, "proxy": _proxy,
    "webhook-listen-url": _reachable, **{one.name: _variable for one in OPTIONS if one.name.endswith("-env")},
}  # fmt: skip
FILE = click.Path(exists=True, dir_okay=False, readable=True)
DETAILS: Mapping[str, Mapping[str, Any]] = {
    "api": {"required": True}, "time": {"type": click.FloatRange(0.1)}, "examples": {"type": click.IntRange(1)},
    "seed": {"type": click.IntRange(0, 2**63 - 1)},
    "timeout": {"type": click.FloatRange(0.1)},
    "ca-file": {"type": FILE}, "client-cert": {"type": FILE}, "client-key": {"type": FILE},
}  # fmt: skip


def _reading(reads: Callable[[str], Any]) -> Callable[..., Any]:
    """A callback that lets a value be as it is, if it can be read."""

    def callback(ctx: click.Context, param: click.Parameter, value: Any) -> Any:
        for one in value if isinstance(value, tuple) else (value,) if value is not None else ():
            try:
                reads(one)
            except ValueError as error:
                raise click.BadParameter(f"{error}.") from None
        return value

    return callback


def _with_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for one in reversed(OPTIONS):
        kind: dict[str, Any] = {"metavar": one.value, "multiple": one.repeated} if one.value else {"is_flag": True}
        if one.name in READS:
            kind["callback"] = _reading(READS[one.name])
        if one.default is not None:
            kind |= {"default": one.default, "show_default": True}
        command = click.option(f"--{one.name}", help=one.help, **kind, **DETAILS.get(one.name, {}))(command)
    return command


@click.command()
@click.argument("url", required=False)
@_with_options
def check(url: str | None, **asked: Any) -> int:
    """Check whether a real server keeps an API's document, in its shape and in its behaviour.

    URL is the address at which the document's paths begin. It only reads unless --write is given; what it creates then,
    it deletes again. Exit code: 0 conforms, 1 findings, 2 could not check, 130 interrupted.
    """
    source, options = asked_for(url, **asked)
    from mockserver.check import live, telling
    from mockserver.check.listener import opened
    from mockserver.check.running import check as run
    from mockserver.check.tables import storage
    from mockserver.cli.interrupts import interruptible

    os.environ.update(storage(os.environ))  # else Hypothesis would leave files in the current folder
    try:
        listener = opened(options)
        if listener is not None:
            click.echo(f"webhooks are received at {listener.url}: subscribe that at the server", err=True)
        with interruptible(), live.watching(sys.stderr, asked["quiet"]) as observe:
            result = run(source, options, observe, listener)
    except (ValueError, OSError) as error:
        raise click.ClickException(str(error)) from None
    if asked["against_mock"]:
        for line in telling.calls(result):
            click.echo(line)
    for line in telling.page(result):
        click.echo(line, err=result.code == 2)
    for told in written(result, options, asked["write_baseline"]):
        click.echo(told, err=True)
    return result.code


def written(result: Any, options: Any, baseline: str | None) -> list[str]:
    """Writes reports and baseline; a line for each. Raises ClickException."""
    from mockserver.check.baseline import write as write_baseline
    from mockserver.check.reports.writing import write

    try:
        told = [f"report: {path}" for path in write(result, options.reports)]
        if baseline and result.code in (0, 1):
            told.append(f"baseline: {baseline}, {write_baseline(baseline, result)} entries")
    except OSError as error:
        raise click.ClickException(f"{error.filename} can't be written: {error.strerror}") from None
    return told


def asked_for(url: str | None, **asked: Any) -> tuple[Any, Any]:
    """The document and the options of a check, from the parameters of the command. Raises ClickException, SpecError."""
    if (url is None) != asked["against_mock"]:
        raise click.UsageError("give the URL of a server, or --against-mock and none.")
    try:
        from mockserver.check import running as running
    except ModuleNotFoundError as missing:
        raise click.ClickException(f'{missing.name} is missing; pip install "crm-mockserver[check]"') from None
    for name, needed in (("webhook_listen_url", "webhook_listen"), ("client_key", "client_cert")):
        if asked[name] and not asked[needed]:
            words = (f"--{one.replace('_', '-')}" for one in (name, needed))
            raise click.UsageError(" goes with ".join(words) + ".")
    documents = named((asked["api"],))
    if len(documents) != 1:
        raise click.ClickException("one API at a time.")
    (source,) = read(documents, Reading(asked["overlay"], remote=asked["allow_remote_refs"]))
    options = _options(url, asked, source)
    _known(options, source)
    _writable(options, asked["write_baseline"])
    return source, options


def _secret(asked: Mapping[str, Any], name: str) -> str | None:
    """A secret that is given itself or as the name of a variable."""
    given, variable = asked[name], asked[f"{name}_env"]
    if given and variable:
        option = f"--{name.replace('_', '-')}"
        raise click.UsageError(f"give {option} or {option}-env, not both.")
    return _variable(variable) if variable else given


def _options(url: str | None, asked: Mapping[str, Any], source: Any) -> Any:
    """The options of a check, from what was asked for."""
    from mockserver.check.options import BURST_KEY, KEY, READONLY_KEY, Options
    from mockserver.cli.repeating import command

    roles = {KEY: "key", READONLY_KEY: "readonly_key", BURST_KEY: "burst_key"}
    keys = {role: _secret(asked, name) for role, name in roles.items()}
    rehearsed = bool(asked["against_mock"])
    if rehearsed and not keys[KEY]:
        keys[KEY] = next(iter(source.fixtures.get("keys") or {}), "rehearsal")
    rate, cert = asked["max_rate"], asked["client_cert"]
    return Options(
        url=url or "", keys={role: secret for role, secret in keys.items() if secret},
        headers=tuple(map(_header, asked["header"])),
        only=asked["only"], exclude=asked["exclude"], operations=asked["operation"], seconds=asked["time"],
        seed=asked["seed"], examples=asked["examples"], write=asked["write"], destructive=asked["allow_destructive"],
        rate=_rate(rate) if rate else None, unlimited=rate == "off", timeout=asked["timeout"],
        listen=asked["webhook_listen"], listen_url=asked["webhook_listen_url"],
        webhook_secret=_secret(asked, "webhook_secret"), proxy=asked["proxy"],
        reports=tuple(map(_report, asked["report"])), baseline=asked["baseline"],
        verify=not asked["insecure"], ca_file=asked["ca_file"],
        client_cert=(cert, asked["client_key"]) if cert else None, rehearse=rehearsed, command=command(url, asked),
    )  # fmt: skip


def _writable(options: Any, baseline: str | None) -> None:
    """Complains about files that can't be written, before minutes of work would be lost."""
    from pathlib import Path

    from mockserver.check.reports.writing import file_of, hindrance

    for path in [*map(file_of, options.reports), *([Path(baseline)] if baseline else [])]:
        if reason := hindrance(path):
            raise click.ClickException(f"{path} can't be written: {reason}.")


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
            raise click.ClickException(f"there is no part or law {word!r}{nearest(word, [*names, *full])}")
    api = read_api(source.document, source.name)
    known = [api.operation(*route) for route in api.routes if route not in api.broken]
    for word in options.operations:
        if not any(word.lower() in (one.id.lower(), f"{one.method} {one.path}".lower()) for one in known):
            routes = [f"{one.method.upper()} {one.path}" for one in known]
            names = routes if "/" in word else [one.id for one in known]
            raise click.ClickException(f"there is no operation {word!r}{nearest(word, names)}")
