"""Requests with one fault each, for an operation of a document: what a validating server has to refuse."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from drive import Driver, Route, cookie, joined
from wires import Unwritable, body

from mockserver.spec.model import Operation, Parameter
from mockserver.steps.call import Request
from mockserver.world.merging import Unsatisfiable

ODD = ("no such value!", "", "-1", "0.5", "99999999999999999999", "x" * 4_000)
VALUES = (None, True, "no such value!", "", -1, 0.5, 10**20, "x" * 4_000, [], {}, [None], {"x": None})


def broken(driver: Driver, route: Route) -> Iterator[tuple[str, Request]]:
    """Requests of an operation, each with one fault, and what the fault is."""
    operation = driver.operation(route)
    try:
        valid = driver.request(route, whole=False)
    except (Unwritable, Unsatisfiable):
        return
    yield from _parameters(driver, operation, valid)
    if operation.body and operation.body.media:
        try:
            kind, payload = driver.body(operation)
        except (Unwritable, Unsatisfiable):
            return
        filled = valid._replace(headers={**valid.headers, "content-type": kind}, body=payload)
        yield from _bodies(driver, operation, filled)


def _parameters(driver: Driver, operation: Operation, valid: Request) -> Iterator[tuple[str, Request]]:
    for one in operation.parameters:
        kinds = driver.served.around.schemas.at(one.schema).kinds
        is_spread = (
            one.style == "form" and one.explode and "object" in kinds
        )  # its properties stand under their own names
        if one.location not in ("query", "header", "cookie") or is_spread:
            continue
        if one.required:
            yield f"without {one.location} {one.name}", without(valid, one)
        if one.media_type or one.style == "deepObject":
            continue
        for text in ODD:
            if text and one.location != "path" and not _readable(driver, one, text):
                yield f"{one.location} {one.name} = {text[:20]}", with_text(without(valid, one), one, text)
                break


def without(request: Request, one: Parameter) -> Request:
    """The request without a parameter."""
    if one.location == "header":
        return request._replace(headers={k: v for k, v in request.headers.items() if k != one.name.lower()})
    if one.location == "cookie":
        kept = [part for part in request.headers.get("cookie", "").split("; ") if not part.startswith(f"{one.name}=")]
        return request._replace(headers={**request.headers, "cookie": "; ".join(kept)})
    name = quote(one.name, safe="[]").partition("[")[0]
    kept = [part for part in request.query.split("&") if part.partition("=")[0].partition("[")[0] != name]
    return request._replace(query="&".join(kept))


def with_text(request: Request, one: Parameter, text: str) -> Request:
    if one.location == "header":
        return request._replace(headers={**request.headers, one.name.lower(): text})
    if one.location == "cookie":
        return request._replace(headers={**request.headers, **cookie([(one.name, quote(text, safe=""))], request)})
    pair = joined([(quote(one.name, safe="[]"), quote(text, safe=""))])
    return request._replace(query="&".join(filter(None, (request.query, pair))))


def _readable(driver: Driver, one: Parameter, text: str) -> bool:
    """Whether a text can be read as something valid, as generously as that may be."""
    schema = driver.served.around.schemas.at(one.schema, "request")
    readings: list[Any] = [text, [text], text.split(","), {"x": text}, {text: ""}]
    try:
        number = json.loads(text)
        readings += [number, [number], {"x": number}]
        readings += [int(number)] if float(number).is_integer() else []
    except ValueError:
        pass
    return any(schema.is_valid(each) for each in readings) or "object" in schema.kinds


def _bodies(driver: Driver, operation: Operation, valid: Request) -> Iterator[tuple[str, Request]]:
    assert operation.body
    media = operation.body.media[0]
    if operation.body.required:
        headers = {name: value for name, value in valid.headers.items() if name != "content-type"}
        yield "without a body", valid._replace(headers=headers, body=b"")
    if not any("*" in one.type for one in operation.body.media):
        yield "a media type that nobody declared", valid._replace(headers={**valid.headers, "content-type": "a/b"})
    if not media.type.endswith("json"):
        return
    yield "malformed JSON", valid._replace(body=valid.body + b"}")
    if media.schema is None:
        return
    schema, value = driver.served.around.schemas.at(media.schema, "request"), json.loads(valid.body)
    found = [(f"body is {odd!r:.20}", odd) for odd in VALUES]
    for path in places(value):
        found += [(f"body without {path}", changed(value, path))]
        wrong = next((odd for odd in VALUES if not schema.is_valid(changed(value, path, odd))), ...)
        found += [(f"{path} is {wrong!r:.20}", changed(value, path, wrong))] if wrong is not ... else []
    for label, each in found:
        if not schema.is_valid(each):
            yield label, valid._replace(body=body(media.type, each)[1])


def places(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The way to every member of a value, three levels deep."""
    members = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    for key, one in members:
        yield (*at, key)
        if len(at) < 2:
            yield from places(one, (*at, key))


def changed(value: Any, path: tuple[str | int, ...], odd: Any = ...) -> Any:
    """A copy with another value at a place, or with nothing there."""
    key, *rest = path
    copied = dict(value) if isinstance(value, dict) else list(value)
    if rest:
        copied[key] = changed(copied[key], tuple(rest), odd)
    elif odd is ...:
        del copied[key]
    else:
        copied[key] = odd
    return copied
