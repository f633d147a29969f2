"""What the control API shows: what is served, the records, what was asked, what was sent."""

from __future__ import annotations

from itertools import islice
from typing import Any

from mockserver.web.control.asked import Asked
from mockserver.web.control.document import document, text
from mockserver.world import journal, times
from mockserver.world.journal import Entry
from mockserver.world.table import Table


def index(asked: Asked) -> Any:
    """What is served, with a key that is accepted, and where the rest of this API is."""
    asked.only()
    several = len(asked.service.apis) > 1
    apis = [
        {
            "name": name,
            "title": served.api.title,
            "base_paths": [f"/{name}{base}" if several else base for base in served.api.base_paths],
            "key": served.keys[0] if served.keys else None,
        }
        for name, served in asked.service.apis.items()
    ]
    return {"apis": apis, "links": [path for path in document()["paths"] if path != "/_mock"]}


def health(asked: Asked) -> Any:
    """That the server answers."""
    return {"status": "ok"}


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
    world = asked.world
    found = [entry for entry in reversed(world.journal) if isinstance(entry, Entry) and entry.api in apis]
    shown = [journal.shown(entry, world.name, asked.service.secrets) for entry in found[:limit]]
    return {"total": len(found), "requests": shown}


def events(asked: Asked) -> Any:
    """What the APIs sent, newest first."""
    asked.only("api", "limit")
    limit, apis = asked.limit(100), asked.chosen("api", asked.service.apis)
    found = [event for event in reversed(asked.world.outbox.events) if event.api in apis]
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
    return text()


def as_json(asked: Asked) -> Any:
    """The same as JSON."""
    return document()
