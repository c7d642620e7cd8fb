"""The progress of bringing the order of calling up to date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class Progress:
    """The place up to which the leads of a day were gone through, in id order."""

    after_lead: UUID | None
    finished_at: datetime | None


async def claim(connection: AsyncConnection, day: date) -> Progress | None:
    """The progress of a day, held until the transaction ends; None while somebody else is at it.

    Where the day begins, those before it are forgotten.
    """
    begun = await connection.execute(
        text("insert into priority_pass (day) values (:day) on conflict do nothing"), {"day": day}
    )
    if begun.rowcount:
        await connection.execute(text("delete from priority_pass where day < :day"), {"day": day})
    found = await connection.execute(
        text("select after_lead, finished_at from priority_pass where day = :day for update skip locked"), {"day": day}
    )
    row = found.one_or_none()
    return None if row is None else Progress(row.after_lead, row.finished_at)


async def next_after(connection: AsyncConnection, after: UUID | None, *, limit: int) -> list[UUID]:
    """The ids of the next leads in id order whose place in the order of calling has points that may fade."""
    found = await connection.execute(
        text(
            "select id from lead where id > coalesce(cast(:after as uuid), cast(:none as uuid)) and not historical"
            " and priority % 1000000000000 <> 0 order by id limit :limit"
        ),
        {"after": after, "none": UUID(int=0), "limit": limit},
    )
    return list(found.scalars())


async def advance(connection: AsyncConnection, day: date, *, after: UUID | None, finished_at: datetime | None) -> None:
    """Note the lead up to which all are up to date."""
    await connection.execute(
        text("update priority_pass set after_lead = :after, finished_at = :finished_at where day = :day"),
        {"day": day, "after": after, "finished_at": finished_at},
    )
