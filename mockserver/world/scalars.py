"""Strings and numbers within the bounds of a flat schema: by name, by format, by pattern, by length."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor, isfinite
from typing import Any

from mockserver.world import phrases
from mockserver.world.dice import Dice
from mockserver.world.ids import token
from mockserver.world.meanings import MISSING
from mockserver.world.merging import PATTERNS, Unsatisfiable
from mockserver.world.naming import named, time_of
from mockserver.world.patterns import anchors, bounds, compiled, text_matching
from mockserver.world.phrases import words
from mockserver.world.scenes import Scene, tokens
from mockserver.world.times import text as timestamp

Json = Any
FormatMaker = Callable[[Scene, str], str]
Patterns = Sequence[str]
_UNITS = {
    **{f"int{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": (0, 2**bits - 1) for bits in (8, 16, 32, 64)},
}
_ENCODED = {"base64": "byte", "base64url": "base64url"}  # contentEncoding, as a format
_IDENTIFIERS = frozenset(words("id uuid guid gid key uid sid pid ref"))


def text(node: Mapping[str, Json], name: str, scene: Scene, realistic: bool) -> str:
    """A string for a flat node. Raises Unsatisfiable when none was found."""
    low, high = int(node.get("minLength", 0)), node.get("maxLength")
    top = int(high) if high is not None else None
    if top is not None and low > top:
        raise Unsatisfiable(f"minLength {low} is above maxLength {top}")
    patterns, form = node.get(PATTERNS) or (), node.get("format") or _ENCODED.get(str(node.get("contentEncoding")))
    maker = FORMATS.get(form) if isinstance(form, str) else None
    if realistic:
        found = _by_name(node, name, scene, form if maker else None)
        if found is not None:
            fitted = _fitted(found, low, top, free=not patterns and maker is None)
            if fitted is not None and _matches(fitted, patterns):
                return fitted
    if maker is not None:
        for attempt in range(4):
            found = maker(scene.rolled(attempt) if attempt else scene, name)
            if low <= len(found) and (top is None or len(found) <= top) and _matches(found, patterns):
                return found
        if not patterns and form in _STRETCHED:
            return _STRETCHED[str(form)](low, top, scene.dice)
        if patterns and (found := _shaped(maker(scene, name), patterns, scene.dice, low, top)):
            return found
    if patterns:
        return _by_pattern(patterns, scene.dice, low, top)
    return _words(node, name, scene.dice, low, top)


def _by_name(node: Mapping[str, Json], name: str, scene: Scene, form: str | None) -> str | None:
    if form in ("date-time", "date", "time") or form in _BY_FORMAT_ALONE:
        return None
    if tokens(name)[-1:] and tokens(name)[-1] in _IDENTIFIERS and form is None:
        return _identifier(name, scene)
    value = named(scene, name, "string", form)
    if value is MISSING or not isinstance(value, str):
        return None
    if form in ("email", "idn-email") and "@" not in value:
        return None
    if form in ("uri", "url", "iri", "uri-reference") and "://" not in value:
        return None
    return value


def _identifier(name: str, scene: Scene) -> str:
    """`contact_id` without more to go by: `contact_7K2M9QXA`."""
    words = tokens(name)[:-1] or tokens(scene.subject)
    return str(token((words[-1][:4] + "_" if words else "") + "{base32:8}", scene.dice.state, name))


def _fitted(value: str, low: int, top: int | None, free: bool) -> str | None:
    """A text cut or drawn out to a length, at a word where there is one."""
    if low <= len(value) and (top is None or len(value) <= top):
        return value
    if not free:
        return None
    if top is not None and len(value) > top:
        cut = value[:top]
        return (
            cut.rsplit(" ", 1)[0].rstrip(",;:")
            if " " in cut and low <= len(cut.rsplit(" ", 1)[0].rstrip(",;:"))
            else cut
        )
    while len(value) < low:
        value += " " + value
    return value[:low] if value[low - 1] != " " else value[: low - 1] + "."


def _matches(value: str, patterns: Patterns) -> bool:
    return all((regex := compiled(pattern)) is None or regex.search(value) for pattern in patterns)


def _shaped(sample: str, patterns: Patterns, dice: Dice, low: int, top: int | None) -> str | None:
    """A sample of a format with what patterns want at its beginning or end: `^2024-` makes 2024-03-06 of 2026-03-06."""
    for attempt in range(8):
        found = sample
        for pattern in filter(compiled, patterns):
            first, last = anchors(pattern)
            part = next(text_matching(pattern, dice.child(f"part{attempt}")), "") if first != last else ""
            found = part + found[len(part) :] if first else found[: max(0, len(found) - len(part))] + part
        if found != sample and low <= len(found) and (top is None or len(found) <= top) and _matches(found, patterns):
            return found
    return None


def _by_pattern(patterns: Patterns, dice: Dice, low: int, top: int | None) -> str:
    try:
        if len(patterns) > 1:
            shortest, longest = bounds(patterns)
            low, top = max(low, shortest), min((one for one in (longest, top) if one is not None), default=None)
        for pattern in patterns:
            for found in text_matching(pattern, dice, low, top):
                if _matches(found, patterns):
                    return found
        joined = _joined(patterns, dice, low, top) if len(patterns) > 1 else None
    except ValueError:
        return _words({}, "", dice, low, top)
    if joined is not None:
        return joined
    raise Unsatisfiable(f"no text was found for the pattern {patterns[0]!r}")


def _joined(patterns: Patterns, dice: Dice, low: int, top: int | None) -> str | None:
    """What one pattern wants at the beginning, what others want, and what one wants at the end, one after the other."""
    for attempt in range(20):
        parts = [(anchors(one), next(text_matching(one, dice.child(f"{one}{attempt}")), "")) for one in patterns]
        parts.sort(key=lambda part: (not part[0][0], part[0][1]))
        found = "".join(text for _, text in parts)
        if low <= len(found) and (top is None or len(found) <= top) and _matches(found, patterns):
            return found
    return None


def _words(node: Mapping[str, Json], name: str, dice: Dice, low: int, top: int | None) -> str:
    """A text without more to go by: short for a short limit, else a word or two; a sentence where much is asked for."""
    sample = dice.pick(phrases.DESCRIPTIONS) if low > 24 else dice.pick(phrases.WORDS)
    found = _fitted(sample, low, top, free=True)
    return found if found is not None else ""


def _moment(scene: Scene, name: str) -> str:
    return timestamp(time_of(name, scene))


def _uri(scene: Scene, name: str) -> str:
    value = named(scene, name, "string")
    if isinstance(value, str) and value.startswith("https://"):
        return value
    return f"https://www.{scene.company.domain}/{(scene.subject or 'page').replace(' ', '-')}s/{scene.number + 1}"


def _base64(scene: Scene, name: str) -> str:
    return b64encode(scene.dice.pick(phrases.DESCRIPTIONS).encode()).decode()


def _uuid(scene: Scene, name: str) -> str:
    return str(token("{uuid}", scene.dice.state, name))


def _email(scene: Scene, name: str) -> str:
    return scene.email


FORMATS: dict[str, FormatMaker] = {
    "date-time": _moment,
    "datetime": _moment,
    "date": lambda scene, name: _dated(scene, name),
    "time": lambda scene, name: f"{scene.dice.between(8, 17):02d}:{scene.dice.pick((0, 15, 30, 45)):02d}:00Z",
    "duration": lambda scene, name: f"PT{scene.dice.between(5, 90)}M",
    "email": _email,
    "idn-email": _email,
    "hostname": lambda scene, name: f"www.{scene.company.domain}",
    "idn-hostname": lambda scene, name: f"www.{scene.company.domain}",
    "ipv4": lambda scene, name: f"203.0.113.{scene.dice.between(1, 254)}",
    "ip": lambda scene, name: f"203.0.113.{scene.dice.between(1, 254)}",
    "ipv6": lambda scene, name: f"2001:db8::{scene.dice.between(1, 65535):x}",
    "uri": _uri,
    "url": _uri,
    "iri": _uri,
    "uri-reference": _uri,
    "iri-reference": _uri,
    "uri-template": lambda scene, name: f"https://api.{scene.company.domain}/{scene.subject or 'page'}s/{{id}}",
    "uuid": _uuid,
    "guid": _uuid,
    "json-pointer": lambda scene, name: "/" + (scene.subject or "name"),
    "relative-json-pointer": lambda scene, name: "0/" + (scene.subject or "name"),
    "regex": lambda scene, name: "^[a-z0-9-]+$",
    "byte": _base64,
    "base64": _base64,
    "base64url": lambda scene, name: _base64(scene, name).rstrip("="),
    "phone": lambda scene, name: scene.phone,
    "currency": lambda scene, name: scene.place.currency,
    "country-code": lambda scene, name: scene.place.country_code,
    "decimal": lambda scene, name: f"{scene.dice.between(100, 99_900) / 100:.2f}",
    "password": lambda scene, name: "Correct-Horse-" + str(scene.dice.between(10, 99)),
}
_BY_FORMAT_ALONE = frozenset(FORMATS) - {
    "email",
    "idn-email",
    "uri",
    "url",
    "iri",
    "uri-reference",
    "phone",
    "password",
    "currency",
}
_BY_FORMAT_ALONE -= {"hostname", "country-code", "decimal"}


def _dated(scene: Scene, name: str) -> str:
    value = named(scene, name, "string")
    if isinstance(value, str) and len(value) == 10 and value[4:5] == "-" == value[7:8]:
        return value
    return timestamp(time_of(name, scene))[:10]


def _long_email(low: int, top: int | None, dice: Dice) -> str:
    """An e-mail address of at least and at most so many characters (RFC 5321, section 4.5.3.1: 64 before the @)."""
    if top is not None and top < 10:
        return "a@b.co"[: max(top, 3)]
    domain = "mail" + f".{'part' * 7}" * (max(0, low - 72) // 29 + (low > 72)) + ".example"
    local = "".join(dice.pick("abcdefghijklmnop") for _ in range(max(1, min(60, low - len(domain) - 1))))
    short = "m.co" if top is not None and top < len(local) + len(domain) + 1 else domain
    return f"{local}@{short}"


def _long_uri(low: int, top: int | None, dice: Dice) -> str:
    start = "https://a.example/" if top is None or top >= 18 else "a:b" if top >= 3 else "a:"
    return start + "a" * max(0, low - len(start))


_STRETCHED: dict[str, Callable[[int, int | None, Dice], str]] = {
    "email": _long_email,
    "idn-email": _long_email,
    "uri": _long_uri,
    "url": _long_uri,
    "iri": _long_uri,
    "uri-reference": lambda low, top, dice: "a" * low,
    "iri-reference": lambda low, top, dice: "a" * low,
    "password": lambda low, top, dice: (
        "Horse-7!" * (low // 8 + 1) if top is None else ("Horse-7!" * (top // 8 + 1))[: max(low, min(top, 12))]
    ),
    "hostname": lambda low, top, dice: ".".join(["a" * 60] * (low // 61) + ["a" * (low % 61)]).strip(".") or "a",
    "byte": lambda low, top, dice: "QUJD" * -(-low // 4),
    "regex": lambda low, top, dice: "a" * low,
    "uri-template": lambda low, top, dice: "a" * low,
    "json-pointer": lambda low, top, dice: "/" + "a" * (low - 1) if low else "",
    "duration": lambda low, top, dice: f"P{'1' * max(1, low - 2)}D",
}


def numeric(node: Mapping[str, Json], name: str, scene: Scene, whole: bool, realistic: bool) -> float:
    """A number for a flat node, an int where `whole`. Raises Unsatisfiable when the bounds leave none."""
    low, high = _bounds(node)
    step = node.get("multipleOf")
    unit = Fraction(str(step)) if step else None
    if whole:
        unit = unit if unit is not None and unit.denominator == 1 else Fraction(unit.numerator) if unit else Fraction(1)
    if realistic:
        value = named(scene, name, "integer" if whole else "number")
        if value is not MISSING and fits_number(value, low, high, unit):
            return value  # type: ignore[no-any-return]
    if unit is None:
        return _real(low, high, scene.dice)
    first = ceil(low[0] / unit) if low else None
    last = floor(high[0] / unit) if high else None
    if first is not None and low and low[1] and first * unit == low[0]:
        first += 1
    if last is not None and high and high[1] and last * unit == high[0]:
        last -= 1
    if first is None and last is None:
        first, last = 1, max(1, int(1000 / unit))
    first = first if first is not None else min(last - 1000, 1) if last is not None and last > 0 else (last or 0) - 1000
    last = last if last is not None else max(first + 100, min(1000, first + 1000))
    if first > last:
        raise Unsatisfiable("no number is within the bounds")
    if realistic and first <= 1 and last > 100_000:
        first, last = max(first, 1), 1000
    found = scene.dice.between(first, last) * unit
    return int(found) if found.denominator == 1 else float(found)


Bound = tuple[Fraction, bool]  # and whether the bound itself is out


def _bounds(node: Mapping[str, Json]) -> tuple[Bound | None, Bound | None]:
    lows = [
        (Fraction(str(node[word])), word != "minimum")
        for word in ("minimum", "exclusiveMinimum")
        if _is_number(node.get(word))
    ]
    highs = [
        (Fraction(str(node[word])), word != "maximum")
        for word in ("maximum", "exclusiveMaximum")
        if _is_number(node.get(word))
    ]
    least, most = _UNITS.get(str(node.get("format")), (None, None))
    if least is not None and most is not None:
        lows.append((Fraction(least), False))
        highs.append((Fraction(most), False))
    return max(lows, default=None), min(highs, default=None, key=lambda bound: (bound[0], not bound[1]))


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def fits_number(value: float, low: Bound | None, high: Bound | None, unit: Fraction | None) -> bool:
    """Whether a number is within bounds and a multiple of the unit."""
    exact = Fraction(str(value))
    if low and (exact < low[0] or (low[1] and exact == low[0])):
        return False
    if high and (exact > high[0] or (high[1] and exact == high[0])):
        return False
    return unit is None or (exact / unit).denominator == 1


def _real(low: Bound | None, high: Bound | None, dice: Dice) -> float:
    first = float(low[0]) if low else (min(0.0, float(high[0]) - 1000) if high else 0.0)
    last = float(high[0]) if high else max(1000.0, first + 1000)
    if first > last:
        raise Unsatisfiable("no number is within the bounds")
    last = min(last, first + 10_000) if last - first > 1e6 else last
    span = last - first
    found = round(first + span * (0.05 + 0.9 * dice.fraction()), 2 if span > 1 else 12)
    exact = fits_number(found, low, high, None)
    return found if exact else first if not low or not low[1] else (first + last) / 2
