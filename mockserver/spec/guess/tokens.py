"""Which operations give out tokens: those that a security scheme names, and those that look like one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from mockserver.spec.behaviour import Said, laid_over
from mockserver.spec.guess.shapes import body_media, json_media, success
from mockserver.spec.infer import Understanding
from mockserver.spec.model import Api, Json, Operation
from mockserver.spec.schema import Schemas

TOKEN_PATH = re.compile(r"(^|/)(oauth2?|auth|connect)(/v\d+)?/(access_?)?token/?$|^/token/?$", re.IGNORECASE)


def with_tokens(found: Understanding, api: Api, schemas: Schemas) -> Understanding:
    """The same, with `issue-token` for token endpoints that nobody has said anything else about."""
    named = set(_token_paths(api, schemas))
    operations = dict(found.operations)
    for route in api.routes:
        path, method = route
        if method != "post" or route not in operations or "does" in api.operation(*route).given:
            continue
        if path.rstrip("/") in named or (TOKEN_PATH.search(path) and _gives_tokens(api.operation(*route), schemas)):
            operations[route] = _words(api.operation(*route))
    doubts = {route: doubt for route, doubt in found.doubts.items() if operations[route] is found.operations[route]}
    return replace(found, operations=operations, doubts=doubts)


def _words(operation: Operation) -> Said:
    status, _ = success(operation)
    words = {"does": "issue-token", "answer": "$record", **({"status": status} if status is not None else {})}
    return laid_over(words, operation.given)


def _token_paths(api: Api, schemas: Schemas) -> Iterator[str]:
    """The paths of OAuth flows' token and refresh URLs, with and without the servers' base paths (3.1, 4.8.29)."""
    schemes = (schemas.content.get("components") or {}).get("securitySchemes") or {}
    flows = [flow for one in schemes.values() for flow in _members(_member(one, "flows"))]
    for flow in flows:
        for name in ("tokenUrl", "refreshUrl"):
            url = _member(flow, name)
            path = _path(url) if isinstance(url, str) else ""
            for base in (*api.base_paths, ""):
                if path.startswith(f"{base}/"):
                    yield path.removeprefix(base)


def _member(node: Json, name: str) -> Json:
    return node.get(name) if isinstance(node, dict) else None


def _members(node: Json) -> list[Json]:
    return list(node.values()) if isinstance(node, dict) else []


def _path(url: str) -> str:
    try:
        return "/" + urlsplit(url).path.strip("/")
    except ValueError:
        return ""


def _gives_tokens(operation: Operation, schemas: Schemas) -> bool:
    """Whether an operation takes a grant and shows an access token (RFC 6749, sections 4 and 5.1)."""
    sent, shown = body_media(operation), json_media(success(operation)[1])
    takes = sent is not None and "grant_type" in schemas.properties(schemas.look_up(sent))
    return takes and shown is not None and "access_token" in schemas.properties(schemas.look_up(shown))
