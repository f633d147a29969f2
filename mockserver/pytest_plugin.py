"""The pytest plugin: `mock_api`, a world of a mock server for each test, and `--contract-url`, a check as test items.

Every run of pytest loads this module, so it imports nothing of its own package before something of it is used, but for
a table of options.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from mockserver.cli.check_options import OPTIONS

CONTRACT = pytest.StashKey[Any]()  # (source, options) of the check that was asked for
RESULT = pytest.StashKey[Any]()  # what it found, once it has run
WORLD_CHARACTERS = 40  # of a world's name that are a test's; the rest tells apart tests of that name
SHOWN_REQUESTS = 10
WHOLE = "the API"  # the item for what is no single operation's
ASKED = [one for one in OPTIONS if one.in_pytest]

# The mock


@pytest.fixture(scope="session")
def mock_apis() -> Sequence[str]:
    """The APIs to serve: bundled ones by name, others by the path (from the root folder) or URL of their document; all
    bundled ones when empty. Override it."""
    return ()


@pytest.fixture(scope="session")
def mock_seed() -> int | None:
    """The seed of everything that is made up. Override it."""
    return None


@pytest.fixture(scope="session")
def mock_options() -> Sequence[str]:
    """More options of `mockserver serve`, such as `["--no-rate-limits"]`. Override it."""
    return ()


@pytest.fixture(scope="session")
def mock_server(
    mock_apis: Sequence[str], mock_seed: int | None, mock_options: Sequence[str], pytestconfig: pytest.Config
) -> Iterator[Any]:
    """The server that all tests of this process share: `url`, `control`, and `world(name)`, which is as `mock_api`."""
    from mockserver.client.starting import NotStarted, started

    for name, given in (("mock_apis", mock_apis), ("mock_options", mock_options)):
        if isinstance(given, str):
            pytest.fail(f"the fixture {name} gives a list of texts, such as [{given!r}], not one text.", pytrace=False)
    seed = [] if mock_seed is None else ["--seed", str(mock_seed)]
    arguments = [*map(str, mock_apis), *seed, *map(str, mock_options)]
    with ExitStack() as stack:
        try:
            server = stack.enter_context(started(arguments, pytestconfig.rootpath))
        except NotStarted as error:
            command = shlex.join(["mockserver", "serve", *arguments])
            pytest.fail(f"the mock server didn't start ({command}):\n{error}", pytrace=False)
        yield server


@pytest.fixture(scope="session")
def mock_start() -> str | None:
    """The world that each test's world begins as, for records that every test needs: a fixture that overrides this one
    makes it (`mock_server.world("prepared")`) and gives its name. The seeded one when None."""
    return None


@pytest.fixture
def mock_world(request: pytest.FixtureRequest) -> str:
    """The name of the test's own world."""
    node = request.node.nodeid
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = re.sub(r"[^A-Za-z0-9]+", "-", request.node.name).strip("-")[:WORLD_CHARACTERS]
    return f"{worker}-{name}-{hashlib.sha256(node.encode()).hexdigest()[:8]}"


@pytest.fixture
def mock_api(mock_server: Any, mock_world: str, mock_start: str | None) -> Iterator[Any]:
    """A mock of the APIs that is this test's alone: `url`, `key`, `clock.advance("PT72H")`, `requests`, `state`,
    `reset()`; `mock_api["crm"]` for one of several; `control` for all else (mockserver.Control)."""
    from mockserver.client.asking import ControlError

    try:
        mock_server.control.create_world(mock_world, start=mock_start)
        yield mock_server.world(mock_world)
        mock_server.control.delete_world(mock_world)
    except ControlError as error:
        if not mock_server.is_running():
            pytest.fail(f"the mock server has ended:\n{mock_server.complaints()}", pytrace=False)
        if error.code != "unknown_world":
            raise


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that failed shows what it had asked its mock."""
    report = yield
    fixtures = getattr(item, "funcargs", {}) if report.failed and report.when == "call" else {}
    mock = fixtures.get("mock_api")
    if mock is not None and "mock_server" in fixtures:
        try:
            asked = mock.requests
        except Exception:  # the failure that there is to show is the test's
            return report
        lines = [_asked(one) for one in asked[-SHOWN_REQUESTS:]]
        more = [f"... and {len(asked) - len(lines)} before"] if len(asked) > len(lines) else []
        if lines:
            report.sections.append(("Requests to the mock", "\n".join([*more, *lines])))
    return report


def _asked(entry: dict[str, Any]) -> str:
    request, response = entry["request"], entry["response"]
    return f"{response['status']} {request['method']} {request['path']}"


# The check


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--contract-url URL`, and what `mockserver check` can be asked, with `contract-` before it."""
    group = parser.getgroup("mockserver", "checking a real server (see mockserver check --help)")
    group.addoption("--contract-url", metavar="URL", help="check the server at this address: an item per operation")
    for one in ASKED:
        kind: dict[str, Any] = {"action": "store_true"} if not one.value else {"metavar": one.value}
        if one.repeated:
            kind |= {"action": "append", "default": []}
        group.addoption(f"--contract-{one.name}", help=one.help, **kind)


def pytest_configure(config: pytest.Config) -> None:
    """Reads the document that a server shall keep; a mistake ends the run before it begins."""
    config.addinivalue_line("markers", "contract: the items of --contract-url")
    if not config.getoption("--contract-url"):
        return
    config.stash[CONTRACT] = _asked_for(config)
    if config.getoption("dist", "no") in ("load", "worksteal"):
        config.option.dist = "loadgroup"  # one check, by one worker


