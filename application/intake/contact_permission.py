"""Asking whether a party may contact a lead now, or might have: nothing is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from application.intake.contact_facts import GuardRules, contact_facts
from application.runtime.compiled_versions import ActiveVersions
from application.runtime.transaction import Application
from domain.document.sections.contact import ContactSection
from domain.facts import FUTURE_TOLERANCE
from domain.leads.contact import Permission
from domain.leads.lead import Lead
from domain.party import Party
from domain.people import rights
from domain.people.principal import Principal
from domain.refusal import BadRequest, Refusal
from persistence import lookups
from rules.contact.contact import permission
from rules.differences.contact_words import ContactReason, reason_words

MAX_CHANNEL = 200


@dataclass(frozen=True)
class ContactAnswer:
    """The verdict if a contact is allowed, and in words why not."""

    permission: Permission
    reasons: Sequence[ContactReason]


async def contact_permission(
    application: Application,
    principal: Principal,
    *,
    lead_id: UUID | None,
    key: tuple[str, str] | None = None,
    party: Party,
    channel: str,
    person: str | None = None,
    at: datetime | None = None,
    known_at: datetime | None = None,
    language: str = "en",
) -> ContactAnswer:
    """The verdict if a party may contact a lead on a channel at a moment, by what is known (or was known at
    `known_at`).

    The lead is named by its id or by a sender and its key of it; one that the asker does not see is as unknown as one
    that does not exist, so that nobody finds out by asking which keys there are.
    """
    now = application.time.now()
    if not 1 <= len(channel) <= MAX_CHANNEL:
        raise BadRequest([Refusal("VALUE_NOT_ALLOWED", "A channel has 1 to 200 characters.", ("channel",))])
    if known_at is not None and known_at > now + FUTURE_TOLERANCE:
        raise BadRequest([Refusal("IN_FUTURE", "Nobody knows yet what will be known then.", ("knownAt",))])
    moment = at or now
    async with application.database.reading() as connection:
        lead = await _lead(connection, principal, lead_id, key)
        active = await application.version_cache.active(connection)
        agreements = [lead.agreement_id] if lead.agreement_id else []
        rules = await GuardRules.read(connection, application.version_cache, agreements)
        facts = await contact_facts(connection, [lead], rules, active, since=moment, until=moment, known_at=known_at)
        compiled_version = active.of_agreement(lead.agreement_id) if lead.agreement_id else None
    section = rules.at(lead.agreement_id, moment) if lead.agreement_id else _of_all(active)
    words, facts_known = active.contact, facts[lead.id]
    answer = permission(section, facts_known, words, party=party, channel=channel, person=person, at=moment)
    zone = compiled_version.zone if compiled_version else None
    told = [reason_words(r, section, answer.owner, language, zone, words.channels) for r in answer.reasons]
    return ContactAnswer(answer, told)


def _of_all(active: ActiveVersions) -> ContactSection:
    """The rules for a lead that no agreement governs: it must have consented as any of them asks."""
    rules = tuple(
        rule for compiled_version in active.compiled_versions for rule in compiled_version.document.contact.consents
    )
    return ContactSection.model_construct(caps=(), consents=rules)


async def _lead(
    connection: AsyncConnection, principal: Principal, lead_id: UUID | None, key: tuple[str, str] | None
) -> Lead:
    if key is not None:
        lead_id = await lookups.lead_of_key(connection, *key)
    found = await lookups.by_ids(connection, "lead", Lead, [lead_id]) if lead_id else {}
    lead = found.get(lead_id) if lead_id else None
    if lead is None or not rights.reaches(principal, "Query.contactPermission", lead.seen_by):
        raise BadRequest([Refusal("NOT_FOUND", "There is no such lead.", ("lead",))])
    return lead
