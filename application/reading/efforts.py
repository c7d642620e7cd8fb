"""The effort that sales made for leads: per handover, and what a single activity counted as."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from application.handovers.efforts import efforts_for
from application.reading import single
from application.runtime.compiled_versions import CompiledVersion
from application.runtime.transaction import Application
from domain.document.sections.handover import Attempts
from domain.handovers.effort import Effort
from domain.handovers.handover import Handover
from persistence.handovers import handovers


class ActivityEffort(StrEnum):
    """The count of an activity in the effort for a lead that was handed over."""

    ATTEMPT = "ATTEMPT"
    """An attempt to reach the lead."""
    CONTACT = "CONTACT"
    """A contact with the lead."""


@dataclass(frozen=True, slots=True)
class HandoverEffort:
    """The effort for a handover, and what its version asks."""

    effort: Effort
    needed: Attempts | None


async def of_handovers(application: Application, found: Sequence[Handover]) -> list[HandoverEffort]:
    """Return the effort for each handover."""
    versions = await _versions(application, found)
    async with application.database.reading() as connection:
        efforts = await efforts_for(connection, [(handover, versions[handover.version_id]) for handover in found])
    return [HandoverEffort(efforts[h.id], versions[h.version_id].document.handover.attempts) for h in found]


async def of_activities(application: Application, lead_ids: Sequence[UUID]) -> list[dict[str, ActivityEffort]]:
    """Return what the activities of each lead counted as, by their ids; those that counted as nothing are left out."""
    async with application.database.reading() as connection:
        found = await handovers.of_leads(connection, lead_ids)
    told: dict[UUID, dict[str, ActivityEffort]] = {lead_id: {} for lead_id in lead_ids}
    for handover, one in zip(found, await of_handovers(application, found), strict=True):
        of_lead = told[handover.lead_id]
        of_lead |= {touch.activity: ActivityEffort.ATTEMPT for touch in one.effort.attempts}
        of_lead |= {touch.activity: ActivityEffort.CONTACT for touch in one.effort.contacts}
    return [told[lead_id] for lead_id in lead_ids]


async def _versions(application: Application, found: Sequence[Handover]) -> dict[UUID, CompiledVersion]:
    ids = list({handover.version_id for handover in found})
    return dict(zip(ids, await single.compiled_versions(application, ids), strict=True))
