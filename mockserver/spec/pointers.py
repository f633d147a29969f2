"""JSON pointers (RFC 6901), and the trails that a walk leaves: a pointer is only written out when it is needed."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, unquote

from mockserver.spec.model import Json

Trail = tuple[Any, str | int] | None
"""Where a walk stands: (the trail of the parent, the last token); None at the root."""


def escape(token: str) -> str:
    """A token as it stands in a pointer: `/users/{id}` is `~1users~1{id}`."""
    return token.replace("~", "~0").replace("/", "~1")


def tokens(pointer: str) -> list[str]:
    """The tokens of a pointer; none for the empty pointer, which is the whole document."""
    parts = pointer.split("/")[1:]
    return [token.replace("~1", "/").replace("~0", "~") for token in parts] if "~" in pointer else parts


def join(pointer: str, *more: str | int) -> str:
    """A pointer further down: `join('/paths', '/users', 'get')` is `/paths/~1users/get`."""
    return pointer + "".join(f"/{escape(str(token))}" for token in more)


def written(trail: Trail) -> str:
    """The pointer of a trail."""
    parts: list[str] = []
    while trail is not None:
        trail, token = trail
        parts.append(escape(str(token)))
    return "".join(f"/{part}" for part in reversed(parts))


def trail_of(pointer: str) -> Trail:
    """The trail of a pointer."""
    trail: Trail = None
    for token in tokens(pointer):
        trail = (trail, token)
    return trail


def look_up(content: Json, pointer: str) -> Json:
    """What stands at a pointer. Raises LookupError when nothing does."""
    node = content
    for token in tokens(pointer):
        if isinstance(node, dict):
            node = node[token]
        elif isinstance(node, list) and token.isdecimal():
            node = node[int(token)]
        else:
            raise LookupError(token)
    return node


def of_reference(reference: str) -> str:
    """The pointer of an internal `$ref`: its fragment, percent-escapes undone (RFC 6901, section 6)."""
    fragment = reference[1:]
    return unquote(fragment) if "%" in fragment else fragment


def as_reference(pointer: str) -> str:
    """A pointer as a URI fragment, `#` included."""
    return "#" + quote(pointer, safe="/~!$&'()*+,;=:@-._{}")
