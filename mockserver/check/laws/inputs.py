"""Laws of input: what the schemas allow is taken, what they don't allow is refused as documented, odd texts survive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.check.answers import told
from mockserver.check.contract import Planned
from mockserver.check.findings import Exchange
from mockserver.check.laws.bench import Bench, Made
from mockserver.check.laws.law import Breach, Kept, Law, Unfit
from mockserver.check.laws.oracle import INPUT
from mockserver.check.laws.records import current, property_pointer, server_set, shown_wrongly
from mockserver.check.laws.values import UNKNOWN, Odd, odd_arguments, odd_values
from mockserver.check.wire import written
from mockserver.spec.errors import SpecError
from mockserver.spec.model import Json, Parameter
from mockserver.steps.call import Request

MOST_BREACHES = 4  # of one operation
TEXTS = (
    "日本語 中文 한국어", "🙂👩‍👩‍👧 🇩🇪", "שלום مرحبا", "Zoë Ñandú Åström", "e\u0301 vs é",
    "O'Brien \"x\"; DROP TABLE--", "<b>&amp; \\ / %41 +", "line one\nline two\ttab", "\u200bzero\u200dwidth",
    "  blanks at both ends  ", "\U0001d4b3 \U0001f9ff",
)  # fmt: skip
NASTY = (b'"\\u0000"', b'"\\ud800"', b"1e999", b"9" * 400, b"[" * 60 + b"]" * 60)  # in the place of a text
NO_BODY = "no body at all"
MARK = "mockserver-check-mark"


def parameters_bounded(bench: Bench, planned: Planned) -> Iterator[Breach]:
    """Each query parameter takes what its schema allows and refuses what it doesn't."""
    if not planned.safe:
        raise Unfit("its parameters come with changes")
    count = 0
    own = bench.required(planned, "query")
    for parameter in planned.operation.parameters:
        if parameter.location != "query" or parameter.media_type or count >= MOST_BREACHES:
            continue
        for odd in odd_arguments(parameter, bench.checking.contract.schemas):
            breach = _parameter(bench, planned, parameter, odd, own)
            if breach is not None:
                count += 1
                yield breach
                break


def _parameter(
    bench: Bench, planned: Planned, parameter: Parameter, odd: Odd, own: Mapping[str, Json]
) -> Breach | None:  # fmt: skip
    request = bench.request(planned, query={**own, parameter.name: odd.value})
    refusal = bench.oracle.refusal(planned, request)
    exchange = bench.checking.target.send(request)
    words = f"{parameter.name}={told(odd.value, 60)} ({odd.what})"
    if refusal is not None and refusal.of_input:
        if not 400 <= exchange.status < 500:
            seen = f"{exchange.status or exchange.error} for {words}"
            return Breach(planned, f"a refusal: {refusal.detail}", seen, (exchange,), parameter.pointer)
        mistake = bench.oracle.mistake(refusal, exchange)
        return (
            Breach(planned, mistake[0], f"{mistake[1]} for {words}", (exchange,), parameter.pointer)
            if mistake
            else None
        )
    schemas = bench.checking.contract.schemas
    valid = schemas.is_valid({"$ref": f"#{parameter.schema}"}, odd.value, "request")
    if refusal is None and valid and exchange.status in INPUT:
        seen = f"{exchange.status} for {words}"
        return Breach(planned, f"{planned.plan.status}", seen, (exchange,), parameter.pointer)
    return None


def unknown_parameters(bench: Bench, planned: Planned) -> Iterator[Breach]:
    """A parameter that the document doesn't know is refused where it says so."""
    if planned.plan.unknown_parameters != "refuse":
        raise Unfit("unknown parameters may be ignored")
    request = bench.request(planned, query={UNKNOWN: "1"})
    refusal = bench.oracle.refusal(planned, request)
    exchange = bench.checking.target.send(request)
    if refusal is not None and (mistake := bench.oracle.mistake(refusal, exchange)):
        yield Breach(planned, *mistake, (exchange,))


