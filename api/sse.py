"""Operations over server-sent events: GraphQL over SSE, distinct connections mode."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, suppress
from typing import Any

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send
from strawberry.types import ExecutionResult

from api.context import Context
from api.door import OPERATIONS, STREAMS, closing, failed, first_code, formatted
from api.negotiation import EVENTS
from api.wire import write_json

HEADERS = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}
ALIVE = b": alive\n\n"
COMPLETE = b"event: complete\ndata:\n\n"

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
                OPERATIONS.labels("sse", first_code(result)).inc()
                if closing(result) is not None:
                    return
                await queue.put(_frame(result, context))
                if failed(result):
                    break
        await queue.put(COMPLETE)
    finally:
        await queue.put(None)


def _frame(result: ExecutionResult, context: Context) -> bytes:
    cursor = getattr(context.event, "cursor", None)
    name = f"id: {cursor}\n".encode() if isinstance(cursor, str) else b""
    return name + b"event: next\ndata: " + write_json(formatted(result)) + b"\n\n"
