"""The database: its connections, and bringing its tables up to date."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date
from decimal import Decimal
from importlib.resources import files
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, event, make_url, text
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from persistence.database.trouble import told_apart
from persistence.tables import metadata

_MIGRATION_LOCK = 0x6261746F6E0001
_ANY_TABLE = """
select exists (select from pg_tables where schemaname = current_schema() and tablename = any(cast(:names as text[])))
"""
_SCHEMES = frozenset({"postgres", "postgresql", "postgresql+asyncpg"})
_SESSION = {"timezone": "UTC", "jit": "off", "application_name": "baton"}


class DatabaseNewer(Exception):
    """The tables were made by a newer program than this one."""

    def __init__(self, found: str, known: str) -> None:
        super().__init__(
            f"Its tables were made by a newer Baton (revision {found}); this one knows them up to {known}."
            " Start the newer one, or restore a backup that was made before it."
        )


def dump_json(value: object) -> str:
    """A value as JSON text; decimals become strings, so that no digit is lost."""
    try:
        return orjson.dumps(value, default=_plain, option=orjson.OPT_NON_STR_KEYS).decode()
    except TypeError:  # whole numbers beyond 64 bits
        return json.dumps(value, default=_plain, allow_nan=False)


class Database:
    """The connections of one process to its database; make it inside the event loop that uses it."""

    def __init__(
        self,
        url: str | URL,
        *,
        pool_size: int = 10,
        max_overflow: int = 10,
        statement_timeout_seconds: float = 30,
        idle_in_transaction_seconds: float = 60,
    ) -> None:
        self.url = make_url(url)
        session = {
            **_SESSION,
            "statement_timeout": f"{statement_timeout_seconds * 1000:.0f}",
            "idle_in_transaction_session_timeout": f"{idle_in_transaction_seconds * 1000:.0f}",
        }
        self.engine = create_async_engine(
            self.url,
            pool_size=pool_size,
            max_overflow=max_overflow,
            pool_timeout=10,
            json_serializer=dump_json,
            json_deserializer=orjson.loads,
            connect_args={"server_settings": session, "timeout": 10},
        )
        event.listen(self.engine.sync_engine, "connect", _read_json_at_once)
        event.listen(self.engine.sync_engine, "checkout", _refuse_closed)
        self._readers = self.engine.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """A connection in a transaction, committed if the block ends well; trying again is the caller's affair.

        Raises DatabaseAway and DatabaseBusy, as `reading` and `connect` do.
        """
        async with self._connected(self.engine) as connection:
            with told_apart():
                async with connection.begin():
                    yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection without a transaction: each statement sees what is committed when it starts, and costs less."""
        async with self._connected(self._readers) as connection:
            with told_apart():
                yield connection

    @asynccontextmanager
    async def _connected(self, engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
        async with AsyncExitStack() as stack:
            with told_apart(connecting=True):
                connection = await stack.enter_async_context(engine.connect())
            yield connection

    async def connect(self, **session: str) -> asyncpg.Connection[asyncpg.Record]:
        """A connection outside the pool, for LISTEN and locks held by a session; whoever asks for it closes it."""
        settings = {**_SESSION, **session}
        with told_apart(connecting=True):
            return await asyncpg.connect(driver_dsn(self.url), server_settings=settings, timeout=10, command_timeout=30)

    async def dispose(self) -> None:
        """Close the connections; those in use close when they are given back."""
        await self.engine.dispose()


class UnusableAddress(ValueError):
    """An address that is none of a PostgreSQL; the message is one line that says why."""


def driver_url(address: str) -> URL:
    """The address of a PostgreSQL, as operators write it, in the form that SQLAlchemy takes with asyncpg."""
    try:
        url = make_url(address)
    except ArgumentError:
        raise UnusableAddress("BATON_DATABASE_URL is no address such as postgresql://user@host/name.") from None
    if url.drivername not in _SCHEMES:
        raise UnusableAddress(f"BATON_DATABASE_URL must begin with postgresql://, not with {url.drivername}://.")
    mode = url.query.get("sslmode")
    if mode is not None:
        url = url.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})
    return url.set(drivername="postgresql+asyncpg")


def driver_dsn(url: URL) -> str:
    """The address in the form that asyncpg takes, which says sslmode where SQLAlchemy's says ssl."""
    mode = url.query.get("ssl")
    if mode is not None:
        url = url.difference_update_query(["ssl"]).update_query_dict({"sslmode": mode})
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


async def migrate(url: str | URL, revision: str = "head") -> None:
    """Bring the tables up to date, in one transaction; instances that start at the same time wait for each other."""
    async with _migrating(url) as connection:
        await connection.run_sync(_upgrade, revision)


async def unmigrate(url: str | URL, revision: str = "base") -> None:
    """Take the tables back to an older revision, in one transaction."""
    async with _migrating(url) as connection:
        await connection.run_sync(_downgrade, revision)


async def is_empty(url: str | URL) -> bool:
    """Return whether the database holds no table of Baton yet."""
    engine = _unpooled(url)
    try:
        async with engine.connect() as connection:
            names = {"names": list(metadata.tables)}
            found = await connection.scalar(text(_ANY_TABLE), names)
    finally:
        await engine.dispose()
    return not found


@asynccontextmanager
async def _migrating(url: str | URL) -> AsyncIterator[AsyncConnection]:
    engine = _unpooled(url)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
            yield connection
    finally:
        await engine.dispose()


def _unpooled(url: str | URL) -> AsyncEngine:
    return create_async_engine(url, poolclass=NullPool, connect_args={"server_settings": _SESSION})


def _upgrade(connection: Connection, revision: str) -> None:
    configuration = _configuration(connection)
    _refuse_newer(connection, configuration)
    command.upgrade(configuration, revision)


def _refuse_newer(connection: Connection, configuration: Config) -> None:
    scripts = ScriptDirectory.from_config(configuration)
    known = {script.revision for script in scripts.walk_revisions()}
    found = MigrationContext.configure(connection).get_current_heads()
    if unknown := [revision for revision in found if revision not in known]:
        raise DatabaseNewer(unknown[0], scripts.get_heads()[0])


def _downgrade(connection: Connection, revision: str) -> None:
    command.downgrade(_configuration(connection), revision)


def _configuration(connection: Connection) -> Config:
    configuration = Config(attributes={"connection": connection})
    configuration.set_main_option("script_location", str(files("migrations")).replace("%", "%%"))
    configuration.set_main_option("path_separator", "os")
    return configuration


def _read_json_at_once(dbapi_connection: Any, _record: object) -> None:
    """Have the driver read JSON by one call of C: SQLAlchemy's two functions cost more than reading."""
    codec = {"schema": "pg_catalog", "format": "text", "encoder": str, "decoder": orjson.loads}
    dbapi_connection.run_async(lambda driver: driver.set_type_codec("jsonb", **codec))


def _refuse_closed(dbapi_connection: Any, _record: object, _proxy: object) -> None:
    """Let the pool replace a connection that the server has closed; asyncpg knows without asking the server."""
    if dbapi_connection.driver_connection.is_closed():
        raise DisconnectionError


def _plain(value: object) -> str:
    if isinstance(value, Decimal | UUID):  # UUID: the driver's own subclass, which orjson does not know
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in JSON")
