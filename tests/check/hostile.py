"""A server that keeps nothing of its document, and repeats in its answers what must never be shown."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "s3cret/key+of=ours"
HEADER = "tenant-secret-77"
NAUGHTY = "</style><script>alert(1)</script> ]]> \x01 \ud83d | `code` <b>"

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Widgets <&> `Co`", "version": "1"},
    "components": {
        "securitySchemes": {"basic": {"type": "http", "scheme": "basic"}},
        "schemas": {"Widget": {
            "type": "object", "required": ["id", "name"],
            "properties": {"id": {"type": "integer", "readOnly": True}, "name": {"type": "string"}},
        }},
    },
    "security": [{"basic": []}],
    "paths": {
        "/widgets": {
            "get": {"operationId": "listWidgets", "responses": {"200": {"description": "ok", "content": {
                "application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Widget"}}},
            }}}},
            "post": {
                "operationId": "createWidget",
                "requestBody": {"required": True, "content": {
                    "application/json": {"schema": {"$ref": "#/components/schemas/Widget"}},
                }},
                "responses": {"201": {"description": "ok", "content": {
                    "application/json": {"schema": {"$ref": "#/components/schemas/Widget"}},
                }}},
            },
        },
    },
}  # fmt: skip


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        heard = dict(self.headers.items())
        body = json.dumps({"you sent": heard, "naughty": NAUGHTY, "secret": SECRET}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Echo", self.headers.get("authorization") or "none")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = do_TRACE = _answer

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


@contextmanager
def hostile() -> Iterator[str]:
    """Its URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
