"""Every resource of every document lives: what is made can be read, listed, found, changed and deleted."""

import pytest
from documents import NAMES, PATHS, load
from page import PAGE, walked
from serving import start
from walking import Send, Step, in_process, walk

WIRED = ("petstore-expanded-3.0", "pipedrive-v1", "train-travel")  # that are walked over sockets as well


def failed(steps: list[Step]) -> list[str]:
    return [f"{one.resource}: {one.name}: {one.wrong}" for one in steps if one.wrong]


def test_they_are_there() -> None:
    if not NAMES:
        pytest.skip("needs ../shared (the vendors' documents) beside the repository")
    assert len(NAMES) > 10


@pytest.mark.parametrize("name", NAMES)
def test_in_process(name: str) -> None:
    service = load(name)
    steps = walk(service.apis[name], in_process(service))
    assert failed(steps) == []
    assert {one.resource for one in steps} == set(service.apis[name].around.resources)
    assert walked(name, steps) in PAGE.read_text(encoding="utf-8").splitlines(), "stale: run `make docs`"


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in NAMES if name in WIRED])
def test_over_the_wire(name: str) -> None:
    with start(str(PATHS[name]), "--no-rate-limits") as served:

        def send(method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
            url = f"{served.url}{path}?{query}" if query else f"{served.url}{path}"
            answer = served.client.request(method, url, headers=headers, content=body)
            return answer.status_code, answer.content

        over_the_wire: Send = send
        assert failed(walk(load(name).apis[name], over_the_wire)) == []
