"""How HTTP gets in and out: a plain ASGI callable before `Service.answer`, and the control API beside it.

This is the hot path, so nothing here is worked out twice: no routing, no request object, no middleware.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

import orjson

from mockserver.service import Service
from mockserver.steps.call import Answer, Request, new
from mockserver.web.settings import Settings
from mockserver.web.wire import (
    Added,
    App,
    Disconnected,
    Headers,
    Message,
    Receive,
    Send,
    decoded,
    preflight,
    read,
    sent,
    written,
)
from mockserver.web.worlds import NAME, NAME_RULE, Worlds
from mockserver.world.journal import Entry
from mockserver.world.world import World

CONTROL, WORLD = "/_mock", "/_world/"
ANSWER = "mockserver.answer"  # in a scope: what was answered at once, but takes its time on the wire

logger = logging.getLogger("mockserver")


class Application:
    """The whole server as one ASGI 3 application; `/_mock` is the control API, the rest belongs to the APIs."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self.service, self.settings = service, settings
        self.worlds = Worlds(service, settings)
        self._target = _one(service) if len(service.apis) == 1 else _several(service)
        self._control: App | None = None
        self._deliverer: Any = None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if ANSWER in scope:
            return await _broken(scope[ANSWER], scope, receive, send)
        headers = decoded(scope["headers"])
        meant = self._meant(scope["raw_path"].decode("latin-1"), headers)
        if isinstance(meant, Answer):
            return await sent(meant, "", _is_open(scope), send)
        world, prefix, path = meant
        if _is_control(path):
            if self._control is None:
                self._control = _control(self.service, self.worlds, self.settings, self.deliverer())
            return await self._control({**scope, "path": path, "mockserver.world": world}, receive, send)
        try:
            body = await read(headers, receive, self.settings.max_body)
        except Disconnected:
            return None
        answer = self._answer(scope, headers, body, world, prefix, path)
        if answer.wire is not None:
            return await _broken(answer, scope, receive, send)
        await sent(answer, scope["method"], "origin" in headers, send)

    def at_once(self, scope: Message, body: bytes, added: Added, keep_alive: bool) -> bytes | None:
        """The HTTP message that answers a request whose whole body is there, `added` headers in it; None for what has
        to be asked by ASGI messages. See `protocol.Protocol`."""
        headers = decoded(scope["headers"])
        world, prefix, path = self.worlds.default, "", scope["raw_path"].decode("latin-1")
        if path[:2] == "/_" or "x-mock-world" in headers:  # few are of another world, or of the control API
            meant = self._meant(path, headers)
            if isinstance(meant, Answer):
                return written(meant, "", _is_open(scope), added, keep_alive)
            world, prefix, path = meant
            if _is_control(path):
                return None
        if len(body) > self.settings.max_body:
            return None
        answer = self._answer(scope, headers, body, world, prefix, path)
        if answer.wire is not None:
            scope[ANSWER] = answer
            return None
        return written(answer, scope["method"], "origin" in headers, added, keep_alive)

    def _meant(self, path: str, headers: Headers) -> tuple[World, str, str] | Answer:
        """The world that a request means, and its path in two: what names the world, and the rest."""
        if path.startswith(WORLD):
            name, slash, rest = path[len(WORLD) :].partition("/")
            prefix, path = WORLD + name, slash + rest or "/"
        elif "x-mock-world" in headers:
            name, prefix = headers["x-mock-world"], ""
        else:
            return self.worlds.default, "", path
        world = self.worlds.used(name)
        if world is None:
            if not NAME.fullmatch(name):
                return _no_name(name, _is_control(path))
            world = self.worlds.get(name)
        return world, prefix, path

    def _answer(self, scope: Message, headers: Headers, body: bytes, world: World, prefix: str, path: str) -> Answer:
        method = scope["method"]
        if method == "OPTIONS" and "origin" in headers and "access-control-request-method" in headers:
            return preflight(headers)
        target = self._target(path)
        if target is None:
            return nowhere(self.service, path)
        name, inner = target
        mount, query = prefix + path[: len(path) - len(inner)], scope["query_string"].decode("latin-1")
        request = new(Request, (method, inner, query, headers, body, name, mount, scope["scheme"]))
        try:
            answer = self.service.answer(world, request, time.time_ns() // 1_000_000)
            if answer.status == 500:
                _tell(world)
            if world.outbox.named or world.outbox.made:
                self.deliverer().look(world)
            return answer
        except Exception:
            return _fault(method, mount + inner)

    def go_on(self) -> None:
        """Sends what the worlds of a state file had still to send, once the server runs."""
        for world in self.worlds.all():
            if world.outbox.waiting:
                self.deliverer().look(world)

    def deliverer(self) -> Any:
        """What sends the worlds' webhooks."""
        if self._deliverer is None:
            # Most servers send nothing: its imports can wait until one does.
            from mockserver.web.delivery import Deliverer

            self._deliverer = Deliverer(self.service, self.worlds, self.settings)
        return self._deliverer


def application(service: Service, settings: Settings) -> Application:
    """The application of a service and its worlds."""
    return Application(service, settings)


def _is_control(path: str) -> bool:
    """Whether a path leads to the control API. The raw path decides, so that no encoding or dot segment of it leads to
    another door than it shows."""
    return path.startswith(CONTROL) and path[6:7] in ("", "/")


def _no_name(name: str, of_control: bool) -> Answer:
    """What a name that no world can have gets, in the words of the API that it was sent to."""
    detail = f"{name[:100]!r} is no name of a world."
    if not of_control:
        return problem(400, f"{detail} {NAME_RULE}")
    body = orjson.dumps({"error": {"code": "bad_name", "message": detail, "hint": NAME_RULE}})
    return Answer(400, (("content-type", "application/json"),), body)


def _is_open(scope: Message) -> bool:
    """Whether pages of any origin may read the answer: never one of the control API."""
    return CONTROL.encode() not in scope["raw_path"]


Target = Callable[[str], tuple[str, str] | None]
"""Which API a path means, and the path within it; None for a path outside every API."""


def _one(service: Service) -> Target:
    """A single API is served as its document says, at its own base path."""
    (name,) = service.apis
    return lambda path: (name, path)


def _several(service: Service) -> Target:
    """Several APIs are served under their names: `/name/v2/users` is `/v2/users` of `name`."""
    apis = frozenset(service.apis)

    def target(path: str) -> tuple[str, str] | None:
        name, slash, rest = path[1:].partition("/")
        return (name, slash + rest or "/") if name in apis else None

    return target


def _fault(method: str, path: str) -> Answer:
    """What a fault of ours gets: logged, and told as one, without its details."""
    logger.exception("%s %s could not be answered", method, path)
    return problem(500, "This is a bug of the mock server, not of your request: its log says more.")


def _tell(world: World) -> None:
    """Logs an answer that would have broken its document: the journal has the reason."""
    entry = world.journal[-1]
    if isinstance(entry, Entry) and entry.refused_by:
        logger.error("%s %s was answered 500: %s", entry.request.method, entry.request.path, entry.reason)


async def _broken(answer: Answer, scope: Message, receive: Receive, send: Send) -> None:
    # Few servers ever break a connection on purpose.
    from mockserver.web.breaking import broken

    await broken(answer, scope["method"], any(name == b"origin" for name, _ in scope["headers"]), receive, send)


def _control(service: Service, worlds: Worlds, settings: Settings, deliverer: Any) -> App:
    # Starlette takes a tenth of a second to import and only the control API needs it.
    from mockserver.web.control.door import control

    return control(service, worlds, settings, deliverer)


def problem(status: int, detail: str, **more: Any) -> Answer:
    """An answer of the shell itself, outside every API: problem details (RFC 9457)."""
    titles = {400: "Bad Request", 404: "Not Found", 500: "Internal Server Error"}
    body = {"title": titles[status], "status": status, "detail": detail, **more}
    return Answer(status, (("content-type", "application/problem+json"),), orjson.dumps(body))


def nowhere(service: Service, path: str) -> Answer:
    """What a path outside every API gets: where the APIs are."""
    served = [
        {"api": name, "title": served.api.title, "base_paths": [f"/{name}{base}" for base in served.api.base_paths]}
        for name, served in service.apis.items()
    ]
    shown = path if len(path) <= 200 else path[:200] + "…"
    detail = f"{shown} is outside every API served here; each API lives under its name."
    return problem(404, detail, served=served, control="/_mock")
