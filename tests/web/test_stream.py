"""The journal as server-sent events, over real sockets: what comes, from where on, who gets it, and how it ends."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from serving import Served, start

KEY = {"Authorization": "Bearer test-key"}
EVENTS = "text/event-stream; charset=utf-8"


def listen(served: Served, query: str = "limit=2", **headers: str) -> Any:
    return served.client.stream("GET", f"{served.url}/_mock/stream?{query}", headers=headers)


def ask(served: Served, path: str = "/v2/users?limit=1", **headers: str) -> None:
    httpx.get(f"{served.url}{path}", headers={**KEY, **headers})


def ids(answer: httpx.Response) -> list[str]:
    """The ids of all events, until the stream ends."""
    return [line.removeprefix("id: ") for line in answer.iter_lines() if line.startswith("id: ")]


def events(answer: httpx.Response) -> Iterator[dict[str, Any]]:
    """The data of the events, one by one."""
    for line in answer.iter_lines():
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))


def test_each_request_comes_when_it_is_answered(pulse: Served) -> None:
    ask(pulse)
    with listen(pulse) as answer:
        assert answer.headers["content-type"] == EVENTS
        coming = events(answer)
        ask(pulse, "/v2/users?limit=2")
        first = next(coming)  # while the stream is open
        assert (first["id"], first["operation"], first["response"]["status"]) == ("default-2", "listUsers", 200)
        assert "test-key" not in json.dumps(first)
        ask(pulse, "/v2/nothing")
        assert [one["id"] for one in coming] == ["default-3"]


def test_who_comes_back_gets_what_was_missed(pulse: Served) -> None:
    for _ in range(4):
        ask(pulse)
    with listen(pulse, **{"Last-Event-ID": "default-2"}) as answer:
        assert ids(answer) == ["default-3", "default-4"]


def test_one_world_only(pulse: Served) -> None:
    with listen(pulse, "limit=1", **{"X-Mock-World": "heard"}) as answer:
        ask(pulse)
        ask(pulse, **{"X-Mock-World": "heard"})
        assert ids(answer) == ["heard-1"]


def test_it_ends_after_its_seconds_and_goes_on_after_a_rewind(pulse: Served) -> None:
    ask(pulse)
    with listen(pulse, "limit=2") as answer:
        coming = events(answer)
        ask(pulse)
        assert next(coming)["id"] == "default-2"
        pulse.control("rewind", {"to": 1})
        time.sleep(0.5)  # the stream looks ten times a second
        ask(pulse, "/v2/nothing")
        again = next(coming)
        assert (again["id"], again["response"]["status"]) == ("default-2", 404)
    with listen(pulse, "seconds=1") as answer:
        assert list(events(answer)) == []


def test_the_client_hears_it_too(pulse: Served) -> None:
    heard: list[Any] = []
    listener = threading.Thread(target=lambda: heard.extend(pulse.mock.stream(limit=1, seconds=30)))
    listener.start()
    while listener.is_alive():
        ask(pulse)
        listener.join(0.05)
    assert [one["operation"] for one in heard] == ["listUsers"]


@pytest.mark.parametrize("query", ["seconds=0", "seconds=3601", "limit=x", "after=1", "api=nobody"])
def test_what_is_not_understood(pulse: Served, query: str) -> None:
    assert pulse.client.get(f"{pulse.url}/_mock/stream?{query}").status_code in (400, 404)


def test_no_more_streams_than_a_bound_and_closed_ones_do_not_count(pulse: Served) -> None:
    def opened(client: httpx.Client) -> httpx.Response:
        return client.send(client.build_request("GET", f"{pulse.url}/_mock/stream?seconds=600"), stream=True)

    with httpx.Client(limits=httpx.Limits(max_connections=None), timeout=30) as client:
        many = [opened(client) for _ in range(55)]
        assert {one.status_code for one in many} == {200, 503}
        for one in many:
            one.close()
        for _ in range(200):  # until it is noticed that they have hung up
            answer = opened(client)
            answer.close()
            if answer.status_code == 200:
                break
            time.sleep(0.1)
        assert answer.status_code == 200


def test_a_stream_is_guarded_like_everything(pulse: Served) -> None:
    foreign = pulse.client.get(f"{pulse.url}/_mock/stream", headers={"Origin": "https://evil.example"})
    assert (foreign.status_code, "access-control-allow-origin" in foreign.headers) == (403, False)
    with start("pulse", "--control-token", "t0ken") as served:
        assert served.client.get(f"{served.url}/_mock/stream").status_code == 401
        with listen(served, "seconds=1", **{"X-Mock-Token": "t0ken"}) as answer:
            assert answer.status_code == 200


def test_an_open_stream_does_not_keep_the_server() -> None:
    with start("pulse") as served, listen(served, "seconds=60") as answer:
        assert answer.status_code == 200
        # leaving `start` ends the server, which has to end with 0
