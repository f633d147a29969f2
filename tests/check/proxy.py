"""A small forward proxy: whole URLs are passed on, CONNECT is tunnelled, and who may use it is asked for."""

from __future__ import annotations

import base64
import http.client
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

USER, PASSWORD = "ci", "pr0xy/p@ss"


@dataclass
class Proxy:
    """One that is running; whatever host is asked for, the server on this machine at `port` answers."""

    url: str  # with the password, percent-encoded
    address: str
    seen: list[tuple[str, str, str]] = field(default_factory=list)  # method, target, User-Agent

    @property
    def agents(self) -> set[str]:
        return {agent.partition("/")[0] for _, _, agent in self.seen}


@contextmanager
def proxy(port: int) -> Iterator[Proxy]:
    """A proxy in front of the port of a server on this machine."""
    expected = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()

    class Passing(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _may(self) -> bool:
            running.seen.append((self.command, self.path, self.headers.get("user-agent", "")))
            if self.headers.get("proxy-authorization") == expected:
                return True
            self.send_response(407)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return False

        def do_CONNECT(self) -> None:
            if not self._may():
                return
            self.send_response(200)
            self.end_headers()
            with socket.create_connection(("127.0.0.1", port)) as server:
                _tunnel(self.connection, server)
            self.close_connection = True

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            if not self._may():
                return
            parts = urlsplit(self.path)
            headers = {name: value for name, value in self.headers.items() if name.lower() != "proxy-authorization"}
            behind = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            target = parts._replace(scheme="", netloc="").geturl()
            behind.request(self.command, target, body or None, headers)
            answer = behind.getresponse()
            content = answer.read()
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "connection"):
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)
            behind.close()

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = do_TRACE = _pass

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """A client that goes away is nothing to tell of."""

    server = Server(("127.0.0.1", 0), Passing)
    address = f"127.0.0.1:{server.server_port}"
    running = Proxy(f"http://{USER}:pr0xy%2Fp%40ss@{address}", address)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield running
    finally:
        server.shutdown()
        server.server_close()


def _tunnel(one: socket.socket, other: socket.socket) -> None:
    """Passes bytes both ways until one side has said all."""
    to = {one: other, other: one}
    while True:
        ready, _, _ = select.select([one, other], [], [], 30)
        if not ready:
            return
        for side in ready:
            data = side.recv(65_536)
            if not data:
                return
            to[side].sendall(data)
