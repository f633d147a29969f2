"""Bugs for the plain server of Pulse Leads: name -> (what is wrong, the operations it may be blamed on, the changes)."""

from __future__ import annotations

LIST = "listLeads"
ONE = "getLead updateLead deleteLead archiveLead unarchiveLead"
ALL = "listLeads createLead getLead updateLead deleteLead archiveLead unarchiveLead"

PAGING = {
    "pages-rounded-down": (
        "`totalPages` is rounded down.",
        LIST,
        [("max(1, math.ceil(total / size))", "max(1, total // size)")],
    ),
    "no-pages-of-nothing": (
        "`totalPages` is 0 when nothing fits.",
        LIST,
        [("max(1, math.ceil(total / size))", "math.ceil(total / size)")],
    ),
    "total-of-all": (
        "`totalCount` counts all leads of the account, whatever the filters.",
        LIST,
        [
            (
                'f"SELECT count(*) FROM leads WHERE {condition}", values)',
                '"SELECT count(*) FROM leads WHERE accountId = ? AND archived = ?", values[:2])',
            )
        ],
    ),
    "total-of-the-page": (
        "`totalCount` counts the leads of the page.",
        LIST,
        [
            ("        rows = self.database.execute(", "        rows = list(self.database.execute("),
            (
                "            [*values, size, (number - 1) * size],\n        )",
                "            [*values, size, (number - 1) * size],\n        ))",
            ),
            ('"totalCount": total', '"totalCount": len(rows)'),
        ],
    ),
    "pages-from-zero": (
        "Pages are counted from 0, so that page 1 is the second.",
        LIST,
        [("(number - 1) * size", "number * size")],
    ),
    "current-page-is-1": (
        "`currentPage` is always 1.",
        LIST,
        [('"currentPage": number', '"currentPage": 1')],
    ),
    "beyond-the-last-is-the-last": (
        "A page beyond the last repeats the last one.",
        LIST,
        [
            (
                "        rows = self.database.execute(",
                "        number = min(number, max(1, math.ceil(total / size)))\n        rows = self.database.execute(",
            )
        ],
    ),
    "default-page-of-20": (
        "Without `pageSize` a page has 20.",
        LIST,
        [("LARGEST_PAGE_SIZE) or 10", "LARGEST_PAGE_SIZE) or 20")],
    ),
    "page-size-is-capped": (
        "A `pageSize` over 100 is taken for 100 instead of being refused.",
        LIST,
        [
            (
                'query.whole_number("pageSize", 1, LARGEST_PAGE_SIZE) or 10',
                'min(query.whole_number("pageSize", 1, LARGEST_PAGE) or 10, 100)',
            )
        ],
    ),
    "ties-in-no-order": (
        "Leads that sort the same are in another order each time, so that pages lose some and repeat others.",
        LIST,
        [('"createdAt DESC", "id DESC"', '"random()"')],
    ),
    "page-0-is-page-1": (
        "page=0 is taken for the first page.",
        LIST,
        [('query.whole_number("page", 1, LARGEST_PAGE) or 1', 'query.whole_number("page", 0, LARGEST_PAGE) or 1')],
    ),
}

