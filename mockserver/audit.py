"""The retry audit: how each client behaved when it was refused, from what the world's journal remembers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from itertools import pairwise
from typing import Any

from mockserver.served import ServedApi
from mockserver.spec.model import Json
from mockserver.world import times
from mockserver.world.journal import Entry
from mockserver.world.world import World

REFUSED = frozenset({429, 503})
ALIKE = 0.05  # gaps that differ by less are the same: the network isn't a clock
GROWS = 1.2  # how much longer a growing gap is than the one before
PAUSE = 60_000  # milliseconds: single requests that follow each other within it could have been one bulk request


@dataclass(slots=True)
class Chain:
    """One request and the times of its attempts, until it wasn't refused any more."""

    sent: list[int] = field(default_factory=list)
    waits: list[int] = field(default_factory=list)  # what Retry-After said, milliseconds; -1 where it said nothing
    recovered: bool = False


def audit(apis: Mapping[str, ServedApi], world: World) -> list[dict[str, Json]]:
    """How each client of each API behaved, by its key; the busiest first. Times are those of the world's clock."""
    clients: dict[tuple[str, str], list[Entry]] = {}
    for entry in world.journal:
        if isinstance(entry, Entry) and entry.api in apis:
            clients.setdefault((entry.api, str(entry.key.get("name") or "")), []).append(entry)
    found = [_client(apis[api], key, entries, world) for (api, key), entries in clients.items()]
    return sorted(found, key=lambda one: -int(one["requests"]))


def _client(served: ServedApi, key: str, entries: Sequence[Entry], world: World) -> dict[str, Json]:
    chains = _chains(entries)
    gaps = [[b - a for a, b in pairwise(chain.sent)] for chain in chains]
    refused = [one for one in entries if one.answer.status in REFUSED]
    early = sum(gap < wait for chain, own in zip(chains, gaps, strict=True)
                for gap, wait in zip(own, chain.waits, strict=False))  # fmt: skip
    secret = str(entries[-1].key.get("secret", ""))
    told = {
        "api": served.api.name, "key": key or None, "requests": len(entries), "refused": len(refused),
        "would_be_refused": world.counters.get(("over", served.api.name, secret), 0),
        "retries": sum(map(len, gaps)), "retries_too_early": early, "requests_too_early": _during_waits(entries),
        "recovered": sum(chain.recovered for chain in chains),
        "given_up": sum(not chain.recovered for chain in chains),
        "backoff": _backoff(gaps), "jitter": _jitter(gaps), "bulk": _bulk(served, entries),
    }  # fmt: skip
    return {**told, "advice": _advice(told)}


def _chains(entries: Sequence[Entry]) -> list[Chain]:
    """The requests that were refused, each with its further attempts: the same method, path, query and body."""
    open_chains: dict[Any, Chain] = {}
    found: list[Chain] = []
    for entry in entries:
        request = entry.request
        label = request.method, request.path, request.query, request.body
        chain = open_chains.get(label)
        if entry.answer.status in REFUSED:
            if chain is None:
                chain = open_chains[label] = Chain()
                found.append(chain)
            chain.sent.append(entry.at)
            chain.waits.append(_wait(entry))
        elif chain is not None:
            chain.sent.append(entry.at)
            chain.recovered = True
            del open_chains[label]
    return found


def _wait(entry: Entry) -> int:
    """The milliseconds that an answer asks to wait (RFC 9110, 10.2.3); -1 where it doesn't."""
    said = next((value for name, value in entry.answer.headers if name.lower() == "retry-after"), "")
    if said.isascii() and said.isdigit():
        return int(said) * times.SECOND
    try:
        return int(parsedate_to_datetime(said).timestamp() * times.SECOND) - entry.at
    except (ValueError, TypeError):
        return -1


def _during_waits(entries: Sequence[Entry]) -> int:
    """Requests of any kind that a client sent while its rate limit told it to wait."""
    until, count = -1, 0
    for entry in entries:
        count += entry.at < until
        if entry.answer.status == 429:
            until = max(until, entry.at + _wait(entry))
    return count


def _backoff(gaps: Iterable[Sequence[int]]) -> str | None:
    """How waits follow each other; None where no request was tried three times."""
    pairs = [pair for own in gaps for pair in pairwise(own)]
    if not pairs:
        return None
    growing = sum(after >= GROWS * before and after > before for before, after in pairs)
    same = sum(abs(after - before) <= ALIKE * max(after, before) for before, after in pairs)
    if growing == len(pairs):
        return "growing"
    return "constant" if same == len(pairs) else "irregular" if growing or same < len(pairs) else "constant"


def _jitter(gaps: Sequence[Sequence[int]]) -> bool | None:
    """Whether the same wait of several requests differs; None where there are no two to compare."""
    longest = max(map(len, gaps), default=0)
    turns = [[own[at] for own in gaps if len(own) > at] for at in range(longest)]
    compared = [turn for turn in turns if len(turn) > 1]
    if not compared:
        return None
    return any(max(turn) - min(turn) > ALIKE * max(turn) for turn in compared)


def _bulk(served: ServedApi, entries: Sequence[Entry]) -> list[dict[str, Json]]:
    """Single requests in a row that a bulk operation of the same resource would have saved."""
    plans = {served.api.operation(*route).id: said.words for route, said in served.understanding.operations.items()}
    many = {
        (said.get("resource"), str(said["does"]).removeprefix("batch-")): name
        for name, said in plans.items() if str(said.get("does")).startswith("batch-")
    }  # fmt: skip
    found = []
    for name, said in plans.items():
        bulk = many.get((said.get("resource"), str(said.get("does"))))
        sent = [one.at for one in entries if one.operation == name and 200 <= one.answer.status < 300]
        if bulk is None or len(sent) < 2:
            continue
        runs = [1]
        for before, after in pairwise(sent):
            runs = [*runs[:-1], runs[-1] + 1] if after - before <= PAUSE else [*runs, 1]
        most = _most(served, bulk)
        saved = sum(count - -(-count // most) for count in runs if count > 1)
        if saved:
            found.append({"operation": name, "requests": len(sent), "bulk": bulk, "saved": saved})
    return found


def _most(served: ServedApi, bulk: str) -> int:
    """How many records one bulk request takes."""
    schemas = served.around.schemas
    known = (served.api.operation(*route) for route in served.understanding.operations)
    operation = next(one for one in known if one.id == bulk)
    node: Json = {"$ref": f"#{operation.body.media[0].schema}"} if operation.body and operation.body.media else {}
    nodes = [node, *schemas.properties(node).values()]
    found = [part["maxItems"] for one in nodes for part in schemas.parts(one) if "maxItems" in part]
    return max(1, int(min(found, default=10**6)))


def _advice(told: Mapping[str, Any]) -> list[str]:
    """What a client's author should look at."""
    found = []
    if told["retries_too_early"]:
        found.append(f"{told['retries_too_early']} retries came before Retry-After had passed: wait so long.")
    if told["requests_too_early"] > told["retries_too_early"]:
        found.append("Other requests went on while the rate limit told to wait: hold all of a key's requests back.")
    if told["backoff"] in ("constant", "irregular"):
        found.append("Waits between retries don't grow: back off exponentially.")
    if told["jitter"] is False:
        found.append("Waits have no jitter: clients that were refused together come back together.")
    if told["given_up"]:
        found.append(f"{told['given_up']} requests were given up after a refusal.")
    for one in told["bulk"]:
        found.append(f"{one['bulk']} in place of {one['operation']} would have saved {one['saved']} requests.")
    return found
