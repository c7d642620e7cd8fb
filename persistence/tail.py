"""The tail: reads the event log once for a whole process and feeds all who follow it there."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass

import asyncpg
import structlog

from persistence import event_log
from persistence.database import Database
from persistence.event_log import CursorExpired, CursorUnknown, StoredEvent
from persistence.sequencer import CHANNEL

PAGE = 100
"""The most events a follower is given at once."""

_READ_AT_ONCE = 1000
_READERS = 4
_PATIENCE_SECONDS = 30
_LONGEST_BACKOFF_SECONDS = 2.0

_log = structlog.get_logger(__name__)


class TailStopped(Exception):
    """The tail ends; followers go on elsewhere, behind the last position they were given."""


@dataclass(frozen=True, slots=True)
class Page:
    """The next events of a follower and the position it has reached with them; no events: a checkpoint."""

    position: int
    events: list[StoredEvent]


class Tail:
    """Holds the newest events (at least `size` of them) and reads on as soon as the sequencer or the clock says so.

    After news it takes `gather_seconds` for more to come together: each reading wakes all who follow.
    """

    def __init__(
        self, database: Database, *, size: int = 10_000, poll_seconds: float = 1.0, gather_seconds: float = 0.015
    ) -> None:
        self._database = database
        self._size = size
        self._poll_seconds = poll_seconds
        self._gather_seconds = gather_seconds
        self._floor = 0
        self._head = 0
        self._events: list[StoredEvent] = []
        self._positions: list[int] = []
        self._hinted = asyncio.Event()
        self._news = asyncio.Event()
        self._readers = asyncio.Semaphore(_READERS)
        self._tasks: list[asyncio.Task[None]] = []
        self._stopped = False

    @property
    def position(self) -> int:
        """The position of the newest event that followers can be given."""
        return self._head

    async def start(self) -> None:
        """Begin at the newest event there is; raises what the database raises if it cannot be read."""
        async with self._database.reading() as connection:
            self._floor = self._head = await event_log.head(connection)
        self._tasks = [
            asyncio.create_task(self._read_on(), name="tail"),
            asyncio.create_task(self._listen(), name="tail listening"),
        ]

    async def stop(self) -> None:
        """End at once; whoever follows gets TailStopped."""
        self._stopped = True
        self._announce()
        for task in self._tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        self._tasks = []

    async def follow(self, after: int | None = None, *, idle_seconds: float = 20) -> AsyncGenerator[Page, None]:
        """Pages of the events behind a position (None: from now on), each event once, in order, without an end.

        A page without events comes when there was nothing to give for `idle_seconds`. Events of a past that was
        recorded later (`historical`) are left out. Raises CursorExpired, CursorUnknown, and TailStopped when it ends.
        """
        position = await self.check(after)
        clock = asyncio.get_running_loop().time
        checkpoint_at = clock() + idle_seconds
        while not self._stopped:
            page = await self._next(position)
            if page.position == position:
                await self._wait_for_news(position, checkpoint_at)
            elif len(page.events) == PAGE:  # there may be more: let others have their turn
                await asyncio.sleep(0)
            position = page.position
            if page.events or clock() >= checkpoint_at:
                yield page
                checkpoint_at = clock() + idle_seconds
        raise TailStopped

    async def check(self, after: int | None) -> int:
        """The position to follow from (None: the newest); raises CursorExpired and CursorUnknown."""
        if after is not None and self._floor <= after <= self._head:
            return after
        async with self._database.reading() as connection:
            head, oldest = await event_log.head(connection), await event_log.oldest(connection)
        if after is None:
            return head
        if after > head:
            raise CursorUnknown(head)
        if after < oldest - 1:
            raise CursorExpired(oldest)
        return after

    async def _next(self, position: int) -> Page:
        """What comes behind a position, as far as it is known now; from the table for who is far behind."""
        if position < self._floor:
            async with self._readers, self._database.reading() as connection:
                found = await event_log.read_after(connection, position, limit=PAGE)
                oldest = await event_log.oldest(connection)
            if position < oldest - 1:
                raise CursorExpired(oldest)
            reached = found[-1].position if found else self._floor
        else:
            start = bisect_right(self._positions, position)
            found = self._events[start : start + PAGE]
            reached = found[-1].position if found else max(position, self._head)
        return Page(reached, [event for event in found if not event.historical])

    async def _wait_for_news(self, position: int, until: float) -> None:
        """Wait until there is something behind the position, but no longer than to a time of the loop."""
        with suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                while self._head <= position and not self._stopped:
                    await self._news.wait()

    async def _read_on(self) -> None:
        backoff = self._poll_seconds
        while True:
            self._hinted.clear()
            try:
                while await self._read_page() == _READ_AT_ONCE:
                    pass
                backoff = self._poll_seconds
            except Exception as trouble:  # noqa: BLE001  (whatever it is, followers want to go on)
                _log.warning("tail.interrupted", reason=str(trouble) or type(trouble).__name__)
                backoff = min(2 * backoff, _LONGEST_BACKOFF_SECONDS)
            await asyncio.sleep(self._gather_seconds)
            with suppress(TimeoutError):
                async with asyncio.timeout(backoff):
                    await self._hinted.wait()

    async def _read_page(self) -> int:
        async with asyncio.timeout(_PATIENCE_SECONDS), self._database.reading() as connection:
            found = await event_log.read_after(connection, self._head, limit=_READ_AT_ONCE)
        if found:
            self._events += found
            self._positions += [event.position for event in found]
            self._head = found[-1].position
            self._trim()
            self._announce()
        return len(found)

    def _trim(self) -> None:
        """Drop the oldest in large pieces, since dropping moves all the others."""
        surplus = len(self._events) - self._size
        if surplus >= self._size // 2:
            self._floor = self._positions[surplus - 1]
            del self._events[:surplus]
            del self._positions[:surplus]

    def _announce(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    async def _listen(self) -> None:
        """Keep a connection that hears the sequencer; what it misses while it is away, the poll finds."""
        while True:
            try:
                connection = await self._database.connect()
                try:
                    await self._hear(connection)
                finally:
                    connection.terminate()
            except Exception as trouble:  # noqa: BLE001  (whatever it is, followers want to go on)
                _log.warning("tail.deaf", reason=str(trouble) or type(trouble).__name__)
            await asyncio.sleep(self._poll_seconds)

    async def _hear(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        closed = asyncio.Event()
        connection.add_termination_listener(lambda _connection: closed.set())
        await connection.add_listener(CHANNEL, lambda *_: self._hinted.set())
        self._hinted.set()
        while not closed.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(_PATIENCE_SECONDS):
                    await closed.wait()
            await connection.execute("select 1")
