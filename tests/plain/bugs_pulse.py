"""Bugs for the plain server of Pulse: name -> (what is wrong, the operations it may be blamed on, the changes)."""

from __future__ import annotations

USERS = "listUsers"
THREADS = "listThreads"
LISTS = "listUsers listThreads"
# `*` stands for what is no operation of the document
ALL = "listUsers createUser updateUser deleteUser sendMessage getMessage listThreads"

PAGING = {
    "page-one-too-many": (
        "A page shows the extra record that was fetched to know whether there are more.",
        LISTS,
        [("shown = found[:limit]\n", "shown = found[: limit + 1]\n")],
    ),
    "page-repeats-the-last": (
        "Each page begins with the last record of the page before.",
        LISTS,
        [("if place(one) < after]", "if place(one) <= after]")],
    ),
    "page-loses-one": (
        "The cursor stands on the first record of the next page, which is then left out.",
        LISTS,
        [("make_cursor(place(shown[-1]), bound_to)", "make_cursor(place(found[limit]), bound_to)")],
    ),
    "more-after-a-full-page": (
        "A last page that happens to be full says that there are more.",
        LISTS,
        [("len(found) > limit}", "len(found) >= limit}")],
    ),
    "cursor-on-the-last-page": (
        "The last page has a `next_cursor` too.",
        LISTS,
        [('    if body["has_more"]:\n', "    if shown:\n")],
    ),
    "cursor-is-an-offset": (
        "A cursor counts records, so that a user who is created while one pages shows another twice.",
        LISTS,
        [
            ("found = [one for one in found if place(one) < after]", "found = found[after[0] :]"),
            ("make_cursor(place(shown[-1]), bound_to)", "make_cursor([(after[0] if cursor else 0) + limit], bound_to)"),
        ],
    ),
    "cursor-drops-the-status": (
        "From the second page on the status filter is forgotten.",
        USERS,
        [("if (status is None or user", "if (status is None or cursor or user")],
    ),
    "cursor-of-another-list": (
        "A cursor is taken for whatever list and filter, not only for its own.",
        LISTS,
        [("if known == bound_to and make_cursor", "if make_cursor")],
    ),
    "bad-cursor-is-the-start": (
        "A cursor that can't be read gives the first page.",
        LISTS,
        [('    raise invalid("cursor", "is not a cursor of this list")', "    return [math.inf]")],
    ),
    "limit-is-capped": (
        "A limit over 100 is taken for 100 instead of being refused.",
        USERS,
        [('call.whole_number("limit", 20, 1, 100)', 'min(call.whole_number("limit", 20, 1, 10**9), 100)')],
    ),
    "default-page-of-25": (
        "Without a limit a page of users has 25, not 20.",
        USERS,
        [('"limit", 20, 1, 100', '"limit", 25, 1, 100')],
    ),
    "limit-zero-is-none": (
        "limit=0 is taken for no limit at all and gives the default page.",
        LISTS,
        [
            (
                "        if number is None:\n",
                "        if number == 0:\n            return default\n        if number is None:\n",
            )
        ],
    ),
    "limit-100-is-too-many": (
        "The largest page is refused.",
        USERS,
        [('"limit", 20, 1, 100', '"limit", 20, 1, 99')],
    ),
}

