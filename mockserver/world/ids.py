"""Keys made from templates such as `usr_{base32:8}`, each the image of a number: no table is needed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Any

from mockserver.spec.errors import SpecError, nearest
from mockserver.world.dice import Shuffle, number
from mockserver.world.patterns import class_of, compiled, literal_prefix
from mockserver.world.source import Key

ALPHABETS = {
    "base32": "0123456789ABCDEFGHJKMNPQRSTVWXYZ",  # Crockford's: no I, L, O, U
    "base36": "0123456789abcdefghijklmnopqrstuvwxyz",
    "hex": "0123456789abcdef",
    "digits": "0123456789",
}
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_TOKEN = re.compile(r"\{(\w+)(?::(\d+))?\}")
_LONGEST = 64


@dataclass(frozen=True, slots=True)
class IdCodec:
    """Numbers to keys and back. The seeded keys are those of 0 … capacity-1; `new_key` never gives one of them."""

    encode: Callable[[int], Key]
    decode: Callable[[Key], int | None]  # the number of a seeded key; None for anything else
    new_key: Callable[[int], Key]
    capacity: int | None  # how many seeded keys there can be; None for no end


@dataclass(frozen=True, slots=True)
class _Form:
    """A template taken apart: its texts, with a field of so many symbols between each two."""

    texts: tuple[str, ...]
    fields: tuple[tuple[str, int], ...]  # kind and length
    size: int  # how many keys there are


def _size(fields: tuple[tuple[str, int], ...]) -> int:
    return prod(1 << 122 if kind == "uuid" else len(ALPHABETS[kind]) ** length for kind, length in fields)


def codec(template: str, seed: int, resource: str, count: int = 0, offset: int = 0) -> IdCodec:
    """The keys of a resource. `{integer}` keys run from `offset` + 1 to `offset` + `count`; the newest (0) is highest.

    Raises SpecError for a template that can't be read, or that has no room for `count` keys.
    """
    form = _form(template)
    if form.fields and form.fields[0][0] == "integer":
        return _integers(form.texts, offset + count)
    half = form.size // 2
    if count > half:
        raise SpecError(f"ids of the form {template!r} have room for {half:,} records only; {count:,} are asked for")
    columns = _columns(form)
    shuffle = Shuffle(form.size // columns, columns, seed, "ids", resource)
    read, write = _reader(form), _writer(form)

    def decode(key: Key) -> int | None:
        found = read(key)
        if found is None:
            return None
        n = shuffle.back(found)
        return n if n < half else None

    def key_after(sequence: int) -> Key:
        if sequence < form.size - half:
            return write(shuffle.forth(half + sequence))
        fields = (*form.fields, ("digits", 8))  # the space is used up: keys grow longer
        longer = _Form((*form.texts, ""), fields, _size(fields))
        return _write(longer, sequence)

    return IdCodec(lambda n: write(shuffle.forth(n)), decode, _by_blocks(key_after), half)


def _by_blocks(key_after: Callable[[int], Key]) -> Callable[[int], Key]:
    """The same keys, so many made at a time: that costs half as much, and the first ones are wanted in every world."""
    blocks: dict[int, list[Key]] = {}

    def key(sequence: int) -> Key:
        block, at = divmod(sequence, BLOCK)
        keys = blocks.get(block)
        if keys is None:
            if len(blocks) >= BLOCKS:
                blocks.clear()
            keys = blocks[block] = [key_after(one) for one in range(block * BLOCK, (block + 1) * BLOCK)]
        return keys[at]

    return key


BLOCK, BLOCKS = 64, 64  # keys in a block, and blocks at hand


def token(template: str, seed: int, *labels: str | int) -> Key:
    """A single key for a purpose, such as a request's id: `token("req_{base32:8}", seed, "request", 7)`."""
    form = _form(template)
    bits = 64 if form.size < 1 << 48 else 512  # far more than the form has room for, so that all are as likely
    return key_at(template, number(seed, *labels, bits=bits))


def key_at(template: str, n: int) -> Key:
    """The key that a large number stands for: the same for the same number."""
    return writer(template)(n)


