"""Who may use the control API: this machine under its own names, or whoever knows the token."""

import pytest

from mockserver.web.guard import is_loopback, refusal
from mockserver.web.settings import Settings

OPEN = Settings(port=4010)
TOKEN = Settings(port=4010, token="s3cret")
HERE = {"host": "localhost:4010"}


def code(settings: Settings, peer: str | None, **headers: str) -> str | None:
    refused = refusal(settings, peer, {name.replace("_", "-"): value for name, value in headers.items()})
    return refused[1] if refused else None


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"])
def test_this_machine_is_answered(peer: str) -> None:
    assert is_loopback(peer)
    assert code(OPEN, peer, **HERE) is None


@pytest.mark.parametrize(
    "peer", ["192.168.1.5", "10.0.0.1", "::ffff:10.0.0.1", "fe80::1%eth0", "2001:db8::1", "", None, "x"]
)
def test_other_machines_are_not(peer: str | None) -> None:
    assert code(OPEN, peer, **HERE) == "not_local"


@pytest.mark.parametrize("host", ["localhost:4010", "LOCALHOST:4010", "127.0.0.1:4010", "[::1]:4010"])
def test_the_names_of_this_machine(host: str) -> None:
    assert code(OPEN, "127.0.0.1", host=host) is None


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:4010",  # DNS rebinding: the page's own name, which leads to 127.0.0.1
        "localhost.evil.example:4010",
        "evil-localhost:4010",
        "127.0.0.1.evil.example:4010",
        "localhost:4011",
        "localhost",
        "localhost:4010@evil.example",
        "evil.example, localhost:4010",
        "localhost:4010, localhost:4010",
        "user@localhost:4010",
        "0.0.0.0:4010",
        "[::ffff:127.0.0.1]:4010",
        "localhost.:4010",
        " localhost:4010",
        "",
    ],
)
def test_no_other_name_will_do(host: str) -> None:
    assert code(OPEN, "127.0.0.1", host=host) == "wrong_host"


def test_a_missing_host_will_not_do() -> None:
    assert code(OPEN, "127.0.0.1") == "wrong_host"


def test_the_name_that_the_user_listens_on() -> None:
    mine = Settings(host="mock.internal", port=4010)
    assert code(mine, "127.0.0.1", host="mock.internal:4010") is None
    assert code(Settings(host="::1", port=4010), "::1", host="[::1]:4010") is None
    assert code(Settings(host="0.0.0.0", port=4010), "127.0.0.1", host="0.0.0.0:4010") == "wrong_host"


def test_port_80_may_be_left_out() -> None:
    assert code(Settings(port=80), "127.0.0.1", host="localhost") is None
    assert refusal(Settings(port=443), "127.0.0.1", {"host": "localhost"}, "https") is None
    assert refusal(Settings(port=443), "127.0.0.1", {"host": "localhost"}, "http") is not None


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "https://localhost:4010",
        "http://localhost:4011",
        "http://localhost",
        "http://localhost:4010.evil.example",
        "http://127.0.0.1:4010",  # another origin than the Host that was asked
        "http://localhost:4010, http://localhost:4010",
        "",
    ],
)
def test_pages_of_other_origins_are_refused(origin: str) -> None:
    assert code(OPEN, "127.0.0.1", **HERE, origin=origin) == "wrong_origin"


def test_a_page_of_this_server_is_answered() -> None:
    assert code(OPEN, "127.0.0.1", **HERE, origin="http://localhost:4010") is None


@pytest.mark.parametrize("peer", ["127.0.0.1", "10.0.0.1"])
@pytest.mark.parametrize(
    "headers",
    [{"authorization": "Bearer s3cret"}, {"authorization": "bearer  s3cret"}, {"x_mock_token": "s3cret"}],
)
def test_the_token_opens_from_anywhere(peer: str, headers: dict[str, str]) -> None:
    assert code(TOKEN, peer, host="mock:8080", **headers) is None


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer s3cre"},
        {"authorization": "Bearer s3cretx"},
        {"authorization": "Basic s3cret"},
        {"authorization": "s3cret"},
        {"authorization": "Bearer"},
        {"x_mock_token": ""},
        {"x_mock_token": "S3CRET"},
        {"x_mock_token": "s3cret, s3cret"},
        {"x_mock_token": "\xff"},
    ],
)
def test_nothing_but_the_token_opens(headers: dict[str, str]) -> None:
    assert code(TOKEN, "127.0.0.1", **HERE, **headers) == "unauthorized"


def test_a_page_of_another_origin_is_refused_even_with_the_token() -> None:
    assert code(TOKEN, "127.0.0.1", **HERE, x_mock_token="s3cret", origin="http://evil.example") == "wrong_origin"
