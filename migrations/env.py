"""Run by Alembic for every command; a connection is given by the application, else made from BATON_DATABASE_URL."""

from __future__ import annotations

import asyncio
import os

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.sql.schema import SchemaItem

from persistence.database.database import UnusableAddress, driver_url
from persistence.tables import OBLIGATION_PARTITIONS, metadata


def _is_compared(_item: SchemaItem, name: str | None, kind: str, _reflected: bool, _other: SchemaItem | None) -> bool:
    """True if autogenerate looks at it; partitions are made by hand, and seem tables that nobody asked for."""
    return not (kind == "table" and name in OBLIGATION_PARTITIONS)


def _run(connection: Connection | None, url: str | None = None) -> None:
    context.configure(
        connection=connection,
        url=url,
        target_metadata=metadata,
        include_object=_is_compared,
        compare_server_default=True,
        literal_binds=connection is None,
        dialect_opts={"paramstyle": "named"},
    )
    with context.begin_transaction():
        context.run_migrations()


async def _connect_and_run(url: str) -> None:
    engine = create_async_engine(driver_url(url), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_run)
    finally:
        await engine.dispose()


def _main() -> None:
    given: Connection | None = context.config.attributes.get("connection")
    if given is not None:
        _run(given)
    elif context.is_offline_mode():
        _run(None, "postgresql+asyncpg://")
    elif "BATON_DATABASE_URL" in os.environ:
        try:
            asyncio.run(_connect_and_run(os.environ["BATON_DATABASE_URL"]))
        except UnusableAddress as fault:
            raise SystemExit(str(fault)) from None
    else:
        raise SystemExit("Set BATON_DATABASE_URL, or use `baton migrate` for the embedded database.")


_main()
