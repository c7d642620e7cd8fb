"""Obligations and breaches: what the clock acts on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.obligation import Breach, Obligation
from domain.obligations.kind import Fulfilment
from domain.words.ids import new_id
from persistence import tables
from persistence.database import bulk
from persistence.database.records import read, read_all, write

OPEN = "state in ('OPEN', 'BREACHED')"


async def insert(connection: AsyncConnection, obligations: Sequence[Obligation]) -> None:
    """Store new obligations."""
    rows = [write(o, tables.obligation, next_at=o.next_at) for o in obligations]
    await bulk.insert(connection, tables.obligation, rows)


UPDATED = (
    "id",
    "state",
    "team",
    "assignee",
    "met_at",
    "closed_at",
    "closing_reason",
    "schedule",
    "step",
    "warn_at",
    "due_at",
    "breached_at",
    "paused_until",
    "closed_by",
    "evidence",
    "next_at",
    "version_id",
    "calendar",
    "clock",
    "severity",
)
"""The parts of an obligation that may change after it was opened."""


async def update(connection: AsyncConnection, obligations: Sequence[Obligation]) -> None:
    """Write obligations back; closed ones leave the clock's partition."""
    rows = [write(o, tables.obligation, next_at=o.next_at) for o in obligations]
    await bulk.update(connection, tables.obligation, [{name: row[name] for name in UPDATED} for row in rows])


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


async def open_of_agreements(connection: AsyncConnection, agreements: Iterable[UUID]) -> list[Obligation]:
    """The open obligations about agreements that concern no lead, the earliest first."""
    found = await connection.execute(
        text(
            f"select * from obligation where agreement_id = any(:ids) and lead_id is null and {OPEN}"
            " order by opened_at, id"
        ),
        {"ids": list(set(agreements))},
    )
    return read_all(Obligation, found)


async def settled_of(connection: AsyncConnection, subjects: Iterable[UUID]) -> dict[UUID, list[Obligation]]:
    """The obligations about subjects that were met or waived, by subject."""
    found = await connection.execute(
        text("select * from obligation where subject_id = any(:ids) and state in ('MET', 'MET_LATE', 'WAIVED')"),
        {"ids": list(set(subjects))},
    )
    by_subject: dict[UUID, list[Obligation]] = {}
    for row in found.mappings():
        by_subject.setdefault(row["subject_id"], []).append(read(Obligation, row))
    return by_subject


async def by_id(connection: AsyncConnection, obligation_id: UUID) -> Obligation | None:
    """An obligation by its id, whatever became of it."""
    found = await connection.execute(text("select * from obligation where id = :id"), {"id": obligation_id})
    row = found.mappings().one_or_none()
    return None if row is None else read(Obligation, row)


async def remember_fulfilments(
    connection: AsyncConnection, done: Sequence[tuple[UUID, Fulfilment]], *, recorded_at: datetime
) -> None:
    """Store what was done that counts for what is owed about subjects."""
    rows = [
        {"id": new_id(now=recorded_at), "subject_id": subject, "recorded_at": recorded_at}
        | {"kind": fulfilment.kind, "instance_key": fulfilment.instance_key, "at": fulfilment.at}
        for subject, fulfilment in done
    ]
    await bulk.insert(connection, tables.fulfilment, rows)


async def fulfilments_of(connection: AsyncConnection, subjects: Iterable[UUID]) -> dict[UUID, list[Fulfilment]]:
    """Return what was done that counts for what is owed about subjects, by subject."""
    found = await connection.execute(
        text("select subject_id, kind, at, instance_key from fulfilment where subject_id = any(:ids)"),
        {"ids": list(set(subjects))},
    )
    by_subject: dict[UUID, list[Fulfilment]] = {}
    for row in found:
        by_subject.setdefault(row.subject_id, []).append(Fulfilment(row.kind, row.at, row.instance_key))
    return by_subject


CLAIM = f"""
select lead_id from (
  (select lead_id, next_at as at from obligation_open
   where next_at < :now and lead_id is not null and {OPEN} order by next_at limit :limit)
  union all
  (select lead_id, resumes_at from handover where resumes_at <= :now order by resumes_at limit :limit)
) as due order by at limit :limit
"""


CLAIM_AGREEMENTS = f"""
select agreement_id from obligation_open
where next_at < :now and lead_id is null and {OPEN}
order by next_at limit :limit
"""


async def leads_due(connection: AsyncConnection, *, now: datetime, limit: int) -> list[UUID]:
    """The leads about which something falls due or a pause runs out, the longest overdue first; each once."""
    found = await connection.execute(text(CLAIM), {"now": now, "limit": limit})
    return list(dict.fromkeys(found.scalars()))


async def agreements_due(connection: AsyncConnection, *, now: datetime, limit: int) -> list[UUID]:
    """The agreements about which something falls due that concerns no lead; each once."""
    found = await connection.execute(text(CLAIM_AGREEMENTS), {"now": now, "limit": limit})
    return list(dict.fromkeys(found.scalars()))


async def next_due(connection: AsyncConnection) -> datetime | None:
    """The next moment at which the clock must act on some obligation, or tell that a pause ran out."""
    found = await connection.execute(
        text("select least((select min(next_at) from obligation_open), (select min(resumes_at) from handover))")
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


async def breaches_about(connection: AsyncConnection, subjects: Iterable[UUID]) -> dict[UUID, list[Breach]]:
    """Return the breaches about subjects, the resolved included, by subject."""
    found = await connection.execute(text("select * from breach where subject_id = any(:ids)"), {"ids": list(subjects)})
    by_subject: dict[UUID, list[Breach]] = {}
    for breach in read_all(Breach, found):
        by_subject.setdefault(breach.subject_id, []).append(breach)
    return by_subject
