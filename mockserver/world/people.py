"""People: first and last names of a locale, another person for each number, found again by name or e-mail address."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Any

from mockserver.spec.errors import SpecError, nearest
from mockserver.world.dice import Shuffle
from mockserver.world.slugs import slug
from mockserver.world.source import Record


@dataclass(frozen=True, slots=True)
class Person:
    """Who a record is about. `local` is what stands before the @ of an e-mail address: `alice.chen`, `alice.chen2`."""

    first: str
    last: str
    name: str  # in full, as it is shown
    local: str
    female: bool
    again: int = 0  # how many people of this name came before


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a locale. A first name is (name, slug, female); last names differ by sex in some languages."""

    first: tuple[tuple[str, str, bool], ...]
    last: tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]  # of men, of women: (name, slug)
    first_places: dict[str, int]
    last_places: tuple[dict[str, int], dict[str, int]]
    slugs: dict[str, str]  # of all names, case folded


def locale_of(text: str) -> str:
    """The locale that is meant by `de_DE`, `de-de` or `de`. Raises SpecError for one without names."""
    from faker.config import AVAILABLE_LOCALES

    wanted = text.replace("-", "_").lower()
    preferred = f"{wanted}_us" if wanted == "en" else f"{wanted}_{wanted}"
    known = {locale.lower(): locale for locale in sorted(AVAILABLE_LOCALES) if "_" in locale}
    found = known.get(wanted) or known.get(preferred)
    found = found or next((known[name] for name in known if name.startswith(f"{wanted}_")), None)
    if found is None:
        raise SpecError(f"the locale {text!r} is unknown{nearest(text, known.values())}")
    return found


def provider(kind: str, locale: str) -> Any:
    """Faker's table class of a kind such as `person`; that of the language, else of en_US, where it has none."""
    from faker.config import AVAILABLE_LOCALES

    language = locale.split("_")[0]
    alike = sorted(one for one in AVAILABLE_LOCALES if one.startswith(language))
    for name in (locale, language, *alike, "en_US", "en"):
        try:
            return import_module(f"faker.providers.{kind}.{name}").Provider
        except ImportError:
            continue
    raise SpecError(f"faker has no {kind} for {locale}")


@lru_cache(maxsize=4)
def names(locale: str) -> Names:
    """The names of a locale, from faker's tables; loaded when a person is first looked at (0.1 s with faker itself)."""
    table = provider("person", locale)
    women = set(_listed(table, "first_names_female"))
    men = _listed(table, "first_names_male")
    both = [*men, *women] if men and women else _listed(table, "first_names")
    first = [
        (name, plain, name in women) for name, plain in _unique(sorted(set(both)), locale, _romanized(table, "first"))
    ]
    every = next((found for name in _LAST if len(found := _listed(table, name)) > 1), ["Doe"])
    romanized = _romanized(table, "last")
    male = _unique(_listed(table, "last_names_male") or every, locale, romanized)
    female = _unique(_listed(table, "last_names_female") or every, locale, romanized)
    size = min(len(male), len(female))
    last = (tuple(male[:size]), tuple(female[:size]))
    return Names(
        tuple(first),
        last,
        {plain: place for place, (_, plain, _) in enumerate(first)},
        ({plain: n for n, (_, plain) in enumerate(last[0])}, {plain: n for n, (_, plain) in enumerate(last[1])}),
        {name.casefold(): plain for name, plain in (*(one[:2] for one in first), *last[0], *last[1])},
    )


_LAST = ("last_names", "unisex_last_names", "last_names_without_suffix")
_LOCAL = re.compile(r"([a-z0-9-]+)\.([a-z-]*[a-z](?:-\d+)?)(\d*)")  # given name, family name, how many before
_FAMILY_FIRST = {"ja": " ", "zh": "", "ko": "", "hu": " ", "vi": " "}


def _listed(table: Any, name: str) -> list[str]:
    found = getattr(table, name, ())
    return [str(each) for each in found if str(each).isprintable() and "{{" not in str(each)]


def _romanized(table: Any, which: str) -> dict[str, str]:
    """Names to their Latin spelling, where faker pairs them (Japanese)."""
    pairs: Iterator[Sequence[str]] = iter(
        (*getattr(table, f"{which}_name_pairs", ()), *getattr(table, f"{which}_name_female_pairs", ()))
    )
    return {pair[0]: pair[2] for pair in pairs}


def _unique(listed: Sequence[str], locale: str, romanized: dict[str, str]) -> list[tuple[str, str]]:
    """Names with their slugs, those left out whose slug an earlier name has."""
    found: dict[str, str] = {}
    for index, name in enumerate(listed):
        found.setdefault(slug(romanized.get(name, name), locale, index), name)
    return [(name, plain) for plain, name in found.items()]


class Crowd:
    """The people of one resource: the n-th is a different one for each n, by a seeded shuffle of all pairs of names."""

    __slots__ = ("_names", "_shuffle", "locale")

    def __init__(self, locale: str, seed: int, label: str) -> None:
        self.locale = locale
        self._names = names(locale)
        self._shuffle = Shuffle(len(self._names.first), len(self._names.last[0]), seed, "people", label)

    def person(self, n: int) -> Person:
        """The n-th person, n from 0."""
        again, n = divmod(n, self._shuffle.size)
        place, other = divmod(self._shuffle.forth(n), self._shuffle.columns)
        first, plain, female = self._names.first[place]
        last, plain_last = self._names.last[female][other]
        family = _FAMILY_FIRST.get(self.locale[:2])
        name = f"{first} {last}" if family is None else f"{last}{family}{first}"
        return Person(first, last, name, f"{plain}.{plain_last}{again + 1 if again else ''}", female, again)

    def find(self, local: str) -> int | None:
        """The number of the person with this `local`, in any case; None when there is none."""
        match = _LOCAL.fullmatch(local.lower())
        if match is None:
            return None
        place = self._names.first_places.get(match[1])
        if place is None:
            return None
        other = self._names.last_places[self._names.first[place][2]].get(match[2])
        if other is None or match[3] in ("0", "1") or len(match[3]) > 9:
            return None
        again = int(match[3] or 1) - 1
        return again * self._shuffle.size + self._shuffle.back(place * self._shuffle.columns + other)

    def find_name(self, name: str) -> int | None:
        """The number of the first person of this full name in any case; with a number behind it, of a later one."""
        whole, *behind = re.split(r" (?=\d+$)", name.casefold())
        family = _FAMILY_FIRST.get(self.locale[:2])
        for cut in range(1, len(whole)):
            parts = whole[:cut], whole[cut:].lstrip(" ")
            first, last = parts if family is None else parts[::-1]
            local = self._names.slugs.get(first.strip()), self._names.slugs.get(last.strip())
            if None not in local:
                found = self.find(f"{local[0]}.{local[1]}{behind[0] if behind else ''}")
                if found is not None:
                    return found
        return None


def shared_domain(records: Sequence[Record]) -> str | None:
    """The domain of the e-mail addresses in some records, where they share one."""
    addresses = [one for record in records for one in record.values() if isinstance(one, str) and one.count("@") == 1]
    domains = {address.split("@")[1].lower() for address in addresses}
    return domains.pop() if len(domains) == 1 and len(addresses) > 1 else None
