"""Small wrongs of a plain server, each told by the law that is about it: that law alone is tried."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.plain.proving import ROOT, checked, started

SOURCE = (ROOT / "tests" / "plain" / "pulse.py").read_text(encoding="utf-8")
WRONGS = {
    "addresses of nobody are refused": (
        'if entry.startswith("usr_") and entry not in self.users:', "if entry not in self.users:",
        "others-are-taken", "sendMessage",
    ),
    "an item of another type breaks it": (
        "            if not isinstance(entry, str):", "            if False:", "no-server-error", "sendMessage",
    ),
    "items may be anything": (
        'if not entry.startswith("usr_") and not is_email(entry):', "if False:", "bodies-bounded", "sendMessage",
    ),
    "a refusal names a field that wasn't sent": (
        'raise invalid("send_at", f"must be between', 'raise invalid("sendAt", f"must be between',
        "lies-between", "sendMessage",
    ),
    "the last admin can't even stay one": (
        'if "role" in changed and changed["role"] != "admin" and', 'if "role" in changed and',
        "something-remains", "updateUser",
    ),
    "a 401 asks for another kind of credentials": (
        'WWW_Authenticate="Bearer"', 'WWW_Authenticate=\'Basic realm="Bearer"\'', "needs-a-key", "listUsers",
    ),
    "the limit is one less": ("        if count >= allowed:", "        if count + 1 >= allowed:", "beyond-the-limit",
                              "listUsers"),
    "no body at all is 409": (
        '400, "validation_failed", "a request body is required")', '409, "validation_failed", "no body")',
        "malformed-refused", "createUser",
    ),
    "lists lack what was sent": (
        '''        shown = {name: user[name] for name in ("id", "email", "name", "role", "status") if name in user}
        return {**shown, "created_at"''',
        '''        shown = {name: user[name] for name in ("id", "email", "role", "status") if name in user}
        return {**shown, "created_at"''',
        "listed-once", "listUsers",
    ),
    "nothing has a body": (
        "        if body is None:\n            return Answer(status, b\"\", headers)\n", "",
        "body-as-documented", "deleteUser",
    ),
    "what was put off happens all the same": (
        '"due": (send_at or call.now) + DELIVERY', '"due": call.now + DELIVERY', "comes-to-be", "getMessage",
    ),
    "nobody is reached": (
        "return [one for one in dict.fromkeys(found) if one in self.users]", "return []", "reaches-all", "listThreads",
    ),
    "delivery changes when it was sent": (
        'if message["scheduled"]:\n', "if True:\n", "reaches-all", "listThreads",
    ),
    "every error has one id": (
        'f"req_{secrets.token_hex(6)}"', '"req_1"', "errors-apart", "*",
    ),
    "Retry-After is 0": ("Retry_After=str(left)", 'Retry_After="0"', "beyond-the-limit", "listUsers"),
    "a search looks at roles too": (
        'and (wanted in user.get("name", "")', 'and (wanted in user["role"] or wanted in user.get("name", "")',
        "filters-hold", "listUsers",
    ),
    "an update shows what wasn't sent": (
        '{"id": user["id"], **changed,', '{"id": user["id"], "role": user["role"], **changed,',
        "update-keeps", "updateUser",
    ),
    "metadata can't be empty": (
        "for name, value in merged.items() if value is not None}", "for name, value in merged.items() if value}",
        "merge-keeps", "updateUser",
    ),
    "another method has another code": (
        'raise Refusal(405, "not_found"', 'raise Refusal(405, "forbidden"', "no-such-method", "listUsers",
    ),
}  # fmt: skip

ASKING = {  # laws of whatever is asked, with one that asks
    "no-server-error": "bodies-bounded", "body-as-documented": "delete-removes", "errors-apart": "odd-keys",
}  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "law", "operation"), WRONGS.values(), ids=WRONGS)
def test_it_is_told(tmp_path: Path, right: str, wrong: str, law: str, operation: str) -> None:
    assert SOURCE.count(right) == 1
    source = tmp_path / "pulse.py"
    source.write_text(SOURCE.replace(right, wrong), encoding="utf-8")
    only = [law, ASKING[law]] if law in ASKING else [law]
    with started("pulse", "--source", str(source)) as url:
        result = checked("pulse", url, parts=only)
    assert [one for one in result.findings if one.law == law and operation in ("*", one.operation)]


def test_a_burst_key_that_was_used_up_before_tells_nothing() -> None:
    with started("pulse") as url:
        first = checked("pulse", url, parts=["beyond-the-limit"])
        time.sleep(1.1)  # Retry-After tells seconds
        second = checked("pulse", url, parts=["beyond-the-limit"])
    assert (first.findings, second.findings) == ((), ())
    assert first.calls > 60 > second.calls


def test_the_model_confirms_what_it_found_with_records_of_its_own(tmp_path: Path) -> None:
    """An email of the first time would be taken the second time, and the difference not come again."""
    shown = '("id", "email", "name", "role", "status") if name in user}\n        return 201'
    source = tmp_path / "pulse.py"
    source.write_text(SOURCE.replace(shown, shown.replace('"name", ', "")), encoding="utf-8")
    with started("pulse", "--source", str(source)) as url:
        result = checked("pulse", url, parts=["model"], examples=10)
    assert ("createUser", "name: nothing") in {(one.operation, one.seen) for one in result.findings}
