"""Paths and operations as requests can reach them: `#` in a path, parameters that the path names, operationIds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mockserver.spec.model import METHODS, Json
from mockserver.spec.pointers import Trail, look_up, of_reference, trail_of
from mockserver.spec.survey import Survey

TEMPLATE = re.compile(r"\{([^{}]+)\}")
Found = tuple[str, str, dict[str, Json], Trail]  # path, method (lower case), operation, where it stands


def plain_paths(content: Json, survey: Survey) -> None:
    """Before the walk: takes `#…` and `?…` off paths, for no request's path has them, and puts a missing `/` before
    them.

    Where the plain path has the same method already, no request can be told to mean this one: it can't be served.
    """
    paths = content.get("paths")
    for path in list(paths) if isinstance(paths, dict) else ():
        plain = re.split(r"[#?]", path)[0]
        plain = plain if plain.startswith("/") else f"/{plain}"
        if path.startswith("x-") or plain == path:
            continue
        item = paths[path]
        if plain not in paths:
            paths[plain] = paths.pop(path)
            survey.note(((None, "paths"), path), f"the path {path} is read as {plain}")
        elif isinstance(item, dict):
            _move(item, paths[plain], path, plain, survey)


def _move(item: dict[str, Json], plain_item: Json, path: str, plain: str, survey: Survey) -> None:
    shared = _listed(item)
    for method in METHODS:
        operation = item.get(method)
        if not isinstance(operation, dict):
            continue
        here = (((None, "paths"), path), method)
        if isinstance(plain_item, dict) and method not in plain_item:
            plain_item[method] = item.pop(method)
            operation["parameters"] = [*shared, *_listed(operation)]
            survey.note(here, f"the path {path} is read as {plain}")
        else:
            survey.note(
                here, f"no request can be told from {method.upper()} {plain}, which has the same path", "operation"
            )


def operations(content: Json) -> Iterator[Found]:
    """Every operation of a document; a path item's `$ref` is followed, what stands beside it comes first (3.1,
    4.8.9)."""
    paths = content.get("paths")
    for path, item in paths.items() if isinstance(paths, dict) else ():
        if not path.startswith("x-") and isinstance(item, dict):
            yield from of_path_item(content, path, item, ((None, "paths"), path))


def of_path_item(content: Json, path: str, item: dict[str, Json], trail: Trail) -> Iterator[Found]:
    """The operations of one path item."""
    known: set[str] = set()
    for node, here in path_items(content, item, trail):
        for method in METHODS:
            if method in node and method not in known:
                known.add(method)
                yield path, method, node[method], (here, method)
        for method, operation in (node.get("additionalOperations") or {}).items():
            if method.lower() not in known:
                known.add(method.lower())
                yield path, method.lower(), operation, ((here, "additionalOperations"), method)


def path_items(content: Json, item: dict[str, Json], trail: Trail) -> Iterator[tuple[dict[str, Json], Trail]]:
    """A path item and those that its `$ref` leads to."""
    for _ in range(20):
        yield item, trail
        if "$ref" not in item:
            return
        pointer = of_reference(item["$ref"])
        item, trail = look_up(content, pointer), trail_of(pointer)
        if not isinstance(item, dict):
            return


def check_operations(survey: Survey) -> None:
    """After the walk: each operation has an id of its own, declares the parameters of its path, and names known
    credentials."""
    content = survey.files.root.content
    ids: dict[str, str] = {}
    schemes = (content.get("components") or {}).get("securitySchemes") or {}
    for name, scheme in schemes.items():  # whoever asks for one by its name need not know where it stands
        for _ in range(20):
            if isinstance(scheme, dict) and isinstance(scheme.get("$ref"), str):
                schemes[name] = scheme = survey.at(of_reference(scheme["$ref"]))
    _security(survey, content, None, schemes)
    for path, method, operation, trail in operations(content):
        if isinstance(operation, dict):
            _identify(survey, operation, f"{method} {path}", trail, ids)
            _declare(survey, operation, path, trail)
            _security(survey, operation, trail, schemes)


def _identify(survey: Survey, operation: dict[str, Json], place: str, trail: Trail, ids: dict[str, str]) -> None:
    said = operation.get("operationId")
    if said is None:
        return
    if not isinstance(said, str) or said in ids:
        del operation["operationId"]
        why = f"is that of {ids[said]} too" if isinstance(said, str) else "is no text"
        survey.note(trail, f"the operationId {said!r} {why}; this operation goes by {place!r}")
    else:
        ids[said] = place


def _declare(survey: Survey, operation: dict[str, Json], path: str, trail: Trail) -> None:
    wanted = list(dict.fromkeys(TEMPLATE.findall(path)))
    item = survey.files.root.content["paths"][path]
    declared = {
        name for name, place in _parameters(survey, [*_listed(operation), *_shared(survey, item)]) if place == "path"
    }
    missing = [name for name in wanted if name not in declared]
    for name in missing:
        operation.setdefault("parameters", []).append(
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        )
        survey.note(trail, f"the path parameter {name!r} is not declared; any text is taken")
    for name in sorted(declared - set(wanted)):
        survey.note(trail, f"the path has no parameter {name!r}, though one is declared; it is left out")


def _listed(node: dict[str, Json]) -> list[Json]:
    listed = node.get("parameters")
    return listed if isinstance(listed, list) else []


def _shared(survey: Survey, item: dict[str, Json]) -> list[Json]:
    return [one for node, _ in path_items(survey.files.root.content, item, None) for one in _listed(node)]


def _parameters(survey: Survey, listed: list[Json]) -> Iterator[tuple[Json, Json]]:
    for parameter in listed:
        for _ in range(20):
            if not isinstance(parameter, dict) or "$ref" not in parameter:
                break
            parameter = survey.at(of_reference(parameter["$ref"]))
        if isinstance(parameter, dict):
            yield parameter.get("name"), parameter.get("in")


def _security(survey: Survey, node: dict[str, Json], trail: Trail, schemes: dict[str, Json]) -> None:
    """`security` names schemes that exist; one that doesn't can't be asked for."""
    listed = node.get("security")
    for requirement in listed if isinstance(listed, list) else ():
        for said in list(requirement) if isinstance(requirement, dict) else ():
            name = said.removeprefix("#/components/securitySchemes/")  # 3.2, 4.30: it may be a URI
            if name != said:
                requirement[name] = requirement.pop(said)
            reason = _unusable(name, schemes.get(name))
            if reason:
                del requirement[name]
                survey.note((trail, "security"), f"{reason}; it is not asked for")


def _unusable(name: str, scheme: Json) -> str | None:
    """Why no request can satisfy a security scheme; None for one that can be."""
    if not isinstance(scheme, dict):
        return f"there is no security scheme {name!r}"
    if scheme.get("type") == "apiKey" and (
        scheme.get("in") not in ("header", "query", "cookie") or not isinstance(scheme.get("name"), str)
    ):
        return f"the security scheme {name!r} says of no header, query or cookie parameter that it holds the key"
    return None
