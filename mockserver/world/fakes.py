"""The words of a fixture's `fake` (see fixtures.yaml), each compiled to a function of the record that is being made."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from typing import Any

from mockserver.spec.errors import Position, SpecError, nearest
from mockserver.world import times
from mockserver.world.dice import Dice
from mockserver.world.meanings import MISSING
from mockserver.world.naming import FUTURE, meaning
from mockserver.world.scenes import EPOCH, Scene, tokens
from mockserver.world.source import Key, Record

Json = Any
ABSENT: Any = object()  # the field has no value this time
Maker = Callable[["Draft"], Json]
WORDS = ("value", "one-of", "weights", "between", "reference", "after", "text", "faker", "of", "by")
_PLACE = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Draft:
    """A record on its way: its scene, and the fields made so far."""

    scene: Scene
    made: dict[str, Json]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the words need to know of the resource and of the others."""

    resource: str
    fields: frozenset[str]  # all fields of the record
    kinds: Callable[[str], frozenset[str]]  # the JSON types of a field
    written: Callable[[str, int], Json]  # a time in milliseconds, as a field holds it
    resources: Callable[[], Sequence[str]]
    refers: Mapping[str, str]  # field -> resource, as the API's x-mock says
    keys: Callable[[str, Scene, int], list[Key]]  # so many different keys of records of a resource
    look_up: Callable[[str, Key], Record | None]


def compile_fakes(fake: Mapping[str, Mapping[str, Json]], around: Surroundings) -> list[tuple[str, Maker]]:
    """Fields and what makes them, each after those that it needs. Raises SpecError for words that don't fit."""
    around_all = around.fields | fake.keys()
    needs = {name: set(_needs(words)) for name, words in fake.items()}
    for name, others in needs.items():
        for other in others - around_all - {"created"}:
            raise SpecError(f"there is no field {other!r}{nearest(other, around_all)}", _at(around, name))
    try:
        order = list(
            TopologicalSorter({name: sorted(others - {name}) for name, others in needs.items()}).static_order()
        )
    except CycleError as error:
        raise SpecError(f"it needs itself: {' -> '.join(error.args[1])}", _at(around, error.args[1][0])) from None
    itself = next((name for name in needs if name in needs[name]), None)
    if itself:
        raise SpecError("it needs itself", _at(around, itself))
    refers = {**around.refers, **{name: words["reference"] for name, words in fake.items() if "reference" in words}}
    return [(name, _compiled(name, fake[name], around, refers)) for name in order if name in fake]


def _at(around: Surroundings, name: str) -> Position:
    """Where the words of a field stand in the fixtures, whose file is not known here."""
    token = name.replace("~", "~0").replace("/", "~1")
    return Position("", f"/records/{around.resource}/fake/{token}")


def _needs(words: Mapping[str, Json]) -> Iterator[str]:
    """The other fields that a field's words look at."""
    if "after" in words:
        yield words["after"]
    if "of" in words:
        yield words["of"].split(".")[0]
    if "by" in words:
        yield words["by"].split(".")[0]
    for place in _PLACE.findall(words.get("text", "")):
        yield place.split(".")[0]
    for case in (words.get("cases") or {}).values():
        yield from _needs(case)


def _compiled(name: str, words: Mapping[str, Json], around: Surroundings, refers: Mapping[str, str]) -> Maker:
    found = [word for word in WORDS if word in words]
    if len(found) != 1:
        given = " and ".join(found) if found else "none"
        raise SpecError(f"needs one of {', '.join(WORDS)}; it has {given}", _at(around, name))
    make = _COMPILERS[found[0]](name, words, around, refers)
    share = words.get("maybe")
    if share is None:
        return make
    kinds = around.kinds(name)
    without = None if "null" in kinds and kinds != _ANY else ABSENT

    def perhaps(draft: Draft) -> Json:
        return make(draft) if draft.scene.dice.child(f"{name}?").chance(share) else without

    return perhaps


_ANY = frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})


def _value(name: str, words: Mapping[str, Json], around: Surroundings, refers: Mapping[str, str]) -> Maker:
    return lambda draft: words["value"]


def _one_of(name: str, words: Mapping[str, Json], around: Surroundings, refers: Mapping[str, str]) -> Maker:
    choices, count = words["one-of"], words.get("count")
    if count is None:
        return lambda draft: choices[_dealt(draft.scene, name, len(choices))]

    def several(draft: Draft) -> list[Json]:
        dice = draft.scene.dice.child(name)
        return dice.some(choices, dice.between(*count))

    return several


