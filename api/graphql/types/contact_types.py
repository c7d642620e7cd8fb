"""Contact with leads: what they consented to, and whether they may be contacted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from api.graphql.parts.context import Context
from api.graphql.parts.published import published
from api.graphql.types.reason_types import Reason
from application.intake.contact_permission import ContactAnswer
from application.reading import single
from domain.leads import contact as domain
from domain.party import Party


@published
class Consent:
    """The word of a lead about being contacted for a purpose on a channel."""

    purpose: str
    """For what; `*` for everything."""
    channel: str
    """On which channel; `*` for all."""
    granted: bool
    """True if it consented, false if it withdrew."""
    at: datetime
    """When it said so; of a purpose and channel the newest counts, of one moment the withdrawal."""
    recorded_at: datetime
    """When it became known."""
    recorded_by: str
    """Who recorded it: a person, or a tool's key."""
    evidence: str | None
    """The proof, such as the reference of a form."""
    expires_at: datetime | None
    """When it ends by itself."""

    @classmethod
    def of(cls, record: domain.Consent) -> Consent:
        """The consent as it is shown."""
        return cls(
            purpose=record.purpose,
            channel=record.channel,
            granted=record.granted,
            at=record.at,
            recorded_at=record.recorded_at,
            recorded_by=record.person,
            evidence=record.evidence,
            expires_at=record.expires_at,
        )


@published
class ContactPermission:
    """The verdict if a party may contact a lead at a moment, and if not, why not."""

    allowed: bool
    """True if the contact is allowed."""
    owner: Party
    """The party that owns contact with the lead then."""
    reasons: list[Reason]
    """Why it may not: NOT_OWNER, FREQUENCY_CAP, NO_CONSENT, CLOSED_STAGE, UNKNOWN_CHANNEL; none where it may."""
    allowed_from: datetime | None
    """When it may again by the passing of time alone; null where it may, or where something must happen first."""

    @classmethod
    def of(cls, answer: ContactAnswer) -> ContactPermission:
        """The answer as it is shown."""
        return cls(
            allowed=answer.permission.allowed,
            owner=answer.permission.owner,
            reasons=[Reason(code=r.code.value, message=r.message, rule=r.rule) for r in answer.reasons],
            allowed_from=answer.permission.allowed_from,
        )


async def consents(context: Context, lead_ids: list[UUID]) -> Sequence[list[Consent]]:
    """All that each lead said, the newest first."""
    found = await single.consents_of(context.application, lead_ids)
    return [[Consent.of(consent) for consent in of_lead] for of_lead in found]
