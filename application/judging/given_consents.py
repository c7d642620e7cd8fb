"""The words of leads about being contacted, as judgements see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from application.runtime.compiled_versions import CompiledVersion
from domain.document.contact_vocabulary import ContactVocabulary
from domain.facts import FUTURE_TOLERANCE, GivenConsent
from domain.leads.contact import Consent
from domain.party import Party
from persistence.leads import contact
from rules.contact.consent_record import REST, ConsentRecord

if TYPE_CHECKING:
    from application.unit_of_work.unit_of_work import UnitOfWork

Given = Mapping[tuple[str, str], GivenConsent]


def given_consents(
    consents: Sequence[Consent], words: ContactVocabulary, compiled_version: CompiledVersion, *, now: datetime
) -> Given:
    """Return what stands by a moment of what a lead said, by purpose and channel as a version writes them.

    That it wants no contact by marketing on a channel, whatever for, is told of the purpose REST.
    """
    if not consents:
        return {}
    rules = compiled_version.document.contact
    standing = ConsentRecord(consents, words, rules, at=now + FUTURE_TOLERANCE)
    found: dict[tuple[str, str], GivenConsent] = {}
    for channel in compiled_version.channels:
        key = words.channel(channel) or channel
        for rule in rules.consents:
            last = standing.last(rule.key, key)
            if last is not None:
                found[rule.key, channel] = GivenConsent(last.granted, last.expires_at)
        asked = {rule.key for rule in rules.consents}
        if any(purpose not in asked for purpose in standing.withdrawn(key, Party.MARKETING, rules.consents)):
            found[REST, channel] = GivenConsent(granted=False)
    return found


async def consents_of(unit: UnitOfWork, lead_ids: Iterable[UUID]) -> Mapping[UUID, Sequence[Consent]]:
    """All that leads said, where an active version asks for it."""
    if not unit.active.consents_needed:
        return {}
    return await contact.consents(unit.transaction.connection, lead_ids)