FINDING = {
    "sorted-by-update": (
        "Users are sorted by their last change, not by creation.",
        "listUsers updateUser",
        [('[user["created"].timestamp(), user["order"]]', '[user["updated"].timestamp(), user["order"]]')],
    ),
    "active-within-inactive": (
        "The status filter looks for a part of the status: `active` finds `inactive` too.",
        USERS,
        [('user["status"] == status)', 'status in user["status"])')],
    ),
    "unknown-status-finds-nothing": (
        "An unknown status gives an empty page instead of 400.",
        USERS,
        [('status = call.one_of("status", STATUSES)', 'status = call.text("status")')],
    ),
    "search-has-a-case": (
        "The search tells upper from lower case.",
        USERS,
        [
            ('(call.text("q") or "").casefold()', '(call.text("q") or "")'),
            (
                'wanted in user.get("name", "").casefold() or wanted in user["email"].casefold()',
                'wanted in user.get("name", "") or wanted in user["email"]',
            ),
        ],
    ),
    "search-has-a-case-beyond-ascii": (
        "The search ignores the case of A to Z only: ZOË doesn't find Zoë.",
        USERS,
        [
            ('(call.text("q") or "").casefold()', '(call.text("q") or "").encode().lower()'),
            ('wanted in user.get("name", "").casefold()', 'wanted in user.get("name", "").encode().lower()'),
            ('wanted in user["email"].casefold()', 'wanted in user["email"].encode().lower()'),
            ('["users", status, wanted]', '["users", status, wanted.decode()]'),
        ],
    ),
    "search-skips-email": (
        "The search looks at names only.",
        USERS,
        [(' or wanted in user["email"].casefold())', ")")],
    ),
    "search-from-the-start": (
        "The search finds what begins with the text, not what contains it.",
        USERS,
        [
            ('wanted in user.get("name", "").casefold()', 'user.get("name", "").casefold().startswith(wanted)'),
            ('wanted in user["email"].casefold()', 'user["email"].casefold().startswith(wanted)'),
        ],
    ),
    "search-or-status": (
        "Of status and search one is enough.",
        USERS,
        [("            and (wanted in", "            or wanted and (wanted in")],
    ),
    "unread-is-ignored": (
        "unread=true lists all threads.",
        THREADS,
        [("(not unread or me in", "(True or me in")],
    ),
    "unread-false-hides": (
        "unread=false lists only what was read, instead of everything.",
        THREADS,
        [
            ("(not unread or me in", '(call.text("unread") is None or unread == (me in'),
            ('thread["unread_by"])\n        ]', 'thread["unread_by"]))\n        ]'),
        ],
    ),
}

CHANGING = {
    "patch-clears-the-name": (
        "A change without `name` removes the name.",
        "updateUser listUsers",
        [
            (
                "        user.update(changed, updated=call.now)",
                '        user.pop("name", None)\n        user.update(changed, updated=call.now)',
            )
        ],
    ),
    "patch-is-not-kept": (
        "A change is answered but not stored.",
        "updateUser listUsers",
        [("        user.update(changed, updated=call.now)", '        user = {**user, **changed, "updated": call.now}')],
    ),
    "metadata-is-replaced": (
        "Metadata that is sent replaces what was there instead of being merged into it.",
        "updateUser",
        [('{**user["metadata"], **changed["metadata"]}', 'changed["metadata"]')],
    ),
    "metadata-null-is-ignored": (
        "A key with null stays as it was instead of being removed.",
        "updateUser",
        [
            (
                '{**user["metadata"], **changed["metadata"]}',
                '{**user["metadata"], **{name: value for name, value in changed["metadata"].items() if value is not None}}',
            )
        ],
    ),
    "metadata-null-is-empty": (
        "A key with null is kept with an empty text.",
        "updateUser",
        [
            (
                "{name: value for name, value in merged.items() if value is not None}",
                '{name: value or "" for name, value in merged.items()}',
            )
        ],
    ),
    "metadata-counted-as-sent": (
        "The 50 keys of metadata are counted in what is sent, not in what is kept.",
        "updateUser",
        [('self.check_size(changed["metadata"])', 'self.check_size(body["metadata"])')],
    ),
    "patch-answers-what-was-sent": (
        "The answer to a change shows the metadata as they were sent, not as they are now.",
        "updateUser",
        [
            (
                '200, {"id": user["id"], **changed, "updated_at"',
                '200, {"id": user["id"], **changed, **{k: {n: v for n, v in body[k].items() if v} for k in ["metadata"] if k in body}, "updated_at"',
            )
        ],
    ),
    "patch-takes-anything": (
        "A change sets whatever field of a user is sent, the email and the status too.",
        "updateUser listUsers",
        [
            (
                "        user.update(changed, updated=call.now)",
                "        user.update({name: body[name] for name in body if name in user})\n        user.update(changed, updated=call.now)",
            )
        ],
    ),
    "create-takes-a-status": (
        "A new user gets the status that the client sends.",
        "createUser listUsers",
        [
            (
                'self.add_user(email, name, role, "pending", metadata, call.now)',
                'self.add_user(email, name, role, body.get("status", "pending"), metadata, call.now)',
            )
        ],
    ),
    "updated-at-stays": (
        "`updated_at` stays what it was.",
        "updateUser",
        [("user.update(changed, updated=call.now)", "user.update(changed)")],
    ),
    "new-users-are-active": (
        "A new user is active at once, without having accepted the invitation.",
        "createUser listUsers",
        [('email, name, role, "pending", metadata', 'email, name, role, "active", metadata')],
    ),
    "role-null-is-taken": (
        "A change with `role: null` is answered as if nothing were wrong.",
        "updateUser",
        [
            (
                '        if "role" in body:\n            self.check_role',
                '        if body.get("role") is None:\n            body.pop("role", None)\n        if "role" in body:\n            self.check_role',
            )
        ],
    ),
    "numbers-become-texts": (
        "Metadata that are no texts are made texts instead of being refused.",
        "createUser updateUser",
        [
            (
                '                raise invalid(f"metadata.{name}", "must be a string")',
                "                metadata[name] = str(value)",
            )
        ],
    ),
}

