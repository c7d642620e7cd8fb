"""The progress of judging all leads after an activation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class Rejudgement:
    """The running judging of all leads, in id order."""

    id: UUID
    after_lead: UUID | None


async def claim(connection: AsyncConnection) -> Rejudgement | None:
    """The running one, held until the transaction ends; None when there is none or somebody else is at it."""
    found = await connection.execute(
        text(
            "select id, after_lead from rejudgement where finished_at is null"
            " order by started_at desc limit 1 for update skip locked"
        )
    )
    row = found.one_or_none()
    return None if row is None else Rejudgement(row.id, row.after_lead)


async def advance(
    connection: AsyncConnection, rejudgement_id: UUID, *, after: UUID | None, judged: int, finished_at: datetime | None
) -> None:
    """Note the lead up to which all are judged; when all are, those that began earlier have ended with it."""
    await connection.execute(
        text(
            "update rejudgement set after_lead = :after, judged = judged + :judged, finished_at = :finished_at"
            " where id = :id"
        ),
        {"id": rejudgement_id, "after": after, "judged": judged, "finished_at": finished_at},
    )
    if finished_at is not None:
        await connection.execute(
            text(
                "update rejudgement set finished_at = :finished_at where finished_at is null"
                " and started_at <= (select started_at from rejudgement where id = :id)"
            ),
            {"id": rejudgement_id, "finished_at": finished_at},
        )
