"""Idempotency keys."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.words.ids import new_id
from persistence.database import idempotency
from persistence.database.database import Database
from persistence.database.idempotency import Answered, Claim, Fresh, InProgress, Reused
from tests.persistence.factories import NOW

KEY_ID = new_id(now=NOW)


async def _request(
    database: Database,
    given: Any,
    *,
    key: str = "k",
    key_id: UUID = KEY_ID,
    mutation: str = "m",
    work_seconds: float = 0,
) -> Claim:
    """A whole request: claim, work, answer with the input."""
    async with database.transaction() as connection:
        claim = await idempotency.claim(connection, key_id=key_id, mutation=mutation, key=key, given=given)
        if isinstance(claim, Fresh):
            await asyncio.sleep(work_seconds)
            await idempotency.finish(connection, claim, {"did": given}, now=NOW)
        return claim


async def test_the_same_request_again_gets_the_same_answer(database: Database) -> None:
    """The order of the input's fields does not matter."""
    assert isinstance(await _request(database, {"a": 1, "b": [2]}), Fresh)
    assert await _request(database, {"b": [2], "a": 1}) == Answered({"did": {"a": 1, "b": [2]}})


async def test_the_same_key_with_another_input_is_refused(database: Database) -> None:
    """Nothing is answered that was not asked."""
    await _request(database, {"a": 1})
    assert await _request(database, {"a": "1"}) == Reused()


@pytest.mark.parametrize("other", [{"key": "l"}, {"mutation": "n"}, {"key_id": new_id(now=NOW)}])
async def test_keys_of_others_are_other_keys(database: Database, other: dict[str, Any]) -> None:
    """Neither another API key nor another mutation is in the way."""
    await _request(database, {})
    assert isinstance(await _request(database, {}, **other), Fresh)


@pytest.mark.parametrize("race", range(10))
async def test_of_many_at_once_one_works(database: Database, race: int) -> None:
    """The others learn at once that it is in progress, and later get its answer."""
    specs = await asyncio.gather(*[_request(database, {"a": race}, work_seconds=0.03) for _ in range(10)])
    assert [type(claim) for claim in specs].count(Fresh) == 1
    assert all(isinstance(claim, Fresh | InProgress | Answered) for claim in specs)
    assert await _request(database, {"a": race}) == Answered({"did": {"a": race}})


async def test_a_claim_does_not_make_others_wait(database: Database) -> None:
    """While the first works, the second is answered."""
    first = asyncio.create_task(_request(database, {}, work_seconds=0.5))
    await asyncio.sleep(0.1)
    async with asyncio.timeout(0.3):
        assert await _request(database, {}) == InProgress()
    await first


async def test_a_failed_first_leaves_nothing_behind(database: Database) -> None:
    """After a rollback the key is as good as new, with any input."""
    async with database.engine.connect() as connection:
        claim = await idempotency.claim(connection, key_id=KEY_ID, mutation="m", key="k", given={})
        assert isinstance(claim, Fresh)
        await idempotency.finish(connection, claim, {}, now=NOW)
        await connection.rollback()
    assert isinstance(await _request(database, {"other": 10**30}), Fresh)


async def test_old_answers_are_forgotten(database: Database) -> None:
    """A key may be used again once its answer was dropped."""
    await _request(database, {})
    async with database.transaction() as connection:
        assert await idempotency.forget(connection, before=NOW) == 0
        assert await idempotency.forget(connection, before=NOW + timedelta(seconds=1)) == 1
    assert isinstance(await _request(database, {}), Fresh)
