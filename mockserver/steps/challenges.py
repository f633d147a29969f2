"""What security schemes ask for: in words, and as challenges of WWW-Authenticate (RFC 9110, section 11.6.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mockserver.spec.model import Json
from mockserver.steps.call import Problem
from mockserver.steps.faults import listed

Scheme = Mapping[str, Json]
Asked = Sequence[Sequence[Scheme]]
"""The schemes of an operation: all of one way, or all of another."""

NAMES = {"basic": "user name and password", "bearer": "bearer token"}
TOKENS = {"oauth2": "OAuth 2.0 access token", "openIdConnect": "OpenID Connect access token"}


def lacking(asked: Asked) -> Problem:
    """The problem of a call that brings no credentials, or not all that are needed together."""
    ways = [listed([_wanted(scheme) for scheme in way], "and") for way in asked if way]
    several = any(len(way) > 1 for way in asked)
    words = (", or " if several else " or ").join(dict.fromkeys(ways)) or "a token"
    verb = "are" if several and len(ways) == 1 else "is"
    return _problem(f"{words} {verb} required", asked)


def refused(scheme: Scheme, asked: Asked) -> Problem:
    """The problem of a call whose credentials for a scheme are not valid."""
    name = f"the {_name(scheme)}{_place(scheme) if scheme.get('type') == 'apiKey' else ''}"
    return _problem(f"{name} {'are' if _is_basic(scheme) else 'is'} not valid", asked)


def _problem(detail: str, asked: Asked) -> Problem:
    every = [scheme for way in asked for scheme in way]
    return Problem("unauthorized", detail, headers=(("WWW-Authenticate", challenge(every)),), step="credentials")


def challenge(schemes: Iterable[Scheme]) -> str:
    """The challenges of some schemes: `Basic realm="mock", Bearer realm="mock"`."""
    words = dict.fromkeys(f'{_word(scheme)} realm="mock"' for scheme in schemes)
    return ", ".join(words) or 'Bearer realm="mock"'


def _word(scheme: Scheme) -> str:
    """The authentication scheme by its registered name; API keys, which have none, are called ApiKey."""
    if scheme.get("type") == "http":
        return str(scheme.get("scheme", "bearer")).capitalize()
    return "ApiKey" if scheme.get("type") == "apiKey" else "Bearer"


def _wanted(scheme: Scheme) -> str:
    """`an API key in the header X-Api-Key`."""
    name = _name(scheme)
    article = "" if name == "credentials" else "an " if name[0] in "AOaeio" else "a "
    return f"{article}{name}{_place(scheme)}"


def _name(scheme: Scheme) -> str:
    kind = str(scheme.get("type"))
    if kind == "http":
        return NAMES.get(str(scheme.get("scheme", "bearer")).lower(), "credentials")
    return "API key" if kind == "apiKey" else TOKENS.get(kind, "token")


def _place(scheme: Scheme) -> str:
    """` in the cookie sid`; of what goes into Authorization, with the word that goes before it."""
    if scheme.get("type") == "apiKey":
        place = {"query": "query parameter", "cookie": "cookie"}.get(str(scheme.get("in")), "header")
        return f" in the {place} {scheme.get('name', '')}"
    return f" in the header Authorization ({_word(scheme)} …)"


def _is_basic(scheme: Scheme) -> bool:
    return _name(scheme) in (NAMES["basic"], "credentials")
