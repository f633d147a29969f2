"""Our own mock in place of a server, in this process: a dry run that shows what a check would call."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from mockserver.service import ApiSource, Service, load
from mockserver.steps.call import Answer, Request
from mockserver.world.world import World

URL = "http://mock.invalid"  # RFC 2606: it can't be anybody's


class _Headers:
    """The headers of an answer, as urllib3 gives them."""

    def __init__(self, pairs: tuple[tuple[str, str], ...]) -> None:
        self.pairs = pairs

    def items(self) -> tuple[tuple[str, str], ...]:
        """All of them, in order."""
        return self.pairs

    def get(self, name: str) -> str | None:
        """The first of a name."""
        return next((value for one, value in self.pairs if one.lower() == name), None)


class _Response:
    """What is read of an answer."""

    def __init__(self, answer: Answer) -> None:
        self.status, self.headers, self.left = answer.status, _Headers(answer.headers), answer.body

    def read1(self, most: int) -> bytes:
        """What is left of the body, so many bytes of it at most."""
        part, self.left = self.left[:most], self.left[most:]
        return part

    def release_conn(self) -> None:
        """There is no connection."""

    close = release_conn


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Stands where the connections to a server do."""

    service: Service
    world: World

    def urlopen(
        self, method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] = {}, **more: Any
    ) -> Any:
        """Answers a request as our mock does."""
        parts = urlsplit(url)
        sent = {name.lower(): value for name, value in headers.items()}
        request = Request(method, parts.path, parts.query, sent, body or b"")
        return _Response(self.service.answer(self.world, request, int(time.time() * 1000)))

    def close(self) -> None:
        """There is nothing to close."""


def rehearsal(source: ApiSource, seed: int) -> Rehearsal:
    """A mock of a document, with its fixtures."""
    service = load([source], seed=seed, rate_limits=False)
    return Rehearsal(service, service.new_world())
