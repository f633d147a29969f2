"""What a world is made of and how it answers, by options: the seed, the locale, how many records, which limits."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import click

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


def loading_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options of `service.load`; a command gets them as `loading`."""
    seeds = click.IntRange(0, 2**63 - 1)
    counts: dict[str, Any] = {"multiple": True, "metavar": "RESOURCE=NUMBER", "callback": _counts}
    options = [
        click.option("--seed", type=seeds, default=1, show_default=True, help="Of all made-up data."),
        click.option("--locale", default="en_US", show_default=True, callback=_locale, help="Whose names they are."),
        click.option("--records", help="How many at first.", **counts),
        click.option("--no-rate-limits", is_flag=True, help="Answer any number of requests."),
        click.option("--query-preferences", is_flag=True, help="Heed ?__code=429 as the header Prefer: code=429."),
    ]

    @functools.wraps(command)
    def run(
        seed: int, locale: str, records: dict[str, int], no_rate_limits: bool, query_preferences: bool, **rest: Any
    ) -> None:
        command(loading=Loading(seed, locale, records, not no_rate_limits, query_preferences), **rest)

    for option in reversed(options):
        run = option(run)
    return run


@dataclass(frozen=True, slots=True)
class Loading:
    """How APIs are loaded: see `service.load`."""

    seed: int = 1
    locale: str = "en_US"
    records: dict[str, int] = field(default_factory=dict)
    rate_limits: bool = True
    query_preferences: bool = False


def load(sources: list[Any], loading: Loading, max_body: int) -> Any:
    """A service of the APIs that were read. Raises SpecError."""
    from mockserver import service

    return service.load(
        sources,
        seed=loading.seed,
        locale=loading.locale,
        records=loading.records,
        rate_limits=loading.rate_limits,
        max_body=max_body,
        query_preferences=loading.query_preferences,
    )
