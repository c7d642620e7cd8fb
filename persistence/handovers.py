"""Handovers, who had them, and what is owed about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.handover import Assignment, Handover
from persistence import bulk, tables
from persistence.records import read, write


async def insert(connection: AsyncConnection, handovers: Sequence[Handover]) -> None:
    """Store new handovers; the database refuses a second open one of a lead."""
    await bulk.insert(connection, tables.handover, [write(h, tables.handover) for h in handovers])


async def update(connection: AsyncConnection, handovers: Sequence[Handover]) -> None:
    """Write handovers back."""
    await bulk.update(connection, tables.handover, [write(h, tables.handover) for h in handovers])


async def open_of(connection: AsyncConnection, leads: Iterable[UUID]) -> dict[UUID, Handover]:
    """The open handovers of leads, by lead."""
    found = await connection.execute(
        text("select * from handover where lead_id = any(:leads) and closed_at is null"), {"leads": list(set(leads))}
    )
    return {row["lead_id"]: read(Handover, row) for row in found.mappings()}


async def of_leads(connection: AsyncConnection, leads: Iterable[UUID]) -> list[Handover]:
    """The handovers of leads, open and ended, the oldest first."""
    found = await connection.execute(
        text("select * from handover where lead_id = any(:leads) order by offered_at, id"), {"leads": list(set(leads))}
    )
    return [read(Handover, row) for row in found.mappings()]


async def by_id(connection: AsyncConnection, handover_id: UUID) -> Handover | None:
    """A handover by its id."""
    found = await connection.execute(text("select * from handover where id = :id"), {"id": handover_id})
    row = found.mappings().one_or_none()
    return None if row is None else read(Handover, row)


async def waiting(connection: AsyncConnection, *, limit: int) -> list[UUID]:
    """The leads of queued handovers, the oldest first."""
    found = await connection.execute(
        text(
            "select lead_id from handover where closed_at is null and assignee is null"
            " order by offered_at, id limit :limit"
        ),
        {"limit": limit},
    )
    return list(found.scalars())


async def assign(connection: AsyncConnection, assignments: Sequence[Assignment]) -> None:
    """Remember who got handovers."""
    await bulk.insert(connection, tables.assignment, [write(a, tables.assignment) for a in assignments])


async def end_assignments(connection: AsyncConnection, handover_ids: Iterable[UUID], *, now: datetime) -> None:
    """End the running assignments of handovers."""
    await connection.execute(
        text("update assignment set until = :now where handover_id = any(:ids) and until is null"),
        {"now": now, "ids": list(handover_ids)},
    )


async def assignees_of(connection: AsyncConnection, handover_id: UUID) -> set[str]:
    """Everybody who ever had the handover."""
    found = await connection.execute(
        text("select assignee from assignment where handover_id = :id and assignee is not null"), {"id": handover_id}
    )
    return set(found.scalars())


async def remember_decisions(connection: AsyncConnection, decisions: Sequence[dict[str, Any]]) -> None:
    """Store decisions: id, lead_id, version_id, at, valid_until, digest, result, basis."""
    await bulk.insert(connection, tables.decision, decisions)
