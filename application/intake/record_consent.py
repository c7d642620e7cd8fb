"""A lead consents to being contacted for a purpose on a channel, or withdraws; all it ever said is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from application.intake.channels import unknown_channel, unknown_purpose
from application.judging.conclude import conclude
from application.judging.judge_leads import judge_leads
from application.runtime.compiled_versions import ActiveVersions
from application.runtime.idempotently import idempotently
from application.runtime.item_faults import moment_faults
from application.runtime.transaction import Application, Transaction
from application.unit_of_work.holding import leads_held
from application.unit_of_work.unit_of_work import UnitOfWork
from domain.document.base import FORBIDDEN
from domain.document.sections.channels import EVERYTHING
from domain.events.leads import ConsentRecorded
from domain.leads.contact import Consent
from domain.people import rights
from domain.people.principal import Principal
from domain.refusal import Refusal, need_no, not_found
from domain.words.ids import new_id
from domain.words.spelling import folded, spelled
from persistence.leads import contact

RECORD = "Mutation.recordConsent"
NAME_LIMIT, EVIDENCE_LIMIT = 200, 2000


@dataclass(frozen=True, slots=True)
class SaidConsent:
    """The word of a lead, as it is told to us."""

    purpose: str
    channel: str
    granted: bool
    at: datetime | None = None
    evidence: str | None = None
    expires_at: datetime | None = None

    def faults(self, *, now: datetime) -> list[Refusal]:
        """All that is wrong with it."""
        found = moment_faults(self.at, "at", now=now)
        for name, text in (("purpose", self.purpose), ("channel", self.channel)):
            if not spelled(text) or len(text) > NAME_LIMIT or not folded(text).isprintable():
                found.append(Refusal("MALFORMED_KEY", "1 to 200 characters, letters or digits among them.", (name,)))
        if self.evidence is not None and (len(self.evidence) > EVIDENCE_LIMIT or FORBIDDEN.search(self.evidence)):
            message = f"At most {EVIDENCE_LIMIT} characters, none of them NUL."
            found.append(Refusal("VALUE_NOT_ALLOWED", message, ("evidence",)))
        if self.expires_at is not None and not self.granted:
            found.append(Refusal("VALUE_NOT_ALLOWED", "A withdrawal does not expire.", ("expiresAt",)))
        elif self.expires_at is not None and self.expires_at <= (self.at or now):
            found.append(Refusal("VALUE_NOT_ALLOWED", "A consent expires after it was given.", ("expiresAt",)))
        return found

    def kept(self, active: ActiveVersions) -> tuple[SaidConsent, list[Refusal]]:
        """The same by the keys of purpose and channel, and what is wrong with them; a withdrawal may say `*` of each.

        Where no version has a purpose, every word is taken for one.
        """
        words, faults = active.contact, []
        purpose, channel = words.purpose(self.purpose), words.channel(self.channel)
        if purpose is not None and not words.purposes:
            purpose = folded(self.purpose)
        if purpose is None and self._says_all(self.purpose):
            purpose = EVERYTHING
        elif purpose is None:
            faults.append(unknown_purpose(self.purpose, active))
        if channel is None and self._says_all(self.channel):
            channel = EVERYTHING
        elif channel is None:
            faults.append(unknown_channel(self.channel, active))
        return replace(self, purpose=purpose or self.purpose, channel=channel or self.channel), faults

    def _says_all(self, told: str) -> bool:
        return not self.granted and spelled(told) == EVERYTHING

    def key(self, lead_id: UUID) -> Mapping[str, Any]:
        """Return what makes two requests the same."""
        moments = {"at": self.at, "expiresAt": self.expires_at}
        said = {"purpose": self.purpose, "channel": self.channel, "granted": self.granted, "evidence": self.evidence}
        return {"lead": str(lead_id), **said} | {n: at.isoformat() if at else None for n, at in moments.items()}


async def record_consent(
    application: Application,
    principal: Principal,
    *,
    lead_id: UUID,
    said: SaidConsent,
    idempotency_key: str | None = None,
) -> UUID:
    """Remember what a lead said about being contacted; what waited for its consent goes on."""
    rights.need(principal, RECORD)

    async def body(transaction: Transaction) -> str:
        unit = await UnitOfWork.open(transaction, [lead_id])
        if lead_id not in unit.leads or not await leads_held(transaction.connection, principal, RECORD, [lead_id]):
            raise not_found("lead")
        faults = said.faults(now=transaction.now)
        kept, unknown = said.kept(unit.active)
        malformed = {fault.path for fault in faults}
        need_no([*faults, *(fault for fault in unknown if fault.path not in malformed)])
        consent = _consent(transaction, lead_id, kept)
        await contact.remember_consents(transaction.connection, [consent])
        _tell(unit, consent)
        await judge_leads(unit, [lead_id])
        await conclude(unit)
        return str(consent.id)

    return UUID(await idempotently(application, principal, "recordConsent", idempotency_key, said.key(lead_id), body))


def _consent(transaction: Transaction, lead_id: UUID, said: SaidConsent) -> Consent:
    return Consent(
        id=new_id(now=transaction.now),
        lead_id=lead_id,
        purpose=said.purpose,
        channel=said.channel,
        granted=said.granted,
        at=said.at or transaction.now,
        recorded_at=transaction.now,
        person=transaction.person,
        evidence=said.evidence,
        expires_at=said.expires_at,
    )


def _tell(unit: UnitOfWork, consent: Consent) -> None:
    event = ConsentRecorded(
        consent=consent.id,
        purpose=consent.purpose,
        channel=consent.channel,
        granted=consent.granted,
        expires_at=consent.expires_at.isoformat() if consent.expires_at else None,
    )
    visible = unit.teams_of(consent.lead_id)
    unit.transaction.emit(event, consent.lead_id, lead_id=consent.lead_id, at=consent.at, visible_to=visible)
