"""Leads and companies that are not there yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from application.runtime.incoming import CheckedLead, IncomingLead, ItemResult
from domain.document.sections.journey import StageKind
from domain.leads.lead import UNGOVERNED_STAGE, Account, Lead
from domain.party import Party
from domain.words.ids import new_id


def new_lead(item: IncomingLead, now: datetime) -> Lead:
    """A lead as it begins: no agreement governs it yet."""
    begun = item.created_at or now
    return Lead(
        id=new_id(now=now),
        stage=UNGOVERNED_STAGE,
        stage_kind=StageKind.PROSPECT.value,
        stage_since=begun,
        contact_owner=Party.MARKETING,
        created_at=begun,
        changed_at=now,
    )


def wanted_accounts(good: Sequence[tuple[ItemResult, CheckedLead]], now: datetime) -> dict[str, Account]:
    """The companies that the leads of a batch belong to, by key, as they are created if they are new."""
    keys = {checked.company.key for _, checked in good if checked.company}
    return {
        key: Account(id=new_id(now=now), key=key, name=None, owner=None, fields={}, created_at=now, changed_at=now)
        for key in sorted(keys)
    }
