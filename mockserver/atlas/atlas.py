"""The error atlas: every documented error of every operation, with requests that bring it about by themselves, and the
header that forces it. Each has been tried against a fork of the seeded world: what is listed happens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from mockserver.atlas.asking import Ask, Maker
from mockserver.atlas.trying import tries
from mockserver.commands.table import carry_out
from mockserver.served import ServedApi
from mockserver.service import Service
from mockserver.spec.behaviour import Plan, read
from mockserver.spec.errors import SpecError
from mockserver.spec.model import Json, Operation
from mockserver.world.journal import Entry
from mockserver.world.world import World


class Found(NamedTuple):
    """One error of one operation."""

    api: str
    operation: str
    line: str  # `GET /users/{id}`
    status: int
    cause: str  # which step refuses, as in the journal
    by: str  # how it comes about
    requests: tuple[Ask, ...]  # the last one is answered with the status
    forced: Ask  # the request to send with `Prefer: code=STATUS`


def atlas(service: Service, now: int, apis: Iterable[str] = (), operation: str | None = None) -> Iterator[Found]:
    """The errors of these APIs, of all without any; `now` is real time in milliseconds."""
    for name in apis or service.apis:
        served = service.apis[name]
        for route in served.api.routes:
            if route in served.api.broken:
                continue
            one = served.api.operation(*route)
            if operation in (None, one.id, f"{one.method.upper()} {one.path}"):
                try:
                    yield from _of_operation(service, served, one, now)
                except SpecError:
                    continue  # it can't be served, which is told elsewhere


def _of_operation(service: Service, served: ServedApi, operation: Operation, now: int) -> Iterator[Found]:
    said = read(Plan, served.understanding.operations[operation.path, operation.method].words)
    start, name = service.new_world("atlas"), served.api.name
    maker = Maker(served, operation, said, start, service.seed)
    asks = list(maker.valid())
    valid = next((one for one in asks if 200 <= _outcome(service, start, name, [one], now)[0] < 300), asks[0])
    seen, statuses = set[tuple[int, str, str]](), set[int]()
    line = f"{operation.method.upper()} {operation.path}"
    for by, requests in tries(maker, valid, now):
        status, cause, taken = _outcome(service, start, name, requests, now)
        sort = status, cause, " ".join(by.split()[:2]) if cause == "input" else ""
        if status < 400 or status in (500, 501) or sort in seen or operation.response(status) is None:
            continue
        seen.add(sort)
        statuses.add(status)
        yield Found(name, operation.id, line, status, cause, by, tuple(requests[:taken]), valid)
    for status in sorted(int(one) for one in operation.responses if one.isdigit() and int(one) >= 400):
        if status not in statuses:
            match = {"api": name, "operation": line}
            rule = {"match": match, "when": {"times": 1}, "then": {"status": status}}
            put = Ask("POST", "/_mock/rules", body=rule, control=True, headers={"Content-Type": "application/json"})
            reached, cause, _ = _outcome(service, start, name, [put, valid], now)
            if reached == status:
                yield Found(name, operation.id, line, status, cause, "a rule", (put, valid), valid)


def _outcome(service: Service, start: World, api: str, requests: list[Ask], now: int) -> tuple[int, str, int]:
    """The status of the last answer, which step refused, and how many requests it took: of a sequence that is refused
    early, the rest isn't needed."""
    world = start.fork("atlas")
    status, cause = 0, ""
    for at, ask in enumerate(requests):
        if ask.control:
            carry_out(service, world, "clock" if ask.path.endswith("/clock") else "add-rule", ask.body, now)
            continue
        request = ask.request(api)
        for _ in range(ask.times):
            status = service.answer(world, request, now).status
        entry = world.journal[-1]
        cause = entry.refused_by if isinstance(entry, Entry) else ""
        if status >= 400 and ask.times == 1:
            return status, cause, at + 1
    return status, cause, len(requests)


def shown(found: Found, mount: str) -> dict[str, Json]:
    """An error of the atlas as JSON; `mount` is the prefix of the API's paths where several are served."""
    return {
        "api": found.api, "operation": found.operation, "line": found.line, "status": found.status,
        "cause": found.cause or None, "by": found.by, "requests": [one.shown(mount) for one in found.requests],
        "force": {"headers": {"Prefer": f"code={found.status}"}, "request": found.forced.shown(mount)},
    }  # fmt: skip
