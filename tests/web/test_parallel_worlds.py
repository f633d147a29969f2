"""Worlds of their own, over real sockets: by header or path prefix, made when first named."""

import httpx
import pytest
from serving import Served

KEY = {"Authorization": "Bearer test-key"}
ADA = {"email": "ada.new@example.com", "name": "Ada New", "role": "viewer"}


def create(served: Served, world: str, prefix: str = "") -> httpx.Response:
    headers = KEY | ({"X-Mock-World": world} if world else {})
    return served.client.post(f"{served.url}{prefix}/v2/users", json=ADA, headers=headers)


def test_what_is_made_in_one_world_is_not_in_another(pulse: Served) -> None:
    assert create(pulse, "one").status_code == 201
    assert create(pulse, "one").status_code == 400
    assert create(pulse, "two").status_code == 201
    pulse.reset()
    assert create(pulse, "").status_code == 201


def test_a_path_prefix_names_a_world_too(pulse: Served) -> None:
    create(pulse, "prefixed")
    answer = create(pulse, "", "/_world/prefixed")
    assert answer.status_code == 400
    assert answer.headers["x-mock-request"] == "prefixed-2"


def test_the_control_api_works_on_the_world_that_is_named(pulse: Served) -> None:
    create(pulse, "looked-at")
    shown = pulse.client.get(f"{pulse.url}/_world/looked-at/_mock/requests").json()
    assert [entry["id"] for entry in shown["requests"]] == ["looked-at-1"]
    named = {"X-Mock-World": "looked-at"}
    pulse.client.post(f"{pulse.url}/_mock/clock", json={"freeze": "2031-01-01T00:00:00Z"}, headers=named)
    assert pulse.client.get(f"{pulse.url}/_mock/clock", headers=named).json()["now"].startswith("2031")
    assert not pulse.control("clock")["now"].startswith("2031")


def test_a_reset_is_of_one_world_only(pulse: Served) -> None:
    create(pulse, "reset-one")
    create(pulse, "reset-two")
    pulse.client.post(f"{pulse.url}/_world/reset-one/_mock/reset")
    assert create(pulse, "reset-one").status_code == 201
    assert create(pulse, "reset-two").status_code == 400


@pytest.mark.parametrize("name", [b"", b"a b", b"../x", b"a/b", b"\xe4", b"x" * 65, b"-x"])
def test_what_is_no_name_of_a_world(pulse: Served, name: bytes) -> None:
    answer = pulse.client.get(f"{pulse.url}/v2/users", headers=[(b"X-Mock-World", name)])
    assert answer.status_code == 400
    assert "name of a world" in answer.json()["detail"]