FINDING = {
    "descending-is-ignored": (
        "The `-` before a field to sort by is ignored.",
        LIST,
        [("{'DESC' if field.startswith('-') else 'ASC'}", "ASC")],
    ),
    "second-field-is-ignored": (
        "Of several fields to sort by only the first counts.",
        LIST,
        [('", ".join([*order, ', '", ".join([*order[:1], ')],
    ),
    "sorted-by-update": (
        "Without `sort` the last changed lead comes first, not the newest.",
        LIST,
        [('"-createdAt" if text is None', '"-updatedAt" if text is None')],
    ),
    "unknown-sort-is-ignored": (
        "An unknown field to sort by is ignored instead of being refused.",
        LIST,
        [
            (
                '                self.wrong("sort", "must be a list of fields of a lead")\n                break',
                "                continue",
            )
        ],
    ),
    "ids-sort-as-text": (
        "Ids sort as texts: 10000 before 999.",
        LIST,
        [('order.append(f"{name} {', "order.append(f\"{'CAST(id AS TEXT)' if name == 'id' else name} {")],
    ),
    "filters-ignore-case": (
        "A filter finds its text in another case too.",
        LIST,
        [('                where.append(f"{name} = ?")', '                where.append(f"{name} = ? COLLATE NOCASE")')],
    ),
    "filters-find-parts": (
        "A filter finds leads that contain its text.",
        LIST,
        [
            (
                '                where.append(f"{name} = ?")\n                values.append(wanted)',
                '                where.append(f"instr({name}, ?)")\n                values.append(wanted)',
            )
        ],
    ),
    "unknown-filters-are-ignored": (
        "A parameter that is no property of a lead is ignored instead of being refused.",
        LIST,
        [('                self.wrong(name, "is not a known parameter")', "                pass")],
    ),
    "archived-shows-both": (
        "archived=true lists the others as well.",
        LIST,
        [('"archived = ?"], [account, archived]', '"archived <= ?"], [account, archived]')],
    ),
    "archive-is-in-the-list": (
        "Without `archived` the archive is listed too.",
        LIST,
        [
            ('archived = query.boolean("archived") or False', 'archived = query.boolean("archived")'),
            ('"archived = ?"], [account, archived]', '"archived = coalesce(?, archived)"], [account, archived]'),
        ],
    ),
    "dates-filter-by-day": (
        "A filter by a time finds all leads of that day.",
        LIST,
        [
            (
                '                where.append(f"{name} = ?")',
                '                where.append(f"substr({name}, 1, 10) = substr(?, 1, 10)" if name in TIMES else f"{name} = ?")',
            )
        ],
    ),
    "search-skips-notes": (
        "The search leaves out `notes`, `source` and `assignedTo`.",
        LIST,
        [
            ('for name in TEXTS) + ")")', 'for name in TEXTS[:8]) + ")")'),
            ("[search.casefold()] * len(TEXTS)", "[search.casefold()] * 8"),
        ],
    ),
    "search-has-a-case-beyond-ascii": (
        "The search ignores the case of A to Z only.",
        LIST,
        [
            ("lambda text: text and text.casefold()", "lambda text: text and text.encode().lower().decode()"),
            ("[search.casefold()]", "[search.encode().lower().decode()]"),
        ],
    ),
    "search-takes-wildcards": (
        "`%` and `_` in a search stand for any text.",
        LIST,
        [
            ('f"instr(folded({name}), ?)"', 'f"folded({name}) LIKE ?"'),
            ("[search.casefold()]", '[f"%{search.casefold()}%"]'),
        ],
    ),
    "search-leaves-the-account": (
        "The search finds leads of other accounts, since OR binds weaker than AND.",
        LIST,
        [
            ('where.append("(" + " OR ".join', 'where.append(" OR ".join'),
            ('for name in TEXTS) + ")")', "for name in TEXTS))"),
        ],
    ),
}

ACCOUNTS = {
    "leads-of-others-can-be-read": (
        "A lead of another account can be read.",
        "getLead",
        [
            (
                "        return 200, self.shown(self.find(account, lead_id))\n\n    def update_lead",
                "        for one in ACCOUNTS:\n            try:\n                return 200, self.shown(self.find(one, lead_id))\n            except Problem:\n                pass\n        return 200, self.shown(self.find(account, lead_id))\n\n    def update_lead",
            )
        ],
    ),
    "leads-of-others-can-be-deleted": (
        "A lead of another account can be deleted.",
        "deleteLead getLead",
        [
            (
                '        lead = self.find(account, lead_id)\n        self.database.execute("DELETE FROM leads WHERE id = ?", [lead["id"]])',
                '        self.database.execute("DELETE FROM leads WHERE id = ?", [self.read_id(lead_id)])\n        if not self.database.execute("SELECT changes()").fetchone()[0]:\n            self.find(account, lead_id)',
            )
        ],
    ),
    "accounts-are-ignored-on-create": (
        "A lead is created in the primary account whatever the header says.",
        "createLead getLead listLeads",
        [
            ('"accountId": account, "archived": False', '"accountId": PRIMARY, "archived": False'),
            ("201, self.shown(self.find(account, ", "201, self.shown(self.find(PRIMARY, "),
        ],
    ),
    "unknown-account-is-the-primary": (
        "An unknown account is taken for the primary one.",
        ALL,
        [
            (
                '            raise Problem(403, "there is no account of yours with this id")',
                "            account = PRIMARY",
            )
        ],
    ),
    "unknown-account-is-404": (
        "An unknown account is 404 instead of 403.",
        ALL,
        [('Problem(403, "there is no account', 'Problem(404, "there is no account')],
    ),
    "lists-of-all-accounts": (
        "A list holds the leads of all accounts.",
        "listLeads createLead",
        [('["accountId = ?", "archived = ?"]', '["? <> \'\'", "archived = ?"]')],
    ),
}

