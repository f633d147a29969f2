"""Servers that are right in another way: changes about which documents and readings say nothing. None is a finding."""

from __future__ import annotations

PULSE = {
    "few-records": (
        "A workspace with the keys' users alone, and no threads.",
        "",
        [
            (
                "        for number, (name, role, status) in enumerate(people):",
                "        for number, (name, role, status) in enumerate(people[:4]):",
            ),
            ("        for number in range(31):", "        for number in range(0):"),
        ],
    ),
    "times-in-milliseconds": (
        "Times have milliseconds.",
        "",
        [
            (
                "from tests.plain.texts import is_email, read_integer, read_time, seconds\n",
                "from tests.plain.texts import is_email, read_integer, read_time\nfrom tests.plain.texts import milliseconds as seconds\n",
            )
        ],
    ),
    "times-with-an-offset": (
        "Times end with +00:00 instead of Z.",
        "",
        [
            (
                "class Refusal(Exception):",
                "plain_seconds = seconds\n\n\ndef seconds(moment: datetime) -> str:\n    return plain_seconds(moment).replace('Z', '+00:00')\n\n\nclass Refusal(Exception):",
            )
        ],
    ),
    "json-with-a-charset": (
        "The media type has a charset.",
        "",
        [
            (
                '{"Content-Type": "application/json", **headers}',
                '{"Content-Type": "application/json; charset=utf-8", **headers}',
            )
        ],
    ),
    "items-in-brackets": (
        "An error of an item of a list names it to[1].",
        "",
        [
            ('f"to.{place}", "must be a string"', 'f"to[{place}]", "must be a string"'),
            ('f"to.{place}", "must begin', 'f"to[{place}]", "must begin'),
        ],
    ),
    "same-second-by-id": (
        "Threads whose latest messages are of the same second come in the order of their ids.",
        "",
        [
            (
                'return [thread["last_message"].timestamp(), thread["order"]]',
                'return [int(thread["last_message"].timestamp()), thread["id"]]',
            )
        ],
    ),
    "delivered-at-once": (
        "A message is delivered as soon as it is due.",
        "",
        [("DELIVERY = timedelta(seconds=2)", "DELIVERY = timedelta(seconds=0)")],
    ),
    "raw-unicode": (
        "JSON is written in UTF-8, without blanks and with keys in alphabetical order.",
        "",
        [
            (
                "json.dumps(body).encode()",
                'json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()',
            )
        ],
    ),
    "short-ids": (
        "Ids are short numbers that never come again.",
        "",
        [('"id": f"usr_{secrets.token_hex(8)}"', '"id": f"usr_{self.count}"')],
    ),
    "strangers-learn-paths": (
        "An unknown path is 404, and another method 405, without a key too.",
        "",
        [
            (
                "        key, user = self.authenticate(request)\n",
                '        if operations and method not in operations:\n            raise Refusal(405, "not_found", "no such method", Allow=self.allow(operations))\n        if not operations:\n            raise not_found("there is no such path")\n        key, user = self.authenticate(request)\n',
            )
        ],
    ),
    "options-are-told": (
        "OPTIONS is answered with 204 and Allow.",
        "",
        [
            (
                "        key, user = self.authenticate(request)\n",
                '        if method == "OPTIONS" and operations:\n            raise Refusal(204, "not_found", "", Allow=self.allow(operations))\n        key, user = self.authenticate(request)\n',
            ),
            (
                '            status, body, headers = refusal.status, {"error": error}, refusal.headers\n',
                '            status, body, headers = refusal.status, {"error": error}, refusal.headers\n            body = None if status == 204 else body\n',
            ),
        ],
    ),
    "role-before-email": (
        "Of several wrong fields another one is named.",
        "",
        [
            (
                '        email = required_text(body, "email")\n',
                '        if body.get("role") not in [*ROLES]:\n            raise invalid("role", "must be one of admin, editor or viewer")\n        email = required_text(body, "email")\n',
            )
        ],
    ),
    "unknown-user-first": (
        "Whether there is such a user is looked at before the body.",
        "",
        [
            (
                '        body = call.json()\n        if "role" in body:',
                '        if call.id not in self.users:\n            raise not_found("there is no user with this id")\n        body = call.json()\n        if "role" in body:',
            )
        ],
    ),
    "user-before-scope": (
        "Deleting: whether there is such a user is looked at before what the key may do.",
        "",
        [
            (
                '        if scope not in ROLES[user["role"]]:',
                '        if method == "DELETE" and path_id not in self.users:\n            raise not_found("there is no user with this id")\n        if scope not in ROLES[user["role"]]:',
            )
        ],
    ),
    "slower-delivery": (
        "A message is delivered after three seconds.",
        "",
        [("DELIVERY = timedelta(seconds=2)", "DELIVERY = timedelta(seconds=3)")],
    ),
    "sliding-window": (
        "The limit counts the minute before each request.",
        "",
        [
            (
                "        since, count = self.windows.get(key, (now, 0))\n        if now - since >= WINDOW:\n            since, count = now, 0\n",
                '        self.times = getattr(self, "times", {})\n        self.times[key] = [one for one in self.times.get(key, []) if now - one < WINDOW]\n        since, count = (self.times[key] or [now])[0], len(self.times[key])\n',
            ),
            ("        self.windows[key] = since, count + 1", "        self.times[key].append(now)"),
        ],
    ),
    "rate-headers": (
        "Every answer has headers that nobody has documented.",
        "",
        [
            (
                "        return Answer(status, json.dumps(body).encode(), {",
                '        return Answer(status, json.dumps(body).encode(), {"X-RateLimit-Remaining": "59", "X-Request-Id": "1", "Vary": "Accept", ',
            )
        ],
    ),
    "true-in-any-case": (
        "`unread=True` is true.",
        "",
        [
            (
                'return self.one_of(name, ["true", "false"]) == "true"',
                'text = (self.text(name) or "").lower()\n        if self.text(name) is not None and text not in ("true", "false"):\n            raise invalid(name, "must be a boolean")\n        return text == "true"',
            )
        ],
    ),
    "empty-cursor-is-none": (
        "`cursor=` is the first page.",
        "",
        [("    if cursor is not None:\n", "    if cursor:\n")],
    ),
}

