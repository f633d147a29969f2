"""Calls whose answer is lost: nothing is made twice, and what was perhaps made is found and deleted."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from mockserver import sources
from mockserver.check.findings import Result
from mockserver.check.options import Options
from mockserver.check.running import check
from mockserver.service import ApiSource
from tests.plain import wire
from tests.plain.pulse import Pulse


class Losing(BaseHTTPRequestHandler):
    """The plain server of Pulse behind something that loses calls; what it loses `lost` says."""

    protocol_version = "HTTP/1.1"
    pulse: Pulse
    calls: list[tuple[bool, str, bytes]]  # whether its answer was lost, what was asked, with which body
    unread = False  # whether calls on a connection that was used before are closed unread, instead of creations lost

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        told = f"{self.command} {self.path}"
        if self.unread and getattr(self, "used", False):
            self.close_connection = True
            return
        self.used = True
        path, _, query = self.path.partition("?")
        got = self.pulse.answer(wire.Request(self.command, path, query, self.headers, body))
        made = told == "POST /v2/users" and got.status == 201
        lost = made and not self.unread and sum(one == told for _, one, _ in self.calls) % 3 == 0
        self.calls.append((lost, told, body))
        if lost:
            self.close_connection = True
            return
        self.send_response(got.status)
        for name, value in {**got.headers, "Content-Length": str(len(got.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else got.body)

    do_GET = do_POST = do_PATCH = do_DELETE = do_HEAD = do_PUT = do_OPTIONS = _any

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


@contextmanager
def losing(unread: bool = False) -> Iterator[tuple[str, type[Losing]]]:
    handler = type("Answers", (Losing,), {"pulse": Pulse(), "calls": [], "unread": unread})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v2", handler
    finally:
        server.shutdown()
        server.server_close()


def checked(url: str) -> Result:
    source = ApiSource("pulse", sources.document(str(sources.bundled()["pulse"])), sources.fixtures_of("pulse"))
    only = ("answers", "create-shows", "reads-back", "unique", "delete-removes")
    operations = ("listUsers", "createUser", "updateUser", "deleteUser")
    return check(source, Options(url, keys={"key": "test-key"}, write=True, only=only, operations=operations))


def test_what_a_lost_answer_made_is_deleted_and_not_made_again() -> None:
    with losing() as (url, served):
        result = checked(url)

    lost = [number for number, call in enumerate(served.calls) if call[0]]
    assert lost
    assert [served.calls[one] for one in lost if served.calls[one][1:] == served.calls[one + 1][1:]] == []
    assert [one for one in served.pulse.users.values() if "mockserver-check" in str(one)] == []
    assert [one for one in result.left_over if one.resource == "users"] == []
    assert {(one.law, one.operation) for one in result.findings} >= {("answers", "createUser")}


def test_a_connection_that_is_closed_before_a_call_was_read_is_no_finding() -> None:
    with losing(unread=True) as (url, served):
        result = checked(url)

    assert (result.code, result.findings) == (0, ())
    assert len(served.calls) > 20
    assert [one for one in served.pulse.users.values() if "mockserver-check" in str(one)] == []
