"""A plain server of the Pulse API: its reference and the readings of its gaps, written down as directly as may be.

It shares nothing with the mock: ids, cursors, clock and records are its own. `python -m tests.plain.pulse --port 0`.
"""

from __future__ import annotations

import base64
import json
import math
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.plain import start
from tests.plain.texts import is_email, read_integer, read_time, seconds
from tests.plain.wire import Answer, Malformed, Request, media_type, pairs, read_json, segments

ROLES = {"admin": {"read", "send", "manage"}, "editor": {"read", "send"}, "viewer": {"read"}}
STATUSES = ["active", "inactive", "pending"]
PER_MINUTE = {"Free": 60, "Pro": 1000, "Enterprise": math.inf}
WINDOW = timedelta(seconds=60)
DELIVERY = timedelta(seconds=2)
FURTHEST = timedelta(days=30)
MOST_METADATA = 50


class Refusal(Exception):
    """A request that is refused; `field` is the field or parameter at fault."""

    def __init__(self, status: int, code: str, message: str, field: str | None = None, **headers: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.field = status, code, message, field
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def invalid(field: str, what: str) -> Refusal:
    return Refusal(400, "validation_failed", f"{field} {what}", field)


def not_found(what: str) -> Refusal:
    return Refusal(404, "not_found", what)


class Pulse:
    """The workspace of one company."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.clock = clock
        self.users: dict[str, dict[str, Any]] = {}
        self.threads: dict[str, dict[str, Any]] = {}
        self.messages: dict[str, dict[str, Any]] = {}
        self.keys: dict[str, dict[str, str]] = {}
        self.windows: dict[str, tuple[datetime, int]] = {}  # of a key: since when, and how many requests
        self.count = 0  # of whatever happened, to order what happened at one moment
        self.seed()

    # One call: who asks, how often, what for, and what the answer looks like.

    def answer(self, request: Request) -> Answer:
        try:
            status, body = self.handle(request)
            headers = {}
        except Refusal as refusal:
            error = {"code": refusal.code, "message": refusal.message, "request_id": f"req_{secrets.token_hex(6)}"}
            if refusal.field is not None:
                error["field"] = refusal.field
            status, body, headers = refusal.status, {"error": error}, refusal.headers
        except Exception:
            error = {"code": "server_error", "message": "something went wrong", "request_id": "req_500"}
            status, body, headers = 500, {"error": error}, {}
        if body is None:
            return Answer(status, b"", headers)
        return Answer(status, json.dumps(body).encode(), {"Content-Type": "application/json", **headers})

    def handle(self, request: Request) -> tuple[int, Any]:
        now = self.clock()
        self.deliver(now)
        if len(request.path) + len(request.query) > 8192:
            raise Refusal(414, "validation_failed", "the URI is too long")
        if request.method == "TOO-LARGE":
            raise Refusal(413, "validation_failed", "the body is too large")
        operations, path_id = self.route(request.path)
        method = "GET" if request.method == "HEAD" else request.method
        key, user = self.authenticate(request)
        self.limit_rate(request, key, now)
        if not operations:
            raise not_found("there is no such path")
        if method not in operations:
            raise Refusal(405, "not_found", f"{method} is not allowed here", Allow=self.allow(operations))
        scope, operation = operations[method]
        if scope not in ROLES[user["role"]]:
            raise Refusal(403, "forbidden", "insufficient scope")
        return operation(self, Call(request, path_id, user, now))

    def route(self, path: str) -> tuple[dict[str, Any], str]:
        """The operations at a path by method, and the id in it."""
        parts = segments(path)
        if parts == ["v2", "users"]:
            return {"GET": ("read", Pulse.list_users), "POST": ("manage", Pulse.create_user)}, ""
        if parts == ["v2", "messages"]:
            return {"POST": ("send", Pulse.send_message)}, ""
        if parts == ["v2", "threads"]:
            return {"GET": ("read", Pulse.list_threads)}, ""
        if len(parts) == 3 and parts[:2] == ["v2", "users"] and parts[2]:
            return {"PATCH": ("manage", Pulse.update_user), "DELETE": ("manage", Pulse.delete_user)}, parts[2]
        if len(parts) == 3 and parts[:2] == ["v2", "messages"] and parts[2]:
            return {"GET": ("read", Pulse.get_message)}, parts[2]
        return {}, ""

    def allow(self, operations: dict[str, Any]) -> str:
        return ", ".join([*operations, "HEAD"] if "GET" in operations else operations)

    def authenticate(self, request: Request) -> tuple[str, dict[str, Any]]:
        """The caller's key and its user."""
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        known = self.keys.get(key.strip()) if scheme.lower() == "bearer" else None
        user = self.users.get(known["user"]) if known else None
        if user is None:
            raise Refusal(401, "unauthorized", "missing or invalid API key", WWW_Authenticate="Bearer")
        return key.strip(), user

    def limit_rate(self, request: Request, key: str, now: datetime) -> None:
        """A minute begins with its first request; a request that is refused for the limit doesn't count."""
        since, count = self.windows.get(key, (now, 0))
        if now - since >= WINDOW:
            since, count = now, 0
        allowed = PER_MINUTE[self.keys[key]["tier"]]
        if count >= allowed:
            left = math.ceil((since + WINDOW - now).total_seconds())
            raise Refusal(429, "rate_limited", f"more than {allowed} requests in a minute", Retry_After=str(left))
        self.windows[key] = since, count + 1

    # Users

    def list_users(self, call: Call) -> tuple[int, Any]:
        limit = call.whole_number("limit", 20, 1, 100)
        cursor = call.text("cursor")
        status = call.one_of("status", STATUSES)
        wanted = (call.text("q") or "").casefold()
        found = [
            user
            for user in self.users.values()
            if (status is None or user["status"] == status)
            and (wanted in user.get("name", "").casefold() or wanted in user["email"].casefold())
        ]
        found.sort(key=newest_user, reverse=True)
        return 200, page(found, newest_user, limit, cursor, ["users", status, wanted], self.listed_user)

    def listed_user(self, user: dict[str, Any]) -> dict[str, Any]:
        shown = {name: user[name] for name in ("id", "email", "name", "role", "status") if name in user}
        return {**shown, "created_at": seconds(user["created"])}

    def create_user(self, call: Call) -> tuple[int, Any]:
        body = call.json()
        email = required_text(body, "email")
        if not is_email(email):
            raise invalid("email", "must be a valid email address")
        role = required_text(body, "role")
        self.check_role(role)
        name = optional_text(body, "name", 120)
        metadata = body.get("metadata", {})
        self.check_metadata(metadata, (str,))
        self.check_size(metadata)
        if any(user["email"].casefold() == email.casefold() for user in self.users.values()):
            raise Refusal(400, "validation_failed", "email is already in use", "email")
        user = self.add_user(email, name, role, "pending", metadata, call.now)
        shown = {name: user[name] for name in ("id", "email", "name", "role", "status") if name in user}
        return 201, {**shown, "invited_at": seconds(user["created"])}

    def update_user(self, call: Call) -> tuple[int, Any]:
        if not call.id.startswith("usr_"):
            raise not_found("there is no user with this id")
        body = call.json()
        if "role" in body:
            self.check_role(body["role"])
        optional_text(body, "name", 120)
        if "metadata" in body:
            self.check_metadata(body["metadata"], (str, type(None)))
        user = self.users.get(call.id)
        if user is None:
            raise not_found("there is no user with this id")
        changed = {name: body[name] for name in ("role", "name", "metadata") if name in body}
        if "metadata" in changed:
            merged = {**user["metadata"], **changed["metadata"]}
            changed["metadata"] = {name: value for name, value in merged.items() if value is not None}
            self.check_size(changed["metadata"])
        if "role" in changed and changed["role"] != "admin" and self.is_last_admin(user):
            raise Refusal(403, "forbidden", "cannot demote the last admin")
        user.update(changed, updated=call.now)
        return 200, {"id": user["id"], **changed, "updated_at": seconds(user["updated"])}

    def delete_user(self, call: Call) -> tuple[int, Any]:
        user = self.users.get(call.id)
        if user is None:
            raise not_found("there is no user with this id")
        if self.is_last_admin(user):
            raise Refusal(403, "forbidden", "cannot delete the last admin")
        del self.users[call.id]
        return 204, None

    def check_role(self, role: Any) -> None:
        if not isinstance(role, str):
            raise invalid("role", "must be a string")
        if role not in ROLES:
            raise invalid("role", "must be one of admin, editor or viewer")

    def check_metadata(self, metadata: Any, kinds: tuple[type, ...]) -> None:
        if not isinstance(metadata, dict):
            raise invalid("metadata", "must be an object")
        for name, value in metadata.items():
            if not isinstance(value, kinds):
                raise invalid(f"metadata.{name}", "must be a string")

    def check_size(self, metadata: dict[str, str]) -> None:
        if len(metadata) > MOST_METADATA:
            raise invalid("metadata", f"must have at most {MOST_METADATA} fields")

    def is_last_admin(self, user: dict[str, Any]) -> bool:
        return [one["id"] for one in self.users.values() if one["role"] == "admin"] == [user["id"]]

    def add_user(
        self, email: str, name: str | None, role: str, status: str, metadata: dict[str, str], now: datetime
    ) -> dict[str, Any]:
        self.count += 1
        user = {
            "id": f"usr_{secrets.token_hex(8)}", "email": email, "role": role, "status": status,
            "metadata": metadata, "created": now, "updated": now, "order": self.count,
        }  # fmt: skip
        if name is not None:
            user["name"] = name
        self.users[user["id"]] = user
        return user

    # Messages

    def send_message(self, call: Call) -> tuple[int, Any]:
        body = call.json()
        recipients = self.recipients(body)
        subject = required_text(body, "subject", 255)
        text = required_text(body, "body", 10_000)
        thread_id = optional_text(body, "thread_id")
        send_at = self.send_time(body, call.now)
        for entry in body["to"]:
            if entry.startswith("usr_") and entry not in self.users:
                raise Refusal(400, "validation_failed", f"to names a user that does not exist: {entry}", "to")
        if thread_id is not None and thread_id not in self.threads:
            raise invalid("thread_id", "names no thread")
        sender = call.user["id"]
        if thread_id is None:
            thread_id = self.add_thread(subject, [sender], [], call.now)
        thread = self.threads[thread_id]
        self.join(thread, [sender])
        if send_at is None:
            self.join(thread, recipients)
            self.move_up(thread, call.now)
        message = {
            "message_id": f"msg_{secrets.token_hex(8)}", "status": "scheduled" if send_at else "queued",
            "recipient_count": len(body["to"]), "recipients": recipients, "sender": sender, "thread": thread_id,
            "subject": subject, "body": text, "scheduled": send_at is not None, "due": (send_at or call.now) + DELIVERY,
        }  # fmt: skip
        self.messages[message["message_id"]] = message
        return 202, self.message_state(message)

    def recipients(self, body: dict[str, Any]) -> list[str]:
        """The users among those whom a message goes to, each once."""
        entries = given(body, "to")
        if not isinstance(entries, list):
            raise invalid("to", "must be an array")
        if not 1 <= len(entries) <= 50:
            raise invalid("to", "must have between 1 and 50 items")
        for place, entry in enumerate(entries):
            if not isinstance(entry, str):
                raise invalid(f"to.{place}", "must be a string")
            if not entry.startswith("usr_") and not is_email(entry):
                raise invalid(f"to.{place}", "must begin with usr_ or be a valid email address")
        by_email = {user["email"].casefold(): user["id"] for user in self.users.values()}
        found = [by_email.get(entry.casefold(), entry) for entry in entries]
        return [one for one in dict.fromkeys(found) if one in self.users]

    def send_time(self, body: dict[str, Any], now: datetime) -> datetime | None:
        text = optional_text(body, "send_at")
        if text is None:
            return None
        moment = read_time(text)
        if moment is None:
            raise invalid("send_at", "must be a valid date-time, such as 2024-01-31T09:30:00Z")
        if not now <= moment <= now + FURTHEST:
            raise invalid("send_at", f"must be between {seconds(now)} and {seconds(now + FURTHEST)}")
        return moment

    def get_message(self, call: Call) -> tuple[int, Any]:
        message = self.messages.get(call.id)
        if message is None:
            raise not_found("there is no message with this message_id")
        return 200, self.message_state(message)

    def message_state(self, message: dict[str, Any]) -> dict[str, Any]:
        return {name: message[name] for name in ("message_id", "status", "recipient_count")}

    def deliver(self, now: datetime) -> None:
        """Delivers what is due by now, the earliest first."""
        due = [one for one in self.messages.values() if one["status"] != "delivered" and one["due"] <= now]
        for message in sorted(due, key=lambda one: one["due"]):
            message["status"] = "delivered"
            thread = self.threads[message["thread"]]
            thread["unread_by"] += [one for one in message["recipients"] if one != message["sender"]]
            if message["scheduled"]:
                self.join(thread, message["recipients"])
                self.move_up(thread, message["due"])

    # Threads

    def list_threads(self, call: Call) -> tuple[int, Any]:
        limit = call.whole_number("limit", 25, 1, 50)
        cursor = call.text("cursor")
        unread = call.boolean("unread")
        me = call.user["id"]
        found = [
            thread
            for thread in self.threads.values()
            if me in thread["participants"] and (not unread or me in thread["unread_by"])
        ]
        found.sort(key=latest_thread, reverse=True)

        def listed(thread: dict[str, Any]) -> dict[str, Any]:
            return {
                "id": thread["id"], "subject": thread["subject"], "unread_count": thread["unread_by"].count(me),
                "last_message_at": seconds(thread["last_message"]),
            }  # fmt: skip

        return 200, page(found, latest_thread, limit, cursor, ["threads", unread, me], listed)

    def add_thread(self, subject: str, participants: list[str], unread_by: list[str], now: datetime) -> str:
        thread = {
            "id": f"thr_{secrets.token_hex(8)}", "subject": subject, "participants": participants,
            "unread_by": unread_by,
        }  # fmt: skip
        self.threads[thread["id"]] = thread
        self.move_up(thread, now)
        return thread["id"]

    def join(self, thread: dict[str, Any], users: list[str]) -> None:
        thread["participants"] += [one for one in users if one not in thread["participants"]]

    def move_up(self, thread: dict[str, Any], now: datetime) -> None:
        self.count += 1
        thread.update(last_message=now, order=self.count)

    # The first records

    def seed(self) -> None:
        start_of_time = datetime(2025, 2, 3, 9, 0, tzinfo=UTC)
        people = [
            ("Ines Duarte", "admin", "active"), ("Bo Lindqvist", "viewer", "active"), ("Omar Diop", "admin", "active"),
            ("Kwame Mensah", "editor", "active"), ("Zoë Brandt", "editor", "inactive"), ("李 娜", "viewer", "pending"),
            *((f"{first} {last}", role, status)
              for first, role, status in [("Ana", "viewer", "active"), ("Piotr", "editor", "pending"),
                                          ("Maya", "viewer", "inactive"), ("Luca", "editor", "active")]
              for last in ("Okoye", "Novak", "Silva", "Hansen", "Rossi")),
        ]  # fmt: skip
        made = []
        for number, (name, role, status) in enumerate(people):
            email = f"{name.split()[0].lower()}.{number}@globex.test" if name.isascii() else f"u{number}@globex.test"
            metadata = {"team": "sales", "floor": str(number % 4)} if number % 3 else {}
            when = start_of_time + timedelta(days=number, hours=number % 7)
            made.append(self.add_user(email, name, role, status, metadata, when)["id"])
        ines, bo, omar, kwame = made[:4]
        tiers = [("test-key", ines, "Enterprise"), ("readonly-key", bo, "Pro"), ("limited-key", omar, "Free"),
                 ("editor-key", kwame, "Pro")]  # fmt: skip
        self.keys = {key: {"user": user, "tier": tier} for key, user, tier in tiers}
        for number in range(31):
            others = [made[number % 5], made[5 + number % 20]]
            unread_by = [ines] * (number % 3) if number % 2 else [bo]
            participants = list(dict.fromkeys([ines if number % 10 else omar, *others]))
            subject = f"{('Offer', 'Invoice', 'Lunch', 'Release')[number % 4]} no. {number}"
            unread_by = [one for one in unread_by if one in participants]
            self.add_thread(subject, participants, unread_by, start_of_time + timedelta(days=60 + number))


class Call:
    """One call: its parameters and body, read as they are asked for; whatever is wrong with them is refused."""

    def __init__(self, request: Request, path_id: str, user: dict[str, Any], now: datetime) -> None:
        self.request, self.id, self.user, self.now = request, path_id, user, now
        self.query = pairs(request.query)

    def text(self, name: str) -> str | None:
        """A query parameter, None where it is left out."""
        found = [value for known, value in self.query if known == name]
        if len(found) > 1:
            raise invalid(name, "must be given once")
        if found and found[0] is None:
            raise invalid(name, "is not UTF-8")
        return found[0] if found else None

    def whole_number(self, name: str, default: int, least: int, most: int) -> int:
        text = self.text(name)
        if text is None:
            return default
        number = read_integer(text)
        if number is None:
            raise invalid(name, "must be an integer")
        if not least <= number <= most:
            raise invalid(name, f"must be between {least} and {most}")
        return number

    def one_of(self, name: str, known: list[str]) -> str | None:
        text = self.text(name)
        if text is not None and text not in known:
            raise invalid(name, f"must be one of {', '.join(known)}")
        return text

    def boolean(self, name: str) -> bool:
        return self.one_of(name, ["true", "false"]) == "true"

    def json(self) -> dict[str, Any]:
        """The body, which must be a JSON object."""
        if not self.request.body and not media_type(self.request):
            raise Refusal(400, "validation_failed", "a request body is required")
        if media_type(self.request) != "application/json":
            raise Refusal(415, "validation_failed", "send application/json")
        try:
            value = read_json(self.request.body)
        except Malformed as malformed:
            raise Refusal(400, "validation_failed", str(malformed)) from None
        if not isinstance(value, dict):
            raise Refusal(400, "validation_failed", "the request body must be an object")
        return value


def given(body: dict[str, Any], name: str) -> Any:
    if name not in body:
        raise invalid(name, "is required")
    return body[name]


def required_text(body: dict[str, Any], name: str, longest: int | None = None) -> str:
    value = given(body, name)
    if not isinstance(value, str):
        raise invalid(name, "must be a string")
    if longest is not None and len(value) > longest:
        raise invalid(name, f"must be at most {longest} characters")
    return value


def optional_text(body: dict[str, Any], name: str, longest: int | None = None) -> str | None:
    return required_text(body, name, longest) if name in body else None


def newest_user(user: dict[str, Any]) -> list[Any]:
    return [user["created"].timestamp(), user["order"]]


def latest_thread(thread: dict[str, Any]) -> list[Any]:
    return [thread["last_message"].timestamp(), thread["order"]]


def page(found: list[Any], place: Any, limit: int, cursor: str | None, bound_to: list[Any], show: Any) -> Any:
    """A page of sorted records. A cursor is the place of the last record shown, and what list it belongs to."""
    if cursor is not None:
        after = read_cursor(cursor, bound_to)
        found = [one for one in found if place(one) < after]
    shown = found[:limit]
    body = {"data": [show(one) for one in shown], "has_more": len(found) > limit}
    if body["has_more"]:
        body["next_cursor"] = make_cursor(place(shown[-1]), bound_to)
    return body


def make_cursor(place: list[Any], bound_to: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps([bound_to, place]).encode()).decode().rstrip("=")


def read_cursor(cursor: str, bound_to: list[Any]) -> list[Any]:
    try:
        known, place = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True))
        if known == bound_to and make_cursor(place, known) == cursor and place < [math.inf]:
            return list(place)
    except (ValueError, TypeError):
        pass
    raise invalid("cursor", "is not a cursor of this list")


if __name__ == "__main__":
    start.main(__file__, "Pulse", "/v2")
