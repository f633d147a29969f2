"""Pulse: the threads that messages form. Quotes: the vendor's reference, the readings of its gaps."""

from typing import Any

import pytest
from calling import Caller, refusal

NOON = "2026-06-01T12:00:00Z"
# whose keys are test-key, readonly-key and limited-key; Alice has none
PRIYA, TOM, GRACE, ALICE = "usr_01HX8PRM", "usr_01HX8TBK", "usr_01HX8GKF", "usr_01HX9ABC"


def message(*to: str, **rest: str) -> dict[str, Any]:
    return {"to": list(to), "subject": "Lunch?", "body": "At noon.", **rest}


def top(call: Caller, key: str) -> Any:
    """The first thread of a key's user."""
    return call.using(key).ok("GET /threads?limit=1")["data"][0]


class TestList:
    def test_those_in_which_one_takes_part(self, call: Caller) -> None:
        """Returns all message threads the authenticated user is a participant in, ordered by most recent activity."""
        kept = call.records("threads")
        for key, user in (("test-key", PRIYA), ("readonly-key", TOM), ("limited-key", GRACE)):
            shown = call.using(key).every("/threads?limit=4")
            own = {one for one, thread in kept.items() if user in thread["participants"]}
            assert {one["id"] for one in shown} == own
            assert len(shown) == len(own)
            times = [one["last_message_at"] for one in shown]
            assert times == sorted(times, reverse=True)
        assert len(call.every("/threads")) < len(kept)

    def test_a_page_has_25(self, call: Caller) -> None:
        """limit integer optional Results per page. Max 50. Defaults to 25."""
        assert len(call.ok("GET /threads")["data"]) == 25
        assert len(call.ok("GET /threads?limit=50")["data"]) == 39

    def test_several_pages(self, call: Caller) -> None:
        """cursor string optional Pagination cursor from a previous response."""
        assert [len(page) for page in call.pages("/threads?limit=10")] == [10, 10, 10, 9]

    @pytest.mark.parametrize(
        ("query", "message", "field"),
        [
            ("limit=0", "limit must be between 1 and 50", "limit"),
            ("limit=51", "limit must be between 1 and 50", "limit"),
            ("unread=maybe", "unread must be a boolean", "unread"),
            ("cursor=x", "cursor is not a cursor of this list", "cursor"),
        ],
    )
    def test_wrong_parameters(self, call: Caller, query: str, message: str, field: str) -> None:
        assert refusal(call(f"GET /threads?{query}")) == (400, "validation_failed", message, field)

    def test_unread(self, call: Caller) -> None:
        """unread boolean optional When true, returns only threads with unread messages."""
        whole = call.every("/threads")
        unread = [one for one in whole if one["unread_count"] > 0]
        assert call.every("/threads?unread=true&limit=4") == unread
        assert 4 < len(unread) < len(whole)
        assert call.every("/threads?unread=false") == whole

    def test_what_it_shows(self, call: Caller) -> None:
        shown = next(one for one in call.every("/threads") if one["id"] == "thr_01HX9GHI")
        assert list(shown.items()) == [
            ("id", "thr_01HX9GHI"), ("subject", "Welcome aboard"), ("unread_count", 2),
            ("last_message_at", "2024-11-14T10:00:00Z"),
        ]  # fmt: skip


class TestAMessageStartsOne:
    """threads: a sent message without `thread_id` starts one, with it moves that one to the top"""

    def test_at_the_top_of_all_who_take_part(self, call: Caller) -> None:
        """Omit to start a new one."""
        call.freeze(NOON)
        before = call.records("threads").keys()
        call.ok("POST /messages", message(TOM, "grace.okafor@acme.com", "somebody@elsewhere.example"))
        call.advance("PT2S")
        (new,) = call.records("threads").keys() - before
        assert call.records("threads")[new]["participants"] == [PRIYA, TOM, GRACE]
        for key, unread in (("test-key", 0), ("readonly-key", 1), ("limited-key", 1)):
            assert top(call, key) == {"id": new, "subject": "Lunch?", "unread_count": unread, "last_message_at": NOON}

    def test_nobody_else_sees_it(self, call: Caller) -> None:
        before = call.using("readonly-key").every("/threads")
        call.ok("POST /messages", message(GRACE))
        assert top(call, "limited-key")["subject"] == "Lunch?"
        assert call.using("readonly-key").every("/threads") == before

    def test_it_is_unread_from_its_delivery_on(self, call: Caller) -> None:
        call.freeze()
        call.ok("POST /messages", message(TOM))
        call.advance("PT1.999S")
        assert top(call, "readonly-key")["unread_count"] == 0
        call.advance("PT0.001S")
        assert top(call, "readonly-key")["unread_count"] == 1

    def test_who_writes_to_themselves_has_read_it(self, call: Caller) -> None:
        call.freeze()
        call.ok("POST /messages", message(PRIYA, TOM))
        call.advance("PT2S")
        assert top(call, "test-key")["unread_count"] == 0
        assert top(call, "readonly-key")["unread_count"] == 1

    def test_each_starts_its_own(self, call: Caller) -> None:
        before = len(call.records("threads"))
        for _ in range(3):
            call.ok("POST /messages", message(TOM))
        assert len(call.records("threads")) == before + 3

    def test_the_last_of_one_moment_is_on_top(self, call: Caller) -> None:
        call.freeze()
        for subject in ("one", "two", "three"):
            call.ok("POST /messages", message(TOM, subject=subject))
        assert [one["subject"] for one in call.ok("GET /threads?limit=3")["data"]] == ["three", "two", "one"]


    def test_a_delivery_moves_nothing_that_was_sent_at_once(self, call: Caller) -> None:
        call.freeze()
        call.ok("POST /messages", message(TOM, subject="one"))
        call.advance("PT0.5S")
        call.ok("POST /messages", message(TOM, subject="two"))
        call.advance("PT1.7S")  # now the first is delivered, and the second isn't
        assert [one["subject"] for one in call.ok("GET /threads?limit=2")["data"]] == ["two", "one"]


