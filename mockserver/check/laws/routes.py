"""Laws of paths and methods: unknown paths, methods that the document doesn't have, cursors that nobody gave out."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.check.answers import asked, told
from mockserver.check.contract import Planned
from mockserver.check.credentials import is_secured
from mockserver.check.findings import Exchange
from mockserver.check.laws.bench import Bench
from mockserver.check.laws.law import Breach, Law, Unfit
from mockserver.check.laws.limits import cheapest
from mockserver.check.ledger import parsed
from mockserver.check.options import KEY
from mockserver.spec.errors import SpecError
from mockserver.steps.call import Request

BESIDE = "-mockserver-check-no-such-path"
MOST_BESIDE = 24  # paths beside documented ones that are asked for
TRIED = ("PUT", "DELETE", "PATCH", "POST", "GET")


def no_such_path(bench: Bench, subject: None) -> Iterator[Breach]:
    """A path beside a documented one is answered with 404, in the API's own form."""
    tried = 0
    for planned, path in _beside(bench):
        if bench.checking.contract.served.router.match(path, "get") is not None:
            continue  # another path covers it
        tried += 1
        breach = _nowhere(bench, planned, path)
        if breach is not None:
            yield breach
            return
        if tried == MOST_BESIDE:
            return
    if not tried:
        raise Unfit("no path is known without its parameters")


def _beside(bench: Bench) -> Iterator[tuple[Planned, str]]:
    """Paths that a server has no reason to know: documented ones, with records that exist, and one step changed or one
    step too many; each with an operation of the path that it stands beside."""
    if (first := cheapest(bench)) is not None:
        yield first, first.operation.path.rstrip("/") + BESIDE
    known = sorted(bench.checking.contract.operations.values(), key=lambda one: one.safe)
    ones = {one.operation.path: one for one in known}  # of several on a path, one that only reads
    for template, planned in sorted(ones.items(), key=lambda one: (len(one[0]), one[0])):
        part, _ = asked(planned.plan.key)
        try:
            path = bench.request(planned, key=bench.refer(str(planned.plan.resource)) if part == "path" else None).path
        except (Unfit, SpecError):
            continue
        steps, names = path.rstrip("/").split("/"), template.rstrip("/").split("/")
        if "{" in path or len(steps) != len(names):
            continue
        for at, name in enumerate(names):
            if name and "{" not in name and not (planned is first and at == len(names) - 1):
                yield planned, "/".join([*steps[:at], steps[at] + BESIDE, *steps[at + 1 :]])
        yield planned, "/".join([*steps, BESIDE.lstrip("-")])


def _nowhere(bench: Bench, planned: Planned, path: str) -> Breach | None:
    """What is wrong with the answer to a path that leads nowhere; a gateway may ask for a key first."""
    secrets = bench.checking.target.secrets_of(KEY, planned)
    exchange = bench.checking.target.send(Request("GET", path, headers=dict(secrets.headers)))
    says = f"GET {path}"
    if exchange.status != 404 and not (exchange.status in (401, 403) and is_secured(planned.operation)):
        return Breach(planned, f"404 for {says}", f"{exchange.status or exchange.error}", (exchange,))
    return _miscoded(bench, planned, exchange, says) if exchange.status == 404 else None


def _miscoded(bench: Bench, planned: Planned, exchange: Exchange, says: str) -> Breach | None:
    """An error whose code isn't the one that the document has for its status."""
    codes = (bench.checking.contract.given.get("problems") or {}).get("codes") or {}
    code, said = codes.get(str(exchange.status)), bench.oracle.code(parsed(exchange.answer))
    if bench.oracle.code_way is None or not code or said == code:
        return None
    return Breach(planned, f"an error with the code {code!r} for {says}", told(said), (exchange,))


