"""The server that is checked: one way to send a request, which paces, retries, masks and records."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote, urlsplit

import urllib3
from urllib3.exceptions import DecodeError, HTTPError, NewConnectionError, ProtocolError, TimeoutError

from mockserver.check.connecting import KEPT_OPEN, UNREADABLE, Endless, is_kept, pool, read, reason_of, renew
from mockserver.check.contract import Contract, Planned
from mockserver.check.credentials import Carried, Masks, carried, masks, schemes_of
from mockserver.check.findings import NO_ANSWER, Created, Exchange
from mockserver.check.ledger import Ledger
from mockserver.check.options import KEY, Options
from mockserver.check.pacing import LONGEST, Pace, documented, local, retry_after
from mockserver.check.proxies import Proxy, chosen
from mockserver.check.rehearsal import URL, Rehearsal, rehearsal
from mockserver.steps.call import NOTHING, Request

WRONG, NOBODY = "wrong", ""  # a key that no server knows, and none at all
WRONG_SECRET = "invalid-0000000000000000"
KEPT = 20_000  # exchanges that are kept for the reports
ROOM, CUT = 128 * 1024 * 1024, 4_000  # bytes of their bodies in all; of each answer beyond that
GONE_AFTER = 5  # calls in a row without an answer, then the server counts as gone
ATTEMPTS = 3  # at a request that is answered 429
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})  # RFC 9110, 9.2.1
IDEMPOTENT = SAFE | {"PUT", "DELETE"}  # RFC 9110, 9.2.2
RESTED = 1.0  # seconds after which a server may be about to close a connection

Watch = Callable[[Exchange, Planned | None], None]
"""Is told of each exchange, once, as soon as it is over, with the operation that its path and method mean."""


class Unreachable(Exception):
    """The server can't be reached, or no longer; its text is one sentence."""


class OutOfTime(Exception):
    """The time that the user gave is over."""


