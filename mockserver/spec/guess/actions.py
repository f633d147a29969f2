"""What an operation below an item sets, by its name: `/deals/{id}/archive` sets `archived`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mockserver.spec.behaviour import Words
from mockserver.spec.guess.names import plain
from mockserver.spec.model import Json
from mockserver.spec.schema import Schemas

# last segment of a path below an item -> what it makes true, or false where it begins with '-', and states it leads to
ACTIONS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "archive": (("archived",), ("archived",)),
    "unarchive": (("-archived",), ("active",)),
    "restore": (("-archived", "-deleted", "-trashed"), ("active",)),
    "activate": (("active", "enabled"), ("active", "enabled")),
    "deactivate": (("-active", "-enabled"), ("inactive", "deactivated", "disabled")),
    "enable": (("enabled", "active"), ("enabled", "active")),
    "disable": (("-enabled", "-active"), ("disabled", "inactive")),
    "close": (("closed",), ("closed",)),
    "open": (("open",), ("open", "opened")),
    "reopen": (("-closed",), ("open", "reopened")),
    "complete": (("completed", "done"), ("completed", "complete", "done")),
    "cancel": (("cancelled", "canceled"), ("cancelled", "canceled")),
    "approve": (("approved",), ("approved",)),
    "reject": (("rejected",), ("rejected", "denied")),
    "lock": (("locked",), ("locked",)),
    "unlock": (("-locked",), ("unlocked",)),
    "pin": (("pinned",), ()),
    "unpin": (("-pinned",), ()),
    "star": (("starred",), ()),
    "unstar": (("-starred",), ()),
    "block": (("blocked",), ("blocked",)),
    "unblock": (("-blocked",), ()),
    "publish": (("published",), ("published",)),
    "unpublish": (("-published",), ("draft", "unpublished")),
    "pause": (("paused",), ("paused",)),
    "resume": (("-paused",), ("active", "running")),
    "snooze": (("snoozed",), ("snoozed",)),
    "merge": ((), ()),
}
DONE = {
    "pay": "paid", "send": "sent", "win": "won", "lose": "lost", "hold": "held", "hide": "hidden",
    "withdraw": "withdrawn", "submit": "submitted", "freeze": "frozen", "leave": "left",
}  # fmt: skip
MARKED = re.compile(r"^(mark|set)[-_]?(as[-_]?)?(?=\w)", re.IGNORECASE)
STATES = ("status", "state", "approval_status", "lifecycle")


def action(word: str, method: str, pointer: str | None, schemas: Schemas) -> Words | None:
    """The property of a record that an action sets, and its value; None when the record has no such property."""
    word = MARKED.sub("", word)
    known = ACTIONS.get(plain(word)) or (_done(plain(word)),) * 2
    if pointer is None or method not in ("post", "put", "patch", "delete"):
        return None
    flags, states = known
    properties = schemas.properties(schemas.look_up(pointer))
    for flag in flags:
        wanted = plain(flag)
        for name, node in properties.items():
            if plain(name) in (wanted, f"is{wanted}", f"{wanted}flag") and "boolean" in schemas.kinds(node):
                return {name: (not flag.startswith("-")) is (method != "delete")}
    return _state(properties.items(), states, schemas) if method != "delete" else None


def _done(word: str) -> tuple[str, ...]:
    """What a record is once something was done with it: `void` or `voided`, `paid`, `cancelled`."""
    regular = f"{word}d" if word.endswith("e") else f"{word[:-1]}ied" if re.search("[^aeiou]y$", word) else f"{word}ed"
    return (*((DONE[word],) if word in DONE else ()), word, regular, f"{word}{word[-1:]}ed")


def _state(properties: Iterable[tuple[str, Json]], states: tuple[str, ...], schemas: Schemas) -> Words | None:
    for name, node in properties:
        node = schemas.follow(node)
        choices = node.get("enum") if isinstance(node, dict) else None
        if plain(name) in map(plain, STATES) and choices:
            found = next((one for one in choices if isinstance(one, str) and one.lower() in states), None)
            if found:
                return {name: found}
    return None
