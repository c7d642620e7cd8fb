"""The tail: reads the event log once for a whole process and feeds all who follow it there."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from dataclasses import dataclass

import asyncpg
import structlog

from persistence.database.database import Database
from persistence.events import event_log
from persistence.events.event_log import CursorExpired, CursorUnknown, StoredEvent
from persistence.events.sequencer import CHANNEL

PAGE = 100
"""The most events a follower is given at once."""
SESSION = "baton tail"
"""The name under which the database knows the connection that reads."""

_READ_AT_ONCE = 1000
_READERS = 4
_LONGEST_BACKOFF_SECONDS = 2.0

_log = structlog.get_logger(__name__)


class TailStopped(Exception):
    """The tail ends; followers go on elsewhere, behind the last position they were given."""


@dataclass(frozen=True, slots=True)
class Page:
    """The events between two positions, shared by all who follow; no events: a checkpoint."""

    after: int
    """The position behind which it begins."""
    position: int
    """The position it reaches."""
    events: list[StoredEvent]
    """Those of a past that was recorded later (`historical`) are left out."""


class Tail:
    """Holds the newest pages and reads on as soon as the sequencer or the clock says so.

    Pages are cut once, when they are read, and each of them goes to all who follow, late ones too: what one of them
    makes of a page is good for the others. After news the tail takes `gather_seconds` for more to come together, since
    each page wakes all. It reads on a connection of its own, so that it waits for nobody.
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
        self._pages: list[Page] = []
        self._ends: list[int] = []
        self._hinted = asyncio.Event()
        self._news = asyncio.Event()
        self._readers = asyncio.Semaphore(_READERS)
        self._task: asyncio.Task[None] | None = None
        self._stopped = False

    @property
    def position(self) -> int:
        """The position of the newest event that followers can be given."""
        return self._head

    async def start(self) -> None:
        """Begin at the newest event there is; raises what the database raises if it cannot be read."""
        async with self._database.reading() as connection:
            self._floor = self._head = await event_log.head(connection)
        self._task = asyncio.create_task(self._run(), name="tail")

    async def stop(self) -> None:
        """End at once; whoever follows gets TailStopped."""
        self._stopped = True
        self._announce()
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def follow(self, after: int | None = None, *, idle_seconds: float = 20) -> AsyncGenerator[Page, None]:
        """Pages of the events behind a position (None: from now on), each event once, in order, without an end.

        A page without events comes when there was nothing to give for `idle_seconds`. Raises CursorExpired,
        CursorUnknown, and TailStopped when it ends.
        """
        position = await self.check(after)
        clock = asyncio.get_running_loop().time
        checkpoint_at = clock() + idle_seconds
        while not self._stopped:
            page = await self._next(position)
            if page.position == position:
                await self._wait_for_news(position, checkpoint_at)
            elif page.position < self._head:  # there is more: let others have their turn
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
        """Return what comes behind a position, as far as it is known now; from the table for who is far behind."""
        if position < self._floor:
            return await self._from_table(position)
        place = bisect_right(self._ends, position)
        if place == len(self._ends):
            return Page(position, position, [])
        page = self._pages[place]
        if page.after == position:
            return page
        return Page(position, page.position, [event for event in page.events if event.position > position])

    async def _from_table(self, position: int) -> Page:
        async with self._readers, self._database.reading() as connection:
            found = await event_log.read_after(connection, position, limit=PAGE)
            oldest = await event_log.oldest(connection)
        if position < oldest - 1:
            raise CursorExpired(oldest)
        return _page(position, found) if found else Page(position, self._floor, [])

    async def _wait_for_news(self, position: int, until: float) -> None:
        """Wait until there is something behind the position, but no longer than to a time of the loop."""
        with suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                while self._head <= position and not self._stopped:
                    await self._news.wait()

    async def _run(self) -> None:
        """Keep a connection that reads and hears the sequencer; what it misses while it is away, it reads then."""
        backoff = self._poll_seconds
        while True:
            reached = self._head
            try:
                connection = await self._database.connect(application_name=SESSION)
                try:
                    await self._read_on(connection)
                finally:
                    connection.terminate()
            except Exception as trouble:  # noqa: BLE001  (whatever it is, followers want to go on)
                _log.warning("tail.interrupted", reason=str(trouble) or type(trouble).__name__)
            backoff = self._poll_seconds if self._head > reached else min(2 * backoff, _LONGEST_BACKOFF_SECONDS)
            await asyncio.sleep(backoff)

    async def _read_on(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        connection.add_termination_listener(lambda _connection: self._hinted.set())
        await connection.add_listener(CHANNEL, lambda *_: self._hinted.set())
        while True:
            self._hinted.clear()
            while await self._read_page(connection) == _READ_AT_ONCE:
                pass
            await asyncio.sleep(self._gather_seconds)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._poll_seconds):
                    await self._hinted.wait()

    async def _read_page(self, connection: asyncpg.Connection[asyncpg.Record]) -> int:
        found = await event_log.follow_after(connection, self._head, limit=_READ_AT_ONCE)
        if found:
            self._take(found)
        return len(found)

    def _take(self, found: Sequence[StoredEvent]) -> None:
        for start in range(0, len(found), PAGE):
            page = _page(self._head, found[start : start + PAGE])
            self._pages.append(page)
            self._ends.append(page.position)
            self._head = page.position
        self._trim()
        self._announce()

    def _trim(self) -> None:
        """Drop the oldest in large pieces, since dropping moves all the others."""
        if self._head - self._floor >= self._size + self._size // 2:
            surplus = bisect_right(self._ends, self._head - self._size)
            self._floor = self._ends[surplus - 1] if surplus else self._floor
            del self._pages[:surplus]
            del self._ends[:surplus]

    def _announce(self) -> None:
        self._news.set()
        self._news = asyncio.Event()


def _page(after: int, found: Sequence[StoredEvent]) -> Page:
    return Page(after, found[-1].position, [event for event in found if not event.historical])
