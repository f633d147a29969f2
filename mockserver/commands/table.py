"""Every command by its name, and how one is carried out."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.commands import clock, rules, scenarios, webhooks
from mockserver.commands.command import Command
from mockserver.service import Service
from mockserver.spec.model import Json
from mockserver.world.journal import Done, size_of
from mockserver.world.world import World

COMMANDS: Mapping[str, Command] = {
    "clock": clock.set_clock,
    "enter-scenario": scenarios.enter,
    "leave-scenario": scenarios.leave,
    "add-rule": rules.add_rule,
    "put-rule": rules.put_rule,
    "delete-rule": rules.delete_rule,
    "delete-rules": rules.delete_rules,
    "subscribe": webhooks.subscribe,
    "unsubscribe": webhooks.unsubscribe,
    "fire": webhooks.fire,
    "delivery-attempted": webhooks.attempted,
    "refuse-delivery": webhooks.refuse,
    "redeliver": webhooks.redeliver,
}


def carry_out(service: Service, world: World, name: str, body: Json, now: int) -> Json:
    """Carries out a command and writes it into the world's journal. Raises Mistake."""
    service.catch_up(world, now)
    answer = COMMANDS[name](service, world, body, now)
    service.catch_up(world, now)
    world.note(Done(now, world.clock.read(now), name, body, world.snapshot(), size_of(body)))
    return answer
