"""A plain server of the Pulse Leads API: its page and the readings of its gaps, written down as directly as may be.

It shares nothing with the mock: ids, clock and records are its own. `python -m tests.plain.leads --port 0`.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from tests.plain import start
from tests.plain.texts import is_email, milliseconds, read_integer, read_time
from tests.plain.wire import Answer, Malformed, Request, media_type, pairs, read_json, segments

ACCOUNTS = ["acc_1001", "acc_1002", "acc_1003"]
PRIMARY = "acc_1001"
TEXTS = [
    "firstName", "lastName", "email", "phone", "company", "jobTitle", "processStage", "source", "status",
    "assignedTo", "notes",
]  # fmt: skip
TIMES = ["lastContacted", "createdAt", "updatedAt"]
SHOWN = ["id", *TEXTS, "archived", *TIMES]
WRITABLE = [*TEXTS, "lastContacted"]
LARGEST_ID = 9007199254740991
LARGEST_PAGE = 2147483647
LARGEST_PAGE_SIZE = 100


class Problem(Exception):
    """A request that is refused, as RFC 9457 tells it; `errors` say what is wrong with the input."""

    def __init__(self, status: int, detail: str, errors: list[dict[str, str]] | None = None, **headers: str) -> None:
        super().__init__(detail)
        self.status, self.detail, self.errors, self.headers = status, detail, errors or [], headers


class Leads:
    """The leads of three accounts, in a table of SQLite's."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.clock = clock
        self.database = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self.database.row_factory = sqlite3.Row
        columns = ", ".join(f"{name} TEXT" for name in [*TEXTS, *TIMES, "accountId"])
        self.database.execute(f"CREATE TABLE leads (id INTEGER PRIMARY KEY AUTOINCREMENT, archived INTEGER, {columns})")
        self.database.create_function("folded", 1, lambda text: text and text.casefold(), deterministic=True)
        self.seed()

    # One call

    def answer(self, request: Request) -> Answer:
        media, headers = "application/json", {}
        try:
            status, body = self.handle(request)
        except Problem as problem:
            status, headers, media = problem.status, problem.headers, "application/problem+json"
            title = HTTPStatus(status).phrase
            body = {"type": "about:blank", "title": title, "status": status, "detail": problem.detail}
            if problem.errors:
                body["errors"] = problem.errors
        except Exception:
            status, media = 500, "application/problem+json"
            body = {"type": "about:blank", "title": "Internal Server Error", "status": 500, "detail": "it broke"}
        if body is None:
            return Answer(status)
        return Answer(status, json.dumps(body).encode(), {"Content-Type": media, **headers})

    def handle(self, request: Request) -> tuple[int, Any]:
        if request.method == "TOO-LARGE":
            raise Problem(413, "the body is too large")
        if len(request.path) + len(request.query) > 8192:
            raise Problem(414, "the URI is too long")
        operations, lead_id = self.route(request.path)
        method = "GET" if request.method == "HEAD" else request.method
        if not operations:
            raise Problem(404, "there is no such path")
        if method not in operations:
            allow = ", ".join([*operations, "HEAD"] if "GET" in operations else operations)
            raise Problem(405, f"{method} is not allowed here", Allow=allow)
        account = request.headers.get("X-Account-Id", PRIMARY)
        if account not in ACCOUNTS:
            raise Problem(403, "there is no account of yours with this id")
        return operations[method](self, request, account, lead_id)

    def route(self, path: str) -> tuple[dict[str, Any], str]:
        """The operations at a path by method, and the id in it."""
        parts = segments(path)
        if parts == ["leads"]:
            return {"GET": Leads.list_leads, "POST": Leads.create_lead}, ""
        if parts[0] == "leads" and len(parts) == 2 and parts[1]:
            return {"GET": Leads.get_lead, "PATCH": Leads.update_lead, "DELETE": Leads.delete_lead}, parts[1]
        if parts[0] == "leads" and len(parts) == 3 and parts[1] and parts[2] == "archive":
            return {"POST": Leads.archive_lead, "DELETE": Leads.unarchive_lead}, parts[1]
        return {}, ""

    # Operations

    def list_leads(self, request: Request, account: str, _: str) -> tuple[int, Any]:
        query = Query(request.query)
        number = query.whole_number("page", 1, LARGEST_PAGE) or 1
        size = query.whole_number("pageSize", 1, LARGEST_PAGE_SIZE) or 10
        search = query.text("search")
        order = query.sort()
        archived = query.boolean("archived") or False
        where, values = ["accountId = ?", "archived = ?"], [account, archived]
        for name in ["id", *TEXTS, *TIMES]:
            wanted = query.filter(name)
            if wanted is not None:
                where.append(f"{name} = ?")
                values.append(wanted)
        query.check()
        if search:
            where.append("(" + " OR ".join(f"instr(folded({name}), ?)" for name in TEXTS) + ")")
            values += [search.casefold()] * len(TEXTS)
        condition = " AND ".join(where)
        (total,) = self.database.execute(f"SELECT count(*) FROM leads WHERE {condition}", values).fetchone()
        rows = self.database.execute(
            f"SELECT * FROM leads WHERE {condition} ORDER BY {order} LIMIT ? OFFSET ?",
            [*values, size, (number - 1) * size],
        )
        return 200, {
            "data": [self.shown(row) for row in rows], "totalCount": total,
            "totalPages": max(1, math.ceil(total / size)), "currentPage": number,
        }  # fmt: skip

    def create_lead(self, request: Request, account: str, _: str) -> tuple[int, Any]:
        fields = self.read_fields(request)
        now = milliseconds(self.clock())
        lead_id = self.insert({**fields, "accountId": account, "archived": False, "createdAt": now, "updatedAt": now})
        return 201, self.shown(self.find(account, str(lead_id)))

    def get_lead(self, _: Request, account: str, lead_id: str) -> tuple[int, Any]:
        return 200, self.shown(self.find(account, lead_id))

    def update_lead(self, request: Request, account: str, lead_id: str) -> tuple[int, Any]:
        self.read_id(lead_id)
        fields = self.read_fields(request)
        lead = self.find(account, lead_id)
        self.change(lead["id"], fields)
        return 200, self.shown(self.find(account, lead_id))

    def delete_lead(self, _: Request, account: str, lead_id: str) -> tuple[int, Any]:
        lead = self.find(account, lead_id)
        self.database.execute("DELETE FROM leads WHERE id = ?", [lead["id"]])
        return 204, None

    def archive_lead(self, _: Request, account: str, lead_id: str) -> tuple[int, Any]:
        lead = self.find(account, lead_id)
        if not lead["archived"]:
            self.change(lead["id"], {"archived": True})
        return 200, self.shown(self.find(account, lead_id))

    def unarchive_lead(self, _: Request, account: str, lead_id: str) -> tuple[int, Any]:
        lead = self.find(account, lead_id)
        if lead["archived"]:
            self.change(lead["id"], {"archived": False})
        return 200, self.shown(self.find(account, lead_id))

    # Records

    def read_id(self, lead_id: str) -> int:
        number = read_integer(lead_id)
        if number is None or not 1 <= number <= LARGEST_ID:
            raise Problem(404, "there is no lead with this id")
        return number

    def find(self, account: str, lead_id: str) -> sqlite3.Row:
        """The lead of an account, archived or not."""
        values = [self.read_id(lead_id), account]
        found = self.database.execute("SELECT * FROM leads WHERE id = ? AND accountId = ?", values).fetchone()
        if found is None:
            raise Problem(404, "there is no lead with this id")
        return found

    def insert(self, lead: dict[str, Any]) -> int:
        """Stores a lead; what is left out is null. Gives its id."""
        names, marks = ", ".join(lead), ", ".join("?" * len(lead))
        cursor = self.database.execute(f"INSERT INTO leads ({names}) VALUES ({marks})", list(lead.values()))
        return cursor.lastrowid or 0

    def change(self, lead_id: int, fields: dict[str, Any]) -> None:
        changed = {**fields, "updatedAt": milliseconds(self.clock())}
        assignments = ", ".join(f"{name} = ?" for name in changed)
        self.database.execute(f"UPDATE leads SET {assignments} WHERE id = ?", [*changed.values(), lead_id])

    def shown(self, row: sqlite3.Row) -> dict[str, Any]:
        return {**{name: row[name] for name in SHOWN}, "archived": bool(row["archived"])}

    def read_fields(self, request: Request) -> dict[str, Any]:
        """The fields of a body that a client may write, as they are stored; others are ignored."""
        if not request.body and media_type(request) in ("", "application/json"):
            raise Problem(400, "a request body is required", [{"pointer": "#", "detail": "is required"}])
        if media_type(request) != "application/json":
            raise Problem(415, "send application/json")
        try:
            body = read_json(request.body)
        except Malformed as malformed:
            raise Problem(400, str(malformed)) from None
        if not isinstance(body, dict):
            raise Problem(400, "the body must be an object", [{"pointer": "#", "detail": "must be an object"}])
        errors, fields = [], {}
        for name in WRITABLE:
            if name in body:
                wrong = wrong_with(name, body[name])
                if wrong:
                    errors.append({"pointer": f"#/{name}", "detail": f"{name} {wrong}"})
                else:
                    fields[name] = stored_time(body[name]) if name in TIMES else body[name]
        if errors:
            raise Problem(400, errors[0]["detail"], errors)
        return fields

    def seed(self) -> None:
        """The first records: 37 leads and 6 in the archive; the second account has 9, the third none."""
        firsts = ["Nadia", "Tomás", "Greta", "Yusuf", "Mei", "Ólafur", "Priscilla", "Jan"]
        lasts = ["Petrov", "Álvarez", "Lund", "Okafor", "Tan", "d'Angelo", "McBride"]
        companies = ["Initech", "Umbrella", "Soylent", None, "Hooli"]
        stages = ["Initial Contact", "Qualified", "Proposal Sent", None]
        for number in range(52):
            first, last = firsts[number % 8], lasts[number % 7]
            created = datetime(2025, 3, 1, 8, tzinfo=UTC) + timedelta(days=number, milliseconds=number * 137)
            updated = created + timedelta(hours=number + 1)
            self.insert({
                "id": 950 + number * 3,
                "accountId": PRIMARY if number < 43 else "acc_1002", "archived": 37 <= number < 43,
                "firstName": first, "lastName": last, "email": f"lead{number}@example.test",
                "phone": f"+4930555{number:04}" if number % 3 else None, "company": companies[number % 5],
                "jobTitle": ["Buyer", "CEO", "Engineer"][number % 3], "processStage": stages[number % 4],
                "source": ["Website", "Referral"][number % 2], "status": ["Open", "New", "Won"][number % 3],
                "assignedTo": ["Kim", None][number % 2], "notes": "Met at the fair" if number % 6 == 0 else None,
                "lastContacted": milliseconds(updated) if number % 4 else None,
                "createdAt": milliseconds(created), "updatedAt": milliseconds(updated),
            })  # fmt: skip


