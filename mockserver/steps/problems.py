"""Gives a refusal the API's own status, code, words and error body."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from mockserver.spec.model import Json
from mockserver.steps.call import Answer, Call, Fault, Problem
from mockserver.steps.values import Names, Value, compile_fields, compile_value

Render = Callable[[Problem, Call], Answer]

# kind -> status, title (RFC 9110, section 15; RFC 6585)
KINDS: dict[str, tuple[int, str]] = {
    "malformed-body": (400, "Malformed request body"),
    "unsupported-media-type": (415, "Unsupported media type"),
    "not-acceptable": (406, "Not acceptable"),
    "invalid-parameter": (400, "Invalid parameter"),
    "invalid-body": (422, "Invalid request body"),
    "unauthorized": (401, "Unauthorized"),
    "forbidden": (403, "Forbidden"),
    "not-found": (404, "Not found"),
    "no-such-path": (404, "Not found"),
    "method-not-allowed": (405, "Method not allowed"),
    "conflict": (409, "Conflict"),
    "rule-broken": (409, "Conflict"),
    "dangling-reference": (422, "Invalid reference"),
    "rate-limited": (429, "Too many requests"),
    "body-too-large": (413, "Content too large"),
    "uri-too-long": (414, "URI too long"),
    "headers-too-large": (431, "Request header fields too large"),
    "not-served": (501, "Not served"),
    "server-error": (500, "Internal server error"),
}
FALLS_BACK = {"no-such-path": "not-found", "rule-broken": "conflict", "dangling-reference": "invalid-body"}

# RFC 9457 problem details, for APIs that document no error format of their own
PROBLEM_DETAILS: Json = {
    "type": "about:blank",
    "title": "$problem.title",
    "status": "$problem.status",
    "detail": "$problem.detail",
    "errors": "$problem.errors",
}

PLAIN = ("code", "status", "detail", "title", "field", "kind")  # what costs nothing to say of a problem
NAMED = re.compile(rf"\$problem\.({'|'.join(PLAIN)})\b|\$id\b|\$request\b|\$now\b|\$key\b")


@dataclass(frozen=True, slots=True)
class Words:
    """The root's `problems`, read."""

    media_type: str
    body: Value | None  # as the document's x-mock gives it
    details: Value  # RFC 9457, where nothing is said
    headers: Callable[[Call], dict[str, Any]] | None
    codes: Mapping[str, str]
    kinds: Mapping[str, Mapping[str, Json]]
    plain: bool = False  # whether `body` and `headers` tell no more of a problem than PLAIN

    def code(self, status: int) -> str | None:
        """The API's code for a status; None where it names none."""
        return self.codes.get(str(status)) or self.codes.get(f"{status // 100}XX")


def read_words(words: Mapping[str, Json], names: Names) -> Words:
    """The root's `problems` compiled; RFC 9457 where it says nothing."""
    body = words.get("body")
    return Words(
        words.get("media-type") or ("application/json" if body else "application/problem+json"),
        compile_value(body, names) if body else None,
        compile_value(PROBLEM_DETAILS, names),
        compile_fields(words["headers"], names) if words.get("headers") else None,
        {str(status): code for status, code in (words.get("codes") or {}).items()},
        words.get("kinds") or {},
        bool(body) and NAMED.sub("", str((body, words.get("headers")))).find("$") < 0,
    )


def compile_render(
    words: Words,
    own: Mapping[str, Mapping[str, Json]] | None = None,
    declared: Declared | None = None,
    check: Callable[[int, Json], str | None] | None = None,
) -> Render:
    """A function that makes an answer of a problem; `own` are the words of one operation or resource, by kind.

    Where the document gives no error body, `declared` says what the operation declares for a status.
    `check` says how a body breaks the document.
    """
    told = _told(words, own or {}, declared)

    def render(problem: Problem, call: Call) -> Answer:
        known = told[problem.kind]
        status = problem.status or known["status"]
        code = problem.code or known.get("code") or words.code(status)
        detail = _filled(problem.detail if problem.told else known.get("detail") or problem.detail, problem)
        said = {
            "code": code, "status": status, "detail": detail, "title": problem.title or known["title"],
            "field": problem.field or known.get("field"), "kind": problem.kind,
        }  # fmt: skip
        if not words.plain:
            call.values["errors"] = [_item(fault) for fault in problem.faults] or _lone(problem)
            said["sentence"], said["summary"] = _sentence(detail), _summary(problem, detail)
            said["errors"] = [_rfc9457(fault) for fault in problem.faults] or None
        call.values["problem"] = {name: value for name, value in said.items() if value is not None}
        headers = (*problem.headers, *_texts(words.headers(call))) if words.headers else problem.headers
        if words.body is None:
            form = declared.form(status, call.request.headers.get("accept")) if declared else None
            return (form or Form(words.media_type, words.details)).answer(status, headers, call)
        value = words.body(call)
        wrong = check(status, value) if check and problem.kind != "server-error" else None
        if wrong is not None:  # a bug of ours, or of an annotation: told as one
            return render(Problem("server-error", wrong, step="answer check"), call)
        return Answer(status, (("Content-Type", words.media_type), *headers), orjson.dumps(value))

    return render


