"""The plain servers of tests/plain are right: asked anything at all, they answer as the mock does from like records.

Ids and cursors that either makes are matched; both go by one clock. Left out is what neither the documents nor the
readings say: how texts of different case sort, where null sorts, whether `limit=05` is a number or `True` a boolean, …
"""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from tests.plain import agreement
from tests.plain.agreement import Both
from tests.plain.leads import SHOWN, TEXTS
from tests.plain.texts import milliseconds

JSON = {"Content-Type": "application/json"}
STEPS = 250
TEXTS_SENT = ["", "Ann", "ANN", "Zoë", "😀" * 60, "a\u0000b", "x" * 120, "x" * 121, "o'Hara; --", "%", None, 7, []]
EMAILS = ["ann@x.test", "ANN@X.test", "b@x.test", "ines.0@GLOBEX.test", "no", '"a b"@x.test', "a@[::1]", "", None]
BAD_BODIES = [b"", b"{", b"[]", b"null", b'{"a":"\\ud800"}', b'{"a":NaN}', b'{"a":1e999}', b"\xff", b"{}{}", b'"x"']
METADATA: list[Any] = [
    {}, {"a": "1"}, {"a": None}, {"b": "2", "a": "3"}, {"a": 1}, {f"k{n}": "x" for n in range(49)},
    {f"k{n}": None for n in range(49)}, {f"k{n}": "x" for n in range(51)}, None, [],
]  # fmt: skip
QUERIES = [
    "", "limit=2", "limit=100", "limit=0", "limit=51", "limit=x", "limit=", "limit=1&limit=2", "status=active",
    "status=pending&limit=1", "status=gone", "q=ANN", "q=globex&limit=3", "q=%ff", "q=", "q=zo%C3%AB", "cursor=bad",
    "other=1", "unread=true", "unread=false&limit=2", "unread=maybe", "unread=true&limit=1",
]  # fmt: skip
KINDS = ["list", "list", "walk", "create", "update", "update", "delete", "send", "poll", "wrong", "wait"]
PATHS = ["/v2/users/usr_none", "/v2/users/none", "/v2/users/%ff", "/v2/nothing", "/v2/messages/msg_none", "/v2"]


def pulse_step(both: Both, dice: random.Random, ids: dict[str, list[str]]) -> None:
    """One call of Pulse that makes sense, more or less."""
    key = dice.choice(["test-key"] * 9 + ["editor-key", "readonly-key", "limited-key", "Test-key", ""])
    headers = {"Authorization": f"Bearer {key}", **JSON} if key else JSON
    user = dice.choice([*ids["usr"][-6:], *ids["usr"][3:]])  # seldom one whose key this is
    user = ids["usr"][dice.randrange(3)] if dice.random() < 0.03 else user
    kind = dice.choice(KINDS)
    if kind == "list":
        listed = both.call("GET", f"/v2/{dice.choice(['users', 'threads'])}?{dice.choice(QUERIES)}", headers)[1]
        for one in listed.get("data", []):
            if one["id"] not in ids[one["id"][:3]]:
                ids[one["id"][:3]].append(one["id"])
    elif kind == "walk":
        lists = ["users?limit=7", "users?limit=3&status=active", "users?q=x.test&limit=1", "threads?limit=9"]
        path = dice.choice(lists)
        page = both.call("GET", f"/v2/{path}", headers)[1]
        for _ in range(4):
            if page.get("has_more"):
                other = dice.choice(["", "", "&status=pending", "&q=x"])
                page = both.call("GET", f"/v2/{path}{other}&cursor={page['next_cursor']}", headers)[1]
    elif kind == "create":
        body = chosen(dice, {
            "email": EMAILS, "role": ["admin", "editor", "viewer", "viewer", "owner", None], "name": TEXTS_SENT,
            "metadata": METADATA, "id": ["usr_mine"],
        }, ("email", "role"))  # fmt: skip
        made = both.call("POST", "/v2/users", headers, body)[1]
        ids["usr"] += [made["id"]] if "id" in made else []
    elif kind == "update":
        roles = ["admin", "editor", "viewer", "owner", None]
        body = chosen(dice, {"role": roles, "name": TEXTS_SENT, "metadata": METADATA, "email": EMAILS}, ())
        both.call("PATCH", f"/v2/users/{user}", headers, body)
    elif kind == "delete":
        both.call("DELETE", f"/v2/users/{user}", headers)
    elif kind == "send":
        there = [*both.plain.users]
        user = dice.choice([*there[-6:], *there])
        times = [-5, 0, 1, 3, 60, 30 * 86_400, 30 * 86_400 + 1]
        to = [[user] * 2, [], ["x"], ["usr_none"], ["ines.0@GLOBEX.test", "b@y.de"], user, ["a@b.de"] * 51]
        body = chosen(dice, {
            "to": [[user], dice.sample(there, 3), *to], "subject": ["S", "S", "x" * 255, "x" * 256, *TEXTS_SENT],
            "body": ["B", "B", "b" * 10_000, "b" * 10_001, None],
            "thread_id": [*ids["thr"], "thr_none", None],
            "send_at": [milliseconds(both.now + timedelta(seconds=dice.choice(times))), "soon", None, "2026-01-01"],
        }, ("to", "subject", "body"))  # fmt: skip
        made = both.call("POST", "/v2/messages", headers, body)[1]
        ids["msg"] += [made["message_id"]] if "message_id" in made else []
    elif kind == "poll":
        both.call(dice.choice(["GET", "HEAD"]), f"/v2/messages/{dice.choice([*ids['msg'], 'msg_none'])}", headers)
    elif kind == "wrong":
        both.call("POST", dice.choice(["/v2/users", "/v2/messages"]), headers, dice.choice(BAD_BODIES))
        both.call("POST", "/v2/users", {**headers, "Content-Type": dice.choice(["text/plain", "a/b"])}, {})
        both.call(dice.choice(["GET", "PUT", "PATCH", "TRACE"]), dice.choice(PATHS), headers, {})
    else:
        both.advance(timedelta(milliseconds=dice.choice([1, 400, 1999, 2000, 61_000])))


