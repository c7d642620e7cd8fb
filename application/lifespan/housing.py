"""Where the house stands: the database that is configured, or the embedded one, brought up to date."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
from sqlalchemy import URL
from sqlalchemy.exc import SQLAlchemyError

from application.lifespan.embedded_watch import kept_alive
from application.lifespan.running import open_application, prepare
from application.runtime.settings import Settings, Spark
from application.runtime.time_source import TimeSource
from application.runtime.transaction import Application
from persistence.database import database, embedded
from persistence.database.database import Database, DatabaseNewer
from persistence.database.postgres_programs import EmbeddedPostgresError
from persistence.events.sequencer import Sequencer
from persistence.events.tail import Tail

__all__ = [
    "DatabaseUnavailable",
    "database_at_hand",
    "open_application",
    "prepared_application",
    "prepared_database",
    "whereabouts",
]

_TROUBLE = (OSError, SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError, DatabaseNewer)


class DatabaseUnavailable(Exception):
    """The database cannot be used; the message is one line that says which and why."""


def driver_url(address: str) -> URL:
    """The address of a PostgreSQL in the form that SQLAlchemy takes with asyncpg."""
    try:
        return database.driver_url(address)
    except database.UnusableAddress as fault:
        raise DatabaseUnavailable(str(fault)) from None


def whereabouts(settings: Settings) -> str:
    """Return which database is meant, for people; without the password."""
    if settings.database_url is None:
        return f"embedded PostgreSQL in {_folder(settings)}"
    return driver_url(settings.database_url).set(drivername="postgresql").render_as_string()


@asynccontextmanager
async def database_at_hand(settings: Settings) -> AsyncIterator[str]:
    """The address of the database for as long as the block runs; the embedded one is started if need be."""
    if settings.database_url is not None:
        yield driver_url(settings.database_url).render_as_string(hide_password=False)
        return
    server = await _started(_folder(settings))
    try:
        async with kept_alive(server):
            yield server.url()
    finally:
        await asyncio.shield(asyncio.to_thread(server.stop))


@asynccontextmanager
async def prepared_database(settings: Settings) -> AsyncIterator[str]:
    """The same, its tables up to date."""
    async with database_at_hand(settings) as url:
        try:
            await prepare(url)
        except _TROUBLE as trouble:
            raise DatabaseUnavailable(
                f"The database is not usable ({whereabouts(settings)}): {_line(trouble)}"
            ) from trouble
        yield url


@asynccontextmanager
async def prepared_application(
    url: str, *, time: TimeSource | None = None, spark: Spark | None = None
) -> AsyncIterator[Application]:
    """A house in which nothing happens by itself, for a single use case beside running servers."""
    connections = Database(url, pool_size=2)
    try:
        yield Application(connections, time or TimeSource(), Sequencer(connections), Tail(connections), spark=spark)
    finally:
        await connections.dispose()


def _folder(settings: Settings) -> Path:
    return settings.data.expanduser().absolute() / "postgres"


async def _started(folder: Path) -> embedded.EmbeddedPostgres:
    """The server of the folder; one that has just been started is stopped again when nobody waits for it any more."""
    starting = asyncio.ensure_future(asyncio.to_thread(embedded.start, folder))
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        server = await starting
        await asyncio.to_thread(server.stop)
        raise
    except (EmbeddedPostgresError, OSError, ImportError) as trouble:
        raise DatabaseUnavailable(f"The embedded PostgreSQL in {folder} does not start: {_line(trouble)}") from trouble


def _line(trouble: BaseException) -> str:
    """The first line of what went wrong."""
    said = str(getattr(trouble, "orig", None) or trouble).strip() or type(trouble).__name__
    return said.splitlines()[0].removeprefix("<class 'asyncpg.exceptions.").split("Error'>: ", 1)[-1] or os.strerror(5)
