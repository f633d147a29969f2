"""Servers of two more APIs, each with several bugs at once that lie between the check and a mock: a law finds each."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson

from mockserver import sources
from mockserver.check.options import Options
from mockserver.check.running import check
from mockserver.service import ApiSource, load
from mockserver.steps.call import Answer, Request
from tests.serving import listening

Ask = Callable[[Request], Answer]
Between = Callable[[Request, Ask, dict[str, Any]], Answer]


def source(name: str) -> ApiSource:
    return ApiSource(name, sources.document(str(sources.bundled()[name])), sources.fixtures_of(name))


@contextmanager
def served(name: str, between: Between) -> Iterator[str]:
    """The URL of a mock behind something that changes what is asked and answered."""
    service = load([source(name)], rate_limits=False)
    world, seen, turn = service.new_world(), dict[str, Any](), threading.Lock()

    class Changed(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            path, _, query = self.path.partition("?")
            headers = {label.lower(): value for label, value in self.headers.items()}

            def ask(one: Request) -> Answer:
                return service.answer(world, one, int(time.time() * 1000))

            with turn:
                got = between(Request(self.command, path, query, headers, body), ask, seen)
            self.send_response(got.status)
            for label, value in (*got.headers, ("Content-Length", str(len(got.body)))):
                self.send_header(label, value)
            self.end_headers()
            self.wfile.write(b"" if self.command == "HEAD" else got.body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = do_TRACE = _any

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Changed)
    server.daemon_threads = True
    with listening(server) as url:
        yield f"{url}{service.apis[name].api.base_paths[0]}"


def found(name: str, between: Between, *laws: str) -> set[tuple[str, str]]:
    with served(name, between) as url:
        result = check(source(name), Options(url, {"key": "test-key"}, only=laws, write=True))
    assert result.calls > 100
    assert [one for one in result.skipped if one.reason.startswith("a bug")] == []
    return {(one.law, one.operation) for one in result.findings}


def body_of(message: Request | Answer) -> Any:
    try:
        return orjson.loads(message.body)
    except orjson.JSONDecodeError:
        return None


def shown(answer: Answer, **fields: Any) -> Answer:
    return answer._replace(body=orjson.dumps({**body_of(answer), **fields}))


def queried(request: Request, keep: Callable[[str, int], bool]) -> Request:
    """A request with some of its filters: by their names and numbers."""
    pairs, number = [], 0
    for name, value in parse_qsl(request.query, keep_blank_values=True):
        number += name.startswith("filter[")
        if not name.startswith("filter[") or keep(name, number):
            pairs.append((name, value))
    return request._replace(query=urlencode(pairs))


def wrong_contacts(request: Request, ask: Ask, seen: dict[str, Any]) -> Answer:
    """The second of two filters is forgotten, unknown ones are ignored, lists are never read anew, fractions are cut
    off, and the time of the reset is in milliseconds."""
    body = body_of(request)
    if isinstance(body, dict) and isinstance(body.get("value"), float):
        request = request._replace(body=orjson.dumps({**body, "value": round(body["value"])}))
    answer = ask(queried(request, lambda name, number: number == 1))
    if answer.status == 422 and "filter" in request.query:
        answer = ask(queried(request, lambda name, number: False))
    if request.method == "GET" and request.path.endswith("/contacts") and answer.status == 200:
        answer = shown(answer, data=[seen.setdefault(one["id"], one) for one in body_of(answer)["data"]])
    headers = tuple((name, f"{value}000" if name == "X-RateLimit-Reset" else value) for name, value in answer.headers)
    return answer._replace(headers=headers)


def test_a_server_of_contacts_and_deals() -> None:
    laws = ("filters-together", "parameters-bounded", "listed-as-changed", "kept-whole", "limits-told")

    assert found("myra", wrong_contacts, *laws) >= {
        ("filters-together", "listDeals"), ("parameters-bounded", "listContacts"), ("kept-whole", "createDeal"),
        ("listed-as-changed", "listContacts"), ("limits-told", "listDeals"),
    }  # fmt: skip


def wrong_stages(request: Request, ask: Ask, seen: dict[str, Any]) -> Answer:
    """A contact is moved to whatever stage, which isn't dated; phones aren't searched; a page tells how many it has."""
    moves = request.method == "PATCH" and request.path.endswith("/stage")
    before = body_of(ask(request._replace(method="GET", path=request.path[:-6], body=b""))) if moves else None
    answer = ask(request)
    wanted = (body_of(request) or {}).get("stage_id") if moves else None
    if answer.status == 422 and isinstance(wanted, str):
        answer = shown(ask(request._replace(body=b'{"stage_id": "stg_contacted"}')), stage_id=wanted)
    if moves and answer.status == 200:
        seen[before["id"]] = before["updated_at"]
        return shown(answer, updated_at=before["updated_at"])
    if request.method != "GET" or answer.status != 200 or "data" not in body_of(answer):
        return answer
    records = body_of(answer)["data"]
    if searched := re.search(r"search=([^&]+)", request.query):
        word = searched[1].lower()
        records = [one for one in records if word in str({**one, "phone": ""}).lower() or "%" in word]
    return shown(answer, data=records, limit=len(records))


def test_a_server_of_contacts_in_stages() -> None:
    laws = ("refers-to-what-exists", "update-is-dated", "filters-hold", "totals-add-up")

    assert found("salespulse", wrong_stages, *laws) >= {
        ("refers-to-what-exists", "moveContactToStage"), ("update-is-dated", "moveContactToStage"),
        ("filters-hold", "listContacts"), ("totals-add-up", "listContacts"),
    }  # fmt: skip


def test_between_nothing_is_found() -> None:
    laws = ("refers-to-what-exists", "filters-hold", "totals-add-up", "listed-as-changed", "kept-whole")

    assert found("salespulse", lambda request, ask, seen: ask(request), *laws) == set()
