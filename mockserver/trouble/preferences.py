"""What a client asks for with `Prefer` (RFC 7240), or in the query: `Prefer: code=429, delay=800ms`, `?__code=429`.

Names and meanings are those that Prism's users know, and `delay`. A preference that isn't one of these is somebody
else's business, and ignored (RFC 7240, section 2); one of these with a value that can't be meant is refused, since a
test that goes on as if it had been heeded would show nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import unquote_plus

from mockserver.steps.call import Problem, Request
from mockserver.trouble.effects import MAX_DELAY, NONE, Did, Effects
from mockserver.world import times

MARK = "__"  # before the names in the query
_PREFERENCE = re.compile(
    r"""[ \t]*(?P<name>[!#$%&'*+.^`|~\w-]+)[ \t]*"""
    r"""(?:=[ \t]*(?P<value>"(?:[^"\\]|\\.)*"|[^,;"]*))?(?:;[^,]*)?[ \t]*(?:,|$)"""
)
Wish = tuple[str, str]


def wishes(request: Request, in_query: bool) -> tuple[Effects | Problem, Request]:
    """What a request asks for, or why that can't be meant; and the request without what its query asks for."""
    asked = list(_of_header(request.headers["prefer"])) if "prefer" in request.headers else []
    if in_query and MARK in request.query:
        found, rest = _of_query(request.query)
        asked += found
        request = request._replace(query=rest)
    return _read(asked), request


def _of_header(text: str) -> Iterator[Wish]:
    """The preferences of a header by name and value; the first of a name counts (RFC 7240, section 2)."""
    for found in _PREFERENCE.finditer(text):
        value = (found["value"] or "").strip()
        if value.startswith('"'):
            value = re.sub(r"\\(.)", r"\1", value[1:-1])
        yield found["name"].lower(), value


def _of_query(query: str) -> tuple[list[Wish], str]:
    asked, rest = [], []
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if name.startswith(MARK) and name[2:] in READERS:
            asked.append((name[2:], unquote_plus(value)))
        else:
            rest.append(part)
    return asked, "&".join(rest)


def _read(asked: Iterable[Wish]) -> Effects | Problem:
    effects, heeded = NONE, dict[str, str]()
    for name, value in asked:
        if name not in READERS or name in heeded:
            continue
        member, read, right = READERS[name]
        try:
            effects = effects._replace(**{member: read(value)})
        except ValueError:
            detail = f"the preference {name}={value[:50]} can't be meant: {right}"
            return Problem("invalid-parameter", detail, status=400, field="Prefer", step="preferences", told=True)
        heeded[name] = f"{name}={value}"
    if not heeded:
        return NONE
    return effects._replace(done=(Did("", f"Prefer: {', '.join(heeded.values())}"),))


def _code(value: str) -> int:
    if not re.fullmatch(r"[2-5][0-9]{2}", value):
        raise ValueError
    return int(value)


def _named(value: str) -> str:
    if not value:
        raise ValueError
    return value


def _flag(value: str) -> bool:
    if value not in ("true", "false", ""):  # a preference without a value is true
        raise ValueError
    return value != "false"


def _delay(value: str) -> int:
    found = times.span(value)
    if found > MAX_DELAY:
        raise ValueError
    return found


READERS: dict[str, tuple[str, Callable[[str], Any], str]] = {
    "code": ("status", _code, "code is a status from 200 to 599, such as code=429"),
    "example": ("example", _named, "example is the name of one of the operation's examples"),
    "dynamic": ("dynamic", _flag, "dynamic is true or false"),
    "delay": ("delay", _delay, f"delay is a time such as 800ms or 2s, at most {MAX_DELAY // 1000} s"),
}


def applied(effects: Effects) -> str:
    """The value of Preference-Applied (RFC 7240, section 3); empty when the call asked for nothing."""
    return next((did.what.removeprefix("Prefer: ") for did in effects.done if not did.rule), "")