def leads_step(both: Both, dice: random.Random, ids: dict[str, list[str]]) -> None:
    """One call of Pulse Leads that makes sense, more or less."""
    both.advance(timedelta(milliseconds=1))  # no two leads are made at one moment: how they'd sort isn't documented
    account = dice.choice([None] * 6 + ["acc_1001", "acc_1002", "acc_1002", "acc_1003", "acc_9", ""])
    headers = JSON if account is None else {**JSON, "X-Account-Id": account}
    lead = dice.choice([*ids["lead"][-8:], *ids["lead"], "0", "-1", "x", "9007199254740992", "99999"])
    kind = dice.choice(["list", "list", "filter", "create", "update", "update", "one", "archive", "wrong", "wait"])
    never_null = ["id", "archived", "createdAt", "updatedAt"]
    if kind == "list":
        sort = ",".join(dice.choice(["", "-"]) + name for name in dice.sample(never_null, dice.choice([1, 1, 2, 3])))
        query = dice.choice([
            "", f"sort={sort}", f"sort={sort}&pageSize=4&page={dice.randint(1, 4)}", "pageSize=100", "pageSize=101",
            "pageSize=0", "page=0", "page=2147483648", "page=x", "search=ANN", "search=lead3", "search=%C3%B3l",
            "archived=true", f"archived=true&sort={sort}", "archived=maybe", "sort=colour", "sort=", "colour=1",
            "page=0&pageSize=0&colour=1", "search=%ff", "page=1&page=2",
        ])  # fmt: skip
        listed = both.call("GET", f"/leads?{query}", headers)[1]
        ids["lead"] += [str(one["id"]) for one in listed.get("data", []) if str(one["id"]) not in ids["lead"]]
    elif kind == "filter":
        listed = both.call("GET", "/leads?pageSize=100", headers)[1].get("data")
        if listed:
            one = dice.choice(listed)
            names = [name for name in dice.sample(SHOWN, 2) if one[name] not in (None, "", True, False)]
            pairs = [f"{name}={quote(str(one[name]), safe='')}" for name in names]
            both.call("GET", f"/leads?pageSize=100&{'&'.join(pairs)}", headers)
    elif kind in ("create", "update"):
        times = ["2026-01-01T00:00:00Z", "2026-01-01T01:00:00.9999+01:00", "2026-01-01", "now", None, "", 5]
        values = dict.fromkeys(TEXTS, TEXTS_SENT) | {"email": EMAILS, "lastContacted": times}
        body = chosen(dice, {**values, "id": [3], "archived": [True], "accountId": ["acc_1002"], "other": [1]}, ())
        made = both.call(*(("POST", "/leads") if kind == "create" else ("PATCH", f"/leads/{lead}")), headers, body)[1]
        ids["lead"] += [str(made["id"])] if kind == "create" and "id" in made else []
    elif kind == "one":
        both.call(dice.choice(["GET", "GET", "HEAD", "DELETE"]), f"/leads/{lead}", headers)
    elif kind == "archive":
        both.call(dice.choice(["POST", "DELETE", "PUT"]), f"/leads/{lead}/archive", headers)
    elif kind == "wrong":
        both.call("POST", "/leads", headers, dice.choice(BAD_BODIES))
        both.call("PATCH", f"/leads/{lead}", {**headers, "Content-Type": "text/plain"}, {})
        both.call(dice.choice(["GET", "PUT", "TRACE"]), dice.choice(["/lead", "/leads/1/2", "/leads"]), headers)
    else:
        both.advance(timedelta(milliseconds=dice.choice([1, 350, 5_000])))


def chosen(dice: random.Random, values: dict[str, list[Any]], required: tuple[str, ...]) -> dict[str, Any]:
    """Some fields, at most one of them odd: which of two wrong fields is told isn't documented."""
    body = {name: values[name][0] for name in required}
    name = dice.choice([*values])
    if name in required and dice.random() < 0.1:
        del body[name]
    else:
        body[name] = dice.choice(values[name])
    return body


STEPPED = {"pulse": (agreement.pulse, pulse_step), "leads": (agreement.leads, leads_step)}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", STEPPED)
def test_they_answer_as_the_mock_does(name: str, seed: int) -> None:
    start, step = STEPPED[name]
    both, dice = start(), random.Random(seed)
    ids: dict[str, list[str]] = {"usr": [], "thr": [], "msg": [], "lead": []}
    if name == "pulse":
        ids["usr"], ids["thr"] = [*both.plain.users], [*both.plain.threads]
    for _ in range(STEPS):
        step(both, dice, ids)
    assert len(ids["usr"]) + len(ids["lead"]) > 20
