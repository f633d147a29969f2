"""The same calls to a plain server and to the mock, both in this process, from the same records and by one clock."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import Message
from typing import Any

from mockserver import sources
from mockserver.service import ApiSource, load
from mockserver.steps.call import Request as MockRequest
from tests.plain.leads import PRIMARY, SHOWN, Leads
from tests.plain.pulse import Pulse
from tests.plain.texts import seconds
from tests.plain.wire import Request

MADE = {"id", "message_id"}  # properties whose values either server makes
FOR_PEOPLE = {"message", "detail", "title", "type", "request_id"}
TELLING = {"content-type", "allow", "www-authenticate", "retry-after"}  # the headers that matter


class Differs(AssertionError):
    """The two answer differently."""


class Both:
    """A plain server and the mock. `ids` and `cursors` tell for what the plain one made what the mock made."""

    def __init__(self, api: str, plain: Callable[..., Any], fixtures: Callable[[Any], Any]) -> None:
        self.now = datetime(2026, 3, 4, 5, 6, 7, 250_000, tzinfo=UTC)
        self.plain = plain(lambda: self.now)
        document = sources.document(str(sources.bundled()[api]))
        self.service = load([ApiSource(api, document, fixtures(self.plain))])
        self.world = self.service.new_world()
        self.ids: dict[Any, Any] = {}
        self.cursors: dict[str, str] = {}

    def advance(self, by: timedelta) -> None:
        self.now += by

    def call(self, method: str, target: str, headers: dict[str, str], body: Any = None) -> tuple[int, Any]:
        """What both answer, in the plain server's words. Raises Differs."""
        path, _, query = target.partition("?")
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        sent = Message()
        for name, value in headers.items():
            sent[name] = value
        mine = self.plain.answer(Request(method, path, query, sent, content))
        there = {name.lower(): value for name, value in headers.items()}
        asked = MockRequest(method, self.theirs(path), self.theirs(query), there, self.theirs(content))
        other = self.service.answer(self.world, asked, round(self.now.timestamp() * 1000))
        got = mine.status, self.told(mine.headers, mine.body)
        expected = other.status, self.told(dict(other.headers), other.body)
        if got[0] == 401 and expected[0] in (404, 405):
            return 401, None  # whether a stranger is told which paths there are isn't documented
        known = dict(self.ids), dict(self.cursors)
        if not same(got, expected, self):
            self.ids, self.cursors = known
            raise Differs(f"{method} {target} {headers} {body!r}\n plain {got}\n mock  {expected}")
        return mine.status, json.loads(mine.body) if mine.body else None

    def theirs(self, text: Any) -> Any:
        """What was sent, with the mock's ids and cursors."""
        if isinstance(text, bytes):
            return self.theirs(text.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        known = {**{str(mine): str(other) for mine, other in self.ids.items()}, **self.cursors}
        return re.sub(r"[\w-]{4,}", lambda found: known.get(found[0], found[0]), text, flags=re.ASCII)

    def told(self, headers: dict[str, str], body: bytes) -> tuple[Any, Any]:
        """What matters of an answer."""
        told = {name.lower(): value for name, value in headers.items()}
        told = {name: value for name, value in told.items() if name in TELLING}
        if "www-authenticate" in told:
            told["www-authenticate"] = told["www-authenticate"].split()[0]
        if "allow" in told:
            told["allow"] = sorted(told["allow"].split(", "))
        return told, json.loads(body) if body else None


def same(mine: Any, other: Any, both: Both, name: str = "") -> bool:
    """Whether two answers say the same; learns which ids and cursors are each other's."""
    if name in FOR_PEOPLE:
        return isinstance(mine, str) and isinstance(other, str)
    if name == "next_cursor":
        both.cursors[mine] = other
        return bool(mine and other)
    if name in MADE and mine not in both.ids and mine != other:
        if other in both.ids.values():
            return False
        both.ids[mine] = other
    if name in MADE:
        return bool(both.ids.get(mine, mine) == other)
    if isinstance(mine, dict) and isinstance(other, dict):
        return mine.keys() == other.keys() and all(same(mine[key], other[key], both, key) for key in mine)
    if isinstance(mine, list | tuple) and isinstance(other, list | tuple):
        return len(mine) == len(other) and all(same(*pair, both) for pair in zip(mine, other, strict=True))
    return bool(mine == other and type(mine) is type(other))


def pulse() -> Both:
    return Both("pulse", Pulse, pulse_fixtures)


def leads() -> Both:
    return Both("pulse-leads", Leads, leads_fixtures)


def pulse_fixtures(plain: Pulse) -> Any:
    """The plain server's first records, as fixtures of the mock."""
    users = [
        {
            **{name: user[name] for name in ("id", "email", "name", "role", "status", "metadata")},
            **{name: seconds(user["created"]) for name in ("created_at", "invited_at", "updated_at")},
        }
        for user in plain.users.values()
    ]
    threads = [
        {
            "id": thread["id"], "subject": thread["subject"],
            "participants": [*thread["participants"]], "unread_by": [*thread["unread_by"]],
            "last_message_at": seconds(thread["last_message"]),
        }
        for thread in plain.threads.values()
    ]
    keys = {key: {"name": key, **known} for key, known in plain.keys.items()}
    named = {"users": users, "threads": threads, "messages": []}
    return {"keys": keys, "records": {name: {"count": len(each), "named": each} for name, each in named.items()}}


def leads_fixtures(plain: Leads) -> Any:
    # How texts of different case sort isn't documented: the plain server goes by code points, the mock doesn't.
    plain.database.execute("UPDATE leads SET lastName = 'Dangelo' WHERE lastName = 'd''Angelo'")
    rows = plain.database.execute("SELECT * FROM leads").fetchall()
    found = [
        {**{name: row[name] for name in SHOWN}, "archived": bool(row["archived"]), "accountId": row["accountId"]}
        for row in rows
    ]
    accounts = [{"id": name, "name": name} for name in (PRIMARY, "acc_1002", "acc_1003")]
    named = {"accounts": accounts, "leads": found}
    return {"records": {name: {"count": len(each), "named": each} for name, each in named.items()}}
