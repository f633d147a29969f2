"""What is to go wrong: the world's rules."""

from __future__ import annotations

from typing import Any

from mockserver.commands.command import Mistake
from mockserver.commands.rules import found
from mockserver.trouble.rules import shown
from mockserver.web.control.asked import Asked, Refused


def show_rules(asked: Asked) -> Any:
    """All rules, in the order in which they are looked at."""
    asked.only()
    return {"rules": [shown(rule, asked.world) for rule in asked.world.rules]}


def show_rule(asked: Asked) -> Any:
    """One rule."""
    asked.only()
    try:
        return shown(found(asked.world, asked.path["id"]), asked.world)
    except Mistake as mistake:
        raise Refused(404, mistake.code, mistake.message, mistake.hint) from None


def add_rule(asked: Asked) -> Any:
    """A rule behind the others."""
    return asked.carry_out("add-rule")


def put_rule(asked: Asked) -> Any:
    """A rule in place of another, or behind the others."""
    return asked.carry_out("put-rule", {"id": asked.path["id"], "rule": asked.json()})


def delete_rule(asked: Asked) -> Any:
    """Without that rule."""
    return asked.carry_out("delete-rule", {"id": asked.path["id"]})


def delete_rules(asked: Asked) -> Any:
    """Without any rule."""
    return asked.carry_out("delete-rules", {})
