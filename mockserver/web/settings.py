"""The bounds and doors of the server, each with a default that suits a developer's own machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Settings:
    """What the shell needs to know. Sizes are bytes, times are seconds."""

    host: str = "127.0.0.1"  # what the user asked to listen on
    port: int = 4010
    token: str | None = None  # of the control API; without one it answers loopback clients only
    max_body: int = 1_048_576  # of a request; a longer one is answered 413
    max_head: int = 131_072  # of a request line and headers together; more is answered 431 and hung up on
    max_control_body: int = 65_536
    request_timeout: int = 30  # how long a client may take over sending one request
    keep_alive: int = 75  # how long an idle connection stays open; clients that pool connections expect a minute
    scenarios: tuple[tuple[str, Mapping[str, Any]], ...] = ()  # that every world begins with: names, words by API
    webhooks: tuple[str, ...] = ()  # URLs that every event is sent to
    webhook_hosts: frozenset[str] = frozenset()  # beside this machine, in lower case, `*.` before what may vary
    max_worlds: int = 1_000  # beyond it, the world that was used least recently goes
    max_journal: int = 1_000  # calls and commands that each world remembers
    max_journal_bytes: int = 16_777_216  # of the requests among them
    max_import: int = 134_217_728  # of a state file that is sent to the control API
    max_snapshots: int = 100  # that a world may have
