"""Consumers."""

from __future__ import annotations

import asyncio

import pytest

from domain.words.ids import new_id
from persistence.database.database import Database
from persistence.events import consumers
from persistence.events.event_log import CursorUnknown
from tests.persistence.factories import NOW, new_event, write_placed

KEY_ID = new_id(now=NOW)


async def _acknowledge(database: Database, position: int, *, name: str = "crm") -> int:
    async with database.transaction() as connection:
        return await consumers.acknowledge(connection, KEY_ID, name, position, now=NOW)


async def test_a_consumer_starts_without_a_position(database: Database) -> None:
    """Nobody has acknowledged anything for it."""
    async with database.reading() as connection:
        assert await consumers.acknowledged(connection, KEY_ID, "crm") is None


async def test_an_acknowledgement_never_goes_backwards(database: Database) -> None:
    """The furthest one counts, also when they overtake each other."""
    await write_placed(database, *[new_event() for _ in range(9)])
    assert await _acknowledge(database, 4) == 4
    assert await _acknowledge(database, 2) == 4
    await asyncio.gather(*[_acknowledge(database, position) for position in (7, 5, 9, 6, 8)])
    async with database.reading() as connection:
        assert await consumers.acknowledged(connection, KEY_ID, "crm") == 9


async def test_nothing_unknown_can_be_acknowledged(database: Database) -> None:
    """A position beyond the newest event is refused and changes nothing."""
    await write_placed(database, new_event())
    with pytest.raises(CursorUnknown) as unknown:
        await _acknowledge(database, 2)
    assert unknown.value.head == 1
    async with database.reading() as connection:
        assert await consumers.acknowledged(connection, KEY_ID, "crm") is None


async def test_consumers_are_apart_by_key_and_name(database: Database) -> None:
    """Another name or another key has another position."""
    await write_placed(database, *[new_event() for _ in range(3)])
    await _acknowledge(database, 3)
    await _acknowledge(database, 1, name="mail")
    async with database.reading() as connection:
        assert await consumers.acknowledged(connection, KEY_ID, "mail") == 1
        assert await consumers.acknowledged(connection, new_id(now=NOW), "crm") is None
