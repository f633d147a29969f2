"""`check --webhook-listen`: what a server tells by webhooks is what it did, once, as documented."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import httpx
import pytest

from mockserver import sources
from mockserver.check.findings import Result
from mockserver.check.listener import Listener, opened
from mockserver.check.options import Options
from mockserver.check.running import check
from mockserver.service import ApiSource
from tests.serving import Served, run, start

LAWS = ("events-sent", "refused-sends-none", "events-as-documented")
LISTEN = "127.0.0.1:0"


@pytest.fixture(scope="module")
def sales() -> Iterator[Served]:
    with start("salespulse", "--no-rate-limits") as served:
        yield served


def listener() -> Listener:
    found = opened(Options("", listen=LISTEN))
    assert found is not None
    return found


def checked(
    sales: Served, events: list[str] | None, document: str = "", again: bool = False, laws: tuple[str, ...] = LAWS,
    timeout: float = 30,
) -> Result:  # fmt: skip
    """A check of the mock, whose webhooks go to the check's listener; `events` are those that are subscribed."""
    sales.reset()
    source = ApiSource("salespulse", sources.document(document or str(sources.bundled()["salespulse"])))
    receiver = listener()
    for path in ("", "again") if again else ("",):
        if events != []:
            sales.control("webhooks", {"url": receiver.url + path, **({"events": events} if events else {})})
    options = Options(sales.url, {"key": "test-key"}, only=laws, write=True, listen=LISTEN, timeout=timeout)
    return check(source, options, listener=receiver)


def told(result: Result) -> list[tuple[str, str]]:
    return sorted((one.law, one.operation) for one in result.findings)


def test_what_is_told_once_and_as_documented_is_no_finding(sales: Served) -> None:
    result = checked(sales, None)

    assert (told(result), result.skipped[0].what if result.skipped else "") == ([], "model")
    held = {one.operation for one in result.coverage if "laws/events-sent" in one.laws}
    assert held == {"createContact", "createContacts", "updateContact", "moveContactToStage"}


def test_an_event_that_does_not_come_while_others_do_is_a_finding(sales: Served) -> None:
    result = checked(sales, ["contact.updated"], laws=LAWS[:1], timeout=2)

    assert told(result) == [
        ("events-sent", "createContact"), ("events-sent", "createContacts"), ("events-sent", "moveContactToStage"),
    ]  # fmt: skip
    first = next(one for one in result.findings if one.operation == "createContact")
    assert first.expected.startswith("one webhook contact.created that names")
    assert first.seen == "none within 2 s"
    assert first.place.pointer.startswith("/webhooks/contact.created/post/")
    assert [one.operation for one in first.exchanges] == ["createContact"]


def test_a_url_that_is_not_subscribed_is_no_finding_but_told(sales: Served) -> None:
    result = checked(sales, [], timeout=2)

    assert (told(result), result.code) == ([], 0)
    reason = next(one.reason for one in result.skipped if one.what == "laws/events-sent")
    assert reason.startswith("no webhook arrived; is http://127.0.0.1:")


def test_a_body_that_the_document_does_not_know_is_a_finding(sales: Served, tmp_path: Path) -> None:
    text = Path(sources.bundled()["salespulse"]).read_text(encoding="utf-8")
    before, event, after = text.partition("  contact.updated:\n")
    asked = after.replace("[event, timestamp, data]", "[event, timestamp, data, by]", 1)
    asked = asked.replace("                event: {", "                by: {type: string}\n                event: {", 1)
    (tmp_path / "salespulse.yaml").write_text(before + event + asked, encoding="utf-8")

    result = checked(sales, None, str(tmp_path / "salespulse.yaml"))

    assert told(result) == [("events-as-documented", "updateContact")]
    assert "by" in result.findings[0].expected


def test_what_is_told_twice_is_a_finding(sales: Served) -> None:
    result = checked(sales, ["contact.updated"], again=True, laws=LAWS[:1], timeout=2)

    seen = {one.operation: one.seen for one in result.findings}
    assert seen["updateContact"] == "2 of them"


DOCUMENT = """
openapi: 3.1.0
info: {title: Notes, version: "1"}
paths:
  /notes:
    post:
      operationId: createNote
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/NewNote'}}}}
      responses:
        '201': {description: Made, content: {application/json: {schema: {$ref: '#/components/schemas/Note'}}}}
        '400': {description: Refused}
  /notes/{note_id}:
    get:
      operationId: getNote
      parameters: [{name: note_id, in: path, required: true, schema: {type: string}}]
      responses:
        '200': {description: It, content: {application/json: {schema: {$ref: '#/components/schemas/Note'}}}}
        '404': {description: Missing}
webhooks:
  note.created:
    post:
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [event, data]
              properties: {event: {const: note.created}, data: {$ref: '#/components/schemas/Note'}}
      responses: {'200': {description: Taken}}
components:
  schemas:
    NewNote:
      type: object
      required: [name, size]
      properties: {name: {type: string}, size: {type: integer}}
    Note:
      type: object
      required: [id, name]
      properties: {id: {type: string}, name: {type: string}, size: {type: integer}}
"""


