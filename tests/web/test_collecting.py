"""What calls leave has no cycles, so that Python need not look for them; where there are some, they are found."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from mockserver.web import collecting
from mockserver.web.app import application
from mockserver.web.settings import Settings
from tests.asking import load

HEAD = {"type": "http", "scheme": "http", "query_string": b""}
KEY = [(b"authorization", b"Bearer test-key"), (b"x-api-key", b"test-key"), (b"content-type", b"application/json")]
CALLS = [
    ("GET", b"/pulse/v2/users", b""),
    ("GET", b"/pulse/v2/users/usr_nobody", b""),
    ("GET", b"/pulse/nowhere", b""),
    ("PUT", b"/pulse/v2/users", b"{}"),
    ("POST", b"/pulse/v2/users", b"{"),
    ("POST", b"/pulse/v2/users", b'{"email": "nobody", "role": 7}'),
    ("POST", b"/pulse/v2/users", b'{"email": "new-%d@example.com", "role": "viewer"}'),
    ("GET", b"/myra/api/v1/contacts", b""),
    ("POST", b"/myra/api/v1/contacts", b'{"first_name": "Bob", "email": "new-%d@example.com"}'),
    ("GET", b"/salespulse/api/v1/contacts", b""),
    ("POST", b"/salespulse/api/v1/contacts", b'{"phone": "+13055551234", "email": "new-%d@example.com"}'),
    ("GET", b"/pulse-leads/leads", b""),
    ("POST", b"/pulse-leads/leads", b'{"email": "new-%d@example.com"}'),
    ("GET", b"/contacts-rest/contacts?searchby=company&search=Example%%20Inc.", b""),
    ("POST", b"/contacts-rest/contacts", b'{"first_name": "Bob", "email": "new-%d@example.com"}'),
    ("OPTIONS", b"/pulse/v2/users", b""),
]


@pytest.fixture
def only_by_hand() -> Iterator[None]:
    """No collection but those that the test makes, and nothing frozen afterwards."""
    gc.collect()
    gc.disable()
    yield
    gc.unfreeze()
    gc.enable()


def test_calls_leave_no_cycles(only_by_hand: None) -> None:
    app = application(load(), Settings())

    def ask(number: int) -> None:
        for method, target, body in CALLS:
            path, _, query = target.replace(b"%%", b"%").partition(b"?")
            scope = {**HEAD, "method": method, "raw_path": path, "query_string": query, "headers": KEY}
            assert app.at_once(scope, body.replace(b"%d", b"%d" % number), [], True)

    ask(0)  # which compiles what is compiled once
    gc.collect()
    for number in range(1, 20):
        ask(number)
    assert gc.collect() == 0


class Ring:
    """Refers to itself."""

    def __init__(self) -> None:
        self.me = self


def rings() -> list[weakref.ref[Ring]]:
    """So many cycles, and nothing that holds them."""
    return [weakref.ref(Ring()) for _ in range(collecting.FEW)]


def test_cycles_are_found_and_then_none_is_overlooked_for_a_while(only_by_hand: None) -> None:
    looking = collecting.Collecting()
    for _ in range(collecting.EVERY):
        first = rings()
        looking.look()
    assert not any(one() for one in first)  # of the sample
    for _ in range(collecting.WARY):
        later = rings()
        looking.look()
        assert not any(one() for one in later)


def test_without_cycles_only_samples_are_looked_at(only_by_hand: None) -> None:
    looking, kept, seen = collecting.Collecting(), [], []

    def note(phase: str, info: dict[str, int]) -> None:
        seen.extend([info["generation"]] if phase == "stop" else [])

    gc.callbacks.append(note)
    try:
        for _ in range(3 * collecting.EVERY):
            kept.append([[] for _ in range(collecting.FEW)])
            looking.look()
    finally:
        gc.callbacks.remove(note)
    assert seen == [0, 0, 0]
