"""What the control API does: a plain function for each path and method, in one table. control.yaml describes it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from itertools import islice
from typing import Any

import yaml

from mockserver.web.asked import Asked, Refused
from mockserver.world import journal, times
from mockserver.world.clock import Clock
from mockserver.world.table import Table

HEALTH = "/_mock/health"
Endpoint = Callable[[Asked], Any]
"""Answers a JSON value, or the text of a YAML document as bytes."""


def index(asked: Asked) -> Any:
    """What is served, and where the rest of this API is."""
    asked.only()
    several = len(asked.service.apis) > 1
    apis = [
        {
            "name": name,
            "title": served.api.title,
            "base_paths": [f"/{name}{base}" if several else base for base in served.api.base_paths],
        }
        for name, served in asked.service.apis.items()
    ]
    return {"apis": apis, "links": [path for path in ENDPOINTS if path != "/_mock"]}


def health(asked: Asked) -> Any:
    """That the server answers."""
    return {"status": "ok"}


def show_clock(asked: Asked) -> Any:
    """The world's time."""
    asked.only()
    clock = asked.world.clock
    return {"now": times.text(clock.read(asked.now), "milliseconds"), "frozen": clock.frozen is not None}


def set_clock(asked: Asked) -> Any:
    """Moves the world's clock and lets happen what falls due by that."""
    sent = asked.json()
    if not isinstance(sent, dict) or len(sent) != 1 or not sent.keys() <= CLOCK.keys():
        message = f"The body is an object with exactly one of {', '.join(CLOCK)}."
        raise Refused(400, "bad_clock", message, CLOCK_HINT)
    ((name, value),) = sent.items()
    clock = CLOCK[name](asked.world.clock, value, asked.now)
    if not clock.can_show(clock.read(asked.now)):
        raise Refused(400, "out_of_range", "The clock would leave the years 1 to 9999.", "Move it by less.")
    asked.world.clock = clock
    asked.service.catch_up(asked.world, asked.now)
    return show_clock(asked)


CLOCK_HINT = 'Send {"advance": "PT72H"}, {"freeze": "2026-01-01T00:00:00Z"} or {"resume": true}.'


def _advance(clock: Clock, value: Any, now: int) -> Clock:
    try:
        by = times.duration(value if isinstance(value, str) else "")
    except ValueError:
        message = "advance takes an ISO 8601 duration such as PT30S, PT72H or P30D."
        raise Refused(400, "bad_duration", message, CLOCK_HINT) from None
    if by < 0:
        hint = "To go back, freeze an earlier time, or reset."
        raise Refused(400, "bad_duration", "advance only goes forward.", hint)
    return clock.advanced(by)


def _freeze(clock: Clock, value: Any, now: int) -> Clock:
    at = times.parse(value)
    if at is None:
        message = "freeze takes an RFC 3339 time such as 2026-01-01T00:00:00Z."
        raise Refused(400, "bad_time", message, CLOCK_HINT)
    return clock.stopped(at)


def _resume(clock: Clock, value: Any, now: int) -> Clock:
    if value is not True:
        raise Refused(400, "bad_resume", "resume takes true, and nothing else.", 'Send {"resume": true}.')
    return clock.resumed(now)


CLOCK: dict[str, Callable[[Clock, Any, int], Clock]] = {"advance": _advance, "freeze": _freeze, "resume": _resume}


def reset(asked: Asked) -> Any:
    """The world back to its seeded state: records, clock, agenda, counters, events, journal."""
    asked.only()
    if not asked.nothing_sent() and asked.json() != {}:
        raise Refused(400, "bad_body", "reset takes no body, or an empty object.", "Send {}.")
    asked.worlds["default"] = asked.service.new_world("default")
    return show_clock(asked)


def state(asked: Asked) -> Any:
    """The records by API and resource, and how many there are of each."""
    asked.only("api", "resource", "limit")
    limit = asked.limit(1_000)
    tables: dict[str, dict[str, Table]] = {api: {} for api in asked.service.apis}
    for name, table in sorted(asked.world.tables.items()):
        api, _, resource = name.partition("/")
        tables[api][resource] = table
    apis = asked.chosen("api", tables)
    wanted = asked.chosen("resource", {resource for api in apis for resource in tables[api]})
    return {
        "apis": {
            api: {name: _records(tables[api][name], limit) for name in wanted if name in tables[api]} for api in apis
        }
    }


def _records(table: Table, limit: int) -> dict[str, Any]:
    return {"total": len(table), "records": list(islice(table.records(), limit))}


def requests(asked: Asked) -> Any:
    """What was asked and answered, newest first, secrets masked."""
    asked.only("api", "limit")
    limit, apis = asked.limit(100), asked.chosen("api", asked.service.apis)
    found = [entry for entry in reversed(asked.world.journal) if entry.api in apis]
    return {"total": len(found), "requests": [journal.shown(entry, asked.service.secrets) for entry in found[:limit]]}


def events(asked: Asked) -> Any:
    """What the APIs sent, newest first."""
    asked.only("api", "limit")
    limit, apis = asked.limit(100), asked.chosen("api", asked.service.apis)
    found = [event for event in reversed(asked.world.events) if event.api in apis]
    shown = [
        {
            "id": event.number,
            "at": times.text(event.at, "milliseconds"),
            "api": event.api,
            "event": event.name,
            "payload": event.payload,
        }
        for event in found[:limit]
    ]
    return {"total": len(found), "events": shown}


def as_yaml(asked: Asked) -> Any:
    """This API's own OpenAPI document, as written."""
    return (resources.files("mockserver.web") / "control.yaml").read_bytes()


def as_json(asked: Asked) -> Any:
    """The same as JSON."""
    return yaml.load(as_yaml(asked), yaml.CSafeLoader)


ENDPOINTS: dict[str, dict[str, Endpoint]] = {
    "/_mock": {"GET": index},
    HEALTH: {"GET": health},
    "/_mock/clock": {"GET": show_clock, "POST": set_clock},
    "/_mock/reset": {"POST": reset},
    "/_mock/state": {"GET": state},
    "/_mock/requests": {"GET": requests},
    "/_mock/events": {"GET": events},
    "/_mock/openapi.yaml": {"GET": as_yaml},
    "/_mock/openapi.json": {"GET": as_json},
}