def pytest_report_header(config: pytest.Config) -> str | None:
    """What is checked, and where its webhooks are to go."""
    if CONTRACT not in config.stash:
        return None
    from mockserver.check.preflight import bare

    source, options = config.stash[CONTRACT]
    hooks = options.listen_url or (f"http://{options.listen}/" if options.listen else "")
    subscribe = f"; webhooks are received at {hooks}: subscribe that at the server" if hooks else ""
    return f"contract: {bare(options.url)} is held to {source.name}{subscribe}"


def _asked_for(config: pytest.Config) -> Any:
    import click

    from mockserver.cli.checking import asked_for, check
    from mockserver.spec.errors import SpecError

    given = {one: config.getoption(f"--contract-{one.name}") for one in ASKED}
    if not config.getoption("--contract-api"):
        raise pytest.UsageError("--contract-url needs --contract-api: the API whose document the server shall keep.")
    words = [config.getoption("--contract-url")]
    for one, value in given.items():
        if one.value:
            values = value if one.repeated else [value] if value is not None else []
            words += [word for each in values for word in (f"--{one.name}", each)]
        elif value:
            words.append(f"--{one.name}")
    if str(config.getoption("--contract-webhook-listen")).endswith(":0"):
        raise pytest.UsageError("--contract-webhook-listen needs a port: its URL has to be subscribed beforehand.")
    try:
        return asked_for(**check.make_context("mockserver check", words).params)
    except click.ClickException as error:
        told = error.format_message().replace("--", "--contract-")
        raise pytest.UsageError(f"--contract-url: {told}") from None
    except SpecError as error:
        raise pytest.UsageError(f"--contract-api: {error}") from None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Adds the items of the check, where one was asked for."""
    if CONTRACT in config.stash:
        source, _ = config.stash[CONTRACT]
        contract = Contract.from_parent(session, name=source.name, nodeid=f"contract-{source.name}")
        added = contract.collect()
        items.extend(added)
        session.ihook.pytest_collectreport(report=pytest.CollectReport(contract.nodeid, "passed", None, [*added]))


def _checked(session: pytest.Session) -> Any:
    """The result of the check, which runs when the first of its items does, for the operations of those there are."""
    if RESULT not in session.stash:
        session.stash[RESULT] = _run(session)
    result = session.stash[RESULT]
    if isinstance(result, str):
        pytest.fail(result, pytrace=False)
    return result


def _run(session: pytest.Session) -> Any:
    """Checks, and writes the reports; a text where that can't be done."""
    import click

    from mockserver.check.running import check
    from mockserver.cli.checking import written
    from mockserver.cli.interrupts import interruptible

    source, options = session.config.stash[CONTRACT]
    wanted = [item.name for item in session.items if isinstance(item, Kept)]
    operations = options.operations if WHOLE in wanted else tuple(wanted)
    try:
        with interruptible():
            result = check(source, replace(options, operations=operations))
        written(result, options, session.config.getoption("--contract-write-baseline"))
    except click.ClickException as error:
        return error.format_message()
    except (ValueError, OSError) as error:
        return f"the check could not be made: {error}"
    return result


class Contract(pytest.Collector):
    """What a server is checked for: an item for each operation of the document, and one for the API as a whole."""

    def collect(self) -> list[pytest.Item]:
        """The items, the API as a whole first."""
        from mockserver.check.contract import contract

        source, options = self.config.stash[CONTRACT]
        operations = [one.operation for one in contract(source).operations.values()]
        names = [WHOLE, *(one.id for one in operations if options.wants_operation(one))]
        # Of items whose ids end alike, xdist's loadgroup gives all to the same worker.
        group = "@contract" if hasattr(self.config, "workerinput") else ""
        return [Kept.from_parent(self, name=name, nodeid=f"{self.nodeid}::{name}{group}") for name in names]


class Broken(Exception):
    """What a check has against a server: its result, and the findings that are meant."""

    def __init__(self, result: Any, findings: Sequence[Any]) -> None:
        super().__init__(result.trouble)
        self.result, self.findings = result, findings


class Kept(pytest.Item):
    """That a server keeps what the document says of one operation, or of the API as a whole (WHOLE)."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.add_marker("contract")

    def runtest(self) -> None:
        """Looks up what the check, which runs once, has found of this operation."""
        result = _checked(self.session)
        if result.code == 130:
            raise KeyboardInterrupt
        tried = {one.operation: one for one in result.coverage}
        mine = [
            one for one in result.findings
            if one.operation == self.name or (self.name == WHOLE and one.operation not in tried)
        ]  # fmt: skip
        if mine or (result.trouble and not result.findings):
            raise Broken(result, mine)
        if self.name == WHOLE:
            from mockserver.check import telling

            self.add_report_section("call", "contract", "\n".join(telling.page(replace(result, findings=()))))
        elif not tried[self.name].statuses:
            write = self.config.getoption("--contract-write")
            pytest.skip(f"it wasn't called{'' if write else '; what changes records, --contract-write allows'}")
        else:
            held = ", ".join(sorted(tried[self.name].laws))
            self.user_properties.append(("laws", held))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The findings in the words of `mockserver check`."""
        from mockserver.check import telling

        if not isinstance(excinfo.value, Broken):
            return super().repr_failure(excinfo)
        result = excinfo.value.result
        findings = list(enumerate(excinfo.value.findings, 1))
        lines = [line for number, one in findings for line in ("", *telling.about(number, one, result))]
        return "\n".join([telling.headline(result), *lines])

    def reportinfo(self) -> tuple[Any, int | None, str]:
        """What the line of a failure says."""
        return self.session.path, None, f"{self.parent.name if self.parent else ''}: {self.name}"