UNIQUE_AND_GUARDS = {
    "email-has-a-case": (
        "The same email in another case is another email.",
        "createUser",
        [('user["email"].casefold() == email.casefold()', 'user["email"] == email')],
    ),
    "email-isnt-unique": (
        "Two users may have one email.",
        "createUser",
        [("if any(user[", "if False and any(user[")],
    ),
    "email-taken-is-409": (
        "An email that is taken is 409 instead of 400.",
        "createUser",
        [
            (
                'Refusal(400, "validation_failed", "email is already in use", "email")',
                'Refusal(409, "validation_failed", "email is already in use", "email")',
            )
        ],
    ),
    "email-taken-names-no-field": (
        "The refusal of an email that is taken doesn't say which field is at fault.",
        "createUser",
        [('"email is already in use", "email")', '"email is already in use")')],
    ),
    "email-of-the-deleted": (
        "The email of a user who is gone stays taken.",
        "createUser",
        [
            ("        self.count = 0  #", "        self.taken: set[str] = set()\n        self.count = 0  #"),
            ("if any(user[", "if email.casefold() in self.taken or any(user["),
            (
                "        del self.users[call.id]",
                '        self.taken.add(user["email"].casefold())\n        del self.users[call.id]',
            ),
        ],
    ),
    "last-admin-can-go": (
        "The last admin can be deleted.",
        "deleteUser",
        [('            raise Refusal(403, "forbidden", "cannot delete the last admin")', "            pass")],
    ),
    "last-admin-can-be-demoted": (
        "The last admin can be demoted.",
        "updateUser",
        [('            raise Refusal(403, "forbidden", "cannot demote the last admin")', "            pass")],
    ),
    "last-admin-is-400": (
        "Demoting the last admin is refused with 400.",
        "updateUser",
        [
            (
                'Refusal(403, "forbidden", "cannot demote the last admin")',
                'Refusal(400, "validation_failed", "cannot demote the last admin", "role")',
            )
        ],
    ),
    "viewers-send": (
        "A viewer may send messages.",
        "sendMessage",
        [('"viewer": {"read"}}', '"viewer": {"read", "send"}}')],
    ),
    "viewers-delete": (
        "Whoever may read may delete users.",
        "deleteUser",
        [('"DELETE": ("manage", Pulse.delete_user)', '"DELETE": ("read", Pulse.delete_user)')],
    ),
    "forbidden-is-401": (
        "A key that may not do it is told 401, as if it weren't one.",
        "createUser updateUser deleteUser sendMessage",
        [
            (
                'raise Refusal(403, "forbidden", "insufficient scope")',
                'raise Refusal(401, "unauthorized", "insufficient scope", WWW_Authenticate="Bearer")',
            )
        ],
    ),
    "any-key-will-do": (
        "A key that nobody has is taken.",
        ALL,
        [
            ("self.keys.get(key.strip()) if", 'self.keys.get(key.strip(), self.keys["test-key"]) if'),
            ("return key.strip(), user", 'return key.strip() if key.strip() in self.keys else "test-key", user'),
        ],
    ),
    "no-key-is-403": (
        "Without a key the answer is 403, not 401.",
        ALL,
        [
            (
                'Refusal(401, "unauthorized", "missing or invalid API key", WWW_Authenticate="Bearer")',
                'Refusal(403, "forbidden", "missing or invalid API key")',
            )
        ],
    ),
}

