"""Operations over server-sent events: GraphQL over SSE, distinct connections mode."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, suppress
from typing import Any

import structlog
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from api.errors import ApiError, StreamClosed
from api.graphql.parts.broadcast import Message
from api.graphql.parts.context import Context
from api.graphql.results import closing, failed, first_code
from api.graphql.subscription_execution import message_of, told
from api.transport.negotiation import EVENTS
from api.transport.request_pipeline import OPERATIONS, STREAMS, count

HEADERS = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}
ALIVE = b": alive\n\n"
COMPLETE = b"event: complete\ndata:\n\n"

_log = structlog.get_logger("api.transport.sse")

Results = AsyncGenerator[Any, None]


class EventResponse(StreamingResponse):
    """A stream of events that tells when it is over, however it ends."""

    def __init__(self, frames: AsyncIterator[bytes], on_end: Callable[[], None]) -> None:
        super().__init__(frames, media_type=EVENTS, headers=HEADERS)
        self._on_end = on_end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events."""
        STREAMS.labels("sse").inc()
        try:
            await super().__call__(scope, receive, send)
        finally:
            STREAMS.labels("sse").dec()
            self._on_end()


async def frames(results: Results, context: Context, heartbeat: float) -> AsyncGenerator[bytes, None]:
    """The bytes of the stream; a sign of life every `heartbeat` seconds while nothing happens.

    When the source breaks off, the response ends without `complete`, so that clients come again.
    """
    queue: asyncio.Queue[bytes | None] = asyncio.Queue(maxsize=1)
    pump = asyncio.create_task(_pump(results, context, queue))
    try:
        yield ALIVE
        while True:
            try:
                frame = await asyncio.wait_for(queue.get(), heartbeat)
            except TimeoutError:
                frame = ALIVE
            if frame is None:
                return
            yield frame
    finally:
        pump.cancel()
        with suppress(asyncio.CancelledError):
            await pump


async def _pump(results: Results, context: Context, queue: asyncio.Queue[bytes | None]) -> None:
    """Run the operation in one task from beginning to end, as its source expects."""
    try:
        async with aclosing(results):
            async for result in results:
                if closing(result) is not None:
                    OPERATIONS.labels("sse", first_code(result)).inc()
                    return
                async with aclosing(told(result, context.event)) as parts:
                    async for messages in parts:
                        count("sse", messages)
                        await queue.put(b"".join(map(_frame, messages)))
                if failed(result):
                    break
        await queue.put(COMPLETE)
    except StreamClosed:
        return
    except ApiError as error:
        await queue.put(_frame(message_of(error)) + COMPLETE)
    except Exception:  # noqa: BLE001 - whatever it is, the client is to come again
        _log.exception("internal_error", request_id=context.request_id)
    finally:
        await queue.put(None)


def _frame(message: Message) -> bytes:
    name = "" if message.cursor is None else f"id: {message.cursor}\n"
    return f"{name}event: next\ndata: {message.text}\n\n".encode()
