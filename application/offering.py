"""Handing over: due leads get one open handover each, routed to a team and a member, or into the queue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from application import owing, reconciling
from application.books import Book
from application.journeys import journey_for, stage_for
from application.turns import in_turns
from domain.decision import Decision
from domain.document.handover import Route, RoutingStrategy
from domain.document.journey import StageKind
from domain.handover import Assignment, Handover, HandoverState
from domain.ids import new_id
from domain.lead import Lead
from domain.routing import QueueReason
from domain.sides import sides
from persistence import handovers, obligations
from rules.routing import Assigned, Queued, Wish, teams_of

if TYPE_CHECKING:
    from application.desk import Desk

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
    book: Book
    since: datetime
    """When it became due: when what made it due happened, or time alone did."""


async def offer(desk: Desk, due: Sequence[Due]) -> None:
    """Open a handover for each lead, the most urgent first."""
    if not due:
        return
    await _hold(desk, [due_route(one) for one in due])
    desk.calendars |= {team.key: team.calendar for team in desk.roster.teams.values()}
    async for one in in_turns(sorted(due, key=lambda d: (-(d.decision.verdict.priority or 0), d.lead_id))):
        await _open(desk, one)


async def _hold(desk: Desk, routes: Sequence[Route | None]) -> None:
    """Hold the teams of routes; what waits in the queue already comes before what is new."""
    connection = desk.work.connection
    queued = [offered_route(await desk.book(w.version_id), w.route) for w in await handovers.waiting(connection)]
    await desk.roster.hold_routes([*routes, *queued])
    if queued:
        waiting = [
            (offered_route(await desk.book(w.version_id), w.route), Wish(skills=frozenset(w.skills)), w.number)
            for w in await handovers.waiting(connection)
        ]
        desk.roster.stand_behind(waiting)


def due_route(due: Due) -> Route | None:
    """The route that a lead takes: the first that holds."""
    return due.book.document.handover.routing[due.decision.route[0]] if due.decision.route else None


async def _open(desk: Desk, due: Due) -> None:
    lead = _qualified(desk, desk.leads[due.lead_id], due.book)
    route = due_route(due)
    handover = Handover(
        id=new_id(now=desk.work.now),
        lead_id=lead.id,
        agreement_id=due.book.agreement_id,
        version_id=due.book.version_id,
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
        offered_at=desk.work.now,
        route=due.decision.route[0] if due.decision.route else None,
        skills=due.decision.skills,
    )
    desk.put_lead(replace(lead, rounds=lead.rounds + 1, data_awaited={}))
    desk.add_handover(handover)
    await _route(desk, due.book, handover, route)


def _qualified(desk: Desk, lead: Lead, book: Book) -> Lead:
    journey = journey_for(desk, book, lead)
    qualified = stage_for(desk, book, lead, StageKind.QUALIFIED)
    order = [stage.key for stage in journey.stages]
    before = lead.stage not in order or order.index(lead.stage) < order.index(qualified.key)
    if before or lead.stage_kind in BEFORE_QUALIFIED:
        return desk.move(lead, qualified, forward=True)
    return lead


async def _route(desk: Desk, book: Book, handover: Handover, route: Route | None) -> None:
    choice = desk.roster.choose_for_new(route, wish_of(desk, handover))
    if isinstance(choice, Assigned):
        handover = handover.assigned(choice.team, choice.person, now=desk.work.now)
    else:
        handover = handover.waiting(choice.reason, choice.passed_over)
    desk.put_handover(handover)
    await reconciling.reconcile(desk, only={handover.id})
    handover = desk.rounds[handover.id]
    tell(desk, "handover.offered", handover, book)
    if isinstance(choice, Assigned):
        assign(desk, book, handover, choice.because, choice)
    else:
        tell(desk, "handover.queued", handover, book, because=choice.reason, **passed_over(choice))
        owing.lack_of_capacity(desk, handover)


def wish_of(desk: Desk, handover: Handover, exclude: frozenset[str] = frozenset()) -> Wish:
    """What a handover asks of whoever takes it."""
    lead = desk.leads[handover.lead_id]
    owner = desk.accounts[lead.account_id].owner if lead.account_id in desk.accounts else None
    return Wish(owner=owner, asked_for_data=lead.asked_by, skills=frozenset(handover.skills), exclude=exclude)


def passed_over(choice: Assigned | Queued) -> dict[str, Any]:
    """What an event tells of the teams and persons that could not take a handover."""
    return {"passedOver": [team.to_json() for team in choice.passed_over]}


def assign(desk: Desk, book: Book, handover: Handover, because: str, choice: Assigned | None = None) -> None:
    """Remember who has a handover now, count the turn, and tell of it."""
    team, person = handover.team or "", handover.assignee or ""
    owner = choice.owner_passed_over if choice else None
    desk.add_assignment(
        Assignment(
            id=new_id(now=desk.work.now),
            handover_id=handover.id,
            lead_id=handover.lead_id,
            team=team,
            assignee=person,
            at=desk.work.now,
            until=None,
            because=because,
            passed_over=choice.passed_over if choice else (),
            owner_passed_over=owner.obstacle if owner else None,
        )
    )
    desk.roster.give(team, person, strategy_of(book, handover, team))
    tell(desk, "handover.assigned", handover, book, because=because, **(passed_over(choice) if choice else {}))


def tell(desk: Desk, type: str, handover: Handover, book: Book, **more: Any) -> None:
    """Write an event about a handover, with what subscribers filter by as it was before and after the event."""
    payload = _filtered_by(handover, book)
    previous = desk.rounds.previously_told(handover)
    before = None if previous is None else _filtered_by(previous, book)
    seen_before = () if previous is None else previous.visible_to
    at = more.pop("at", None)
    visible = tuple(dict.fromkeys((*handover.visible_to, *seen_before)))
    told = payload | sides(payload, before, handover.visible_to, seen_before) | more
    desk.work.tell(type, ("Handover", handover.id), payload=told, lead_id=handover.lead_id, visible_to=visible, at=at)


def _filtered_by(handover: Handover, book: Book) -> dict[str, Any]:
    """What subscribers filter handovers by."""
    return {
        "state": handover.state.value,
        "open": handover.closed_at is None,
        "queued": handover.queued,
        "team": handover.team,
        "assignee": handover.assignee,
        "agreement": book.agreement_key,
        "trigger": handover.trigger,
        "grade": handover.grade,
        "round": handover.round,
        "offeredAt": handover.offered_at.isoformat(),
        "answerDueAt": handover.answer_due_at.isoformat() if handover.answer_due_at else None,
        "answered": handover.answered_at is not None,
    }


async def hand_to(
    desk: Desk,
    book: Book,
    handover: Handover,
    team: str,
    person: str,
    *,
    because: str,
    choice: Assigned | None = None,
) -> Handover:
    """Give an open handover to a member; from the second time on the answer is owed by a personal clock too.

    The team is held by the roster.
    """
    first = handover.assignee is None
    given = handover.assigned(team, person, now=desk.work.now)
    desk.put_handover(given)
    assign(desk, book, given, because, choice)
    if first:
        for breach in await obligations.unresolved_of_subjects(desk.work.connection, [given.id], owing.NO_CAPACITY):
            owing.settle(desk, breach, breach.resolved(now=desk.work.now))
    return given


def route_of(book: Book, handover: Handover) -> Route | None:
    """The route that a handover is on: the one it was offered on; of a team beyond it, that team's in the document."""
    own = offered_route(book, handover.route)
    if handover.team is None or (own is not None and handover.team in teams_of(own)):
        return own
    routing = book.document.handover.routing
    led = (route for route in routing if route.team == handover.team)
    return next(led, None) or next((route for route in routing if handover.team in route.overflow), None)


def route_anew(desk: Desk, book: Book, lead_id: UUID, decision: Decision) -> None:
    """Put a handover that waits for teams which are not there, or on no route, on its lead's route under a version.

    It passes to that version, since under its own it would wait for ever; the time that runs for its answer stays.
    """
    handover = desk.handovers.get(lead_id)
    if handover is None or not handover.queued or not decision.route or handover.version_id == book.version_id:
        return
    if handover.queue_reason in UNROUTED:
        place = decision.route[0]
        able = teams_of(book.document.handover.routing[place])
        desk.put_handover(handover.routed_anew(book.version_id, place, able, decision.skills))
        desk.work.wake_clock()


def offered_route(book: Book, place: int | None) -> Route | None:
    """The route at a place of the document."""
    routing = book.document.handover.routing
    return routing[place] if place is not None and place < len(routing) else None


def strategy_of(book: Book, handover: Handover, team: str) -> RoutingStrategy:
    """How the members of a team take turns when a handover is given to one of them."""
    route = route_of(book, handover)
    if route is not None and team in teams_of(route):
        return route.strategy
    led = (route.strategy for route in book.document.handover.routing if route.team == team)
    return next(led, RoutingStrategy.ROUND_ROBIN)
