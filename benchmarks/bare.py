"""(a) The floor: starlette with one small JSON route."""

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


async def hello(request: Request) -> Response:
    """A body of 17 bytes."""
    return Response(orjson.dumps({"hello": "world"}), media_type="application/json")


app = Starlette(routes=[Route("/hello", hello)])
