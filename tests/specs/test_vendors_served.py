"""Vendors' documents, served: every operation answers valid requests with a declared success, and refuses bad ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from drive import Driver, Route, driver, medias
from served_page import HEAD, PAGE, Asked, asked, label, parts
from vendors import DOCUMENTS
from verdicts import is_details
from wires import Unwritable

from mockserver import sources
from mockserver.cli import main as cli
from mockserver.steps.call import Answer, Request
from mockserver.world.merging import Unsatisfiable


@pytest.fixture(scope="module", params=DOCUMENTS, ids=lambda path: path.name)
def path(request: pytest.FixtureRequest) -> Path:
    """A document; all its tests run in a row, so that its records are made up once."""
    found: Path = request.param
    return found


@pytest.fixture(scope="module")
def api(path: Path) -> Driver:
    """The document, served; the same for all tests, which leave its world as it is."""
    return driver(path)


def requests(api: Driver, route: Route) -> Iterator[Request]:
    """Valid requests of an operation: with all that is optional and without it, in each media type of its body."""
    operation = api.operation(route)
    for media in medias(operation):
        yield from (api.request(route, whole, media) for whole in (True, False))


def told(one: Asked) -> str:
    return f"{one.fault} {one.breaches} {shown(one.route, one.request, one.answer)}"


def shown(route: Route, request: Request, answer: Answer) -> str:
    sent = f"{request.method} {request.path}?{request.query} {dict(request.headers)} {request.body[:300]!r}"
    return f"{route}: {sent}\n-> {answer.status} {answer.headers} {answer.body[:500]!r}"


def test_they_are_there(shared: Path) -> None:
    assert DOCUMENTS, f"{shared} holds no specs"


def test_the_page_is_about_these_documents_and_no_others(shared: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    names = [line.split(" | ")[0].strip("| ") for line in text.splitlines() if line.startswith("| ")][1:]

    assert text.startswith(HEAD), "stale: run `make docs`"
    assert names == [label(path) for path in DOCUMENTS], "stale: run `make docs`"
    assert {line.partition(":")[0].strip("- ") for line in text.splitlines() if line.startswith("- ")} <= {*names}


def test_the_page_counts_no_failure() -> None:
    rows = [line.strip("| ").split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines() if " | " in line]

    assert len(rows) > 10
    for name, _, operations, served, sent, succeeded, empty, spoilt, refused, _ in rows[1:]:
        assert int(succeeded) + int(empty) == int(sent), name
        assert refused == spoilt, name
        assert operations == served or name == "box.json"


def test_strict_refuses_just_what_has_to_be_mended(path: Path) -> None:
    notes = sources.document(str(path)).notes

    relaxed = CliRunner().invoke(cli.mockserver, ["explain", str(path), "--format", "json"], catch_exceptions=False)
    assert relaxed.exit_code == 0
    strict = CliRunner().invoke(cli.mockserver, ["explain", str(path), "--format", "json", "--strict"])
    assert (strict.exit_code != 0) == bool(notes)


def test_every_operation_is_served(api: Driver) -> None:
    """But for those whose path is another's with a fragment behind it: no client can tell them apart."""
    lost = [route for route in api.served.api.broken if "#" not in route[0]]

    assert lost == []


def test_valid_requests_succeed_broken_ones_are_refused_and_the_page_counts_them(api: Driver, path: Path) -> None:
    found = list(asked(api))
    for one in found:
        (is_refused_as_declared if one.fault else is_answered_as_declared)(api, one)
    for lines in parts(path, api, found):
        assert "".join(lines) in PAGE.read_text(encoding="utf-8"), "stale: run `make docs`"


def is_answered_as_declared(api: Driver, one: Asked) -> None:
    assert one.is_fine or one.is_empty, told(one)
    assert one.breaches == [], told(one)


def is_refused_as_declared(api: Driver, one: Asked) -> None:
    operation = api.operation(one.route)
    assert one.is_fine, told(one)
    assert one.breaches == [], told(one)
    if operation.response(one.answer.status) is None:
        declared = {status for status in ("400", "422", "4XX", "default") if status in operation.responses}
        assert not declared or one.answer.status in (413, 415), told(one)
        assert is_details(one.answer), told(one)


def test_every_declared_media_type_is_answered(api: Driver) -> None:
    for route in api.routes:
        operation, request = api.operation(route), api.request(route)
        answer = api.ask(request)
        response = operation.response(answer.status)
        for media in response.media if response and answer.status < 300 else ():
            choosy = request._replace(headers={**request.headers, "accept": f"{media.type}, nonsense/nothing;q=0.5"})
            found = api.ask(choosy)
            kind = {name.lower(): value for name, value in found.headers}["content-type"]
            assert kind.partition(";")[0] == media.type or "*" in media.type, shown(route, choosy, found)
            assert api.judge.faults(operation, found) == [], shown(route, choosy, found)


def test_nobody_gets_what_they_dont_accept(api: Driver) -> None:
    for route in api.routes:
        operation, request = api.operation(route), api.request(route)
        response = operation.response(api.ask(request).status)
        if response and response.media and not any("*" in one.type for one in response.media):
            choosy = request._replace(headers={**request.headers, "accept": "nonsense/nothing"})
            answer = api.ask(choosy)
            assert answer.status in (406, 404), shown(route, choosy, answer)  # 404 where there is nothing to show
            assert operation.response(406) or answer.status == 404 or is_details(answer), shown(route, choosy, answer)


def test_the_same_request_gets_the_same_answer(api: Driver) -> None:
    for route in api.routes:
        request = api.request(route)
        assert api.ask(request) == api.ask(request)


def test_paths_work_without_the_base_path_too(api: Driver) -> None:
    base = api.served.api.base_paths[0]
    for route in api.routes[:20]:
        request = api.request(route)
        bare = request._replace(path=request.path.removeprefix(base))
        assert api.ask(bare).status == api.ask(request).status


def test_what_is_asked_can_be_asked(api: Driver) -> None:
    """The requests of these tests can be made for every operation: none is left out."""
    for route in api.routes:
        try:
            list(requests(api, route))
        except (Unwritable, Unsatisfiable) as error:
            pytest.fail(f"{route}: {error}")
