"""What single laws catch in the plain server of Pulse Leads: its source changed as a real team might, and only that
law tried, beside one whose calls show others something. None of these changes is in docs/check-proof.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockserver.check.findings import CONFORMS
from tests.plain import proving
from tests.plain.bugs import Bug
from tests.plain.start import planted

SOURCE = (proving.ROOT / "tests" / "plain" / "leads.py").read_text(encoding="utf-8")
DELETE = '        self.database.execute("DELETE FROM leads WHERE id = ?", [lead["id"]])'
CHANGE = '        self.change(lead["id"], fields)\n'
ORDERED = 'f"SELECT * FROM leads WHERE {condition} ORDER BY {order} LIMIT ? OFFSET ?"'
UNARCHIVE = '        lead = self.find(account, lead_id)\n        if lead["archived"]:\n'
STORED = "else body[name]\n        if errors"
CATCHES = [
    ("action-leaves", "deleteLead", DELETE, DELETE.replace("id = ?", "id = ? AND archived = 0")),
    ("action-leaves", "updateLead", CHANGE,
     '        if lead["archived"]:\n            raise Problem(404, "")\n' + CHANGE),
    ("action-again", "archiveLead", '        if not lead["archived"]:\n', "        if True:\n"),
    ("filters-hold", "listLeads", "        return milliseconds(moment)\n", "        return text\n"),
    ("filters-hold", "listLeads", 'where.append(f"{name} = ?")',
     'where.append(f"instr({name}, ?)" if name in TEXTS else f"{name} = ?")'),
    ("create-shows", "createLead", "if media_type(request) != \"application/json\":",
     'if request.headers.get("Content-Type") != "application/json":'),
    ("totals-add-up", "listLeads", '"totalCount": total,', '"totalCount": total + bool(search),'),
    ("filters-together", "listLeads", "            if wanted is not None:\n",
     "            if wanted is not None and (number == 1 or name in ('id', 'firstName')):\n"),
    ("filters-together", "listLeads", "[*values, size, (number - 1) * size]",
     "[*values, 10 if search else size, (number - 1) * size]"),
    ("left-out-is-found", "listLeads", "        if search:\n", "        if search and not archived:\n"),
    ("sorted-as-asked", "listLeads", ORDERED, ORDERED.replace(
        "leads WHERE {condition} ORDER BY {order} LIMIT ? OFFSET ?",
        "(SELECT * FROM leads WHERE {condition} ORDER BY id LIMIT ? OFFSET ?) ORDER BY {order}")),
    ("sorted-as-asked", "listLeads", "        where, values =",
     "        order = 'id' if archived else order\n        where, values ="),
    ("sorted-as-asked", "listLeads", '.split(",")', '.split(";")'),
    ("tenants-apart", "unarchiveLead", UNARCHIVE,
     "        account = PRIMARY\n" + UNARCHIVE),
    ("bodies-bounded", "createLead", "        if errors:\n            raise Problem(400, errors",
     "        errors += [{'pointer': name, 'detail': ''} for name in body if name not in SHOWN]\n"
     "        if errors:\n            raise Problem(400, errors"),
    ("kept-whole", "createLead", STORED, STORED.replace("body[name]", "body[name] and body[name][:255]")),
    ("status-fits", "createLead", 'Problem(415, "send', 'Problem(416, "send'),
    ("no-such-path", "getLead", 'if parts[0] == "leads" and len(parts) == 2', "if len(parts) == 2"),
    ("no-such-method", "listLeads", '"GET" if request.method == "HEAD" else request.method', "request.method"),
    ("parameters-bounded", "listLeads", '(None, "true", "false")', '(None, "true")'),
]  # fmt: skip


@pytest.mark.parametrize(("law", "operation", "right", "wrong"), CATCHES)
def test_a_law_catches(law: str, operation: str, right: str, wrong: str, tmp_path: Path) -> None:
    changed = tmp_path / "leads.py"
    changed.write_text(planted(SOURCE, Bug(law, "", (operation,), ((right, wrong),))), encoding="utf-8")

    with proving.started("leads", "--source", str(changed)) as url:
        result = proving.checked("leads", url, parts=(f"laws/{law}", "laws/malformed-refused"))

    assert (law, operation) in [(one.law, one.operation) for one in result.findings]


@pytest.mark.parametrize("law", sorted({law for law, *_ in CATCHES}))
def test_it_finds_nothing_in_a_right_server(law: str) -> None:
    with proving.started("leads") as url:
        result = proving.checked("leads", url, parts=(f"laws/{law}",))

    assert (result.code, result.findings) == (CONFORMS, ())
