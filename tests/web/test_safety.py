"""No page of another site, no other name of this machine and no odd path steers the mock, at whichever endpoint."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from serving import Served, start

from mockserver import Control, ControlError
from mockserver.web.control.table import ENDPOINTS, HEALTH

EVERY = [(method, path) for path, by_method in ENDPOINTS.items() for method in by_method]
GUARDED = [(method, path) for method, path in EVERY if path != HEALTH]
WRITING = [(method, path) for method, path in EVERY if method in ("POST", "PUT", "PATCH")]
PREFIXES = ["", "/_world/some"]
every_guarded = pytest.mark.parametrize(("method", "path"), GUARDED)
with_prefix = pytest.mark.parametrize("prefix", PREFIXES)


def code(served: Served, method: str, path: str, **options: Any) -> tuple[int, str]:
    """The status, and the error's code, of a control request with each path parameter filled in."""
    for name in ("{name}", "{a}", "{b}", "{id}"):
        path = path.replace(name, "1")
    answer = served.client.request(method, f"{served.url}{path}", **options)
    assert "access-control-allow-origin" not in answer.headers
    return answer.status_code, answer.json()["error"]["code"] if answer.status_code >= 400 else ""


@with_prefix
@every_guarded
def test_a_page_of_another_site_can_do_nothing(pulse: Served, method: str, path: str, prefix: str) -> None:
    for origin in ("https://evil.example", "null", f"https://{pulse.url[7:]}", "http://localhost"):
        headers = {"Origin": origin, "Content-Type": "text/plain"}
        assert code(pulse, method, prefix + path, headers=headers) == (403, "wrong_origin")


@with_prefix
@every_guarded
def test_a_name_that_was_bound_to_this_machine_is_refused(
    pulse: Served, method: str, path: str, prefix: str
) -> None:
    """DNS rebinding: the page's own site resolves to 127.0.0.1, so that its requests carry its name."""
    for host in (f"evil.example:{pulse.port}", f"127.0.0.1.evil.example:{pulse.port}", "localhost", ""):
        assert code(pulse, method, prefix + path, headers={"Host": host}) == (403, "wrong_host")


@pytest.mark.parametrize(("method", "path"), WRITING)
def test_what_a_form_can_send_is_not_taken(pulse: Served, method: str, path: str) -> None:
    before = pulse.mock.export_state()
    for media in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        found = code(pulse, method, path, content=b'{"name": "x", "to": 0}', headers={"Content-Type": media})
        assert found in ((415, "not_json"), (404, "unknown_snapshot"), (404, "unknown_delivery"), (404, "unknown_rule"))
    assert pulse.mock.export_state() == before


@pytest.fixture(scope="module")
def tokened() -> Iterator[Served]:
    with start("pulse", "--control-token", "t0ken") as served:
        yield served


@with_prefix
@every_guarded
def test_without_the_token_nobody_gets_anything(tokened: Served, method: str, path: str, prefix: str) -> None:
    for headers in ({}, {"X-Mock-Token": "token"}, {"Authorization": "Bearer test-key"}, {"X-Mock-Token": "t0ken, x"}):
        assert code(tokened, method, prefix + path, headers=headers) == (401, "unauthorized")
        assert code(tokened, method, f"{prefix}{path}?token=t0ken", headers=headers) == (401, "unauthorized")


def test_with_the_token_it_is_open_under_every_name(tokened: Served) -> None:
    headers = {"X-Mock-Token": "t0ken", "Host": "mock.example"}
    assert code(tokened, "GET", "/_mock/clock", headers=headers) == (200, "")
    assert Control(tokened.url, token="t0ken").world("mine").show_clock()["frozen"] is False
    with pytest.raises(ControlError, match="asks for its token"):
        Control(tokened.url).show_clock()


@pytest.mark.parametrize(
    "path",
    [
        "/_world/x/../_mock/clock",
        "/_world/x/%2e%2e/_mock/clock",
        "/_world/x//_mock/clock",
        "/_world/x/v2/../../_mock/clock",
        "/_world/x%2f_mock/clock",
        "/_world//_mock/clock",
        "/_world/_mock/clock",
        "/_world/../_mock/clock",
        "/_world/x/_world/y/_mock/clock",
        "/_world/x/%5fmock/clock",
        "/_World/x/_mock/clock",
        "//_world/x/_mock/clock",
        "/v2/_world/x/_mock/clock",
        "/_world/x/_mock;/clock",
        "/_world/x/_mockery",
        "/_world/x\\_mock/clock",
    ],
)
def test_no_odd_path_leads_in(pulse: Served, path: str) -> None:
    """Only a path that shows it leads to the control API: what stands in front of the server can guard it by prefix."""
    before = pulse.mock.worlds()["total"]
    body = b'{"freeze": "2031-01-01T00:00:00Z"}'
    head = f"POST {path} HTTP/1.1\r\nHost: {pulse.url[7:]}\r\nContent-Type: application/json\r\nConnection: close\r\n"
    answer = pulse.send(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    status = answer.split(b" ", 2)[1]
    assert status in (b"400", b"401", b"404"), answer
    assert b'"frozen"' not in answer
    for name in ("default", "x", "y"):
        assert not pulse.mock.world(name).show_clock()["frozen"]
    assert pulse.mock.worlds()["total"] <= before + 3


def test_a_name_in_header_and_path_is_that_of_the_path(pulse: Served) -> None:
    pulse.mock.world("by-header").show_clock()
    pulse.client.post(f"{pulse.url}/_world/by-path/_mock/clock", json={"freeze": "2031-01-01T00:00:00Z"},
                      headers={"X-Mock-World": "by-header"})  # fmt: skip
    assert pulse.mock.world("by-path").show_clock()["frozen"]
    assert not pulse.mock.world("by-header").show_clock()["frozen"]