def _dealt(scene: Scene, name: str, size: int) -> int:
    """A place among `size`: as with cards, none comes again before all have come."""
    turn, place = divmod(scene.number, size)
    return _shuffled(scene.backdrop.seed, f"{scene.resource}.{name}", turn, size)[place]


@lru_cache(maxsize=1_000)
def _shuffled(seed: int, label: str, turn: int, size: int) -> list[int]:
    return Dice(seed).child(label).child(turn).some(range(size), size)


def _weights(name: str, words: Mapping[str, Json], around: Surroundings, refers: Mapping[str, str]) -> Maker:
    kinds = around.kinds(name)
    weights = {_typed(str(key), kinds): float(weight) for key, weight in words["weights"].items()}
    if not any(weights.values()):
        raise SpecError("at least one weight must be above 0", _at(around, name))
    return lambda draft: draft.scene.dice.child(name).weighted(weights)


def _typed(text: str, kinds: frozenset[str]) -> Json:
    """A key of YAML as the value that the field's type asks for."""
    if "string" in kinds:
        return text
    if text in ("true", "false", "True", "False") and "boolean" in kinds:
        return text.lower() == "true"
    try:
        return int(text) if "integer" in kinds and text.lstrip("-").isdecimal() else float(text)
    except ValueError:
        return text


