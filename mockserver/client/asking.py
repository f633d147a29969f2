"""How a request to the control API goes out and its answer comes back, with nothing but the standard library."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener


class ControlError(Exception):
    """A request that the control API refused: its status, a code for programs, what is wrong and what would be right.

    `status` is 0 when no server answered.
    """

    def __init__(self, status: int, code: str, message: str, hint: str) -> None:
        super().__init__(f"{message} {hint}".strip())
        self.status, self.code, self.message, self.hint = status, code, message, hint


def asked(
    method: str, url: str, body: Any, query: Mapping[str, Any], headers: Mapping[str, str], seconds: float, verify: bool
) -> bytes:
    """The body of the answer. Raises ControlError."""
    with _opened(method, url, body, query, headers, seconds, verify) as answer:
        found: bytes = answer.read()
        return found


def lines(
    url: str, query: Mapping[str, Any], headers: Mapping[str, str], seconds: float, verify: bool
) -> Iterator[str]:
    """The lines of an answer that goes on, each as soon as it is there; `seconds` is how long one may be waited for.
    Raises ControlError."""
    with _opened("GET", url, None, query, headers, seconds, verify) as answer:
        for line in answer:
            yield line.decode().rstrip("\n")


def _opened(
    method: str, url: str, body: Any, query: Mapping[str, Any], headers: Mapping[str, str], seconds: float, verify: bool
) -> Any:
    given = {name: value for name, value in query.items() if value is not None}
    request = Request(f"{url}?{urlencode(given)}" if given else url, method=method, headers=dict(headers))
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    # No proxy: the control API answers its own machine, and a proxy would be another one.
    opener = build_opener(ProxyHandler({}), *([_tls(verify)] if url.startswith("https:") else []))
    try:
        return opener.open(request, timeout=seconds)
    except HTTPError as error:
        with error:
            raise _refused(error.code, error.read()) from None
    except (URLError, OSError) as error:
        raise ControlError(0, "unreachable", f"{url} doesn't answer: {error}.", "Does the server run?") from None


def _tls(verify: bool) -> HTTPSHandler:
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return HTTPSHandler(context=context)


def _refused(status: int, body: bytes) -> ControlError:
    try:
        told = json.loads(body)["error"]
        return ControlError(status, told["code"], told["message"], told["hint"])
    except (ValueError, KeyError, TypeError):
        text = body[:200].decode("utf-8", "replace")
        return ControlError(status, "no_control_api", f"This is no control API: {text}", "Is this the mock's URL?")
