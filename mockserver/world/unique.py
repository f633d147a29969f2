"""Values of unique fields: another one for each record, and the record found again by its value without a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mockserver.world.ids import codec
from mockserver.world.meanings import MEANINGS
from mockserver.world.naming import meaning
from mockserver.world.places import numbered_phone, phone_number
from mockserver.world.scenes import COMPANIES, PEOPLE, Scene, singular, tokens


@dataclass(frozen=True, slots=True)
class Unique:
    """How a field's values are made from a record's scene, and which ordinal (a guess to verify) a value has."""

    make: Callable[[Scene], str]
    find: Callable[[Scene, str], int | None]  # the scene is any of the resource's


def unique(field: str, resource: str, seed: int, count: int, template: str | None, taken: frozenset[str]) -> Unique:
    """The way for a field, by its name. `taken` are the values of named records, in lower case."""
    maker, subject = meaning(field), singular(resource)
    if template:
        return _coded(template, seed, resource, field)
    if maker is MEANINGS[("email",)] and subject not in COMPANIES:
        return Unique(lambda scene: _free(scene.email, taken), lambda scene, text: _person(scene, text.split("@")[0]))
    if maker is MEANINGS[("username",)]:
        return Unique(lambda scene: _free(scene.person.local, taken), _person)
    if maker is MEANINGS[("phone",)]:
        return Unique(
            lambda scene: numbered_phone(scene.backdrop.country, scene.number),
            lambda scene, text: phone_number(scene.backdrop.country, text, count),
        )
    if maker in (MEANINGS[("name",)], MEANINGS[("full", "name")]) and subject in PEOPLE:
        return Unique(_whole_name, lambda scene, text: scene.backdrop.crowd(scene.resource).find_name(text))
    if subject in COMPANIES:
        found = _of_company(field)
        if found:
            return found
    if tokens(field)[-1:] and tokens(field)[-1] in ("id", "ref", "key", "code", "number", "sku", "token"):
        prefix = (tokens(field)[:1] or ("id",))[0][:3]
        return _coded(f"{prefix}_{{base36:8}}", seed, resource, field)
    return Unique(lambda scene: f"{_plain(field, scene)} {scene.number + 1}", _trailing)


def _plain(field: str, scene: Scene) -> str:
    maker = meaning(field)
    value = maker(scene) if maker else None
    return value if isinstance(value, str) else " ".join(tokens(field)).capitalize()


def _trailing(scene: Scene, text: str) -> int | None:
    number = text.rsplit(" ", 1)[-1]
    return int(number) - 1 if number.isdecimal() and number.isascii() and len(number) < 12 and int(number) else None


def _free(address: str, taken: frozenset[str]) -> str:
    """The address, or a twin of it where a named record has it: `tom_becker@…` beside `tom.becker@…`."""
    if address.lower() not in taken:
        return address
    local, at, domain = address.partition("@")
    return f"{local.replace('.', '_')}{at}{domain}"


def _person(scene: Scene, local: str) -> int | None:
    return scene.backdrop.crowd(scene.resource).find(local.replace("_", "."))


def _whole_name(scene: Scene) -> str:
    again = scene.person.again
    return f"{scene.person.name} {again + 1}" if again else scene.person.name


def _of_company(field: str) -> Unique | None:
    """Names, domains, sites and addresses of companies, when the record is one."""
    maker = meaning(field)
    if maker in (MEANINGS[("name",)], MEANINGS[("company",)]):
        return Unique(lambda scene: scene.company.name, lambda scene, text: scene.backdrop.market.find_name(text))
    if maker is MEANINGS[("domain",)]:
        return Unique(lambda scene: scene.company.domain, lambda scene, text: scene.backdrop.market.find(text))
    if maker is MEANINGS[("email",)]:
        return Unique(lambda scene: scene.email, lambda scene, text: scene.backdrop.market.find(text.split("@")[-1]))
    if maker is MEANINGS[("website",)]:
        return Unique(
            lambda scene: f"https://www.{scene.company.domain}/",
            lambda scene, text: scene.backdrop.market.find(text.lower().removeprefix("https://www.").rstrip("/")),
        )
    return None


def _coded(template: str, seed: int, resource: str, field: str) -> Unique:
    coder = codec(template, seed, f"{resource}.{field}")

    def find(scene: Scene, text: str) -> int | None:
        for spelling in (text, text.lower(), text.upper()):
            found = coder.decode(spelling)
            if found is not None:
                return found
        return None

    return Unique(lambda scene: str(coder.encode(scene.number)), find)
