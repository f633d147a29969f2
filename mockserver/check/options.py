"""What a user may ask of a check, as one frozen record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from mockserver.spec.model import Operation

KEY, READONLY_KEY, BURST_KEY = "key", "readonly-key", "burst-key"  # the roles that keys have in a check


@dataclass(frozen=True, slots=True)
class Options:
    """Everything that the command line, or the pytest plugin, can say; see docs/check.md."""

    url: str
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)  # secrets by role: KEY, READONLY_KEY, BURST_KEY
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # sent with each request
    only: tuple[str, ...] = ()  # parts and laws: 'laws', 'pages-once', 'laws/pages-*'
    exclude: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()  # operationIds or 'GET /users'; all when empty
    seconds: float | None = None  # of the whole check; each part has its own bound when None
    seed: int = 1
    examples: int | None = None  # of the model and of schemathesis; their own numbers when None
    write: bool = False  # whether requests may change anything
    destructive: bool = False  # whether records that the check hasn't made may be changed or deleted
    listen: str | None = None  # HOST:PORT on which webhooks are received
    listen_url: str | None = None  # by which the server reaches it, where that differs
    rate: tuple[float, float] | None = None  # requests in seconds; None: as the document says, () on loopback
    unlimited: bool = False  # `--max-rate off`
    timeout: float = 30.0  # seconds that an answer may take
    webhook_secret: str | None = field(default=None, repr=False)  # with which webhooks are signed
    proxy: str | None = field(default=None, repr=False)  # the environment's when None
    verify: bool = True  # the server's certificate
    ca_file: str | None = None
    client_cert: tuple[str, str | None] | None = None  # certificate and, where it is in another file, key
    reports: tuple[tuple[str, str | None], ...] = ()  # (format, file or None for the default one)
    baseline: str | None = None
    rehearse: bool = False  # against our own mock, in this process; `url` counts for nothing then
    command: str = ""  # what repeats the check, without secrets

    @property
    def secrets(self) -> tuple[str, ...]:
        """All that must never be shown."""
        values = [*self.keys.values(), *(value for name, value in self.headers), self.webhook_secret or ""]
        return tuple(value for value in values if len(value) > 3)

    def wants_part(self, part: str, laws: Iterable[str]) -> bool:
        """Whether a part was asked for, or one of its laws."""
        return self.wants_law("", part) or any(self.wants_law(law, part) for law in laws)

    def wants_law(self, law: str, part: str = "laws") -> bool:
        """Whether a law of a part was asked for."""

        def named(patterns: tuple[str, ...]) -> bool:
            return any(fnmatchcase(name, one) for one in patterns for name in (part, law, f"{part}/{law}"))

        return not named(self.exclude) and (not self.only or named(self.only))

    def wants_operation(self, operation: Operation) -> bool:
        """Whether an operation was asked for, by its id or its method and path."""
        names = {operation.id.lower(), f"{operation.method} {operation.path}".lower()}
        return not self.operations or any(one.lower() in names for one in self.operations)
