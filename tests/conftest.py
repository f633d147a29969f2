"""What tests share."""

import gc
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from serving import Served, start

# How long an example takes is the machine's affair; and as the same ones are always tried, what fails, fails again.
settings.register_profile(
    "timeless", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("timeless")
# Also for the processes that are started in folders of their own: tables of characters take each a second to make.
os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(Path(__file__).resolve().parents[1] / ".hypothesis"))
gc.disable()  # while thousands of tests are collected, it would look at them over and over


def pytest_collection_finish() -> None:
    """The tests stay until the end: the collector need not look at them again."""
    gc.freeze()
    gc.enable()


def pytest_sessionstart() -> None:
    """An interrupt reaches the processes that tests start, also where a shell runs the tests in the background."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The fast ones first."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is not None)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the vendors' documents, beside the repository; tests that need it skip where it is absent."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip("needs ../shared (the vendors' documents) beside the repository")
    return folder


@pytest.fixture(scope="session")
def pulse_server() -> Iterator[Served]:
    """Pulse, served once for all tests without rate limits; `pulse` is the same in its first state."""
    with start("pulse", "--no-rate-limits") as served:
        yield served


@pytest.fixture
def pulse(pulse_server: Served) -> Served:
    """Pulse at its real base path, as it is at first: http at `pulse.url + "/v2"`, with `pulse.client`."""
    pulse_server.reset()
    return pulse_server


@pytest.fixture(scope="session")
def everything() -> Iterator[Served]:
    """All bundled APIs, each under its name."""
    with start() as served:
        yield served
