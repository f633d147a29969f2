"""Names in plain ASCII, as they stand in e-mail addresses and domains."""

from __future__ import annotations

import re
from unicodedata import normalize


def _zipped(letters: str, spellings: str) -> dict[str, str]:
    return dict(zip(letters, spellings.split(), strict=True))


_LETTERS = {
    "ß": "ss",
    "æ": "ae",
    "ø": "o",
    "å": "a",
    "œ": "oe",
    "ð": "d",
    "þ": "th",
    "ł": "l",
    "đ": "d",
    "\u0131": "i",
    "ħ": "h",
    "\u0259": "a",
    "\u02bc": "",
    "'": "",
    "\u2019": "",
    **_zipped(
        "абвгдеёзийклмнопрстуфхцыэіїєґђјљњћџ",
        ("a b v g d e e z i y k l m n o p r s t u f kh ts y e i yi ye g dj j lj nj c dz"),
    ),
    **dict(zip("жчшщюяъь", ("zh", "ch", "sh", "shch", "yu", "ya", "", ""), strict=True)),
    **_zipped("αβγδεζηθικλμνξοπρσςτυφχψω", "a v g d e z i th i k l m n x o p r s s t y f ch ps o"),
}
_GERMAN = {"ä": "ae", "ö": "oe", "ü": "ue"}
_SYLLABLES = tuple(c + v for c in "bdfghjklmnprstvz" for v in "aeiou")


def slug(text: str, locale: str = "en_US", index: int = 0) -> str:
    """`Jürgen` is `juergen` in German and `jurgen` elsewhere, `雪梅` is `xuemei`; where all that fails, syllables."""
    table = {**_LETTERS, **_GERMAN} if locale.startswith("de") else _LETTERS
    plain = normalize("NFKD", "".join(table.get(letter, letter) for letter in text.lower()))
    letters = "".join(table.get(letter, letter) for letter in plain)
    found = re.sub("[^a-z0-9]+", "-", re.sub("[\u0300-\u036f]", "", letters)).strip("-")
    return found or _spoken(text) or syllables(index)


def _spoken(text: str) -> str:
    """A text of another script as it sounds, roughly: by faker's tables, loaded for the locales that need them."""
    from faker.decode import unidecode

    found = "-".join(re.sub("[^a-z0-9]+", "", str(unidecode(word)).lower()) for word in text.split()).strip("-")
    return found if len(found) > 1 else ""


def syllables(index: int) -> str:
    """A pronounceable word for a number, another one for each: at least two syllables."""
    word, left = "", index + len(_SYLLABLES)
    while left:
        left, place = divmod(left, len(_SYLLABLES))
        word = _SYLLABLES[place] + word
    return word
