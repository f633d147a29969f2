"""The server in front of the APIs, over real sockets: mounts, CORS, HEAD, and whatever else may arrive as HTTP."""

import re
import socket
import time
from collections.abc import Iterator

import httpx
import pytest
from serving import Served, start

KEY = {"Authorization": "Bearer test-key"}
PAGE = {"Origin": "https://app.example"}


def test_one_api_is_at_its_own_base_path(pulse: Served) -> None:
    assert pulse.client.get(f"{pulse.url}/v2/users", headers=KEY).status_code == 200


def test_several_are_each_under_their_name(everything: Served) -> None:
    for path in ("pulse/v2/users", "myra/api/v1/contacts", "pulse-leads/leads"):
        assert everything.client.get(f"{everything.url}/{path}", headers=KEY).status_code == 200, path


@pytest.mark.parametrize("path", ["/", "/v2/users", "/puls/v2/users", "/pulse%2fv2/users", "//pulse/v2/users"])
def test_outside_every_api_is_told_what_is_served(everything: Served, path: str) -> None:
    answer = everything.client.get(f"{everything.url}{path}", headers=PAGE)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert {"api": "pulse", "title": "Pulse API", "base_paths": ["/pulse/v2"]} in answer.json()["served"]
    assert answer.headers["access-control-allow-origin"] == "*"


def test_an_apis_name_alone_is_its_root(everything: Served) -> None:
    answer = everything.client.get(f"{everything.url}/pulse", headers=KEY)
    assert answer.status_code == 404
    assert "error" in answer.json()  # the API's own error body


class TestCors:
    def test_any_page_may_read_answers_and_errors(self, pulse: Served) -> None:
        for path, status in (("/v2/users", 200), ("/v2/nothing", 404)):
            answer = pulse.client.get(f"{pulse.url}{path}", headers={**KEY, **PAGE})
            assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (status, "*")
            exposed = answer.headers["access-control-expose-headers"].split(", ")
            assert set(exposed) >= {name for name in answer.headers if not name.startswith("access-control-")}

    def test_nothing_of_it_without_a_page(self, pulse: Served) -> None:
        answer = pulse.client.get(f"{pulse.url}/v2/users", headers=KEY)
        assert not [name for name in answer.headers if name.startswith("access-control-")]

    def test_a_preflight_is_answered_without_a_key(self, pulse: Served) -> None:
        asked = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "authorization,x-a"}
        answer = pulse.client.options(f"{pulse.url}/v2/users/usr_1", headers={**PAGE, **asked})
        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "PATCH" in answer.headers["access-control-allow-methods"].split(", ")
        assert answer.headers["access-control-allow-headers"] == "authorization,x-a"
        assert pulse.control("requests")["total"] == 0

    @pytest.mark.parametrize("headers", [{}, PAGE, {"Access-Control-Request-Method": "GET"}])
    def test_an_options_that_is_no_preflight_is_the_apis_own(self, pulse: Served, headers: dict[str, str]) -> None:
        answer = pulse.client.options(f"{pulse.url}/v2/users", headers=headers)
        assert "access-control-allow-methods" not in answer.headers
        assert pulse.control("requests")["total"] == 1


def test_head_is_get_without_the_body(pulse: Served) -> None:
    got = pulse.client.get(f"{pulse.url}/v2/users", headers=KEY)
    head = pulse.client.head(f"{pulse.url}/v2/users", headers=KEY)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == got.headers["content-length"] == str(len(got.content))


def test_each_answer_is_dated_and_says_nothing_of_the_software(pulse: Served) -> None:
    answer = pulse.client.get(f"{pulse.url}/v2/users", headers=KEY)
    assert answer.headers["date"].endswith(" GMT")
    assert "server" not in answer.headers


def head(served: Served, method: str = "GET", path: str = "/v2/users", *lines: str) -> bytes:
    """The head of a request by hand."""
    named = [f"{method} {path} HTTP/1.1", f"Host: {served.url[7:]}", "Authorization: Bearer test-key", *lines]
    return "\r\n".join([*named, "", ""]).encode("latin-1")


