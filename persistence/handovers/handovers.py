"""Handovers, who had them, and what is owed about them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.handovers.assignment import Assignment
from domain.handovers.handover import Handover
from domain.handovers.routing import QueueReason, TeamPassedOver
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


@dataclass(frozen=True, slots=True)
class Waiting:
    """Handovers in the queue that wait for the same."""

    version_id: UUID
    route: int | None
    skills: tuple[str, ...]
    reason: QueueReason | None
    number: int


@dataclass(frozen=True, slots=True)
class WaitingToPass:
    """Handovers that wait for a special team, and what they ask of whoever takes them."""

    version_id: UUID
    team: str
    skills: tuple[str, ...]


FOR_SPECIAL_TEAMS = """
select version_id, passes_to as team, skills from handover where passes_to is not null
group by 1, 2, 3 order by min(offered_at)
"""
OLDEST_FOR_SPECIAL_TEAMS = """
select h.lead_id from handover h join unnest(cast(:versions as uuid[]), cast(:teams as text[]),
 cast(:skills as jsonb[])) as g(version_id, team, skills) on h.version_id = g.version_id
 and h.passes_to = g.team and to_jsonb(h.skills) = g.skills
where h.passes_to is not null order by h.offered_at, h.id limit :limit
"""


async def waiting_to_pass(connection: AsyncConnection) -> list[WaitingToPass]:
    """Return what handovers wait for special teams, the kind of the oldest first."""
    found = await connection.execute(text(FOR_SPECIAL_TEAMS))
    return [WaitingToPass(row.version_id, row.team, tuple(row.skills)) for row in found]


async def oldest_to_pass(connection: AsyncConnection, groups: Sequence[WaitingToPass], *, limit: int) -> list[UUID]:
    """The leads of the handovers that wait for one of these, the oldest first."""
    asked = {
        "versions": [group.version_id for group in groups],
        "teams": [group.team for group in groups],
        "skills": [json.dumps(group.skills) for group in groups],
        "limit": limit,
    }
    return list((await connection.execute(text(OLDEST_FOR_SPECIAL_TEAMS), asked)).scalars())


_QUEUE_LOCK = 0x7175657565
"""The advisory lock under which the queue is drained: 'queue' in ASCII."""
_QUEUED = "closed_at is null and assignee is null"
WAITING = f"""
select version_id, route, skills, queue_reason as reason, count(*) as number from handover
where {_QUEUED} group by 1, 2, 3, 4 order by min(offered_at)
"""
OLDEST_WAITING = """
select h.lead_id from handover h join unnest(cast(:versions as uuid[]), cast(:routes as integer[]),
 cast(:skills as jsonb[])) as g(version_id, route, skills) on h.version_id = g.version_id
 and h.route is not distinct from g.route and to_jsonb(h.skills) = g.skills
where h.closed_at is null and h.assignee is null order by h.offered_at, h.id limit :limit
"""
_SAME = "version_id = :version_id and route is not distinct from :route and skills = cast(:skills as text[])"


async def anything_waits(connection: AsyncConnection) -> bool:
    """Return whether any handover is in the queue, or waits for a special team."""
    statement = f"""select exists (select from handover where {_QUEUED})
     or exists (select from handover where passes_to is not null)"""
    found: bool = (await connection.execute(text(statement))).scalar_one()
    return found


async def waiting(connection: AsyncConnection) -> list[Waiting]:
    """Return what the handovers in the queue wait for, and how many, the kind of the oldest first."""
    found = await connection.execute(text(WAITING))
    return [
        Waiting(
            row.version_id, row.route, tuple(row.skills), QueueReason(row.reason) if row.reason else None, row.number
        )
        for row in found
    ]


async def drains(connection: AsyncConnection) -> bool:
    """Return whether this transaction is the one that drains the queue, until it ends; one does at a time."""
    found: bool = (
        await connection.execute(text("select pg_try_advisory_xact_lock(:lock)"), {"lock": _QUEUE_LOCK})
    ).scalar_one()
    return found


async def oldest_waiting(connection: AsyncConnection, groups: Sequence[Waiting], *, limit: int) -> list[UUID]:
    """The leads of the handovers in the queue that wait for one of these, the oldest first."""
    found = await connection.execute(
        text(OLDEST_WAITING),
        {
            "versions": [group.version_id for group in groups],
            "routes": [group.route for group in groups],
            "skills": [json.dumps(group.skills) for group in groups],
            "limit": limit,
        },
    )
    return list(dict.fromkeys(found.scalars()))


async def wait_for(
    connection: AsyncConnection, groups: Iterable[tuple[Waiting, QueueReason, Sequence[TeamPassedOver]]]
) -> None:
    """Note why the handovers of groups still wait."""
    await connection.execute(
        text(
            "update handover set queue_reason = :reason, queued_at_teams = cast(:teams as jsonb)"
            f" where {_QUEUED} and {_SAME} and queue_reason is distinct from :reason"
        ),
        [
            {
                "reason": reason.value,
                "teams": json.dumps([team.to_json() for team in teams]),
                "version_id": group.version_id,
                "route": group.route,
                "skills": list(group.skills),
            }
            for group, reason, teams in groups
        ],
    )


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
