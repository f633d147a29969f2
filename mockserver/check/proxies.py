"""Which proxy requests go through: the one that the user names, else the environment's, as other tools take it."""

from __future__ import annotations

import os
import urllib.request
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import urllib3

from mockserver.check.pacing import local


class Proxy(NamedTuple):
    """A proxy: its URL with what it is told of us, and without."""

    url: str
    bare: str
    user: str  # 'user:password', or empty

    @property
    def headers(self) -> Mapping[str, str]:
        """What it is told of us (RFC 9110, 11.7.1)."""
        return urllib3.make_headers(proxy_basic_auth=self.user) if self.user else {}

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown: the password as it is, and as the URL has it."""
        quoted = urlsplit(self.url).password or ""
        return tuple(one for one in {quoted, unquote(quoted), self.user} if len(one) > 3)


def proxy(text: str) -> str:
    """The URL of a proxy, `http://` before it where that was left out. Raises ValueError for what can't be one."""
    url = text if "://" in text else f"http://{text}"
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        fits = False
    if not fits:
        shown = text.rpartition("@")[2]
        raise ValueError(f"{shown!r} is no proxy, such as http://proxy.example.com:3128")
    return url


def chosen(given: str | None, scheme: str, host: str) -> Proxy | None:
    """The proxy for a server: what the user gave, else what the environment says, but none to this machine itself."""
    if given is None:
        if local(host) or urllib.request.proxy_bypass(host):
            return None
        said = urllib.request.getproxies()
        given = said.get(scheme) or said.get("all")
        if not given:
            return None
    url = proxy(given)
    parts = urlsplit(url)
    user = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}" if parts.username else ""
    return Proxy(url, parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl(), user)


def without_proxies(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment in which no proxy is named, so that another program takes none but what it is told."""
    kept = {name: value for name, value in environment.items() if not name.lower().endswith("_proxy")}
    return {**kept, "NO_PROXY": "*", "NETRC": os.devnull}  # a netrc would put another key over ours
