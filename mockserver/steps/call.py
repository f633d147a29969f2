"""One call on its way through the steps: what came in, what is known of it so far, and what goes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from immutables import Map

from mockserver.spec.model import Json
from mockserver.world.world import World

NOTHING: Map[str, Any] = Map()

new = tuple.__new__  # makes a named tuple of all its values, as its own constructor does, at a third of the cost


class Request(NamedTuple):  # these are named tuples because each call makes some: a dataclass costs four times that
    """An HTTP request as it came, undecoded. Header names are lower case; a repeated header is joined by ', '."""

    method: str
    path: str  # raw, still percent-encoded, without the query and without the API's mount prefix
    query: str = ""  # raw, without '?'
    headers: Mapping[str, str] = NOTHING
    body: bytes = b""
    api: str = ""  # which API is meant; the only one when empty
    mount: str = ""  # the prefix that was before the path: '/crm' where several APIs are served
    scheme: str = "http"  # or https


class Wire(NamedTuple):
    """How an answer goes out where something is to go wrong on its way; `web.breaking` carries it out."""

    delay: int = 0  # milliseconds of real time before its first byte
    rate: int = 0  # bytes of the body per second; 0 for all at once
    end: str = ""  # see trouble.effects.ENDS; empty for an answer that arrives whole


class Answer(NamedTuple):
    """An HTTP response, complete but for Content-Length and Date."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    wire: Wire | None = None


class Fault(NamedTuple):
    """One thing that is wrong with a request: where, and a clause that follows the field's name.

    `at` is a JSON pointer for the body and the parameter's name otherwise; `field` is the name that people use,
    such as `email` or `metadata.team`.
    """

    where: str  # body, query, path, header or cookie
    at: str
    field: str
    detail: str  # 'must be a valid email address'


class Problem(NamedTuple):
    """A refusal, as data. `problems.render` gives it the API's own status, code, words and body."""

    kind: str  # see `kind` in spec/x-mock.yaml
    detail: str
    faults: tuple[Fault, ...] = ()
    field: str | None = None
    code: str | None = None
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    step: str = ""  # which step refused, for the journal; `refuser` where it is empty
    value: str = ""  # the value at fault, for `{value}` in a document's words
    told: bool = False  # whether `detail` is the document's own
    title: str | None = None  # in place of its kind's

    @classmethod
    def of_faults(cls, kind: str, faults: tuple[Fault, ...]) -> Problem:
        """A problem for bad input; its detail speaks of the first fault."""
        first = faults[0]
        whole = "the request body" if first.where == "body" and first.detail.startswith("must ") else ""
        name = first.field or whole
        detail = f"{name} {first.detail}" if name else first.detail
        return cls(kind, detail, faults, field=first.field or None)

    @property
    def refuser(self) -> str:
        """Which step refused: `input` unless it says otherwise, for bad input is noticed in many places."""
        own = {"conflict": "unique", "dangling-reference": "references"}
        return self.step or own.get(self.kind, "input")

    def given(self, words: Mapping[str, Json] | None) -> Problem:
        """This problem with what an x-mock `problem` says in place of its own words."""
        if not words:
            return self
        known = {name: words[name] for name in ("kind", "status", "code", "detail", "field") if words.get(name)}
        return self._replace(**known, told=self.told or "detail" in known)


class Call:  # no dataclass: what most calls don't have stays with the class, which makes making one cheaper
    """What the steps know of a call; each guard adds its part. `values` answers `$…` names (see steps/values)."""

    segments: Mapping[str, str] = NOTHING  # raw path parameters by name
    template: str = ""  # the path that was found, as the document writes it
    path: Mapping[str, Any] = NOTHING  # decoded parameters by location
    query: Mapping[str, Any] = NOTHING
    header: Mapping[str, Any] = NOTHING
    cookie: Mapping[str, Any] = NOTHING
    body: Json = None
    key: Mapping[str, Json] = NOTHING  # the caller's key, with `name`, `scopes`, `role`, `tier`, `user`

    def __init__(self, world: World, request: Request, now: int, number: int) -> None:
        self.world = world
        self.request = request
        self.now = now  # the world's time, milliseconds since 1970 UTC
        self.id = number  # the call's number in its world
        self.values: dict[str, Json] = {}  # record, before, page, created … as they become known


Guard = Callable[[Call], Problem | None]
"""Lets a call pass (None) or refuses it."""


def sent(query: Mapping[str, Any], name: str) -> Any:
    """What a call says under a parameter's name, or as a member of one: `page[size]` of `page`; None when nothing."""
    found = query.get(name)
    if found is None and name[-1:] == "]":
        head, *members = name[:-1].replace("]", "").split("[")
        found = query.get(head)
        for member in members:
            found = found.get(member) if isinstance(found, Mapping) else None
    return found
