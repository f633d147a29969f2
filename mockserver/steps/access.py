"""Who calls, and may they: credentials (401), then scopes (403)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl

from mockserver.spec.model import Json, Operation
from mockserver.steps import challenges, tokens
from mockserver.steps.call import Call, Guard, Problem, Request
from mockserver.world import times

Extract = Callable[[Request], str | None]
Refuse = Callable[[Call, bool], Problem]
EVERYTHING = frozenset({"*"})
NOTHING = frozenset[str]()
ANYBODY: dict[str, Json] = {"name": "any token", "scopes": EVERYTHING, "secret": "*"}


@dataclass(frozen=True, slots=True)
class Access:
    """An API's keys, and where requests carry them. Without keys, any token counts that isn't `invalid…`."""

    schemes: Mapping[str, Json]  # components.securitySchemes
    keys: Mapping[str, Mapping[str, Json]]
    roles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    users: str | None = None  # the table of the records that keys belong to
    # what known secrets were worked out to be, each with the user record that it was worked out from
    seen: dict[str, tuple[Any, Mapping[str, Json]]] = field(default_factory=dict, repr=False, compare=False)


def extractor(scheme: Mapping[str, Json]) -> Extract:
    """Where a security scheme carries its secret (OpenAPI 3.1, 4.8.27; RFC 6750, RFC 7617)."""
    kind, name = scheme.get("type"), str(scheme.get("name", ""))
    if kind == "apiKey" and scheme.get("in") == "query":
        return lambda request: dict(parse_qsl(request.query, keep_blank_values=True)).get(name) or None
    if kind == "apiKey" and scheme.get("in") == "cookie":
        return lambda request: _cookie(request.headers.get("cookie", ""), name)
    if kind == "apiKey" and name.lower() == "authorization":
        return lambda request: _bare(request.headers.get("authorization", ""))
    if kind == "apiKey":
        header = name.lower()
        return lambda request: request.headers.get(header) or None
    word = str(scheme.get("scheme", "bearer")).lower() if kind == "http" else "bearer"
    if word == "basic":
        return lambda request: _basic(request.headers.get("authorization", ""))
    usual = f"{word.capitalize()} "

    def extract(request: Request) -> str | None:
        header = request.headers.get("authorization", "")
        return header[len(usual) :].strip() or None if header.startswith(usual) else _after(word, header)

    return extract


def _after(word: str, header: str) -> str | None:
    """What follows the name of an authentication scheme (RFC 9110, section 11.4)."""
    kind, _, secret = header.partition(" ")
    return secret.strip() or None if kind.lower() == word else None


def _bare(header: str) -> str | None:
    """A key in Authorization as an apiKey: many documents say so and mean `Bearer KEY` or `Token KEY`."""
    kind, _, secret = header.partition(" ")
    return (secret.strip() if kind.isalpha() and secret else header.strip()) or None


def _basic(header: str) -> str | None:
    encoded = _after("basic", header)
    try:
        return base64.b64decode(encoded or "", validate=True).decode() or None
    except (binascii.Error, ValueError):
        return None


def _cookie(header: str, name: str) -> str | None:
    try:
        found = SimpleCookie(header).get(name)
    except CookieError:
        return None
    return found.value if found else None


def identify(access: Access) -> Guard:
    """Never refuses: notes whose key a request carries, if any, so that limits and the journal know."""
    extractors = [extractor(scheme) for scheme in access.schemes.values()]

    def look(call: Call) -> Problem | None:
        for extract in extractors:
            secret = extract(call.request)
            if secret and (key := _known(access, secret, call)) is not None:
                call.key = key
                return None
        return None

    return look


def _known(access: Access, secret: str, call: Call) -> Mapping[str, Json] | None:
    """The key that a secret is, with what it may do at this moment; None when it is refused."""
    if secret.startswith(tokens.MARK):
        return _issued(access, tokens.read(secret, call.world.seed), call)
    if not access.keys:
        return None if secret.startswith("invalid") else ANYBODY
    entry = access.keys.get(secret) or access.keys.get(secret.partition(":")[0])
    if entry is None or ("expires" in entry and (times.parse(entry["expires"]) or 0) <= call.now):
        return None
    user = None
    if access.users and entry.get("user") is not None:
        user = call.world.tables[access.users].get(entry["user"])
        if user is None:
            return None
    seen = access.seen.get(secret)
    if seen is None or seen[0] is not user:
        seen = access.seen[secret] = user, _principal(access, secret, entry, user)
    return seen[1]


def _issued(access: Access, token: tokens.Token | None, call: Call) -> Mapping[str, Json] | None:
    """The key behind a token that a token endpoint gave out, with the token's scopes."""
    if token is None or token.refreshes or token.expires <= call.now:
        return None
    key = _known(access, token.key, call) if access.keys else ANYBODY
    return key and ({**key, "scopes": frozenset(token.scopes)} if token.scopes else key)


