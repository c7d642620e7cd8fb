"""A running house: its database brought up to date, its sequencer, tail and clock at work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from application.clock.clock_loop import ClockLoop
from application.runtime.settings import Spark
from application.runtime.time_source import TimeSource
from application.runtime.transaction import Application
from persistence.database.database import Database, migrate
from persistence.events.sequencer import Sequencer
from persistence.events.tail import Tail


@asynccontextmanager
async def open_application(
    url: str, *, time: TimeSource | None = None, clock: bool = True, spark: Spark | None = None
) -> AsyncIterator[Application]:
    """A house on a migrated database; with `clock` it acts on what falls due. All of it stops with the block."""
    async with AsyncExitStack() as stack:
        database = Database(url)
        stack.push_async_callback(database.dispose)
        application = Application(database, time or TimeSource(), Sequencer(database), Tail(database), spark=spark)
        await application.tail.start()
        stack.push_async_callback(application.tail.stop)
        application.sequencer.start()
        stack.push_async_callback(application.sequencer.stop)
        stack.push_async_callback(_end_background, application)
        if clock:
            loop = ClockLoop(application)
            await loop.start()
            stack.push_async_callback(loop.stop)
        yield application


async def _end_background(application: Application) -> None:
    for task in list(application.background):
        task.cancel()
    await asyncio.gather(*application.background, return_exceptions=True)


async def prepare(url: str) -> None:
    """Bring the tables of a database up to date."""
    await migrate(url)
