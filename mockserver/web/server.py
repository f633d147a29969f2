"""Listening: sockets that are certain, uvicorn with bounds on what a client may send, and a clean end."""

from __future__ import annotations

import asyncio
import errno
import socket
import sys
from collections.abc import Callable, Iterable
from typing import Any

from uvicorn import Config, Server

from mockserver.web.collecting import Collecting
from mockserver.web.protocol import Looks, bounded
from mockserver.web.settings import Settings
from mockserver.web.wire import App

GRACE = 0.1  # seconds between being ready and the work that nobody waits for


def bind(host: str, port: int) -> list[socket.socket]:
    """Sockets that listen on every address of `host`, all on one port; port 0 takes a free one. Raises OSError.

    They listen at once: two programs may bind one port, only one may listen, so a port in use shows here and not later.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    addresses = list(dict.fromkeys((family, address) for family, _, _, _, address in found))
    sockets: list[socket.socket] = []
    missing: list[OSError] = []
    for family, address in addresses:
        # With several addresses and port 0, the others take the port that the first one got.
        chosen = sockets[0].getsockname()[1] if sockets else address[1]
        try:
            sockets.append(_listening(family, (address[0], chosen, *address[2:]), alone=len(addresses) == 1))
        except OSError as error:
            missing.append(error)
            if error.errno not in ABSENT:
                break
    if missing and (not sockets or missing[-1].errno not in ABSENT):
        for opened in sockets:
            opened.close()
        raise missing[-1]
    return sockets


ABSENT = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)  # `localhost` may name an IPv6 address that a container doesn't have


def _listening(family: int, address: tuple[Any, ...], alone: bool) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        # Elsewhere: start again while old connections linger. On Windows the same option would steal a port in use.
        sock.setsockopt(socket.SOL_SOCKET, EXCLUSIVE if sys.platform == "win32" else socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0 if alone else 1)
        sock.setblocking(False)
        sock.bind(address)
        sock.listen(2048)
    except OSError:
        sock.close()
        raise
    return sock


EXCLUSIVE = getattr(socket, "SO_EXCLUSIVEADDRUSE", 0)


def tls_server(config: Config, tls: Any) -> Server:
    """A server of HTTPS that redirects plain HTTP."""
    from mockserver.web.tls import TlsServer

    return TlsServer(config, tls)


def tls_context(certificate: str | None, key: str | None, host: str) -> Any:
    """What `run` needs for TLS. Raises SpecError when there is no certificate."""
    from mockserver.web.tls import context

    return context(certificate, key, host)


def reason(error: OSError, host: str, port: int) -> str:
    """Why `bind` failed, and what to do."""
    reasons = {
        errno.EADDRINUSE: f"port {port} is in use; choose another with --port, or --port 0 for a free one.",
        errno.EACCES: f"port {port} needs more rights; choose one above 1023 with --port.",
        errno.EADDRNOTAVAIL: f"{host!r} is no address of this machine.",
    }
    return reasons.get(error.errno or 0, f"can't listen on {host} port {port}: {error.strerror}.")


def run(
    app: App, sockets: list[socket.socket], settings: Settings, ready: Callable[[], None], tls: Any = None,
    later: Iterable[object] = (),
) -> None:  # fmt: skip
    """Serves until a signal ends it, over TLS with an `ssl.SSLContext`; calls `ready` once connections are taken, and
    then takes the steps of `later` between requests."""
    interval = max(settings.request_timeout // 2, 1)
    looks = Looks(-(-settings.keep_alive // interval))
    config = Config(
        app,
        http=bounded(settings.max_head),
        loop="auto",
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # who the peer is decides about the control API: no header may say so
        timeout_graceful_shutdown=1,
        timeout_notify=interval,
    )
    server = tls_server(config, tls) if tls else Server(config)
    tasks: list[asyncio.Task[None]] = []

    async def tick() -> None:
        if not tasks:
            ready()
            tasks.append(asyncio.create_task(_stepwise(later)))
            tasks.append(asyncio.create_task(Collecting().go_on()))
        looks.look(server.server_state.connections)

    config.callback_notify = tick
    server.run(sockets=sockets)


async def _stepwise(steps: Iterable[object]) -> None:
    """Takes one step after the other, and lets others have their turn in between; whoever waits already goes first."""
    await asyncio.sleep(GRACE)
    for _ in steps:
        await asyncio.sleep(0)