def _between(name: str, words: Mapping[str, Json], around: Surroundings, refers: Mapping[str, str]) -> Maker:
    low, high = words["between"]
    whole = isinstance(low, int) and isinstance(high, int)
    step = words.get("step", 1 if whole else None)
    if low > high or (step and high - low < 0):
        raise SpecError(f"{low} is above {high}", _at(around, name))

    def amount(draft: Draft) -> Json:
        dice = draft.scene.dice.child(name)
        if step is None:
            return round(low + (high - low) * dice.fraction(), 2)
        first, last = -(-low // step), high // step
        if first > last:
            return low
        found = dice.between(int(first), int(last)) * step
        return found if isinstance(found, int) else round(found, 6)

    return amount


def _reference(name: str, words: Mapping[str, Json], around: Surroundings, refers: Mapping[str, str]) -> Maker:
    resource, count, always = words["reference"], words.get("count"), list(words.get("always") or ())
    if resource not in around.resources():
        raise SpecError(f"there is no resource {resource!r}{nearest(resource, around.resources())}", _at(around, name))

    def several(draft: Draft) -> list[Json]:
        wanted = draft.scene.dice.child(name).between(*(count or (1, 1)))
        others = around.keys(resource, draft.scene.rolled(name), wanted)
        return [*always, *(key for key in others if key not in always)][: max(wanted, len(always))]

    if count is not None or always:
        return several

    def one(draft: Draft) -> Json:
        found = around.keys(resource, draft.scene.rolled(name), 1)
        return found[0] if found else ABSENT

    return one


def _after(name: str, words: Mapping[str, Json], around: Surroundings, refers: Mapping[str, str]) -> Maker:
    try:
        low, high = (times.duration(text) for text in words.get("within") or ("PT0S", "PT0S"))
    except ValueError as error:
        raise SpecError(str(error), _at(around, name)) from None
    if low > high:
        raise SpecError(f"{words['within'][0]} is longer than {words['within'][1]}", _at(around, name))
    field, ahead = words["after"], bool(set(tokens(name)) & FUTURE)

    def moment(draft: Draft) -> Json:
        start = draft.scene.time
        if field in draft.made:
            value = draft.made[field]
            if value is None:
                return ABSENT
            start = value * 1000 if isinstance(value, int) else times.parse(value) or start
        elif field != "created":
            return ABSENT
        room = high - low if ahead else max(0, min(high, EPOCH - start) - low)  # what has happened isn't in the future
        return around.written(name, start + low + int(room * draft.scene.dice.child(name).fraction()) // 1000 * 1000)

    return moment


def _text(name: str, words: Mapping[str, Json], around: Surroundings, refers: Mapping[str, str]) -> Maker:
    pieces = _PLACE.split(words["text"])
    readers = {place: _reader(name, place, around, refers) for place in pieces[1::2]}

    def sentence(draft: Draft) -> str:
        return "".join(_shown(readers[piece](draft)) if n % 2 else piece for n, piece in enumerate(pieces))

    return sentence


def _shown(value: Json) -> str:
    return "" if value is ABSENT or value is None else str(value)


def _reader(name: str, path: str, around: Surroundings, refers: Mapping[str, str]) -> Maker:
    """Reads `first_name`, `metadata.team`, or `contact_id.first_name` from the record that a reference names."""
    field, *deeper = path.split(".")
    resource = refers.get(field)

    def read(draft: Draft) -> Json:
        value = draft.made.get(field, ABSENT)
        if deeper and resource is not None:
            value = around.look_up(resource, value) if isinstance(value, str | int) else ABSENT
        for part in deeper:
            value = value.get(part, ABSENT) if isinstance(value, Mapping) else ABSENT
        return value

    return read


def _of(name: str, words: Mapping[str, Json], around: Surroundings, refers: Mapping[str, str]) -> Maker:
    field, _, rest = words["of"].partition(".")
    if not rest or field not in refers:
        known = nearest(field, refers) if refers else ""
        raise SpecError(f"'of' needs a reference and a field, contact_id.first_name{known}", _at(around, name))
    return _reader(name, words["of"], around, refers)


def _by(name: str, words: Mapping[str, Json], around: Surroundings, refers: Mapping[str, str]) -> Maker:
    if not words.get("cases"):
        raise SpecError("'by' needs 'cases'", _at(around, name))
    cases = {str(value): _compiled(name, case, around, refers) for value, case in words["cases"].items()}
    otherwise = cases.get("else")
    read = _reader(name, words["by"], around, refers)

    def decided(draft: Draft) -> Json:
        value = None if (found := read(draft)) is ABSENT else found
        label = str(value).lower() if isinstance(value, bool) else "null" if value is None else str(value)
        make = cases.get(label) or cases.get(str(value)) or otherwise
        return ABSENT if make is None else make(draft)

    return decided


_OWN = {
    "company": "company",
    "name": "full name",
    "msisdn": "",
    "phone_number": "phone",
    "job": "job title",
    "address": "address",
}
_OWN |= {
    word: word.replace("_", " ")
    for word in ("first_name", "last_name", "email", "city", "state", "country", "user_name")
}
_OWN |= {"street_address": "street address", "postcode": "postcode", "zipcode": "postcode", "company_email": "email"}
_OWN |= {
    "country_code": "country code",
    "state_abbr": "state code",
    "currency_code": "currency code",
    "domain_name": "domain",
    "timezone": "timezone",
}


def _faker(name: str, words: Mapping[str, Json], around: Surroundings, refers: Mapping[str, str]) -> Maker:
    """What belongs to the record's person, company or place comes from there; all else from faker itself."""
    method = words["faker"]
    own = meaning(_OWN.get(method, "")) if method in _OWN else None
    if method == "msisdn":
        return lambda draft: draft.scene.phone.lstrip("+")
    if method == "state_abbr" and (whole := meaning("state")) is not None and own is not None:
        # where states have numbers instead of short names, people write the whole name
        return lambda draft: code if not str(code := own(draft.scene)).isdecimal() else whole(draft.scene)
    if own is not None:
        return lambda draft: own(draft.scene)

    if not hasattr(_fakers(EVERYWHERE), method):
        known = [one for one in dir(_fakers(EVERYWHERE)) if not one.startswith("_")]
        raise SpecError(f"faker has no {method!r}{nearest(method, known)}", _at(around, name))

    def made(draft: Draft) -> Json:
        own, everywhere = _fakers(draft.scene.backdrop.locale), _fakers(EVERYWHERE)
        fake = own if hasattr(own, method) else everywhere
        fake.seed_instance(draft.scene.dice.child(name).draw())
        value = getattr(fake, method)()
        plain = isinstance(value, str | int | float | bool | list | dict)
        return value if plain or value is MISSING else str(value)

    return made


EVERYWHERE = "en_US"  # the locale for which faker has every method


@lru_cache(maxsize=4)
def _fakers(locale: str) -> Any:
    from faker import Faker

    return Faker(locale)


_COMPILERS: dict[str, Callable[[str, Mapping[str, Json], Surroundings, Mapping[str, str]], Maker]] = {
    "value": _value,
    "one-of": _one_of,
    "weights": _weights,
    "between": _between,
    "reference": _reference,
    "after": _after,
    "text": _text,
    "faker": _faker,
    "of": _of,
    "by": _by,
}
