"""Pulse: cursors are stable while records come and go, bound to their list and filters, and refused when made up."""

import base64
from collections.abc import Callable, Iterator

import pytest
from calling import Caller, refusal

UNREAD = "/threads?unread=true"
MADE_UP = (400, "validation_failed", "cursor is not a cursor of this list", "cursor")


def first_cursor(call: Caller, path: str) -> str:
    cursor = call.ok(f"GET {path}")["next_cursor"]
    assert isinstance(cursor, str)
    return cursor


def ids(call: Caller, path: str) -> list[str]:
    return [record["id"] for record in call.every(path)]


@pytest.fixture
def new_user(call: Caller) -> Callable[[], str]:
    """Makes a user whom every filter of these tests finds."""
    numbers: Iterator[int] = iter(range(1_000))

    def make() -> str:
        user = call.ok("POST /users", {"email": f"new{next(numbers)}@acme.com", "role": "viewer", "name": "New"})
        return str(user["id"])

    return make


class TestPages:
    @pytest.mark.parametrize("path", ["/users", "/users?status=active", "/users?q=acme", "/threads", UNREAD])
    @pytest.mark.parametrize("limit", [1, 4, 5, 50])
    def test_they_are_the_list_cut_up(self, call: Caller, path: str, limit: int) -> None:
        """Use the cursor parameter to page through results."""
        join = "&" if "?" in path else "?"
        whole = ids(call, f"{path}{join}limit=50")
        pages = list(call.pages(f"{path}{join}limit={limit}"))
        assert [record["id"] for page in pages for record in page] == whole
        assert len(set(whole)) == len(whole) > 8
        assert [len(page) for page in pages[:-1]] == [limit] * (len(pages) - 1)
        assert 1 <= len(pages[-1]) <= limit

    @pytest.mark.parametrize("path", ["/users?limit=24", "/users?limit=48", "/threads?limit=13", "/threads?limit=39"])
    def test_a_full_last_page_is_the_last(self, call: Caller, path: str) -> None:
        """`next_cursor` is present only when `has_more`, as the example omits it"""
        page = call.ok(f"GET {path}")
        while page["has_more"]:
            page = call.ok(f"GET {path}&cursor={page['next_cursor']}")
        assert set(page) == {"data", "has_more"}
        assert len(page["data"]) == int(path.rpartition("=")[2])

    def test_a_cursor_works_again_and_with_another_limit(self, call: Caller) -> None:
        """cursor string optional Opaque pagination cursor from a previous response's next_cursor field."""
        cursor, whole = first_cursor(call, "/users?limit=5"), ids(call, "/users")
        for limit in (5, 2, 100, 5):
            page = call.ok(f"GET /users?limit={limit}&cursor={cursor}")
            assert [user["id"] for user in page["data"]] == whole[5 : 5 + limit]

    def test_it_is_fit_for_a_url_as_it_is(self, call: Caller) -> None:
        for page in range(1, 40):
            assert first_cursor(call, f"/users?limit={page}").replace("-", "").replace("_", "").isalnum()

    def test_it_outlives_the_clock(self, call: Caller) -> None:
        cursor = first_cursor(call, "/users?limit=5")
        call.advance("P400D")
        assert len(call.ok(f"GET /users?cursor={cursor}")["data"]) == 20


