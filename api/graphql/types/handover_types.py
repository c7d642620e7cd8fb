"""Handovers: which, by whom, and what is owed about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry

from api.graphql.lists.connections import Connection
from api.graphql.lists.cursors import Cursors
from api.graphql.parts import nodes
from api.graphql.parts.context import Context, Info
from api.graphql.parts.global_ids import Node, global_id
from api.graphql.parts.published import field, published
from api.graphql.parts.shown import shown
from api.graphql.types import decision_types, effort_types, obligation_types, upcoming_types, version_types
from api.graphql.types.effort_types import Effort
from api.graphql.types.links import DecisionLink, LeadLink, ObligationLink, SlaVersionLink, UpcomingStepLink
from api.graphql.types.pages import Branch, listed, listed_below
from api.graphql.types.pause_types import ClockPause, clock_pause
from api.graphql.types.routing_types import HumanDelay, SystemDelay, TeamPassedOver, teams_passed_over
from application.reading import lists, single
from application.runtime.page import Key
from domain.handovers import assignment
from domain.handovers import handover as domain
from domain.handovers.handover import HandoverState
from domain.handovers.handover_end import HandoverEnd
from domain.handovers.routing import Obstacle, QueueReason

CURSORS = Cursors("handovers", datetime, UUID)
OF_LEADS = Branch(lambda context: lists.handovers_of_leads(context.application, context.principal))


@published
class Assignment:
    """Who had a handover, from when to when, and why."""

    team: str
    """The key of the team."""
    assignee: str | None
    """The person."""
    at: datetime
    """From when."""
    until: datetime | None
    """To when; null while it lasts."""
    because: str
    """Why: ACCOUNT_OWNER, ASKED_FOR_DATA, ROUND_ROBIN, WEIGHTED, LEAST_LOADED, OVERFLOW or REOPENED; else
    the words of whoever gave it."""
    passed_over: list[TeamPassedOver]
    """The teams of the route that came before and could not take it."""
    owner_passed_over: Obstacle | None
    """Why the person who serves the account did not get it; null when that person did, or nobody serves it."""


@published
class Handover(Node):
    """One passing of a lead from marketing to sales, and sales' answer."""

    state: HandoverState
    """Where it stands."""
    round: int
    """Which handover of the lead it is, from 1."""
    trigger: str
    """The key of the trigger that made it due."""
    grade: str
    """The lead's grade when it was offered."""
    team: str | None
    """The key of the team that has it; null in the queue."""
    assignee: str | None
    """The person who has it; null in the queue."""
    qualified_at: datetime
    """When it became due: when the activity happened that made it due, or when time alone did."""
    offered_at: datetime
    """When it was opened."""
    first_assigned_at: datetime | None
    """When somebody got it for the first time; null in the queue."""
    assigned_at: datetime | None
    """When it was given to whoever has it."""
    answer_due_at: datetime | None
    """When sales' answer is due."""
    answered_at: datetime | None
    """When sales answered."""
    first_attempt_at: datetime | None
    """The time of sales' first attempt to reach the lead about it."""
    contacted_at: datetime | None
    """When sales first contacted the lead about it."""
    closed_at: datetime | None
    """When it ended; null while it is open."""
    closed_because: HandoverEnd | None
    """Its end; null while it is open."""
    unattended: bool
    """True if the person who has it left and nobody took it over."""
    reopened_at: datetime | None
    """The time at which it opened again after its end, the last one."""
    reopenings: int
    """The number of times it opened again."""
    system_delay: SystemDelay
    """The time until somebody had it: what tools, the engine and routing are answerable for."""
    human_delay: HumanDelay
    """The time that it took whoever had it: what people are answerable for."""
    return_reason: str | None
    """The key of the reason for which sales returned it."""
    data_awaited: list[str]
    """The fields that it was returned for: keys, account.KEY for the account's."""
    comment: str | None
    """The words of the person who answered."""
    escalation_level: int
    """The number of escalation steps taken."""
    return_answered_at: datetime | None
    """When marketing answered its return."""
    return_answer: str | None
    """The answer of marketing to its return."""
    pauses: list[ClockPause]
    """The stretches in which its clocks stand still, in the order in which they were asked for."""
    skills: list[str]
    """The skills for whoever gets it, by its route."""
    queue_reason: QueueReason | None
    """Why nobody has it; null while somebody does."""
    passes_to: str | None
    """The key of the special team of its lead's stage that gets it as soon as somebody there has room."""
    queued_at_teams: list[TeamPassedOver]
    """Why none of the teams of its route could take it, as it was when the reason last changed."""
    _handover: strawberry.Private[domain.Handover]

    @classmethod
    def of(cls, record: domain.Handover) -> Handover:
        """The handover as it is shown."""
        return shown(
            cls,
            record,
            id=global_id("Handover", record.id),
            system_delay=SystemDelay.of(record),
            human_delay=HumanDelay.of(record),
            pauses=[clock_pause(pause) for pause in record.pauses],
            queue_reason=record.queue_reason if record.queued else None,
            queued_at_teams=teams_passed_over(record.queued_at_teams) if record.queued else [],
            _handover=record,
        )

    @field
    async def lead(self, info: Info) -> LeadLink:
        """The lead."""
        found: LeadLink | None = await nodes.node(info.context, "Lead", self._handover.lead_id)
        assert found is not None  # noqa: S101 - who sees a handover sees its lead
        return found

    @field
    async def sla_version(self, info: Info) -> SlaVersionLink:
        """The version under which it was offered."""
        found = await info.context.load(version_types.versions, self._handover.version_id)
        assert found is not None  # noqa: S101 - versions stay
        return found

    @field
    async def decision(self, info: Info) -> DecisionLink:
        """The decision by which it was due."""
        found = await info.context.load(decision_types.decisions, self._handover.decision_id)
        assert found is not None  # noqa: S101 - decisions stay
        return found

    @field
    async def obligations(self, info: Info) -> list[ObligationLink]:
        """All obligations about it, the earliest first."""
        return await info.context.load(obligation_types.obligations_of_handovers, self._handover.id)

    @field
    async def effort(self, info: Info) -> Effort:
        """The effort that sales made for the lead since it was offered."""
        return await info.context.load(effort_types.efforts_of_handovers, self._handover)

    @field
    async def upcoming(self, info: Info) -> list[UpcomingStepLink]:
        """The future acts of the clock on it, in order; nothing once it is closed."""
        return await info.context.load(upcoming_types.upcoming, self._handover.id)

    @field
    async def assignments(self, info: Info) -> list[Assignment]:
        """Who had it, in order."""
        return await info.context.load(assignments, self._handover.id)


