"""The ground that benchmarks with a database stand on: a PostgreSQL of their own and a house with leads in it."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from uuid import uuid4

import asyncpg
from sqlalchemy import make_url

from application.intake.upsert_leads import upsert_leads
from application.runtime.incoming import IncomingAccount, IncomingLead
from persistence.database import embedded
from persistence.database.database import Database, driver_dsn, migrate
from tests.application.scene import Scene, set_scene

SOURCE = "crm"
_BATCH = 500
_numbers = count(1)


@asynccontextmanager
async def postgres() -> AsyncIterator[embedded.EmbeddedPostgres]:
    """A server with the settings of the product, fsync included, in a folder that goes away with it."""
    folder = Path(tempfile.mkdtemp(prefix="baton-bench-"))
    server = await asyncio.to_thread(embedded.start, folder)
    try:
        yield server
    finally:
        await asyncio.to_thread(server.stop)
        shutil.rmtree(folder, ignore_errors=True)


async def new_database(server: embedded.EmbeddedPostgres) -> str:
    """The address of a fresh database with all tables."""
    name = f"bench_{uuid4().hex}"
    connection = await connect(server.url("postgres"))
    await connection.execute(f"create database {name}")
    await connection.close()
    await migrate(server.url(name))
    return server.url(name)


async def connect(url: str) -> asyncpg.Connection[asyncpg.Record]:
    """A bare connection of the driver, as the peers of our statements use it."""
    return await asyncpg.connect(driver_dsn(make_url(url)), server_settings={"jit": "off"})


@asynccontextmanager
async def scene(url: str) -> AsyncIterator[Scene]:
    """A house on the database with the starter agreement in force."""
    database = Database(url)
    try:
        made = await set_scene(database)
        try:
            yield made
        finally:
            await made.application.sequencer.stop()
    finally:
        await database.dispose()


async def leads(stage: Scene, number: int, *, employees: int = 3) -> list[str]:
    """The external ids of so many new leads; with three employees they fit little and come due only when they ask."""
    keys = [f"lead-{next(_numbers)}" for _ in range(number)]
    for start in range(0, number, _BATCH):
        items = [_lead(key, employees) for key in keys[start : start + _BATCH]]
        answer = await upsert_leads(stage.application, stage.integration, source=SOURCE, items=items)
        assert not any(result.faults for result in answer.results)
    return keys


def _lead(key: str, employees: int) -> IncomingLead:
    company = IncomingAccount(f"company of {key}", fields={"employees": employees, "industry": "machinery"})
    return IncomingLead(key, {"email": f"{key}@example.org", "country": "DE", "role": "Engineer"}, company)
