"""What was understood of a document: a table of all operations, the whole plan of one, an Overlay to edit and use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from mockserver.spec.behaviour import Said
from mockserver.spec.errors import SpecError, nearest
from mockserver.spec.infer import Understanding
from mockserver.spec.model import Api, Json

WIDTH = 150  # characters of a line that tells of a resource
SPEAKING = ("schema", "key", "ids", "order", "parent", "references", "unique")  # words of a resource, in the table
HOW = (
    "An operation behind the document's name shows its whole plan, and where in the document its evidence stands.\n"
    "`--format overlay` writes all of this as an Overlay: edit what is wrong, and serve the document with `--overlay`."
)
Route = tuple[str, str]


def explain(api: Api, understanding: Understanding, operation: str | None = None) -> dict[str, Json]:
    """Every resource and operation, or one operation: each word with its value and whether it was guessed or given.

    Raises SpecError for an unknown operation.
    """
    if operation is not None:
        return {"api": api.name, **_whole(api, understanding, _find(api, understanding, operation))}
    operations = {
        api.operation(*route).id: _plan(api, understanding, route) for route in understanding.operations
    }  # fmt: skip
    resources = {name: said.explained() for name, said in understanding.resources.items()}
    return {"api": api.name, "resources": resources, "operations": operations}


def _find(api: Api, understanding: Understanding, wanted: str) -> Route:
    known = {api.operation(*route).id: route for route in understanding.operations}
    if wanted in known:
        return known[wanted]
    for path, method in understanding.operations:
        if f"{method} {path}".lower() == wanted.lower():
            return path, method
    raise SpecError(f"there is no operation {wanted!r} in {api.name}{nearest(wanted, known)}")


def _plan(api: Api, understanding: Understanding, route: Route) -> dict[str, Json]:
    said = understanding.operations[route]
    return {"method": route[1].upper(), "path": route[0], **_why(api, understanding, route), "x-mock": said.explained()}


def _why(api: Api, understanding: Understanding, route: Route) -> dict[str, str]:
    """What says so, where in the document it stands, and how sure that is."""
    said, role = understanding.operations[route], understanding.roles.get(route)
    operation = api.operation(*route)
    if {"does", "resource"} & said.given:
        return {"evidence": "its x-mock", "at": f"#{operation.pointer}/x-mock", "confidence": "given"}
    if said.words.get("does") == "sample" or role is None or role.resource is None:
        reason = understanding.doubts.get(route) or ("by its path" if role is None else role.reason)
        return {"evidence": reason, "at": f"#{operation.pointer}", "confidence": ""}
    return {"evidence": role.reason, "at": f"#{role.pointer}", "confidence": role.confidence}


def _whole(api: Api, understanding: Understanding, route: Route) -> dict[str, Json]:
    """The plan of one operation with all that plays a part in it: its resource, credentials and limits."""
    operation, said = api.operation(*route), understanding.operations[route]
    resource = understanding.resources.get(str(said.words.get("resource")))
    return {
        "operation": operation.id,
        **_plan(api, understanding, route),
        "resource": resource.explained() if resource else {},
        "security": [{name: list(scopes) for name, scopes in one.items()} for one in operation.security],
        "limits": dict(understanding.limits.words),
    }


# as text -------------------------------------------------------------------------------------------------------------


def page(api: Api, understanding: Understanding) -> str:
    """Tables that a person reads: the resources, then the operations with what each does and what says so."""
    resources = [[name, _resource_line(said)] for name, said in understanding.resources.items()]
    rows = []
    for route, said in understanding.operations.items():
        why = _why(api, understanding, route)
        words = said.words
        rows.append(
            [f"{route[1].upper()} {route[0]}", str(words.get("does")), str(words.get("resource", "")),
             why["confidence"] or "-", why["evidence"]]
        )  # fmt: skip
    kept = sum(1 for row in rows if row[1] != "sample")
    told = f"{kept} of {len(rows)} operations keep state, of {len(resources)} resources; the others answer samples."
    parts = [f"{api.title} {api.version}".strip(), told]
    if resources:
        lines = _table(["resource", "what its records are"], resources).splitlines()
        parts.append("\n".join(one if len(one) <= WIDTH else f"{one[: WIDTH - 1]}…" for one in lines))
    parts.append(_table(["operation", "does", "resource", "sure", "what says so"], rows))
    parts.append(HOW)
    return "\n\n".join(parts) + "\n"


def _resource_line(said: Said) -> str:
    words = {word: said.words[word] for word in SPEAKING if word in said.words}
    if isinstance(words.get("references"), Mapping):
        words["references"] = {field: one.get("resource") for field, one in words["references"].items()}
    return "  ".join(f"{word} {_short(value)}" for word, value in words.items())


def _short(value: Json) -> str:
    if isinstance(value, str):
        return value.removeprefix("#/components/schemas/")
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_short(one)}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(_short(one.get("field", one) if isinstance(one, Mapping) else one) for one in value)
    return orjson.dumps(value).decode()


def plan_page(explained: Mapping[str, Any]) -> str:
    """One operation as text: what says so, its words, those of its resource, its credentials and limits."""
    sure = f" ({explained['confidence']})" if explained["confidence"] else ""
    security = " or ".join(" and ".join(one) or "none" for one in explained["security"]) or "none"
    limits = orjson.dumps(explained["limits"]).decode() if explained["limits"] else "none"
    parts = [
        f"{explained['method']} {explained['path']} ({explained['operation']})",
        f"{explained['evidence']}{sure}\n{explained['at']}",
        _words("operation", explained["x-mock"]),
        _words("resource", explained["resource"]) if explained["resource"] else "",
        f"security: {security}\nlimits: {limits}",
        "A word is overruled by x-mock in the document or an Overlay; `--format overlay` writes one.",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _words(title: str, words: Mapping[str, Mapping[str, Any]]) -> str:
    rows = [[word, said["from"], orjson.dumps(said["value"]).decode()] for word, said in words.items()]
    return _table([title, "from", "value"], rows)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Columns side by side, each as wide as it needs, up to 60 characters."""
    lines = [list(heads), *(list(row) for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(heads) - 1)]
    widths = [min(width, 60) for width in widths]
    told = []
    for line in lines:
        cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=False)]
        told.append("  ".join([*cells, line[-1]]).rstrip())
    return "\n".join(told)


# as an overlay -------------------------------------------------------------------------------------------------------


def overlay(api: Api, understanding: Understanding) -> dict[str, Json]:
    """Everything that holds as an OpenAPI Overlay 1.0: served with it, the document is understood the same."""
    root = {**api.given, "resources": {name: dict(said.words) for name, said in understanding.resources.items()}}
    root["mend"] = api.given.get("mend", not api.given.get("resources"))
    actions: list[Json] = [{"target": "$", "update": {"x-mock": root}}]
    for (path, method), said in understanding.operations.items():
        target = f"$.paths[{_quoted(path)}].{method}"
        actions.append({"target": target, "update": {"x-mock": dict(said.words)}})
    info = {"title": f"What {api.title} does, as it was understood", "version": api.version}
    return {"overlay": "1.0.0", "info": info, "actions": actions}


def _quoted(path: str) -> str:
    """A path as a name in a JSONPath (RFC 9535, section 2.3.1.1)."""
    escaped = path.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"

