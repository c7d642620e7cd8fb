"""Handing over: due leads get one open handover each, routed to a team and a member, or into the queue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from application.judging.journeys import journey_for, stage_for
from application.runtime.compiled_versions import CompiledVersion
from application.runtime.turns import in_turns
from application.unit_of_work import obligation_lifecycle, reconciling, stages
from application.unit_of_work.account_service import hold_for
from domain.document.sections.handover import Route, RoutingStrategy
from domain.document.sections.journey import StageKind
from domain.events.event import UNSET
from domain.events.handovers import HandoverAssigned, HandoverEvent, HandoverOffered, HandoverPayload, HandoverQueued
from domain.events.sides import sides
from domain.handovers.assignment import Assignment
from domain.handovers.handover import Handover, HandoverState
from domain.handovers.routing import QueueReason
from domain.leads.decision import Decision
from domain.leads.lead import Lead
from domain.words.ids import new_id
from persistence.handovers import queue
from rules.routing.routing import Assigned, Queued, Wish, teams_of

if TYPE_CHECKING:
    from application.unit_of_work.unit_of_work import UnitOfWork

BEFORE_QUALIFIED = frozenset({StageKind.PROSPECT.value, StageKind.RECYCLED.value})
"""The kinds of stages from which a due handover moves a lead to QUALIFIED, wherever they stand in the journey."""


UNROUTED = frozenset({QueueReason.UNKNOWN_TEAM, QueueReason.NO_ROUTE})
"""Why a handover waits for nobody who could ever take it."""


@dataclass(frozen=True)
class Due:
    """A lead whose handover is due."""

    lead_id: UUID
    decision: Decision
    decision_id: UUID
    compiled_version: CompiledVersion
    since: datetime
    """When it became due: when what made it due happened, or time alone did."""


async def offer(unit: UnitOfWork, due: Sequence[Due]) -> None:
    """Open a handover for each lead, the most urgent first."""
    if not due:
        return
    await _hold(unit, [one.lead_id for one in due], [due_route(one) for one in due])
    unit.calendars |= {team.key: team.calendar for team in unit.team_capacity.teams.values()}
    async for one in in_turns(sorted(due, key=lambda d: (-(d.decision.verdict.priority or 0), d.lead_id))):
        await _open(unit, one)


async def _hold(unit: UnitOfWork, lead_ids: Sequence[UUID], routes: Sequence[Route | None]) -> None:
    """Hold the teams of routes; what waits in the queue already comes before what is new."""
    connection = unit.transaction.connection
    queued = [
        offered_route(await unit.compiled_version(w.version_id), w.route) for w in await queue.waiting(connection)
    ]
    await hold_for(unit, lead_ids, [*routes, *queued])
    if queued:
        waiting = [
            (
                offered_route(await unit.compiled_version(w.version_id), w.route),
                Wish(skills=frozenset(w.skills)),
                w.number,
            )
            for w in await queue.waiting(connection)
        ]
        unit.team_capacity.stand_behind(waiting)


def due_route(due: Due) -> Route | None:
    """The route that a lead takes: the first that holds."""
    return due.compiled_version.document.handover.routing[due.decision.route[0]] if due.decision.route else None


async def _open(unit: UnitOfWork, due: Due) -> None:
    lead = _qualified(unit, unit.leads[due.lead_id], due.compiled_version)
    route = due_route(due)
    handover = Handover(
        id=new_id(now=unit.transaction.now),
        lead_id=lead.id,
        agreement_id=due.compiled_version.agreement_id,
        version_id=due.compiled_version.version_id,
        decision_id=due.decision_id,
        state=HandoverState.OFFERED,
        round=lead.rounds + 1,
        trigger=due.decision.verdict.trigger or "",
        priority=due.decision.verdict.priority or 0,
        hand_raiser=due.decision.verdict.hand_raiser,
        grade=due.decision.grade,
        team=None,
        assignee=None,
        visible_to=teams_of(route) if route else (),
        qualified_at=due.since,
        offered_at=unit.transaction.now,
        route=due.decision.route[0] if due.decision.route else None,
        skills=due.decision.skills,
    )
    unit.put_lead(replace(lead, rounds=lead.rounds + 1, data_awaited={}))
    unit.add_handover(handover)
    await _route(unit, due.compiled_version, handover, route)


def _qualified(unit: UnitOfWork, lead: Lead, compiled_version: CompiledVersion) -> Lead:
    journey = journey_for(unit, compiled_version, lead)
    qualified = stage_for(unit, compiled_version, lead, StageKind.QUALIFIED)
    order = [stage.key for stage in journey.stages]
    before = lead.stage not in order or order.index(lead.stage) < order.index(qualified.key)
    if before or lead.stage_kind in BEFORE_QUALIFIED:
        return stages.move(unit, lead, qualified, forward=True)
    return lead


async def _route(unit: UnitOfWork, compiled_version: CompiledVersion, handover: Handover, route: Route | None) -> None:
    choice = unit.team_capacity.choose_for_new(route, wish_of(unit, handover))
    if isinstance(choice, Assigned):
        handover = handover.assigned(choice.team, choice.person, now=unit.transaction.now)
    else:
        handover = handover.waiting(choice.reason, choice.passed_over)
    unit.put_handover(handover)
    await reconciling.reconcile(unit, only={handover.id})
    handover = unit.handover_history[handover.id]
    emit(unit, HandoverOffered(), handover, compiled_version)
    if isinstance(choice, Assigned):
        assign(unit, compiled_version, handover, choice.because, choice)
    else:
        emit(unit, HandoverQueued(because=choice.reason, passed_over=passed_over(choice)), handover, compiled_version)
        obligation_lifecycle.lack_of_capacity(unit, handover)


def wish_of(unit: UnitOfWork, handover: Handover, exclude: frozenset[str] = frozenset()) -> Wish:
    """Return what a handover asks of whoever takes it."""
    one_rep = unit.account_service.one_rep(handover)
    return Wish(
        serving=unit.account_service.serving(handover),
        any_team=one_rep.on and one_rep.any_team,
        over_capacity=one_rep.on and one_rep.over_capacity,
        asked_for_data=unit.leads[handover.lead_id].asked_by,
        skills=frozenset(handover.skills),
        exclude=exclude,
    )


def passed_over(choice: Assigned | Queued) -> list[dict[str, Any]]:
    """Return what an event tells of the teams and persons that could not take a handover."""
    return [team.to_json() for team in choice.passed_over]


def assign(
    unit: UnitOfWork,
    compiled_version: CompiledVersion,
    handover: Handover,
    because: str,
    choice: Assigned | None = None,
) -> None:
    """Remember who has a handover now, count the turn, and tell of it."""
    team, person = handover.team or "", handover.assignee or ""
    owner = choice.owner_passed_over if choice else None
    unit.add_assignment(
        Assignment(
            id=new_id(now=unit.transaction.now),
            handover_id=handover.id,
            lead_id=handover.lead_id,
            team=team,
            assignee=person,
            at=unit.transaction.now,
            until=None,
            because=because,
            passed_over=choice.passed_over if choice else (),
            owner_passed_over=owner.obstacle if owner else None,
        )
    )
    unit.team_capacity.give(team, person, strategy_of(compiled_version, handover, team))
    told = HandoverAssigned(because=because, passed_over=passed_over(choice) if choice else UNSET)
    emit(unit, told, handover, compiled_version)


def emit(
    unit: UnitOfWork,
    event: HandoverEvent,
    handover: Handover,
    compiled_version: CompiledVersion,
    *,
    at: datetime | None = None,
) -> None:
    """Write an event about a handover, with what subscribers filter by as it was before and after the event."""
    after = _state_of(handover, compiled_version)
    previous = unit.handover_history.previously_told(handover)
    before = None if previous is None else _state_of(previous, compiled_version)
    seen_before = () if previous is None else previous.visible_to
    visible = tuple(dict.fromkeys((*handover.visible_to, *seen_before)))
    state = after | sides(after, before, handover.visible_to, seen_before)
    unit.transaction.emit(event, handover.id, state=state, lead_id=handover.lead_id, visible_to=visible, at=at)


def _state_of(handover: Handover, compiled_version: CompiledVersion) -> dict[str, Any]:
    return HandoverPayload(
        state=handover.state.value,
        open=handover.closed_at is None,
        queued=handover.queued,
        team=handover.team,
        assignee=handover.assignee,
        agreement=compiled_version.agreement_key,
        trigger=handover.trigger,
        grade=handover.grade,
        round=handover.round,
        offered_at=handover.offered_at.isoformat(),
        answer_due_at=handover.answer_due_at.isoformat() if handover.answer_due_at else None,
        answered=handover.answered_at is not None,
        unattended=handover.unattended,
    ).payload


async def hand_to(
    unit: UnitOfWork,
    compiled_version: CompiledVersion,
    handover: Handover,
    team: str,
    person: str,
    *,
    because: str,
    choice: Assigned | None = None,
) -> Handover:
    """Give an open handover to a member; from the second time on the answer is owed by a personal clock too.

    Its team is held.
    """
    first = handover.assignee is None
    given = handover.assigned(team, person, now=unit.transaction.now)
    unit.put_handover(given)
    assign(unit, compiled_version, given, because, choice)
    if first:
        await obligation_lifecycle.room_found(unit, given)
    return given


def route_of(compiled_version: CompiledVersion, handover: Handover) -> Route | None:
    """The route that a handover is on: the one it was offered on; of a team beyond it, that team's in the document."""
    own = offered_route(compiled_version, handover.route)
    if handover.team is None or (own is not None and handover.team in teams_of(own)):
        return own
    routing = compiled_version.document.handover.routing
    led = (route for route in routing if route.team == handover.team)
    return next(led, None) or next((route for route in routing if handover.team in route.overflow), None)