def _told(
    words: Words, own: Mapping[str, Mapping[str, Json]], declared: Declared | None
) -> dict[str, Mapping[str, Json]]:
    """What is said of each kind of problem: by this module, the root's words, and the operation's own."""
    told: dict[str, Mapping[str, Json]] = {}
    for kind, (usual, title) in KINDS.items():
        wider = FALLS_BACK.get(kind, kind)
        status = declared.status(kind, usual) if declared and words.body is None else usual
        layers = ({"status": status}, *(one.get(name) or {} for one in (words.kinds, own) for name in (wider, kind)))
        told[kind] = {name: value for layer in layers for name, value in layer.items()} | {"title": title}
    return told


# kind -> the statuses that documents declare for it, the best first
DECLARED_AS: dict[str, tuple[int, ...]] = {
    "invalid-body": (422, 400),
    "invalid-parameter": (422, 400),
    "dangling-reference": (422, 400, 404),
    "malformed-body": (400, 422),
    "conflict": (409, 422, 400),
    "rule-broken": (409, 422, 403, 400),
}


KEPT = 64  # forms of one operation that are kept at hand


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a refusal: its media type, its body, and the headers that the document describes."""

    media_type: str
    body: Value
    encode: Callable[[Any], bytes] = orjson.dumps
    headers: tuple[tuple[str, str], ...] = ()

    def answer(self, status: int, headers: tuple[tuple[str, str], ...], call: Call) -> Answer:
        """The answer; a header of the problem itself counts before one that is made up."""
        told = {name.lower() for name, _ in headers}
        more = tuple(one for one in self.headers if one[0].lower() not in told)
        return Answer(status, (("Content-Type", self.media_type), *headers, *more), self.encode(self.body(call)))


@dataclass(frozen=True, slots=True)
class Declared:
    """What an operation declares for refusals: `statuses`, and the form of each for an Accept header."""

    statuses: frozenset[str]
    form_of: Callable[[int, str | None], Form | None]
    known: dict[tuple[int, str | None], Form | None] = field(default_factory=dict)

    def status(self, kind: str, usual: int) -> int:
        """The status of a kind of refusal: one that is declared, where one fits; else the usual one."""
        wanted = DECLARED_AS.get(kind, (usual,))
        return next(
            (status for status in wanted if str(status) in self.statuses), 422 if kind == "invalid-parameter" else usual
        )

    def form(self, status: int, accept: str | None) -> Form | None:
        """How the document has a status answered; None when it declares nothing for it."""
        if (status, accept) not in self.known:
            if len(self.known) >= KEPT:
                self.known.clear()
            self.known[status, accept] = self.form_of(status, accept)
        return self.known[status, accept]


def _filled(detail: str, problem: Problem) -> str:
    if "{" not in detail:
        return detail
    words = {"field": problem.field or "", "detail": problem.detail, "value": problem.value}
    return re.sub(r"\{(field|detail|value)\}", lambda match: words[match[1]], detail)


def _item(fault: Fault) -> dict[str, str]:
    """What `$item` is for one fault: `detail` is a clause, `sentence` the same as a sentence of its own."""
    sentence = _sentence(fault.detail)
    return {"field": fault.field, "detail": fault.detail, "sentence": sentence, "where": fault.where, "at": fault.at}


def _summary(problem: Problem, detail: str) -> str:
    """All that is wrong in one text; the words of the problem where it has one fault or none."""
    told = [f"{fault.field} {fault.detail}" if fault.field else fault.detail for fault in problem.faults]
    text = "; ".join(told) if len(told) > 1 else detail
    return _sentence(text)


def _sentence(text: str) -> str:
    """A clause with a capital before it, unless it begins with a name that would be spelt wrong by that."""
    return text[:1].upper() + text[1:] if text.partition(" ")[0].isalpha() and text[:1].islower() else text


def _lone(problem: Problem) -> list[dict[str, str]]:
    if problem.field is None:
        return []
    detail = problem.detail.removeprefix(f"{problem.field} ")
    return [_item(Fault("body", "/" + problem.field.replace(".", "/"), problem.field, detail))]


def _rfc9457(fault: Fault) -> dict[str, str]:
    """RFC 9457, section 3: `pointer` for the body, `parameter` for the rest."""
    where = {"pointer": f"#{fault.at}"} if fault.where == "body" else {"parameter": fault.at}
    return {**where, "detail": fault.detail}


def _texts(headers: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(value)) for name, value in headers.items())