ERRORS = {
    "unknown-user-is-invalid": (
        "The error of an unknown user has the code of invalid input.",
        "deleteUser",
        [
            (
                '        if user is None:\n            raise not_found("there is no user with this id")\n        if self.is_last_admin(user):\n            raise Refusal(403, "forbidden", "cannot delete',
                '        if user is None:\n            raise Refusal(404, "validation_failed", "there is no user with this id")\n        if self.is_last_admin(user):\n            raise Refusal(403, "forbidden", "cannot delete',
            )
        ],
    ),
    "deleting-nobody-works": (
        "Deleting a user who isn't there is answered with 204.",
        "deleteUser",
        [
            (
                '        user = self.users.get(call.id)\n        if user is None:\n            raise not_found("there is no user with this id")\n        if self.is_last',
                "        user = self.users.get(call.id)\n        if user is None:\n            return 204, None\n        if self.is_last",
            )
        ],
    ),
    "errors-without-request-id": (
        "Errors lack `request_id`.",
        ALL,
        [(', "request_id": f"req_{secrets.token_hex(6)}"}', "}")],
    ),
    "field-of-parameters-missing": (
        "An error of a query parameter doesn't name it in `field`.",
        LISTS,
        [
            (
                '            raise invalid(name, f"must be between {least} and {most}")',
                '            raise Refusal(400, "validation_failed", f"{name} is out of range")',
            )
        ],
    ),
    "field-is-the-parent": (
        "An error within metadata names something that wasn't sent.",
        "createUser updateUser",
        [('raise invalid(f"metadata.{name}", "must be a string")', 'raise invalid("attributes", "must be strings")')],
    ),
    "unknown-path-is-html": (
        "An unknown path is answered by the web server in front, in HTML.",
        f"{ALL} *",
        [
            (
                "    def handle(self, request: Request) -> tuple[int, Any]:",
                "    def handle(self, request: Request) -> tuple[int, Any]:\n        if not self.route(request.path)[0]:\n            raise KeyError",
            ),
            (
                "        except Exception:\n",
                '        except KeyError:\n            return Answer(404, b"<h1>404 Not Found</h1>", {"Content-Type": "text/html"})\n        except Exception:\n',
            ),
        ],
    ),
    "required-is-422": (
        "A missing field is 422 instead of 400.",
        "createUser sendMessage",
        [
            (
                '        raise invalid(name, "is required")',
                '        raise Refusal(422, "validation_failed", f"{name} is required", name)',
            )
        ],
    ),
    "broken-json-breaks": (
        "A body that is no JSON is a 500.",
        "createUser updateUser sendMessage",
        [
            (
                '            raise Refusal(400, "validation_failed", str(malformed)) from None',
                "            raise RuntimeError from malformed",
            )
        ],
    ),
    "half-a-character-breaks": (
        "A body with half of a surrogate pair is a 500.",
        "createUser updateUser sendMessage",
        [
            (
                "        except Malformed as malformed:\n",
                '        except Malformed as malformed:\n            if "surrogate" in str(malformed):\n                raise RuntimeError from None\n',
            )
        ],
    ),
    "nul-breaks": (
        "A name with a NUL character is a 500, as the database can't store it.",
        "createUser updateUser",
        [
            (
                "    if longest is not None and len(value) > longest:",
                '    if name == "name" and "\\0" in value:\n        raise RuntimeError\n    if longest is not None and len(value) > longest:',
            )
        ],
    ),
    "large-limit-breaks": (
        "A limit that is no 64-bit number is a 500.",
        LISTS,
        [
            (
                "        if number is None:\n",
                "        if number is not None and abs(number) >= 2**63:\n            raise OverflowError\n        if number is None:\n",
            )
        ],
    ),
    "any-media-type": (
        "A body is read as JSON whatever it is said to be.",
        "createUser updateUser sendMessage",
        [('            raise Refusal(415, "validation_failed", "send application/json")', "            pass")],
    ),
    "create-is-200": (
        "Creating a user is answered with 200.",
        "createUser",
        [('        return 201, {**shown, "invited_at"', '        return 200, {**shown, "invited_at"')],
    ),
    "put-is-patch": (
        "PUT works like PATCH, although there is none.",
        "updateUser deleteUser",
        [
            (
                '        method = "GET" if request.method == "HEAD" else request.method\n',
                '        method = {"HEAD": "GET", "PUT": "PATCH"}.get(request.method, request.method)\n',
            )
        ],
    ),
    "405-without-allow": (
        "A 405 doesn't say which methods there are.",
        ALL,
        [('f"{method} is not allowed here", Allow=self.allow(operations))', 'f"{method} is not allowed here")')],
    ),
}

