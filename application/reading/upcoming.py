"""The next steps of handovers if nothing happens meanwhile: read from the agendas of what is owed [S3.2b]."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from application.reading import single
from application.runtime.compiled_versions import CompiledVersion
from application.runtime.transaction import Application
from application.unit_of_work.notifying import concerning, escalation_of
from domain.document.sections.handover import Audience, EscalationAction
from domain.handovers.handover import Handover
from domain.handovers.notice import Recipient, Staff, recipients
from domain.obligation import Act, Obligation, in_order
from domain.people.principal import Principal
from persistence.people import teams


@dataclass(frozen=True, slots=True)
class UpcomingStep:
    """A step that the clock will take."""

    at: datetime
    act: Act
    obligation: Obligation
    action: EscalationAction | None
    audience: Audience | None
    recipients: tuple[Recipient, ...]


async def upcoming_of(
    application: Application, principal: Principal, handover_ids: Sequence[UUID]
) -> list[list[UpcomingStep]]:
    """Return what comes next about each handover that is open, in order of time."""
    found = await single.handovers(application, principal, handover_ids)
    running = {h.id: h for h in found if h is not None and h.closed_at is None}
    owed = dict(zip(running, await single.obligations_of(application, list(running)), strict=True))
    standing = {id_: [o for o in items if o.is_open] for id_, items in owed.items()}
    versions = list({o.version_id for items in standing.values() for o in items})
    compiled_versions = dict(zip(versions, await single.compiled_versions(application, versions), strict=True))
    async with application.database.reading() as connection:
        staff = await teams.staff(connection, now=application.time.now()) if versions else Staff()
    return [_steps(running.get(id_), standing.get(id_, ()), compiled_versions, staff) for id_ in handover_ids]


def _steps(
    handover: Handover | None,
    standing: Sequence[Obligation],
    compiled_versions: Mapping[UUID, CompiledVersion],
    staff: Staff,
) -> list[UpcomingStep]:
    if handover is None:
        return []
    steps = (step for o in standing for step in _of_obligation(handover, o, compiled_versions[o.version_id], staff))
    rank = {act: place for place, act in enumerate(Act)}
    return sorted(steps, key=lambda s: (s.at, rank[s.act], s.obligation.id))


def _of_obligation(
    handover: Handover, obligation: Obligation, compiled_version: CompiledVersion, staff: Staff
) -> Iterator[UpcomingStep]:
    accountable = compiled_version.document.accountable
    escalation, concerned = escalation_of(compiled_version, obligation), concerning(obligation, handover)
    for step in in_order(obligation.schedule[obligation.step :]):
        action, audience = None, Audience.PERSON if step.act is Act.WARN else None
        if step.act is Act.ESCALATE:
            action, audience = escalation[step.index].action, escalation[step.index].audience
        told = recipients(audience, concerned, staff, accountable=accountable) if audience else ()
        yield UpcomingStep(step.at, step.act, obligation, action, audience, told)
