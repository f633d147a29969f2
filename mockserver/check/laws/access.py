"""Laws of access: without a key, with a wrong one, with one that may only read; and what belongs to somebody else."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mockserver.check.answers import asked, told
from mockserver.check.contract import Planned
from mockserver.check.credentials import is_secured
from mockserver.check.findings import Exchange
from mockserver.check.laws.bench import Bench, Made
from mockserver.check.laws.law import Breach, Kept, Law, Unfit
from mockserver.check.laws.records import shown_wrongly
from mockserver.check.ledger import parsed
from mockserver.check.options import KEY, READONLY_KEY
from mockserver.check.target import NOBODY, WRONG
from mockserver.steps.call import Request

CHALLENGE = re.compile(r"(?:^|,)\s*([A-Za-z0-9!#$%&'*+.^_`|~-]+)(?=\s|,|$)")  # the scheme of each challenge


def needs_a_key(bench: Bench, planned: Planned) -> Iterator[Breach]:
    """Without a key, or with one that nobody has, the documented 401 is answered."""
    if not is_secured(planned.operation) or planned.plan.does == "issue-token":
        raise Unfit("it needs no key")
    if KEY not in bench.checking.options.keys and not bench.checking.options.headers:
        raise Unfit("it takes --key to tell what the key is needed for")
    request = _request(bench, planned)
    refusal = bench.oracle.refusal(planned, request._replace(headers=dict(request.headers)), anonymous=True)
    for role, words in ((NOBODY, "without a key"), (WRONG, "with a key that nobody has")):
        if role == NOBODY and _sent_anyway(bench):
            continue
        exchange = bench.checking.target.send(request, role)
        if exchange.status != 401:
            yield Breach(planned, f"401 {words}", f"{exchange.status or exchange.error}", (exchange,))
        elif refusal is not None and refusal.status == 401 and (mistake := bench.oracle.mistake(refusal, exchange)):
            yield Breach(planned, mistake[0], f"{mistake[1]} {words}", (exchange,))
        elif breach := _challenged(bench, planned, exchange):
            yield breach


def _challenged(bench: Bench, planned: Planned, exchange: Exchange) -> Breach | None:
    """RFC 9110, 11.6.1: a 401 asks for credentials of a scheme that the operation takes, as far as it names any."""
    ways = bench.oracle.schemes
    wanted = {str(ways[name].get("scheme", "")).lower() for way in planned.operation.security for name in way
              if name in ways and ways[name].get("type") == "http"}  # fmt: skip
    said = exchange.header("www-authenticate")
    named = {one.lower() for one in CHALLENGE.findall(said or "")}
    if said is None or not wanted or wanted & named:
        return None
    expected = f"WWW-Authenticate: {' or '.join(one.title() for one in sorted(wanted))}"
    return Breach(planned, expected, said, (exchange,))


def _sent_anyway(bench: Bench) -> bool:
    """Whether the user's own headers carry credentials in any case."""
    return any(name.lower() in bench.checking.target.masks.names for name, _ in bench.checking.options.headers)


def _request(bench: Bench, planned: Planned) -> Request:
    """A request that would be fine with a key; of one that changes something, nothing of anybody's is at stake."""
    resource = str(planned.plan.resource)
    key = None
    if planned.plan.key is not None:
        key = bench.refer(resource) if planned.safe else _harmless_key(bench, resource)
        if key is None:
            raise Unfit("no record is known to ask for")
    fields = bench.bodies.fields(planned, bench.number()) if planned.operation.body and not planned.safe else None
    return bench.request(planned, key=key, fields=fields)


def _harmless_key(bench: Bench, resource: str) -> object:
    """The key of a record that is ours, else of none at all: a server that doesn't refuse would change it."""
    mine = bench.made.get(resource)
    if mine:
        return mine[-1].key
    known = bench.refer(resource)
    return f"{known}0" if isinstance(known, str) else 987_654_321 if isinstance(known, int) else None


def reads_only(bench: Bench, planned: Planned) -> Iterator[Breach]:
    """A key that may only read reads, and is refused whatever needs more, before anything is changed."""
    if READONLY_KEY not in bench.checking.options.keys:
        raise Unfit("it takes --readonly-key")
    scopes = {scope for way in planned.operation.security for many in way.values() for scope in many}
    if not is_secured(planned.operation) or (not scopes and not planned.safe):
        raise Unfit("it asks for no scope")
    if not planned.safe and not bench.checking.options.write:
        raise Unfit("it needs --write")
    if planned.safe:
        if planned.plan.does not in ("list", "read"):
            raise Unfit("lists and records tell enough")
        exchange = bench.checking.target.send(_request(bench, planned), READONLY_KEY)
        if exchange.status in (401, 403):
            yield Breach(planned, f"{planned.plan.status}, as it only reads", str(exchange.status), (exchange,))
        return
    if scopes <= _reading(bench):
        raise Unfit("it asks for what reading needs too")
    exchange = bench.checking.target.send(_request(bench, planned), READONLY_KEY)
    bench.walked.clear()
    if exchange.status != 403:
        yield Breach(planned, "403 for a key that may only read", f"{exchange.status or exchange.error}", (exchange,))
        return
    code = _forbidden_code(bench)
    if code and (said := bench.oracle.code(parsed(exchange.answer))) != code:
        yield Breach(planned, f"the code {code!r}", f"the code {said!r}", (exchange,))


