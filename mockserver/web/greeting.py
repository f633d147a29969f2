"""What is said at start: one line for each API with what was understood, where it is, a key, and a request to try."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from urllib.parse import quote, urlencode

from mockserver.service import ServedApi, Service
from mockserver.spec.errors import SpecError
from mockserver.spec.model import Operation

ANYWHERE = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # where a browser finds what listens everywhere


def origin(host: str, port: int, scheme: str = "http") -> str:
    """`http://127.0.0.1:4010`, for people to click on."""
    named = ANYWHERE.get(host, host)
    return f"{scheme}://{f'[{named}]' if ':' in named else named}:{port}"


def greeting(service: Service, at: str, curl: str = "curl") -> Iterator[str]:
    """A line for each API that is served at an origin."""
    several = len(service.apis) > 1
    width = max(map(len, service.apis))
    for name, served in service.apis.items():
        url = f"{at}{f'/{name}' if several else ''}{served.api.base_paths[0] if served.api.base_paths else ''}"
        yield f"{name:{width}}  {_understood(served)}; {_key(served)}at {url or '/'}; try: {_curl(served, url, curl)}"


def losses(service: Service, tell: Callable[[str], None]) -> Iterator[None]:
    """Tells which operations can't be served, a line for each: found step by step, as all have to be compiled."""
    for found in service.check():
        if found is not None:
            name, (path, method), reason = found
            tell(f"{name}: {method.upper()} {path} can't be served: {' '.join(reason.split())}")
        yield


def _understood(served: ServedApi) -> str:
    counts = served.summary
    lost = f" ({len(served.api.broken)} not served)" if served.api.broken else ""
    return (
        f"{_counted(counts['operations'], 'operation')}{lost}, {_counted(counts['resources'], 'resource')}, "
        f"{_counted(counts['guessed'], 'word')} of x-mock guessed and {counts['given']} given"
    )


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _key(served: ServedApi) -> str:
    return f"key {served.keys[0]}; " if served.keys else ""


def _curl(served: ServedApi, url: str, curl: str) -> str:
    """A request that works: a GET whose parameters need no knowledge of the records, if there is one."""
    for operation in _plain(served):
        query = _required(served, operation)
        if query is not None:
            options, more = _credentials(served, operation)
            asked = urlencode(query + more, quote_via=quote)
            return " ".join([curl, *options, shlex.quote(url + operation.path + (f"?{asked}" if asked else ""))])
    return f"{curl} {url}/"


def _plain(served: ServedApi) -> Iterator[Operation]:
    """GETs without path parameters, the main lists first: those with the shortest paths."""
    paths = [path for path, method in served.api.routes if method == "get" and "{" not in path]
    for path in sorted(paths, key=lambda path: path.count("/"))[:5]:
        with suppress(SpecError):
            yield served.api.operation(path, "get")


def _required(served: ServedApi, operation: Operation) -> list[tuple[str, str]] | None:
    """Values for the query parameters that must be sent, from the document's examples; None where it shows none."""
    found = []
    for parameter in operation.parameters:
        if parameter.required:
            try:
                _, schema = served.api.document.resolve(parameter.schema)
            except SpecError:
                return None
            known = schema if isinstance(schema, Mapping) else {}
            shown = [*known.get("examples", ()), *known.get("enum", ()), known.get("default")]
            if parameter.location != "query" or not shown or not isinstance(shown[0], str | int):
                return None
            found.append((parameter.name, str(shown[0])))
    return found


def _credentials(served: ServedApi, operation: Operation) -> tuple[list[str], list[tuple[str, str]]]:
    """What carries the first key (or any token, where there are none) to an operation: curl's options, and a query."""
    secret = served.keys[0] if served.keys else "any-token"
    schemes = served.around.access.schemes
    options: list[str] = []
    query: list[tuple[str, str]] = []
    for name in next(iter(operation.security), {}):
        scheme = schemes.get(name, {})
        place, field = scheme.get("in"), str(scheme.get("name", ""))
        if scheme.get("type") != "apiKey":
            basic = str(scheme.get("scheme", "")).lower() == "basic"
            options += ["-u", shlex.quote(f"{secret}:")] if basic else ["-H", f"'Authorization: Bearer {secret}'"]
        elif place == "query":
            query.append((field, secret))
        else:
            options += ["-b", shlex.quote(f"{field}={secret}")] if place == "cookie" else ["-H", f"'{field}: {secret}'"]
    return options, query
