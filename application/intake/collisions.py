"""Contacts that were not allowed become breaches of the party that made them, when they are told [S1.6]."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from application.intake.contact_facts import GuardRules, channel_of, contact_facts, outbound_types
from application.unit_of_work import obligation_lifecycle
from application.unit_of_work.unit_of_work import UnitOfWork
from domain.events.obligations import BreachOpened
from domain.handovers.handover import Handover
from domain.leads.contact import Contact, ContactFacts, ContactRefusal, Permission
from domain.leads.lead import Lead
from domain.obligation import Breach, BreachSeverity, BreachState
from domain.words.ids import new_id
from persistence.handovers import handovers
from persistence.leads import contact
from persistence.leads import leads as stored_leads
from persistence.leads.activities import Activity
from rules.contact.contact import permission

KIND = "contact-collision"
"""The kind of breach when a lead was contacted by a party that was not allowed to."""

GRAVE = frozenset({ContactRefusal.NO_CONSENT, ContactRefusal.CLOSED_STAGE})
"""The acts that must not happen whoever owns contact."""


async def find_collisions(unit: UnitOfWork, recorded: Sequence[Activity]) -> None:
    """Open a breach for each contact that was not allowed when it happened; once for each, in whatever order told.

    A contact told late may make later ones too many, so those of its lead are looked at again, and where a cap counts
    the contacts with all leads of a company, those of its colleagues.
    """
    types = outbound_types(unit.active)
    told = [_contact(activity) for activity in recorded if activity.type in types]
    if not told:
        return
    connection = unit.transaction.connection
    leads = {one.lead_id: unit.leads[one.lead_id] for one in told}
    rules = await _rules(unit, leads)
    moments = [one.occurred_at for one in told]
    span = {"since": min(moments), "until": max(moments)}
    facts = await contact_facts(connection, list(leads.values()), rules, unit.active, **span)
    to_judge = _to_judge(told, facts)
    if colleagues := {one.lead_id for one in to_judge} - leads.keys():
        others = await stored_leads.by_ids(connection, colleagues)
        facts |= await contact_facts(connection, list(others.values()), rules, unit.active, **span)
        leads |= others
    found = _not_allowed(unit, leads, rules, facts, to_judge)
    if found:
        await _open_new(unit, leads, found)


async def _rules(unit: UnitOfWork, leads: Mapping[UUID, Lead]) -> GuardRules:
    """The rules of all agreements in force, since a colleague may come under another; where one counts the contacts
    with a company, the companies are held, so that of several contacts at once each sees those before it.
    """
    agreements = {lead.agreement_id for lead in leads.values() if lead.agreement_id}
    agreements |= {compiled_version.agreement_id for compiled_version in unit.active.compiled_versions}
    rules = await GuardRules.read(unit.transaction.connection, unit.transaction.version_cache, agreements)
    if rules.by_account:
        await stored_leads.hold_accounts(
            unit.transaction.connection, [x.account_id for x in leads.values() if x.account_id]
        )
    return rules


async def _open_new(unit: UnitOfWork, leads: Mapping[UUID, Lead], found: Sequence[tuple[Contact, Permission]]) -> None:
    connection = unit.transaction.connection
    known = await contact.with_breach(connection, [one.id for one, _ in found], KIND)
    teams = await contact.teams_of_persons(connection, [one.person for one, _ in found if one.person])
    elsewhere = {one.lead_id for one, _ in found} - unit.leads.keys()
    open_ones = unit.handovers | (await handovers.open_of(connection, elsewhere) if elsewhere else {})
    for one, why in found:
        if one.id not in known:
            _open(unit, leads[one.lead_id], open_ones.get(one.lead_id), one, why, teams.get(one.person or "", ()))


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
        type=activity.type,
    )


def _to_judge(told: Sequence[Contact], facts: Mapping[UUID, ContactFacts]) -> list[Contact]:
    """The contacts told, and those of each lead and its colleagues after them within the longest span of a cap."""
    first: dict[UUID, datetime] = {}
    for one in told:
        first[one.lead_id] = min(first.get(one.lead_id, one.occurred_at), one.occurred_at)
    later = [one for lead_id, at in first.items() for one in facts[lead_id].of_account if one.occurred_at >= at]
    found = {one.id: one for one in (*told, *later)}
    return sorted(found.values(), key=lambda one: one.order)


def _not_allowed(
    unit: UnitOfWork,
    leads: Mapping[UUID, Lead],
    rules: GuardRules,
    facts: Mapping[UUID, ContactFacts],
    contacts: Iterable[Contact],
) -> list[tuple[Contact, Permission]]:
    """Those that were not allowed; of whom nobody knows who made them, nobody is at fault for."""
    found = []
    for one in contacts:
        if one.party is None:
            continue
        judged = permission(
            rules.at(leads[one.lead_id].agreement_id, one.occurred_at),
            facts[one.lead_id],
            unit.active.contact,
            party=one.party,
            channel=channel_of(one, unit.active),
            person=one.person,
            at=one.occurred_at,
            before=one.order,
        )
        if not judged.allowed:
            found.append((one, judged))
    return found


def _open(
    unit: UnitOfWork, lead: Lead, handover: Handover | None, one: Contact, why: Permission, of_person: Sequence[str]
) -> None:
    codes = [reason.code for reason in why.reasons]
    assert one.party is not None  # noqa: S101 - what nobody did is not judged
    with_it = handover.visible_to if handover else ()
    breach = Breach(
        id=new_id(now=unit.transaction.now),
        state=BreachState.OPEN,
        severity=BreachSeverity.HIGH if GRAVE & set(codes) else BreachSeverity.MEDIUM,
        kind=KIND,
        party=one.party,
        team=_team(handover, of_person),
        assignee=one.person,
        visible_to=tuple(dict.fromkeys((*lead.seen_by, *with_it, *of_person))),
        obligation_id=None,
        subject_type="Activity",
        subject_id=one.id,
        lead_id=lead.id,
        agreement_id=lead.agreement_id,
        due_at=None,
        opened_at=one.occurred_at,
        detected_at=unit.transaction.now,
        reasons=tuple(dict.fromkeys(code.value for code in codes)),
    )
    unit.add_breach(breach)
    obligation_lifecycle.emit_breach(unit, BreachOpened(), breach, at=breach.opened_at)


def _team(handover: Handover | None, of_person: Sequence[str]) -> str | None:
    """The person's team: the one that the lead is with, if it is theirs, else their only one."""
    if handover is not None and handover.team in of_person:
        return handover.team
    return of_person[0] if len(of_person) == 1 else None
