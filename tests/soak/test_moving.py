"""Open work on its way to another version while the process that moves it is killed again and again [X.2]."""

from __future__ import annotations

import asyncio
import random
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from application.agreements import version_migrations
from application.agreements.deciding_versions import activate_version
from application.intake.record_activities import record_activities
from application.runtime.incoming import IncomingActivity
from persistence.database.database import Database
from tests.application.moving_scene import in_force, movement, version
from tests.application.scene import Scene, set_scene
from tests.benchmarks.ground import SOURCE, leads

pytestmark = pytest.mark.soak
LEADS, KILLS = 3_000, 6
TOLD = ("handover.moved", "obligation.moved")

_OPEN = "select id, version_id, opened_at, due_at from obligation where state = 'OPEN' and kind = 'answer'"
_BUSY = """select count(*) from pg_stat_activity where datname = current_database() and application_name = 'baton'
  and xact_start is not null and pid <> pg_backend_pid()"""
_TOLD = "select count(*), count(distinct subject_id) from event where type = :type"


async def test_killed_in_the_middle_everything_is_moved_once(
    new_database_url: Callable[[], Awaitable[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 3,000 open handovers each clock is moved and told exactly once; the sums are those of a preview."""
    monkeypatch.setattr(version_migrations, "PREVIEW_SECONDS", 3600.0)
    url = await new_database_url()
    database = Database(url)
    stage = await set_scene(database)
    stage.time.at = datetime.now(UTC)
    old = await in_force(stage, "PT9H")
    await _hand_over(stage)
    before = await _rows(stage, _OPEN)
    made = await version(stage, "PT8H")
    said = await version_migrations.preview(stage.application, made)
    assert (said.complete, said.counts.handovers, said.counts.leads) == (True, LEADS, LEADS)
    await activate_version(stage.application, stage.management, version_id=made, move_open_work=True)
    at_kills = await _killed_until_done(stage, url, made)
    print("handovers moved at the kills, and whether more was under way:", at_kills)
    assert sum(0 < done < LEADS and busy for done, busy in at_kills) >= KILLS // 2, "nothing was going on"
    assert (await movement(stage, made)).counts == said.counts
    after = {id_: rest for id_, *rest in await _rows(stage, _OPEN)}
    assert len(before) == LEADS
    assert after == {id_: [made, begun, begun + timedelta(hours=8)] for id_, _, begun, _ in before}
    assert {version_id for _, version_id, *_ in before} == {old}
    for kind in TOLD:
        assert await _rows(stage, _TOLD, type=kind) == [(LEADS, LEADS)]
    assert len(await stage.events("version.moved")) == 1
    await stage.application.sequencer.stop()
    await database.dispose()


async def _hand_over(stage: Scene) -> None:
    """Leads ask for contact, and each is handed over."""
    keys = await leads(stage, LEADS)
    for start in range(0, LEADS, 100):
        batch = [
            IncomingActivity(f"asks-{key}", key, "contact-form", stage.time.now()) for key in keys[start : start + 100]
        ]
        await record_activities(stage.application, stage.integration, source=SOURCE, items=batch)


async def _killed_until_done(stage: Scene, url: str, made: UUID) -> list[tuple[int, bool]]:
    """Have a process move, killed and started anew; tell how far it was each time, and whether in a transaction."""
    chance, at_kills = random.Random(7), list[tuple[int, bool]]()
    process = await _start(url)
    try:
        for _ in range(KILLS):
            was = await movement(stage, made)
            await _got_on(stage, made, beyond=was.counts.handovers)
            await asyncio.sleep(chance.random() * 0.4)
            ((busy,),) = await _rows(stage, _BUSY)
            process.kill()
            await process.wait()
            at_kills.append(((await movement(stage, made)).counts.handovers, busy > 0))
            process = await _start(url)
        await _got_on(stage, made, beyond=LEADS)
        await asyncio.sleep(2)
    finally:
        process.kill()
        await process.wait()
    return at_kills


async def _got_on(stage: Scene, made: UUID, *, beyond: int) -> None:
    """Wait until more than so many handovers are moved, or all is done."""
    async with asyncio.timeout(300):
        while (now := await movement(stage, made)).finished_at is None and now.counts.handovers <= beyond:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def _start(url: str) -> Process:
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.soak.clock_instance", url, stdout=PIPE)
    assert process.stdout is not None
    while b"ready" not in await process.stdout.readline():
        assert process.returncode is None
    return process


async def _rows(stage: Scene, query: str, **given: Any) -> list[Any]:
    async with stage.application.database.reading() as connection:
        return list((await connection.execute(text(query), given)).all())
