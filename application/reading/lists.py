"""Lists: leads, handovers, obligations, breaches, activities, agreements and versions, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from application.reading.pages import List, Lists
from application.runtime.transaction import Application
from domain.agreements.field_owner import FieldConflict
from domain.agreements.version import Agreement, Version
from domain.handovers.handover import Handover, HandoverState
from domain.leads.lead import Lead
from domain.obligation import Breach, BreachSeverity, BreachState, Obligation, ObligationState
from domain.party import Party
from domain.people.principal import Principal
from persistence.as_of.known import DecisionRow
from persistence.database import paging
from persistence.database.paging import Listing, Query
from persistence.leads.activities import Activity
from persistence.leads.field_conflicts import CONFLICTS
from persistence.people import visibility


class LeadOrder(StrEnum):
    """The order of a list of leads."""

    PRIORITY = "PRIORITY"
    """Whom to call first: the better fit band, within it the higher interest."""
    NEWEST = "NEWEST"
    """The newest first."""
    OLDEST = "OLDEST"
    """The oldest first."""


@dataclass(frozen=True)
class LeadFilter:
    """Which leads."""

    agreement: str | None = None
    """The key of the agreement that governs them."""
    stage: list[str] | None = None
    """The keys of their stages."""
    grade: list[str] | None = None
    """Their grades."""
    contact_owner: Party | None = None
    """The party that owns contact with them."""
    updated_since: datetime | None = None
    """Changed at or after that moment."""


@dataclass(frozen=True)
class HandoverFilter:
    """Which handovers."""

    state: list[HandoverState] | None = None
    """Where they stand."""
    open: bool | None = None
    """True if they are open: offered, or accepted until the lead is won, lost, disqualified or returned."""
    team: list[str] | None = None
    """The keys of the teams that have them."""
    assignee: str | None = None
    """The person who has them."""
    queued: bool | None = None
    """True if they wait for somebody to have room."""
    unattended: bool | None = None
    """True if the person who has them left, and nobody took them over."""
    overdue: bool | None = None
    """True if their answer is overdue."""
    lead: UUID | None = None
    """The id of the lead."""
    agreement: str | None = None
    """The key of the agreement under which they were offered."""
    offered_since: datetime | None = None
    """Offered at or after that moment."""


@dataclass(frozen=True)
class ObligationFilter:
    """Which obligations."""

    state: list[ObligationState] | None = None
    """Where they stand."""
    kind: list[str] | None = None
    """The watched obligations, by the kinds' words such as first-contact."""
    party: Party | None = None
    """The party that owes it."""
    team: list[str] | None = None
    """The keys of the teams that owe it."""
    assignee: str | None = None
    """The person who owes it."""
    due_before: datetime | None = None
    """Due before that moment."""
    subject: UUID | None = None
    """The id of what it is about."""


@dataclass(frozen=True)
class BreachFilter:
    """Which breaches."""

    state: list[BreachState] | None = None
    """Where they stand."""
    kind: list[str] | None = None
    """The duty that was not kept: the obligation's kind, no-capacity, or contact-collision."""
    party: Party | None = None
    """The party in breach."""
    team: list[str] | None = None
    """The keys of the teams in breach."""
    severity: list[BreachSeverity] | None = None
    """Their severity."""
    opened_since: datetime | None = None
    """Opened at or after that moment."""


LEAD_LISTINGS: dict[LeadOrder, Listing] = {
    LeadOrder.PRIORITY: paging.LEADS_BY_PRIORITY,
    LeadOrder.NEWEST: paging.LEADS_NEWEST,
    LeadOrder.OLDEST: paging.LEADS_OLDEST,
}
_ASSIGNEE = "lower(normalize(t.assignee)) = lower(normalize(btrim(cast(:assignee as text))))"
"""By name, however it is spelled; what a list leaves out is no matter of rights, so the database may compare."""
_AGREEMENT = "t.agreement_id = (select id from agreement where key = :agreement)"


def _values(items: list[Any] | None) -> list[str] | None:
    return None if items is None else [getattr(item, "value", item) for item in items]


def leads(application: Application, principal: Principal, wanted: LeadFilter, order: LeadOrder) -> List[Lead]:
    """Leads; sales sees those its teams have or had."""
    query = Query(LEAD_LISTINGS[order])
    _narrow_leads(query, principal)
    query.where_given(_AGREEMENT, agreement=wanted.agreement)
    query.where_one_of("stage", wanted.stage)
    query.where_one_of("grade", wanted.grade)
    query.where_given("t.contact_owner = :owner", owner=wanted.contact_owner and wanted.contact_owner.value)
    query.where_given("t.changed_at >= :updated_since", updated_since=wanted.updated_since)
    return List(application, query, Lead)


def leads_of_accounts(application: Application, principal: Principal) -> Lists[Lead]:
    """The leads of accounts: their buying centres, the oldest lead first."""
    query = Query(paging.LEADS_OLDEST).where("t.account_id = parent.id")
    _narrow_leads(query, principal)
    return Lists(application, query, Lead)