def bodies_bounded(bench: Bench, planned: Planned) -> Iterator[Breach]:
    """Each field of a body takes what its schema allows and refuses what it doesn't."""
    kind = bench.kinds.get(str(planned.plan.resource))
    if planned.operation.body is None or bench.bodies.schema_of(planned) is None or kind is None:
        raise Unfit("it has no body of a record")
    made = _record_for(bench, kind, planned)
    count = 0
    for request, words, pointer, fits in _odd_bodies(bench, planned, made):
        breach = _body(bench, planned, kind, request, words, pointer, fits)
        if breach is not None:
            count += 1
            yield breach
            if count >= MOST_BREACHES:
                return


def _record_for(bench: Bench, kind: Kept, planned: Planned) -> Made | None:
    """The record that an operation needs to work on. Raises Unfit when there can't be one."""
    if planned.plan.does in ("create", "batch-create"):
        return None
    if planned.plan.key is None or planned.plan.does not in ("update", "replace"):
        raise Unfit("its body is no record")
    return bench.mine(kind)


def _odd_bodies(
    bench: Bench, planned: Planned, made: Made | None
) -> Iterator[tuple[Request, str, str, bool]]:  # fmt: skip
    """Requests with one field that is odd or missing, what it is, where it is described, and whether it is allowed."""
    schemas, node = bench.checking.contract.schemas, bench.bodies.input_schema(planned)
    key, above = (made.key, bench.beside(planned, made)) if made else (None, None)
    batch, wrong = planned.plan.does.startswith("batch-"), dict[str, Json]()

    def request(fields: Any) -> Request:
        return bench.request(planned, key=key, above=above, fields=[fields] if batch else fields)

    for name in sorted(schemas.required(node)):
        fields = {one: value for one, value in bench.fields(planned).items() if one != name}
        yield request(fields), f"no {name}", property_pointer(bench, planned, name), False
    for name, schema in bench.bodies.writable(planned).items():
        if schemas.follow(schema) is False:
            continue
        valid = bench.fields(planned).get(name)
        for odd in odd_values(schema, schemas, valid):
            fits = schemas.is_valid(schema, odd.value, "request")
            base = bench.fields(planned)
            if fits and not schemas.is_valid(node, {**base, name: odd.value}, "request"):
                continue
            if fits and odd.value == "" and planned.resource and name in planned.resource.references:
                continue  # it names nothing that exists
            if not fits:
                wrong.setdefault(name, odd.value)
            pointer = property_pointer(bench, planned, name)
            yield request({**base, name: odd.value}), f"{name} {told(odd.value, 60)} ({odd.what})", pointer, fits
    if len(wrong) > 1 and bench.oracle.list_way is not None:  # of several faults, each is told
        two = dict([*wrong.items()][:2])
        yield request({**bench.fields(planned), **two}), " and ".join(two), "", False
    if schemas.closed(node):
        fields = {**bench.fields(planned), "mockserver_check_unknown": 1}
        yield request(fields), "a field that the document doesn't know", "", False
    elif bench.checking.contract.given.get("resources"):
        known = request({**bench.fields(planned), "mockserver_check_unknown": 1})
        refusal = bench.oracle.refusal(planned, known)
        if refusal is None or not refusal.of_input:
            yield known, "a field that the document doesn't know and its schema allows", "", True


