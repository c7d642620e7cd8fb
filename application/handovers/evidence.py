"""True if sales may return a handover for a reason: only where it did for the lead what the reason requires."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from application.handovers.efforts import efforts_for
from application.runtime.compiled_versions import CompiledVersion
from application.unit_of_work.unit_of_work import UnitOfWork
from domain.document.sections.handover import Evidence, ReturnReason
from domain.handovers.evidence import EvidenceItem, EvidenceMissing, evidence_items
from domain.handovers.handover import Handover
from domain.time.pause import moved
from persistence.people import teams


async def need_evidence(
    unit: UnitOfWork,
    version: CompiledVersion,
    handover: Handover,
    reason: ReturnReason,
    *,
    comment: str | None,
    named: str,
) -> None:
    """Refuse a return for a reason that requires more than was done; all that is missing is told at once."""
    required = reason.requires
    if required is None:
        return
    items = await _items(unit.transaction.connection, version, handover, required, comment)
    missing = tuple(item for item in items if not item.met(now=unit.transaction.now))
    if missing:
        raise EvidenceMissing(reason.key, missing, named)


async def _items(
    connection: AsyncConnection, version: CompiledVersion, handover: Handover, required: Evidence, comment: str | None
) -> list[EvidenceItem]:
    efforts = await efforts_for(connection, [(handover, version)])
    own = await teams.calendars_of(connection, [handover.team] if handover.team else [])
    time_from = _time_from(version, handover, required, own.get(handover.team or ""))
    return list(evidence_items(required, efforts[handover.id], time_from=time_from, comment=comment))


def _time_from(
    version: CompiledVersion, handover: Handover, required: Evidence, own_calendar: str | None
) -> datetime | None:
    """Return when the time is over that a reason asks for, from the first assignment on the clock of the answer."""
    start = handover.first_assigned_at
    if required.after is None or start is None:
        return None
    clock = version.document.handover.answer_limit(handover.trigger).clock
    calendar = version.calendars[version.calendar_of(own_calendar)]
    plain = calendar.deadline(start, required.after, clock)
    pauses = [pause.interval for pause in handover.pauses]
    return moved(plain, start=start, intervals=pauses, calendar=calendar, clock=clock)
