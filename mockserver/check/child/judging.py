"""Which failures of schemathesis count: not those of requests that the document, as it is read, treats otherwise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from mockserver.check.answers import asked
from mockserver.check.checking import Checking
from mockserver.check.child.adapting import label
from mockserver.check.child.events import Call, Failure
from mockserver.check.contract import Planned
from mockserver.check.findings import Exchange
from mockserver.check.laws.oracle import INPUT, Oracle
from mockserver.check.laws.passive import WITHOUT_BODY
from mockserver.steps.call import Request

PART = "schemathesis"
UNSENT = frozenset({"host", "content-length", "connection", "accept-encoding", "authorization", "cookie"})
SAYS = {
    "not_a_server_error": "No request breaks the server.",
    "status_code_conformance": "An answer has a documented status.",
    "content_type_conformance": "An answer has a documented media type.",
    "response_headers_conformance": "An answer has the documented headers.",
    "response_schema_conformance": "The body of an answer is as its schema says.",
    "negative_data_rejection": "A request that the schemas don't allow is refused.",
    "positive_data_acceptance": "A request that the schemas allow is accepted.",
    "missing_required_header": "A request without a required header is refused.",
    "unsupported_method": "A method that isn't documented is refused with 405 and `Allow`.",
    "allow_header_conformance": "The header `Allow` names the documented methods.",
    "use_after_free": "A deleted record is gone.",
    "ensure_resource_availability": "A created record is there.",
    "ignored_auth": "Without a valid key, nothing is answered.",
    "object_level_authorization": "What belongs to one isn't another's to see.",
}
CRITICAL = frozenset({"not_a_server_error", "ignored_auth", "use_after_free", "ensure_resource_availability"})

PARAMETER = re.compile(r"\{[^}]*\}")
ACCESS = ("401", "403", "429")  # refusals that say nothing of what was sent
OF_BODIES = ("response_schema_conformance", "content_type_conformance")
MOST_ALIKE = 2  # findings of one check on one operation; the first says what there is to say
SEVERAL = ("use_after_free", "ensure_resource_availability")  # what takes more than one call to show


def law(check: str) -> str:
    """The law of a check: `response-schema-conformance`."""
    return check.replace("_", "-").lower()


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges failures by what our own mock says to the same request."""

    checking: Checking
    oracle: Oracle
    by_label: Mapping[str, Planned]

    def excused(self, failure: Failure, exchange: Exchange) -> str:
        """Why a failure is none; empty where it counts."""
        found = self.checking.contract.match(exchange.method, self._path(exchange))
        planned = found[0] if found else None
        if failure.check in OF_BODIES and exchange.status in WITHOUT_BODY and not exchange.answer:
            return "an answer of this status has no body, whatever is described (RFC 9110, 15.3.5)"
        if failure.kind == "RejectedPositiveData":
            if planned and self.oracle.refusal(planned, self._request(exchange)) is not None:
                return "the document, as its x-mock reads, refuses the request too"
        elif failure.kind == "AcceptedNegativeData":
            refusal = self.oracle.refusal(planned, self._request(exchange, self._tenant(planned))) if planned else None
            if planned and (refusal is None or not refusal.of_input):
                return "the document, as its x-mock reads, takes the request too"
        elif failure.kind == "EnsureResourceAvailability":
            there = {created.key for created, _ in self.checking.target.ledger.entries.values()}
            if not there & {unquote(part) for part in re.split(r"[/?&=]", exchange.path)}:
                return "the record that was asked for is none that was made, or it was deleted meanwhile"
        elif failure.check == "status_code_conformance":
            refusal = self.oracle.refusal(planned, self._request(exchange)) if planned else None
            named = refusal is not None and refusal.statuses  # by the document
            if refusal is not None and not named and _one_class(refusal.status, exchange.status):
                return "the document, as it is read, refuses the request, and names no status for that"
            return _unnamed(planned, exchange.status)
        elif failure.check == "allow_header_conformance" and failure.operation in self.by_label:
            allowed = {one.strip().lower() for one in (exchange.header("allow") or "").split(",")} - {"head", "options"}
            if allowed == self._methods(self.by_label[failure.operation]) - {"head", "options"}:
                return "another path of the document has the same shape, and these methods too"
        elif failure.kind == "MissingHeaderNotRejected" and exchange.key:
            return "the header was sent after all"
        return ""

    def _methods(self, planned: Planned) -> set[str]:
        """The methods of all paths that no request tells apart: they differ in the names of their parameters only."""
        shape = PARAMETER.sub("{}", planned.operation.path)
        return {
            method for path, method in self.checking.contract.operations if PARAMETER.sub("{}", path) == shape
        }  # fmt: skip

    def _path(self, exchange: Exchange) -> str:
        return exchange.path.partition("?")[0].removeprefix(self.checking.target.prefix)

    @staticmethod
    def _tenant(planned: Planned) -> str:
        """The header that names a tenant: where a server has taken one, it knows it, and our mock need not."""
        partition = planned.resource.partition if planned.resource else None
        part, way = asked(partition["from"]) if partition else ("", ())
        return way[0].lower() if part == "header" else ""

    def _request(self, exchange: Exchange, without: str = "") -> Request:
        """A call as our mock is asked it; `without` a header."""
        unsent = {*UNSENT, without}
        headers = {name.lower(): value for name, value in exchange.headers if name.lower() not in unsent}
        query = exchange.path.partition("?")[2]
        return Request(exchange.method, self._path(exchange), query, headers, exchange.body)

    def tell(self, call: Call, exchange: Exchange, led: tuple[Exchange, ...]) -> None:
        """Notes the failures of a call that count, each as a finding."""
        for failure in call.failures:
            if self.excused(failure, exchange) or not self.checking.options.wants_law(law(failure.check), PART):
                continue
            planned = self.by_label.get(failure.operation)
            operation = planned.operation.id if planned else failure.operation
            if self.checking.tally.broken[operation, f"{PART}/{law(failure.check)}"] >= MOST_ALIKE:
                continue
            expected, seen = told(failure, exchange)
            severity = "critical" if failure.check in CRITICAL else "major"
            exchanges = (*led, exchange) if failure.check in SEVERAL else (exchange,)
            self.checking.find(
                PART, law(failure.check), planned or failure.operation, severity,
                SAYS.get(failure.check, f"{failure.title}."), expected, seen, exchanges,
            )  # fmt: skip


