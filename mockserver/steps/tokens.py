"""Token endpoints (RFC 6749, section 3.2): test tokens that say themselves whose they are, what for and how long."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import orjson

from mockserver.spec.model import Json
from mockserver.steps.call import Call, Guard, Problem, Request
from mockserver.world import times

MARK = "mock-token."
SECONDS = 3600  # for which a token is good, by the world's clock
REFRESH_SECONDS = 30 * 24 * 3600
SECRETS = ("client_secret", "client_id", "username", "password", "api_key")  # what may name a key, the likeliest first
GRANTS = {  # grant type -> what it brings (RFC 6749, sections 4.1.3, 4.3.2, 4.4.2, 6; RFC 7523; RFC 8628; RFC 8693)
    "client_credentials": "",
    "password": "username",
    "authorization_code": "code",
    "refresh_token": "refresh_token",
    "urn:ietf:params:oauth:grant-type:jwt-bearer": "assertion",
    "urn:ietf:params:oauth:grant-type:device_code": "device_code",
    "urn:ietf:params:oauth:grant-type:token-exchange": "subject_token",
}


@dataclass(frozen=True, slots=True)
class Token:
    """What a token says: whose key it stands for, what it may do (anything, when empty), until when."""

    key: str
    scopes: tuple[str, ...]
    expires: int  # milliseconds since 1970 UTC
    refreshes: bool = False


def written(token: Token, number: int, seed: int) -> str:
    """A token as text, signed, so that nobody makes one up; the same for the same token, number and seed."""
    said = orjson.dumps([token.key, " ".join(token.scopes), token.expires, token.refreshes, number])
    payload = base64.urlsafe_b64encode(said).decode().rstrip("=")
    return f"{MARK}{payload}.{_signature(payload, seed)}"


def read(text: str, seed: int) -> Token | None:
    """The token that a text is; None for one that wasn't given out."""
    payload, _, signature = text.removeprefix(MARK).partition(".")
    if signature != _signature(payload, seed):
        return None
    try:
        key, scopes, expires, refreshes, _ = orjson.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, binascii.Error):
        return None
    return Token(key, tuple(scopes.split()), expires, refreshes)


def _signature(payload: str, seed: int) -> str:
    return hashlib.sha256(f"token {seed} {payload}".encode("utf-8", "replace")).hexdigest()[:24]


def issue(known: Callable[[str, Call], Mapping[str, Json] | None], is_open: bool) -> Guard:
    """A handler that puts a token into `call.values['record']`. `known` gives the key that a secret is.

    When `is_open`, there are no keys, and all credentials are good but those that begin with `invalid`.
    """

    def handle(call: Call) -> Problem | None:
        asked = _asked(call)
        grant = str(asked.get("grant_type") or "")
        if "grant_type" in asked and grant not in GRANTS:
            return _refused("unsupported_grant_type", f"there is no grant type {grant[:80]!r}", "grant_type")
        needed = GRANTS.get(grant, "")
        if needed and str(asked.get(needed)).startswith("invalid"):
            return _refused("invalid_grant", "is not valid", needed)
        before = read(str(asked.get("refresh_token")), call.world.seed) if grant == "refresh_token" else None
        secret = before.key if before else _secret(asked, known, is_open, call)
        if secret is None or (before and (before.expires <= call.now or not before.refreshes)):
            return Problem("unauthorized", "the client is not known", code="invalid_client", step="credentials")
        if grant == "refresh_token" and before is None and not is_open:
            return _refused("invalid_grant", "is not valid", "refresh_token")
        call.values["record"] = _given(asked, secret, before, known(secret, call), call)
        return None

    return handle


def _asked(call: Call) -> Mapping[str, Json]:
    """What the client sent: in its body, in the query, in Basic credentials (RFC 6749, section 2.3.1)."""
    request = call.request
    body = call.body if isinstance(call.body, Mapping) else _undeclared(request)
    return {**dict(parse_qsl(request.query)), **_client(request.headers.get("authorization", "")), **body}


def _undeclared(request: Request) -> dict[str, Json]:
    """The body of an endpoint that the document says nothing of: a form or JSON."""
    try:
        value = orjson.loads(request.body) if request.body[:1] == b"{" else dict(parse_qsl(request.body.decode()))
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _client(header: str) -> dict[str, str]:
    kind, _, encoded = header.partition(" ")
    if kind.lower() != "basic":
        return {}
    try:
        name, _, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (ValueError, binascii.Error):
        return {}
    return {"client_id": name, "client_secret": secret}


def _secret(
    asked: Mapping[str, Json], known: Callable[[str, Call], Any], is_open: bool, call: Call
) -> str | None:  # fmt: skip
    """The secret of the key that a client is; None for a client that nobody knows."""
    shown = [str(asked[name]) for name in SECRETS if asked.get(name)]
    if is_open:
        return None if any(one.startswith("invalid") for one in shown) else next(iter(shown), "anybody")
    return next((one for one in shown if known(one, call) is not None), None)


def _given(
    asked: Mapping[str, Json], secret: str, before: Token | None, key: Mapping[str, Json] | None, call: Call
) -> dict[str, Json]:
    """The answer (RFC 6749, section 5.1): no more scopes than the key has, or the token that is refreshed had."""
    wanted = tuple(str(asked.get("scope") or "").split())
    limit = before.scopes if before else tuple(sorted(key["scopes"])) if key and "*" not in key["scopes"] else ()
    scopes = tuple(one for one in wanted if one in limit) if wanted and limit else wanted or limit
    seed, now = call.world.seed, call.now
    token = Token(secret, scopes, now + SECONDS * times.SECOND)
    again = Token(secret, scopes, now + REFRESH_SECONDS * times.SECOND, refreshes=True)
    return {
        "access_token": written(token, call.id, seed),
        "token_type": "Bearer",
        "expires_in": SECONDS,
        "refresh_token": written(again, call.id, seed),
        **({"scope": " ".join(scopes)} if scopes else {}),
    }


def _refused(code: str, detail: str, field: str) -> Problem:
    """A refusal in the codes of RFC 6749, section 5.2."""
    text = detail if detail.startswith("there") else f"{field} {detail}"
    return Problem("malformed-body", text, field=field, code=code, step="token")
