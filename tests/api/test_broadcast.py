"""A broadcast: told once to all, and nobody waits for anybody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import UTC, datetime
from uuid import UUID

import pytest

from api.graphql.parts import broadcast as broadcasts
from api.graphql.parts.broadcast import Broadcast, Broadcasts, Message
from application.reading.follow_events import Page, StoredEvent, TailStopped

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def event(position: int) -> StoredEvent:
    """An event at a position."""
    return StoredEvent(position, UUID(int=position), "x", AT, AT, "X", UUID(int=0), None, (), None, {}, False)


class Log:
    """A log that is fed by hand, read once for each broadcast; every third event is to be told."""

    def __init__(self) -> None:
        self.pages: asyncio.Queue[Page | None] = asyncio.Queue()
        self.read: list[int] = []
        self.made: list[int] = []

    async def follow(self, position: int) -> AsyncGenerator[Page, None]:
        """The pages behind a position."""
        self.read.append(position)
        while (page := await self.pages.get()) is not None:
            yield page
        raise TailStopped

    async def make(self, events: Sequence[StoredEvent]) -> list[Message]:
        """A message for every third event."""
        told = [one.position for one in events if one.position % 3 == 0]
        self.made += told
        return [Message(f"{position:04}", "OK", None, position) for position in told]

    def happens(self, after: int, position: int) -> None:
        """Let there be events up to a position."""
        self.pages.put_nowait(Page(after, position, [event(one) for one in range(after + 1, position + 1)]))

    def begin(self, position: int = 0, look_seconds: float = 60) -> Broadcast:
        """A broadcast of the log."""
        return Broadcast(position, self.follow, self.make, look_seconds)


@asynccontextmanager
async def going_on(broadcast: Broadcast) -> AsyncIterator[None]:
    """A broadcast that is ended with the block."""
    try:
        yield
    finally:
        broadcast.task.cancel()
        with suppress(asyncio.CancelledError, TailStopped):
            await broadcast.task


async def heard(broadcast: Broadcast, position: int, count: int) -> list[int]:
    """The positions of so many messages, as a listener behind a position hears them."""
    found: list[int] = []
    async with asyncio.timeout(20), aclosing(broadcast.listen(position)) as batches:
        async for batch in batches:
            assert batch.after == position
            position = batch.position
            found += [message.position for message in batch.messages]
            if len(found) >= count:
                break
    return found


async def test_each_event_is_told_once_to_all_who_listen() -> None:
    """However many listen, from wherever, the log is read and each message made once; each hears what lies behind."""
    log = Log()
    broadcast = log.begin()
    async with going_on(broadcast):
        first = [asyncio.create_task(heard(broadcast, 0, 4)) for _ in range(3)]
        log.happens(0, 5)
        log.happens(5, 12)
        assert await asyncio.gather(*first) == [[3, 6, 9, 12]] * 3
        for position in range(13):
            expected = [one for one in (3, 6, 9, 12) if one > position]
            assert await heard(broadcast, position, len(expected)) == expected if expected else True
        ahead = asyncio.create_task(heard(broadcast, 16, 1))
        log.happens(12, 20)
        assert await ahead == [18]
    assert (log.read, log.made) == ([0], [3, 6, 9, 12, 15, 18])


async def test_while_there_is_nothing_to_tell_it_says_where_it_stands() -> None:
    """A batch without messages comes now and then, so that listeners can look after themselves."""
    log = Log()
    broadcast = log.begin(look_seconds=0)
    async with going_on(broadcast), asyncio.timeout(20), aclosing(broadcast.listen(0)) as batches:
        log.happens(0, 2)
        batch = await anext(batches)
        assert (batch.position, batch.messages) == (2, [])
        log.happens(2, 4)
        assert [message.position for message in (await anext(batches)).messages] == [3]
        assert (await anext(batches)).position == 4


@pytest.mark.parametrize(("kept", "characters"), [(4, 10**6), (10**6, 16)])
async def test_who_is_too_slow_is_left_behind(monkeypatch: pytest.MonkeyPatch, kept: int, characters: int) -> None:
    """A listener slower than what is kept comes to an end; the others do not notice, and no more than that is kept."""
    monkeypatch.setattr(broadcasts, "KEPT_BATCHES", kept)
    monkeypatch.setattr(broadcasts, "KEPT_CHARACTERS", characters)
    log = Log()
    broadcast = log.begin()
    async with going_on(broadcast), aclosing(broadcast.listen(0)) as slow, asyncio.timeout(20):
        quick = asyncio.create_task(heard(broadcast, 0, 20))
        log.happens(0, 3)
        assert (await anext(slow)).position == 3
        for number in range(1, 20):
            log.happens(3 * number, 3 * number + 3)
            await asyncio.sleep(0.001)
        assert await quick == list(range(3, 61, 3))
        assert [batch async for batch in slow] == []
        assert [batch async for batch in broadcast.listen(3)] == [], "what is gone cannot be joined"
        assert len(broadcast._batches) <= 5
        assert broadcast._characters == 4 * len(broadcast._batches)


async def test_what_is_old_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """While nothing happens, what happened is forgotten: many quiet broadcasts hold no memory."""
    monkeypatch.setattr(broadcasts, "KEPT_SECONDS", 0.0)
    log = Log()
    broadcast = log.begin(look_seconds=0)
    async with going_on(broadcast):
        quick = asyncio.create_task(heard(broadcast, 0, 10))
        log.happens(0, 30)
        assert await quick == list(range(3, 31, 3))
        for position in (31, 32):
            log.happens(position - 1, position)
        await asyncio.sleep(0.01)
        assert len(broadcast._batches) == 1
        assert broadcast._characters == 0


async def test_what_ends_it_reaches_all_who_listen() -> None:
    """Listeners are told what was made before, then what ended it."""
    log = Log()
    broadcast = log.begin()
    listening = [asyncio.create_task(heard(broadcast, 0, 9)) for _ in range(3)]
    log.happens(0, 3)
    log.pages.put_nowait(None)
    assert [type(one) for one in await asyncio.gather(*listening, return_exceptions=True)] == [TailStopped] * 3


async def test_it_goes_on_for_as_long_as_somebody_listens() -> None:
    """Those who join under the same key share one; it ends with the last of them; the next one begins another."""
    log, running = Log(), Broadcasts()
    with running.joined("a", log.begin) as one:
        with running.joined("a", log.begin) as same, running.joined("b", log.begin) as other:
            assert (same is one, other is one, len(running)) == (True, False, 2)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert (other.task.done(), one.task.done(), len(running)) == (True, False, 1)
        one.task.cancel()
        await asyncio.wait([one.task])
        with running.joined("a", log.begin) as another:
            assert another is not one
            assert [batch async for batch in one.listen(0)] == []
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert (another.task.done(), len(running)) == (True, 0)
