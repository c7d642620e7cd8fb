"""A running house: its database brought up to date, its sequencer, tail and clock at work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from application.clock import ClockLoop
from application.settings import Spark
from application.time_source import TimeSource
from application.work import House
from persistence.database import Database, migrate
from persistence.sequencer import Sequencer
from persistence.tail import Tail


@asynccontextmanager
async def open_house(
    url: str, *, time: TimeSource | None = None, clock: bool = True, spark: Spark | None = None
) -> AsyncIterator[House]:
    """A house on a migrated database; with `clock` it acts on what falls due. All of it stops with the block."""
    async with AsyncExitStack() as stack:
        database = Database(url)
        stack.push_async_callback(database.dispose)
        house = House(database, time or TimeSource(), Sequencer(database), Tail(database), spark=spark)
        await house.tail.start()
        stack.push_async_callback(house.tail.stop)
        house.sequencer.start()
        stack.push_async_callback(house.sequencer.stop)
        stack.push_async_callback(_end_background, house)
        if clock:
            loop = ClockLoop(house)
            await loop.start()
            stack.push_async_callback(loop.stop)
        yield house


async def _end_background(house: House) -> None:
    for task in list(house.background):
        task.cancel()
    await asyncio.gather(*house.background, return_exceptions=True)


async def prepare(url: str) -> None:
    """Bring the tables of a database up to date."""
    await migrate(url)