def _body(
    bench: Bench, planned: Planned, kind: Kept, request: Request, words: str, pointer: str, fits: bool
) -> Breach | None:  # fmt: skip
    refusal = None if fits else bench.oracle.refusal(planned, request)
    if not fits and (refusal is None or not refusal.of_input):
        return None  # our own reading takes it
    exchange = bench.checking.target.send(request)
    if 200 <= exchange.status < 300:
        bench.walked.clear()
    if fits:
        if exchange.status in INPUT:
            return Breach(planned, f"{planned.plan.status} for {words}", _told(exchange), (exchange,), pointer)
        return None
    assert refusal is not None
    if not 400 <= exchange.status < 500:
        return Breach(planned, f"a refusal: {refusal.detail}", f"{_told(exchange)} for {words}", (exchange,), pointer)
    mistake = bench.oracle.mistake(refusal, exchange)
    return Breach(planned, mistake[0], f"{mistake[1]} for {words}", (exchange,), pointer) if mistake else None


def _told(exchange: Exchange) -> str:
    return f"{exchange.status}" if exchange.status else exchange.error


def malformed(bench: Bench, planned: Planned) -> Iterator[Breach]:
    """What is no JSON, or comes as another media type, is refused; nothing in a body breaks the server."""
    if planned.operation.body is None or bench.bodies.schema_of(planned) is None or planned.safe:
        raise Unfit("it has no body")
    if not any("json" in one.type for one in planned.operation.body.media):
        raise Unfit("its body isn't JSON")
    kind = bench.kinds.get(str(planned.plan.resource))
    made = bench.mine(kind) if kind and planned.plan.key is not None else None
    key = made.key if made else None
    valid = bench.bodies.fields(planned, bench.number()) or {}
    free = bench.bodies.writable(planned)
    takes = bench.checking.contract.schemas.is_valid
    field = next((name for name in valid if name in free and takes(free[name], MARK, "request")), "x")
    marked = written(bench.bodies.body(planned, {**valid, field: MARK}))
    tries: list[tuple[bytes, dict[str, str], str]] = [
        (marked + b" x", {}, "a valid body with more behind it"),
        (b'{"a": ', {}, "a body that ends too soon"), (b"", {"content-type": "application/json"}, "an empty body"),
        (b"", {}, NO_BODY), (b"\xff\xfe", {}, "a body that is no UTF-8"), (b"[]", {}, "a list"), (b"null", {}, "null"),
        (b"a=1", {"content-type": "application/x-www-form-urlencoded"}, "a form"),
        (marked, {"content-type": "text/plain"}, "a valid body as text/plain"),
        *((marked.replace(b'"' + MARK.encode() + b'"', one), {}, f"{field} {one[:12].decode()}") for one in NASTY),
    ]  # fmt: skip
    unsound = _refused_anyway(bench, planned, key, marked)
    for body, headers, words in tries:
        try:
            request = bench.request(planned, key=key, body=body or None, headers=headers)
        except Unfit:
            return
        refusal = bench.oracle.refusal(planned, request)
        exchange = bench.checking.target.send(request)
        bench.walked.clear()
        if refusal is None or not refusal.of_input or (unsound and words.startswith(f"{field} ")):
            continue
        refusal = refusal._replace(fields=frozenset())  # an odd value isn't all that is wrong: any field may be named
        if words == NO_BODY:  # it lacks a media type and a length too
            refusal = refusal._replace(statuses=refusal.statuses | {400, 411, 415, 422})
        if not 400 <= exchange.status < 500:
            yield Breach(planned, f"a refusal: {refusal.detail}", f"{_told(exchange)} for {words}", (exchange,))
        elif mistake := bench.oracle.mistake(refusal, exchange):
            yield Breach(planned, mistake[0], f"{mistake[1]} for {words}", (exchange,))


def _refused_anyway(bench: Bench, planned: Planned, key: Json, body: bytes) -> bool:
    """Whether our own mock, which has other records and another time, refuses a body that is valid for the server."""
    try:
        refusal = bench.oracle.refusal(planned, bench.request(planned, key=key, body=body))
    except Unfit:
        return True
    return refusal is not None and refusal.of_input


