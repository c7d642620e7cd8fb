"""The WebSockets of /graphql."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from starlette.websockets import WebSocketDisconnect as Gone
from starlette.websockets import WebSocketDisconnected as AlreadyGone
from strawberry.asgi import GraphQL
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL

from api.graphql.schema import BatonSchema
from api.transport.request_pipeline import (
    SOCKETS,
    RequestPipeline,
    request_id_of,
)
from api.transport.socket_adapter import SocketAdapter
from api.transport.websocket import Connection, SocketHandler


class Socket(GraphQL[Any, None]):
    """Strawberry's ASGI view, for the WebSockets of /graphql."""

    websocket_adapter_class = SocketAdapter
    graphql_transport_ws_handler_class = SocketHandler

    def __init__(self, schema: BatonSchema, pipeline: RequestPipeline) -> None:
        settings = pipeline.settings
        super().__init__(
            schema,
            graphql_ide=None,
            allow_queries_via_get=False,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=timedelta(seconds=settings.init_seconds),
            max_subscriptions_per_connection=settings.subscriptions_per_connection,
            allowed_origins=settings.origins,
        )
        self.pipeline = pipeline

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Any:  # noqa: ARG002
        """The connection; each operation gets a context of its own."""
        return Connection(headers=request.headers, request_id=request_id_of(request.headers))

    async def serve(self, socket: WebSocket) -> None:
        """Serve a connection until it is closed."""
        SOCKETS.inc()
        try:
            await self.run(socket)
        except (Gone, AlreadyGone):
            pass
        finally:
            SOCKETS.dec()