def _narrow_leads(query: Query, principal: Principal) -> None:
    if not principal.sees_all:
        query.where("t.seen_by && cast(:teams as text[])", teams=sorted(principal.teams))


def handovers(application: Application, principal: Principal, wanted: HandoverFilter) -> List[Handover]:
    """Handovers, the newest first; sales sees those of its teams."""
    query = Query(paging.HANDOVERS)
    _narrow_to_teams(query, principal)
    query.where_one_of("state", _values(wanted.state))
    query.where_one_of("team", wanted.team)
    query.where_given(_ASSIGNEE, assignee=wanted.assignee)
    query.where_given("t.lead_id = :lead", lead=wanted.lead)
    query.where_given(_AGREEMENT, agreement=wanted.agreement)
    query.where_given("t.offered_at >= :offered_since", offered_since=wanted.offered_since)
    for flag, condition in (
        (wanted.open, "t.closed_at is null"),
        (wanted.queued, "t.closed_at is null and t.assignee is null"),
        (wanted.unattended, "t.closed_at is null and t.unattended_since is not null and t.taken_over_at is null"),
        (wanted.overdue, "t.closed_at is null and t.answered_at is null and t.answer_due_at < :now"),
    ):
        if flag is not None:
            query.where(condition if flag else f"not coalesce({condition}, false)")
    if wanted.overdue is not None:
        query.binds["now"] = application.time.now()
    return List(application, query, Handover)


def handovers_of_leads(application: Application, principal: Principal) -> Lists[Handover]:
    """The handovers of leads, the newest first; sales sees those of its teams."""
    query = Query(paging.HANDOVERS).where("t.lead_id = parent.id")
    _narrow_to_teams(query, principal)
    return Lists(application, query, Handover)


def _narrow_to_teams(query: Query, principal: Principal) -> None:
    if not principal.sees_all:
        query.where("t.visible_to && cast(:teams as text[])", teams=sorted(principal.teams))


def obligations(application: Application, principal: Principal, wanted: ObligationFilter) -> List[Obligation]:
    """Obligations, the earliest due first; sales sees those of its teams."""
    query = Query(paging.OBLIGATIONS)
    if not principal.sees_all:
        query.where(visibility.OBLIGATIONS, teams=sorted(principal.teams))
    query.where_one_of("state", _values(wanted.state))
    query.where_one_of("kind", wanted.kind)
    query.where_given("t.party = :party", party=wanted.party and wanted.party.value)
    query.where_one_of("team", wanted.team)
    query.where_given(_ASSIGNEE, assignee=wanted.assignee)
    query.where_given("t.due_at < :due_before", due_before=wanted.due_before)
    query.where_given("t.subject_id = :subject", subject=wanted.subject)
    return List(application, query, Obligation)


def breaches(application: Application, principal: Principal, wanted: BreachFilter) -> List[Breach]:
    """Breaches, the newest first; sales sees those of its teams."""
    query = Query(paging.BREACHES)
    if not principal.sees_all:
        query.where("t.lead_id is null or t.visible_to && cast(:teams as text[])", teams=sorted(principal.teams))
    query.where_one_of("state", _values(wanted.state))
    query.where_one_of("kind", wanted.kind)
    query.where_given("t.party = :party", party=wanted.party and wanted.party.value)
    query.where_one_of("team", wanted.team)
    query.where_one_of("severity", _values(wanted.severity))
    query.where_given("t.opened_at >= :opened_since", opened_since=wanted.opened_since)
    return List(application, query, Breach)


def activities_of_leads(application: Application) -> Lists[Activity]:
    """The activities of leads that the asker sees, the newest first."""
    return Lists(application, Query(paging.ACTIVITIES).where("t.lead_id = parent.id"), Activity)


def decisions_of_leads(application: Application) -> Lists[DecisionRow]:
    """The stored decisions about leads that the asker sees, the newest first."""
    return Lists(application, Query(paging.DECISIONS).where("t.lead_id = parent.id"), DecisionRow)


def conflicts_of_leads(application: Application, *, resolved: bool) -> Lists[FieldConflict]:
    """Return what was written into fields of leads and of their companies by systems that do not own them."""
    query = Query(CONFLICTS).where(
        "t.subject_id in (select parent.id union all select l.account_id from lead l where l.id = parent.id)"
    )
    return Lists(application, query if resolved else query.where("t.resolved_at is null"), FieldConflict)


def agreements(application: Application) -> List[Agreement]:
    """All agreements, by key."""
    return List(application, Query(paging.AGREEMENTS), Agreement)


def versions_of_agreements(application: Application) -> Lists[Version]:
    """The versions of agreements, the newest first."""
    return Lists(application, Query(paging.VERSIONS).where("t.agreement_id = parent.id"), Version)
