"""The clock with a million open obligations, behind by fifty thousand, and on two instances of which one is killed."""

from __future__ import annotations

import asyncio
import resource
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import pytest
from sqlalchemy import text

from application.clock.clock_loop import CATCHING_UP
from application.lifespan.running import open_application
from application.runtime.transaction import Application
from persistence.database.database import Database
from tests.application.scene import Scene, set_scene
from tests.benchmarks.clock import breaches
from tests.benchmarks.measuring import percentile
from tests.benchmarks.obligations import Plenty

pytestmark = pytest.mark.soak
PAGE = resource.getpagesize()
MEGABYTE = 2**20

COUNTS = text("""
select (select count(*) from breach), (select count(distinct obligation_id) from breach),
  (select count(*) from event where type = 'breach.opened'),
  (select count(*) from obligation where state = 'BREACHED' and next_at is null)
""")


@asynccontextmanager
async def _set(url: str) -> AsyncIterator[tuple[Scene, Plenty]]:
    """A scene in the present, with obligations that can be made many."""
    database = Database(url)
    stage = await set_scene(database)
    stage.time.at = datetime.now(UTC)
    plenty = Plenty(stage)
    await plenty.open()
    try:
        yield stage, plenty
    finally:
        await stage.application.sequencer.stop()
        await database.dispose()


def _memory() -> int:
    """The bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


async def test_a_million_open_obligations_delay_nothing(new_database_url: Callable[[], Awaitable[str]]) -> None:
    """Acts within a second on 100 a second for a minute, and needs no more memory at the end than at the beginning."""
    url = await new_database_url()
    async with _set(url) as (_, plenty):
        await plenty.far(1_000_000)
        await plenty.due(6_000, start=datetime.now(UTC) + timedelta(seconds=40), gap=0.01)
    async with open_application(url) as application:
        sizes: list[int] = []
        watching = asyncio.create_task(_watch_memory(sizes))
        lags = await breaches(application, 6_000)
        watching.cancel()
    early, late = sizes[len(sizes) // 2], sizes[-1]
    print(f"lag p50 {percentile(lags, 0.5):.3f} s, p99 {percentile(lags, 0.99):.3f} s, worst {max(lags):.3f} s")
    print(f"memory {early / MEGABYTE:.0f} MB in the middle, {late / MEGABYTE:.0f} MB at the end")
    assert percentile(lags, 0.99) < 1
    assert late < early + 20 * MEGABYTE


async def _watch_memory(sizes: list[int]) -> None:
    while True:
        sizes.append(_memory())
        await asyncio.sleep(1)


async def test_what_fell_due_meanwhile_is_caught_up_in_order(new_database_url: Callable[[], Awaitable[str]]) -> None:
    """Opens 50,000 overdue breaches, the oldest first, while whoever asks for contact is handed over at once."""
    url = await new_database_url()
    number = 50_000
    async with _set(url) as (stage, plenty):
        await plenty.due(number, start=datetime.now(UTC) - timedelta(days=1), gap=1)
        for key in range(100):
            await stage.lead(f"new-{key}")
        async with open_application(url) as application:
            waits: list[float] = []
            asking = asyncio.create_task(_ask(stage, application, waits))
            began = perf_counter()
            await breaches(application, number)
            taken = perf_counter() - began
            asking.cancel()
            dues = await _dues(application)
    print(f"{number / taken:.0f} breaches a second; a new request took {max(waits):.2f} s at most, of {len(waits)}")
    assert len(dues) == number
    newest, behind = dues[0], timedelta()
    for due in dues:
        newest = max(newest, due)
        behind = max(behind, newest - due)
    assert behind <= timedelta(seconds=CATCHING_UP)
    assert len(waits) > 3
    assert max(waits) < 3


async def _ask(stage: Scene, application: Application, waits: list[float]) -> None:
    """Leads ask for contact while the clock is busy; each is handed over in the same transaction."""
    busy = Scene(**{**vars(stage), "application": application})
    for key in range(100):
        began = perf_counter()
        result = await busy.activity(f"new-{key}", occurred_at=datetime.now(UTC))
        waits.append(perf_counter() - began)
        assert result.handover_id is not None
        await asyncio.sleep(0.1)


async def _dues(application: Application) -> list[datetime]:
    """When what is told as a breach was due, in the order of telling."""
    query = "select cast(e.payload->>'dueAt' as timestamptz) from event e join event_position using (seq)"
    async with application.database.reading() as connection:
        found = await connection.execute(text(f"{query} where e.type = 'breach.opened' order by position"))
        return list(found.scalars())


async def test_instances_that_are_killed_lose_and_repeat_nothing(
    new_database_url: Callable[[], Awaitable[str]],
) -> None:
    """Two processes share 20,000 overdue obligations; one after the other is killed in the middle of a batch."""
    url = await new_database_url()
    number, kills = 20_000, 6
    async with _set(url) as (stage, plenty):
        await plenty.due(number, start=datetime.now(UTC) - timedelta(days=1), gap=1)
        instances = [await _start(url), await _start(url)]
        done_at_kills = []
        for kill in range(kills):
            await asyncio.sleep(0.3 + kill / 10)
            done_at_kills.append((await _counted(stage.application))[0])
            victim = instances[kill % 2]
            victim.kill()
            await victim.wait()
            instances[kill % 2] = await _start(url)
        await _until_breached(stage.application, number)
        for instance in instances:
            instance.kill()
            await instance.wait()
        print("breaches at the kills:", done_at_kills)
        assert await _counted(stage.application) == (number, number, number, number)
        assert sum(0 < done < number for done in done_at_kills) >= 3, "the kills came when nothing was going on"


async def _start(url: str) -> Process:
    command = (sys.executable, "-m", "tests.soak.clock_instance", url)
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
    assert process.stdout is not None
    while b"ready" not in await process.stdout.readline():
        assert process.returncode is None
    return process


async def _counted(application: Application) -> tuple[int, int, int, int]:
    """Breaches, obligations that have one, events of them, and obligations that are breached and done with."""
    async with application.database.reading() as connection:
        first, second, third, fourth = (await connection.execute(COUNTS)).one()
    return first, second, third, fourth


async def _until_breached(application: Application, number: int) -> None:
    async with asyncio.timeout(300):
        while (await _counted(application))[3] < number:  # noqa: ASYNC110
            await asyncio.sleep(0.5)
