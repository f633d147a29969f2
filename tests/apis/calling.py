"""One API called over its socket: `call("GET /users?limit=1")`, `call("POST /users", {...})`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

import httpx
from serving import Served

Json = Any
NOTHING: Any = object()  # no body, which null is not


@dataclass(frozen=True, slots=True)
class Caller:
    """A client of one API with one bearer key; `base` is the API's base path."""

    served: Served
    base: str
    key: str | None = "test-key"

    def using(self, key: str | None) -> Caller:
        """The same client with another key, or without one."""
        return replace(self, key=key)

    def __call__(self, line: str, body: Json = NOTHING, **headers: str) -> httpx.Response:
        """The answer to a request line such as `PATCH /users/usr_1`, with a JSON body where one is given."""
        method, _, path = line.partition(" ")
        known = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        sent = {} if body is NOTHING else {"content": body} if isinstance(body, bytes) else {"json": body}
        url = f"{self.served.url}{self.base}{path}"
        return self.served.client.request(method, url, headers={**known, **headers}, **sent)

    def ok(self, line: str, body: Json = NOTHING) -> Json:
        """The JSON of an answer that must be a success."""
        answer = self(line, body)
        assert answer.is_success, f"{line}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def pages(self, path: str) -> Iterator[list[Json]]:
        """The records of a list, page by page, following `next_cursor`; each page is asked for when it is wanted."""
        page, seen = self.ok(f"GET {path}"), set[str]()
        yield page["data"]
        while page["has_more"]:
            assert page["next_cursor"] not in seen, f"{path} goes round in circles"
            seen.add(page["next_cursor"])
            page = self.ok(f"GET {path}{'&' if '?' in path else '?'}cursor={quote(page['next_cursor'])}")
            yield page["data"]

    def every(self, path: str) -> list[Json]:
        """All records of a list."""
        return [record for page in self.pages(path) for record in page]

    def records(self, resource: str, key: str = "id") -> dict[str, Json]:
        """The records of a resource as the mock keeps them, by their key."""
        api = self.served.control("state", resource=resource, limit=1_000)["apis"]
        kept = next(iter(api.values()))[resource]["records"]
        return {record[key]: record for record in kept}

    def freeze(self, time: str = "2026-06-01T12:00:00Z") -> None:
        """The clock stands still."""
        self.served.control("clock", {"freeze": time})

    def advance(self, duration: str) -> None:
        """The clock forward."""
        self.served.advance(duration)


def refusal(answer: httpx.Response) -> tuple[int, str, str, str | None]:
    """Status, code, message and field of an error in Pulse's form; its form is checked."""
    assert answer.headers["content-type"] == "application/json"
    assert set(answer.json()) == {"error"}
    error = dict(answer.json()["error"])
    assert error.pop("request_id").startswith("req_")
    field = error.pop("field", None)
    assert set(error) == {"code", "message"}
    return answer.status_code, error["code"], error["message"], field