class Query:
    """The parameters of a list. Whatever is wrong with them is gathered, and refused at once by `check`."""

    def __init__(self, query: str) -> None:
        self.pairs = pairs(query)
        self.known: set[str] = set()
        self.errors: list[dict[str, str]] = []

    def wrong(self, name: str, what: str) -> None:
        self.errors.append({"parameter": name, "detail": f"{name} {what}"})

    def text(self, name: str) -> str | None:
        self.known.add(name)
        found = [value for known, value in self.pairs if known == name]
        if len(found) > 1:
            self.wrong(name, "must be given once")
        elif found and found[0] is None:
            self.wrong(name, "is not UTF-8")
        else:
            return found[0] if found else None
        return None

    def whole_number(self, name: str, least: int, most: int) -> int | None:
        text = self.text(name)
        if text is None:
            return None
        number = read_integer(text)
        if number is None:
            self.wrong(name, "must be an integer")
        elif not least <= number <= most:
            self.wrong(name, f"must be between {least} and {most}")
        else:
            return number
        return None

    def boolean(self, name: str) -> bool | None:
        text = self.text(name)
        if text not in (None, "true", "false"):
            self.wrong(name, "must be a boolean")
        return None if text is None else text == "true"

    def filter(self, name: str) -> Any:
        """The value that a property must have, as it is stored; None where any will do."""
        if name == "id":
            return self.whole_number(name, 1, LARGEST_ID)
        text = self.text(name)
        if text is None or name in TEXTS:
            return text
        moment = read_time(text)
        if moment is None:
            self.wrong(name, "must be a valid date-time, such as 2024-01-31T09:30:00Z")
            return None
        return milliseconds(moment)

    def sort(self) -> str:
        """What SQL orders by; the newest come first among equals, and nulls last either way."""
        text = self.text("sort")
        order = []
        for field in ("-createdAt" if text is None else text).split(","):
            name = field.removeprefix("-")
            if name not in SHOWN:
                self.wrong("sort", "must be a list of fields of a lead")
                break
            order.append(f"{name} {'DESC' if field.startswith('-') else 'ASC'} NULLS LAST")
        return ", ".join([*order, "createdAt DESC", "id DESC"])

    def check(self) -> None:
        for name, _ in self.pairs:
            if name not in self.known:
                self.known.add(name)
                self.wrong(name, "is not a known parameter")
        if self.errors:
            raise Problem(400, self.errors[0]["detail"], self.errors)


def wrong_with(name: str, value: Any) -> str | None:
    """What is wrong with a field that a client wrote; None when nothing is."""
    if value is None:
        return None
    if not isinstance(value, str):
        return "must be a string or null"
    if name == "email" and not is_email(value):
        return "must be a valid email address"
    if name == "lastContacted" and read_time(value) is None:
        return "must be a valid date-time, such as 2024-01-31T09:30:00Z"
    return None


def stored_time(text: str | None) -> str | None:
    moment = None if text is None else read_time(text)
    return None if moment is None else milliseconds(moment)


if __name__ == "__main__":
    start.main(__file__, "Leads", "")