class Notes(BaseHTTPRequestHandler):
    """A server that tells of a note before it has looked whether it is one."""

    hook, tells_refused, made = "", False, 0

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        is_note = isinstance(body.get("name"), str) and isinstance(body.get("size"), int)
        type(self).made += 1
        note = {**body, "id": f"n{self.made}"}
        if is_note or self.tells_refused:
            httpx.post(self.hook, json={"event": "note.created", "data": note}, trust_env=False)
        answer = json.dumps(note).encode() if is_note else b""
        self.send_response(201 if is_note else 400)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def do_GET(self) -> None:
        self.send_error(404)

    def log_message(self, format: str, *parts: object) -> None:
        pass


@pytest.mark.parametrize("tells_refused", [False, True])
def test_a_refused_request_that_is_told_is_a_finding(tells_refused: bool, tmp_path: Path) -> None:
    (tmp_path / "notes.yaml").write_text(DOCUMENT, encoding="utf-8")
    receiver = listener()
    kind = type("Telling", (Notes,), {"hook": receiver.url, "tells_refused": tells_refused})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        options = Options(f"http://127.0.0.1:{server.server_address[1]}", only=LAWS, write=True, listen=LISTEN)
        result = check(ApiSource("notes", sources.document(str(tmp_path / "notes.yaml"))), options, listener=receiver)
    finally:
        server.shutdown()
        server.server_close()

    assert result.trouble == ""
    assert {"laws/events-sent"} <= {law for one in result.coverage for law in one.laws}
    assert [one for one in told(result) if one[0] == "refused-sends-none"] == (
        [("refused-sends-none", "createNote")] if tells_refused else []
    )
    assert [one for one in told(result) if one[0] == "events-sent"] == []


def test_the_listener_takes_bodies_of_any_framing() -> None:
    receiver = listener()
    connection = http.client.HTTPConnection(urlsplit(receiver.url).netloc, timeout=10)
    try:
        connection.request("POST", "/in", iter([b'{"a"', b": 1}"]), {"X-Event": "made"}, encode_chunked=True)
        answers = [connection.getresponse()]
        answers[0].read()
        connection.request("POST", "/in", b"[]")
        answers.append(connection.getresponse())
        answers[1].read()
    finally:
        connection.close()
        receiver.close()

    assert [one.status for one in answers] == [200, 200]
    assert [(one.path, one.body) for one in receiver.received] == [("/in", b'{"a": 1}'), ("/in", b"[]")]
    assert receiver.received[0].headers["x-event"] == "made"


def test_the_command_says_what_to_subscribe_and_what_is_missing(sales: Served) -> None:
    sales.reset()
    call = (
        "check", sales.url, "--api", "salespulse", "--key", "test-key", "--write", "--only", "events-sent",
        "--timeout", "2",
    )  # fmt: skip

    done = run(*call, "--webhook-listen", LISTEN, "--webhook-listen-url", "https://hooks.example.com/in")
    without = run(*call)

    assert "webhooks are received at https://hooks.example.com/in: subscribe that at the server" in done.stderr
    assert "is https://hooks.example.com/in subscribed at the server" in done.stdout
    assert (done.returncode, without.returncode) == (0, 2)
    assert "can't be tried: it receives webhooks: --webhook-listen" in without.stderr


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["--webhook-listen", "4011"], "'4011' is no host and port, such as 127.0.0.1:4011."),
        (["--webhook-listen", LISTEN, "--webhook-listen-url", "hooks"], "'hooks' is no URL"),
        (["--webhook-listen-url", "http://hooks.example.com"], "--webhook-listen-url goes with --webhook-listen"),
    ],
)
def test_mistakes_are_told(arguments: list[str], hint: str) -> None:
    done = run("check", "http://127.0.0.1:1", "--api", "salespulse", *arguments)

    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert hint in " ".join(done.stderr.split())


def test_an_address_that_is_taken_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"

        done = run("check", "http://127.0.0.1:1", "--api", "salespulse", "--webhook-listen", address)

    assert done.returncode == 2
    assert f"webhooks can't be received at {address}" in " ".join(done.stderr.split())
