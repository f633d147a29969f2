"""Every example of an answer that a bundled document shows is what the mock answers to the document's own request.

An operation is asked with the examples of its parameters and of its body; the table says what else an example needs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from asking import APIS, Asked, Json, base_path, content, operations, resolved
from serving import Served

from mockserver.world import times


@dataclass(frozen=True, slots=True)
class Case:
    """An example: of an operation's own response, or of one that operations share (then `operation` is its name)."""

    api: str
    operation: str
    status: str
    name: str
    value: Json

    def __str__(self) -> str:
        return f"{self.api} {self.operation} {self.status} {self.name}"


@dataclass(frozen=True, slots=True)
class Recipe:
    """What an example needs beyond the document's own request; `before` prepares the world."""

    operation: str | None = None  # which one to ask, for an example that operations share
    path: Mapping[str, Json] = field(default_factory=dict)
    query: Mapping[str, Json] | None = None  # instead of the examples of the parameters
    body: Json = None  # instead of the example, or the name of one
    headers: Mapping[str, str] = field(default_factory=dict)
    before: Callable[[Ask], object] = lambda ask: None


Ask = Callable[..., Any]  # (method, path, body) -> the answer's body, asked with the test key

# What the server makes up, by method: of these the form is compared, of all else the value.
CURSORS, KEYS = "next_cursor|request_id", "id|message_id"
CREATED, CHANGED = "(created|invited)_?[aA]t", "updated_?[aA]t"
MADE = {
    "GET": CURSORS,
    "POST": f"{CURSORS}|{KEYS}|{CREATED}|{CHANGED}",
    "PATCH": f"{CURSORS}|{CHANGED}",
    "DELETE": CURSORS,
}


def no_other_admins(ask: Ask) -> None:
    """Leaves the test key's user as the only admin."""
    found = ask("GET", "/users?limit=100")["data"]
    for user in found:
        if user["role"] == "admin" and user["id"] != "usr_01HX8PRM":
            ask("DELETE", f"/users/{user['id']}")


def alice_first(ask: Ask) -> None:
    """Leaves no active user that is newer than Alice and has `ce` in the name, but Grace, who is older."""
    while (found := ask("GET", "/users?status=active&q=ce&limit=1")["data"][0]["id"]) != "usr_01HX9ABC":
        ask("DELETE", f"/users/{found}")


NO_SUCH = {"id": "nobody"}
ONLY_ADMIN = Recipe(path={"id": "usr_01HX8PRM"}, before=no_other_admins)
LIMITED = {"Authorization": "Bearer limited-key"}

RECIPES: dict[str, Recipe] = {
    "myra createContact 200 retry": Recipe(
        body={"first_name": "Jane", "last_name": "Doe", "email": "jane@doe.com", "external_id": "lead-form-7781"},
        before=lambda ask: ask(
            "POST", "/contacts",
            {"first_name": "Jane", "last_name": "Doe", "email": "jane@doe.com", "external_id": "lead-form-7781"},
        ),
    ),
    "myra BadRequest malformed": Recipe("createContact", body=b'{"first_name": "Jane"'),
    "myra Unauthorized unauthorized": Recipe("listContacts", headers={"Authorization": ""}),
    "myra Forbidden scope": Recipe("createContact", headers={"Authorization": "Bearer readonly-key"}),
    "myra NotFound not-found": Recipe("getContact", path=NO_SUCH),
    "myra Duplicate email": Recipe(
        "createContact", before=lambda ask: ask("POST", "/contacts", {"first_name": "Jane", "email": "jane@doe.com"})
    ),
    "myra Invalid documented": Recipe("createContact", body={"first_name": "Jane", "email": "jane"}),
    "myra RateLimited burst": Recipe(
        "listContacts", before=lambda ask: [ask("GET", "/pipelines") for _ in range(50)], query={}
    ),
    "myra Refused media-type": Recipe("createContact", headers={"Content-Type": "text/plain"}),
    "pulse listUsers 200 documented": Recipe(query={"limit": 1, "status": "active", "q": "ce"}, before=alice_first),
    "pulse deleteUser 403 documented": ONLY_ADMIN,
    "pulse updateUser 403 last-admin": Recipe(path=ONLY_ADMIN.path, body={"role": "editor"}, before=no_other_admins),
    "pulse BadRequest documented": Recipe(
        "createUser", before=lambda ask: ask("POST", "/users", {"email": "bob@acme.com", "role": "viewer"})
    ),
    "pulse Unauthorized unauthorized": Recipe("listUsers", headers={"Authorization": ""}),
    "pulse Forbidden forbidden": Recipe("createUser", headers={"Authorization": "Bearer readonly-key"}),
    "pulse NotFound not-found": Recipe("updateUser", path={"id": "usr_nobody"}),
    "pulse RateLimited rate-limited": Recipe(
        "listUsers", headers=LIMITED, before=lambda ask: [ask("GET", "/threads", headers=LIMITED) for _ in range(60)]
    ),
    # The vendor's 142 leads fill 8 pages of 20, not of the default 10.
    "pulse-leads listLeads 200 documented": Recipe(query={"pageSize": 20, "sort": "createdAt"}),
    "pulse Refused media-type": Recipe("createUser", headers={"Content-Type": "text/plain"}),
}

# Examples that no request can bring about, and why.
NOT_ASKED_FOR = {
    "myra ServerError server-error": "a fault of the vendor's server",
    "pulse ServerError server-error": "a fault of the vendor's server",
}

# What an answer has beside its example, and why.
MORE = {
    "pulse-leads listLeads 200 documented": ("source|status|assignedTo|notes", "named in the text, not in the example"),
}