LEADS = {
    "few-records": (
        "No lead in any account.",
        "",
        [("        for number in range(52):", "        for number in range(0):")],
    ),
    "nulls-first": (
        "Nulls sort before everything.",
        "",
        [(" NULLS LAST", " NULLS FIRST")],
    ),
    "sorts-in-any-case": (
        "Sorting ignores the case of texts.",
        "",
        [('order.append(f"{name} {', "order.append(f\"{name + ' COLLATE NOCASE' if name in TEXTS else name} {")],
    ),
    "json-with-a-charset": (
        "The media types have a charset.",
        "",
        [('{"Content-Type": media, **headers}', '{"Content-Type": media + "; charset=utf-8", **headers}')],
    ),
    "raw-unicode": (
        "JSON is written in UTF-8, without blanks and with keys in alphabetical order.",
        "",
        [
            (
                "json.dumps(body).encode()",
                'json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()',
            )
        ],
    ),
    "problem-types": (
        "Problems have types of their own.",
        "",
        [
            (
                'body = {"type": "about:blank", "title": title',
                'body = {"type": f"https://leads.test/problems/{status}", "title": title',
            )
        ],
    ),
    "nothing-changed": (
        "A change that changes nothing leaves `updatedAt` as it is.",
        "",
        [
            (
                '        self.change(lead["id"], fields)\n',
                '        if any(lead[name] != value for name, value in fields.items()):\n            self.change(lead["id"], fields)\n',
            )
        ],
    ),
    "empty-filter-is-none": (
        "A filter without a text is none.",
        "",
        [("            if wanted is not None:\n", '            if wanted not in (None, ""):\n')],
    ),
    "unknown-lead-first": (
        "Whether there is such a lead is looked at before the body.",
        "",
        [("        self.read_id(lead_id)\n        fields =", "        self.find(account, lead_id)\n        fields =")],
    ),
    "large-ids": (
        "Ids are large, and go up by more than one.",
        "",
        [('"id": 950 + number * 3', '"id": 7_000_000_000_000 + number * 977')],
    ),
}
