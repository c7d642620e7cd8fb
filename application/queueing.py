"""The queue: handovers that nobody has room for, drained oldest first when capacity returns [S3.4].

Capacity returns by a handover that ends, an absence that ends, a changed team, a new month. Whatever it was, the clock
looks which of the handovers in the queue would find somebody now, and touches no others: a long queue of a full team
stands in nobody's way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from application.desk import Desk
from application.offering import hand_to, offered_route, route_of, wish_of
from application.rostering import Roster
from application.work import House, Work
from domain.handover import Handover
from domain.team import end_of_month
from persistence import handovers, teams
from persistence.handovers import Waiting
from rules.routing import Assigned, Queued, Wish

BATCH = 200


async def drain(house: House) -> bool:
    """Give queued handovers to those who have room now, the oldest first; True when more may find somebody."""
    waiting = await _able_to_leave(house)
    if not waiting:
        return False

    async def body(work: Work) -> int:
        if not await handovers.drains(work.connection):
            return 0
        desk = await Desk.open(work, waiting, skip_locked=True)
        found = await _assign_all(desk, waiting)
        await desk.save()
        return found

    return await house.transact(body) > 0 and len(waiting) == BATCH


async def next_chance(house: House) -> datetime | None:
    """When time alone may bring capacity back: an absence ends, a month turns; None while nothing waits."""
    now = house.time.now()
    async with house.database.reading() as connection:
        if not await handovers.anything_waits(connection):
            return None
        active = await house.shelf.active(connection)
        known = await teams.calendars(connection)
        moments = [end_of_month(now, active.time_zone_of(key)) for key in known]
        back = await teams.next_return(connection, now=now)
    return min([*moments, *([back] if back else [])], default=None)


async def _able_to_leave(house: House) -> list[UUID]:
    """The leads of the oldest handovers in the queue that would find somebody now, as far as is seen without locks."""
    now = house.time.now()
    async with house.database.reading() as connection:
        groups = await handovers.waiting(connection)
        if not groups:
            return []
        active = await house.shelf.active(connection)
        roster = Roster(connection, active, now)
        roster.teams = await teams.read_teams(connection, now=now, zones=active.time_zone_of)
        able: list[Waiting] = []
        changed: list[tuple[Waiting, Queued]] = []
        for group in groups:
            book = await house.shelf.version(connection, group.version_id)
            choice = roster.choose(offered_route(book, group.route), Wish(skills=frozenset(group.skills)))
            if isinstance(choice, Assigned):
                able.append(group)
            elif choice.reason != group.reason:
                changed.append((group, choice))
        oldest = await handovers.oldest_waiting(connection, able, limit=BATCH) if able else []
    await _tell_reasons(house, changed)
    return oldest


async def _tell_reasons(house: House, changed: Sequence[tuple[Waiting, Queued]]) -> None:
    """Note on handovers that still wait that they now wait for another reason."""
    if changed:
        async with house.database.transaction() as connection:
            for group, choice in changed:
                await handovers.wait_for(connection, group, choice.reason, choice.passed_over)


async def _assign_all(desk: Desk, lead_ids: Sequence[UUID]) -> int:
    """Assign in the order of the queue; behind a lead that somebody else is writing just now nobody is given away."""
    waiting = list(_at_hand(desk, lead_ids))
    books = {h.id: await desk.book(h.version_id) for h in waiting}
    await desk.roster.hold_routes([route_of(books[h.id], h) for h in waiting])
    found = 0
    for handover in waiting:
        book = books[handover.id]
        choice = desk.roster.choose(route_of(book, handover), wish_of(desk, handover))
        if isinstance(choice, Assigned):
            await hand_to(desk, book, handover, choice.team, choice.person, because=choice.because, choice=choice)
            found += 1
    return found


def _at_hand(desk: Desk, lead_ids: Sequence[UUID]) -> Iterator[Handover]:
    for lead_id in lead_ids:
        if lead_id not in desk.leads:
            return
        handover = desk.handovers.get(lead_id)
        if handover is not None and handover.queued:
            yield handover
