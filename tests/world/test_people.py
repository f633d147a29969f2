"""People, companies and places: another one for each number, and found again."""

import pytest

from mockserver.spec.errors import SpecError
from mockserver.world.companies import Market
from mockserver.world.dice import Dice
from mockserver.world.people import Crowd, locale_of
from mockserver.world.places import country_of, numbered_phone, phone_number, place
from mockserver.world.scenes import Backdrop, Scene, singular, tokens
from mockserver.world.slugs import slug

LOCALES = [
    "en_US", "en_GB", "de_DE", "fr_FR", "pl_PL", "ru_RU", "cs_CZ", "ja_JP", "zh_CN", "ko_KR", "ar_SA", "th_TH",
]  # fmt: skip


@pytest.mark.parametrize("locale", LOCALES)
def test_a_person_is_found_by_address_and_name(locale: str) -> None:
    crowd = Crowd(locale, 1, "users")
    people = [crowd.person(n) for n in range(500)]
    assert len({one.local for one in people}) == 500
    assert [crowd.find(one.local.upper()) for one in people] == list(range(500))
    assert [crowd.find_name(one.name.upper()) for one in people] == list(range(500))
    assert all(one.local.isascii() for one in people)


@pytest.mark.parametrize(
    ("name", "locale", "plain"),
    [
        ("雪梅", "zh_CN", "xuemei"), ("영길", "ko_KR", "yeonggil"), ("Նարեկ", "hy_AM", "narek"),
        ("გიორგი", "ka_GE", "giorgi"),
    ],
)
def test_an_address_sounds_like_the_name(name: str, locale: str, plain: str) -> None:
    assert slug(name, locale) == plain


@pytest.mark.parametrize(
    ("locale", "country"), [("ko_KR", "+82"), ("ar_AA", "+966"), ("en_IE", "+353"), ("uk_UA", "+380")]
)
def test_telephones_are_those_of_the_locale_s_country(locale: str, country: str) -> None:
    scene = Scene(Backdrop(1, locale), "contacts", 3, Dice(1))
    assert scene.phone.startswith(country)


def test_beyond_all_pairs_of_names_people_are_numbered() -> None:
    crowd = Crowd("ja_JP", 1, "users")
    late = crowd.person(100_000)
    assert late.again > 0
    assert late.local.endswith(str(late.again + 1))
    assert crowd.find(late.local) == 100_000


@pytest.mark.parametrize(
    "local", ["", "alice", "no.body", "a.b.c", "alice.chen1", "alice.chen0", "ałice.chen", "." * 500]
)
def test_an_address_of_nobody_is_nobodys(local: str) -> None:
    assert Crowd("en_US", 1, "users").find(local) is None


@pytest.mark.parametrize("locale", LOCALES)
def test_a_company_is_found_by_domain_and_name(locale: str) -> None:
    market = Market(locale, 1)
    companies = [market.company(n) for n in range(300)]
    assert len({one.domain for one in companies}) == 300
    assert [market.find(one.domain.upper()) for one in companies] == list(range(300))
    assert [market.find_name(one.name) for one in companies] == list(range(300))


def test_domains_belong_to_nobody() -> None:
    assert Market("en_US", 1).company(0).domain.endswith(".example")  # RFC 2606, section 2


def test_a_place_is_in_the_locales_country_and_its_phone_is_made_up() -> None:
    somewhere = place(country_of("de_DE"), Dice(3))
    assert (somewhere.country_code, somewhere.currency) == ("DE", "EUR")
    scene = Scene(Backdrop(1, "en_US"), "contacts", 3, Dice(1))
    assert scene.phone.startswith(f"+1{scene.place.area}55501")  # NANPA keeps 555-0100 to 0199 for fiction


@pytest.mark.parametrize("locale", LOCALES)
def test_numbered_phones_are_different_and_found(locale: str) -> None:
    country = country_of(locale)
    phones = [numbered_phone(country, n) for n in (*range(2000), 500_000)]
    assert len(set(phones)) == 2001
    assert [phone_number(country, phone, 1_000_000) for phone in phones] == [*range(2000), 500_000]


@pytest.mark.parametrize(
    ("text", "locale"), [("de", "de_DE"), ("de-de", "de_DE"), ("en", "en_US"), ("pt-BR", "pt_BR"), ("ja", "ja_JP")]
)
def test_a_locale_may_be_written_in_several_ways(text: str, locale: str) -> None:
    assert locale_of(text) == locale


def test_an_unknown_locale_is_refused_with_the_nearest() -> None:
    with pytest.raises(SpecError, match="did you mean 'de_DE'"):
        locale_of("de_DX")


def test_names_become_ascii() -> None:
    assert slug("Jürgen Groß", "de_DE") == "juergen-gross"
    assert slug("Jürgen", "en_US") == "jurgen"
    assert slug("Łukasz Żółć", "pl_PL") == "lukasz-zolc"
    assert slug("Щербаков", "ru_RU") == "shcherbakov"


def test_what_a_record_is_about_belongs_together() -> None:
    scene = Scene(Backdrop(1, "en_US"), "contacts", 3, Dice(1))
    assert scene.email == f"{scene.person.local}@{scene.company.domain}"
    assert scene.part("owner").email != scene.email
    assert scene.part("address").place == scene.place


def test_names_of_fields_are_read_in_any_spelling() -> None:
    assert tokens("firstName") == tokens("first_name") == tokens("first-name") == tokens("FirstName")
    assert [singular(name) for name in ("companies", "statuses", "addresses", "leads", "status")] == [
        "company",
        "status",
        "address",
        "lead",
        "status",
    ]