def texts_survive(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """Texts of any script come back as they were sent, and are found by search."""
    if kind.create is None:
        raise Unfit("nothing creates its records")
    schemas = bench.checking.contract.schemas
    references = {*kind.resource.references, *(words["field"] for words in kind.resource.unique)}
    fitting = []
    for name, schema in bench.bodies.writable(kind.create).items():
        free = all(schemas.is_valid(schema, text, "request") for text in TEXTS)
        if name not in references | server_set(kind, kind.create) and free and "string" in schemas.kinds(schema):
            fitting.append(name)
    if not fitting:
        raise Unfit("it has no free text")
    for number, text in enumerate(TEXTS):
        name = fitting[number % len(fitting)]
        fields = {**bench.fields(kind.create), name: text}
        if not schemas.is_valid(bench.bodies.input_schema(kind.create), fields, "request"):
            continue
        made = bench.create(kind, fields)
        if made is None:
            exchange = bench.checking.target.exchanges[-1]
            if exchange.status in INPUT:
                expected = f"{kind.create.plan.status} for {name} {told(text)}"
                yield Breach(kind.create, expected, _told(exchange), (exchange,))
            return
        shown, more = current(bench, kind, made)
        for one, by in ((made.shown, kind.create), (shown, kind.read or kind.list)):
            if wrong := shown_wrongly(bench, kind, kind.create, {name: text}, one, by):
                expected, seen = f"{name} {wrong[1]}, as sent", wrong[2]
                yield Breach(kind.create, expected, seen, (made.exchange, *more))
                return
        if breach := _unfindable(bench, kind, made, name, text):
            yield breach
            return


def _unfindable(bench: Bench, kind: Kept, made: Made, name: str, text: str) -> Breach | None:
    """Where a list is searched by a field, a text in it is found, its letters in the other case too."""
    filters = kind.list.plan.filters if kind.list else {}
    search = next(
        (
            one
            for one, words in filters.items()
            if words.get("compare") == "contains" and name in words.get("fields", ())
        ),
        None,
    )
    if search is None or kind.list is None or text != text.strip():
        return None
    key = bench.key_of(kind)
    for part in dict.fromkeys((text, text.upper(), text.lower())):
        if part.casefold() != text.casefold():
            continue
        walk = bench.walk(kind.list, query={search: part}, above=bench.beside(kind.list, made))
        if walk.whole and made.key not in [key(record) for record in walk.records]:
            evidence = (made.exchange, *walk.exchanges[:2])
            return Breach(
                kind.list,
                f"{told(made.key)}, whose {name} is {told(text)}, for {search}={told(part)}",
                "not there",
                evidence,
            )
    return None


def safe_operations(bench: Bench, planned: Planned) -> Iterator[Breach]:
    """An operation of which nothing is known answers as documented, when it is asked with what is documented."""
    if not planned.safe or planned.plan.does not in ("sample", "read") or planned.operation.method != "get":
        raise Unfit("a law of its own covers it")
    try:
        request = bench.request(planned, key=bench.refer(str(planned.plan.resource)) if planned.plan.key else None)
    except SpecError as error:
        raise Unfit(str(error)) from None
    bench.checking.target.send(request)  # what is to say of the answer, the laws over all answers say
    yield from ()


LAWS = (
    Law("answers-as-documented", "operation", "A documented request gets a documented answer.", safe_operations),
    Law(
        "parameters-bounded",
        "operation",
        "A parameter takes what its schema allows, and nothing else.",
        parameters_bounded,
    ),
    Law(
        "unknown-parameters",
        "operation",
        "Unknown parameters are refused where the document says so.",
        unknown_parameters,
    ),
    Law(
        "bodies-bounded",
        "operation",
        "A field takes what its schema allows, and nothing else.",
        bodies_bounded,
        writes=True,
    ),
    Law(
        "malformed-refused", "operation", "A body that can't be read is refused as documented.", malformed, writes=True
    ),
    Law("texts-survive", "resource", "Texts of any script are kept as they are.", texts_survive, writes=True),
)