def _one_class(one: int, other: int) -> bool:
    """Whether two statuses refuse the same kind of thing."""
    return one == other or {one, other} <= {*INPUT}


def _unnamed(planned: Planned | None, status: int) -> str:
    """Why a status that isn't documented is none too many; empty where it is: documents seldom name every refusal, and
    what names none, but for those of access, or no success, says nothing of them."""
    if planned and str(status) in ACCESS and not {*ACCESS, "4XX", "default"} & planned.operation.responses.keys():
        return "the document doesn't say how access is refused"
    access = ACCESS if str(status) not in ACCESS else ()
    known = [one for one in planned.operation.responses if one not in access] if planned else []
    kind = "4" if 400 <= status < 500 else "23" if status < 400 else ""
    if planned and kind and not any(one[:1] in kind or one == "default" for one in known):
        return f"the document names no status of {kind[0]}XX"
    return ""


def told(failure: Failure, exchange: Exchange) -> tuple[str, str]:
    """What was expected and what was seen, from a failure's own words."""
    words = " ".join(failure.message.partition("Hint:")[0].split())
    given = re.search(r"(?i)expected:? (.+?)(?:\.$|$)", words)
    seen = f"{exchange.status or exchange.error} {' '.join(exchange.answer[:300].decode('utf-8', 'replace').split())}"
    return (given[1] if given else words[:300]) or failure.title, seen.strip()[:300]


def judge(checking: Checking, oracle: Oracle) -> Judge:
    """A judge for one check."""
    return Judge(checking, oracle, {label(one): one for one in checking.contract.operations.values()})