TEXTS_AND_TIMES = {
    "name-in-bytes": (
        "The 120 characters of a name are counted in bytes.",
        "createUser updateUser",
        [
            (
                "    if longest is not None and len(value) > longest:",
                "    if longest is not None and len(value.encode() if longest == 120 else value) > longest:",
            )
        ],
    ),
    "name-in-utf16": (
        "The 120 characters of a name are counted in UTF-16, where an emoji has two.",
        "createUser updateUser",
        [
            (
                "    if longest is not None and len(value) > longest:",
                '    if longest == 120 and len(value.encode("utf-16-le")) > 240 or longest is not None and len(value) > longest:',
            )
        ],
    ),
    "names-lose-accents": (
        "Names lose whatever isn't ASCII.",
        "createUser updateUser listUsers",
        [('            user["name"] = name\n', '            user["name"] = name.encode("ascii", "ignore").decode()\n')],
    ),
    "name-120-is-too-long": (
        "A name of 120 characters is refused.",
        "createUser updateUser",
        [('        name = optional_text(body, "name", 120)', '        name = optional_text(body, "name", 119)')],
    ),
    "subject-256-fits": (
        "A subject of 256 characters is taken.",
        "sendMessage",
        [('required_text(body, "subject", 255)', 'required_text(body, "subject", 256)')],
    ),
    "metadata-51-fit": (
        "A user may have 51 metadata.",
        "createUser updateUser",
        [("MOST_METADATA = 50", "MOST_METADATA = 51")],
    ),
    "51-recipients-fit": (
        "A message may have 51 recipients.",
        "sendMessage",
        [("if not 1 <= len(entries) <= 50:", "if not 1 <= len(entries) <= 51:")],
    ),
    "times-without-t": (
        "Times have a space instead of the T.",
        "listUsers",
        [('"created_at": seconds(user["created"])', '"created_at": seconds(user["created"]).replace("T", " ")')],
    ),
    "times-as-numbers": (
        "`last_message_at` is a Unix time.",
        "listThreads",
        [
            (
                '"last_message_at": seconds(thread["last_message"])',
                '"last_message_at": int(thread["last_message"].timestamp())',
            )
        ],
    ),
    "created-at-is-now": (
        "`created_at` in a list is the moment of the listing.",
        "listUsers",
        [('"created_at": seconds(user["created"])', '"created_at": seconds(self.clock())')],
    ),
    "updated-at-in-local-time": (
        "`updated_at` is local time, an hour ahead, yet says that it is UTC.",
        "updateUser",
        [('"updated_at": seconds(user["updated"])', '"updated_at": seconds(user["updated"] + timedelta(hours=1))')],
    ),
    "offset-is-dropped": (
        "The offset of `send_at` is dropped: 14:00+02:00 is taken for 14:00 UTC.",
        "sendMessage",
        [
            (
                "        moment = read_time(text)\n",
                '        moment = read_time(text[:-6] + "Z" if text[-6] in "+-" else text) if len(text) > 6 else None\n',
            )
        ],
    ),
    "send-at-31-days": (
        "`send_at` may be 31 days ahead.",
        "sendMessage",
        [("FURTHEST = timedelta(days=30)", "FURTHEST = timedelta(days=31)")],
    ),
    "send-at-in-the-past": (
        "`send_at` may lie in the past.",
        "sendMessage",
        [("if not now <= moment <= now + FURTHEST:", "if not moment <= now + FURTHEST:")],
    ),
}

