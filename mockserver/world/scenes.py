"""What the values of one record have in common: the person, company and place that it is about, and its times."""

from __future__ import annotations

from functools import lru_cache

from mockserver.world.companies import Company, Market
from mockserver.world.dice import Dice
from mockserver.world.people import Crowd, Person
from mockserver.world.phrases import words
from mockserver.world.places import Country, Place, country_of, phone, place
from mockserver.world.slugs import slug

EPOCH = 1_768_467_600_000  # 2026-01-15T09:00:00Z in milliseconds: when seeded worlds end
_COMPANIES = 240  # so many companies do people work for
PEOPLE = frozenset(
    words(
        "user contact lead person people member customer employee agent owner author candidate patient "
        "subscriber client rep representative assignee creator sender recipient participant teammate admin "
        "attendee guest follower manager prospect student driver reporter requester collaborator salesperson "
        "staff operator passenger seller buyer"
    )
)
STAFF = frozenset(
    words("user member employee agent owner teammate admin staff rep representative operator salesperson")
)
COMPANIES = frozenset(
    words("company organization organisation account business vendor supplier merchant client-account brand")
)


class Backdrop:
    """The people, companies and country of one seed and locale. Loaded as they are asked for."""

    __slots__ = ("_crowds", "_market", "country", "locale", "seed")

    def __init__(self, seed: int, locale: str = "en_US") -> None:
        self.seed, self.locale = seed, locale
        self.country: Country = country_of(locale)
        self._crowds: dict[str, Crowd] = {}
        self._market: Market | None = None

    def crowd(self, label: str) -> Crowd:
        """The people of a resource."""
        found = self._crowds.get(label)
        if found is None:
            found = self._crowds[label] = Crowd(self.locale, self.seed, label)
        return found

    @property
    def market(self) -> Market:
        """All companies."""
        if self._market is None:
            self._market = Market(self.locale, self.seed)
        return self._market


class Scene:
    """One record, or a part of one, while its values are made. Who it is about is worked out when first asked for."""

    __slots__ = (
        "_company",
        "_person",
        "_place",
        "_times",
        "backdrop",
        "dice",
        "domain",
        "index",
        "number",
        "resource",
        "subject",
        "time",
    )

    def __init__(
        self, backdrop: Backdrop, resource: str, number: int, dice: Dice, time: int = EPOCH, domain: str | None = None,
        subject: str | None = None, index: int = 0,
    ) -> None:  # fmt: skip
        self.backdrop, self.resource, self.number, self.dice, self.time = backdrop, resource, number, dice, time
        self.subject = singular(resource) if subject is None else subject
        self.domain, self.index = domain, index
        self._person: Person | None = None
        self._company: Company | None = None
        self._place: Place | None = None
        self._times: tuple[int, int] | None = None

    def rolled(self, label: str | int) -> Scene:
        """The same scene with other dice."""
        twin = Scene(
            self.backdrop,
            self.resource,
            self.number,
            self.dice.child(label),
            self.time,
            self.domain,
            self.subject,
            self.index,
        )
        twin._person, twin._company, twin._place, twin._times = self._person, self._company, self._place, self._times
        return twin

    def part(self, name: str, index: int = 0) -> Scene:
        """The scene of an object within: of somebody else where its name says so (`assignee`), else of the same."""
        subject = singular(name)
        dice = self.dice.child(f"{name}/{index}")
        if index == 0 and subject not in PEOPLE and subject not in COMPANIES:
            twin = self.rolled(f"{name}/0")
            twin.subject = self.subject if subject in _TRANSPARENT else subject
            return twin
        label = f"{self.resource}/{name}" if subject in PEOPLE | COMPANIES else self.resource
        number = dice.below(5000) if subject in PEOPLE | COMPANIES else self.number + index
        domain = None if subject in PEOPLE - STAFF else self.domain
        return Scene(self.backdrop, label, number, dice, self.time - index * 3_723_000, domain, subject, index)

    @property
    def person(self) -> Person:
        """Whom it is about."""
        if self._person is None:
            self._person = self.backdrop.crowd(self.resource).person(self.number)
        return self._person

    @property
    def company(self) -> Company:
        """The company that it is about, or that its person works for."""
        if self._company is None:
            n = (
                self.number
                if self.subject in COMPANIES
                else Dice(self.backdrop.seed ^ self.number * 7919).below(_COMPANIES)
            )
            if self.subject in STAFF:
                n = _COMPANIES
            self._company = self.backdrop.market.company(n)
        return self._company

    def employ(self, name: str) -> None:
        """Has the person work for the company of this name, so that e-mail address and website follow."""
        if self.subject not in COMPANIES:
            domain = f"{slug(name, self.backdrop.locale, self.number)}.example"
            self._company = Company(name, domain, self.company.industry, self.company.employees)

    @property
    def email(self) -> str:
        """An address at the domain of the company."""
        if self.subject in COMPANIES:
            return f"{self.dice.child('mailbox').pick(('hello', 'info', 'office', 'contact'))}@{self.company.domain}"
        return f"{self.person.local}@{self.domain or self.company.domain}"

    @property
    def place(self) -> Place:
        """Where it is."""
        if self._place is None:
            self._place = place(self.backdrop.country, Dice(self.backdrop.seed ^ (self.number + 1) * 104_729))
        return self._place

    @property
    def phone(self) -> str:
        """Its telephone number."""
        return phone(self.backdrop.country, self.place.area, self.dice.child("phone"))

    @property
    def updated(self) -> int:
        """When it was last changed: not before it was made, not after the seeded worlds end."""
        return self._spans()[1]

    @property
    def touched(self) -> int:
        """A moment between its creation and its last change."""
        return self._spans()[0]

    def _spans(self) -> tuple[int, int]:
        if self._times is None:
            dice = self.dice.child("times") if self.index else Dice(self.backdrop.seed ^ (self.number + 1) * 15_485_863)
            room = max(EPOCH - self.time, 0)
            span = 0 if dice.chance(0.15) else int(min(room, 86_400_000 * 120) * dice.fraction() ** 2)
            updated = self.time + span // 1000 * 1000
            self._times = self.time + int((updated - self.time) * dice.fraction()) // 1000 * 1000, updated
        return self._times


_TRANSPARENT = frozenset(
    words("profile data attribute property field detail address location result record object info metadata")
)


@lru_cache(maxsize=2000)
def singular(name: str) -> str:
    """`companies` is `company`, `statuses` is `status`; the last word of a path or of several words alone counts."""
    words = tokens(name)
    word = words[-1] if words else ""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "uses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


@lru_cache(maxsize=20_000)
def tokens(name: str) -> tuple[str, ...]:
    """The words of a name in any spelling: `firstName`, `first_name`, `first-name` and `FirstName` have the same."""
    import re

    return tuple(word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name))
