"""The guard that decodes and validates what a request brings: parameters by style, body by media type."""

from __future__ import annotations

from mockserver.spec.model import Operation, Parameter
from mockserver.spec.schema import Schemas
from mockserver.steps.call import Call, Fault, Guard, Problem
from mockserver.steps.faults import MAX_FAULTS
from mockserver.steps.media import MAX_BODY, body_reader
from mockserver.steps.parameters import cookie_reader, header_reader, path_reader
from mockserver.steps.querystring import query_reader, whole_query_reader

NONE: list[Fault] = []


def guard(
    operation: Operation, schemas: Schemas, *, refuse_unknown: bool = False, body_as_query: bool = False,
    max_body: int = MAX_BODY,
) -> Guard:  # fmt: skip
    """Fills a call's path, query, header, cookie and body with decoded, valid values, or tells all faults at once.

    Refusals are of kind 'not-found' (a path parameter that no record can have, where the operation declares 404),
    'invalid-parameter', 'invalid-body', 'malformed-body', 'unsupported-media-type' or 'body-too-large' (more than
    `max_body` bytes). `call.segments` holds the raw path parameters by name. `refuse_unknown` refuses query
    parameters that are not declared. With `body_as_query`, the query may miss what is required: the body may bring it.
    """
    path = path_reader(operation.path, located(operation, "path"), schemas)
    whole = located(operation, "querystring")
    query = (
        whole_query_reader(whole[0], schemas) if whole
        else query_reader(located(operation, "query"), schemas, refuse_unknown, body_as_query)
    )  # fmt: skip
    header = header_reader(located(operation, "header"), schemas)
    cookie = cookie_reader(located(operation, "cookie"), schemas)
    body = body_reader(operation.body, schemas, max_body) if operation.body else None
    has_404 = "404" in operation.responses or "4XX" in operation.responses

    def check(call: Call) -> Problem | None:
        request, faults = call.request, NONE
        if path is not None:
            call.path, faults = path(call.segments)
            if faults and has_404:
                return Problem("not-found", f"nothing is found here: {faults[0].field} {faults[0].detail}")
        if query is not None:
            call.query, wrong = query(request.query)
            faults = faults + wrong if wrong else faults
        if header is not None:
            call.header, wrong = header(request.headers)
            faults = faults + wrong if wrong else faults
        if cookie is not None:
            call.cookie, wrong = cookie(request.headers.get("cookie", ""))
            faults = faults + wrong if wrong else faults
        if body is None:
            return refusal(faults) if faults else None
        call.body, problem = body(request)
        if not faults:
            return problem
        return refusal([*faults, *problem.faults] if problem is not None else faults)

    return check


def refusal(faults: list[Fault]) -> Problem:
    """The problem of bad parameters, and of a bad body beside them."""
    return Problem.of_faults("invalid-parameter", tuple(faults[:MAX_FAULTS]))


def located(operation: Operation, where: str) -> list[Parameter]:
    """The parameters of one place."""
    return [one for one in operation.parameters if one.location == where]
