"""Connections and migrating."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from decimal import Decimal

import pytest
from sqlalchemy import insert, select, text

from application.lifespan.housing import DatabaseUnavailable, prepared_database
from application.runtime.settings import Settings
from domain.words.ids import new_id
from persistence.database.database import Database, dump_json, is_empty, migrate
from persistence.database.trouble import DatabaseBusy
from persistence.tables import account
from tests.conftest import NewDatabase
from tests.persistence.factories import NOW, end_sessions


async def test_instances_that_start_together_migrate_once(new_database_url: Callable[..., Awaitable[str]]) -> None:
    """Several migrations at the same time all end well."""
    url = await new_database_url(migrated=False)
    assert await is_empty(url)
    await asyncio.gather(*[migrate(url) for _ in range(4)])
    assert not await is_empty(url)
    await migrate(url)


async def test_a_database_of_a_newer_program_is_left_alone(new_database_url: Callable[..., Awaitable[str]]) -> None:
    """Tables that a newer program made are refused in a plain sentence that says what to do."""
    url = await new_database_url()
    database = Database(url)
    async with database.transaction() as connection:
        await connection.execute(text("update alembic_version set version_num = '9999'"))
    await database.dispose()
    with pytest.raises(DatabaseUnavailable) as refused:
        async with prepared_database(Settings(database_url=url)):
            pass
    said = str(refused.value)
    assert "made by a newer Baton (revision 9999)" in said
    assert "\n" not in said


async def test_a_transaction_is_all_or_nothing(database: Database) -> None:
    """What a failed block wrote is gone."""

    async def fail() -> None:
        async with database.transaction() as connection:
            await connection.execute(text("update event_head set position = 7"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with database.reading() as connection:
        assert await connection.scalar(text("select position from event_head")) == 0


async def test_reading_opens_no_transaction(database: Database) -> None:
    """Each statement stands for itself and sees what was committed before it."""
    async with database.reading() as reader:
        await reader.execute(text("select position from event_head"))
        async with database.transaction() as writer:
            await writer.execute(text("update event_head set position = 7"))
        assert await reader.scalar(text("select position from event_head")) == 7
        pid = await reader.scalar(text("select pg_backend_pid()"))
        async with database.reading() as other:
            state = await other.scalar(text("select state from pg_stat_activity where pid = :pid"), {"pid": pid})
        assert state == "idle"


async def test_connections_that_the_server_closed_are_replaced(new_database: NewDatabase) -> None:
    """After an outage the next request works, without a query to try the connection."""
    database = await new_database()
    async with database.reading() as one, database.reading() as other:
        await one.execute(text("select 1"))
        await other.execute(text("select 1"))
    helper = Database(database.url)
    assert await end_sessions(helper, "true") == 2
    await helper.dispose()
    await asyncio.sleep(0.1)
    for _ in range(3):
        async with database.transaction() as connection:
            assert await connection.scalar(text("select 1")) == 1


async def test_a_statement_that_takes_too_long_is_ended(new_database: NewDatabase) -> None:
    """The timeout is the server's, so that it stops working too."""
    database = Database((await new_database()).url, statement_timeout_seconds=0.1)
    try:
        with pytest.raises(DatabaseBusy, match="57014"):
            async with database.reading() as connection:
                await connection.execute(text("select pg_sleep(5)"))
    finally:
        await database.dispose()


async def test_json_keeps_decimals_and_ids(database: Database) -> None:
    """Decimals and ids are stored as text, with all their digits."""
    account_id = new_id(now=NOW)
    fields = {"price": Decimal("0.10"), "big": 2**53 + 1, "id": account_id, "at": NOW, "ü": [None, True]}
    async with database.transaction() as connection:
        await connection.execute(
            insert(account).values(id=account_id, key="k", fields=fields, created_at=NOW, changed_at=NOW)
        )
        row = (await connection.execute(select(account.c.id, account.c.fields))).one()
        again = (await connection.execute(select(account.c.fields).where(account.c.id == row.id))).one()
    assert row.fields == again.fields == {**fields, "price": "0.10", "id": str(account_id), "at": NOW.isoformat()}


@pytest.mark.parametrize("value", [{"big": 10**30, "at": NOW, "price": Decimal(1)}, {1: "a"}, [None, "ü", 1.5]])
def test_any_value_of_json_has_a_text(value: object) -> None:
    """Whole numbers of any size and keys that are numbers are no trouble."""
    assert json.loads(dump_json(value)) == json.loads(
        json.dumps(value, default=lambda each: getattr(each, "isoformat", each.__str__)())
    )