@dataclass(slots=True)
class Target:
    """A real server. `prefix` is what stands before the document's paths, such as '/v2'."""

    contract: Contract
    options: Options
    origin: str
    prefix: str
    pool: urllib3.HTTPConnectionPool | Rehearsal = field(repr=False)
    ways: Mapping[str, object] = field(repr=False)  # the security schemes
    masks: Masks = field(repr=False)
    pace: Pace = field(repr=False)
    ledger: Ledger = field(repr=False)
    deadline: float | None = None  # monotonic seconds; sending after it raises OutOfTime
    calls: int = 0
    proxy: Proxy | None = field(default=None, repr=False)
    waited: float = 0.0  # seconds spent on 429
    used: float = 0.0  # monotonic seconds, when an answer came last
    closes: bool = False  # whether the server has closed a connection that was kept open in the face of a request
    silent: int = 0  # calls without an answer in a row
    room: int = ROOM  # bytes of bodies that may still be kept
    limited: Counter[str] = field(default_factory=Counter)  # 429s by role
    exchanges: list[Exchange] = field(default_factory=list, repr=False)
    watches: list[Watch] = field(default_factory=list, repr=False)

    def send(self, request: Request, key: str = KEY, *, retry: bool = True) -> Exchange:
        """Sends a request, whose path is the document's, raw; the credentials of `key`'s role are added.

        A 429 is waited for and tried again unless `retry` is False. Raises Unreachable when the server has stopped
        answering, OutOfTime when the user's time is over.
        """
        found = self.contract.match(request.method, request.path)
        planned, parameters = found if found else (None, NOTHING)
        for attempt in range(ATTEMPTS):
            if self.deadline is not None and time.monotonic() > self.deadline:
                raise OutOfTime
            self.pace.wait()
            exchange = self._sent(request, key, planned)
            self._noted(exchange, planned, parameters)
            if exchange.status != 429 or not retry or attempt == ATTEMPTS - 1 or not self._waited(exchange):
                break
        return exchange

    def _sent(self, request: Request, key: str, planned: Planned | None) -> Exchange:
        """One attempt, on the wire."""
        secrets = self.secrets_of(key, planned)
        pairs = [f"{name}={quote(value, safe='')}" for name, value in secrets.query]
        query = "&".join(part for part in (request.query, *pairs) if part)
        path = self.prefix + request.path + (f"?{query}" if query else "")
        headers = {"accept": "application/json, */*;q=0.1", "user-agent": "mockserver-check"}
        headers |= {name.lower(): value for name, value in self.options.headers} | dict(secrets.headers)
        headers |= request.headers
        self.calls += 1
        at, started = int(time.time() * 1000), time.perf_counter()
        status, answer_headers, answer, error = self._exchanged(request.method, path, headers, request.body)
        return Exchange(
            self.calls, request.method, self.masks.path(path),
            tuple((name, self.masks.header(name, value)) for name, value in headers.items()),
            request.body, status, answer_headers, answer, at, time.perf_counter() - started,
            planned.operation.id if planned else "", key, error,
        )  # fmt: skip

    def secrets_of(self, key: str, planned: Planned | None) -> Carried:
        """What carries the secret of a role."""
        secret = WRONG_SECRET if key == WRONG else self.options.keys.get(key)
        return carried(planned.operation if planned else None, self.ways, secret) if secret else Carried()

    def _exchanged(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, tuple[tuple[str, str], ...], bytes, str]:  # fmt: skip
        """The status, headers and body of the answer, or NO_ANSWER and what happened.

        A server may close a connection that it has kept open just when it is used again: one more attempt at what may
        be done twice (RFC 9110, 9.2.2), and for anything else a new connection before, where this one may be old.
        """
        error = ""
        if method not in SAFE and (self.closes or time.monotonic() - self.used > RESTED):
            renew(self.pool)
        for _ in range(2 if method in IDEMPOTENT else 1):
            was_kept, began = is_kept(self.pool), False
            try:
                answer = self.pool.urlopen(
                    method, self._on_the_wire(path), body=body or None, headers={**headers, **self._to_proxy()},
                    retries=False, redirect=False, assert_same_host=False, preload_content=False, decode_content=True,
                )  # fmt: skip
                began = True
                data = read(answer, self.options.timeout)
                self.silent, self.used = 0, time.monotonic()
                return answer.status, tuple(answer.headers.items()), data, ""
            except Endless as endless:
                error = str(endless)
                break
            except NewConnectionError as trouble:  # a kind of TimeoutError, although it is none
                error = reason_of(trouble)
                break
            except TimeoutError:
                error = f"there was no answer within {self.options.timeout:g} s"
                break
            except ProtocolError as trouble:
                error = f"the connection was closed before an answer came ({reason_of(trouble)})"
                if was_kept and not began:
                    error, self.closes = f"{KEPT_OPEN}: {error}", True
            except DecodeError as trouble:
                error = f"{UNREADABLE} that can't be unpacked as its Content-Encoding says ({reason_of(trouble)})"
                break
            except (HTTPError, UnicodeError, ValueError) as trouble:
                error = reason_of(trouble)
                break
        self.silent += 1
        if self.silent >= GONE_AFTER:
            raise Unreachable(f"the server at {self.origin} has stopped answering: {error}")
        return NO_ANSWER, (), b"", error

    def _on_the_wire(self, path: str) -> str:
        """A path as a request line has it: a proxy needs the whole URL (RFC 9112, 3.2.2), but for what it tunnels."""
        return self.origin + path if self.proxy and self.origin.startswith("http:") else path

    def _to_proxy(self) -> Mapping[str, str]:
        return self.proxy.headers if self.proxy and self.origin.startswith("http:") else NOTHING

    def _noted(self, exchange: Exchange, planned: Planned | None, parameters: Mapping[str, str]) -> None:
        if len(self.exchanges) < KEPT:
            self.room -= len(exchange.body) + len(exchange.answer)
            shown = exchange if self.room > 0 else replace(exchange, answer=exchange.answer[:CUT])
            self.exchanges.append(shown)
        if exchange.status == 429:
            self.limited[exchange.key] += 1
        if planned is not None:
            self.ledger.see(planned, parameters, exchange)
        for watch in self.watches:
            watch(exchange, planned)

    def hear(self, exchange: Exchange) -> Exchange:
        """Notes a call that somebody else made for this check, as if it had been sent here; it gets its number."""
        path, _, _ = exchange.path.partition("?")
        found = self.contract.match(exchange.method, path.removeprefix(self.prefix))
        planned, parameters = found if found else (None, NOTHING)
        self.calls += 1
        headers = tuple((name, self.masks.header(name, value)) for name, value in exchange.headers)
        known = replace(
            exchange, number=self.calls, path=self.masks.path(exchange.path), headers=headers,
            operation=planned.operation.id if planned else "",
        )  # fmt: skip
        self._noted(known, planned, parameters)
        return known

    def _waited(self, exchange: Exchange) -> bool:
        """Waits as a 429 asks; False when that would take too long."""
        seconds = retry_after(exchange.header("retry-after"), time.time())
        seconds = 1.0 if seconds is None else seconds + 0.05
        left = self.deadline - time.monotonic() if self.deadline is not None else LONGEST
        if seconds > min(left, LONGEST):
            return False
        self.waited += seconds
        self.pace.sleep(seconds)
        return True

    def clean_up(self) -> tuple[Created, ...]:
        """Deletes what the check has made; what is left over."""
        try:
            return self.ledger.clear(self.send)
        except Unreachable as gone:
            return tuple(replace(one, why=str(gone)) for one, _ in self.ledger.entries.values())

    def masked(self, exchange: Exchange) -> Exchange:
        """An exchange as it may be shown."""
        hidden = tuple((name, self.masks.header(name, value)) for name, value in exchange.answer_headers)
        body, answer = self.masks.body(exchange.body), self.masks.body(exchange.answer)
        return replace(exchange, answer_headers=hidden, body=body, answer=answer)

    def close(self) -> None:
        """Closes the connections."""
        self.pool.close()


def target(contract: Contract, options: Options, prefix: str | None = None) -> Target:
    """The server at `options.url`; `prefix` instead of the URL's own path. Raises ValueError for what is no URL."""
    url = URL if options.rehearse else options.url
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{options.url.rpartition('@')[2]!r} is no address of a server, such as https://api.example.com/v2")
    if parts.username:
        raise ValueError("credentials in the URL aren't used: give them with --key-env instead, as user:password")
    host = parts.hostname
    origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    ways = schemes_of(contract.served.api)
    windows = (options.rate,) if options.rate else documented(contract.given)
    quick = options.unlimited or options.rehearse or (options.rate is None and local(host))
    proxy = None if options.rehearse else chosen(options.proxy, parts.scheme, host)
    secrets = (*options.secrets, *(proxy.secrets if proxy else ()))
    return Target(
        contract, options, origin, (parts.path if prefix is None else prefix).rstrip("/"),
        rehearsal(contract.source, options.seed) if options.rehearse else pool(origin, options, proxy), ways,
        masks(ways, secrets, (name for name, _ in options.headers)),
        Pace(() if quick else tuple((int(n), per) for n, per in windows)), Ledger(contract), proxy=proxy,
    )  # fmt: skip
