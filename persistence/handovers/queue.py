"""Handovers that wait for somebody to have room, and their order."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.handovers.routing import QueueReason, TeamPassedOver


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
