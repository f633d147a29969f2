"""A document as an `Api`: its routes at once, each operation when it is first asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from posixpath import normpath
from typing import Any
from urllib.parse import urlsplit

from mockserver.spec.document import Document
from mockserver.spec.errors import SpecError, nearest
from mockserver.spec.model import Api, Body, Header, Json, Media, Operation, Parameter, Response
from mockserver.spec.paths import TEMPLATE, of_path_item, operations, path_items
from mockserver.spec.pointers import Trail, join, of_reference, trail_of, written

STYLES = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}  # 3.1, 4.8.12.2
PLACES = (*STYLES, "querystring")  # the last is of 3.2: the whole query is one value, with a media type
IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"})  # as parameters: 3.1, 4.8.12.2.1
Places = Mapping[tuple[str, str], Trail]


def read(document: Document, name: str) -> Api:
    """The API that a document describes. `name` is what its user calls it."""
    content = document.content
    places: dict[tuple[str, str], Trail] = {}
    servers = _servers(content)
    for path, method, operation, trail in operations(content):
        places[path, method] = trail
        servers += _servers(operation)
    for item in (content.get("paths") or {}).values():
        servers += _servers(item)
    webhooks = {
        hook: {method: trail for _, method, _, trail in of_path_item(content, hook, item, ((None, "webhooks"), hook))}
        for hook, item in (content.get("webhooks") or {}).items()
        if isinstance(item, dict)
    }
    hooks = {(hook, method): trail for hook, methods in webhooks.items() for method, trail in methods.items()}
    broken = _broken(document, places)
    info: dict[str, Json] = content["info"] if isinstance(content.get("info"), dict) else {}

    def compile_one(path: str, method: str) -> Operation:
        if (path, method) in broken:
            raise SpecError(broken[path, method], document.position(written(places[path, method])))
        trail = places.get((path, method)) or hooks.get((path, method))
        if trail is None:
            raise SpecError(f"there is no {method.upper()} {path}{nearest(path, {one for one, _ in places})}")
        return compile_operation(document, path, method, trail)

    return Api(
        name=name,
        title=str(info.get("title") or name),
        version=str(info.get("version") or ""),
        document=document,
        base_paths=tuple(dict.fromkeys(servers)) or ("",),
        routes=tuple(places),
        broken=broken,
        webhooks={hook: tuple(methods) for hook, methods in webhooks.items()},
        given=content.get("x-mock") or {},
        compile=compile_one,
    )


def compile_operation(document: Document, path: str, method: str, trail: Trail) -> Operation:
    """One operation, all of its references followed. Raises SpecError for one that can't be used."""
    pointer = written(trail)
    node = document.at(pointer)
    item_pointer = pointer.rpartition("/")[0].removesuffix("/additionalOperations")
    security = node.get("security", document.content.get("security"))
    return Operation(
        id=node.get("operationId") or f"{method} {path}",
        method=method,
        path=path,
        pointer=pointer,
        parameters=_parameters(document, pointer, item_pointer, path),
        body=_body(document, pointer, node),
        responses=dict(_responses(document, pointer, node)),
        security=tuple(_requirement(one) for one in security if isinstance(one, dict))
        if isinstance(security, list)
        else (),
        given=node.get("x-mock") or {},
    )


def _requirement(node: Mapping[str, Json]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(scopes) if isinstance(scopes, list) else () for name, scopes in node.items()}


def _broken(document: Document, places: Places) -> dict[tuple[str, str], str]:
    reasons = {note.pointer: note.message for note in document.notes if note.harm == "operation"}
    if not reasons:
        return {}
    return {route: reasons[pointer] for route, trail in places.items() if (pointer := written(trail)) in reasons}


def _parameters(document: Document, pointer: str, item_pointer: str, path: str) -> tuple[Parameter, ...]:
    """The operation's parameters and its path item's; the operation's own win by name and place (3.1, 4.8.10.1)."""
    found: dict[tuple[str, str], Parameter] = {}
    names = set(TEMPLATE.findall(path))
    item = document.at(item_pointer)
    around = [
        one for _, trail in path_items(document.content, item, trail_of(item_pointer)) for one in [written(trail)]
    ]
    for holder in (*reversed(around), pointer):
        listed = document.at(holder).get("parameters")
        for index in range(len(listed) if isinstance(listed, list) else 0):
            parameter = _parameter(document, join(holder, "parameters", index))
            if parameter and (parameter.location != "path" or parameter.name in names):
                found[parameter.location, parameter.name] = parameter
    return tuple(found.values())


