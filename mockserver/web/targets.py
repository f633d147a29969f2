"""Where deliveries may go: this machine, and hosts that the user allowed; never link-local or metadata addresses."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

Address = IPv4Address | IPv6Address
METADATA = frozenset({ip_address("fd00:ec2::254"), ip_address("100.100.100.200"), ip_address("192.0.0.192")})
HINT = "Deliveries go to this machine; start the server with --allow-webhook-host {host} to let them go there."


class Forbidden(Exception):
    """A delivery that must not go where it is addressed to."""


def objection(url: str, allowed: Collection[str]) -> tuple[str, str] | None:
    """Why a URL is no target, and what would be right; None when it may be one. Nothing is looked up: an address that
    its name turns out to have is judged when a delivery is on its way (`pinned`)."""
    form = "Give it like http://127.0.0.1:8000/hooks."
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return f"{url[:200]!r} is no URL.", form
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        return f"{url[:200]!r} is no http or https URL with a host.", form
    if not url.isascii() or not url.isprintable() or " " in url:
        return f"{url[:200]!r} has characters that must be percent-encoded.", form
    if parts.username is not None:
        return "A URL with a user name or password is no target.", "Leave them out; deliveries are signed instead."
    host = parts.hostname.rstrip(".")
    literal = _address(host)
    if literal is not None and (why := _never(literal)):
        return f"{host} is {why}: deliveries never go there.", form
    if is_named(host, allowed) or host == "localhost" or host.endswith(".localhost"):
        return None
    if literal is not None and literal.is_loopback:
        return None
    return f"{host} is not this machine.", HINT.format(host=host)


def is_named(host: str, allowed: Collection[str]) -> bool:
    """Whether the user allowed a host: by its name or address, or by `*.example.com` for what lies below."""
    lower = host.lower()
    return any(lower == one or (one.startswith("*.") and lower.endswith(one[1:])) for one in allowed)


async def pinned(url: str, allowed: Collection[str]) -> tuple[SplitResult, str, int]:
    """The parts of a URL, and the address and port to connect to: looked up once, judged, and used as it is, so that a
    name which says something else a moment later leads nowhere else. Raises Forbidden, and OSError for a name that
    doesn't exist."""
    if found := objection(url, allowed):
        raise Forbidden(found[0])
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    loop = asyncio.get_running_loop()
    infos = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for info in infos:
        address = _address(str(info[4][0]))
        if address is None or (why := _never(address)):
            raise Forbidden(f"{host} is {info[4][0]}, {why if address else 'no address'}: deliveries never go there.")
        if not address.is_loopback and not is_named(host, allowed):
            raise Forbidden(f"{host} is {address}, not this machine.")
    return parts, str(infos[0][4][0]), port


def _address(text: str) -> Address | None:
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _never(address: Address) -> str:
    """What an address is that nothing is ever sent to; empty for any other."""
    if address.is_link_local:
        return "link-local"
    if address in METADATA:
        return "a cloud's metadata service"
    if address.is_multicast:
        return "multicast"
    return "no address of a host" if address.is_unspecified else ""