def by_offer(record: domain.Handover) -> Key:
    """The sort key of handovers."""
    return (record.offered_at, record.id)


async def of_lead(info: Info, lead_id: UUID, **page: Any) -> Connection[Handover]:
    """The handovers of a lead that the asker sees, the newest first; `page` are first, after, last and before."""
    return await listed_below(info, lead_id, OF_LEADS, cursors=CURSORS, key=by_offer, node=Handover.of, **page)


async def connection(
    info: Info,
    wanted: lists.HandoverFilter,
    *,
    first: int | None,
    after: str | None,
    last: int | None,
    before: str | None,
) -> Connection[Handover]:
    """The handovers that are wanted and that the asker sees, the newest first."""
    context = info.context
    return await listed(
        info,
        lists.handovers(context.application, context.principal, wanted),
        cursors=CURSORS,
        key=by_offer,
        node=Handover.of,
        first=first,
        after=after,
        last=last,
        before=before,
    )


@nodes.loads("Handover")
async def handovers(context: Context, ids: list[UUID]) -> Sequence[Handover | None]:
    """Handovers by id that the asker sees."""
    found = await single.handovers(context.application, context.principal, ids)
    return [None if r is None else Handover.of(r) for r in found]


async def open_handovers(context: Context, lead_ids: list[UUID]) -> Sequence[Handover | None]:
    """The open handover of each lead, if the asker sees it."""
    found = await single.open_handovers(context.application, context.principal, lead_ids)
    return [None if r is None else Handover.of(r) for r in found]


async def assignments(context: Context, handover_ids: list[UUID]) -> Sequence[list[Assignment]]:
    """Who had each handover."""
    found = await single.assignments_of(context.application, handover_ids)
    return [[_assignment(a) for a in of_handover] for of_handover in found]


def _assignment(record: assignment.Assignment) -> Assignment:
    return shown(
        Assignment,
        record,
        passed_over=teams_passed_over(record.passed_over),
    )
