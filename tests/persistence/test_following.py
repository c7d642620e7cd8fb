"""Sequencer and tail: every committed event reaches every follower once, in one order."""

from __future__ import annotations

import asyncio
import random
from contextlib import aclosing
from uuid import UUID

import pytest
from sqlalchemy import text

from persistence.database.database import Database
from persistence.events import event_log
from persistence.events.event_log import CursorExpired, CursorUnknown
from persistence.events.sequencer import Sequencer
from persistence.events.tail import PAGE, SESSION, Tail, TailStopped
from tests.conftest import NewDatabase
from tests.persistence.factories import end_sessions, follow_until, new_event, running, until, write, write_placed

READING_ON = f"application_name = '{SESSION}'"
HOLDS_THE_LOCK = "pid in (select pid from pg_locks where locktype = 'advisory')"


async def _write_slowly(database: Database, sequencer: Sequencer, rounds: int, chance: random.Random) -> list[UUID]:
    """Small transactions that wait between writing and committing, as a serial number's readers dread."""
    written = []
    for _ in range(rounds):
        async with database.transaction() as connection:
            events = [new_event() for _ in range(chance.randint(1, 3))]
            await event_log.append(connection, events)
            await asyncio.sleep(chance.uniform(0, 0.03))
        sequencer.wake()
        written += [event.id for event in events]
    return written


async def _write_very_slowly(database: Database) -> list[UUID]:
    async with database.transaction() as connection:
        await event_log.append(connection, [event := new_event()])
        await asyncio.sleep(3)
    return [event.id]


async def _follow_to_the_end(tail: Tail, writers: list[asyncio.Task[list[UUID]]]) -> list[UUID]:
    """What a follower is given until the writers are done and nothing came for a while."""
    seen: list[UUID] = []
    async with aclosing(tail.follow(0, idle_seconds=0.5)) as pages:
        async for page in pages:
            seen += [event.id for event in page.events]
            written = sum(len(writer.result()) for writer in writers if writer.done())
            if not page.events and len(seen) >= written and all(writer.done() for writer in writers):
                break
    return seen


async def test_no_event_is_lost_however_late_its_commit(database: Database) -> None:
    """Twelve writers with random delays and one that commits three seconds late: a follower sees each event once."""
    sequencer, tail = Sequencer(database), Tail(database)
    chance = random.Random(7)
    async with running(sequencer, tail), asyncio.TaskGroup() as group:
        slow = group.create_task(_write_very_slowly(database))
        writers = [
            group.create_task(_write_slowly(database, sequencer, 25, random.Random(chance.random()))) for _ in range(12)
        ]
        seen = await _follow_to_the_end(tail, [slow, *writers])
    written = [event for writer in [slow, *writers] for event in writer.result()]
    assert len(seen) == len(set(seen))
    assert set(seen) == set(written)
    assert seen[0] != slow.result()[0], "what was written first, but committed late, comes late"


async def test_a_long_transaction_holds_up_nobody(database: Database) -> None:
    """Events committed meanwhile are followed at once."""
    sequencer, tail = Sequencer(database), Tail(database)
    async with running(sequencer, tail), database.transaction() as open_connection:
        await event_log.append(open_connection, [new_event()])
        written = await write(database, new_event())
        async with asyncio.timeout(2):
            assert await follow_until(tail, written) == written


async def test_one_instance_sequences_and_another_takes_over(new_database: NewDatabase) -> None:
    """When the session of the one that leads ends, the other leads, and nothing is lost or doubled."""
    database = await new_database()
    one, other, tail = Sequencer(database), Sequencer(database), Tail(database)

    async def one_leads() -> bool:
        return [one.leads, other.leads].count(True) == 1

    async def one_is_ended() -> bool:
        return await end_sessions(database, HOLDS_THE_LOCK) == 1

    async with running(one, other, tail):
        written = await write(database, new_event())
        await follow_until(tail, written)
        assert await one_leads()
        for _ in range(3):
            written += await write(database, new_event(), new_event())
            await until(one_is_ended)
            written += await write(database, new_event())
        assert await follow_until(tail, written) == written
        await until(one_leads)


async def test_a_stopped_sequencer_leaves_its_place(database: Database) -> None:
    """After a stop in the midst of work another goes on behind the last position."""
    tail = Tail(database)
    written = []
    async with running(tail):
        for _ in range(5):
            async with running(sequencer := Sequencer(database)):
                written += await write(database, *[new_event() for _ in range(30)])
                sequencer.wake()
                await asyncio.sleep(0.02)
        async with running(Sequencer(database)):
            assert await follow_until(tail, written) == written


