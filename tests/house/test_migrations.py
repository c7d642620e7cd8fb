"""The migrations make what the tables say."""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from persistence import tables
from persistence.database.database import Database, driver_dsn, is_empty, migrate, unmigrate
from persistence.database.embedded import EmbeddedPostgres
from tests.conftest import NewDatabase

HOUSE = Path(__file__).parents[2]
NOT_IN_METADATA = ("alembic_version", *tables.OBLIGATION_PARTITIONS)
NewDatabaseUrl = Callable[..., Awaitable[str]]


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(
        connection, opts={"include_object": lambda _item, name, *_: name not in NOT_IN_METADATA}
    )
    return list(compare_metadata(context, tables.metadata))


def _dump(postgres: EmbeddedPostgres, database: Database) -> list[str]:
    """The statements that would make the tables, in an order that does not depend on who made them."""
    left_out = [f"--exclude-table={name}" for name in NOT_IN_METADATA]
    command = [str(postgres.program("pg_dump")), "--schema-only", *left_out, driver_dsn(database.url)]
    dump = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    statements = [re.sub(r"^--.*$", "", part, flags=re.MULTILINE).strip() for part in dump.split(";\n")]
    return sorted(each for each in statements if each and not each.startswith("\\"))


async def test_migrating_an_empty_database_gives_the_tables(new_database: NewDatabase) -> None:
    """Nothing is left for Alembic to do after the migrations."""
    database = await new_database()
    async with database.reading() as connection:
        assert await connection.run_sync(_differences) == []


async def test_migrated_and_directly_made_tables_dump_alike(
    postgres: EmbeddedPostgres, new_database: NewDatabase, new_database_url: NewDatabaseUrl
) -> None:
    """Conditions of indexes and storage parameters, at which Alembic does not look, are the same too."""
    migrated, made = await new_database(), Database(await new_database_url(migrated=False))
    try:
        async with made.transaction() as connection:
            await connection.run_sync(tables.metadata.create_all)
        assert _dump(postgres, migrated) == _dump(postgres, made)
    finally:
        await made.dispose()


async def test_every_state_of_an_obligation_has_its_partition(new_database: NewDatabase) -> None:
    """The partitions hold the states that the tables name, and the busy one is vacuumed early."""
    async with (await new_database()).reading() as connection:
        rows = await connection.execute(
            text("""
                select relname, pg_get_expr(relpartbound, oid) as bound, reloptions from pg_class
                where relispartition and relkind = 'r'
            """)
        )
        found = {row.relname: (tuple(re.findall(r"'(\w+)'", row.bound)), row.reloptions or []) for row in rows}
    assert {name: states for name, (states, _) in found.items()} == tables.OBLIGATION_PARTITIONS
    assert "autovacuum_vacuum_scale_factor=0" in found["obligation_open"][1]


@pytest.mark.parametrize("table", ["activation", "event_head"])
async def test_single_rows_exist_from_the_start(new_database: NewDatabase, table: str) -> None:
    """A table that always has one row has it after the migrations."""
    async with (await new_database()).reading() as connection:
        rows = (await connection.execute(text(f"select * from {table}"))).all()
    assert [tuple(row) for row in rows] == [(True, 0)]


async def test_migrations_can_be_taken_back_and_repeated(new_database_url: NewDatabaseUrl) -> None:
    """Down to nothing and up again works."""
    url = await new_database_url()
    assert not await is_empty(url)
    await unmigrate(url)
    assert await is_empty(url)
    await migrate(url)
    assert not await is_empty(url)


@pytest.mark.parametrize("form", ["postgresql", "postgres", "postgresql+asyncpg"])
async def test_alembic_takes_the_address_that_the_settings_describe(
    form: str, new_database_url: NewDatabaseUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`alembic upgrade head` reads BATON_DATABASE_URL as `baton` does, whichever way it is written."""
    url = await new_database_url(migrated=False)
    monkeypatch.setenv("BATON_DATABASE_URL", url.replace("postgresql+asyncpg", form, 1))
    await asyncio.to_thread(command.upgrade, Config(HOUSE / "alembic.ini"), "head")
    assert not await is_empty(url)