@lru_cache(256)
def writer(template: str) -> Callable[[int], Key]:
    """The same for a template whose keys are written often."""
    form = _form(template)
    size, write = form.size, _writer(form)
    if form.fields and form.fields[0][0] == "integer":
        before, after = form.texts
        most = 1_000_000_000
        return lambda n: f"{before}{n % most}{after}" if before or after else n % most
    return lambda n: write(n % size)


def template_of(examples: Sequence[Any], pattern: str | None, schema: Mapping[str, Any]) -> str | None:
    """The template that keys like the examples, or matching the pattern, come from; None when nothing tells."""
    kinds = schema.get("type")
    if "integer" in (kinds if isinstance(kinds, list) else [kinds]) or kinds == "number":
        return "{integer}"
    if schema.get("format") in ("uuid", "guid"):
        return "{uuid}"
    for example in (*examples, None):
        found = _of_example(example) if isinstance(example, str) else _of_pattern(pattern) if pattern else None
        if found and (not pattern or _matches(pattern, str(token(found, 0)))):
            return found
        if example is not None and isinstance(example, int) and not isinstance(example, bool) and kinds is None:
            return "{integer}"
    return None


@lru_cache(256)
def _form(template: str) -> _Form:
    texts, fields, end = [], [], 0
    for match in _TOKEN.finditer(template):
        kind, length = match[1], int(match[2] or 0)
        if kind not in (*ALPHABETS, "uuid", "integer"):
            raise SpecError(
                f"{kind!r} in the id template {template!r} is unknown{nearest(kind, (*ALPHABETS, 'uuid', 'integer'))}"
            )
        if kind in ALPHABETS and not 1 <= length <= _LONGEST:
            raise SpecError(
                f"{match[0]} in the id template {template!r} needs a length from 1 to {_LONGEST}: {{{kind}:8}}"
            )
        texts.append(template[end : match.start()])
        fields.append((kind, length))
        end = match.end()
    if not fields or (len(fields) > 1 and "integer" in dict(fields)):
        raise SpecError(
            f"the id template {template!r} needs a field such as {{base32:8}}; {{integer}} stands without others"
        )
    return _Form((*texts, template[end:]), tuple(fields), 0 if "integer" in dict(fields) else _size(tuple(fields)))


def _integers(texts: tuple[str, ...], top: int) -> IdCodec:
    before, after = texts
    plain = not before and not after

    def key(n: int) -> Key:
        return n if plain else f"{before}{n}{after}"

    def decode(key: Key) -> int | None:
        if plain:
            return top - key if isinstance(key, int) and not isinstance(key, bool) and key <= top else None
        text = str(key)
        digits = text[len(before) : len(text) - len(after)]
        if (
            not digits.isdecimal()
            or not digits.isascii()
            or len(digits) > 18
            or f"{before}{int(digits)}{after}" != text
        ):
            return None
        return top - int(digits) if int(digits) <= top else None

    return IdCodec(lambda n: key(top - n), decode, lambda sequence: key(top + 1 + sequence), None)


