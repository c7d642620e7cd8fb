"""The effort for leads that were handed over, read from their activities: one look-up for a whole batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from application.judging.offering import emit
from application.runtime.compiled_versions import CompiledVersion
from application.unit_of_work.unit_of_work import UnitOfWork
from domain.events.handovers import HandoverAttempted, HandoverContacted
from domain.facts import ActivityFact
from domain.handovers.effort import Effort, effort_of
from domain.handovers.handover import Handover
from persistence.leads import activities

_EVER = datetime.max.replace(tzinfo=UTC)


async def efforts_for(
    connection: AsyncConnection, handovers: Sequence[tuple[Handover, CompiledVersion]]
) -> dict[UUID, Effort]:
    """Return the effort for each handover until its end, by its id."""
    if not handovers:
        return {}
    found = await activities.facts(
        connection,
        {handover.lead_id for handover, _ in handovers},
        types={kind for _, version in handovers for kind in version.compiled_rules.effort.kinds},
        since=min(handover.offered_at for handover, _ in handovers),
        attributes=True,
    )
    return {h.id: _effort(h, version, found.get(h.lead_id, ())) for h, version in handovers}


def _effort(handover: Handover, version: CompiledVersion, done: Iterable[ActivityFact]) -> Effort:
    touches = (version.compiled_rules.effort.touch(activity) for activity in done)
    return effort_of(
        (touch for touch in touches if touch is not None),
        since=handover.offered_at,
        until=handover.closed_at or _EVER,
        needed=version.document.handover.attempts,
    )


async def note_efforts(unit: UnitOfWork, recorded: Mapping[UUID, set[str]]) -> None:
    """Bring the effort of handovers up to date after activities were recorded, given by handover, and tell of it."""
    handovers = [unit.handover_history[id_] for id_ in recorded]
    concerned = [(handover, await unit.compiled_version(handover.version_id)) for handover in handovers]
    efforts = await efforts_for(unit.transaction.connection, concerned)
    for handover, version in concerned:
        effort = efforts[handover.id]
        noted = handover.with_effort(effort, version.document.handover.attempts)
        unit.put_handover(noted)
        _tell(unit, version, handover, noted, effort, recorded[handover.id])


def _tell(
    unit: UnitOfWork, version: CompiledVersion, before: Handover, noted: Handover, effort: Effort, new: set[str]
) -> None:
    tried = [touch for touch in effort.attempts if touch.activity in new]
    if tried:
        event = HandoverAttempted(attempts=len(effort.attempts), channels=effort.channels)
        emit(unit, event, noted, version, at=tried[-1].at)
    if before.contacted_at is None and noted.contacted_at is not None:
        first = effort.contacts[0]
        emit(unit, HandoverContacted(activity=first.activity), noted, version, at=first.at)
