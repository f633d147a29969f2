"""Texts that match a regular expression of a JSON Schema (ECMA-262, as section 6.4 of JSON Schema 2020-12 has it)."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from importlib import import_module
from typing import Any

from mockserver.world.dice import Dice

# The parser of the standard library's own patterns; stubs don't know it.
_parser: Any = import_module("re._parser")
sre: Any = import_module("re._constants")
_LOWER, _UPPER, _DIGITS = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
_CLASSES = {
    sre.CATEGORY_DIGIT: _DIGITS,
    sre.CATEGORY_WORD: _LOWER + _DIGITS + _UPPER + "_",
    sre.CATEGORY_SPACE: " ",
    sre.CATEGORY_NOT_DIGIT: _LOWER,
    sre.CATEGORY_NOT_WORD: " -.,",
    sre.CATEGORY_NOT_SPACE: _LOWER + _DIGITS + _UPPER,
}
_PRINTABLE = _LOWER + _DIGITS + _UPPER + " -_.,:;/@+*#!?()[]{}<>=&%$|~^'`\"\\"
_ALNUM = frozenset(_LOWER + _UPPER + _DIGITS)
_LETTERS = {
    "L": "A-Za-zÀ-ÖØ-öø-ÿ",
    "Lu": "A-Z",
    "Ll": "a-z",
    "N": "0-9",
    "Nd": "0-9",
    "P": "!-/:-@",
    "Zs": " ",
    "S": "$+<=>^`|~",
}
_ECMA = re.compile(
    r"\\(?:p\{(?:\w+=)?(\w+)\}|u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|c([A-Za-z])|(.))|\(\?<(?![=!])|\[\^\]|\[\]|\[|\]",
    re.DOTALL,
)
_TRIES = 60
_ANY = 10_000  # characters, from where on a limit is none


def text_matching(pattern: str, dice: Dice, low: int = 0, high: int | None = None) -> Iterator[str]:
    """Texts that match the pattern, of `low` to `high` characters; ends after a bounded search, maybe without any.

    Raises ValueError for a pattern that can't be read.
    """
    tree, regex = _parsed(pattern)
    top = high if high is not None else max(low + 20, 64)
    fixed = _anchored(tree)
    for attempt in range(_TRIES):
        spread = (0.0, 0.15, 0.4, 1.0)[attempt % 4]
        text = _write(tree, dice, _Size(low, top, spread), [])
        if not all(fixed) and len(text) < low:
            filling = "".join(dice.pick(_LOWER) for _ in range(low - len(text)))
            text = text + filling if not fixed[1] else filling + text
        if low <= len(text) <= top and regex.search(text):
            yield text


def anchors(pattern: str) -> tuple[bool, bool]:
    """Whether a pattern says where a text begins, and where it ends. Raises ValueError for one that can't be read."""
    return _anchored(_parsed(pattern)[0])


def bounds(patterns: Iterable[str]) -> tuple[int, int | None]:
    """The lengths that texts may have by the patterns that describe them whole; None for any. Raises ValueError."""
    widths = [tree.getwidth() for tree in (_parsed(pattern)[0] for pattern in patterns) if all(_anchored(tree))]
    longest = min((int(most) for _, most in widths), default=_ANY)
    return max((least for least, _ in widths), default=0), longest if longest < _ANY else None


def literal_prefix(pattern: str) -> tuple[str, str]:
    """The plain text that an anchored pattern begins with, and the rest of it without the anchors."""
    match = re.match(r"\^((?:[A-Za-z0-9_:-](?![*+?{])|\\[-._])*)(.*?)\$?$", pattern, re.DOTALL)
    return (match[1].replace("\\", ""), match[2]) if match else ("", "")


def class_of(pattern: str) -> tuple[frozenset[str], int, int] | None:
    """The letters and the bounds of length of a pattern that repeats a single class: `[0-9A-F]{8}`; else None."""
    try:
        tree = list(_parsed(pattern)[0])
    except ValueError:
        return None
    if len(tree) == 1 and tree[0][0] is sre.SUBPATTERN:
        tree = list(tree[0][1][3])
    if len(tree) != 1 or tree[0][0] not in (sre.MAX_REPEAT, sre.MIN_REPEAT) or len(tree[0][1][2]) != 1:
        return None
    low, high, (inner,) = tree[0][1]
    if inner[0] is not sre.IN:
        return None
    return frozenset(_members(inner[1])), low, min(int(high), 10_000)


@lru_cache(maxsize=2000)
def compiled(pattern: str) -> re.Pattern[str] | None:
    """The pattern as Python's `re` reads it; None when it can't."""
    try:
        return _parsed(pattern)[1]
    except ValueError:
        return None


@lru_cache(maxsize=2000)
def _parsed(pattern: str) -> tuple[Any, re.Pattern[str]]:
    translated = translate(pattern)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _parser.parse(translated), re.compile(translated)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"the pattern {pattern!r} can't be read: {error}") from None


def translate(pattern: str) -> str:
    r"""A pattern of ECMA-262 in Python's spelling: `(?<n>` is `(?P<n>`, `\p{L}` letters, `\d` ASCII, `$` the end."""
    inside = False

    def one(match: re.Match[str]) -> str:
        nonlocal inside
        whole, (category, braced, four, control, escaped) = match[0], match.groups()
        if whole in ("[", "]"):
            inside, was = whole == "[", inside
            return "\\[" if whole == "[" and was else "\\]" if whole == "]" and not was else whole
        if category is not None:
            letters = _LETTERS.get(category, _LETTERS.get(category[0], "A-Za-z"))
            return letters if inside else f"[{letters}]"
        if braced or four:
            return re.escape(chr(int(braced or four, 16)))
        if control:
            return re.escape(chr(ord(control) % 32))
        if escaped is not None:
            return _ESCAPES.get(escaped, whole) if not inside else _ESCAPES_INSIDE.get(escaped, whole)
        return {"(?<": "(?P<", "[^]": r"[\s\S]", "[]": "(?!)"}[whole]

    body = _ECMA.sub(one, pattern)
    return re.sub(r"(?<!\\)((?:\\\\)*)\$(?=\)|\||$)", r"\1\\Z", body)


