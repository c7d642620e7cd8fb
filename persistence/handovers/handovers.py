"""Handovers, who had them, and what is owed about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.handovers.assignment import Assignment
from domain.handovers.handover import Handover
from persistence import tables
from persistence.database import bulk
from persistence.database.records import read, read_all, write


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
    return {one.lead_id: one for one in read_all(Handover, found)}


async def of_leads(connection: AsyncConnection, leads: Iterable[UUID]) -> list[Handover]:
    """The handovers of leads, open and ended, the oldest first."""
    found = await connection.execute(
        text("select * from handover where lead_id = any(:leads) order by offered_at, id"), {"leads": list(set(leads))}
    )
    return read_all(Handover, found)


async def of_accounts(connection: AsyncConnection, accounts: Iterable[UUID]) -> dict[UUID, list[Handover]]:
    """The handovers of the leads of accounts that somebody has or had, by account, the oldest first."""
    found = await connection.execute(
        text(
            "select l.account_id, h.* from lead l join handover h on h.lead_id = l.id"
            " where l.account_id = any(:accounts) and h.assignee is not null order by h.offered_at, h.id"
        ),
        {"accounts": list(accounts)},
    )
    by_account: dict[UUID, list[Handover]] = {}
    for row in found.mappings():
        by_account.setdefault(row["account_id"], []).append(read(Handover, row))
    return by_account


async def leads_of_assignees(connection: AsyncConnection, persons: Iterable[str]) -> list[UUID]:
    """The leads whose open handovers people have."""
    found = await connection.execute(
        text("select lead_id from handover where closed_at is null and assignee = any(:persons) order by lead_id"),
        {"persons": sorted(persons)},
    )
    return list(found.scalars())


async def leads_of_assignee(connection: AsyncConnection, person: str, *, after: UUID | None, limit: int) -> list[UUID]:
    """The next leads by id whose open handovers a person has, in any spelling."""
    found = await connection.execute(
        text(
            "select lead_id from handover where closed_at is null"
            " and lower(normalize(assignee)) = lower(normalize(btrim(cast(:person as text))))"
            " and (cast(:after as uuid) is null or lead_id > :after) order by lead_id limit :limit"
        ),
        {"person": person, "after": after, "limit": limit},
    )
    return list(found.scalars())


async def teams_that_had(connection: AsyncConnection, leads: Iterable[UUID]) -> dict[UUID, tuple[str, ...]]:
    """The teams to which handovers of leads were ever assigned, the earliest first."""
    found = await connection.execute(
        text("select lead_id, team from assignment where lead_id = any(:leads) order by at, id"), {"leads": list(leads)}
    )
    had: dict[UUID, tuple[str, ...]] = {}
    for row in found:
        had[row.lead_id] = tuple(dict.fromkeys((*had.get(row.lead_id, ()), row.team)))
    return had


async def by_id(connection: AsyncConnection, handover_id: UUID) -> Handover | None:
    """A handover by its id."""
    found = await connection.execute(text("select * from handover where id = :id"), {"id": handover_id})
    row = found.mappings().one_or_none()
    return None if row is None else read(Handover, row)


async def known_ids(connection: AsyncConnection, ids: Iterable[UUID]) -> set[UUID]:
    """Those of the ids under which there is a handover."""
    found = await connection.execute(text("select id from handover where id = any(:ids)"), {"ids": list(ids)})
    return set(found.scalars())


async def any_open_in(connection: AsyncConnection, team: str) -> bool:
    """Return whether a team has an open handover, or may get one that waits."""
    found: bool = (
        await connection.execute(
            text(
                "select exists (select from handover where closed_at is null and"
                " (team = :team or passes_to = :team or (assignee is null and :team = any(visible_to))))"
            ),
            {"team": team},
        )
    ).scalar_one()
    return found


async def assign(connection: AsyncConnection, assignments: Sequence[Assignment]) -> None:
    """Remember who got handovers."""
    await bulk.insert(connection, tables.assignment, [write(a, tables.assignment) for a in assignments])


async def end_assignments(connection: AsyncConnection, handover_ids: Iterable[UUID], *, now: datetime) -> None:
    """End the running assignments of handovers."""
    await connection.execute(
        text("update assignment set until = :now where handover_id = any(:ids) and until is null"),
        {"now": now, "ids": list(handover_ids)},
    )


async def assignees_of(connection: AsyncConnection, handover_ids: Iterable[UUID]) -> dict[UUID, set[str]]:
    """Return everybody who ever had each of the handovers."""
    found = await connection.execute(
        text("select handover_id, assignee from assignment where handover_id = any(:ids) and assignee is not null"),
        {"ids": list(handover_ids)},
    )
    by_handover: dict[UUID, set[str]] = {}
    for row in found:
        by_handover.setdefault(row.handover_id, set()).add(row.assignee)
    return by_handover


async def remember_decisions(connection: AsyncConnection, decisions: Sequence[dict[str, Any]]) -> None:
    """Store decisions: id, lead_id, version_id, at, valid_until, digest, result, basis."""
    await bulk.insert(connection, tables.decision, decisions)