MESSAGES = {
    "recipients-counted-once": (
        "`recipient_count` counts whom `to` names twice once.",
        "sendMessage getMessage",
        [('"recipient_count": len(body["to"])', '"recipient_count": len(set(body["to"]))')],
    ),
    "unknown-recipient-is-taken": (
        "A message to a user who doesn't exist is taken.",
        "sendMessage",
        [('entry.startswith("usr_") and entry not in self.users:', "False:")],
    ),
    "unknown-thread-starts-one": (
        "A message to a thread that doesn't exist starts a thread.",
        "sendMessage",
        [('            raise invalid("thread_id", "names no thread")', "            thread_id = None")],
    ),
    "scheduled-is-queued": (
        "A scheduled message says that it is queued.",
        "sendMessage getMessage",
        [('"scheduled" if send_at else "queued"', '"queued"')],
    ),
    "scheduled-goes-at-once": (
        "A scheduled message is delivered at once.",
        "sendMessage getMessage",
        [('"due": (send_at or call.now) + DELIVERY', '"due": call.now')],
    ),
    "never-delivered": (
        "A message stays queued for ever.",
        "sendMessage getMessage",
        [('            message["status"] = "delivered"\n', '            message["due"] += FURTHEST\n')],
    ),
    "poll-forgets": (
        "The count of recipients is wrong when one polls: it counts the users only.",
        "getMessage",
        [
            (
                "        return 200, self.message_state(message)",
                '        return 200, {**self.message_state(message), "recipient_count": max(1, len(message["recipients"]))}',
            )
        ],
    ),
    "sender-sees-no-thread": (
        "Who sends the first message takes no part in its thread.",
        "sendMessage listThreads",
        [
            ("self.add_thread(subject, [sender], [], call.now)", "self.add_thread(subject, [], [], call.now)"),
            (
                "        self.join(thread, [sender])\n",
                '        self.join(thread, [sender] if "thread_id" in body else [])\n',
            ),
        ],
    ),
    "threads-of-others": (
        "Threads are listed for users who take no part in them.",
        "listThreads",
        [('if me in thread["participants"] and (', "if (")],
    ),
    "thread-takes-the-new-subject": (
        "A message that joins a thread renames it.",
        "sendMessage listThreads",
        [
            (
                "        thread = self.threads[thread_id]\n",
                '        thread = self.threads[thread_id]\n        thread["subject"] = subject\n',
            )
        ],
    ),
    "replies-dont-move-threads": (
        "A message that joins a thread doesn't move it to the top.",
        "sendMessage listThreads",
        [
            (
                "            self.move_up(thread, call.now)\n        message",
                '            if "thread_id" not in body:\n                self.move_up(thread, call.now)\n        message',
            )
        ],
    ),
    "own-messages-are-unread": (
        "Who writes to themselves has an unread message.",
        "sendMessage listThreads",
        [('[one for one in message["recipients"] if one != message["sender"]]', 'message["recipients"]')],
    ),
    "email-recipients-miss-it": (
        "A user who is written to by email address doesn't get the thread.",
        "sendMessage listThreads",
        [("found = [by_email.get(entry.casefold(), entry) for entry in entries]", "found = entries")],
    ),
    "unread-of-everybody": (
        "`unread_count` counts the unread messages of all who take part.",
        "sendMessage listThreads",
        [('thread["unread_by"].count(me)', 'len(thread["unread_by"])')],
    ),
}

