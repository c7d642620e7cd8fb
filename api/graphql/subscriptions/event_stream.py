"""One subscription of the event log: from where it begins until its client leaves, without a gap."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

import structlog

from api.errors import StreamClosed, bad_input
from api.graphql.lists.event_cursors import EARLIEST, read_event_cursor
from api.graphql.parts.broadcast import AT_A_STRETCH, Broadcast, Message
from api.graphql.parts.context import Context
from api.graphql.subscription_execution import Stream, SubscriptionExecution
from api.graphql.types.event_types import cursor_expired
from application.reading.event_filters import Side
from application.reading.follow_events import (
    CursorExpired,
    CursorUnknown,
    Page,
    StoredEvent,
    TailStopped,
    follow,
    is_admitted,
    newest,
    start_position,
)
from application.runtime.trouble import DatabaseAway, DatabaseBusy
from domain.people.principal import Principal
from domain.words.ids import new_id

T = TypeVar("T")

CHECKPOINT = "checkpoint"
"""The type of what only tells where the stream stands."""
_log = structlog.get_logger("api.streams")
_NOTHING = UUID(int=0)
_LOOK_SECONDS = 0.5
"""The time after which a quiet stream looks whether its key is still valid."""


@dataclass(frozen=True)
class EventSource(Generic[T]):
    """The messages of a subscription from the log."""

    wanted: Callable[[StoredEvent, Principal], Side | None]
    """The side from which a client with that sight is told of an event, AFTER or as something that left; None: not at
    all."""
    load: Callable[[Context, Sequence[StoredEvent]], Awaitable[Sequence[Any]]]
    """The objects sent with each of the events, loaded together for an asker with those surroundings."""
    tell: Callable[[StoredEvent, Any, Side], T]
    """An event as it is told, with what was loaded for it; a checkpoint has a type of its own and nothing loaded."""


class EventStream(Stream, Generic[T]):
    """The stream of one client, and where it stands.

    While it is behind it is told alone, at its own pace; once it has caught up, together with all who ask the same.
    """

    def __init__(self, context: Context, source: EventSource[T]) -> None:
        self._context = context
        self._source = source
        self._position = 0
        self._begun = True
        self._look_seconds = min(_LOOK_SECONDS, context.checkpoint_seconds)
        self._checkpoint_at = 0.0
        self._admitted_until = 0.0

    async def run(
        self, after: str | None, consumer: str | None, need: Callable[[Any], Awaitable[None]] | None = None
    ) -> AsyncGenerator[T, None]:
        """The stream itself, once it is known where it begins; `need` refuses beforehand what cannot be followed."""
        with _translated():
            if need is not None:
                await need(self._context.application)
            self._position, self._begun = await self._begin(after, consumer)
        yield cast(T, self)

    async def told(self, execution: SubscriptionExecution) -> AsyncGenerator[Sequence[Message], None]:
        """The events behind the cursor, in order, each event at least once; checkpoints while there is nothing.

        A client that gives no cursor is told at once, by a checkpoint, where the stream begins: from there it can
        resume before anything has happened. Ends only by an error of the client's, StreamClosed, or its leaving.
        """
        with _translated():
            self._wait_again()
            if not self._begun:
                yield [await self._checkpoint(execution)]
            while True:
                for part in (self._alone, self._together):
                    async with aclosing(part(execution)) as told:
                        async for messages in told:
                            yield messages

    async def _begin(self, after: str | None, consumer: str | None) -> tuple[int, bool]:
        """The position behind which to begin, and whether the client gave one."""
        resumed = self._context.last_event_id
        cursor, argument = (resumed, "Last-Event-ID") if resumed else (after, "after")
        earliest = cursor == EARLIEST
        position = None if cursor is None or earliest else read_event_cursor(cursor, argument)
        begin = await start_position(
            self._context.application, self._context.principal, after=position, earliest=earliest, consumer=consumer
        )
        return begin, cursor is not None

    async def _alone(self, execution: SubscriptionExecution) -> AsyncGenerator[Sequence[Message], None]:
        """Return what the others have been told already; a slow reader has each stretch loaded when it comes to it."""
        application = self._context.application
        if self._position >= newest(application):
            return
        async with aclosing(self._pages(self._position)) as pages:
            async for page in pages:
                for start in range(0, len(page.events), AT_A_STRETCH):
                    await self._admit()
                    if messages := await self._messages(execution, page.events[start : start + AT_A_STRETCH]):
                        yield messages
                        self._wait_again()
                    await asyncio.sleep(0)
                self._position = page.position
                async for checkpoint in self._due(execution):
                    yield checkpoint
                if self._position >= newest(application):
                    return

    async def _together(self, execution: SubscriptionExecution) -> AsyncGenerator[Sequence[Message], None]:
        """Return what happens from now on; ends when the reader is too slow for it."""
        with self._context.broadcasts.joined(execution.audience, lambda: self._broadcast(execution)) as broadcast:
            async with aclosing(broadcast.listen(self._position)) as batches:
                async for batch in batches:
                    await self._admit()
                    if batch.messages:
                        yield batch.messages
                        self._wait_again()
                    self._position = batch.position
                    async for checkpoint in self._due(execution):
                        yield checkpoint

    def _broadcast(self, execution: SubscriptionExecution) -> Broadcast:
        begin = min(self._position, newest(self._context.application))
        return Broadcast(begin, self._pages, partial(self._messages, execution), self._look_seconds)

    def _pages(self, position: int) -> AsyncGenerator[Page, None]:
        return follow(self._context.application, position, idle_seconds=self._look_seconds)

    async def _messages(self, execution: SubscriptionExecution, events: Sequence[StoredEvent]) -> list[Message]:
        """Return what is told of those of the events that are wanted and may be seen; never older than they are."""
        told = [(event, side) for event in events if (side := self._source.wanted(event, execution.sight)) is not None]
        if not told:
            return []
        context = execution.surroundings()
        loaded = await self._source.load(context, [event for event, _ in told])
        return [
            await execution.message(context, self._source.tell(event, one, side), event.position)
            for (event, side), one in zip(told, loaded, strict=True)
        ]

    async def _due(self, execution: SubscriptionExecution) -> AsyncGenerator[Sequence[Message], None]:
        """A checkpoint, when it is time for one."""
        if asyncio.get_running_loop().time() >= self._checkpoint_at:
            yield [await self._checkpoint(execution)]
            self._wait_again()

    async def _admit(self) -> None:
        """Close the stream when its key was revoked or has expired; asked twice a second, once for all."""
        now = asyncio.get_running_loop().time()
        if now < self._admitted_until:
            return
        self._admitted_until = now + _LOOK_SECONDS
        if not await is_admitted(self._context.application, self._context.principal):
            raise StreamClosed(4403, "Forbidden")

    def _wait_again(self) -> None:
        """Put off the next checkpoint."""
        self._checkpoint_at = asyncio.get_running_loop().time() + self._context.checkpoint_seconds

    async def _checkpoint(self, execution: SubscriptionExecution) -> Message:
        at = self._context.now()
        event = StoredEvent(
            position=self._position,
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
        return await execution.message(
            execution.surroundings(), self._source.tell(event, None, Side.AFTER), self._position
        )


@contextmanager
def _translated() -> Iterator[None]:
    """Return what can go wrong with the log, as clients are told of it."""
    try:
        yield
    except TailStopped:
        raise StreamClosed(1012, "Service restart") from None
    except (DatabaseAway, DatabaseBusy) as trouble:
        _log.warning("stream_interrupted", reason=str(trouble))
        raise StreamClosed(1013, "Try again") from None
    except CursorExpired as expired:
        raise cursor_expired(expired) from None
    except CursorUnknown:
        raise bad_input("The cursor lies beyond the newest event.") from None
