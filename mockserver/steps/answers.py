"""Success: the status, headers and body of an answer, checked against the document before it leaves."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from mockserver.spec.errors import SpecError
from mockserver.spec.guess.shapes import RANGES
from mockserver.spec.model import Header, Json, Media, Operation
from mockserver.spec.schema import Schemas
from mockserver.steps.call import Answer, Call, Guard, Problem, new
from mockserver.steps.hiding import Hide, compile_hide
from mockserver.steps.mending import Mend, compile_mend
from mockserver.steps.negotiation import best
from mockserver.steps.samples import Sampler, compile_sample, is_bytes, sample_headers
from mockserver.steps.values import ABSENT, Value
from mockserver.steps.wire_out import concrete, encoder, labelled, root_of

Respond = Callable[[Call], Answer]
KEPT = 64  # Accept headers whose outcome is kept


class Breach(Exception):
    """An answer that would not be as the document says: a bug of ours or of an annotation, never shipped."""


@dataclass(frozen=True, slots=True)
class Form:
    """One way to answer one status: its media type, how its body is made, checked and written, and its headers."""

    body: Value | None
    is_valid: Callable[[Json], bool] | None
    encode: Callable[[Json], bytes]
    headers: tuple[tuple[str, str], ...]  # Content-Type first, where there is a body
    pointer: str | None
    mend: Mend | None = None
    spare: Value | None = None  # what is answered where a guess can't be mended


@dataclass(frozen=True, slots=True)
class Responder:
    """How an operation succeeds. `record` is the body made of records; without it, bodies are samples."""

    operation: Operation
    status: int
    record: Value | None
    location: Value | None
    schemas: Schemas
    sampler: Sampler
    told: Collection[str]  # headers, in lower case, that other steps fill
    headers: Callable[[Call], dict[str, Json]] | None = None  # what the answer's headers tell
    guessed: bool = False  # whether what is answered was inferred, so that a misfit is mended

    def forms(self, status: int) -> dict[str, Form]:
        """The ways to answer a status, by media type, JSON first; one without a body under ''."""
        response = self.operation.response(status)
        media = sorted(response.media, key=lambda one: not _is_plain_json(one.type)) if response else []
        declared = response.headers if response else ()
        headers = sample_headers(declared, self.operation.id, self.schemas, self.sampler, self.told)
        if not media:
            return {"": Form(None, None, bytes, headers, None)}
        found: dict[str, Form] = {}
        reason: SpecError | None = None
        for one in media:
            try:
                found[one.full] = self._form(one, headers)
            except SpecError as error:  # another media type may do
                reason = reason or error
        if reason and not found:
            raise reason
        return found

    def _form(self, media: Media, headers: tuple[tuple[str, str], ...]) -> Form:
        schema = self.schemas.at(media.schema, "response") if media.schema else None
        shows = is_json(media.type) or media.type.endswith("xml") or media.type.startswith("text/")
        own = self.record if shows else None
        # a guess that can't be mended gives way to a sample; so that there is one is known before the first call
        spare = (
            compile_sample(self.operation.id, media, self.schemas, self.sampler) if self.guessed or not own else None
        )
        body = own or spare
        hide = compile_hide(media.schema, self.schemas)
        body = _hiding(body, hide) if body and hide else body
        node = self.schemas.look_up(media.schema) if media.schema else None
        name = concrete(media.full, is_bytes(node, self.schemas))
        encode = encoder(name, node, self.schemas, root_of(media.schema), media.encoding)
        mend = compile_mend(schema, self.schemas, self.sampler) if schema and own and self.guessed else None
        return Form(
            body,
            schema.is_valid if schema else None,
            encode,
            (("Content-Type", labelled(name)), *headers),
            media.schema,
            mend,
            spare if own else None,
        )


def _hiding(body: Value, hide: Hide) -> Value:
    return lambda call: value if (value := body(call)) is ABSENT else hide(value)


def compile_respond(responder: Responder) -> Respond:
    """A function that answers success. It raises Breach when the body isn't as its schema says."""
    operation, status = responder.operation, responder.status
    known: dict[tuple[int, str | None], Form] = {}

    def form_of(code: int, accept: str | None) -> Form:
        form = known.get((code, accept))
        if form is None:
            forms = responder.forms(code)
            wanted = best(accept, list(forms)) or next(iter(forms))
            if len(known) >= KEPT:
                known.clear()
            form = known[code, accept] = forms[wanted]
        return form

    usual = form_of(status, None)  # now, so that what can't be met is told before the first call
    told = _headers(responder)

    def respond(call: Call) -> Answer:
        code, accept = call.values.get("status", status), call.request.headers.get("accept")
        form = usual if code == status and (accept is None or accept == "*/*") else form_of(code, accept)
        headers = form.headers
        if told is not None:
            own = told(call)
            headers = (*(one for one in headers if one[0].lower() not in own), *own.values())
        if form.body is None:
            return Answer(code, headers, b"")
        value = form.body(call)
        if value is ABSENT:
            raise Breach(f"the {code} answer of {operation.id} has no body, though #{form.pointer} describes one")
        if form.is_valid and not form.is_valid(value):
            mended = form.mend(value, operation.id) if form.mend else None
            if mended is None and form.spare:
                mended = form.spare(call)
            if mended is None:
                raise Breach(explained(operation, code, form.pointer or "", value, responder.schemas))
            value = mended
        return new(Answer, (code, headers, form.encode(value), None))

    return respond


