"""The ASGI application: GraphQL, GraphiQL, health and metrics under one roof."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from api.errors import AWAY, MASK, ApiError, Code, told
from api.graphql.parts.context import Authenticate
from api.graphql.schema import BatonSchema
from api.outage_log import OUTAGE
from api.settings import ApiSettings
from api.transport.bounded_connection import bounded
from api.transport.http import LATER, STATUS, HttpEndpoint, error_response
from api.transport.open_sockets import Admitted
from api.transport.request_pipeline import RequestPipeline, request_id_of
from api.transport.socket import Socket
from api.transport.write_coalescing import GatheringProtocol
from application.runtime.trouble import DatabaseAway, DatabaseBusy

GRAPHIQL = Path(__file__).parents[1] / "graphiql"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "img-src 'self' data:; connect-src 'self' {socket}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
Ready = Callable[[], Awaitable[bool]]
Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]
_log = structlog.get_logger("api.transport.app")


def create_app(
    application: Any,
    settings: ApiSettings,
    *,
    schema: BatonSchema,
    authenticate: Authenticate,
    now: Callable[[], datetime],
    ready: Ready,
    admitted: Admitted | None = None,
    routes: Sequence[BaseRoute] = (),
    lifespan: Lifespan | None = None,
) -> Starlette:
    """Build the application around a house (opaque here; resolvers get it as `info.context.house`).

    `ready` says whether requests can be served, `admitted` which keys are still valid; `routes` are further doors, such
    as /ingest.
    """
    pipeline = RequestPipeline(application, settings, authenticate, now, admitted)
    app = Starlette(
        routes=[
            *_graphql_routes(schema, pipeline),
            *routes,
            Route("/health/live", _live, methods=["GET"]),
            Route("/health/ready", _readiness(ready), methods=["GET"]),
            Route("/metrics", _metrics, methods=["GET"]),
            *(_graphiql_routes() if settings.graphiql else ()),
        ],
        middleware=_middleware(settings),
        exception_handlers={
            HTTPException: _http_error,
            DatabaseAway: _unavailable,
            DatabaseBusy: _unavailable,
            Exception: _unexpected,
        },
        lifespan=lifespan,
    )
    app.state.pipeline = pipeline
    return app


def uvicorn_options(settings: ApiSettings | None = None) -> dict[str, Any]:
    """Return what uvicorn is to be started with, so that connections are bounded and a stop is quick."""
    return {
        "http": bounded(settings or ApiSettings()),
        "ws": GatheringProtocol,
        "ws_max_size": 256 * 1024,
        "ws_max_queue": 32,
        "ws_ping_interval": 20.0,
        "ws_ping_timeout": 20.0,
        "ws_per_message_deflate": False,  # a third of what it costs to tell a subscriber of an event, to save 200 bytes
        "timeout_graceful_shutdown": 5,
        "server_header": False,
        "proxy_headers": False,
        "lifespan": "on",
    }


class _HttpRoute:
    """The endpoint as an ASGI application of its own, so that every method reaches it."""

    def __init__(self, endpoint: HttpEndpoint) -> None:
        self._endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = await self._endpoint.answer(request)
        await response(scope, receive, send)


def _graphql_routes(schema: BatonSchema, pipeline: RequestPipeline) -> list[BaseRoute]:
    return [
        Route("/graphql", _HttpRoute(HttpEndpoint(schema, pipeline))),
        WebSocketRoute("/graphql", Socket(schema, pipeline).serve),
    ]


def _middleware(settings: ApiSettings) -> list[Middleware]:
    if not settings.origins:
        return []
    cors = Middleware(
        CORSMiddleware,
        allow_origins=settings.origins,
        allow_methods=["POST", "GET"],
        allow_headers=["*"],  # clients add headers of their own, and an origin is known or it is not
        expose_headers=["X-Request-Id", "Retry-After"],
        max_age=600,
    )
    return [cors]


async def _live(_request: Request) -> Response:
    return JSONResponse({"status": "live"})


def _readiness(ready: Ready) -> Callable[[Request], Awaitable[Response]]:
    async def answer(_request: Request) -> Response:
        try:
            serving = await ready()
        except Exception as error:  # noqa: BLE001 - whatever it is, the house is not ready
            known = told(error)
            _log.warning("not_ready", reason=str(error) if known else type(error).__name__, exc_info=known is None)
            serving = False
        return JSONResponse({"status": "ready" if serving else "not ready"}, 200 if serving else 503)

    return answer


async def _metrics(_request: Request) -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def _http_error(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    message = error.detail if isinstance(error, HTTPException) else MASK
    return error_response(ApiError(Code.BAD_REQUEST, message), status, headers=headers)


async def _unavailable(request: Request, error: Exception) -> Response:
    """Trouble outside of GraphQL, which has its own way of telling it."""
    OUTAGE.refused(request_id_of(request.headers), str(error))
    known = told(error) or ApiError(Code.UNAVAILABLE, AWAY)
    return error_response(known, STATUS[known.code], headers=LATER)


async def _unexpected(request: Request, error: Exception) -> Response:
    request_id = request_id_of(request.headers)
    _log.error("internal_error", request_id=request_id, exc_info=error)
    return error_response(ApiError(Code.INTERNAL_SERVER_ERROR, MASK, requestId=request_id), 500)


def _graphiql_routes() -> list[BaseRoute]:
    return [Route("/", _page, methods=["GET"]), Mount("/graphiql", _Assets(directory=GRAPHIQL))]


async def _page(request: Request) -> Response:
    host = request.headers.get("host", "")
    scheme = "wss" if request.url.scheme == "https" else "ws"
    socket = f"{scheme}://{host}" if host and all(c.isalnum() or c in ".-:[]" for c in host) else ""
    headers = {
        "Content-Security-Policy": POLICY.format(socket=socket),
        "Cache-Control": "no-cache",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    return FileResponse(GRAPHIQL / "index.html", media_type="text/html", headers=headers)


class _Assets(StaticFiles):
    """The files of GraphiQL; those of others never change under their names, ours may."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        ours = path.startswith("page.") or path.endswith(".html")
        response.headers["Cache-Control"] = "no-cache" if ours else "public, max-age=31536000, immutable"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
