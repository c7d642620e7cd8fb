"""The socket under a WebSocket connection: text frames, bounded patience, one exception for all ways to be gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol, cast

from starlette.websockets import WebSocket, WebSocketState
from starlette.websockets import WebSocketDisconnect as Gone
from starlette.websockets import WebSocketDisconnected as AlreadyGone
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import NonJsonMessageReceived, NonTextMessageReceived, WebSocketDisconnected

from api.transport.request_pipeline import RequestPipeline
from api.wire import NoJson, parsed, write_json

if TYPE_CHECKING:
    from strawberry.http.async_base_view import AsyncBaseHTTPView

MAX_REASON = 120


class HasPipeline(Protocol):
    """The room behind a door."""

    pipeline: RequestPipeline


class SocketAdapter(ASGIWebSocketAdapter):
    """Text frames only, and one exception for every way in which a socket can be gone."""

    def __init__(
        self, view: AsyncBaseHTTPView[Any, Any, Any, Any, Any, Any, Any], request: WebSocket, response: WebSocket
    ):
        super().__init__(view, request, response)
        self._dropped: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def iter_json(self, *, ignore_parsing_errors: bool = False) -> AsyncGenerator[object, None]:
        """The messages that come in, until the socket is closed by either side."""
        while self.ws.application_state is WebSocketState.CONNECTED and not self._dropped.done():
            incoming: asyncio.Future[Any] = asyncio.ensure_future(self.ws.receive())
            try:
                waited: set[asyncio.Future[Any]] = {incoming, self._dropped}
                await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            finally:
                if not incoming.done():
                    incoming.cancel()
            if not incoming.done() or incoming.cancelled():
                return
            message = incoming.result()
            if message["type"] != "websocket.receive":
                return
            if not isinstance(text := message.get("text"), str):
                raise NonTextMessageReceived
            try:
                yield parsed(text)
            except NoJson as error:
                if not ignore_parsing_errors:
                    raise NonJsonMessageReceived from error

    async def send_json(self, message: Mapping[str, object]) -> None:
        """Send a message; a reader too slow for it is cut off, to come again and resume."""
        await self.send_all([write_json(message).decode()])

    async def send_all(self, messages: Sequence[str]) -> None:
        """Send a few written messages; a reader too slow for them is cut off, to come again and resume."""
        pipeline = cast(HasPipeline, self.view).pipeline
        try:
            async with asyncio.timeout(pipeline.settings.send_seconds):
                for message in messages:
                    await self.ws.send_text(message)
        except TimeoutError:
            await self.drop(1013, "Too slow")
            raise WebSocketDisconnected from None
        except (Gone, AlreadyGone, OSError):
            raise WebSocketDisconnected from None

    async def close(self, code: int, reason: str) -> None:
        """Close the socket; nothing when it is closed already."""
        with suppress(Gone, AlreadyGone, OSError, RuntimeError):
            await self.ws.close(code=code, reason=reason[:MAX_REASON])

    async def drop(self, code: int, reason: str) -> None:
        """Close the socket without waiting for a reader that does not read."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.close(code, reason), 1)
        if not self._dropped.done():
            self._dropped.set_result(None)
