"""Twelve writers for a minute while their connections are cut at random."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

import asyncpg
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from application.intake.record_activities import record_activities
from application.lifespan.running import open_application
from application.runtime.incoming import IncomingActivity, ItemStatus
from application.runtime.transaction import Application
from persistence.database.database import Database, driver_dsn
from persistence.database.trouble import DatabaseAway
from tests.application.scene import Scene, set_scene
from tests.benchmarks.ground import SOURCE, leads

pytestmark = pytest.mark.soak
WRITERS = 12
SECONDS = 60
LEADS = 400
KINDS = {"newsletter-click": 60, "pricing-page-visit": 25, "newsletter": 10, "contact-form": 5}
LOST = (DatabaseAway, DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError)
"""What a writer meets whose connection was cut."""

_CUT = """
select count(pg_terminate_backend(pid)) from (
  select pid from pg_stat_activity
  where datname = current_database() and application_name = 'baton' and state <> 'idle' and pid <> pg_backend_pid()
  order by random() limit 1) victim
"""
_COUNTS = {
    "activities": "select count(*) from activity",
    "told": "select count(*) from event where type = 'activity.recorded'",
    "told once": "select count(distinct subject_id) from event where type = 'activity.recorded'",
    "unplaced": "select count(*) from event_pending",
    "double": """select count(*) from
      (select from handover where closed_at is null group by lead_id having count(*) > 1) twice""",
    "lacking": """select count(*) from (select distinct lead_id from activity where type = 'contact-form') asked
      where not exists (select from handover h where h.lead_id = asked.lead_id and h.closed_at is null)""",
}


@dataclass
class Tally:
    """What the writers were answered."""

    recorded: int = 0
    lost: int = 0
    """Batches whose connection was cut."""
    unanswered: int = 0
    """Activities that a cut batch had stored all the same, which its repetition found as duplicates."""
    half: list[str] = field(default_factory=list)
    """Batches of which a part was found."""


async def test_cut_connections_lose_and_halve_nothing(new_database_url: Callable[[], Awaitable[str]]) -> None:
    """Stores what was answered RECORDED and no more, in whole batches, with one event each and one handover a lead."""
    url = await new_database_url()
    database = Database(url)
    stage = await set_scene(database)
    keys = await leads(stage, LEADS)
    await stage.application.sequencer.stop()
    tally = Tally()
    async with open_application(url) as application:
        cutting = asyncio.create_task(_cut(url))
        ends = asyncio.get_running_loop().time() + SECONDS
        try:
            await asyncio.gather(*[_write(stage, application, f"w{n}", keys, ends, tally) for n in range(WRITERS)])
        finally:
            cutting.cancel()
        async with asyncio.timeout(60):
            while (await _counted(application))["unplaced"]:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        found = await _counted(application)
    await database.dispose()
    print(tally, found)
    stored = tally.recorded + tally.unanswered
    assert found == {
        "activities": stored,
        "told": stored,
        "told once": stored,
        "unplaced": 0,
        "double": 0,
        "lacking": 0,
    }
    assert not tally.half
    assert tally.lost > 10
    assert tally.recorded > 1000


async def _write(stage: Scene, application: Application, name: str, keys: list[str], ends: float, tally: Tally) -> None:
    """Send batches until the time is over; one that gets no answer is sent again until it gets one."""
    chance = random.Random(name)
    number = 0
    while asyncio.get_running_loop().time() < ends:
        number += 1
        batch = _batch(chance, f"{name}-{number}", keys)
        lost = False
        while True:
            try:
                answer = await record_activities(application, stage.integration, source=SOURCE, items=batch)
                break
            except LOST:
                lost = True
                tally.lost += 1
                await _look_for_halves(stage, batch, tally)
        states = {result.status for result in answer.results}
        assert states == {ItemStatus.RECORDED} or (lost and states == {ItemStatus.DUPLICATE}), states
        if ItemStatus.RECORDED in states:
            tally.recorded += len(batch)
        else:
            tally.unanswered += len(batch)


def _batch(chance: random.Random, name: str, keys: list[str]) -> list[IncomingActivity]:
    now = datetime.now(UTC)
    kinds = chance.choices(list(KINDS), list(KINDS.values()), k=chance.randint(1, 60))
    return [IncomingActivity(f"{name}-{i}", chance.choice(keys), kind, now) for i, kind in enumerate(kinds)]


async def _look_for_halves(stage: Scene, batch: list[IncomingActivity], tally: Tally) -> None:
    """Look whether a part of a batch was stored, by a connection of the test's own pool, which may be cut as well."""
    query = text("select count(*) from activity where source = :source and key = any(:keys)")
    given = {"source": SOURCE, "keys": [activity.key for activity in batch]}
    while True:
        try:
            async with stage.application.database.reading() as connection:
                found = await connection.scalar(query, given)
            break
        except LOST:
            await asyncio.sleep(0.01)
    if found not in {0, len(batch)}:
        tally.half.append(f"{found} of {len(batch)}")


async def _cut(url: str) -> None:
    """Cut a connection that is at work, a few times a second; a connection of its own that was lost is made anew."""
    while True:
        connection = await asyncpg.connect(driver_dsn(make_url(url)))
        with suppress(*LOST):
            try:
                while True:
                    await connection.execute(_CUT)
                    await asyncio.sleep(random.uniform(0.1, 0.5))
            finally:
                connection.terminate()


async def _counted(application: Application) -> dict[str, int]:
    async with application.database.reading() as connection:
        return {name: await connection.scalar(text(query)) or 0 for name, query in _COUNTS.items()}