def _headers(responder: Responder) -> Callable[[Call], dict[str, tuple[str, str]]] | None:
    """A function that gives the headers that tell of the records, by their names in lower case; None without any."""
    declared = {one.name.lower() for one in _declared(responder.operation, responder.status)}
    location, headers = responder.location if "location" in declared else None, responder.headers
    if location is None and headers is None:
        return None

    def told(call: Call) -> dict[str, tuple[str, str]]:
        found = headers(call) if headers else {}
        own = {name.lower(): (name, str(value)) for name, value in found.items() if value is not None}
        where = location(call) if location else None
        return {**own, "location": ("Location", where)} if isinstance(where, str) else own

    return told


def acceptable(operation: Operation, status: int) -> Guard | None:
    """Refuses a client that accepts none of the media types of success (406); None where any will do."""
    types = [one.full for one in operation.response(status).media] if operation.response(status) else []  # type: ignore[union-attr]
    if not types:
        return None
    known: dict[str, bool] = {}

    def check(call: Call) -> Problem | None:
        accept = call.request.headers.get("accept")
        if accept is None or accept == "*/*":
            return None
        fits = known.get(accept)
        if fits is None:
            if len(known) >= KEPT:
                known.clear()
            fits = known[accept] = best(accept, types) is not None
        return (
            None
            if fits
            else Problem("not-acceptable", f"this operation answers {', '.join(types)} only", step="accept")
        )

    return check


def is_json(media_type: str) -> bool:
    """Whether a media type is JSON: `application/json`, `application/hal+json`; or a range of types, `*/*`."""
    name = media_type.partition(";")[0].rstrip()
    return name.endswith("json") or name in RANGES


def _is_plain_json(media_type: str) -> bool:
    """Whether a media type is JSON, and no stream of it."""
    return media_type.endswith(("/json", "+json"))


def _declared(operation: Operation, status: int) -> tuple[Header, ...]:
    response = operation.response(status)
    return response.headers if response else ()


def explained(operation: Operation, status: int, pointer: str, value: Json, schemas: Schemas) -> str:
    """In what way a body breaks the schema at a pointer."""
    wrong = schemas.at(pointer, "response").violations(value)
    told = "; ".join(f"/{'/'.join(map(str, one.path))}: {one.message}" for one in wrong[:3])
    return f"the {status} answer of {operation.id} would break #{pointer}: {told}"


def check_refusal(operation: Operation, schemas: Schemas) -> Callable[[int, Json], str | None]:
    """A function that says how an error body breaks the document; None when it doesn't, or isn't declared."""
    checks: dict[int, tuple[str, Callable[[Json], bool]] | None] = {}

    def check_of(status: int) -> tuple[str, Callable[[Json], bool]] | None:
        response = operation.response(status)
        media = next((one for one in response.media if is_json(one.type) and one.schema), None) if response else None
        return (media.schema, schemas.at(media.schema, "response").is_valid) if media and media.schema else None

    def check(status: int, body: Json) -> str | None:
        if status not in checks:
            checks[status] = check_of(status)
        found = checks[status]
        if found is None or found[1](body):
            return None
        return explained(operation, status, found[0], body, schemas)

    return check
