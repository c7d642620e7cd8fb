"""Reading many things at once by id."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.handovers.handover import Handover
from persistence.database.records import read
from persistence.handovers.handovers import open_of

Record = TypeVar("Record")


async def by_ids(
    connection: AsyncConnection, table: str, record: type[Record], ids: Iterable[UUID]
) -> dict[UUID, Record]:
    """Rows of a table by id."""
    found = await connection.execute(text(f"select * from {table} where id = any(:ids)"), {"ids": list(set(ids))})
    return {row["id"]: read(record, row) for row in found.mappings()}


async def grouped(
    connection: AsyncConnection, table: str, column: str, order: str, record: type[Record], values: Sequence[UUID]
) -> list[list[Record]]:
    """Rows of a table for each value of a column, in an order."""
    statement = f"select * from {table} where {column} = any(:values) order by {order}"
    found = await connection.execute(text(statement), {"values": list(set(values))})
    groups: dict[UUID, list[Record]] = {value: [] for value in values}
    for row in found.mappings():
        groups[row[column]].append(read(record, row))
    return [groups[value] for value in values]


async def lead_of_key(connection: AsyncConnection, source: str, external_id: str) -> UUID | None:
    """The lead of a sender's own key."""
    found = await connection.execute(
        text("select lead_id from lead_key where source = :source and external_id = :external_id"),
        {"source": source, "external_id": external_id},
    )
    lead_id: UUID | None = found.scalar_one_or_none()
    return lead_id


async def open_handovers(connection: AsyncConnection, lead_ids: Iterable[UUID]) -> dict[UUID, Handover]:
    """The open handovers of leads, by lead."""
    return await open_of(connection, lead_ids)


async def team_keys(connection: AsyncConnection, ids: Iterable[UUID]) -> dict[UUID, str]:
    """The keys of teams by id."""
    found = await connection.execute(text("select id, key from team where id = any(:ids)"), {"ids": list(ids)})
    return {row.id: row.key for row in found}
