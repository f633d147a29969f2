"""Whatever comes in, an answer goes out: one of the API's own, never a fault of the server."""

from __future__ import annotations

from functools import cache
from random import Random

import pytest
from asking import APIS, ODD, START, Asker, Json, json_bytes, load, operations, resolved
from hypothesis import HealthCheck, example, given, seed, settings
from hypothesis import strategies as st
from refusals import breaches

from mockserver.service import Service
from mockserver.steps.call import Answer, Request

EVERY_API = pytest.mark.parametrize("api", APIS)
EVERY_KEY = ("test-key", "readonly-key", "limited-key", "nobody", "")

# A fixed seed, so that a run that passes here passes everywhere.
bounded = settings(
    max_examples=150, database=None, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip


@cache
def served(api: str) -> Service:
    return load([api])


def assert_told(api: str, answer: Answer) -> None:
    """The answer is no fault; if it is a refusal, then in this API's own form."""
    assert 200 <= answer.status < 500, answer
    if answer.status >= 400:
        assert breaches(api, dict(answer.headers)["Content-Type"], answer.body) == []
    for name, value in answer.headers:
        assert (name + value).isascii(), answer
        assert (name + value).isprintable(), answer


# What a server hands over: any characters that one byte can be; decoded headers and paths are latin-1.
octets = st.text(st.characters(max_codepoint=255), max_size=40)
paths = st.builds(lambda parts: "/" + "/".join(parts), st.lists(octets, max_size=6))
queries = st.lists(st.tuples(octets, octets), max_size=6).map(lambda pairs: "&".join("=".join(pair) for pair in pairs))
header_names = st.sampled_from(
    ["authorization", "x-api-key", "content-type", "accept", "content-length", "x-account-id", "cookie", "range", "x"]
)
headers = st.dictionaries(header_names, octets, max_size=5)


@EVERY_API
@bounded
@given(method=st.one_of(st.sampled_from(["GET", "POST", "PATCH", "DELETE"]), octets), path=paths, query=queries,
       headers=headers, body=st.binary(max_size=200))  # fmt: skip
def test_any_bytes_get_an_answer(
    api: str, method: str, path: str, query: str, headers: dict[str, str], body: bytes
) -> None:
    service = served(api)
    world = service.new_world()
    assert_told(api, service.answer(world, Request(method, path, query, headers, body, api), START))
    assert not [entry for entry in world.journal if entry.answer.status >= 500]


@EVERY_API
@bounded
@given(data=st.data(), headers=headers, query=queries, body=st.one_of(st.binary(max_size=200), st.just(b"")))
def test_any_bytes_for_an_operation_get_an_answer(
    api: str, data: st.DataObject, headers: dict[str, str], query: str, body: bytes
) -> None:
    """As above, but past the door: an operation's path, a key and its media type."""
    asked = data.draw(st.sampled_from(operations(api)))
    part = data.draw(octets.filter(lambda text: text and "/" not in text))
    path = asked.path.split("{")[0] + part if "{" in asked.path else asked.path
    key = {"authorization": "Bearer test-key", "x-api-key": "test-key", "content-type": asked.media_type or "a/b"}
    service = served(api)
    request = Request(asked.method, path, query, {**headers, **key}, body, api)
    assert_told(api, service.answer(service.new_world(), request, START))


json_values = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.integers(-(10**400), 10**400), st.floats(),
        st.text(max_size=12), st.sampled_from(ODD),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=6), inner, max_size=4)),
    max_leaves=8,
)  # fmt: skip


@EVERY_API
@bounded
@given(data=st.data(), value=json_values)
def test_any_json_in_any_place_gets_an_answer(api: str, data: st.DataObject, value: Json) -> None:
    """A value of any kind stands as the body, or as one field of a body that is valid otherwise."""
    asked = data.draw(st.sampled_from([one for one in operations(api) if one.media_type]))
    body = Asker(Random(data.draw(st.integers(0, 9)))).value(api, asked.schema)
    if isinstance(body, dict):
        names = [*resolved(api, asked.schema).get("properties", {}), "", "nonsense"]
        body = data.draw(st.sampled_from([value, {**body, data.draw(st.sampled_from(names)): value}]))
    path = asked.path.replace("{", "").replace("}", "")
    key = {"authorization": "Bearer test-key", "x-api-key": "test-key", "content-type": asked.media_type}
    service = served(api)
    request = Request(asked.method, path, "", key, json_bytes(body), api)
    assert_told(api, service.answer(service.new_world(), request, START))


@EVERY_API
@settings(bounded, max_examples=25)
@seed(1)
@given(dice=st.integers(0, 2**32), odd=st.sampled_from([0.0, 0.1, 0.5]), jump=st.sampled_from([0, 900, 86_400_000]))
@example(dice=0, odd=0.0, jump=0)
def test_any_story_goes_on(api: str, dice: int, odd: float, jump: int) -> None:
    """Thirty requests to one world, each made with what the ones before it answered."""
    service, asker = served(api), Asker(Random(dice))
    world = service.new_world()
    for number in range(30):
        asked = asker.dice.choice(operations(api))
        answer = service.answer(world, asker.request(asked, odd), START + number * jump)
        asker.note(api, answer.body)
        assert_told(api, answer)
    assert len(world.journal) == 30
    assert not [entry for entry in world.journal if entry.refused_by in ("answer check", "server-error")]
