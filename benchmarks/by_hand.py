"""(b) The yardstick: the users of the same API as a good engineer writes them by hand, for speed and nothing else.

Starlette, a dict, orjson, jsonschema-rs. No keys, no limits, no journal, no clock of its own, no checked answers.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import orjson
from jsonschema_rs import Draft202012Validator
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

User = dict[str, Any]

ROLES = ["admin", "editor", "viewer"]
STATUSES = ("active", "inactive", "pending")
LISTED = ("id", "email", "name", "role", "status", "created_at")
CREATED = ("id", "email", "name", "role", "status", "invited_at")

NAME = {"type": "string", "maxLength": 120}
CREATE = Draft202012Validator(
    {
        "type": "object",
        "required": ["email", "role"],
        "additionalProperties": False,
        "properties": {
            "email": {"type": "string", "format": "email"},
            "role": {"enum": ROLES},
            "name": NAME,
            "metadata": {"type": "object", "additionalProperties": {"type": "string"}, "maxProperties": 50},
        },
    },
    validate_formats=True,
)
UPDATE = Draft202012Validator(
    {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "role": {"enum": ROLES},
            "name": NAME,
            "metadata": {"type": "object", "additionalProperties": {"type": ["string", "null"]}, "maxProperties": 50},
        },
    }
)

users: dict[str, User] = {}  # by id
emails: dict[str, str] = {}  # id by email in lower case
order: list[str] = []  # ids, oldest first; a deleted user leaves its id here


class Json(JSONResponse):
    """An answer written by orjson."""

    def render(self, content: Any) -> bytes:
        return orjson.dumps(content)


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def refusal(status: int, code: str, message: str, field: str | None = None) -> Response:
    error = {"code": code, "message": message, "request_id": f"req_{uuid4().hex[:20]}"}
    if field is not None:
        error["field"] = field
    return Json({"error": error}, status)


def invalid(field: str | None, message: str) -> Response:
    return refusal(400, "validation_failed", message, field)


def broken(validator: Draft202012Validator, value: object) -> Response | None:
    """The refusal for the first thing that is wrong with a body; None for a valid one."""
    if validator.is_valid(value):
        return None
    error = next(iter(validator.iter_errors(value)))
    field = ".".join(map(str, error.instance_path)) or None
    return invalid(field, f"{field}: {error.message}" if field else error.message)


async def body_of(request: Request) -> Any:
    """The request's JSON; raises orjson.JSONDecodeError."""
    return orjson.loads(await request.body())


def matching(before: int, status: str | None, q: str | None) -> Iterator[tuple[int, User]]:
    """Positions and users, newest first, of those below a position."""
    for position in range(before - 1, -1, -1):
        user = users.get(order[position])
        if user is None or (status is not None and user["status"] != status):
            continue
        if q is None or q in user["email"].lower() or q in user["name"].lower():
            yield position, user


async def list_users(request: Request) -> Response:
    query: Mapping[str, str] = request.query_params
    limit, cursor, status, q = (query.get(name) for name in ("limit", "cursor", "status", "q"))
    if limit is not None and not (limit.isdecimal() and 1 <= int(limit) <= 100):
        return invalid("limit", "limit must be a whole number from 1 to 100")
    if cursor is not None and not (cursor[7:].isdecimal() and int(cursor[7:]) <= len(order)):
        return invalid("cursor", "cursor is none of ours")
    if status is not None and status not in STATUSES:
        return invalid("status", "status must be one of active, inactive, pending")
    size = int(limit) if limit else 20
    data: list[User] = []
    last = 0
    for position, user in matching(int(cursor[7:]) if cursor else len(order), status, q.lower() if q else None):
        if len(data) == size:
            return Json({"data": data, "next_cursor": f"cursor_{last}", "has_more": True})
        last = position
        data.append({name: user[name] for name in LISTED})
    return Json({"data": data, "has_more": False})


async def create_user(request: Request) -> Response:
    try:
        body = await body_of(request)
    except orjson.JSONDecodeError as error:
        return invalid(None, f"the body is no JSON: {error}")
    if refused := broken(CREATE, body):
        return refused
    if body["email"].lower() in emails:
        return invalid("email", "email is already in use")
    user = add(body, "pending")
    return Json({name: user[name] for name in CREATED}, 201)


def add(body: Mapping[str, Any], status: str) -> User:
    made = now()
    user = {
        "id": f"usr_{uuid4().hex[:12]}",
        "email": body["email"],
        "name": body.get("name", ""),
        "role": body["role"],
        "metadata": body.get("metadata", {}),
        "status": status,
        "created_at": made,
        "invited_at": made,
    }
    users[user["id"]] = user
    emails[user["email"].lower()] = user["id"]
    order.append(user["id"])
    return user


def last_admin(user: User) -> bool:
    others = (other for other in users.values() if other is not user)
    return user["role"] == "admin" and not any(other["role"] == "admin" for other in others)


async def update_user(request: Request) -> Response:
    user = users.get(request.path_params["id"])
    if user is None:
        return refusal(404, "not_found", "no such user")
    try:
        body = await body_of(request)
    except orjson.JSONDecodeError as error:
        return invalid(None, f"the body is no JSON: {error}")
    if refused := broken(UPDATE, body):
        return refused
    if body.get("role", "admin") != "admin" and last_admin(user):
        return refusal(403, "forbidden", "cannot demote the last admin")
    if "metadata" in body:
        merged = {**user["metadata"], **body["metadata"]}
        body["metadata"] = {key: value for key, value in merged.items() if value is not None}
    user.update(body, updated_at=now())
    return Json({"id": user["id"], **body, "updated_at": user["updated_at"]})


async def delete_user(request: Request) -> Response:
    user = users.get(request.path_params["id"])
    if user is None:
        return refusal(404, "not_found", "no such user")
    if last_admin(user):
        return refusal(403, "forbidden", "cannot delete the last admin")
    del users[user["id"]], emails[user["email"].lower()]
    return Response(status_code=204)


for number in range(30):
    kept = {"team": "sales", "cost_center": f"CC-{number}"}
    made = {"email": f"user{number}@example.com", "name": f"User {number}", "role": ROLES[number % 3], "metadata": kept}
    add(made, "active")

app = Starlette(
    routes=[
        Route("/v2/users", list_users, methods=["GET"]),
        Route("/v2/users", create_user, methods=["POST"]),
        Route("/v2/users/{id}", update_user, methods=["PATCH"]),
        Route("/v2/users/{id}", delete_user, methods=["DELETE"]),
    ]
)
