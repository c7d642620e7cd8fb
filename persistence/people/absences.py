"""Absences of people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.team import Absence
from domain.words.ids import new_id
from persistence import tables
from persistence.database import bulk


async def absences_of(connection: AsyncConnection, person: str) -> list[Absence]:
    """All absences of a person, the earliest first."""
    found = await connection.execute(
        text("select from_at, until_at from absence where person = :person order by from_at"), {"person": person}
    )
    return [Absence(row.from_at, row.until_at) for row in found]


async def write_absences(
    connection: AsyncConnection, person: str, absences: Sequence[Absence], *, now: datetime
) -> None:
    """Store the absences of a person in place of those known."""
    await connection.execute(text("delete from absence where person = :person"), {"person": person})
    rows = [{"id": new_id(now=now), "person": person, "from_at": a.from_at, "until_at": a.until_at} for a in absences]
    await bulk.insert(connection, tables.absence, rows)


async def next_return(connection: AsyncConnection, *, now: datetime) -> datetime | None:
    """Return when the next absence ends."""
    found = await connection.execute(text("select min(until_at) from absence where until_at > :now"), {"now": now})
    at: datetime | None = found.scalar_one()
    return at