_ESCAPES = {"d": "[0-9]", "D": "[^0-9]", "w": "[A-Za-z0-9_]", "W": "[^A-Za-z0-9_]", "/": "/", "z": r"\Z", "Z": r"\Z"}
_ESCAPES |= {c: c for c in "_\"'@#%&=<>!,:;`~eimpyghjkloqxXP"}
_ESCAPES_INSIDE = {"d": "0-9", "w": "A-Za-z0-9_", "/": "/", "b": "\\x08"} | {
    c: c for c in "_\"'@#%=<>!,:;`eimpyghjkloq"
}


class _Size:
    """How long a text should get: `low` to `high` characters; `spread` (0 to 1) of what is free is used."""

    __slots__ = ("high", "low", "spread")

    def __init__(self, low: int, high: int, spread: float) -> None:
        self.low, self.high, self.spread = low, high, spread

    def times(self, least: int, most: int, width: int, dice: Dice) -> int:
        """How often a part is repeated: enough for `low`, within `high`."""
        wanted = -(-self.low // max(width, 1))
        top = min(most, max(least, wanted, least + max(3, 8 - least)), max(least, self.high // max(width, 1)))
        bottom = max(least, min(wanted, top))
        if self.spread == 0.0:
            return bottom
        return dice.between(
            bottom if dice.chance(0.7) else least, max(bottom, round(bottom + (top - bottom) * self.spread))
        )


def _anchored(tree: Any) -> tuple[bool, bool]:
    nodes = list(tree)
    ends = (sre.AT_END, sre.AT_END_STRING)
    first = bool(nodes) and nodes[0][0] is sre.AT and nodes[0][1] in (sre.AT_BEGINNING, sre.AT_BEGINNING_STRING)
    return first, bool(nodes) and nodes[-1][0] is sre.AT and nodes[-1][1] in ends


def _write(tree: Iterable[Any], dice: Dice, size: _Size, groups: list[str]) -> str:
    return "".join(_WRITERS[op](argument, dice, size, groups) for op, argument in tree)


def _repeat(argument: Any, dice: Dice, size: _Size, groups: list[str]) -> str:
    low, high, inner = argument
    width = inner.getwidth()[0]
    most = low + 64 if high is sre.MAXREPEAT else int(high)
    if high is sre.MAXREPEAT and size.low > most:
        most = size.low
    return "".join(_write(inner, dice, size, groups) for _ in range(size.times(low, most, width, dice)))


def _group(argument: Any, dice: Dice, size: _Size, groups: list[str]) -> str:
    number, _, _, inner = argument
    text = _write(inner, dice, size, groups)
    if number:
        groups += [""] * (number + 1 - len(groups))
        groups[number] = text
    return text


def _members(items: Iterable[Any]) -> str:
    members: dict[str, None] = {}
    negated = False
    for op, argument in items:
        if op is sre.NEGATE:
            negated = True
        elif op is sre.LITERAL:
            members[chr(argument)] = None
        elif op is sre.RANGE:
            members.update(dict.fromkeys(map(chr, range(argument[0], min(argument[1], argument[0] + 400) + 1))))
        elif op is sre.CATEGORY:
            members.update(dict.fromkeys(_CLASSES[argument]))
    if negated:
        return "".join(c for c in _PRINTABLE if c not in members) or "".join(
            chr(c) for c in range(161, 1000) if chr(c) not in members
        )
    plain = "".join(c for c in members if c in _ALNUM)
    return plain if len(plain) >= 10 else "".join(members)


def _class(items: Any, dice: Dice, size: _Size, groups: list[str]) -> str:
    every = _members(items)
    return dice.pick(every) if every else ""


def _nothing(argument: Any, dice: Dice, size: _Size, groups: list[str]) -> str:
    return ""


_WRITERS: dict[Any, Callable[[Any, Dice, _Size, list[str]], str]] = {
    sre.LITERAL: lambda code, dice, size, groups: chr(code),
    sre.NOT_LITERAL: lambda code, dice, size, groups: "b" if code == 97 else "a",
    sre.ANY: lambda code, dice, size, groups: dice.pick(_LOWER + _UPPER + _DIGITS + "-_ "),
    sre.IN: _class,
    sre.BRANCH: lambda branches, dice, size, groups: _write(dice.pick(branches[1]), dice, size, groups),
    sre.SUBPATTERN: _group,
    sre.MAX_REPEAT: _repeat,
    sre.MIN_REPEAT: _repeat,
    sre.POSSESSIVE_REPEAT: _repeat,
    sre.ATOMIC_GROUP: lambda inner, dice, size, groups: _write(inner, dice, size, groups),
    sre.GROUPREF: lambda number, dice, size, groups: groups[number] if number < len(groups) else "",
    sre.GROUPREF_EXISTS: _nothing,
    sre.AT: _nothing,
    sre.ASSERT: _nothing,  # a look-ahead is tried for, and found out by matching
    sre.ASSERT_NOT: _nothing,
    sre.FAILURE: _nothing,
}
