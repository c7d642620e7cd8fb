"""What leads said about being contacted, as judgements see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from domain.contact import Consent
from domain.facts import FUTURE_TOLERANCE, GivenConsent
from persistence import contact
from rules.contact import latest_consents

if TYPE_CHECKING:
    from application.desk import Desk

Given = Mapping[tuple[str, str], GivenConsent]


def given_consents(consents: Sequence[Consent], *, now: datetime) -> Given:
    """What a lead last said by a moment, by purpose and channel."""
    latest = latest_consents(consents, now + FUTURE_TOLERANCE)
    return {key: GivenConsent(consent.granted, consent.expires_at) for key, consent in latest.items()}


async def consents_of(desk: Desk, lead_ids: Iterable[UUID]) -> Mapping[UUID, Given]:
    """What leads last said, where an active version asks for it."""
    if not desk.active.consents_needed:
        return {}
    found = await contact.consents(desk.work.connection, lead_ids)
    return {lead_id: given_consents(said, now=desk.work.now) for lead_id, said in found.items()}
