"""Places: cities with their region, postcode and area code, streets, and telephone numbers that nobody has."""

from __future__ import annotations

from dataclasses import dataclass

from mockserver.world.countries import TABLE
from mockserver.world.dice import Dice


@dataclass(frozen=True, slots=True)
class Place:
    """An address whose parts belong together."""

    street: str
    city: str
    region: str
    region_code: str
    postcode: str
    country: str
    country_code: str  # ISO 3166-1 alpha-2
    currency: str  # ISO 4217
    timezone: str
    area: str  # the area code of a telephone number

    @property
    def address(self) -> str:
        """The address on one line."""
        if self.country_code in ("US", "CA", "AU", "GB", "IN"):
            return f"{self.street}, {self.city}, {self.region_code} {self.postcode}"
        return f"{self.street}, {self.postcode} {self.city}"


@dataclass(frozen=True, slots=True)
class Country:
    """What addresses of a country are made of: see world/countries."""

    code: str
    name: str
    currency: str
    timezone: str
    phone: str
    street: str  # {name} and {number}
    streets: tuple[str, ...]
    cities: tuple[str, ...]  # "city|region|code|postcode|area"


def _read(table: str) -> dict[str, Country]:
    found = {}
    for block in table.strip().split("\n\n"):
        head, _, rest = block.partition("\n")
        streets, cities = (" ".join(part.split()) for part in rest.split(";;"))
        code, name, currency, timezone, number, street = head.split(" | ")
        roads, towns = tuple(streets.split(", ")), tuple(cities.split("; "))
        found[code] = Country(code, name, currency, timezone, number, street, roads, towns)
    return found


COUNTRIES = _read(TABLE)


def country_of(locale: str) -> Country:
    """The country of a locale; one that speaks the language, else the United States, where there is no table for it."""
    language, _, code = locale.partition("_")
    return COUNTRIES.get(code) or COUNTRIES[_BY_LANGUAGE.get(language, "US")]


_BY_LANGUAGE = {
    "de": "DE", "es": "ES", "fi": "FI", "fr": "FR", "hu": "HU", "id": "ID", "it": "IT", "nl": "NL", "no": "NO",
    "pl": "PL", "ro": "RO", "ru": "RU", "th": "TH", "tr": "TR", "ar": "SA", "ca": "ES", "cs": "CZ", "da": "DK",
    "el": "GR", "ga": "IE", "gu": "IN", "he": "IL", "hi": "IN", "ja": "JP", "ko": "KR", "mr": "IN", "nb": "NO",
    "or": "IN", "pt": "PT", "sv": "SE", "ta": "IN", "uk": "UA", "vi": "VN", "zh": "CN",
}  # fmt: skip


def place(country: Country, dice: Dice) -> Place:
    """An address in the country."""
    city, region, code, postcode, area = dice.pick(country.cities).split("|")
    name, number = dice.pick(country.streets), dice.between(1, 9 if country.code == "JP" else 240)
    street = country.street.format(name=name, number=number)
    zone = _ZONES.get((country.code, code), country.timezone)
    postcode = digits(postcode, dice)
    return Place(street, city, region, code, postcode, country.name, country.code, country.currency, zone, area)


_ZONES = {("US", "CA"): "America/Los_Angeles", ("US", "WA"): "America/Los_Angeles", ("US", "OR"): "America/Los_Angeles"}
_ZONES |= {("US", "NV"): "America/Los_Angeles", ("US", "TX"): "America/Chicago", ("US", "IL"): "America/Chicago"}
_ZONES |= {("US", "CO"): "America/Denver", ("US", "AZ"): "America/Phoenix", ("US", "TN"): "America/Chicago"}
_ZONES |= {("US", "MN"): "America/Chicago", ("US", "MO"): "America/Chicago", ("US", "WI"): "America/Chicago"}
_ZONES |= {("US", "UT"): "America/Denver", ("CA", "BC"): "America/Vancouver", ("CA", "AB"): "America/Edmonton"}


def phone(country: Country, area: str, dice: Dice) -> str:
    """A telephone number in E.164 that belongs to nobody."""
    return digits(country.phone.replace("@", area), dice)


def digits(form: str, dice: Dice) -> str:
    """The form with a digit in place of each `#`."""
    if "#" not in form:
        return form
    return "".join(str(dice.below(10)) if letter == "#" else letter for letter in form)


def numbered_phone(country: Country, n: int) -> str:
    """The n-th telephone number, another one for each n: for fields that are unique. In the country's first area."""
    areas = sorted({city.split("|")[4] for city in country.cities}) if "@" in country.phone else [""]
    free = country.phone.count("#")
    if n < len(areas) * 10**free:
        turn, rest = divmod(n, len(areas))
        form = country.phone.replace("@", areas[rest])
        return form.replace("#" * free, f"{turn:0{free}d}")
    return f"{country.phone.split('@')[0].split('#')[0][:4]}99{n:09d}"[:16]


def phone_number(country: Country, text: str, count: int) -> int | None:
    """Which n < count `numbered_phone` gives this text for; None when none does."""
    areas = sorted({city.split("|")[4] for city in country.cities}) if "@" in country.phone else [""]
    free = country.phone.count("#")
    for rest, area in enumerate(areas):
        before = country.phone.replace("@", area).split("#")[0]
        if text.startswith(before) and len(text) == len(before) + free and text[len(before) :].isdecimal():
            n = int(text[len(before) :]) * len(areas) + rest
            return n if n < count else None
    tail = text[-9:]
    n = int(tail) if tail.isdecimal() and tail.isascii() else -1
    return n if 0 <= n < count and numbered_phone(country, n) == text else None
