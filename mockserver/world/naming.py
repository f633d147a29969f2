"""What a field's name says of its values: `firstName` is a first name, `closed_at` a time after the record was made."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from mockserver.world.meanings import MEANINGS, MISSING, Maker
from mockserver.world.phrases import words
from mockserver.world.scenes import PEOPLE, Scene, singular, tokens
from mockserver.world.times import DAY
from mockserver.world.times import text as timestamp

Json = Any

_LAST_WORDS = frozenset(
    words(
        "name email phone url uri link address city country currency amount price total count notes note "
        "description subject body avatar website company title color percentage percent score number image "
        "icon domain summary comment code timezone language quantity duration text message transcript status "
        "role tag hash token href street state zip size revenue cost balance value"
    )
)

_PAST = frozenset(
    words(
        "last first started sent received opened read viewed clicked contacted called seen joined signed "
        "activated delivered accepted invited assigned archived verified confirmed paid answered replied "
        "touched synced login"
    )
)
FUTURE = frozenset(
    words(
        "due expires expiry expiration expire close closing expected next scheduled deadline remind reminder "
        "renewal trial valid until follow followup"
    )
)
_LATEST = frozenset(
    words("updated modified changed edited ended completed finished closed resolved deleted update modification end")
)
_TIME_WORDS = frozenset(words("at on date time datetime timestamp"))


def time_of(name: str, scene: Scene) -> int:
    """The moment that a field of this name holds, in milliseconds: created <= what happened <= updated <= now."""
    said = set(tokens(name))
    if said & _LATEST:
        return scene.updated
    if said & FUTURE:
        ahead = scene.dice.between(2, 75) * DAY
        return scene.time // DAY * DAY + ahead + scene.dice.between(8, 17) * 3_600_000
    if said & _PAST:
        return scene.touched
    return scene.time


def is_time(name: str) -> bool:
    """Whether a name is that of a time: `created_at`, `closeDate`, `lastContacted`, `updated`."""
    said = tokens(name)
    if not said:
        return False
    if said[-1] in _TIME_WORDS and len(said) > 1:
        return True
    return said[-1] in _TIMES or (
        len(said) > 1 and said[0] in ("last", "first", "next") and said[-1] in _PAST | _LATEST
    )


_TIMES = frozenset(words("created updated modified timestamp datetime expires deadline"))


@lru_cache(maxsize=20_000)
def meaning(name: str) -> Maker | None:
    """What makes values for a field of this name; None when the name says nothing."""
    said = tokens(name)
    found = MEANINGS.get(said) or MEANINGS.get(tuple("".join(said).split()))
    if found is not None:
        return found
    if said and said[-1] != singular(said[-1]):
        found = MEANINGS.get((*said[:-1], singular(said[-1])))
    for start in range(1, len(said)):
        tail = said[start:]
        if found is None and (len(tail) > 1 or tail[-1] in _LAST_WORDS):
            found = MEANINGS.get(tail)
    return found


def named(scene: Scene, name: str, kind: str, form: str | None = None) -> Json:
    """A believable value of a JSON type for a field of this name; MISSING when the name says none."""
    if kind == "boolean":
        return _truth(name, scene)
    if form == "date-time" or (form is None and kind in ("string", "integer", "number") and is_time(name)):
        moment = time_of(name, scene)
        if kind == "string":
            return timestamp(moment)[:10] if tokens(name)[-1] == "date" and form is None else timestamp(moment)
        return moment // 1000
    maker = meaning(name)
    if maker is None:
        subject = singular(name)
        if kind != "string" or subject not in PEOPLE:
            return MISSING
        return (scene if scene.subject == subject else scene.part(name)).email
    value = maker(scene)
    if value is MISSING:
        return value
    if kind == "string":
        return value if isinstance(value, str) else str(value)
    if isinstance(value, str) and value.startswith("+") and value[1:].isdecimal():
        value = int(value[1:])  # a telephone number
    if isinstance(value, str) or kind not in ("integer", "number"):
        return MISSING
    return round(value) if kind == "integer" else value


def _truth(name: str, scene: Scene) -> bool:
    said = set(tokens(name))
    return scene.dice.chance(0.06 if said & _UNLIKELY else 0.9 if said & _LIKELY else 0.35)


_UNLIKELY = frozenset(
    words(
        "archived deleted trashed error failed blocked suspended spam locked disabled hidden private test cancelled "
        "canceled banned bounced"
    )
)
_LIKELY = frozenset(words("active enabled verified confirmed valid success visible ok available subscribed"))