def route_anew(unit: UnitOfWork, compiled_version: CompiledVersion, lead_id: UUID, decision: Decision) -> None:
    """Put a handover that waits for teams which are not there, or on no route, on its lead's route under a version.

    It passes to that version, since under its own it would wait for ever; the time that runs for its answer stays.
    """
    handover = unit.handovers.get(lead_id)
    if (
        handover is None
        or not handover.queued
        or not decision.route
        or handover.version_id == compiled_version.version_id
    ):
        return
    if handover.queue_reason in UNROUTED:
        place = decision.route[0]
        able = teams_of(compiled_version.document.handover.routing[place])
        unit.put_handover(handover.routed_anew(compiled_version.version_id, place, able, decision.skills))
        unit.transaction.wake_clock()


def offered_route(compiled_version: CompiledVersion, place: int | None) -> Route | None:
    """The route at a place of the document."""
    routing = compiled_version.document.handover.routing
    return routing[place] if place is not None and place < len(routing) else None


def strategy_of(compiled_version: CompiledVersion, handover: Handover, team: str) -> RoutingStrategy:
    """Return how the members of a team take turns when a handover is given to one of them."""
    route = route_of(compiled_version, handover)
    if route is not None and team in teams_of(route):
        return route.strategy
    led = (route.strategy for route in compiled_version.document.handover.routing if route.team == team)
    return next(led, RoutingStrategy.ROUND_ROBIN)
