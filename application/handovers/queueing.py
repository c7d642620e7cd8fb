"""The queue: handovers that nobody has room for, drained oldest first when capacity returns [S3.4].

Capacity returns by a handover that ends, an absence that ends, a changed team, a new month. Whatever it was, the clock
looks which of the handovers in the queue would find somebody now, and touches no others: a long queue of a full team
stands in nobody's way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from application.judging.conclude import conclude
from application.judging.offering import hand_to, offered_route, route_of, wish_of
from application.runtime.transaction import Application, Transaction
from application.unit_of_work.account_service import hold_for
from application.unit_of_work.team_capacity import TeamCapacity
from application.unit_of_work.unit_of_work import UnitOfWork
from domain.handovers.handover import Handover
from domain.people.team import end_of_month
from persistence.handovers import queue
from persistence.handovers.queue import Waiting
from persistence.people import absences, teams
from rules.routing.routing import Assigned, Queued, Wish

BATCH = 200


async def drain(application: Application) -> bool:
    """Give queued handovers to those who have room now, the oldest first; True when more may find somebody."""
    waiting = await _able_to_leave(application)
    if not waiting:
        return False

    async def body(transaction: Transaction) -> int:
        if not await queue.drains(transaction.connection):
            return 0
        unit = await UnitOfWork.open(transaction, waiting, skip_locked=True)
        found = await _assign_all(unit, waiting)
        await conclude(unit)
        return found

    return await application.transact(body) > 0 and len(waiting) == BATCH


async def next_chance(application: Application) -> datetime | None:
    """Return when time alone may bring capacity back: an absence ends, a month turns; None while nothing waits."""
    now = application.time.now()
    async with application.database.reading() as connection:
        if not await queue.anything_waits(connection):
            return None
        active = await application.version_cache.active(connection)
        known = await teams.calendars(connection)
        moments = [end_of_month(now, active.time_zone_of(key)) for key in known]
        back = await absences.next_return(connection, now=now)
    return min([*moments, *([back] if back else [])], default=None)


async def _able_to_leave(application: Application) -> list[UUID]:
    """The leads of the oldest handovers in the queue that would find somebody now, as far as is seen without locks."""
    now = application.time.now()
    async with application.database.reading() as connection:
        groups = await queue.waiting(connection)
        if not groups:
            return []
        active = await application.version_cache.active(connection)
        team_capacity = TeamCapacity(connection, active, now)
        team_capacity.teams = await teams.read_teams(connection, now=now, zones=active.time_zone_of)
        able: list[Waiting] = []
        changed: list[tuple[Waiting, Queued]] = []
        for group in groups:
            compiled_version = await application.version_cache.version(connection, group.version_id)
            choice = team_capacity.choose(
                offered_route(compiled_version, group.route), Wish(skills=frozenset(group.skills))
            )
            if isinstance(choice, Assigned):
                able.append(group)
            elif choice.reason != group.reason:
                changed.append((group, choice))
        oldest = await queue.oldest_waiting(connection, able, limit=BATCH) if able else []
    await _tell_reasons(application, changed)
    return oldest


async def _tell_reasons(application: Application, changed: Sequence[tuple[Waiting, Queued]]) -> None:
    """Note on handovers that still wait that they now wait for another reason."""
    if changed:
        async with application.database.transaction() as connection:
            told = [(group, choice.reason, choice.passed_over) for group, choice in changed]
            await queue.wait_for(connection, told)


async def _assign_all(unit: UnitOfWork, lead_ids: Sequence[UUID]) -> int:
    """Assign in the order of the queue; behind a lead that somebody else is writing just now nobody is given away."""
    waiting = list(_at_hand(unit, lead_ids))
    compiled_versions = {h.id: await unit.compiled_version(h.version_id) for h in waiting}
    await hold_for(unit, [h.lead_id for h in waiting], [route_of(compiled_versions[h.id], h) for h in waiting])
    found = 0
    for handover in waiting:
        compiled_version = compiled_versions[handover.id]
        choice = unit.team_capacity.choose(route_of(compiled_version, handover), wish_of(unit, handover))
        if isinstance(choice, Assigned):
            await hand_to(
                unit, compiled_version, handover, choice.team, choice.person, because=choice.because, choice=choice
            )
            found += 1
    return found


def _at_hand(unit: UnitOfWork, lead_ids: Sequence[UUID]) -> Iterator[Handover]:
    for lead_id in lead_ids:
        if lead_id not in unit.leads:
            return
        handover = unit.handovers.get(lead_id)
        if handover is not None and handover.queued:
            yield handover
