"""The model by itself: no false alarm against our own mock, wrong behaviour found and shown in few calls."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from serving import Served, start

from mockserver import sources
from mockserver.check.findings import Finding, Observer, Progress, Result, unobserved
from mockserver.check.model.alike import difference, equal
from mockserver.check.model.shrinking import shortest
from mockserver.check.model.steps import Ref, Step
from mockserver.check.options import Options
from mockserver.check.running import check
from mockserver.service import ApiSource
from mockserver.spec.document import parse
from tests.plain.proving import checked, started

APIS = ("pulse", "myra", "salespulse", "pulse-leads", "contacts-rest")


def modelled(served: Served, name: str, seed: int, observe: Observer = unobserved, **more: Any) -> Result:
    """What the model finds at a mock of ours."""
    source = ApiSource(name, sources.document(str(sources.bundled()[name])), sources.fixtures_of(name))
    base = served.control("")["apis"]
    (prefix,) = [one["base_paths"][0] for one in base if one["name"] == name]
    options = Options(served.url + prefix, {"key": "test-key"}, only=("model",), seed=seed, write=True, **more)
    return check(source, options, observe)


@contextmanager
def mocks() -> Iterator[Served]:
    with start("--no-rate-limits") as served:
        yield served


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with mocks() as found:
        yield found


@pytest.mark.parametrize("name", APIS)
def test_our_own_mock_is_as_the_model(served: Served, name: str) -> None:
    served.reset()
    result = modelled(served, name, seed=5, examples=8)
    assert [(one.operation, one.expected, one.seen) for one in result.findings] == []
    assert result.calls > 50
    assert not [one for one in result.skipped if one.what == "model"]


@pytest.mark.parametrize("api", ["pulse", "leads"])
def test_so_is_a_server_that_shares_nothing_with_it(api: str) -> None:
    with started(api) as url:
        result = checked(api, url, seed=11, parts=("model",), examples=15)
    assert [(one.operation, one.expected, one.seen) for one in result.findings] == []


def test_it_plays_as_many_sequences_as_are_asked_for(served: Served) -> None:
    """Although the server remembers: the same choices lead elsewhere in the next sequence."""
    served.reset()
    told: list[Progress] = []
    modelled(served, "pulse", seed=1, observe=told.append, examples=25)
    assert "sequence 25 of 25" in [one.doing for one in told]


@pytest.mark.parametrize(
    ("api", "bug", "operations"),
    [
        ("leads", "total-of-the-page", {"listLeads"}),
        ("leads", "omitted-are-emptied", {"updateLead"}),
        ("leads", "archiving-toggles", {"archiveLead"}),
        ("leads", "any-email-will-do", {"createLead", "updateLead"}),
    ],
)
def test_wrong_behaviour_is_found_and_shown_in_few_calls(api: str, bug: str, operations: set[str]) -> None:
    blamed: list[Finding] = []
    for seed in (1, 2, 3):  # what is drawn depends on what the server answers, its times too: one seed may miss
        with started(api, "--bug", bug) as url:
            result = checked(api, url, seed, parts=("model",), examples=10)
        blamed = [one for one in result.findings if one.operation in operations]
        if blamed:
            break
    assert blamed
    assert blamed[0].law == "as-the-model"
    assert 1 <= len(blamed[0].exchanges) <= 6


def test_what_two_mocks_make_up_alike_by_chance_is_free() -> None:
    """A server is another mock of the document, with booleans of its own: each pair of twins agrees on half of them."""
    flags = {f"flag_{number}": {"type": "boolean"} for number in range(12)}
    widget = {"type": "object", "required": ["id", "name", *flags],
              "properties": {"id": {"type": "string"}, "name": {"type": "string"}, **flags}}  # fmt: skip
    body = {"content": {"application/json": {"schema": {"type": "object", "required": ["name"],
                                                        "properties": {"name": {"type": "string"}}}}}}  # fmt: skip
    shown = {"description": "It.", "content": {"application/json": {"schema": widget}}}
    item = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    document = {"openapi": "3.1.0", "info": {"title": "Widgets", "version": "1"}, "paths": {
        "/widgets": {"post": {"requestBody": body, "responses": {"201": shown}}},
        "/widgets/{id}": {"parameters": [item], "get": {"responses": {"200": shown}}}}}  # fmt: skip

    source = ApiSource("widgets", parse("widgets.json", lambda _: json.dumps(document).encode()))
    result = check(source, Options("", only=("model",), write=True, rehearse=True, examples=2))

    assert [(one.operation, one.expected, one.seen) for one in result.findings] == []
    assert {one.status for one in result.exchanges} >= {201}


NARROWED = {"name": "folder", "in": "query", "required": True, "schema": {"type": "string"}, "example": "31232"}
OWNED = {"name": "folder", "in": "query", "schema": {"type": "string"}}
OFFSET = {"name": "offset", "in": "query", "schema": {"type": "integer", "default": 0}}


@pytest.mark.parametrize(
    ("parameters", "left_out"),
    [([NARROWED], ""), ([OWNED, OFFSET], ""), ([OWNED], "folder")],
    ids=["of-one-folder", "pages-without-a-word", "the-folder-is-left-out"],
)
def test_a_list_that_shows_a_part_says_nothing_of_the_rest(parameters: list[dict[str, Any]], left_out: str) -> None:
    """One can't be asked for without a folder; one's pages are as long as the server likes, and tell no end; one leaves
    out by what it is filtered."""
    fields = {"name": {"type": "string"}, "folder": {"type": "string", "enum": ["a", "b", "c"]}}
    kept = {"id": {"type": "string"}, **fields}
    policy = {"type": "object", "required": [*kept], "properties": kept}
    wanted = {"type": "object", "required": [*fields], "properties": fields}
    sent = {"content": {"application/json": {"schema": wanted}}}
    names = {name: schema for name, schema in kept.items() if name != left_out}
    item = {"type": "object", "required": [*names], "properties": names}
    listed = {"type": "object", "required": ["entries"], "properties": {
        "limit": {"type": "integer"}, "entries": {"type": "array", "items": item}}}  # fmt: skip
    shown, page = ({"description": "It.", "content": {"application/json": {"schema": one}}} for one in (policy, listed))
    document = {"openapi": "3.1.0", "info": {"title": "Policies", "version": "1"}, "paths": {"/policies": {
        "get": {"operationId": "list", "parameters": parameters, "responses": {"200": page}},
        "post": {"operationId": "create", "requestBody": sent, "responses": {"201": shown}}}}}  # fmt: skip

    source = ApiSource("policies", parse("policies.json", lambda _: json.dumps(document).encode()))
    result = check(source, Options("", only=("model",), write=True, rehearse=True, examples=8))

    assert [(one.operation, one.expected, one.seen) for one in result.findings] == []
    assert any("folder=" in one.path for one in result.exchanges)


def test_the_same_seed_makes_the_same_calls() -> None:
    def calls() -> list[tuple[str, str, bytes]]:
        with mocks() as fresh:
            fresh.control("clock", {"freeze": "2026-06-01T12:00:00Z"})
            result = modelled(fresh, "pulse-leads", seed=3, examples=3)
        return [(one.method, one.path, one.body) for one in result.exchanges]

    assert calls() == calls()


class TestAlike:
    @pytest.mark.parametrize(
        ("seen", "first", "second"),
        [
            ({"id": "x1", "name": "Ada"}, {"id": "a", "name": "Ada"}, {"id": "b", "name": "Ada"}),
            ({"name": "Ada"}, {"name": "Ada", "note": None}, {"name": "Ada", "note": None}),
            ({"name": "Ada", "more": 1}, {"name": "Ada"}, {"name": "Ada"}),
            ({"at": "2026-01-01T00:00:01+00:00"}, {"at": "2026-01-01T00:00:00.5Z"}, {"at": "2026-01-01T00:00:00.5Z"}),
            ([1, 2.0], [1, 2], [1, 2]),
        ],
    )
    def test_as_good(self, seen: Any, first: Any, second: Any) -> None:
        assert difference(seen, first, second) is None

    @pytest.mark.parametrize(
        ("seen", "where"),
        [
            ({"name": "Bob", "tags": ["a"], "at": "2026-01-01T00:00:00Z", "is": True}, "name"),
            ({"name": "Ada", "tags": [], "at": "2026-01-01T00:00:00Z", "is": True}, "tags"),
            ({"name": "Ada", "tags": ["b"], "at": "2026-01-01T00:00:00Z", "is": True}, "tags.0"),
            ({"name": "Ada", "tags": ["a"], "at": "2026-01-01T01:00:00Z", "is": True}, "at"),
            ({"name": "Ada", "tags": ["a"], "at": "2026-01-01T00:00:00Z", "is": 1}, "is"),
            ({"name": "Ada", "tags": ["a"], "at": "2026-01-01T00:00:00Z"}, "is"),
            ("Ada", ""),
        ],
    )
    def test_otherwise(self, seen: Any, where: str) -> None:
        known = {"name": "Ada", "tags": ["a"], "at": "2026-01-01T00:00:00Z", "is": True}
        found = difference(seen, known, known)
        assert found is not None
        assert found.where == where

    def test_a_date_is_no_time(self) -> None:
        assert not equal("2026-01-01", "2026-01-02")


def needing(*numbers: int) -> Callable[[Any], bool]:
    """Shows it when all these steps are there."""
    return lambda steps: set(numbers) <= {step.number for step in steps}


def test_the_shortest_sequence_keeps_what_it_needs() -> None:
    route = ("/contacts", "post")
    steps = [Step(number, route, fields={"name": "Ada", "note": "x"}) for number in range(12)]
    steps.append(Step(12, ("/contacts/{id}", "get"), key=Ref(7)))
    short = shortest(steps, needing(3, 7, 12))
    assert [step.number for step in short] == [3, 7, 12]
    assert short[0].fields == {}


def test_a_step_goes_with_the_record_that_it_names() -> None:
    steps = [Step(0, ("/a", "post")), Step(1, ("/a/{id}", "patch"), key=Ref(0)), Step(2, ("/a", "get"))]
    assert [step.number for step in shortest(steps, needing(2))] == [2]