def no_such_method(bench: Bench, planned: Planned) -> Iterator[Breach]:
    """A method that a path doesn't have is refused with 405 and the methods that there are (RFC 9110, 15.5.6)."""
    contract = bench.checking.contract
    beside = [one.operation for one in contract.operations.values() if one.operation.path == planned.operation.path]
    if planned.operation.method != min(one.method for one in beside):
        raise Unfit("another operation on the path covers it")
    part, _ = asked(planned.plan.key)
    path = bench.request(planned, key=bench.refer(str(planned.plan.resource)) if part == "path" else None).path
    router = contract.served.router
    missing = next(
        (one for one in TRIED if (found := router.match(path, one.lower())) and found.template is None), None
    )
    refused = router.match(path, missing.lower()) if missing else None
    if "{" in path or missing is None or refused is None or not (bench.checking.options.write or missing == "GET"):
        raise Unfit("it needs --write")
    mine = {*refused.allow}
    secrets = bench.checking.target.secrets_of(KEY, planned)
    exchange = bench.checking.target.send(Request(missing, path, headers=dict(secrets.headers)))
    if exchange.status == 404 and "{" in planned.operation.path:
        return
    allowed = {one.strip().upper() for one in (exchange.header("allow") or "").split(",") if one.strip()}
    if exchange.status not in (401, 403, 405, 501) or exchange.status == 501:
        seen = f"{exchange.status or exchange.error}"
        blamed = _taken_for(bench, planned, missing)
        yield Breach(blamed, f"405 for {missing} {planned.operation.path}", seen, (exchange,))
    elif exchange.status == 405 and allowed - {"HEAD", "OPTIONS"} != mine - {"HEAD", "OPTIONS"}:
        seen = exchange.header("allow") or "no such header"
        yield Breach(planned, f"Allow: {', '.join(sorted(mine))}", seen, (exchange,))
    elif exchange.status == 405 and (
        breach := _miscoded(bench, planned, exchange, f"{missing} {planned.operation.path}")
    ):
        yield breach
    elif exchange.status == 405 and "HEAD" in allowed:
        yield from _head_allowed(bench, planned, path, exchange)


def _taken_for(bench: Bench, planned: Planned, method: str) -> Planned:
    """The operation on a path that a method which isn't documented does the work of: PUT that of PATCH, or the other
    way round."""
    like = {"PUT": "patch", "PATCH": "put", "POST": "put"}.get(method)
    return bench.checking.contract.operations.get((planned.operation.path, like or ""), planned)


def _head_allowed(bench: Bench, planned: Planned, path: str, refused: Exchange) -> Iterator[Breach]:
    """Where `Allow` has HEAD, a HEAD isn't refused for its method."""
    secrets = bench.checking.target.secrets_of(KEY, planned)
    exchange = bench.checking.target.send(Request("HEAD", path, headers=dict(secrets.headers)))
    if exchange.status in (405, 501):
        expected = f"HEAD {planned.operation.path} is allowed, as Allow: {refused.header('allow')}"
        yield Breach(planned, expected, str(exchange.status), (refused, exchange))


def foreign_cursor(bench: Bench, planned: Planned) -> Iterator[Breach]:
    """A cursor that the list never gave out is refused where the document knows such a refusal."""
    if planned.plan.does != "list":
        raise Unfit("no list")
    pages = bench.pages(planned)
    if pages.style != "cursor" or pages.position[0] != "query":
        raise Unfit("it has no cursors")
    for cursor in ("mockserver-check-no-cursor", "999999999"):
        request = bench.request(planned, query={pages.position[1][0]: cursor})
        refusal = bench.oracle.refusal(planned, request)
        if refusal is None or refusal.status not in (400, 422) or not refusal.statuses:
            raise Unfit("the document doesn't say that it is refused")
        exchange = bench.checking.target.send(request)
        if mistake := bench.oracle.mistake(refusal, exchange):
            yield Breach(planned, mistake[0], f"{mistake[1]} for the cursor {cursor!r}", (exchange,))
            return


LAWS = (
    Law("no-such-path", "api", "A path that isn't documented doesn't exist.", no_such_path),
    Law(
        "no-such-method", "operation", "A method that isn't documented is refused with 405 and `Allow`.", no_such_method
    ),
    Law("foreign-cursor", "operation", "A cursor that was never given out is refused.", foreign_cursor),
)