RATE_LIMITS = {
    "no-retry-after": (
        "A 429 doesn't say when to try again.",
        ALL,
        [(", Retry_After=str(left))", ")")],
    ),
    "retry-after-in-milliseconds": (
        "`Retry-After` is in milliseconds.",
        ALL,
        [("Retry_After=str(left)", "Retry_After=str(left * 1000)")],
    ),
    "retry-after-is-a-date": (
        "`Retry-After` is a date, where the document has a number.",
        ALL,
        [("Retry_After=str(left)", 'Retry_After=(since + WINDOW).strftime("%a, %d %b %Y %H:%M:%S GMT")')],
    ),
    "never-refuses": (
        "No key is ever refused for asking too often.",
        ALL,
        [("        if count >= allowed:", "        if False:")],
    ),
    "limit-is-503": (
        "Too many requests are 503 instead of 429.",
        ALL,
        [('Refusal(429, "rate_limited"', 'Refusal(503, "rate_limited"')],
    ),
    "limit-has-another-code": (
        "A 429 has the code of a missing permission.",
        ALL,
        [('Refusal(429, "rate_limited"', 'Refusal(429, "forbidden"')],
    ),
    "one-limit-for-all": (
        "The requests of all keys are counted together.",
        ALL,
        [
            ("self.windows.get(key, (now, 0))", 'self.windows.get("all", (now, 0))'),
            ("self.windows[key] = since, count + 1", 'self.windows["all"] = since, count + 1'),
        ],
    ),
}

DELETING = {
    "deleted-are-listed": (
        "A deleted user stays in the list.",
        "deleteUser listUsers updateUser",
        [
            (
                "        del self.users[call.id]",
                '        self.gone = [*getattr(self, "gone", []), self.users.pop(call.id)]',
            ),
            (
                "            for user in self.users.values()\n            if (status",
                '            for user in [*self.users.values(), *getattr(self, "gone", [])]\n            if (status',
            ),
        ],
    ),
    "deleted-can-be-changed": (
        "A deleted user can still be changed.",
        "deleteUser updateUser",
        [
            (
                "        del self.users[call.id]",
                '        self.gone = {**getattr(self, "gone", {}), call.id: self.users.pop(call.id)}',
            ),
            (
                '            self.check_metadata(body["metadata"], (str, type(None)))\n        user = self.users.get(call.id)',
                '            self.check_metadata(body["metadata"], (str, type(None)))\n        user = self.users.get(call.id) or getattr(self, "gone", {}).get(call.id)',
            ),
        ],
    ),
    "delete-answers-200": (
        "Deleting a user is answered with 200 and a body.",
        "deleteUser",
        [
            (
                "        return 204, None\n\n    def check_role",
                '        return 200, {"deleted": True}\n\n    def check_role',
            )
        ],
    ),
}

TABLE = {
    **PAGING, **FINDING, **CHANGING, **UNIQUE_AND_GUARDS, **ERRORS, **TEXTS_AND_TIMES, **MESSAGES, **RATE_LIMITS, **DELETING,
}  # fmt: skip