def cases() -> Iterator[Case]:
    for api in APIS:
        for path in content(api)["paths"].values():
            for operation in path.values():
                for status, response in (operation.get("responses") or {}).items() if "responses" in operation else ():
                    if "$ref" not in response:
                        yield from _examples(api, operation["operationId"], f" {status}", response)
        for name, response in content(api)["components"]["responses"].items():
            yield from _examples(api, name, "", response)


def _examples(api: str, operation: str, status: str, response: Json) -> Iterator[Case]:
    for media in resolved(api, response).get("content", {}).values():
        for name, one in media.get("examples", {}).items():
            yield Case(api, operation, status.strip(), name, one["value"])


CASES = {f"{one.api} {one.operation} {one.status} {one.name}".replace("  ", " "): one for one in cases()}


@pytest.mark.parametrize("case", sorted(CASES.keys() - NOT_ASKED_FOR))
def test_an_example_is_what_the_mock_answers(everything: Served, case: str) -> None:
    one, recipe = CASES[case], RECIPES.get(case, Recipe())
    asked = next(each for each in operations(one.api) if each.id == (recipe.operation or one.operation))
    everything.reset()
    everything.control("clock", {"freeze": "2026-06-01T12:00:00Z"})
    recipe.before(asker(everything, one.api))
    answer = send(everything, asked, recipe)
    assert not one.status or answer.status_code == int(one.status), answer.text
    is_json = "json" in answer.headers["content-type"]
    found = answer.json() if is_json else answer.text
    made = re.compile(MADE[asked.method])
    assert list(differences(one.value, found, made, re.compile(MORE.get(case, ("a^", ""))[0]))) == []


def test_every_entry_of_the_tables_is_an_example() -> None:
    assert {*RECIPES, *NOT_ASKED_FOR, *MORE} <= set(CASES)


def asker(server: Served, api: str) -> Ask:
    def ask(method: str, path: str, body: Json = None, headers: Mapping[str, str] | None = None) -> Any:
        answer = server.client.request(
            method, f"{server.url}/{api}{base_path(api)}{path}", json=body, headers={**KEY, **(headers or {})}
        )
        assert answer.status_code < 400, answer.text
        return answer.json() if answer.content else None

    return ask


KEY = {"Authorization": "Bearer test-key", "x-api-key": "test-key"}


def send(server: Served, asked: Asked, recipe: Recipe) -> Any:
    """Asks an operation with its own examples, and what the recipe has in their place."""
    shown = {one["name"]: value for one in asked.parameters if (value := _shown(asked.api, one)) is not None}
    path = re.sub(r"\{(.*?)\}", lambda name: str({**shown, **recipe.path}[name[1]]), asked.path)
    query = recipe.query
    if query is None:
        query = {}
        for one in asked.parameters:
            if one["in"] == "query" and one["name"] in shown:
                query |= _spelled(one["name"], shown[one["name"]])
    headers = {**KEY, **({"Content-Type": asked.media_type} if asked.media_type else {}), **recipe.headers}
    body = recipe.body if recipe.body is not None else next(iter(asked.bodies), None)
    sent = {"content": body} if isinstance(body, bytes) else {"json": body} if body is not None else {}
    return server.client.request(
        asked.method, f"{server.url}/{asked.api}{path}", params=query, headers=headers, **sent
    )


def _shown(api: str, parameter: dict[str, Json]) -> Json:
    """The example that a parameter has; only 'documented' ones count for the query."""
    examples = parameter.get("examples", {})
    if parameter["in"] == "path":
        found = [one["value"] for one in examples.values()] + resolved(api, parameter["schema"]).get("examples", [])
        return next(iter(found), None)
    if parameter.get("required"):
        return next(iter(resolved(api, parameter["schema"]).get("examples", [])), None)
    return examples.get("documented", {}).get("value")


def _spelled(name: str, value: Json) -> dict[str, str]:
    if isinstance(value, dict):
        return {f"{name}[{key}]": str(one) for key, one in value.items()}
    return {name: str(value).lower() if isinstance(value, bool) else str(value)}


def differences(
    example: Json, found: Json, made: re.Pattern[str], more: re.Pattern[str], at: str = ""
) -> Iterator[str]:
    """Where an answer isn't as its example: keys, types, values; of what the server makes up, the form."""
    name = at.rpartition("/")[2]
    if isinstance(example, dict) and isinstance(found, dict):
        if strange := [key for key in found.keys() ^ example.keys() if not more.fullmatch(key)]:
            yield f"{at}: {strange} on one side only"
        for key in example.keys() & found.keys():
            yield from differences(example[key], found[key], made, more, f"{at}/{key}")
    elif isinstance(example, list) and isinstance(found, list):
        for one in example:  # each that is shown is there
            if not any(not list(differences(one, other, made, more)) for other in found):
                yield f"{at}: {one} is not among {found}"
    elif made.fullmatch(name):
        if form(example) != form(found):
            yield f"{at}: {found!r} has not the form of {example!r}"
    elif type(example) is not type(found):
        yield f"{at}: {found!r} is no {type(example).__name__}"
    elif example != found and (times.parse(example) is None or times.parse(example) != times.parse(found)):
        yield f"{at}: {found!r} is not {example!r}"


def form(value: Json) -> str:
    """`usr_01HX9ABC` and `usr_7K2M3N4P` have one form; so have all times that are written alike."""
    if not isinstance(value, str):
        return type(value).__name__
    if times.parse(value) is not None:
        return re.sub(r"\d", "0", value)
    return re.match(r"((usr|req|msg|thr|contact|deal|conv)_)?", value)[0]
