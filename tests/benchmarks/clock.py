"""The clock: how late it acts while many obligations are open and some fall due every second."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from application.lifespan.running import open_application
from application.runtime.time_source import TimeSource
from application.runtime.transaction import Application
from tests.benchmarks import ground
from tests.benchmarks.measuring import Row, at_most, percentile
from tests.benchmarks.obligations import Plenty

OPEN = 1_000_000
PER_SECOND = 100
SECONDS = 15
LIMIT_SECONDS = 1.0


async def rows() -> list[Row]:
    """The one row of the clock."""
    async with ground.postgres() as server:
        url = await ground.new_database(server)
        async with ground.scene(url) as stage:
            stage.time.at = datetime.now(UTC)
            plenty = Plenty(stage)
            await plenty.open()
            await plenty.far(OPEN)
            number = PER_SECOND * SECONDS
            start = datetime.now(UTC) + timedelta(seconds=10)
            await plenty.due(number, start=start, gap=1 / PER_SECOND)
        async with open_application(url, time=TimeSource()) as application:
            lags = await breaches(application, number)
    p50, p99 = percentile(lags, 0.5), percentile(lags, 0.99)
    transaction = f"clock, p99 lag, {OPEN:,} open, {PER_SECOND} due a second"
    return [at_most(1, transaction, p99 / LIMIT_SECONDS, f"1 s; p50 {p50 * 1e3:.0f}, p99 {p99 * 1e3:.0f} ms")]


async def breaches(application: Application, number: int) -> list[float]:
    """For so many breaches, in the order they are told: the seconds from the due instant until a follower knows."""
    lags: list[float] = []
    async with asyncio.timeout(600):
        async for page in application.tail.follow(0):
            now = datetime.now(UTC)
            dues = [event.payload["dueAt"] for event in page.events if event.type == "breach.opened"]
            lags += [(now - datetime.fromisoformat(due)).total_seconds() for due in dues]
            if len(lags) >= number:
                return lags
    raise AssertionError("unreachable")
