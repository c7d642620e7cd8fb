"""One subscription of the event log: from where it begins until its client leaves, without a gap."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from api.context import Context
from api.errors import StreamClosed, bad_input
from api.event_cursors import EARLIEST, read_event_cursor
from api.types.event_types import cursor_expired
from application.follow_events import (
    CursorExpired,
    CursorUnknown,
    Page,
    StoredEvent,
    TailStopped,
    follow,
    is_admitted,
    start_position,
)
from application.reading.events import visible
from domain.ids import new_id

T = TypeVar("T")

CHECKPOINT = "checkpoint"
"""The type of what only tells where the stream stands."""
_NOTHING = UUID(int=0)
_LOOK_SECONDS = 0.5
"""How often a quiet stream looks whether its key is still valid."""
_CURRENT_SECONDS = 1.0
"""How long what was loaded for a page is told to a slow reader before it is loaded again."""
_AT_A_STRETCH = 10
"""How many events are told before others get their turn."""


@dataclass(frozen=True)
class Telling(Generic[T]):
    """What a subscription tells of the log."""

    wanted: Callable[[StoredEvent], bool]
    """Whether the client wants to be told of an event."""
    load: Callable[[Sequence[StoredEvent]], Awaitable[Sequence[Any]]]
    """What is told with each of the events, loaded together."""
    tell: Callable[[StoredEvent, Any], T]
    """An event as it is told, with what was loaded for it; a checkpoint has a type of its own and nothing loaded."""


class EventStream(Generic[T]):
    """What one client is told, and where it stands."""

    def __init__(self, context: Context, telling: Telling[T]) -> None:
        self._context = context
        self._telling = telling
        self._checkpoint_at = 0.0
        self._admitted_until = 0.0

    async def run(self, after: str | None, consumer: str | None) -> AsyncGenerator[T, None]:
        """What is told behind a cursor, in order, each event at least once; checkpoints while there is nothing to tell.

        A client that gives no cursor is told at once, by a checkpoint, where the stream begins: from there it can
        resume before anything has happened. Ends only by an error of the client's, StreamClosed, or its leaving.
        """
        idle = min(_LOOK_SECONDS, self._context.checkpoint_seconds)
        with _translated():
            position, given = await self._begin(after, consumer)
            self._wait_again()
            if not given:
                yield self._checkpoint(position)
            async with aclosing(follow(self._context.house, position, idle_seconds=idle)) as pages:
                async for page in pages:
                    async with aclosing(self._tell(page)) as items:
                        async for item in items:
                            yield item

    async def _begin(self, after: str | None, consumer: str | None) -> tuple[int, bool]:
        """The position behind which to begin, and whether the client gave one."""
        resumed = self._context.last_event_id
        cursor, argument = (resumed, "Last-Event-ID") if resumed else (after, "after")
        earliest = cursor == EARLIEST
        position = None if cursor is None or earliest else read_event_cursor(cursor, argument)
        begin = await start_position(
            self._context.house, self._context.principal, after=position, earliest=earliest, consumer=consumer
        )
        return begin, cursor is not None

    async def _tell(self, page: Page) -> AsyncGenerator[T, None]:
        """The events of a page that concern the client, loaded together; a checkpoint when it is time for one.

        What was loaded for the page is never older than its events; a slow reader has the rest of it loaded again.
        """
        await self._admit()
        clock = asyncio.get_running_loop().time
        rest = [event for event in page.events if self._concerns(event)]
        while rest:
            self._context.page, until = {}, clock() + _CURRENT_SECONDS
            loaded = await self._telling.load(rest)
            for told, pair in enumerate(zip(rest, loaded, strict=True), 1):
                yield self._telling.tell(*pair)
                if told % _AT_A_STRETCH == 0:
                    await asyncio.sleep(0)
                if clock() >= until:
                    await self._admit()
                    break
            rest = rest[told:]
            self._wait_again()
        if clock() >= self._checkpoint_at:
            yield self._checkpoint(page.position)
            self._wait_again()

    def _concerns(self, event: StoredEvent) -> bool:
        return self._telling.wanted(event) and visible(self._context.principal, event)

    async def _admit(self) -> None:
        """Close the stream when its key was revoked or has expired; asked twice a second, once for all."""
        now = asyncio.get_running_loop().time()
        if now < self._admitted_until:
            return
        self._admitted_until = now + _LOOK_SECONDS
        if not await is_admitted(self._context.house, self._context.principal):
            raise StreamClosed(4403, "Forbidden")

    def _wait_again(self) -> None:
        """Put off the next checkpoint."""
        self._checkpoint_at = asyncio.get_running_loop().time() + self._context.checkpoint_seconds

    def _checkpoint(self, position: int) -> T:
        at = self._context.now()
        event = StoredEvent(
            position=position,
            id=new_id(now=at),
            type=CHECKPOINT,
            at=at,
            recorded_at=at,
            subject_type="",
            subject_id=_NOTHING,
            lead_id=None,
            visible_to=(),
            person=None,
            payload={},
            historical=False,
        )
        return self._telling.tell(event, None)


@contextmanager
def _translated() -> Iterator[None]:
    """What can go wrong with the log, as clients are told of it."""
    try:
        yield
    except TailStopped:
        raise StreamClosed(1012, "Service restart") from None
    except CursorExpired as expired:
        raise cursor_expired(expired) from None
    except CursorUnknown:
        raise bad_input("The cursor lies beyond the newest event.") from None
