"""Contacts that were not allowed become breaches of the party that made them, when they are told [S1.6]."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from application import owing
from application.contact_facts import GuardRules, contact_facts, outbound_types
from application.desk import Desk
from domain.contact import Contact, ContactFacts, ContactRefusal, Permission
from domain.ids import new_id
from domain.lead import Lead
from domain.obligation import Breach, BreachSeverity, BreachState
from persistence import contact
from persistence.activities import Activity
from rules.contact import permission

KIND = "contact-collision"
"""The kind of breach when a lead was contacted by a party that was not allowed to."""

GRAVE = frozenset({ContactRefusal.NO_CONSENT, ContactRefusal.CLOSED_STAGE})
"""What must not happen whoever owns contact."""


async def find_collisions(desk: Desk, recorded: Sequence[Activity]) -> None:
    """Open a breach for each contact that was not allowed when it happened; once for each, in whatever order told.

    A contact told late may make later ones too many, so those of its lead are looked at again.
    """
    types = outbound_types(desk.active)
    told = [_contact(activity) for activity in recorded if activity.type in types]
    if not told:
        return
    connection = desk.work.connection
    leads = [desk.leads[lead_id] for lead_id in {one.lead_id for one in told}]
    rules = await GuardRules.read(
        connection, desk.work.shelf, {lead.agreement_id for lead in leads if lead.agreement_id}
    )
    moments = [one.occurred_at for one in told]
    facts = await contact_facts(connection, leads, rules, desk.active, since=min(moments), until=max(moments))
    found = _not_allowed(desk, rules, facts, _to_judge(told, facts, rules))
    if found:
        known = await contact.with_breach(connection, [one.id for one, _ in found], KIND)
        teams = await contact.teams_of_persons(connection, [one.person for one, _ in found if one.person])
        for one, why in found:
            if one.id not in known:
                _open(desk, one, why, teams)


def _contact(activity: Activity) -> Contact:
    return Contact(
        id=activity.id,
        lead_id=activity.lead_id,
        source=activity.source,
        key=activity.key,
        occurred_at=activity.occurred_at,
        recorded_at=activity.recorded_at,
        party=activity.party,
        person=activity.person,
        channel=activity.channel,
    )


def _to_judge(told: Sequence[Contact], facts: Mapping[UUID, ContactFacts], rules: GuardRules) -> Iterable[Contact]:
    """What was told, and of each lead what happened after it within the longest span of a cap."""
    first: dict[UUID, datetime] = {}
    for one in told:
        first[one.lead_id] = min(first.get(one.lead_id, one.occurred_at), one.occurred_at)
    later = [one for of_lead in facts.values() for one in of_lead.contacts if one.occurred_at >= first[one.lead_id]]
    found = {one.id: one for one in (*told, *(later if rules.span else ()))}
    return sorted(found.values(), key=lambda one: one.order)


def _not_allowed(
    desk: Desk, rules: GuardRules, facts: Mapping[UUID, ContactFacts], contacts: Iterable[Contact]
) -> list[tuple[Contact, Permission]]:
    found = []
    for one in contacts:
        lead = desk.leads[one.lead_id]
        judged = permission(
            rules.at(lead.agreement_id, one.occurred_at),
            facts[one.lead_id],
            party=one.party,
            channel=one.channel,
            person=one.person,
            at=one.occurred_at,
            before=one.order,
        )
        if not judged.allowed:
            found.append((one, judged))
    return found


def _open(desk: Desk, one: Contact, why: Permission, teams: Mapping[str, Sequence[str]]) -> None:
    lead = desk.leads[one.lead_id]
    codes = [reason.code for reason in why.reasons]
    of_person = tuple(teams.get(one.person or "", ()))
    breach = Breach(
        id=new_id(now=desk.work.now),
        state=BreachState.OPEN,
        severity=BreachSeverity.HIGH if GRAVE & set(codes) else BreachSeverity.MEDIUM,
        kind=KIND,
        party=one.party or why.owner,
        team=_team(desk, lead, of_person),
        assignee=one.person,
        visible_to=tuple(dict.fromkeys((*desk.teams_of(lead.id), *desk.teams_with(lead.id), *of_person))),
        obligation_id=None,
        subject_type="Activity",
        subject_id=one.id,
        lead_id=lead.id,
        agreement_id=lead.agreement_id,
        due_at=None,
        opened_at=one.occurred_at,
        detected_at=desk.work.now,
        reasons=tuple(dict.fromkeys(code.value for code in codes)),
    )
    desk.add_breach(breach)
    owing.tell_breach(desk, "breach.opened", breach, at=breach.opened_at)


def _team(desk: Desk, lead: Lead, of_person: tuple[str, ...]) -> str | None:
    """The person's team: the one that the lead is with, if it is theirs, else their only one."""
    handover = desk.handovers.get(lead.id)
    if handover is not None and handover.team in of_person:
        return handover.team
    return of_person[0] if len(of_person) == 1 else None
