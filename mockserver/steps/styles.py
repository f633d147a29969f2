"""Parameters as they are written in a path, query, header or cookie (OpenAPI 3.1, sections 4.8.12 and 4.8.12.6)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from mockserver.spec.model import Json, Parameter
from mockserver.spec.schema import KINDS, Schema, Schemas
from mockserver.steps.casts import SCALARS, Tree, cast_of, same, text_of
from mockserver.steps.texts import Unreadable, parsed, unescape_header, unescape_path, unescape_query

Decoder = Callable[[Sequence[str]], Json]
"""From the raw texts of a parameter, each occurrence one, to its value. Raises Unreadable."""
Cut = Callable[[Sequence[str]], Tree]
Unescape = Callable[[str], str]

ENCODED = {",": re.compile("%2[Cc]"), "|": re.compile(r"\||%7[Cc]"), " ": re.compile(r" |\+|%20"),
           "\t": re.compile("\t|%09")}  # fmt: skip


def decoder(parameter: Parameter, schemas: Schemas) -> Decoder:
    """Compiles how a parameter is read: cut by its style, percent-decoded, typed by its schema.

    A query parameter in brackets (deepObject, `a[]=`, `a[0]=`) is not read here but by `inputs`, from names.
    """
    # the style cookie is not percent-encoded (3.2, 4.12.4)
    unescape = unescape_header if parameter.style == "cookie" else UNESCAPES[parameter.location]
    if parameter.media_type is not None:
        return document(parameter, unescape)
    if (plain := plain_cast(parameter, schemas)) is not None:
        return plain_text(plain, unescape)
    schema = schemas.at(parameter.schema, "request")
    cast, shape = cast_of({"$ref": "#" + parameter.schema}, schemas), shape_of(schema.kinds)
    if shape == "text" or parameter.style not in CUTS:  # deepObject without brackets is a text
        strip = BEGINNINGS[parameter.style](parameter.name) if parameter.style in BEGINNINGS else same
        cast = text_of({"$ref": "#" + parameter.schema}, schemas) if shape == "text" else cast
        return one_text(cast, schema, strip, unescape)
    cut = CUTS[parameter.style](parameter, shape, unescape)
    loose = bool(schema.kinds & SCALARS)

    def decode(texts: Sequence[str]) -> Json:
        tree = cut(texts)
        if tree == [] and not schema.is_valid([]):
            tree = [""]  # `tags=` is an empty list, or, where that may not be, a list of an empty text
        return cast(tree[0] if loose and isinstance(tree, list) and len(tree) == 1 else tree)

    return decode


def plain_cast(parameter: Parameter, schemas: Schemas) -> Callable[[str], Json] | None:
    """How the text of a parameter becomes its value where that is all there is to it; None where there is more."""
    schema = schemas.at(parameter.schema, "request")
    plain = parameter.style in ("form", "simple") and parameter.location != "header" and parameter.media_type is None
    either = "string" in schema.kinds and 1 < len(schema.kinds) < len(KINDS)
    if not plain or either or shape_of(schema.kinds) != "text":
        return None
    return text_of({"$ref": "#" + parameter.schema}, schemas)


def shape_of(kinds: frozenset[str]) -> str:
    """`text`, `list` or `object`: what the text of a parameter of these JSON types is cut into."""
    if kinds == KINDS:
        return "text"
    return "list" if "array" in kinds else "object" if "object" in kinds and not kinds & SCALARS else "text"


def one_text(cast: Callable[[Tree], Json], schema: Schema, strip: Callable[[str], str], unescape: Unescape) -> Decoder:
    """Reads a parameter that is one text; where a text and another type may stand, whichever is valid."""
    either = "string" in schema.kinds and len(schema.kinds) > 1

    def decode(texts: Sequence[str]) -> Json:
        if len(texts) != 1:
            raise Unreadable("must be given once")
        text = unescape(strip(texts[0]))
        value = cast(text)
        return text if either and value is not text and not schema.is_valid(value) else value

    return decode


def plain_text(cast: Callable[[str], Json], unescape: Unescape) -> Decoder:
    """Reads a parameter that is one text with nothing around it, unescaped when there is something to unescape."""

    def decode(texts: Sequence[str]) -> Json:
        if len(texts) != 1:
            raise Unreadable("must be given once")
        text = texts[0]
        if "%" in text or "+" in text or not text.isascii():
            text = unescape(text)
        return cast(text)

    return decode


def document(parameter: Parameter, unescape: Unescape) -> Decoder:
    """Reads a `content` parameter: JSON, or else a text."""
    is_json = "json" in (parameter.media_type or "")

    def decode(texts: Sequence[str]) -> Json:
        if len(texts) != 1:
            raise Unreadable("must be given once")
        text = unescape(texts[0])
        return parsed(text) if is_json else text

    return decode


UNESCAPES: dict[str, Unescape] = {
    "path": unescape_path, "query": unescape_query, "header": unescape_header, "cookie": unescape_path,
    "querystring": unescape_query,
}  # fmt: skip


def pieces(text: str, mark: str) -> list[str]:
    """Cuts a raw text at `mark`, which clients also send percent-encoded; a bare comma counts before an encoded one."""
    if mark == "," and mark in text:
        return text.split(mark)
    return ENCODED[mark].split(text) if mark in ENCODED else text.split(mark)


def pairs(parts: Sequence[str], explode: bool, unescape: Unescape) -> dict[str, Tree]:
    """`['R=100', 'G=200']` exploded, or `['R', '100', 'G', '200']`, as an object."""
    if explode:
        cut = [part.partition("=") for part in parts if part]
        if not all(mark for _, mark, _ in cut):
            raise Unreadable("must be written as name=value pairs")
        return {unescape(name): unescape(value) for name, _, value in cut}
    if len(parts) % 2:
        raise Unreadable("must be written as names and values in turn")
    return {unescape(parts[i]): unescape(parts[i + 1]) for i in range(0, len(parts), 2)}


def shaped(parts: Sequence[str], shape: str, explode: bool, unescape: Unescape) -> Tree:
    """Pieces as a list or an object; one empty piece is an empty list."""
    if shape == "object":
        return pairs(parts, explode, unescape)
    return [unescape(part) for part in parts] if list(parts) != [""] else []


def dotted(name: str) -> Callable[[str], str]:
    """`.blue`"""

    def strip(text: str) -> str:
        if not text.startswith("."):
            raise Unreadable("must begin with a dot, such as .blue")
        return text[1:]

    return strip


def semicoloned(name: str) -> Callable[[str], str]:
    """`;color=blue`, or `;color` for an empty text"""

    def strip(text: str) -> str:
        if text == f";{name}":
            return ""
        if not text.startswith(f";{name}="):
            raise Unreadable(f"must be written as ;{name}=value")
        return text[len(name) + 2 :]

    return strip


BEGINNINGS = {"label": dotted, "matrix": semicoloned}


def simple(parameter: Parameter, shape: str, unescape: Unescape) -> Cut:
    """`blue,black`, `R,100,G,200`, exploded `R=100,G=200`"""
    return lambda texts: shaped(pieces(",".join(texts), ","), shape, parameter.explode, unescape)


def label(parameter: Parameter, shape: str, unescape: Unescape) -> Cut:
    """`.blue,black`, `.R,100,G,200`, exploded `.blue.black`, `.R=100.G=200`; dots also count where commas should be."""
    strip = dotted(parameter.name)

    def cut(texts: Sequence[str]) -> Tree:
        text = strip(texts[0])
        mark = "," if not parameter.explode and ("," in text or "%2c" in text.lower()) else "."
        return shaped(pieces(text, mark), shape, parameter.explode, unescape)

    return cut


def matrix(parameter: Parameter, shape: str, unescape: Unescape) -> Cut:
    """`;color=blue,black`, `;color=R,100,G,200`, exploded `;color=blue;color=black`, `;R=100;G=200`"""
    strip = semicoloned(parameter.name)

    def cut(texts: Sequence[str]) -> Tree:
        if not parameter.explode:
            return shaped(pieces(strip(texts[0]), ","), shape, False, unescape)
        first, *parts = texts[0].split(";")
        if first or not parts:
            raise Unreadable("must begin with a semicolon")
        if shape == "object":
            return pairs(parts, True, unescape)
        return shaped([strip(f";{part}") for part in parts], shape, True, unescape)

    return cut


def delimited(mark: str) -> Callable[[Parameter, str, Unescape], Cut]:
    """`blue,black` with commas, spaces, bars or tabs; exploded one text for each item."""

    def style(parameter: Parameter, shape: str, unescape: Unescape) -> Cut:
        if parameter.explode and shape == "list":
            return lambda texts: shaped(texts, shape, True, unescape)
        return lambda texts: shaped(
            [part for text in texts for part in pieces(text, mark)], shape, parameter.explode, unescape
        )

    return style


CUTS: dict[str, Callable[[Parameter, str, Unescape], Cut]] = {
    "simple": simple,
    "label": label,
    "matrix": matrix,
    "form": delimited(","),
    "cookie": delimited(","),  # of OpenAPI 3.2
    "spaceDelimited": delimited(" "),
    "pipeDelimited": delimited("|"),
    "tabDelimited": delimited("\t"),  # of Swagger 2.0
}


def split_query(query: str) -> Iterable[tuple[str, str]]:
    """The raw pairs of a query or form; a name without `=` has an empty value."""
    for part in query.split("&"):
        name, _, text = part.partition("=")
        if name:
            yield name, text


def split_cookies(header: str) -> Iterable[tuple[str, str]]:
    """The raw pairs of a Cookie header (RFC 6265, section 5.4); quotes around a value are dropped."""
    for part in header.split(";"):
        name, mark, text = part.strip(" \t").partition("=")
        if mark:
            yield name, text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
