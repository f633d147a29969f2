"""Before anything is checked: does the server answer, under which prefix, and is the key accepted?"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

from mockserver.check.checking import Checking
from mockserver.check.connecting import UNREADABLE
from mockserver.check.contract import Contract, Planned
from mockserver.check.credentials import is_secured
from mockserver.check.findings import NO_ANSWER, Exchange
from mockserver.check.options import KEY
from mockserver.check.target import Target, Unreachable
from mockserver.check.wire import request_of
from mockserver.steps.call import Request

PROBES = 3


def probes(contract: Contract) -> list[Planned]:
    """Operations that can be called without knowing anything, the likeliest to answer first."""
    plain = []
    for one in contract.operations.values():
        needs = any(each.required and each.location in ("path", "query", "cookie") for each in one.operation.parameters)
        if one.operation.method == "get" and not needs and "{" not in one.operation.path:
            plain.append(one)
    return sorted(plain, key=lambda one: (one.plan.does != "list", len(one.operation.path)))[:PROBES]


def prefixes(contract: Contract, target: Target) -> list[str]:
    """What may stand before the document's paths: the URL's own path, and the base paths of its servers behind that."""
    own = target.prefix
    bases = [base.rstrip("/") for base in contract.served.api.base_paths if base.rstrip("/")]
    return [own, *(own + base for base in dict.fromkeys(bases) if not own.endswith(base))]


def run(checking: Checking) -> None:
    """Finds the prefix of the target. Raises Unreachable with a plain sentence when nothing can be checked."""
    target, contract = checking.target, checking.contract
    checking.tell("preflight", "is the server there?")
    seen: list[Probe] = []
    for prefix in prefixes(contract, target):
        target.prefix = prefix
        for planned in (*probes(contract),) or (None,):
            request = request_of(planned.operation) if planned else Request("GET", "/")
            exchange = target.send(request)
            if exchange.status == NO_ANSWER:
                raise Unreachable(_silence(target, exchange))
            seen.append(Probe(prefix, planned, exchange))
            if planned is None or (200 <= exchange.status < 300 and not seen[-1].is_page):
                return
    _judge(checking, seen)


class Probe(NamedTuple):
    """A first call, and what came of it."""

    prefix: str
    planned: Planned | None
    exchange: Exchange

    @property
    def is_page(self) -> bool:
        """Whether it got a page for people, from an operation that has none: an application's, or one to sign in."""
        said = (self.exchange.header("content-type") or "").lower()
        responses = self.planned.operation.responses.values() if self.planned else ()
        is_html = "html" in said and self.exchange.answer.lstrip()[:1] == b"<"
        return is_html and not any("html" in media.type for one in responses for media in one.media)

    @property
    def told(self) -> str:
        """`GET /users gave 301`."""
        return f"{self.exchange.method} {self.exchange.path} gave {self.exchange.status}"


def _silence(target: Target, exchange: Exchange) -> str:
    way = f" through the proxy {target.proxy.bare}" if target.proxy else ""
    if exchange.error.startswith(UNREADABLE):
        return f"the server at {target.origin} can't be read{way}: {exchange.error}"
    hint = "; --ca-file FILE trusts its certificate, --insecure any" if "certificate verify" in exchange.error else ""
    return f"the server at {target.origin} can't be reached{way}: {exchange.error}{hint}"


def _judge(checking: Checking, seen: list[Probe]) -> None:
    """Decides what to make of a server on which no probe succeeded."""
    target = checking.target
    there = [one for one in seen if one.exchange.status not in (404, 405, 410) and not one.is_page]
    if not there:
        asked = ", ".join(dict.fromkeys(one.exchange.path for one in seen))
        first = next((one for one in seen if one.is_page), seen[0])
        target.prefix = seen[0].prefix
        gave = "an HTML page" if first.is_page else first.exchange.status
        raise Unreachable(
            f"the server at {target.origin} has none of the document's paths: {asked} gave {gave}; "
            "the URL should be the one at which they begin"
        )
    first = there[0]
    planned, exchange, target.prefix = first.planned, first.exchange, first.prefix
    if target.proxy and exchange.status in (407, 502, 503, 504):
        raise Unreachable(f"the proxy {target.proxy.bare} doesn't let us through to {target.origin}: {first.told}")
    if 300 <= exchange.status < 400:
        raise Unreachable(
            f"the server sends us elsewhere: {first.told}, to {exchange.header('location')}; check that address"
        )
    refused = all(one.exchange.status in (401, 403) for one in there)
    if refused and planned is not None and is_secured(planned.operation):
        if KEY not in checking.options.keys:
            raise Unreachable(f"the server asks for a key: {first.told}; give one with --key, --key-env or --header")
        raise Unreachable(f"the server doesn't accept the key: {first.told}")


def bare(url: str) -> str:
    """An address without a user, password, query or fragment."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()
