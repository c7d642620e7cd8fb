"""Contact with a lead: who owned it when, what was done, what the lead consented to [S1.6]."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.party import Party


class ContactRefusal(StrEnum):
    """Why a contact is not allowed."""

    NOT_OWNER = "NOT_OWNER"
    """The other party owns contact with the lead."""
    FREQUENCY_CAP = "FREQUENCY_CAP"
    """There were as many contacts as agreed."""
    NO_CONSENT = "NO_CONSENT"
    """The lead has not consented, or no longer does."""
    CLOSED_STAGE = "CLOSED_STAGE"
    """The lead is disqualified: nobody works it."""
    UNKNOWN_CHANNEL = "UNKNOWN_CHANNEL"
    """No agreement in force knows the channel, so nobody can know whether the lead wants to be contacted on it."""


@dataclass(frozen=True, slots=True)
class Consent:
    """The word of a lead about being contacted for a purpose on a channel."""

    id: UUID
    lead_id: UUID
    purpose: str
    channel: str
    granted: bool
    """True if it consented, false if it withdrew."""
    at: datetime
    """When it said so."""
    recorded_at: datetime
    person: str
    """Who recorded it."""
    evidence: str | None
    expires_at: datetime | None

    def holds(self, *, at: datetime) -> bool:
        """Return whether it allows a contact at a moment, if nothing newer was said."""
        return self.granted and (self.expires_at is None or self.expires_at > at)


@dataclass(frozen=True, slots=True)
class Contact:
    """An outbound activity: somebody turned to a lead."""

    id: UUID
    lead_id: UUID
    source: str
    key: str
    occurred_at: datetime
    recorded_at: datetime
    party: Party | None
    person: str | None
    channel: str | None
    """As it is stored; an older record may say it in any spelling, or say one that nobody knows."""
    type: str = ""
    """The key of the activity's type."""

    @property
    def order(self) -> tuple[datetime, str, str]:
        """Its place among contacts, whatever the order in which they were told."""
        return self.occurred_at, self.source, self.key


@dataclass(frozen=True, slots=True)
class OwnerChange:
    """Contact with a lead passing from one party to the other."""

    lead_id: UUID
    was: Party
    party: Party
    at: datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """A hand-raiser's handover in the hands of one person, until it is answered."""

    lead_id: UUID
    person: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class StageSince:
    """The kind of stage that a lead was in from a moment on."""

    lead_id: UUID
    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """The known contacts with one lead; in any order."""

    owner: Party
    """Who owns contact now."""
    changes: Sequence[OwnerChange] = ()
    offers: Sequence[Offer] = ()
    stages: Sequence[StageSince] = ()
    consents: Sequence[Consent] = ()
    contacts: Sequence[Contact] = ()
    """With the lead itself."""
    of_account: Sequence[Contact] = ()
    """With all leads of its company, the lead's own included."""


@dataclass(frozen=True, slots=True)
class Refused:
    """One reason why a contact is not allowed."""

    code: ContactRefusal
    rule: str | None = None
    """Of NO_CONSENT the purpose, `*` for all; of FREQUENCY_CAP the cap's place in the section; of UNKNOWN_CHANNEL the
    channel as it was told."""
    until: datetime | None = None
    """When the reason ends by itself, where it does."""
    contacts: int | None = None
    """Of FREQUENCY_CAP how many contacts there were."""


@dataclass(frozen=True, slots=True)
class Permission:
    """The verdict if a contact is allowed, and if not, why not."""

    owner: Party
    reasons: tuple[Refused, ...]

    @property
    def allowed(self) -> bool:
        """Return whether it is allowed."""
        return not self.reasons

    @property
    def allowed_from(self) -> datetime | None:
        """Return when time alone will allow it; None when it is allowed, or something else must happen first."""
        ends = [reason.until for reason in self.reasons]
        known = [until for until in ends if until is not None]
        return max(known) if ends and len(known) == len(ends) else None