def issue(access: Access) -> Guard:
    """The handler of a token endpoint: puts a token into `call.values['record']`, or refuses whoever asks."""
    return tokens.issue(lambda secret, call: _known(access, secret, call), not access.keys)


def _principal(access: Access, secret: str, entry: Mapping[str, Json], user: Any) -> Mapping[str, Json]:
    """A key with what it may do: its own scopes, and those that its role, or its user's, grants."""
    role = user.get("role", entry.get("role")) if user is not None else entry.get("role")
    scopes = entry.get("scopes")
    granted = access.roles.get(str(role), frozenset()) if role is not None else frozenset()
    if scopes is None and role is None:
        return {**entry, "secret": secret, "scopes": EVERYTHING}
    return {**entry, "secret": secret, "role": role, "scopes": granted | frozenset(scopes or ())}


def authenticate(access: Access, operation: Operation) -> Guard | None:
    """Refuses a call without valid credentials; None for an operation that asks for none.

    Of several ways to satisfy `security`, the first whose scopes the caller has counts; `authorize` refuses the rest.
    """
    ways = _ways(access, operation)
    if not ways or any(not way for way in ways):
        return identify(access) if access.schemes else None
    refuse = refuser(access, operation)
    plans = [([extract for extract, _ in way], frozenset(one for _, many in way for one in many)) for way in ways]

    if len(plans) == 1 and len(plans[0][0]) == 1:
        return _by_one_key(access, plans[0][0][0], plans[0][1], refuse)  # as nearly all are

    def check(call: Call) -> Problem | None:
        missing = None
        for extractors, needs in plans:
            keys = []
            for extract in extractors:
                secret = extract(call.request)
                key = _known(access, secret, call) if secret else None
                if key is None:
                    break
                keys.append(key)
            else:
                lacking = _lacking(needs, keys)
                if not lacking or missing is None:
                    call.key, missing = keys[0], lacking
                if not lacking:
                    break
        if missing is not None:
            call.values["lacking"] = missing
            return None
        return refuse(call, False)

    return check


def _by_one_key(access: Access, extract: Extract, needs: frozenset[str], refuse: Refuse) -> Guard:
    """The guard of an operation that asks for one key."""

    def check(call: Call) -> Problem | None:
        secret = extract(call.request)
        key = _known(access, secret, call) if secret else None
        if key is None:
            return refuse(call, False)
        call.key = key
        if needs and key["scopes"] is not EVERYTHING and (lacking := needs - key["scopes"]):
            call.values["lacking"] = lacking
        return None

    return check


def refuser(access: Access, operation: Operation) -> Refuse:
    """A function that gives the problem of a call without valid credentials: which of those that it brings are not
    valid, else what is asked for. Its second argument: whether to doubt those that are valid, too.
    """
    asked = _asked(access, operation)
    known = [(extractor(one), challenges.refused(one, asked)) for way in asked for one in way]
    missing = challenges.lacking(asked)

    def refuse(call: Call, doubt: bool) -> Problem:
        for extract, problem in known:
            secret = extract(call.request)
            if secret and (doubt or _known(access, secret, call) is None):
                return problem
        return missing

    return refuse


def _lacking(needs: frozenset[str], keys: list[Mapping[str, Json]]) -> frozenset[str]:
    """The scopes that none of some keys has."""
    if not needs or any(key["scopes"] is EVERYTHING for key in keys):
        return NOTHING
    return needs.difference(*(key["scopes"] for key in keys))


def authorize(access: Access, operation: Operation) -> Guard | None:
    """Refuses a key that lacks a scope or role that the operation asks for; None when it asks for none."""
    if not any(scopes for way in _ways(access, operation) for _, scopes in way):
        return None

    def check(call: Call) -> Problem | None:
        lacking = call.values.get("lacking")
        if not lacking:
            return None
        return Problem("forbidden", f"this key lacks the scope {', '.join(sorted(lacking))}", step="scopes")

    return check


def _ways(access: Access, operation: Operation) -> list[list[tuple[Extract, tuple[str, ...]]]]:
    """The alternatives of an operation's `security`: in each, every scheme must be satisfied (4.8.30).

    A client certificate (mutualTLS) is for whoever ends the TLS connection to check.
    """
    schemes = _checked(access)
    return [
        [(extractor(schemes[name]), scopes) for name, scopes in way.items() if name in schemes]
        for way in operation.security
    ]


def _checked(access: Access) -> Mapping[str, Json]:
    return {name: one for name, one in access.schemes.items() if one.get("type") != "mutualTLS"}


def _asked(access: Access, operation: Operation) -> list[list[Json]]:
    schemes = _checked(access)
    return [[schemes[name] for name in way if name in schemes] for way in operation.security]
