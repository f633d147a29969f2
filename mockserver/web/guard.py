"""Who may use the control API: pure checks of the peer, Host, Origin and token."""

from __future__ import annotations

from collections.abc import Mapping
from hmac import compare_digest
from ipaddress import IPv6Address, ip_address

from mockserver.web.settings import Settings

Refusal = tuple[int, str, str, str]
"""Status, code, message, hint."""


def refusal(settings: Settings, peer: str | None, headers: Mapping[str, str], scheme: str = "http") -> Refusal | None:
    """Why a client may not use the control API; None when it may.

    With a token, the token decides, from everywhere and under every name of the host: a page that doesn't know it gets
    nowhere. Without one, only this machine may ask, and only by a name that no other site can take over (DNS
    rebinding). A repeated header comes joined by ', ', and so fits nothing.
    """
    host = headers.get("host", "")
    if settings.token is not None:
        if not _knows(settings.token, headers):
            return 401, "unauthorized", "The control API asks for its token.", _TOKEN_HINT
    elif not is_loopback(peer):
        return 403, "not_local", "Without a token the control API answers this machine only.", _LOCAL_HINT
    elif host.lower() not in hosts(settings, scheme):
        return 403, "wrong_host", f"The control API is not reached under the name {host[:100]!r}.", _host_hint(settings)
    origin = headers.get("origin")
    if origin is not None and origin.lower() != f"{scheme}://{host.lower()}":
        return 403, "wrong_origin", "Pages of other origins can't use the control API.", _ORIGIN_HINT
    return None


_TOKEN_HINT = "Send it as 'Authorization: Bearer TOKEN' or 'X-Mock-Token: TOKEN'; it was set with --control-token."
_LOCAL_HINT = "Start the server with --control-token TOKEN, and send that token."
_ORIGIN_HINT = "Call it from a test, a terminal or a page that this server itself has sent."


def _host_hint(settings: Settings) -> str:
    return f"Use one of {', '.join(sorted(hosts(settings)))}, or start the server with --control-token TOKEN."


def _knows(token: str, headers: Mapping[str, str]) -> bool:
    """Whether a header holds the token, compared in constant time."""
    scheme, _, bearer = headers.get("authorization", "").partition(" ")
    given = [headers.get("x-mock-token", ""), bearer.strip() if scheme.lower() == "bearer" else ""]
    matches = [compare_digest(each.encode("latin-1"), token.encode()) for each in given]
    return any(matches)


def is_loopback(peer: str | None) -> bool:
    """Whether an address is this machine's own; an IPv4 address may come in IPv6's clothes."""
    if not peer:
        return False
    try:
        address = ip_address(peer.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped.is_loopback
    return address.is_loopback


def hosts(settings: Settings, scheme: str = "http") -> frozenset[str]:
    """The values of Host that name this server from this machine."""
    bound = settings.host.lower()
    names = {"localhost", "127.0.0.1", "[::1]"}
    if bound not in ("", "0.0.0.0", "::"):
        names.add(f"[{bound}]" if ":" in bound else bound)
    with_port = {f"{name}:{settings.port}" for name in names}
    return frozenset(with_port | names if settings.port == {"http": 80, "https": 443}[scheme] else with_port)
