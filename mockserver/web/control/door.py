"""The door to the control API under /_mock: who may come in, what is there, and how an answer or a refusal looks."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from inspect import isawaitable
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route, Router

from mockserver.service import Service
from mockserver.spec.errors import nearest
from mockserver.web.control.asked import Asked, Refused, Told, listed
from mockserver.web.control.stream import Streamed
from mockserver.web.control.table import ENDPOINTS, HEALTH, IMPORT, Endpoint
from mockserver.web.delivery import Deliverer
from mockserver.web.guard import refusal
from mockserver.web.settings import Settings
from mockserver.web.wire import App, Disconnected, Message, Receive, Send, decoded, read
from mockserver.web.worlds import Worlds
from mockserver.world.world import World

logger = logging.getLogger("mockserver")


def control(service: Service, worlds: Worlds, settings: Settings, deliverer: Deliverer) -> App:
    """The control API as an ASGI application. It routes on the raw path, which `web.app` puts in the path's place, and
    works on the world that `web.app` puts under `mockserver.world`."""
    routes = [
        Route(path, _door(path, by_method, service, worlds, settings, deliverer), methods=METHODS)
        for path, by_method in ENDPOINTS.items()
    ]
    router = Router(routes, redirect_slashes=False, default=_no_such_path)

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        if scope["path"] != HEALTH:
            peer = scope["client"][0] if scope.get("client") else None
            refused = refusal(settings, peer, decoded(scope["headers"]), scope["scheme"])
            if refused:
                return await _error(Refused(*refused))(scope, receive, send)
        await router(scope, receive, send)

    return app


EVENTS, UNKEPT = "text/event-stream", {"cache-control": "no-store"}
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"]  # the door refuses by itself


def _door(
    path: str,
    by_method: Mapping[str, Endpoint],
    service: Service,
    worlds: Worlds,
    settings: Settings,
    deliverer: Deliverer,
) -> Callable[[Request], Awaitable[Response]]:
    async def door(request: Request) -> Response:
        try:
            endpoint = _chosen(request, by_method)
            headers = decoded(request.scope["headers"])
            limit = settings.max_import if path == IMPORT else settings.max_control_body
            body = await read(headers, request.receive, limit)
            if len(body) > limit:
                raise Refused(413, "too_large", f"A body may have {limit} bytes.", "Send less.")
            now = time.time_ns() // 1_000_000
            world: World = request.scope["mockserver.world"]
            service.catch_up(world, now)  # who looks sees what has happened by now
            route = path, "GET" if request.method == "HEAD" else request.method
            asked = Asked(
                service, worlds, world, settings, deliverer, now, route, request.path_params, request.query_params,
                headers, body,
            )  # fmt: skip
            answer = endpoint(asked)
            if isawaitable(answer):
                answer = await answer
            deliverer.look(world)
        except Refused as refused:
            return _error(refused)
        except Disconnected:
            return Response(status_code=400)  # which nobody reads
        except Exception:
            logger.exception("%s %s could not be answered", request.method, request.scope["path"])
            hint = "The server's log says more."
            return _error(Refused(500, "bug", "This is a bug of the mock server, not of your request.", hint))
        return _response(answer, request.method)

    return door


def _response(answer: Any, method: str) -> Response:
    if isinstance(answer, Streamed):
        if method == "HEAD":
            return Response(media_type=EVENTS, headers=UNKEPT)
        return StreamingResponse(answer.pieces, media_type=EVENTS, headers=UNKEPT)
    if isinstance(answer, bytes):
        return Response(answer, media_type="application/yaml")
    if not isinstance(answer, Told):
        return _json(answer)
    if answer.content is None:
        return Response(status_code=answer.status)
    if isinstance(answer.content, bytes):
        return Response(answer.content, answer.status, media_type="application/json")
    return _json(answer.content, answer.status)


def _chosen(request: Request, by_method: Mapping[str, Endpoint]) -> Endpoint:
    endpoint = by_method.get("GET" if request.method == "HEAD" else request.method)
    if endpoint is None:
        allow = ", ".join(sorted({*by_method, "HEAD"} if "GET" in by_method else by_method))
        message = f"{request.method} does nothing at {request.scope['path']}."
        raise Refused(405, "method_not_allowed", message, f"It takes {allow}.", allow)
    return endpoint


async def _no_such_path(scope: Message, receive: Receive, send: Send) -> None:
    path = scope["path"][:200]
    message = f"There is nothing at {path}{nearest(path, ENDPOINTS)}."
    await _error(Refused(404, "no_such_path", message, listed(ENDPOINTS)))(scope, receive, send)


def _error(refused: Refused) -> Response:
    answer = _json({"error": refused.error}, refused.status)
    if refused.allow:
        answer.headers["allow"] = refused.allow
    if refused.status == 401:
        answer.headers["www-authenticate"] = 'Bearer realm="mock control"'
    return answer


def _json(content: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(content, default=_plain), status, media_type="application/json")


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else str(value)
