"""Before anything is checked: does the server answer, under which prefix, and is the key accepted?"""

from __future__ import annotations

from urllib.parse import urlsplit

from mockserver.check.checking import Checking
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
    seen: list[tuple[str, Planned | None, Exchange]] = []
    for prefix in prefixes(contract, target):
        target.prefix = prefix
        for planned in (*probes(contract),) or (None,):
            request = request_of(planned.operation) if planned else Request("GET", "/")
            exchange = target.send(request)
            if exchange.status == NO_ANSWER:
                raise Unreachable(f"the server at {target.origin} can't be reached: {exchange.error}")
            seen.append((prefix, planned, exchange))
            if planned is None or 200 <= exchange.status < 300:
                return
    _judge(checking, seen)


def _judge(checking: Checking, seen: list[tuple[str, Planned | None, Exchange]]) -> None:
    """Decides what to make of a server on which no probe succeeded."""
    target = checking.target
    there = [one for one in seen if one[2].status not in (404, 405, 410)]
    if not there:
        asked = ", ".join(dict.fromkeys(exchange.path for _, _, exchange in seen))
        raise Unreachable(
            f"the server at {target.origin} has none of the document's paths: {asked} gave "
            f"{seen[0][2].status}; the URL should be the one at which they begin"
        )
    prefix, planned, exchange = there[0]
    target.prefix = prefix
    asked = f"{exchange.method} {exchange.path} gave {exchange.status}"
    if 300 <= exchange.status < 400:
        raise Unreachable(
            f"the server sends us elsewhere: {asked}, to {exchange.header('location')}; check that address"
        )
    if exchange.status in (401, 403) and planned is not None and is_secured(planned.operation):
        if KEY not in checking.options.keys:
            raise Unreachable(f"the server asks for a key: {asked}; give one with --key, --key-env or --header")
        if exchange.status == 401:
            raise Unreachable(f"the server doesn't accept the key: {asked}")


def bare(url: str) -> str:
    """An address without a user, password, query or fragment."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()
