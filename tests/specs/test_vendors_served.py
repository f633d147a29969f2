"""Vendors' documents, served: every operation answers valid requests with a declared success, and refuses bad ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from breaking import broken
from click.testing import CliRunner
from drive import Driver, Route, driver, is_success, medias
from vendors import DOCUMENTS
from verdicts import is_details
from wires import Unwritable

from mockserver import sources
from mockserver.cli import main as cli
from mockserver.steps.call import Answer, Request
from mockserver.world.merging import Unsatisfiable

every_document = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
KNOWN: dict[Path, Driver] = {}


@pytest.fixture
def api(path: Path) -> Driver:
    """The document, served; the same for all tests, which leave its world as it is."""
    if path not in KNOWN:
        KNOWN[path] = driver(path)
    return KNOWN[path]


def requests(api: Driver, route: Route) -> Iterator[Request]:
    """Valid requests of an operation: with all that is optional and without it, in each media type of its body."""
    operation = api.operation(route)
    for media in medias(operation):
        yield from (api.request(route, whole, media) for whole in (True, False))


def told(route: Route, request: Request, answer: Answer) -> str:
    asked = f"{request.method} {request.path}?{request.query} {dict(request.headers)} {request.body[:300]!r}"
    return f"{route}: {asked}\n-> {answer.status} {answer.headers} {answer.body[:500]!r}"


def test_they_are_there(shared: Path) -> None:
    assert DOCUMENTS, f"{shared} holds no specs"


@every_document
def test_strict_refuses_just_what_has_to_be_mended(path: Path) -> None:
    notes = sources.document(str(path)).notes

    relaxed = CliRunner().invoke(cli.mockserver, ["explain", str(path), "--format", "json"], catch_exceptions=False)
    assert relaxed.exit_code == 0
    strict = CliRunner().invoke(cli.mockserver, ["explain", str(path), "--format", "json", "--strict"])
    assert (strict.exit_code != 0) == bool(notes)


@every_document
def test_every_operation_is_served(api: Driver) -> None:
    """But for those whose path is another's with a fragment behind it: no client can tell them apart."""
    lost = [route for route in api.served.api.broken if "#" not in route[0]]

    assert lost == []


@every_document
def test_valid_requests_get_a_declared_success(api: Driver) -> None:
    for route in api.routes:
        operation = api.operation(route)
        for request in requests(api, route):
            answer = api.ask(request)
            expected = is_success(operation, answer.status) or (answer.status == 404 and api.is_empty(operation))
            assert expected, told(route, request, answer)
            faults = api.judge.faults(operation, answer) if operation.response(answer.status) else []
            assert faults == [], (faults, told(route, request, answer))


@every_document
def test_every_declared_media_type_is_answered(api: Driver) -> None:
    for route in api.routes:
        operation, request = api.operation(route), api.request(route)
        answer = api.ask(request)
        response = operation.response(answer.status)
        for media in response.media if response and answer.status < 300 else ():
            asked = request._replace(headers={**request.headers, "accept": f"{media.type}, nonsense/nothing;q=0.5"})
            found = api.ask(asked)
            kind = {name.lower(): value for name, value in found.headers}["content-type"]
            assert kind.partition(";")[0] == media.type or "*" in media.type, told(route, asked, found)
            assert api.judge.faults(operation, found) == [], told(route, asked, found)


@every_document
def test_nobody_gets_what_they_dont_accept(api: Driver) -> None:
    for route in api.routes:
        operation, request = api.operation(route), api.request(route)
        response = operation.response(api.ask(request).status)
        if response and response.media and not any("*" in one.type for one in response.media):
            asked = request._replace(headers={**request.headers, "accept": "nonsense/nothing"})
            answer = api.ask(asked)
            assert answer.status in (406, 404), told(route, asked, answer)  # 404 where there is nothing to show
            assert operation.response(406) or answer.status == 404 or is_details(answer), told(route, asked, answer)


@every_document
def test_broken_requests_are_refused_as_the_document_says(api: Driver) -> None:
    for route in api.routes:
        operation = api.operation(route)
        declared = {status for status in ("400", "422", "4XX", "default") if status in operation.responses}
        for label, request in broken(api, route):
            answer = api.ask(request)
            assert 400 <= answer.status < 500, (label, told(route, request, answer))
            response = operation.response(answer.status)
            if response is None:
                assert not declared or answer.status in (413, 415), (label, told(route, request, answer))
                assert is_details(answer), (label, told(route, request, answer))
            else:
                assert api.judge.faults(operation, answer) == [], (label, told(route, request, answer))


@every_document
def test_the_same_request_gets_the_same_answer(api: Driver) -> None:
    for route in api.routes:
        request = api.request(route)
        assert api.ask(request) == api.ask(request)


@every_document
def test_paths_work_without_the_base_path_too(api: Driver) -> None:
    base = api.served.api.base_paths[0]
    for route in api.routes[:20]:
        request = api.request(route)
        bare = request._replace(path=request.path.removeprefix(base))
        assert api.ask(bare).status == api.ask(request).status


@every_document
def test_what_is_asked_can_be_asked(api: Driver) -> None:
    """The requests of these tests can be made for every operation: none is left out."""
    for route in api.routes:
        try:
            list(requests(api, route))
        except (Unwritable, Unsatisfiable) as error:
            pytest.fail(f"{route}: {error}")
