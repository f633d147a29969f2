"""Texts as clients send them: percent-escapes, charsets, and JSON, all within bounds."""

from __future__ import annotations

import codecs
import re
from urllib.parse import unquote_to_bytes

import orjson

from mockserver.spec.model import Json

MAX_DEPTH = 100  # levels of a JSON document; answers wrap records in a few more, and JSON writers stop at 254
CHARSETS = re.compile(
    r"(us-)?ascii|utf-?8|utf-?(16|32)([_-]?[lb]e)?|iso-8859-\d+|latin-?1|windows-\d+|cp\d+|koi8-[ru]|shift[_-]jis"
    r"|euc-(jp|kr)|gb2312|gbk|gb18030|big5"
)  # Python knows more, some of which aren't charsets at all


class Unreadable(Exception):
    """No value can be made of a text; `detail` is a clause that follows the field's name, `path` leads to the part at
    fault.
    """

    def __init__(self, detail: str, path: tuple[str, ...] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.path = path


def unescape_path(text: str) -> str:
    """Percent-decodes (RFC 3986, section 2.1) a text that holds one character for each byte.

    A `%` that begins no escape stands for itself. Raises Unreadable for what isn't UTF-8.
    """
    return text if "%" not in text and text.isascii() else unescape(text, "utf-8")


def unescape_query(text: str) -> str:
    """Percent-decodes, and `+` is a space (WHATWG URL, section 5.1)."""
    return unescape_path(text.replace("+", " ") if "+" in text else text)


def unescape_header(text: str) -> str:
    """A header's text is not percent-encoded (RFC 9110, section 5.5)."""
    return text.strip(" \t")


def unescape(text: str, charset: str) -> str:
    """Percent-decodes into a charset."""
    try:
        octets = text.encode("latin-1")
    except UnicodeEncodeError:  # not from a server, but decoded already
        octets = text.encode("utf-8", "surrogatepass")
    return decoded(unquote_to_bytes(octets), charset)


def decoded(octets: bytes, charset: str) -> str:
    """Text from bytes, a byte order mark dropped. Raises Unreadable."""
    charset = charset.strip().lower()
    try:
        if not CHARSETS.fullmatch(charset):
            raise LookupError(charset)
        return octets.decode(charset).removeprefix("\ufeff")
    except (LookupError, ValueError):
        raise Unreadable(f"is not valid {charset.upper()[:30]}") from None


REFUSED = {  # what orjson says of JSON that is valid, but that it doesn't read
    "depth limit exceeded": f"is nested more than {MAX_DEPTH} levels deep",
    "number is infinity when parsed as double": "holds a number that is larger than any number can be here",
}


def parsed(document: bytes | bytearray | str) -> Json:
    """The value of a JSON document (RFC 8259), nested at most MAX_DEPTH levels. Raises Unreadable."""
    try:
        value = orjson.loads(document)
    except orjson.JSONDecodeError as wrong:
        if wrong.msg in REFUSED:
            raise Unreadable(REFUSED[wrong.msg]) from None
        if "UTF-8" in wrong.msg:
            raise Unreadable(f"is not valid UTF-8{_first_wrong_byte(document)}") from None
        raise Unreadable(f"is not valid JSON: {wrong.msg} (line {wrong.lineno}, column {wrong.colno})") from None
    except UnicodeError:
        raise Unreadable("is not valid UTF-8") from None
    if len(document) > 2 * MAX_DEPTH and deeper(value, MAX_DEPTH):  # a shorter one can't be so deep
        raise Unreadable(f"is nested more than {MAX_DEPTH} levels deep")
    return value


def _first_wrong_byte(document: bytes | bytearray | str) -> str:
    try:
        document if isinstance(document, str) else document.decode()
    except UnicodeDecodeError as wrong:
        return f" (byte {wrong.start + 1})"
    return ""


def embedded(text: str) -> Json:
    """The JSON object or array that a client sent as one text; any other text is itself."""
    if text[:1] not in ("{", "["):
        return text
    try:
        return parsed(text)
    except Unreadable:
        return text


def deeper(value: Json, limit: int) -> bool:
    """Whether a value is nested more than `limit` levels deep."""
    level = [value] if isinstance(value, (dict, list)) else []
    for _ in range(limit):
        below = (one for above in level for one in (above.values() if isinstance(above, dict) else above))
        level = [one for one in below if isinstance(one, (dict, list))]
        if not level:
            return False
    return True


def without_mark(octets: bytes) -> bytes:
    """UTF-8 without its byte order mark."""
    return octets[3:] if octets[:3] == codecs.BOM_UTF8 else octets