def _parameter(document: Document, pointer: str) -> Parameter | None:
    """A parameter, with its style; None for one without name or place, and for a header that means nothing as a
    parameter."""
    pointer, node = document.resolve(pointer)
    if not isinstance(node, dict):
        return None
    name, place = node.get("name"), str(node.get("in")).lower()
    if name is None or place not in PLACES or (place == "header" and str(name).lower() in IGNORED_HEADERS):
        return None
    media = _media(document, pointer, node)
    style = node["style"] if isinstance(node.get("style"), str) else STYLES.get(place, "form")
    explode = node["explode"] if isinstance(node.get("explode"), bool) else style in ("form", "cookie")
    return Parameter(
        name=str(name),
        location=place,
        required=node.get("required") is True or place == "path",
        pointer=pointer,
        schema=_schema(document, pointer, node) or (media[0].schema if media else None) or join(pointer, "schema"),
        style=style,
        explode=explode,
        allow_reserved=node.get("allowReserved") is True,
        allow_empty=node.get("allowEmptyValue") is True,
        media_type=media[0].type if media else None,
    )


def _body(document: Document, pointer: str, node: Json) -> Body | None:
    if not isinstance(node.get("requestBody"), dict):
        return None
    pointer, body = document.resolve(join(pointer, "requestBody"))
    return (
        Body(body.get("required") is True, pointer, _media(document, pointer, body)) if isinstance(body, dict) else None
    )


def _responses(document: Document, pointer: str, node: Json) -> Iterator[tuple[str, Response]]:
    responses = node.get("responses")
    for status in responses if isinstance(responses, dict) else ():
        if not status.startswith("x-"):
            place, response = document.resolve(join(pointer, "responses", status))
            yield (
                status,
                Response(status, place, _media(document, place, response), _headers(document, place, response)),
            )


def _headers(document: Document, pointer: str, response: Json) -> tuple[Header, ...]:
    """A response's headers; `Content-Type` is none (3.1, 4.8.17.1)."""
    found = []
    headers = response.get("headers")
    for name in headers if isinstance(headers, dict) else ():
        if name.lower() != "content-type":
            place, header = document.resolve(join(pointer, "headers", name))
            media = _media(document, place, header)
            schema = _schema(document, place, header) or (media[0].schema if media else None)
            found.append(Header(name, header.get("required") is True, place, schema))
    return tuple(found)


def _media(document: Document, pointer: str, node: Json) -> tuple[Media, ...]:
    """The media types of a `content`; of two that differ only in their charset, or how they are written, the first
    counts."""
    content = node.get("content")
    found: dict[tuple[str, ...], Media] = {}
    for said in content if isinstance(content, dict) else ():
        kind, *more = (part.strip() for part in said.split(";"))
        place, media = document.resolve(join(pointer, "content", said))
        encoding = media.get("encoding") if isinstance(media.get("encoding"), dict) else {}
        telling = sorted(one.lower() for one in more if one and not one.lower().startswith("charset="))
        found.setdefault(
            (kind.lower(), *telling),
            Media(kind.lower(), place, _schema(document, place, media), encoding, "; ".join(filter(None, more))),
        )
    return tuple(found.values())


def _schema(document: Document, pointer: str, node: Json) -> str | None:
    """The pointer of an object's schema; of the schema behind it where it is nothing but a `$ref`."""
    if "schema" not in node:
        return None
    pointer = join(pointer, "schema")
    schema = document.at(pointer)
    for _ in range(50):
        if not isinstance(schema, dict) or schema.keys() != {"$ref"}:
            break
        pointer = of_reference(schema["$ref"])
        schema = document.at(pointer)
    return pointer


def _servers(node: Any) -> list[str]:
    """The base paths of an object's servers, variables at their defaults: `/v2`, or '' for the root (3.1, 4.8.5)."""
    listed = node.get("servers") if isinstance(node, dict) else None
    found = []
    for server in listed if isinstance(listed, list) else ():
        if isinstance(server, dict) and isinstance(server.get("url"), str):
            variables = server.get("variables") if isinstance(server.get("variables"), dict) else {}
            path = normpath("/" + _path(_filled(server["url"], variables or {}))).strip("/")  # it may be relative
            found.append(f"/{path}" if path else "")
    return found


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:  # brackets that hold no IPv6 address, say
        return ""


def _filled(url: str, variables: Mapping[str, Json]) -> str:
    """A server's URL, each variable at its default; one that has none is its own name."""
    for name in re.findall(r"\{([^{}]*)\}", url):
        variable = variables.get(name)
        value = str(variable.get("default", name)) if isinstance(variable, dict) else name
        url = url.replace(f"{{{name}}}", value)
    return url
