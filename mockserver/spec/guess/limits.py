"""Guesses rate limits from the headers that a document declares: what answers tell, and how much there is to use up.

Such a guess tells and never refuses (`mode: warn`): a document that says which headers there are seldom says how many
requests pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mockserver.spec.behaviour import Said, Words, laid_over
from mockserver.spec.model import Api, Header, Json, Operation
from mockserver.spec.schema import Schemas

REQUESTS, PER = 1_000, "PT1H"  # where no example says how many
LARGEST = 10**8  # an example beyond it is a time, or nonsense
EPOCH = re.compile(r"unix|epoch|timestamp|utc|since 1970", re.IGNORECASE)

# header name without `x-`, in lower case -> what it tells
TOLD: Mapping[str, str] = {
    "ratelimit-limit": "limit", "rate-limit-limit": "limit", "rate-limit": "limit", "ratelimit-max": "limit",
    "ratelimit-remaining": "remaining", "rate-limit-remaining": "remaining", "ratelimit-used": "used",
    "rate-limit-used": "used", "ratelimit-reset": "reset", "rate-limit-reset": "reset",
    "ratelimit-reset-after": "reset-after", "rate-limit-reset-after": "reset-after",
    "ratelimit-policy": "policies", "ratelimit": "services",
}  # fmt: skip


def limits_of(api: Api, operations: Mapping[tuple[str, str], Operation], schemas: Schemas) -> Said:
    """The `limits` of a document: given ones, else what its headers imply, else none."""
    given = api.given.get("limits") or {}
    if given:
        return laid_over({}, given)
    found: dict[str, tuple[str, Header]] = {}
    for header in _headers(operations):
        member = TOLD.get(header.name.lower().removeprefix("x-"))
        if member and header.name.lower() not in found:
            found[header.name.lower()] = member, header
    if not {"limit", "remaining", "services"} & {member for member, _ in found.values()}:
        return laid_over({}, {})
    headers = {header.name: f"$limit.{_form(member, header, schemas)}" for member, header in found.values()}
    most = next((header for member, header in found.values() if member == "limit"), None)
    words: Words = {"mode": "warn", "windows": [{"requests": _requests(most, schemas), "per": PER}], "headers": headers}
    return laid_over(words, {})


def _headers(operations: Mapping[tuple[str, str], Operation]) -> Iterator[Header]:
    for operation in operations.values():
        for response in operation.responses.values():
            yield from response.headers


def _form(member: str, header: Header, schemas: Schemas) -> str:
    """How a reset is told: as Unix seconds, as a date, or as the seconds until then."""
    if member != "reset":
        return member
    node = schemas.follow(schemas.look_up(header.schema)) if header.schema else {}
    if isinstance(node, dict) and node.get("format") == "date-time":
        return "reset-date"
    said = schemas.look_up(header.pointer)
    text = " ".join(str(part.get("description", "")) for part in (said, node) if isinstance(part, dict))
    shown = next(iter(_examples(header, schemas)), None)
    if EPOCH.search(text) or (isinstance(shown, int) and shown > LARGEST):
        return "reset"
    # the IETF's drafts count seconds from now; the headers with `X-` before them mostly name a moment
    return "reset" if header.name.lower().startswith("x-") and not isinstance(shown, int) else "reset-after"


def _requests(header: Header | None, schemas: Schemas) -> int:
    """How many requests an example shows."""
    shown = _examples(header, schemas) if header else ()
    return next((one for one in shown if 0 < one < LARGEST), REQUESTS)


def _examples(header: Header, schemas: Schemas) -> Iterator[int]:
    """The whole numbers that a header's examples show."""
    said = schemas.look_up(header.pointer)
    node = schemas.follow(schemas.look_up(header.schema)) if header.schema else {}
    for part in (said, node):
        if isinstance(part, dict):
            named = part.get("examples")
            several: list[Json] = [*named.values()] if isinstance(named, dict) else [*(named or ())]
            values = [one.get("value") if isinstance(one, dict) else one for one in several]
            for value in (part.get("example"), *values, part.get("default")):
                if re.fullmatch(r"[0-9]{1,12}", str(value)):
                    yield int(str(value))