class TestAMessageJoinsOne:
    """threads: a sent message without `thread_id` starts one, with it moves that one to the top"""

    INVOICES = "thr_01HX9JNV"  # of Priya, Tom and Grace; Tom has one message unread

    def test_it_moves_to_the_top(self, call: Caller) -> None:
        """thread_id string optional Attach to an existing thread."""
        call.freeze(NOON)
        before = call.records("threads")
        call.ok("POST /messages", message(TOM, thread_id=self.INVOICES))
        call.advance("PT2S")
        assert call.records("threads").keys() == before.keys()
        shown = {"id": self.INVOICES, "subject": "November invoices", "last_message_at": NOON}
        for key, unread in (("test-key", 0), ("readonly-key", 2), ("limited-key", 0)):
            assert top(call, key) == {**shown, "unread_count": unread}

    def test_a_generated_one_does_as_well(self, call: Caller) -> None:
        threads = call.every("/threads")
        call.ok("POST /messages", message(TOM, thread_id=threads[20]["id"]))
        assert [one["id"] for one in call.every("/threads")] == [
            threads[20]["id"], *(one["id"] for one in threads if one != threads[20])
        ]  # fmt: skip

    def test_of_one_moment_the_last_moved_is_on_top(self, call: Caller) -> None:
        call.freeze()
        threads = [one["id"] for one in call.every("/threads")]
        for at in (3, 9, 6):
            call.ok("POST /messages", message(TOM, thread_id=threads[at]))
        assert [one["id"] for one in call.ok("GET /threads?limit=3")["data"]] == [threads[at] for at in (6, 9, 3)]

    def test_new_recipients_take_part_then(self, call: Caller) -> None:
        call.ok("POST /messages", message("marta.soler@acme.com", TOM, thread_id=self.INVOICES))
        assert call.records("threads")[self.INVOICES]["participants"] == [PRIYA, TOM, GRACE, "usr_01HX9MSO"]

    def test_so_does_its_sender(self, call: Caller) -> None:
        screens = "thr_01HX9KPL"  # of Marta, Priya and Alice
        call.using("limited-key").ok("POST /messages", message(ALICE, thread_id=screens))
        assert top(call, "limited-key")["id"] == screens


class TestScheduled:
    """A scheduled message moves its thread, and its recipients join, when it is delivered."""

    def test_a_new_thread(self, call: Caller) -> None:
        call.freeze(NOON)
        tom_s = call.using("readonly-key").every("/threads")
        call.ok("POST /messages", message(TOM, send_at="2026-06-01T13:00:00Z"))
        assert top(call, "test-key") == {**top(call, "test-key"), "subject": "Lunch?", "last_message_at": NOON}
        call.advance("PT1H1.999S")
        assert call.using("readonly-key").every("/threads") == tom_s
        call.advance("PT0.001S")
        shown = {"subject": "Lunch?", "unread_count": 1, "last_message_at": "2026-06-01T13:00:02Z"}
        assert top(call, "readonly-key") == {**top(call, "readonly-key"), **shown}

    def test_a_thread_that_exists(self, call: Caller) -> None:
        call.freeze(NOON)
        before = call.every("/threads")
        body = message("usr_01HX9MSO", thread_id="thr_01HX9GHI", send_at="2026-06-01T13:00:00Z")
        call.ok("POST /messages", body)
        assert call.every("/threads") == before
        call.advance("PT1H2S")
        assert top(call, "test-key")["id"] == "thr_01HX9GHI"
        assert call.records("threads")["thr_01HX9GHI"]["participants"] == [PRIYA, ALICE, "usr_01HX9MSO"]
