"""Broadcasts: what is told of the log to many at once, executed and written once for all of them."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from typing import NamedTuple

from application.reading.follow_events import Page, StoredEvent

AT_A_STRETCH = 20
"""The number of events executed before others get their turn."""
KEPT_BATCHES = 1_000
KEPT_CHARACTERS = 4_000_000
KEPT_SECONDS = 10.0
"""The amount kept for slow listeners, in each broadcast, and how long."""


class Message(NamedTuple):
    """One result of an operation as it goes over the wire, whoever it goes to."""

    text: str
    """Its JSON."""
    code: str
    """The code of its first error, else OK."""
    cursor: str | None = None
    """Where its event stands in the log, as clients are told."""
    position: int = 0
    """Where its event stands in the log."""


class Batch(NamedTuple):
    """The messages between two positions of the log; none where nothing there was to be told."""

    after: int
    position: int
    messages: Sequence[Message]
    made_at: float = 0.0
    """By the clock of the loop."""


Pages = Callable[[int], AsyncGenerator[Page, None]]
"""The pages behind a position of the log, without end; one without events after each silence."""
Make = Callable[[Sequence[StoredEvent]], Awaitable[list[Message]]]
"""Makes the messages of those of some events that are to be told."""


class Broadcast:
    """Follows the log once for all its listeners and keeps the newest batches, so many and no more.

    It waits for nobody: who is slower than what is kept goes on alone. A listener holds nothing but the number of its
    next batch. While there is nothing to tell, a batch without messages comes every `look_seconds`.
    """

    def __init__(self, position: int, pages: Pages, make: Make, look_seconds: float) -> None:
        self._pages = pages
        self._make = make
        self._look_seconds = look_seconds
        self._batches: list[Batch] = []
        self._first = 0
        self._characters = 0
        self._position = position
        self._news = asyncio.Event()
        self.listeners = 0
        self.task = asyncio.create_task(self._run(), name="broadcast")
        self.task.add_done_callback(self._ended)

    async def listen(self, position: int) -> AsyncGenerator[Batch, None]:
        """The batches behind a position, each event once, in order.

        Ends when the listener is too far behind, and raises what ended the broadcast.
        """
        number = self._number(position)
        while number >= self._first:
            if number < self._first + len(self._batches):
                batch = _behind(position, self._batches[number - self._first])
                number, position = number + 1, batch.position
                yield batch
            elif self.task.done():
                if not self.task.cancelled():
                    self.task.result()
                return
            else:
                await self._news.wait()

    def _number(self, position: int) -> int:
        """The number of the batch that goes on behind a position; less than the first where that is not kept."""
        if position < (self._batches[0].after if self._batches else self._position):
            return self._first - 1
        return self._first + bisect_right(self._batches, position, key=lambda batch: batch.position)

    async def _run(self) -> None:
        clock = asyncio.get_running_loop().time
        look_at = clock() + self._look_seconds
        async with aclosing(self._pages(self._position)) as pages:
            async for page in pages:
                for start in range(0, len(page.events), AT_A_STRETCH):
                    events = page.events[start : start + AT_A_STRETCH]
                    if messages := await self._make(events):
                        self._publish(events[-1].position, messages)
                        look_at = clock() + self._look_seconds
                        await asyncio.sleep(0)
                if clock() >= look_at:
                    self._publish(page.position, [])
                    look_at = clock() + self._look_seconds

    def _publish(self, position: int, messages: Sequence[Message]) -> None:
        now = asyncio.get_running_loop().time()
        batch = Batch(self._position, position, messages, now)
        self._batches.append(batch)
        self._characters += _size(batch)
        too_many = len(self._batches) > KEPT_BATCHES or self._characters > KEPT_CHARACTERS
        if too_many or self._batches[0].made_at <= now - KEPT_SECONDS:
            self._drop(len(self._batches) // 2)
        self._position = position
        self._announce()

    def _drop(self, number: int) -> None:
        """Drop the oldest, many at once, since dropping moves all the others."""
        self._characters -= sum(map(_size, self._batches[:number]))
        del self._batches[:number]
        self._first += number

    def _announce(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled():
            task.exception()  # it is told to the listeners, if there are any
        self._announce()


def _behind(position: int, batch: Batch) -> Batch:
    """Return what of a batch lies behind a position."""
    if batch.after >= position:
        return batch
    return Batch(position, batch.position, [one for one in batch.messages if one.position > position])


def _size(batch: Batch) -> int:
    return sum(len(message.text) for message in batch.messages)


class Broadcasts:
    """The broadcasts of a process, each for as long as somebody listens."""

    def __init__(self) -> None:
        self._running: dict[Hashable, Broadcast] = {}

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._running)

    @contextmanager
    def joined(self, key: Hashable, begin: Callable[[], Broadcast]) -> Iterator[Broadcast]:
        """The broadcast under a key; one that begins now where there is none."""
        broadcast = self._running.get(key)
        if broadcast is None or broadcast.task.done():
            broadcast = self._running[key] = begin()
        broadcast.listeners += 1
        try:
            yield broadcast
        finally:
            broadcast.listeners -= 1
            if not broadcast.listeners:
                broadcast.task.cancel()
                if self._running.get(key) is broadcast:
                    del self._running[key]
