"""What the tests of the bundled APIs share: servers, and clients of them."""

from collections.abc import Iterator

import pytest
from calling import Caller
from serving import Served, start


@pytest.fixture
def call(pulse: Served) -> Caller:
    """Pulse without rate limits, in its first state, called by an admin (`test-key`)."""
    return Caller(pulse, "/v2")


@pytest.fixture(scope="session")
def metered_server() -> Iterator[Served]:
    """Pulse with its rate limits, served once."""
    with start("pulse") as served:
        yield served


@pytest.fixture
def metered(metered_server: Served) -> Caller:
    """Pulse with its rate limits, in its first state, at a clock that stands still."""
    metered_server.reset()
    caller = Caller(metered_server, "/v2")
    caller.freeze()
    return caller


@pytest.fixture(scope="session")
def myra_server() -> Iterator[Served]:
    """Myra without rate limits, served once."""
    with start("myra", "--no-rate-limits") as served:
        yield served


@pytest.fixture
def myra(myra_server: Served) -> Caller:
    """Myra in its first state, called with all scopes."""
    myra_server.reset()
    return Caller(myra_server, "/api/v1")


@pytest.fixture(scope="session")
def salespulse_server() -> Iterator[Served]:
    """SalesPulse without rate limits, served once."""
    with start("salespulse", "--no-rate-limits") as served:
        yield served


@pytest.fixture
def salespulse(salespulse_server: Served) -> Caller:
    """SalesPulse in its first state, called with a key that may write."""
    salespulse_server.reset()
    return Caller(salespulse_server, "/api/v1")


@pytest.fixture(scope="session")
def leads_server() -> Iterator[Served]:
    """Pulse Leads, served once."""
    with start("pulse-leads") as served:
        yield served


@pytest.fixture
def leads(leads_server: Served) -> Caller:
    """Pulse Leads in its first state, called without credentials."""
    leads_server.reset()
    return Caller(leads_server, "", None)


@pytest.fixture(scope="session")
def contacts_rest_server() -> Iterator[Served]:
    """Contacts REST, served once."""
    with start("contacts-rest") as served:
        yield served


@pytest.fixture
def contacts_rest(contacts_rest_server: Served) -> Caller:
    """Contacts REST in its first state, called without a key; tests send `x-api-key` themselves."""
    contacts_rest_server.reset()
    return Caller(contacts_rest_server, "", None)