async def test_a_tail_whose_connections_are_cut_misses_nothing(new_database: NewDatabase) -> None:
    """With every session of the database ended, followers go on where they were."""
    database = await new_database()
    tail = Tail(database, poll_seconds=0.2)
    async with running(Sequencer(database), tail):
        written = await write(database, new_event())
        following = asyncio.create_task(follow_until(tail, [UUID(int=0)] * 6))
        await asyncio.sleep(0.3)
        assert await end_sessions(database, READING_ON) >= 1
        written += await write(database, new_event(), new_event())
        await asyncio.sleep(0.3)
        await end_sessions(database, "true")
        await asyncio.sleep(0.1)
        written += await write(database, new_event(), new_event(), new_event())
        assert await following == written


async def test_following_again_continues_behind_the_cursor(database: Database) -> None:
    """A new tail, as after a restart, gives what comes behind the position, from the table and from memory."""
    await write_placed(database, *[new_event() for _ in range(250)])
    tail = Tail(database)
    async with running(Sequencer(database), tail):
        later = await write(database, new_event())
        async with asyncio.timeout(5), aclosing(tail.follow(20)) as pages:
            sizes, positions = [], []
            async for page in pages:
                sizes.append(len(page.events))
                positions += [event.position for event in page.events]
                if page.events[-1].id == later[0]:
                    break
    assert positions == list(range(21, 252))
    assert max(sizes) == PAGE


async def test_who_is_slower_than_the_memory_reads_the_table(database: Database) -> None:
    """A follower overtaken by the ring buffer still gets every event."""
    tail = Tail(database, size=20)
    async with running(Sequencer(database), tail), aclosing(tail.follow(0)) as pages:
        first = await write(database, new_event())
        assert [event.id for event in (await anext(pages)).events] == first
        written = []
        for _ in range(10):
            written += await write(database, *[new_event() for _ in range(30)])
        await follow_until(tail, written, after=1)
        seen: list[UUID] = []
        while len(seen) < len(written):
            seen += [event.id for event in (await anext(pages)).events]
    assert seen == written


async def test_without_a_cursor_following_begins_now(database: Database) -> None:
    """Earlier events are not given."""
    await write_placed(database, new_event())
    tail = Tail(database)
    async with running(Sequencer(database), tail), aclosing(tail.follow(idle_seconds=0.05)) as pages:
        checkpoint = await anext(pages)
        assert (checkpoint.position, checkpoint.events) == (1, [])
        written = await write(database, new_event())
        while not (page := await anext(pages)).events:
            assert page.position == 1
    assert [event.id for event in page.events] == written


async def test_the_recorded_past_is_passed_over(database: Database) -> None:
    """Historical events are not given, but the position moves on, and a checkpoint tells so."""
    await write_placed(database, *[new_event(historical=True) for _ in range(150)])
    tail = Tail(database)
    async with running(Sequencer(database), tail), aclosing(tail.follow(0, idle_seconds=0.1)) as pages:
        page = await anext(pages)
        assert (page.position, page.events) == (150, [])
        await write(database, new_event(historical=True), news := new_event())
        while not (page := await anext(pages)).events:
            pass
    assert [event.id for event in page.events] == [news.id]


async def test_cursors_that_cannot_be_continued_are_refused(database: Database) -> None:
    """An expired cursor and one from elsewhere are named as such; the one just before the oldest event is good."""
    await write_placed(database, *[new_event() for _ in range(10)])
    async with database.transaction() as connection:
        await connection.execute(text("delete from event_position where position < 5"))
    tail = Tail(database)
    async with running(tail):
        with pytest.raises(CursorExpired) as expired:
            await anext(tail.follow(3))
        assert expired.value.oldest == 5
        with pytest.raises(CursorUnknown) as unknown:
            await anext(tail.follow(11))
        assert unknown.value.head == 10
        async with aclosing(tail.follow(4)) as pages:
            assert [event.position for event in (await anext(pages)).events] == [5, 6, 7, 8, 9, 10]


async def test_a_cursor_of_another_instance_may_be_newer(new_database: NewDatabase) -> None:
    """A position that this process has not read yet, but the table has, is known."""
    database = await new_database()
    tail = Tail(database, poll_seconds=0.3)
    async with running(tail):
        await end_sessions(database, READING_ON)
        await write_placed(database, new_event(), new_event())
        assert await tail.check(2) == 2


async def test_stopping_ends_all_followers_at_once(database: Database) -> None:
    """Those who wait are told, so that they can go on elsewhere."""
    tail = Tail(database)
    async with running(tail):
        waiting = [asyncio.create_task(follow_until(tail, [UUID(int=0)])) for _ in range(3)]
        await asyncio.sleep(0.05)
    async with asyncio.timeout(1):
        ends = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(end) for end in ends] == [TailStopped] * 3
