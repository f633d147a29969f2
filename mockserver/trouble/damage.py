"""An answer that was right, made wrong on purpose: broken JSON, a wrong content type, a breach of its schema."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import orjson

from mockserver.planning import Compiled
from mockserver.spec.model import Json
from mockserver.spec.schema import Schemas
from mockserver.steps.answers import is_json
from mockserver.steps.call import Answer
from mockserver.trouble.effects import Breach

Path = tuple[str | int, ...]


def malformed(answer: Answer) -> Answer:
    """A body that breaks off where no JSON text ends; its Content-Length is what arrives."""
    body = answer.body[: len(answer.body) * 2 // 3] or b"{"
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError:
        return answer._replace(body=body)
    return answer._replace(body=body + b"{")


def mistyped(answer: Answer) -> Answer:
    """The same body, called HTML."""
    rest = tuple(one for one in answer.headers if one[0].lower() != "content-type")
    return answer._replace(headers=(("Content-Type", "text/html; charset=utf-8"), *rest))


def breached(answer: Answer, breach: Breach, compiled: Compiled, schemas: Schemas) -> tuple[Answer, str]:
    """An answer whose body breaks its own schema in one place, and what was done; as it was where nothing breaks it."""
    node, is_valid = _schema(answer, compiled, schemas)
    try:
        body = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return answer, "no breach: the body is no JSON"
    if is_valid is None:
        return answer, "no breach: the document has no schema for this answer"
    for path, value in _changes(body, breach):
        changed = _changed(body, path, value)
        if not is_valid(changed):
            field = ".".join(map(str, path))
            done = f"{field} dropped" if value is GONE else f"{field} is {orjson.dumps(value).decode()}"
            return answer._replace(body=orjson.dumps(changed)), f"breach of #{node}: {done}"
    return answer, f"no breach: the schema allows every body that {breach.kind} {breach.field} gives".rstrip()


def _schema(answer: Answer, compiled: Compiled, schemas: Schemas) -> tuple[str, Callable[[Json], bool] | None]:
    response = compiled.operation.response(answer.status) if compiled.operation else None
    media = next((one for one in response.media if is_json(one.type) and one.schema), None) if response else None
    if media is None or media.schema is None:
        return "", None
    return media.schema, schemas.at(media.schema, "response").is_valid


GONE: Any = object()  # in place of a value: the field is taken away


def _changes(body: Json, breach: Breach) -> Iterator[tuple[Path, Any]]:
    """Places and what comes there instead, the deepest records first: a client reads those."""
    places = list(_places(body, ()))
    if breach.field:
        wanted = breach.field.split(".")
        places = [path for path in places if [str(one) for one in path][-len(wanted) :] == wanted]
    for path in places:
        if breach.kind == "drop":
            if isinstance(path[-1], str):
                yield path, GONE
        else:
            yield from ((path, other) for other in _others(_at(body, path)))


def _places(value: Json, path: Path) -> Iterator[Path]:
    """Every place of a value, but for the second and further items of lists, which are like the first."""
    inner: list[tuple[str | int, Json]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list) and value:
        inner = [(0, value[0])]
    for name, one in inner:
        if isinstance(one, dict | list):
            yield from _places(one, (*path, name))
    yield from ((*path, name) for name, _ in inner)


def _others(value: Json) -> tuple[Json, ...]:
    """Values of other types."""
    if isinstance(value, str):
        return 12345, {}, None
    if isinstance(value, bool) or value is None:
        return "yes", {}, 1
    return ("not a number", {}) if isinstance(value, int | float) else ("not this", 1, None)


def _at(value: Any, path: Path) -> Json:
    for token in path:
        value = value[token]
    return value


def _changed(value: Any, path: Path, new: Any) -> Json:
    """A copy with another value, or none, at a path."""
    copy = dict(value) if isinstance(value, dict) else list(value)
    token: Any = path[0]
    if len(path) > 1:
        copy[token] = _changed(value[token], path[1:], new)
    elif new is GONE:
        del copy[token]
    else:
        copy[token] = new
    return copy
