"""The error atlas, and how clients behaved when they were refused."""

from __future__ import annotations

from typing import Any

from mockserver.atlas.atlas import atlas, shown
from mockserver.audit import audit
from mockserver.commands.rules import operations
from mockserver.web.control.asked import Asked


def show_errors(asked: Asked) -> Any:
    """Every documented error, how it comes about, and what forces it."""
    asked.only("api", "operation")
    apis = asked.chosen("api", asked.service.apis)
    wanted = asked.query.get("operation")
    if wanted is not None:
        asked.chosen("operation", {one for api in apis for one in operations(asked.service.apis[api].api)})
    several = len(asked.service.apis) > 1
    found = atlas(asked.service, asked.now, apis, wanted)
    return {"errors": [shown(one, f"/{one.api}" if several else "") for one in found]}


def show_audit(asked: Asked) -> Any:
    """How each client behaved when it was refused, by its key."""
    asked.only("api")
    apis = asked.chosen("api", asked.service.apis)
    return {"clients": audit({name: asked.service.apis[name] for name in apis}, asked.world)}
