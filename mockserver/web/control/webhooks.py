"""Webhooks, their deliveries, and events from outside."""

from __future__ import annotations

import asyncio
from typing import Any

from mockserver.commands.webhooks import shown_delivery, shown_webhook
from mockserver.web.control.asked import Asked, Refused
from mockserver.web.targets import objection

STATES = ("waiting", "delivered", "dead")
PATIENCE = 30  # seconds that `settled` waits


def show_webhooks(asked: Asked) -> Any:
    """Who is told of what."""
    asked.only()
    return {"webhooks": [shown_webhook(one) for one in asked.world.outbox.webhooks]}


def subscribe(asked: Asked) -> Any:
    """From now on, events go to a URL."""
    wanted = asked.json()
    if found := objection(wanted["url"], asked.settings.webhook_hosts):
        raise Refused(400, "target_not_allowed", *found)
    return asked.carry_out("subscribe")


def unsubscribe(asked: Asked) -> Any:
    """Nothing goes there any more."""
    return asked.carry_out("unsubscribe", sent={"id": asked.path["id"]})


async def show_deliveries(asked: Asked) -> Any:
    """What was sent and is to be sent, newest first; with `settled=true` once nothing is due any more."""
    asked.only("limit", "state", "settled")
    limit, states = asked.limit(100), asked.chosen("state", STATES)
    if asked.query.get("settled", "false") not in ("true", "false"):
        raise Refused(400, "bad_settled", "settled is true or false.", "Leave it out to see what there is now.")
    if asked.query.get("settled") == "true":
        await _settled(asked)
    found = [one for _, one in sorted(asked.world.outbox.deliveries.items(), reverse=True) if one.state in states]
    return {"total": len(found), "deliveries": [shown_delivery(one) for one in found[:limit]]}


async def _settled(asked: Asked) -> None:
    """Waits until every delivery that is due has been tried and answered, or had its time."""
    try:
        async with asyncio.timeout(PATIENCE):
            while asked.deliverer.is_busy(asked.world):
                await asyncio.sleep(0.005)
    except TimeoutError:
        message = f"Deliveries were still under way after {PATIENCE} s."
        raise Refused(504, "not_settled", message, "Ask again, or look without settled.") from None


def redeliver(asked: Asked) -> Any:
    """A delivery goes out once more."""
    given = asked.path["id"]
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise Refused(404, "unknown_delivery", f"{given[:100]!r} is no delivery.", "Its id is a number.")
    return asked.carry_out("redeliver", sent={"number": int(given)})


def fire(asked: Asked) -> Any:
    """An event from outside the API happens."""
    return asked.carry_out("fire")