def _columns(form: _Form) -> int:
    """A divisor of the form's size near its root, for the shuffle."""
    if len(form.fields) == 1 and form.fields[0][0] != "uuid":
        kind, length = form.fields[0]
        return int(len(ALPHABETS[kind]) ** ((length + 1) // 2))
    root = 1
    for kind, length in form.fields:
        radix, times = (2, 122) if kind == "uuid" else (len(ALPHABETS[kind]), length)
        for _ in range(times):
            if root * root * radix * radix <= form.size * radix:
                root *= radix
    return root


def _writer(form: _Form) -> Callable[[int], str]:
    """A function that writes numbers below the form's size."""
    (kind, length), *more = form.fields
    if more or kind in ("uuid", "integer") or length % 2:
        return lambda n: _write(form, n)
    pairs, (before, after) = _pairs(kind), form.texts  # as nearly all are
    radix = len(pairs)
    places = [radix**place for place in reversed(range(length // 2))]
    return lambda n: f"{before}{''.join([pairs[n // place % radix] for place in places])}{after}"


def _write(form: _Form, n: int) -> str:
    pieces = [form.texts[-1]]
    for text, (kind, length) in zip(reversed(form.texts[:-1]), reversed(form.fields), strict=True):
        if kind == "uuid":
            n, bits = n >> 122, n & (1 << 122) - 1
            pieces += (_uuid(bits), text)
            continue
        if length % 2:
            n, digit = divmod(n, len(ALPHABETS[kind]))
            pieces.append(ALPHABETS[kind][digit])
        pairs = _pairs(kind)
        for _ in range(length // 2):
            n, digits = divmod(n, len(pairs))
            pieces.append(pairs[digits])
        pieces.append(text)
    return "".join(reversed(pieces))


@lru_cache
def _pairs(kind: str) -> list[str]:
    """Any two symbols of an alphabet, in order: to write two at a time."""
    return [first + second for first in ALPHABETS[kind] for second in ALPHABETS[kind]]


def _uuid(bits: int) -> str:
    """A version 4 UUID (RFC 9562, section 5.4) from 122 bits."""
    text = f"{bits >> 74:012x}4{bits >> 62 & 0xFFF:03x}{8 | bits >> 60 & 3:x}{bits & (1 << 60) - 1:015x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _reader(form: _Form) -> Callable[[Key], int | None]:
    """The inverse of `_write`: None for a key of any other form."""
    uuid = "([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})"
    symbols = [uuid if k == "uuid" else f"([{ALPHABETS[k]}]{{{n}}})" for k, n in form.fields]
    regex = re.compile("".join(re.escape(t) + s for t, s in zip(form.texts, [*symbols, ""], strict=True)))

    def read(key: Key) -> int | None:
        match = regex.fullmatch(key) if isinstance(key, str) else None
        if match is None:
            return None
        n = 0
        for (kind, length), text in zip(form.fields, match.groups(), strict=True):
            if kind == "uuid":
                raw = int(text.replace("-", ""), 16)
                n = n << 122 | raw >> 80 << 74 | (raw >> 64 & 0xFFF) << 62 | raw & (1 << 62) - 1
            elif kind == "base32":
                n = n * 32**length + int(text.translate(_CROCKFORD), 32)
            else:
                n = n * len(ALPHABETS[kind]) ** length + int(text, len(ALPHABETS[kind]))
        return n

    return read


_CROCKFORD = str.maketrans(ALPHABETS["base32"], "0123456789ABCDEFGHIJKLMNOPQRSTUV")


def _of_example(example: str) -> str | None:
    if UUID.fullmatch(example):
        return "{uuid}"
    match = re.fullmatch(r"((?:[A-Za-z]+[_:-])*)([A-Za-z0-9]+)(\.\.\.|…)?", example)
    if match is None:
        return None
    prefix, body, cut = match.groups()
    length = max(len(body), 8) if cut else len(body)
    if body.isdigit() and not cut and prefix and length < 8:
        return f"{prefix}{{integer}}"
    kind = _kind(body)
    if kind is None or (not prefix and length < 5):
        return None
    return f"{prefix}{{{kind}:{min(max(length, 8) if kind == 'digits' else length, _LONGEST)}}}"


def _kind(body: str) -> str | None:
    """The alphabet that a text is written in."""
    if body.isdigit():
        return "digits"
    if re.fullmatch("[0-9a-f]+", body) and len(body) >= 12:
        return "hex"
    if not any(letter.isdigit() for letter in body) and len(body) < 12:
        return None if body.islower() or body.istitle() else "base32" if body.isupper() else "base36"
    return "base32" if body == body.upper() else "base36"


def _of_pattern(pattern: str) -> str | None:
    prefix, rest = literal_prefix(pattern)
    if not rest:
        return f"{prefix}{{base32:8}}" if prefix else None
    found = class_of(rest)
    if found is None:
        return None
    letters, low, high = found
    length = min(max(8, low), high, _LONGEST)
    kind = next((kind for kind in ALPHABETS if set(ALPHABETS[kind]) <= letters), None)
    return f"{prefix}{{{kind}:{length}}}" if kind else None


def _matches(pattern: str, key: str) -> bool:
    regex = compiled(pattern)
    return regex is None or regex.search(key) is not None
