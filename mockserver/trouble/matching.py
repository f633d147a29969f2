"""Which calls a rule is about: its `match`, compiled."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from urllib.parse import parse_qsl, unquote

import orjson

from mockserver.planning import Compiled
from mockserver.spec.model import Json
from mockserver.steps.access import extractor, identify
from mockserver.steps.call import Call, Request
from mockserver.surroundings import Surroundings

Matches = Callable[[Call, Compiled, Surroundings], bool]
Texts = Callable[[str], bool]


def compile_match(words: Mapping[str, Json]) -> Matches:
    """A function that says whether a call is meant."""
    checks: list[Matches] = [CHECKS[word](value) for word, value in words.items()]
    return lambda call, compiled, around: all(check(call, compiled, around) for check in checks)


def texts(said: Json) -> Texts:
    """Whether a text is one of those that a word names, `*` for anything in it."""
    patterns = [re.compile(".*".join(map(re.escape, one.split("*"))), re.DOTALL) for one in _several(said)]
    return lambda text: any(pattern.fullmatch(text) for pattern in patterns)


def paths(said: Json) -> Texts:
    """Whether a path is one of those that a word names: `*` and `{id}` within a segment, `**` over several."""
    patterns = [re.compile("".join(map(_piece, re.split(r"(\*\*|\*|\{[^{}/]*\})", one)))) for one in _several(said)]
    return lambda path: any(pattern.fullmatch(path) for pattern in patterns)


def _piece(part: str) -> str:
    if part == "**":
        return ".*"
    return "[^/]*" if part == "*" or (part.startswith("{") and part.endswith("}")) else re.escape(part)


def _several(said: Json) -> list[str]:
    return [said] if isinstance(said, str) else list(said)


def _api(said: Json) -> Matches:
    fits = texts(said)
    return lambda call, compiled, around: fits(around.api.name)


def _operation(said: Json) -> Matches:
    names = frozenset(_several(said))
    fits = texts(said)

    def check(call: Call, compiled: Compiled, around: Surroundings) -> bool:
        operation = compiled.operation
        if operation is None:
            return False
        return fits(operation.id) or f"{operation.method.upper()} {operation.path}" in names

    return check


def _method(said: Json) -> Matches:
    methods = frozenset(one.upper() for one in _several(said))
    return lambda call, compiled, around: call.request.method in methods


def _path(said: Json) -> Matches:
    fits = paths(said)

    def check(call: Call, compiled: Compiled, around: Surroundings) -> bool:
        path = unquote(call.request.path)
        bases = (one for one in around.api.base_paths if one and path.startswith(one))
        return fits(path) or any(fits(path[len(base) :]) for base in bases)

    return check


def _key(said: Json) -> Matches:
    fits = texts(said)

    def check(call: Call, compiled: Compiled, around: Surroundings) -> bool:
        identify(around.access)(call)
        sent = (extractor(scheme)(call.request) for scheme in around.access.schemes.values())
        names = [str(call.key.get("name", ""))] if call.key else []
        return any(fits(one) for one in (*names, *filter(None, sent)))

    return check


def _header(said: Json) -> Matches:
    wanted = {name.lower(): texts(text) for name, text in said.items()}
    return lambda call, compiled, around: all(
        fits(call.request.headers[name]) if name in call.request.headers else False for name, fits in wanted.items()
    )


def _query(said: Json) -> Matches:
    wanted = {name: texts(text) for name, text in said.items()}

    def check(call: Call, compiled: Compiled, around: Surroundings) -> bool:
        sent = parse_qsl(call.request.query, keep_blank_values=True)
        return all(any(name == one and fits(value) for one, value in sent) for name, fits in wanted.items())

    return check


def _body(said: Json) -> Matches:
    fields = {tuple(name.split(".")): value for name, value in said.items()}

    def check(call: Call, compiled: Compiled, around: Surroundings) -> bool:
        sent = _json(call.request)
        return all(_holds(sent, path, value) for path, value in fields.items())

    return check


def _json(request: Request) -> Json:
    try:
        return orjson.loads(request.body)
    except orjson.JSONDecodeError:
        return None


def _holds(value: Json, path: tuple[str, ...], wanted: Json) -> bool:
    """Whether the field at a path has a value; a text of which `*` is a part matches like a pattern."""
    if not path:
        is_pattern = isinstance(wanted, str) and "*" in wanted
        return texts(wanted)(value) if is_pattern and isinstance(value, str) else bool(value == wanted)
    if isinstance(value, list):
        return any(_holds(one, path, wanted) for one in value)
    return isinstance(value, Mapping) and path[0] in value and _holds(value[path[0]], path[1:], wanted)


def _world(said: Json) -> Matches:
    fits = texts(said)
    return lambda call, compiled, around: fits(call.world.name)


def _secured(said: Json, call: Call, compiled: Compiled, around: Surroundings) -> bool:
    security = compiled.operation.security if compiled.operation else ()
    return (bool(security) and all(security)) is said


CHECKS: Mapping[str, Callable[[Json], Matches]] = {
    "api": _api, "operation": _operation, "method": _method, "path": _path, "key": _key, "header": _header,
    "query": _query, "body": _body, "world": _world, "secured": lambda said: partial(_secured, said),
}  # fmt: skip
