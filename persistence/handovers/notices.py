"""Notices that wait to be told together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.handovers.notice import Notice
from persistence import tables
from persistence.database import bulk
from persistence.database.records import write

SHOWN = 100
"""So many notices a digest tells one by one; of more it tells the number."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """A notice taken out, with how many there were for its recipient and whether it is still owed."""

    recipient: str
    agreement_id: UUID
    visible_to: tuple[str, ...]
    at: datetime
    about: dict[str, Any]
    open: bool
    number: int
    still_open: int


async def insert(connection: AsyncConnection, notices: Sequence[Notice]) -> None:
    """Keep notices until they are told."""
    await bulk.insert(connection, tables.notice, [write(n, tables.notice) for n in notices])


_TAKE = """
with due as (
  select distinct recipient, agreement_id from notice where send_at <= :now
  order by recipient, agreement_id limit :limit
), locked as (
  select n.id from notice n join due using (recipient, agreement_id) order by n.id for update of n skip locked
), gone as (
  delete from notice n using locked where n.id = locked.id returning n.*
), told as (
  select gone.*, exists (select from obligation_open o where o.id = gone.obligation_id) as open from gone
)
select * from (
  select told.*, count(*) over everybody as number, count(*) filter (where open) over everybody as still_open,
    row_number() over (partition by recipient, agreement_id order by open desc, at, id) as place
  from told window everybody as (partition by recipient, agreement_id)
) numbered where place <= :shown order by recipient, agreement_id, place
"""


async def take_due(connection: AsyncConnection, *, now: datetime, limit: int) -> list[Gathered]:
    """Take all notices of recipients whose oldest has waited long enough; the open and oldest ones come first."""
    found = await connection.execute(text(_TAKE), {"now": now, "limit": limit, "shown": SHOWN})
    return [
        Gathered(
            recipient=row.recipient,
            agreement_id=row.agreement_id,
            visible_to=tuple(row.visible_to),
            at=row.at,
            about=row.about,
            open=row.open,
            number=row.number,
            still_open=row.still_open,
        )
        for row in found
    ]


async def any_due(connection: AsyncConnection, *, now: datetime) -> bool:
    """Return whether notices have waited long enough."""
    return bool(await connection.scalar(text("select exists (select from notice where send_at <= :now)"), {"now": now}))
