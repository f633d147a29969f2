"""A receiver of webhooks for tests: a plain HTTP server that remembers what it got and answers what it is told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    """`got` is what came, in order: (path, headers, body). `answers` are given in turn, 200 when there are no more;
    each is a status, or a status and headers. `gate`, when cleared, keeps answers back."""

    url: str = ""
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)

    @property
    def events(self) -> list[str]:
        """The events' names, in the order in which they came."""
        return [json.loads(body)["event"] for _, _, body in self.got]


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver on a free port."""
    state = Receiver()
    state.gate.set()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            state.got.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            answer = state.answers.pop(0) if state.answers else 200
            state.gate.wait(30)
            status, headers = answer if isinstance(answer, tuple) else (answer, {})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        do_PUT = do_POST

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_port}/hook"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield state
    finally:
        state.gate.set()
        server.shutdown()
        server.server_close()