class TestWhileRecordsComeAndGo:
    @pytest.mark.parametrize("filters", ["", "&q=acme.com", "&status=active"])
    @pytest.mark.parametrize("limit", [1, 3, 10])
    def test_nothing_twice_and_nothing_lost(
        self, call: Caller, new_user: Callable[[], str], filters: str, limit: int
    ) -> None:
        there = ids(call, f"/users?limit=100{filters}")
        own = {"usr_01HX8PRM"}
        seen: list[str] = []
        gone: set[str] = set()
        for page in call.pages(f"/users?limit={limit}{filters}"):
            seen += [user["id"] for user in page]
            ahead = [one for one in there if one not in seen and one not in gone and one not in own]
            # the last one shown, on which the cursor stands; the next, which would be shown; the first of all
            leave = {*seen[-1:], *ahead[:1], *seen[:1]} - own - gone
            for one in leave:
                call.ok(f"DELETE /users/{one}")
            gone |= leave
            new_user()
        assert len(seen) == len(set(seen))
        assert [one for one in seen if one in there] == [one for one in there if one in seen]
        assert set(there) - gone <= set(seen)

    def test_changes_of_users_don_t_move_them(self, call: Caller) -> None:
        whole, seen = ids(call, "/users"), []
        for page in call.pages("/users?limit=7"):
            seen += [user["id"] for user in page]
            for one in (whole[0], whole[len(seen) % 48], whole[-1]):
                call.ok(f"PATCH /users/{one}", {"name": "Changed"})
        assert seen == whole

    def test_within_one_moment(self, call: Caller, new_user: Callable[[], str]) -> None:
        call.freeze()
        made, seen = [new_user() for _ in range(9)], []
        for page in call.pages("/users?q=new&limit=2"):
            seen += [user["id"] for user in page]
            new_user()
        assert seen == made[::-1]

    def test_a_thread_that_moves_to_the_top_isn_t_shown_twice(self, call: Caller) -> None:
        there, seen = ids(call, "/threads?limit=50"), []
        for page in call.pages("/threads?limit=6"):
            seen += [thread["id"] for thread in page]
            message = {"to": ["usr_01HX9ABC"], "subject": "s", "body": "b"}
            call.ok("POST /messages", {**message, "thread_id": page[0]["id"]})
            call.ok("POST /messages", message)
        assert seen == there

    def test_when_all_that_follow_are_gone(self, call: Caller) -> None:
        first = call.ok("GET /users?status=inactive&limit=2")
        for user in call.every("/users?status=inactive")[2:]:
            call.ok(f"DELETE /users/{user['id']}")
        last = call.ok(f"GET /users?status=inactive&limit=2&cursor={first['next_cursor']}")
        assert last == {"data": [], "has_more": False}


class TestBinding:
    @pytest.mark.parametrize(
        ("made_for", "used_for"),
        [
            ("/users?limit=5", "/users?status=active"),
            ("/users?limit=5&status=active", "/users?limit=5"),
            ("/users?limit=5&status=active", "/users?status=pending"),
            ("/users?limit=5&q=acme", "/users?q=acm"),
            ("/users?limit=5&q=acme&status=active", "/users?q=acme"),
            ("/users?limit=5", "/threads?limit=5"),
            ("/threads?limit=5", "/users?limit=5"),
            ("/threads?limit=5", "/threads?unread=true"),
            ("/threads?limit=5&unread=true", "/threads?limit=5"),
        ],
    )
    def test_another_list_or_filter(self, call: Caller, made_for: str, used_for: str) -> None:
        cursor = first_cursor(call, made_for)
        assert refusal(call(f"GET {used_for}&cursor={cursor}")) == MADE_UP
        assert call(f"GET {made_for}&cursor={cursor}").status_code == 200

    def test_the_order_of_parameters_makes_no_difference(self, call: Caller) -> None:
        cursor = first_cursor(call, "/users?limit=5&status=active&q=acme")
        assert call(f"GET /users?q=acme&cursor={cursor}&status=active").status_code == 200

    def test_another_user_s_threads(self, call: Caller) -> None:
        cursor = first_cursor(call, "/threads?limit=5")
        assert refusal(call.using("limited-key")(f"GET /threads?limit=5&cursor={cursor}")) == MADE_UP

    def test_made_up_ones(self, call: Caller) -> None:
        """`limit` outside its range, bad cursor, unknown `status`: 400, `field` names the parameter"""
        cursor = first_cursor(call, "/users?limit=5")
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        forged = [base64.urlsafe_b64encode(one).decode().rstrip("=") for one in (
            raw[:-1] + bytes([raw[-1] ^ 1]), raw[1:], raw + b" ", bytes(9) + raw[9:], raw[:9], b"null", b"{}",
        )]  # fmt: skip
        changed = [cursor[:-1] + ("A" if cursor[-1] != "A" else "B"), cursor + "A", cursor.swapcase(), cursor + "=="]
        for one in (*forged, *changed, "0", "1", "usr_01HX9ABC", "../..", "%00", "%C3%A9", "x" * 2_000):
            assert refusal(call(f"GET /users?cursor={one}")) == MADE_UP, one
        assert call(f"GET /users?cursor={cursor}").status_code == 200
