"""Obligations and breaches: what the clock acts on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.obligation import Breach, Obligation
from persistence import bulk, tables
from persistence.records import read, write

OPEN = "state in ('OPEN', 'BREACHED')"


async def insert(connection: AsyncConnection, obligations: Sequence[Obligation]) -> None:
    """Store new obligations."""
    rows = [write(o, tables.obligation, next_at=o.next_at) for o in obligations]
    await bulk.insert(connection, tables.obligation, rows)


async def update(connection: AsyncConnection, obligations: Sequence[Obligation]) -> None:
    """Write obligations back that were open when read; closed ones leave the clock's partition."""
    names = ("id", "state", "team", "assignee", "met_at", "closed_at", "closing_reason", "agenda", "step", "paused")
    more = ("warn_at", "due_at")
    rows = [write(o, tables.obligation, next_at=o.next_at) for o in obligations]
    changed = [{name: row[name] for name in (*names, *more, "next_at")} for row in rows]
    await bulk.update(connection, tables.obligation, changed)


async def open_of_leads(connection: AsyncConnection, leads: Iterable[UUID]) -> dict[UUID, list[Obligation]]:
    """The open obligations about leads, by lead, the earliest first."""
    found = await connection.execute(
        text(f"select * from obligation where lead_id = any(:leads) and {OPEN} order by opened_at, id"),
        {"leads": list(set(leads))},
    )
    by_lead: dict[UUID, list[Obligation]] = {}
    for row in found.mappings():
        by_lead.setdefault(row["lead_id"], []).append(read(Obligation, row))
    return by_lead


CLAIM = f"""
select lead_id from obligation_open
where next_at < :now and lead_id is not null and {OPEN}
order by next_at limit :limit
"""


async def leads_due(connection: AsyncConnection, *, now: datetime, limit: int) -> list[UUID]:
    """The leads about which something falls due, the longest overdue first; each once."""
    found = await connection.execute(text(CLAIM), {"now": now, "limit": limit})
    return list(dict.fromkeys(found.scalars()))


async def next_due(connection: AsyncConnection) -> datetime | None:
    """The next moment at which the clock must act on some obligation."""
    found = await connection.execute(
        text("select next_at from obligation_open where next_at is not null order by next_at limit 1")
    )
    at: datetime | None = found.scalar_one_or_none()
    return at


async def insert_breaches(connection: AsyncConnection, breaches: Sequence[Breach]) -> None:
    """Store new breaches."""
    await bulk.insert(connection, tables.breach, [write(b, tables.breach) for b in breaches])


async def update_breaches(connection: AsyncConnection, breaches: Sequence[Breach]) -> None:
    """Write breaches back."""
    await bulk.update(connection, tables.breach, [write(b, tables.breach) for b in breaches])


async def breach_by_id(connection: AsyncConnection, breach_id: UUID) -> Breach | None:
    """A breach by its id, locked."""
    found = await connection.execute(text("select * from breach where id = :id for update"), {"id": breach_id})
    row = found.mappings().one_or_none()
    return None if row is None else read(Breach, row)


async def unresolved_of_obligations(connection: AsyncConnection, obligation_ids: Iterable[UUID]) -> list[Breach]:
    """The breaches of obligations that are not resolved."""
    found = await connection.execute(
        text("select * from breach where obligation_id = any(:ids) and resolved_at is null"),
        {"ids": list(obligation_ids)},
    )
    return [read(Breach, row) for row in found.mappings()]


async def unresolved_of_subjects(connection: AsyncConnection, subjects: Iterable[UUID], kind: str) -> list[Breach]:
    """The breaches of a kind about subjects that are not resolved."""
    found = await connection.execute(
        text("select * from breach where subject_id = any(:ids) and kind = :kind and resolved_at is null"),
        {"ids": list(subjects), "kind": kind},
    )
    return [read(Breach, row) for row in found.mappings()]
