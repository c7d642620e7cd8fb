"""Passing a lead on inside a party: a special team owns its new stage, and an accepted handover goes to that team.

Where nobody there has room it stays with whom it was, and the clock passes it on as soon as somebody has.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from application.books import Book
from application.desk import Desk
from application.offering import hand_to, strategy_of, wish_of
from application.rostering import Roster
from application.work import House, Work
from domain.document.handover import Route, RoutingStrategy
from domain.document.journey import Stage
from domain.handover import Handover, HandoverState
from domain.lead import Lead
from domain.party import Party
from persistence import handovers, teams
from persistence.handovers import WaitingToPass
from rules.routing import Assigned, Queued, Wish

BATCH = 200
PASSED_ON = "passed on"
"""Why the handover has somebody else now."""


@dataclass(frozen=True, slots=True)
class Passing:
    """An accepted handover on its way to a special team of sales, and who there takes it."""

    handover: Handover
    team: str
    choice: Assigned | Queued

    @property
    def kept_because(self) -> str | None:
        """Why it stays with whom it was, where the special team has nobody for it."""
        return self.choice.reason.value if isinstance(self.choice, Queued) else None


async def passing_to(desk: Desk, lead: Lead, stage: Stage) -> Passing | None:
    """Who takes the lead's accepted handover in the special team of a stage; None where it goes to no other team."""
    handover = desk.handovers.get(lead.id)
    if handover is None or handover.state is not HandoverState.ACCEPTED:
        return None
    if stage.owner is not Party.SALES or stage.team is None or stage.team == handover.team:
        return None
    return await _passing(desk, handover, stage.team)


async def _passing(desk: Desk, handover: Handover, team: str) -> Passing:
    book = await desk.book(handover.version_id)
    route = Route(team=team, strategy=strategy_of(book, handover, team))
    await desk.roster.hold_routes([route])
    return Passing(handover, team, desk.roster.choose(route, wish_of(desk, handover)))


async def pass_on(desk: Desk, lead_id: UUID, passing: Passing | None) -> bool:
    """Give a lead's handover to whoever was chosen; where nobody has room, it stays with whom it was, and waits."""
    present = desk.handovers.get(lead_id)
    if present is None:
        return False
    choice = passing.choice if passing else None
    if isinstance(choice, Assigned):
        book = await desk.book(present.version_id)
        await hand_to(desk, book, present, choice.team, choice.person, because=PASSED_ON, choice=choice)
        return True
    waits_for = passing.team if passing else None
    if present.passes_to != waits_for:
        desk.put_handover(present.waiting_for(waits_for))
    return False


async def drain(house: House) -> bool:
    """Pass on what waits for special teams that have room now, the oldest first; True when more may be waiting."""
    waiting = await _able_to_leave(house)
    if not waiting:
        return False

    async def body(work: Work) -> int:
        desk = await Desk.open(work, waiting, skip_locked=True)
        passed = [await _retry(desk, lead_id) for lead_id in waiting]
        await desk.save()
        return sum(passed)

    return await house.transact(body) > 0 and len(waiting) == BATCH


async def _retry(desk: Desk, lead_id: UUID) -> bool:
    handover = desk.handovers.get(lead_id)
    if handover is None or handover.passes_to is None:
        return False
    return await pass_on(desk, lead_id, await _passing(desk, handover, handover.passes_to))


async def _able_to_leave(house: House) -> list[UUID]:
    """The leads of the oldest handovers whose special team has somebody for them, as far as is seen without locks."""
    now = house.time.now()
    async with house.database.reading() as connection:
        groups = await handovers.waiting_to_pass(connection)
        if not groups:
            return []
        active = await house.shelf.active(connection)
        roster = Roster(connection, active, now)
        roster.teams = await teams.read_teams(connection, now=now, zones=active.time_zone_of)
        able = [one for one in groups if _has_room(roster, await house.shelf.version(connection, one.version_id), one)]
        return await handovers.oldest_to_pass(connection, able, limit=BATCH) if able else []


def _has_room(roster: Roster, book: Book, group: WaitingToPass) -> bool:
    led = (route.strategy for route in book.document.handover.routing if route.team == group.team)
    route = Route(team=group.team, strategy=next(led, RoutingStrategy.ROUND_ROBIN))
    return isinstance(roster.choose(route, Wish(skills=frozenset(group.skills))), Assigned)
