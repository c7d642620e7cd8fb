"""The life of a version: DRAFT, IN_REVIEW, APPROVED, ACTIVE, SUPERSEDED; or REJECTED, WITHDRAWN."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from domain.party import Party
from domain.refusal import Refusal, StaleRevision


class SlaVersionState(StrEnum):
    """Where a version stands."""

    DRAFT = "DRAFT"
    """Being edited."""
    IN_REVIEW = "IN_REVIEW"
    """Frozen, waiting for signatures."""
    APPROVED = "APPROVED"
    """Signed by both parties."""
    ACTIVE = "ACTIVE"
    """In force."""
    SUPERSEDED = "SUPERSEDED"
    """Was in force, until another version took its place."""
    REJECTED = "REJECTED"
    """A party refused to sign it."""
    WITHDRAWN = "WITHDRAWN"
    """Given up."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """A named SLA for one part of the business."""

    id: UUID
    key: str
    title: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Signature:
    """A party's yes or no to a version."""

    version_id: UUID
    party: Party
    person: str
    approved: bool
    comment: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Version:
    """One state of an agreement's document."""

    id: UUID
    agreement_id: UUID
    number: int
    state: SlaVersionState
    revision: int
    format: int
    document: dict[str, Any]
    digest: str
    note: str | None
    based_on: UUID | None
    author: str
    author_party: Party | None
    created_at: datetime
    submitted_at: datetime | None = None
    effective_from: datetime | None = None
    activated_at: datetime | None = None
    superseded_at: datetime | None = None
    closing_reason: str | None = None
    expects_active: UUID | None = None
    moves_open_work: bool = False
    """True if open work passes to it when it comes into force."""

    def need(self, *states: SlaVersionState) -> None:
        """Refuse unless the version is in one of the states."""
        if self.state not in states:
            raise Refusal("WRONG_STATE", f"The version is {self.state}; it would have to be {' or '.join(states)}.")

    def need_revision(self, expected: int, *, changed: tuple[str, ...] = ()) -> None:
        """Refuse an edit that did not see the current revision; `changed` names the sections changed since."""
        if expected != self.revision:
            raise StaleRevision(self.revision, changed)

    def edited(self, document: dict[str, Any], digest: str, note: str | None) -> Version:
        """This draft with another document, one revision further."""
        self.need(SlaVersionState.DRAFT)
        return replace(
            self, document=document, digest=digest, note=self.note if note is None else note, revision=self.revision + 1
        )

    def submitted(self, *, now: datetime) -> Version:
        """This draft, frozen for review."""
        self.need(SlaVersionState.DRAFT)
        return replace(self, state=SlaVersionState.IN_REVIEW, submitted_at=now)

    def signed(self, signatures: list[Signature]) -> Version:
        """This version after its signatures: approved when both parties said yes, rejected when one said no."""
        self.need(SlaVersionState.IN_REVIEW)
        if any(not signature.approved for signature in signatures):
            return replace(self, state=SlaVersionState.REJECTED)
        both = {signature.party for signature in signatures} == set(Party)
        return replace(self, state=SlaVersionState.APPROVED) if both else self

    def withdrawn(self, reason: str | None) -> Version:
        """This version, given up before it came into force."""
        self.need(SlaVersionState.DRAFT, SlaVersionState.IN_REVIEW, SlaVersionState.APPROVED)
        return replace(self, state=SlaVersionState.WITHDRAWN, closing_reason=reason)

    def scheduled(self, at: datetime, expects_active: UUID | None, *, moves_open_work: bool = False) -> Version:
        """This version, to come into force at a later moment in place of the one that is active now."""
        self.need(SlaVersionState.APPROVED)
        return replace(self, effective_from=at, expects_active=expects_active, moves_open_work=moves_open_work)

    def activated(self, *, now: datetime) -> Version:
        """This version, in force."""
        self.need(SlaVersionState.APPROVED)
        return replace(self, state=SlaVersionState.ACTIVE, effective_from=self.effective_from or now, activated_at=now)

    def superseded(self, *, now: datetime) -> Version:
        """This version, no longer in force."""
        self.need(SlaVersionState.ACTIVE)
        return replace(self, state=SlaVersionState.SUPERSEDED, superseded_at=now)

    def repeated(
        self, *, id: UUID, number: int, note: str, author: str, author_party: Party | None, now: datetime
    ) -> Version:
        """A new version with the content of this one, which was in force: approved, as the same content was signed."""
        self.need(SlaVersionState.ACTIVE, SlaVersionState.SUPERSEDED)
        return Version(
            id=id,
            agreement_id=self.agreement_id,
            number=number,
            state=SlaVersionState.APPROVED,
            revision=1,
            format=self.format,
            document=self.document,
            digest=self.digest,
            note=note,
            based_on=self.id,
            author=author,
            author_party=author_party,
            created_at=now,
            submitted_at=now,
        )
