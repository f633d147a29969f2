"""`--tls`: HTTPS, and plain HTTP answered with 301 to it, on one port."""

from __future__ import annotations

import os
import re
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPSConnection
from pathlib import Path

import httpx
import pytest
from serving import start

from mockserver.spec.errors import SpecError
from mockserver.web.tls import redirection, self_signed

COMMAND = [sys.executable, "-m", "mockserver", "serve", "salespulse", "--port", "0"]
KEY = {"Authorization": "Bearer test-key"}


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server with a certificate of its own."""
    process = subprocess.Popen([*COMMAND, "--tls"], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    ready = next(line for line in process.stdout if line.startswith("ready"))
    found = re.search(r"https://127\.0\.0\.1:(\d+)/_mock", ready)
    assert found
    yield int(found[1])
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == 0
    process.stdout.close()


def test_https_is_served(port: int) -> None:
    """SalesPulse: "HTTPS only"."""
    with httpx.Client(verify=False, headers=KEY) as client:
        for _ in range(3):
            answer = client.get(f"https://127.0.0.1:{port}/api/v1/contacts?limit=2")
            assert answer.status_code == 200
            assert len(answer.json()["data"]) == 2


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_plain_http_is_redirected(port: int, method: str) -> None:
    """SalesPulse: "HTTPS only. HTTP requests are redirected."; READINGS: "HTTP requests are redirected"."""
    answer = httpx.request(method, f"http://127.0.0.1:{port}/api/v1/contacts?limit=2&search=a%20b", headers=KEY)
    assert answer.status_code == 301
    assert answer.headers["location"] == f"https://127.0.0.1:{port}/api/v1/contacts?limit=2&search=a%20b"


def test_the_control_api_knows_its_origin(port: int) -> None:
    with httpx.Client(verify=False) as client:
        own, foreign = ({"Origin": f"{scheme}://127.0.0.1:{port}"} for scheme in ("https", "http"))
        assert client.get(f"https://127.0.0.1:{port}/_mock/clock", headers=own).status_code == 200
        assert client.get(f"https://127.0.0.1:{port}/_mock/clock", headers=foreign).status_code == 403


@pytest.mark.parametrize(
    "sent", [b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n"]
)
def test_what_names_no_place_is_refused(port: int, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(sent)
        assert connection.recv(1_000).startswith(b"HTTP/1.1 400 ")


def test_a_silent_client_keeps_nobody_waiting(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10), httpx.Client(verify=False, headers=KEY) as client:
        assert client.get(f"https://127.0.0.1:{port}/api/v1/contacts").status_code == 200


def test_a_body_on_its_way_takes_no_redirect_away(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(b"POST /a?b=c HTTP/1.1\r\nHost: mock:1\r\nContent-Length: 200000\r\n\r\n" + bytes(200_000))
        connection.shutdown(socket.SHUT_WR)
        answer = connection.recv(10_000)
    assert answer.startswith(b"HTTP/1.1 301 ")
    assert b"\r\nlocation: https://mock:1/a?b=c\r\n" in answer
    assert b"\r\nconnection: close\r\n" in answer


@pytest.mark.parametrize("lines", [b"", b"Host: a\r\nHost: b\r\n", b"Host: a@b\r\n", b"Host: a/b\r\n"])
def test_a_host_that_is_none_or_two(lines: bytes) -> None:
    assert redirection(b"GET / HTTP/1.1\r\n" + lines + b"\r\n").startswith(b"HTTP/1.1 400 ")


def test_a_connection_over_tls_is_kept(port: int) -> None:
    connection = HTTPSConnection("127.0.0.1", port, timeout=10, context=ssl._create_unverified_context())
    connection.connect()
    first = connection.sock
    for _ in range(2):
        connection.request("GET", "/_mock/health")
        assert connection.getresponse().read() == b'{"status":"ok"}'
    assert connection.sock is first
    connection.close()


def test_what_only_looks_like_tls_harms_nobody(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(b"\x16\x03\x01\x00\x05nonsense")
        connection.shutdown(socket.SHUT_WR)
        assert b"HTTP" not in connection.recv(1_000)
    test_https_is_served(port)


def test_an_idle_client_does_not_keep_the_server_from_ending() -> None:
    """Ctrl-C ends it with 0 and without complaint; the curl line works with a certificate of its own."""
    with start("salespulse", "--tls") as served:
        assert "try: curl -k " in served.lines[0]
        assert served.client.get(f"{served.url}/_mock/health").status_code == 200
        silent = socket.create_connection(("127.0.0.1", served.port))
        trusting = ssl._create_unverified_context()
        idle = trusting.wrap_socket(socket.create_connection(("127.0.0.1", served.port)))
        served.process.send_signal(signal.SIGINT)
        assert served.process.wait(20) == 0
        assert served.complaints() == ""
        silent.close()
        idle.close()


def test_a_key_without_its_certificate() -> None:
    done = subprocess.run([*COMMAND, "--tls-key", "key.pem"], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "--tls-key goes with" in done.stderr


def test_without_cryptography_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(SpecError, match=r'pip install "crm-mockserver\[tls\]", or give --tls-cert'):
        self_signed("127.0.0.1")


def test_a_certificate_that_is_none(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("no certificate")
    done = subprocess.run(
        [*COMMAND, "--tls", "--tls-cert", str(wrong)], capture_output=True, text=True, timeout=30, env={**os.environ}
    )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "wrong.pem can't be used" in done.stderr
    assert "Traceback" not in done.stderr


LINKED = """
openapi: 3.1.0
info: {title: Linked, version: '1'}
paths:
  /things:
    get:
      operationId: listThings
      x-mock: {does: list, resource: things, page: {style: page, size: size, position: page}, answer: {next: $page.next-url}}
      parameters:
      - {name: page, in: query, schema: {type: integer, default: 1}}
      - {name: size, in: query, schema: {type: integer, default: 2}}
      responses: {'200': {description: ok, content: {application/json: {schema: {type: object}}}}}
x-mock: {resources: {things: {schema: '#/components/schemas/Thing'}}}
components: {schemas: {Thing: {type: object, properties: {id: {type: string}}}}}
"""  # noqa: E501


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_addresses_in_answers_are_those_that_the_client_can_ask(tmp_path: Path, scheme: str) -> None:
    (tmp_path / "linked.yaml").write_text(LINKED)
    with start(str(tmp_path / "linked.yaml"), *(["--tls"] if scheme == "https" else [])) as served:
        following = served.client.get(f"{served.url}/things").json()["next"]
        assert following == f"{served.url}/things?page=2"
        assert served.url.startswith(f"{scheme}://")
        assert served.client.get(following).status_code == 200
        other = served.client.get(f"{served.url}/things", headers={"X-Forwarded-Proto": "javascript"}).json()["next"]
        assert other == following
        behind = served.client.get(f"{served.url}/things", headers={"X-Forwarded-Proto": "https, http"}).json()["next"]
        assert behind.startswith("https://")
