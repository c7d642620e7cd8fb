"""Passing a lead on inside a party: a special team owns its new stage, and an accepted handover goes to that team.

Where nobody there has room it stays with whom it was, and the clock passes it on as soon as somebody has.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from application.judging.conclude import conclude
from application.judging.offering import hand_to, strategy_of, wish_of
from application.runtime.compiled_versions import CompiledVersion
from application.runtime.transaction import Application, Transaction
from application.unit_of_work.team_capacity import TeamCapacity
from application.unit_of_work.unit_of_work import UnitOfWork
from domain.document.sections.handover import Route, RoutingStrategy
from domain.document.sections.journey import Stage
from domain.handovers.handover import Handover, HandoverState
from domain.leads.lead import Lead
from domain.party import Party
from persistence.handovers import queue
from persistence.handovers.queue import WaitingToPass
from persistence.people import teams
from rules.routing.routing import Assigned, Queued, Wish

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


async def passing_to(unit: UnitOfWork, lead: Lead, stage: Stage) -> Passing | None:
    """Who takes the lead's accepted handover in the special team of a stage; None where it goes to no other team."""
    handover = unit.handovers.get(lead.id)
    if handover is None or handover.state is not HandoverState.ACCEPTED:
        return None
    if stage.owner is not Party.SALES or stage.team is None or stage.team == handover.team:
        return None
    return await _passing(unit, handover, stage.team)


async def _passing(unit: UnitOfWork, handover: Handover, team: str) -> Passing:
    compiled_version = await unit.compiled_version(handover.version_id)
    route = Route(team=team, strategy=strategy_of(compiled_version, handover, team))
    await unit.team_capacity.hold_routes([route])
    return Passing(handover, team, unit.team_capacity.choose(route, replace(wish_of(unit, handover), any_team=False)))


async def pass_on(unit: UnitOfWork, lead_id: UUID, passing: Passing | None) -> bool:
    """Give a lead's handover to whoever was chosen; where nobody has room, it stays with whom it was, and waits."""
    present = unit.handovers.get(lead_id)
    if present is None:
        return False
    choice = passing.choice if passing else None
    if isinstance(choice, Assigned):
        compiled_version = await unit.compiled_version(present.version_id)
        await hand_to(unit, compiled_version, present, choice.team, choice.person, because=PASSED_ON, choice=choice)
        return True
    waits_for = passing.team if passing else None
    if present.passes_to != waits_for:
        unit.put_handover(present.waiting_for(waits_for))
    return False


async def drain(application: Application) -> bool:
    """Pass on what waits for special teams that have room now, the oldest first; True when more may be waiting."""
    waiting = await _able_to_leave(application)
    if not waiting:
        return False

    async def body(transaction: Transaction) -> int:
        unit = await UnitOfWork.open(transaction, waiting, skip_locked=True)
        await unit.team_capacity.hold(h.passes_to for h in unit.handovers.values() if h.passes_to is not None)
        passed = [await _retry(unit, lead_id) for lead_id in waiting]
        await conclude(unit)
        return sum(passed)

    return await application.transact(body) > 0 and len(waiting) == BATCH


async def _retry(unit: UnitOfWork, lead_id: UUID) -> bool:
    handover = unit.handovers.get(lead_id)
    if handover is None or handover.passes_to is None:
        return False
    return await pass_on(unit, lead_id, await _passing(unit, handover, handover.passes_to))


async def _able_to_leave(application: Application) -> list[UUID]:
    """The leads of the oldest handovers whose special team has somebody for them, as far as is seen without locks."""
    now = application.time.now()
    async with application.database.reading() as connection:
        groups = await queue.waiting_to_pass(connection)
        if not groups:
            return []
        active = await application.version_cache.active(connection)
        team_capacity = TeamCapacity(connection, active, now)
        team_capacity.teams = await teams.read_teams(connection, now=now, zones=active.time_zone_of)
        able = [
            one
            for one in groups
            if _has_room(team_capacity, await application.version_cache.version(connection, one.version_id), one)
        ]
        return await queue.oldest_to_pass(connection, able, limit=BATCH) if able else []


def _has_room(team_capacity: TeamCapacity, compiled_version: CompiledVersion, group: WaitingToPass) -> bool:
    led = (route.strategy for route in compiled_version.document.handover.routing if route.team == group.team)
    route = Route(team=group.team, strategy=next(led, RoutingStrategy.ROUND_ROBIN))
    return isinstance(team_capacity.choose(route, Wish(skills=frozenset(group.skills))), Assigned)
