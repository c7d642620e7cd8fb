"""The progress of moving open work to versions, and which leads are left."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.agreements.open_work import Movement
from persistence import tables
from persistence.database import bulk
from persistence.database.records import read, write

_LEFT = """
select l.id from lead l
where (cast(:after as uuid) is null or l.id > :after) and not l.historical and (
  exists (select from handover h where h.lead_id = l.id and h.closed_at is null
    and h.agreement_id = :agreement and h.version_id <> :version)
  or (l.agreement_id = :agreement and l.stage_version_id <> :version
    and l.stage_version_id in (select v.id from version v where v.agreement_id = :agreement))
)
order by l.id limit :limit
"""


async def start(connection: AsyncConnection, movement: Movement) -> None:
    """Have open work moved."""
    await bulk.insert(connection, tables.movement, [write(movement, tables.movement)])


async def claim(connection: AsyncConnection) -> Movement | None:
    """The oldest one that is not finished, held until the transaction ends; None where somebody else is at it."""
    found = await connection.execute(
        text("select * from movement where finished_at is null order by started_at, id limit 1 for update skip locked")
    )
    row = found.mappings().one_or_none()
    return None if row is None else read(Movement, row)


async def update(connection: AsyncConnection, movement: Movement) -> None:
    """Write back how far it has come."""
    await bulk.update(connection, tables.movement, [write(movement, tables.movement)])


async def left(
    connection: AsyncConnection, *, agreement_id: UUID, version_id: UUID, after: UUID | None, limit: int
) -> list[UUID]:
    """The next leads in id order with open work of an agreement that is not under the version."""
    given = {"agreement": agreement_id, "version": version_id, "after": after, "limit": limit}
    return list((await connection.execute(text(_LEFT), given)).scalars())
