"""Who of sales acts on what: the teams with which a lead stands, and those that answer for what is owed about it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.obligation import Breach, Obligation
from domain.party import Party
from domain.people import rights
from domain.people.principal import Principal
from domain.words.persons import same_person
from persistence.handovers import handovers
from persistence.people import visibility


async def leads_held(
    connection: AsyncConnection, principal: Principal, operation: str, lead_ids: Iterable[UUID]
) -> set[UUID]:
    """Those of the leads on which somebody may do something: of sales the teams with which they stand."""
    ids = set(lead_ids)
    if principal.sees_all:
        return ids
    held = await visibility.holders_of_leads(connection, ids)
    return {lead_id for lead_id, teams in held.items() if rights.reaches(principal, operation, teams)}


async def holds(connection: AsyncConnection, principal: Principal, operation: str, owed: Obligation | Breach) -> bool:
    """True if somebody may settle what is or was owed about a lead: of sales the team that owes it, or with which the
    handover or the lead stands; what is owed about an agreement everybody of the party may, and a person its own.
    """
    if principal.sees_all or owed.lead_id is None or same_person(principal.person, owed.assignee):
        return True
    if owed.party is Party.SALES and owed.team is not None:
        return rights.reaches(principal, operation, [owed.team])
    handover = await handovers.by_id(connection, owed.subject_id) if owed.subject_type == "Handover" else None
    if handover is not None:
        return rights.reaches(principal, operation, handover.visible_to or getattr(owed, "visible_to", ()))
    held = await visibility.holders_of_leads(connection, [owed.lead_id])
    return rights.reaches(principal, operation, held[owed.lead_id])
