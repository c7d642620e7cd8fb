"""Values that systems wrote into fields they do not own: remembered once for each subject, field and source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.agreements.field_owner import FieldConflict
from persistence import tables
from persistence.database import bulk
from persistence.database.paging import Listing
from persistence.database.records import read_all, write

CONFLICTS = Listing("field_conflict", (("t.at", "timestamptz"), ("t.id", "uuid")), descending=True)


async def of_subjects(connection: AsyncConnection, subjects: Iterable[UUID]) -> list[FieldConflict]:
    """All that is remembered of leads and accounts that the transaction holds."""
    found = await connection.execute(
        text("select * from field_conflict where subject_id = any(:ids)"), {"ids": sorted(set(subjects))}
    )
    return read_all(FieldConflict, found)


async def insert(connection: AsyncConnection, conflicts: Sequence[FieldConflict]) -> None:
    """Remember new ones."""
    await bulk.insert(connection, tables.field_conflict, [write(c, tables.field_conflict) for c in conflicts])


async def update(connection: AsyncConnection, conflicts: Sequence[FieldConflict]) -> None:
    """Write known ones back."""
    names = ("id", "owner", "written", "kept", "at", "times", "resolved_at")
    rows = [write(conflict, tables.field_conflict) for conflict in conflicts]
    await bulk.update(connection, tables.field_conflict, [{name: row[name] for name in names} for row in rows])
