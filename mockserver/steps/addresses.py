"""The mock's own address, as the client of a call sees it: for links in answers that lead back to it."""

from __future__ import annotations

from urllib.parse import quote, unquote_plus, urlencode

from mockserver.steps.call import Call

KEPT = "%=!$'()*+,;:@/?-._~"  # stays as it is in a query (RFC 3986, section 3.4); brackets don't


def base(call: Call) -> str:
    """Where the API's paths begin, without a slash at the end: `http://127.0.0.1:4010/v2`."""
    count = call.template.count("/")
    path = call.request.path
    head = path.rsplit("/", count)[0] if count else path.rstrip("/")
    return origin(call) + head


def origin(call: Call) -> str:
    """Scheme, host and the prefix under which the API is served: `http://127.0.0.1:4010/crm`."""
    request = call.request
    told = request.headers.get("x-forwarded-proto", "").partition(",")[0].strip().lower()  # by a proxy before us
    scheme = told if told in ("http", "https") else request.scheme
    return f"{scheme}://{request.headers.get('host', 'localhost')}{request.mount}"


def url(call: Call, **changes: object) -> str:
    """The call's own address, some query parameters set to other values; those set to None go."""
    return origin(call) + path(call, **changes)


def path(call: Call, **changes: object) -> str:
    """The call's own path and query, some parameters changed; those that stay are kept as they were sent."""
    parts = [part for part in call.request.query.split("&") if part]
    kept = [quote(part, safe=KEPT) for part in parts if unquote_plus(part.partition("=")[0]) not in changes]
    added = [(name, str(value)) for name, value in changes.items() if value is not None]
    query = "&".join([*kept, *([urlencode(added, quote_via=quote)] if added else [])])
    return f"{call.request.path}?{query}" if query else call.request.path
