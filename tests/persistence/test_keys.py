"""API keys."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from domain.party import Party
from domain.people.principal import Principal, Role
from domain.words.ids import new_id
from persistence.database.database import Database
from persistence.people import keys
from tests.persistence.factories import NOW

MINUTE = timedelta(minutes=1)


async def test_a_key_is_found_by_its_secret(database: Database) -> None:
    """What was asked for is what signs in."""
    async with database.transaction() as connection:
        made, secret = await keys.create(
            connection,
            name="crm",
            role=Role.SALES,
            party=Party.SALES,
            person="sam",
            teams=["inside-sales"],
            scopes=["read"],
            now=NOW,
        )
        found = await keys.find(connection, secret)
    assert found == made
    assert found.principal(now=NOW) == Principal(
        key_id=made.id,
        name="crm",
        role=Role.SALES,
        party=Party.SALES,
        person="sam",
        teams=frozenset({"inside-sales"}),
        scopes=frozenset({"read"}),
    )


async def test_secrets_are_long_random_and_not_stored(database: Database) -> None:
    """The table holds nothing from which a secret could be told."""
    async with database.transaction() as connection:
        secrets = [(await keys.create(connection, name="k", role=Role.ADMIN, now=NOW))[1] for _ in range(3)]
        content = str((await connection.execute(text("select * from api_key"))).all())
    assert len(set(secrets)) == 3
    for secret in secrets:
        assert secret.startswith("baton_")
        assert len(secret) >= len("baton_") + 43, "256 bits in base64"
        assert secret not in content
        assert secret.removeprefix("baton_") not in content


@pytest.mark.parametrize("secret", ["", "baton_", "baton_wrong", "wrong", "baton_\ud800", "baton_\0"])
async def test_wrong_secrets_find_nothing(database: Database, secret: str) -> None:
    """However odd, they are just wrong."""
    async with database.transaction() as connection:
        await keys.create(connection, name="k", role=Role.ADMIN, now=NOW)
        assert await keys.find(connection, secret) is None


async def test_an_expired_key_signs_nobody_in(database: Database) -> None:
    """It ends at the moment of its expiry, not after it."""
    async with database.transaction() as connection:
        key, _ = await keys.create(connection, name="k", role=Role.ADMIN, expires_at=NOW + MINUTE, now=NOW)
    assert key.principal(now=NOW + MINUTE - timedelta(seconds=1)) is not None
    assert key.principal(now=NOW + MINUTE) is None


async def test_a_revoked_key_signs_nobody_in(database: Database) -> None:
    """It can still be found and listed; revoking again changes nothing."""
    async with database.transaction() as connection:
        key, secret = await keys.create(connection, name="k", role=Role.ADMIN, now=NOW)
        await keys.revoke(connection, key.id, now=NOW + MINUTE)
        again = await keys.revoke(connection, key.id, now=NOW + 2 * MINUTE)
        found = await keys.find(connection, secret)
        assert found is not None
        assert found == again
        assert found.revoked_at == NOW + MINUTE
        assert found.principal(now=NOW) is None
        assert await keys.list_all(connection) == [found]


async def test_revoking_what_does_not_exist_gives_nothing(database: Database) -> None:
    """There is no key to answer with."""
    async with database.transaction() as connection:
        assert await keys.revoke(connection, new_id(now=NOW), now=NOW) is None


async def test_the_last_use_is_noted_once_a_minute(database: Database) -> None:
    """Uses within a minute of the noted one write nothing."""
    async with database.transaction() as connection:
        key, _ = await keys.create(connection, name="k", role=Role.ADMIN, now=NOW)
        assert not keys.use_is_noted(key, now=NOW)
        noted = []
        for seconds in (0, 30, 59, 60, 61):
            await keys.note_use(connection, key.id, now=NOW + timedelta(seconds=seconds))
            used = await keys.get(connection, key.id)
            assert used is not None
            assert used.last_used_at is not None
            assert keys.use_is_noted(used, now=NOW + timedelta(seconds=seconds))
            noted.append((used.last_used_at - NOW).seconds)
    assert noted == [0, 0, 0, 60, 60]
