"""Laws that hold of every single answer, whoever asked: told of each exchange as soon as it is over."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

import orjson

from mockserver.check.checking import Checking
from mockserver.check.connecting import KEPT_OPEN
from mockserver.check.contract import Contract, Planned
from mockserver.check.findings import NO_ANSWER, Exchange
from mockserver.check.pacing import retry_after
from mockserver.spec.errors import SpecError
from mockserver.spec.model import Header, Json, Media, Response

MILLISECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)")
MOST_ALIKE = 3  # findings of one law on one operation; the first says what there is to say

WITHOUT_BODY = (204, 205, 304)  # RFC 9110, 15.3.5, 15.3.6 and 15.4.5


class Wrong(NamedTuple):
    """What a law has against an exchange."""

    expected: str
    seen: str
    pointer: str = ""


Test = Callable[[Contract, Planned, Exchange], Iterator[Wrong]]


class Passive(NamedTuple):
    """A law over single exchanges."""

    name: str
    says: str
    severity: str
    test: Test


def answered(contract: Contract, planned: Planned, exchange: Exchange) -> Iterator[Wrong]:
    """But for those that the server may not have read: it is free to close what nothing goes over (RFC 9112, 9.3)."""
    if exchange.status == NO_ANSWER and not exchange.error.startswith(KEPT_OPEN):
        yield Wrong("an answer", exchange.error)


def no_server_error(contract: Contract, planned: Planned, exchange: Exchange) -> Iterator[Wrong]:
    if exchange.status >= 500 and exchange.status not in (501, 503):
        yield Wrong("no server error (5xx)", f"{exchange.status} {_start(exchange.answer)}".rstrip())


def status_documented(contract: Contract, planned: Planned, exchange: Exchange) -> Iterator[Wrong]:
    """Successes and redirections only: documents seldom name every refusal."""
    known = ", ".join(one for one in planned.operation.responses if one[:1] in "23")
    if known and 200 <= exchange.status < 400 and planned.operation.response(exchange.status) is None:
        yield Wrong(f"one of the documented statuses ({known})", str(exchange.status), _responses(planned))


def content_type(contract: Contract, planned: Planned, exchange: Exchange) -> Iterator[Wrong]:
    response = _response(planned, exchange)
    if response is None or not response.media or not exchange.answer or exchange.method == "HEAD":
        return
    said = (exchange.header("content-type") or "").partition(";")[0].strip().lower()
    if _media(response, said) is None:
        known = " or ".join(one.type for one in response.media)
        yield Wrong(f"{known} for the status {exchange.status}", said or "no Content-Type", response.pointer)


def body_as_documented(contract: Contract, planned: Planned, exchange: Exchange) -> Iterator[Wrong]:
    response = _response(planned, exchange)
    if response is None or exchange.method == "HEAD":
        return
    if exchange.status in WITHOUT_BODY:  # whatever the document describes for them
        if exchange.answer:
            yield Wrong("no body", _start(exchange.answer), response.pointer)
        return
    said = (exchange.header("content-type") or "").partition(";")[0].strip().lower()
    media = _media(response, said)
    if media is None or media.schema is None or "json" not in said:
        return
    try:
        value = orjson.loads(exchange.answer)
    except orjson.JSONDecodeError:
        yield Wrong("a JSON body", _start(exchange.answer) or "an empty body", media.pointer)
        return
    try:
        schema = contract.schemas.at(media.schema, "response")
    except SpecError:
        return
    if not schema.is_valid(value):
        first = next(iter(schema.violations(value)), None)
        where = "/".join(map(str, first.path)) if first else ""
        what = first.message if first else "it isn't as the schema says"
        yield Wrong(
            f"a body as its schema says{f'; {where}' if where else ''}: {what}",
            _start(exchange.answer, 300),
            media.schema,
        )


def headers_as_documented(contract: Contract, planned: Planned, exchange: Exchange) -> Iterator[Wrong]:
    response = _response(planned, exchange)
    for header in response.headers if response is not None else ():
        value = exchange.header(header.name)
        if value is None and header.required:
            yield Wrong(f"the header {header.name}", "no such header", header.pointer)
        elif value is not None and header.schema is not None and not _fits(contract, header, value):
            yield Wrong(f"the header {header.name} as its schema says", value, header.pointer)


def says_when_to_retry(contract: Contract, planned: Planned, exchange: Exchange) -> Iterator[Wrong]:
    response = _response(planned, exchange) if exchange.status == 429 else None
    if response is None or not any(one.name.lower() == "retry-after" for one in response.headers):
        return
    value = exchange.header("retry-after")
    if retry_after(value, exchange.at / 1000) is None:
        yield Wrong("Retry-After, in seconds or as a date", value or "no such header", response.pointer)


def times_as_exact(contract: Contract, planned: Planned, exchange: Exchange) -> Iterator[Wrong]:
    """Where the document says how exact times are, those that the server sets are written so."""
    if contract.given.get("times") != "milliseconds" or not 200 <= exchange.status < 300 or planned.resource is None:
        return
    names = [
        one for one, value in {**planned.resource.on_create, **planned.resource.on_update}.items() if value == "$now"
    ]
    for name in names:
        for found in re.findall(rb'"%s"\s*:\s*"([^"]*)"' % re.escape(name.encode()), exchange.answer)[:3]:
            if not MILLISECONDS.fullmatch(found.decode("utf-8", "replace")):
                yield Wrong(f"{name} to the millisecond", found.decode("utf-8", "replace"))
                return


def problem_status(contract: Contract, planned: Planned, exchange: Exchange) -> Iterator[Wrong]:
    """RFC 9457, section 3.1.2: the `status` of problem details is that of the answer."""
    if "problem+json" not in (exchange.header("content-type") or "") or exchange.status < 400:
        return
    try:
        body = orjson.loads(exchange.answer)
    except orjson.JSONDecodeError:
        return
    said = body.get("status") if isinstance(body, dict) else None
    if said is not None and said != exchange.status:
        yield Wrong(f"the status {exchange.status} in the body too", str(said))


def status_fits(contract: Contract, planned: Planned, exchange: Exchange) -> Iterator[Wrong]:
    """RFC 9110, 15.5: some statuses refuse one thing only, and what that is can be seen of the request."""
    reason = OF_ONE_THING.get(exchange.status)
    if reason is None or str(exchange.status) in planned.operation.responses:
        return
    what, may_be = reason
    if not may_be(exchange):
        yield Wrong(f"a status that fits: {exchange.status} refuses {what}", str(exchange.status), _responses(planned))


def _has(*names: str) -> Callable[[Exchange], bool]:
    return lambda exchange: any(name.lower() in names for name, _ in exchange.headers)


def _may_lead_elsewhere(exchange: Exchange) -> bool:
    """Whether a path has what servers and proxies decode, resolve or leave out before they route; or it is a HEAD."""
    path = exchange.path.partition("?")[0].lower()
    odd = any(part in ("", ".", "..") for part in path[1:].split("/"))
    return odd or "%" in path or ";" in path or exchange.method == "HEAD"


SHORT = 1_000  # bytes that nobody takes for too many
OF_ONE_THING: dict[int, tuple[str, Callable[[Exchange], bool]]] = {
    405: ("a method that a path doesn't have, and the document has this one", _may_lead_elsewhere),
    411: ("a body of unknown length, and it was told", lambda exchange: False),
    412: ("what a precondition rules out, and there was none",
          _has("if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range")),
    413: ("a body that is too large, and this one is short", lambda exchange: len(exchange.body) > SHORT),
    414: ("an address that is too long, and this one is short", lambda exchange: len(exchange.path) > SHORT),
    416: ("a range, and none was asked for", _has("range")),
    417: ("what `Expect` asks for, and there was none", _has("expect")),
    431: ("headers that are too long, and these are short",
          lambda exchange: sum(len(name) + len(value) for name, value in exchange.headers) > SHORT),
}  # fmt: skip
LAWS = (
    Passive("answers", "Each request is answered.", "critical", answered),
    Passive("no-server-error", "No request breaks the server.", "critical", no_server_error),
    Passive(
        "status-documented", "A request succeeds with a status that the document names.", "major", status_documented
    ),
    Passive("status-fits", "A status means what RFC 9110 says.", "minor", status_fits),
    Passive("content-type", "An answer has a documented media type.", "major", content_type),
    Passive("body-as-documented", "The body of an answer is as its schema says.", "major", body_as_documented),
    Passive("headers-as-documented", "An answer has the documented headers.", "major", headers_as_documented),
    Passive("says-when-to-retry", "A 429 says when to try again.", "major", says_when_to_retry),
    Passive("times-as-exact", "Times are as exact as the document says.", "minor", times_as_exact),
    Passive("problem-status", "Problem details tell the status of their answer.", "minor", problem_status),
)


def watching(checking: Checking, part: Callable[[], str]) -> Callable[[Exchange, Planned | None], None]:
    """A watch for the target that tests each exchange; `part` says which part is asking just now."""
    laws = [law for law in LAWS if checking.options.wants_law(law.name)]
    seen: dict[tuple[str, str], int] = {}

    def watch(exchange: Exchange, planned: Planned | None) -> None:
        if planned is None or not checking.options.wants_operation(planned.operation):
            return
        for law in laws:
            wrong = next(law.test(checking.contract, planned, exchange), None)
            if wrong is None:
                checking.tally.holds("laws", law.name, planned.operation.id)
                continue
            key = law.name, planned.operation.id
            seen[key] = seen.get(key, 0) + 1
            if seen[key] <= MOST_ALIKE:
                checking.find(
                    "laws", law.name, planned, law.severity, law.says, wrong.expected, wrong.seen, (exchange,),
                    wrong.pointer,
                )  # fmt: skip
            if seen[key] == 1:
                checking.tell(part(), law.name, planned.operation.id)

    return watch


def _response(planned: Planned, exchange: Exchange) -> Response | None:
    return planned.operation.response(exchange.status) if exchange.status else None


def _responses(planned: Planned) -> str:
    return f"{planned.operation.pointer}/responses"


def _media(response: Response, said: str) -> Media | None:
    """The media type that an answer's is, a range (`application/*`) counting too."""
    kind = said.partition("/")[0]
    suits = (said, f"{kind}/*", "*/*")
    return next((one for name in suits for one in response.media if one.type == name), None)


def _fits(contract: Contract, header: Header, value: str) -> bool:
    """Whether a header's text is as its schema says, as a number or boolean where that is asked for."""
    schemas = contract.schemas
    assert header.schema is not None
    node = {"$ref": f"#{header.schema}"}
    readings: list[Json] = [value, *([value.split(",")] if "," in value else ())]
    with contextlib.suppress(orjson.JSONDecodeError):
        readings.append(orjson.loads(value))
    try:
        return any(schemas.is_valid(node, one, "response") for one in readings)
    except SpecError:
        return True


def _start(body: bytes, limit: int = 120) -> str:
    """The beginning of a body."""
    text = " ".join(body[: limit * 2].decode("utf-8", "replace").split())
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