def statuses(answers: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", answers)]


USER = b'{"email":"by@hand.example","name":"By Hand","role":"viewer"}'
JSON = "Content-Type: application/json"
CLOSE = "Connection: close"


@pytest.fixture(autouse=True)
def _goes_on(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test sends, the server answers the next client."""
    yield
    if "pulse" in request.fixturenames:
        served = request.getfixturevalue("pulse_server")
        assert httpx.get(f"{served.url}/v2/users", headers=KEY, trust_env=False).status_code == 200


class TestBadHttp:
    @pytest.mark.parametrize(
        "data",
        [
            b"hello\r\n\r\n",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),  # TLS spoken to a plain port
            b"GET / HTTP/9.9\r\n\r\n",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost x\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: x\r\nA: b\x00c\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n folded\r\n\r\n",
            b"MAKE / HTTP/1.1\r\nHost: x\r\n\r\n",
            b"CONNECT a:1 HTTP/1.1\r\nHost: x\r\n\r\n",
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1e3\r\n\r\n",
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ],
    )
    def test_what_is_no_http(self, pulse: Served, data: bytes) -> None:
        answer = pulse.send(data)
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert answer.endswith(b"}")
        assert b"application/problem+json" in answer

    def test_a_method_that_there_is_not(self, pulse: Served) -> None:
        for method in (b"MAKE", b"get"):
            assert b"There is no such method" in pulse.send(method + b" /v2/users HTTP/1.1\r\nHost: x\r\n\r\n")

    def test_a_chunk_that_is_none(self, pulse: Served) -> None:
        answer = pulse.send(head(pulse, "POST", "/v2/users", "Transfer-Encoding: chunked", JSON) + b"zz\r\nabc")
        assert statuses(answer) == [400]

    @pytest.mark.parametrize("size", [40_000, 100_000])
    def test_headers_over_the_limit_are_told_in_the_apis_own_words(self, pulse: Served, size: int) -> None:
        answer = pulse.send(head(pulse, "GET", "/v2/users", f"X-Long: {'a' * size}", CLOSE))
        assert statuses(answer) == [431]
        assert b'{"error":' in answer

    @pytest.mark.parametrize("part", ["X-Long: ", "X-Long: a\r\n"])
    def test_a_head_without_end_is_cut_off(self, pulse: Served, part: str) -> None:
        answer = pulse.send(head(pulse)[:-2] + part.encode() * (5_000_000 // len(part)))
        assert statuses(answer) == [431]
        assert b'"detail":"The request line and headers together may have 131072 bytes."' in answer

    @pytest.mark.parametrize("size", [9_000, 60_000])
    def test_a_uri_over_the_limit(self, pulse: Served, size: int) -> None:
        answer = pulse.send(head(pulse, "GET", f"/v2/users?q={'a' * size}", CLOSE))
        assert statuses(answer) == [414]
        assert b'{"error":' in answer

    def test_a_client_that_leaves_in_the_middle(self, pulse: Served) -> None:
        for part in (head(pulse)[:30], head(pulse, "POST", "/v2/users", "Content-Length: 10", JSON) + b"abc"):
            assert pulse.send(part, seconds=0.2) == b""
        assert pulse.control("requests")["total"] == 0


class TestBodies:
    def test_over_the_limit_is_refused_and_the_connection_goes_on(self, pulse: Served) -> None:
        chunk = b"10000\r\n" + b"a" * 65_536 + b"\r\n"
        long = head(pulse, "POST", "/v2/users", "Transfer-Encoding: chunked", JSON) + chunk * 40 + b"0\r\n\r\n"
        answer = pulse.send(long + head(pulse, "GET", "/v2/users", CLOSE))
        assert statuses(answer) == [413, 200]

    def test_a_length_over_the_limit_is_refused_before_it_is_sent(self, pulse: Served) -> None:
        lines = ("Content-Length: 9999999999", "Expect: 100-continue", JSON)
        with socket.create_connection(("127.0.0.1", pulse.port), timeout=10) as connection:
            connection.sendall(head(pulse, "POST", "/v2/users", *lines))
            assert connection.recv(1_000).startswith(b"HTTP/1.1 413 ")

    def test_a_whole_large_body_can_be_sent_before_the_refusal_is_read(self, pulse: Served) -> None:
        answer = pulse.client.post(f"{pulse.url}/v2/users", content=b"a" * 20_000_000, headers=KEY)
        assert answer.status_code == 413

    def test_a_client_that_asks_first(self, pulse: Served) -> None:
        lines = (f"Content-Length: {len(USER)}", "Expect: 100-continue", JSON, CLOSE)
        with socket.create_connection(("127.0.0.1", pulse.port), timeout=10) as connection:
            connection.sendall(head(pulse, "POST", "/v2/users", *lines))
            assert connection.recv(1_000) == b"HTTP/1.1 100 Continue\r\n\r\n"
            connection.sendall(USER)
            assert connection.recv(1_000).startswith(b"HTTP/1.1 201 ")

    def test_a_slow_body_holds_nobody_up(self, pulse: Served) -> None:
        lines = (f"Content-Length: {len(USER)}", JSON, CLOSE)
        with socket.create_connection(("127.0.0.1", pulse.port), timeout=10) as connection:
            connection.sendall(head(pulse, "POST", "/v2/users", *lines) + USER[:10])
            assert pulse.client.get(f"{pulse.url}/v2/users", headers=KEY).status_code == 200
            connection.sendall(USER[10:])
            assert connection.recv(1_000).startswith(b"HTTP/1.1 201 ")

    def test_a_body_in_many_chunks(self, pulse: Served) -> None:
        answer = pulse.client.post(
            f"{pulse.url}/v2/users",
            content=(USER[at : at + 1] for at in range(len(USER))),
            headers={**KEY, "content-type": "application/json"},
        )
        assert answer.status_code == 201, answer.text

    def test_an_offer_to_upgrade_leaves_the_body_as_it_is(self, pulse: Served) -> None:
        # Java's HttpClient offers HTTP/2 with the first request of each connection.
        upgrade = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQ")
        first = head(pulse, "POST", "/v2/users", *upgrade, JSON, f"Content-Length: {len(USER)}") + USER
        assert statuses(pulse.send(first + head(pulse, "GET", "/v2/users", CLOSE))) == [201, 200]
        websocket = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: x")
        assert statuses(pulse.send(head(pulse, "GET", "/v2/users", *websocket), seconds=0.3)) == [200]


def test_pipelined_requests_are_answered_in_order(pulse: Served) -> None:
    asked = head(pulse) + head(pulse, "GET", "/v2/nothing") + head(pulse, "DELETE") + head(pulse)
    assert statuses(pulse.send(asked)) == [200, 404, 405, 200]


def test_pipelined_requests_of_every_kind_are_answered_in_order(pulse: Served) -> None:
    body = USER.replace(b"by@", b"by-pipeline@")
    post = head(pulse, "POST", "/v2/users", JSON, f"Content-Length: {len(body)}") + body
    asked = head(pulse) + post + head(pulse, "GET", "/_mock/health") + post + head(pulse, "HEAD") + head(pulse)
    assert statuses(pulse.send(asked)) == [200, 201, 200, 400, 200, 200]
    assert statuses(pulse.send(head(pulse) * 1_000)) == [200] * 1_000


def test_a_body_that_comes_late_keeps_what_follows_waiting(pulse: Served) -> None:
    body = USER.replace(b"by@", b"by-parts@")
    asked = head(pulse) + head(pulse, "POST", "/v2/users", JSON, f"Content-Length: {len(body)}") + body + head(pulse)
    answers = b""
    with socket.create_connection(("127.0.0.1", pulse.port), timeout=10) as connection:
        for start in range(0, len(asked), 150):
            connection.sendall(asked[start : start + 150])
            time.sleep(0.01)
        while answers.count(b"HTTP/1.1 ") < 3:
            answers += connection.recv(65_536)
    assert statuses(answers) == [200, 201, 200]


def test_http_1_0(pulse: Served) -> None:
    answer = pulse.send(b"GET /v2/users HTTP/1.0\r\nAuthorization: Bearer test-key\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"connection: close" in answer


def test_the_whole_url_on_the_request_line(pulse: Served) -> None:
    assert statuses(pulse.send(head(pulse, "GET", f"{pulse.url}/v2/users?limit=1", CLOSE))) == [200]


def test_the_server_writes_nothing_about_all_that() -> None:
    with start("pulse") as served:
        served.send(b"hello\r\n\r\n")
        served.send(head(served, "GET", "/v2/users", "Connection: Upgrade", "Upgrade: websocket"), seconds=0.3)
        served.client.get(f"{served.url}/v2/nothing")
        assert "Traceback" not in served.complaints()
        assert "WebSocket" not in served.complaints()
