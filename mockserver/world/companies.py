"""Companies: a different one for each number, with a domain that nobody can own (RFC 2606, `.example`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isqrt

from mockserver.world.dice import Dice, Shuffle, number
from mockserver.world.people import names, provider
from mockserver.world.phrases import words
from mockserver.world.slugs import slug

_FIRST = words(
    "Bright North Silver Green Blue Stone Oak River Summit Clear Red Iron Maple Harbor West East High "
    "Lake Cedar Sun Fox Copper Golden Ever Black Spring Winter Amber Granite Falcon Heather Willow Ash "
    "Birch Coral Elm Glen Hazel Ivory Juniper Lark Meadow Pine Raven Sage Thorn Wren"
)
_SECOND = words(
    "water field bridge ridge point gate wood stone peak view path light works brook dale shore ford "
    "wind crest haven lane ton land mark way spring hill port cliff"
)
_KINDS = {
    "Logistics": "Transportation",
    "Labs": "Software",
    "Foods": "Food & Beverage",
    "Partners": "Professional Services",
    "Systems": "Software",
    "Health": "Healthcare",
    "Energy": "Energy",
    "Media": "Media",
    "Consulting": "Professional Services",
    "Insurance": "Insurance",
    "Studio": "Design",
    "Analytics": "Software",
    "Manufacturing": "Manufacturing",
    "Capital": "Financial Services",
    "Travel": "Travel",
    "Robotics": "Manufacturing",
    "Education": "Education",
    "Realty": "Real Estate",
    "Group": "Professional Services",
    "Supply": "Wholesale",
    "Design": "Design",
    "Retail": "Retail",
}
_ENDINGS = {"Inc.": 5, "LLC": 3, "": 8, "Ltd": 1, "Co.": 1}
_ENDINGS_IN = {  # of companies in other countries where English is spoken
    "AU": {"Pty Ltd": 8, "": 8, "Ltd": 1},
    "GB": {"Ltd": 8, "": 7, "PLC": 1, "LLP": 1},
    "IE": {"Ltd": 7, "": 7, "DAC": 1},
    "IN": {"Pvt Ltd": 8, "": 6, "Ltd": 2},
    "NZ": {"Ltd": 8, "": 8},
    "ZA": {"(Pty) Ltd": 8, "": 8},
}
# what tells companies apart that are called after the same family: as it is shown, and in domains
_BRANCHES: dict[str, tuple[tuple[str, str], ...]] = {
    "": tuple((one, one.lower()) for one in words("Group Partners Trading Services Works Systems Holding Foods Labs")),
    "ja": (("商事", "shoji"), ("産業", "sangyo"), ("工業", "kogyo"), ("製作所", "seisakusho"), ("物産", "bussan"),
           ("電機", "denki"), ("運輸", "unyu"), ("建設", "kensetsu"), ("食品", "shokuhin")),
    "ko": (("산업", "sanup"), ("상사", "sangsa"), ("전자", "jeonja"), ("건설", "geonseol"), ("물산", "mulsan"),
           ("시스템", "system"), ("푸드", "food"), ("물류", "mullyu"), ("디자인", "design")),
    "zh": (("氏", "shi"), ("泰", "tai"), ("盛", "sheng"), ("达", "da"), ("丰", "feng"), ("源", "yuan"), ("兴", "xing"),
           ("和", "he"), ("记", "ji")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Company:
    """A company whose name, domain and trade belong together."""

    name: str
    domain: str
    industry: str
    employees: int


class Market:
    """The companies of one seed: the n-th is a different one for each n."""

    __slots__ = ("_branches", "_lasts", "_places", "_seed", "_shuffle", "locale")

    def __init__(self, locale: str, seed: int) -> None:
        self.locale, self._seed = locale, seed
        self._branches = _BRANCHES.get(locale[:2], _BRANCHES[""])
        self._lasts: tuple[tuple[str, str], ...] | None = None
        self._places: dict[str, int] = {}
        if not locale.startswith("en"):
            self._lasts = names(locale).last[0]
            self._lasts = self._lasts[: isqrt(len(self._lasts)) ** 2]
            self._places = {plain: place for place, (_, plain) in enumerate(self._lasts)}
        rows = isqrt(len(self._lasts)) if self._lasts else len(_FIRST)
        self._shuffle = Shuffle(rows, rows if self._lasts else len(_SECOND), seed, "companies")

    def company(self, n: int) -> Company:
        """The n-th company, n from 0."""
        dice = Dice(number(self._seed, "company", n))
        again, rest = divmod(n, self._shuffle.size)
        place = self._shuffle.forth(rest)
        kind = dice.pick(tuple(_KINDS))
        employees = dice.pick((8, 14, 22, 35, 48, 75, 120, 180, 260, 400, 850, 2300)) + dice.below(5)
        if self._lasts:
            stem, plain = self._lasts[place]
            round_, at = divmod(again, len(self._branches) + 1)
            shown, branch = self._branches[at - 1] if at else ("", "")
            behind = str(round_ + 1) if round_ else ""
            form = _FORMS.get(self.locale[:2], "{stem} {branch} {ending}")
            name = form.format(stem=stem, branch=shown, ending=dice.pick(_endings(self.locale)) or kind)
            domain = f"{plain}{'-' if branch else ''}{branch}{behind}.example"
            return Company(" ".join(f"{name} {behind}".split()), domain, _KINDS[kind], employees)
        behind = str(again + 1) if again else ""
        stem = _FIRST[place // len(_SECOND)] + _SECOND[place % len(_SECOND)]
        endings = _ENDINGS_IN.get(self.locale[3:], _ENDINGS)
        name = " ".join(filter(None, (stem, kind if dice.chance(0.75) else "", behind, dice.weighted(endings))))
        return Company(name, f"{stem.lower()}{behind}.example", _KINDS[kind], employees)

    def find(self, domain: str) -> int | None:
        """The number of the company with this domain, in any case; None when there is none."""
        stem = domain.lower().removesuffix(".example")
        plain = stem.rstrip("0123456789")
        behind = stem[len(plain) :]
        place, again = self._place(plain), 0
        if place is None and self._lasts:
            plain, _, branch = plain.rpartition("-")
            at = next((at for at, (_, one) in enumerate(self._branches, 1) if one == branch), 0)
            place, again = self._place(plain) if at else None, at
        if place is None or not domain.lower().endswith(".example") or behind in ("0", "1") or len(behind) > 9:
            return None
        rounds = (int(behind or 1) - 1) * (len(self._branches) + 1 if self._lasts else 1)
        return (rounds + again) * self._shuffle.size + self._shuffle.back(place)

    def find_name(self, name: str) -> int | None:
        """The number of the company of this name, in any case; None when there is none."""
        behind = next((word for word in name.split(" ")[1:] if word.isdecimal()), "")
        branches = ["", *(f"-{plain}" for shown, plain in self._branches if shown.lower() in name.lower())]
        for stem in _stems(name, self.locale):
            for branch in branches if self._lasts else [""]:
                found = self.find(f"{stem}{branch}{behind}.example")
                if found is not None and self.company(found).name.lower() == name.lower():
                    return found
        return None

    def _place(self, plain: str) -> int | None:
        if self._lasts:
            return self._places.get(plain)
        for column, second in enumerate(_SECOND):
            first = plain.removesuffix(second).title()
            if first.lower() + second == plain and first in _FIRST:
                return _FIRST.index(first) * len(_SECOND) + column
        return None


_FORMS = {"ja": "株式会社{stem}{branch}", "zh": "{stem}{branch}{ending}", "ko": "주식회사 {stem}{branch}"}


def _stems(name: str, locale: str) -> Iterator[str]:
    """What may be the slug of the family name, or of the invented word, that a company is called after."""
    if locale[:2] in _FORMS:
        parts = (
            name[start:end] for start in range(len(name)) for end in range(start + 1, min(len(name), start + 8) + 1)
        )
        yield from (plain for part in parts if (plain := names(locale).slugs.get(part.casefold())))
        return
    words = name.split(" ")
    for cut in range(1, len(words) + 1):
        text = " ".join(words[:cut])
        yield (None if locale.startswith("en") else names(locale).slugs.get(text.casefold())) or slug(text, locale)


def _endings(locale: str) -> tuple[str, ...]:
    """How companies of the locale are called at the end: `GmbH`."""
    found = _ENDINGS_OF.get(locale)
    if found is None:
        listed = tuple(map(str, provider("company", locale).company_suffixes))
        found = _ENDINGS_OF[locale] = tuple(ending for ending in listed if "{{" not in ending and len(ending) < 9) or (
            "",
        )
    return found


_ENDINGS_OF: dict[str, tuple[str, ...]] = {}
