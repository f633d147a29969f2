"""Sends what is in the worlds' outboxes when it is due by their clocks. The receivers never hold up an answer."""

from __future__ import annotations

import asyncio
import logging
import time

import h11

from mockserver.commands.table import carry_out
from mockserver.service import Service
from mockserver.web.sending import Came, sent
from mockserver.web.settings import Settings
from mockserver.web.targets import Forbidden
from mockserver.web.worlds import Worlds
from mockserver.world import signing
from mockserver.world.outbox import Delivery
from mockserver.world.world import World

AT_ONCE = 32  # exchanges under way
LONGEST_WAIT = 3_600  # seconds after which a world is looked at again: event loops don't like to be told of next year

logger = logging.getLogger("mockserver")


class Deliverer:
    """What is under way, and when to look at a world again. All of it runs in the server's event loop."""

    def __init__(self, service: Service, worlds: Worlds, settings: Settings) -> None:
        self.service, self.worlds, self.settings = service, worlds, settings
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._under_way: dict[tuple[World, int], asyncio.Task[None]] = {}
        self._timers: dict[World, asyncio.TimerHandle] = {}

    def look(self, world: World) -> None:
        """Starts what is due in a world, and comes back when the next thing is."""
        now = _now()
        if world.due is not None:
            self.service.catch_up(world, now)  # what falls due may send something
        at = world.clock.read(now)
        for delivery in world.outbox.due(at):
            if (world, delivery.number) not in self._under_way:
                task = asyncio.create_task(self._deliver(world, delivery))
                self._under_way[world, delivery.number] = task
        self._come_back(world, now, at)

    def is_busy(self, world: World) -> bool:
        """Whether something is under way or due in a world."""
        self.look(world)
        return any(each is world for each, _ in self._under_way)

    def _come_back(self, world: World, now: int, at: int) -> None:
        if timer := self._timers.pop(world, None):
            timer.cancel()
        waiting = next((due for due, _ in world.outbox.waiting.upward() if due > at), None)
        times = [due for due in (waiting, world.due) if due is not None]
        when = world.clock.when(min(times)) if times else None
        if when is not None:
            wait = min(max(when - now, 1) / 1_000, LONGEST_WAIT)
            self._timers[world] = asyncio.get_running_loop().call_later(wait, self._again, world)

    def _again(self, world: World) -> None:
        self._timers.pop(world, None)
        if self.worlds.has(world):
            self.look(world)

    async def _deliver(self, world: World, delivery: Delivery) -> None:
        try:
            async with self._slots:
                await self._attempt(world, delivery)
        except Exception:
            logger.exception("delivery %s could not be made", delivery.number)
        finally:
            del self._under_way[world, delivery.number]
        if self.worlds.has(world):
            self.look(world)

    async def _attempt(self, world: World, delivery: Delivery) -> None:
        at = world.clock.read(_now())
        headers = self._headers(world, delivery, at)
        came, error = Came(0, {}, ""), ""
        try:
            came = await sent(delivery.method, delivery.url, headers, delivery.body, self.settings.webhook_hosts)
        except Forbidden as forbidden:
            self._do(world, "refuse-delivery", {"number": delivery.number, "reason": str(forbidden)})
            return
        except TimeoutError:
            error = "no answer in time"
        except (OSError, h11.ProtocolError) as failure:
            error = f"{type(failure).__name__}: {failure}"[:300]
        body = {
            "number": delivery.number, "attempt": len(delivery.attempts), "at": at, "status": came.status,
            "headers": headers, "answer": came.text, "error": error, "wait": _asked_wait(came),
        }  # fmt: skip
        self._do(world, "delivery-attempted", body)

    def _headers(self, world: World, delivery: Delivery, at: int) -> dict[str, str]:
        webhook = world.outbox.webhook(delivery.webhook)
        secret = webhook.secret if webhook else ""
        words = self.service.apis[delivery.event.api].api.given.get("events") or {}
        own = signing.vendor_headers(
            words, delivery.message, at, delivery.body, secret, delivery.url, delivery.event.name
        )  # fmt: skip
        standard = signing.headers(delivery.message, at, delivery.body, secret)
        return {"Content-Type": "application/json", "User-Agent": "mockserver", **standard, **own}

    def _do(self, world: World, command: str, body: dict[str, object]) -> None:
        carry_out(self.service, world, command, body, _now())


def _asked_wait(came: Came) -> int:
    """Milliseconds that a receiver asks to be left alone (RFC 9110, 10.2.3); only seconds are understood."""
    text = came.headers.get("retry-after", "") if came.status in (429, 503) else ""
    return int(text) * 1_000 if text.isascii() and text.isdigit() and len(text) < 8 else 0


def _now() -> int:
    return time.time_ns() // 1_000_000
