"""Connections to the server: through a proxy or not, with which certificates, and how an answer is read from one."""

from __future__ import annotations

import ssl
import time
from pathlib import Path
from typing import Any

import urllib3
from urllib3.exceptions import LocationParseError, TimeoutError

from mockserver.check.options import Options
from mockserver.check.proxies import Proxy

MAX_ANSWER = 16 * 1024 * 1024  # bytes of an answer that are read
CHUNK = 65_536
UNREADABLE = "an answer began"  # with which the error starts where one came, but not whole
KEPT_OPEN = "kept open from an earlier call"  # with which the error starts where the server may not have read it
STREAM = "text/event-stream"  # an answer that doesn't end by itself
LISTENED = 1.0  # seconds that such an answer is read


class Endless(Exception):
    """An answer that began, and doesn't end in time."""


def pool(origin: str, options: Options, proxy: Proxy | None) -> urllib3.HTTPConnectionPool:
    """One kept-alive connection, by way of the proxy if there is one. Raises ValueError for what can't be used."""
    more: dict[str, Any] = {"timeout": urllib3.Timeout(options.timeout), "maxsize": 1}
    if origin.startswith("https:"):
        more["ssl_context"] = tls(options)
    if not options.verify:
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    try:
        if proxy is None:
            return urllib3.connection_from_url(origin, **more)
        manager = urllib3.ProxyManager(proxy.bare, proxy_headers=proxy.headers, **more)
        return manager.connection_from_url(origin)
    except LocationParseError as error:
        raise ValueError(f"{error}") from None


def _resting(connections: Any) -> list[Any]:
    queue = getattr(getattr(connections, "pool", None), "queue", ())
    return [one for one in queue if one is not None and one.is_connected]


def is_kept(connections: Any) -> bool:
    """Whether the next request goes over a connection that has been used before and is still open."""
    return bool(_resting(connections))


def renew(connections: Any) -> None:
    """Lets the next request have a new connection."""
    for one in _resting(connections):
        one.close()


def tls(options: Options) -> ssl.SSLContext:
    """Which certificates are trusted, and which is shown. Raises ValueError for a file that can't be used."""
    try:
        context = ssl.create_default_context(cafile=options.ca_file)
    except (OSError, ValueError) as error:
        raise ValueError(f"{options.ca_file} has no certificates in PEM that can be read: {_said(error)}") from None
    if not options.verify:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if options.client_cert:
        cert, key = options.client_cert
        try:
            context.load_cert_chain(cert, key, password="")  # never asks on the terminal
        except (OSError, ValueError) as error:
            raise ValueError(f"the client certificate {cert} can't be used: {_said(error)}") from None
    return context


def _said(error: Exception) -> str:
    return getattr(error, "reason", None) or getattr(error, "strerror", None) or str(error)


def trusted() -> str | bool:
    """The system's certificates as other programs take them: a file, a folder, or True where neither is known."""
    paths = ssl.get_default_verify_paths()
    return next((one for one in (paths.cafile, paths.capath) if one and Path(one).exists()), True)


def read(answer: urllib3.BaseHTTPResponse, seconds: float) -> bytes:
    """The body, MAX_ANSWER bytes of it at most; `seconds` is the time in which it must end, or Endless is raised.

    What isn't read whole closes the connection, so that the rest isn't taken for the next answer.
    """
    if beyond := _beyond(answer):
        answer.close()
        return beyond
    is_stream = (answer.headers.get("content-type") or "").partition(";")[0].strip().lower() == STREAM
    if is_stream:
        seconds = min(LISTENED, seconds)
        _patience(answer, seconds)
    until = time.monotonic() + seconds
    found = bytearray()
    try:
        while len(found) < MAX_ANSWER:
            part = answer.read1(CHUNK)
            if not part:
                answer.release_conn()
                return bytes(found)
            found += part
            if time.monotonic() > until:
                raise Endless(f"{UNREADABLE} and didn't end within {seconds:g} s")
    except (Endless, TimeoutError):
        answer.close()
        if not is_stream:
            raise
    answer.close()
    return bytes(found[:MAX_ANSWER])


def _beyond(answer: urllib3.BaseHTTPResponse) -> bytes:
    """What came after an answer that has no body by its status, method or length (RFC 9112, 6.3): whoever keeps the
    connection would take it for the beginning of the next answer."""
    inner, sock = getattr(answer, "_fp", None), getattr(getattr(answer, "connection", None), "sock", None)
    reader = getattr(inner, "fp", None)
    if getattr(inner, "length", None) != 0 or reader is None or sock is None:
        return b""
    patience = sock.gettimeout()
    try:
        sock.settimeout(0)  # what hasn't arrived by now isn't waited for
        return bytes(reader.peek(1))
    except (OSError, ValueError):
        return b""
    finally:
        sock.settimeout(patience)


def _patience(answer: urllib3.BaseHTTPResponse, seconds: float) -> None:
    """How long to wait for the next part of an answer."""
    if sock := getattr(answer.connection, "sock", None):
        sock.settimeout(seconds)


def reason_of(error: BaseException) -> str:
    """Why a connection failed, in a few words."""
    if isinstance(error.__cause__, OSError) and error.__cause__.strerror:
        return error.__cause__.strerror
    inner = error.args[-1] if error.args and isinstance(error.args[-1], BaseException) else None
    inner = getattr(error, "reason", None) or inner
    if isinstance(inner, BaseException) and inner is not error:
        return reason_of(inner)
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(str(text).rpartition(">: ")[2].split())
