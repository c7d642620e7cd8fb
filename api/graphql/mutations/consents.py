"""Mutations of what leads consent to."""

from __future__ import annotations

from datetime import datetime

from api.graphql.mutations.answers import mutation
from api.graphql.mutations.leads import LeadPayload, lead_meant, lead_shown
from api.graphql.parts.context import Info
from api.graphql.parts.published import published, published_input
from api.graphql.types.lead_refs import LeadRef
from application.intake.record_consent import SaidConsent, record_consent


@published_input
class RecordConsentInput:
    """The word of a lead about being contacted."""

    lead: LeadRef
    """Which lead."""
    purpose: str
    """For what: a purpose of the contact section of an active agreement, in any spelling; where none has any, any word.
    A withdrawal may say `*` for everything."""
    channel: str
    """On which channel that an active agreement knows, in any spelling; a withdrawal may say `*` for all."""
    granted: bool
    """True if it consented, false if it withdrew."""
    at: datetime | None = None
    """When it said so; now, if absent."""
    expires_at: datetime | None = None
    """When a consent ends by itself; never, if absent."""
    evidence: str | None = None
    """The proof, such as the reference of a form."""
    idempotency_key: str | None = None
    """The same key with the same input records it once."""


@published
class Consents:
    """The purposes that leads consent to."""

    @mutation(LeadPayload)
    async def record_consent(self, info: Info, input: RecordConsentInput) -> LeadPayload:
        """Remember that a lead consented, or withdrew; the newest by when it said so counts, of one moment the
        withdrawal, and all is kept."""
        lead_id = await lead_meant(info.context, input.lead)
        said = SaidConsent(
            purpose=input.purpose,
            channel=input.channel,
            granted=input.granted,
            at=input.at,
            evidence=input.evidence,
            expires_at=input.expires_at,
        )
        await record_consent(
            info.context.application,
            info.context.principal,
            lead_id=lead_id,
            said=said,
            idempotency_key=input.idempotency_key,
        )
        return LeadPayload(lead=await lead_shown(info.context, lead_id), errors=[])