ARCHIVE = {
    "archived-cant-be-read": (
        "An archived lead is 404.",
        "getLead archiveLead",
        [
            (
                "        return 200, self.shown(self.find(account, lead_id))\n\n    def update_lead",
                '        lead = self.find(account, lead_id)\n        if lead["archived"]:\n            raise Problem(404, "there is no lead with this id")\n        return 200, self.shown(lead)\n\n    def update_lead',
            )
        ],
    ),
    "unarchiving-does-nothing": (
        "A lead stays in the archive.",
        "unarchiveLead listLeads getLead",
        [('            self.change(lead["id"], {"archived": False})', "            pass")],
    ),
    "archiving-twice-is-409": (
        "Archiving a lead that is archived is a conflict.",
        "archiveLead",
        [
            (
                '        if not lead["archived"]:\n            self.change',
                '        if lead["archived"]:\n            raise Problem(409, "it is archived already")\n        if not lead["archived"]:\n            self.change',
            )
        ],
    ),
    "archiving-toggles": (
        "Archiving a lead that is archived takes it out.",
        "archiveLead",
        [
            (
                '        if not lead["archived"]:\n            self.change(lead["id"], {"archived": True})',
                '        self.change(lead["id"], {"archived": not lead["archived"]})',
            )
        ],
    ),
    "archiving-empties-last-contacted": (
        "Archiving a lead empties `lastContacted`.",
        "archiveLead",
        [('{"archived": True})', '{"archived": True, "lastContacted": None})')],
    ),
    "patch-can-archive": (
        "A change of `archived` moves a lead into the archive.",
        "updateLead listLeads",
        [
            (
                '        self.change(lead["id"], fields)',
                '        if json.loads(request.body).get("archived"):\n            fields["archived"] = True\n        self.change(lead["id"], fields)',
            )
        ],
    ),
}

CHANGING = {
    "null-is-ignored": (
        "A field that is sent as null stays as it was.",
        "updateLead",
        [
            (
                '        self.change(lead["id"], fields)',
                '        self.change(lead["id"], {name: value for name, value in fields.items() if value is not None})',
            )
        ],
    ),
    "omitted-are-emptied": (
        "Fields that aren't sent are emptied.",
        "updateLead",
        [
            (
                '        self.change(lead["id"], fields)',
                '        self.change(lead["id"], {**dict.fromkeys(WRITABLE), **fields})',
            )
        ],
    ),
    "updated-at-stays": (
        "`updatedAt` stays what it was.",
        "updateLead archiveLead unarchiveLead",
        [('changed = {**fields, "updatedAt": milliseconds(self.clock())}', 'changed = fields or {"id": lead_id}')],
    ),
    "created-at-moves": (
        "A change moves `createdAt`.",
        "updateLead archiveLead unarchiveLead listLeads",
        [
            (
                'changed = {**fields, "updatedAt": milliseconds(self.clock())}',
                'changed = {**fields, "createdAt": milliseconds(self.clock()), "updatedAt": milliseconds(self.clock())}',
            )
        ],
    ),
    "clients-choose-ids": (
        "A new lead gets the id that the client sends.",
        "createLead",
        [
            (
                "        lead_id = self.insert({**fields,",
                '        sent = json.loads(request.body).get("id")\n        fields |= {"id": sent} if isinstance(sent, int) and sent < LARGEST_ID else {}\n        lead_id = self.insert({**fields,',
            )
        ],
    ),
    "notes-are-trimmed": (
        "Blanks at the ends of texts are cut off.",
        "createLead updateLead",
        [("else body[name]\n        if errors", "else body[name] and body[name].strip()\n        if errors")],
    ),
    "texts-lose-accents": (
        "Texts lose whatever isn't Latin-1.",
        "createLead updateLead",
        [
            (
                "else body[name]\n        if errors",
                'else body[name] and body[name].encode("latin-1", "replace").decode("latin-1")\n        if errors',
            )
        ],
    ),
    "numbers-become-texts": (
        "A number is made a text instead of being refused.",
        "createLead updateLead",
        [
            (
                "    if not isinstance(value, str):\n",
                "    if isinstance(value, int):\n        return None\n    if not isinstance(value, str):\n",
            ),
            (
                "else body[name]\n        if errors",
                "else body[name] if body[name] is None else str(body[name])\n        if errors",
            ),
            ("stored_time(body[name]) if name in TIMES", "stored_time(str(body[name])) if name in TIMES"),
        ],
    ),
    "any-email-will-do": (
        "A text that is no email address is taken for one.",
        "createLead updateLead",
        [('if name == "email" and not is_email(value):', "if False:")],
    ),
}