def _forbidden_code(bench: Bench) -> str | None:
    problems = bench.checking.contract.given.get("problems") or {}
    own = ((problems.get("kinds") or {}).get("forbidden") or {}).get("code")
    code = own or (problems.get("codes") or {}).get("403")
    return str(code) if code and bench.oracle.code_way is not None else None


def _reading(bench: Bench) -> set[str]:
    """The scopes that operations which only read ask for."""
    ones = [one for one in bench.checking.contract.operations.values() if one.safe]
    return {scope for one in ones for way in one.operation.security for many in way.values() for scope in many}


def tenants_apart(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """What one tenant has, another doesn't see; a tenant that nobody knows is refused."""
    partition = kind.resource.partition
    part, way = asked(partition["from"]) if partition else ("", ())
    if partition is None or part != "header" or kind.list is None:
        raise Unfit("its records aren't kept apart")
    name = way[0]
    for planned in (
        (kind.list, kind.read, *kind.updates[:1], kind.delete) if bench.checking.options.write else (kind.list,)
    ):
        if planned is None:
            continue
        key = bench.refer(kind.resource.name) if planned.plan.key is not None and planned.safe else None
        if planned.plan.key is not None and key is None:
            continue
        request = bench.request(planned, key=key, headers={name: "mockserver-check-nobody"})
        refusal = bench.oracle.refusal(planned, request)
        exchange = bench.checking.target.send(request)
        if refusal is not None and (mistake := bench.oracle.mistake(refusal, exchange)):
            yield Breach(planned, mistake[0], f"{mistake[1]} for {name} of nobody", (exchange,))
    if bench.checking.options.write and kind.create is not None:
        yield from _unseen(bench, kind, name)


def _unseen(bench: Bench, kind: Kept, name: str) -> Iterator[Breach]:
    """A record of the tenant of a call that names none is looked for as another one."""
    assert kind.list is not None
    made, key = bench.mine(kind), bench.key_of(kind)
    for other in _tenants(bench, kind.list, name):
        first = bench.ask(kind.list, headers={name: other})
        page = bench.pages(kind.list).read(first)
        if page is None or other == str((kind.resource.partition or {}).get("default")):
            continue  # not one of ours, or the one that a call without a name means
        twin = next((record for record in page.records if key(record) == made.key), None)
        if twin is not None and shown_wrongly(bench, kind, made.planned, made.sent, twin, kind.list) is None:
            yield Breach(kind.list, f"no {told(made.key)} for {other}", "it is listed", (made.exchange, first))
        elif twin is None:
            yield from _untouched(bench, kind, made, {name: other})
        yield from _of_another(bench, kind, {name: other})
        return
    raise Unfit(f"the document names no second value of {name}")


def _untouched(bench: Bench, kind: Kept, made: Made, headers: dict[str, str]) -> Iterator[Breach]:
    """Reading comes first: only what another tenant really hasn't is then changed and deleted in its name."""
    for planned in (kind.read, *kind.updates[:1], *kind.acts, kind.delete):
        if planned is None:
            continue
        fields = bench.bodies.fields(planned, bench.number()) if planned.operation.body else None
        above = bench.beside(planned, made)
        exchange = bench.ask(planned, key=made.key, above=above, fields=fields, headers=headers)
        if exchange.status < 400:
            expected = f"404, as {told(made.key)} is another one's"
            yield Breach(planned, expected, str(exchange.status), (made.exchange, exchange))
            return


def _of_another(bench: Bench, kind: Kept, headers: dict[str, str]) -> Iterator[Breach]:
    """A record that is made for another tenant is theirs, and not in the list of a call that names none."""
    assert kind.create is not None
    assert kind.list is not None
    sent = bench.fields(kind.create)
    exchange = bench.ask(kind.create, fields=sent, headers=headers)
    key = bench.key_of(kind)
    mark = key(bench.shown(kind.create, exchange))
    if exchange.status >= 300 or mark is None:
        return
    own, theirs = bench.walk(kind.list), bench.pages(kind.list).read(bench.ask(kind.list, headers=headers))
    leaked = [record for record in own.records if key(record) == mark]
    if leaked and shown_wrongly(bench, kind, kind.create, sent, leaked[0], kind.list) is None:
        expected = f"no {told(mark)}, as it was made for another"
        yield Breach(kind.list, expected, "it is listed", (exchange, *own.exchanges[:3]))
    elif theirs is not None and kind.resource.order[:1] and mark not in [key(record) for record in theirs.records]:
        yield Breach(
            kind.create,
            f"{told(mark)} in the list of the one it was made for",
            "not there",
            (exchange, theirs.exchange),
        )
    if kind.delete is not None:
        bench.ask(kind.delete, key=mark, headers=headers)


def _tenants(bench: Bench, planned: Planned, name: str) -> list[str]:
    """The tenants that the document gives as examples."""
    found = next((one for one in planned.operation.parameters if one.name == name), None)
    if found is None:
        return []
    schemas = bench.checking.contract.schemas
    node, said = schemas.follow(schemas.look_up(found.schema)), schemas.look_up(found.pointer)
    named = [one.get("value") for one in (said.get("examples") or {}).values()] if isinstance(said, dict) else []
    own = node.get("examples") or [] if isinstance(node, dict) else []
    return [str(one) for one in (said.get("example"), *named, *own) if one is not None]


LAWS = (
    Law("needs-a-key", "operation", "Without a valid key, nothing is answered but a 401.", needs_a_key, "critical"),
    Law("reads-only", "operation", "A key that may only read is refused what needs more.", reads_only, "critical"),
    Law("tenants-apart", "resource", "What belongs to one isn't another's to see.", tenants_apart, "critical"),
)
