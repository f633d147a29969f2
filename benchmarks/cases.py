"""What is measured: a table that a new case is a row of."""

from __future__ import annotations

from dataclasses import dataclass

KEY = "test-key"  # everything, the highest tier: no rate limit, but every step runs
HEADERS = {"Authorization": f"Bearer {KEY}", "X-Api-Key": KEY, "Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of request. `{id}` in the path and `{email}` in the body stand for those of the server's newest record.

    `UNIQUE` in the body differs from request to request. Every answer must have `status`.
    """

    name: str
    method: str
    path: str
    status: int = 200
    body: str = ""


BARE = Case("bare starlette, 17 bytes of JSON", "GET", "/hello")

LIST = Case("list, 20 of 30 and more", "GET", "/v2/users")
UPDATE = Case("PATCH", "PATCH", "/v2/users/{id}", 200, '{"name": "Alice Chen", "metadata": {"team": "design"}}')
CREATE = Case("POST", "POST", "/v2/users", 201, '{"email": "UNIQUE@example.com", "role": "viewer", "name": "Bob Kim"}')
INVALID = Case("POST, invalid", "POST", "/v2/users", 400, '{"email": "nobody", "role": "owner", "name": "Bob Kim"}')
TAKEN = Case("POST, email is in use", "POST", "/v2/users", 400, '{"email": "{email}", "role": "viewer"}')

BY_HAND = (LIST, UPDATE, CREATE, INVALID, TAKEN)
"""Measured by hand and by mock."""

GROWING = (LIST, CREATE, TAKEN)
"""Measured with more and more records."""

APIS = (
    Case("contacts-rest, search", "GET", "/contacts-rest/contacts?searchby=company&search=Example%20Inc."),
    Case("contacts-rest, create", "POST", "/contacts-rest/contacts", 200,
         '{"first_name": "Bob", "email": "UNIQUE@example.com"}'),
    Case("myra, list", "GET", "/myra/api/v1/contacts"),
    Case("myra, create", "POST", "/myra/api/v1/contacts", 201, '{"first_name": "Bob", "email": "UNIQUE@example.com"}'),
    Case("pulse, list", "GET", "/pulse/v2/users"),
    Case("pulse, create", "POST", "/pulse/v2/users", 201, '{"email": "UNIQUE@example.com", "role": "viewer"}'),
    Case("pulse-leads, list", "GET", "/pulse-leads/leads"),
    Case("pulse-leads, create", "POST", "/pulse-leads/leads", 201, '{"email": "UNIQUE@example.com"}'),
    Case("salespulse, list", "GET", "/salespulse/api/v1/contacts?limit=20"),
    Case("salespulse, create", "POST", "/salespulse/api/v1/contacts", 201,
         '{"phone": "+13055551234", "email": "UNIQUE@example.com"}'),
)  # fmt: skip
"""Each bundled API's main list and what makes a record in it."""

PATHS = (10, 1_000)
"""Numbers of paths between which a read should cost the same."""

SIZES = (1_000, 100_000, 1_000_000)
