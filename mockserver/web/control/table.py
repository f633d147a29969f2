"""Every path and method of the control API, each a plain function. control.yaml describes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockserver.web.control import (
    clock,
    errors,
    looking,
    moments,
    parallel,
    rules,
    scenarios,
    statefile,
    stream,
    webhooks,
)
from mockserver.web.control.asked import Asked

Endpoint = Callable[[Asked], Any]
"""Answers a JSON value, a Told with a status of its own, or the text of a YAML document as bytes, or promises one."""

HEALTH = "/_mock/health"
IMPORT = "/_mock/state/import"  # its bodies may be long
ENDPOINTS: dict[str, dict[str, Endpoint]] = {
    "/_mock": {"GET": looking.index},
    HEALTH: {"GET": looking.health},
    "/_mock/clock": {"GET": clock.show_clock, "POST": clock.set_clock},
    "/_mock/reset": {"POST": clock.reset},
    "/_mock/state": {"GET": looking.state},
    "/_mock/state/export": {"GET": statefile.export_state},
    IMPORT: {"POST": statefile.import_state},
    "/_mock/worlds": {"GET": parallel.worlds, "POST": parallel.create_world},
    "/_mock/worlds/{name}": {"GET": parallel.show_world, "DELETE": parallel.delete_world},
    "/_mock/worlds/{a}/diff/{b}": {"GET": parallel.diff_worlds},
    "/_mock/snapshots": {"GET": moments.snapshots, "POST": moments.save_snapshot},
    "/_mock/snapshots/{name}": {"DELETE": moments.delete_snapshot},
    "/_mock/snapshots/{name}/restore": {"POST": moments.restore_snapshot},
    "/_mock/rewind": {"POST": moments.rewind},
    "/_mock/requests": {"GET": looking.requests},
    "/_mock/stream": {"GET": stream.stream},
    "/_mock/events": {"GET": looking.events, "POST": webhooks.fire},
    "/_mock/audit": {"GET": errors.show_audit},
    "/_mock/errors": {"GET": errors.show_errors},
    "/_mock/rules": {"GET": rules.show_rules, "POST": rules.add_rule, "DELETE": rules.delete_rules},
    "/_mock/rules/{id}": {"GET": rules.show_rule, "PUT": rules.put_rule, "DELETE": rules.delete_rule},
    "/_mock/scenarios": {"GET": scenarios.show_scenarios},
    "/_mock/scenarios/{name}": {"POST": scenarios.enter_scenario, "DELETE": scenarios.leave_scenario},
    "/_mock/webhooks": {"GET": webhooks.show_webhooks, "POST": webhooks.subscribe},
    "/_mock/webhooks/{id}": {"DELETE": webhooks.unsubscribe},
    "/_mock/deliveries": {"GET": webhooks.show_deliveries},
    "/_mock/deliveries/{id}/redeliver": {"POST": webhooks.redeliver},
    "/_mock/openapi.yaml": {"GET": looking.as_yaml},
    "/_mock/openapi.json": {"GET": looking.as_json},
}
