"""A lead and its account as they stand now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.facts import ActivityFact, BuyingCentre, Canonical, LastReturn, LeadFacts
from domain.party import Party


@dataclass(frozen=True, slots=True)
class Account:
    """A company."""

    id: UUID
    key: str
    name: str | None
    owner: str | None
    fields: Mapping[str, Canonical]
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Lead:
    """A person showing interest."""

    id: UUID
    account_id: UUID | None
    agreement_id: UUID | None
    stage: str
    stage_kind: str
    stage_since: datetime
    contact_owner: Party
    seen_by: tuple[str, ...]
    """The teams that have or had it."""
    fields: Mapping[str, Canonical]
    created_at: datetime
    changed_at: datetime
    news_at: datetime | None
    returned_at: datetime | None
    cool_off_until: datetime | None
    rounds: int
    historical: bool
    decision_id: UUID | None
    decision_digest: str | None
    grade: str | None
    priority: int
    valid_until: datetime | None
    stage_clock_from: datetime | None = None
    """Since when it is at its stage, as far as a version counts the time there; None of the imported past."""
    stage_version_id: UUID | None = None
    """The version under which it came to its stage."""

    def facts(
        self,
        *,
        account: Mapping[str, Canonical],
        activities: list[ActivityFact],
        open_handover: bool,
        buying_centre: BuyingCentre | None = None,
    ) -> LeadFacts:
        """What a judgement may look at."""
        return LeadFacts(
            fields=self.fields,
            account=account,
            stage=self.stage,
            activities=activities,
            open_handover=open_handover,
            rounds=self.rounds,
            last_return=self.last_return,
            buying_centre=buying_centre,
        )

    @property
    def last_return(self) -> LastReturn | None:
        """The last time sales returned it, if ever."""
        if self.returned_at is None:
            return None
        news = self.news_at is not None and self.news_at > self.returned_at
        return LastReturn(at=self.returned_at, cool_off_until=self.cool_off_until, news=news)


UNGOVERNED_STAGE = "PROSPECT"
"""The stage of a lead that no agreement governs."""


@dataclass(frozen=True, slots=True)
class StageChange:
    """A lead's passing from one stage to another."""

    lead_id: UUID
    from_stage: str | None
    to_stage: str
    to_kind: str
    at: datetime
    person: str | None = None
    reason: str | None = None
    value: Any = None
    currency: str | None = None
