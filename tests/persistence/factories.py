"""Values for tests, with defaults."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from domain.words.ids import new_id
from persistence.database.database import Database
from persistence.events import event_log
from persistence.events.event_log import NewEvent
from persistence.events.sequencer import Sequencer
from persistence.events.tail import Tail

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
SEEN_WITHIN_SECONDS = 15


def new_event(**given: Any) -> NewEvent:
    """An event of a lead."""
    standard = {
        "id": new_id(now=NOW),
        "type": "lead.created",
        "at": NOW,
        "recorded_at": NOW,
        "subject_type": "lead",
        "subject_id": new_id(now=NOW),
        "lead_id": new_id(now=NOW),
        "payload": {"points": 12},
    }
    return NewEvent(**{**standard, **given})


async def write(database: Database, *events: NewEvent) -> list[UUID]:
    """Write events in a transaction of their own; their ids."""
    async with database.transaction() as connection:
        await event_log.append(connection, events)
    return [event.id for event in events]


async def write_placed(database: Database, *events: NewEvent) -> None:
    """Write events and wait until they have positions."""
    await write(database, *events)
    async with running(Sequencer(database)):
        await until_placed(database)


async def until_placed(database: Database) -> None:
    """Wait until no committed event is left without a position."""
    async with database.reading() as connection:

        async def none_waits() -> bool:
            return not await connection.scalar(text("select exists (select from event_pending)"))

        await until(none_waits)


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait until a condition holds."""
    async with asyncio.timeout(SEEN_WITHIN_SECONDS):
        while not await condition():  # noqa: ASYNC110  (nothing announces it)
            await asyncio.sleep(0.01)


@asynccontextmanager
async def running(*parts: Sequencer | Tail) -> AsyncIterator[None]:
    """Sequencers and tails at work for as long as the block runs."""
    for part in parts:
        if isinstance(part, Tail):
            await part.start()
        else:
            part.start()
    try:
        yield
    finally:
        for part in parts:
            await part.stop()


async def follow_until(tail: Tail, wanted: Sequence[UUID], *, after: int = 0) -> list[UUID]:
    """The ids that a follower is given until it has as many as are wanted."""
    seen: list[UUID] = []
    position = after
    async with asyncio.timeout(SEEN_WITHIN_SECONDS), aclosing(tail.follow(after)) as pages:
        async for page in pages:
            positions = [event.position for event in page.events]
            assert positions == sorted(set(positions)), "in order"
            assert not positions or positions[0] > position, "each once"
            position = page.position
            seen += [event.id for event in page.events]
            if len(seen) >= len(wanted):
                break
    return seen


async def end_sessions(database: Database, condition: str) -> int:
    """Kill the database's sessions that meet a condition on pg_stat_activity, as an outage would; how many."""
    async with database.reading() as connection:
        ended = await connection.execute(
            text(f"""
                select pg_terminate_backend(pid) from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid() and {condition}
            """)
        )
        return len(ended.all())
