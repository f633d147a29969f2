"""Where a request carries a key, as the document's security schemes say (OpenAPI 3.1, 4.8.27)."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import quote, quote_plus

from mockserver.spec.model import Api, Json, Operation
from mockserver.world.journal import MASK, SECRET_HEADERS

SECRET_FIELDS = rb"access_token|refresh_token|id_token|client_secret|password|secret|api_key"
TOKENS = re.compile(rb'("(?:' + SECRET_FIELDS + rb')"\s*:\s*")[^"]*(")')
TOKEN_LIKE = re.compile(rb"token|secret|password|api_key")


class Carried(NamedTuple):
    """What carries a secret: headers, and pairs for the query, both ready to send."""

    headers: tuple[tuple[str, str], ...] = ()
    query: tuple[tuple[str, str], ...] = ()


def schemes_of(api: Api) -> Mapping[str, Json]:
    """The security schemes of a document, `$ref`s followed."""
    named = (api.document.content.get("components") or {}).get("securitySchemes") or {}
    found = {}
    for name in named:
        _, found[name] = api.document.resolve(f"/components/securitySchemes/{name}")
    return found


def carried(operation: Operation | None, schemes: Mapping[str, Json], secret: str) -> Carried:
    """How a secret goes with a request: in the operation's first way, else by the first scheme."""
    ways = [way for way in operation.security if way] if operation else []
    names: Iterable[str] = ways[0] if ways else [*schemes][:1] if operation is None else ()
    headers: list[tuple[str, str]] = []
    query: list[tuple[str, str]] = []
    for name in names:
        scheme = schemes.get(name) or {}
        kind, place, label = scheme.get("type"), scheme.get("in"), str(scheme.get("name", ""))
        if kind == "apiKey" and place == "query":
            query.append((label, secret))
        elif kind == "apiKey" and place == "cookie":
            headers.append(("cookie", f"{label}={quote(secret, safe='')}"))
        elif kind == "apiKey":
            headers.append((label.lower(), secret))
        elif kind == "http" and str(scheme.get("scheme", "")).lower() == "basic":
            headers.append(("authorization", f"Basic {_base64(secret if ':' in secret else f'{secret}:')}"))
        elif kind != "mutualTLS":
            headers.append(("authorization", f"Bearer {secret}"))
    return Carried(tuple(headers), tuple(query))


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def is_secured(operation: Operation) -> bool:
    """Whether an operation can't be called without credentials."""
    return bool(operation.security) and all(way for way in operation.security)


class Masks(NamedTuple):
    """What is never shown: headers and query parameters by name, and texts wherever they stand."""

    names: frozenset[str]
    texts: tuple[str, ...]

    def header(self, name: str, value: str) -> str:
        """A header's value as it may be shown; of an Authorization the scheme stays."""
        if name.lower() not in self.names:
            return self.text(value)
        scheme, space, _ = value.partition(" ")
        return f"{scheme} {MASK}" if space and name.lower().endswith("authorization") else MASK

    def path(self, path: str) -> str:
        """A path and query as they may be shown."""
        before, mark, query = path.partition("?")
        parts = [part.partition("=") for part in query.split("&")] if query else []
        shown = "&".join(f"{n}={MASK}" if n.lower() in self.names else f"{n}{eq}{v}" for n, eq, v in parts)
        return self.text(f"{before}{mark}{shown}")

    def text(self, text: str) -> str:
        """A text without the secrets that may stand in it."""
        for secret in self.texts:
            text = text.replace(secret, MASK)
        return text

    def body(self, body: bytes) -> bytes:
        """A body without the secrets that may stand in it."""
        for secret in self.texts:
            body = body.replace(secret.encode(), MASK.encode())
        return TOKENS.sub(rb"\1" + MASK.encode() + rb"\2", body) if TOKEN_LIKE.search(body) else body


def masks(schemes: Mapping[str, Json], secrets: Iterable[str], headers: Iterable[str] = ()) -> Masks:
    """The masks of an API and of the secrets that a user gave, those in headers of their own by their names."""
    names = {str(one.get("name", "")).lower() for one in schemes.values() if one.get("type") == "apiKey"}
    forms = {form for one in secrets for form in _forms(one)}
    known = sorted(forms, key=len, reverse=True)
    return Masks(SECRET_HEADERS | names | {name.lower() for name in headers}, tuple(known))


def _forms(secret: str) -> Iterable[str]:
    """A secret as it may stand in a text: itself, in a URL or a form, in a JSON string, in base64."""
    yield from (secret, quote(secret, safe=""), quote_plus(secret), _base64(secret), _base64(f"{secret}:"))
    yield from (json.dumps(secret, ensure_ascii=is_ascii)[1:-1] for is_ascii in (True, False))
