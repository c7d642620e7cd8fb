"""Handing over: due leads get one open handover each, routed to a team and a member, or into the queue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from application import owing, reconciling
from application.books import Book
from application.desk import Desk
from application.journeys import journey_for, stage_for
from domain.decision import Decision
from domain.document.handover import Route
from domain.document.journey import StageKind
from domain.handover import Assignment, Handover, HandoverState
from domain.ids import new_id
from domain.lead import Lead
from domain.team import Team
from persistence import obligations, teams
from rules.routing import Assigned, Queued, pick

BEFORE_QUALIFIED = frozenset({StageKind.PROSPECT.value, StageKind.RECYCLED.value})
"""The kinds of stages from which a due handover moves a lead to QUALIFIED, wherever they stand in the journey."""


@dataclass(frozen=True)
class Due:
    """A lead whose handover is due."""

    lead_id: UUID
    decision: Decision
    decision_id: UUID
    book: Book


class Roster:
    """The teams that handovers may go to, locked, with their loads as they grow."""

    def __init__(self, found: dict[str, Team]) -> None:
        self.teams = found

    @classmethod
    async def lock(cls, desk: Desk, routes: Sequence[Route]) -> Roster:
        """Lock every team that the routes name."""
        keys = {key for route in routes for key in (route.team, *route.overflow)}
        return cls(await teams.read_teams(desk.work.connection, keys, now=desk.work.now, lock=True))

    def choose(
        self,
        routes: Sequence[Route],
        *,
        now: datetime,
        owner: str | None = None,
        exclude: frozenset[str] = frozenset(),
    ) -> Assigned | Queued:
        """Who gets a handover that may go the given routes, the first of them first."""
        return pick(route=range(len(routes)), routing=routes, teams=self.teams, now=now, owner=owner, exclude=exclude)

    def count(self, team_key: str, person: str) -> None:
        """Count a handover that a member just got."""
        for key, team in self.teams.items():
            members = tuple(
                replace(
                    m,
                    open_count=m.open_count + 1,
                    month_count=m.month_count + 1,
                    assigned_count=m.assigned_count + (key == team_key),
                )
                if m.person == person
                else m
                for m in team.members
            )
            self.teams[key] = replace(team, members=members)


async def offer(desk: Desk, due: Sequence[Due]) -> None:
    """Open a handover for each lead, the most urgent first."""
    if not due:
        return
    routes = [d.book.document.handover.routing[index] for d in due for index in d.decision.route]
    roster = await Roster.lock(desk, routes)
    desk.calendars |= {team.key: team.calendar for team in roster.teams.values()}
    for one in sorted(due, key=lambda d: (-(d.decision.verdict.priority or 0), d.lead_id)):
        await _open(desk, one, roster)


async def _open(desk: Desk, due: Due, roster: Roster) -> None:
    lead = _qualified(desk, desk.leads[due.lead_id], due.book)
    section = due.book.document.handover
    candidates = [section.routing[index] for index in due.decision.route]
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
        visible_to=takers(candidates),
        offered_at=desk.work.now,
    )
    desk.put_lead(replace(lead, rounds=lead.rounds + 1))
    desk.add_handover(handover)
    await _route(desk, due.book, handover, candidates, roster)


def takers(routes: Sequence[Route]) -> tuple[str, ...]:
    """The teams that may take a handover: those of its first route."""
    return (routes[0].team, *routes[0].overflow) if routes else ()


def _qualified(desk: Desk, lead: Lead, book: Book) -> Lead:
    journey = journey_for(desk, book, lead)
    qualified = stage_for(desk, book, lead, StageKind.QUALIFIED)
    order = [stage.key for stage in journey.stages]
    before = lead.stage not in order or order.index(lead.stage) < order.index(qualified.key)
    if before or lead.stage_kind in BEFORE_QUALIFIED:
        return desk.move(lead, qualified, forward=before)
    return lead


async def _route(desk: Desk, book: Book, handover: Handover, candidates: Sequence[Route], roster: Roster) -> None:
    owner = _account_owner(desk, handover)
    choice = roster.choose(candidates, now=desk.work.now, owner=owner)
    if isinstance(choice, Assigned):
        handover = handover.assigned(choice.team, choice.person, now=desk.work.now)
    desk.put_handover(handover)
    await reconciling.reconcile(desk, only={handover.id})
    handover = desk.rounds[handover.id]
    tell(desk, "handover.offered", handover, book)
    if isinstance(choice, Assigned):
        roster.count(choice.team, choice.person)
        _assign(desk, book, handover, choice.because)
    else:
        tell(desk, "handover.queued", handover, book, because=choice.because)
        owing.lack_of_capacity(desk, handover)


def _account_owner(desk: Desk, handover: Handover) -> str | None:
    account_id = desk.leads[handover.lead_id].account_id
    return desk.accounts[account_id].owner if account_id in desk.accounts else None


def _assign(desk: Desk, book: Book, handover: Handover, because: str) -> None:
    desk.add_assignment(
        Assignment(
            id=new_id(now=desk.work.now),
            handover_id=handover.id,
            lead_id=handover.lead_id,
            team=handover.team or "",
            assignee=handover.assignee,
            at=desk.work.now,
            until=None,
            because=because,
        )
    )
    tell(desk, "handover.assigned", handover, book, because=because)


def tell(desk: Desk, type: str, handover: Handover, book: Book, **more: Any) -> None:
    """Write an event about a handover, with what subscribers filter by as it was at the event."""
    also = more.pop("also_visible_to", ())
    payload = {
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
    at = more.pop("at", None)
    visible = tuple(dict.fromkeys((*handover.visible_to, *also)))
    subject = ("Handover", handover.id)
    desk.work.tell(type, subject, payload=payload | more, lead_id=handover.lead_id, visible_to=visible, at=at)


async def hand_to(desk: Desk, book: Book, handover: Handover, team: Team, person: str, *, because: str) -> Handover:
    """Give an open handover to a member; from the second time on the answer is owed by a personal clock too."""
    first = handover.assignee is None
    given = handover.assigned(team.key, person, now=desk.work.now)
    desk.put_handover(given)
    before = tuple(handover.visible_to)
    _assign(desk, book, given, because)
    if before != given.visible_to:
        desk.work.events[-1] = replace(
            desk.work.events[-1], visible_to=tuple(dict.fromkeys((*given.visible_to, *before)))
        )
    if first:
        for breach in await obligations.unresolved_of_subjects(desk.work.connection, [given.id], owing.NO_CAPACITY):
            owing.settle(desk, breach.resolved(now=desk.work.now))
    return given


async def drain(desk: Desk, lead_ids: Sequence[UUID]) -> int:
    """Give queued handovers to members who have room now, the oldest first; tell how many found somebody."""
    waiting = sorted(
        (desk.handovers[i] for i in lead_ids if i in desk.handovers and desk.handovers[i].queued),
        key=lambda h: (h.offered_at, h.id),
    )
    books = {h.id: await desk.book(h.version_id) for h in waiting}
    routes = {h.id: routes_of(books[h.id], h) for h in waiting}
    roster = await Roster.lock(desk, [route for candidates in routes.values() for route in candidates])
    found = 0
    for handover in waiting:
        owner = _account_owner(desk, handover)
        choice = roster.choose(routes[handover.id], now=desk.work.now, owner=owner)
        if isinstance(choice, Queued):
            continue
        team = roster.teams[choice.team]
        await hand_to(desk, books[handover.id], handover, team, choice.person, because=choice.because)
        roster.count(choice.team, choice.person)
        found += 1
    return found


def routes_of(book: Book, handover: Handover) -> list[Route]:
    """The route that a handover is on: the document's route of its team, or of the teams that may take it."""
    routing = book.document.handover.routing
    wanted = {handover.team} if handover.team else set(handover.visible_to)
    return [route for route in routing if route.team in wanted][:1] or [
        route for route in routing if wanted & set(route.overflow)
    ][:1]
