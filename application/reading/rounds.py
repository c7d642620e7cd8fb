"""The history of a lead's rounds: each handover, how it ended, and what was new that brought the lead back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from application.runtime.transaction import Application
from domain.document.sections.handover import Destination
from domain.handovers.handover import Handover, HandoverState
from domain.people.principal import Principal
from persistence.leads import rounds
from persistence.leads.rounds import News, Stretch

__all__ = ["News", "Round", "rounds_of"]

RETURNED = frozenset({HandoverState.RETURNED, HandoverState.DISCARDED})


@dataclass(frozen=True, slots=True)
class Round:
    """One handover of a lead, seen from the lead."""

    handover: Handover
    returned_at: datetime | None
    destination: Destination | None
    news: tuple[News, ...]
    """The news since the round before, the earliest first; nothing in the first round."""


async def rounds_of(application: Application, principal: Principal, lead_ids: Sequence[UUID]) -> list[list[Round]]:
    """The rounds of each lead that the asker sees, in order."""
    async with application.database.reading() as connection:
        found = await rounds.handovers_of(connection, lead_ids)
        of_leads = {lead_id: list(items) for lead_id, items in groupby(found, key=lambda h: h.lead_id)}
        stretches = [stretch for items in of_leads.values() for stretch in _between(items)]
        news: dict[UUID, list[News]] = {}
        for one in await rounds.news_between(connection, stretches):
            news.setdefault(one.handover_id, []).append(one)
        destinations = {h.id: await _destination(application, connection, h) for h in found if h.return_reason}
    return [
        [
            Round(h, _returned_at(h), destinations.get(h.id), tuple(news.get(h.id, ())))
            for h in of_leads.get(lead_id, [])
            if principal.sees_all or principal.teams & set(h.visible_to)
        ]
        for lead_id in lead_ids
    ]


def _between(items: Sequence[Handover]) -> list[Stretch]:
    return [
        Stretch(after.id, after.lead_id, before.closed_at, after.offered_at)
        for before, after in pairwise(items)
        if before.closed_at is not None
    ]


def _returned_at(handover: Handover) -> datetime | None:
    return handover.closed_at if handover.state in RETURNED else None


async def _destination(application: Application, connection: AsyncConnection, handover: Handover) -> Destination | None:
    compiled_version = await application.version_cache.version(connection, handover.version_id)
    reasons = compiled_version.document.handover.return_reasons
    return next((reason.destination for reason in reasons if reason.key == handover.return_reason), None)