TIMES_AND_ERRORS = {
    "times-without-milliseconds": (
        "Times have no milliseconds.",
        ALL,
        [
            (
                '"archived": bool(row["archived"])}',
                '"archived": bool(row["archived"]), **{name: row[name] and row[name][:19] + "Z" for name in TIMES}}',
            )
        ],
    ),
    "offset-is-dropped": (
        "The offset of a time is dropped: 11:00+02:00 becomes 11:00Z.",
        "createLead updateLead",
        [
            (
                "    moment = None if text is None else read_time(text)\n",
                '    moment = None if text is None else read_time(text[:19] + "Z")\n',
            )
        ],
    ),
    "created-at-is-local": (
        "`createdAt` is local time, an hour behind, yet says that it is UTC.",
        "createLead",
        [
            (
                '"createdAt": now, "updatedAt": now',
                '"createdAt": milliseconds(self.clock() - timedelta(hours=1)), "updatedAt": now',
            )
        ],
    ),
    "problems-are-plain-json": (
        "Problems are sent as application/json.",
        ALL,
        [('problem.headers, "application/problem+json"', 'problem.headers, "application/json"')],
    ),
    "status-differs-in-body": (
        "`status` in a problem is always 400.",
        ALL,
        [('"status": status, "detail": problem.detail', '"status": 400, "detail": problem.detail')],
    ),
    "no-errors-told": (
        "A problem doesn't say which field or parameter is wrong.",
        "listLeads createLead updateLead",
        [("            if problem.errors:\n", "            if False:\n")],
    ),
    "only-the-first-error": (
        "Of several wrong things only the first is told.",
        "listLeads createLead updateLead",
        [('body["errors"] = problem.errors', 'body["errors"] = problem.errors[:1]')],
    ),
    "pointers-are-names": (
        "`pointer` is the bare name of the field, no JSON pointer.",
        "createLead updateLead",
        [('{"pointer": f"#/{name}"', '{"pointer": name')],
    ),
    "odd-id-is-400": (
        "An id that is no number is 400 instead of 404.",
        ONE,
        [
            (
                "        if number is None or not 1 <= number",
                '        if number is None:\n            raise Problem(400, "bad id")\n        if number is None or not 1 <= number',
            )
        ],
    ),
    "large-id-breaks": (
        "An id that is no 64-bit number is a 500.",
        ONE,
        [("        if number is None or not 1 <= number <= LARGEST_ID:", "        if number is None or number < 1:")],
    ),
    "deleting-nobody-works": (
        "Deleting a lead that isn't there is answered with 204.",
        "deleteLead",
        [
            (
                '        lead = self.find(account, lead_id)\n        self.database.execute("DELETE',
                '        try:\n            lead = self.find(account, lead_id)\n        except Problem:\n            return 204, None\n        self.database.execute("DELETE',
            )
        ],
    ),
    "deleting-archives": (
        "A deleted lead is only put into the archive.",
        "deleteLead getLead listLeads",
        [
            (
                'self.database.execute("DELETE FROM leads WHERE id = ?", [lead["id"]])',
                'self.change(lead["id"], {"archived": True})',
            )
        ],
    ),
    "create-is-200": (
        "Creating a lead is answered with 200.",
        "createLead",
        [("return 201, self.shown", "return 200, self.shown")],
    ),
    "patch-is-204": (
        "A change is answered with 204 and no body.",
        "updateLead",
        [
            (
                '        self.change(lead["id"], fields)\n        return 200, self.shown(self.find(account, lead_id))',
                '        self.change(lead["id"], fields)\n        return 204, None',
            )
        ],
    ),
    "unknown-method-is-404": (
        "A method that a path doesn't have is 404 instead of 405.",
        ALL,
        [('raise Problem(405, f"{method} is not allowed here", Allow=allow)', 'raise Problem(404, "not found")')],
    ),
    "any-media-type": (
        "A body is read as JSON whatever it is said to be.",
        "createLead updateLead",
        [('            raise Problem(415, "send application/json")', "            pass")],
    ),
}

TABLE = {**PAGING, **FINDING, **ACCOUNTS, **ARCHIVE, **CHANGING, **TIMES_AND_ERRORS}
