"""Consents of the past: remembered with their times, told as history, judged by nobody."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from application.intake.importing.imported_consents import KnownConsent, KnownConsents
from application.intake.record_consent import SaidConsent
from application.runtime.compiled_versions import ActiveVersions
from application.runtime.transaction import Transaction
from domain.events.leads import ConsentRecorded
from domain.leads.contact import Consent
from domain.refusal import Refusal
from domain.words.ids import new_id
from persistence.leads import contact


def check_consents(
    said: Sequence[SaidConsent], active: ActiveVersions, transaction: Transaction
) -> tuple[list[SaidConsent], list[Refusal]]:
    """The consents of a row by the keys of purpose and channel, and what is wrong with them."""
    kept, faults = [], []
    for place, one in enumerate(said):
        known, unknown = one.kept(active)
        kept.append(known)
        told = {fault.path: fault for fault in [*unknown, *one.faults(now=transaction.now)]}
        faults += [Refusal(f.code, f.message, ("consents", str(place), *(f.path or ()))) for f in told.values()]
    return kept, faults


class PastConsents:
    """The words of a batch's leads on consent, and what of it is new."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._known = KnownConsents()
        self._new: list[Consent] = []

    async def look_up(self, leads: Sequence[UUID]) -> None:
        """Read what leads said."""
        found = await contact.consents(self._transaction.connection, leads) if leads else {}
        for lead_id, said in found.items():
            self._known.learn(str(lead_id), (KnownConsent(c.purpose, c.channel, c.granted, c.at) for c in said))

    def news(self, lead_id: UUID, said: Sequence[SaidConsent]) -> list[Consent]:
        """Those that are not known yet."""
        return [self._consent(lead_id, one) for one in said if self._known.is_news(str(lead_id), one)]

    def keep(self, consents: Sequence[Consent]) -> None:
        """Remember consents with the batch."""
        for one in consents:
            self._known.learn(str(one.lead_id), [KnownConsent(one.purpose, one.channel, one.granted, one.at)])
        self._new += consents

    async def write(self) -> None:
        """Write and tell those that are new."""
        if self._new:
            await contact.remember_consents(self._transaction.connection, self._new)
        for one in self._new:
            event = ConsentRecorded(
                consent=one.id,
                purpose=one.purpose,
                channel=one.channel,
                granted=one.granted,
                expires_at=one.expires_at.isoformat() if one.expires_at else None,
            )
            self._transaction.emit(event, one.lead_id, lead_id=one.lead_id, at=one.at, historical=True)

    def _consent(self, lead_id: UUID, said: SaidConsent) -> Consent:
        now = self._transaction.now
        return Consent(
            id=new_id(now=now),
            lead_id=lead_id,
            purpose=said.purpose,
            channel=said.channel,
            granted=said.granted,
            at=said.at or now,
            recorded_at=now,
            person=self._transaction.person,
            evidence=said.evidence,
            expires_at=said.expires_at,
        )
