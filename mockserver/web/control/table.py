"""Every path and method of the control API, each a plain function. control.yaml describes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockserver.web.control import clock, looking, webhooks
from mockserver.web.control.asked import Asked

Endpoint = Callable[[Asked], Any]
"""Answers a JSON value, or the text of a YAML document as bytes, or promises one."""

HEALTH = "/_mock/health"
ENDPOINTS: dict[str, dict[str, Endpoint]] = {
    "/_mock": {"GET": looking.index},
    HEALTH: {"GET": looking.health},
    "/_mock/clock": {"GET": clock.show_clock, "POST": clock.set_clock},
    "/_mock/reset": {"POST": clock.reset},
    "/_mock/state": {"GET": looking.state},
    "/_mock/requests": {"GET": looking.requests},
    "/_mock/events": {"GET": looking.events, "POST": webhooks.fire},
    "/_mock/webhooks": {"GET": webhooks.show_webhooks, "POST": webhooks.subscribe},
    "/_mock/webhooks/{id}": {"DELETE": webhooks.unsubscribe},
    "/_mock/deliveries": {"GET": webhooks.show_deliveries},
    "/_mock/deliveries/{id}/redeliver": {"POST": webhooks.redeliver},
    "/_mock/openapi.yaml": {"GET": looking.as_yaml},
    "/_mock/openapi.json": {"GET": looking.as_json},
}
